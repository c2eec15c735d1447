//! The photographs of a run, found and embedded again.

use super::error::HiddenError;
use super::options::HiddenOptions;
use super::recipe::recipe;
use super::space::{name, numbers, origin};
use crate::encoder::Encoder;
use crate::encoder::description::image::ImagePool;
use nearmiss::files::parquet::Parquet;
use nearmiss::files::path_text;
use nearmiss::numbers::counted::{counted, form};
use nearmiss::numbers::vector::dot;
use nearmiss::photographs::dataset::{Photograph, View};
use nearmiss::photographs::photo::{Decoding, Orientation, PhotoError};
use nearmiss::photographs::preprocess::{Preprocess, Resize};
use nearmiss::runs::directory::record::Identity;
use nearmiss::runs::pooling::{Layers, TokenPool};
use nearmiss::spaces::embeddings::Embeddings;
use polars::prelude::*;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use tch::Tensor;

/// Below this cosine a photograph is another one than the run saw: other devices and half the
/// precision stay above.
const SAME: f64 = 0.99;

/// The photographs that a run could read, in its order, and what it knows of them.
pub struct Photographs<'a> {
    readable: Vec<Photograph>,
    identity: &'a Identity,
    known: &'a Embeddings,
}

/// The photographs that the run could read; `known` are its vectors.
pub fn of_run<'a>(
    run: &Path,
    identity: &'a Identity,
    known: &'a Embeddings,
    options: &HiddenOptions,
) -> Result<Photographs<'a>, HiddenError> {
    Ok(Photographs { readable: found(run, identity, known, options)?, identity, known })
}

fn found(run: &Path, identity: &Identity, known: &Embeddings, options: &HiddenOptions) -> Result<Vec<Photograph>, HiddenError> {
    if let Some(tiles) = identity.recipe.get("tiles") {
        return Err(HiddenError::Tiles { tiles: tiles.clone() });
    }
    let rows = rows(run)?;
    let read = rows.iter().filter(|(_, has_vector)| *has_vector).count();
    if read != known.len() {
        let read = counted(read, "photograph", "photographs");
        let what = format!("{read} with a vector where {} were found", known.len());
        return Err(HiddenError::Table { path: run.join("images.parquet"), what });
    }
    if let Some(dataset) = options.dataset {
        let photographs = &dataset.photographs;
        if photographs.len() != rows.len() {
            return Err(HiddenError::Dataset {
                what: format!("it has {}, the run {}", counted(photographs.len(), "photograph", "photographs"), rows.len()),
            });
        }
        if let Some((photograph, (image, _))) = photographs.iter().zip(&rows).find(|(one, (image, _))| one.image != *image) {
            return Err(HiddenError::Dataset { what: format!("it has '{}' where the run has '{image}'", photograph.image) });
        }
        let taken = photographs.iter().zip(&rows).filter(|(_, (_, has_vector))| *has_vector);
        return Ok(taken.map(|(photograph, _)| photograph.clone()).collect());
    }
    if identity.recipe.contains_key("crop") {
        return Err(HiddenError::Boxes);
    }
    let root = options.photographs.map_or_else(|| path_text::below(Path::new(""), &identity.dataset), Path::to_path_buf);
    let photograph =
        |(image, _): (String, bool)| Photograph { path: path_text::below(&root, &image), image, ..Photograph::default() };
    let photographs: Vec<Photograph> = rows.into_iter().filter(|(_, has_vector)| *has_vector).map(photograph).collect();
    if photographs.iter().all(|photograph| !photograph.path.is_file()) {
        return Err(unreadable(&photographs, "no such file".to_string()));
    }
    Ok(photographs)
}

fn unreadable(photographs: &[Photograph], reason: String) -> HiddenError {
    let path = photographs.first().map(|photograph| photograph.path.clone()).unwrap_or_default();
    HiddenError::Photographs { count: photographs.len(), path, reason }
}

