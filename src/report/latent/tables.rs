//! Tables of a space for its page.

use crate::report::document::Table;
use crate::report::text::{UNDEFINED, count, decimal, decimal_with_interval, percent, percent_with_interval, probability};
use crate::spaces::latent::Latent;
use crate::spaces::latent::among_all::AmongAll;

/// Mean distances by the rank at which pairs meet; `None` where no pair meets.
pub(super) fn staircase_table(latent: &Latent) -> Option<Table> {
    let mut table = Table::new(&[("Pairs meet at", false), ("pairs", true), ("in taxa", true), ("mean distance", true)]);
    for stair in &latent.staircase {
        let (low, high) = (stair.interval.map(|ends| ends.low), stair.interval.map(|ends| ends.high));
        table.push([
            stair.rank.clone(),
            count(stair.pairs),
            count(stair.taxa as u64),
            decimal_with_interval(Some(stair.distance), low, high, 3),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The tree against the space, by two distances.
pub(super) fn tree_table(latent: &Latent) -> Table {
    let mut table = Table::new(&[
        ("Means of taxa, distance", false),
        ("n", true),
        ("Mantel r", true),
        ("p", true),
        ("by ranks", true),
        ("p", true),
        ("triplets", true),
        ("of", true),
        ("cophenetic", true),
        ("clades", true),
        ("best match", true),
    ]);
    let labels = latent.modalities.as_ref().and_then(|modalities| modalities.labels.as_deref());
    let named = latent.tree.iter().map(|tree| (tree.distance.to_string(), tree));
    for (name, tree) in named.chain(labels.map(|tree| ("labels, cosine".to_string(), tree))) {
        table.push([
            name,
            count(tree.n as u64),
            decimal(tree.mantel.r, 3),
            probability(tree.mantel.p),
            decimal(tree.mantel.spearman, 3),
            probability(tree.mantel.spearman_p),
            percent(tree.triplets.agreement),
            count(tree.triplets.n),
            decimal(tree.cophenetic, 3),
            format!("{} of {}", tree.clades.recovered, tree.clades.clades),
            decimal(tree.clades.best_match, 3),
        ]);
    }
    table
}

/// Clades rank by rank; `None` where there are none.
pub(super) fn clades_table(latent: &Latent) -> Option<Table> {
    let mut table = Table::new(&[
        ("Clades of rank", false),
        ("n", true),
        ("exactly", true),
        ("by chance", true),
        ("p", true),
        ("best match", true),
        ("by chance", true),
        ("p", true),
    ]);
    let whole = latent.tree.iter().find(|tree| tree.distance == "cosine").map(|tree| ("all", tree.clades));
    let ranks = latent.ranks.iter().filter_map(|space| Some((space.rank.name(), space.clades?)));
    for (name, clades) in ranks.chain(whole).filter(|(_, clades)| clades.clades > 0) {
        table.push([
            name.to_string(),
            count(clades.clades as u64),
            count(clades.recovered as u64),
            decimal(clades.recovered_by_chance, 2),
            probability(clades.recovered_p),
            decimal(clades.best_match, 3),
            decimal(clades.best_match_by_chance, 3),
            probability(clades.best_match_p),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

pub(super) fn rank_table(latent: &Latent) -> Table {
    let mut columns: Vec<(String, bool)> = vec![("Rank".to_string(), false), ("n".to_string(), true), ("taxa".to_string(), true)];
    // The fewest and the most; latent_ranks.csv has all.
    let shown = |place: usize| place == 0 || place + 1 == latent.options.ks.len();
    let ks = latent.options.ks.iter().enumerate().filter(|(place, _)| shown(*place));
    columns.extend(ks.map(|(_, k)| (format!("agree @{k}"), true)));
    let others = ["chance", "n of 2 and more", "R-precision", "MAP@R", "silhouette", "R²", "z", "p within", "AMI"];
    columns.extend(others.map(|name| (name.to_string(), true)));
    let columns: Vec<(&str, bool)> = columns.iter().map(|(name, numeric)| (name.as_str(), *numeric)).collect();
    let mut table = Table::new(&columns);
    for space in &latent.ranks {
        let mut row = vec![space.rank.name().to_string(), count(space.n as u64), count(space.taxa as u64)];
        let agreements = space.agreement.iter().enumerate().filter(|(place, _)| shown(*place));
        row.extend(agreements.map(|(_, of)| percent_with_interval(of.agreement, of.agreement_low, of.agreement_high)));
        row.push(percent(space.agreement.first().and_then(|agreement| agreement.chance)));
        let ranking = space.ranking.as_ref();
        row.extend([
            ranking.map_or_else(|| UNDEFINED.to_string(), |of| count(of.n as u64)),
            ranking.map_or_else(
                || UNDEFINED.to_string(),
                |of| percent_with_interval(of.r_precision, of.r_precision_low, of.r_precision_high),
            ),
            ranking.map_or_else(
                || UNDEFINED.to_string(),
                |of| percent_with_interval(of.map_at_r, of.map_at_r_low, of.map_at_r_high),
            ),
            decimal_with_interval(space.silhouette_cosine, space.silhouette_cosine_low, space.silhouette_cosine_high, 3),
            decimal(space.variance.r2, 3),
            decimal(space.permanova.and_then(|test| test.z), 1),
            probability(space.permanova_within_parent.map(|test| test.p)),
            decimal(space.dendrogram_cut.or(space.k_means).map(|cut| cut.ami), 3),
        ]);
        table.rows.push(row);
    }
    table
}

/// Neighbours of a sample among all vectors.
pub(super) fn among_all_table(all: &AmongAll) -> Table {
    let ks = all.ranks.first().map_or(&[][..], |rank| &rank.agreement);
    // The fewest and the most, as in the table of the sample; latent.json has all.
    let shown = |place: usize| place == 0 || place + 1 == ks.len();
    let mut columns: Vec<(String, bool)> = vec![("Rank".to_string(), false), ("n".to_string(), true)];
    columns.extend(ks.iter().enumerate().filter(|(place, _)| shown(*place)).map(|(_, of)| (format!("agree @{}", of.k), true)));
    columns.push(("chance".to_string(), true));
    let columns: Vec<(&str, bool)> = columns.iter().map(|(name, numeric)| (name.as_str(), *numeric)).collect();
    let mut table = Table::new(&columns);
    for rank in &all.ranks {
        let last = rank.agreement.last();
        let mut row = vec![rank.rank.name().to_string(), count(last.map_or(0, |of| of.n as u64))];
        let agreements = rank.agreement.iter().enumerate().filter(|(place, _)| shown(*place));
        row.extend(agreements.map(|(_, of)| percent_with_interval(of.agreement, of.agreement_low, of.agreement_high)));
        row.push(percent(last.and_then(|of| of.chance)));
        table.rows.push(row);
    }
    table
}

pub(super) fn nested_table(latent: &Latent) -> Table {
    let mut table = Table::new(&[("Variance between", false), ("share", true), ("expected without structure", true)]);
    for share in &latent.nested {
        table.push([share.what.clone(), percent(share.share), percent(share.expected)]);
    }
    table
}

pub(super) fn health_table(latent: &Latent) -> Table {
    let health = &latent.health;
    let mut table = Table::new(&[("What", false), ("Value", true)]);
    let hubs = latent.hubness.last();
    let rows = [
        ("length of vectors, shortest", Some(health.norms[0])),
        ("length of vectors, mean", Some(health.norms[1])),
        ("length of vectors, longest", Some(health.norms[2])),
        ("participation ratio (directions that carry the variance)", health.participation_ratio),
        ("RankMe", health.rank_me),
        ("intrinsic dimension (two nearest neighbours)", health.two_nn_unbiased),
        ("uniformity (lower is more uniform)", health.uniformity),
        ("alignment of a species (lower is tighter)", latent.alignment),
        ("skewness of hubs", hubs.and_then(|hubs| hubs.skewness)),
        ("modality gap", latent.modalities.as_ref().map(|modalities| modalities.gap)),
    ];
    for (what, value) in rows {
        if value.is_some() {
            table.push([what.to_string(), decimal(value, 3)]);
        }
    }
    if let Some(hubs) = hubs {
        table.push([format!("images that are nobody's neighbour ({} nearest)", hubs.k), count(hubs.antihubs as u64)]);
    }
    table.push(["images equal to another one".to_string(), count(health.duplicates as u64)]);
    table
}
