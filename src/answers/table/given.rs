//! Labels found in a given taxonomy.

use super::label::{Label, LabelId, Labels};
use super::placed::{Place, Placed, Way, Ways, ambiguous_note, note};
use super::steps::Steps;
use super::tables::Built;
use crate::numbers::counted::form;
use crate::taxonomy::name::{self, informal::informal};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::{Found, Step, strip_prefix};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::borrow::Cow;

/// Finds the taxa of all labels, which have been settled; `within` chooses between namesakes.
pub(super) fn find_all<'a, 'l>(labels: &'l Labels, taxonomy: &'a Taxonomy, within: Option<TaxonId>) -> Placed<'a> {
    let mut ways = Ways::default();
    let (mut ambiguous, mut contradicted, mut coarser, mut renamed, mut by_other) = (vec![], vec![], vec![], vec![], vec![]);
    let mut place = |label: &'l Label| match label {
        // Lineages and lone names have been settled.
        Label::Missing | Label::NonTaxon { .. } | Label::Lineage { .. } | Label::Name { .. } => Place::Missing,
        Label::Unreadable(text) => {
            let (way, place) = match taxonomy.find(text) {
                Found::One(taxon) => (Way::Name, Place::Taxon(taxon)),
                _ => (Way::NoName, Place::Outside),
            };
            ways.add(text, way);
            place
        }
        Label::Whole { text } | Label::Named { text, .. } => {
            let found = match label {
                Label::Named { steps, id, .. } => find_one(taxonomy, text, id.as_deref(), steps, within),
                _ => find_whole(taxonomy, text, within),
            };
            ways.add(text, way(taxonomy, label, &found));
            let (doubtful, place) = match found {
                Match::Taxon(taxon) => return Place::Taxon(taxon),
                Match::Nothing => return Place::Outside,
                Match::Renamed(taxon) => (&mut renamed, Place::Taxon(taxon)),
                Match::Coarser(taxon) => (&mut coarser, Place::Taxon(taxon)),
                Match::ByOther(taxon) => (&mut by_other, Place::Taxon(taxon)),
                Match::Several => (&mut ambiguous, Place::Outside),
                Match::Contradicted => (&mut contradicted, Place::Outside),
            };
            doubtful.push(text.as_str());
            place
        }
    };
    let places: Vec<Place> = labels.all.iter().map(&mut place).collect();
    let is_synonym = |label: &Label| is_by_synonym(taxonomy, label);
    let found =
        |(id, (label, place)): (LabelId, (&Label, &Place))| (matches!(place, Place::Taxon(_)) && is_synonym(label)).then_some(id);
    let synonyms: Vec<LabelId> = (0..).zip(labels.all.iter().zip(&places)).filter_map(found).collect();
    let by_synonym: Vec<&str> = synonyms.iter().map(|&id| labels.all[id as usize].text()).collect();
    let notes = notes(&ambiguous, &contradicted, &renamed, &by_synonym, &by_other, &coarser);
    Placed {
        taxonomy: Cow::Borrowed(taxonomy),
        built: Built::Given,
        places,
        missing: None,
        shown: vec![],
        classes: vec![],
        synonyms,
        matched: ways.matched(),
        notes,
        warnings: vec![],
    }
}

/// What is said of labels whose taxa were not met by their names, or not met.
fn notes(
    ambiguous: &[&str],
    contradicted: &[&str],
    renamed: &[&str],
    by_synonym: &[&str],
    by_other: &[&str],
    coarser: &[&str],
) -> Vec<String> {
    let counts = form(by_synonym.len(), "counts as it", "count as these");
    let notes = [
        ambiguous_note(ambiguous),
        note(
            contradicted,
            [
                "has a namesake in the taxonomy whose lineage agrees nowhere with its own, and counts",
                "have a namesake in the taxonomy whose lineage agrees nowhere with theirs, and count",
            ],
            "as outside it",
        ),
        note(renamed, ["has", "have"], "an id that has another name in the taxonomy, with the same lineage above it"),
        note(by_synonym, ["is a synonym of a taxon", "are synonyms of taxa"], &format!("of the taxonomy, and {counts}")),
        note(
            by_other,
            [
                "is a common name, or holds names in brackets, and counts",
                "are common names, or hold names in brackets, and count",
            ],
            form(by_other.len(), "as that taxon", "as these taxa"),
        ),
        note(
            coarser,
            ["below the species is not in the taxonomy and counts", "below the species are not in the taxonomy and count"],
            form(coarser.len(), "as its species", "as their species"),
        ),
    ];
    notes.into_iter().flatten().collect()
}

