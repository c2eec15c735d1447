//! How far off the answers are: heights, edges, and the shares of lineages that are right.

use super::best_of::{self, BestOf};
use super::confusions::Pairs;
use super::depths::Depths;
use super::similarity::{self, Measures, Similarity, first_wrong};
use super::{Run, ScoreOptions, Tree};
use crate::information::{Information, InformationFrom};
use crate::outcome::{Judgement, Outcome};
use crate::rank::Rank;
use crate::statistics::{Sum, share, to_f64};
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use serde::{Serialize, Serializer};

/// How wrong a run is; `None` where undefined.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct HowWrong {
    pub n: u64,
    pub mistakes: u64,
    pub stopped_above: u64,
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
    #[serde(flatten)]
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
    #[serde(skip)]
    pub same_depth: Option<u32>,
    /// Mistakes that stop above the truth, by rung of the LCA, species to root.
    #[serde(skip)]
    pub stopped_by_rung: [u64; 8],
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

/// One image, measured.
struct Measure {
    truth_depth: u32,
    predicted_depth: u32,
    lca_depth: u32,
    height: u32,
    rung: u8,
    right: bool,
    stopped_above: bool,
    full: bool,
}

#[derive(Default, Clone)]
struct Tally {
    n: u64,
    right: u64,
    heights: Vec<u64>,
    wrong_by_rung: [u64; 8],
    stopped_by_rung: [u64; 8],
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

impl Tally {
    fn add(&mut self, measure: &Measure) {
        self.n += 1;
        self.right += u64::from(measure.right);
        let height = measure.height as usize;
        if self.heights.len() <= height {
            self.heights.resize(height + 1, 0);
        }
        self.heights[height] += 1;
        let rung = usize::from(measure.rung);
        self.wrong_by_rung[rung] += u64::from(!measure.right);
        self.stopped_by_rung[rung] += u64::from(measure.stopped_above);
        let (truth, predicted, lca) = (measure.truth_depth, measure.predicted_depth, measure.lca_depth);
        self.truth_depths += u64::from(truth);
        self.predicted_depths += u64::from(predicted);
        self.lca_depths += u64::from(lca);
        for (sum, part, whole) in
            [(&mut self.precision, lca, predicted), (&mut self.recall, lca, truth), (&mut self.f1, 2 * lca, truth + predicted)]
        {
            if whole > 0 {
                sum.add(f64::from(part) / f64::from(whole));
            }
        }
        self.not_full += u64::from(!measure.full);
        self.widen((truth.min(predicted), truth.max(predicted)));
    }

    fn merge(mut self, other: &Self) -> Self {
        self.n += other.n;
        self.right += other.right;
        self.heights.resize(self.heights.len().max(other.heights.len()), 0);
        self.heights.iter_mut().zip(&other.heights).for_each(|(mine, theirs)| *mine += theirs);
        for rung in 0..8 {
            self.wrong_by_rung[rung] += other.wrong_by_rung[rung];
            self.stopped_by_rung[rung] += other.stopped_by_rung[rung];
        }
        self.truth_depths += other.truth_depths;
        self.predicted_depths += other.predicted_depths;
        self.lca_depths += other.lca_depths;
        self.precision.merge(other.precision);
        self.recall.merge(other.recall);
        self.f1.merge(other.f1);
        self.not_full += other.not_full;
        if let Some(range) = other.depth_range {
            self.widen(range);
        }
        self
    }

