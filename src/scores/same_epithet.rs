//! Mistakes that are probably the name: one epithet in two genera, most often one organism under two names.
//!
//! Truth and answer are species, or lie below one; the names of these species are a genus and an epithet, under a genus that
//! the taxonomy has by that name. The genera differ, the epithets are the same word in one spelling (`albus`, `alba` and
//! `album`; `vulgaris` and `vulgare`; `niger`, `nigra` and `nigrum`; `brownii` and `browni`), and no rank from the kingdom to
//! the family has two taxa for them: *Vulpes vulgaris* and *Quercus vulgaris* share a word and nothing else. Such mistakes
//! stay mistakes; a taxonomy whose synonyms know both names settles them.
//!
//! That an epithet follows the gender of its genus, so that a species that is moved changes its ending, is Article 31.2 of
//! the ICZN (Article 23.5 of the ICN); that *-i* and *-ii* are one spelling, its Article 58.14.

use super::judged_run::JudgedRun;
use crate::numbers::statistics::share;
use crate::scores::outcome::{Judgement, Outcome};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy, name};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Mistakes whose truth and answer have one epithet in two genera, and what the accuracy would be if they were right.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SameEpithet {
    /// Such mistakes.
    pub n: u64,
    /// Their share of all mistakes; `None` without any.
    pub share_of_mistakes: Option<f64>,
    /// Truths and answers, the most frequent first, then by name.
    pub pairs: Vec<EpithetPair>,
    /// Accuracy by path if these answers were right, at each main rank that a truth has.
    pub right_if_same: BTreeMap<Rank, Option<f64>>,
}

/// A truth and an answer with one epithet in two genera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EpithetPair {
    /// Name of the truth.
    pub truth: String,
    /// Name of the answer.
    pub predicted: String,
    /// Images.
    pub n: u64,
    /// Truth and answer as taxa.
    #[serde(skip)]
    pub taxa: (TaxonId, TaxonId),
}

impl SameEpithet {
    /// How many there are and which is the most frequent, in a line; `None` without any.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let EpithetPair { truth, predicted, n, .. } = self.pairs.first()?;
        let have = if self.n == 1 { "mistake has" } else { "mistakes have" };
        let share = 100.0 * self.share_of_mistakes.unwrap_or_default();
        let (before, behind) = if self.pairs.len() == 1 { (":", String::new()) } else { (", most often", format!(" ({n})")) };
        let pair = format!("{before} '{truth}' taken for '{predicted}'{behind}");
        Some(format!("{} {have} one epithet in two genera ({share:.1}% of all mistakes){pair}", self.n))
    }

    /// Of a run, by the places of the images whose mistakes are such ones.
    pub(super) fn of(run: &JudgedRun<'_>, images: &[usize]) -> Self {
        let mut counts: HashMap<(TaxonId, TaxonId), u64> = HashMap::new();
        for &image in images {
            if let Judgement::Scored(outcome) = run.judgements[image] {
                *counts.entry((outcome.truth, outcome.predicted)).or_default() += run.times(image);
            }
        }
        let name = |taxon: TaxonId| run.taxonomy.name(taxon).to_string();
        let pair = |(taxa, n): ((TaxonId, TaxonId), u64)| EpithetPair { truth: name(taxa.0), predicted: name(taxa.1), n, taxa };
        let mut pairs: Vec<EpithetPair> = counts.into_iter().map(pair).collect();
        pairs.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| (&a.truth, &a.predicted, a.taxa).cmp(&(&b.truth, &b.predicted, b.taxa))));
        let is_mistake = |judgement: &Judgement| match judgement {
            Judgement::Scored(outcome) => !outcome.is_right(),
            Judgement::Unplaced(_) => true,
            _ => false,
        };
        let wrong = run.judgements.iter().enumerate().filter(|(_, judgement)| is_mistake(judgement));
        let mistakes = wrong.map(|(image, _)| run.times(image)).sum();
        let n = images.iter().map(|&image| run.times(image)).sum();
        Self { n, share_of_mistakes: share(n, mistakes), pairs, right_if_same: right_if_same(run, images) }
    }
}

/// Accuracy by path at every main rank, with some images right at all of them.
fn right_if_same(run: &JudgedRun<'_>, images: &[usize]) -> BTreeMap<Rank, Option<f64>> {
    let same: HashSet<usize> = images.iter().copied().collect();
    let accuracy = |(index, rank): (usize, Rank)| {
        let (mut right, mut n) = (0, 0);
        for (image, judgement) in run.judgements.iter().enumerate() {
            match judgement {
                Judgement::Scored(outcome) => {
                    let Some(truth) = run.taxonomy.main_ancestor(outcome.truth, index) else { continue };
                    let is_right = run.taxonomy.main_ancestor(outcome.answer, index) == Some(truth) || same.contains(&image);
                    n += run.times(image);
                    right += run.times(image) * u64::from(is_right);
                }
                Judgement::Unplaced(_) => n += run.times(image),
                _ => {}
            }
        }
        (n > 0).then(|| (rank, share(right, n)))
    };
    if run.taxonomy.has_ranks() { Rank::MAIN.into_iter().enumerate().filter_map(accuracy).collect() } else { BTreeMap::new() }
}

/// Tells such mistakes from others, and keeps the places of their images.
pub(super) struct Epithets<'a> {
    taxonomy: &'a Taxonomy,
    known: HashMap<(TaxonId, TaxonId), bool>,
    /// Images whose mistakes are such ones, ascending.
    pub images: Vec<usize>,
}

impl<'a> Epithets<'a> {
    /// Of no image.
    pub fn of(taxonomy: &'a Taxonomy) -> Self {
        Self { taxonomy, known: HashMap::new(), images: vec![] }
    }

