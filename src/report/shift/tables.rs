//! The tables of the page of two sets.

use super::verdict::signed;
use crate::numbers::standardisation::Standard;
use crate::numbers::statistics::Interval;
use crate::report::document::Table;
use crate::report::text::{UNDEFINED, count, decimal, decimal_of, percent, percent_of, probability, taxon};
use crate::scores::metric::{Direction, Row};
use crate::scores::shift::{CalibrationShift, CladeShift, LabelShift, Overlap, Shift, ShiftRow};
use crate::taxonomy::Taxonomy;

/// Clades on the page; the file has all.
pub(super) const CLADES: usize = 15;
/// Classes on the page; the file has all.
pub(super) const CLASSES: usize = 20;

fn label(row: &ShiftRow) -> String {
    let arrow = if row.direction == Direction::Lower { "↓" } else { "↑" };
    format!("{} {arrow}", row.label)
}

/// A difference with its sign and its interval.
pub(super) fn apart((value, interval): (Option<f64>, Option<Interval>)) -> String {
    let number = |value: f64| signed(value, 3);
    match (value, interval) {
        (None, _) => UNDEFINED.to_string(),
        (Some(value), None) => number(value),
        // No word stands between the ends, for numbers are not translated.
        (Some(value), Some(Interval { low, high })) => format!("{} ({} – {})", number(value), number(low), number(high)),
    }
}

/// Whether the standardised differences are others than those of skill, which are at the mix of both sets.
pub(super) fn are_standardised_apart(shift: &Shift) -> bool {
    shift.standard != Standard::Both
}

/// Metric by metric: both sets, the difference, and the same at one composition where it is not that of both.
pub(super) fn changes(shift: &Shift) -> Table {
    let [one, other] = shift.sets.each_ref().map(|set| set.name.clone());
    let apart_too = are_standardised_apart(shift);
    let mut table = Table::new(&[("metric", false)]);
    table.head.extend([one, other]);
    table.head.extend(["second less first", "p"].map(str::to_string));
    table.head.extend(apart_too.then(|| "with the same mix of taxa".to_string()));
    table.numeric = (0..table.head.len()).map(|column| column > 0).collect();
    for row in &shift.rows {
        let mut cells = vec![
            label(row),
            format!("{} / {}", decimal_of(row, "first", 3), count(row.n_first)),
            format!("{} / {}", decimal_of(row, "second", 3), count(row.n_second)),
            apart(row.within("difference")),
            probability(row.p),
        ];
        cells.extend(apart_too.then(|| apart(row.within("standardised_difference"))));
        table.rows.push(cells);
    }
    table
}

/// Metric by metric: what the difference is made up of.
pub(super) fn parts(shift: &Shift) -> Table {
    let mut table = Table::new(&[
        ("metric", false),
        ("second less first", true),
        ("skill", true),
        ("composition", true),
        ("only in the first", true),
        ("only in the second", true),
    ]);
    for row in &shift.rows {
        let number = |value: Option<f64>| value.map_or_else(|| UNDEFINED.to_string(), |value| signed(value, 4));
        table.push([
            label(row),
            number(row.difference),
            apart(row.within("skill")),
            number(row.composition),
            number(row.only_first),
            number(row.only_second),
        ]);
    }
    table
}

/// The composition part of `exact` rank by rank; `None` where there is none.
pub(super) fn composition(shift: &Shift) -> Option<Table> {
    let row = shift.row("exact").filter(|row| !row.composition_by_rank.is_empty())?;
    let mut table = Table::new(&[("rank", false), ("composition", true)]);
    for (rank, part) in &row.composition_by_rank {
        let name = rank.map_or_else(|| "below".to_string(), |rank| rank.to_string());
        table.push([name, signed(*part, 4)]);
    }
    Some(table)
}

