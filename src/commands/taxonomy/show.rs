//! `nearmiss taxonomy show`.

use crate::commands::console::Console;
use crate::commands::ending::Ending;
use crate::numbers::counted::counted;
use crate::taxonomy::search::Found;
use crate::taxonomy::shipped::SHIPPED;
use crate::taxonomy::{TaxonId, Taxonomy};

pub(super) fn run(text: &str, source: Option<&str>, console: Console) -> anyhow::Result<Ending> {
    let sources: Vec<&str> = source.map_or_else(|| SHIPPED.iter().map(|shipped| shipped.name).collect(), |source| vec![source]);
    let mut suggestions = vec![];
    let mut shown = 0;
    for source in &sources {
        let taxonomy = Taxonomy::named(source)?;
        let taxa = match taxonomy.resolve(text).found {
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
            "  below: {}, {}: {shown}{more}",
            counted(taxonomy.clade(taxon).count() - 1, "taxon", "taxa"),
            counted(taxonomy.leaf_range(taxon).len(), "leaf", "leaves")
        ))?;
    }
    Ok(())
}
