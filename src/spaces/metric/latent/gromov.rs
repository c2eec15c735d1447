//! How far distances are from those on a tree.

use super::super::interval::ALL_POINTS;
use crate::scores::metric::{Block, Metric};

/// Over all quadruples.
pub(super) const fn delta(name: &'static str, sentence: &'static str) -> Metric {
    let formula = "max over four points of half the gap between the two largest sums of opposite pairs";
    metric(name, sentence, formula).by("Gromov 1987")
}

/// At one point.
pub(super) const fn at_first(name: &'static str, sentence: &'static str) -> Metric {
    let formula = "max of (G ∘ G) − G, G_ij = (d_iw + d_jw − d_ij) / 2, w the first";
    metric(name, sentence, formula).by("Gromov 1987; Fournier 2015")
}

/// Against the largest distance.
pub(super) const fn relative(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "2 δ / diameter").within("0 to 1").by("Gromov 1987")
}

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Latent.metric(name, sentence, formula).lower().within("0 or more, a distance").with(ALL_POINTS)
}
