//! Tables of sets for their page.

use crate::report::document::Table;
use crate::report::text::{count, decimal, decimal_of, fixed, percent, percent_of, taxon};
use crate::scores::metric::Row;
use crate::scores::sets::{RunSets, ScoredSets, SetRankScores, SetTaxonScores};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;

/// Sites on the page; the file has all.
pub(super) const SITES: usize = 30;
/// Taxa on the page; the file has all.
pub(super) const TAXA: usize = 20;

/// What is said of the whole: the metric, and its name on the page.
const SHARES: [(&str, &str); 14] = [
    ("sample_f1", "F1, averaged over images"),
    ("transect_f1", "F1, averaged over transects"),
    ("sample_precision", "precision, averaged over images"),
    ("sample_recall", "recall, averaged over images"),
    ("micro_precision", "precision of all answers"),
    ("micro_recall", "recall of all truths"),
    ("micro_f1", "F1 of all answers and truths"),
    ("macro_precision", "precision, averaged over taxa"),
    ("macro_recall", "recall, averaged over taxa"),
    ("macro_f1", "F1, averaged over taxa"),
    ("jaccard", "Jaccard, averaged over images"),
    ("exact", "images whose sets agree"),
    ("hf", "hierarchical F1"),
    ("map", "mean average precision"),
];

/// The same of numbers that are no shares, with their decimals.
const NUMBERS: [(&str, &str); 6] = [
    ("height", "mean height of the best pairing"),
    ("size_error", "members too many"),
    ("size_error_absolute", "difference in members"),
    ("richness_error", "species too many at a site"),
    ("richness_error_absolute", "difference in species at a site"),
    ("bray_curtis", "Bray–Curtis dissimilarity at a site"),
];

/// The numbers of the whole: a metric in each row, a run in each column.
pub(super) fn whole(scored: &ScoredSets) -> Table {
    let mut table = Table::new(&[("metric", false)]);
    table.head.extend(scored.runs.iter().map(|run| run.name.clone()));
    table.numeric.resize(table.head.len(), true);
    let has = |name: &str| scored.runs.iter().any(|run| run.scores.within(name).0.is_some());
    for (name, shown) in SHARES.into_iter().filter(|(name, _)| has(name)) {
        let cells = scored.runs.iter().map(|run| percent_of(&run.scores, name));
        table.rows.push(std::iter::once(shown.to_string()).chain(cells).collect());
    }
    for (name, shown) in NUMBERS.into_iter().filter(|(name, _)| has(name)) {
        let cells = scored.runs.iter().map(|run| decimal_of(&run.scores, name, 2));
        table.rows.push(std::iter::once(shown.to_string()).chain(cells).collect());
    }
    table
}

/// One run, rank by rank.
pub(super) fn ranks(run: &RunSets) -> Table {
    let mut table = Table::new(&[
        ("rank", false),
        ("images", true),
        ("truths", true),
        ("answers", true),
        ("precision", true),
        ("recall", true),
        ("F1", true),
        ("F1 of all", true),
        ("F1 of taxa", true),
    ]);
    for row in &run.ranks {
        let SetRankScores { rank, averages } = row;
        table.push([
            rank.name().to_string(),
            count(averages.n),
            count(averages.truths),
            count(averages.answers),
            percent_of(row, "sample_precision"),
            percent_of(row, "sample_recall"),
            percent_of(row, "sample_f1"),
            percent_of(row, "micro_f1"),
            percent(averages.macro_f1),
        ]);
    }
    table
}

/// The thresholds of one run.
pub(super) fn thresholds(run: &RunSets) -> Table {
    let mut table = Table::new(&[
        ("tuned for", false),
        ("threshold", true),
        ("F1 where tuned", true),
        ("F1 where tried", true),
        ("precision where tried", true),
        ("recall where tried", true),
        ("F1 as given", true),
    ]);
    for tuned in run.tuned.iter().filter(|tuned| tuned.threshold.is_some()) {
        let aim = tuned.aim.target().map_or_else(|| "F1".to_string(), |share| format!("precision of {}", fixed(share, 2)));
        table.push([
            aim,
            tuned.threshold.map(|threshold| threshold.to_string()).unwrap_or_default(),
            percent(tuned.tuned_f1),
            percent(tuned.tried_f1),
            percent(tuned.tried_precision),
            percent(tuned.tried_recall),
            percent(tuned.given_f1),
        ]);
    }
    table
}

/// The sites of one run, those whose community is least like the true one first.
pub(super) fn sites(run: &RunSets) -> Table {
    let mut table = Table::new(&[
        ("site", false),
        ("images", true),
        ("species there", true),
        ("species found", true),
        ("of these there", true),
        ("Bray–Curtis", true),
    ]);
    let mut sites: Vec<_> = run.sites.iter().collect();
    sites.sort_by(|a, b| {
        b.bray_curtis.unwrap_or(-1.0).total_cmp(&a.bray_curtis.unwrap_or(-1.0)).then_with(|| a.site.cmp(&b.site))
    });
    for site in sites.into_iter().take(SITES) {
        table.push([
            site.site.clone(),
            count(site.images),
            count(site.richness),
            count(site.answered_richness),
            count(site.found),
            decimal(site.bray_curtis, 3),
        ]);
    }
    table
}

/// The species of one run that are wrong most often: missed, or answered where they are not.
pub(super) fn taxa(taxonomy: &Taxonomy, run: &RunSets) -> Table {
    let mut table = Table::new(&[("taxon", false), ("images", true), ("missed", true), ("wrongly answered", true), ("F1", true)]);
    let wrong = |row: &SetTaxonScores| row.n + row.answered - 2 * row.right;
    let finest = run.ranks.iter().map(|row| row.rank).max().unwrap_or(Rank::Species);
    let mut rows: Vec<&SetTaxonScores> = run.taxa.iter().filter(|row| row.rank == finest && wrong(row) > 0).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(wrong(row)), row.taxon));
    for row in rows.into_iter().take(TAXA) {
        table.push([
            taxon(taxonomy, row.taxon),
            count(row.n),
            count(row.n - row.right),
            count(row.answered - row.right),
            percent(row.f1),
        ]);
    }
    table
}
