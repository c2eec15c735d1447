//! From the text of a cell to a lineage, each distinct text once.

use crate::name;
use crate::rank::Rank;
use crate::taxonomy::search::strip_prefix;
use std::collections::HashMap;

/// A lineage as read, highest rank first.
pub type Steps = Vec<(Rank, String)>;

/// Number of a distinct lineage; [`BLANK`] for none.
pub type Number = u32;

/// A blank cell.
pub const BLANK: Number = u32::MAX;

/// The distinct lineages of all columns.
#[derive(Debug, Default)]
pub struct Lineages {
    /// The texts they were read from (the first one each).
    pub texts: Vec<String>,
    /// Their steps; empty where the text could not be read as a name.
    pub steps: Vec<Steps>,
    by_text: HashMap<String, Number>,
    known: HashMap<Steps, Number>,
    /// Whether any came with ranks above the genus.
    pub above_genus: bool,
}

/// How the cells of a column are written.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// Separator of lineages; `;` and `|` when not given.
    pub separator: Option<String>,
    /// Rank of single names, where the column says it (`PredFamily`).
    pub rank: Option<Rank>,
}

/// The class that blank truths make when the user wants them to be one.
pub const BLANK_TAXON: &str = "(blank)";

impl Lineages {
    /// Number of a cell's lineage.
    pub fn of_text(&mut self, cell: Option<&str>, style: &Style) -> Number {
        let Some(cell) = cell.filter(|cell| !name::is_missing(cell)) else { return BLANK };
        if let Some(&number) = self.by_text.get(cell) {
            return number;
        }
        let (steps, is_lineage) = read(cell, style);
        self.above_genus |= is_lineage;
        let number = if is_lineage && steps.is_empty() { BLANK } else { self.of_steps(steps, cell) };
        self.by_text.insert(cell.to_string(), number);
        number
    }

    /// Number of a lineage given in steps; `text` stands for it in messages.
    pub fn of_steps(&mut self, steps: Steps, text: &str) -> Number {
        self.above_genus |= steps.first().is_some_and(|(rank, _)| *rank < Rank::Genus);
        let fresh = Number::try_from(self.steps.len()).unwrap_or(BLANK);
        if steps.is_empty() {
            // Texts that are no names stay apart from each other.
            self.texts.push(text.to_string());
            self.steps.push(steps);
            return fresh;
        }
        if let Some(&known) = self.known.get(&steps) {
            known
        } else {
            self.known.insert(steps.clone(), fresh);
            self.texts.push(text.to_string());
            self.steps.push(steps);
            fresh
        }
    }

    /// Number of the class of blank truths.
    pub fn blank_taxon(&mut self) -> Number {
        self.of_steps(vec![(Rank::Species, BLANK_TAXON.to_string())], BLANK_TAXON)
    }
}

/// Reads a cell; the flag says whether it was a lineage and not a single name.
fn read(cell: &str, style: &Style) -> (Steps, bool) {
    if cell.trim_start().starts_with('{') {
        return (dictionary(cell), true);
    }
    if let Some(separator) = separator(cell, style) {
        return (split(cell, &separator), true);
    }
    if let Some((prefix, name)) = cell.trim().split_once("__")
        && let Some(rank) = Rank::parse(prefix).filter(|_| prefix.len() <= 2 && !name.is_empty())
    {
        return (vec![(rank, name::normalise(name))], true);
    }
    (single(cell, style.rank), false)
}

fn separator(cell: &str, style: &Style) -> Option<String> {
    match &style.separator {
        Some(separator) => cell.contains(separator.as_str()).then(|| separator.clone()),
        None => [";", "|"].into_iter().find(|separator| cell.contains(separator)).map(str::to_string),
    }
}

/// One name: a binomial gives its genus too, authors go.
fn single(cell: &str, rank: Option<Rank>) -> Steps {
    if let Some(rank) = rank.filter(|rank| *rank < Rank::Genus) {
        return vec![(rank, name::normalise(cell))];
    }
    let Some(parsed) = name::parse(cell) else { return vec![] };
    binomial_steps(&parsed)
}

