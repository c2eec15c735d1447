//! What a training sees: photographs with their taxa, in batches that depend on seed and epoch alone.

use super::config::{Augmentation, DataConfig, Texts};
use super::error::TrainError;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::dataset::{Dataset, ManifestOptions, Photograph, Truths, View};
use nearmiss::photographs::photo::{Decoding, Orientation};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tch::{Kind, Tensor};

/// Photographs with truth of one split.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    /// The photographs.
    pub photographs: Vec<Photograph>,
    /// Their taxa.
    pub taxa: Vec<TaxonId>,
}

/// A batch, ready for the towers.
pub struct Batch {
    /// `[B, 3, S, S]`, normalised.
    pub pixels: Tensor,
    /// `[B]`.
    pub taxa: Vec<TaxonId>,
    /// One text per photograph.
    pub texts: Vec<String>,
    /// Photographs that could not be read.
    pub unreadable: Vec<String>,
}

impl Examples {
    /// Training and validation photographs.
    ///
    /// # Errors
    ///
    /// No such split; names that the taxonomy does not hold; an observation or a photograph in both splits.
    pub fn read(data: &DataConfig, taxonomy: &Taxonomy) -> Result<(Examples, Examples), TrainError> {
        let dataset = match &data.manifest {
            Some(manifest) => {
                let options = ManifestOptions { root: Some(data.photographs.clone()), ..ManifestOptions::default() };
                Dataset::from_manifest(manifest, &options)?
            }
            None => Dataset::from_paths(std::slice::from_ref(&data.photographs))?,
        };
        let train = Self::of(dataset.clone().select(&data.train)?, taxonomy)?;
        let validation = Self::of(dataset.select(&data.validation)?, taxonomy)?;
        let observations = in_both(&train, &validation, |one| one.observation.as_deref());
        // Of several boxes in a photograph the whole of it is seen.
        let photographs =
            in_both(&train, &validation, |one| one.path.to_str().filter(|_| one.inside.is_none()).or(Some(one.image.as_str())));
        for (leaks, one, several) in
            [(observations, "observation is", "observations are"), (photographs, "photograph is", "photographs are")]
        {
            if let Some(first) = leaks.first() {
                return Err(TrainError::Leak {
                    what: counted(leaks.len(), one, several),
                    example: (*first).to_string(),
                    train: data.train.clone(),
                    validation: data.validation.clone(),
                });
            }
        }
        Ok((train, validation))
    }

    fn of(dataset: Dataset, taxonomy: &Taxonomy) -> Result<Examples, TrainError> {
        let truths = Truths::of(taxonomy, &dataset);
        let unnamed = dataset.photographs.len() - dataset.with_truth();
        let unknown: Vec<&String> = truths.unknown.keys().chain(truths.ambiguous.keys()).collect();
        if unnamed > 0 || !unknown.is_empty() {
            let mut problems = vec![];
            if unnamed > 0 {
                problems.push(counted(unnamed, "photograph", "photographs") + " without a name");
            }
            if let Some(first) = unknown.first() {
                let names = counted(unknown.len(), "name that is", "names that are");
                problems.push(format!("{names} not one taxon of the taxonomy, such as '{first}'"));
            }
            return Err(TrainError::Names(problems.join("; ")));
        }
        let taxa = truths.taxa.into_iter().flatten().collect();
        Ok(Examples { photographs: dataset.photographs, taxa })
    }

