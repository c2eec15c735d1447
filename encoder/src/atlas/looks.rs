//! What the pictures of an atlas are drawn from, as vectors: the space of a model that sees everything.

use super::evolution::evolved;
use super::individual::Individual;
use super::options::AtlasOptions;
use super::shots::shots;
use super::traits::{Pattern, Plan, Traits};

/// Numbers of a vector.
const WIDTH: usize = 18;
/// A picture's lightness grows by so much from the darkest to the lightest species.
const LIGHTNESS: f64 = 0.35;
/// Two plans or patterns are as far apart as the ends of a number are.
const APART: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// What individuals are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Individuals {
    /// Each differs from its species, as it is drawn.
    Different,
    /// All of a species are alike.
    Alike,
}

/// The looks of the individuals of an atlas, one vector a picture, without pose, light, ground and grain.
#[derive(Debug, Clone, PartialEq)]
pub struct Looks {
    /// `taxonomy.csv` of the atlas.
    pub taxonomy: String,
    /// Name of the species of each picture.
    pub species: Vec<String>,
    /// Length of a vector.
    pub width: usize,
    /// A vector for each picture, one after the other: shares of count, elongation, lightness, density, centre and
    /// appendage, two hues as points on circles of circumference 1, patterns and plans, one number each.
    pub values: Vec<f64>,
}

impl Looks {
    /// Of the pictures that an atlas of these options has, species by species.
    #[must_use]
    pub fn of(options: &AtlasOptions, individuals: Individuals) -> Looks {
        let (tree, traits) = evolved(options);
        let shots = shots(options);
        let values = shots.iter().flat_map(|shot| {
            let own = match individuals {
                Individuals::Different => Individual::of(options, shot),
                Individuals::Alike => Individual { hue: 0.0, lightness: 0.0, length: 0.0 },
            };
            vector(&traits[shot.species], own)
        });
        Looks {
            taxonomy: tree.table(),
            species: shots.iter().map(|shot| tree.lineage(shot.species)[6].to_string()).collect(),
            width: WIDTH,
            values: values.collect(),
        }
    }
}

fn vector(traits: &Traits, own: Individual) -> [f64; WIDTH] {
    let circle = |hue: f64| {
        let (sine, cosine) = (std::f64::consts::TAU * (hue + own.hue)).sin_cos();
        [cosine, sine].map(|value| value / std::f64::consts::TAU)
    };
    let is = |same: bool| if same { APART } else { 0.0 };
    let ([a, b], [c, d]) = (circle(traits.hue), circle(traits.second_hue));
    let patterns =
        [Pattern::Plain, Pattern::Stripes, Pattern::Spots, Pattern::Rings].map(|pattern| is(traits.pattern == pattern));
    let plans = [Plan::Flower, Plan::Mushroom, Plan::Beetle, Plan::Fish].map(|plan| is(traits.plan == plan));
    let numbers = [
        traits.count,
        traits.elongation,
        traits.lightness + own.lightness / LIGHTNESS,
        traits.density,
        traits.centre,
        traits.appendage * (1.0 + own.length),
        a,
        b,
        c,
        d,
    ];
    let mut vector = [0.0; WIDTH];
    vector.iter_mut().zip(numbers.into_iter().chain(patterns).chain(plans)).for_each(|(place, value)| *place = value);
    vector
}
