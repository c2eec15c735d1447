//! Photographs with truth as what a training teaches: their names, and each other.

use super::config::{LossKind, TrainConfig};
use super::error::TrainError;
use super::evaluate::{Evaluation, retrieval};
use super::examples::{Batch, Examples, stream};
use super::hard_negatives::HardNegatives;
use super::lesson::{Lesson, Reader, Values};
use super::parameters::Parameters;
use super::step;
use super::towers::{Towers, rows};
use super::wording::Wording;
use crate::classify::preprocessing::{PreprocessingError, own_way};
use crate::encoder::description::model::ModelDescription;
use crate::encoder::tokenizer::Tokenizer;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use tch::Tensor;

/// Photographs with truth, before there is a model.
pub struct Photographs<'a> {
    config: &'a TrainConfig,
    taxonomy: &'a Taxonomy,
    train: Examples,
    validation: Examples,
    look_alikes: Option<HardNegatives>,
}

/// Photographs as a model sees them.
pub struct PhotographLesson<'a> {
    of: Photographs<'a>,
    /// `None` for a model without a text tower.
    tokenizer: Option<Tokenizer>,
    preprocess: Preprocess,
}

impl<'a> Photographs<'a> {
    /// Reads photographs and look-alikes.
    ///
    /// # Errors
    ///
    /// [`TrainError`]: photographs that cannot be trained on.
    pub fn read(config: &'a TrainConfig, taxonomy: &'a Taxonomy) -> Result<Photographs<'a>, TrainError> {
        let (train, validation) = Examples::read(&config.data, taxonomy)?;
        let batch = config.optimiser.batch * config.optimiser.accumulate;
        if train.taxa.len() < batch {
            let (photographs, split) = (train.taxa.len(), config.data.train.clone());
            return Err(TrainError::FewPhotographs { batch, photographs, split });
        }
        let among_photographs = |kind: LossKind| matches!(kind, LossKind::SupCon { .. } | LossKind::Hmce { .. });
        if config.losses.iter().any(|term| among_photographs(term.kind)) && train.classes().len() == train.taxa.len() {
            return Err(TrainError::NoPairs);
        }
        let look_alikes = match &config.optimiser.look_alikes {
            Some(file) => Some(HardNegatives::from_path(file, taxonomy, &train.classes())?),
            None => None,
        };
        Ok(Photographs { config, taxonomy, train, validation, look_alikes })
    }

    /// As a model sees them.
    ///
    /// # Errors
    ///
    /// [`TrainError`]: a loss that the model cannot be trained with, a preprocessing that is not done here, a validation in
    /// which photographs without names find nothing.
    pub fn seen_by(self, parameters: &Parameters) -> Result<PhotographLesson<'a>, TrainError> {
        let model = &parameters.description;
        self.check_losses(model)?;
        if model.text.is_none() && self.validation.classes().len() == self.validation.taxa.len() {
            return Err(TrainError::NothingToFind(self.config.data.validation.clone()));
        }
        let size = model.image.as_ref().map_or(0, |image| image.image_size);
        let preprocess = Preprocess {
            resize: own_way(model).map_err(|error| match error {
                PreprocessingError::OfModel { what } => TrainError::Preprocessing(what),
                other => TrainError::Preprocessing(other.to_string()),
            })?,
            size: u32::try_from(size).unwrap_or(0),
            mean: model.preprocessing.mean,
            std: model.preprocessing.std,
        };
        Ok(PhotographLesson { of: self, tokenizer: parameters.start.tokenizer(model)?, preprocess })
    }

    /// Whether the model has the towers that the losses take.
    fn check_losses(&self, model: &ModelDescription) -> Result<(), TrainError> {
        let lacks = |missing, what: String, remedy| TrainError::NoTower { layout: model.layout.clone(), missing, what, remedy };
        if model.image.is_none() {
            let remedy = "give [sentences] in the place of [data] to train a model of texts";
            return Err(lacks("image", "a training on photographs".to_string(), remedy));
        }
        for term in &self.config.losses {
            let loss = term.kind.name();
            match term.kind {
                LossKind::InfoNce | LossKind::Sigmoid { .. } if model.text.is_none() => {
                    let remedy = "name sup_con, hmce, hxe or soft_labels, which do without names";
                    return Err(lacks("text", format!("the loss '{loss}'"), remedy));
                }
                LossKind::Sigmoid { bias: None } if model.comparison.as_ref().is_none_or(|own| own.bias.is_none()) => {
                    return Err(TrainError::NoBias);
                }
                LossKind::Ranking { .. } | LossKind::Triplet { .. } => {
                    let remedy = "name info_nce, sigmoid, sup_con, hmce, hxe or soft_labels";
                    let (takes, there) = ("queries and the documents that answer them", "these are photographs");
                    return Err(TrainError::NoLoss { loss, takes, there, remedy });
                }
                _ => {}
            }
        }
        if model.text.is_none() && self.config.optimiser.hard_negatives > 0.0 && self.look_alikes.is_none() {
            let remedy = "name a file of look-alikes, optimiser.look_alikes";
            return Err(lacks("text", "optimiser.hard_negatives without a file".to_string(), remedy));
        }
        Ok(())
    }
}

