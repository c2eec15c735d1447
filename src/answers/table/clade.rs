//! The clade that all names of a table lie in.

use super::error::TableError;
use super::lineage::{self, Cell};
use super::steps::{Steps, assemble};
use crate::taxonomy::name::{self, higher};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};

fn error(clade: &str, what: String) -> TableError {
    TableError::Clade { clade: clade.to_string(), what }
}

/// The taxon of a given taxonomy that a clade is: by its whole lineage, or by its last name.
///
/// # Errors
///
/// None of the taxonomy, or several.
pub(super) fn taxon_of(clade: &str, taxonomy: &Taxonomy) -> Result<TaxonId, TableError> {
    let cells = cells(clade);
    let (rank, last) = cells.last().cloned().ok_or_else(|| error(clade, "it holds no name".to_string()))?;
    let names: Vec<&str> = cells.iter().map(|(_, name)| name.as_str()).collect();
    let found = match taxonomy.find(&names.join(";")) {
        Found::Nothing => taxonomy.find(&last),
        found => found,
    };
    match found {
        Found::One(taxon) => Ok(taxon),
        Found::Several(taxa) => {
            let of_rank: Vec<TaxonId> =
                taxa.iter().copied().filter(|&taxon| rank.is_some_and(|rank| taxonomy.rank(taxon) == rank)).collect();
            if let [one] = of_rank[..] {
                return Ok(one);
            }
            let lineages: Vec<String> =
                taxa.iter().take(5).map(|&taxon| format!("'{}'", taxonomy.lineage_string(taxon, ";"))).collect();
            Err(error(clade, format!("{} taxa of the taxonomy; give one of {}", taxa.len(), lineages.join(", "))))
        }
        Found::Nothing => Err(error(clade, format!("not one taxon of the taxonomy{}", taxonomy.suggestion(&last)))),
    }
}

/// The lineage of a clade: names whose ranks their prefixes, words before them (`family:Carabidae`), places from the kingdom
/// down, or endings tell.
///
/// # Errors
///
/// A name of which the rank cannot be known: a family read as a kingdom would put every mistake in the kingdom.
pub(super) fn steps(clade: &str) -> Result<Steps, TableError> {
    if clade.trim_start().starts_with('{') {
        return Err(error(clade, "give names from the kingdom down, joined with ';'".to_string()));
    }
    let mut cells = cells(clade);
    if cells.is_empty() {
        return Err(error(clade, "it holds no name".to_string()));
    }
    if cells.iter().any(|(rank, _)| rank.is_none()) {
        by_place(&mut cells);
    }
    let steps = if cells.iter().all(|(rank, _)| rank.is_some()) {
        let ranked: Vec<(Rank, &str)> =
            cells.iter().map(|(rank, name)| (rank.unwrap_or(Rank::Unranked), name.as_str())).collect();
        assemble(&ranked)
    } else {
        lineage::ranks::of_one(&cells)
    };
    if let Some((_, name)) = steps.iter().find(|(rank, _)| rank.is_unranked()) {
        let what = format!(
            "the rank of '{name}' cannot be told from the name; give it, as in 'order:{name}', or a --taxonomy that has it"
        );
        return Err(error(clade, what));
    }
    if steps.len() < cells.len() {
        return Err(error(clade, "its names do not stand from the highest rank down".to_string()));
    }
    if steps.iter().any(|(rank, _)| *rank >= Rank::Species) {
        return Err(error(clade, "a clade is a genus or a taxon above it".to_string()));
    }
    Ok(steps)
}

/// The names of a clade with the ranks that are written beside them.
fn cells(clade: &str) -> Vec<Cell> {
    let separator = if clade.contains('|') { '|' } else { ';' };
    let cell = |(rank, text): Cell| match text.split_once(':') {
        Some((word, name)) if rank.is_none() => match Rank::parse(word).filter(|rank| !rank.is_unranked()) {
            Some(rank) => (Some(rank), name.trim().to_string()),
            None => (None, text),
        },
        _ => (rank, text),
    };
    let cells = lineage::split(clade, separator).into_iter().map(cell);
    cells.filter(|(_, name)| !name::is_missing(name)).collect()
}

/// Gives names their ranks by their places, where the first is a kingdom and no other name contradicts its place.
fn by_place(cells: &mut [Cell]) {
    if cells.len() > 6 || cells.iter().any(|(rank, _)| rank.is_some()) {
        return;
    }
    let is_kingdom = higher::known(&cells[0].1).iter().any(|&(rank, _)| rank == Rank::Kingdom);
    let contradicts = |(rank, (_, name)): (&Rank, &Cell)| {
        let known = higher::known(name);
        let own = if known.is_empty() { higher::rank_by_ending(name, None).into_iter().collect() } else { ranks(known) };
        !own.is_empty() && !own.contains(rank) && *rank < Rank::Genus
    };
    if !is_kingdom || cells.len() < 2 || Rank::MAIN.iter().zip(&*cells).any(contradicts) {
        return;
    }
    for (rank, cell) in Rank::MAIN.iter().zip(cells) {
        cell.0 = Some(*rank);
    }
}

fn ranks(known: &[(Rank, higher::Code)]) -> Vec<Rank> {
    known.iter().map(|&(rank, _)| rank).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(clade: &str) -> String {
        steps(clade).unwrap().iter().map(|(rank, name)| format!("{rank} {name}")).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_name_has_the_rank_that_its_ending_its_place_or_a_word_tells() {
        assert_eq!(read("Carabidae"), "family Carabidae");
        assert_eq!(read("Animalia;Carabidae"), "kingdom Animalia, family Carabidae");
        assert_eq!(read("order:Coleoptera"), "order Coleoptera");
        assert_eq!(read("Coleoptera"), "order Coleoptera");
        assert_eq!(read("suborder: Adephaga;f__Carabidae"), "suborder Adephaga, family Carabidae");
        assert_eq!(
            read("Animalia;Arthropoda;Insecta;Coleoptera;Carabidae;Carabus"),
            "kingdom Animalia, phylum Arthropoda, class Insecta, order Coleoptera, family Carabidae, genus Carabus"
        );
        assert_eq!(read("Animalia;Xus;Yus"), "kingdom Animalia, phylum Xus, class Yus");
    }

    #[test]
    fn a_name_whose_rank_cannot_be_known_is_refused() {
        assert!(steps("Xus").unwrap_err().to_string().contains("'order:Xus'"));
        assert!(steps("Felis catus").unwrap_err().to_string().contains("a clade is a genus"));
        assert!(steps(";").unwrap_err().to_string().contains("no name"));
        assert!(steps("Carabidae;Coleoptera").is_err());
    }
}
