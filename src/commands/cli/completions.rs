//! Options of `nearmiss completions`.

use clap::Args;
use clap_complete::Shell;

/// `nearmiss completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss completions bash > ~/.local/share/bash-completion/completions/nearmiss
  nearmiss completions fish > ~/.config/fish/completions/nearmiss.fish")]
pub struct CompletionsArgs {
    /// The shell.
    pub shell: Shell,
}
