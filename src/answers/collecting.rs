//! Answers collected batch by batch, as a training loop gives them.
//!
//! What is kept of an image are its best answers and its truth, so a state is small, may come from another process
//! ([`Collecting::to_bytes`]), and may be joined with others. What is scored in the end are [`Answers`] like those of a table
//! that lists the same answers.

mod error;
mod given;
mod held;
pub mod state;
mod words;

pub use error::CollectingError;
pub use given::Given;

use super::table::summed;
use super::{Answer, Answers, Ranked};
use crate::numbers::counted::counted;
use crate::numbers::largest::{Fault, Kind, Rows, largest};
use crate::taxonomy::{TaxonId, Taxonomy};
use given::{Names, Reader, candidates_of};
use held::Held;
use std::sync::{Arc, OnceLock};

/// What is kept of the scores of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The most answers. All that is said of the best five, of ties and of whole distributions looks at these.
    pub top: usize,
    /// What scores are: some that only order, or probabilities.
    pub kind: Kind,
}

impl Default for Kept {
    fn default() -> Self {
        Self { top: 5, kind: Kind::Scores }
    }
}

/// Answers and truths of images, collected batch by batch.
///
/// # Examples
///
/// ```
/// use nearmiss::answers::collecting::{Collecting, Given, Kept};
/// use nearmiss::numbers::largest::Matrix;
/// use nearmiss::scores::{ScoreOptions, Scores};
/// use nearmiss::taxonomy::Taxonomy;
/// use std::path::Path;
/// use std::sync::Arc;
///
/// let table = "family,genus,species\nFelidae,Felis,Felis catus\nFelidae,Lynx,Lynx lynx\nCanidae,Vulpes,Vulpes vulpes\n";
/// let taxonomy = Arc::new(Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv"))?);
/// let classes = ["Vulpes vulpes", "Lynx lynx", "Felis catus"].map(|name| Given::Name(name.to_string()));
/// let mut collecting = Collecting::new(Arc::clone(&taxonomy), Some(&classes), Kept::default())?;
/// // Two photographs of a fox and one of a lynx, which the second time is taken for a cat.
/// collecting.add_scores(&Matrix::of(&[9.0_f32, 0.5, 1.0, 7.5, 0.0, 0.0], 3), &[Given::Place(0), Given::Place(0)])?;
/// collecting.add_answers(&[Given::Name("Felis catus".to_string())], &[Given::Name("Lynx lynx".to_string())])?;
/// let scores = Scores::of(&taxonomy, &collecting.answers("batches"), &ScoreOptions::default());
/// assert_eq!((scores.accounting.scored, scores.how_wrong.mistakes), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Collecting {
    taxonomy: Arc<Taxonomy>,
    fingerprint: OnceLock<String>,
    candidates: Option<Vec<TaxonId>>,
    kept: Kept,
    names: Names,
    held: Held,
}

impl Collecting {
    /// Nothing yet. `candidates` are the classes of the classifier, in the order of the columns of its scores.
    ///
    /// # Errors
    ///
    /// [`CollectingError`]: candidates that are no taxon or several, or of which two are one; nothing to keep.
    pub fn new(taxonomy: Arc<Taxonomy>, candidates: Option<&[Given]>, kept: Kept) -> Result<Self, CollectingError> {
        if kept.top == 0 {
            return Err(CollectingError::NoTop);
        }
        let candidates = candidates.map(|given| candidates_of(&taxonomy, given)).transpose()?;
        Ok(Self::of(taxonomy, candidates, kept))
    }

    fn of(taxonomy: Arc<Taxonomy>, candidates: Option<Vec<TaxonId>>, kept: Kept) -> Self {
        Self { taxonomy, fingerprint: OnceLock::new(), candidates, kept, names: Names::default(), held: Held::default() }
    }

