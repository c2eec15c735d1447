//! What a probe is told: the table `probe` of a TOML file.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A probe of a run's embeddings.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeConfig {
    /// A run directory of `classify`, with embeddings.
    pub run: PathBuf,
    /// How answers are made.
    pub method: Method,
    /// A taxonomy file or the name of a shipped one; that of the run by default.
    pub taxonomy: Option<String>,
    /// Split of the labelled images; `train` by default. Without effect where `shots` are given.
    #[serde(default = "train")]
    pub support: String,
    /// Split of the images that are answered; `test` by default. Without effect where `shots` are given.
    #[serde(default = "test")]
    pub queries: String,
    /// Labelled images of each taxon, drawn at random from all images; all others are answered, as in
    /// the BioCLIP evaluation.
    pub shots: Option<usize>,
    /// Seed of the draw.
    #[serde(default)]
    pub fold: u64,
}

/// The methods.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Method {
    /// Nearest class mean after centring and scaling.
    SimpleShot,
    /// Shares of the k nearest labelled images.
    Nearest {
        /// Neighbours.
        k: usize,
    },
    /// Ridge regression to ±1.
    Ridge {
        /// Penalty.
        alpha: f64,
    },
    /// Multinomial logistic regression.
    Logistic {
        /// Inverse penalty.
        c: f64,
    },
    /// Zero-shot logits and a cache of labelled images.
    TipAdapter {
        /// Weight of the cache.
        alpha: f64,
        /// Sharpness of the cache.
        beta: f64,
    },
}

fn train() -> String {
    "train".to_string()
}

fn test() -> String {
    "test".to_string()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    probe: ProbeConfig,
}

impl ProbeConfig {
    /// Reads the configuration of a probe; `None` where the file has no table `probe`.
    ///
    /// # Errors
    ///
    /// One sentence with the file: unreadable, an unknown key, a value outside its range.
    pub fn from_path(path: &Path) -> Result<Option<ProbeConfig>, String> {
        let text = crate::files::regular_file::read_to_string(path)
            .map_err(|error| format!("{}: cannot read: {error}", path.display()))?;
        let is_probe = toml::from_str::<toml::Table>(&text).is_ok_and(|table| table.contains_key("probe"));
        if !is_probe {
            return Ok(None);
        }
        let config = toml::from_str::<File>(&text).map_err(|error| format!("{}: {error}", path.display()))?.probe;
        let bad = |what: &str| Err(format!("{}: {what}", path.display()));
        let positive = |value: f64| value > 0.0 && value.is_finite();
        match config.method {
            Method::Nearest { k: 0 } => bad("probe.method.nearest.k is 0; it is at least 1"),
            Method::Ridge { alpha } if !positive(alpha) => bad("probe.method.ridge.alpha is a number above 0"),
            Method::Logistic { c } if !positive(c) => bad("probe.method.logistic.c is a number above 0"),
            Method::TipAdapter { alpha, beta } if !(alpha.is_finite() && positive(beta)) => {
                bad("probe.method.tip_adapter takes a finite alpha and a beta above 0")
            }
            _ if config.shots == Some(0) => bad("probe.shots is 0; it is at least 1"),
            _ => Ok(Some(config)),
        }
    }
}
