//! Queries and the documents that answer them as what a training teaches.

use super::answers::Answers;
use super::config::SentenceConfig;
use super::embedding::TextEmbedding;
use super::mined::{by_model, by_words, each_row, place};
use super::splits::Splits;
use crate::train::config::{LossKind, LossTerm};
use crate::train::error::TrainError;
use crate::train::evaluate::{Evaluation, Retrieval};
use crate::train::examples::stream;
use crate::train::lesson::{Lesson, Reader, Values};
use crate::train::losses::pairs::{Distance, ranking, triplet};
use crate::train::parameters::Parameters;
use crate::train::towers::Towers;
use nearmiss::numbers::counted::counted;
use nearmiss::numbers::statistics::to_f64;
use nearmiss::spaces::retrieval::texts::TextCollection;
use rand::seq::SliceRandom;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tch::{Device, Kind, Tensor};

/// A query, a document that answers it, and some that do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    query: usize,
    positive: u32,
    negatives: Vec<u32>,
}

/// Queries and the documents that answer them.
pub struct PairLesson<'a> {
    config: &'a SentenceConfig,
    losses: Vec<LossTerm>,
    splits: Splits,
    embedding: TextEmbedding,
    /// What answers the queries for training.
    answers: Answers,
    /// What there is to learn from: a row for each query and text that answers it, with the negatives that are given.
    rows: Vec<Row>,
    /// For each query what BM25 mines.
    mined: Vec<Vec<u32>>,
    /// Texts that lose their end.
    truncated: usize,
}

/// What a model makes of the queries of a collection.
struct Measured {
    /// Places of the first document that answers each query.
    places: Vec<Option<usize>>,
    /// Share of each query's triplets that are right; `None` where it has none.
    triplets: Vec<Option<f64>>,
}

impl<'a> PairLesson<'a> {
    /// As a model reads them.
    ///
    /// # Errors
    ///
    /// [`TrainError`]: fewer texts than a step takes; a loss of something else; triplets without negatives.
    pub fn of(config: &'a SentenceConfig, splits: Splits, parameters: &Parameters) -> Result<PairLesson<'a>, TrainError> {
        let embedding = TextEmbedding::of(&config.sentences, parameters)?;
        let usual = LossTerm { kind: LossKind::Ranking { scale: None }, weight: 1.0 };
        let losses = if config.losses.is_empty() { vec![usual] } else { config.losses.clone() };
        let answers = Answers::of(&splits.train);
        let rows = rows(&splits.train, &answers);
        let batch = config.optimiser.batch * config.optimiser.accumulate;
        if rows.len() < batch {
            return Err(TrainError::FewTexts { batch, there: rows.len(), what: "pairs of a query and a document" });
        }
        check_losses(&losses, &rows, config, &splits.train)?;
        let mined = config.sentences.mined;
        let mined = if mined.bm25 > 0 { by_words(&splits.train, &answers, (mined.bm25, mined.skip)) } else { vec![] };
        let truncated = embedding.truncated_queries(&splits.train) + embedding.truncated_documents(&splits.train);
        Ok(PairLesson { config, losses, splits, embedding, answers, rows, mined, truncated })
    }

    /// What a model makes of a collection, whose documents have these vectors.
    fn measured(&self, towers: &Towers, collection: &TextCollection, documents: &Tensor) -> Result<Measured, TrainError> {
        let queries = self.embedding.all_queries(towers, collection)?;
        let mut places = vec![None; collection.queries.len()];
        let mut right: Vec<(u64, u64)> = vec![(0, 0); places.len()];
        let mut of_query: BTreeMap<usize, Vec<[u32; 2]>> = BTreeMap::new();
        for triplet in &collection.triplets {
            of_query.entry(triplet.query).or_default().push([triplet.positive, triplet.negative]);
        }
        each_row(&queries, documents, &mut |query, row| {
            places[query] = place(collection, query, row);
            for triplet in of_query.get(&query).into_iter().flatten() {
                let [positive, negative] = triplet.map(|document| row.get(document as usize).copied());
                right[query] = (right[query].0 + u64::from(positive > negative), right[query].1 + 1);
            }
        })?;
        let share = |(right, all): (u64, u64)| (all > 0).then(|| to_f64(right) / to_f64(all));
        Ok(Measured { places, triplets: right.into_iter().map(share).collect() })
    }

    /// The loss of a kind of a batch whose queries and documents have these vectors; `None` where the batch has no triplet.
    fn of_kind(&self, kind: LossKind, batch: &Embedded<'_>) -> Result<Option<Tensor>, TrainError> {
        match kind {
            LossKind::Ranking { scale } => {
                let usual = if self.embedding.normalise { 20.0 } else { 1.0 };
                let (right, hidden) = (batch.right()?, batch.hidden(&self.splits.train, &self.answers)?);
                let queries = batch.queries_of_rows()?;
                Ok(Some(ranking(&queries, &batch.documents, &right, &hidden, scale.unwrap_or(usual))?))
            }
            LossKind::Triplet { distance, margin } => {
                let usual = if distance == Distance::Cosine { 0.2 } else { 5.0 };
                let Some([queries, right, wrong]) = batch.triplets()? else { return Ok(None) };
                Ok(Some(triplet([&queries, &right, &wrong], distance, margin.unwrap_or(usual))?))
            }
            _ => Ok(None),
        }
    }
}

/// A batch with its vectors; a text that stands in several rows is embedded once.
struct Embedded<'b> {
    rows: &'b [Row],
    /// Places of the queries, ascending.
    of_queries: Vec<usize>,
    /// Places of the documents, ascending.
    of_documents: Vec<u32>,
    queries: Tensor,
    documents: Tensor,
}