    /// Whether the mistake of an image is such a one; it is kept then.
    pub fn keep(&mut self, image: usize, outcome: &Outcome) -> bool {
        let (taxonomy, truth, answer) = (self.taxonomy, outcome.truth, outcome.answer);
        let is_one = *self.known.entry((truth, answer)).or_insert_with(|| have_one_epithet(taxonomy, truth, answer));
        if is_one {
            self.images.push(image);
        }
        is_one
    }
}

fn have_one_epithet(taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> bool {
    let contradict = |rank: &Rank| {
        let above = [truth, answer].map(|taxon| taxonomy.ancestor_at(taxon, *rank));
        matches!(above, [Some(one), Some(other)] if one != other)
    };
    let Some(((genus, epithet), (other_genus, other_epithet))) = binomial(taxonomy, truth).zip(binomial(taxonomy, answer)) else {
        return false;
    };
    genus != other_genus && epithet == other_epithet && !Rank::MAIN.iter().take_while(|rank| **rank < Rank::Genus).any(contradict)
}

/// Genus and epithet of the species that a taxon is or lies in, each in one spelling; `None` where its name does not begin
/// with the genus that the taxonomy has it in, as an English name does not.
fn binomial(taxonomy: &Taxonomy, taxon: TaxonId) -> Option<(String, String)> {
    let species = taxonomy.ancestor_at(taxon, Rank::Species)?;
    let genus = taxonomy.ancestor_at(taxon, Rank::Genus)?;
    let binomial = name::parse(taxonomy.name(species))?.binomial()?;
    let (first, epithet) = binomial.split_once(' ')?;
    let first = first.to_lowercase();
    (first == name::key(taxonomy.name(genus))).then(|| (first, one_spelling(epithet)))
}

/// An epithet whichever gender its genus has, and however many i its genitive is written with.
fn one_spelling(epithet: &str) -> String {
    let epithet = epithet.to_lowercase();
    let epithet = if epithet.ends_with("ii") { &epithet[..epithet.len() - 1] } else { epithet.as_str() };
    let stem = |endings: &[&str]| endings.iter().find_map(|ending| epithet.strip_suffix(*ending)).filter(|stem| !stem.is_empty());
    if let Some(stem) = stem(&["us", "um", "a"]).or_else(|| Some(epithet).filter(|epithet| epithet.ends_with("er"))) {
        // The e before an r comes and goes: niger and nigra, asper and aspera.
        return stem.strip_suffix("er").map_or_else(|| format!("{stem}us"), |short| format!("{short}rus"));
    }
    stem(&["is", "e"]).map_or_else(|| epithet.to_string(), |stem| format!("{stem}is"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};

    #[test]
    fn genders_and_genitives_of_one_word_are_one() {
        for family in [
            &["albus", "alba", "album"][..],
            &["vulgaris", "vulgare"],
            &["niger", "nigra", "nigrum"],
            &["asper", "aspera", "asperum"],
            &["brownii", "browni"],
            &["Punctulata", "punctulatus"],
        ] {
            let spellings: HashSet<String> = family.iter().map(|epithet| one_spelling(epithet)).collect();
            assert_eq!(spellings.len(), 1, "{family:?}: {spellings:?}");
        }
        for (one, other) in [("alba", "albida"), ("browni", "brownae"), ("major", "minor"), ("albus", "albis"), ("i", "ii")] {
            assert_eq!(one_spelling(one) == one_spelling(other), (one, other) == ("i", "ii"), "{one} {other}");
        }
    }

    #[test]
    fn a_shared_word_of_two_families_or_of_english_names_is_chance() {
        let mut builder = TaxonomyBuilder::new();
        for (kingdom, family, species) in [
            ("Animalia", "Carabidae", "Cicindela punctulata"),
            ("Animalia", "Carabidae", "Cicindelidia punctulata"),
            ("Animalia", "Carabidae", "Cicindela sexguttata"),
            ("Animalia", "", "Nebria punctulatus"),
            ("Animalia", "Canidae", "Vulpes vulgaris"),
            ("Plantae", "Fagaceae", "Quercus vulgaris"),
            ("Animalia", "Paridae", "Parus Great tit"),
            ("Animalia", "Paridae", "Cyanistes Blue tit"),
        ] {
            let (genus, rest) = species.split_once(' ').unwrap();
            let species = if rest.starts_with(char::is_uppercase) { rest } else { species };
            let lineage = [(Rank::Kingdom, kingdom), (Rank::Family, family), (Rank::Genus, genus), (Rank::Species, species)];
            let line = SourceLine { file: "t.csv".into(), line: 1 };
            builder.add_lineage(lineage.into_iter().filter(|(_, name)| !name.is_empty()), &line);
        }
        let taxonomy = builder.freeze().unwrap();
        let taxon = |name: &str| taxonomy.taxa().find(|&taxon| taxonomy.name(taxon) == name).unwrap();
        for (truth, answer, expected) in [
            ("Cicindelidia punctulata", "Cicindela punctulata", true),
            ("Nebria punctulatus", "Cicindela punctulata", true),
            ("Cicindela punctulata", "Cicindela sexguttata", false),
            ("Cicindela punctulata", "Cicindela punctulata", false),
            ("Vulpes vulgaris", "Quercus vulgaris", false),
            ("Great tit", "Blue tit", false),
        ] {
            assert_eq!(have_one_epithet(&taxonomy, taxon(truth), taxon(answer)), expected, "{truth} {answer}");
        }
        assert!(!have_one_epithet(&taxonomy, taxon("Cicindelidia punctulata"), taxon("Cicindela")));
    }
}
