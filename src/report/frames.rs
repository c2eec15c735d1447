//! The tables of a report as data frames: the columns of the CSV files with types. Shares and distances are
//! `Float64`, counts and heights `Int64`, all else is text; what is undefined is null. Where there are several runs the
//! first column is `run`.

use super::csv::{MISTAKES, PROBABLY_THE_NAME};
use super::text;
use crate::answers::{Answers, Truth};
use crate::scores::Scores;
use crate::scores::metric::{Measure, Row, Value};
use crate::scores::non_taxa::{ClassScores, answers};
use crate::scores::outcome::{Judgement, Outcome, Unreachable, judge};
use crate::scores::ranks::RankScores;
use crate::scores::taxa::TaxonScores;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::{Column, NamedFrom, Series};

/// Columns in the making.
#[derive(Default)]
pub(super) struct Columns(Vec<Column>);

impl Columns {
    /// Begins with the column `run` where there are several runs.
    pub(super) fn of_runs<R>(runs: &[(Answers, Scores)], rows: impl Fn(&Scores) -> &[R]) -> Columns {
        let mut columns = Columns::default();
        if runs.len() > 1 {
            let names = |(_, scores): &(Answers, Scores)| vec![scores.name.clone(); rows(scores).len()];
            columns.texts("run", runs.iter().flat_map(names));
        }
        columns
    }

    pub(super) fn texts(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        self.0.push(Series::new(name.into(), cells.into_iter().collect::<Vec<String>>()).into());
    }

    pub(super) fn optional_texts(&mut self, name: &str, cells: impl IntoIterator<Item = Option<String>>) {
        self.0.push(Series::new(name.into(), cells.into_iter().collect::<Vec<Option<String>>>()).into());
    }

    pub(super) fn flags(&mut self, name: &str, cells: impl IntoIterator<Item = Option<bool>>) {
        self.0.push(Series::new(name.into(), cells.into_iter().collect::<Vec<Option<bool>>>()).into());
    }

    pub(super) fn numbers(&mut self, name: &str, cells: impl IntoIterator<Item = Option<f64>>) {
        self.0.push(Series::new(name.into(), cells.into_iter().collect::<Vec<Option<f64>>>()).into());
    }

    pub(super) fn counts(&mut self, name: &str, cells: impl IntoIterator<Item = Option<u64>>) {
        let whole = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
        self.0.push(Series::new(name.into(), cells.into_iter().map(whole).collect::<Vec<Option<i64>>>()).into());
    }

    /// Identity and name of taxa.
    pub(super) fn taxa(&mut self, name: &str, taxonomy: &Taxonomy, cells: &[Option<TaxonId>]) {
        self.optional_texts(name, cells.iter().map(|taxon| taxon.map(|taxon| text::identity(taxonomy, taxon))));
        let names = cells.iter().map(|taxon| taxon.map(|taxon| taxonomy.name(taxon).to_string()));
        self.optional_texts(&format!("{name}_name"), names);
    }

    fn rungs(&mut self, taxonomy: &Taxonomy, cells: &[Option<TaxonId>]) {
        self.optional_texts("lca_rank", cells.iter().map(|lca| lca.map(|lca| text::rung_name(taxonomy, lca).to_string())));
    }

    /// The values of metrics, those that have an interval with its ends behind them.
    pub(super) fn measures<R: Row>(&mut self, measures: &[Measure<R>], rows: &[&R]) {
        for measure in measures {
            let name = measure.metric.name;
            let count = |row: &&R| if let Value::Count(count) = (measure.value)(row) { Some(count) } else { None };
            let counts: Option<Vec<Option<u64>>> = rows.iter().map(count).collect();
            match counts {
                Some(counts) if !rows.is_empty() => self.counts(name, counts),
                _ => self.numbers(name, rows.iter().map(|row| measure.number(row))),
            }
            if measure.metric.has_interval() {
                let intervals: Vec<_> = rows.iter().map(|row| measure.interval(row)).collect();
                self.numbers(&format!("{name}_low"), intervals.iter().map(|ends| ends.map(|ends| ends.low)));
                self.numbers(&format!("{name}_high"), intervals.iter().map(|ends| ends.map(|ends| ends.high)));
            }
        }
    }

    pub(super) fn frame(self) -> PolarsResult<DataFrame> {
        let rows = self.0.first().map_or(0, Column::len);
        DataFrame::new(rows, self.0)
    }
}

