//! Names without lineage: which are taken as they stand, and how the others are taken apart.
//!
//! What is known goes before what is likely: the taxonomy given, common names that the tables carry, then how the names of all
//! tables together are written.

use super::carried::Carried;
use super::error::examples;
use super::label::{Label, Labels, is_sentence, name_label};
use super::lineage::ranks::is_shipped_genus;
use super::title_case::{Capitals, in_lower_case};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::name::placeholder::{is_empty_picture, is_no_organism, is_placeholder, taxon_beside};
use crate::taxonomy::name::vernacular::{Sign, has_authorship, sign};
use crate::taxonomy::name::{self, higher};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::{Step, bracketed};
use std::collections::{BTreeMap, HashSet};

/// What is said of names once they are settled.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) notes: Vec<String>,
    /// What would mislead if it were overlooked.
    pub(super) warnings: Vec<String>,
}

/// What a name turned out to be, for notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Carried,
    SeveralCarried,
    Common,
    Folded,
    Placeholder,
    Empty,
    NoOrganism,
    Plain,
}

/// Settles every name that stands by itself: afterwards no label is a [`Label::Name`].
pub(super) fn settle(labels: &mut Labels, taxonomy: Option<&Taxonomy>) -> Settled {
    let carried = Carried::of(labels);
    let mut open: Vec<(usize, String)> = vec![];
    let mut said: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for index in 0..labels.all.len() {
        let Label::Name { text } = &labels.all[index] else { continue };
        let text = text.clone();
        let known = taxonomy.is_some_and(|taxonomy| is_known_whole(taxonomy, &text));
        labels.all[index] = match carried.lineages(&text) {
            _ if known => Label::Whole { text },
            [steps] => {
                said.entry(Kind::Carried).or_default().push(text.clone());
                Label::Named { text, steps: steps.clone(), id: None, score: None, common: None }
            }
            [] => {
                open.push((index, text));
                continue;
            }
            _ => {
                said.entry(Kind::SeveralCarried).or_default().push(text.clone());
                Label::Whole { text }
            }
        };
    }
    let normal: Vec<String> = open.iter().map(|(_, text)| name::normalise(&text.replace('’', "'"))).collect();
    let writing = Writing {
        of_common_names: are_common(&normal),
        capitals: Capitals::of(&normal),
        genera: genera(labels),
        blank_is_class: taxonomy.is_none() && carried.is_empty(),
        taxonomy,
    };
    for ((index, text), normal) in open.into_iter().zip(&normal) {
        let (kind, label) = writing.read(&text, normal);
        labels.all[index] = label;
        if kind != Kind::Plain {
            said.entry(kind).or_default().push(text);
        }
    }
    // Several columns and tables have one name.
    for texts in said.values_mut() {
        let mut met = HashSet::new();
        texts.retain(|text| met.insert(text.clone()));
    }
    told(&said, taxonomy.is_some())
}

/// Whether a taxonomy knows a name as it stands and its parts would be another taxon, or none.
fn is_known_whole(taxonomy: &Taxonomy, text: &str) -> bool {
    let resolved = taxonomy.resolve(text);
    let Some(step) = resolved.step else { return false };
    let parsed = name::parse(text).map(|parsed| parsed.canonical);
    let is_read_so = parsed.as_ref().is_some_and(|canonical| name::key(canonical) == name::key(text));
    let same = || parsed.as_ref().is_some_and(|canonical| taxonomy.find(canonical) == resolved.found);
    match step {
        Step::Id | Step::OtherId | Step::CommonName | Step::Bracket => true,
        Step::Name => !is_read_so,
        Step::Synonym | Step::Authorship => !is_read_so && !same(),
        _ => false,
    }
}

/// Genera that lineages of the tables name.
fn genera(labels: &Labels) -> HashSet<String> {
    let steps = labels.all.iter().filter_map(|label| if let Label::Named { steps, .. } = label { Some(steps) } else { None });
    steps.flatten().filter(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| name::key(genus)).collect()
}

