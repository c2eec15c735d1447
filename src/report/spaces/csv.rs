//! `spaces.csv`: a row for each space and rank.

use super::row::{OF_RANK, OF_WHOLE, RankRow, Row};
use crate::report::csv::{Column, cells, csv_of, heads, measure_heads};
use crate::scores::metric::{self, Measure};

/// Columns that say which space it is.
const SPACE: [Column<Row>; 3] =
    [("space", |row| row.space.clone()), ("n", |row| row.n.to_string()), ("width", |row| row.width.to_string())];

/// Columns that say which rank.
const RANK: [Column<RankRow>; 2] = [("rank", |row| row.rank.name().to_string()), ("rank_n", |row| row.n.to_string())];

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The cells of metrics, those with an interval with its ends behind them.
fn numbers<R: metric::Row>(measures: &[Measure<R>], row: &R) -> Vec<String> {
    let of = |measure: &Measure<R>| -> Vec<String> {
        let interval = measure.interval(row);
        let ends = [interval.map(|ends| ends.low), interval.map(|ends| ends.high)];
        let ends = if measure.metric.has_interval() { &ends[..] } else { &[] };
        std::iter::once(measure.number(row)).chain(ends.iter().copied()).map(number).collect()
    };
    measures.iter().flat_map(of).collect()
}

/// The table.
pub(super) fn spaces_csv(rows: &[Row]) -> std::io::Result<String> {
    let of_ranks = [heads(&RANK), measure_heads(&OF_RANK)].concat();
    let of_row = |row: &Row| -> Vec<Vec<String>> {
        let mut ranks: Vec<Vec<String>> =
            row.ranks.iter().map(|rank| [cells(&RANK, rank), numbers(&OF_RANK, rank)].concat()).collect();
        if ranks.is_empty() {
            ranks.push(vec![String::new(); of_ranks.len()]);
        }
        ranks.into_iter().map(|of_rank| [cells(&SPACE, row), of_rank, numbers(&OF_WHOLE, row)].concat()).collect()
    };
    let header = [heads(&SPACE), of_ranks.clone(), measure_heads(&OF_WHOLE)].concat();
    csv_of(&header, rows.iter().flat_map(of_row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::rank::Rank;
    use std::collections::BTreeMap;

    fn row() -> Row {
        let rank = RankRow {
            rank: Rank::Genus,
            n: 9,
            agreement: Some(0.5),
            agreement_low: Some(0.25),
            agreement_high: Some(0.75),
            chance: Some(0.125),
            silhouette: Some(-0.5),
            r2: None,
        };
        Row {
            space: "one".to_string(),
            n: 10,
            width: 2,
            ranks: vec![rank],
            mantel: Some(0.375),
            mantel_p: Some(0.001),
            triplets: Some(0.875),
            clades: Some(0.0),
            clades_lift: None,
            rank_me: Some(1.5),
            dimension: Some(1.25),
            cka_with_first: Some(1.0),
        }
    }

    /// The heads of metrics, and their cells by these.
    fn table<R: metric::Row>(measures: &[Measure<R>], row: &R) -> (Vec<String>, BTreeMap<String, String>) {
        let (heads, cells) = (measure_heads(measures), numbers(measures, row));
        assert_eq!(heads.len(), cells.len());
        (heads.clone(), heads.into_iter().zip(cells).collect())
    }

    #[test]
    fn metrics_that_change_places_take_their_values_and_intervals_with_them() {
        let (mut of_rank, mut of_whole) = (OF_RANK, OF_WHOLE);
        of_rank.swap(0, 3);
        of_whole.swap(0, 2);
        let row = row();
        let ((heads, cells), (swapped, others)) = (table(&OF_RANK, &row.ranks[0]), table(&of_rank, &row.ranks[0]));
        assert_eq!(heads, ["agreement", "agreement_low", "agreement_high", "chance", "silhouette_cosine", "r2"]);
        assert_eq!(swapped[..4], ["r2", "chance", "silhouette_cosine", "agreement"]);
        assert_eq!(cells, others);
        let ((heads, cells), (swapped, others)) = (table(&OF_WHOLE, &row), table(&of_whole, &row));
        assert_eq!((heads[0].as_str(), swapped[0].as_str(), cells["triplets"].as_str()), ("mantel", "triplets", "0.875"));
        assert_eq!(cells, others);
    }

    #[test]
    fn a_space_has_a_row_for_each_rank_or_one() {
        let (one, mut other) = (row(), row());
        other.ranks.clear();
        let expected = "space,n,width,rank,rank_n,agreement,agreement_low,agreement_high,chance,silhouette_cosine,r2,mantel,mantel_p,\
                        triplets,clades,clades_lift,rank_me,dimension,cka_with_first\n\
                        one,10,2,genus,9,0.5,0.25,0.75,0.125,-0.5,,0.375,0.001,0.875,0,,1.5,1.25,1\n\
                        one,10,2,,,,,,,,,0.375,0.001,0.875,0,,1.5,1.25,1\n";
        assert_eq!(spaces_csv(&[one, other]).unwrap_or_default(), expected);
    }
}
