//! Models that know classes: networks in one file, as TorchScript or as ONNX, and model directories with a layer of classes.
//!
//! Each takes pixels and gives a number per class; some give vectors of the photographs as well. What a class is called,
//! and which taxon it is, is not their business.

pub mod error;
pub mod outputs;
pub mod file_kind;
mod library;
mod onnx;
mod torchscript;
pub mod preprocess_file;

use crate::encoder::device::{self, DeviceChoice, OpenDevice};
use crate::encoder::fingerprint::ModelFile;
use crate::encoder::{Encoder, EncoderOptions};
use error::ClassifierError;
use file_kind::FileKind;
use onnx::Onnx;
use outputs::{Given, OutputKind, Outputs};
use std::path::{Path, PathBuf};
use tch::{Device, Kind, Tensor};
use torchscript::TorchScript;

/// Images of the first look at a model: that many are drawn to see what it gives.
const LOOKED_AT: i64 = 2;

/// A network that gives a number for each class.
pub struct Classifier {
    network: Network,
    file: PathBuf,
    size: i64,
    classes: usize,
    kind: OutputKind,
    width: Option<usize>,
    doubt: Option<String>,
}

enum Network {
    TorchScript(TorchScript),
    Onnx(Onnx),
    /// A model directory with a layer of classes; boxed, for it is large.
    Tower(Box<Encoder>),
}

impl Classifier {
    /// Opens a file, for images of `size` × `size` pixels, and looks at what it gives for two drawn images.
    ///
    /// # Errors
    ///
    /// [`ClassifierError`] where the file or the device is not what it should be.
    pub fn from_file(path: &Path, kind: FileKind, size: u32, options: &EncoderOptions) -> Result<Classifier, ClassifierError> {
        let refused = |what: &str| ClassifierError::File { path: path.to_path_buf(), what: what.to_string() };
        if options.activation.is_some() {
            return Err(refused("--activation: the network in the file has its own"));
        }
        if options.precision.is_some_and(|precision| precision != nearmiss::runs::recipe::Precision::Fp32) {
            return Err(refused("--precision: the network in the file computes as it was exported; leave it out, or give fp32"));
        }
        let network = match kind {
            FileKind::TorchScript => Network::TorchScript(TorchScript::open(path, OpenDevice::open(options.device)?.device)?),
            FileKind::Onnx => {
                if matches!(options.device, DeviceChoice::Cuda(_)) {
                    let what = "--device: ONNX models are computed on the processor; leave it out, or export to TorchScript";
                    return Err(refused(what));
                }
                let onnx = Onnx::open(path)?;
                onnx.check_size(size)?;
                Network::Onnx(onnx)
            }
        };
        Classifier::looked_at(network, path.to_path_buf(), i64::from(size))
    }

    /// A model directory with a layer of classes; `path` is what it is called.
    ///
    /// # Errors
    ///
    /// [`ClassifierError::Encoder`] where it has none, or no image tower.
    pub fn of_encoder(encoder: Encoder, path: &Path) -> Result<Classifier, ClassifierError> {
        let size = encoder.image_size()?;
        Classifier::looked_at(Network::Tower(Box::new(encoder)), path.to_path_buf(), size)
    }

    /// Shows a network two drawn images: how many classes it has, and whether it gives probabilities.
    fn looked_at(network: Network, file: PathBuf, size: i64) -> Result<Classifier, ClassifierError> {
        let _guard = tch::no_grad_guard();
        let count = 3 * size * size;
        // A ramp and its reverse: no photograph, but not the same everywhere either.
        let ramp = Tensor::f_linspace(-2.0, 2.0, count, (Kind::Float, Device::Cpu))?;
        let reverse = ramp.f_neg()?;
        let pixels = Tensor::f_stack(&[ramp, reverse], 0)?.f_reshape([LOOKED_AT, 3, size, size])?;
        let given = network.forward(&pixels)?.checked(&file, LOOKED_AT)?;
        let rows = outputs::rows(&given.scores)?;
        let classes = rows.first().map_or(0, Vec::len);
        let kind = OutputKind::of(&rows);
        let doubt = (kind == OutputKind::Logits && OutputKind::look_like_sigmoids(&rows)).then(|| {
            "its outputs lie between 0 and 1 and do not add up to 1, as sigmoids do; they are taken for logits of a softmax"
                .to_string()
        });
        let width = given.features.as_ref().and_then(|features| usize::try_from(features.size()[1]).ok());
        Ok(Classifier { network, file, size, classes, kind, width, doubt })
    }

