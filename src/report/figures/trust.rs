//! How far a map can be trusted, in words.

use crate::report::text::percent;
use crate::spaces::latent::Latent;
use crate::spaces::latent::map::Map;
use crate::taxonomy::rank::Rank;

/// A map as it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Plane<'a> {
    pub map: &'a Map,
    /// Shares of the variance that its axes hold; `None` where these are no principal components.
    shares: Option<[f64; 2]>,
}

impl<'a> Plane<'a> {
    /// Of one of the maps of a space.
    pub fn of(map: &'a Map, latent: &Latent) -> Plane<'a> {
        let shares = match (map.kind, &latent.health.explained[..]) {
            ("pca", [first, second, ..]) => Some([*first, *second]),
            _ => None,
        };
        Plane { map, shares }
    }

    /// What its axes are, the horizontal one first; `None` where they mean nothing by themselves.
    pub fn axes(&self) -> Option<[String; 2]> {
        let axis = |name: &str, share: f64| format!("{name} component, {} of the variance", percent(Some(share)));
        self.shares.map(|[first, second]| [axis("first", first), axis("second", second)])
    }
}

/// What a map is, for readers who cannot see it.
pub(super) fn name(map: &Map, rank: Rank) -> String {
    let name = if map.kind == "pca" { "Principal components" } else { "A map that keeps neighbours" };
    format!("{name}, coloured by {rank}")
}

/// What a map is, and how far it can be trusted.
pub(super) fn caption(plane: &Plane<'_>, rank: Rank) -> String {
    let map = plane.map;
    let name = if map.kind == "pca" { "Principal components" } else { "t-SNE, which keeps neighbours" };
    let shares = plane.shares.map_or_else(String::new, |[first, second]| {
        format!(" The axes hold {} and {} of the variance.", percent(Some(first)), percent(Some(second)))
    });
    format!(
        "{name}, coloured by {rank}.{shares} Trustworthiness {}, continuity {}, neighbours kept {} ({} nearest), distances kept \
         (Spearman) {}.{}",
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
