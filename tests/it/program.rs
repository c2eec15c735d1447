//! Runs the built program as a user does: `nearmiss`, or in the tests of the encoder the program that it hands over to.

use std::path::Path;
use std::process::Command;

/// The program under test.
pub const PROGRAM: &str = match option_env!("CARGO_BIN_EXE_nearmiss-encoder") {
    Some(program) => program,
    None => match option_env!("CARGO_BIN_EXE_nearmiss") {
        Some(program) => program,
        None => "nearmiss",
    },
};

/// What a run of the program gave.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// `nearmiss` in a folder, with a cache of its own there.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(folder)
        .env("NEARMISS_CACHE", folder.join(".cache"))
        .env("HF_HOME", folder.join(".hub"))
        .env("HF_HUB_OFFLINE", "1");
    command
}

/// Runs `nearmiss` in a folder.
pub fn nearmiss(folder: &Path, arguments: &[&str]) -> Outcome {
    let output = command(folder).args(arguments).output().unwrap();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs a command that must not run, and gives its one message.
pub fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let outcome = nearmiss(folder, arguments);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("error: "), "{outcome:?}");
    outcome.stderr
}

/// A message has these parts.
pub fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
}
