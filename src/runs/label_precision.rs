//! What the vectors of labels are kept in.

use std::str::FromStr;

/// What label vectors are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabelPrecision {
    /// As they were computed, four bytes a number.
    #[default]
    Fp32,
    /// Rounded to bf16, two bytes a number: a number changes by at most its 256th part.
    Bf16,
}

impl LabelPrecision {
    /// `fp32` or `bf16`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LabelPrecision::Fp32 => "fp32",
            LabelPrecision::Bf16 => "bf16",
        }
    }
}

/// A word that is no precision.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not fp32 or bf16")]
pub struct UnknownPrecision(String);

impl FromStr for LabelPrecision {
    type Err = UnknownPrecision;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let all = [LabelPrecision::Fp32, LabelPrecision::Bf16];
        all.into_iter().find(|precision| precision.name() == word).ok_or_else(|| UnknownPrecision(word.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for precision in [LabelPrecision::Fp32, LabelPrecision::Bf16] {
            assert_eq!(precision.name().parse::<LabelPrecision>().ok(), Some(precision));
        }
        let message = "fp16".parse::<LabelPrecision>().map_err(|error| error.to_string());
        assert_eq!(message, Err("'fp16' is not fp32 or bf16".to_string()));
    }
}
