//! Individuals, which differ a little from their species.

use super::options::AtlasOptions;
use super::shots::Shot;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// One individual: its small differences from its species.
#[derive(Debug, Clone, Copy)]
pub struct Individual {
    /// Added to both hues, in turns.
    pub hue: f64,
    /// Added to the lightness that is drawn.
    pub lightness: f64,
    /// Share by which appendages are longer.
    pub length: f64,
}

impl Individual {
    /// The individual of a picture; its chance depends on seed, sample, species and number alone.
    #[must_use]
    pub fn of(options: &AtlasOptions, shot: &Shot) -> Individual {
        let mut random = stream(options, (1 << 40) + (shot.species << 20) + shot.individual);
        let mut normal = |deviation: f64| deviation * Distribution::<f64>::sample(&StandardNormal, &mut random);
        Individual { hue: normal(0.012), lightness: normal(0.04), length: normal(0.05) }
    }
}

/// Chance of its own for a picture or an individual.
#[must_use]
pub fn stream(options: &AtlasOptions, index: usize) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(options.seed ^ options.sample.rotate_left(32));
    random.set_stream(1 + index as u64);
    random
}
