//! The command line as pages and records have it.

/// The words of the command line. What is no text in a word stands there as U+FFFD.
#[must_use]
pub fn command_line() -> Vec<String> {
    std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect()
}
