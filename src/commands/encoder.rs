//! The program that loads LibTorch: where it lies, and how a command line is handed over to it.

use super::command_line::words;
use anyhow::Context;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "nearmiss-encoder";

/// Has `nearmiss-encoder` run the command line. It gives the exit code; on Unix it takes the place of this process.
pub(super) fn hand_over() -> anyhow::Result<u8> {
    let words = words();
    let own = std::env::current_exe().ok();
    let script = words.first().map(Path::new);
    let program = found(&folders(own.as_deref(), script, std::env::var_os("PATH").as_deref()))?;
    start(&program, words.get(1..).unwrap_or_default())
}

/// Where it may lie, best first: beside this program, beside the script through which Python runs it, on `PATH`.
fn folders(own: Option<&Path>, script: Option<&Path>, path: Option<&OsStr>) -> Vec<PathBuf> {
    // Inside Python the running file is the interpreter, and its folder is that of another environment.
    let own = own.filter(|program| !is_python(program));
    let beside = own.into_iter().chain(script).filter_map(Path::parent).map(Path::to_path_buf);
    let listed = path.into_iter().flat_map(std::env::split_paths);
    let mut folders: Vec<PathBuf> = vec![];
    for folder in beside.chain(listed).filter(|folder| !folder.as_os_str().is_empty()) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

fn is_python(program: &Path) -> bool {
    let name = program.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with("python") || name.starts_with("pypy")
}

fn found(folders: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    folders.iter().map(|folder| folder.join(&name)).find(|program| program.is_file()).with_context(|| {
        let beside = folders.first().map_or_else(|| name.clone(), |folder| folder.join(&name).display().to_string());
        format!(
            "{beside}: the program that loads LibTorch is missing, there and on PATH; `make build` makes it, \
             `pip install 'nearmiss-eval[encoder]'` brings it"
        )
    })
}

#[cfg(unix)]
fn start(program: &Path, arguments: &[OsString]) -> anyhow::Result<u8> {
    use std::os::unix::process::CommandExt;
    let error = Command::new(program).arg0(env!("CARGO_PKG_NAME")).args(arguments).exec();
    Err(error).with_context(|| format!("{}: cannot be started", program.display()))
}

#[cfg(not(unix))]
fn start(program: &Path, arguments: &[OsString]) -> anyhow::Result<u8> {
    let status = Command::new(program).args(arguments).status();
    let status = status.with_context(|| format!("{}: cannot be started", program.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn paths(own: &str, script: &str, path: &[&str]) -> Vec<PathBuf> {
        let path = std::env::join_paths(path).unwrap();
        folders(Some(Path::new(own)), Some(Path::new(script)), Some(&path))
    }

    #[test]
    fn it_is_looked_for_beside_the_program_then_beside_the_script_then_on_the_path() {
        let program = paths("/opt/nearmiss/nearmiss", "/home/a/bin/nearmiss", &["/usr/bin", "/opt/nearmiss", ""]);
        assert_eq!(program, ["/opt/nearmiss", "/home/a/bin", "/usr/bin"].map(PathBuf::from));
        let by_name = paths("/opt/nearmiss/nearmiss", "nearmiss", &["/usr/bin"]);
        assert_eq!(by_name, ["/opt/nearmiss", "/usr/bin"].map(PathBuf::from), "a name alone is no folder");
        let python = paths("/usr/bin/python3.13", "/home/a/env/bin/nearmiss", &["/usr/bin"]);
        assert_eq!(python, ["/home/a/env/bin", "/usr/bin"].map(PathBuf::from), "the environment before the interpreter");
    }

    #[test]
    fn the_first_that_is_there_is_taken_and_where_none_is_the_remedies_are_said() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = [first.path().to_path_buf(), second.path().to_path_buf()];
        let message = found(&folders).unwrap_err().to_string();
        let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        assert!(message.starts_with(&first.path().join(&name).display().to_string()), "{message}");
        assert!(message.contains("`make build`") && message.contains("pip install 'nearmiss-eval[encoder]'"), "{message}");
        let there = second.path().join(&name);
        std::fs::write(&there, "").unwrap();
        assert_eq!(found(&folders).unwrap(), there);
        std::fs::create_dir(first.path().join(&name)).unwrap();
        assert_eq!(found(&folders).unwrap(), there, "a folder is no program");
    }
}
