//! `nearmiss taxonomy check`.

use super::import::{account, heading};
use crate::commands::{Console, Ending};
use crate::taxonomy::import::{Import, ImportOptions, summary};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::shipped::SHIPPED;
use crate::taxonomy::{TaxonId, Taxonomy};
use anyhow::bail;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(source: &str, fix: Option<&Path>, encoding: Option<String>, console: Console) -> anyhow::Result<Ending> {
    if SHIPPED.iter().any(|shipped| shipped.name == source) {
        if fix.is_some() {
            bail!("--fix is for files; '{source}' is shipped with the program");
        }
        return shipped(source, console);
    }
    let path = Path::new(source);
    let import = Import::open(path, &ImportOptions { encoding, ..ImportOptions::default() })?;
    // What is refused keeps every other command from running.
    let mut import = if fix.is_none() { import.strictly()? } else { import };
    import.check();
    heading(&import, source, console)?;
    account(&import, console)?;
    let findings = import.findings();
    let faults = findings.iter().filter(|finding| finding.kind.is_fault()).count();
    for sentence in summary(findings) {
        console.say(format!("  note: {sentence}"))?;
    }
    if let Some(fix) = fix {
        import.write_findings(fix)?;
        console.say(format!("{}: {} findings, as a proposal; the source is as it was", fix.display(), findings.len()))?;
    }
    console.say(if faults == 0 { "no problem found".to_string() } else { format!("{faults} problems found") })?;
    Ok(if faults == 0 { Ending::Done } else { Ending::Skipped })
}

fn shipped(source: &str, console: Console) -> anyhow::Result<Ending> {
    let taxonomy = Taxonomy::named(source)?;
    console.say(format!("{source}: {} taxa, {} of them leaves", taxonomy.len() - 1, taxonomy.leaves().len()))?;
    for rank in Rank::MAIN {
        console.say(format!("  {:<8} {:>9}", rank.name(), taxonomy.taxa_of_rank(rank).count()))?;
    }
    let other = taxonomy.taxa().skip(1).filter(|&taxon| taxonomy.rank(taxon).main_index().is_none()).count();
    console.say(format!("  {:<8} {other:>9}", "other"))?;
    for remark in remarks(&taxonomy) {
        console.say(format!("  note: {remark}"))?;
    }
    console.say("no problem found")?;
    Ok(Ending::Done)
}

/// What is no problem but worth knowing: homonyms, species without all ranks.
fn remarks(taxonomy: &Taxonomy) -> Vec<String> {
    let mut by_name: BTreeMap<String, Vec<TaxonId>> = BTreeMap::new();
    for taxon in taxonomy.taxa().skip(1) {
        by_name.entry(crate::taxonomy::name::key(taxonomy.name(taxon))).or_default().push(taxon);
    }
    let homonyms: Vec<&Vec<TaxonId>> =
        by_name.values().filter(|taxa| matches!(taxonomy.find(taxonomy.name(taxa[0])), Found::Several(_))).collect();
    let mut remarks = vec![];
    if let Some(first) = homonyms.first() {
        let lineages: Vec<String> = first.iter().map(|&taxon| taxonomy.lineage_string(taxon, ";")).collect();
        remarks.push(format!("{} names stand for several taxa, for example {}", homonyms.len(), lineages.join(" and ")));
    }
    let species: Vec<TaxonId> = taxonomy.taxa_of_rank(Rank::Species).collect();
    for (index, rank) in Rank::MAIN.into_iter().enumerate().take(6) {
        let without: Vec<TaxonId> =
            species.iter().copied().filter(|&taxon| taxonomy.main_ancestor(taxon, index).is_none()).collect();
        if let Some(&first) = without.first() {
            remarks.push(format!(
                "{} of {} species have no {rank}, for example '{}'",
                without.len(),
                species.len(),
                taxonomy.name(first)
            ));
        }
    }
    remarks
}
