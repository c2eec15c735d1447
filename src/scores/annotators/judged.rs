//! Annotators and classifiers judged by each other, as `nearmiss annotators` does it.

use super::agreement::{self, AgreementRank, AgreementTree};
use super::consensus::{Consensus, ConsensusKind};
use super::item::{self, Item};
use super::pairs::{self, RaterPair};
use super::panel::Panel;
use super::placed;
use super::rater::{HumanRank, RaterScores};
use super::references::References;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;

/// How annotators are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnnotatorOptions {
    /// The model of the consensus.
    pub consensus: ConsensusKind,
    /// The rank that labels are cut to in a flat model; the finest that a label reaches where it is not said.
    pub rank: Option<Rank>,
    /// Right labels that are added to every annotator of the model, and as many that are spread evenly.
    pub smoothing: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for AnnotatorOptions {
    fn default() -> Self {
        let draws = crate::numbers::bootstrap::DRAWS;
        Self { consensus: ConsensusKind::default(), rank: None, smoothing: 1.0, draws, seed: 0 }
    }
}

/// Why annotators could not be judged.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum AnnotatorsError {
    #[error(
        "the consensus would keep {numbers} numbers in memory, {images} images with {labels} distinct labels of {annotators} \
         annotators; give '--consensus flat --rank genus', or a coarser rank"
    )]
    TooLarge { numbers: usize, images: usize, labels: usize, annotators: usize },
    #[error("no label of an annotator is a taxon of the taxonomy; give a taxonomy that has their names")]
    NoTaxon,
}

/// What is said of annotators and of classifiers among them.
#[derive(Debug, Clone)]
pub struct Annotators {
    /// Agreement at every main rank.
    pub agreement: Vec<AgreementRank>,
    /// Agreement by heights.
    pub tree: AgreementTree,
    /// Annotators, and behind them classifiers.
    pub raters: Vec<RaterScores>,
    /// The human level at every rank.
    pub human: Vec<HumanRank>,
    /// Every two annotators, and annotators with classifiers.
    pub pairs: Vec<RaterPair>,
    /// The images.
    pub items: Vec<Item>,
    /// The model of the consensus.
    pub consensus: Consensus,
    /// What cannot be said and why, one sentence each.
    pub notes: Vec<String>,
}

impl Annotators {
    /// Judges a panel.
    ///
    /// # Errors
    ///
    /// [`AnnotatorsError`]: a model that is too large; labels none of which is a taxon.
    pub fn of(panel: &Panel, options: &AnnotatorOptions) -> Result<Annotators, AnnotatorsError> {
        let mut panel = panel.clone();
        (panel.sample.draws, panel.sample.seed) = (options.draws, options.seed);
        let panel = &panel;
        let mut labels: Vec<_> = panel.annotators.iter().flat_map(|rater| rater.labels.iter().flatten()).collect();
        let all = labels.len();
        labels.retain(|label| **label != TaxonId::ROOT);
        let no_taxon = all - labels.len();
        labels.sort_unstable();
        labels.dedup();
        if labels.is_empty() {
            return Err(AnnotatorsError::NoTaxon);
        }
        let (images, labels, annotators) = (panel.images.len(), labels.len(), panel.annotators.len());
        let consensus = Consensus::fit(panel, options.consensus, options.rank, options.smoothing)
            .map_err(|numbers| AnnotatorsError::TooLarge { numbers, images, labels, annotators })?;
        let (majority, references) = (References::majority(panel), References::consensus(panel, &consensus));
        let (raters, human) = placed::of(panel, &majority, Some(&references));
        let (agreement, tree) = (agreement::by_rank(panel), agreement::by_height(panel));
        let mut judged = Annotators {
            agreement,
            tree,
            raters,
            human,
            pairs: pairs::of(panel),
            items: item::of(panel, &majority, Some(&references)),
            consensus,
            notes: vec![],
        };
        judged.notes = judged.remarks(panel);
        if no_taxon > 0 {
            let (labels, are) = (counted(no_taxon, "label", "labels"), form(no_taxon, "names", "name"));
            judged
                .notes
                .push(format!("{labels} of annotators {are} no taxon (blank, person, vehicle): said against every taxon"));
        }
        Ok(judged)
    }

