//! One rank of the taxonomy in the space.

use super::agreement::{self, Agreement, Shares};
use super::anosim::{self, Anosim, PermutationTest, Shuffles};
use super::clades::CladeRecovery;
use super::dendrogram::{self, Dendrogram, Linkage};
use super::draws::{Draws, Estimate, Reasons, reasons};
use super::groups::{self, Groups, Variance};
use super::options::{LatentOptions, PAIRS};
use super::partition::{self, Partition};
use super::silhouette::Silhouette;
use super::tree_space::Centroids;
use super::whole_ranking::WholeRanking;
use super::{clusters, nearest_mean, nested, silhouette};
use crate::numbers::neighbours::{Index, Neighbour, Rows};
use crate::taxonomy::rank::Rank;
use serde::Serialize;

/// One rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankSpace {
    /// The rank.
    pub rank: Rank,
    /// Points that have a taxon of it.
    pub n: usize,
    /// Its taxa.
    pub taxa: usize,
    /// Silhouettes by cosine distance.
    pub silhouette_cosine: Option<f64>,
    /// Lower end of its 95 % interval.
    pub silhouette_cosine_low: Option<f64>,
    /// Upper end.
    pub silhouette_cosine_high: Option<f64>,
    /// The mean over taxa.
    pub silhouette_cosine_macro: Option<f64>,
    /// Lower end of its 95 % interval.
    pub silhouette_cosine_macro_low: Option<f64>,
    /// Upper end.
    pub silhouette_cosine_macro_high: Option<f64>,
    /// By Euclidean distance; `None` above some thousand points.
    pub silhouette_euclidean: Option<f64>,
    /// Lower end of its 95 % interval.
    pub silhouette_euclidean_low: Option<f64>,
    /// Upper end.
    pub silhouette_euclidean_high: Option<f64>,
    /// The mean over taxa.
    pub silhouette_euclidean_macro: Option<f64>,
    /// Lower end of its 95 % interval.
    pub silhouette_euclidean_macro_low: Option<f64>,
    /// Upper end.
    pub silhouette_euclidean_macro_high: Option<f64>,
    /// One per point, by Euclidean distance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silhouette_euclidean_points: Vec<f64>,
    /// By distances to centroids.
    pub silhouette_simplified: Option<f64>,
    /// Lower end of its 95 % interval.
    pub silhouette_simplified_low: Option<f64>,
    /// Upper end.
    pub silhouette_simplified_high: Option<f64>,
    /// Davies–Bouldin index.
    pub davies_bouldin: Option<f64>,
    /// Shares of variance; `f` is PERMANOVA's F and the Calinski–Harabasz index.
    pub variance: Variance,
    /// `tr(S_W⁻¹ S_B)`, where the scatter within can be inverted.
    pub trace_ratio: Option<f64>,
    /// Labels shuffled between all points: p of R².
    pub permanova: Option<PermutationTest>,
    /// Labels shuffled within the taxa of the rank above.
    pub permanova_within_parent: Option<PermutationTest>,
    /// ANOSIM over the points that have a taxon of the rank; `None` above some thousand points.
    pub anosim: Option<Anosim>,
    /// Neighbours of the same taxon, for each `k`.
    pub agreement: Vec<Agreement>,
    /// For every point of the space the share of its `k` nearest that are of its taxon, the largest `k`; `None` for a point
    /// without a taxon of the rank.
    #[serde(skip)]
    pub shares: Vec<Option<f64>>,
    /// The largest `k` under shuffled labels.
    pub agreement_test: Option<PermutationTest>,
    /// Share of points whose nearest class mean is their own's, themselves left out.
    pub nearest_mean: Option<f64>,
    /// Lower end of its 95 % interval.
    pub nearest_mean_low: Option<f64>,
    /// Upper end.
    pub nearest_mean_high: Option<f64>,
    /// R-precision and MAP@R; `None` above some thousand points.
    pub ranking: Option<WholeRanking>,
    /// The dendrogram of the points that have a taxon of the rank (average linkage, Euclidean) cut into as many clusters as
    /// taxa; `None` above some thousand points.
    pub dendrogram_cut: Option<Partition>,
    /// Purity of that dendrogram.
    pub dendrogram_purity: Option<f64>,
    /// k-means with as many clusters as taxa.
    pub k_means: Option<Partition>,
    /// Taxa of this rank as branches of the dendrogram of the finest rank's means (average linkage, cosine);
    /// `None` at the finest rank, or where no taxon holds two, but not all, of them.
    pub clades: Option<CladeRecovery>,
    /// Why a value has no interval.
    pub no_interval: Reasons,
}

