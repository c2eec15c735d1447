//! What a training on texts is told: a TOML file with a table `sentences`.

use crate::train::config::{Fault, LossTerm, ModelStart, Optimiser, TrainConfigError, What, bad, check_losses, is_share};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::path::{Path, PathBuf};

/// A training of a text tower, as its TOML file says it; what is left out has the default named.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SentenceConfig {
    /// Where chance starts.
    #[serde(default)]
    pub seed: u64,
    /// The texts.
    pub sentences: SentenceData,
    /// The model to start at.
    pub model: ModelStart,
    /// What is trained; `everything` of the text tower by default.
    #[serde(default)]
    pub what: What,
    /// What is made small; of queries and documents `ranking` by default, of texts with taxa `sup_con` at a temperature of 0.1.
    #[serde(default)]
    pub losses: Vec<LossTerm>,
    /// How it is made small; [`Optimiser::of_texts`] as far as nothing is said.
    #[serde(default = "Optimiser::of_texts", deserialize_with = "optimiser_of_texts")]
    pub optimiser: Optimiser,
    /// Whether the weights of the model that comes of it are written in half precision.
    #[serde(default)]
    pub half: bool,
}

/// Texts that ask and texts that answer, or texts and their taxa.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SentenceData {
    /// A table of `query`, `positive` and perhaps `negative`s, a folder with `corpus.jsonl`, `queries.jsonl` and `qrels`, or a
    /// table of `text` with `taxon` or columns of ranks.
    pub texts: PathBuf,
    /// A taxonomy file or the name of a shipped one that taxa are of; one made of their lineages by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxonomy: Option<String>,
    /// Split to train on; `train` by default.
    #[serde(default = "train_split")]
    pub train: String,
    /// Split to stop by; `validation` by default.
    #[serde(default = "validation_split")]
    pub validation: String,
    /// Split on which the model is held against the one that the training starts at; that to stop by where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// Share of the queries that are drawn to stop by, where the texts say nothing of splits.
    #[serde(default = "tenth")]
    pub validation_share: f64,
    /// Share of the queries that are drawn to hold the models against each other, where the texts say nothing of splits.
    #[serde(default)]
    pub test_share: f64,
    /// What stands before each query, and before each text with a taxon; what the model's files say by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_prompt: Option<String>,
    /// What stands before each document; what the model's files say by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_prompt: Option<String>,
    /// Documents that are taken for wrong without anybody saying so.
    #[serde(default)]
    pub mined: Mined,
}

/// Hard negatives: documents near a query that do not answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mined {
    /// So many of the nearest by the model as it stands, found anew for every epoch.
    pub dense: usize,
    /// So many of the best by BM25, found once.
    pub bm25: usize,
    /// So many that stand before those are passed over: they may answer without anybody having said so.
    pub skip: usize,
}

/// The most documents that are mined for a query.
const MOST_MINED: usize = 1000;

/// The splits to train on and to stop by where none is named.
pub(super) const USUAL_SPLITS: [&str; 2] = ["train", "validation"];

fn train_split() -> String {
    USUAL_SPLITS[0].to_string()
}

fn validation_split() -> String {
    USUAL_SPLITS[1].to_string()
}

/// Reads an optimiser; the learning rate is that of texts where none is said.
fn optimiser_of_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Optimiser, D::Error> {
    let mut said = toml::Table::deserialize(deserializer)?;
    said.entry("learning_rate").or_insert(toml::Value::Float(Optimiser::of_texts().learning_rate));
    said.try_into().map_err(D::Error::custom)
}

fn tenth() -> f64 {
    0.1
}

impl SentenceConfig {
    /// Reads and checks a configuration; `None` where the file has no table `sentences`.
    ///
    /// # Errors
    ///
    /// [`TrainConfigError`]: an unknown key, a value outside its range.
    pub fn from_path(path: &Path) -> Result<Option<SentenceConfig>, TrainConfigError> {
        let text = nearmiss::files::regular_file::read_to_string(path)
            .map_err(|source| TrainConfigError::Read { path: path.to_path_buf(), source })?;
        if !toml::from_str::<toml::Table>(&text).is_ok_and(|table| table.contains_key("sentences")) {
            return Ok(None);
        }
        let config: SentenceConfig = toml::from_str(&text)
            .map_err(|error| TrainConfigError::Toml { path: path.to_path_buf(), reason: error.to_string() })?;
        config.check().map_err(|fault| fault.of(path))?;
        Ok(Some(config))
    }

    fn check(&self) -> Result<(), Fault> {
        let (data, mined) = (&self.sentences, self.sentences.mined);
        self.optimiser.check()?;
        self.what.check()?;
        if !self.losses.is_empty() {
            check_losses(&self.losses)?;
        }
        data.check_splits()?;
        is_share("sentences.validation_share", data.validation_share)?;
        is_share("sentences.test_share", data.test_share)?;
        if data.validation_share <= 0.0 || data.validation_share + data.test_share >= 1.0 {
            let shares = format!("{} beside a test_share of {}", data.validation_share, data.test_share);
            return bad("sentences.validation_share", shares, "it is above 0, and both leave something to train on");
        }
        for (what, value) in
            [("sentences.mined.dense", mined.dense), ("sentences.mined.bm25", mined.bm25), ("sentences.mined.skip", mined.skip)]
        {
            if value > MOST_MINED {
                return bad(what, value, "it is at most 1000 documents");
            }
        }
        if self.optimiser.hard_negatives > 0.0 {
            let wanted = "it is of photographs; documents near a query are mined by sentences.mined";
            return bad("optimiser.hard_negatives", self.optimiser.hard_negatives, wanted);
        }
        if let ModelStart::New(_) = self.model {
            return bad("model", "new", "texts are trained from a model that is there: model.from");
        }
        Ok(())
    }
}

