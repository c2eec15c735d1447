//! Tables of a space for other programs.

use crate::report::csv::{Column, cells, csv_of, heads, number};
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::{Latent, RankSpace};

/// Columns of `latent_ranks.csv` before those of agreement among `k` neighbours.
const BEFORE_AGREEMENT: [Column<RankSpace>; 25] = [
    ("rank", |space| space.rank.name().to_string()),
    ("n", |space| space.n.to_string()),
    ("taxa", |space| space.taxa.to_string()),
    ("chance", |space| number(space.agreement.first().and_then(|agreement| agreement.chance))),
    ("silhouette_cosine", |space| number(space.silhouette_cosine)),
    ("silhouette_cosine_macro", |space| number(space.silhouette_cosine_macro)),
    ("silhouette_euclidean", |space| number(space.silhouette_euclidean)),
    ("davies_bouldin", |space| number(space.davies_bouldin)),
    ("r2", |space| number(space.variance.r2)),
    ("f", |space| number(space.variance.f)),
    ("permanova_z", |space| number(space.permanova.and_then(|test| test.z))),
    ("permanova_p", |space| number(space.permanova.map(|test| test.p))),
    ("within_parent_p", |space| number(space.permanova_within_parent.map(|test| test.p))),
    ("anosim_r", |space| number(space.anosim.map(|anosim| anosim.r))),
    ("ami_dendrogram", |space| number(space.dendrogram_cut.map(|cut| cut.ami))),
    ("ari_dendrogram", |space| number(space.dendrogram_cut.map(|cut| cut.ari))),
    ("ami_k_means", |space| number(space.k_means.map(|cut| cut.ami))),
    ("ari_k_means", |space| number(space.k_means.map(|cut| cut.ari))),
    ("dendrogram_purity", |space| number(space.dendrogram_purity)),
    ("clades", |space| whole_number(space.clades.map(|clades| clades.clades))),
    ("clades_recovered", |space| whole_number(space.clades.map(|clades| clades.recovered))),
    ("clades_recovered_by_chance", |space| number(space.clades.and_then(|clades| clades.recovered_by_chance))),
    ("clades_best_match", |space| number(space.clades.and_then(|clades| clades.best_match))),
    ("clades_best_match_by_chance", |space| number(space.clades.and_then(|clades| clades.best_match_by_chance))),
    ("clades_best_match_p", |space| number(space.clades.and_then(|clades| clades.best_match_p))),
];

/// Columns behind those: intervals, and the rankings of the points whose taxon has another one.
const BEHIND_AGREEMENT: [Column<RankSpace>; 9] = [
    ("silhouette_cosine_low", |space| number(space.silhouette_cosine_low)),
    ("silhouette_cosine_high", |space| number(space.silhouette_cosine_high)),
    ("ranking_n", |space| whole_number(space.ranking.as_ref().map(|ranking| ranking.n))),
    ("r_precision", |space| number(space.ranking.as_ref().and_then(|ranking| ranking.r_precision))),
    ("r_precision_low", |space| number(space.ranking.as_ref().and_then(|ranking| ranking.r_precision_low))),
    ("r_precision_high", |space| number(space.ranking.as_ref().and_then(|ranking| ranking.r_precision_high))),
    ("map_at_r", |space| number(space.ranking.as_ref().and_then(|ranking| ranking.map_at_r))),
    ("map_at_r_low", |space| number(space.ranking.as_ref().and_then(|ranking| ranking.map_at_r_low))),
    ("map_at_r_high", |space| number(space.ranking.as_ref().and_then(|ranking| ranking.map_at_r_high))),
];

pub(super) fn ranks_csv(latent: &Latent) -> std::io::Result<String> {
    let ks = &latent.options.ks;
    let agreement = ks.iter().map(|k| format!("agreement_{k}")).collect();
    let ends = ks.iter().flat_map(|k| ["low", "high"].map(|end| format!("agreement_{k}_{end}"))).collect();
    let header: Vec<String> = [heads(&BEFORE_AGREEMENT), agreement, ends, heads(&BEHIND_AGREEMENT)].concat();
    let row = |space: &RankSpace| {
        let agreement = space.agreement.iter().map(|of| number(of.agreement)).collect();
        let ends = space.agreement.iter().flat_map(|of| [of.agreement_low, of.agreement_high]).map(number).collect();
        [cells(&BEFORE_AGREEMENT, space), agreement, ends, cells(&BEHIND_AGREEMENT, space)].concat()
    };
    csv_of(&header, latent.ranks.iter().map(row))
}

fn whole_number(value: Option<usize>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

pub(super) fn taxa_csv(latent: &Latent) -> std::io::Result<String> {
    csv_of(
        &["taxon", "name", "n", "tightness", "silhouette", "nearest", "meet", "meet_rank"],
        latent.taxa.iter().map(|row| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                row.taxon.clone(),
                row.name.clone(),
                row.n.to_string(),
                row.tightness.to_string(),
                row.silhouette.to_string(),
                text(&row.nearest),
                text(&row.meet),
                text(&row.meet_rank),
            ]
        }),
    )
}

pub(super) fn map_csv(embeddings: &Embeddings, latent: &Latent) -> std::io::Result<String> {
    let mut header = vec!["name".to_string(), "taxon".to_string()];
    header.extend(latent.maps.iter().flat_map(|map| [format!("{}_x", map.kind), format!("{}_y", map.kind)]));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    csv_of(
        &header,
        (0..embeddings.len()).map(|row| {
            let taxon = embeddings.taxa[row].map(|taxon| embeddings.taxonomy.identity(taxon)).unwrap_or_default();
            let mut cells = vec![embeddings.names[row].clone(), taxon];
            cells.extend(latent.maps.iter().flat_map(|map| map.points[row].map(|value| value.to_string())));
            cells
        }),
    )
}
