//! The mix of classes in the second set, estimated from its answers alone, beside what it is where that is known.

use super::counted_answers::{CountedAnswers, MOST, rank};
use super::drawn_mixes::{DrawnMix, Probabilities, intervals};
use super::options::ShiftOptions;
use super::set::JudgedSet;
use crate::numbers::interval::{MetricIntervals, NoInterval};
use crate::numbers::label_shift::{Confusion, ROUNDS, by_probabilities, total_variation};
use crate::numbers::statistics::{Interval, to_f64};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The mix of classes in the second set.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::shift, under its own name")]
pub struct LabelShift {
    /// The rank of the classes.
    pub rank: Rank,
    /// How many there are: those that are true somewhere in the first set.
    pub classes: usize,
    pub images_first: u64,
    pub images_second: u64,
    pub condition_number: Option<f64>,
    pub moved: Option<f64>,
    pub error_answers: Option<f64>,
    pub error_bbse: Option<f64>,
    pub error_em: Option<f64>,
    pub outside: Option<f64>,
    pub accuracy_first: Option<f64>,
    pub accuracy_bbse: Option<f64>,
    pub accuracy_em: Option<f64>,
    pub accuracy_second: Option<f64>,
    /// Class by class.
    pub mix: Vec<ClassMix>,
    /// Whether shares of BBSE had to be held at 0.
    pub held_at_zero: bool,
    /// Why there is no estimate by answers, where there is none.
    pub no_bbse: Option<String>,
    /// Why there is none by whole distributions.
    pub no_em: Option<String>,
    /// The intervals of its values.
    pub intervals: MetricIntervals,
}

/// One class in both mixes.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::shift, under its own name")]
pub struct ClassMix {
    /// The class.
    pub taxon: TaxonId,
    pub true_first: Option<f64>,
    pub true_second: Option<f64>,
    pub answered: Option<f64>,
    pub bbse: Option<f64>,
    pub em: Option<f64>,
    /// The intervals of the estimates.
    pub intervals: MetricIntervals,
}

impl LabelShift {
    /// Estimates the mix, or says why there is nothing to estimate.
    pub(super) fn of(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], options: &ShiftOptions) -> Result<Self, String> {
        if !taxonomy.has_ranks() {
            return Err("the tree has no ranks, and the mix is one of the taxa of a rank".to_string());
        }
        let rank = rank(taxonomy, sets, options.rank);
        let counted = CountedAnswers::of(taxonomy, sets, rank).ok_or_else(|| format!("'{rank}' is no main rank"))?;
        if counted.first.is_empty() {
            return Err(format!("no image of {} has a true {rank}", sets[0].set.name));
        }
        if counted.second.is_empty() {
            return Err(format!("{} has no answers", sets[1].set.name));
        }
        if counted.classes.len() > MOST {
            let known = counted.classes.len();
            return Err(format!(
                "{known} taxa are true at the {rank}, and a mix is estimated of up to {MOST}: --rank takes a coarser one"
            ));
        }
        Ok(Self::estimated(taxonomy, sets, &counted, options))
    }

    fn estimated(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], counted: &CountedAnswers, options: &ShiftOptions) -> Self {
        let mut confusion = Confusion::new(counted.classes.len());
        counted.first.iter().for_each(|(_, answered, truth)| confusion.add(*answered, *truth));
        let (of_first, answered) = (counted.mix_of_first(), counted.answered());
        let condition_number = confusion.condition();
        let solved = condition_number.and_then(|_| confusion.mix(&answered, None));
        let probabilities = probabilities(taxonomy, sets, counted);
        let em = probabilities.as_ref().ok().and_then(|rows| {
            let rounds = (MOST_WORK / rows.rows.len().max(1)).clamp(FEWEST_ROUNDS, ROUNDS);
            by_probabilities(&of_first, &rows.rows, None, (&of_first, rounds))
        });
        let for_draws = probabilities.as_ref().ok().zip(em.as_deref());
        let drawn = intervals(counted, for_draws, (options.draws, options.seed));
        let bbse = solved.as_ref().map(|mix| &mix.shares[..]);
        let truths = counted.truths.as_deref();
        let all = truths.map(|truths| truths.iter().sum::<u64>());
        let of_second: Option<Vec<f64>> = truths.map(super::counted_answers::shares);
        let outside = of_second.as_ref().and_then(|shares| shares.last().copied());
        let inside = of_second.as_deref().and_then(|shares| shares.split_last()).map(|(_, inside)| inside);
        let error = |mix: Option<&[f64]>, elsewhere: f64| Some(total_variation(mix?, inside?, (elsewhere - outside?).abs()));
        let mut shift = Self {
            rank: counted.rank,
            classes: counted.classes.len(),
            images_first: counted.first.len() as u64,
            images_second: counted.second.len() as u64,
            condition_number,
            moved: error(Some(&of_first), 0.0),
            error_answers: answered.split_last().and_then(|(elsewhere, of_classes)| error(Some(of_classes), *elsewhere)),
            error_bbse: error(bbse, 0.0),
            error_em: error(em.as_deref(), 0.0),
            outside,
            accuracy_first: Some(confusion.accuracy(&of_first, None)),
            accuracy_bbse: bbse.map(|shares| confusion.accuracy(shares, None)),
            accuracy_em: em.as_deref().map(|shares| confusion.accuracy(shares, None)),
            accuracy_second: all.map(|all| to_f64(counted.right) / to_f64(all)),
            mix: vec![],
            held_at_zero: solved.as_ref().is_some_and(|mix| mix.held_at_zero),
            no_bbse: bbse.is_none().then(|| SINGULAR.to_string()),
            no_em: probabilities.err().or_else(|| em.is_none().then(|| NO_MASS.to_string())),
            intervals: MetricIntervals::default(),
        };
        let estimates = [bbse, em.as_deref()];
        shift.add_intervals(sets, &drawn);
        shift.mix = (0..counted.classes.len())
            .map(|class| class_mix(counted, class, (&of_first, inside, &answered), estimates, &drawn))
            .collect();
        shift
    }

    fn add_intervals(&mut self, sets: &[JudgedSet<'_>; 2], drawn: &[DrawnMix; 2]) {
        let noun = sets[0].sample.noun;
        let values = [("accuracy_bbse", self.accuracy_bbse), ("accuracy_em", self.accuracy_em)];
        for ((name, value), drawn) in values.into_iter().zip(drawn) {
            self.intervals.add_for(name, value, drawn.accuracy.ok_or(LOST), noun);
        }
        let distances = [
            ("moved", self.moved),
            ("error_answers", self.error_answers),
            ("error_bbse", self.error_bbse),
            ("error_em", self.error_em),
        ];
        for (name, value) in distances {
            self.intervals.add_for(name, value, Err(DISTANCE), noun);
        }
    }
}

