//! Networks as ONNX, run by ONNX Runtime, whose library is found at run time.

use super::error::{ClassifierError, first_line};
use super::library;
use super::outputs::Given;
use ort::session::Session;
use ort::value::{Outlet, TensorElementType, TensorRef};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tch::Tensor;

/// A graph of ONNX.
pub(super) struct Onnx {
    /// It is run by one thread at a time, and uses several itself.
    session: Mutex<Session>,
    input: Input,
    path: PathBuf,
}

/// What the graph takes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Input {
    name: String,
    layout: Layout,
    /// Images that it takes at once; `None` for any number.
    batch: Option<usize>,
    /// Side of the images; `None` for any.
    edge: Option<i64>,
}

/// In which order pixels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `[B, 3, S, S]`, as PyTorch has it.
    Nchw,
    /// `[B, S, S, 3]`, as TensorFlow has it.
    Nhwc,
}

impl Layout {
    /// `NCHW` or `NHWC`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Layout::Nchw => "NCHW",
            Layout::Nhwc => "NHWC",
        }
    }
}

/// The numbers of one output.
struct Matrix {
    shape: Vec<i64>,
    numbers: Vec<f32>,
}

impl Onnx {
    /// Opens a file; ONNX Runtime must be there.
    pub(super) fn open(path: &Path) -> Result<Onnx, ClassifierError> {
        let environment = library::environment().map_err(|what| ClassifierError::of_file(path, what))?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let session =
            || -> ort::Result<Session> { Session::builder(&environment)?.with_intra_threads(threads)?.commit_from_file(path) };
        let fault = |error: ort::Error| {
            ClassifierError::of_file(path, format!("cannot be loaded as ONNX: {}", first_line(&error.to_string())))
        };
        let session = session().map_err(fault)?;
        let input = input(session.inputs()).map_err(|what| ClassifierError::of_file(path, what))?;
        Ok(Onnx { session: Mutex::new(session), input, path: path.to_path_buf() })
    }

    pub(super) fn layout(&self) -> Layout {
        self.input.layout
    }

    /// Whether it takes images of that edge.
    pub(super) fn check_size(&self, size: u32) -> Result<(), ClassifierError> {
        match self.input.edge {
            Some(edge) if edge != i64::from(size) => {
                let what = format!(
                    "it takes images of {edge} pixels, and the preprocessing makes {size}; one of them is another model's"
                );
                Err(ClassifierError::of_file(&self.path, what))
            }
            _ => Ok(()),
        }
    }

    /// What it gives for pixels `[B, 3, S, S]` on the processor: the first output is logits, the second, where there is one,
    /// vectors. A graph of fixed batch gets as many images as it takes, the last ones repeated.
    pub(super) fn forward(&self, pixels: &Tensor) -> Result<Given, ClassifierError> {
        let count = pixels.size().first().copied().unwrap_or(0);
        let pixels = match self.input.layout {
            Layout::Nchw => pixels.f_contiguous()?,
            Layout::Nhwc => pixels.f_permute([0, 2, 3, 1])?.f_contiguous()?,
        };
        let shape = pixels.size();
        let flat = Vec::<f32>::try_from(pixels.f_flatten(0, -1)?)?;
        let images = usize::try_from(count).unwrap_or(0);
        let batch = self.input.batch.unwrap_or(images).max(1);
        let each = (flat.len() / images.max(1)).max(1);
        let mut whole: Vec<Matrix> = vec![];
        for part in flat.chunks(batch * each) {
            let there = part.len() / each;
            let mut filled = part.to_vec();
            // The last part of a fixed batch may be short.
            filled.extend(part[part.len() - each..].iter().cycle().take(batch.saturating_sub(there) * each));
            let taken = self.run(&filled, &shape)?;
            join(&mut whole, taken, there).map_err(|what| ClassifierError::of_file(&self.path, what))?;
        }
        let mut tensors = whole.into_iter().map(|Matrix { shape, numbers }| Tensor::f_from_slice(&numbers)?.f_reshape(shape));
        let scores = tensors.next().transpose()?.ok_or_else(|| ClassifierError::of_file(&self.path, "it gives no output"))?;
        Ok(Given { scores, features: tensors.next().transpose()? })
    }

    /// The first two outputs for so many whole images.
    fn run(&self, pixels: &[f32], shape: &[i64]) -> Result<Vec<Matrix>, ClassifierError> {
        let fault = |error: ort::Error| {
            ClassifierError::of_file(&self.path, format!("ONNX Runtime fails: {}", first_line(&error.to_string())))
        };
        let each: i64 = shape.iter().skip(1).product();
        let count = i64::try_from(pixels.len()).unwrap_or(i64::MAX) / each.max(1);
        let shape: Vec<i64> = std::iter::once(count).chain(shape.iter().skip(1).copied()).collect();
        let run = || -> ort::Result<Vec<Matrix>> {
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            let outputs = session.run(ort::inputs![self.input.name.as_str() => TensorRef::from_array_view((shape, pixels))?])?;
            let mut matrices = vec![];
            for index in 0..outputs.len().min(2) {
                let (shape, numbers) = outputs[index].try_extract_tensor::<f32>()?;
                matrices.push(Matrix { shape: squeezed(shape), numbers: numbers.to_vec() });
            }
            Ok(matrices)
        };
        run().map_err(fault)
    }
}

