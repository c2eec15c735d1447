//! The tables of two sets as files.

use crate::report::csv::{csv_of, measure_cells, measure_heads};
use crate::report::text::identity;
use crate::scores::metric::Row;
use crate::scores::metric::shift::{CLADES, CLASS_MIX, RANKS, STANDARDISED};
use crate::scores::shift::{CladeShift, LabelShift, Shift};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde_json::{Map, Value, json};
use std::io;

fn heads<R>(before: &[&str], measures: &[crate::scores::metric::Measure<R>]) -> Vec<String> {
    before.iter().map(ToString::to_string).chain(measure_heads(measures)).collect()
}

fn rank_name(rank: Option<Rank>) -> String {
    rank.map_or_else(String::new, |rank| rank.name().to_string())
}

fn taxon_cells(taxonomy: &Taxonomy, taxon: TaxonId) -> [String; 3] {
    [identity(taxonomy, taxon), taxonomy.name(taxon).to_string(), taxonomy.rank(taxon).name().to_string()]
}

/// `shift_ranks.csv`: a row for each metric.
pub(super) fn ranks(shift: &Shift) -> io::Result<String> {
    let rows = shift.rows.iter().map(|row| {
        let before = [row.name.clone(), row.direction.word().to_string()];
        before.into_iter().chain(measure_cells(&RANKS, row)).collect()
    });
    csv_of(&heads(&["metric", "better"], &RANKS), rows)
}

/// `shift_standardised.csv`: a row for each rank of taxa, metric and composition.
pub(super) fn standardised(shift: &Shift) -> io::Result<String> {
    let word = |value: &crate::scores::shift::StandardisedRow| {
        let word = serde_json::to_value(value.standard).ok();
        word.as_ref().and_then(Value::as_str).unwrap_or_default().to_string()
    };
    let rows = shift.standardised.iter().map(|row| {
        let before = [row.name.clone(), rank_name(row.by), word(row)];
        before.into_iter().chain(measure_cells(&STANDARDISED, row)).collect()
    });
    csv_of(&heads(&["metric", "by", "standard"], &STANDARDISED), rows)
}

/// `shift_clades.csv`: a row for each of two metrics, rank and clade.
pub(super) fn clades(taxonomy: &Taxonomy, shift: &Shift) -> io::Result<String> {
    let rows = shift.clades.iter().map(|row| {
        let before = [row.name.clone(), rank_name(row.at)];
        before.into_iter().chain(clade_cells(taxonomy, row)).collect()
    });
    csv_of(&heads(&["metric", "rank", "clade", "clade_name", "clade_rank", "seen"], &CLADES), rows)
}

/// `shift_taxa.csv`: a row for each taxon of the rank of the classes, by `exact`.
pub(super) fn taxa(taxonomy: &Taxonomy, shift: &Shift) -> io::Result<String> {
    let of_taxa = shift.clades.iter().filter(|row| row.name == "exact" && row.at == shift.rank);
    csv_of(&heads(&["taxon", "taxon_name", "taxon_rank", "seen"], &CLADES), of_taxa.map(|row| clade_cells(taxonomy, row)))
}

fn clade_cells(taxonomy: &Taxonomy, row: &CladeShift) -> Vec<String> {
    let seen = row.seen.word().to_string();
    taxon_cells(taxonomy, row.clade).into_iter().chain([seen]).chain(measure_cells(&CLADES, row)).collect()
}

/// `shift_mix.csv`: a row for each class whose share is estimated; none where nothing is.
pub(super) fn mix(taxonomy: &Taxonomy, shift: &Shift) -> io::Result<String> {
    let classes = shift.label_shift.iter().flat_map(|estimated| &estimated.mix);
    let rows =
        classes.map(|class| taxon_cells(taxonomy, class.taxon).into_iter().chain(measure_cells(&CLASS_MIX, class)).collect());
    csv_of(&heads(&["taxon", "taxon_name", "taxon_rank"], &CLASS_MIX), rows)
}

/// The same as JSON.
pub(super) fn mix_value(taxonomy: &Taxonomy, estimated: &LabelShift) -> Vec<Value> {
    let of = |class: &crate::scores::shift::ClassMix| {
        let mut row = Map::new();
        row.insert("taxon".to_string(), json!(identity(taxonomy, class.taxon)));
        row.insert("name".to_string(), json!(taxonomy.name(class.taxon)));
        for measure in &CLASS_MIX {
            let (value, interval) = class.within(measure.metric.name);
            row.insert(measure.metric.name.to_string(), json!(value));
            if measure.metric.has_interval() {
                row.insert(format!("{}_low", measure.metric.name), json!(interval.map(|ends| ends.low)));
                row.insert(format!("{}_high", measure.metric.name), json!(interval.map(|ends| ends.high)));
            }
        }
        Value::Object(row)
    };
    estimated.mix.iter().map(of).collect()
}
