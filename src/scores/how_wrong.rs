//! How far off the answers are: heights, edges, and the shares of lineages that are right.

mod intervals;

use super::best_of::{self, BestOf};
use super::confusions::Pairs;
use super::distance::{Distance, Distances};
use super::judged_run::JudgedRun;
use super::options::ScoreOptions;
use super::similarity::{self, Counted, Measures, Similarity, first_wrong};
use super::tree::Tree;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::{Interval, Sum, share, to_f64};
use crate::taxonomy::information::{Information, InformationFrom};
use crate::taxonomy::rank::Rank;
use serde::{Serialize, Serializer};

/// How wrong a run is; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct HowWrong {
    pub n: u64,
    pub mistakes: u64,
    pub stopped_above: u64,
    pub between_rungs: u64,
    pub between_rungs_edges: Option<f64>,
    pub mean_height: Option<f64>,
    pub severity: Option<f64>,
    pub mean_edges: Option<f64>,
    /// `right`, then mistakes by rung of the LCA, species to root; `None` in a tree without ranks.
    pub lca_histogram: Option<Histogram>,
    /// Images by height of the error, from 0.
    pub height_histogram: Histogram,
    pub hp: Option<f64>,
    pub hr: Option<f64>,
    pub hf: Option<f64>,
    pub hp_mean: Option<f64>,
    pub hr_mean: Option<f64>,
    pub hf_mean: Option<f64>,
    pub similarity: Similarity,
    /// Mistakes by the first main rank of the truth that is wrong; `None` in a tree without ranks.
    pub first_wrong: Option<Histogram>,
    /// By length of the list of answers; empty where one answer per image is listed.
    pub best_of: Vec<BestOf>,
    /// What the probability of a taxon, and so its information, is taken from.
    pub information: InformationFrom,
    /// Unit of the heights.
    pub height_unit: HeightUnit,
    /// The tree of edges and lineages.
    pub tree: Tree,
    /// Whether every truth and every answer is a species with all seven ranks and nothing between
    /// them: hp, hr and hf (pooled and averaged) are then all 1 − `mean_height` / 7, and
    /// `mean_edges` is 2 `mean_height`.
    pub full_lineages: bool,
    /// Depth in the tree that all truths and answers share; hp, hr and hf are then one number, pooled
    /// and averaged, 1 − `mean_edges` / (2 depth). `None` where depths differ.
    pub same_depth: Option<u32>,
    /// Mistakes that stop above the truth, by rung of the LCA, species to root.
    pub stopped_by_rung: [u64; 8],
    /// Intervals of the shares of images that each row of `lca_histogram` counts; in a tree without ranks, of
    /// `height_histogram`.
    pub histogram_intervals: Vec<Option<Interval>>,
    /// The intervals of the means, or why they have none.
    pub intervals: MetricIntervals,
}

/// What heights are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeightUnit {
    /// Rungs of the ladder species 0 to root 7.
    Rungs,
    /// Edges of a tree without ranks.
    Edges,
}

/// Named counts in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram(pub Vec<(String, u64)>);

impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}

/// Names of the rungs, species to root.
#[must_use]
pub fn rung_names() -> [&'static str; 8] {
    std::array::from_fn(|rung| if rung == 7 { Rank::Root.name() } else { Rank::MAIN[6 - rung].name() })
}

#[derive(Default, Clone)]
struct Totals {
    n: u64,
    right: u64,
    heights: Vec<u64>,
    wrong_by_rung: [u64; 8],
    stopped_by_rung: [u64; 8],
    between_rungs: u64,
    between_rungs_edges: u64,
    truth_depths: u64,
    predicted_depths: u64,
    lca_depths: u64,
    precision: Sum,
    recall: Sum,
    f1: Sum,
    not_full: u64,
    /// Least and greatest depth of truths and answers.
    depth_range: Option<(u32, u32)>,
}

impl Totals {
    fn add(&mut self, image: &Distance, count: u64) {
        self.n += count;
        self.right += count * u64::from(image.right);
        let height = image.height as usize;
        if self.heights.len() <= height {
            self.heights.resize(height + 1, 0);
        }
        self.heights[height] += count;
        let rung = usize::from(image.rung);
        self.wrong_by_rung[rung] += count * u64::from(!image.right);
        self.stopped_by_rung[rung] += count * u64::from(image.stopped_above);
        if image.is_between_rungs() {
            self.between_rungs += count;
            self.between_rungs_edges += count * u64::from(image.climb);
        }
        let (truth, predicted) = (image.truth_depth, image.predicted_depth);
        self.truth_depths += count * u64::from(truth);
        self.predicted_depths += count * u64::from(predicted);
        self.lca_depths += count * u64::from(image.lca_depth);
        let shares = [(&mut self.precision, image.precision()), (&mut self.recall, image.recall()), (&mut self.f1, image.f1())];
        for (sum, value) in shares {
            if let Some(value) = value {
                sum.add_times(value, count);
            }
        }
        self.not_full += count * u64::from(!image.full);
        self.widen((truth.min(predicted), truth.max(predicted)));
    }

