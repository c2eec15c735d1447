//! Neighbours of a sample among all vectors that it was drawn of.

use super::agreement::Nearest;
use super::draws::Reasons;
use super::options::LatentOptions;
use super::weighted::Weighted;
use crate::numbers::neighbours::{Blockwise, Index, Neighbour, Rows, Similarity};
use crate::numbers::statistics::to_f64;
use crate::spaces::embeddings::{Embeddings, EmbeddingsError, Population, Sample};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Vectors that are read and compared at once.
const BLOCK: usize = 8_192;
/// The search is measured over so many blocks, or for so long.
const MEASURED: (usize, Duration) = (4, Duration::from_secs(2));
/// It is said how far it is once in so long.
const TOLD: Duration = Duration::from_mins(1);

/// Neighbours of sampled points among all vectors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AmongAll {
    /// Sampled points that were asked.
    pub n: usize,
    /// Vectors that they were asked among.
    pub of: usize,
    /// Rank by rank, from the top.
    pub ranks: Vec<RankAmongAll>,
}

/// One rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankAmongAll {
    /// The rank.
    pub rank: Rank,
    /// For each number of neighbours.
    pub agreement: Vec<AgreementAmongAll>,
}

/// How often the `k` nearest of all vectors are of a vector's own taxon, as estimated from a sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementAmongAll {
    /// Neighbours looked at.
    pub k: usize,
    /// Sampled points that have a neighbour of the rank.
    pub n: usize,
    /// Those with fewer than `k` neighbours of the rank among those looked at.
    pub short: usize,
    /// Those whose `k`-th neighbour is as near as the next one: which of them counts is said by the order of the rows.
    pub tied: usize,
    /// Mean over all vectors of the share of neighbours of their taxon, 0 to 1, as estimated.
    pub agreement: Option<f64>,
    /// Lower end of its 95 % interval, which the drawing of the sample makes.
    pub agreement_low: Option<f64>,
    /// Upper end.
    pub agreement_high: Option<f64>,
    /// What drawing neighbours at random from all vectors would give.
    pub chance: Option<f64>,
    /// `(agreement − chance) / (1 − chance)`.
    pub lift: Option<f64>,
    /// Lower end of its 95 % interval: that of the agreement, chance being as it is.
    pub lift_low: Option<f64>,
    /// Upper end.
    pub lift_high: Option<f64>,
    /// Why a value has no interval.
    pub no_interval: Reasons,
}

/// What came of a search among all vectors.
#[derive(Debug, Clone, PartialEq)]
pub enum Searched {
    /// The numbers.
    Found(AmongAll),
    /// It would have taken longer than it may.
    TooLong,
}

/// A sample, and the vectors that it was drawn of.
pub struct Asked<'a> {
    /// The sample.
    pub points: &'a Embeddings,
    /// All vectors.
    pub population: &'a mut Population,
    /// How it was drawn.
    pub sample: &'a Sample,
    /// Ranks that are looked at, from the top.
    pub ranks: &'a [Rank],
    /// How a space is looked at: numbers of neighbours, and whether those of an observation are neighbours.
    pub options: &'a LatentOptions,
}

/// Looks for the neighbours of sampled points among all vectors by cosine, exactly, if that takes no longer than it may by the
/// rate of its first blocks.
///
/// `remark` hears how long it will take, and once in a minute how far it is. What is held is a block of vectors, the sample,
/// and the neighbours of each of its points; 4 bytes of every vector, and 8 more where observations matter.
///
/// # Errors
///
/// [`EmbeddingsError`]: vectors that cannot be read.
pub fn among_all(asked: &mut Asked<'_>, most: Duration, remark: &dyn Fn(&str)) -> Result<Searched, EmbeddingsError> {
    if most.is_zero() || u32::try_from(asked.population.len()).is_err() {
        return Ok(Searched::TooLong);
    }
    let Some(neighbours) = neighbours(asked, most, remark)? else { return Ok(Searched::TooLong) };
    let points = Points::of(asked, &neighbours);
    let of_rank = |&rank: &Rank| RankAmongAll { rank, agreement: points.agreement(rank, asked.options) };
    let ranks = asked.ranks.iter().map(of_rank).collect();
    Ok(Searched::Found(AmongAll { n: asked.points.len(), of: asked.population.len(), ranks }))
}

