//! `nearmiss completions`.

use super::cli::{Cli, CompletionsArgs};
use super::console::Console;
use super::ending::Ending;
use clap::CommandFactory;

/// Prints the script by which a shell completes commands, options and their words.
///
/// # Errors
///
/// What the system says, a closed pipe included.
pub fn run(args: &CompletionsArgs, console: Console) -> anyhow::Result<Ending> {
    let mut program = Cli::command();
    let name = program.get_name().to_string();
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut program, name, &mut script);
    console.say(String::from_utf8(script)?.trim_end())?;
    Ok(Ending::Done)
}