fn class_mix(
    counted: &CountedAnswers,
    class: usize,
    (of_first, of_second, answered): (&[f64], Option<&[f64]>, &[f64]),
    estimates: [Option<&[f64]>; 2],
    drawn: &[DrawnMix; 2],
) -> ClassMix {
    let at = |shares: Option<&[f64]>| shares.and_then(|shares| shares.get(class).copied());
    let [bbse, em] = estimates.map(at);
    let mut intervals = MetricIntervals::default();
    for ((name, value), drawn) in [("bbse", bbse), ("em", em)].into_iter().zip(drawn) {
        let found: Option<Interval> = drawn.shares.get(class).copied().flatten();
        intervals.add_for(name, value, found.ok_or(LOST), "images");
    }
    ClassMix {
        taxon: counted.classes[class],
        true_first: at(Some(of_first)),
        true_second: at(of_second),
        answered: at(Some(answered)),
        bbse,
        em,
        intervals,
    }
}

/// Probabilities that are looked at, round by round: of very many there are fewer rounds.
const MOST_WORK: usize = 10_000_000_000;
const FEWEST_ROUNDS: usize = 200;
const SINGULAR: &str = "the confusion matrix of the first set is singular: some classes are answered alike, and their shares cannot \
                        be told apart; --rank takes a coarser rank";
const NO_MASS: &str = "no image gives any of the classes a probability";
const DISTANCE: NoInterval = NoInterval::NoMean("a distance between mixes that are drawn is never 0");
const LOST: NoInterval = NoInterval::NoMean("more than one draw in 20 has a singular confusion matrix");

/// Whole distributions of the second set over the classes; why there are none.
fn probabilities(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], counted: &CountedAnswers) -> Result<Probabilities, String> {
    let set = &sets[1];
    let distribution = set.set.distribution.map_err(ToString::to_string)?;
    let index = counted.rank.main_index().ok_or_else(|| NO_MASS.to_string())?;
    let class_of = |taxon: &TaxonId| {
        let at = taxonomy.main_ancestor(*taxon, index)?;
        counted.classes.binary_search(&at).ok()
    };
    let of_candidate: Vec<Option<usize>> = distribution.candidates().iter().map(class_of).collect();
    let places: Vec<usize> = counted.second.iter().filter_map(|(image, ..)| set.set.places.get(*image).copied()).collect();
    let classes = counted.classes.len();
    let sums = distribution.map(&places, |_, probabilities| {
        let mut sums = vec![0.0; classes];
        for (class, probability) in of_candidate.iter().zip(probabilities) {
            if let Some(class) = class {
                sums[*class] += probability;
            }
        }
        sums
    });
    let mut found = Probabilities { clusters: vec![], rows: vec![] };
    for ((_, cluster, _), sums) in counted.second.iter().zip(sums) {
        let Some(sums) = sums else { continue };
        let sum: f64 = sums.iter().sum();
        if sum > 0.0 {
            found.clusters.push(*cluster);
            found.rows.extend(sums.iter().map(|of_class| of_class / sum));
        }
    }
    if found.clusters.is_empty() { Err(NO_MASS.to_string()) } else { Ok(found) }
}