/// Values of a rank that are of the whole space at once: what says how sure they are instead of an interval.
const WHOLE: [(&str, &str); 10] = [
    ("davies_bouldin", "it is of the worst pairs of taxa, which no draw of points keeps"),
    ("variance", "sums over all points at once; permanova says how sure R² is"),
    ("trace_ratio", "scatter of all points at once; permanova says how sure the taxa are apart"),
    ("permanova", "a test by permutation: p is its uncertainty"),
    ("anosim", "over pairs of points, which are not independent; permanova tests the same"),
    ("agreement_test", "a test by permutation: p is its uncertainty"),
    ("dendrogram_cut", "one tree of all points; points drawn twice would make another tree"),
    ("dendrogram_purity", "one tree of all points; points drawn twice would make another tree"),
    ("k_means", "one clustering of all points; points drawn twice would make another one"),
    ("clades", "one tree of all taxa; recovered_p and best_match_p are its uncertainty"),
];

/// Bounds of silhouettes.
const SILHOUETTE: Option<(f64, f64)> = Some((-1.0, 1.0));

/// What all ranks share.
pub(super) struct Given<'a> {
    /// Rows by cosine.
    pub cosine: &'a Index<'a>,
    /// Rows by Euclidean distance.
    pub euclidean: &'a Index<'a>,
    pub neighbours: &'a [Vec<Neighbour>],
    pub dendrogram: Option<&'a Dendrogram>,
    pub distances: Option<&'a [f64]>,
    pub centroids: Option<&'a Centroids>,
    /// Which points have a taxon at all.
    pub known: &'a [bool],
    /// How points are drawn for intervals.
    pub draws: &'a Draws,
    pub options: &'a LatentOptions,
}

/// The points that have a taxon of a rank.
struct RankPoints<'a> {
    groups: &'a Groups,
    /// The group of each point of the space.
    group_of: Vec<Option<usize>>,
    given: &'a Given<'a>,
}

/// Means over points or taxa of a rank, with their intervals.
struct Estimates {
    cosine: Estimate,
    cosine_macro: Estimate,
    euclidean: Estimate,
    euclidean_macro: Estimate,
    simplified: Estimate,
    nearest_mean: Estimate,
}

impl Estimates {
    /// Why a value of the rank has no interval.
    fn no_interval(&self) -> Reasons {
        let mut no_interval = reasons(&WHOLE);
        for (name, estimate) in [
            ("silhouette_cosine", &self.cosine),
            ("silhouette_cosine_macro", &self.cosine_macro),
            ("silhouette_euclidean", &self.euclidean),
            ("silhouette_euclidean_macro", &self.euclidean_macro),
            ("silhouette_simplified", &self.simplified),
            ("nearest_mean", &self.nearest_mean),
        ] {
            estimate.explain(name, &mut no_interval);
        }
        no_interval
    }
}

/// What the distances of all pairs of points say.
struct Pairs {
    anosim: Option<Anosim>,
    dendrogram_cut: Option<Partition>,
    dendrogram_purity: Option<f64>,
}

impl RankPoints<'_> {
    /// A mean over points from values of those of the rank.
    fn mean(&self, values: &[f64], range: Option<(f64, f64)>) -> Estimate {
        let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        self.given.draws.mean(&self.groups.spread(&values, self.group_of.len()), range)
    }

    /// Silhouettes over points and over taxa.
    fn silhouettes(&self, silhouette: Option<&Silhouette>) -> [Estimate; 2] {
        let defined = silhouette.filter(|silhouette| silhouette.mean.is_some());
        let points = defined.map(|silhouette| &silhouette.points[..]).unwrap_or_default();
        let by_taxon: Vec<Option<f64>> = defined.iter().flat_map(|silhouette| &silhouette.by_group).copied().map(Some).collect();
        [self.mean(points, SILHOUETTE), self.given.draws.macro_mean(&by_taxon, SILHOUETTE)]
    }

    fn estimates(&self, cosine: &Silhouette, euclidean: Option<&Silhouette>) -> Estimates {
        let [cosine, cosine_macro] = self.silhouettes(Some(cosine));
        let [euclidean, euclidean_macro] = self.silhouettes(euclidean);
        let simplified = self.mean(&silhouette::simplified(self.given.euclidean, self.groups), SILHOUETTE);
        let right = nearest_mean::leave_one_out(self.given.cosine, self.groups);
        let right: Vec<Option<f64>> = right.into_iter().map(|right| Some(f64::from(u8::from(right)))).collect();
        let nearest_mean = self.given.draws.share(&self.groups.spread(&right, self.group_of.len()));
        Estimates { cosine, cosine_macro, euclidean, euclidean_macro, simplified, nearest_mean }
    }

    fn pairs(&self) -> Pairs {
        let (groups, given, n) = (self.groups, self.given, self.group_of.len());
        // Points without a taxon of the rank are in no pair.
        let whole = groups.len() == n;
        let some = given.distances.filter(|_| !whole).map(|distances| dendrogram::among(n, distances, &groups.points));
        let tree = some.as_ref().map(|distances| Dendrogram::of(groups.len(), distances, Linkage::Average));
        let (distances, tree) = (some.as_deref().or(given.distances), tree.as_ref().or(given.dendrogram));
        Pairs {
            anosim: distances.and_then(|distances| anosim::anosim(groups.len(), distances, &groups.of)),
            dendrogram_cut: tree.map(|tree| partition::partition(&groups.of, &tree.cut(groups.taxa.len()))),
            dendrogram_purity: tree.and_then(|tree| tree.purity(&groups.of)),
        }
    }

    /// k-means with as many clusters as taxa, against these.
    fn k_means(&self) -> Option<Partition> {
        let (groups, rows) = (self.groups, self.given.cosine.rows());
        (groups.len() <= 20_000 && groups.taxa.len() <= 1_000).then(|| {
            let values: Vec<f64> = groups.points.iter().flat_map(|&point| rows.row(point).iter().copied()).collect();
            let rows = Rows { values: &values, width: rows.width };
            let found = clusters::seeded(rows, groups.taxa.len(), self.given.options.seed);
            partition::partition(&groups.of, &found.of)
        })
    }

    fn agreement(&self) -> Vec<Agreement> {
        let of = |&k: &usize| agreement::agreement(self.groups, &self.group_of, self.given.neighbours, k, self.given.draws);
        self.given.options.ks.iter().map(of).collect()
    }

    fn ranking(&self) -> WholeRanking {
        WholeRanking::of(self.groups, &self.group_of, self.given.known, self.given.neighbours, self.given.draws)
    }
}

