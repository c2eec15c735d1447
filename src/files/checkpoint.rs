//! Files of weights, read as data: which tensors there are, of which numbers, and where their bytes lie.
//!
//! Nothing in a file is run, and nothing is asked of memory that the file does not have the bytes for.

pub mod instruction;
pub mod pickle;
pub mod safetensors;
pub mod state;
pub mod torch_zip;

/// A kind of number that tensors are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what each is")]
pub enum Number {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

impl Number {
    /// Its length in bytes.
    #[must_use]
    pub fn size(self) -> u64 {
        match self {
            Number::F64 | Number::I64 => 8,
            Number::F32 | Number::I32 => 4,
            Number::F16 | Number::BF16 | Number::I16 => 2,
            Number::I8 | Number::U8 | Number::Bool => 1,
        }
    }

    /// Whether it has a fraction.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Number::F64 | Number::F32 | Number::F16 | Number::BF16)
    }
}

/// The most dimensions of a tensor that is read; PyTorch's own limit is 64, and towers have four.
pub const MOST_DIMENSIONS: usize = 16;

/// How many elements a shape has; `None` where that is beyond counting.
#[must_use]
pub fn elements(shape: &[u64]) -> Option<u64> {
    // A side of 0 first: then the others may be anything.
    if shape.contains(&0) { Some(0) } else { shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side)) }
}
