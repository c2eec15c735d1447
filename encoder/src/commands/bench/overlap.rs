//! Whether a model is measured on what it is trained on.

use super::experiment::Experiment;
use crate::train::training::Subject;
use anyhow::bail;
use std::path::Path;

/// The split that a folder of texts is measured on where none is named.
const MEASURED: &str = "test";

/// Splits that a training uses.
struct Used<'a> {
    train: &'a str,
    validation: &'a str,
    /// The name that is the same for all who write a split otherwise.
    usual: fn(&str) -> String,
}

/// Refuses data that are measured on the split that a training learns from; gives a sentence for each that is measured on the
/// split that the training is stopped by.
pub(super) fn with_training(name: &str, subject: &Subject, experiment: &Experiment, data: &Path) -> anyhow::Result<Vec<String>> {
    let mut notes = vec![];
    match subject {
        Subject::Photographs(config) => {
            let used = Used { train: &config.data.train, validation: &config.data.validation, usual: of_photographs };
            for dataset in &experiment.datasets {
                let manifest = dataset.manifest.as_ref().map(|manifest| data.join(manifest));
                let is_same = match (&manifest, &config.data.manifest) {
                    (Some(one), Some(other)) => one == other,
                    _ => data.join(&dataset.path) == config.data.photographs,
                };
                if is_same {
                    notes.extend(used.by(name, (&dataset.name, dataset.split.as_deref()))?);
                }
            }
        }
        Subject::Sentences(config) => {
            let used =
                Used { train: &config.sentences.train, validation: &config.sentences.validation, usual: str::to_lowercase };
            for texts in &experiment.texts {
                let path = data.join(&texts.path);
                if path == config.sentences.texts {
                    let split = texts.split.as_deref().or_else(|| path.is_dir().then_some(MEASURED));
                    notes.extend(used.by(name, (&texts.name, split))?);
                }
            }
        }
    }
    Ok(notes)
}

impl Used<'_> {
    /// What is to be said of measuring a model on a split of its own data.
    fn by(&self, training: &str, (data, measured): (&str, Option<&str>)) -> anyhow::Result<Option<String>> {
        let is = |split: &str| measured.is_some_and(|measured| (self.usual)(measured) == (self.usual)(split));
        if measured.is_none() {
            bail!(
                "'{data}' is measured on all splits, on what '{training}' is trained on too; give it a split, such as \"test\""
            );
        }
        if is(self.train) {
            bail!("'{data}' is measured on the split '{}', which '{training}' is trained on; give it another", self.train);
        }
        let flatters = || format!("{training}: its epoch was chosen by what is measured here, which flatters");
        Ok(is(self.validation).then(flatters))
    }
}

/// A split of photographs by its usual name.
fn of_photographs(split: &str) -> String {
    let split = split.trim().to_lowercase();
    match split.as_str() {
        "training" | "train_mini" => "train".to_string(),
        "val" | "valid" | "dev" => "validation".to_string(),
        _ => split,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// What is said where texts of a split are measured, and a training uses others.
    fn said(split: &str, sentences: &str) -> Result<Vec<String>, String> {
        let suite = format!(
            "title = 't'\n[experiment]\nstart = 'm'\nminiature = 'sentences'\n[[training]]\nname = 'tuned'\nconfig = 'c.toml'\n\
             [[texts]]\nname = 'n'\ntitle = 'N'\npath = 'n.csv'\n{split}\nfetch = 'f'\nlicence = 'l'\n"
        );
        let experiment: Experiment = toml::from_str(&suite).unwrap();
        let config: crate::train::sentences::config::SentenceConfig =
            toml::from_str(&format!("model.from = 'm'\n[sentences]\n{sentences}\n")).unwrap();
        with_training("tuned", &config.into(), &experiment, Path::new("d")).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_measured_on_what_was_learnt() {
        assert_eq!(said("split = 'test'", "texts = 'd/n.csv'"), Ok(vec![]));
        let all = said("", "texts = 'd/n.csv'").unwrap_err();
        assert_eq!(all, "'n' is measured on all splits, on what 'tuned' is trained on too; give it a split, such as \"test\"");
        let learnt = said("split = 'Train'", "texts = 'd/n.csv'").unwrap_err();
        assert_eq!(learnt, "'n' is measured on the split 'train', which 'tuned' is trained on; give it another");
        let chosen = said("split = 'Validation'", "texts = 'd/n.csv'").unwrap();
        assert_eq!(chosen, ["tuned: its epoch was chosen by what is measured here, which flatters"]);
        // Splits of texts are called as they are, those of photographs by many names.
        assert_eq!(said("split = 'dev'", "texts = 'd/n.csv'"), Ok(vec![]));
        assert_eq!(["Training", "val", "dev", "test"].map(of_photographs), ["train", "validation", "validation", "test"]);
        // Of other texts nothing was learnt.
        assert_eq!(said("", "texts = 'd/other.csv'"), Ok(vec![]));
    }
}
