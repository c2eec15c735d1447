//! Lineage strings: `k__Fungi;p__Ascomycota;...`, or names alone, and what a column of labels is
//! written in.

mod evidence;
pub(super) mod ranks;

use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// Cells of one lineage, highest rank first, as the table has them.
pub(super) type Cells<'a> = Vec<(Rank, &'a str)>;

/// A step of a lineage, with its rank where a prefix gives it.
pub(super) type Cell = (Option<Rank>, String);

/// Most steps that a lineage may have.
pub(super) const MOST_STEPS: usize = 256;

/// What the labels of a column are written in: decided for the column, not cell by cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Grammar {
    /// Scientific names.
    Names,
    /// Python dictionaries with ranks as keys.
    Dicts,
    /// Lineages.
    Lineages { separator: char },
    /// `uuid;class;order;family;genus;epithet;common name`.
    SpeciesNet,
}

impl Grammar {
    /// Looks at the distinct cells of a column.
    pub(super) fn of(texts: &[&str], separator: Option<char>) -> Grammar {
        let named: Vec<&str> = texts.iter().copied().filter(|text| !name::is_missing(text)).collect();
        let half = |count: usize| count > 0 && count * 2 >= named.len();
        if half(named.iter().filter(|text| text.trim_start().starts_with('{')).count()) {
            return Grammar::Dicts;
        }
        let guesses: &[char] = if separator.is_some() { &[] } else { &[';', '|'] };
        let is_lineage = |text: &str, by: char| text.contains(by) || has_prefixes(text);
        let found = guesses.iter().copied().find(|&by| {
            named.iter().any(|text| text.contains(by)) && half(named.iter().filter(|text| is_lineage(text, by)).count())
        });
        let only_prefixes = || half(named.iter().filter(|text| has_prefixes(text)).count()).then_some(';');
        match separator.or(found).or_else(only_prefixes) {
            None => Grammar::Names,
            Some(';') if half(named.iter().filter(|text| is_species_net(text)).count()) => Grammar::SpeciesNet,
            Some(separator) => Grammar::Lineages { separator },
        }
    }
}

/// Whether the text begins with a rank prefix such as `k__` or `sk__`.
pub(super) fn has_prefixes(text: &str) -> bool {
    split_prefix(text).is_some()
}

fn split_prefix(step: &str) -> Option<(Rank, &str)> {
    let (prefix, name) = step.trim().split_once("__")?;
    let known = match prefix {
        "sk" => Some(Rank::Superkingdom),
        "sp" => Some(Rank::Species),
        _ if prefix.len() == 1 => Rank::parse(prefix),
        _ => None,
    };
    known.map(|rank| (rank, name))
}

fn is_species_net(text: &str) -> bool {
    let steps: Vec<&str> = text.split(';').collect();
    steps.len() == 7 && steps[0].len() == 36 && steps[0].bytes().filter(|&byte| byte == b'-').count() == 4
}

/// Splits a lineage into its steps, each with the rank of its prefix; empty steps keep their places.
pub(super) fn split(text: &str, separator: char) -> Vec<Cell> {
    let step = |step: &str| match split_prefix(step) {
        Some((rank, name)) => (Some(rank), name.trim().to_string()),
        None => (None, step.trim().to_string()),
    };
    text.split(separator).map(step).collect()
}

/// Splits a lineage into ranked cells, by prefixes or else by the ranks given; empty steps (`s__`,
/// `;;`) are left out.
pub(super) fn cells<'a>(text: &'a str, separator: char, ranks: &[Rank]) -> Cells<'a> {
    let mut cells: Cells = text
        .split(separator)
        .enumerate()
        .map(|(index, step)| {
            split_prefix(step).unwrap_or_else(|| (ranks.get(index).copied().unwrap_or(Rank::Unranked), step.trim()))
        })
        .filter(|(_, name)| !name::is_missing(name))
        .collect();
    if cells.iter().all(|(rank, _)| !rank.is_unranked()) {
        cells.sort_by_key(|&(rank, _)| rank);
    }
    cells
}

/// The ranked cells of a `SpeciesNet` label; none for "blank" and "animal".
pub(super) fn species_net_cells(text: &str) -> Cells<'_> {
    let steps = text.split(';').skip(1);
    Rank::MAIN[2..].iter().copied().zip(steps).filter(|(_, name)| !name::is_missing(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixed_lineages_keep_their_ranks_and_lose_empty_steps() {
        let cells = cells("k__Bacteria; p__Proteobacteria; c__; g__Neisseria; s__cinerea", ';', &[]);
        let expected = [
            (Rank::Kingdom, "Bacteria"),
            (Rank::Phylum, "Proteobacteria"),
            (Rank::Genus, "Neisseria"),
            (Rank::Species, "cinerea"),
        ];
        assert_eq!(cells, expected);
        assert_eq!(Grammar::of(&["k__Fungi", "Unassigned"], None), Grammar::Lineages { separator: ';' });
    }

    #[test]
    fn a_name_with_a_stray_separator_does_not_make_a_column_of_lineages() {
        assert_eq!(Grammar::of(&["Felis catus", "Lynx lynx", "Canis; lupus"], None), Grammar::Names);
    }

    #[test]
    fn labels_of_speciesnet_lose_their_id_and_common_name() {
        let label = "436ddfdd-bc43-44c3-a25d-34671d3430a0;mammalia;carnivora;ursidae;;;bear family";
        assert_eq!(Grammar::of(&[label], None), Grammar::SpeciesNet);
        assert_eq!(species_net_cells(label), [(Rank::Class, "mammalia"), (Rank::Order, "carnivora"), (Rank::Family, "ursidae")]);
    }
}
