//! Tables of a space for other programs.

use crate::embeddings::Embeddings;
use crate::latent::Latent;
use crate::report::csv::{csv_of, number};

/// Columns of intervals, and of the rankings of the points whose taxon has another one.
const INTERVALS: [&str; 9] = [
    "silhouette_cosine_low",
    "silhouette_cosine_high",
    "ranking_n",
    "r_precision",
    "r_precision_low",
    "r_precision_high",
    "map_at_r",
    "map_at_r_low",
    "map_at_r_high",
];

pub(super) fn ranks_csv(latent: &Latent) -> std::io::Result<String> {
    let mut header: Vec<String> = [
        "rank",
        "n",
        "taxa",
        "chance",
        "silhouette_cosine",
        "silhouette_cosine_macro",
        "silhouette_euclidean",
        "davies_bouldin",
        "r2",
        "f",
        "permanova_z",
        "permanova_p",
        "within_parent_p",
        "anosim_r",
        "ami_dendrogram",
        "ari_dendrogram",
        "ami_k_means",
        "ari_k_means",
        "dendrogram_purity",
        "clades",
        "clades_recovered",
        "clades_recovered_by_chance",
        "clades_best_match",
        "clades_best_match_by_chance",
        "clades_best_match_p",
    ]
    .map(str::to_string)
    .to_vec();
    header.extend(latent.options.ks.iter().map(|k| format!("agreement_{k}")));
    for k in &latent.options.ks {
        header.extend(["low", "high"].map(|end| format!("agreement_{k}_{end}")));
    }
    header.extend(INTERVALS.map(str::to_string));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    csv_of(
        &header,
        latent.ranks.iter().map(|space| {
            let mut row = vec![space.rank.name().to_string(), space.n.to_string(), space.taxa.to_string()];
            row.extend(
                [
                    space.agreement.first().and_then(|agreement| agreement.chance),
                    space.silhouette_cosine,
                    space.silhouette_cosine_macro,
                    space.silhouette_euclidean,
                    space.davies_bouldin,
                    space.variance.r2,
                    space.variance.f,
                    space.permanova.and_then(|test| test.z),
                    space.permanova.map(|test| test.p),
                    space.permanova_within_parent.map(|test| test.p),
                    space.anosim.map(|anosim| anosim.r),
                    space.dendrogram_cut.map(|cut| cut.ami),
                    space.dendrogram_cut.map(|cut| cut.ari),
                    space.k_means.map(|cut| cut.ami),
                    space.k_means.map(|cut| cut.ari),
                    space.dendrogram_purity,
                ]
                .map(number),
            );
            let clades = space.clades;
            row.extend([clades.map(|clades| clades.clades), clades.map(|clades| clades.recovered)].map(whole_number));
            row.extend(
                [
                    clades.and_then(|clades| clades.recovered_by_chance),
                    clades.and_then(|clades| clades.best_match),
                    clades.and_then(|clades| clades.best_match_by_chance),
                    clades.and_then(|clades| clades.best_match_p),
                ]
                .map(number),
            );
            row.extend(space.agreement.iter().map(|agreement| number(agreement.agreement)));
            row.extend(space.agreement.iter().flat_map(|of| [of.agreement_low, of.agreement_high]).map(number));
            row.extend([space.silhouette_cosine_low, space.silhouette_cosine_high].map(number));
            let ranking = space.ranking.as_ref();
            row.push(whole_number(ranking.map(|ranking| ranking.n)));
            let values = ranking.map(|of| {
                [[of.r_precision, of.r_precision_low, of.r_precision_high], [of.map_at_r, of.map_at_r_low, of.map_at_r_high]]
            });
            row.extend(values.unwrap_or_default().concat().into_iter().map(number));
            row
        }),
    )
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
