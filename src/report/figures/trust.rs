//! How far a map can be trusted, in words.

use crate::spaces::latent::map::Map;
use crate::taxonomy::rank::Rank;

/// What a map is, and how far it can be trusted.
pub(super) fn caption(map: &Map, rank: Rank) -> String {
    let name = if map.kind == "pca" { "Principal components" } else { "t-SNE, which keeps neighbours" };
    format!(
        "{name}, coloured by {rank}. Trustworthiness {}, continuity {}, neighbours kept {} ({} nearest), distances kept (Spearman) {}.{}",
        number(map.trustworthiness),
        number(map.continuity),
        number(map.kept),
        map.k,
        number(map.shepard),
        if map.kind == "pca" { "" } else { " Distances between far clusters mean nothing here." }
    )
}

/// How far a map can be trusted, to be printed on it.
pub(super) fn qualities(map: &Map) -> [String; 4] {
    [
        format!("trustworthiness {}", number(map.trustworthiness)),
        format!("continuity {}", number(map.continuity)),
        format!("neighbours kept {}", number(map.kept)),
        format!("distances kept {}", number(map.shepard)),
    ]
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_string(), |value| format!("{value:.2}"))
}
