//! Texts and their taxa as what a training teaches: what is of one taxon, or of related ones, comes together.

use super::config::SentenceConfig;
use super::embedding::TextEmbedding;
use super::splits::Splits;
use crate::train::config::{LossKind, LossTerm};
use crate::train::error::TrainError;
use crate::train::evaluate::{Evaluation, first_places, of_taxa};
use crate::train::examples::stream;
use crate::train::kinship::among;
use crate::train::lesson::{Lesson, Reader, Values};
use crate::train::parameters::Parameters;
use crate::train::towers::{Towers, rows, unit};
use nearmiss::numbers::statistics::to_f64;
use nearmiss::spaces::retrieval::texts::TextCollection;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::seq::SliceRandom;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use tch::Tensor;

/// Texts of one split that have a taxon.
struct Part {
    texts: TextCollection,
    /// A taxon for each.
    taxa: Vec<TaxonId>,
}

/// Texts and their taxa.
pub struct TaxonLesson<'a> {
    config: &'a SentenceConfig,
    losses: Vec<LossTerm>,
    taxonomy: Taxonomy,
    train: Part,
    validation: Part,
    /// What models are held against each other on, what it is called, and whether the epoch is chosen by it.
    compared: (Part, String, bool),
    embedding: TextEmbedding,
    notes: Vec<String>,
    warnings: Vec<String>,
    truncated: usize,
}

impl Part {
    fn of(collection: &TextCollection) -> Part {
        let taxa: Vec<Option<TaxonId>> = collection.taxa.as_ref().map(|taxa| taxa.queries.clone()).unwrap_or_default();
        let known: Vec<usize> = (0..taxa.len()).filter(|&place| taxa[place].is_some()).collect();
        Part { texts: collection.only(&known), taxa: taxa.into_iter().flatten().collect() }
    }

    /// Whether two texts are of one taxon.
    fn has_pairs(&self) -> bool {
        self.taxa.iter().collect::<BTreeSet<_>>().len() < self.taxa.len()
    }

    /// Unit vectors of all texts, without gradients.
    fn vectors(&self, embedding: &TextEmbedding, towers: &Towers) -> Result<Tensor, TrainError> {
        let _guard = tch::no_grad_guard();
        unit(&embedding.all_queries(towers, &self.texts)?)
    }
}

impl<'a> TaxonLesson<'a> {
    /// As a model reads them.
    ///
    /// # Errors
    ///
    /// [`TrainError`]: fewer texts than a step takes; a loss of something else; a split without two texts of one taxon.
    pub fn of(config: &'a SentenceConfig, splits: &Splits, parameters: &Parameters) -> Result<TaxonLesson<'a>, TrainError> {
        let embedding = TextEmbedding::of(&config.sentences, parameters)?;
        let usual = LossTerm { kind: LossKind::SupCon { temperature: 0.1 }, weight: 1.0 };
        let losses = if config.losses.is_empty() { vec![usual] } else { config.losses.clone() };
        for term in &losses {
            if let LossKind::InfoNce | LossKind::Sigmoid { .. } | LossKind::Ranking { .. } | LossKind::Triplet { .. } = term.kind
            {
                let takes = "photographs and their names, or queries and documents";
                let (there, remedy) = ("these are texts with taxa", "name sup_con, hmce, hxe or soft_labels");
                return Err(TrainError::NoLoss { loss: term.kind.name(), takes, there, remedy });
            }
        }
        let taxonomy = splits.train.taxa.as_ref().map(|taxa| taxa.taxonomy.clone()).ok_or(TrainError::NoTextPairs)?;
        let (train, validation) = (Part::of(&splits.train), Part::of(&splits.validation));
        let batch = config.optimiser.batch * config.optimiser.accumulate;
        if train.taxa.len() < batch {
            return Err(TrainError::FewTexts { batch, there: train.taxa.len(), what: "texts with a taxon" });
        }
        if !train.has_pairs() {
            return Err(TrainError::NoTextPairs);
        }
        let (collection, name, chosen_by) = splits.compared_on();
        let compared = (Part::of(collection), name, chosen_by);
        for (part, name) in [(&validation, config.sentences.validation.as_str()), (&compared.0, compared.1.trim_matches('\''))] {
            if !part.has_pairs() {
                return Err(TrainError::NothingToFind(name.to_string()));
            }
        }
        let truncated = embedding.truncated_queries(&train.texts);
        let (notes, warnings) = (splits.notes.clone(), splits.warnings.clone());
        Ok(TaxonLesson { config, losses, taxonomy, train, validation, compared, embedding, notes, warnings, truncated })
    }
}

impl Lesson for TaxonLesson<'_> {
    type Plan = Vec<usize>;
    type Batch = Vec<usize>;