    /// Distinct taxa, in the order of the tree.
    #[must_use]
    pub fn classes(&self) -> Vec<TaxonId> {
        self.taxa.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Batches of an epoch: all photographs once, in an order of its own; the last, smaller batch is
    /// left out. `neighbours` are the look-alikes of each taxon, the nearest first.
    #[must_use]
    pub fn batches(
        &self,
        size: usize,
        seed: u64,
        epoch: usize,
        neighbours: &HashMap<TaxonId, Vec<TaxonId>>,
        share: f64,
    ) -> Vec<Vec<usize>> {
        let mut random = stream(seed, epoch, 0);
        let mut order: Vec<usize> = (0..self.taxa.len()).collect();
        order.shuffle(&mut random);
        if share > 0.0 && !neighbours.is_empty() {
            order = self.with_look_alikes(&order, neighbours, share, &mut random);
        }
        order.chunks_exact(size.min(order.len()).max(1)).map(<[usize]>::to_vec).collect()
    }

    /// Moves look-alikes together: after a photograph, with a chance, one of the most similar taxon
    /// that still has one.
    fn with_look_alikes(
        &self,
        order: &[usize],
        neighbours: &HashMap<TaxonId, Vec<TaxonId>>,
        share: f64,
        random: &mut ChaCha8Rng,
    ) -> Vec<usize> {
        let mut waiting: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
        for &index in order.iter().rev() {
            waiting.entry(self.taxa[index]).or_default().push(index);
        }
        let mut used = vec![false; order.len()];
        let mut arranged = Vec::with_capacity(order.len());
        for &index in order {
            let mut next = (!used[index]).then_some(index);
            while let Some(index) = next.take() {
                used[index] = true;
                arranged.push(index);
                if random.random::<f64>() >= share {
                    break;
                }
                for other in neighbours.get(&self.taxa[index]).into_iter().flatten() {
                    let stack = waiting.entry(*other).or_default();
                    while stack.last().is_some_and(|&last| used[last]) {
                        stack.pop();
                    }
                    if let Some(&look_alike) = stack.last() {
                        next = Some(look_alike);
                        break;
                    }
                }
            }
        }
        arranged
    }

    /// Reads the photographs of a batch, without changing them.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports; no photograph that can be read.
    pub fn plain(&self, indices: &[usize], preprocess: &Preprocess) -> Result<Batch, TrainError> {
        let batch = self.readable(indices, preprocess)?;
        if batch.taxa.is_empty() {
            return Err(TrainError::Unreadable(batch.unreadable.into_iter().next().unwrap_or_default()));
        }
        Ok(batch)
    }

    /// As [`Examples::plain`], where there may be none that can be read.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn readable(&self, indices: &[usize], preprocess: &Preprocess) -> Result<Batch, TrainError> {
        let read = |&index: &usize| {
            let photograph = &self.photographs[index];
            preprocess
                .of(photograph, Orientation::AsStored, View::Whole, Decoding::Exact)
                .map(|pixels| (pixels, self.taxa[index]))
                .map_err(|error| format!("{}: {error}", photograph.image))
        };
        let read: Vec<_> = indices.par_iter().map(read).collect();
        let (mut pixels, mut taxa, mut unreadable) = (vec![], vec![], vec![]);
        for one in read {
            match one {
                Ok((numbers, taxon)) => {
                    pixels.extend(numbers);
                    taxa.push(taxon);
                }
                Err(error) => unreadable.push(error),
            }
        }
        let (side, rows) = (i64::from(preprocess.size), i64::try_from(taxa.len()).unwrap_or(i64::MAX));
        let pixels = Tensor::f_from_slice(&pixels)?.f_reshape([rows, 3, side, side])?;
        Ok(Batch { pixels, taxa, texts: vec![], unreadable })
    }
}

/// What some photographs of both have in common.
fn in_both<'a>(one: &'a Examples, other: &'a Examples, of: impl Fn(&'a Photograph) -> Option<&'a str>) -> BTreeSet<&'a str> {
    let first: BTreeSet<&str> = one.photographs.iter().filter_map(&of).collect();
    other.photographs.iter().filter_map(&of).filter(|name| first.contains(name)).collect()
}

/// Chance of one thing of one epoch.
#[must_use]
pub fn stream(seed: u64, epoch: usize, thing: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(((epoch as u64) << 32) + thing);
    random
}