impl SentenceData {
    /// One split for each purpose: what was learnt, or what the epoch was chosen by, tells nothing of other texts.
    fn check_splits(&self) -> Result<(), Fault> {
        let [train, validation] = [&self.train, &self.validation].map(|split| split.to_lowercase());
        if train == validation {
            let wanted = "it is another split than sentences.train, whose texts are learnt by heart";
            return bad("sentences.validation", format!("'{}'", self.validation), wanted);
        }
        if let Some(test) = self.test.as_ref().filter(|test| [&train, &validation].contains(&&test.to_lowercase())) {
            let wanted = "it is another split than sentences.train and sentences.validation, by which the model was made";
            return bad("sentences.test", format!("'{test}'"), wanted);
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::train::config::LossKind;
    use crate::train::losses::pairs::Distance;

    fn read(text: &str) -> Result<Option<SentenceConfig>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, text).unwrap();
        SentenceConfig::from_path(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_configuration_of_texts_is_known_by_its_table() {
        assert_eq!(read("[data]\nphotographs = 'p'\n"), Ok(None));
        let config = read("model.from = 'm'\n[sentences]\ntexts = 't.csv'\n").unwrap().unwrap();
        assert_eq!((config.sentences.validation.as_str(), config.sentences.mined), ("validation", Mined::default()));
        assert!(config.losses.is_empty());
        let losses =
            "[[losses]]\nkind = { ranking = {} }\n[[losses]]\nkind = { triplet = { distance = 'cosine', margin = 0.2 } }\n";
        let config =
            read(&format!("model.from = 'm'\n[sentences]\ntexts = 't.csv'\nmined = {{ dense = 2 }}\n{losses}")).unwrap().unwrap();
        let kinds: Vec<LossKind> = config.losses.iter().map(|term| term.kind).collect();
        let triplet = LossKind::Triplet { distance: Distance::Cosine, margin: Some(0.2) };
        assert_eq!(kinds, [LossKind::Ranking { scale: None }, triplet]);
        assert_eq!(config.sentences.mined, Mined { dense: 2, bm25: 0, skip: 0 });
    }

    #[test]
    fn the_learning_rate_is_that_of_texts_unless_it_is_said() {
        let of = |more: &str| {
            let config = read(&format!("model.from = 'm'\n[sentences]\ntexts = 't.csv'\n{more}")).unwrap().unwrap();
            (config.optimiser.learning_rate, config.optimiser.epochs)
        };
        assert_eq!(of(""), (2e-5, 10));
        assert_eq!(of("[optimiser]\nepochs = 3\n"), (2e-5, 3));
        assert_eq!(of("[optimiser]\nlearning_rate = 1\n"), (1.0, 10));
        // The record has it.
        let config = read("model.from = 'm'\n[sentences]\ntexts = 't.csv'\n").unwrap().unwrap();
        assert_eq!(serde_json::to_value(&config).unwrap()["optimiser"]["learning_rate"].as_f64(), Some(2e-5));
    }

    #[test]
    fn what_no_training_takes_is_named() {
        let refused = |more: &str| read(&format!("model.from = 'm'\n[sentences]\ntexts = 't.csv'\n{more}")).unwrap_err();
        for (more, sentence) in [
            (
                "validation_share = 0.6\ntest_share = 0.4\n",
                "sentences.validation_share is 0.6 beside a test_share of 0.4; it is above 0",
            ),
            ("mined = { bm25 = 1001 }\n", "sentences.mined.bm25 is 1001; it is at most 1000 documents"),
            ("[optimiser]\nhard_negatives = 0.3\n", "optimiser.hard_negatives is 0.3; it is of photographs"),
            ("[[losses]]\nkind = { ranking = { scale = 0.0 } }\n", "losses.kind.scale is 0; it is a finite number above 0"),
            ("[[losses]]\nkind = { triplet = { margin = -1.0 } }\n", "losses.kind.margin is -1; it is a finite number above 0"),
            ("validation = 'Train'\n", "sentences.validation is 'Train'; it is another split than sentences.train"),
            ("test = 'validation'\n", "sentences.test is 'validation'; it is another split than sentences.train and"),
            ("textts = 1\n", "unknown field `textts`"),
            ("[optimiser]\nepoch = 3\n", "unknown field `epoch`"),
            ("[optimiser]\nbatch = 1\n", "optimiser.batch is 1; a contrast takes from 2"),
        ] {
            assert!(refused(more).contains(sentence), "{}", refused(more));
        }
    }
}
