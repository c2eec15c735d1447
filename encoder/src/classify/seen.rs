//! What is seen of photographs, batch by batch: by the model, or by another run before.

use super::error::ClassifyError;
use super::sight::{BegunSight, Rows, Sight, wait_for_all};
use super::tiles::mean_direction;
use nearmiss::photographs::dataset::{Photograph, View};
use nearmiss::photographs::photo::{self, Decoding, Orientation, PhotoError};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::photographs::tiles::TileGrid;
use nearmiss::runs::directory::columns::{KnownImage, KnownImages};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;
use tch::Tensor;

/// Where the vectors of photographs come from.
#[derive(Clone, Copy)]
pub enum Vectors<'a> {
    /// Photographs are read and go through the model.
    Encoded {
        /// How they are read.
        reading: Reading<'a>,
        /// What sees them.
        sight: Sight<'a>,
    },
    /// Another run of the same model over the same photographs has them already; nothing but their stamps is read.
    Known(&'a KnownImages),
}

/// How photographs are read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Pixels from photographs.
    pub preprocess: &'a Preprocess,
    /// Whether EXIF turns a photograph.
    pub orientation: Orientation,
    /// What is seen of a photograph.
    pub view: View,
    /// Whether photographs may be decoded smaller.
    pub decoding: Decoding,
    /// How photographs are cut into tiles, each of which is seen by itself; `None` where they are seen whole.
    pub tiles: Option<TileGrid>,
}

/// What was seen of a photograph.
pub(super) struct Seen {
    /// Its stamp before it was read.
    pub(super) stamp: String,
    /// What became of it.
    pub(super) image: KnownImage,
    /// Logits of classes; `None` unless a classifier saw it as a whole.
    pub(super) logits: Option<Vec<f32>>,
    /// What was seen of its tiles, a row each; `None` where it was seen whole, or not at all.
    pub(super) tiles: Option<Rows>,
}

/// The places of a batch of photographs, and what was seen of each.
pub(super) type SeenBatch = (Range<usize>, Vec<Seen>);

/// Gives what was seen of the photographs, batch after batch.
pub(super) trait SeenBatches {
    /// The next batch: its place in the data set, and one for each photograph of it. The one behind it is begun unless `stop`
    /// was raised meanwhile.
    fn next(&mut self, stop: &AtomicBool) -> Result<SeenBatch, ClassifyError>;

    /// The next batch, if it is begun already: on a processor all of its work is done then.
    fn begun(&mut self) -> Result<Option<SeenBatch>, ClassifyError>;
}

impl Vectors<'_> {
    /// Begins with the first of the batches; what reads photographs does so on a thread of the scope. At most `at_once` images
    /// go through a model together: photographs, or tiles of some.
    pub(super) fn begin<'scope>(
        self,
        photographs: &'scope [Photograph],
        (batches, at_once): (Vec<Range<usize>>, usize),
        scope: &'scope Scope<'scope, '_>,
    ) -> Box<dyn SeenBatches + 'scope>
    where
        Self: 'scope,
    {
        match self {
            Vectors::Known(known) => Box::new(KnownBatches { known, photographs, batches: batches.into_iter() }),
            Vectors::Encoded { reading, sight } => {
                let (sender, receiver) = sync_channel::<Decoded>(1);
                let (unread, size) = (batches.len(), i64::from(reading.preprocess.size));
                let tiles = reading.tiles.map(|grid| grid.count());
                scope.spawn(move || reading.read_all(photographs, batches, &sender));
                Box::new(EncodedBatches { sight, size, tiles, at_once, receiver, unread, ahead: None })
            }
        }
    }
}

/// What another run has seen.
struct KnownBatches<'a> {
    known: &'a KnownImages,
    photographs: &'a [Photograph],
    batches: std::vec::IntoIter<Range<usize>>,
}

impl SeenBatches for KnownBatches<'_> {
    fn begun(&mut self) -> Result<Option<(Range<usize>, Vec<Seen>)>, ClassifyError> {
        Ok(None)
    }

    fn next(&mut self, _: &AtomicBool) -> Result<(Range<usize>, Vec<Seen>), ClassifyError> {
        let range = self.batches.next().ok_or(ClassifyError::Reader)?;
        let seen = |photograph: &Photograph| {
            let image = self.known.get(&photograph.image).ok_or_else(|| ClassifyError::NotKnown(photograph.image.clone()))?;
            Ok(Seen { stamp: photograph.stamp(), image: image.clone(), logits: None, tiles: None })
        };
        let batch = self.photographs[range.clone()].par_iter().map(seen).collect::<Result<Vec<Seen>, ClassifyError>>()?;
        Ok((range, batch))
    }
}

/// A photograph as it was read.
struct Read<P> {
    /// Its stamp before it was read.
    stamp: String,
    /// SHA-256 of its bytes.
    sha256: Option<String>,
    /// Its pixels, or those of its tiles one after the other, or what became of them.
    pixels: Result<P, PhotoError>,
}

/// One batch, decoded: its place in the data set and its photographs.
struct Decoded {
    range: Range<usize>,
    photographs: Vec<Read<Vec<f32>>>,
}

