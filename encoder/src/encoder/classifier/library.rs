//! Where ONNX Runtime's library lies, and its environment, of which a process has one.

use ort::environment::Environment;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Names the library, as every program that uses ONNX Runtime so understands it.
const VARIABLE: &str = "ORT_DYLIB_PATH";

/// What helps where there is none.
const REMEDY: &str = "it takes ONNX Runtime, which was not found: `pip install onnxruntime` in the active environment, or set \
                      ORT_DYLIB_PATH to its library";

/// The environment, once a library was loaded.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The environment of the process; loads the library if need be.
///
/// # Errors
///
/// What is missing, with the remedy.
pub(super) fn environment() -> Result<Environment, String> {
    let mut known = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = known.as_ref() {
        return Ok(environment.clone());
    }
    let environment = load()?;
    *known = Some(environment.clone());
    Ok(environment)
}

fn load() -> Result<Environment, String> {
    let given = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(path) = given {
        return open(&path).map_err(|reason| format!("{VARIABLE} names '{}', which cannot be loaded: {reason}", path.display()));
    }
    let mut reasons = vec![];
    for path in folders().iter().filter_map(|folder| library_in(folder)) {
        match open(&path) {
            Ok(environment) => return Ok(environment),
            Err(reason) => reasons.push(reason),
        }
    }
    // The last is left to the system's loader.
    let name = format!("{}onnxruntime{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    open(Path::new(&name)).map_err(|_| match reasons.pop() {
        Some(reason) => format!("{REMEDY} ({reason})"),
        None => REMEDY.to_string(),
    })
}

fn open(path: &Path) -> Result<Environment, String> {
    let builder = ort::init_from(path).map_err(|error| error.to_string())?;
    builder.with_name("nearmiss").with_telemetry(false).build().map_err(|error| error.to_string())
}

/// Folders in which it may lie, best first: beside this program, in the active Python environment, in that of the program, in
/// that of the first `python3` on `PATH`.
fn folders() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.iter().filter_map(|program| program.parent());
    let mut folders: Vec<PathBuf> = beside.flat_map(|folder| [folder.to_path_buf(), folder.join("../lib")]).collect();
    let active = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    let own = program.iter().flat_map(|program| program.ancestors().skip(1).take(6).map(Path::to_path_buf).collect::<Vec<_>>());
    let listed = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let python = listed.into_iter().find(|folder| folder.join("python3").exists());
    let python = python.and_then(|folder| folder.parent().map(Path::to_path_buf));
    folders.extend(active.chain(own).chain(python).flat_map(|prefix| packages(&prefix)));
    folders
}

/// The folders of the package `onnxruntime` in a Python environment, or in a folder of packages.
fn packages(prefix: &Path) -> Vec<PathBuf> {
    let inside = |folder: PathBuf| folder.join("onnxruntime").join("capi");
    let mut folders = vec![];
    if prefix.file_name().is_some_and(|name| name == "site-packages" || name == "dist-packages") {
        folders.push(inside(prefix.to_path_buf()));
    }
    folders.push(inside(prefix.join("Lib").join("site-packages")));
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir(prefix.join("lib")).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    versions.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python3")));
    versions.sort();
    folders.extend(versions.into_iter().map(|version| inside(version.join("site-packages"))));
    folders
}

/// The library in a folder: `libonnxruntime.so.1.32.0`, `libonnxruntime.1.32.0.dylib`, `onnxruntime.dll`.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let stem = format!("{}onnxruntime.", std::env::consts::DLL_PREFIX);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with(&stem) && [".so", ".dylib", ".dll"].iter().any(|end| name.contains(end)) && path.is_file()
    });
    found.sort();
    found.pop()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_library_is_found_in_an_environment_of_python() {
        let prefix = tempfile::tempdir().unwrap();
        let folder = prefix.path().join("lib/python3.13/site-packages/onnxruntime/capi");
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["libonnxruntime.so.1.32.0", "libonnxruntime_providers_shared.so", "onnxruntime_pybind11_state.so"] {
            std::fs::write(folder.join(name), b"").unwrap();
        }
        let found: Vec<PathBuf> = packages(prefix.path()).iter().filter_map(|folder| library_in(folder)).collect();
        assert_eq!(found, [folder.join("libonnxruntime.so.1.32.0")]);
        let of_packages = packages(&prefix.path().join("lib/python3.13/site-packages"));
        assert_eq!(of_packages.iter().find_map(|folder| library_in(folder)), Some(folder.join("libonnxruntime.so.1.32.0")));
        assert_eq!(library_in(prefix.path()), None);
    }
}
