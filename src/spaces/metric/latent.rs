//! Metrics of a whole space: `latent.json`, and `spaces.csv` where several stand side by side.

mod gromov;
mod tree;
mod pairs;
mod distances;
mod health;
mod taxa;
mod among_all;

use crate::scores::metric::{Block, Metric, Uncertainty, metrics_of};

pub use among_all::AMONG_ALL;
pub use distances::{NESTED, SIMILARITIES, STAIRCASE};
pub use health::{DIMENSION, DIMENSIONS, HEALTH, HUBNESS, INSIDE_SPAN, MAPS, RANK_ME, SPACE};
pub use pairs::PAIRS;
pub use taxa::{SUSPECTS, TAXA};
pub use tree::{CLADES, CLADES_LIFT, MANTEL, MANTEL_P, TREE, TRIPLETS};

/// How alike two spaces of the same points are.
pub const CKA_WITH_FIRST: Metric = Block::Latent
    .metric(
        "cka_with_first",
        "How alike a space is to the first of several, over the points of the same name; 1 the same but for rotation and scale.",
        "linear CKA: ⟨K, L⟩ / √(⟨K, K⟩ ⟨L, L⟩), K and L inner products of centred vectors",
    )
    .neither()
    .by("Kornblith 2019")
    .with(Uncertainty::Missing("none: of pairs of points, which are not independent"));

/// All of them.
#[must_use]
pub fn all() -> Vec<Metric> {
    [
        metrics_of(&STAIRCASE),
        metrics_of(&SIMILARITIES),
        metrics_of(&TREE),
        metrics_of(&PAIRS),
        metrics_of(&NESTED),
        metrics_of(&HEALTH),
        metrics_of(&DIMENSIONS),
        metrics_of(&SPACE),
        metrics_of(&INSIDE_SPAN),
        metrics_of(&HUBNESS),
        metrics_of(&AMONG_ALL),
        metrics_of(&TAXA),
        metrics_of(&SUSPECTS),
        metrics_of(&MAPS),
        vec![CKA_WITH_FIRST],
    ]
    .concat()
}
