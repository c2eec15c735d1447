//! Networks as TorchScript, run by LibTorch.

use super::error::{ClassifierError, first_line};
use super::outputs::Given;
use std::path::{Path, PathBuf};
use tch::{CModule, Device, IValue, Tensor};

/// A network that `torch.jit.save` wrote.
pub(super) struct TorchScript {
    module: CModule,
    device: Device,
    path: PathBuf,
}

impl TorchScript {
    /// Opens a file on a device, for evaluation.
    pub(super) fn open(path: &Path, device: Device) -> Result<TorchScript, ClassifierError> {
        let fault = |error: tch::TchError| {
            let what = format!("cannot be loaded as TorchScript: {}", first_line(&error.to_string()));
            ClassifierError::of_file(path, what)
        };
        // What is optimised after a few images differs in its last bits, and a run that is continued must not.
        tch::jit::f_set_graph_executor_optimize(false).map_err(fault)?;
        let mut module = CModule::load_on_device(path, device).map_err(fault)?;
        module.f_set_eval().map_err(fault)?;
        Ok(TorchScript { module, device, path: path.to_path_buf() })
    }

    pub(super) fn device(&self) -> Device {
        self.device
    }

    /// What `forward` gives for pixels `[B, 3, S, S]`: a tensor of logits, or several of which the first is logits and the
    /// second vectors.
    pub(super) fn forward(&self, pixels: &Tensor) -> Result<Given, ClassifierError> {
        let shape = pixels.size();
        let fault = |error: tch::TchError| {
            let what = format!("its forward fails on pixels of shape {shape:?}: {}", last_reason(&error.to_string()));
            ClassifierError::of_file(&self.path, what)
        };
        let input = IValue::Tensor(pixels.f_to_device(self.device)?);
        let given = self.module.forward_is(&[input]).map_err(fault)?;
        let mut tensors = tensors(given).ok_or_else(|| {
            let what = "its forward gives neither a tensor of logits nor a tuple (logits, features); wrap the network in one \
                 that does";
            ClassifierError::of_file(&self.path, what)
        })?;
        let features = (tensors.len() > 1).then(|| tensors.remove(1));
        Ok(Given { scores: tensors.remove(0), features })
    }
}

/// The tensors of what a network gives, one or more; of a dictionary those called `logits` and `features`.
fn tensors(value: IValue) -> Option<Vec<Tensor>> {
    let tensor = |value: IValue| if let IValue::Tensor(tensor) = value { Some(tensor) } else { None };
    let all = match value {
        IValue::Tensor(tensor) => vec![tensor],
        IValue::TensorList(tensors) => tensors,
        IValue::Tuple(values) | IValue::GenericList(values) => values.into_iter().map(tensor).collect::<Option<Vec<_>>>()?,
        IValue::GenericDict(pairs) => {
            let (mut logits, mut features) = (None, None);
            for (key, value) in pairs {
                match key {
                    IValue::String(name) if name == "logits" => logits = Some(tensor(value)?),
                    IValue::String(name) if name == "features" => features = Some(tensor(value)?),
                    _ => {}
                }
            }
            [Some(logits?), features].into_iter().flatten().collect()
        }
        _ => return None,
    };
    (!all.is_empty()).then_some(all)
}

/// What TorchScript says went wrong: behind the trace of its interpreter.
fn last_reason(message: &str) -> &str {
    let reason = message.lines().map(str::trim).find(|line| line.starts_with("RuntimeError: "));
    reason.unwrap_or_else(|| first_line(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_are_found_in_whatever_a_network_gives() {
        let tensor = |number: i64| IValue::Tensor(Tensor::from_slice(&[number]));
        let numbers = |value: IValue| {
            tensors(value).map(|tensors| tensors.iter().map(|tensor| tensor.int64_value(&[0])).collect::<Vec<i64>>())
        };
        assert_eq!(numbers(tensor(1)), Some(vec![1]));
        assert_eq!(numbers(IValue::Tuple(vec![tensor(1), tensor(2)])), Some(vec![1, 2]));
        assert_eq!(numbers(IValue::TensorList(vec![Tensor::from_slice(&[1_i64])])), Some(vec![1]));
        let named = |name: &str, number: i64| (IValue::String(name.to_string()), tensor(number));
        assert_eq!(numbers(IValue::GenericDict(vec![named("features", 2), named("logits", 1)])), Some(vec![1, 2]));
        assert_eq!(numbers(IValue::GenericDict(vec![named("scores", 2)])), None);
        assert_eq!(numbers(IValue::Tuple(vec![tensor(1), IValue::None])), None);
        assert_eq!(numbers(IValue::Tuple(vec![])), None);
    }

    #[test]
    fn the_reason_stands_behind_the_trace() {
        let message = "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript:\n  File \
                       \"a.py\"\nRuntimeError: shape '[1]' is invalid\n";
        assert_eq!(last_reason(message), "RuntimeError: shape '[1]' is invalid");
        assert_eq!(last_reason("\n no such file\nmore"), "no such file");
    }
}
