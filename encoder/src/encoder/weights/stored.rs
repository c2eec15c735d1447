//! One file of tensors: which there are, and the reading of one.

use super::error::WeightsError;
use nearmiss::files::checkpoint::Number;
use nearmiss::files::checkpoint::safetensors::{self, Header};
use nearmiss::files::checkpoint::torch_zip::{StoredTensor, find_tensors};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use tch::{Kind, Tensor};

/// An open file of tensors, or tensors in memory.
pub(super) struct StoredTensors {
    path: PathBuf,
    source: Source,
}

enum Source {
    /// File, and where each tensor lies.
    Safetensors(File, Header),
    /// File, and where each tensor lies.
    Pickle(File, BTreeMap<String, StoredTensor>),
    /// Tensors that are there already, as they are.
    Memory(BTreeMap<String, Tensor>),
}

/// Names and shapes of tensors.
pub(super) type Listed = Vec<(String, Vec<i64>)>;

impl StoredTensors {
    /// Opens a `.safetensors` file, or a state dictionary that `PyTorch` saved.
    pub(super) fn open(path: &Path) -> Result<(StoredTensors, Listed), WeightsError> {
        let safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
        let (source, listed) = if safetensors { open_safetensors(path)? } else { open_pickle(path)? };
        Ok((StoredTensors { path: path.to_path_buf(), source }, listed))
    }

    /// Tensors in memory: reading gives these very tensors.
    pub(super) fn of_tensors(tensors: BTreeMap<String, Tensor>) -> (StoredTensors, Listed) {
        let listed = tensors.iter().map(|(name, tensor)| (name.clone(), tensor.size())).collect();
        (StoredTensors { path: PathBuf::from("memory"), source: Source::Memory(tensors) }, listed)
    }

    /// Where they are, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether reading gives the very tensors that were given, which then stay as they are.
    pub(super) fn in_memory(&self) -> bool {
        matches!(self.source, Source::Memory(_))
    }

    /// Reads a tensor, once, as it is stored; `None` if it is not there, or no more.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Tensor>, WeightsError> {
        let path = &self.path;
        let tensor = match &mut self.source {
            Source::Pickle(file, tensors) => match tensors.remove(name) {
                Some(tensor) => read_pickled(path, file, &tensor)?,
                None => return Ok(None),
            },
            Source::Memory(tensors) => match tensors.remove(name) {
                Some(tensor) => tensor,
                None => return Ok(None),
            },
            Source::Safetensors(file, header) => read_tensor(path, file, header, name)?,
        };
        if !matches!(tensor.f_kind()?, Kind::Float | Kind::Half | Kind::BFloat16 | Kind::Double) {
            let dtype = format!("{:?}", tensor.f_kind()?);
            return Err(WeightsError::Kind { path: path.clone(), name: name.to_string(), dtype });
        }
        Ok(Some(tensor))
    }
}

type Opened = (Source, Listed);

fn open_safetensors(path: &Path) -> Result<Opened, WeightsError> {
    let open = |source| WeightsError::Open { path: path.to_path_buf(), source };
    let broken = |reason: String| WeightsError::Safetensors { path: path.to_path_buf(), reason };
    let mut file = nearmiss::files::regular_file::open(path).map_err(open)?;
    let length = file.metadata().map_err(open)?.len();
    let header = safetensors::header(&mut file, length).map_err(broken)?;
    let tensors = header.tensors.iter().map(|(name, tensor)| (name.clone(), sides(&tensor.shape))).collect();
    Ok((Source::Safetensors(file, header), tensors))
}

/// A shape as LibTorch counts it.
fn sides(shape: &[u64]) -> Vec<i64> {
    shape.iter().map(|&side| i64::try_from(side).unwrap_or(i64::MAX)).collect()
}

fn open_pickle(path: &Path) -> Result<Opened, WeightsError> {
    let file =
        nearmiss::files::regular_file::open(path).map_err(|source| WeightsError::Open { path: path.to_path_buf(), source })?;
    let found = find_tensors(path).map_err(|reason| WeightsError::Pickle { path: path.to_path_buf(), reason })?;
    let shapes = found.iter().map(|tensor| (tensor.name.clone(), sides(&tensor.view.size))).collect();
    let tensors = found.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect();
    Ok((Source::Pickle(file, tensors), shapes))
}

fn read_bytes(path: &Path, file: &mut File, start: u64, length: usize) -> Result<Vec<u8>, WeightsError> {
    let mut bytes = vec![0; length];
    let read = file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut bytes));
    read.map_err(|source| WeightsError::Open { path: path.to_path_buf(), source })?;
    Ok(bytes)
}

fn kind_of(number: Number) -> Kind {
    match number {
        Number::F64 => Kind::Double,
        Number::F32 => Kind::Float,
        Number::F16 => Kind::Half,
        Number::BF16 => Kind::BFloat16,
        Number::I64 => Kind::Int64,
        Number::I32 => Kind::Int,
        Number::I16 => Kind::Int16,
        Number::I8 => Kind::Int8,
        Number::U8 => Kind::Uint8,
        Number::Bool => Kind::Bool,
    }
}

/// Reads the stretch of a storage that a tensor is a view of.
fn read_pickled(path: &Path, file: &mut File, tensor: &StoredTensor) -> Result<Tensor, WeightsError> {
    let (view, kind) = (&tensor.view, kind_of(tensor.view.number));
    // It was found to lie in its storage.
    let reach = view.extent().map_or(0, |(_, reach)| reach);
    let offset = view.offset.min(reach);
    let count = reach - offset;
    let (start, length) = (tensor.start + offset * view.number.size(), count * view.number.size());
    let bytes = read_bytes(path, file, start, usize::try_from(length).unwrap_or(usize::MAX))?;
    let storage = Tensor::f_from_data_size(&bytes, &sides(&[count]), kind)?;
    Ok(storage.f_as_strided(sides(&view.size), sides(&view.stride), 0)?)
}

fn read_tensor(path: &Path, file: &mut File, header: &Header, name: &str) -> Result<Tensor, WeightsError> {
    let broken = |reason: String| WeightsError::Safetensors { path: path.to_path_buf(), reason };
    let tensor = header.tensors.get(name).ok_or_else(|| broken(format!("tensor '{name}' is not in the header")))?;
    let kind = match tensor.dtype.as_str() {
        "F32" => Kind::Float,
        "F16" => Kind::Half,
        "BF16" => Kind::BFloat16,
        "F64" => Kind::Double,
        other => {
            return Err(WeightsError::Kind { path: path.to_path_buf(), name: name.to_string(), dtype: other.to_string() });
        }
    };
    // The header was compared with the file's length.
    let [begin, end] = tensor.place;
    let bytes = read_bytes(path, file, header.start + begin, usize::try_from(end - begin).unwrap_or(usize::MAX))?;
    Ok(Tensor::f_from_data_size(&bytes, &sides(&tensor.shape), kind)?)
}
