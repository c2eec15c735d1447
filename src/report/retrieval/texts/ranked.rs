//! Ranking texts, and what came of it.

use super::asking::{TextRankingError, WordRanking};
use super::pair_measures::{PairMeasures, PairScores, triplets_csv};
#[cfg(feature = "plots")]
use super::pictures::picture;
use super::reading::{Asked, TextsRead};
use super::system::{NamedVectors, System, SystemKind};
use crate::report::document::Figure;
use crate::report::retrieval::gates::hold;
use crate::report::retrieval::note::Note;
use crate::report::retrieval::ranking::{RankingError, Unanswered, named_apart, values_of};
use crate::report::retrieval::runs::Ranked;
use crate::scores::compare::CompareOptions;
use crate::spaces::retrieval::bm25::{Bm25, StopWords};
use crate::spaces::retrieval::fusion::fuse;
use crate::spaces::retrieval::relevance::Level;
use crate::spaces::retrieval::search::DEPTH;
use crate::spaces::retrieval::texts::{
    JudgedPairs, TextCollection, TextRun, TripletScore, Tuning, as_listed, by_vectors, by_words, depth, tune,
};
use crate::spaces::retrieval::{Documents, Qrels, Run};
use hashbrown::{HashMap, HashSet};

/// A document that does not answer a query and stands above all others that do not.
#[derive(Debug, Clone, PartialEq)]
pub struct MinedNegative {
    /// Place of the run.
    pub run: usize,
    /// Id of the query.
    pub query: String,
    /// Id of the document.
    pub negative: String,
    /// Its score.
    pub score: f64,
    /// How many documents stand above it.
    pub above: usize,
}

/// Texts that were ranked.
#[derive(Debug)]
pub struct TextsRanked {
    /// The runs by the measures of rankings, compared and held to gates.
    pub ranked: Ranked,
    /// The runs by triplets and judged pairs.
    pub pairs: PairMeasures,
    /// What ranked, in the order of the runs.
    pub systems: Vec<System>,
    /// How k1 and b were tuned.
    pub tuning: Option<Tuning>,
    /// Ranks with their grades where taxa judge.
    pub levels: Vec<Level>,
    /// The texts, and what is relevant.
    pub collection: TextCollection,
    /// The first hundred documents of each ranking, or as many as were ranked.
    pub runs: Vec<Run>,
    /// The first document of each ranking that does not answer.
    pub negatives: Vec<MinedNegative>,
    /// A row for each triplet and run.
    pub(super) triplets_csv: String,
    /// How much alike documents are by each model.
    pub(super) figures: Vec<Figure>,
}

/// Runs on the way, with what ranked and what is still to be said of their triplets.
#[derive(Default)]
struct Runs {
    systems: Vec<System>,
    found: Vec<Run>,
    triplets: Vec<Vec<TripletScore>>,
}

impl Runs {
    fn add(&mut self, TextRun { run, triplets }: TextRun, kind: SystemKind) {
        self.systems.push(System { run: run.name.clone(), kind });
        self.found.push(run);
        self.triplets.push(triplets);
    }

    /// Makes names differ: one that stands again gets its number.
    fn name_apart(&mut self) {
        for place in 1..self.found.len() {
            let name = self.found[place].name.clone();
            let mut number = 1;
            while self.found[..place].iter().any(|other| other.name == self.found[place].name) {
                number += 1;
                self.found[place].name = format!("{name} ({number})");
            }
            self.systems[place].run.clone_from(&self.found[place].name);
        }
    }

    fn names(&self) -> Vec<String> {
        self.found.iter().map(|run| run.name.clone()).collect()
    }
}

