//! Reading texts: the first half of what `nearmiss retrieve` does with them.

use super::asking::{TextRanking, TextRankingError};
use crate::numbers::counted::counted;
use crate::report::retrieval::gates::gates;
use crate::report::retrieval::note::Note;
use crate::scores::gate::Gate;
use crate::spaces::retrieval::measure::Kind;
use crate::spaces::retrieval::relevance::Level;
use crate::spaces::retrieval::texts::{Division, TextCollection, TextTaxa, Wanted};
use crate::spaces::retrieval::{Measure, MeasureError};
use crate::taxonomy::Taxonomy;

/// What is measured unless asked otherwise.
const MEASURES: [&str; 7] = ["mrr@10", "precision@1", "precision@5", "recall@10", "hit_rate@5", "hit_rate@10", "ndcg@10"];

/// What is measured.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// Measures of rankings.
    pub measures: Vec<Measure>,
    /// Gates of these.
    pub gates: Vec<Gate>,
    /// Gates of triplets and judged pairs.
    pub pair_gates: Vec<Gate>,
    /// What BM25 is tuned by, where it is tuned.
    pub tuned_by: Option<Measure>,
}

/// Texts that were read: the queries that are measured, and those that are tuned on.
#[derive(Debug)]
pub struct TextsRead<'a> {
    pub(super) ranking: &'a TextRanking,
    pub(super) asked: Asked,
    /// Documents, and the queries that are measured.
    pub collection: TextCollection,
    /// The same documents with the queries that are tuned on, where BM25 is tuned.
    pub(super) tuned_on: Option<TextCollection>,
    /// Ranks with their grades, the coarsest first, where taxa judge; empty where somebody else does.
    pub levels: Vec<Level>,
    /// What was decided, one sentence each.
    pub notes: Vec<Note>,
}

impl TextRanking {
    /// Reads the texts, and sets queries to tune on aside where BM25 is tuned.
    ///
    /// # Errors
    ///
    /// [`TextRankingError`]: whatever cannot be read or measured.
    pub fn read(&self) -> Result<TextsRead<'_>, TextRankingError> {
        let taxonomy = self.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
        let tune = self.words.as_ref().and_then(|words| words.tune.as_deref());
        let wanted = Wanted { taxonomy: taxonomy.as_ref(), part: self.part.as_deref(), tuning: tune.is_some() };
        let mut collection = self.source.read(&wanted)?;
        let levels = collection.taxa.as_ref().map(TextTaxa::levels).unwrap_or_default();
        let asked = self.asked(&levels, tune)?;
        if let Some(finest) = levels.last() {
            let measured = asked.measures.iter().chain(&asked.tuned_by).map(|measure| measure.level);
            collection.judge_by_taxa(measured.min().unwrap_or(finest.grade).min(finest.grade));
        }
        let division = Division::of(&collection, self.part.as_deref(), tune.is_some(), self.ranking.seed)?;
        let is_whole = division.measured.len() == collection.queries.len();
        let tuned_on = tune.map(|_| collection.only(&division.tuned_on));
        let collection = if is_whole { collection } else { collection.only(&division.measured) };
        let notes = notes(&collection, &levels, &asked, division.notes);
        Ok(TextsRead { ranking: self, asked, collection, tuned_on, levels, notes })
    }

    /// The measures asked for, or the usual ones, those of gates and the one to tune by; where taxa judge at the finest rank
    /// unless they name one.
    fn asked(&self, levels: &[Level], tune: Option<&str>) -> Result<Asked, TextRankingError> {
        let given = &self.ranking.measures;
        let texts: Vec<&str> = if given.is_empty() { MEASURES.to_vec() } else { given.iter().map(String::as_str).collect() };
        let mut asked = Asked::default();
        for text in texts {
            asked.add(parsed(text, levels)?);
        }
        for mut gate in gates(self.ranking.gates_file.as_deref(), &self.ranking.gates)? {
            match parsed(&gate.metric, levels) {
                Ok(measures) => {
                    if let [only] = &measures[..] {
                        gate.metric = only.name();
                    }
                    asked.add(measures);
                    asked.gates.push(gate);
                }
                Err(TextRankingError::Measure(MeasureError::Unknown { .. })) => asked.pair_gates.push(gate),
                Err(error) => return Err(error),
            }
        }
        asked.tuned_by = tune.map(|text| parsed(text, levels)).transpose()?.and_then(|measures| measures.into_iter().next());
        Ok(asked)
    }
}

impl Asked {
    fn add(&mut self, measures: Vec<Measure>) {
        for measure in measures {
            if self.measures.iter().all(|known| known.name() != measure.name()) {
                self.measures.push(measure);
            }
        }
    }
}

/// The measures of a text, each at a rank where taxa judge: that which it names, or the finest.
fn parsed(text: &str, levels: &[Level]) -> Result<Vec<Measure>, TextRankingError> {
    let ranks: Vec<(&str, i32)> = levels.iter().map(|level| (level.rank.as_str(), level.grade)).collect();
    let measures = Measure::parse(text, &ranks)?;
    let Some(finest) = levels.last() else { return Ok(measures) };
    if measures.iter().any(|measure| measure.kind == Kind::Bpref) {
        return Err(TextRankingError::JudgedByTaxa { measure: text.to_string() });
    }
    let at_rank = |measure: &Measure| {
        let level = levels.iter().find(|level| level.grade == measure.level).filter(|_| !measure.level_name.is_empty());
        let level = if measure.level_name.is_empty() { Some(finest) } else { level };
        level.map_or_else(|| measure.clone(), |level| measure.at_level(level.grade, &level.rank))
    };
    Ok(measures.iter().map(at_rank).collect())
}

/// What is said of the texts.
fn notes(collection: &TextCollection, levels: &[Level], asked: &Asked, divided: Vec<String>) -> Vec<Note> {
    let mut notes: Vec<Note> = collection.warnings.iter().cloned().map(Note::Warning).collect();
    notes.extend(collection.notes.iter().cloned().chain(divided).map(Note::Remark));
    let queries = collection.queries.len();
    for level in levels.iter().filter(|level| asked.measures.iter().any(|measure| measure.level == level.grade)) {
        let found = collection.qrels.grades.iter().filter(|grades| grades.values().any(|grade| *grade >= level.grade)).count();
        if found < queries {
            let without = counted(queries - found, "query has", "queries have");
            let rank = &level.rank;
            notes.push(Note::Remark(format!("{without} no document of the same {rank}, and no value of measures at the {rank}")));
        }
    }
    notes
}