/// Whether the names of the tables are common ones: three in ten look like it, at least two or all.
fn are_common(texts: &[String]) -> bool {
    let are_names = |text: &&String| !is_empty_picture(text) && !is_no_organism(text) && !is_placeholder(text);
    let names: Vec<&String> = texts.iter().filter(are_names).collect();
    let several: Vec<&String> = names.iter().copied().filter(|text| text.contains(' ')).collect();
    let names = if several.is_empty() { names } else { several };
    let mut signs: Vec<Sign> = names.iter().map(|text| sign(text)).collect();
    if signs.contains(&Sign::Strong) {
        // Beside a common name, what begins small and is no genus that is known is another: `zebra_grevys`, though *Equus
        // zebra* has the word.
        for (sign, text) in signs.iter_mut().zip(&names) {
            let begins_small = text.contains(' ') && text.starts_with(char::is_lowercase);
            if begins_small && !is_shipped_genus(text.split(' ').next().unwrap_or_default()) {
                *sign = Sign::Weak.max(*sign);
            }
        }
    }
    signs.retain(|sign| *sign > Sign::Nothing);
    signs.contains(&Sign::Strong) && signs.len() * 10 >= names.len() * 3 && (signs.len() > 1 || signs.len() == names.len())
}

/// How the open names of all tables together are written.
struct Writing<'a> {
    of_common_names: bool,
    capitals: Capitals,
    genera: HashSet<String>,
    blank_is_class: bool,
    taxonomy: Option<&'a Taxonomy>,
}

impl Writing<'_> {
    fn read(&self, text: &str, normal: &str) -> (Kind, Label) {
        let whole = || Label::Whole { text: text.trim().replace('’', "'") };
        if is_sentence(normal) {
            return (Kind::Plain, Label::Unreadable(text.trim().to_string()));
        }
        if is_empty_picture(normal) {
            let is_class = self.of_common_names && self.blank_is_class;
            return (Kind::Empty, if is_class { whole() } else { Label::Missing });
        }
        if is_no_organism(normal) {
            return (Kind::NoOrganism, if self.of_common_names { whole() } else { Label::Unreadable(text.trim().to_string()) });
        }
        if let Some(name) = behind_common_name(normal) {
            return (Kind::Plain, with_text(name_label(&name, None), text));
        }
        if self.is_common(normal) {
            return (Kind::Common, whole());
        }
        if is_placeholder(normal) {
            let beside = taxon_beside(normal).filter(|taxon| sign(taxon) == Sign::Nothing);
            let label = beside.map_or(Label::Missing, |taxon| with_text(name_label(&taxon, None), text));
            return (Kind::Placeholder, label);
        }
        match self.capitals.folded(normal).or_else(|| self.known_in_lower_case(normal)) {
            Some(folded) => (Kind::Folded, with_text(name_label(&folded, None), text)),
            None => (Kind::Plain, with_text(name_label(normal, None), text)),
        }
    }

    fn is_common(&self, text: &str) -> bool {
        let own = sign(text);
        if !self.of_common_names || has_authorship(text) {
            return own == Sign::Strong;
        }
        let first = text.split(' ').next().unwrap_or_default();
        let is_genus = || self.genera.contains(&name::key(first)) || (text.contains(' ') && is_shipped_genus(first));
        let is_scientific = own == Sign::Nothing && (is_genus() || higher::is_family(text));
        !is_scientific
    }

    /// A name in other capitals than the taxonomy has.
    fn known_in_lower_case(&self, text: &str) -> Option<String> {
        let folded = in_lower_case(text)?;
        let canonical = name::parse(&folded)?.canonical;
        self.taxonomy?.has_name(&canonical).then_some(folded)
    }
}