impl Embedded<'_> {
    fn query(&self, row: &Row) -> i64 {
        self.of_queries.binary_search(&row.query).ok().and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
    }

    fn document(&self, document: u32) -> i64 {
        self.of_documents.binary_search(&document).ok().and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
    }

    /// `[B, D]`: the query of each row.
    fn queries_of_rows(&self) -> Result<Tensor, TrainError> {
        let places: Vec<i64> = self.rows.iter().map(|row| self.query(row)).collect();
        Ok(self.queries.f_index_select(0, &Tensor::f_from_slice(&places)?)?)
    }

    /// `[B]`: the document of each row.
    fn right(&self) -> Result<Tensor, TrainError> {
        let places: Vec<i64> = self.rows.iter().map(|row| self.document(row.positive)).collect();
        Ok(Tensor::f_from_slice(&places)?)
    }

    /// `[B, N]`: 1 where another document answers the query of a row as well.
    fn hidden(&self, collection: &TextCollection, answers: &Answers) -> Result<Tensor, TrainError> {
        let is_hidden = |row: &Row, document: u32| {
            document != row.positive && (answers.has(row.query, document) || !collection.may(row.query, document as usize))
        };
        let of_row = |row: &Row| -> Vec<f32> {
            self.of_documents.iter().map(|&document| f32::from(u8::from(is_hidden(row, document)))).collect()
        };
        let flat: Vec<f32> = self.rows.iter().flat_map(of_row).collect();
        let columns = i64::try_from(self.of_documents.len()).unwrap_or(i64::MAX);
        Ok(Tensor::f_from_slice(&flat)?.f_reshape([-1, columns])?)
    }

    /// `[T, D]` each: queries, right and wrong documents of all triplets; `None` where there is none.
    fn triplets(&self) -> Result<Option<[Tensor; 3]>, TrainError> {
        let (mut queries, mut right, mut wrong) = (vec![], vec![], vec![]);
        for row in self.rows {
            for &negative in &row.negatives {
                queries.push(self.query(row));
                right.push(self.document(row.positive));
                wrong.push(self.document(negative));
            }
        }
        if queries.is_empty() {
            return Ok(None);
        }
        let of = |vectors: &Tensor, places: &[i64]| vectors.f_index_select(0, &Tensor::f_from_slice(places)?);
        let [queries, right, wrong] = [of(&self.queries, &queries)?, of(&self.documents, &right)?, of(&self.documents, &wrong)?];
        Ok(Some([queries, right, wrong]))
    }
}

/// A row for each query and each text that answers it, with the negatives that are given for both.
fn rows(collection: &TextCollection, answers: &Answers) -> Vec<Row> {
    let mut given: BTreeMap<(usize, u32), Vec<u32>> = BTreeMap::new();
    for triplet in &collection.triplets {
        let negatives = given.entry((triplet.query, answers.first(triplet.positive))).or_default();
        let negative = answers.first(triplet.negative);
        if !answers.has(triplet.query, negative) && !negatives.contains(&negative) {
            negatives.push(negative);
        }
    }
    let mut rows = vec![];
    for query in 0..collection.queries.len() {
        for positive in answers.of_query(query) {
            rows.push(Row { query, positive, negatives: given.remove(&(query, positive)).unwrap_or_default() });
        }
    }
    rows
}

