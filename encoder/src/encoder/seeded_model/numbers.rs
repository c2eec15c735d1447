//! Tensors that are drawn.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use safetensors::tensor::{Dtype, TensorView};
use std::path::Path;

/// The most numbers of a model that is drawn: those of a ViT-H/14.
const MOST_NUMBERS: u64 = 1_000_000_000;

/// Tensors that are drawn, in the order in which they are asked for.
pub(super) struct Numbers {
    random: ChaCha8Rng,
    tensors: Vec<(String, Vec<usize>, Vec<u8>)>,
}

impl Numbers {
    pub(super) fn of(seed: u64) -> Numbers {
        Numbers { random: ChaCha8Rng::seed_from_u64(seed), tensors: vec![] }
    }

    /// A normalisation that changes nothing but the spread.
    pub(super) fn norm(&mut self, name: &str, width: usize) {
        self.constant(&format!("{name}.weight"), &[width], 1.0);
        self.constant(&format!("{name}.bias"), &[width], 0.0);
    }

    pub(super) fn constant(&mut self, name: &str, shape: &[usize], value: f32) {
        let count = shape.iter().product();
        self.tensors.push((name.to_string(), shape.to_vec(), value.to_le_bytes().repeat(count)));
    }

    /// Uniform numbers of mean 0 and the given standard deviation.
    pub(super) fn random(&mut self, name: &str, shape: &[usize], deviation: f32) {
        let half = deviation * 3.0_f32.sqrt();
        let count: usize = shape.iter().product();
        let bytes = (0..count).flat_map(|_| self.random.random_range(-half..half).to_le_bytes()).collect();
        self.tensors.push((name.to_string(), shape.to_vec(), bytes));
    }

    /// A matrix `{name}.weight` at random and a vector `{name}.bias` of nothing.
    pub(super) fn linear(&mut self, name: &str, [outputs, inputs]: [usize; 2], deviation: f32) {
        self.random(&format!("{name}.weight"), &[outputs, inputs], deviation);
        self.constant(&format!("{name}.bias"), &[outputs], 0.0);
    }

    /// Writes them as a safetensors file.
    pub(super) fn write(&self, path: &Path) -> std::io::Result<()> {
        let views = self
            .tensors
            .iter()
            .map(|(name, shape, bytes)| TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name.as_str(), view)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(std::io::Error::other)?;
        std::fs::write(path, safetensors::serialize(views, None).map_err(std::io::Error::other)?)
    }
}

/// Refuses a model of too many numbers.
pub(super) fn check(numbers: u64) -> std::io::Result<()> {
    if numbers <= MOST_NUMBERS {
        return Ok(());
    }
    Err(invalid(format!("a model of {numbers} numbers; at most {MOST_NUMBERS} are drawn, make it narrower")))
}

/// What no model has.
pub(super) fn invalid(what: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, what)
}