/// The scientific name in the brackets behind a common one: `Red Fox (Vulpes vulpes)`.
fn behind_common_name(text: &str) -> Option<String> {
    let (before, _) = text.split_once(['(', '<', '['])?;
    let names = bracketed(text)?;
    let [only] = &names[..] else { return None };
    let is_binomial =
        name::parse(only).is_some_and(|parsed| parsed.rank >= Rank::Species) && only.starts_with(char::is_uppercase);
    (is_binomial && sign(only) == Sign::Nothing && sign(before.trim()) == Sign::Strong).then(|| only.clone())
}

/// A label under the name that the table has.
fn with_text(label: Label, text: &str) -> Label {
    match label {
        Label::Named { steps, id, score, common, .. } => Label::Named { text: text.trim().to_string(), steps, id, score, common },
        Label::Unreadable(_) => Label::Unreadable(text.trim().to_string()),
        other => other,
    }
}

/// What is said of one name of a kind, and of several.
fn words(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Carried => Some((
            "is a common name that the table gives beside a taxon, and counts as it",
            "are common names that the table gives beside taxa, and count as these",
        )),
        Kind::SeveralCarried => Some((
            "is a common name that the table gives beside several taxa, and is taken as it stands",
            "are common names that the table gives beside several taxa, and are taken as they stand",
        )),
        Kind::Folded => Some((
            "has capitals where epithets have none, and is read without them",
            "have capitals where epithets have none, and are read without them",
        )),
        Kind::Placeholder => Some((
            "stands for an unknown taxon, and says no more than the taxon it names, if any",
            "stand for unknown taxa, and say no more than the taxa they name, if any",
        )),
        Kind::Empty => Some(("says that a picture is empty", "say that a picture is empty")),
        Kind::NoOrganism => {
            Some(("is a person or a thing, and no name of a taxon", "are persons or things, and no names of taxa"))
        }
        Kind::Common | Kind::Plain => None,
    }
}