/// Whether queries and documents can be trained on by these losses.
fn check_losses(losses: &[LossTerm], rows: &[Row], config: &SentenceConfig, train: &TextCollection) -> Result<(), TrainError> {
    let mined = config.sentences.mined;
    for term in losses {
        match term.kind {
            LossKind::Ranking { .. } => {}
            LossKind::Triplet { .. } => {
                let without = rows.iter().find(|row| row.negatives.is_empty()).filter(|_| mined.dense + mined.bm25 == 0);
                if let Some(row) = without {
                    return Err(TrainError::NoNegatives(train.queries.texts.get(row.query).cloned().unwrap_or_default()));
                }
            }
            kind => {
                let (takes, there) = ("photographs, or texts with taxa", "these are queries and documents");
                return Err(TrainError::NoLoss { loss: kind.name(), takes, there, remedy: "name ranking or triplet" });
            }
        }
    }
    Ok(())
}

impl Lesson for PairLesson<'_> {
    type Plan = Vec<Row>;
    type Batch = Vec<Row>;

    fn examples(&self) -> usize {
        self.rows.len()
    }

    fn plans(&self, parameters: &Parameters, epoch: usize) -> Result<Vec<Vec<Row>>, TrainError> {
        let (settings, mined) = (&self.config.optimiser, self.config.sentences.mined);
        let dense = if mined.dense > 0 {
            let texts = (&self.splits.train, &self.answers);
            by_model(&self.embedding, &parameters.towers()?, texts, (mined.dense, mined.skip))?
        } else {
            vec![]
        };
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.shuffle(&mut stream(self.config.seed, epoch, 0));
        let with_mined = |&place: &usize| {
            let mut row = self.rows[place].clone();
            let query = row.query;
            for negative in [&dense, &self.mined].into_iter().filter_map(|mined| mined.get(query)).flatten() {
                if !row.negatives.contains(negative) {
                    row.negatives.push(*negative);
                }
            }
            row
        };
        Ok(order.chunks_exact(settings.batch.max(1)).map(|chunk| chunk.iter().map(with_mined).collect()).collect())
    }

    fn reader(&self) -> Reader<'_, Self> {
        Box::new(|plan: &Vec<Row>| Ok(plan.clone()))
    }

    fn unreadable(_: &Vec<Row>) -> &[String] {
        &[]
    }

    fn loss(&self, towers: &Towers, batch: Vec<Row>, _: usize, _: u64) -> Result<Tensor, TrainError> {
        let train = &self.splits.train;
        let of_queries: Vec<usize> = batch.iter().map(|row| row.query).collect::<BTreeSet<_>>().into_iter().collect();
        let of_documents: BTreeSet<u32> =
            batch.iter().flat_map(|row| row.negatives.iter().copied().chain([row.positive])).collect();
        let of_documents: Vec<u32> = of_documents.into_iter().collect();
        let queries = self.embedding.queries(towers, of_queries.iter().map(|&query| &train.queries.texts[query]))?;
        let texts = of_documents.iter().map(|&document| &train.documents.texts[document as usize]);
        let documents = self.embedding.documents(towers, texts)?;
        let embedded = Embedded { rows: &batch, of_queries, of_documents, queries, documents };
        let mut total = Tensor::f_zeros([0_i64; 0], (Kind::Float, Device::Cpu))?;
        let mut any = false;
        for term in &self.losses {
            if let Some(value) = self.of_kind(term.kind, &embedded)? {
                total = total.f_add(&value.f_mul_scalar(term.weight)?)?;
                any = true;
            }
        }
        let first = || batch.first().and_then(|row| train.queries.texts.get(row.query)).cloned().unwrap_or_default();
        if any { Ok(total) } else { Err(TrainError::NoNegatives(first())) }
    }

    fn evaluate(&self, towers: &Towers) -> Result<Evaluation, TrainError> {
        let (train, validation) = (&self.splits.train, &self.splits.validation);
        // As many queries for training as there are for validation, spread evenly.
        let (all, wanted) = (train.queries.len(), validation.queries.len().clamp(1, train.queries.len()));
        let part = train.only(&(0..wanted).map(|index| index * all / wanted).collect::<Vec<usize>>());
        let documents = self.embedding.all_documents(towers, train)?;
        let of_part = retrieval(&self.measured(towers, &part, &documents)?);
        let documents = if train.documents.texts == validation.documents.texts {
            documents
        } else {
            self.embedding.all_documents(towers, validation)?
        };
        let validation = retrieval(&self.measured(towers, validation, &documents)?);
        Ok(Evaluation { train: of_part, validation, unreadable: vec![] })
    }

    fn values(&self, towers: &Towers) -> Result<Option<Values>, TrainError> {
        let (collection, of, chosen_by) = self.splits.compared_on();
        let documents = self.embedding.all_documents(towers, collection)?;
        let Measured { places, triplets } = self.measured(towers, collection, &documents)?;
        let reciprocal = |place: &Option<usize>| place.map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1));
        let measures =
            vec![("mrr", places.iter().map(reciprocal).collect()), ("triplets", triplets.into_iter().flatten().collect())];
        Ok(Some(Values { of, chosen_by, measures }))
    }

    fn identity(&self) -> Vec<Vec<u8>> {
        // Any document may be mined.
        let mut chunks: Vec<Vec<u8>> =
            self.splits.train.documents.texts.iter().map(|text| format!("{text}\n").into_bytes()).collect();
        for collection in [Some(&self.splits.train), Some(&self.splits.validation), self.splits.test.as_ref().map(|test| &test.1)]
        {
            let Some(collection) = collection else { continue };
            for row in rows(collection, &Answers::of(collection)) {
                let document = |document: u32| collection.documents.texts.get(document as usize).map_or("", String::as_str);
                let negatives: Vec<&str> = row.negatives.iter().map(|&negative| document(negative)).collect();
                let query = collection.queries.texts.get(row.query).map_or("", String::as_str);
                chunks.push(format!("{query}\t{}\t{}\n", document(row.positive), negatives.join("\t")).into_bytes());
            }
        }
        chunks
    }

    fn record(&self, _: &[String]) -> Map<String, Value> {
        let Splits { train, validation, test, .. } = &self.splits;
        let texts = json!({
            "train": train.queries.len(), "validation": validation.queries.len(),
            "test": test.as_ref().map(|(_, test)| test.queries.len()),
            "pairs": self.rows.len(), "documents": train.documents.len(), "truncated": self.truncated,
            "query_prompt": self.embedding.query_prompt, "document_prompt": self.embedding.document_prompt,
        });
        Map::from_iter([("texts".to_string(), texts)])
    }

    fn remarks(&self) -> Vec<String> {
        let Splits { train, validation, test, notes, .. } = &self.splits;
        let pairs = counted(self.rows.len(), "pair of a query and a document", "pairs of a query and a document");
        let tested = test.as_ref().map_or_else(String::new, |(name, test)| format!(", {} in {name}", test.queries.len()));
        let sizes = format!("{} queries, {} for validation{tested}", train.queries.len(), validation.queries.len());
        let documents = counted(train.documents.len(), "document", "documents");
        let mut remarks = vec![format!("texts: {pairs} of {sizes}, among {documents}")];
        let prompts = [("query", &self.embedding.query_prompt), ("document", &self.embedding.document_prompt)];
        let stands =
            |(what, prompt): (&str, &String)| (!prompt.is_empty()).then(|| format!("before each {what} stands '{prompt}'"));
        remarks.extend(prompts.into_iter().filter_map(stands));
        remarks.extend(notes.iter().cloned());
        remarks
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.splits.warnings.clone();
        if self.truncated > 0 {
            let texts = counted(self.truncated, "text is", "texts are");
            warnings.push(format!("{texts} longer than the model's context and cut at its end"));
        }
        warnings
    }
}

/// What the places of all queries come to.
fn retrieval(measured: &Measured) -> Retrieval {
    let shares: Vec<f64> = measured.triplets.iter().copied().flatten().collect();
    let mean = shares.iter().sum::<f64>() / to_f64(shares.len().max(1) as u64);
    Retrieval { triplets: (!shares.is_empty()).then_some(mean), ..Retrieval::of_places(&measured.places) }
}
