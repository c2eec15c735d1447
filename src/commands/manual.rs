//! `nearmiss man`.

use super::cli::{Cli, ManualArgs};
use super::console::Console;
use super::ending::Ending;
use crate::files::output::write_whole;
use crate::numbers::counted::counted;
use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

/// Writes a page of the manual for every command, or prints that of nearmiss itself.
///
/// # Errors
///
/// What the system says of the folder, its files or a closed pipe.
pub fn run(args: &ManualArgs, console: Console) -> anyhow::Result<Ending> {
    // `nearmiss help report` shows what `nearmiss-report.1` says; it is no command to have a page of.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let Some(folder) = &args.output else {
        console.say(text(&page(program))?.trim_end())?;
        return Ok(Ending::Done);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut pages = vec![];
    collect(program, &mut pages);
    for page in &pages {
        let path = folder.join(page.get_filename());
        write_whole(&path, text(page)?.as_bytes()).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    console.say(format!("{} in {}", counted(pages.len(), "page", "pages"), folder.display()))?;
    Ok(Ending::Done)
}

/// The page of a command and of all below it.
fn collect(command: Command, pages: &mut Vec<Man>) {
    let below: Vec<Command> = command.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    pages.push(page(command));
    for command in below {
        collect(command, pages);
    }
}

fn page(command: Command) -> Man {
    // A date that is nothing at all would be left out, and what follows it move up.
    let source = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    Man::new(command).date(" ").source(source).manual("User Commands")
}

/// A page as `man` reads it, its examples under a heading of that name, line by line.
fn text(page: &Man) -> anyhow::Result<String> {
    const EXTRA: &str = ".SH EXTRA\n";
    let mut bytes = vec![];
    page.render(&mut bytes)?;
    let text = String::from_utf8(bytes)?;
    // Where the locale is not UTF-8 the letters would be guessed.
    let coding = ".\\\" -*- coding: utf-8 -*-\n";
    let Some((above, examples)) = text.split_once(EXTRA) else { return Ok(format!("{coding}{text}")) };
    let examples = examples.strip_prefix("Examples:\n").unwrap_or(examples);
    Ok(format!("{coding}{above}.SH EXAMPLES\n.nf\n{examples}.fi\n"))
}