/// `ranks.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn ranks(_: &Taxonomy, runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let rows: Vec<&RankScores> = runs.iter().flat_map(|(_, scores)| &scores.ranks).collect();
    let mut columns = Columns::of_runs(runs, |scores| &scores.ranks);
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.measures(RankScores::measures(), &rows);
    columns.frame()
}

/// `taxa.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn taxa(taxonomy: &Taxonomy, runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let rows: Vec<&TaxonScores> = runs.iter().flat_map(|(_, scores)| &scores.taxa).collect();
    let mut columns = Columns::of_runs(runs, |scores| &scores.taxa);
    columns.texts("taxon", rows.iter().map(|row| text::identity(taxonomy, row.taxon)));
    columns.texts("name", rows.iter().map(|row| taxonomy.name(row.taxon).to_string()));
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.counts("n", rows.iter().map(|row| Some(row.n)));
    columns.counts("answered", rows.iter().map(|row| Some(row.answered)));
    columns.counts("right", rows.iter().map(|row| Some(row.right)));
    columns.counts("unanswered", rows.iter().map(|row| Some(row.unanswered)));
    columns.measures(TaxonScores::measures(), &rows);
    let confused: Vec<Option<TaxonId>> = rows.iter().map(|row| row.confused_with.map(|other| other.taxon)).collect();
    columns.taxa("confused_with", taxonomy, &confused);
    columns.counts("confused_count", rows.iter().map(|row| row.confused_with.map(|other| other.count)));
    let lcas: Vec<Option<TaxonId>> = rows.iter().map(|row| row.confused_with.map(|other| other.lca)).collect();
    columns.rungs(taxonomy, &lcas);
    columns.frame()
}

/// `mistakes.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn mistakes(taxonomy: &Taxonomy, runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let rows: Vec<_> = runs.iter().flat_map(|(answers, scores)| scores.mistakes.iter().map(move |row| (answers, row))).collect();
    let mut columns = Columns::of_runs(runs, |scores| &scores.mistakes);
    columns.texts(MISTAKES[0], rows.iter().map(|(answers, row)| answers.images[row.image].clone()));
    let taxa = |of: fn(&crate::scores::mistakes::Mistake) -> Option<TaxonId>| -> Vec<Option<TaxonId>> {
        rows.iter().map(|(_, row)| of(row)).collect()
    };
    columns.taxa("truth", taxonomy, &taxa(|row| row.truth));
    columns.taxa("predicted", taxonomy, &taxa(|row| Some(row.predicted)));
    let lcas = taxa(|row| Some(row.lca));
    columns.taxa("lca", taxonomy, &lcas);
    columns.rungs(taxonomy, &lcas);
    columns.counts("height", rows.iter().map(|(_, row)| row.height.map(u64::from)));
    columns
        .0
        .push(Series::new("stopped_above".into(), rows.iter().map(|(_, row)| row.stopped_above).collect::<Vec<bool>>()).into());
    columns.numbers("probability", rows.iter().map(|(_, row)| row.probability));
    columns.frame()
}

/// `confusions.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn confusions(taxonomy: &Taxonomy, runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let rows: Vec<_> = runs.iter().flat_map(|(_, scores)| &scores.confusions).collect();
    let mut columns = Columns::of_runs(runs, |scores| &scores.confusions);
    columns.taxa("truth", taxonomy, &rows.iter().map(|row| Some(row.truth)).collect::<Vec<_>>());
    columns.taxa("predicted", taxonomy, &rows.iter().map(|row| Some(row.predicted)).collect::<Vec<_>>());
    columns.counts("count", rows.iter().map(|row| Some(row.count)));
    let lcas: Vec<Option<TaxonId>> = rows.iter().map(|row| Some(row.lca)).collect();
    columns.taxa("lca", taxonomy, &lcas);
    columns.rungs(taxonomy, &lcas);
    columns.counts("height", rows.iter().map(|row| Some(u64::from(row.height))));
    columns.frame()
}

