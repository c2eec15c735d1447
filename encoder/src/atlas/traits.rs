//! What organisms look like, and how it drifts down the tree.

use super::names::Life;
use super::tree::Tree;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use statrs::distribution::{ContinuousCDF, Normal};

/// The plan of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Petals around a disc, on a stem.
    Flower,
    /// A cap on a stem.
    Mushroom,
    /// An oval body with legs and antennae, from above.
    Beetle,
    /// An oval body with tail and fins, from the side.
    Fish,
}

/// What is drawn on petals, caps, backs and flanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Nothing.
    Plain,
    /// Stripes across.
    Stripes,
    /// Rows of spots.
    Spots,
    /// Smaller and smaller outlines.
    Rings,
}

/// The looks of a species; numbers are shares, 0 to 1, where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traits {
    /// Plan of the body.
    pub plan: Plan,
    /// Number of parts: petals, gills, fin rays.
    pub count: f64,
    /// From round to long.
    pub elongation: f64,
    /// Main colour, in turns of the colour circle.
    pub hue: f64,
    /// Colour of pattern and appendages, in turns.
    pub second_hue: f64,
    /// From dark to light.
    pub lightness: f64,
    /// Pattern.
    pub pattern: Pattern,
    /// How many stripes, spots or rings.
    pub density: f64,
    /// Size of disc, stem, head or eye.
    pub centre: f64,
    /// Length of petals, legs, fins.
    pub appendage: f64,
}

const NUMBERS: usize = 9;

/// How much each number is decided at each level, kingdom to species: the plan of a body is old, the
/// density of its spots is new.
const WEIGHTS: [[f64; 7]; NUMBERS] = [
    [0.0, 0.3, 0.7, 0.6, 0.2, 0.0, 0.0], // count
    [0.0, 0.2, 0.6, 0.6, 0.4, 0.2, 0.1], // elongation
    [0.2, 0.2, 0.3, 0.6, 0.6, 0.5, 0.2], // hue
    [0.0, 0.0, 0.2, 0.3, 0.6, 0.6, 0.4], // second hue
    [0.0, 0.0, 0.2, 0.4, 0.5, 0.4, 0.3], // lightness
    [0.0, 0.0, 0.0, 0.4, 0.8, 0.5, 0.0], // pattern
    [0.0, 0.0, 0.0, 0.0, 0.3, 0.7, 0.6], // density
    [0.0, 0.0, 0.0, 0.2, 0.4, 0.6, 0.5], // centre
    [0.0, 0.0, 0.0, 0.3, 0.5, 0.5, 0.5], // appendage
];

/// The looks of all species.
///
/// With `hierarchy` 1 every number is a sum of steps made at the ancestors; with 0 it is drawn for
/// each species alone; between, it is a mixture of the same variance.
#[must_use]
pub fn evolve(tree: &Tree, hierarchy: f64, random: &mut ChaCha8Rng) -> Vec<Traits> {
    let mut step = || -> [f64; NUMBERS] { std::array::from_fn(|_| StandardNormal.sample(random)) };
    let steps: Vec<Vec<[f64; NUMBERS]>> = (0..7).map(|level| (0..tree.count(level)).map(|_| step()).collect()).collect();
    let alone: Vec<[f64; NUMBERS]> = (0..tree.count(6)).map(|_| step()).collect();
    let own = (1.0 - hierarchy * hierarchy).max(0.0).sqrt();
    (0..tree.count(6))
        .map(|species| {
            let numbers: [f64; NUMBERS] = std::array::from_fn(|number| {
                let weights = WEIGHTS[number];
                let norm = weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
                let drift = |level: usize| weights[level] * steps[level][tree.ancestor(6, species, level)][number];
                let evolved = (0..7).map(drift).sum::<f64>() / norm;
                share(hierarchy * evolved + own * alone[species][number])
            });
            let plan = if random.random::<f64>() < hierarchy {
                inherited_plan(tree, species)
            } else {
                [Plan::Flower, Plan::Mushroom, Plan::Beetle, Plan::Fish][random.random_range(0..4)]
            };
            let [count, elongation, hue, second_hue, lightness, pattern, density, centre, appendage] = numbers;
            let pattern = match pattern {
                share if share < 0.25 => Pattern::Plain,
                share if share < 0.5 => Pattern::Stripes,
                share if share < 0.75 => Pattern::Spots,
                _ => Pattern::Rings,
            };
            Traits { plan, count, elongation, hue, second_hue, lightness, pattern, density, centre, appendage }
        })
        .collect()
}

fn inherited_plan(tree: &Tree, species: usize) -> Plan {
    match tree.life(6, species) {
        Life::Plant => Plan::Flower,
        Life::Fungus => Plan::Mushroom,
        Life::Animal if tree.phylum_in_kingdom(species).is_multiple_of(2) => Plan::Beetle,
        Life::Animal => Plan::Fish,
    }
}

/// A standard normal number as its share of the distribution: even between 0 and 1.
fn share(value: f64) -> f64 {
    Normal::new(0.0, 1.0).map_or(0.5, |normal| normal.cdf(value))
}