impl Batch {
    /// Varies the photographs and writes their texts.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn vary(
        mut self,
        taxonomy: &Taxonomy,
        texts: &Texts,
        augmentation: &Augmentation,
        random: &mut ChaCha8Rng,
    ) -> Result<Batch, TrainError> {
        self.texts = self.taxa.iter().map(|&taxon| caption(taxonomy, taxon, texts, random)).collect();
        let mut matrices: Vec<f32> = vec![];
        let mut lights: Vec<f32> = vec![];
        for _ in &self.taxa {
            let mut even = |most: f64| if most > 0.0 { random.random_range(-most..most) } else { 0.0 };
            let (scale, turn) = (1.0 + even(augmentation.scale), even(augmentation.turn).to_radians());
            let (x, y) = (2.0 * even(augmentation.shift), 2.0 * even(augmentation.shift));
            let light = 1.0 + even(augmentation.light);
            let mirror = if augmentation.flip && random.random::<bool>() { -1.0 } else { 1.0 };
            let (cosine, sine) = (turn.cos() / scale, turn.sin() / scale);
            matrices.extend([mirror * cosine, -sine, x, mirror * sine, cosine, y].map(single));
            lights.push(single(light));
        }
        let rows = i64::try_from(self.taxa.len()).unwrap_or(i64::MAX);
        let theta = Tensor::f_from_slice(&matrices)?.f_reshape([rows, 2, 3])?;
        let grid = Tensor::f_affine_grid_generator(&theta, self.pixels.size(), false)?;
        // Bilinear, reflected at the border.
        let moved = self.pixels.f_grid_sampler(&grid, 0, 2, false)?;
        self.pixels = moved.f_mul(&Tensor::f_from_slice(&lights)?.f_reshape([rows, 1, 1, 1])?)?.f_to_kind(Kind::Float)?;
        Ok(self)
    }
}

/// One text for a taxon, drawn at random among formats, sentences and, with a chance, ranks above.
fn caption(taxonomy: &Taxonomy, taxon: TaxonId, texts: &Texts, random: &mut ChaCha8Rng) -> String {
    let mut named = taxon;
    if random.random::<f64>() < texts.cut_ranks {
        let above: Vec<TaxonId> = taxonomy.lineage(taxon).filter(|&one| one != TaxonId::ROOT && one != taxon).collect();
        if !above.is_empty() {
            named = above[random.random_range(0..above.len())];
        }
    }
    let format = texts.names[random.random_range(0..texts.names.len())];
    let prompts = texts.templates.prompts(&format.write(taxonomy, named));
    prompts[random.random_range(0..prompts.len())].clone()
}

#[expect(clippy::cast_possible_truncation, reason = "a change at random")]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use nearmiss::photographs::preprocess::Resize;
    use std::path::Path;

    fn read(rows: &[&str], validation: &str) -> Result<(Examples, Examples), String> {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("m.csv");
        std::fs::write(&manifest, format!("image,species,observation,split\n{}\n", rows.join("\n"))).unwrap();
        let taxonomy = Taxonomy::from_bytes(b"genus,species\nG,G a\nG,G b\n", Path::new("t.csv")).unwrap();
        let (photographs, taxonomy_name) = (folder.path().to_path_buf(), "t.csv".to_string());
        let (train, validation) = ("train".to_string(), validation.to_string());
        let data = DataConfig { photographs, manifest: Some(manifest), taxonomy: taxonomy_name, train, validation };
        Examples::read(&data, &taxonomy).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_in_both_splits_is_refused() {
        let rows = ["a.png,G a,o1,train", "b.png,G b,o2,train", "c.png,G a,o3,validation"];
        let (train, validation) = read(&rows, "validation").unwrap();
        assert_eq!((train.taxa.len(), validation.taxa.len()), (2, 1));
        let observation = read(&[rows[0], rows[1], "c.png,G a,o1,validation"], "validation").unwrap_err();
        assert!(observation.starts_with("1 observation is both in 'train' and in 'validation', such as 'o1'"), "{observation}");
        let photographs = read(&["a.png,G a,,train", "b.png,G b,,train"], "training").unwrap_err();
        assert!(photographs.starts_with("2 photographs are both in 'train' and in 'training', such as '"), "{photographs}");
        assert!(photographs.contains("a.png'"), "{photographs}");
    }

    #[test]
    fn none_that_can_be_read_is_no_batch_and_may_be_nothing() {
        let (train, _) = read(&["a.png,G a,o1,train", "b.png,G b,o2,train", "c.png,G a,o3,validation"], "validation").unwrap();
        let preprocess = Preprocess { resize: Resize::SquashBilinearFloat, size: 4, mean: [0.5; 3], std: [0.5; 3] };
        let nothing = train.readable(&[0, 1], &preprocess).unwrap();
        assert_eq!((nothing.pixels.size(), nothing.taxa.len(), nothing.unreadable.len()), (vec![0, 3, 4, 4], 0, 2));
        assert!(matches!(train.plain(&[0, 1], &preprocess), Err(TrainError::Unreadable(first)) if first.starts_with("a.png: ")));
    }
}
