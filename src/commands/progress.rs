//! How far a command is.

use super::console::Console;

/// A progress bar on stderr, silent where stderr is no terminal or `--quiet` was given.
#[must_use]
pub fn progress_bar(length: usize, what: &'static str, console: Console) -> indicatif::ProgressBar {
    if console.is_quiet() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(length as u64);
    let style = indicatif::ProgressStyle::with_template("{msg:<12} {wide_bar} {human_pos}/{human_len} {per_sec:>10} {eta:>6}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