/// A shape without the sides of 1 behind the first two: `[B, C, 1, 1]` is a matrix.
fn squeezed(shape: &[i64]) -> Vec<i64> {
    let edges = if shape.iter().skip(2).all(|&edge| edge == 1) { &shape[..shape.len().min(2)] } else { shape };
    edges.to_vec()
}

/// Puts the rows of the first `there` images behind those before.
fn join(whole: &mut Vec<Matrix>, part: Vec<Matrix>, there: usize) -> Result<(), String> {
    let first = whole.is_empty();
    for (index, Matrix { shape, numbers }) in part.into_iter().enumerate() {
        let rows = shape.first().and_then(|&rows| usize::try_from(rows).ok()).unwrap_or(0);
        if rows < there || rows == 0 {
            return Err(format!("output {index} has shape {shape:?} for {there} images; the first side is not theirs"));
        }
        let kept = numbers.len() / rows * there;
        let kept = numbers.get(..kept).unwrap_or_default();
        let shape_of = |count: i64| -> Vec<i64> { std::iter::once(count).chain(shape.iter().skip(1).copied()).collect() };
        let added = i64::try_from(there).unwrap_or(i64::MAX);
        if first {
            whole.push(Matrix { shape: shape_of(added), numbers: kept.to_vec() });
        } else if let Some(known) = whole.get_mut(index) {
            if known.shape.get(1..) != shape.get(1..) {
                return Err(format!("output {index} has shape {shape:?}, and {:?} for other images", known.shape));
            }
            known.shape = shape_of(known.shape.first().copied().unwrap_or(0) + added);
            known.numbers.extend_from_slice(kept);
        }
    }
    Ok(())
}

/// The one input of a graph that takes images.
fn input(inputs: &[Outlet]) -> Result<Input, String> {
    let [input] = inputs else {
        let names: Vec<&str> = inputs.iter().map(Outlet::name).collect();
        return Err(format!("it has {} inputs ({}); a network that takes images has one", inputs.len(), names.join(", ")));
    };
    let (kind, shape) = (input.dtype().tensor_type(), input.dtype().tensor_shape());
    let (Some(TensorElementType::Float32), Some(shape)) = (kind, shape) else {
        let kind = kind.map_or_else(|| "no tensor".to_string(), |kind| kind.to_string());
        return Err(format!("its input '{}' is {kind}; export it with an input of float32", input.name()));
    };
    images(input.name(), shape)
}

/// What an input of that shape takes; sides of −1 are open.
fn images(name: &str, shape: &[i64]) -> Result<Input, String> {
    let refused = || format!("its input '{name}' has shape {shape:?}; images are [B, 3, S, S] or [B, S, S, 3]");
    let &[batch, second, third, fourth] = shape else { return Err(refused()) };
    let (layout, height, width) = match (second, fourth) {
        (3, _) => (Layout::Nchw, third, fourth),
        (_, 3) => (Layout::Nhwc, second, third),
        (channels, _) if channels < 0 => (Layout::Nchw, third, fourth),
        _ => return Err(refused()),
    };
    if height > 0 && width > 0 && height != width {
        return Err(format!("its input '{name}' has shape {shape:?}; only square images are made"));
    }
    let edge = Some(height.max(width)).filter(|&edge| edge > 0);
    let batch = if batch > 0 { usize::try_from(batch).ok() } else { None };
    Ok(Input { name: name.to_string(), layout, batch, edge })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn the_order_of_pixels_is_read_from_the_shape() {
        let read = |shape: &[i64]| images("x", shape).map(|input| (input.layout, input.batch, input.edge));
        assert_eq!(read(&[-1, 3, 224, 224]), Ok((Layout::Nchw, None, Some(224))));
        assert_eq!(read(&[1, 3, -1, -1]), Ok((Layout::Nchw, Some(1), None)));
        assert_eq!(read(&[8, 260, 260, 3]), Ok((Layout::Nhwc, Some(8), Some(260))));
        assert_eq!(read(&[-1, -1, -1, -1]), Ok((Layout::Nchw, None, None)));
        let refused = read(&[1, 3, 224, 256]).unwrap_err();
        assert_eq!(refused, "its input 'x' has shape [1, 3, 224, 256]; only square images are made");
        assert!(read(&[1, 1, 28, 28]).is_err() && read(&[1, 512]).is_err());
    }

    #[test]
    fn parts_are_joined_without_the_images_that_filled_them_up() {
        let part = |numbers: &[f32]| vec![Matrix { shape: vec![2, 2], numbers: numbers.to_vec() }];
        let mut whole = vec![];
        join(&mut whole, part(&[1.0, 2.0, 3.0, 4.0]), 2).unwrap();
        join(&mut whole, part(&[5.0, 6.0, 5.0, 6.0]), 1).unwrap();
        assert_eq!((&whole[0].shape, &whole[0].numbers), (&vec![3, 2], &vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        assert!(join(&mut whole, vec![Matrix { shape: vec![1, 3], numbers: vec![0.0; 3] }], 1).is_err(), "another width");
        assert!(join(&mut whole, part(&[0.0; 4]), 3).is_err(), "two rows for three images");
        assert_eq!((squeezed(&[4, 10, 1, 1]), squeezed(&[4, 10, 7, 7])), (vec![4, 10], vec![4, 10, 7, 7]));
    }
}
