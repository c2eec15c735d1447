//! The folder of texts that were ranked.

use super::pair_measures::PairMeasures;
use super::ranked::{MinedNegative, TextsRanked};
use super::system::System;
use crate::report::csv::csv_of;
use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::report::pairs;
use crate::report::retrieval::csv::texts;
use crate::report::retrieval::runs::{Beside, PAIR_COLUMNS, means};
use crate::report::retrieval::writing::Writing;
use crate::report::text::{count, fixed};
use crate::spaces::retrieval::bm25::Parameters;
use crate::spaces::retrieval::texts::{TextList, Tuning};
use crate::spaces::retrieval::{Documents, Qrels, Run};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

impl TextsRanked {
    /// Writes what [`Ranked::write`](crate::report::retrieval::Ranked::write) does, with `texts` in `compare.json`, and beside it
    /// `pair_measures.csv`, `triplets.csv`, `hard_negatives.csv`, `tuning.csv`, `texts.csv`, `judgements.txt`, a run for each
    /// system in `runs/`, and the figures; each whole, and those alone that there is anything for. Returns these files.
    ///
    /// # Errors
    ///
    /// [`ReportError`], as for a report.
    pub fn write(&self, folder: &Path, writing: &Writing<'_>) -> Result<Vec<PathBuf>, ReportError> {
        let failed = |source| ReportError::File { action: "write", path: folder.to_path_buf(), source };
        let files = self.files().map_err(failed)?;
        let beside = Beside { values: vec![("texts", self.value())], files, blocks: self.blocks() };
        self.ranked.write_with(folder, writing, beside)
    }

    /// Everything for programs: the comparison in the layout of ranx, with `texts` under `nearmiss`.
    #[must_use]
    pub fn whole_value(&self, command_line: &str) -> Value {
        let mut value = self.ranked.value(command_line);
        value["nearmiss"]["texts"] = self.value();
        value
    }

    /// What there is beside the comparison, for programs.
    #[must_use]
    pub fn value(&self) -> Value {
        json!({
            "documents": self.collection.documents.len(),
            "queries": self.collection.queries.len(),
            "levels": self.levels,
            "systems": self.systems,
            "tuning": self.tuning,
            "pairs": self.pairs.value(),
        })
    }

    fn files(&self) -> io::Result<Vec<(String, String)>> {
        let mut files: Vec<(String, String)> = vec![];
        let mut add = |name: &str, text: String| files.push((name.to_string(), text));
        if !self.pairs.comparison.metrics.is_empty() {
            add("pair_measures.csv", self.pairs.csv()?);
        }
        if self.pairs.triplets > 0 {
            add("triplets.csv", self.triplets_csv.clone());
        }
        if !self.negatives.is_empty() {
            add("hard_negatives.csv", negatives_csv(&self.negatives, &self.systems)?);
        }
        if let Some(tuning) = &self.tuning {
            add("tuning.csv", tuning_csv(tuning)?);
        }
        if self.collection.numbered {
            add("texts.csv", texts_csv(&self.collection.queries, &self.collection.documents)?);
        }
        let names = &self.collection.names;
        add("judgements.txt", judgements(&self.collection.qrels, names));
        for (number, run) in self.runs.iter().enumerate() {
            add(&format!("runs/{}.run", file_name(&self.runs, number)), run_text(run, names)?);
        }
        Ok(files)
    }

    /// What stands on the page.
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![
            Block::Heading(2, "What was ranked".to_string()),
            Block::Paragraph(format!(
                "{} documents, {} queries. A document answers a query {}.",
                count(self.collection.documents.len() as u64),
                count(self.collection.queries.len() as u64),
                match self.levels.last() {
                    Some(finest) => format!("if both are of one {}; measures name other ranks behind -l", finest.rank),
                    None => "if the judgements say so".to_string(),
                }
            )),
            Block::List(self.systems.iter().map(System::sentence).collect()),
        ];
        blocks.extend(self.tuning.as_ref().map(|tuning| Block::Paragraph(tuned(tuning))));
        blocks.extend(pair_blocks(&self.pairs));
        blocks.extend(self.figures.iter().cloned().map(Block::Figure));
        blocks
    }
}

/// How BM25 was tuned, in a sentence.
#[must_use]
pub fn tuned(tuning: &Tuning) -> String {
    let Tuning { measure, queries, best: Parameters { k1, b }, value, usual, tried } = tuning;
    format!(
        "BM25 was tuned on {queries} queries that are not measured: of {} pairs of k1 and b, {k1} and {b} give the highest {measure} \
         there, {}; 1.2 and 0.75 give {}.",
        tried.len(),
        fixed(*value, 4),
        fixed(*usual, 4)
    )
}

fn pair_blocks(pairs: &PairMeasures) -> Vec<Block> {
    if pairs.comparison.metrics.is_empty() {
        return vec![];
    }
    let mut said: Vec<String> = vec![];
    if pairs.triplets > 0 {
        said.push(format!(
            "Triplets: the share of {} triplets in which the document that answers is nearer than the one that does not, equally near \
             being not. Margin: by how much on average, in the unit of each run, which is why no two are compared.",
            count(pairs.triplets as u64)
        ));
    }
    if pairs.positives > 0 {
        let positives = count(pairs.positives as u64);
        said.push(format!(
            "Pos@k: the share of {positives} documents that answer which are among the first k of all, to be high."
        ));
    }
    if pairs.negatives > 0 {
        let negatives = count(pairs.negatives as u64);
        said.push(format!(
            "Neg@k: the share of {negatives} documents that do not which are among the first k of all, to be low."
        ));
    }
    said.push("In brackets 95 % intervals, of shares by Wilson on the effective number of queries.".to_string());
    let mut blocks = vec![
        Block::Heading(2, "Triplets and judged pairs".to_string()),
        Block::Table(means(&pairs.comparison)),
        Block::Paragraph(said.join(" ")),
    ];
    let table = pairs::table(&PAIR_COLUMNS, &pairs.comparison, &pairs.comparison.metrics);
    if !table.rows.is_empty() {
        blocks.push(Block::Details("Triplets and judged pairs, run by run".to_string(), vec![Block::Table(table)]));
    }
    blocks
}

