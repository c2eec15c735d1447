//! The tensors of a checkpoint: found, checked against the model, and read one at a time.

use super::linear_path::LinearPath;
use nearmiss::files::checkpoint::Number;
use nearmiss::files::checkpoint::safetensors::{self, Header};
use nearmiss::files::checkpoint::torch_zip::{StoredTensor, find_tensors};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use tch::{Device, Kind, TchError, Tensor};

/// Tensors beside the weights that open_clip does not know: bottleneck adapters and prompts.
pub const ADAPTERS_FILE: &str = "adapters.safetensors";

/// Names of weights in a model directory, best first.
pub const WEIGHTS_FILES: [&str; 2] = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

/// Tensors that checkpoints are known to carry and that do not belong to the towers.
///
/// `visual.continual_proj` is the second projector of `BioCLIP` 2's training; the others are
/// left-overs of how the checkpoint was saved.
const KNOWN_EXTRAS: [&str; 6] =
    ["visual.continual_proj", "attn_mask", "text.attn_mask", "input_resolution", "context_length", "vocab_size"];

/// The largest logarithm of the factor on cosines, either way; open_clip keeps it below ln 100 = 4.6, and with a
/// factor beyond e¹⁰ every answer has a probability of 0 or 1.
const MOST_LOGIT_SCALE: f64 = 10.0;

/// Why weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file is missing or unreadable.
    #[error("{path}: cannot read the weights: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not what its name says, or cut short.
    #[error("{path}: not a complete safetensors file: {reason}; copy or download it again")]
    Safetensors {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Not a dictionary of tensors.
    #[error(
        "{path}: not a dictionary of tensors saved by PyTorch 1.6 or later ({reason}); \
         save the model's state_dict alone, best as open_clip_model.safetensors"
    )]
    Pickle {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// The tensors are not those of the model.
    #[error("{path}: the weights do not fit {config}: {problems}")]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The configuration that asked for other tensors.
        config: String,
        /// Missing, unused and misshapen tensors by name.
        problems: String,
    },
    /// A tensor of numbers that are not floating point.
    #[error("{path}: tensor '{name}' is of type {dtype}; f32, f16 and bf16 are read")]
    Kind {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Its type.
        dtype: String,
    },
    /// A factor on cosines that is none.
    #[error(
        "{path}: 'logit_scale' is {value}; it is the natural logarithm of the factor on cosines, from -{MOST_LOGIT_SCALE} to \
         {MOST_LOGIT_SCALE} (4.6 in most models): fetch the weights again"
    )]
    LogitScale {
        /// The weights.
        path: PathBuf,
        /// What it is.
        value: f64,
    },
    /// `LibTorch` failed.
    #[error(transparent)]
    Torch(#[from] TchError),
}

enum Source {
    /// File, and where each tensor lies.
    Safetensors(File, Header),
    /// File, and where each tensor lies.
    Pickle(File, BTreeMap<String, StoredTensor>),
    /// Tensors that are there already, as they are.
    Memory(BTreeMap<String, Tensor>),
}

/// An open checkpoint.
pub struct Weights {
    path: PathBuf,
    source: Source,
    /// Shape and stored name of each tensor, by its name in the model.
    tensors: BTreeMap<String, (Vec<i64>, String)>,
    kind: Kind,
    device: Device,
    /// Tensors that were added; they come first.
    added: BTreeMap<String, Tensor>,
    /// How linear layers made of the tensors compute.
    linear: LinearPath,
}

impl Weights {
    /// Opens a `.safetensors` file, or a state dictionary that `PyTorch` saved.
    ///
    /// Tensors come out in `kind` on `device`.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] where the file is not one of these.
    pub fn open(path: &Path, kind: Kind, device: Device) -> Result<Weights, WeightsError> {
        let safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
        let (source, stored) = if safetensors { open_safetensors(path)? } else { open_pickle(path)? };
        // Data-parallel training writes every name with this prefix.
        let wrapped = !stored.is_empty() && stored.iter().all(|(name, _)| name.starts_with("module."));
        let model_name = |name: &str| if wrapped { name["module.".len()..].to_string() } else { name.to_string() };
        let tensors = stored.into_iter().map(|(name, shape)| (model_name(&name), (shape, name))).collect();
        Ok(Weights {
            path: path.to_path_buf(),
            source,
            tensors,
            kind,
            device,
            added: BTreeMap::new(),
            linear: LinearPath::default(),
        })
    }

    /// Tensors in memory: [`Weights::take`] gives these very tensors, so that gradients reach them.
    #[must_use]
    pub fn of_tensors(tensors: BTreeMap<String, Tensor>, kind: Kind, device: Device) -> Weights {
        let shapes = tensors.iter().map(|(name, tensor)| (name.clone(), (tensor.size(), name.clone()))).collect();
        Weights {
            path: PathBuf::from("memory"),
            source: Source::Memory(tensors),
            tensors: shapes,
            kind,
            device,
            added: BTreeMap::new(),
            linear: LinearPath::default(),
        }
    }