/// Notes and warnings.
fn told(said: &BTreeMap<Kind, Vec<String>>, is_given: bool) -> Settled {
    let note = |(kind, texts): (&Kind, &Vec<String>)| {
        let (one, several) = words(*kind)?;
        let what = if texts.len() == 1 { format!("1 label {one}") } else { format!("{} labels {several}", texts.len()) };
        Some(format!("{what}: {}", examples(texts)))
    };
    let mut settled = Settled { notes: said.iter().filter_map(note).collect(), warnings: vec![] };
    if let Some(texts) = said.get(&Kind::Common) {
        let shown = examples(texts);
        let (look, are) = match texts.len() {
            1 => (format!("1 name looks like a common name ({shown})"), "it is"),
            count => (format!("{count} names look like common names ({shown})"), "they are"),
        };
        let fate = if is_given {
            format!(" that the taxonomy does not have: {are} outside it")
        } else {
            format!(": {are} compared as written, and no genus or family is known")
        };
        settled.warnings.push(format!("{look}{fate}; give a taxonomy that has common names (--taxonomy)"));
    }
    settled
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    fn named(texts: &[&str]) -> Labels {
        let all = texts.iter().map(|text| Label::Name { text: (*text).to_string() }).collect();
        Labels { all, ..Labels::default() }
    }

    fn shown(label: &Label) -> String {
        match label {
            Label::Named { steps, .. } => {
                steps.iter().map(|(rank, name)| format!("{rank} {name}")).collect::<Vec<_>>().join(", ")
            }
            Label::Whole { text } => format!("whole {text}"),
            Label::Missing => "missing".to_string(),
            other => format!("{other:?}"),
        }
    }

    /// Names of a table without taxonomy, and its warnings.
    fn read(texts: &[&str]) -> (Vec<String>, Vec<String>) {
        let mut labels = named(texts);
        let settled = settle(&mut labels, None);
        (labels.all.iter().map(shown).collect(), settled.warnings)
    }

    #[test]
    fn what_begins_small_beside_common_names_is_one() {
        let (labels, _) = read(&["zebra_grevys", "grevy's zebra", "neither"]);
        assert_eq!(labels, ["whole zebra_grevys", "whole grevy's zebra", "whole neither"]);
        // Two scientific names in lower case stay such.
        let (labels, warnings) = read(&["mytilus galloprovincialis", "apis mellifera"]);
        assert!(labels.iter().all(|label| !label.starts_with("whole")) && warnings.is_empty(), "{labels:?}");
    }

    #[test]
    fn common_names_are_taken_as_they_stand() {
        let (labels, warnings) = read(&["red fox", "wild boar", "kinkajou", "empty", "vehicle", "Great Spotted Woodpecker"]);
        assert_eq!(
            labels,
            [
                "whole red fox",
                "whole wild boar",
                "whole kinkajou",
                "whole empty",
                "whole vehicle",
                "whole Great Spotted Woodpecker"
            ]
        );
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("4 names look like common names ('red fox', "), "{warnings:?}");
        // A few among scientific ones are still none.
        let mixed = ["Vulpes vulpes", "apis mellifera", "Bombus terrestris", "Canis lupus", "Les Pucerons", "blank", "human"];
        let (labels, warnings) = read(&mixed);
        assert_eq!(labels[1], "genus Apis, species Apis mellifera");
        assert_eq!(labels[4..], ["whole Les Pucerons", "missing", "Unreadable(\"human\")"]);
        assert!(
            warnings[0].starts_with("1 name looks like a common name ('Les Pucerons'): it is compared as written"),
            "{warnings:?}"
        );
        assert_eq!(read(&["Red Fox (Vulpes vulpes)", "Canis lupus"]).0[0], "genus Vulpes, species Vulpes vulpes");
    }

    #[test]
    fn names_in_capitals_codes_and_placeholders() {
        let (labels, warnings) = read(&[
            "Panthera Leo",
            "Panthera Leo Linnaeus, 1758",
            "Bombus sp. A",
            "Bombus sp. B",
            "Bombus sp.",
            "Coccinella 7-Punctata",
            "uncultured bacterium",
            "unclassified_Lachnospiraceae",
            "Canis Lupus",
        ]);
        assert_eq!(
            labels,
            [
                "genus Panthera, species Panthera leo",
                "genus Panthera, species Panthera leo",
                "genus Bombus, species Bombus sp. A",
                "genus Bombus, species Bombus sp. B",
                "genus Bombus",
                "genus Coccinella, species Coccinella 7-punctata",
                "missing",
                "family Lachnospiraceae",
                "genus Canis, species Canis lupus",
            ]
        );
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn what_the_taxonomy_or_the_table_knows_is_taken_first() {
        let table = "genus,species,common_name\nPanthera,Panthera leo,Lion\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let mut labels = named(&["lion", "Panthera Leo", "Panthera leo", "red fox", "Panthera Leo Linnaeus, 1758"]);
        let settled = settle(&mut labels, Some(&taxonomy));
        let species = "genus Panthera, species Panthera leo";
        let expected = ["whole lion", "whole Panthera Leo", species, "whole red fox", species];
        assert_eq!(labels.all.iter().map(shown).collect::<Vec<_>>(), expected);
        assert!(settled.warnings[0].contains("('red fox') that the taxonomy does not have: it is outside it"), "{settled:?}");

        let steps = vec![(Rank::Genus, "Vulpes".to_string()), (Rank::Species, "Vulpes vulpes".to_string())];
        let text = "Vulpes vulpes".to_string();
        let mut labels = named(&["Red Fox", "grey fox", "blank"]);
        labels.all.push(Label::Named { text, steps, id: None, score: None, common: Some("red fox".to_string()) });
        let settled = settle(&mut labels, None);
        let found: Vec<String> = labels.all.iter().map(shown).collect();
        assert_eq!(found[..3], ["genus Vulpes, species Vulpes vulpes", "whole grey fox", "missing"]);
        assert!(settled.notes[0].starts_with("1 label is a common name that the table gives"), "{settled:?}");
    }
}