fn negatives_csv(negatives: &[MinedNegative], systems: &[System]) -> io::Result<String> {
    let header = texts(&["run", "query", "negative", "score", "nearer_documents"]);
    let row = |of: &MinedNegative| {
        let run = systems.get(of.run).map_or_else(String::new, |system| system.run.clone());
        vec![run, of.query.clone(), of.negative.clone(), of.score.to_string(), of.above.to_string()]
    };
    csv_of(&header, negatives.iter().map(row))
}

fn tuning_csv(tuning: &Tuning) -> io::Result<String> {
    let header = texts(&["k1", "b", "value"]);
    let row =
        |(parameters, value): &(Parameters, f64)| vec![parameters.k1.to_string(), parameters.b.to_string(), value.to_string()];
    csv_of(&header, tuning.tried.iter().map(row))
}

/// The texts whose ids were made here.
fn texts_csv(queries: &TextList, documents: &TextList) -> io::Result<String> {
    let header = texts(&["id", "text"]);
    let row = |(id, text): (&String, &String)| vec![id.clone(), text.clone()];
    csv_of(&header, queries.ids.iter().zip(&queries.texts).chain(documents.ids.iter().zip(&documents.texts)).map(row))
}

/// Whether a name can stand in a line of TREC.
fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_whitespace)
}

/// Judgements in TREC's lines; as JSON where a name has a blank.
fn judgements(qrels: &Qrels, names: &Documents) -> String {
    let mut lines = String::new();
    let mut all: Map<String, Value> = Map::new();
    let mut are_words = true;
    for (query, grades) in qrels.queries.iter().zip(&qrels.grades) {
        let mut grades: Vec<(u32, i32)> = grades.iter().map(|(document, grade)| (*document, *grade)).collect();
        grades.sort_unstable();
        let mut of_query: Map<String, Value> = Map::new();
        for (document, grade) in grades {
            let document = names.name(document);
            are_words &= is_word(query) && is_word(document);
            // Writing into a string cannot fail.
            let _ = writeln!(lines, "{query} 0 {document} {grade}");
            of_query.insert(document.to_string(), json!(grade));
        }
        all.insert(query.clone(), of_query.into());
    }
    if are_words { lines } else { format!("{:#}\n", Value::Object(all)) }
}

/// A run in TREC's lines; as JSON where a name has a blank.
fn run_text(run: &Run, names: &Documents) -> io::Result<String> {
    let mut rows = run.queries.iter().zip(&run.scored);
    let are_words =
        rows.all(|(query, scored)| is_word(query) && scored.iter().all(|(document, _)| is_word(names.name(*document))));
    let mut bytes = vec![];
    if are_words {
        run.write_trec(names, &mut bytes)?;
    } else {
        run.write_json(names, &mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The name of a run as that of a file: letters, digits, `_`, `.` and a `-` for all else; with its number where another one has it.
fn file_name(runs: &[Run], number: usize) -> String {
    let plain = |run: &Run| -> String {
        let parts = run.name.split(|letter: char| !(letter.is_alphanumeric() || "_.".contains(letter)));
        let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        name.trim_start_matches('.').to_string()
    };
    let own = runs.get(number).map(plain).filter(|name| !name.is_empty()).unwrap_or_else(|| "run".to_string());
    let is_taken = runs.iter().enumerate().any(|(other, run)| other != number && plain(run).to_lowercase() == own.to_lowercase());
    if is_taken || own == "run" { format!("{own}-{}", number + 1) } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, query: &str) -> Run {
        Run { name: name.to_string(), queries: vec![query.to_string()], scored: vec![vec![(1, 2.5), (0, 1.0)]] }
    }

    #[test]
    fn runs_and_judgements_can_be_read_again() {
        let mut names = Documents::default();
        for name in ["d1", "d2"] {
            names.number(name);
        }
        let text = |run: &Run| run_text(run, &names).unwrap_or_default();
        assert_eq!(text(&run("a b", "q1")), "q1 Q0 d2 1 2.5 a_b\nq1 Q0 d1 2 1 a_b\n");
        let blank: Value = serde_json::from_str(&text(&run("a", "q 1"))).unwrap_or_default();
        assert_eq!(blank, json!({ "q 1": { "d2": 2.5, "d1": 1.0 } }));
        let qrels = Qrels { queries: vec!["q1".to_string()], grades: vec![[(1, 0), (0, 2)].into_iter().collect()] };
        assert_eq!(judgements(&qrels, &names), "q1 0 d1 2\nq1 0 d2 0\n");
        let qrels = Qrels { queries: vec!["q 1".to_string()], ..qrels };
        let blank: Value = serde_json::from_str(&judgements(&qrels, &names)).unwrap_or_default();
        assert_eq!(blank, json!({ "q 1": { "d1": 2, "d2": 0 } }));
    }

    #[test]
    fn runs_are_called_by_names_that_files_can_have() {
        let runs = [run("hf-hub:org/e5", "q"), run("a/b", "q"), run("A b", "q"), run("..", "q")];
        let names: Vec<String> = (0..4).map(|number| file_name(&runs, number)).collect();
        assert_eq!(names, ["hf-hub-org-e5", "a-b-2", "A-b-3", "run-4"]);
    }
}