    fn widen(&mut self, (least, greatest): (u32, u32)) {
        let range = self.depth_range.get_or_insert((least, greatest));
        *range = (range.0.min(least), range.1.max(greatest));
    }
}

impl HowWrong {
    pub(super) fn of(
        run: &JudgedRun<'_>,
        pairs: &Pairs,
        tree: Tree,
        information: &Information,
        options: &ScoreOptions<'_>,
    ) -> Self {
        let measure = Distances::of_run(run, tree);
        let counted = similarity::counted(pairs);
        let distance = |pair: &Counted| match &pair.outcome {
            Some(outcome) => measure.placed(outcome),
            None => measure.unplaced(pair.answer),
        };
        let distances: Vec<Distance> = counted.iter().map(distance).collect();
        let mut totals = Totals::default();
        counted.iter().zip(&distances).for_each(|(pair, distance)| totals.add(distance, pair.count));
        let measures = Measures::new(run.taxonomy, measure.depths(), information, run.met);
        let values = measures.all(&counted);
        let how = Self {
            similarity: Similarity::of(&counted, &values),
            first_wrong: run.taxonomy.has_ranks().then(|| {
                let counts = first_wrong(run.taxonomy, &counted);
                Histogram(counts.into_iter().map(|(rank, count)| (rank.name().to_string(), count)).collect())
            }),
            best_of: best_of::rows(run, measure.depths()),
            information: options.information,
            ..Self::from_totals(&totals, tree, run.taxonomy.has_ranks())
        };
        let images = pairs.grouped(run);
        // Heights in a tree without ranks have no top.
        let ladder = run.taxonomy.has_ranks().then_some((0.0, 7.0));
        let intervals = intervals::of(ladder, &images, &distances, &values, &run.sample);
        let histogram_intervals = if how.lca_histogram.is_some() {
            intervals::of_rungs(&images, &distances)
        } else {
            intervals::of_heights(&images, &distances, how.height_histogram.0.len())
        };
        Self { histogram_intervals, intervals, ..how }
    }

    fn from_totals(totals: &Totals, tree: Tree, has_ranks: bool) -> Self {
        let mistakes = totals.n - totals.right;
        let heights: u64 = (0_u64..).zip(&totals.heights).map(|(height, count)| height * count).sum();
        let edges = totals.truth_depths + totals.predicted_depths - 2 * totals.lca_depths;
        let by_rung = rung_names().into_iter().zip(totals.wrong_by_rung);
        let mut histogram = vec![("right".to_string(), totals.right)];
        histogram.extend(by_rung.map(|(name, count)| (name.to_string(), count)));
        let mean = |sum: u64, count: u64| (count > 0).then(|| to_f64(sum) / to_f64(count));
        Self {
            n: totals.n,
            mistakes,
            stopped_above: totals.stopped_by_rung.iter().sum(),
            between_rungs: totals.between_rungs,
            between_rungs_edges: mean(totals.between_rungs_edges, totals.between_rungs),
            mean_height: mean(heights, totals.n),
            severity: mean(heights, mistakes),
            mean_edges: mean(edges, totals.n),
            lca_histogram: has_ranks.then_some(Histogram(histogram)),
            height_histogram: Histogram(
                totals.heights.iter().enumerate().map(|(height, &count)| (height.to_string(), count)).collect(),
            ),
            hp: share(totals.lca_depths, totals.predicted_depths),
            hr: share(totals.lca_depths, totals.truth_depths),
            hf: share(2 * totals.lca_depths, totals.truth_depths + totals.predicted_depths),
            hp_mean: totals.precision.mean(),
            hr_mean: totals.recall.mean(),
            hf_mean: totals.f1.mean(),
            similarity: Similarity::default(),
            first_wrong: None,
            best_of: vec![],
            information: InformationFrom::default(),
            height_unit: if has_ranks { HeightUnit::Rungs } else { HeightUnit::Edges },
            tree,
            full_lineages: totals.n > 0 && totals.not_full == 0,
            same_depth: totals.depth_range.filter(|(least, greatest)| least == greatest && *least > 0).map(|(depth, _)| depth),
            stopped_by_rung: totals.stopped_by_rung,
            histogram_intervals: vec![],
            intervals: MetricIntervals::default(),
        }
    }
}
