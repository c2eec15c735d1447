//! The files of the model that a training starts at, and of the model that comes of it: the same, but for the weights.

use super::error::TrainError;
use crate::encoder::description::model::ModelDescription;
use crate::encoder::layouts::files::ModelFiles;
use crate::encoder::tokenizer::Tokenizer;
use crate::encoder::weights::{ADAPTERS_FILE, Weights};
use nearmiss::files::output::publish;
use nearmiss::runs::directory::write_whole;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Component, Path, PathBuf};
use tch::{Device, Kind, Tensor};

/// Names of weights that a layout looks for, and that are kept.
const WEIGHTS: [&str; 2] = ["open_clip_model.safetensors", "model.safetensors"];

/// The list of a sentence encoder's modules.
const MODULES: &str = "modules.json";

/// The files of the model that a training starts at.
#[derive(Debug, Clone)]
pub struct Start {
    /// Files that are copied as they are, by their names from the folder on.
    copied: BTreeMap<String, Vec<u8>>,
    /// What names of tensors begin with, and the file that those are written into, by its name from the folder on.
    weights: Vec<(String, String)>,
    /// Names of all tensors that the layout has.
    own: BTreeSet<String>,
    /// The folder of the configuration, in which the tokenizer's files lie as well.
    folder: PathBuf,
}

/// A model that was opened for training.
pub struct Opened {
    /// Its files.
    pub start: Start,
    /// What it is made of.
    pub description: ModelDescription,
    /// Its tensors.
    pub weights: Weights,
    /// Tensors of its files that it does not use, which the trained model does not have.
    pub left_out: Vec<String>,
    /// The first file of weights, for messages.
    pub file: PathBuf,
}

impl Start {
    /// Opens a model directory of any layout.
    ///
    /// # Errors
    ///
    /// What keeps the directory from being read; adapters or a prompt beside its weights.
    pub fn open(directory: &Path) -> Result<Opened, TrainError> {
        let files = ModelFiles::find(directory)?;
        if files.folder.join(ADAPTERS_FILE).is_file() {
            return Err(TrainError::HasAdapters(files.folder));
        }
        let weights = Weights::open_all(&files.weights, Kind::Float, Device::Cpu)?;
        let files = files.told_by(&weights.shapes());
        let description = files.describe(&weights.shapes())?;
        let expected: Vec<_> = description.tensors().into_iter().map(|(_, tensor)| tensor).collect();
        let left_out = weights.check(&expected, &description.unused, &files.name_of(&files.config))?;
        let written = |(prefix, file): &(String, PathBuf)| (prefix.clone(), files.name_of(&target(file, &description.layout)));
        // The longest beginning of a name decides: that of the model itself is empty.
        let mut into: Vec<(String, String)> = files.weights.iter().map(written).collect();
        into.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        let folder = files.config.parent().unwrap_or(&files.folder).to_path_buf();
        let own = expected.into_iter().map(|tensor| tensor.name).collect();
        let start = Start { copied: copied(&files)?, weights: into, own, folder };
        let file = files.weights.first().map_or(files.folder, |(_, file)| file.clone());
        Ok(Opened { start, description, weights, left_out, file })
    }

    /// The tokenizer of the text tower; `None` for a model without one.
    ///
    /// # Errors
    ///
    /// [`TrainError::Tokenizer`].
    pub fn tokenizer(&self, description: &ModelDescription) -> Result<Option<Tokenizer>, TrainError> {
        let (Some(text), Some(tokenizer)) = (&description.text, &description.tokenizer) else { return Ok(None) };
        let context = usize::try_from(text.context_length).unwrap_or(0);
        Ok(Some(Tokenizer::open(tokenizer, &self.folder, context)?))
    }