impl PhotographLesson<'_> {
    /// Photographs for training and for validation, and taxa of the first.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.of.train.taxa.len(), self.of.validation.taxa.len(), self.of.train.classes().len())
    }

    /// Tokens of all texts that can be drawn: of the training taxa and all above them.
    #[must_use]
    pub fn known_tokens(&self) -> Vec<i64> {
        let Some(tokenizer) = &self.tokenizer else { return vec![] };
        let (taxonomy, texts) = (self.of.taxonomy, &self.of.config.texts);
        let taxa: BTreeSet<TaxonId> = self.of.train.taxa.iter().flat_map(|&taxon| taxonomy.lineage(taxon)).collect();
        let mut tokens = BTreeSet::new();
        for &taxon in &taxa {
            for format in &texts.names {
                for prompt in texts.templates.prompts(&format.write(taxonomy, taxon)) {
                    tokens.extend(tokenizer.encode(&prompt).ids);
                }
            }
        }
        tokens.into_iter().collect()
    }

    fn wording(&self) -> Option<Wording<'_>> {
        let tokenizer = self.tokenizer.as_ref()?;
        Some(Wording { taxonomy: self.of.taxonomy, texts: &self.of.config.texts, tokenizer })
    }

    /// Other species of the same family, the most similar text first.
    fn neighbours(&self, parameters: &Parameters) -> Result<HashMap<TaxonId, Vec<TaxonId>>, TrainError> {
        let Some(wording) = self.wording() else { return Ok(HashMap::new()) };
        let _guard = tch::no_grad_guard();
        let classes = self.of.train.classes();
        let texts: Vec<String> = classes.iter().map(|&taxon| wording.plain(taxon)).collect();
        let vectors = parameters.towers()?.texts(wording.tokenizer, &texts)?;
        let similar = rows(&vectors.f_matmul(&vectors.f_transpose(0, 1)?)?)?;
        let family = |taxon: TaxonId| self.of.taxonomy.ancestor_at(taxon, Rank::Family);
        let of_one = |(own, row): (usize, &Vec<f32>)| {
            let taxon = classes[own];
            let relative = |other: &usize| *other != own && family(taxon).is_some() && family(classes[*other]) == family(taxon);
            let mut others: Vec<usize> = (0..classes.len()).filter(relative).collect();
            others.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
            (taxon, others.into_iter().map(|other| classes[other]).collect())
        };
        Ok(similar.iter().enumerate().map(of_one).collect())
    }
}

