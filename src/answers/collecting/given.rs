//! What is given for an image or a class, and the taxon that it means.

use super::error::CollectingError;
use crate::numbers::counted::counted;
use crate::taxonomy::name;
use crate::taxonomy::search::{Found, Step};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::HashMap;

/// What is given for an image, as its truth or its answer, or for a class of a classifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Nothing: nobody said, or nothing was answered.
    Nothing,
    /// A place among the candidates, from 0; -1 is nothing.
    Place(i64),
    /// A taxon of the taxonomy, at any rank.
    Taxon(TaxonId),
    /// A name, an id or a lineage.
    Name(String),
}

/// What names turned out to be: a loop gives the same ones in every batch.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(HashMap<String, (Option<TaxonId>, Step)>);

impl Names {
    fn find(&mut self, name: &str, taxonomy: &Taxonomy) -> (Option<TaxonId>, Step) {
        if let Some(&known) = self.0.get(name) {
            return known;
        }
        let resolved = taxonomy.resolve(name);
        let found = (resolved.taxon(), resolved.step.unwrap_or(Step::Name));
        self.0.insert(name.to_string(), found);
        found
    }
}

/// What was given, once it has been read.
pub(super) enum Read<'g> {
    /// Nobody said.
    Nothing,
    /// One taxon.
    Taxon { taxon: TaxonId, by_synonym: bool },
    /// A name that is not one taxon of the taxonomy.
    Outside(&'g str),
}

/// Reads what is given for images.
pub(super) struct Reader<'a> {
    pub taxonomy: &'a Taxonomy,
    pub candidates: Option<&'a [TaxonId]>,
    pub names: &'a mut Names,
}

impl Reader<'_> {
    /// What was given for a row of a batch; `what` is for messages.
    pub fn read<'g>(&mut self, given: &'g Given, what: &'static str, row: usize) -> Result<Read<'g>, CollectingError> {
        Ok(match given {
            Given::Nothing | Given::Place(-1) => Read::Nothing,
            Given::Place(place) => Read::Taxon { taxon: self.candidate(*place, what, row)?, by_synonym: false },
            Given::Taxon(taxon) => Read::Taxon { taxon: *taxon, by_synonym: false },
            Given::Name(name) if name::is_missing(name) => Read::Nothing,
            Given::Name(name) => match self.names.find(name, self.taxonomy) {
                (Some(taxon), step) => Read::Taxon { taxon, by_synonym: step == Step::Synonym },
                (None, _) => Read::Outside(name.trim()),
            },
        })
    }

    fn candidate(&self, place: i64, what: &'static str, row: usize) -> Result<TaxonId, CollectingError> {
        let candidates = self.candidates.ok_or(CollectingError::NoCandidates { what: "a place" })?;
        let taxon = usize::try_from(place).ok().and_then(|place| candidates.get(place));
        taxon.copied().ok_or_else(|| CollectingError::Place {
            what,
            row,
            place,
            candidates: counted(candidates.len(), "candidate", "candidates"),
            last: candidates.len().saturating_sub(1),
        })
    }
}

/// The taxa of the classes of a classifier.
pub(super) fn candidates_of(taxonomy: &Taxonomy, given: &[Given]) -> Result<Vec<TaxonId>, CollectingError> {
    if given.is_empty() {
        return Err(CollectingError::Empty);
    }
    let mut places: HashMap<TaxonId, usize> = HashMap::new();
    let mut taxa = Vec::with_capacity(given.len());
    for (place, given) in given.iter().enumerate() {
        let taxon = candidate(taxonomy, place, given)?;
        if let Some(first) = places.insert(taxon, place) {
            let name = if let Given::Name(name) = given { name.clone() } else { taxonomy.name(taxon).to_string() };
            let taxon = taxonomy.name(taxon).to_string();
            return Err(CollectingError::Twice { first, second: place, name, taxon });
        }
        taxa.push(taxon);
    }
    Ok(taxa)
}

