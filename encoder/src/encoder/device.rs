//! Where the encoder computes: the processor, or a CUDA device whose library is found at run time.

pub use nearmiss::runs::device::DeviceChoice;
use std::path::{Path, PathBuf};

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// No library or no device.
    #[error(
        "device 'cuda:{index}' cannot be used: {reason}; use 'cpu', or set NEARMISS_LIBTORCH_CUDA to the folder of libtorch_cuda.so 2.11"
    )]
    NoCuda {
        /// The number that was asked for.
        index: usize,
        /// What failed.
        reason: String,
    },
    /// There are fewer devices.
    #[error("device 'cuda:{index}' does not exist: there {} {count}, numbered from 0", if *count == 1 { "is" } else { "are" })]
    NoSuch {
        /// The number that was asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
}

/// A device that can be used, and why it is not the one hoped for.
#[derive(Debug, Clone)]
pub struct OpenDevice {
    /// The device.
    pub device: tch::Device,
    /// Why `auto` fell back to the processor; `None` where it did not.
    pub note: Option<String>,
}

impl OpenDevice {
    /// Opens the device, and loads CUDA's library for that if need be.
    ///
    /// Call it before anything else touches `LibTorch`: the first question about CUDA decides for the
    /// rest of the process whether there is one.
    ///
    /// # Errors
    ///
    /// [`DeviceError`] where a CUDA device is asked for and cannot be had.
    pub fn open(choice: DeviceChoice) -> Result<OpenDevice, DeviceError> {
        let index = match choice {
            DeviceChoice::Cpu => return Ok(OpenDevice { device: tch::Device::Cpu, note: None }),
            DeviceChoice::Auto => 0,
            DeviceChoice::Cuda(index) => index,
        };
        match cuda_devices() {
            Ok(count) if index < count => Ok(OpenDevice { device: tch::Device::Cuda(index), note: None }),
            Ok(count) if count > 0 => Err(DeviceError::NoSuch { index, count }),
            other => {
                let reason = other.err().unwrap_or_else(|| "the CUDA library is loaded but finds no device".to_string());
                match choice {
                    DeviceChoice::Auto => Ok(OpenDevice { device: tch::Device::Cpu, note: Some(reason) }),
                    _ => Err(DeviceError::NoCuda { index, reason }),
                }
            }
        }
    }
}

/// `cpu` or `cuda:N`.
#[must_use]
pub fn name(device: tch::Device) -> String {
    match device {
        tch::Device::Cuda(index) => format!("cuda:{index}"),
        _ => "cpu".to_string(),
    }
}

/// Number of CUDA devices, once the library is there.
fn cuda_devices() -> Result<usize, String> {
    let mut failures = Vec::new();
    for path in library_paths() {
        match load(&path) {
            Ok(()) => {
                failures.clear();
                break;
            }
            Err(failure) => failures.push(failure),
        }
    }
    if !tch::Cuda::is_available() && !failures.is_empty() {
        return Err(failures.join("; "));
    }
    Ok(usize::try_from(tch::Cuda::device_count()).unwrap_or(0))
}

/// Where `libtorch_cuda.so` may lie, best first; the last is left to the system's loader.
fn library_paths() -> Vec<PathBuf> {
    const LIBRARY: &str = "libtorch_cuda.so";
    if let Some(folder) = std::env::var_os("NEARMISS_LIBTORCH_CUDA") {
        return vec![Path::new(&folder).join(LIBRARY)];
    }
    let beside = option_env!("NEARMISS_LIBTORCH").map(Path::new);
    let folders = beside.into_iter().flat_map(|libtorch| [libtorch.join("cuda"), libtorch.join("lib")]);
    // A symbolic link is resolved first: the library finds its companions relative to where it lies.
    let found = folders.map(|folder| folder.join(LIBRARY)).filter_map(|path| path.canonicalize().ok());
    found.chain([PathBuf::from(LIBRARY)]).collect()
}

/// Loads a library for the rest of the process.
#[expect(unsafe_code, reason = "loading a library runs its initialisers; LibTorch's register the CUDA kernels and nothing else")]
fn load(path: &Path) -> Result<(), String> {
    // SAFETY: the library is LibTorch's own, is never unloaded, and no symbol is taken from it.
    let library = unsafe { libloading::Library::new(path) }.map_err(|error| error.to_string())?;
    std::mem::forget(library);
    Ok(())
}

/// A copy of a tensor on a device; for a GPU from memory that cannot be moved to disk, so that the copy goes on by itself
/// while the caller prepares the next one.
///
/// # Errors
///
/// Whatever `LibTorch` reports.
pub(super) fn send(tensor: &tch::Tensor, device: tch::Device) -> Result<tch::Tensor, tch::TchError> {
    match device {
        tch::Device::Cuda(_) => {
            // Where no such memory is left the copy is made at once.
            let pinned = tensor.f_pin_memory(device).unwrap_or_else(|_| tensor.shallow_clone());
            pinned.f_to_device_(device, tensor.kind(), true, false)
        }
        _ => tensor.f_to_device(device),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_device_and_the_remedy() {
        let missing = DeviceError::NoSuch { index: 4, count: 1 }.to_string();
        assert_eq!(missing, "device 'cuda:4' does not exist: there is 1, numbered from 0");
        let none = DeviceError::NoCuda { index: 0, reason: "libtorch_cuda.so: not found".to_string() }.to_string();
        assert!(none.starts_with("device 'cuda:0' cannot be used: libtorch_cuda.so: not found; use 'cpu'"), "{none}");
    }
}
