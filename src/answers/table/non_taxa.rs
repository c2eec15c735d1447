//! Labels that name no taxon: taken out before names are settled, so that none of them becomes one.

use super::error::examples;
use super::label::{Label, LabelId, Labels};
use super::options::{MissingTruth, TableOptions};
use super::placed::{Place, Placed};
use super::steps::Steps;
use crate::answers::non_taxon::{NonTaxonWords, PERSON, Shown, UNKNOWN, is_of_people, is_people};
use crate::numbers::counted::counted;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::{Found, Step, strip_prefix};
use crate::taxonomy::{Taxonomy, name};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The kingdom that an animal of which nothing else is said lies in.
const ANIMALIA: &str = "Animalia";

/// Takes out the words for what is no taxon; returns notes on them. `truths` are the labels of the images.
///
/// A word stays a name where the taxonomy has a taxon of that name or a lineage of the table its genus, but one that the user
/// gave a class. A common name does not make it one: `human` is a person beside a taxonomy that calls *Homo sapiens* so. Where
/// blank truths are to be a class of the tree, nothing is taken out.
pub(super) fn take_out(
    labels: &mut Labels,
    truths: &[LabelId],
    taxonomy: Option<&Taxonomy>,
    options: &TableOptions,
) -> Vec<String> {
    let words = &options.non_taxa;
    let names = Names::of(labels, taxonomy, words);
    let truths: HashSet<usize> = truths.iter().map(|&id| id as usize).collect();
    let mut met: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for index in 0..labels.all.len() {
        let Some(text) = by_itself(&labels.all[index]).map(str::to_string) else { continue };
        if words.is_after_all(&text) {
            labels.all[index] = Label::Whole { text };
            continue;
        }
        let Some(shown) = words.meaning(&text) else { continue };
        let is_name = || !name::is_missing(&text) && !words.is_given(&text) && names.has(&text);
        labels.all[index] = match shown {
            _ if options.missing_truth == MissingTruth::Taxon && shown != Shown::Animal => continue,
            _ if is_name() => continue,
            Shown::Animal if names.has_animalia && !truths.contains(&index) => animal(text),
            _ => {
                if let Shown::Class(class) = shown {
                    met.entry(class).or_default().insert(text.clone());
                }
                Label::NonTaxon { text, shown }
            }
        };
    }
    // Words for the unknown were no names before; they alone are not worth a sentence.
    met.retain(|class, _| *class != UNKNOWN);
    let told = |(class, texts): (usize, BTreeSet<String>)| {
        let texts: Vec<String> = texts.into_iter().collect();
        let labels = counted(texts.len(), "label says", "labels say");
        let name = words.names().get(class).map_or("", String::as_str);
        format!("{labels} {name}, which is no taxon: {}", examples(&texts))
    };
    met.into_iter().map(told).collect()
}

/// The text of a label that is a lone word: one that may be read otherwise, or was read as a name without regard to others.
fn by_itself(label: &Label) -> Option<&str> {
    match label {
        Label::Name { text } | Label::NonTaxon { text, .. } | Label::Unreadable(text) => Some(text),
        Label::Lineage { text, cells } if cells.len() == 1 => Some(text),
        Label::Named { text, steps, id: None, common: None, .. } if steps.len() == 1 => Some(text),
        // `blank` at every rank is no lineage.
        Label::Named { text, steps, id: None, .. } if steps.len() > 1 => {
            let last = text.rsplit([';', '|']).map(strip_prefix).find(|step| !name::is_missing(step))?;
            steps.iter().all(|(_, step)| is_again(last, step)).then_some(last)
        }
        Label::Lineage { cells, .. } => {
            let mut held = cells.iter().map(|(_, step)| step.as_str()).filter(|step| !name::is_missing(step));
            let first = held.next()?;
            held.all(|step| is_again(first, step)).then_some(first)
        }
        _ => None,
    }
}

/// Whether a step of a lineage is a word again, or a species that was made of it and its genus.
fn is_again(word: &str, step: &str) -> bool {
    let (word, step) = (name::key(word), name::key(step));
    step == word || step.split_once(' ').is_some_and(|(genus, epithet)| genus == word && epithet == word)
}

/// An animal of which nothing else is said.
fn animal(text: String) -> Label {
    let steps: Steps = vec![(Rank::Kingdom, ANIMALIA.to_string())];
    Label::Named { text, steps, id: None, score: None, common: None }
}

/// The names that are known of taxa.
struct Names<'a> {
    taxonomy: Option<&'a Taxonomy>,
    /// Of genera in lineages of the tables, and of whatever else stands in those whose ranks are not known yet.
    held: HashSet<String>,
    has_animalia: bool,
}

