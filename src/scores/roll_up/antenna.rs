//! Rolling up as Antenna does it.

use super::best_label::best_labels;
use super::clade_sums;
use crate::numbers::ties::reaches;
use crate::taxonomy::{TaxonId, Taxonomy};

/// Its thresholds at species, genus and family.
pub(super) const THRESHOLDS: [f64; 3] = [0.8, 0.6, 0.4];

/// Places of these ranks among the main ranks.
const RANKS: [usize; 3] = [6, 5, 4];

/// Of species, genus and family the first whose best taxon reaches its threshold; else the best label.
pub(super) fn answer(taxonomy: &Taxonomy, labels: &[(TaxonId, f64)], thresholds: [f64; 3]) -> TaxonId {
    let found = RANKS.into_iter().zip(thresholds).find_map(|(index, threshold)| {
        let (taxon, sum) = clade_sums::best(taxonomy, labels, index, &|_| true)?;
        reaches(sum, threshold).then_some(taxon)
    });
    found.or_else(|| best_labels(labels, 1).first().map(|(label, _)| *label)).unwrap_or(TaxonId::ROOT)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_published_case_and_what_lies_around_it() {
        let table = "family,genus,species
Nymphalidae,Vanessa,Vanessa atalanta
Nymphalidae,Vanessa,Vanessa cardui
Nymphalidae,Vanessa,Vanessa itea
Noctuidae,Agrotis,Agrotis ipsilon
";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("moths.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        let species = ["Vanessa atalanta", "Vanessa cardui", "Vanessa itea", "Agrotis ipsilon"].map(taxon);
        let rolled = |scores: [f64; 4], thresholds: [f64; 3]| {
            let labels: Vec<(TaxonId, f64)> = species.into_iter().zip(scores).collect();
            taxonomy.name(answer(&taxonomy, &labels, thresholds)).to_string()
        };
        // Its own test: 0.5, 0.2 and 0.1 of one genus make 0.8, above 0.6, where the species is not sure.
        assert_eq!(rolled([0.5, 0.2, 0.1, 0.0], THRESHOLDS), "Vanessa");
        // At the threshold is enough.
        assert_eq!(rolled([0.8, 0.1, 0.1, 0.0], THRESHOLDS), "Vanessa atalanta");
        // The genus has 0.5 of its 0.6, the family 0.5 of its 0.4: not the family of the best label, Agrotis.
        assert_eq!(rolled([0.3, 0.1, 0.1, 0.35], THRESHOLDS), "Nymphalidae");
        // Nothing is sure: the label stays.
        assert_eq!(rolled([0.2, 0.1, 0.0, 0.35], [0.9; 3]), "Agrotis ipsilon");
    }
}
