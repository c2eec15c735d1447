//! `nearmiss taxonomy check`.

use super::import::{account, heading};
use crate::commands::console::Console;
use crate::commands::ending::Ending;
use crate::numbers::counted::counted;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::checking::{Checked, Checking, remarks};
use crate::taxonomy::import::{Import, summary};
use crate::taxonomy::rank::Rank;
use std::path::Path;

pub(super) fn run(source: &str, fix: Option<&Path>, encoding: Option<String>, console: Console) -> anyhow::Result<Ending> {
    let checking = Checking { encoding, fix: fix.map(Path::to_path_buf), ..Checking::of(source) };
    match checking.run()? {
        Checked::Shipped(taxonomy) => shipped(&taxonomy, source, console),
        Checked::Source(import) => file(&import, source, fix, console),
    }
}

fn file(import: &Import, source: &str, fix: Option<&Path>, console: Console) -> anyhow::Result<Ending> {
    heading(import, source, console)?;
    account(import, console)?;
    let findings = import.findings();
    let faults = findings.iter().filter(|finding| finding.kind.is_fault()).count();
    for sentence in summary(findings) {
        console.say(format!("  note: {sentence}"))?;
    }
    if let Some(fix) = fix {
        import.write_findings(fix)?;
        let findings = counted(findings.len(), "finding", "findings");
        console.say(format!("{}: {findings}, as a proposal; the source is as it was", fix.display()))?;
    }
    console.say(if faults == 0 { "no problem found".to_string() } else { counted(faults, "problem", "problems") + " found" })?;
    Ok(if faults == 0 { Ending::Done } else { Ending::Skipped })
}

fn shipped(taxonomy: &Taxonomy, source: &str, console: Console) -> anyhow::Result<Ending> {
    console.say(format!("{source}: {} taxa, {} of them leaves", taxonomy.len() - 1, taxonomy.leaves().len()))?;
    for rank in Rank::MAIN {
        console.say(format!("  {:<8} {:>9}", rank.name(), taxonomy.taxa_of_rank(rank).count()))?;
    }
    let other = taxonomy.taxa().skip(1).filter(|&taxon| taxonomy.rank(taxon).main_index().is_none()).count();
    console.say(format!("  {:<8} {other:>9}", "other"))?;
    for remark in remarks(taxonomy) {
        console.say(format!("  note: {remark}"))?;
    }
    console.say("no problem found")?;
    Ok(Ending::Done)
}
