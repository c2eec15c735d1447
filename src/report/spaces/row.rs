//! One space among several: its row in `spaces.csv` and `spaces.json`.

use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::Interval;
use crate::scores::metric::{self, Measure, Uncertainty, Value};
use crate::spaces::latent::{Latent, TreeSpace};
use crate::spaces::metric::latent::{CKA_WITH_FIRST, CLADES, CLADES_LIFT, DIMENSION, MANTEL, MANTEL_P, RANK_ME, TRIPLETS};
use crate::spaces::metric::latent_ranks::{AGREEMENT, CHANCE, R2, SILHOUETTE_COSINE};
use crate::taxonomy::rank::Rank;
use serde::Serialize;

/// The row of a space.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub space: String,
    /// Vectors.
    pub n: usize,
    /// Their length.
    pub width: usize,
    /// Per rank: neighbours agreeing at the largest `k`, silhouette by cosine, R².
    pub ranks: Vec<RankRow>,
    /// Mantel's r of the means of taxa, by cosine distance.
    pub mantel: Option<f64>,
    /// Its p.
    pub mantel_p: Option<f64>,
    /// Share of triplets of means that agree; chance is 1/3.
    pub triplets: Option<f64>,
    /// Share of clades recovered.
    pub clades: Option<f64>,
    /// How far the best matches of clades are from chance to 1.
    pub clades_lift: Option<f64>,
    /// RankMe.
    pub rank_me: Option<f64>,
    /// Intrinsic dimension by the two nearest neighbours.
    pub dimension: Option<f64>,
    /// Linear CKA with the first space over the points of the same name, 0 to 1; `None` for fewer than three.
    pub cka_with_first: Option<f64>,
}

/// One rank of a space.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankRow {
    /// The rank.
    pub rank: Rank,
    /// Points that have a neighbour of the rank.
    pub n: usize,
    /// Share of the largest `k` nearest that are of the same taxon.
    pub agreement: Option<f64>,
    /// Lower end of its 95 % interval.
    pub agreement_low: Option<f64>,
    /// Upper end.
    pub agreement_high: Option<f64>,
    /// What chance would give.
    pub chance: Option<f64>,
    /// Mean silhouette by cosine.
    pub silhouette: Option<f64>,
    /// PERMANOVA's R².
    pub r2: Option<f64>,
}

impl Row {
    /// Of a space, and how alike it is to the first.
    pub(super) fn of(name: &str, latent: &Latent, cka_with_first: Option<f64>) -> Row {
        let tree: Option<&TreeSpace> = latent.tree.iter().find(|tree| tree.distance == "cosine");
        let of_tree = |measure: Measure<TreeSpace>| tree.and_then(|tree| measure.number(tree));
        Row {
            space: name.to_string(),
            n: latent.n,
            width: latent.width,
            ranks: latent
                .ranks
                .iter()
                .map(|rank| RankRow {
                    rank: rank.rank,
                    n: rank.agreement.last().map_or(0, |agreement| agreement.n),
                    agreement: rank.agreement.last().and_then(|agreement| agreement.agreement),
                    agreement_low: rank.agreement.last().and_then(|agreement| agreement.agreement_low),
                    agreement_high: rank.agreement.last().and_then(|agreement| agreement.agreement_high),
                    chance: rank.agreement.last().and_then(|agreement| agreement.chance),
                    silhouette: SILHOUETTE_COSINE.number(rank),
                    r2: R2.number(rank),
                })
                .collect(),
            mantel: of_tree(MANTEL),
            mantel_p: of_tree(MANTEL_P),
            triplets: of_tree(TRIPLETS),
            clades: of_tree(CLADES),
            clades_lift: of_tree(CLADES_LIFT),
            rank_me: RANK_ME.number(&latent.health),
            dimension: DIMENSION.number(&latent.health),
            cka_with_first,
        }
    }
}

/// What is said of one rank of a space: metrics of [`crate::spaces::metric::latent_ranks`], agreement at the largest `k`.
pub(super) const OF_RANK: [Measure<RankRow>; 4] = [
    Measure {
        metric: AGREEMENT.metric.called("agreement"),
        value: |row| {
            let ends = row.agreement_low.zip(row.agreement_high);
            Value::Within(row.agreement, ends.map(|(low, high)| Interval { low, high }))
        },
    },
    Measure { metric: CHANCE.metric, value: |row| Value::Number(row.chance) },
    Measure {
        // The interval stands in the folder of the space.
        metric: SILHOUETTE_COSINE.metric.with(Uncertainty::Missing("each space's latent.json has it")),
        value: |row| Value::Number(row.silhouette),
    },
    Measure { metric: R2.metric, value: |row| Value::Number(row.r2) },
];

/// What is said of a space as a whole: metrics of [`crate::spaces::metric::latent`], the tree by cosine distance.
pub(super) const OF_WHOLE: [Measure<Row>; 8] = [
    Measure { metric: MANTEL.metric, value: |row| Value::Number(row.mantel) },
    Measure { metric: MANTEL_P.metric, value: |row| Value::Number(row.mantel_p) },
    Measure { metric: TRIPLETS.metric, value: |row| Value::Number(row.triplets) },
    Measure { metric: CLADES.metric, value: |row| Value::Number(row.clades) },
    Measure { metric: CLADES_LIFT.metric, value: |row| Value::Number(row.clades_lift) },
    Measure { metric: RANK_ME.metric, value: |row| Value::Number(row.rank_me) },
    Measure { metric: DIMENSION.metric, value: |row| Value::Number(row.dimension) },
    Measure { metric: CKA_WITH_FIRST, value: |row| Value::Number(row.cka_with_first) },
];

impl metric::Row for RankRow {
    fn measures() -> &'static [Measure<Self>] {
        &OF_RANK
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl metric::Row for Row {
    fn measures() -> &'static [Measure<Self>] {
        &OF_WHOLE
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