    /// Adds the tensors of [`ADAPTERS_FILE`] in the folder, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Weights::open`] and [`Weights::take`].
    pub fn add_adapters(&mut self, folder: &Path) -> Result<(), WeightsError> {
        let path = folder.join(ADAPTERS_FILE);
        if !path.is_file() {
            return Ok(());
        }
        let mut adapters = Weights::open(&path, self.kind, self.device)?;
        let names: Vec<String> = adapters.names().map(str::to_string).collect();
        for name in names {
            let tensor = adapters.take(&name)?;
            self.added.insert(name, tensor);
        }
        Ok(())
    }

    /// Adds tensors: [`Weights::take`] gives these very tensors.
    pub fn add(&mut self, tensors: BTreeMap<String, Tensor>) {
        self.added.extend(tensors);
    }

    /// Has linear layers computed that way; [`LinearPath::Product`] unless said.
    pub fn set_linear(&mut self, linear: LinearPath) {
        self.linear = linear;
    }

    /// How linear layers are to be computed.
    #[must_use]
    pub fn linear(&self) -> LinearPath {
        self.linear
    }

    /// Names of all tensors that were not taken yet.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Whether there is a tensor of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name) || self.added.contains_key(name)
    }

    /// Compares the names and shapes with those of the model; returns the known extras that are there.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Mismatch`] with all that is missing, misshapen or unused.
    pub fn check(&self, expected: &[(String, Vec<i64>)], config: &str) -> Result<Vec<String>, WeightsError> {
        let expected: BTreeMap<&str, &Vec<i64>> = expected.iter().map(|(name, shape)| (name.as_str(), shape)).collect();
        let missing = expected.keys().filter(|name| !self.contains(name)).map(ToString::to_string).collect();
        let misshapen = self.tensors.iter().filter_map(|(name, (shape, _))| {
            let wanted = expected.get(name.as_str()).filter(|wanted| !same_shape(wanted, shape))?;
            Some(format!("{name} is {shape:?} and should be {wanted:?}"))
        });
        let (extras, unused): (Vec<String>, Vec<String>) = self
            .tensors
            .keys()
            .filter(|name| !expected.contains_key(name.as_str()))
            .cloned()
            .partition(|name| KNOWN_EXTRAS.contains(&name.as_str()));
        let problems = [listed("missing", missing), listed("of another shape", misshapen.collect()), listed("unused", unused)];
        let problems: Vec<String> = problems.into_iter().flatten().collect();
        if problems.is_empty() {
            return Ok(extras);
        }
        let (path, config) = (self.path.clone(), config.to_string());
        Err(WeightsError::Mismatch { path, config, problems: problems.join("; ") })
    }

    /// Reads one tensor, once, in the kind and on the device the checkpoint was opened for.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] if it is not there, is not floating point, or cannot be read.
    pub fn take(&mut self, name: &str) -> Result<Tensor, WeightsError> {
        if let Some(tensor) = self.added.remove(name) {
            return Ok(tensor);
        }
        if matches!(self.source, Source::Memory(_)) {
            return self.stored(name);
        }
        Ok(self.stored(name)?.f_to_device(self.device)?.f_to_kind(self.kind)?.f_contiguous()?.f_detach()?)
    }

    /// Reads a tensor of one element as a number, whatever the kind of the others.
    ///
    /// # Errors
    ///
    /// As [`Weights::take`].
    pub fn take_number(&mut self, name: &str) -> Result<f64, WeightsError> {
        Ok(f64::try_from(self.stored(name)?.f_to_kind(Kind::Double)?.f_sum(Kind::Double)?)?)
    }

    fn stored(&mut self, name: &str) -> Result<Tensor, WeightsError> {
        let (path, missing) = (self.path.clone(), listed("missing", vec![name.to_string()]).unwrap_or_default());
        let Some((_, stored)) = self.tensors.remove(name) else {
            return Err(WeightsError::Mismatch { path, config: "the model".to_string(), problems: missing });
        };
        let tensor = match &mut self.source {
            Source::Pickle(file, tensors) => match tensors.remove(&stored) {
                Some(tensor) => read_pickled(&path, file, &tensor)?,
                None => return Err(WeightsError::Mismatch { path, config: "the model".to_string(), problems: missing }),
            },
            Source::Memory(tensors) => match tensors.remove(&stored) {
                Some(tensor) => tensor,
                None => return Err(WeightsError::Mismatch { path, config: "the model".to_string(), problems: missing }),
            },
            Source::Safetensors(file, header) => read_tensor(&path, file, header, &stored)?,
        };
        if !matches!(tensor.f_kind()?, Kind::Float | Kind::Half | Kind::BFloat16 | Kind::Double) {
            return Err(WeightsError::Kind { path, name: stored, dtype: format!("{:?}", tensor.f_kind()?) });
        }
        Ok(tensor)
    }
}