    /// The taxonomy of candidates, answers and truths.
    #[must_use]
    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        &self.taxonomy
    }

    /// The classes of the classifier, where they are known.
    #[must_use]
    pub fn candidates(&self) -> Option<&[TaxonId]> {
        self.candidates.as_deref()
    }

    /// What is kept of the scores of an image.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.truths.len()
    }

    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.truths.is_empty()
    }

    /// Adds the images of a batch by the scores of all candidates; minus infinity is the score of a candidate that cannot be
    /// answered.
    ///
    /// A batch that is refused leaves everything as it was.
    ///
    /// # Shapes
    ///
    /// `scores`: `[B, C]`; `truths`: `[B]`.
    ///
    /// # Errors
    ///
    /// [`CollectingError`]: sizes that do not agree; a score that is none; a truth at a place that is none.
    pub fn add_scores(&mut self, scores: &impl Rows, truths: &[Given]) -> Result<(), CollectingError> {
        let candidates = self.candidates.as_deref().ok_or(CollectingError::NoCandidates { what: "an array of scores" })?;
        let (images, columns) = scores.shape();
        if columns != candidates.len() {
            let candidates = counted(candidates.len(), "candidate", "candidates");
            return Err(CollectingError::Columns { columns: counted(columns, "column", "columns"), candidates });
        }
        check_lengths(images, truths.len())?;
        let mut batch = Held::default();
        let mut reader = Reader { taxonomy: &self.taxonomy, candidates: Some(candidates), names: &mut self.names };
        batch.add_truths(truths, &mut reader)?;
        let best = largest(scores, self.kept.top, candidates, self.kept.kind).map_err(|fault| no_score(fault, self.kept.kind))?;
        let most = if self.kept.kind == Kind::Probabilities { 1.0 } else { f64::MAX };
        for image in 0..images {
            let answers = best.row(image).map(|(column, score)| (Answer::Taxon(candidates[column]), score.min(most)));
            batch.add_image(answers);
        }
        self.held.append(batch);
        Ok(())
    }

    /// Adds the images of a batch by the one answer of each.
    ///
    /// A batch that is refused leaves everything as it was.
    ///
    /// # Errors
    ///
    /// [`CollectingError`]: sizes that do not agree; an answer or a truth at a place that is none.
    pub fn add_answers(&mut self, answers: &[Given], truths: &[Given]) -> Result<(), CollectingError> {
        check_lengths(answers.len(), truths.len())?;
        let mut batch = Held::default();
        let candidates = self.candidates.as_deref();
        let mut reader = Reader { taxonomy: &self.taxonomy, candidates, names: &mut self.names };
        batch.add_truths(truths, &mut reader)?;
        batch.add_answers(answers, &mut reader)?;
        self.held.append(batch);
        Ok(())
    }

    /// Adds the images of another one behind those of this one.
    ///
    /// No number of the scores depends on the order in which several are joined; the lists of images do.
    ///
    /// # Errors
    ///
    /// [`CollectingError`]: another taxonomy, other candidates, or answers that are kept otherwise.
    pub fn merge(&mut self, other: &Collecting) -> Result<(), CollectingError> {
        if !Arc::ptr_eq(&self.taxonomy, &other.taxonomy) && self.fingerprint() != other.fingerprint() {
            let (own, other) = (self.fingerprint().to_string(), other.fingerprint().to_string());
            return Err(CollectingError::OtherTaxonomy { own, other });
        }
        if self.candidates != other.candidates {
            let (own, other) = (self.candidates_in_words(), other.candidates_in_words());
            return Err(CollectingError::OtherCandidates { own, other });
        }
        if self.kept != other.kept {
            let (own, other) = (self.kept.in_words(), other.kept.in_words());
            return Err(CollectingError::OtherKept { own, other });
        }
        self.held.append(other.held.clone());
        Ok(())
    }

    /// Forgets all images.
    pub fn reset(&mut self) {
        self.held = Held::default();
    }

    /// What has been collected, to be scored: the images are called by their number, from 0.
    #[must_use]
    pub fn answers(&self, name: &str) -> Answers {
        let held = &self.held;
        // Without any score nothing says that they are no probabilities: names alone are as in a table.
        let are_probabilities = self.kept.kind == Kind::Probabilities || held.scores.iter().all(|score| score.is_nan());
        let ranked = held.ranked(if are_probabilities { Ranked::default() } else { Ranked::of_scores() });
        let mut notes = held.notes();
        let summed = if are_probabilities {
            summed(&ranked, &self.taxonomy)
        } else {
            Err("no number that takes probabilities: the scores only order the answers".to_string())
        };
        let summed = summed.unwrap_or_else(|note| {
            notes.push(note);
            Default::default()
        });
        Answers {
            name: name.to_string(),
            images: (0..self.len()).map(|image| image.to_string()).collect(),
            truths: held.truths.clone(),
            ranked,
            summed,
            candidates: self.candidates.clone(),
            synonym_truths: held.synonym_truths.iter().copied().collect(),
            outside_truths: held.outside_truths.clone(),
            outside_answers: held.outside_answers.clone(),
            notes,
            ..Answers::default()
        }
    }

    fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| self.taxonomy.fingerprint())
    }

    fn candidates_in_words(&self) -> String {
        match &self.candidates {
            None => "no candidates".to_string(),
            Some(taxa) => {
                let named = |taxon: &TaxonId| self.taxonomy.name(*taxon).to_string();
                let first: Vec<String> = taxa.iter().take(3).map(named).collect();
                let more = if taxa.len() > 3 { ", …" } else { "" };
                format!("{} ({}{more})", counted(taxa.len(), "candidate", "candidates"), first.join(", "))
            }
        }
    }
}

