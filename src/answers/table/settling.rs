//! Labels that need the others to be read: names by themselves, and lineages that say no ranks.

use super::error::examples;
use super::label::{Label, Labels, named};
use super::lineage::{self, Cell};
use super::lone::{self, Settled};
use super::steps::Steps;
use crate::taxonomy::Taxonomy;
use std::collections::{BTreeMap, BTreeSet};

/// Settles names and lineages of all tables together: afterwards no label is a [`Label::Name`] or a [`Label::Lineage`].
pub(super) fn settle(labels: &mut Labels, taxonomy: Option<&Taxonomy>) -> Settled {
    let mut settled = lone::settle(labels, taxonomy);
    settled.notes.extend(rank_lineages(labels, taxonomy));
    settled
}

/// Gives the steps of all lineages their ranks, and says which were taken.
fn rank_lineages(labels: &mut Labels, taxonomy: Option<&Taxonomy>) -> Vec<String> {
    let mut places = vec![];
    let mut lineages: Vec<&[Cell]> = vec![];
    for (index, label) in labels.all.iter().enumerate() {
        if let Label::Lineage { cells, .. } = label {
            places.push(index);
            lineages.push(cells);
        }
    }
    if lineages.is_empty() {
        return vec![];
    }
    let known = labels.all.iter().filter_map(|label| if let Label::Named { steps, .. } = label { Some(steps) } else { None });
    let settled = lineage::ranks::of_all(known, &lineages, taxonomy);
    let (mut patterns, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    for (index, steps) in places.into_iter().zip(settled) {
        *patterns.entry(pattern(&steps)).or_insert(0_usize) += 1;
        unknown.extend(steps.iter().filter(|(rank, _)| rank.is_unranked()).map(|(_, text)| text.clone()));
        labels.all[index] = named(labels.all[index].text(), steps, None);
    }
    notes(&patterns, &unknown)
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
        let split = |text: &&str| Label::Lineage { text: (*text).to_string(), cells: lineage::split(text, ';') };
        let mut labels = Labels { all: texts.iter().map(split).collect(), ..Labels::default() };
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
    fn words_for_nothing_leave_the_ranks_in_their_places() {
        assert_eq!(
            one("Bacteria;Firmicutes;Clostridia;Lachnospirales;Lachnospiraceae;uncultured"),
            "kingdom Bacteria, phylum Firmicutes, class Clostridia, order Lachnospirales, family Lachnospiraceae"
        );
        assert_eq!(
            one("Bacteria;Firmicutes;uncultured;Lachnospirales;Lachnospiraceae;Blautia;uncultured bacterium"),
            "kingdom Bacteria, phylum Firmicutes, order Lachnospirales, family Lachnospiraceae, genus Blautia"
        );
        assert_eq!(one("Carnivora;Felidae;Felis sp. A"), "order Carnivora, family Felidae, genus Felis, species Felis sp. A");
        assert_eq!(one("FELIDAE;PANTHERA;PANTHERA LEO"), "family Felidae, genus Panthera, species Panthera leo");
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
