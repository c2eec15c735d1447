//! Rolling up as the ensemble of `SpeciesNet` does it where its detector says nothing.

use super::best_label::best_labels;
use super::clade_sums;
use crate::numbers::ties::{falling, reaches};
use crate::taxonomy::{TaxonId, Taxonomy};

/// Labels that its classifier gives to the ensemble.
const LABELS: usize = 5;
/// An animal above this is answered as it is.
const SURE: f64 = 0.8;
/// A taxon above this is rolled up to.
const ROLLED: f64 = 0.65;
/// What is no animal above this is answered as it is: blank.
const BLANK: f64 = 0.5;

/// Places among the main ranks of genus, family, order, class and kingdom; it has no phyla.
const LEVELS: [usize; 5] = [5, 4, 3, 2, 0];

/// The first of some ranks at which the best taxon that may be answered passes.
fn first_level(
    taxonomy: &Taxonomy,
    labels: &[(TaxonId, f64)],
    levels: &[usize],
    allows: &dyn Fn(TaxonId) -> bool,
    passes: &dyn Fn(f64) -> bool,
) -> Option<TaxonId> {
    levels.iter().find_map(|&index| {
        let (taxon, sum) = clade_sums::best(taxonomy, labels, index, allows)?;
        passes(sum).then_some(taxon)
    })
}

fn is_above(score: f64, threshold: f64) -> bool {
    falling(score, threshold).is_lt()
}

/// Its best label where that may be answered; else the first of family, order, class and kingdom that has as much as it.
fn fenced(taxonomy: &Taxonomy, labels: &[(TaxonId, f64)], allows: &dyn Fn(TaxonId) -> bool) -> TaxonId {
    let Some(&(label, score)) = labels.first() else { return TaxonId::ROOT };
    if allows(label) {
        return label;
    }
    first_level(taxonomy, labels, &LEVELS[1..], allows, &|sum| reaches(sum, score)).unwrap_or(TaxonId::ROOT)
}