    /// SHA-256 of names and bytes of the files that are copied.
    #[must_use]
    pub fn sha256(&self) -> String {
        let chunks = self.copied.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_slice()]);
        nearmiss::files::sha256::hex(chunks)
    }

    /// Refuses a folder that holds a model of other files: what is written there would be read with these, or they in its place.
    ///
    /// # Errors
    ///
    /// [`TrainError::OtherModel`].
    pub fn check_room(&self, output: &Path) -> Result<(), TrainError> {
        let Ok(there) = ModelFiles::find(output) else { return Ok(()) };
        let is_written = |name: &String| {
            name == ADAPTERS_FILE || self.copied.contains_key(name) || self.weights.iter().any(|(_, file)| file == name)
        };
        match there.all().iter().map(|file| there.name_of(file)).find(|name| !is_written(name)) {
            Some(file) => Err(TrainError::OtherModel { folder: output.to_path_buf(), file }),
            None => Ok(()),
        }
    }

    /// Writes the model: configuration and tokenizer as they were, then the weights in a kind of number. What is no tensor of
    /// the layout goes into the file of adapters; one that lies there from another training goes.
    ///
    /// # Errors
    ///
    /// Files that cannot be written; numbers that the kind does not have.
    pub fn write(&self, output: &Path, tensors: &BTreeMap<String, Tensor>, kind: Kind) -> Result<(), TrainError> {
        for (name, tensor) in tensors.iter().filter(|_| kind == Kind::Half) {
            if !bool::try_from(tensor.f_detach()?.f_to_kind(kind)?.f_isfinite()?.f_all()?)? {
                return Err(TrainError::TooLargeForHalf(name.clone()));
            }
        }
        std::fs::create_dir_all(output).map_err(|source| TrainError::file(output, source))?;
        for (name, bytes) in &self.copied {
            write_whole(&inside(output, name)?, bytes)?;
        }
        let mut files: BTreeMap<&str, BTreeMap<&str, &Tensor>> = BTreeMap::new();
        for (name, tensor) in tensors {
            if !self.own.contains(name) {
                files.entry(ADAPTERS_FILE).or_default().insert(name, tensor);
            } else if let Some((prefix, file)) = self.weights.iter().find(|(prefix, _)| name.starts_with(prefix)) {
                files.entry(file).or_default().insert(&name[prefix.len()..], tensor);
            }
        }
        if !files.contains_key(ADAPTERS_FILE) {
            let stale = output.join(ADAPTERS_FILE);
            match std::fs::remove_file(&stale) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(TrainError::file(&stale, error)),
                _ => {}
            }
        }
        for (name, tensors) in files {
            write_weights(&inside(output, name)?, &tensors, kind)?;
        }
        Ok(())
    }
}

/// The file that weights are written into: under their name where a layout looks for it, else under the layout's.
fn target(file: &Path, layout: &str) -> PathBuf {
    let own = file.file_name().unwrap_or_default();
    if WEIGHTS.iter().any(|name| own == *name) {
        return file.to_path_buf();
    }
    file.with_file_name(WEIGHTS[usize::from(layout != "open_clip")])
}

/// The files that are copied: all that change what is computed but the weights, and what says which modules there are.
fn copied(files: &ModelFiles) -> Result<BTreeMap<String, Vec<u8>>, TrainError> {
    let is_weights = |path: &PathBuf| files.weights.iter().any(|(_, own)| own == path);
    let mut paths: BTreeSet<PathBuf> = files.all().into_iter().filter(|path| !is_weights(path)).collect();
    paths.extend(modules(&files.folder)?);
    // Of open_clip's layout it may have the sizes of a text tower from the hub.
    paths.extend([files.folder.join("config.json")].into_iter().filter(|path| path.is_file()));
    let read = |path: PathBuf| -> Result<(String, Vec<u8>), TrainError> {
        let bytes = nearmiss::files::regular_file::read(&path).map_err(|source| TrainError::file(&path, source))?;
        Ok((files.name_of(&path), bytes))
    };
    paths.into_iter().map(read).collect()
}

/// The list of a sentence encoder's modules, and the configuration of each; nothing of other models.
fn modules(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let list = folder.join(MODULES);
    if !list.is_file() {
        return Ok(vec![]);
    }
    let bytes = nearmiss::files::regular_file::read(&list).map_err(|source| TrainError::file(&list, source))?;
    // It was read as a list of modules before, if it is one.
    let modules: Vec<Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    let paths = modules.iter().filter_map(|module| module.get("path")?.as_str());
    let is_inside = |path: &&str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let configs = paths.filter(is_inside).map(|path| folder.join(path).join("config.json")).filter(|path| path.is_file());
    Ok(configs.collect::<Vec<_>>().into_iter().chain([list]).collect())
}

/// A file of the output folder, whose folder is there.
fn inside(output: &Path, name: &str) -> Result<PathBuf, TrainError> {
    let path = output.join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| TrainError::file(folder, source))?;
    }
    Ok(path)
}

