//! The tensors of a checkpoint: found, checked against the model, and read one at a time.

mod error;
mod stored;

use super::description::tensors::ExpectedTensor;
use super::layouts::shapes::Shapes;
use super::linear_path::LinearPath;
use error::MOST_LOGIT_SCALE;
pub use error::WeightsError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use stored::{Listed, StoredTensors};
use tch::{Device, Kind, Tensor};

/// Tensors beside the weights that open_clip does not know: bottleneck adapters and prompts.
pub const ADAPTERS_FILE: &str = "adapters.safetensors";

/// Tensors that checkpoints are known to carry and that do not belong to the towers.
///
/// `visual.continual_proj` is the second projector of `BioCLIP` 2's training; the others are
/// left-overs of how the checkpoint was saved.
const KNOWN_EXTRAS: [&str; 6] =
    ["visual.continual_proj", "attn_mask", "text.attn_mask", "input_resolution", "context_length", "vocab_size"];

/// What programs write in front of the names of all tensors: data-parallel training.
const WRAPPER: &str = "module.";

/// What a compiled module writes in the middle of names (`torch.compile`).
const COMPILED: &str = "_orig_mod.";

/// An open checkpoint, of one file or several.
pub struct Weights {
    files: Vec<StoredTensors>,
    /// Shape, stored name and number of the file of each tensor, by its name in the model.
    tensors: BTreeMap<String, Place>,
    kind: Kind,
    device: Device,
    /// Tensors that were added; they come first.
    added: BTreeMap<String, Tensor>,
    /// Tensors that several layers share and that were taken once.
    shared: BTreeMap<String, Tensor>,
    /// How linear layers made of the tensors compute.
    linear: LinearPath,
}