fn check_lengths(answers: usize, truths: usize) -> Result<(), CollectingError> {
    if answers == truths {
        return Ok(());
    }
    let (answers, truths) = (counted(answers, "image", "images"), counted(truths, "truth", "truths"));
    Err(CollectingError::Lengths { answers, truths })
}

fn no_score(fault: Fault, kind: Kind) -> CollectingError {
    let Fault { row, column, value } = fault;
    let what = if value.is_nan() {
        "not a number: look for a loss that has become so, or mask the candidate with minus infinity".to_string()
    } else if kind == Kind::Probabilities {
        format!("{value}, and probabilities are from 0 to 1: give probabilities, or take them as scores that only order")
    } else {
        "infinite, and the best score must be a number; only minus infinity is taken, of a candidate that cannot be answered"
            .to_string()
    };
    CollectingError::Score { row, column, what }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::numbers::largest::Matrix;
    use crate::report::scoring::Scoring;
    use crate::scores::{ScoreOptions, Scores};
    use crate::taxonomy::rank::Rank;
    use crate::taxonomy::source::TaxonomySource;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::fmt::Write;
    use std::path::Path;

    const CARNIVORES: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
";

    fn taxonomy(table: &str) -> Arc<Taxonomy> {
        Arc::new(Taxonomy::from_bytes(table.as_bytes(), Path::new("table.csv")).unwrap())
    }

    fn named(names: &[&str]) -> Vec<Given> {
        names.iter().map(|name| Given::Name((*name).to_string())).collect()
    }

    fn places(places: &[i64]) -> Vec<Given> {
        places.iter().copied().map(Given::Place).collect()
    }

    /// Of a wildcat, a fox and a cat; in the taxonomy the fox is first, its family before that of the cats.
    fn three(kept: Kept) -> Collecting {
        let classes = named(&["Felis silvestris", "Vulpes vulpes", "Felis catus"]);
        Collecting::new(taxonomy(CARNIVORES), Some(&classes), kept).unwrap()
    }

    fn scores(collecting: &Collecting) -> Scores {
        Scores::of(collecting.taxonomy(), &collecting.answers("batches"), &ScoreOptions::default())
    }

    #[test]
    fn four_images_by_hand() {
        let mut collecting = three(Kept::default());
        // wildcat, fox, cat
        let logits = [
            [1.0_f32, 0.1, 2.0], // a cat, taken for one
            [3.0, 0.0, 1.0],     // a cat, taken for a wildcat: the genus is right; the cat is second
            [2.0, 5.0, 1.0],     // a wildcat, taken for a fox: they meet in the order; the wildcat is second
            [1.0, 1.0, 0.0],     // a fox, level with a wildcat: the taxonomy has it first
        ];
        collecting.add_scores(&Matrix::of(logits.as_flattened(), 3), &places(&[2, 2, 0, 1])).unwrap();
        let scores = scores(&collecting);
        let right = |rank: Rank| scores.rank(rank).and_then(|row| row.path_top1);
        assert_eq!([Rank::Species, Rank::Genus, Rank::Family, Rank::Order].map(right), [0.5, 0.75, 0.75, 1.0].map(Some));
        let species = scores.rank(Rank::Species).unwrap();
        // Places of the truth: 1, 2, 2, 1. All three classes are listed, so that the best five are known.
        assert_eq!((species.path_mrr, species.path_top5, species.tied), (Some((1.0 + 0.5 + 0.5 + 1.0) / 4.0), Some(1.0), 1));
        // Were the wildcat the answer to the fox, one of four would be right.
        assert_eq!((species.path_top1_least, species.path_top1_most), (Some(0.25), Some(0.5)));
        // Heights: 0; the genus, 1; the order, 3; 0.
        assert_eq!((scores.how_wrong.mean_height, scores.how_wrong.severity), (Some(4.0 / 4.0), Some(4.0 / 2.0)));
        // What needs probabilities is not there.
        assert!(scores.whole.is_err() && species.summed_top1.is_none() && species.ece.is_none());
    }

    #[test]
    fn places_names_and_taxa_say_the_same() {
        let mut by_place = three(Kept::default());
        by_place.add_answers(&places(&[0, 1, 2, -1, 0]), &places(&[0, 2, -1, 1, 1])).unwrap();
        let mut by_name = three(Kept::default());
        let answers = named(&["Felis silvestris", "vulpes_vulpes", "Felis catus Linnaeus, 1758", "NA", "Felis silvestris"]);
        by_name
            .add_answers(&answers, &named(&["Felis silvestris", "Felis catus", "", "Vulpes vulpes", "Vulpes vulpes"]))
            .unwrap();
        let candidates = by_place.candidates().unwrap().to_vec();
        let taxa = |places: &[Option<usize>]| -> Vec<Given> {
            places.iter().map(|place| place.map_or(Given::Nothing, |place| Given::Taxon(candidates[place]))).collect()
        };
        let mut by_taxon = three(Kept::default());
        let answers = taxa(&[Some(0), Some(1), Some(2), None, Some(0)]);
        by_taxon.add_answers(&answers, &taxa(&[Some(0), Some(2), None, Some(1), Some(1)])).unwrap();
        let shown = format!("{:?}", by_place.answers("a"));
        assert_eq!((format!("{:?}", by_name.answers("a")), format!("{:?}", by_taxon.answers("a"))), (shown.clone(), shown));
        let scores = scores(&by_place);
        assert_eq!((scores.accounting.images, scores.accounting.scored, scores.accounting.of_scored.no_answer), (5, 4, 1));
        assert!(scores.notes.iter().any(|note| note.contains("1 of 5 images has no truth")), "{:?}", scores.notes);
    }

    #[test]
    fn masked_candidates_are_no_answers() {
        let mut collecting = three(Kept::default());
        let none = f32::NEG_INFINITY;
        collecting.add_scores(&Matrix::of(&[none, 0.0, none, none, none, none], 3), &places(&[0, 0])).unwrap();
        let answers = collecting.answers("a");
        assert_eq!((answers.ranked.listed(0).len(), answers.ranked.best(1)), (1, Answer::Nothing));
        assert_eq!(scores(&collecting).accounting.of_scored.no_answer, 1);
    }

    #[test]
    fn whole_distributions_of_probabilities_are_scored_as_such() {
        let probabilities = Matrix::of(&[0.4_f32, 0.25, 0.35, 0.0, 1.0, 0.0], 3);
        let mut all = three(Kept { top: 3, kind: Kind::Probabilities });
        all.add_scores(&probabilities, &places(&[2, 1])).unwrap();
        // The cats are 0.75 together, so the genus is right though the species is not.
        let scored = scores(&all);
        let genus = scored.rank(Rank::Genus).unwrap();
        assert!(scored.whole.is_ok() && genus.summed_top1 == Some(1.0) && genus.path_top1 == Some(1.0));
        assert_eq!(scored.rank(Rank::Species).unwrap().path_top1, Some(0.5));
        let mut two = three(Kept { top: 2, kind: Kind::Probabilities });
        two.add_scores(&probabilities, &places(&[2, 1])).unwrap();
        assert!(scores(&two).whole.is_err_and(|reason| reason.contains("do not add up to 1")));
    }

    #[test]
    fn a_batch_that_is_refused_says_where_and_leaves_everything_as_it_was() {
        let mut one = three(Kept::default());
        one.add_answers(&places(&[0]), &places(&[0])).unwrap();
        let before = one.to_bytes();
        let matrix = |values: &'static [f32]| Matrix::of(values, 3);
        let says = |result: Result<(), CollectingError>, parts: &[&str]| {
            let message = result.unwrap_err().to_string();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        };
        says(one.add_scores(&matrix(&[0.0; 3]), &places(&[3])), &["truth[0] is 3", "3 candidates", "from 0 to 2", "-1"]);
        says(one.add_scores(&matrix(&[0.0; 6]), &places(&[0])), &["2 images and 1 truth"]);
        says(one.add_scores(&Matrix::of(&[0.0_f32; 4], 2), &places(&[0, 0])), &["2 columns for 3 candidates"]);
        let (strange, infinite) = (&[0.0, 0.0, 0.0, 0.0, f32::NAN, 0.0], &[f32::INFINITY, 0.0, 0.0]);
        says(one.add_scores(&matrix(strange), &places(&[0, 0])), &["row 1, column 1", "not a number"]);
        says(one.add_scores(&matrix(infinite), &places(&[0])), &["row 0, column 0", "infinite"]);
        says(one.add_answers(&places(&[0, -2]), &places(&[0, 0])), &["answers[1] is -2"]);
        assert_eq!(one.to_bytes(), before);
        let mut two = three(Kept { kind: Kind::Probabilities, ..Kept::default() });
        says(two.add_scores(&matrix(&[0.5, 0.5, -0.5]), &places(&[0])), &["row 0, column 2", "is -0.5", "from 0 to 1"]);
        let mut none = Collecting::new(taxonomy(CARNIVORES), None, Kept::default()).unwrap();
        says(none.add_scores(&matrix(&[0.0; 3]), &places(&[0])), &["an array of scores needs candidates"]);
        says(none.add_answers(&places(&[0]), &places(&[0])), &["a place needs candidates"]);
        for (other, parts) in [
            (three(Kept { top: 4, ..Kept::default() }), ["4 answers", "5 answers"]),
            (two, ["probabilities", "scores"]),
            (none, ["no candidates", "3 candidates (Felis silvestris, Vulpes vulpes, Felis catus)"]),
            (
                Collecting::new(taxonomy("genus,species\nFelis,Felis catus\n"), None, Kept::default()).unwrap(),
                ["another", "taxonomy"],
            ),
        ] {
            says(one.merge(&other), &parts);
        }
    }

    /// Twelve species in four genera in two families, in their order in the taxonomy.
    fn twelve() -> (Arc<Taxonomy>, Vec<String>) {
        let genera = [("Canidae", "Canis"), ("Canidae", "Vulpes"), ("Felidae", "Felis"), ("Felidae", "Lynx")];
        let (mut table, mut species) = ("kingdom,family,genus,species\n".to_string(), vec![]);
        for ((family, genus), epithet) in
            genera.iter().flat_map(|genus| ["alba", "nigra", "rubra"].map(|epithet| (genus, epithet)))
        {
            writeln!(table, "Animalia,{family},{genus},{genus} {epithet}").unwrap();
            species.push(format!("{genus} {epithet}"));
        }
        (taxonomy(&table), species)
    }

    /// Batches of random scores with many ties, half of the truths the best of them.
    fn batches(seed: u64) -> Vec<(Vec<f64>, Vec<i64>)> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut batch = |images: usize| {
            let values: Vec<f64> = (0..images * 12).map(|_| f64::from(rng.random_range(-20..20)) / 7.0).collect();
            let truth = |row: &[f64]| (0..12).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
            let truths = values.chunks(12).map(|row| if rng.random_bool(0.5) { truth(row) } else { rng.random_range(0..12) });
            let truths: Vec<i64> = truths.map(|truth| i64::try_from(truth).unwrap()).collect();
            (values, truths)
        };
        [40, 1, 7, 33, 90].map(&mut batch).into()
    }

    fn numbers(collecting: &Collecting) -> String {
        let scores = scores(collecting);
        format!("{:?} {:?} {:?} {:?}", scores.ranks, scores.how_wrong, scores.taxa, scores.flags)
    }

    #[test]
    fn parts_that_are_merged_in_any_order_have_the_numbers_of_the_whole() {
        let (taxonomy, species) = twelve();
        let classes: Vec<Given> = species.into_iter().rev().map(Given::Name).collect();
        let empty = Collecting::new(taxonomy, Some(&classes), Kept { top: 4, ..Kept::default() }).unwrap();
        let (mut whole, mut parts) = (empty.clone(), vec![]);
        for (values, truths) in batches(3) {
            let mut part = empty.clone();
            for collecting in [&mut whole, &mut part] {
                collecting.add_scores(&Matrix::of(&values, 12), &places(&truths)).unwrap();
            }
            parts.push(part);
        }
        let expected = numbers(&whole);
        for order in [[0, 1, 2, 3, 4], [4, 2, 0, 1, 3], [3, 4, 1, 0, 2]] {
            let mut merged = empty.clone();
            for part in order {
                merged.merge(&parts[part]).unwrap();
            }
            assert_eq!(numbers(&merged), expected);
            assert_eq!(merged.to_bytes() == whole.to_bytes(), order == [0, 1, 2, 3, 4]);
        }
        whole.reset();
        assert_eq!((whole.is_empty(), whole.to_bytes()), (true, empty.to_bytes()));
    }

    #[test]
    fn the_numbers_are_those_of_a_table_of_the_same_answers() {
        let (taxonomy, species) = twelve();
        let classes: Vec<Given> = species.iter().rev().cloned().map(Given::Name).collect();
        let mut collecting = Collecting::new(Arc::clone(&taxonomy), Some(&classes), Kept::default()).unwrap();
        let mut table = "image,truth,predicted,score\n".to_string();
        for (values, truths) in batches(4) {
            for (row, truth) in values.chunks(12).zip(&truths) {
                // The classes are the species from the last one on; those of equal scores stand in the order of the taxonomy.
                let truth = &species[11 - usize::try_from(*truth).unwrap()];
                let mut best: Vec<usize> = (0..12).rev().collect();
                best.sort_by(|a, b| row[*b].total_cmp(&row[*a]).then_with(|| b.cmp(a)));
                for class in &best[..5] {
                    writeln!(table, "{},{truth},{},{:?}", collecting.len(), species[11 - class], row[*class]).unwrap();
                }
                let truth = Given::Name(truth.clone());
                collecting.add_scores(&Matrix::of(row, 12), &[truth]).unwrap();
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("predictions.csv");
        std::fs::write(&path, table).unwrap();
        let given = TaxonomySource::Read { taxonomy, name: "twelve".to_string() };
        let scored = Scoring { taxonomy: Some(given), ..Scoring::of(path.as_path()) }.run().unwrap();
        // A table does not say what could have been answered.
        collecting.candidates = None;
        let of_table = &scored.runs[0].1;
        let expected = format!("{:?} {:?} {:?} {:?}", of_table.ranks, of_table.how_wrong, of_table.taxa, of_table.flags);
        assert_eq!(numbers(&collecting), expected);
        assert!(of_table.ranks.iter().any(|row| row.tied > 0));
    }
}
