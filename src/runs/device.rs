//! Where to compute, as a person says it; opening it takes LibTorch and is the encoder's.

use std::fmt;
use std::str::FromStr;

/// The device that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// The first CUDA device if there is one, else the processor.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// The CUDA device of that number.
    Cuda(usize),
}

/// A word that names no device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("device '{0}' is not known; give 'auto', 'cpu', 'cuda' or 'cuda:N'")]
pub struct UnknownDevice(pub String);

impl DeviceChoice {
    /// Whether a CUDA device is named.
    #[must_use]
    pub fn is_cuda(self) -> bool {
        matches!(self, DeviceChoice::Cuda(_))
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceChoice::Auto => formatter.write_str("auto"),
            DeviceChoice::Cpu => formatter.write_str("cpu"),
            DeviceChoice::Cuda(index) => write!(formatter, "cuda:{index}"),
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = UnknownDevice;

    fn from_str(word: &str) -> Result<DeviceChoice, UnknownDevice> {
        let unknown = || UnknownDevice(word.to_string());
        match word.trim().to_ascii_lowercase().as_str() {
            "auto" => Ok(DeviceChoice::Auto),
            "cpu" => Ok(DeviceChoice::Cpu),
            "cuda" => Ok(DeviceChoice::Cuda(0)),
            other => {
                let number = other.strip_prefix("cuda:").ok_or_else(unknown)?;
                number.parse().map(DeviceChoice::Cuda).map_err(|_| unknown())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_devices() {
        for (word, choice) in [
            ("auto", DeviceChoice::Auto),
            (" CPU", DeviceChoice::Cpu),
            ("cuda", DeviceChoice::Cuda(0)),
            ("cuda:3", DeviceChoice::Cuda(3)),
        ] {
            assert_eq!(word.parse(), Ok(choice));
            assert_eq!(choice.to_string().parse(), Ok(choice));
            assert_eq!(choice.is_cuda(), word.starts_with("cuda"));
        }
        for word in ["gpu", "cuda:", "cuda:-1", "cuda3", ""] {
            assert_eq!(word.parse::<DeviceChoice>(), Err(UnknownDevice(word.to_string())));
        }
        let message = "gpu".parse::<DeviceChoice>().map_err(|error| error.to_string());
        assert_eq!(message, Err("device 'gpu' is not known; give 'auto', 'cpu', 'cuda' or 'cuda:N'".to_string()));
    }
}
