//! A benchmark suite: data sets × models × recipes × decision rules, as its TOML file says them.

use crate::numbers::nearest::did_you_mean;
use crate::taxonomy::rank::Rank;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A suite.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Title of the leaderboard.
    pub title: String,
    /// A few sentences about it.
    #[serde(default)]
    pub about: String,
    /// Models; the first is what the others are compared with.
    #[serde(rename = "model")]
    pub models: Vec<SuiteModel>,
    /// Recipes.
    #[serde(rename = "recipe")]
    pub recipes: Vec<SuiteRecipe>,
    /// Decision rules of the leaderboard.
    #[serde(default = "all_rules")]
    pub rules: Vec<String>,
    /// Data sets.
    #[serde(rename = "dataset")]
    pub datasets: Vec<SuiteDataset>,
}

/// The decision rules that a report scores.
pub const RULES: [&str; 5] = ["path", "summed", "top_down", "expected_height", "back_off"];

fn all_rules() -> Vec<String> {
    RULES.map(str::to_string).to_vec()
}

/// A model of a suite.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteModel {
    /// What the leaderboard calls it.
    pub name: String,
    /// What `--model` takes.
    pub model: String,
}

/// A recipe of a suite.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteRecipe {
    /// What the leaderboard calls it.
    pub name: String,
    /// What `--recipe` takes.
    pub recipe: String,
    /// What `--names` takes; the recipe's own without.
    pub names: Option<String>,
}

/// Which taxa are candidates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidates {
    /// All taxa of the rank.
    #[default]
    Rank,
    /// The taxa that photographs of the data set show, of any split and rank.
    Truths,
}

/// A metric that the makers of a data set have defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Official {
    /// Pl@ntNet-300K: accuracy of the first answer, averaged over species.
    MacroTop1,
    /// Pl@ntNet-300K: accuracy of the first five answers, averaged over species.
    MacroTop5,
    /// Pl@ntNet-300K: average-5 accuracy, averaged over species.
    MacroAverage5,
    /// PlantCLEF 2022 and 2023: mean reciprocal rank by observation, averaged over species.
    MaMrr,
    /// FathomNet 2025: edges between truth and answer in the tree of seven ranks, 0 to 12.
    Fathomnet,
}

impl Official {
    /// One word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Official::MacroTop1 => "macro_top1",
            Official::MacroTop5 => "macro_top5",
            Official::MacroAverage5 => "macro_average5",
            Official::MaMrr => "ma_mrr",
            Official::Fathomnet => "fathomnet",
        }
    }

    /// How many answers per photograph it looks at.
    #[must_use]
    pub fn answers(self) -> u16 {
        match self {
            Official::MaMrr => 30,
            Official::MacroTop5 => 5,
            _ => 1,
        }
    }
}

/// A figure that somebody has published.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The model.
    pub model: String,
    /// The metric, in their words.
    pub metric: String,
    /// The figure, as a fraction.
    pub value: f64,
    /// Where it stands.
    pub source: String,
}

/// A data set of a suite.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteDataset {
    /// One word: the name of its folders.
    pub name: String,
    /// What the leaderboard calls it.
    pub title: String,
    /// Where it lies below the data folder.
    pub path: PathBuf,
    /// A manifest below the data folder, where the folder does not tell its truths.
    pub manifest: Option<PathBuf>,
    /// What `--layout` takes; told from the files without.
    pub layout: Option<String>,
    /// `dataset`, `labels`, the name of a shipped taxonomy, or a file below the data folder.
    pub taxonomy: String,
    /// Which taxa are candidates.
    #[serde(default)]
    pub candidates: Candidates,
    /// Rank of the candidates.
    #[serde(default = "species")]
    pub rank: Rank,
    /// The split that is scored; all photographs without.
    pub split: Option<String>,
    /// The split that the threshold of average-k accuracy is taken from; the scored one without.
    pub threshold_split: Option<String>,
    /// Whether boxes are cut out.
    #[serde(default)]
    pub crop: bool,
    /// How names are written, where it differs from the recipe: data sets of labels are published `asis`.
    pub names: Option<String>,
    /// Files that must be there, below the folder.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Where it is fetched, and how it is unpacked.
    pub fetch: String,
    /// Its licence.
    pub licence: String,
    /// Metrics of its makers.
    #[serde(default)]
    pub official: Vec<Official>,
    /// Published figures.
    #[serde(default)]
    pub published: Vec<Published>,
}

