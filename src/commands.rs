//! The commands: each reads its options, calls the library and says what came of it.
//!
//! Read [`cli`] first, every option of every command; then what all commands share: a [`Console`] to say things on, an
//! [`Ending`] to come to, a [`progress_bar`] meanwhile. Then the commands themselves, one file each, and [`program()`], which
//! reads a command line and picks one. None of them computes: that is done in the rooms above.

pub mod cli;
mod console;
mod command_line;
mod default_output;
mod encoder;
mod ending;
mod progress;
mod input;
mod output;
mod metrics;
pub mod photographs;
pub mod taxonomy;
pub mod merge;
pub mod shards;
pub mod report;
pub mod score;
pub mod retrieve;
pub mod compare;
pub mod sets;
pub mod shift;
pub mod annotators;
pub mod next_labels;
pub mod latent;
pub mod completions;
pub mod manual;
mod program;

pub use command_line::command_line;
pub use console::{Console, Remarks};
pub use ending::{Ending, STOPPED, exit_code};
pub use program::{program, run};
pub use progress::progress_bar;
