//! A lineage in one spelling: ranked steps, from the cells that a table has of it.

use super::title_case::in_genus;
use crate::taxonomy::name;
use crate::taxonomy::name::higher;
use crate::taxonomy::name::informal::informal;
use crate::taxonomy::name::placeholder::{is_incertae_sedis, is_placeholder};
use crate::taxonomy::name::vernacular::{Sign, sign};
use crate::taxonomy::rank::Rank;

/// A lineage, highest rank first, in one spelling.
pub(super) type Steps = Vec<(Rank, String)>;

/// Cells of a lineage, highest first, in one spelling: epithets joined to their genus, authorship
/// gone from genus and below, a genus put above a binomial that lacks one.
pub(super) fn assemble(cells: &[(Rank, &str)]) -> Steps {
    let mut steps: Steps = vec![];
    for &(rank, text) in cells {
        let ranked = steps.iter().rev().map(|&(rank, _)| rank).find(|rank| !rank.is_unranked());
        // A group without a place (`Incertae sedis`) has a name, but no rank.
        let is_nothing = is_placeholder(text) && !(rank.is_unranked() && is_incertae_sedis(text));
        if is_nothing || (!rank.is_unranked() && ranked.is_some_and(|above| above >= rank)) {
            continue;
        }
        match rank {
            Rank::Genus => steps.push((rank, genus_of(text))),
            Rank::Species => push_species(&mut steps, text),
            Rank::Unranked => steps.push((rank, name::normalise(text))),
            _ if rank > Rank::Species => push_below_species(&mut steps, rank, text),
            _ => steps.push((rank, name::normalise(text))),
        }
    }
    steps
}

fn genus_of(text: &str) -> String {
    match name::parse(text) {
        Some(parsed) if parsed.rank == Rank::Genus => parsed.canonical,
        _ => name::normalise(text),
    }
}

fn push_genus(steps: &mut Steps, genus: &str) {
    let has_place = steps.iter().all(|(rank, _)| rank.is_unranked() || *rank < Rank::Genus);
    let unranked = steps.last().is_some_and(|(rank, name)| rank.is_unranked() && name::key(name) == name::key(genus));
    if has_place && !unranked {
        steps.push((Rank::Genus, genus.to_string()));
    }
}

/// Whether a word names a taxon above the genus: `Helotiaceae sp` is no species of a genus Helotiaceae.
fn is_above_genus(steps: &Steps, word: &str) -> bool {
    let is_same = |(rank, name): &(Rank, String)| *rank < Rank::Genus && name::key(name) == name::key(word);
    higher::is_family(word) || steps.iter().any(is_same)
}

fn push_species(steps: &mut Steps, text: &str) {
    let text = name::without_subgenus(&name::normalise(text));
    let genus = steps.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
    let text = genus.as_ref().and_then(|genus| in_genus(genus, &text)).unwrap_or(text);
    if !text.contains(' ') {
        let is_shouted = text.chars().count() > 1 && text.chars().all(char::is_uppercase);
        let is_numbered = text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('-');
        let is_epithet = is_numbered || text.starts_with(char::is_lowercase) || is_shouted;
        match genus {
            Some(genus) if name::key(&genus) == name::key(&text) && is_shouted => {}
            Some(genus) if is_epithet => steps.push((Rank::Species, format!("{genus} {}", text.to_lowercase()))),
            Some(genus) if name::key(&genus) == name::key(&text) => {}
            Some(_) => steps.push((Rank::Species, text)),
            None => push_genus(steps, &capitalised(&text)),
        }
        return;
    }
    if let Some((formula, genus)) = name::hybrid_formula(&text) {
        if let Some(genus) = genus {
            push_genus(steps, &genus);
        }
        steps.push((Rank::Species, formula));
        return;
    }
    if genus.is_none() && sign(&text) == Sign::Strong {
        // A common name in a column of species has no genus in it.
        steps.push((Rank::Species, text));
        return;
    }
    if let Some(species) = informal(&text) {
        if !is_above_genus(steps, species.genus()) {
            push_genus(steps, species.genus());
        }
        steps.push((Rank::Species, species.canonical));
        return;
    }
    let Some(parsed) = name::parse(&text) else {
        steps.push((Rank::Species, text));
        return;
    };
    if is_above_genus(steps, parsed.genus()) {
        if parsed.rank >= Rank::Species {
            steps.push((Rank::Species, text));
        }
        return;
    }
    push_genus(steps, parsed.genus());
    match (parsed.rank, parsed.binomial()) {
        (Rank::Genus, _) | (_, None) => {}
        (Rank::Species, _) => steps.push((Rank::Species, parsed.canonical)),
        (rank, Some(binomial)) => steps.extend([(Rank::Species, binomial), (rank, parsed.canonical)]),
    }
}

