//! Ranks of lineages without rank prefixes, of all tables together.
//!
//! What is known goes before what is likely: places in lineages of all seven main ranks and ranks
//! that the tables give, then the taxonomy given, names and endings, then names that have become
//! known so. A step that stays unknown is kept without a rank.

use super::Cell;
use super::evidence::{Candidates, Source, by_names, by_place, higher_name, is_higher};
use crate::answers::table::error::examples;
use crate::answers::table::label::{Label, Labels, Steps, assemble, named};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::shipped::SHIPPED;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

/// Ranks above the species at which names occur, by key.
type Known = HashMap<String, BTreeSet<Rank>>;

/// Names of the shipped taxonomies.
static SHIPPED_RANKS: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::new();
    for taxonomy in SHIPPED.iter().filter_map(|shipped| shipped.read().ok()) {
        for taxon in taxonomy.taxa().filter(|&taxon| is_above_species(taxonomy.rank(taxon))) {
            known.entry(name::key(taxonomy.name(taxon))).or_default().insert(taxonomy.rank(taxon));
        }
    }
    known
});

fn is_above_species(rank: Rank) -> bool {
    rank > Rank::Root && rank <= Rank::Genus
}

/// What names are known as: surely in the tables and in the taxonomy given, likely from the shipped
/// taxonomies and from other lineages.
struct Names<'a> {
    first: &'a Known,
    taxonomy: Option<&'a Taxonomy>,
    last: &'a Known,
}

impl Source for Names<'_> {
    fn first(&self, word: &str) -> Candidates {
        ranks_in(self.first, word).or_else(|| {
            let taxa = match self.taxonomy.map(|taxonomy| (taxonomy, taxonomy.find(word))) {
                Some((taxonomy, Found::One(taxon))) => vec![taxonomy.rank(taxon)],
                Some((taxonomy, Found::Several(taxa))) => taxa.iter().map(|&taxon| taxonomy.rank(taxon)).collect(),
                Some((_, Found::Nothing)) | None => vec![],
            };
            Candidates::of(taxa.into_iter().filter(|&rank| is_above_species(rank)).collect::<BTreeSet<_>>())
        })
    }

    fn last(&self, word: &str) -> Candidates {
        ranks_in(&SHIPPED_RANKS, word).or_else(|| ranks_in(self.last, word))
    }
}

fn ranks_in(known: &Known, word: &str) -> Candidates {
    known.get(&name::key(word)).map(|ranks| Candidates::of(ranks.iter().copied())).unwrap_or_default()
}

/// The ranked steps of one lineage by its own names.
pub(in crate::answers::table) fn of_one(cells: &[Cell]) -> Steps {
    let nothing = Known::new();
    let ranks = by_place(cells).map_or_else(
        || by_names(cells, &Names { first: &nothing, taxonomy: None, last: &nothing }),
        |ranks| ranks.into_iter().map(Some).collect(),
    );
    steps_of(cells, &ranks)
}

/// The steps of a lineage; authors and `indet.` go where the first word is surely a higher taxon.
fn steps_of(cells: &[Cell], ranks: &[Option<Rank>]) -> Steps {
    let held = cells.iter().zip(ranks).filter(|((_, text), _)| !name::is_missing(text));
    let owned: Vec<(Rank, String)> = held
        .map(|((_, text), rank)| {
            let bare = rank.filter(|rank| *rank < Rank::Genus).and_then(|_| higher_name(text)).filter(|word| is_higher(word));
            (rank.unwrap_or(Rank::Unranked), bare.unwrap_or_else(|| text.clone()))
        })
        .collect();
    assemble(&owned.iter().map(|(rank, text)| (*rank, text.as_str())).collect::<Vec<_>>())
}