/// Writes a safetensors file, whole, a tensor at a time. Readers of transformers ask that its header says `pt`.
///
/// # Source
///
/// The format of `safetensors` 0.8: the length of a header of JSON, the header, the numbers.
fn write_weights(path: &Path, tensors: &BTreeMap<&str, &Tensor>, kind: Kind) -> Result<(), TrainError> {
    let (dtype, size) = if kind == Kind::Half { ("F16", 2) } else { ("F32", 4) };
    let mut header = serde_json::Map::from_iter([("__metadata__".to_string(), json!({ "format": "pt" }))]);
    let mut end = 0;
    for (name, tensor) in tensors {
        let begin = end;
        end += tensor.numel() * size;
        header.insert((*name).to_string(), json!({ "dtype": dtype, "shape": tensor.size(), "data_offsets": [begin, end] }));
    }
    let mut header = Value::from(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    let draft = path.with_extension("partial");
    let fault = |source| TrainError::file(&draft, source);
    let mut file = BufWriter::new(File::create(&draft).map_err(fault)?);
    file.write_all(&(header.len() as u64).to_le_bytes()).and_then(|()| file.write_all(&header)).map_err(fault)?;
    for tensor in tensors.values() {
        let tensor = tensor.f_detach()?.f_to_kind(kind)?.f_contiguous()?;
        let mut bytes = vec![0; tensor.numel() * size];
        tensor.f_copy_data_u8(&mut bytes, tensor.numel())?;
        file.write_all(&bytes).map_err(fault)?;
    }
    let file = file.into_inner().map_err(|error| fault(error.into_error()))?;
    publish(&file, &draft, path).map_err(|source| TrainError::file(path, source))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn weights_are_written_as_they_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (Tensor::from_slice(&[1.5f32, -2.0, 0.25]).view([3, 1]), Tensor::from(-10.0f32));
        for (kind, name) in [(Kind::Float, "f.safetensors"), (Kind::Half, "h.safetensors")] {
            let path = folder.path().join(name);
            write_weights(&path, &BTreeMap::from([("a", &a.transpose(0, 1)), ("b", &b)]), kind).unwrap();
            let read: BTreeMap<String, Tensor> = Tensor::read_safetensors(&path).unwrap().into_iter().collect();
            assert_eq!((read["a"].size(), read["a"].kind(), read["b"].size()), (vec![1, 3], kind, vec![]));
            assert_eq!(Vec::<f32>::try_from(read["a"].to_kind(Kind::Float).view(3)).unwrap(), [1.5, -2.0, 0.25]);
            assert_eq!(f32::try_from(read["b"].to_kind(Kind::Float)).unwrap().to_bits(), (-10.0f32).to_bits());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_another_model_left_is_neither_read_with_the_new_one_nor_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let start = Start {
            copied: BTreeMap::from([("open_clip_config.json".to_string(), b"{}".to_vec())]),
            weights: vec![(String::new(), "open_clip_model.safetensors".to_string())],
            own: BTreeSet::from(["w".to_string()]),
            folder: PathBuf::new(),
        };
        let (w, adapter) = (Tensor::from_slice(&[1.0f32]), Tensor::from_slice(&[2.0f32]));
        let both = BTreeMap::from([("w".to_string(), w.shallow_clone()), ("a.adapter.up.bias".to_string(), adapter)]);
        start.write(folder.path(), &both, Kind::Float).unwrap();
        assert!(folder.path().join(ADAPTERS_FILE).is_file());
        assert!(start.check_room(folder.path()).is_ok());
        // Trained anew without adapters, those of the time before are gone.
        start.write(folder.path(), &BTreeMap::from([("w".to_string(), w)]), Kind::Float).unwrap();
        assert!(!folder.path().join(ADAPTERS_FILE).exists());
        std::fs::write(folder.path().join("tokenizer.json"), "{}").unwrap();
        let message = start.check_room(folder.path()).unwrap_err().to_string();
        assert!(
            message.contains("it holds a model with 'tokenizer.json', which would be read with the trained one"),
            "{message}"
        );
        let new = folder.path().join("new");
        assert!(start.check_room(&new).is_ok());
        // Half precision ends at 65504.
        let large = BTreeMap::from([("w".to_string(), Tensor::from_slice(&[1e5f32]))]);
        assert!(matches!(start.write(&new, &large, Kind::Half), Err(TrainError::TooLargeForHalf(name)) if name == "w"));
        assert!(!new.exists());
    }

    #[test]
    fn weights_keep_a_name_that_is_looked_for_and_get_one_else() {
        for (file, layout, expected) in [
            ("m/open_clip_pytorch_model.bin", "open_clip", "m/open_clip_model.safetensors"),
            ("m/model.safetensors", "open_clip", "m/model.safetensors"),
            ("m/epoch_3.pt", "open_clip", "m/open_clip_model.safetensors"),
            ("m/model-00001-of-00002.safetensors", "transformers bert", "m/model.safetensors"),
            ("m/2_Dense/pytorch_model.bin", "sentence-transformers", "m/2_Dense/model.safetensors"),
        ] {
            assert_eq!(target(Path::new(file), layout), Path::new(expected));
        }
    }
}