fn push_below_species(steps: &mut Steps, rank: Rank, text: &str) {
    let text = name::normalise(text);
    let species = steps.iter().find(|(rank, _)| *rank == Rank::Species).map(|(_, species)| species.clone());
    match (species, name::parse(&text)) {
        (Some(species), _) if !text.contains(' ') => steps.push((rank, format!("{species} {text}"))),
        (None, Some(parsed)) if parsed.rank > Rank::Species => {
            push_species(steps, &text);
            if let Some(last) = steps.last_mut() {
                last.0 = rank;
            }
        }
        (_, Some(parsed)) if parsed.rank > Rank::Species => steps.push((rank, parsed.canonical)),
        _ => steps.push((rank, text)),
    }
}

/// A word with its first letter in upper case.
pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(cells: &[(Rank, &str)]) -> Vec<String> {
        assemble(cells).into_iter().map(|(rank, name)| format!("{rank} {name}")).collect()
    }

    #[test]
    fn a_species_cell_may_hold_a_binomial_an_epithet_a_genus_or_a_trinomial() {
        use Rank::{Genus, Species};
        assert_eq!(steps(&[(Species, "Carabus_auratus L.")]), ["genus Carabus", "species Carabus auratus"]);
        assert_eq!(steps(&[(Genus, "Neisseria"), (Species, "cinerea")]), ["genus Neisseria", "species Neisseria cinerea"]);
        assert_eq!(steps(&[(Species, "Papaver sp. (uncertain)")]), ["genus Papaver"]);
        assert_eq!(steps(&[(Species, "Papaver")]), ["genus Papaver"]);
        assert_eq!(steps(&[(Species, "Lepas (Anatifa) anatifera")]), ["genus Lepas", "species Lepas anatifera"]);
        assert_eq!(steps(&[(Species, "Lepas (Linnaeus, 1758)")]), ["genus Lepas"]);
        let trinomial = ["genus Carabus", "species Carabus nemoralis", "subspecies Carabus nemoralis nemoralis"];
        assert_eq!(steps(&[(Species, "Carabus nemoralis nemoralis")]), trinomial);
    }

    #[test]
    fn species_without_a_name_and_names_in_capitals() {
        use Rank::{Family, Genus, Species};
        assert_eq!(steps(&[(Species, "Bombus sp. A")]), ["genus Bombus", "species Bombus sp. A"]);
        assert_eq!(steps(&[(Genus, "Bombus"), (Species, "Bombus sp.")]), ["genus Bombus"]);
        assert_eq!(steps(&[(Genus, "Panthera"), (Species, "Panthera Leo")]), ["genus Panthera", "species Panthera leo"]);
        assert_eq!(steps(&[(Genus, "PANTHERA"), (Species, "LEO")]), ["genus Panthera", "species Panthera leo"]);
        assert_eq!(steps(&[(Genus, "Panthera"), (Species, "Panthera Oken, 1816")]), ["genus Panthera"]);
        assert_eq!(
            steps(&[(Genus, "Coccinella"), (Species, "7-punctata")]),
            ["genus Coccinella", "species Coccinella 7-punctata"]
        );
        assert_eq!(steps(&[(Family, "Helotiaceae"), (Species, "Helotiaceae_sp")]), ["family Helotiaceae"]);
        assert_eq!(
            steps(&[(Family, "Helotiaceae"), (Genus, "uncultured"), (Species, "uncultured fungus")]),
            ["family Helotiaceae"]
        );
    }

    #[test]
    fn a_cross_is_no_form_of_its_first_parent() {
        use Rank::Species;
        assert_eq!(
            steps(&[(Species, "Lepomis auritus x L. cyanellus")]),
            ["genus Lepomis", "species Lepomis auritus × L. cyanellus"]
        );
        assert_eq!(steps(&[(Species, "Chrosomus eos x neogaeus")]), ["genus Chrosomus", "species Chrosomus eos × neogaeus"]);
        assert_eq!(steps(&[(Species, "Salmo trutta x Salvelinus fontinalis")]), ["species Salmo trutta × Salvelinus fontinalis"]);
        assert_eq!(steps(&[(Species, "Mentha × piperita L.")]), ["genus Mentha", "species Mentha × piperita"]);
    }
}
