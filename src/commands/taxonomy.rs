//! `nearmiss taxonomy`.

use super::{Console, Ending};
use crate::cli::TaxonomyCommand;
use crate::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::shipped::SHIPPED;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Runs `taxonomy check` or `taxonomy show`.
///
/// # Errors
///
/// An unreadable or faulty taxonomy, an unknown taxon.
pub fn run(command: &TaxonomyCommand, console: Console) -> anyhow::Result<Ending> {
    match command {
        TaxonomyCommand::Check { taxonomy } => check(taxonomy, console),
        TaxonomyCommand::Show { taxon, taxonomy } => show(taxon, taxonomy.as_deref(), console),
    }
}

fn check(source: &str, console: Console) -> anyhow::Result<Ending> {
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
        by_name.entry(crate::name::key(taxonomy.name(taxon))).or_default().push(taxon);
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

fn show(text: &str, source: Option<&str>, console: Console) -> anyhow::Result<Ending> {
    let sources: Vec<&str> = source.map_or_else(|| SHIPPED.iter().map(|shipped| shipped.name).collect(), |source| vec![source]);
    let mut suggestions = vec![];
    let mut shown = 0;
    for source in &sources {
        let taxonomy = Taxonomy::named(source)?;
        let taxa = match taxonomy.find(text) {
            Found::One(taxon) => vec![taxon],
            Found::Several(taxa) => taxa,
            Found::Nothing => {
                suggestions
                    .extend(taxonomy.nearest_names(text, 3).into_iter().map(|taxon| format!("'{}'", taxonomy.name(taxon))));
                continue;
            }
        };
        if taxa.len() > 1 {
            console.say(format!("{source}: '{text}' stands for {} taxa", taxa.len()))?;
        }
        for taxon in taxa {
            shown += 1;
            describe(&taxonomy, source, taxon, console)?;
        }
    }
    if shown == 0 {
        let nearest = if suggestions.is_empty() { String::new() } else { format!("; nearest names: {}", suggestions.join(", ")) };
        anyhow::bail!("'{text}' is not in {}{nearest}", sources.join(", "));
    }
    Ok(Ending::Done)
}

fn describe(taxonomy: &Taxonomy, source: &str, taxon: TaxonId, console: Console) -> std::io::Result<()> {
    let common = taxonomy.common_names(taxon);
    let names: Vec<String> = common.english.into_iter().chain(common.french).collect();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    console.say(format!("{} '{}'{names}, in {source}", taxonomy.rank(taxon), taxonomy.name(taxon)))?;
    let mut lineage: Vec<TaxonId> = taxonomy.lineage(taxon).collect();
    lineage.reverse();
    for step in lineage {
        console.say(format!("  {:<12} {}", taxonomy.rank(step).name(), taxonomy.name(step)))?;
    }
    let children: Vec<&str> = taxonomy.children(taxon).map(|child| taxonomy.name(child)).collect();
    if !children.is_empty() {
        let shown = children.iter().take(12).copied().collect::<Vec<_>>().join(", ");
        let more = if children.len() > 12 { format!(" and {} more", children.len() - 12) } else { String::new() };
        console.say(format!(
            "  below: {} taxa, {} leaves: {shown}{more}",
            taxonomy.clade(taxon).count() - 1,
            taxonomy.leaf_range(taxon).len()
        ))?;
    }
    Ok(())
}