    fn examples(&self) -> usize {
        self.train.taxa.len()
    }

    fn plans(&self, _: &Parameters, epoch: usize) -> Result<Vec<Vec<usize>>, TrainError> {
        let mut order: Vec<usize> = (0..self.train.taxa.len()).collect();
        order.shuffle(&mut stream(self.config.seed, epoch, 0));
        Ok(order.chunks_exact(self.config.optimiser.batch.max(1)).map(<[usize]>::to_vec).collect())
    }

    fn reader(&self) -> Reader<'_, Self> {
        Box::new(|plan: &Vec<usize>| Ok(plan.clone()))
    }

    fn unreadable(_: &Vec<usize>) -> &[String] {
        &[]
    }

    fn loss(&self, towers: &Towers, batch: Vec<usize>, _: usize, _: u64) -> Result<Tensor, TrainError> {
        let texts = batch.iter().map(|&place| &self.train.texts.queries.texts[place]);
        let vectors = unit(&self.embedding.queries(towers, texts)?)?;
        let taxa: Vec<TaxonId> = batch.iter().map(|&place| self.train.taxa[place]).collect();
        let mut total: Option<Tensor> = None;
        for term in &self.losses {
            let value = among(term.kind, &vectors, &self.taxonomy, &taxa)?.ok_or(TrainError::NoTextPairs)?;
            let weighted = value.f_mul_scalar(term.weight)?;
            total = Some(match total {
                Some(total) => total.f_add(&weighted)?,
                None => weighted,
            });
        }
        total.ok_or(TrainError::NoTextPairs)
    }

    fn evaluate(&self, towers: &Towers) -> Result<Evaluation, TrainError> {
        // As many texts for training as there are for validation, spread evenly.
        let (all, wanted) = (self.train.taxa.len(), self.validation.taxa.len().clamp(1, self.train.taxa.len()));
        let chosen: Vec<usize> = (0..wanted).map(|index| index * all / wanted).collect();
        let taxa = chosen.iter().map(|&place| self.train.taxa[place]).collect();
        let part = Part { texts: self.train.texts.only(&chosen), taxa };
        let of = |part: &Part| of_taxa(&part.vectors(&self.embedding, towers)?, &part.taxa);
        Ok(Evaluation { train: of(&part)?, validation: of(&self.validation)?, unreadable: vec![] })
    }

    fn values(&self, towers: &Towers) -> Result<Option<Values>, TrainError> {
        let (part, of, chosen_by) = &self.compared;
        let vectors = part.vectors(&self.embedding, towers)?;
        let similarities = rows(&vectors.f_matmul(&vectors.f_transpose(0, 1)?)?)?;
        let places = first_places(&similarities, &part.taxa);
        let mrr = places.into_iter().map(|place| 1.0 / to_f64(place as u64 + 1)).collect();
        Ok(Some(Values { of: of.clone(), chosen_by: *chosen_by, measures: vec![("mrr", mrr)] }))
    }

    fn identity(&self) -> Vec<Vec<u8>> {
        let mut chunks = vec![self.taxonomy.fingerprint().into_bytes()];
        for part in [&self.train, &self.validation, &self.compared.0] {
            for (text, &taxon) in part.texts.queries.texts.iter().zip(&part.taxa) {
                chunks.push(format!("{text}\t{}\n", self.taxonomy.identity(taxon)).into_bytes());
            }
        }
        chunks
    }

    fn record(&self, _: &[String]) -> Map<String, Value> {
        let taxa = self.train.taxa.iter().collect::<BTreeSet<_>>().len();
        let texts = json!({
            "train": self.train.taxa.len(), "validation": self.validation.taxa.len(),
            "test": (!self.compared.2).then_some(self.compared.0.taxa.len()), "taxa": taxa, "truncated": self.truncated,
            "query_prompt": self.embedding.query_prompt,
        });
        Map::from_iter([("taxonomy_sha256".to_string(), json!(self.taxonomy.fingerprint())), ("texts".to_string(), texts)])
    }

    fn remarks(&self) -> Vec<String> {
        let taxa = self.train.taxa.iter().collect::<BTreeSet<_>>().len();
        let (train, validation) = (self.train.taxa.len(), self.validation.taxa.len());
        let texts = format!("texts: {train} of {taxa} taxa for training, {validation} for validation");
        [texts].into_iter().chain(self.notes.iter().cloned()).collect()
    }

    fn warnings(&self) -> Vec<String> {
        let texts = nearmiss::numbers::counted::counted(self.truncated, "text is", "texts are");
        let cut = (self.truncated > 0).then(|| format!("{texts} longer than the model's context and cut at its end"));
        self.warnings.iter().cloned().chain(cut).collect()
    }
}