/// `probably_the_name.csv`; without rows where no mistake is one.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn probably_the_name(taxonomy: &Taxonomy, runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    let rows: Vec<_> = runs.iter().flat_map(|(_, scores)| &scores.probably_the_name.pairs).collect();
    let mut columns = Columns::of_runs(runs, |scores| &scores.probably_the_name.pairs);
    columns.taxa(PROBABLY_THE_NAME[0], taxonomy, &rows.iter().map(|row| Some(row.taxa.0)).collect::<Vec<_>>());
    columns.taxa(PROBABLY_THE_NAME[2], taxonomy, &rows.iter().map(|row| Some(row.taxa.1)).collect::<Vec<_>>());
    columns.counts("n", rows.iter().map(|row| Some(row.n)));
    columns.frame()
}

/// `non_taxa.csv`; without rows where the source speaks of taxa alone.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn non_taxa(_: &Taxonomy, runs: &[(Answers, Scores)]) -> PolarsResult<DataFrame> {
    fn classes(scores: &Scores) -> &[ClassScores] {
        scores.non_taxa.as_ref().map_or(&[][..], |non_taxa| &non_taxa.classes)
    }
    let rows: Vec<&ClassScores> = runs.iter().flat_map(|(_, scores)| classes(scores)).collect();
    let mut columns = Columns::of_runs(runs, classes);
    columns.texts("class", rows.iter().map(|row| row.class.clone()));
    columns.measures(ClassScores::measures(), &rows);
    for answer in answers(runs.iter().filter_map(|(_, scores)| scores.non_taxa.as_ref())) {
        columns.counts(&format!("answered_{answer}"), rows.iter().map(|row| Some(row.answered_as(&answer))));
    }
    columns.frame()
}

/// Every image, right or wrong or left out: what became of it (`outcome`: `right`, `wrong`, or why it is not scored), truth,
/// answer as it is scored, where they meet, height of the error and probability of the answer.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn images(taxonomy: &Taxonomy, runs: &[(Answers, Scores)], unreachable: Unreachable) -> PolarsResult<DataFrame> {
    let judged: Vec<Vec<Judgement>> = runs.iter().map(|(answers, _)| judge(taxonomy, answers, unreachable)).collect();
    let rows: Vec<(&Answers, usize, Judgement)> = runs
        .iter()
        .zip(&judged)
        .flat_map(|((answers, _), judged)| judged.iter().enumerate().map(move |(image, judgement)| (answers, image, *judgement)))
        .collect();
    let mut columns = Columns::default();
    if runs.len() > 1 {
        columns.texts("run", rows.iter().map(|(answers, ..)| answers.name.clone()));
    }
    columns.texts("image", rows.iter().map(|(answers, image, _)| answers.images[*image].clone()));
    columns.texts("outcome", rows.iter().map(|(.., judgement)| outcome(*judgement).to_string()));
    let truth = |(answers, image, _): &(&Answers, usize, Judgement)| match answers.truths[*image] {
        Truth::Taxon(taxon) => Some(taxon),
        Truth::Missing | Truth::Outside => None,
    };
    columns.taxa("truth", taxonomy, &rows.iter().map(truth).collect::<Vec<_>>());
    let scored = |of: fn(Outcome) -> TaxonId| -> Vec<Option<TaxonId>> {
        rows.iter()
            .map(|(.., judgement)| if let Judgement::Scored(outcome) = judgement { Some(of(*outcome)) } else { None })
            .collect()
    };
    columns.taxa("predicted", taxonomy, &scored(|outcome| outcome.predicted));
    let lcas = scored(|outcome| outcome.lca);
    columns.taxa("lca", taxonomy, &lcas);
    columns.rungs(taxonomy, &lcas);
    let height = |judgement: Judgement| match judgement {
        Judgement::Scored(outcome) => Some(u64::from(outcome.height(taxonomy))),
        _ => None,
    };
    columns.counts("height", rows.iter().map(|(.., judgement)| height(*judgement)));
    columns.numbers("probability", rows.iter().map(|(answers, image, _)| answers.ranked.best_probability(*image)));
    columns.frame()
}

/// What became of an image, in a word.
fn outcome(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Scored(outcome) if outcome.is_right() => "right",
        Judgement::Scored(_) | Judgement::Unplaced(_) => "wrong",
        Judgement::Unreadable => "unreadable",
        Judgement::WithoutTruth => "without_truth",
        Judgement::OutsideTaxonomy => "outside_taxonomy",
        Judgement::NotACandidate => "not_a_candidate",
        Judgement::NotATaxon => "not_a_taxon",
    }
}