impl<'a> Names<'a> {
    fn of(labels: &Labels, taxonomy: Option<&'a Taxonomy>, words: &NonTaxonWords) -> Names<'a> {
        let is_word = |label: &Label| by_itself(label).is_some_and(|text| words.meaning(text).is_some());
        let (mut held, mut names_animalia) = (HashSet::new(), false);
        for label in labels.all.iter().filter(|label| !is_word(label)) {
            match label {
                Label::Named { steps, .. } if steps.len() > 1 => {
                    held.extend(steps.iter().filter(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| name::key(genus)));
                    names_animalia |= steps.iter().any(|(rank, step)| *rank == Rank::Kingdom && step == ANIMALIA);
                }
                Label::Lineage { cells, .. } if cells.len() > 1 => {
                    held.extend(cells.iter().map(|(_, step)| name::key(step)));
                    names_animalia |= cells.iter().any(|(_, step)| step == ANIMALIA);
                }
                _ => {}
            }
        }
        let has_animalia = match taxonomy {
            Some(taxonomy) => matches!(taxonomy.find(ANIMALIA), Found::One(taxon) if taxonomy.rank(taxon) == Rank::Kingdom),
            None => names_animalia,
        };
        Names { taxonomy, held, has_animalia }
    }

    fn has(&self, text: &str) -> bool {
        let by_name = |step: Step| matches!(step, Step::Id | Step::Name | Step::Authorship | Step::Synonym);
        self.held.contains(&name::key(text))
            || self.taxonomy.is_some_and(|taxonomy| taxonomy.resolve(text).step.is_some_and(by_name))
    }
}

/// Says what each label shows to a detector, once labels are taxa; nothing where none is of a class that is no taxon.
///
/// A taxon is an animal, people are persons: *Homo sapiens* may be both a taxon and a person, and where the taxonomy does not
/// have it, is a person alone.
pub(super) fn show(placed: &mut Placed<'_>, labels: &Labels, options: &TableOptions) {
    if say_classes(labels, options) {
        let shown = all_shown(placed, labels, options);
        take_for_classes(placed, &shown);
        placed.shown = shown;
        placed.classes = options.non_taxa.names().to_vec();
    }
}

/// [`show`] of a part of a table, where other parts may say classes though this one says none; whether it does. Where all labels
/// show what they are taken for anyway, taxa an animal and others nothing, nothing is said of them.
pub(super) fn show_part(placed: &mut Placed<'_>, labels: &Labels, options: &TableOptions) -> bool {
    let says_classes = say_classes(labels, options);
    if options.missing_truth == MissingTruth::Taxon {
        return false;
    }
    let shown = all_shown(placed, labels, options);
    if says_classes {
        take_for_classes(placed, &shown);
    }
    let is_usual = |(place, shown): (&Place, &Shown)| *shown == usually_shown(*place);
    if !placed.places.iter().zip(&shown).all(is_usual) {
        placed.shown = shown;
        placed.classes = options.non_taxa.names().to_vec();
    }
    says_classes
}

/// What a label shows that says nothing else of it.
pub(super) fn usually_shown(place: Place) -> Shown {
    if place == Place::Missing { Shown::Nothing } else { Shown::Animal }
}

/// Whether a label is of a class that is no taxon.
fn say_classes(labels: &Labels, options: &TableOptions) -> bool {
    let words = &options.non_taxa;
    let is_of_class = |label: &Label| match label {
        Label::NonTaxon { shown, .. } => shown.is_not_a_taxon(),
        Label::Named { common, steps, .. } => of_common(common.as_deref(), steps, words).is_some(),
        _ => false,
    };
    options.missing_truth != MissingTruth::Taxon && labels.all.iter().any(is_of_class)
}

fn all_shown(placed: &Placed<'_>, labels: &Labels, options: &TableOptions) -> Vec<Shown> {
    let of = |(label, place): (&Label, &Place)| shown(label, *place, &placed.taxonomy, &options.non_taxa);
    labels.all.iter().zip(&placed.places).map(of).collect()
}

/// What the taxonomy does not have and is of a class is not outside it: it is no taxon.
fn take_for_classes(placed: &mut Placed<'_>, shown: &[Shown]) {
    for (place, shown) in placed.places.iter_mut().zip(shown) {
        if *place == Place::Outside && shown.is_not_a_taxon() {
            *place = Place::Missing;
        }
    }
}

fn shown(label: &Label, place: Place, taxonomy: &Taxonomy, words: &NonTaxonWords) -> Shown {
    let person = Shown::Class(PERSON);
    match (label, place) {
        (Label::NonTaxon { shown, .. }, _) => *shown,
        (Label::Named { common, steps, .. }, _) if of_common(common.as_deref(), steps, words).is_some() => {
            of_common(common.as_deref(), steps, words).unwrap_or_default()
        }
        (_, Place::Taxon(taxon)) if is_of_people(taxonomy, taxon) => person,
        (Label::Named { steps, .. }, _) if steps.iter().any(|(rank, step)| is_people(*rank, step)) => person,
        (_, Place::Missing) => Shown::Nothing,
        (_, Place::Taxon(_) | Place::Outside) => Shown::Animal,
    }
}

/// The class that a common name beside a lineage says (`...;homo;sapiens;human`). A genus that is not that of people says more
/// than a word that is known without being told: a fox that somebody calls ghost is a fox.
fn of_common(common: Option<&str>, steps: &Steps, words: &NonTaxonWords) -> Option<Shown> {
    let common = common?;
    let is_of_people = || steps.iter().any(|(rank, step)| is_people(*rank, step));
    let has_genus = || steps.iter().any(|(rank, _)| matches!(rank, Rank::Genus | Rank::Species));
    let says_more = !words.is_given(common) && has_genus() && !is_of_people();
    words.meaning(common).filter(|shown| shown.is_not_a_taxon() && !says_more)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::non_taxon::{BLANK, NonTaxonClass, VEHICLE};
    use std::path::Path;

    fn names(texts: &[&str]) -> Labels {
        let all = texts.iter().map(|text| Label::Name { text: (*text).to_string() }).collect();
        Labels { all, ..Labels::default() }
    }

    /// What becomes of names: the class of a word, `None` of a name that stays.
    fn taken(texts: &[&str], taxonomy: Option<&Taxonomy>, options: &TableOptions) -> Vec<Option<Shown>> {
        let mut labels = names(texts);
        take_out(&mut labels, &[], taxonomy, options);
        let of = |label: &Label| if let Label::NonTaxon { shown, .. } = label { Some(*shown) } else { None };
        labels.all.iter().map(of).collect()
    }

    #[test]
    fn words_are_taken_out_and_names_stay() {
        let texts = ["Blank", "human", "vehicle", "Vulpes vulpes", "Vehicula", "Homo sapiens", "human herpesvirus"];
        let found = taken(&texts, None, &TableOptions::default());
        let class = |class| Some(Shown::Class(class));
        assert_eq!(found, [class(BLANK), class(PERSON), class(VEHICLE), None, None, None, None]);
        let mut labels = names(&["Blank", "empty", "human", "fox"]);
        let notes = take_out(&mut labels, &[], None, &TableOptions::default());
        assert_eq!(
            notes,
            ["2 labels say blank, which is no taxon: 'Blank', 'empty'", "1 label says person, which is no taxon: 'human'"]
        );
    }

    #[test]
    fn a_taxon_of_the_taxonomy_is_a_taxon_but_not_by_a_common_name() {
        let table = "genus,species,common_name\nPersona,Persona reticulata,\nHomo,Homo sapiens,human\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let found = taken(&["Persona", "human", "personne"], Some(&taxonomy), &TableOptions::default());
        assert_eq!(found, [None, Some(Shown::Class(PERSON)), Some(Shown::Class(PERSON))]);
        // So is a genus of the table's own lineages.
        let mut labels = names(&["Persona"]);
        let steps = vec![(Rank::Family, "Personidae".to_string()), (Rank::Genus, "Persona".to_string())];
        labels.all.push(Label::Named { text: "Persona".to_string(), steps, id: None, score: None, common: None });
        assert_eq!(take_out(&mut labels, &[], None, &TableOptions::default()), Vec::<String>::new());
    }

    #[test]
    fn users_add_classes_and_take_words_back() {
        let class = NonTaxonClass::parse("setup=calibration board").unwrap();
        let non_taxa = NonTaxonWords::of(&[class], &["vehicle"]).unwrap();
        let options = TableOptions { non_taxa, ..TableOptions::default() };
        let mut labels = names(&["Calibration_board", "vehicle", "blank"]);
        take_out(&mut labels, &[], None, &options);
        let text = "Calibration_board".to_string();
        assert_eq!(labels.all[0], Label::NonTaxon { text, shown: Shown::Class(4) });
        assert_eq!(labels.all[1], Label::Whole { text: "vehicle".to_string() });
        // A user's word is no taxon, though the taxonomy has one of that name.
        let table = "genus,species\nVulpes,Vulpes vulpes\nBos,Bos taurus\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let class = NonTaxonClass::parse("livestock=Bos taurus").unwrap();
        let none: [&str; 0] = [];
        let options = TableOptions { non_taxa: NonTaxonWords::of(&[class], &none).unwrap(), ..TableOptions::default() };
        let found = taken(&["Bos taurus", "Vulpes vulpes"], Some(&taxonomy), &options);
        assert_eq!(found, [Some(Shown::Class(4)), None]);
        // Where the blank is to be a class of the tree, the tree has it.
        let options = TableOptions { missing_truth: MissingTruth::Taxon, ..TableOptions::default() };
        assert_eq!(taken(&["blank", "person"], None, &options), [None, None]);
    }

    #[test]
    fn an_animal_of_which_nothing_is_said_lies_in_the_kingdom_if_there_is_one() {
        let table = "kingdom,species\nAnimalia,Vulpes vulpes\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let mut labels = names(&["animal", "animal"]);
        // As a truth it says no more than before: nothing of a taxon.
        take_out(&mut labels, &[1], Some(&taxonomy), &TableOptions::default());
        assert_eq!(labels.all[0], animal("animal".to_string()));
        assert_eq!(labels.all[1], Label::NonTaxon { text: "animal".to_string(), shown: Shown::Animal });
        assert_eq!(taken(&["animal"], None, &TableOptions::default()), [Some(Shown::Animal)]);
    }
}
