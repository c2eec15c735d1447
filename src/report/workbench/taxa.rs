//! The taxa of a page: those that are met, with all that lie above them.

use super::column;
use super::format::{Link, TaxaColumns};
use crate::numbers::place::Place;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{CommonNames, TaxonId, Taxonomy};
use std::collections::BTreeMap;
use std::io;

/// Pages about taxa, by name: a taxonomy does not say whose numbers its ids are.
const LINKS: [Link; 2] = [
    Link { site: "GBIF", template: "https://www.gbif.org/species/search?q={name}" },
    Link { site: "iNaturalist", template: "https://www.inaturalist.org/search?q={name}" },
];

/// The name of a root that is no taxon.
const NO_TAXON: &str = "root";

/// The taxa that are met, numbered anew: children behind their parents, so that a clade is a range.
pub(super) struct Taxa {
    numbers: Vec<Place>,
    met: Vec<TaxonId>,
}

impl Taxa {
    /// Those that `tell` tells of, those above them, and the root.
    pub(super) fn of(taxonomy: &Taxonomy, tell: impl FnOnce(&mut dyn FnMut(TaxonId))) -> Self {
        let mut has = vec![false; taxonomy.len()];
        has[TaxonId::ROOT.index()] = true;
        tell(&mut |taxon: TaxonId| has[taxon.index()] = true);
        // Children have larger ids than their parents.
        for taxon in taxonomy.taxa().collect::<Vec<_>>().into_iter().rev() {
            if let Some(parent) = taxonomy.parent(taxon).filter(|_| has[taxon.index()]) {
                has[parent.index()] = true;
            }
        }
        let met: Vec<TaxonId> = taxonomy.taxa().filter(|taxon| has[taxon.index()]).collect();
        let mut numbers = vec![Place::NONE; taxonomy.len()];
        for (number, taxon) in met.iter().enumerate() {
            numbers[taxon.index()] = Place::at(number);
        }
        Self { numbers, met }
    }

    /// The number of a taxon; `None` where it is not met.
    pub(super) fn number(&self, taxon: TaxonId) -> Option<u32> {
        self.numbers[taxon.index()].number()
    }

    /// Taxa of a rank that could be answered: those above the candidates, or where these are unknown those that are met.
    pub(super) fn classes(&self, taxonomy: &Taxonomy, rank: Rank, candidates: Option<&[TaxonId]>) -> u64 {
        let of_rank = |taxon: &TaxonId| taxonomy.rank(*taxon) == rank;
        let Some(candidates) = candidates else { return self.met.iter().filter(|taxon| of_rank(taxon)).count() as u64 };
        let below = at_or_below(taxonomy, candidates);
        taxonomy.taxa().filter(|taxon| of_rank(taxon) && below[taxon.index()] > 0).count() as u64
    }

    /// What the page is told of them; candidates are counted where they are known.
    pub(super) fn columns(&self, taxonomy: &Taxonomy, candidates: Option<&[TaxonId]>) -> io::Result<TaxaColumns> {
        let met = &self.met;
        let mut rank_names: Vec<&'static str> = vec![];
        let mut ranks = vec![];
        for taxon in met {
            let name = taxonomy.rank(*taxon).name();
            let place = rank_names.iter().position(|known| *known == name).unwrap_or_else(|| {
                rank_names.push(name);
                rank_names.len() - 1
            });
            ranks.push(u32::try_from(place).ok());
        }
        let below = candidates.map(|candidates| at_or_below(taxonomy, candidates));
        let of_met = |counts: &Vec<u32>| column::numbers(met.len(), |number| Some(counts[met[number].index()]));
        Ok(TaxaColumns {
            count: met.len(),
            parent: column::numbers(met.len(), |number| self.number(taxonomy.parent(met[number])?))?,
            name: column::texts(met.iter().map(|taxon| name(taxonomy, *taxon)))?,
            rank: column::numbers(ranks.len(), |number| ranks[number])?,
            rank_names,
            id: column::texts(met.iter().map(|taxon| taxonomy.source_id(*taxon).unwrap_or_default()))?,
            other_names: column::texts(met.iter().map(|taxon| other_names(taxonomy, *taxon)))?,
            common: self.common(taxonomy)?,
            candidates: below.as_ref().map(of_met).transpose()?,
            candidate_count: candidates.map(<[TaxonId]>::len),
            links: &LINKS,
        })
    }

    /// The first common name by language, of those languages in which some taxon has one.
    fn common(&self, taxonomy: &Taxonomy) -> io::Result<BTreeMap<&'static str, column::Packed>> {
        let languages: [NamesOf; 2] = [("en", |names| names.english), ("fr", |names| names.french)];
        let mut columns = BTreeMap::new();
        for (language, of) in languages {
            let first = |taxon: &TaxonId| of(taxonomy.common_names(*taxon));
            if self.met.iter().any(|taxon| first(taxon).is_some()) {
                columns.insert(language, column::texts(self.met.iter().map(|taxon| first(taxon).unwrap_or_default()))?);
            }
        }
        Ok(columns)
    }
}