impl Lesson for PhotographLesson<'_> {
    type Plan = Vec<usize>;
    type Batch = Batch;

    fn examples(&self) -> usize {
        self.of.train.taxa.len()
    }

    fn plans(&self, parameters: &Parameters, epoch: usize) -> Result<Vec<Vec<usize>>, TrainError> {
        let settings = &self.of.config.optimiser;
        let share = settings.hard_negatives;
        let look_alikes = self.of.look_alikes.as_ref();
        let from_texts = if share > 0.0 && look_alikes.is_none() { self.neighbours(parameters)? } else { HashMap::new() };
        let neighbours = look_alikes.map_or(&from_texts, |look_alikes| &look_alikes.of);
        Ok(self.of.train.batches(settings.batch, self.of.config.seed, epoch, neighbours, share))
    }

    fn reader(&self) -> Reader<'_, Self> {
        let (train, preprocess) = (&self.of.train, self.preprocess);
        Box::new(move |plan: &Vec<usize>| train.plain(plan, &preprocess))
    }

    fn unreadable(batch: &Batch) -> &[String] {
        &batch.unreadable
    }

    fn loss(&self, towers: &Towers, batch: Batch, epoch: usize, number: u64) -> Result<Tensor, TrainError> {
        let (config, taxonomy) = (self.of.config, self.of.taxonomy);
        let mut random = stream(config.seed, epoch, 16 + number);
        let batch = batch.vary(taxonomy, &config.texts, &config.augmentation, &mut random)?;
        step::loss(towers, self.wording(), taxonomy, &config.losses, &batch)
    }

    fn evaluate(&self, towers: &Towers) -> Result<Evaluation, TrainError> {
        let (train, validation) = (&self.of.train, &self.of.validation);
        let mut classes = train.classes();
        classes.extend(validation.classes());
        classes.sort_unstable();
        classes.dedup();
        // As many training photographs as there are for validation, spread evenly.
        let wanted = validation.taxa.len().clamp(1, train.taxa.len());
        let chosen: Vec<usize> = (0..wanted).map(|index| index * train.taxa.len() / wanted).collect();
        let part = Examples {
            photographs: chosen.iter().map(|&index| train.photographs[index].clone()).collect(),
            taxa: chosen.iter().map(|&index| train.taxa[index]).collect(),
        };
        let of = |examples: &Examples| retrieval(towers, self.wording(), &self.preprocess, examples, &classes);
        let ((train, mut unreadable), (validation, more)) = (of(&part)?, of(validation)?);
        unreadable.extend(more);
        Ok(Evaluation { train, validation, unreadable })
    }

    fn values(&self, _: &Towers) -> Result<Option<Values>, TrainError> {
        Ok(None)
    }

    fn identity(&self) -> Vec<Vec<u8>> {
        let mut chunks = vec![self.of.taxonomy.fingerprint().into_bytes()];
        for examples in [&self.of.train, &self.of.validation] {
            for (photograph, taxon) in examples.photographs.iter().zip(&examples.taxa) {
                chunks.push(format!("{}\t{}\n", photograph.image, self.of.taxonomy.identity(*taxon)).into_bytes());
            }
        }
        chunks.extend(self.of.look_alikes.iter().map(|look_alikes| look_alikes.sha256.clone().into_bytes()));
        chunks
    }

    fn record(&self, unreadable: &[String]) -> Map<String, Value> {
        let (train, validation, taxa) = self.sizes();
        let photographs = json!({ "train": train, "validation": validation, "taxa": taxa, "unreadable": unreadable });
        Map::from_iter([
            ("taxonomy_sha256".to_string(), json!(self.of.taxonomy.fingerprint())),
            ("photographs".to_string(), photographs),
            ("look_alikes".to_string(), json!(self.of.look_alikes)),
        ])
    }

    fn remarks(&self) -> Vec<String> {
        let (train, validation, taxa) = self.sizes();
        let mut remarks = vec![format!("photographs: {train} of {taxa} taxa for training, {validation} for validation")];
        if let Some(look_alikes) = &self.of.look_alikes {
            let (pairs, file) = (counted(look_alikes.pairs, "pair", "pairs"), look_alikes.file.display());
            remarks.push(format!("look-alikes: {pairs} of {} from {file}", counted(look_alikes.of.len(), "taxon", "taxa")));
        }
        remarks
    }

    fn warnings(&self) -> Vec<String> {
        self.of.look_alikes.as_ref().map(HardNegatives::notes).unwrap_or_default()
    }
}