/// Names of all photographs of the run, and whether each has a vector.
fn rows(run: &Path) -> Result<Vec<(String, bool)>, HiddenError> {
    let path = run.join("images.parquet");
    let read = || -> PolarsResult<Vec<(String, bool)>> {
        let data = Parquet::new(File::open(&path)?)?.read(Some(&["image", "status"]), None)?;
        let (images, statuses) = (data.column("image")?.str()?.clone(), data.column("status")?.str()?.clone());
        let row = |(image, status): (Option<&str>, Option<&str>)| (image.unwrap_or_default().to_string(), status == Some("ok"));
        Ok(images.iter().zip(statuses.iter()).map(row).collect())
    };
    read().map_err(|error| HiddenError::Table { path: path.clone(), what: error.to_string() })
}

/// What became of the photographs so far.
struct Seen {
    /// Per combination the vectors.
    values: Vec<Vec<f64>>,
    /// Which photographs have one, ascending.
    taken: Vec<usize>,
    /// How many have none, by code.
    lost: BTreeMap<&'static str, usize>,
    /// The first of them, and why.
    first_lost: Option<(usize, String)>,
    /// How many look otherwise than the run saw them.
    changed: usize,
}

impl Photographs<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.readable.len()
    }

    /// One space per combination.
    pub fn embed(
        &self,
        encoder: &Encoder,
        wanted: &[(TokenPool, Layers)],
        progress: &dyn Fn(usize),
    ) -> Result<Vec<(String, Embeddings)>, HiddenError> {
        let Photographs { readable: photographs, identity, known } = self;
        let preprocess = preprocess(identity, encoder)?;
        let orientation = recipe(identity, "orientation", |word| match word {
            "upright" => Some(Orientation::Upright),
            "as stored" => Some(Orientation::AsStored),
            _ => None,
        })?;
        let view = if identity.recipe.contains_key("crop") { View::Boxes } else { View::Whole };
        let decoding = if identity.recipe.contains_key("decode") { Decoding::Scaled } else { Decoding::Exact };
        // The last one goes through the rest of the tower, to be compared with what the run saw; a tower that does not read its
        // class token may have none.
        let last = reads_class(encoder).then_some((TokenPool::Cls, Layers::Last));
        let asked: Vec<(TokenPool, Layers)> = wanted.iter().copied().chain(last).collect();
        let mut seen =
            Seen { values: vec![vec![]; wanted.len()], taken: vec![], lost: BTreeMap::new(), first_lost: None, changed: 0 };
        let batch = identity.batch.max(1);
        let ranges: Vec<Range<usize>> =
            (0..photographs.len()).step_by(batch).map(|start| start..(start + batch).min(photographs.len())).collect();
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel::<(Range<usize>, Vec<Result<Vec<f32>, PhotoError>>)>(1);
            let count = ranges.len();
            scope.spawn(move || {
                for range in ranges {
                    let pixels = |photograph: &Photograph| preprocess.of(photograph, orientation, view, decoding);
                    let pixels = photographs[range.clone()].par_iter().map(pixels).collect();
                    // The receiver goes away when embedding fails; there is nothing left to read then.
                    if sender.send((range, pixels)).is_err() {
                        break;
                    }
                }
            });
            for _ in 0..count {
                let (range, pixels) = receiver.recv().map_err(|_| HiddenError::Reader)?;
                let end = range.end;
                seen.add(encoder, preprocess.size, (range, &pixels), known, &asked)?;
                progress(end);
            }
            Ok::<(), HiddenError>(())
        })?;
        if seen.taken.is_empty() {
            return Err(unreadable(photographs, seen.first_lost.map(|(_, reason)| reason).unwrap_or_default()));
        }
        Ok(seen.spaces(encoder, known, wanted))
    }
}

