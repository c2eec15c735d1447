//! Label embeddings on disk, so that the same model and prompts are encoded once.

use nearmiss::files::output::write_whole;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const TENSOR: &str = "labels";

/// What the file says of itself: the key it is kept under, and the SHA-256 of its numbers.
const KEY: &str = "key";
const SHA256: &str = "sha256";

/// A folder of label embeddings, one file per model and prompts.
#[derive(Debug, Clone)]
pub struct LabelCache {
    folder: Option<PathBuf>,
}

/// What a cache holds under a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// The embeddings, row by row.
    Known(Vec<f32>),
    /// None.
    Nothing,
    /// Something that is not what was written there, with the reason.
    Damaged(String),
}

/// The user's cache: `NEARMISS_CACHE`, else `XDG_CACHE_HOME/nearmiss`, else `~/.cache/nearmiss`.
#[must_use]
pub fn user_cache() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("NEARMISS_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("nearmiss")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/nearmiss")))
}

impl LabelCache {
    /// In [`user_cache`]; nothing is kept where there is none.
    #[must_use]
    pub fn of_user() -> LabelCache {
        LabelCache { folder: user_cache().map(|folder| folder.join("labels")) }
    }

    /// A cache in a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> LabelCache {
        LabelCache { folder: Some(folder.to_path_buf()) }
    }

    /// The key of prompts under a model: everything that decides their embeddings.
    #[must_use]
    pub fn key<'a>(model: &str, prompts: impl IntoIterator<Item = &'a [String]>) -> String {
        let of_label = |label: &'a [String]| {
            std::iter::once(b"\x1e".as_slice()).chain(label.iter().flat_map(|prompt| [prompt.as_bytes(), b"\x1f"]))
        };
        nearmiss::files::sha256::hex(std::iter::once(model.as_bytes()).chain(prompts.into_iter().flat_map(of_label)))
    }

    /// The embeddings kept under a key; a file counts only if its numbers are those that were written for that key.
    #[must_use]
    pub fn read(&self, key: &str, rows: usize, width: usize) -> Kept {
        let Some(path) = self.path(key) else { return Kept::Nothing };
        let damaged = |reason: &str| Kept::Damaged(format!("{}: {reason}", path.display()));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Kept::Nothing,
            Err(error) => return damaged(&error.to_string()),
        };
        let (Ok((_, header)), Ok(file)) = (SafeTensors::read_metadata(&bytes), SafeTensors::deserialize(&bytes)) else {
            return damaged("cut off or no safetensors");
        };
        let said = |name: &str| header.metadata().as_ref().and_then(|metadata| metadata.get(name)).cloned();
        let Ok(tensor) = file.tensor(TENSOR) else { return damaged("without its tensor") };
        let Some(sha256) = said(SHA256) else { return damaged("without a checksum, as version 0.1 wrote it") };
        if said(KEY).as_deref() != Some(key) {
            return damaged("it is of other labels or another model");
        }
        if tensor.dtype() != Dtype::F32 || tensor.shape() != [rows, width] {
            return damaged("its shape is another one");
        }
        if nearmiss::files::sha256::hex([tensor.data()]) != sha256 {
            return damaged("its numbers are not those that were written");
        }
        let numbers = tensor.data().chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        Kept::Known(numbers.collect())
    }

    /// Keeps embeddings under a key. A cache that cannot be written is no reason to stop.
    ///
    /// # Errors
    ///
    /// One sentence that says what went wrong, for a remark.
    pub fn write(&self, key: &str, rows: usize, width: usize, embeddings: &[f32]) -> Result<(), String> {
        let Some(path) = self.path(key) else { return Ok(()) };
        let bytes: Vec<u8> = embeddings.iter().flat_map(|value| value.to_le_bytes()).collect();
        let tensor = TensorView::new(Dtype::F32, vec![rows, width], &bytes).map_err(|error| error.to_string())?;
        let said = HashMap::from([
            (KEY.to_string(), key.to_string()),
            (SHA256.to_string(), nearmiss::files::sha256::hex([bytes.as_slice()])),
        ]);
        let file = safetensors::serialize([(TENSOR, tensor)], Some(said)).map_err(|error| error.to_string())?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        write_whole(&path, &file).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{key}.safetensors")))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn what_was_kept_comes_back_for_the_same_key_and_shape_only() {
        let folder = tempfile::tempdir().unwrap();
        let cache = LabelCache::in_folder(folder.path());
        let prompts = [vec!["a photo of Apis".to_string()], vec!["a photo of Bombus".to_string()]];
        let key = LabelCache::key("model", prompts.iter().map(Vec::as_slice));
        let values = [0.5_f32, -1.25, 3.0e-8, 7.0, 0.1, 0.2];
        cache.write(&key, 2, 3, &values).unwrap();
        assert_eq!(cache.read(&key, 2, 3), Kept::Known(values.to_vec()));
        assert!(matches!(cache.read(&key, 3, 2), Kept::Damaged(_)));
        let other = [prompts[0].clone(), vec!["a photo of Osmia".to_string()]];
        assert_ne!(key, LabelCache::key("model", other.iter().map(Vec::as_slice)));
        let joined = [vec![prompts[0][0].clone(), prompts[1][0].clone()], vec![]];
        assert_ne!(
            key,
            LabelCache::key("model", joined.iter().map(Vec::as_slice)),
            "prompts of two labels are not prompts of one"
        );
        assert_eq!(cache.read(&LabelCache::key("other", prompts.iter().map(Vec::as_slice)), 2, 3), Kept::Nothing);
    }

    #[test]
    fn numbers_that_are_not_those_that_were_written_are_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = LabelCache::in_folder(folder.path());
        let values = [1.0_f32, 2.0, 3.0, 4.0];
        cache.write("key", 2, 2, &values).unwrap();
        let path = folder.path().join("key.safetensors");
        let whole = std::fs::read(&path).unwrap();
        let numbers = whole.len() - 16;
        let altered = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = whole.clone();
            change(&mut bytes);
            std::fs::write(&path, bytes).unwrap();
            let Kept::Damaged(reason) = cache.read("key", 2, 2) else { panic!("taken for whole") };
            reason
        };
        let content = "its numbers are not those that were written";
        // Rows turned round, not a number, one bit.
        assert!(altered(&|bytes| bytes[numbers..].rotate_left(8)).ends_with(content));
        assert!(altered(&|bytes| bytes[numbers..].fill(0xff)).ends_with(content));
        assert!(altered(&|bytes| bytes[numbers + 5] ^= 1).ends_with(content));
        assert!(altered(&|bytes| bytes.truncate(numbers + 3)).contains("cut off"));
        assert!(altered(&|bytes| bytes.clear()).contains("cut off"));
        // The file of other labels in its place, and one of version 0.1.
        cache.write("other", 2, 2, &values).unwrap();
        std::fs::rename(folder.path().join("other.safetensors"), &path).unwrap();
        assert!(
            matches!(cache.read("key", 2, 2), Kept::Damaged(reason) if reason.ends_with("it is of other labels or another model"))
        );
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let tensor = TensorView::new(Dtype::F32, vec![2, 2], &bytes).unwrap();
        std::fs::write(&path, safetensors::serialize([(TENSOR, tensor)], None).unwrap()).unwrap();
        assert!(matches!(cache.read("key", 2, 2), Kept::Damaged(reason) if reason.contains("without a checksum")));
    }
}
