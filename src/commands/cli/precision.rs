//! What the encoder computes in, as options say it.

use crate::runs::recipe::Precision;
use clap::ValueEnum;

/// What the encoder computes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionChoice {
    /// bf16 where the device computes in it by itself, else fp32.
    Auto,
    /// 32 bits a number.
    Fp32,
    /// 16 bits a number.
    Bf16,
}

impl PrecisionChoice {
    /// The precision; `None` where the device decides.
    #[must_use]
    pub fn precision(self) -> Option<Precision> {
        match self {
            PrecisionChoice::Auto => None,
            PrecisionChoice::Fp32 => Some(Precision::Fp32),
            PrecisionChoice::Bf16 => Some(Precision::Bf16),
        }
    }
}