/// How a label met its taxon.
fn way(taxonomy: &Taxonomy, label: &Label, found: &Match) -> Way {
    let taxon = match found {
        Match::Taxon(taxon) => *taxon,
        Match::Renamed(_) => return Way::Renamed,
        Match::Coarser(_) => return Way::Species,
        Match::ByOther(_) => return Way::OtherName,
        Match::Several => return Way::Several,
        Match::Contradicted => return Way::Contradicted,
        Match::Nothing => return Way::Unknown,
    };
    let (text, id, above) = match label {
        Label::Named { text, id, steps, .. } => (text, id.as_deref(), steps.len() > 1 && steps[0].0 < Rank::Genus),
        other => (&other.text().to_string(), None, false),
    };
    if by_id(taxonomy, id.unwrap_or(text)) == Some(taxon) {
        Way::Id
    } else if is_by_synonym(taxonomy, label) {
        Way::Synonym
    } else if above {
        Way::Lineage
    } else if name::key(text) == name::key(taxonomy.name(taxon)) {
        Way::Name
    } else {
        Way::Shortened
    }
}

/// Whether a label is a name of a taxon that has another one.
fn is_by_synonym(taxonomy: &Taxonomy, label: &Label) -> bool {
    match label {
        Label::Named { text, steps, .. } => {
            let exact = || steps.last().and_then(|last| exact_name(taxonomy, text, last));
            let name = steps.last().map_or(text.as_str(), |(_, name)| name);
            taxonomy.is_synonym(name) && by_id(taxonomy, text).is_none() && exact().is_none()
        }
        Label::Whole { text } => taxonomy.resolve(text).step == Some(Step::Synonym),
        _ => false,
    }
}

enum Match {
    Taxon(TaxonId),
    /// The taxon of the id, under another name.
    Renamed(TaxonId),
    /// The species of a name below it.
    Coarser(TaxonId),
    /// The taxon of a common name, or of names in brackets.
    ByOther(TaxonId),
    Several,
    Contradicted,
    Nothing,
}

/// The taxon whose source id the text is.
fn by_id(taxonomy: &Taxonomy, text: &str) -> Option<TaxonId> {
    match taxonomy.find(text) {
        Found::One(taxon) if taxonomy.source_id(taxon) == Some(text.trim()) => Some(taxon),
        _ => None,
    }
}

/// The taxon of a name that is taken as it stands.
fn find_whole(taxonomy: &Taxonomy, text: &str, within: Option<TaxonId>) -> Match {
    let found = chosen(taxonomy, &(Rank::Unranked, text.to_string()), &[], within);
    if !matches!(found, Match::Nothing) {
        return found;
    }
    let resolved = taxonomy.resolve(text);
    match (resolved.found, resolved.step) {
        (Found::One(taxon), Some(Step::CommonName | Step::Bracket)) => Match::ByOther(taxon),
        (Found::Several(_), Some(Step::CommonName | Step::Bracket)) => Match::Several,
        _ => Match::Nothing,
    }
}