/// Where a tensor is.
struct Place {
    shape: Vec<i64>,
    stored: String,
    file: usize,
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
        Weights::open_all(&[(String::new(), path.to_path_buf())], kind, device)
    }

    /// Opens several files as one checkpoint; what comes first with each is written in front of the names of its tensors.
    ///
    /// # Errors
    ///
    /// As [`Weights::open`]; [`WeightsError::Index`] where two files have a tensor of one name.
    pub fn open_all(files: &[(String, PathBuf)], kind: Kind, device: Device) -> Result<Weights, WeightsError> {
        let mut weights = Weights::empty(kind, device);
        for (prefix, path) in files {
            let (file, listed) = StoredTensors::open(path)?;
            weights.push(prefix, file, listed)?;
        }
        Ok(weights)
    }

    /// Tensors in memory: [`Weights::take`] gives these very tensors, so that gradients reach them.
    #[must_use]
    pub fn of_tensors(tensors: BTreeMap<String, Tensor>, kind: Kind, device: Device) -> Weights {
        let mut weights = Weights::empty(kind, device);
        let (file, listed) = StoredTensors::of_tensors(tensors);
        let place = |(name, shape): (String, Vec<i64>)| (name.clone(), Place { shape, stored: name, file: 0 });
        weights.tensors = listed.into_iter().map(place).collect();
        weights.files.push(file);
        weights
    }

    fn empty(kind: Kind, device: Device) -> Weights {
        Weights {
            files: vec![],
            tensors: BTreeMap::new(),
            kind,
            device,
            added: BTreeMap::new(),
            shared: BTreeMap::new(),
            linear: LinearPath::default(),
        }
    }

    fn push(&mut self, prefix: &str, file: StoredTensors, listed: Listed) -> Result<(), WeightsError> {
        // Either may be inside of the other: a compiled module of data-parallel training, or the other way round.
        let listed: Vec<_> = listed.into_iter().map(|(stored, shape)| (stored.replace(COMPILED, ""), stored, shape)).collect();
        let wrapped = !listed.is_empty() && listed.iter().all(|(name, ..)| name.starts_with(WRAPPER));
        let number = self.files.len();
        for (name, stored, shape) in listed {
            let name = format!("{prefix}{}", if wrapped { &name[WRAPPER.len()..] } else { &name });
            let place = Place { shape, stored, file: number };
            if self.tensors.insert(name.clone(), place).is_some() {
                let reason = format!("there are two tensors of the name '{name}'");
                return Err(WeightsError::Index { path: file.path().to_path_buf(), reason });
            }
        }
        self.files.push(file);
        Ok(())
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

    /// Names and shapes of all tensors that were not taken yet.
    #[must_use]
    pub fn shapes(&self) -> Shapes {
        self.tensors.iter().map(|(name, place)| (name.clone(), place.shape.clone())).collect()
    }

    /// Whether there is a tensor of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name) || self.added.contains_key(name)
    }

    /// Compares the names and shapes with those of the model; returns the known extras that are there: those that all
    /// checkpoints may carry, and those whose names begin like one of `unused`.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Mismatch`] with all that is missing, misshapen or unused.
    pub fn check<'a>(
        &self,
        expected: impl IntoIterator<Item = &'a ExpectedTensor>,
        unused: &[String],
        config: &str,
    ) -> Result<Vec<String>, WeightsError> {
        let expected: BTreeMap<&str, &Vec<i64>> =
            expected.into_iter().map(|tensor| (tensor.name.as_str(), &tensor.shape)).collect();
        let missing = expected.keys().filter(|name| !self.contains(name)).map(ToString::to_string).collect();
        let misshapen = self.tensors.iter().filter_map(|(name, Place { shape, .. })| {
            let wanted = expected.get(name.as_str()).filter(|wanted| !same_shape(wanted, shape))?;
            Some(format!("{name} is {shape:?} and should be {wanted:?}"))
        });
        let known = |name: &String| KNOWN_EXTRAS.contains(&name.as_str()) || unused.iter().any(|start| name.starts_with(start));
        let (extras, unused): (Vec<String>, Vec<String>) =
            self.tensors.keys().filter(|name| !expected.contains_key(name.as_str())).cloned().partition(known);
        let problems = [listed("missing", missing), listed("of another shape", misshapen.collect()), listed("unused", unused)];
        let problems: Vec<String> = problems.into_iter().flatten().collect();
        if problems.is_empty() {
            return Ok(extras);
        }
        Err(WeightsError::Mismatch { path: self.path(), config: config.to_string(), problems: problems.join("; ") })
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
        let (tensor, in_memory) = self.stored(name)?;
        if in_memory {
            return Ok(tensor);
        }
        Ok(tensor.f_to_device(self.device)?.f_to_kind(self.kind)?.f_contiguous()?.f_detach()?)
    }

    /// Reads one tensor that several layers share: as [`Weights::take`], as often as it is asked for.
    ///
    /// # Errors
    ///
    /// As [`Weights::take`].
    pub fn take_shared(&mut self, name: &str) -> Result<Tensor, WeightsError> {
        if !self.shared.contains_key(name) {
            let tensor = self.take(name)?;
            self.shared.insert(name.to_string(), tensor);
        }
        Ok(self.shared.get(name).map_or_else(Tensor::new, Tensor::shallow_clone))
    }

    /// Reads a tensor of one element as a number, whatever the kind of the others.
    ///
    /// # Errors
    ///
    /// As [`Weights::take`].
    pub fn take_number(&mut self, name: &str) -> Result<f64, WeightsError> {
        Ok(f64::try_from(self.stored(name)?.0.f_to_kind(Kind::Double)?.f_sum(Kind::Double)?)?)
    }

    /// A tensor as it is stored, and whether it was in memory.
    fn stored(&mut self, name: &str) -> Result<(Tensor, bool), WeightsError> {
        let missing = |path: PathBuf| WeightsError::Mismatch {
            path,
            config: "the model".to_string(),
            problems: listed("missing", vec![name.to_string()]).unwrap_or_default(),
        };
        let Some(Place { stored, file, .. }) = self.tensors.remove(name) else { return Err(missing(self.path())) };
        let file = &mut self.files[file];
        let tensor = file.read(&stored)?.ok_or_else(|| missing(file.path().to_path_buf()))?;
        Ok((tensor, file.in_memory()))
    }

    /// The first file, for messages.
    fn path(&self) -> PathBuf {
        self.files.first().map_or_else(PathBuf::new, |file| file.path().to_path_buf())
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::description::tensors::Role;

    fn open(folder: &Path, tensors: &[(&str, Tensor)]) -> Weights {
        let path = folder.join("w.safetensors");
        Tensor::write_safetensors(tensors, &path).unwrap();
        Weights::open(&path, Kind::Float, Device::Cpu).unwrap()
    }

    fn expected(tensors: &[(&str, &[i64])]) -> Vec<ExpectedTensor> {
        tensors.iter().map(|(name, shape)| ExpectedTensor::new(name, shape, Role::Norm)).collect()
    }

    #[test]
    fn all_problems_are_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let tensors = [("a", Tensor::zeros([2, 3], (Kind::Float, Device::Cpu))), ("odd", Tensor::from(1f32))];
        let weights = open(folder.path(), &tensors);
        let error = weights.check(&expected(&[("a", &[3, 2]), ("b", &[1]), ("c", &[1])]), &[], "config.json").unwrap_err();
        let message = error.to_string();
        let problems = "2 tensors missing: b, c; 1 tensor of another shape: a is [2, 3] and should be [3, 2]; \
                        1 tensor unused: odd";
        assert!(message.ends_with(&format!("w.safetensors: the weights do not fit config.json: {problems}")), "{message}");
    }

    #[test]
    fn known_extras_and_the_prefix_of_data_parallel_training_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let tensors = ["module._orig_mod.a", "module.left.over", "module.visual.continual_proj"];
        let tensors = tensors.map(|name| (name, Tensor::from(2.5f32)));
        let mut weights = open(folder.path(), &tensors);
        assert_eq!(
            weights.check(&expected(&[("a", &[1])]), &["left.".to_string()], "").unwrap(),
            ["left.over", "visual.continual_proj"]
        );
        assert_eq!(Vec::<f32>::try_from(weights.take("a").unwrap().view(1)).unwrap(), [2.5]);
        let mut weights = open(folder.path(), &[("_orig_mod.module.a", Tensor::from(1.5f32))]);
        assert_eq!(Vec::<f32>::try_from(weights.take("a").unwrap().view(1)).unwrap(), [1.5]);
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
