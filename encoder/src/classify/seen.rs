//! What is seen of photographs, batch by batch: by the encoder, or by another run before.

use super::error::ClassifyError;
use crate::encoder::{BegunImages, Encoder};
use nearmiss::photographs::dataset::{Photograph, View};
use nearmiss::photographs::photo::{self, Decoding, Orientation, PhotoError};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::runs::directory::columns::{KnownImage, KnownImages};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;
use tch::Tensor;

/// Where the vectors of photographs come from.
#[derive(Clone, Copy)]
pub enum Vectors<'a> {
    /// Photographs are read and go through the encoder.
    Encoded {
        /// How they are read.
        reading: Reading<'a>,
        /// Vectors from pixels.
        encoder: &'a Encoder,
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
}

/// What was seen of a photograph.
pub(super) struct Seen {
    /// Its stamp before it was read.
    pub(super) stamp: String,
    /// What became of it.
    pub(super) image: KnownImage,
}

/// Gives what was seen of the photographs, batch after batch.
pub(super) trait SeenBatches {
    /// The next batch: its place in the data set, and one for each photograph of it.
    fn next(&mut self) -> Result<(Range<usize>, Vec<Seen>), ClassifyError>;
}

impl Vectors<'_> {
    /// Begins with the first of the batches; what reads photographs does so on a thread of the scope.
    pub(super) fn begin<'scope>(
        self,
        photographs: &'scope [Photograph],
        batches: Vec<Range<usize>>,
        scope: &'scope Scope<'scope, '_>,
    ) -> Box<dyn SeenBatches + 'scope>
    where
        Self: 'scope,
    {
        match self {
            Vectors::Known(known) => Box::new(KnownBatches { known, photographs, batches: batches.into_iter() }),
            Vectors::Encoded { reading, encoder } => {
                let (sender, receiver) = sync_channel::<Decoded>(1);
                let (unread, size) = (batches.len(), i64::from(reading.preprocess.size));
                scope.spawn(move || reading.read_all(photographs, batches, &sender));
                Box::new(EncodedBatches { encoder, size, receiver, unread, ahead: None })
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
    fn next(&mut self) -> Result<(Range<usize>, Vec<Seen>), ClassifyError> {
        let range = self.batches.next().ok_or(ClassifyError::Reader)?;
        let seen = |photograph: &Photograph| {
            let image = self.known.get(&photograph.image).ok_or_else(|| ClassifyError::NotKnown(photograph.image.clone()))?;
            Ok(Seen { stamp: photograph.stamp(), image: image.clone() })
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
    /// Its pixels, or what became of them.
    pixels: Result<P, PhotoError>,
}

/// One batch, decoded: its place in the data set and its photographs.
struct Decoded {
    range: Range<usize>,
    photographs: Vec<Read<Vec<f32>>>,
}

impl Reading<'_> {
    fn read(&self, photograph: &Photograph) -> Read<Vec<f32>> {
        let Reading { preprocess, orientation, view, decoding } = *self;
        let stamp = photograph.stamp();
        let bytes = photo::bytes_of(photograph);
        let sha256 = bytes.as_ref().ok().map(|bytes| nearmiss::files::sha256::hex([bytes.as_slice()]));
        let pixels = bytes.and_then(|bytes| preprocess.of_bytes(&bytes, photograph, orientation, view, decoding));
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

/// One batch that the encoder has begun: what became of each photograph, and the vectors of those that were read.
struct Begun {
    range: Range<usize>,
    photographs: Vec<Read<()>>,
    vectors: Option<BegunImages>,
}

impl Begun {
    /// Waits for the vectors.
    fn seen(self) -> Result<(Range<usize>, Vec<Seen>), ClassifyError> {
        let vectors = self.vectors.map(|begun| Ok::<_, ClassifyError>(rows_of(&begun.wait()?)?)).transpose()?;
        let mut vectors = vectors.unwrap_or_default().into_iter();
        let seen = |Read { stamp, sha256, pixels }: Read<()>| {
            let image = match pixels {
                Ok(()) => KnownImage { status: "ok".to_string(), error: None, sha256, embedding: vectors.next() },
                Err(fault) => {
                    KnownImage { status: fault.code().to_string(), error: Some(fault.to_string()), sha256, embedding: None }
                }
            };
            Seen { stamp, image }
        };
        Ok((self.range, self.photographs.into_iter().map(seen).collect()))
    }
}

/// What the encoder sees of what the reading thread sends.
struct EncodedBatches<'a> {
    encoder: &'a Encoder,
    /// Pixels across and down.
    size: i64,
    receiver: Receiver<Decoded>,
    /// Batches that were not taken from the reading thread yet.
    unread: usize,
    /// The batch that a GPU works on while the answers of the one before are worked out.
    ahead: Option<Begun>,
}

impl SeenBatches for EncodedBatches<'_> {
    fn next(&mut self) -> Result<(Range<usize>, Vec<Seen>), ClassifyError> {
        let begun = if self.ahead.is_some() { self.ahead.take() } else { self.begin_next()? };
        self.ahead = self.begin_next()?;
        begun.ok_or(ClassifyError::Reader)?.seen()
    }
}

impl EncodedBatches<'_> {
    /// Gives the encoder what was read next; `None` behind the last.
    fn begin_next(&mut self) -> Result<Option<Begun>, ClassifyError> {
        if self.unread == 0 {
            return Ok(None);
        }
        self.unread -= 1;
        let decoded = self.receiver.recv().map_err(|_| ClassifyError::Reader)?;
        let readable: Vec<&[f32]> =
            decoded.photographs.iter().filter_map(|photograph| photograph.pixels.as_deref().ok()).collect();
        let size = self.size;
        let vectors = if readable.is_empty() {
            None
        } else {
            let pixels = Tensor::f_from_slice(&readable.concat())?.f_reshape([length(readable.len()), 3, size, size])?;
            Some(self.encoder.begin_images(&pixels)?)
        };
        let without_pixels =
            |read: Read<Vec<f32>>| Read { stamp: read.stamp, sha256: read.sha256, pixels: read.pixels.map(drop) };
        let photographs = decoded.photographs.into_iter().map(without_pixels).collect();
        Ok(Some(Begun { range: decoded.range, photographs, vectors }))
    }
}

/// A length as LibTorch counts it.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn rows_of(matrix: &Tensor) -> Result<Vec<Vec<f32>>, tch::TchError> {
    let (_, width) = matrix.size2()?;
    let flat = Vec::<f32>::try_from(matrix.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.chunks(usize::try_from(width).unwrap_or(1).max(1)).map(<[f32]>::to_vec).collect())
}
