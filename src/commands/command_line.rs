//! The command line as pages and records have it.

use std::cell::RefCell;
use std::ffi::OsString;

thread_local! {
    /// What this thread runs. The process may have been started with other words: inside Python they are the interpreter's.
    static WORDS: RefCell<Option<Vec<OsString>>> = const { RefCell::new(None) };
}

/// The words of the command line. What is no text in a word stands there as U+FFFD.
#[must_use]
pub fn command_line() -> Vec<String> {
    words().iter().map(|word| word.to_string_lossy().into_owned()).collect()
}

/// The words of the command line as they were given, the program's name first.
pub(super) fn words() -> Vec<OsString> {
    WORDS.with_borrow(Clone::clone).unwrap_or_else(|| std::env::args_os().collect())
}

/// Says what this thread runs from here on.
pub(super) fn begin(arguments: Vec<OsString>) {
    WORDS.set(Some(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_a_command_line_of_its_own() {
        let begun = std::thread::spawn(|| {
            begin(["nearmiss", "report", "a.csv"].map(OsString::from).to_vec());
            command_line()
        });
        assert_eq!(begun.join().ok(), Some(["nearmiss", "report", "a.csv"].map(str::to_string).to_vec()));
        let others = std::thread::spawn(command_line).join().ok();
        assert_eq!(others.map(|words| words.len()), Some(std::env::args_os().len()), "what the process was started with");
    }
}