/// The nearest of every point among all vectors, by their numbers; `None` if it would take too long.
fn neighbours(
    asked: &mut Asked<'_>,
    most: Duration,
    remark: &dyn Fn(&str),
) -> Result<Option<Vec<Vec<Neighbour>>>, EmbeddingsError> {
    let points = asked.points;
    let (own, all) = (asked.population.drawn().to_vec(), asked.population.len());
    let observed = if asked.options.across_observations { Some(Observed::of(points, asked.population)?) } else { None };
    let queries = Index::of(points.rows(), Similarity::Cosine);
    let mut search = Blockwise::of(&queries, depth(asked));
    let allowed = |query: usize, vector: usize| {
        own[query] != vector && observed.as_ref().is_none_or(|observed| !observed.is_together(query, vector))
    };
    let width = points.width;
    let mut clock = Clock::of(all, most);
    asked.population.each_block(BLOCK, &mut |vectors, values| {
        search.add(vectors.start, Rows { values, width }, &allowed);
        Ok(clock.goes_on(vectors.end, remark))
    })?;
    Ok((!clock.is_over).then(|| search.finish()))
}

/// As many neighbours as are counted and one more, to see whether it is as near as the last; four times as many where some
/// vectors lack a rank, for these are no neighbours at it.
fn depth(asked: &Asked<'_>) -> usize {
    let longest = asked.options.ks.iter().copied().max().unwrap_or(10);
    let taxonomy = &asked.points.taxonomy;
    let has_all = |taxon: Option<TaxonId>| {
        asked.ranks.iter().all(|&rank| taxon.is_some_and(|taxon| taxonomy.ancestor_at(taxon, rank).is_some()))
    };
    if asked.population.strata().iter().all(|stratum| has_all(stratum.taxon)) { longest + 1 } else { 4 * longest }
}

/// What was photographed together with sampled points.
struct Observed {
    of_points: Vec<Option<u32>>,
    of_all: Vec<Option<u32>>,
}

impl Observed {
    fn of(points: &Embeddings, population: &Population) -> Result<Observed, EmbeddingsError> {
        let mut places: HashMap<&str, u32> = HashMap::new();
        for name in points.observations.iter().filter(|name| !name.is_empty()) {
            let next = u32::try_from(places.len()).unwrap_or(u32::MAX);
            places.entry(name).or_insert(next);
        }
        let of_points = points.observations.iter().map(|name| places.get(name.as_str()).copied()).collect();
        Ok(Observed { of_points, of_all: population.observed(&places)? })
    }

    fn is_together(&self, point: usize, vector: usize) -> bool {
        self.of_points[point].is_some() && self.of_points[point] == self.of_all[vector]
    }
}

/// How long a search takes.
struct Clock {
    all: usize,
    most: Duration,
    begun: Instant,
    told: Instant,
    blocks: usize,
    is_measured: bool,
    is_over: bool,
}

impl Clock {
    fn of(all: usize, most: Duration) -> Clock {
        let now = Instant::now();
        Clock { all, most, begun: now, told: now, blocks: 0, is_measured: false, is_over: false }
    }

    /// Whether the search may go on; so many vectors have been looked at.
    fn goes_on(&mut self, done: usize, remark: &dyn Fn(&str)) -> bool {
        self.blocks += 1;
        let passed = self.begun.elapsed();
        let whole = passed.as_secs_f64() * to_f64(self.all as u64) / to_f64(done.max(1) as u64);
        if !self.is_measured && (self.blocks >= MEASURED.0 || passed >= MEASURED.1) {
            self.is_measured = true;
            self.is_over = done < self.all && whole > self.most.as_secs_f64();
            let verb = if self.is_over { "would take" } else { "takes" };
            remark(&format!("the search for neighbours among all {} vectors {verb} {}", self.all, about(whole)));
        } else if self.told.elapsed() >= TOLD && done < self.all {
            self.told = Instant::now();
            remark(&format!("{done} of {} vectors looked at; {} left", self.all, about(whole - passed.as_secs_f64())));
        }
        !self.is_over
    }
}

/// A length of time in words.
fn about(seconds: f64) -> String {
    match seconds {
        short if short < 90.0 => format!("about {:.0} seconds", short.ceil()),
        minutes if minutes < 5_400.0 => format!("about {:.0} minutes", minutes / 60.0),
        hours => format!("about {:.1} hours", hours / 3_600.0),
    }
}

/// Sampled points with their neighbours.
struct Points<'a> {
    taxonomy: &'a Taxonomy,
    population: &'a Population,
    /// The stratum of each.
    of: Vec<u32>,
    sample: &'a Sample,
    neighbours: &'a [Vec<Neighbour>],
}