/// Genus, species and, below it, the full name.
pub fn binomial_steps(parsed: &name::ScientificName) -> Steps {
    let mut steps = vec![(Rank::Genus, parsed.genus().to_string())];
    if parsed.rank == Rank::Species {
        steps.push((Rank::Species, parsed.canonical.clone()));
    } else if let Some(binomial) = parsed.binomial().filter(|_| parsed.rank > Rank::Species) {
        steps.push((Rank::Species, binomial));
        steps.push((parsed.rank, parsed.canonical.clone()));
    }
    steps
}

/// `k__Fungi;p__Ascomycota;...` by prefix, or names in the order of the main ranks.
fn split(cell: &str, separator: &str) -> Steps {
    let words: Vec<&str> = cell.split(separator).map(str::trim).collect();
    let mut steps: Steps = vec![];
    for (index, word) in words.iter().enumerate() {
        let prefixed = word.split_once("__").filter(|(prefix, _)| prefix.len() <= 2).and_then(|(prefix, _)| Rank::parse(prefix));
        let Some(rank) = prefixed.or_else(|| Rank::MAIN.get(index).copied()) else { break };
        let name = name::normalise(strip_prefix(word));
        if name::is_missing(&name) {
            continue;
        }
        steps.push((rank, full_name(rank, name, &steps)));
    }
    steps
}

/// A species written as its epithet is joined to the genus above it.
pub fn full_name(rank: Rank, name: String, above: &Steps) -> String {
    let genus = above.iter().find(|(rank, _)| *rank == Rank::Genus);
    match genus {
        Some((_, genus)) if rank == Rank::Species && !name.contains(' ') => format!("{genus} {name}"),
        _ => name,
    }
}

/// A Python dictionary as text: `{'kingdom': 'Animalia', 'phylum': ...}`.
fn dictionary(cell: &str) -> Steps {
    let mut steps: Steps = vec![];
    for rank in Rank::MAIN {
        let found = ['\'', '"'].into_iter().find_map(|quote| {
            let key = format!("{quote}{rank}{quote}: ");
            let rest = &cell[cell.find(&key)? + key.len()..];
            let open = rest.chars().next().filter(|open| ['\'', '"'].contains(open))?;
            rest[1..].split(open).next()
        });
        if let Some(name) = found.filter(|name| !name::is_missing(name)) {
            let name = full_name(rank, name::normalise(name), &steps);
            steps.push((rank, name));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cell: &str) -> String {
        let steps = read(cell, &Style::default()).0;
        steps.iter().map(|(rank, name)| format!("{rank}={name}")).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn cells_of_every_shape_are_lineages() {
        for (cell, expected) in [
            ("k__Fungi;p__Ascomycota;s__Nakataea_oryzae", "kingdom=Fungi,phylum=Ascomycota,species=Nakataea oryzae"),
            ("k__Bacteria; g__Neisseria; s__cinerea", "kingdom=Bacteria,genus=Neisseria,species=Neisseria cinerea"),
            ("k__Bacteria; g__Clostridium; s__", "kingdom=Bacteria,genus=Clostridium"),
            ("k__Fungi", "kingdom=Fungi"),
            ("Animalia|Chordata||Carnivora", "kingdom=Animalia,phylum=Chordata,order=Carnivora"),
            ("{'file_name': 'a;b', 'kingdom': 'Animalia', 'genus': \"O'x\", 'score': 0.5}", "kingdom=Animalia,genus=O'x"),
            ("Trifolium pratense L.", "genus=Trifolium,species=Trifolium pratense"),
            ("Puma concolor couguar", "genus=Puma,species=Puma concolor,subspecies=Puma concolor couguar"),
        ] {
            assert_eq!(shown(cell), expected, "{cell}");
        }
    }
}