impl Seen {
    fn add(
        &mut self,
        encoder: &Encoder,
        size: u32,
        (range, pixels): (Range<usize>, &[Result<Vec<f32>, PhotoError>]),
        known: &Embeddings,
        asked: &[(TokenPool, Layers)],
    ) -> Result<(), HiddenError> {
        let (mut readable, mut places) = (vec![], vec![]);
        for (index, pixels) in range.zip(pixels) {
            match pixels {
                Ok(pixels) => {
                    readable.push(pixels.as_slice());
                    places.push(index);
                }
                Err(error) => {
                    *self.lost.entry(error.code()).or_default() += 1;
                    self.first_lost.get_or_insert_with(|| (index, error.to_string()));
                }
            }
        }
        if readable.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(readable.len()).unwrap_or(i64::MAX);
        let pixels = Tensor::f_from_slice(&readable.concat())?.f_reshape([count, 3, i64::from(size), i64::from(size)])?;
        let mut states = encoder.pooled_images(&pixels, asked)?;
        // Where it is not the class token that is read, its state alone does not make the vector.
        let last = if reads_class(encoder) { states.pop() } else { None };
        let vectors = match &last {
            Some(last) => encoder.image_head(last)?,
            None => encoder.embed_images(&pixels)?,
        };
        let units: Vec<f64> = numbers(&vectors)?.collect();
        let pairs = units.chunks(known.width.max(1)).zip(&places);
        self.changed += pairs.filter(|&(unit, &index)| dot(unit, known.rows().row(index)) < SAME).count();
        for (values, states) in self.values.iter_mut().zip(&states) {
            values.extend(numbers(states)?);
        }
        self.taken.extend(places);
        Ok(())
    }

    fn spaces(self, encoder: &Encoder, known: &Embeddings, wanted: &[(TokenPool, Layers)]) -> Vec<(String, Embeddings)> {
        let mut notes = known.notes.clone();
        if let Some((first, reason)) = &self.first_lost {
            let counts: Vec<String> = self.lost.iter().map(|(code, count)| format!("{count} {code}")).collect();
            let (lost, of) = (self.lost.values().sum::<usize>(), known.len());
            notes.push(format!(
                "{lost} of the {} of the run cannot be read any more and {} left out ({}), the first '{}': {reason}",
                counted(of, "photograph", "photographs"),
                form(lost, "is", "are"),
                counts.join(", "),
                known.names[*first]
            ));
        }
        if self.changed > 0 {
            notes.push(format!(
                "{} (cosine below {SAME}): {} changed since",
                counted(
                    self.changed,
                    "photograph looks otherwise than the run saw it",
                    "photographs look otherwise than the run saw them"
                ),
                form(self.changed, "its file has", "their files have")
            ));
        }
        let taken = &self.taken;
        let space = |(values, &combination): (Vec<f64>, &(TokenPool, Layers))| {
            let mut notes = notes.clone();
            notes.push(origin("image", encoder.blocks().0, combination));
            let embeddings = Embeddings {
                width: values.len() / taken.len().max(1),
                values,
                names: taken.iter().map(|&index| known.names[index].clone()).collect(),
                taxa: taken.iter().map(|&index| known.taxa[index]).collect(),
                observations: taken.iter().map(|&index| known.observations[index].clone()).collect(),
                taxonomy: known.taxonomy.clone(),
                labels: None,
                notes,
            };
            (name("image", combination), embeddings)
        };
        self.values.into_iter().zip(wanted).map(space).collect()
    }
}

/// Whether the image tower makes its vector of the class token.
fn reads_class(encoder: &Encoder) -> bool {
    matches!(encoder.description().image.as_ref().map(|image| &image.pool), Some(ImagePool::Class))
}

fn preprocess(identity: &Identity, encoder: &Encoder) -> Result<Preprocess, HiddenError> {
    let resize = recipe(identity, "preprocess", Resize::parse)?;
    let size = u32::try_from(encoder.image_size()?).unwrap_or(0);
    let own = &encoder.description().preprocessing;
    Ok(Preprocess { resize, size, mean: own.mean, std: own.std })
}