/// The logarithm of the factor on cosines, if it is one.
///
/// # Errors
///
/// [`WeightsError::LogitScale`] for what is not finite, or beyond e¹⁰ either way.
pub fn checked_logit_scale(value: f64, path: &Path) -> Result<f64, WeightsError> {
    if value.abs() <= MOST_LOGIT_SCALE { Ok(value) } else { Err(WeightsError::LogitScale { path: path.to_path_buf(), value }) }
}

/// A scalar may be stored as one number or as a list of one.
fn same_shape(a: &[i64], b: &[i64]) -> bool {
    a == b || (matches!(a, [] | [1]) && matches!(b, [] | [1]))
}

/// `3 tensors missing: a, b, c`; `None` for none. Long lists are cut.
fn listed(what: &str, names: Vec<String>) -> Option<String> {
    const SHOWN: usize = 8;
    let count = names.len();
    let shown = names.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ");
    let more = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
    let noun = if count == 1 { "tensor" } else { "tensors" };
    (count > 0).then(|| format!("{count} {noun} {what}: {shown}{more}"))
}

type Opened = (Source, Vec<(String, Vec<i64>)>);

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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn open(folder: &Path, tensors: &[(&str, Tensor)]) -> Weights {
        let path = folder.join("w.safetensors");
        Tensor::write_safetensors(tensors, &path).unwrap();
        Weights::open(&path, Kind::Float, Device::Cpu).unwrap()
    }

    fn expected(tensors: &[(&str, &[i64])]) -> Vec<(String, Vec<i64>)> {
        tensors.iter().map(|(name, shape)| ((*name).to_string(), shape.to_vec())).collect()
    }

    #[test]
    fn all_problems_are_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let tensors = [("a", Tensor::zeros([2, 3], (Kind::Float, Device::Cpu))), ("odd", Tensor::from(1f32))];
        let weights = open(folder.path(), &tensors);
        let error = weights.check(&expected(&[("a", &[3, 2]), ("b", &[1]), ("c", &[1])]), "config.json").unwrap_err();
        let message = error.to_string();
        let problems = "2 tensors missing: b, c; 1 tensor of another shape: a is [2, 3] and should be [3, 2]; \
                        1 tensor unused: odd";
        assert!(message.ends_with(&format!("w.safetensors: the weights do not fit config.json: {problems}")), "{message}");
    }

    #[test]
    fn known_extras_and_the_prefix_of_data_parallel_training_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let tensors = [("module.a", Tensor::from(2.5f32)), ("module.visual.continual_proj", Tensor::from(1f32))];
        let mut weights = open(folder.path(), &tensors);
        assert_eq!(weights.check(&expected(&[("a", &[1])]), "").unwrap(), ["visual.continual_proj"]);
        assert_eq!(Vec::<f32>::try_from(weights.take("a").unwrap().view(1)).unwrap(), [2.5]);
    }

    #[test]
    fn half_precision_is_widened() {
        let folder = tempfile::tempdir().unwrap();
        let values = Tensor::from_slice(&[1.5f32, -0.25]);
        let tensors = [("half", values.to_kind(Kind::Half)), ("brain", values.to_kind(Kind::BFloat16))];
        let mut weights = open(folder.path(), &tensors);
        for name in ["half", "brain"] {
            assert_eq!(Vec::<f32>::try_from(weights.take(name).unwrap()).unwrap(), [1.5, -0.25]);
        }
    }

    #[test]
    fn a_file_cut_short_is_not_taken_for_whole() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path(), &[("a", Tensor::zeros([8], (Kind::Float, Device::Cpu)))]);
        let path = folder.path().join("w.safetensors");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 4]).unwrap();
        let message = Weights::open(&path, Kind::Float, Device::Cpu).err().unwrap().to_string();
        let reason = "its header announces 32 bytes of tensors, and 28 are there";
        assert!(message.contains(&format!("not a complete safetensors file: {reason}; copy or download")), "{message}");
    }

    #[test]
    fn a_factor_on_cosines_that_is_none_is_refused_with_its_value() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, -10.5] {
            let message = checked_logit_scale(value, Path::new("w.bin")).unwrap_err().to_string();
            assert!(message.starts_with("w.bin: 'logit_scale' is ") && message.contains("natural logarithm"), "{message}");
            assert!(message.contains(&format!("is {value};")), "{message}");
        }
        assert_eq!(checked_logit_scale(4.605, Path::new("w.bin")).unwrap().to_bits(), 4.605_f64.to_bits());
    }

    #[test]
    fn integers_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut weights = open(folder.path(), &[("a", Tensor::from_slice(&[1i64]))]);
        assert!(weights.take("a").unwrap_err().to_string().contains("tensor 'a' is of type I64"));
    }
}