    /// What cannot be said and why.
    fn remarks(&self, panel: &Panel) -> Vec<String> {
        let mut notes = vec![];
        if panel.annotators.len() == 1 {
            let name = &panel.annotators[0].name;
            notes.push(format!(
                "{name} is the only annotator: there is nobody to agree with, and classifiers are held against {name} alone"
            ));
        } else if self.tree.n == 0 {
            notes.push("no image is labelled by two annotators: there is nothing to agree on, and no human level".to_string());
        }
        let alike = |row: &&AgreementRank| row.n > 0 && row.alpha.is_none();
        let ranks: Vec<&str> = self.agreement.iter().filter(alike).map(|row| row.rank.name()).collect();
        if let Some(last) = ranks.last() {
            let down = ranks.len() > 1 && self.agreement.iter().take_while(alike).count() == ranks.len();
            let at = if down { format!("down to the {last}") } else { format!("at the {}", ranks.join(", ")) };
            notes.push(format!("all labels are of one taxon {at}: nothing could disagree there, and alpha is undefined"));
        }
        for rater in self.raters.iter().filter(|rater| rater.outside > 0) {
            let (labels, are) = (counted(rater.outside, "label", "labels"), form(rater.outside, "is", "are"));
            let fate = if rater.is_classifier { "counted as wrong" } else { "left out" };
            notes.push(format!("{}: {labels} {are} no taxon of the taxonomy and {fate}", rater.name));
        }
        let undecided = self.items.iter().filter(|item| item.majority.is_some_and(|(taxon, _)| taxon == TaxonId::ROOT));
        let undecided = undecided.count();
        if undecided > 0 {
            let (of, have) = (counted(undecided, "image", "images"), form(undecided, "has", "have"));
            notes.push(format!("{of} {have} no majority below the root: left out of every accuracy and height"));
        }
        if self.consensus.above > 0 {
            let (labels, rank) =
                (counted(self.consensus.above, "label", "labels"), self.consensus.rank.map_or("rank", Rank::name));
            notes.push(format!("{labels} above the {rank}: left out of the flat consensus"));
        }
        let (rounds, converged) = self.consensus.rounds();
        if !converged {
            notes.push(format!("the consensus was still moving after {rounds} rounds"));
        }
        notes
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::annotators::panel::tests::panel;
    use serde_json::Value;

    #[test]
    fn what_cannot_be_said_is_a_sentence() {
        let options = AnnotatorOptions::default();
        let one = Annotators::of(&panel(&[("ana", &["Felis catus"])], &[]), &options).unwrap();
        assert!(one.notes[0].starts_with("ana is the only annotator"), "{:?}", one.notes);
        assert_eq!((one.tree.alpha, one.human.len()), (None, 0));
        let apart = Annotators::of(&panel(&[("a", &["Felis catus", ""]), ("b", &["", "Lynx lynx"])], &[]), &options).unwrap();
        assert!(apart.notes[0].starts_with("no image is labelled by two annotators"), "{:?}", apart.notes);
        let alike = Annotators::of(&panel(&[("a", &["Felis catus"; 2]), ("b", &["Felis catus"; 2])], &[]), &options).unwrap();
        let down = "all labels are of one taxon down to the species: nothing could disagree there, and alpha is undefined";
        assert_eq!(alike.notes, [down]);
        assert_eq!(alike.human.last().unwrap().mean, Some(1.0));
        let nothing = Annotators::of(&panel(&[("a", &[""])], &[]), &options);
        assert!(nothing.unwrap_err().to_string().starts_with("no label of an annotator is a taxon"));
    }

    #[test]
    fn alpha_is_that_of_the_package_krippendorff() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/annotators.json");
        let fixture: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for case in fixture["alpha"].as_array().unwrap() {
            let rows: Vec<Vec<String>> = serde_json::from_value(case["labels"].clone()).unwrap();
            let names: Vec<String> = (0..rows.len()).map(|place| format!("rater {place}")).collect();
            let texts: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
            let raters: Vec<(&str, &[&str])> = names.iter().map(String::as_str).zip(texts.iter().map(Vec::as_slice)).collect();
            let judged =
                Annotators::of(&panel(&raters, &[]), &AnnotatorOptions { draws: 100, ..AnnotatorOptions::default() }).unwrap();
            let near = |found: Option<f64>, expected: &Value| match expected.as_f64() {
                Some(expected) => assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?}, not {expected}"),
                None => assert_eq!(found, None),
            };
            for row in &judged.agreement {
                near(row.alpha, &case["alpha"][row.rank.name()]);
            }
            near(judged.tree.alpha, &case["height"]);
            near(judged.tree.alpha_squared, &case["squared"]);
            for pair in judged.pairs.iter().filter(|pair| pair.rank == Rank::Species) {
                near(pair.kappa, &case["kappa"][format!("{} {}", pair.first, pair.second)]);
            }
        }
    }
}