/// A language, and its name among the common ones of a taxon.
type NamesOf = (&'static str, fn(CommonNames) -> Option<String>);

/// Candidates at or below every taxon.
fn at_or_below(taxonomy: &Taxonomy, candidates: &[TaxonId]) -> Vec<u32> {
    let mut below = vec![0; taxonomy.len()];
    for &candidate in candidates {
        taxonomy.lineage(candidate).for_each(|step| below[step.index()] += 1);
    }
    below
}

/// The scientific name; that of a root that is no taxon is nothing.
fn name(taxonomy: &Taxonomy, taxon: TaxonId) -> &str {
    let name = taxonomy.name(taxon);
    if taxon == TaxonId::ROOT && name == NO_TAXON { "" } else { name }
}

/// What else a taxon is found by, a name a line: synonyms, and the common names behind the first of each language.
fn other_names(taxonomy: &Taxonomy, taxon: TaxonId) -> String {
    let common = taxonomy.common_names(taxon);
    let names = taxonomy.synonyms(taxon).iter().chain(&common.more_english).chain(&common.more_french);
    names.map(|name| name.replace(['\n', '\r'], " ")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::unpacked;
    use super::*;
    use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};

    #[test]
    fn only_taxa_that_are_met_stand_in_the_page_with_those_above_them() {
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "t.csv".into(), line: 1 };
        let mut add = |lineage: &[(Rank, &str)]| builder.add_lineage(lineage.iter().copied(), &place);
        let cat = add(&[(Rank::Kingdom, "Animalia"), (Rank::Genus, "Felis"), (Rank::Species, "Felis catus")]);
        let lynx = add(&[(Rank::Kingdom, "Animalia"), (Rank::Genus, "Lynx"), (Rank::Species, "Lynx lynx")]);
        let evil = add(&[(Rank::Kingdom, "Plantae"), (Rank::Genus, "</script>"), (Rank::Species, "</script> alert")]);
        builder.set_source_id(cat, "<1>", &place);
        builder.add_synonyms(cat, ["Felis domesticus", "Felis maniculata"]);
        builder.add_common_names(
            cat,
            CommonNames {
                english: Some("cat".to_string()),
                more_english: vec!["house\ncat".to_string()],
                more_french: vec![],
                french: None,
            },
        );
        let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
        let [cat, lynx, evil] = [cat, lynx, evil].map(|handle| numbers.id(handle));
        let taxa = Taxa::of(&taxonomy, |tell| [cat, evil].into_iter().for_each(tell));
        assert_eq!((taxa.number(TaxonId::ROOT), taxa.number(lynx)), (Some(0), None));
        let columns = serde_json::to_value(taxa.columns(&taxonomy, Some(&[cat, lynx, evil])).unwrap()).unwrap();
        assert_eq!(columns["count"], 7);
        assert_eq!(
            unpacked::texts(&columns["name"]),
            ["", "Animalia", "Felis", "Felis catus", "Plantae", "</script>", "</script> alert"]
        );
        let parents = [None, Some(0), Some(1), Some(2), Some(0), Some(4), Some(5)];
        assert_eq!(unpacked::numbers(&columns["parent"]), parents);
        assert_eq!(columns["rank_names"], serde_json::json!(["root", "kingdom", "genus", "species"]));
        assert_eq!(unpacked::numbers(&columns["rank"]), [0, 1, 2, 3, 1, 2, 3].map(Some));
        // The lynx is counted, and is no taxon of the page.
        assert_eq!(unpacked::numbers(&columns["candidates"]), [3, 2, 1, 1, 1, 1, 1].map(Some));
        assert_eq!(columns["candidate_count"], 3);
        assert_eq!(unpacked::texts(&columns["id"])[3], "<1>");
        assert_eq!(unpacked::texts(&columns["other_names"])[3], "Felis domesticus\nFelis maniculata\nhouse cat");
        assert_eq!(columns["common"].as_object().unwrap().len(), 1);
        assert_eq!(unpacked::texts(&columns["common"]["en"])[3], "cat");
        assert!(LINKS.iter().all(|link| link.template.starts_with("https://")));
        assert_eq!(taxa.classes(&taxonomy, Rank::Genus, None), 2);
        assert_eq!(taxa.classes(&taxonomy, Rank::Genus, Some(&[cat, lynx, evil])), 3);
        let unknown = serde_json::to_value(taxa.columns(&taxonomy, None).unwrap()).unwrap();
        assert!(unknown["candidates"].is_null() && unknown["candidate_count"].is_null());
    }
}
