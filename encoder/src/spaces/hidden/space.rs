//! A space of hidden states: what it is called, where it comes from, and its numbers.

use super::error::HiddenError;
use nearmiss::runs::pooling::{Layers, TokenPool};
use tch::{Kind, Tensor};

/// What a space is called.
pub(super) fn name(tower: &str, (pool, layers): (TokenPool, Layers)) -> String {
    format!("{tower} {pool} {layers}")
}

/// Where the vectors come from, for the notes.
pub(super) fn origin(tower: &str, blocks: usize, (pool, layers): (TokenPool, Layers)) -> String {
    let first = blocks - layers.count() + 1;
    let of = if first == blocks { format!("block {blocks}") } else { format!("blocks {first} to {blocks}") };
    format!("hidden states of {of} of the {tower} tower, before its final normalisation and projection ({pool}, {layers})")
}

/// The numbers of a tensor, row by row.
pub(super) fn numbers(rows: &Tensor) -> Result<impl Iterator<Item = f64>, HiddenError> {
    let flat = Vec::<f32>::try_from(rows.f_to_kind(Kind::Float)?.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.into_iter().map(f64::from))
}