impl Reading<'_> {
    fn read(&self, photograph: &Photograph) -> Read<Vec<f32>> {
        let Reading { preprocess, orientation, view, decoding, tiles } = *self;
        let stamp = photograph.stamp();
        let bytes = photo::bytes_of(photograph);
        let sha256 = bytes.as_ref().ok().map(|bytes| nearmiss::files::sha256::hex([bytes.as_slice()]));
        let pixels = bytes.and_then(|bytes| match tiles {
            None => preprocess.of_bytes(&bytes, photograph, orientation, view, decoding),
            Some(grid) => Ok(preprocess.tiles_of_bytes(&bytes, photograph, orientation, view, &grid)?.concat()),
        });
        Read { stamp, sha256, pixels }
    }

    /// Reads batch after batch, each on all cores, on a thread of its own.
    fn read_all(&self, photographs: &[Photograph], batches: Vec<Range<usize>>, sender: &SyncSender<Decoded>) {
        for range in batches {
            let photographs = photographs[range.clone()].par_iter().map(|photograph| self.read(photograph)).collect();
            // The receiver goes away when the run is stopped; there is nothing left to read then.
            if sender.send(Decoded { range, photographs }).is_err() {
                break;
            }
        }
    }
}

/// One batch that the model has begun: what became of each photograph, and what is seen of those that were read.
struct Begun {
    range: Range<usize>,
    photographs: Vec<Read<()>>,
    sights: Vec<BegunSight>,
    /// Tiles of each photograph.
    tiles: Option<usize>,
}

impl Begun {
    /// Waits for what is seen.
    fn seen(self) -> Result<(Range<usize>, Vec<Seen>), ClassifyError> {
        let mut rows = wait_for_all(self.sights)?;
        let seen = |Read { stamp, sha256, pixels }: Read<()>| match pixels {
            Ok(()) => {
                let (embedding, logits, tiles) = of_photograph(rows.take(self.tiles.unwrap_or(1)), self.tiles);
                Seen { stamp, image: KnownImage { status: "ok".to_string(), error: None, sha256, embedding }, logits, tiles }
            }
            Err(fault) => {
                let (status, error) = (fault.code().to_string(), Some(fault.to_string()));
                Seen { stamp, image: KnownImage { status, error, sha256, embedding: None }, logits: None, tiles: None }
            }
        };
        Ok((self.range, self.photographs.into_iter().map(seen).collect()))
    }
}

/// Vector, logits and rows of tiles of a photograph, from its rows: one of a photograph that was seen whole.
fn of_photograph(rows: Rows, tiles: Option<usize>) -> (Option<Vec<f32>>, Option<Vec<f32>>, Option<Rows>) {
    let only = |rows: Option<Vec<Vec<f32>>>| rows.and_then(|rows| rows.into_iter().next());
    match tiles {
        None => (only(rows.vectors), only(rows.logits), None),
        Some(_) => (rows.vectors.as_deref().and_then(mean_direction), None, Some(rows)),
    }
}

/// What the model sees of what the reading thread sends.
struct EncodedBatches<'a> {
    sight: Sight<'a>,
    /// Pixels across and down.
    size: i64,
    /// Tiles of each photograph; `None` where photographs are seen whole.
    tiles: Option<usize>,
    /// The most images that go through the model together.
    at_once: usize,
    receiver: Receiver<Decoded>,
    /// Batches that were not taken from the reading thread yet.
    unread: usize,
    /// The batch that a GPU works on while the answers of the one before are worked out.
    ahead: Option<Begun>,
}

impl SeenBatches for EncodedBatches<'_> {
    fn next(&mut self, stop: &AtomicBool) -> Result<(Range<usize>, Vec<Seen>), ClassifyError> {
        let begun = if self.ahead.is_some() { self.ahead.take() } else { self.begin_next()? };
        if !stop.load(Ordering::Relaxed) {
            self.ahead = self.begin_next()?;
        }
        begun.ok_or(ClassifyError::Reader)?.seen()
    }

    fn begun(&mut self) -> Result<Option<(Range<usize>, Vec<Seen>)>, ClassifyError> {
        self.ahead.take().map(Begun::seen).transpose()
    }
}

impl EncodedBatches<'_> {
    /// Gives the model what was read next; `None` behind the last.
    fn begin_next(&mut self) -> Result<Option<Begun>, ClassifyError> {
        if self.unread == 0 {
            return Ok(None);
        }
        self.unread -= 1;
        let decoded = self.receiver.recv().map_err(|_| ClassifyError::Reader)?;
        let readable: Vec<&[f32]> =
            decoded.photographs.iter().filter_map(|photograph| photograph.pixels.as_deref().ok()).collect();
        let sights = self.begin_all(&readable.concat())?;
        let without_pixels =
            |read: Read<Vec<f32>>| Read { stamp: read.stamp, sha256: read.sha256, pixels: read.pixels.map(drop) };
        let photographs = decoded.photographs.into_iter().map(without_pixels).collect();
        Ok(Some(Begun { range: decoded.range, photographs, sights, tiles: self.tiles }))
    }

    /// Begins with the pixels of images, as many at once as may be; which share an image is in depends on the batch alone.
    fn begin_all(&self, pixels: &[f32]) -> Result<Vec<BegunSight>, ClassifyError> {
        let side = usize::try_from(self.size).unwrap_or(1);
        let of_image = (3 * side * side).max(1);
        let begin = |pixels: &[f32]| {
            let shape = [length(pixels.len() / of_image), 3, self.size, self.size];
            self.sight.begin(&Tensor::f_from_slice(pixels)?.f_reshape(shape)?)
        };
        pixels.chunks(of_image * self.at_once.max(1)).map(begin).collect()
    }
}

/// A length as LibTorch counts it.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