/// Gives the steps of all lineages their ranks, and says which were taken.
pub(in crate::answers::table) fn settle(labels: &mut Labels, taxonomy: Option<&Taxonomy>) -> Vec<String> {
    let mut first = Known::new();
    let mut lineages: Vec<(usize, Vec<Option<Rank>>)> = vec![];
    let mut open = vec![];
    for (index, label) in labels.all.iter().enumerate() {
        match label {
            Label::Named { steps, .. } => {
                for (rank, text) in steps.iter().filter(|(rank, _)| is_above_species(*rank)) {
                    first.entry(name::key(text)).or_default().insert(*rank);
                }
            }
            Label::Lineage { cells, .. } => match by_place(cells) {
                Some(ranks) => lineages.push((index, ranks.into_iter().map(Some).collect())),
                None => open.push(index),
            },
            Label::Missing | Label::Unreadable(_) => {}
        }
    }
    if lineages.is_empty() && open.is_empty() {
        return vec![];
    }
    let cells_of = |index: usize| if let Label::Lineage { cells, .. } = &labels.all[index] { &cells[..] } else { &[] };
    for (index, ranks) in &lineages {
        learn(&mut first, cells_of(*index), ranks);
    }
    let nothing = Known::new();
    let names = Names { first: &first, taxonomy, last: &nothing };
    let by_own: Vec<Vec<Option<Rank>>> = open.iter().map(|&index| by_names(cells_of(index), &names)).collect();
    let mut last = Known::new();
    for (&index, ranks) in open.iter().zip(&by_own) {
        learn(&mut last, cells_of(index), ranks);
    }
    let names = Names { first: &first, taxonomy, last: &last };
    for (&index, ranks) in open.iter().zip(by_own) {
        let all = ranks.iter().zip(cells_of(index)).all(|(rank, (_, text))| rank.is_some() || name::is_missing(text));
        lineages.push((index, if all { ranks } else { by_names(cells_of(index), &names) }));
    }
    let (mut patterns, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    for (index, ranks) in lineages {
        let Label::Lineage { text, cells } = &labels.all[index] else { continue };
        let steps = steps_of(cells, &ranks);
        *patterns.entry(pattern(&steps)).or_insert(0_usize) += 1;
        unknown.extend(steps.iter().filter(|(rank, _)| rank.is_unranked()).map(|(_, text)| text.clone()));
        labels.all[index] = named(text, steps, None);
    }
    notes(&patterns, &unknown)
}

/// Notes the ranks of names above the species.
fn learn(known: &mut Known, cells: &[Cell], ranks: &[Option<Rank>]) {
    for ((_, text), rank) in cells.iter().zip(ranks) {
        if let (Some(rank), Some(word)) =
            (rank.filter(|rank| is_above_species(*rank)), higher_name(text).filter(|word| !name::is_missing(word)))
        {
            known.entry(name::key(&word)).or_default().insert(rank);
        }
    }
}

fn pattern(steps: &Steps) -> String {
    steps.iter().map(|(rank, _)| rank.name()).collect::<Vec<_>>().join(" > ")
}

fn notes(patterns: &BTreeMap<String, usize>, unknown: &BTreeSet<String>) -> Vec<String> {
    let mut by_count: Vec<(&String, &usize)> = patterns.iter().collect();
    by_count.sort_by_key(|&(pattern, &count)| (std::cmp::Reverse(count), pattern));
    let shown: Vec<String> = by_count
        .iter()
        .take(4)
        .map(|(pattern, count)| format!("{pattern} ({count} label{})", if **count == 1 { "" } else { "s" }))
        .collect();
    let more = if by_count.len() > 4 { format!(" and {} more ways", by_count.len() - 4) } else { String::new() };
    let mut notes = vec![format!("lineages without rank prefixes were read as {}{more}", shown.join(", "))];
    if !unknown.is_empty() {
        let unknown: Vec<&String> = unknown.iter().collect();
        notes.push(format!(
            "{} name{} in lineages without rank prefixes {} no rank that their names, endings or places tell, and stay unranked: {}; \
             give rank prefixes (f__Carabidae) or a taxonomy",
            unknown.len(),
            if unknown.len() == 1 { "" } else { "s" },
            if unknown.len() == 1 { "has" } else { "have" },
            examples(&unknown)
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of the lineages of a column, settled together.
    fn read(texts: &[&str]) -> Vec<String> {
        let split = |text: &&str| Label::Lineage { text: (*text).to_string(), cells: super::super::split(text, ';') };
        let mut labels = Labels { all: texts.iter().map(split).collect() };
        settle(&mut labels, None);
        let shown = |label: &Label| match label {
            Label::Named { steps, .. } => {
                steps.iter().map(|(rank, text)| format!("{rank} {text}")).collect::<Vec<_>>().join(", ")
            }
            other => format!("{other:?}"),
        };
        labels.all.iter().map(shown).collect()
    }

    fn one(text: &str) -> String {
        read(&[text]).remove(0)
    }

    #[test]
    fn lineages_that_leave_ranks_out_keep_the_others_in_place() {
        assert_eq!(one("Felidae;Felis catus"), "family Felidae, genus Felis, species Felis catus");
        assert_eq!(one("Carnivora;Felidae;Felis catus"), "order Carnivora, family Felidae, genus Felis, species Felis catus");
        let six = "kingdom Animalia, phylum Chordata, class Mammalia, order Carnivora, family Felidae, genus Felis, species Felis catus";
        assert_eq!(one("Animalia;Chordata;Mammalia;Carnivora;Felidae;Felis catus"), six);
        assert_eq!(one("Eukaryota;Animalia;Chordata;Mammalia;Carnivora;Felidae;Felis catus"), format!("domain Eukaryota, {six}"));
        assert_eq!(
            one("Animalia;Chordata;Mammalia;Carnivora;Felidae;Felinae;Felis catus"),
            six.replace("genus", "subfamily Felinae, genus")
        );
        assert_eq!(one("Animalia;Mammalia;Felidae;Felis"), "kingdom Animalia, class Mammalia, family Felidae, genus Felis");
    }

    #[test]
    fn complete_lineages_stay_as_they_are() {
        let places = "kingdom a, phylum b, class c, order d, family e, genus F, species F ga";
        assert_eq!(one("a;b;c;d;e;F;F ga"), places);
        assert_eq!(one("a;b;c;d;e;F;F ga;F ga he"), format!("{places}, subspecies F ga he"));
        assert_eq!(
            one("Animalia;Chordata;Mammalia;Carnivora;;Felis;Felis catus"),
            "kingdom Animalia, phylum Chordata, class Mammalia, order Carnivora, genus Felis, species Felis catus"
        );
        assert!(one("Animalia;Arthropoda;Hexapoda;Diptera;Syrphidae;Eristalis;Eristalis tenax").contains("class Hexapoda"));
        assert!(
            one("Bacteria;Pseudomonadota;Gammaproteobacteria;Enterobacterales;Enterobacteriaceae;Escherichia;Escherichia coli")
                .starts_with("kingdom Bacteria, phylum Pseudomonadota, class Gammaproteobacteria, order Enterobacterales")
        );
    }

    #[test]
    fn the_end_of_a_lineage_may_be_a_trinomial_a_cross_an_epithet_or_have_an_author() {
        assert_eq!(
            one("Carabidae;Carabus nemoralis nemoralis"),
            "family Carabidae, genus Carabus, species Carabus nemoralis, subspecies Carabus nemoralis nemoralis"
        );
        assert_eq!(
            one("Carabidae;Carabus nemoralis;Carabus nemoralis nemoralis"),
            "family Carabidae, genus Carabus, species Carabus nemoralis, subspecies Carabus nemoralis nemoralis"
        );
        assert_eq!(one("Felidae Fischer, 1817;Felis catus Linnaeus, 1758"), "family Felidae, genus Felis, species Felis catus");
        assert_eq!(one("Lamiaceae;Mentha × piperita L."), "family Lamiaceae, genus Mentha, species Mentha × piperita");
        assert_eq!(
            one("Salmonidae;Salmo trutta x Salvelinus fontinalis"),
            "family Salmonidae, species Salmo trutta × Salvelinus fontinalis"
        );
        assert_eq!(one("Felidae;Felis;catus"), "family Felidae, genus Felis, species Felis catus");
        assert_eq!(one("Felidae;Felis sp."), "family Felidae, genus Felis");
        assert_eq!(one("Carnivora;Felidae indet"), "order Carnivora, family Felidae");
    }

    #[test]
    fn a_rank_that_cannot_be_known_is_not_guessed() {
        assert_eq!(
            one("Animalia;Bilateria;Mammalia;Carnivora;Felidae;Felis catus"),
            "kingdom Animalia, unranked Bilateria, class Mammalia, order Carnivora, family Felidae, genus Felis, species Felis catus"
        );
        assert_eq!(one("Xus;Yus;Zus zus"), "unranked Xus, unranked Yus, genus Zus, species Zus zus");
        assert_eq!(
            one("Felidae;Carnivora;Felis catus"),
            "unranked Felidae, unranked Carnivora, genus Felis, species Felis catus"
        );
        // Either code has this ending: an animal's subfamily, a plant's subtribe.
        assert_eq!(one("Xinae;Zus zus"), "unranked Xinae, genus Zus, species Zus zus");
    }

    #[test]
    fn lineages_of_a_table_help_each_other() {
        let whole = "Regnum;Divisio;Clasus;Ordus;Famus;Gen;Gen sp";
        let read = read(&[whole, "Ordus;Gen alia", "Regnum;Divisio", "Famus"]);
        assert_eq!(read[1], "order Ordus, genus Gen, species Gen alia");
        assert_eq!(read[2..], ["kingdom Regnum, phylum Divisio", "family Famus"]);
    }

    #[test]
    fn codes_decide_what_an_ending_means() {
        assert_eq!(
            one("Plantae;Tracheophyta;Magnoliopsida;Rosidae;Rosales;Rosaceae;Rosoideae;Rosa;Rosa canina"),
            "kingdom Plantae, phylum Tracheophyta, class Magnoliopsida, subclass Rosidae, order Rosales, family Rosaceae, \
             subfamily Rosoideae, genus Rosa, species Rosa canina"
        );
        assert_eq!(
            one("Nidovirales;Coronaviridae;Orthocoronavirinae"),
            "order Nidovirales, family Coronaviridae, subfamily Orthocoronavirinae"
        );
        assert_eq!(one("Tachinidae;Pales;Pales pavida"), "family Tachinidae, genus Pales, species Pales pavida");
        assert_eq!(
            one("Bacteria;Actinobacteria;Actinobacteria;Streptomycetales"),
            "kingdom Bacteria, phylum Actinobacteria, class Actinobacteria, order Streptomycetales"
        );
    }
}
