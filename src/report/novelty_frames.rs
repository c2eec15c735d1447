//! `novelty.csv` and `novelty_detection.csv` as data frames, as [`frames`](super::frames) has the other tables.

use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::metric::{Measure, Row, Value};
use crate::scores::novelty::{DetectionRow, NoveltyRow};
use crate::taxonomy::rank::Rank;
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::{Column, NamedFrom, Series};
use std::collections::BTreeMap;

fn texts(name: &str, cells: Vec<Option<String>>) -> Column {
    Series::new(name.into(), cells).into()
}

fn numbers(name: &str, cells: Vec<Option<f64>>) -> Column {
    Series::new(name.into(), cells).into()
}

/// One of the shares of a row at each rank.
type ByRank = fn(&NoveltyRow) -> &BTreeMap<Rank, Option<f64>>;

/// Rows of all runs, with the names of these.
fn rows<R>(runs: &[(Answers, Scores)], of: impl Fn(&Scores) -> &[R]) -> (Vec<&R>, Vec<Option<String>>) {
    let all = || runs.iter().map(|(_, scores)| scores).flat_map(|scores| of(scores).iter().map(move |row| (scores, row)));
    (all().map(|(_, row)| row).collect(), all().map(|(scores, _)| Some(scores.name.clone())).collect())
}

/// The values of metrics, those that have an interval with its ends behind them.
fn measured<R: Row>(measures: &[Measure<R>], rows: &[&R]) -> Vec<Column> {
    let mut columns = vec![];
    for measure in measures {
        let name = measure.metric.name;
        let count = |row: &&R| if let Value::Count(count) = (measure.value)(row) { count } else { None };
        if measure.metric.range == "a count" {
            let counts: Vec<Option<i64>> =
                rows.iter().map(|row| count(row).and_then(|count| i64::try_from(count).ok())).collect();
            columns.push(Series::new(name.into(), counts).into());
        } else {
            columns.push(numbers(name, rows.iter().map(|row| measure.number(row)).collect()));
        }
        if measure.metric.has_interval() {
            let ends: Vec<_> = rows.iter().map(|row| measure.interval(row)).collect();
            columns.push(numbers(&format!("{name}_low"), ends.iter().map(|ends| ends.map(|ends| ends.low)).collect()));
            columns.push(numbers(&format!("{name}_high"), ends.iter().map(|ends| ends.map(|ends| ends.high)).collect()));
        }
    }
    columns
}

fn frame(runs: usize, names: Vec<Option<String>>, columns: Vec<Column>) -> PolarsResult<DataFrame> {
    let height = names.len();
    let first = if runs > 1 { vec![texts("run", names)] } else { vec![] };
    DataFrame::new(height, [first, columns].concat())
}

fn rank_name(rank: Option<Rank>) -> Option<String> {
    rank.map(|rank| rank.name().to_string())
}

/// `novelty.csv`; without rows where every truth is a candidate.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn novelty(runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let (rows, names) = rows(runs, |scores| scores.novelty.as_ref().map_or(&[][..], |novelty| &novelty.rows));
    let mut columns = vec![
        texts("reach", rows.iter().map(|row| Some(row.newness.name())).collect()),
        texts("known_rank", rows.iter().map(|row| rank_name(row.newness.known_rank())).collect()),
        texts("new_rank", rows.iter().map(|row| rank_name(row.newness.new_rank())).collect()),
    ];
    let measures: Vec<_> = NoveltyRow::measures().iter().filter(|measure| measure.metric.name != "accuracy").copied().collect();
    columns.extend(measured(&measures, &rows));
    for rank in Rank::MAIN {
        let parts: [(&str, ByRank); 3] =
            [("", |row| &row.accuracy), ("_low", |row| &row.accuracy_low), ("_high", |row| &row.accuracy_high)];
        for (end, of) in parts {
            let cells = rows.iter().map(|row| of(row).get(&rank).copied().flatten()).collect();
            columns.push(numbers(&format!("accuracy_{rank}{end}"), cells));
        }
    }
    frame(runs.len(), names, columns)
}

/// `novelty_detection.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn novelty_detection(runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let (rows, names) = rows(runs, |scores| scores.novelty.as_ref().map_or(&[][..], |novelty| &novelty.detection));
    let mut columns = vec![
        texts("rank", rows.iter().map(|row| rank_name(row.rank)).collect()),
        texts("among", rows.iter().map(|row| Some(row.among.name().to_string())).collect()),
        texts("score", rows.iter().map(|row| Some(row.score.name().to_string())).collect()),
    ];
    columns.extend(measured(DetectionRow::measures(), &rows));
    frame(runs.len(), names, columns)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::report::Contents;
    use crate::report::scoring::{Scoring, Writing};
    use crate::report::values::of_scores;
    use std::fs;

    const TAXA: &str = "kingdom,class,order,family,genus,species\n\
        Animalia,Mammalia,Carnivora,Felidae,Felis,Felis catus\nAnimalia,Mammalia,Carnivora,Felidae,Felis,Felis silvestris\n\
        Animalia,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx\n";

    #[test]
    fn files_frames_and_names_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("taxa.csv"), TAXA).unwrap();
        let images = [("Felis catus", 0.9), ("Lynx lynx", 0.2), ("Felis silvestris", 0.6)];
        let line = |(number, (truth, p)): (usize, &(&str, f64))| {
            format!("{number}.jpg,{truth},Felis catus,{p}\n{number}.jpg,{truth},Lynx lynx,{}\n", 1.0 - p)
        };
        let lines: String = images.iter().enumerate().map(line).collect();
        fs::write(at("table.csv"), format!("image,truth,label,score\n{lines}")).unwrap();
        let mut scoring = Scoring::of(at("table.csv"));
        scoring.taxonomy = Some(at("taxa.csv").display().to_string().into());
        let scored = scoring.run().unwrap();
        scored.write(&at("out"), &Writing { contents: Contents::Tables, ..Writing::default() }).unwrap();
        for (file, frame) in [("novelty.csv", novelty(&scored.runs)), ("novelty_detection.csv", novelty_detection(&scored.runs))]
        {
            let text = fs::read_to_string(at("out").join(file)).unwrap();
            let frame = frame.unwrap();
            let names: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
            assert_eq!((text.lines().next(), text.lines().count()), (Some(names.join(",").as_str()), frame.height() + 1));
        }
        let named = of_scores(&scored.runs[0].1);
        let value = |name: &str| named.iter().find(|value| value.name == name).unwrap();
        // 1 − p: 0.4 of the wildcat beats 0.1 and 0.2.
        let auroc = value("novelty.detection.species.all.maximum_probability.auroc");
        assert_eq!((auroc.value, auroc.n, auroc.low), (Some(1.0), Some(3), None));
        assert!(auroc.no_interval.is_some());
        assert_eq!(value("novelty.rows.new_species_of_a_known_genus.mean_height").value, Some(1.0));
        assert_eq!(value("novelty.back_off.own.novel.too_late").value, Some(1.0));
    }
}