    fn widen(&mut self, (least, greatest): (u32, u32)) {
        let range = self.depth_range.get_or_insert((least, greatest));
        *range = (range.0.min(least), range.1.max(greatest));
    }
}

fn measure(taxonomy: &Taxonomy, depths: &Depths, judgement: Judgement) -> Option<Measure> {
    match judgement {
        Judgement::Scored(outcome) => Some(placed(taxonomy, depths, &outcome)),
        Judgement::Unplaced(answer) => Some(Measure {
            truth_depth: depths.unplaced(),
            predicted_depth: depths.of(answer),
            lca_depth: 0,
            height: depths.unplaced(),
            rung: 7,
            right: false,
            stopped_above: false,
            full: false,
        }),
        _ => None,
    }
}

fn placed(taxonomy: &Taxonomy, depths: &Depths, outcome: &Outcome) -> Measure {
    let full = |taxon: TaxonId| {
        taxonomy.rank(taxon) == Rank::Species
            && depths.of(taxon) == 7
            && (0..7).all(|index| taxonomy.main_ancestor(taxon, index).is_some())
    };
    Measure {
        truth_depth: depths.of(outcome.truth),
        predicted_depth: depths.of(outcome.predicted),
        lca_depth: depths.of(outcome.lca),
        height: outcome.height(taxonomy),
        rung: taxonomy.rung(outcome.lca),
        right: outcome.is_right(),
        stopped_above: outcome.stops_above(),
        full: full(outcome.truth) && full(outcome.predicted),
    }
}

impl HowWrong {
    pub(super) fn of(run: &Run<'_>, pairs: &Pairs, tree: Tree, information: &Information, options: &ScoreOptions<'_>) -> Self {
        let depths = Depths::new(run.taxonomy, tree, run.met);
        let add = |mut tally: Tally, judgement: &Judgement| {
            if let Some(measure) = measure(run.taxonomy, &depths, *judgement) {
                tally.add(&measure);
            }
            tally
        };
        let judgements = run.judgements.par_iter().with_min_len(16_384);
        let tally = judgements.fold(Tally::default, add).reduce(Tally::default, |a, b| a.merge(&b));
        let counted = similarity::counted(pairs);
        Self {
            similarity: Measures::new(run.taxonomy, &depths, information, run.met).means(&counted),
            first_wrong: run.taxonomy.has_ranks().then(|| {
                let counts = first_wrong(run.taxonomy, &counted);
                Histogram(counts.into_iter().map(|(rank, count)| (rank.name().to_string(), count)).collect())
            }),
            best_of: best_of::rows(run, &depths),
            information: options.information,
            ..Self::from_tally(&tally, tree, run.taxonomy.has_ranks())
        }
    }

    fn from_tally(tally: &Tally, tree: Tree, has_ranks: bool) -> Self {
        let mistakes = tally.n - tally.right;
        let heights: u64 = (0_u64..).zip(&tally.heights).map(|(height, count)| height * count).sum();
        let edges = tally.truth_depths + tally.predicted_depths - 2 * tally.lca_depths;
        let by_rung = rung_names().into_iter().zip(tally.wrong_by_rung);
        let mut histogram = vec![("right".to_string(), tally.right)];
        histogram.extend(by_rung.map(|(name, count)| (name.to_string(), count)));
        let mean = |sum: u64, count: u64| (count > 0).then(|| to_f64(sum) / to_f64(count));
        Self {
            n: tally.n,
            mistakes,
            stopped_above: tally.stopped_by_rung.iter().sum(),
            mean_height: mean(heights, tally.n),
            severity: mean(heights, mistakes),
            mean_edges: mean(edges, tally.n),
            lca_histogram: has_ranks.then_some(Histogram(histogram)),
            height_histogram: Histogram(
                tally.heights.iter().enumerate().map(|(height, &count)| (height.to_string(), count)).collect(),
            ),
            hp: share(tally.lca_depths, tally.predicted_depths),
            hr: share(tally.lca_depths, tally.truth_depths),
            hf: share(2 * tally.lca_depths, tally.truth_depths + tally.predicted_depths),
            hp_mean: tally.precision.mean(),
            hr_mean: tally.recall.mean(),
            hf_mean: tally.f1.mean(),
            similarity: Similarity::default(),
            first_wrong: None,
            best_of: vec![],
            information: InformationFrom::default(),
            height_unit: if has_ranks { HeightUnit::Rungs } else { HeightUnit::Edges },
            tree,
            full_lineages: tally.n > 0 && tally.not_full == 0,
            same_depth: tally.depth_range.filter(|(least, greatest)| least == greatest && *least > 0).map(|(depth, _)| depth),
            stopped_by_rung: tally.stopped_by_rung,
        }
    }
}
