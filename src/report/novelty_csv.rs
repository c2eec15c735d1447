//! `novelty.csv`, `novelty_detection.csv` and `novelty_back_off.csv`: truths that are no candidates.

use super::csv::{csv_of, measure_cells, measure_heads, number};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::metric::Row;
use crate::scores::novelty::{DetectionRow, Novelty, NoveltyRow, StopPoint};
use crate::taxonomy::rank::Rank;
use std::io;

/// Columns of `novelty.csv` before those of the metrics.
const REACH: [&str; 3] = ["reach", "known_rank", "new_rank"];
/// Columns of `novelty_detection.csv` before those of the metrics.
const ASKED: [&str; 3] = ["rank", "among", "score"];
/// Columns of `novelty_back_off.csv`.
const STOPS: [&str; 9] = [
    "threshold",
    "known_too_early",
    "known_right",
    "known_too_late",
    "known_wrong_branch",
    "novel_too_early",
    "novel_right",
    "novel_too_late",
    "novel_wrong_branch",
];

/// The tables of runs by the names of their files; none where no run has a truth that is no candidate.
pub(super) fn files(runs: &[(Answers, Scores)]) -> io::Result<Vec<(&'static str, String)>> {
    if runs.iter().all(|(_, scores)| scores.novelty.is_none()) {
        return Ok(vec![]);
    }
    let mut files = vec![("novelty.csv", reach(runs)?), ("novelty_detection.csv", detection(runs)?)];
    if runs.iter().any(|(_, scores)| scores.novelty.as_ref().is_some_and(|novelty| novelty.back_off.is_some())) {
        files.push(("novelty_back_off.csv", back_off(runs)?));
    }
    Ok(files)
}

/// A table of rows of all runs, the name of the run first where there are several.
fn table<'r, R: 'r>(
    runs: &'r [(Answers, Scores)],
    head: Vec<String>,
    rows: impl Fn(&'r Novelty) -> &'r [R],
    cells: impl Fn(&R) -> Vec<String>,
) -> io::Result<String> {
    let run = |name: &str| if runs.len() > 1 { vec![name.to_string()] } else { vec![] };
    let all = runs.iter().filter_map(|(_, scores)| Some((scores.name.as_str(), scores.novelty.as_ref()?)));
    let lines =
        all.flat_map(|(name, novelty)| rows(novelty).iter().map(|row| [run(name), cells(row)].concat()).collect::<Vec<_>>());
    csv_of(&[run("run"), head].concat(), lines)
}

fn plain(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn rank_cell(rank: Option<Rank>) -> String {
    rank.map(|rank| rank.name().to_string()).unwrap_or_default()
}

/// `accuracy` holds a number for each rank: it has columns of its own, behind the others.
fn reach(runs: &[(Answers, Scores)]) -> io::Result<String> {
    let measures: Vec<_> = NoveltyRow::measures().iter().filter(|measure| measure.metric.name != "accuracy").copied().collect();
    let ranks = Rank::MAIN.into_iter().flat_map(|rank| ["", "_low", "_high"].map(|end| format!("accuracy_{rank}{end}")));
    let head = [plain(&REACH), measure_heads(&measures), ranks.collect()].concat();
    let cells = |row: &NoveltyRow| {
        let which = vec![row.newness.name(), rank_cell(row.newness.known_rank()), rank_cell(row.newness.new_rank())];
        let of_ranks = Rank::MAIN.into_iter().flat_map(|rank| {
            [&row.accuracy, &row.accuracy_low, &row.accuracy_high].map(|of| number(of.get(&rank).copied().flatten()))
        });
        [which, measure_cells(&measures, row), of_ranks.collect()].concat()
    };
    table(runs, head, |novelty| &novelty.rows[..], cells)
}

fn detection(runs: &[(Answers, Scores)]) -> io::Result<String> {
    let measures = DetectionRow::measures();
    let head = [plain(&ASKED), measure_heads(measures)].concat();
    let cells = |row: &DetectionRow| {
        let which = vec![rank_cell(row.rank), row.among.name().to_string(), row.score.name().to_string()];
        [which, measure_cells(measures, row)].concat()
    };
    table(runs, head, |novelty| &novelty.detection[..], cells)
}

fn back_off(runs: &[(Answers, Scores)]) -> io::Result<String> {
    let cells = |point: &StopPoint| {
        let counts = [point.known, point.novel];
        let counts = counts.into_iter().flat_map(|of| [of.too_early, of.right, of.too_late, of.wrong_branch]);
        std::iter::once(point.threshold.to_string()).chain(counts.map(|count| count.to_string())).collect()
    };
    table(runs, plain(&STOPS), |novelty| novelty.back_off.as_ref().map_or(&[][..], |back_off| &back_off.curve), cells)
}