/// Its answer; the root where it is blank or unknown.
pub(super) fn answer(taxonomy: &Taxonomy, labels: &[(TaxonId, f64)], allows: &dyn Fn(TaxonId) -> bool) -> TaxonId {
    let labels = best_labels(labels, LABELS);
    let Some(&(best, score)) = labels.first() else { return TaxonId::ROOT };
    let is_blank = best == TaxonId::ROOT;
    if is_blank && is_above(score, BLANK) {
        return TaxonId::ROOT;
    }
    // People are for the detector to tell: a label of them alone is rolled up like an animal that is not sure.
    let is_human = taxonomy.name(best).eq_ignore_ascii_case("Homo sapiens");
    if !is_blank && !is_human && is_above(score, SURE) {
        return fenced(taxonomy, &labels, allows);
    }
    first_level(taxonomy, &labels, &LEVELS, allows, &|sum| is_above(sum, ROLLED)).unwrap_or(TaxonId::ROOT)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    const TABLE: &str = "kingdom,class,order,family,genus,species
Animalia,Mammalia,Carnivora,Ursidae,Ursus,Ursus arctos
Animalia,Mammalia,Carnivora,Ursidae,Ursus,Ursus maritimus
Animalia,Mammalia,Carnivora,Ursidae,Ailuropoda,Ailuropoda melanoleuca
Animalia,Mammalia,Carnivora,Felidae,Panthera,Panthera leo
Animalia,Mammalia,Primates,Hominidae,Homo,Homo sapiens
";

    fn taxonomy() -> Taxonomy {
        Taxonomy::from_bytes(TABLE.as_bytes(), Path::new("camera.csv")).unwrap()
    }

    fn taxon(taxonomy: &Taxonomy, name: &str) -> TaxonId {
        if name == "blank" { TaxonId::ROOT } else { taxonomy.resolve(name).taxon().unwrap() }
    }

    /// The labels of its tests: three bears, blank, a lion, a man, an animal.
    const PREDICTIONS: [&str; 7] =
        ["Ursus arctos", "Ursus maritimus", "Ailuropoda melanoleuca", "blank", "Panthera leo", "Homo sapiens", "Animalia"];

    fn rolled(levels: &[usize], threshold: f64, fence: &[&str], scores: [f64; 7]) -> Option<String> {
        let taxonomy = taxonomy();
        let labels: Vec<(TaxonId, f64)> = PREDICTIONS.into_iter().map(|name| taxon(&taxonomy, name)).zip(scores).collect();
        let forbidden: Vec<TaxonId> = fence.iter().map(|name| taxon(&taxonomy, name)).collect();
        let allows = |taxon: TaxonId| !forbidden.contains(&taxon);
        let found = first_level(&taxonomy, &labels, levels, &allows, &|sum| is_above(sum, threshold))?;
        Some(taxonomy.name(found).to_string())
    }

    #[test]
    fn the_published_cases_of_rolling_up() {
        let named = |name: &str| Some(name.to_string());
        let at = |level: usize, threshold: f64, scores: [f64; 7]| rolled(&[level], threshold, &[], scores);
        // To species: strictly above the threshold.
        assert_eq!(at(6, 0.9, [0.8, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0]), None);
        assert_eq!(at(6, 0.9, [0.9, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]), None);
        assert_eq!(at(6, 0.9, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), named("Ursus arctos"));
        // To genus, family, order, class and kingdom.
        assert_eq!(at(5, 0.9, [0.6, 0.2, 0.01, 0.01, 0.01, 0.01, 0.01]), None);
        assert_eq!(at(5, 0.9, [0.7, 0.25, 0.01, 0.01, 0.01, 0.01, 0.01]), named("Ursus"));
        assert_eq!(at(4, 0.8, [0.4, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0]), None);
        assert_eq!(at(4, 0.8, [0.4, 0.21, 0.2, 0.0, 0.0, 0.0, 0.0]), named("Ursidae"));
        assert_eq!(at(3, 0.8, [0.3, 0.2, 0.1, 0.1, 0.1, 0.0, 0.0]), None);
        assert_eq!(at(3, 0.8, [0.3, 0.2, 0.1, 0.1, 0.23, 0.0, 0.0]), named("Carnivora"));
        assert_eq!(at(2, 0.8, [0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.0]), None);
        assert_eq!(at(2, 0.8, [0.2, 0.2, 0.1, 0.1, 0.22, 0.1, 0.0]), named("Mammalia"));
        assert_eq!(at(0, 0.81, [0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1]), None);
        assert_eq!(at(0, 0.81, [0.2, 0.2, 0.1, 0.1, 0.23, 0.1, 0.1]), named("Animalia"));
        // Several levels; several taxa above the threshold; a blank of more score than any animal.
        assert_eq!(rolled(&LEVELS, 0.75, &[], [0.6, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0]), named("Ursidae"));
        assert_eq!(at(6, 0.1, [0.2, 0.3, 0.15, 0.0, 0.35, 0.0, 0.0]), named("Panthera leo"));
        let to_class = [6, 5, 4, 3, 2];
        let blank = [0.1, 0.2, 0.2, 0.45, 0.0, 0.0, 0.0];
        assert_eq!(rolled(&to_class, 0.4, &[], blank), named("Ursidae"));
        // Bears are blocked in Great Britain.
        assert_eq!(rolled(&to_class, 0.4, &["Ursidae"], blank), named("Carnivora"));
    }

    #[test]
    fn the_published_cases_of_the_geofence() {
        let taxonomy = taxonomy();
        let labels: Vec<(TaxonId, f64)> = ["Panthera leo", "Ursus maritimus", "blank", "Felidae"]
            .map(|name| taxon(&taxonomy, name))
            .into_iter()
            .zip([0.4, 0.3, 0.2, 0.1])
            .collect();
        let in_country = |forbidden: &[&str]| {
            let forbidden: Vec<TaxonId> = forbidden.iter().map(|name| taxon(&taxonomy, name)).collect();
            taxonomy.name(fenced(&taxonomy, &labels, &|taxon| !forbidden.contains(&taxon))).to_string()
        };
        // Tanzania has lions; the United States have none, but cats; New York's are blocked as well.
        assert_eq!(in_country(&[]), "Panthera leo");
        assert_eq!(in_country(&["Panthera leo", "Panthera"]), "Felidae");
        assert_eq!(in_country(&["Panthera leo", "Panthera", "Felidae"]), "Carnivora");
    }

    #[test]
    fn the_ensemble_without_a_detector() {
        let taxonomy = taxonomy();
        let of = |scores: &[(&str, f64)], forbidden: &[&str]| {
            let labels: Vec<(TaxonId, f64)> = scores.iter().map(|(name, score)| (taxon(&taxonomy, name), *score)).collect();
            let forbidden: Vec<TaxonId> = forbidden.iter().map(|name| taxon(&taxonomy, name)).collect();
            taxonomy.name(answer(&taxonomy, &labels, &|taxon| !forbidden.contains(&taxon))).to_string()
        };
        let root = taxonomy.name(TaxonId::ROOT);
        // Its cases: a sure animal; a blank; nothing that is sure.
        assert_eq!(of(&[("Panthera leo", 0.9)], &[]), "Panthera leo");
        assert_eq!(of(&[("blank", 0.7)], &[]), root);
        assert_eq!(of(&[("Panthera leo", 0.1)], &[]), root);
        // 0.8 is not above 0.8: its genus is above 0.65.
        assert_eq!(of(&[("Panthera leo", 0.8), ("Ursus arctos", 0.2)], &[]), "Panthera");
        // Two bears of one genus, and then all three.
        assert_eq!(of(&[("Ursus arctos", 0.4), ("Ursus maritimus", 0.3), ("Panthera leo", 0.3)], &[]), "Ursus");
        assert_eq!(of(&[("Ursus arctos", 0.4), ("Ailuropoda melanoleuca", 0.3), ("Panthera leo", 0.3)], &[]), "Ursidae");
        // A lion where there are none: its family, or the order where there are no cats.
        assert_eq!(of(&[("Panthera leo", 0.9), ("Ursus arctos", 0.1)], &["Panthera leo"]), "Felidae");
        assert_eq!(of(&[("Panthera leo", 0.9), ("Ursus arctos", 0.1)], &["Panthera leo", "Felidae"]), "Carnivora");
        // Without a detector a man is rolled up.
        assert_eq!(of(&[("Homo sapiens", 0.95)], &[]), "Homo");
        // A blank that is not sure does not keep the bears from their family.
        assert_eq!(
            of(&[("blank", 0.3), ("Ursus arctos", 0.28), ("Ursus maritimus", 0.22), ("Ailuropoda melanoleuca", 0.2)], &[]),
            "Ursidae"
        );
    }
}