fn find_one(taxonomy: &Taxonomy, text: &str, id: Option<&str>, steps: &Steps, within: Option<TaxonId>) -> Match {
    let Some((last, above)) = steps.split_last() else { return Match::Nothing };
    if let Some(taxon) = by_id(taxonomy, id.unwrap_or(text)) {
        if id.is_none() || name::key(taxonomy.name(taxon)) == name::key(&last.1) {
            return Match::Taxon(taxon);
        }
        // An id of another taxonomy may be some other taxon here: its lineage must agree.
        if let (1.., 0) = agreement(taxonomy, taxon, above) {
            return Match::Renamed(taxon);
        }
    }
    if let Some(name) = exact_name(taxonomy, text, last) {
        return chosen(taxonomy, &(Rank::Unranked, name.to_string()), steps, within);
    }
    let found = match chosen(taxonomy, last, above, within) {
        Match::Nothing if last.0 == Rank::Genus && above.is_empty() => {
            chosen(taxonomy, &(Rank::Unranked, text.to_string()), above, within)
        }
        found => found,
    };
    if !matches!(found, Match::Nothing) {
        return found;
    }
    let resolved = taxonomy.resolve(text);
    if let (Some(taxon), Some(Step::CommonName | Step::Bracket)) = (resolved.taxon(), resolved.step) {
        return Match::ByOther(taxon);
    }
    if informal(&last.1).is_some() {
        // `Bombus sp. C` of a taxonomy that knows no such species is a Bombus.
        let genus = steps.iter().position(|(rank, _)| *rank == Rank::Genus);
        return genus.map_or(Match::Nothing, |index| chosen(taxonomy, &steps[index], &steps[..index], within));
    }
    if last.0.is_unranked() || last.0 <= Rank::Species {
        return found;
    }
    let species = steps.iter().position(|(rank, _)| *rank == Rank::Species);
    match species.map(|index| chosen(taxonomy, &steps[index], &steps[..index], within)) {
        Some(Match::Taxon(taxon)) => Match::Coarser(taxon),
        _ => Match::Nothing,
    }
}

/// The last name of a text, where the taxonomy has a taxon of just this name and reading it as a scientific name made
/// another one of it: `Parus dus1` and `Parus sp. B` are read as the genus, and may be taxa of their own.
fn exact_name<'a>(taxonomy: &Taxonomy, text: &'a str, read: &(Rank, String)) -> Option<&'a str> {
    let name = text.rsplit([';', '|']).map(strip_prefix).find(|name| !name::is_missing(name))?;
    let (own, read) = (name::key(name), name::key(&read.1));
    // A lineage may end in a common name, which is no longer form of the name before it.
    let longer = || own.split_once(' ').is_some_and(|(genus, _)| read.split(' ').next() == Some(genus));
    let is_read_otherwise = own != read && (name.len() == text.trim().len() || longer());
    (is_read_otherwise && taxonomy.has_name(name)).then_some(name)
}

/// Chooses among the taxa of a name by rank, by the lineage above it, and by the clade.
fn chosen(taxonomy: &Taxonomy, (rank, text): &(Rank, String), above: &[(Rank, String)], within: Option<TaxonId>) -> Match {
    let mut taxa = match taxonomy.find(text) {
        Found::Nothing => return Match::Nothing,
        Found::One(taxon) => vec![taxon],
        Found::Several(taxa) => taxa,
    };
    if taxa.iter().any(|&taxon| taxonomy.rank(taxon) == *rank) {
        taxa.retain(|&taxon| taxonomy.rank(taxon) == *rank);
    }
    let agreements: Vec<(usize, usize)> = taxa.iter().map(|&taxon| agreement(taxonomy, taxon, above)).collect();
    let fits = |&(agree, differ): &(usize, usize)| agree > 0 || differ == 0;
    if !agreements.iter().any(fits) {
        return Match::Contradicted;
    }
    let most = agreements.iter().filter(|pair| fits(pair)).map(|&(agree, _)| agree).max();
    let mut best: Vec<TaxonId> =
        taxa.iter().zip(&agreements).filter(|(_, pair)| fits(pair) && Some(pair.0) == most).map(|(&taxon, _)| taxon).collect();
    if let (Some(clade), true) = (within, best.len() > 1) {
        best.retain(|&taxon| taxonomy.contains(clade, taxon));
    }
    if let [one] = best[..] { Match::Taxon(one) } else { Match::Several }
}

/// At how many ranks above the genus a taxon's lineage and the table's agree, and at how many they differ.
fn agreement(taxonomy: &Taxonomy, taxon: TaxonId, above: &[(Rank, String)]) -> (usize, usize) {
    let compared = above.iter().filter(|(rank, _)| *rank < Rank::Genus).filter_map(|(rank, name)| {
        let ancestor = taxonomy.ancestor_at(taxon, *rank)?;
        Some(name::key(taxonomy.name(ancestor)) == name::key(name))
    });
    compared.fold((0, 0), |(agree, differ), same| if same { (agree + 1, differ) } else { (agree, differ + 1) })
}