    /// How many classes there are: `C`.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Side of the images, in pixels.
    #[must_use]
    pub fn size(&self) -> i64 {
        self.size
    }

    /// Whether the network gives logits or probabilities.
    #[must_use]
    pub fn kind(&self) -> OutputKind {
        self.kind
    }

    /// Length of the vectors that the network gives of images; `None` where it gives none.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// What may be wrong with the outputs; `None` almost everywhere.
    #[must_use]
    pub fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// The model directory that it is; `None` for a network in a file.
    #[must_use]
    pub fn encoder(&self) -> Option<&Encoder> {
        match &self.network {
            Network::Tower(encoder) => Some(encoder),
            _ => None,
        }
    }

    /// Where it computes: `cpu` or `cuda:N`.
    #[must_use]
    pub fn device_name(&self) -> String {
        match &self.network {
            Network::TorchScript(network) => device::name(network.device()),
            Network::Onnx(_) => device::name(Device::Cpu),
            Network::Tower(encoder) => encoder.device_name(),
        }
    }

    /// One line about the network.
    #[must_use]
    pub fn summary(&self) -> String {
        let vectors = self.width.map_or_else(String::new, |width| format!(", embedding {width}"));
        let what = match &self.network {
            Network::TorchScript(_) => "TorchScript".to_string(),
            Network::Onnx(onnx) => format!("ONNX, {}", onnx.layout().name()),
            Network::Tower(encoder) => return format!("{}; {} classes", encoder.description().summary(), self.classes),
        };
        format!("{what}, image {}, {} classes{vectors}", self.size, self.classes)
    }

    /// The files the network was read from, each with its SHA-256; reads them again.
    ///
    /// # Errors
    ///
    /// [`ClassifierError`] if a file cannot be read any more.
    pub fn fingerprint(&self) -> Result<Vec<ModelFile>, ClassifierError> {
        if let Network::Tower(encoder) = &self.network {
            return Ok(encoder.fingerprint()?);
        }
        let fault = |source: std::io::Error| ClassifierError::File { path: self.file.clone(), what: source.to_string() };
        let sha256 = nearmiss::files::sha256::of_file(&self.file).map_err(fault)?;
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(vec![ModelFile { name, sha256 }])
    }

    /// What the network gives for preprocessed images.
    ///
    /// # Shapes
    ///
    /// `pixels`: `[B, 3, S, S]` f32 on the processor.
    ///
    /// # Errors
    ///
    /// [`ClassifierError`]: outputs of another shape than at the first look, or that are no numbers; a row that is no
    /// distribution where the network gives probabilities.
    pub fn outputs(&self, pixels: &Tensor) -> Result<Outputs, ClassifierError> {
        let _guard = tch::no_grad_guard();
        let count = pixels.size().first().copied().unwrap_or(0);
        let given = self.network.forward(pixels)?.checked(&self.file, count)?;
        let mut logits = outputs::rows(&given.scores)?;
        for row in &mut logits {
            let fault = |what: String| ClassifierError::File { path: self.file.clone(), what };
            if row.len() != self.classes {
                return Err(fault(format!("{} outputs for an image, {} at the first look", row.len(), self.classes)));
            }
            self.kind.to_logits(row).map_err(fault)?;
        }
        let mut vectors = given.features.filter(|_| self.width.is_some()).map(|features| outputs::rows(&features)).transpose()?;
        for vector in vectors.iter_mut().flatten() {
            outputs::make_unit(vector).map_err(|what| ClassifierError::of_file(&self.file, what))?;
        }
        Ok(Outputs { logits, vectors })
    }
}

impl Network {
    fn forward(&self, pixels: &Tensor) -> Result<Given, ClassifierError> {
        match self {
            Network::TorchScript(network) => network.forward(pixels),
            Network::Onnx(network) => network.forward(pixels),
            Network::Tower(encoder) => {
                let features = encoder.raw_images(pixels)?;
                let scores = encoder.class_logits(&features)?;
                Ok(Given { scores, features: Some(features) })
            }
        }
    }
}
