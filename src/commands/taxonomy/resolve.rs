//! `nearmiss taxonomy resolve`.

use crate::commands::cli::ResolveArgs;
use crate::commands::{Console, Ending};
use crate::numbers::statistics::to_f64;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::name_list::NameList;
use crate::taxonomy::resolution::Resolution;
use anyhow::Context;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

pub(super) fn run(args: &ResolveArgs, console: Console) -> anyhow::Result<Ending> {
    let taxonomy = Taxonomy::named(&args.taxonomy)?;
    let mut list = NameList::default();
    for name in &args.names {
        let path = Path::new(name);
        if path.is_file() { list.read(path, args.column.as_deref())? } else { list.push(name) }
    }
    for note in &list.notes {
        console.remark(note);
    }
    let start = Instant::now();
    let resolution = Resolution::of(&taxonomy, &list);
    let seconds = start.elapsed().as_secs_f64();
    let csv = resolution.csv(&taxonomy)?;
    match &args.output {
        None => std::io::stdout().write_all(&csv)?,
        Some(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let cannot = || format!("{}: cannot be written", path.display());
            std::fs::create_dir_all(folder).with_context(cannot)?;
            let mut file = crate::files::output::draft::file_in(folder).with_context(cannot)?;
            file.write_all(&csv).with_context(cannot)?;
            file.persist(path).with_context(cannot)?;
        }
    }
    for line in resolution.summary() {
        if args.output.is_some() { console.say(line)? } else { console.remark(line) }
    }
    let rate = to_f64(resolution.rows.len() as u64) / seconds.max(1e-9);
    console.remark(format!("{} names in {seconds:.2} s, {rate:.0} a second", resolution.rows.len()));
    if let Some(path) = &args.output {
        console.say(format!("{}: written", path.display()))?;
    }
    Ok(if resolution.is_complete() { Ending::Done } else { Ending::Skipped })
}
