//! A folder of texts as BEIR lays them out: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`.

use super::corpus::Judgements;
use super::error::TextsError;
use super::parts::TUNING;
use std::path::{Path, PathBuf};

/// The split that is measured unless another is named.
const MEASURED: &str = "test";

/// The files of a folder.
pub(super) struct TextFolder {
    pub corpus: PathBuf,
    pub queries: PathBuf,
    /// Judgements with the split that each file is of, the one to measure first.
    pub judgements: Vec<Judgements>,
}

/// Whether a folder has a file of documents as BEIR calls it.
#[must_use]
pub fn holds_texts(folder: &Path) -> bool {
    folder.is_dir() && called(folder, "corpus").is_some()
}

impl TextFolder {
    /// Finds the files: the judgements of a split, `test` unless another is named, and where tuning is asked for those of one to
    /// tune on, if there is one.
    ///
    /// # Errors
    ///
    /// [`TextsError::Folder`], [`TextsError::NoPart`].
    pub fn of(folder: &Path, part: Option<&str>, tuning: bool) -> Result<TextFolder, TextsError> {
        let file = |name: &'static str, missing| {
            called(folder, name).ok_or_else(|| TextsError::Folder { folder: folder.to_path_buf(), missing })
        };
        let (corpus, queries) = (file("corpus", "corpus.jsonl")?, file("queries", "queries.jsonl")?);
        let of_parts = parts(folder);
        if of_parts.is_empty() {
            return Err(TextsError::Folder { folder: folder.to_path_buf(), missing: "qrels/test.tsv" });
        }
        let wanted = part.unwrap_or(MEASURED);
        let find = |name: &str| of_parts.iter().find(|(part, _)| part == name).cloned();
        let Some(measured) = find(wanted) else {
            let there = of_parts.iter().map(|(part, _)| part.as_str()).collect::<Vec<_>>().join(", ");
            return Err(TextsError::NoPart { folder: folder.to_path_buf(), part: wanted.to_string(), there });
        };
        let tuned = if tuning { TUNING.iter().find_map(|name| find(name).filter(|(part, _)| part != wanted)) } else { None };
        let judgements = [Some(measured), tuned].into_iter().flatten().map(|(part, path)| (Some(part), path)).collect();
        Ok(TextFolder { corpus, queries, judgements })
    }
}

/// The file of a folder that is called so, whatever its ending.
fn called(folder: &Path, name: &str) -> Option<PathBuf> {
    let endings = ["jsonl", "jsonl.gz", "json", "ndjson", "csv", "tsv", "parquet"];
    endings.into_iter().map(|ending| folder.join(format!("{name}.{ending}"))).find(|path| path.is_file())
}

/// The splits that there are judgements of, by name.
fn parts(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder.join("qrels")) else { return vec![] };
    let of = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let part = name.split_once('.').map_or(name.as_str(), |(part, _)| part).to_string();
        (path.is_file() && !part.is_empty()).then_some((part, path))
    };
    let mut parts: Vec<(String, PathBuf)> = entries.flatten().filter_map(|entry| of(entry.path())).collect();
    parts.sort();
    parts
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_folder_are_found() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!holds_texts(folder.path()));
        let refusal =
            |part, tuning| TextFolder::of(folder.path(), part, tuning).err().map(|error| error.to_string()).unwrap_or_default();
        for (name, missing) in
            [("corpus.jsonl.gz", "corpus.jsonl"), ("queries.csv", "queries.jsonl"), ("qrels", "qrels/test.tsv")]
        {
            assert!(refusal(None, false).contains(&format!("{missing} is missing")), "{}", refusal(None, false));
            if name == "qrels" {
                std::fs::create_dir(folder.path().join(name)).unwrap();
            } else {
                std::fs::write(folder.path().join(name), "").unwrap();
            }
        }
        for name in ["train.tsv", "dev.tsv"] {
            std::fs::write(folder.path().join("qrels").join(name), "").unwrap();
        }
        assert!(holds_texts(folder.path()));
        assert!(refusal(None, false).ends_with("no judgements for 'test'; there are dev, train; name one with --split"));
        let found = |part, tuning| {
            let parts = TextFolder::of(folder.path(), part, tuning).unwrap().judgements;
            parts.into_iter().map(|(part, _)| part.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(found(Some("train"), true), ["train", "dev"]);
        assert_eq!(found(Some("dev"), true), ["dev", "train"]);
        std::fs::write(folder.path().join("qrels/test.tsv"), "").unwrap();
        assert_eq!((found(None, true), found(None, false)), (vec!["test".into(), "dev".into()], vec!["test".to_string()]));
    }
}