/// Measures one rank.
pub(super) fn rank_space(
    rank: Rank,
    groups: &Groups,
    parent: Option<&Groups>,
    cosine: &Silhouette,
    given: &Given<'_>,
) -> RankSpace {
    let (rows, neighbours) = (given.cosine.rows(), given.neighbours);
    let n = rows.len();
    let points = RankPoints { groups, group_of: groups.of_rows(n), given };
    let euclidean = given.distances.map(|distances| silhouette::of_distances(n, distances, groups));
    let of = points.estimates(cosine, euclidean.as_ref());
    let pairs = points.pairs();
    let kmax = given.options.ks.iter().copied().max().unwrap_or(10);
    let shuffles = Shuffles { count: given.options.permutations, seed: given.options.seed };
    RankSpace {
        rank,
        shares: groups.spread(&Shares::of(groups, &points.group_of, neighbours, kmax).of, n),
        n: groups.len(),
        taxa: groups.taxa.len(),
        silhouette_cosine: of.cosine.value,
        silhouette_cosine_low: of.cosine.low(),
        silhouette_cosine_high: of.cosine.high(),
        silhouette_cosine_macro: of.cosine_macro.value,
        silhouette_cosine_macro_low: of.cosine_macro.low(),
        silhouette_cosine_macro_high: of.cosine_macro.high(),
        silhouette_euclidean: of.euclidean.value,
        silhouette_euclidean_low: of.euclidean.low(),
        silhouette_euclidean_high: of.euclidean.high(),
        silhouette_euclidean_macro: of.euclidean_macro.value,
        silhouette_euclidean_macro_low: of.euclidean_macro.low(),
        silhouette_euclidean_macro_high: of.euclidean_macro.high(),
        silhouette_euclidean_points: euclidean.map(|of| of.points).filter(|points| points.len() <= 200).unwrap_or_default(),
        silhouette_simplified: of.simplified.value,
        silhouette_simplified_low: of.simplified.low(),
        silhouette_simplified_high: of.simplified.high(),
        davies_bouldin: silhouette::davies_bouldin(rows, groups),
        variance: groups::variance(rows, groups),
        trace_ratio: nested::trace_ratio(rows, groups),
        permanova: anosim::permanova(rows, groups, None, shuffles),
        permanova_within_parent: parent.and_then(|parent| anosim::permanova(rows, groups, Some(parent), shuffles)),
        anosim: pairs.anosim,
        agreement_test: anosim::agreement_test(groups, &points.group_of, neighbours, kmax, shuffles),
        agreement: points.agreement(),
        nearest_mean: of.nearest_mean.value,
        nearest_mean_low: of.nearest_mean.low(),
        nearest_mean_high: of.nearest_mean.high(),
        ranking: (n <= PAIRS).then(|| points.ranking()),
        dendrogram_cut: pairs.dendrogram_cut,
        dendrogram_purity: pairs.dendrogram_purity,
        k_means: points.k_means(),
        clades: given.centroids.and_then(|centroids| centroids.clades_at(rank)),
        no_interval: of.no_interval(),
    }
}