fn candidate(taxonomy: &Taxonomy, place: usize, given: &Given) -> Result<TaxonId, CollectingError> {
    let name = match given {
        Given::Taxon(taxon) => return Ok(*taxon),
        Given::Name(name) => name,
        Given::Nothing | Given::Place(_) => return Err(CollectingError::Nameless { place }),
    };
    match taxonomy.resolve(name).found {
        Found::One(taxon) => Ok(taxon),
        Found::Several(taxa) => {
            let lineage = |taxon: &TaxonId| format!("'{}'", taxonomy.lineage_string(*taxon, ";"));
            let shown: Vec<String> = taxa.iter().take(5).map(lineage).collect();
            let lineages = shown.join(", ") + if taxa.len() > 5 { ", …" } else { "" };
            Err(CollectingError::Several { place, name: name.clone(), count: taxa.len(), lineages })
        }
        Found::Nothing => Err(CollectingError::Unknown { place, name: name.clone(), nearest: taxonomy.suggestion(name) }),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::answers::collecting::{Collecting, Kept};
    use crate::answers::{Answer, Truth};
    use crate::scores::{ScoreOptions, Scores};
    use crate::taxonomy::rank::Rank;
    use std::path::Path;
    use std::sync::Arc;

    fn taxonomy(table: &str) -> Arc<Taxonomy> {
        Arc::new(Taxonomy::from_bytes(table.as_bytes(), Path::new("table.csv")).unwrap())
    }

    fn named(names: &[&str]) -> Vec<Given> {
        names.iter().map(|name| Given::Name((*name).to_string())).collect()
    }

    #[test]
    fn unknown_names_are_counted_and_told() {
        let mut collecting =
            Collecting::new(taxonomy("kingdom,genus,species\nAnimalia,Felis,Felis catus\n"), None, Kept::default()).unwrap();
        collecting.add_answers(&named(&["Felis", "Ursus", "Ursus"]), &named(&["Felis catus", "Felis catus", "Puma"])).unwrap();
        let answers = collecting.answers("a");
        assert_eq!((answers.truths[2], answers.ranked.best(1)), (Truth::Outside, Answer::Outside));
        assert_eq!((answers.outside_truths["Puma"], answers.outside_answers["Ursus"]), (1, 2));
        let expected = [
            "1 of 3 images has a truth that is not one taxon of the taxonomy: left out of the scores: 'Puma' (1)",
            "2 of 3 images have an answer that is not one taxon of the taxonomy: scored as the root: 'Ursus' (2)",
        ];
        assert_eq!(answers.notes[..2], expected);
        // A genus for a species of it is right as far as it goes.
        let scores = Scores::of(collecting.taxonomy(), &answers, &ScoreOptions::default());
        assert_eq!((scores.rank(Rank::Genus).unwrap().path_top1, scores.accounting.outside_taxonomy), (Some(0.5), 1));
    }

    #[test]
    fn candidates_are_taxa_each_another_one() {
        let table = "kingdom,genus,species,synonyms
Animalia,Oenanthe,Oenanthe hispanica,Saxicola hispanica
Plantae,Oenanthe,Oenanthe crocata,
";
        let refused =
            |candidates: &[Given]| Collecting::new(taxonomy(table), Some(candidates), Kept::default()).unwrap_err().to_string();
        for (names, parts) in [
            (&["Oenanthe crocata", "Oenanthe hispanika"][..], ["candidates[1] is 'Oenanthe hispanika'", "'Oenanthe hispanica'"]),
            (&["Oenanthe"], ["names 2 taxa", "'Plantae;Oenanthe'"]),
            (
                &["Oenanthe hispanica", "Saxicola hispanica"],
                ["candidates[0] and candidates[1] ('Saxicola hispanica')", "one taxon"],
            ),
            (&[], ["candidates is empty", "columns"]),
        ] {
            let message = refused(&named(names));
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
        assert!(refused(&[Given::Nothing]).contains("candidates[0] is no name"));
        assert!(Collecting::new(taxonomy(table), None, Kept { top: 0, ..Kept::default() }).is_err());
        // At any rank, and beside a taxon above it.
        let mixed = named(&["Plantae;Oenanthe", "Oenanthe crocata", "Animalia"]);
        assert_eq!(
            Collecting::new(taxonomy(table), Some(&mixed), Kept::default()).unwrap().candidates().map(<[_]>::len),
            Some(3)
        );
    }
}
