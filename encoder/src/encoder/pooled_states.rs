//! Hidden states, pooled while a tower runs, so that none is kept whole.

use nearmiss::runs::pooling::{Layers, PoolingError, TokenPool};
use tch::{Device, Kind, TchError, Tensor};

/// Why hidden states cannot be pooled.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The tower has no such layers.
    #[error(transparent)]
    Pooling(#[from] PoolingError),
    /// `LibTorch` failed.
    #[error("LibTorch: {0}")]
    Torch(#[from] TchError),
}

/// Where the token is that CLIP reads.
pub enum Places {
    /// Token 0, of so many that stand before the patches; all tokens count.
    Beside(i64),
    /// `[B]` i64 places of end tokens; what stands after them is padding.
    Ends(Tensor),
}

/// The pooled states of the last blocks of a tower.
///
/// Tokens are pooled block by block and layers put together at the end: both are linear, so the
/// order does not matter, and no more than `[B, width]` is kept for each way of pooling and block.
pub struct PooledStates<'a> {
    wanted: &'a [(TokenPool, Layers)],
    /// Number of the first block that is needed.
    first: usize,
    /// Per block from there on and per way of pooling in the order of [`TokenPool::ALL`] `[B, width]` f32.
    pooled: Vec<[Option<Tensor>; 3]>,
}

impl<'a> PooledStates<'a> {
    /// For one batch through a tower of so many blocks.
    ///
    /// # Errors
    ///
    /// [`PoolingError::Depth`] if the tower has fewer blocks than are wanted.
    pub fn new(wanted: &'a [(TokenPool, Layers)], blocks: usize) -> Result<PooledStates<'a>, PoolingError> {
        wanted.iter().try_for_each(|(_, layers)| layers.check(blocks))?;
        let most = wanted.iter().map(|(_, layers)| layers.count()).max().unwrap_or(0);
        Ok(PooledStates { wanted, first: blocks - most, pooled: Vec::with_capacity(most) })
    }

    /// Takes what a block put out, `[B, T, width]`; blocks come in order.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn add(&mut self, block: usize, states: &Tensor, places: &Places) -> Result<(), TchError> {
        if block < self.first {
            return Ok(());
        }
        let mut pooled = [None, None, None];
        for (pool, slot) in TokenPool::ALL.into_iter().zip(&mut pooled) {
            if self.wanted.iter().any(|(wanted, _)| *wanted == pool) {
                *slot = Some(over_tokens(states, pool, places)?);
            }
        }
        self.pooled.push(pooled);
        Ok(())
    }

    /// `[B, width]` or `[B, n·width]` f32 for each that was wanted.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn finish(self) -> Result<Vec<Tensor>, PoolError> {
        let of = |&(pool, layers): &(TokenPool, Layers)| {
            let last = &self.pooled[self.pooled.len() - layers.count()..];
            let place = TokenPool::ALL.iter().position(|known| *known == pool).unwrap_or(0);
            let last: Vec<&Tensor> = last.iter().filter_map(|pooled| pooled[place].as_ref()).collect();
            Ok(match layers {
                Layers::Last | Layers::Concat(_) => Tensor::f_cat(&last, 1)?,
                Layers::Sum(_) => Tensor::f_stack(&last, 0)?.f_sum_dim_intlist([0i64].as_slice(), false, Kind::Float)?,
                Layers::Average(_) => Tensor::f_stack(&last, 0)?.f_mean_dim(0i64, false, Kind::Float)?,
            })
        };
        self.wanted.iter().map(of).collect()
    }
}

/// `[B, T, width]` to `[B, width]` f32 on the processor.
fn over_tokens(states: &Tensor, pool: TokenPool, places: &Places) -> Result<Tensor, TchError> {
    let (batch, length, _) = states.size3()?;
    let pooled = match (pool, places) {
        (TokenPool::Cls, Places::Beside(_)) => states.f_select(1, 0)?,
        (TokenPool::Cls, Places::Ends(ends)) => {
            let rows = Tensor::f_arange(batch, (Kind::Int64, states.device()))?;
            states.f_index(&[Some(rows), Some(ends.shallow_clone())])?
        }
        (TokenPool::Mean, Places::Beside(_)) => states.f_mean_dim(1i64, false, Kind::Float)?,
        (TokenPool::MeanWithoutCls, Places::Beside(beside)) => {
            states.f_narrow(1, *beside, length - beside)?.f_mean_dim(1i64, false, Kind::Float)?
        }
        (TokenPool::Mean | TokenPool::MeanWithoutCls, Places::Ends(ends)) => {
            let positions = Tensor::f_arange(length, (Kind::Int64, states.device()))?.f_unsqueeze(0)?;
            let ends = ends.f_unsqueeze(1)?;
            let counts = if pool == TokenPool::Mean { positions.f_le_tensor(&ends)? } else { positions.f_lt_tensor(&ends)? };
            // A product with 0 would keep what is not finite in the padding; a choice does not.
            let counted = states.f_to_kind(Kind::Float)?.f_masked_fill(&counts.f_logical_not()?.f_unsqueeze(2)?, 0.0)?;
            let sum = counted.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?;
            sum.f_div(&counts.f_to_kind(Kind::Float)?.f_sum_dim_intlist([1i64].as_slice(), true, Kind::Float)?)?
        }
    };
    pooled.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)
}
