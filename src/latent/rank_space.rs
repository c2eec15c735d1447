//! One rank of the taxonomy in the space.

use super::agreement::{self, Agreement, Shares};
use super::anosim::{self, Anosim, PermutationTest};
use super::clades::CladeRecovery;
use super::dendrogram::{self, Dendrogram, Linkage};
use super::draws::{Draws, Estimate, Reasons, reasons};
use super::groups::{self, Groups, Variance};
use super::partition::{self, Partition};
use super::silhouette::Silhouette;
use super::whole_ranking::WholeRanking;
use super::{Centroids, LatentOptions, PAIRS, clusters, nearest_mean, nested, silhouette};
use crate::neighbours::{Index, Neighbour, Rows};
use crate::rank::Rank;
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

/// Measures one rank.
pub(super) fn rank_space(
    rank: Rank,
    groups: &Groups,
    parent: Option<&Groups>,
    cosine: &Silhouette,
    given: &Given<'_>,
) -> RankSpace {
    let (rows, options) = (given.cosine.rows(), given.options);
    let n = rows.len();
    let group_of = groups.of_rows(n);
    let euclidean = given.distances.map(|distances| silhouette::of_distances(n, distances, groups));
    let agreement: Vec<Agreement> =
        options.ks.iter().map(|&k| agreement::agreement(groups, &group_of, given.neighbours, k, given.draws)).collect();
    // Points without a taxon of the rank are in no pair.
    let whole = groups.len() == n;
    let some = given.distances.filter(|_| !whole).map(|distances| dendrogram::among(n, distances, &groups.points));
    let tree = some.as_ref().map(|distances| Dendrogram::of(groups.len(), distances, Linkage::Average));
    let (distances, tree) = (some.as_deref().or(given.distances), tree.as_ref().or(given.dendrogram));
    let cut = tree.map(|tree| partition::partition(&groups.of, &tree.cut(groups.taxa.len())));
    let clustered = (groups.len() <= 20_000 && groups.taxa.len() <= 1_000).then(|| {
        let values: Vec<f64> = groups.points.iter().flat_map(|&point| rows.row(point).iter().copied()).collect();
        let found = clusters::seeded(Rows { values: &values, width: rows.width }, groups.taxa.len(), options.seed);
        partition::partition(&groups.of, &found.of)
    });
    let kmax = options.ks.iter().copied().max().unwrap_or(10);
    let shares = groups.spread(&Shares::of(groups, &group_of, given.neighbours, kmax).of, n);
    let mean = |values: Vec<f64>, range: Option<(f64, f64)>| -> Estimate {
        let values: Vec<Option<f64>> = values.into_iter().map(Some).collect();
        given.draws.mean(&groups.spread(&values, n), range)
    };
    let of_silhouette = |silhouette: Option<&Silhouette>| -> [Estimate; 2] {
        let defined = silhouette.filter(|silhouette| silhouette.mean.is_some());
        let points = defined.map(|silhouette| silhouette.points.clone()).unwrap_or_default();
        let by_taxon: Vec<Option<f64>> = defined.iter().flat_map(|silhouette| &silhouette.by_group).copied().map(Some).collect();
        [mean(points, SILHOUETTE), given.draws.macro_mean(&by_taxon, SILHOUETTE)]
    };
    let [of_cosine, of_cosine_macro] = of_silhouette(Some(cosine));
    let [of_euclidean, of_euclidean_macro] = of_silhouette(euclidean.as_ref());
    let simplified = mean(silhouette::simplified(given.euclidean, groups), SILHOUETTE);
    let right = nearest_mean::leave_one_out(given.cosine, groups);
    let right: Vec<Option<f64>> = right.into_iter().map(|right| Some(f64::from(u8::from(right)))).collect();
    let nearest_mean = given.draws.share(&groups.spread(&right, n));
    let mut no_interval = reasons(&WHOLE);
    for (name, estimate) in [
        ("silhouette_cosine", &of_cosine),
        ("silhouette_cosine_macro", &of_cosine_macro),
        ("silhouette_euclidean", &of_euclidean),
        ("silhouette_euclidean_macro", &of_euclidean_macro),
        ("silhouette_simplified", &simplified),
        ("nearest_mean", &nearest_mean),
    ] {
        estimate.explain(name, &mut no_interval);
    }
    RankSpace {
        rank,
        shares,
        n: groups.len(),
        taxa: groups.taxa.len(),
        silhouette_cosine: of_cosine.value,
        silhouette_cosine_low: of_cosine.low(),
        silhouette_cosine_high: of_cosine.high(),
        silhouette_cosine_macro: of_cosine_macro.value,
        silhouette_cosine_macro_low: of_cosine_macro.low(),
        silhouette_cosine_macro_high: of_cosine_macro.high(),
        silhouette_euclidean: of_euclidean.value,
        silhouette_euclidean_low: of_euclidean.low(),
        silhouette_euclidean_high: of_euclidean.high(),
        silhouette_euclidean_macro: of_euclidean_macro.value,
        silhouette_euclidean_macro_low: of_euclidean_macro.low(),
        silhouette_euclidean_macro_high: of_euclidean_macro.high(),
        silhouette_euclidean_points: euclidean
            .map(|silhouette| silhouette.points)
            .filter(|points| points.len() <= 200)
            .unwrap_or_default(),
        silhouette_simplified: simplified.value,
        silhouette_simplified_low: simplified.low(),
        silhouette_simplified_high: simplified.high(),
        davies_bouldin: silhouette::davies_bouldin(rows, groups),
        variance: groups::variance(rows, groups),
        trace_ratio: nested::trace_ratio(rows, groups),
        permanova: anosim::permanova(rows, groups, None, options.permutations, options.seed),
        permanova_within_parent: parent
            .and_then(|parent| anosim::permanova(rows, groups, Some(parent), options.permutations, options.seed)),
        anosim: distances.and_then(|distances| anosim::anosim(groups.len(), distances, &groups.of)),
        agreement_test: anosim::agreement_test(groups, &group_of, given.neighbours, kmax, options.permutations, options.seed),
        agreement,
        nearest_mean: nearest_mean.value,
        nearest_mean_low: nearest_mean.low(),
        nearest_mean_high: nearest_mean.high(),
        ranking: (n <= PAIRS).then(|| WholeRanking::of(groups, &group_of, given.known, given.neighbours, given.draws)),
        dendrogram_cut: cut,
        dendrogram_purity: tree.and_then(|tree| tree.purity(&groups.of)),
        k_means: clustered,
        clades: given.centroids.and_then(|centroids| centroids.clades_at(rank)),
        no_interval,
    }
}
