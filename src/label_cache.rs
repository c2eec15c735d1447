//! Label embeddings on disk, so that the same model and prompts are encoded once.

use crate::run::write_whole;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::path::{Path, PathBuf};

const TENSOR: &str = "labels";

/// A folder of label embeddings, one file per model and prompts.
#[derive(Debug, Clone)]
pub struct LabelCache {
    folder: Option<PathBuf>,
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
        crate::sha256::hex(std::iter::once(model.as_bytes()).chain(prompts.into_iter().flat_map(of_label)))
    }

    /// The embeddings kept under a key, row by row; `None` when there are none of that shape.
    #[must_use]
    pub fn read(&self, key: &str, rows: usize, width: usize) -> Option<Vec<f32>> {
        let bytes = std::fs::read(self.path(key)?).ok()?;
        let file = SafeTensors::deserialize(&bytes).ok()?;
        let tensor = file.tensor(TENSOR).ok()?;
        let fits = tensor.dtype() == Dtype::F32 && tensor.shape() == [rows, width];
        fits.then(|| tensor.data().chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
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
        let file = safetensors::serialize([(TENSOR, tensor)], None).map_err(|error| error.to_string())?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        write_whole(&path, &file).map_err(|error| error.to_string())
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
        assert_eq!(cache.read(&key, 2, 3).as_deref(), Some(&values[..]));
        assert_eq!(cache.read(&key, 3, 2), None);
        let other = [prompts[0].clone(), vec!["a photo of Osmia".to_string()]];
        assert_ne!(key, LabelCache::key("model", other.iter().map(Vec::as_slice)));
        let joined = [vec![prompts[0][0].clone(), prompts[1][0].clone()], vec![]];
        assert_ne!(
            key,
            LabelCache::key("model", joined.iter().map(Vec::as_slice)),
            "prompts of two labels are not prompts of one"
        );
        assert_eq!(cache.read(&LabelCache::key("other", prompts.iter().map(Vec::as_slice)), 2, 3), None);
    }
}