/// What both sets have in common.
pub(super) fn overlaps(overlaps: &[Overlap]) -> Table {
    let mut table = Table::new(&[
        ("taxa of the rank", false),
        ("in the first", true),
        ("in the second", true),
        ("in both", true),
        ("images of shared taxa, first", true),
        ("images of shared taxa, second", true),
    ]);
    for overlap in overlaps {
        table.push([
            overlap.rank.map_or_else(|| UNDEFINED.to_string(), |rank| rank.to_string()),
            count(overlap.taxa_first as u64),
            count(overlap.taxa_second as u64),
            count(overlap.taxa_shared as u64),
            percent(overlap.shared_first),
            percent(overlap.shared_second),
        ]);
    }
    table
}

/// The clades that explain most.
pub(super) fn clades(taxonomy: &Taxonomy, clades: &[&CladeShift]) -> Table {
    let mut table = Table::new(&[
        ("clade", false),
        ("images, first", true),
        ("images, second", true),
        ("right, first", true),
        ("right, second", true),
        ("skill", true),
        ("composition", true),
        ("contribution", true),
    ]);
    let number = |value: Option<f64>| value.map_or_else(|| UNDEFINED.to_string(), |value| signed(value, 4));
    for clade in clades.iter().take(CLADES) {
        let others = clade.composition.zip(clade.only_first).zip(clade.only_second).map(|((a, b), c)| a + b + c);
        table.push([
            taxon(taxonomy, clade.clade),
            count(clade.n_first),
            count(clade.n_second),
            percent(clade.mean_first),
            percent(clade.mean_second),
            number(clade.skill),
            number(others),
            number(clade.contribution),
        ]);
    }
    table
}

/// Whether probabilities mean the same.
pub(super) fn calibration(rows: &[CalibrationShift]) -> Table {
    let mut table = Table::new(&[
        ("probability of", false),
        ("ECE, first", true),
        ("ECE, second", true),
        ("second less first", true),
        ("too sure by, first", true),
        ("too sure by, second", true),
        ("second less first", true),
    ]);
    for row in rows {
        table.push([
            if row.of == "answer" { "the answer as given".to_string() } else { row.of.clone() },
            decimal_of(row, "ece_first", 3),
            decimal_of(row, "ece_second", 3),
            apart(row.within("ece_difference")),
            apart(row.within("overconfidence_first")),
            apart(row.within("overconfidence_second")),
            apart(row.within("overconfidence_difference")),
        ]);
    }
    table
}

/// How far the mixes are from the true one, and the accuracy that goes with each.
pub(super) fn estimates(mix: &LabelShift) -> Table {
    let mut table = Table::new(&[("mix of the second set", false), ("distance from the true mix", true), ("right", true)]);
    let row = |name: &str, distance: Option<f64>, accuracy: String| [name.to_string(), decimal(distance, 3), accuracy];
    table.push(row("that of the first set", mix.moved, percent(mix.accuracy_first)));
    table.push(row("its answers, counted as they are", mix.error_answers, UNDEFINED.to_string()));
    table.push(row("estimated by answers (BBSE)", mix.error_bbse, percent_of(mix, "accuracy_bbse")));
    table.push(row("estimated by whole distributions (EM)", mix.error_em, percent_of(mix, "accuracy_em")));
    table.push(row("the true mix", mix.accuracy_second.map(|_| 0.0), percent(mix.accuracy_second)));
    table
}

/// Class by class, those that are estimated or true most.
pub(super) fn classes(taxonomy: &Taxonomy, mix: &LabelShift) -> Table {
    let mut table = Table::new(&[
        ("class", false),
        ("first set", true),
        ("answered in the second", true),
        ("BBSE", true),
        ("EM", true),
        ("second set", true),
    ]);
    let mut order: Vec<usize> = (0..mix.mix.len()).collect();
    let weight = |class: usize| {
        let class = &mix.mix[class];
        [class.true_first, class.true_second, class.bbse, class.em].into_iter().flatten().fold(0.0, f64::max)
    };
    order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
    for class in order.into_iter().take(CLASSES).map(|class| &mix.mix[class]) {
        table.push([
            taxon(taxonomy, class.taxon),
            percent(class.true_first),
            percent(class.answered),
            percent_of(class, "bbse"),
            percent_of(class, "em"),
            percent(class.true_second),
        ]);
    }
    table
}