impl TextsRead<'_> {
    /// Ranks by words where that is asked for, by vectors where there are any, takes runs as they are, fuses, measures and
    /// compares: the second half of what `nearmiss retrieve` does with texts. Vectors are those of [`TextsRead::collection`].
    ///
    /// # Errors
    ///
    /// [`TextRankingError`]: nothing that ranks, runs that cannot be read, measures that look further than rankings go.
    pub fn ranked(mut self, vectors: Vec<NamedVectors>) -> Result<TextsRanked, TextRankingError> {
        let ks = self.ranking.ks.clone();
        let depth = depth(self.ranking.depth, &self.collection, &self.asked.measures, &ks)?;
        let mut runs = Runs::default();
        let tuning = self.add_words(&mut runs, depth)?;
        let (ties, mut figures) = (self.ranking.ranking.ties, vec![]);
        for NamedVectors { name, vectors, kind } in vectors {
            runs.add(by_vectors(&name, &self.collection, &vectors, depth, ties), kind);
            figures.extend(picture(&self.collection, &name, &vectors, figures.len() + 1)?);
        }
        self.add_listed(&mut runs)?;
        if runs.found.is_empty() {
            let texts = self.ranking.source.paths().first().map(|path| path.display().to_string()).unwrap_or_default();
            return Err(TextRankingError::NoSystem { texts });
        }
        self.fuse(&mut runs)?;
        runs.name_apart();
        self.compared(runs, tuning, figures)
    }

    /// Ranks by words, tuned first where that is asked for.
    fn add_words(&self, runs: &mut Runs, depth: Option<usize>) -> Result<Option<Tuning>, TextRankingError> {
        let Some(WordRanking { parameters, stop_words, .. }) = &self.ranking.words else { return Ok(None) };
        let left_out = stop_words.as_deref().map(StopWords::named).transpose()?.unwrap_or_default();
        let count = left_out.len();
        let bm25 = Bm25::of(&self.collection.documents.texts, left_out);
        let ties = self.ranking.ranking.ties;
        let tuning = self.asked.tuned_by.as_ref().zip(self.tuned_on.as_ref());
        let tuning = tuning.map(|(measure, collection)| tune(&bm25, collection, measure, ties));
        let parameters = tuning.as_ref().map_or(*parameters, |tuning| tuning.best);
        let (words, without_words) = (bm25.words(), bm25.without_words());
        let kind = SystemKind::Bm25 { parameters, stop_words: count, words, without_words };
        runs.add(by_words("bm25", &self.collection, &bm25.with(parameters), depth, ties), kind);
        Ok(tuning)
    }

    /// Takes the runs of other programs.
    fn add_listed(&mut self, runs: &mut Runs) -> Result<(), TextRankingError> {
        let (paths, ties) = (&self.ranking.ranking.runs, self.ranking.ranking.ties);
        let mut listed = Run::read_all(paths, &mut self.collection.names)?;
        named_apart(&mut listed, paths);
        let measured: HashSet<&str> = self.collection.queries.ids.iter().map(String::as_str).collect();
        for (run, path) in listed.iter().zip(paths) {
            runs.add(as_listed(run, &self.collection, ties), SystemKind::Run { file: path.display().to_string() });
            let others = run.queries.iter().filter(|query| !measured.contains(query.as_str())).count();
            if others > 0 {
                self.notes.push(Note::Remark(format!("{}: {others} queries are not measured and are left out", run.name)));
            }
        }
        Ok(())
    }

    /// Fuses all runs into one more where that is asked for.
    fn fuse(&self, runs: &mut Runs) -> Result<(), TextRankingError> {
        let Some(fusion) = self.ranking.ranking.fusion else { return Ok(()) };
        if let [only] = &runs.found[..] {
            return Err(RankingError::OneToFuse { run: only.name.clone() }.into());
        }
        let ties = self.ranking.ranking.ties;
        let fused = fuse(&runs.found, fusion, ties, &self.collection.names);
        let name = match fused.name.as_str() {
            "rrf" => "rrf",
            "sum" => "sum",
            _ => "mnz",
        };
        runs.add(as_listed(&fused, &self.collection, ties), SystemKind::Fused { fusion: name });
        Ok(())
    }

    /// Measures and compares the runs, and holds the gates.
    fn compared(self, runs: Runs, tuning: Option<Tuning>, figures: Vec<Figure>) -> Result<TextsRanked, TextRankingError> {
        let TextsRead { ranking, asked: Asked { measures, gates, pair_gates, .. }, collection, levels, notes, .. } = self;
        let level = levels.last().map_or(1, |level| level.grade);
        let (names, judged_pairs) = (runs.names(), JudgedPairs::of(&collection, level));
        let places: Vec<[Vec<Option<usize>>; 2]> = runs.found.iter().map(|run| judged_pairs.places(run, &collection)).collect();
        let scores = PairScores {
            names: &names,
            collection: &collection,
            pairs: &judged_pairs,
            triplets: &runs.triplets,
            places: &places,
            ks: &ranking.ks,
        };
        let plain = &ranking.ranking;
        let options = CompareOptions {
            alpha: plain.alpha,
            draws: plain.draws,
            seed: plain.seed,
            noun: "queries",
            ..CompareOptions::default()
        };
        let pairs = scores.measured(&options);
        // Text in memory is always written.
        let triplets_csv = triplets_csv(&scores).unwrap_or_default();
        let negatives = mined(&runs.found, &collection, level);
        let first = runs.found.iter().map(first).collect();
        let unanswered = if collection.taxa.is_some() { Unanswered::LeftOut } else { Unanswered::CountZero };
        let judged: (Documents, Qrels) = (collection.names.clone(), collection.qrels.clone());
        let mut judged = plain.of_texts((gates, measures), judged, runs.found, unanswered).judge()?;
        judged.notes = [notes, judged.notes].concat();
        let mut ranked = judged.compare()?;
        for (run, name) in names.iter().enumerate().filter(|_| !pair_gates.is_empty()) {
            let values = values_of(&pairs.comparison, run);
            for gate in &pair_gates {
                ranked.verdicts.push(hold(gate, name, &values)?);
            }
        }
        let systems = runs.systems;
        Ok(TextsRanked { ranked, pairs, systems, tuning, levels, collection, runs: first, negatives, triplets_csv, figures })
    }
}

/// Nothing is drawn.
#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn picture(
    _collection: &TextCollection,
    _name: &str,
    _vectors: &crate::spaces::retrieval::texts::TextVectors,
    _number: usize,
) -> Result<Option<Figure>, crate::report::error::ReportError> {
    Ok(None)
}

/// The first documents of each ranking.
fn first(run: &Run) -> Run {
    let cut = |scored: &Vec<(u32, f64)>| scored.iter().take(DEPTH).copied().collect();
    Run { name: run.name.clone(), queries: run.queries.clone(), scored: run.scored.iter().map(cut).collect() }
}

/// The first document of each ranking that does not answer: its grade is below `level`, or nobody judged it.
fn mined(runs: &[Run], collection: &TextCollection, level: i32) -> Vec<MinedNegative> {
    let places: HashMap<&str, usize> =
        collection.queries.ids.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    let of_run = |(number, run): (usize, &Run)| -> Vec<MinedNegative> {
        let of_query = |(query, scored): (&String, &Vec<(u32, f64)>)| {
            let grades = &collection.qrels.grades[*places.get(query.as_str())?];
            let answers = |document: &u32| grades.get(document).is_some_and(|grade| *grade >= level);
            let above = scored.iter().position(|(document, _)| !answers(document))?;
            let (document, score) = *scored.get(above)?;
            let negative = collection.names.name(document).to_string();
            Some(MinedNegative { run: number, query: query.clone(), negative, score, above })
        };
        run.queries.iter().zip(&run.scored).filter_map(of_query).collect()
    };
    runs.iter().enumerate().flat_map(of_run).collect()
}
