//! Lineage strings: `k__Fungi;p__Ascomycota;...`, or names alone, and what a column of labels is
//! written in.

mod evidence;
pub(super) mod ranks;

use super::title_case::in_genus;
use crate::taxonomy::name;
use crate::taxonomy::name::placeholder::{is_incertae_sedis, is_placeholder, taxon_beside};
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
    /// What the cells are, in words.
    pub(super) fn words(&self) -> String {
        match self {
            Grammar::Names => "names".to_string(),
            Grammar::Dicts => "dictionaries of ranks".to_string(),
            Grammar::Lineages { separator } => format!("lineages with '{separator}' between their steps"),
            Grammar::SpeciesNet => "labels of SpeciesNet".to_string(),
        }
    }

    /// Looks at the distinct cells of a column.
    pub(super) fn of(texts: &[&str], separator: Option<char>) -> Grammar {
        let named: Vec<&str> = texts.iter().copied().filter(|text| !name::is_missing(text)).collect();
        let half = |count: usize| count > 0 && count * 2 >= named.len();
        if half(named.iter().filter(|text| text.trim_start().starts_with('{')).count()) {
            return Grammar::Dicts;
        }
        let has_commas = || {
            named.iter().any(|text| text.contains(',')) && half(named.iter().filter(|text| is_prefixed_throughout(text)).count())
        };
        if separator.is_none() && has_commas() {
            return Grammar::Lineages { separator: ',' };
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

/// Whether the text begins with a rank prefix such as `k__`, `sk__` or `d:`.
pub(super) fn has_prefixes(text: &str) -> bool {
    split_prefix(without_tax(text)).is_some()
}

/// Whether every step between commas has a prefix with a colon: `d:Bacteria,p:Firmicutes`.
fn is_prefixed_throughout(text: &str) -> bool {
    let steps = || without_tax(text).trim_end_matches([';', ',']).split(',');
    steps().all(|step| colon_prefix(step.trim()).is_some())
}

/// What stands behind `tax=` in the header of a sequence, without the `;` that ends it.
fn without_tax(text: &str) -> &str {
    text.split_once("tax=").map_or(text, |(_, lineage)| lineage.trim_end_matches(';'))
}

fn split_prefix(step: &str) -> Option<(Rank, &str)> {
    let step = step.trim();
    let Some((prefix, name)) = step.split_once("__") else { return colon_prefix(step) };
    let known = match prefix {
        "sk" => Some(Rank::Superkingdom),
        "sp" => Some(Rank::Species),
        _ if prefix.len() == 1 => Rank::parse(prefix),
        _ => None,
    };
    known.map(|rank| (rank, name))
}

/// The rank of `d:Bacteria`; programs that write it so mean by their domains what others call kingdoms. The drive of a
/// path (`c:\\images`) is no prefix.
fn colon_prefix(step: &str) -> Option<(Rank, &str)> {
    let (prefix, name) = step.split_once(':')?;
    let rank = match prefix {
        "d" | "k" => Rank::Kingdom,
        "p" => Rank::Phylum,
        "c" => Rank::Class,
        "o" => Rank::Order,
        "f" => Rank::Family,
        "g" => Rank::Genus,
        "s" | "sp" => Rank::Species,
        _ => return None,
    };
    let begins_name = name.is_empty() || name.trim_start_matches(['"', '[', '\'']).starts_with(char::is_alphabetic);
    (begins_name && !name.contains(['/', '\\'])).then_some((rank, name))
}

/// The name of a step without the support behind it: `(1.00)`, `(100)`, `[98.2%]`. A year is none.
fn without_support(step: &str) -> &str {
    let step = step.trim();
    let open = match step.chars().last() {
        Some(')') => step.rfind('('),
        Some(']') => step.rfind('['),
        _ => None,
    };
    let support = |at: usize| step[at + 1..step.len() - 1].trim().trim_end_matches('%').trim().parse::<f64>().ok();
    match open {
        Some(at) if support(at).is_some_and(|support| (0.0..=100.0).contains(&support)) => step[..at].trim_end(),
        _ => step,
    }
}

fn is_species_net(text: &str) -> bool {
    let steps: Vec<&str> = text.split(';').collect();
    steps.len() == 7 && steps[0].len() == 36 && steps[0].bytes().filter(|&byte| byte == b'-').count() == 4
}

/// Splits a lineage into its steps, each with the rank of its prefix; empty steps keep their places, and words for nothing
/// (`uncultured`, `Incertae sedis`, `X_sp` below X) are empty.
pub(super) fn split(text: &str, separator: char) -> Vec<Cell> {
    let text = without_tax(text);
    let has_support = text.contains(['(', '[']) && text.split(separator).any(|step| without_support(step) != step.trim());
    let is_decimal = |step: &str| step.contains('.') && step.parse::<f64>().is_ok_and(|number| (0.0..=1.0).contains(&number));
    let steps = text.split(separator).map(str::trim).filter(|step| !is_decimal(step)).map(without_support);
    let mut cells: Vec<Cell> =
        steps.map(|step| split_prefix(step).map_or((None, step), |(rank, name)| (Some(rank), name))).map(cell).collect();
    if cells.len() > 1 && cells[0].0.is_none() && matches!(cells[0].1.to_lowercase().as_str(), "root" | "cellular root") {
        cells.remove(0);
    }
    if cells.len() > 1
        && cells.last().is_some_and(|(rank, name)| rank.is_none() && name.is_empty())
        && (has_support || cells.len() == 8)
    {
        cells.pop();
    }
    let kingdoms = cells.iter().filter(|(rank, _)| *rank == Some(Rank::Kingdom)).count();
    if kingdoms == 2 && cells[0].0 == Some(Rank::Kingdom) {
        cells[0].0 = Some(Rank::Domain);
    }
    blank_repeated(&mut cells);
    cells
}

/// A step with words for nothing taken out. Named groups without a place (`Helotiales_fam_Incertae_sedis`) are kept above the
/// genus, where a prefix gives their rank: as taxa without rank.
fn cell((rank, name): (Option<Rank>, &str)) -> Cell {
    let name = name.trim().trim_matches('"');
    let is_group = is_incertae_sedis(name) && taxon_beside(name).is_some();
    match rank {
        Some(rank) if is_group && rank < Rank::Genus => (Some(Rank::Unranked), name.to_string()),
        _ if is_placeholder(name) => (rank, String::new()),
        _ => (rank, name.to_string()),
    }
}

/// Empties steps that say no more than one above them (`Helotiaceae sp` in the Helotiaceae), and takes capitals from the
/// epithet of a species in its genus (`Panthera;Panthera Leo`).
fn blank_repeated(cells: &mut [Cell]) {
    for index in 1..cells.len() {
        let (above, below) = cells.split_at_mut(index);
        let text = &mut below[0].1;
        let Some((first, rest)) = text.split_once(['_', ' ']).map(|(first, rest)| (name::key(first), name::normalise(rest)))
        else {
            continue;
        };
        let Some(same) = above.iter().rev().map(|(_, name)| name).find(|name| name::key(name) == first) else { continue };
        if matches!(rest.as_str(), "sp" | "sp." | "spp" | "spp.") {
            text.clear();
        } else if let Some(folded) = in_genus(same, &name::normalise(text)) {
            *text = folded;
        }
    }
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

/// The common name of a `SpeciesNet` label; `None` for any other text.
pub(super) fn species_net_common(text: &str) -> Option<&str> {
    is_species_net(text).then(|| text.rsplit(';').next().unwrap_or_default())
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
    fn prefixes_with_colons_are_told_from_the_drives_of_paths() {
        assert_eq!(Grammar::of(&["d:Bacteria(1.00),p:Firmicutes(0.99)", ""], None), Grammar::Lineages { separator: ',' });
        assert_eq!(Grammar::of(&["Felis catus Linnaeus, 1758", "Lynx lynx"], None), Grammar::Names);
        assert!(has_prefixes("tax=d:Bacteria,p:Firmicutes;") && has_prefixes("sk__Eukaryota"));
        for text in ["c:\\images\\1.jpg", "c:/images/1.jpg", "s:1", "Felis: catus"] {
            assert!(!has_prefixes(text), "{text}");
        }
        let domains = split("d:Eukaryota,k:Fungi,s:Amanita_muscaria", ',');
        assert_eq!(
            domains.iter().map(|(rank, _)| *rank).collect::<Vec<_>>(),
            [Rank::Domain, Rank::Kingdom, Rank::Species].map(Some)
        );
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
