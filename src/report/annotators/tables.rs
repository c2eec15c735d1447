//! The CSV files of annotators.

use crate::report::csv::{csv_of, measure_cells, measure_heads, number};
use crate::report::text::identity;
use crate::scores::annotators::{Annotators, Panel, Rater, RaterScores};
use crate::scores::metric::agreement::PAIRS_OF_RATERS;
use crate::scores::metric::annotators::{ANNOTATOR_RANKS, ANNOTATORS};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::io;

/// Most raters whose labels stand in `items.csv`; of more only those of classifiers do.
const SAID: usize = 60;

/// `annotators.csv`: a row for each rater.
pub(super) fn raters(judged: &Annotators) -> io::Result<String> {
    let mut head = vec!["name".to_string(), "kind".to_string()];
    head.extend(measure_heads(&ANNOTATORS));
    let rows = judged.raters.iter().map(|rater| {
        let mut cells = vec![rater.name.clone(), kind(rater).to_string()];
        cells.extend(measure_cells(&ANNOTATORS, rater));
        cells
    });
    csv_of(&head, rows)
}

/// `annotator_ranks.csv`: a row for each rater and rank.
pub(super) fn ranks(judged: &Annotators) -> io::Result<String> {
    let mut head = ["name", "kind", "rank"].map(str::to_string).to_vec();
    head.extend(measure_heads(&ANNOTATOR_RANKS));
    let rows = judged.raters.iter().flat_map(|rater| {
        rater.ranks.iter().rev().map(move |row| {
            let mut cells = vec![rater.name.clone(), kind(rater).to_string(), row.rank.name().to_string()];
            cells.extend(measure_cells(&ANNOTATOR_RANKS, row));
            cells
        })
    });
    csv_of(&head, rows)
}

fn kind(rater: &RaterScores) -> &'static str {
    if rater.is_classifier { "classifier" } else { "annotator" }
}

/// `pairs.csv`: a row for every two raters and rank.
pub(super) fn pairs(judged: &Annotators) -> io::Result<String> {
    let mut head = ["first", "second", "rank"].map(str::to_string).to_vec();
    head.extend(measure_heads(&PAIRS_OF_RATERS));
    let rows = judged.pairs.iter().map(|pair| {
        let mut cells = vec![pair.first.clone(), pair.second.clone(), pair.rank.name().to_string()];
        cells.extend(measure_cells(&PAIRS_OF_RATERS, pair));
        cells
    });
    csv_of(&head, rows)
}

/// `items.csv`: a row for each image, with what the annotators say together, and what each says.
pub(super) fn items(panel: &Panel, judged: &Annotators) -> io::Result<String> {
    let shown: Vec<&Rater> = if panel.annotators.len() + panel.classifiers.len() <= SAID {
        panel.annotators.iter().chain(&panel.classifiers).collect()
    } else {
        panel.classifiers.iter().collect()
    };
    let mut head = ["image", "labels", "distinct"].map(str::to_string).to_vec();
    for (what, share) in [("majority", "share"), ("consensus", "probability")] {
        head.push(what.to_string());
        head.extend(["name", "rank", share].map(|of| format!("{what}_{of}")));
    }
    head.push("said".to_string());
    let rows = judged.items.iter().map(|item| {
        let mut cells = vec![panel.images[item.image].clone(), item.labels.to_string(), item.distinct.to_string()];
        cells.extend(taxon_cells(&panel.taxonomy, item.majority));
        cells.extend(taxon_cells(&panel.taxonomy, item.consensus));
        let label = |rater: &&Rater| {
            let taxon = rater.labels[item.image]?;
            let said = if taxon == TaxonId::ROOT { "no taxon" } else { panel.taxonomy.name(taxon) };
            Some(format!("{}: {said}", rater.name))
        };
        cells.push(shown.iter().filter_map(label).collect::<Vec<_>>().join("; "));
        cells
    });
    csv_of(&head, rows)
}

fn taxon_cells(taxonomy: &Taxonomy, found: Option<(TaxonId, f64)>) -> [String; 4] {
    found.map_or_else(Default::default, |(taxon, share)| {
        [
            identity(taxonomy, taxon),
            taxonomy.name(taxon).to_string(),
            taxonomy.rank(taxon).name().to_string(),
            number(Some(share)),
        ]
    })
}