fn species() -> Rank {
    Rank::Species
}

/// Why there is no suite.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The file cannot be read.
    #[error("{path}: cannot read the suite: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Neither a file nor a suite that is shipped.
    #[error("{path}: there is no such file, and no suite of this name is shipped{nearest}; shipped are {}", SHIPPED.map(|(name, _)| name).join(", "))]
    NoSuchSuite {
        /// What was given.
        path: PathBuf,
        /// The shipped one that may be meant.
        nearest: String,
    },
    /// The file is no suite.
    #[error("{path}: not a suite: {what}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
}

/// The suites that travel inside the program, by name.
pub const SHIPPED: [(&str, &str); 3] = [
    ("inrae", include_str!("../../benches/suites/inrae.toml")),
    ("bioclip2", include_str!("../../benches/suites/bioclip2.toml")),
    ("fathomnet", include_str!("../../benches/suites/fathomnet.toml")),
];

impl Suite {
    /// Reads a suite by its name, or else a file.
    ///
    /// # Errors
    ///
    /// As [`Suite::read`]; [`SuiteError::NoSuchSuite`].
    pub fn named(path: &Path) -> Result<Suite, SuiteError> {
        let name = path.to_str().unwrap_or_default();
        // A folder of that name is where its data or its runs lie.
        if !path.is_file()
            && let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name)
        {
            return Suite::parse(text, path);
        }
        if path.exists() {
            return Suite::read(path);
        }
        let word = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
        let nearest = did_you_mean(word, SHIPPED.map(|(known, _)| known));
        Err(SuiteError::NoSuchSuite { path: path.to_path_buf(), nearest })
    }

    /// Reads a suite.
    ///
    /// # Errors
    ///
    /// [`SuiteError`]: unreadable, unknown keys, nothing to run, names that stand twice.
    pub fn read(path: &Path) -> Result<Suite, SuiteError> {
        let text = crate::files::regular_file::read_to_string(path)
            .map_err(|source| SuiteError::Open { path: path.to_path_buf(), source })?;
        Suite::parse(&text, path)
    }

    /// Reads a suite from text; `path` is for messages.
    ///
    /// # Errors
    ///
    /// As [`Suite::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Suite, SuiteError> {
        let content = |what: String| SuiteError::Content { path: path.to_path_buf(), what };
        let suite: Suite = toml::from_str(text).map_err(|error| content(error.to_string()))?;
        for (what, count) in [("model", suite.models.len()), ("recipe", suite.recipes.len()), ("dataset", suite.datasets.len())] {
            if count == 0 {
                return Err(content(format!("no [[{what}]]")));
            }
        }
        let mut names = BTreeSet::new();
        for dataset in &suite.datasets {
            if !names.insert(&dataset.name) {
                return Err(content(format!("two data sets are called '{}'", dataset.name)));
            }
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            if dataset.name.starts_with('.') || dataset.name.is_empty() || !dataset.name.chars().all(plain) {
                return Err(content(format!("the name '{}' of a data set is no word for a folder", dataset.name)));
            }
        }
        let mut cells = BTreeSet::new();
        for (model, recipe) in suite.models.iter().flat_map(|model| suite.recipes.iter().map(move |recipe| (model, recipe))) {
            for name in [&model.name, &recipe.name] {
                let folder = folder_name(name);
                if folder.is_empty() || folder.starts_with('.') {
                    return Err(content(format!("the name '{name}' of a model or recipe is no word for a folder")));
                }
            }
            if !cells.insert((folder_name(&model.name), folder_name(&recipe.name))) {
                return Err(content(format!("model '{}' with recipe '{}' stands twice", model.name, recipe.name)));
            }
        }
        if let Some(rule) = suite.rules.iter().find(|rule| !RULES.contains(&rule.as_str())) {
            return Err(content(format!("the rule '{rule}' is none of {}", RULES.join(", "))));
        }
        Ok(suite)
    }
}

/// A name as a folder is called.
#[must_use]
pub fn folder_name(name: &str) -> String {
    let plain =
        |letter: char| if letter.is_ascii_alphanumeric() || ".-".contains(letter) { letter.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(plain).collect();
    name.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}