impl Points<'_> {
    fn of<'a>(asked: &'a Asked<'_>, neighbours: &'a [Vec<Neighbour>]) -> Points<'a> {
        let population = &*asked.population;
        let of = population.drawn().iter().map(|&vector| population.stratum_of()[vector]).collect();
        Points { taxonomy: &asked.points.taxonomy, population, of, sample: asked.sample, neighbours }
    }

    /// The agreement at a rank, for each number of neighbours.
    fn agreement(&self, rank: Rank, options: &LatentOptions) -> Vec<AgreementAmongAll> {
        let strata = self.population.strata();
        let groups: Vec<Option<TaxonId>> =
            strata.iter().map(|stratum| stratum.taxon.and_then(|taxon| self.taxonomy.ancestor_at(taxon, rank))).collect();
        let chance = self.chance(&groups);
        options.ks.iter().map(|&k| self.of_nearest(k, &groups, chance)).collect()
    }

    /// Of the `k` nearest, by the groups of the strata.
    fn of_nearest(&self, k: usize, groups: &[Option<TaxonId>], chance: Option<f64>) -> AgreementAmongAll {
        let stratum_of = self.population.stratum_of();
        let group = |vector: u32| groups[stratum_of[vector as usize] as usize];
        let of_point = |(stratum, near): (&u32, &Vec<Neighbour>)| -> Option<Nearest> {
            let own = groups[*stratum as usize]?;
            Some(Nearest::of(near.iter().filter_map(|&(other, near)| Some((group(other)? == own, near))), k))
        };
        let nearest: Vec<Option<Nearest>> = self.of.par_iter().zip(self.neighbours).map(of_point).collect();
        let shares: Vec<Option<f64>> = nearest.iter().map(|nearest| nearest.and_then(Nearest::share)).collect();
        let weighted = Weighted { design: self.sample.design, strata: self.population.strata(), of: &self.of };
        let agreement = weighted.mean(&shares);
        let interval = weighted.interval(&shares, (0.0, 1.0));
        let lift = |value: Option<f64>| {
            value.zip(chance).and_then(|(value, chance)| (chance < 1.0).then(|| (value - chance) / (1.0 - chance)))
        };
        let (low, high) = (interval.map(|ends| ends.low), interval.map(|ends| ends.high));
        let mut no_interval = Reasons::new();
        if agreement.is_some() && interval.is_none() {
            let reason = "all that were drawn have the same value, or too few taxa were drawn";
            no_interval.insert("agreement", reason.to_string());
            if lift(agreement).is_some() {
                no_interval.insert("lift", reason.to_string());
            }
        }
        let known = || nearest.iter().flatten();
        AgreementAmongAll {
            k,
            n: known().filter(|nearest| nearest.seen > 0).count(),
            short: known().filter(|nearest| nearest.seen < k as u64).count(),
            tied: known().filter(|nearest| nearest.is_tied).count(),
            agreement,
            agreement_low: low,
            agreement_high: high,
            chance,
            lift: lift(agreement),
            lift_low: lift(low),
            lift_high: lift(high),
            no_interval,
        }
    }

    /// Share of pairs of all vectors with a taxon of the rank that would be of one if taxa were drawn at random.
    fn chance(&self, groups: &[Option<TaxonId>]) -> Option<f64> {
        let mut counts: BTreeMap<TaxonId, u64> = BTreeMap::new();
        for (group, stratum) in groups.iter().zip(self.population.strata()) {
            if let Some(group) = group {
                *counts.entry(*group).or_default() += stratum.of as u64;
            }
        }
        let all: u64 = counts.values().sum();
        let pairs: f64 = counts.values().map(|&count| to_f64(count) * (to_f64(count) - 1.0)).sum();
        (all > 1).then(|| pairs / (to_f64(all) * (to_f64(all) - 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_would_take_too_long_is_given_up() {
        let said = std::cell::RefCell::new(vec![]);
        let remark = |text: &str| said.borrow_mut().push(text.to_string());
        let mut clock = Clock::of(1_000_000, Duration::from_mins(10));
        clock.begun = Instant::now().checked_sub(Duration::from_secs(3)).unwrap_or_else(Instant::now);
        assert!(!clock.goes_on(1_000, &remark));
        assert!(clock.is_over);
        let mut clock = Clock::of(1_000_000, Duration::from_mins(100));
        clock.begun = Instant::now().checked_sub(Duration::from_secs(3)).unwrap_or_else(Instant::now);
        assert!(clock.goes_on(1_000, &remark) && clock.goes_on(2_000, &remark));
        assert_eq!(
            *said.borrow(),
            [
                "the search for neighbours among all 1000000 vectors would take about 50 minutes",
                "the search for neighbours among all 1000000 vectors takes about 50 minutes",
            ]
        );
        assert_eq!(
            [0.2, 89.0, 90.0, 5_399.0, 5_400.0].map(about).join(", "),
            "about 1 seconds, about 89 seconds, about 2 minutes, about 90 minutes, about 1.5 hours"
        );
    }
}
