//! Which images of a run are labelled and which are answered.

use super::Support;
use super::config::ProbeConfig;
use super::error::ProbingError;
use crate::answers::distribution::vectors::Vectors;
use crate::answers::{Answers, Truth};
use crate::runs::directory::columns::ImageRow;
use crate::taxonomy::TaxonId;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet};

/// Which images are labelled, which are answered, and which cannot be.
pub(super) struct Split {
    pub(super) labelled: Vec<usize>,
    pub(super) queries: Vec<usize>,
    pub(super) unreadable: Vec<usize>,
}

impl Split {
    pub(super) fn of(config: &ProbeConfig, answers: &Answers, vectors: &Vectors) -> Result<Split, ProbingError> {
        let taxon = |image: usize| if let Truth::Taxon(taxon) = answers.truths[image] { Some(taxon) } else { None };
        let (seen, blind): (Vec<usize>, Vec<usize>) =
            (0..answers.images.len()).partition(|&image| vectors.image(image).is_some());
        if let Some(shots) = config.shots {
            let mut by_class: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
            for &image in &seen {
                by_class.entry(taxon(image).unwrap_or(TaxonId::ROOT)).or_default().push(image);
            }
            let unnamed = by_class.remove(&TaxonId::ROOT).unwrap_or_default();
            let mut random = ChaCha8Rng::seed_from_u64(config.fold);
            let (mut labelled, mut queries) = (vec![], unnamed);
            for images in by_class.values_mut() {
                images.shuffle(&mut random);
                let rest = images.split_off(shots.min(images.len()));
                labelled.append(images);
                queries.extend(rest);
            }
            queries.sort_unstable();
            return Ok(Split { labelled, queries, unreadable: blind });
        }
        let Some(splits) = &answers.splits else {
            return Err(ProbingError::NoSplits(config.run.clone()));
        };
        let of = |name: &str, images: &[usize]| -> Vec<usize> {
            images.iter().copied().filter(|&image| splits[image].eq_ignore_ascii_case(name)).collect()
        };
        let labelled: Vec<usize> = of(&config.support, &seen).into_iter().filter(|&image| taxon(image).is_some()).collect();
        let (queries, unreadable) = (of(&config.queries, &seen), of(&config.queries, &blind));
        for (what, name, images) in [("support", &config.support, &labelled), ("queries", &config.queries, &queries)] {
            if images.is_empty() {
                let mut known = splits.clone();
                known.sort_unstable();
                known.dedup();
                return Err(ProbingError::NoImage { run: config.run.clone(), split: name.clone(), what, known });
            }
        }
        if let Some(observations) = &answers.observations {
            let of_support: BTreeSet<&String> = labelled.iter().map(|&image| &observations[image]).collect();
            let leaks = queries.iter().filter(|&&image| of_support.contains(&observations[image])).count();
            if leaks > 0 {
                return Err(ProbingError::Leak(leaks));
            }
        }
        Ok(Split { labelled, queries, unreadable })
    }

    /// Rows of the images to answer, in the order of the run.
    pub(super) fn rows(&self, answers: &Answers) -> Vec<ImageRow> {
        let mut images: Vec<usize> = self.queries.iter().chain(&self.unreadable).copied().collect();
        images.sort_unstable();
        let row = |image: usize| {
            let truth = if let Truth::Taxon(taxon) = answers.truths[image] { Some(taxon) } else { None };
            let status = answers.unreadable.get(&image).cloned();
            ImageRow {
                image: answers.images[image].clone(),
                truth,
                observation: answers.observations.as_ref().map(|names| names[image].clone()),
                split: answers.splits.as_ref().map(|splits| splits[image].clone()),
                status: status
                    .unwrap_or_else(|| if self.unreadable.contains(&image) { "no_embedding" } else { "ok" }.to_string()),
                ..ImageRow::default()
            }
        };
        images.into_iter().map(row).collect()
    }

    /// The labelled images with their classes, and the taxa that these are, in the order of the tree.
    pub(super) fn support(&self, answers: &Answers, vectors: &Vectors) -> Result<(Support, Vec<TaxonId>), ProbingError> {
        let taxon = |&image: &usize| if let Truth::Taxon(taxon) = answers.truths[image] { taxon } else { TaxonId::ROOT };
        let mut classes: Vec<TaxonId> = self.labelled.iter().map(taxon).collect();
        classes.sort_unstable();
        classes.dedup();
        if classes.len() < 2 {
            return Err(ProbingError::FewTaxa(classes.len()));
        }
        let place: BTreeMap<TaxonId, usize> = classes.iter().enumerate().map(|(place, taxon)| (*taxon, place)).collect();
        let support = Support {
            vectors: self.labelled.iter().map(|&image| wide(vectors.image(image))).collect(),
            classes: self.labelled.iter().map(|image| place[&taxon(image)]).collect(),
            count: classes.len(),
        };
        Ok((support, classes))
    }
}

/// The vector of an image in double precision; none where it has none.
pub(super) fn wide(vector: Option<&[f32]>) -> Vec<f64> {
    vector.unwrap_or(&[]).iter().map(|&value| f64::from(value)).collect()
}
