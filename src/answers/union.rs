//! The images of two parts of a run as those of one.

use super::non_taxon::{NonTaxa, answered_by, shown_by};
use super::{Answers, Ranked};
use crate::taxonomy::Taxonomy;
use std::collections::BTreeMap;

impl Ranked {
    /// Appends the answers of other images, as they stand.
    pub fn append(&mut self, other: &Ranked) {
        if !self.has_scores() {
            // Where there are no scores nothing says what they are.
            self.probabilities = other.probabilities;
        }
        let first = self.labels.len();
        self.labels.extend_from_slice(&other.labels);
        self.scores.extend_from_slice(&other.scores);
        self.ends.extend(other.ends.iter().map(|end| first + end));
        self.starts.extend(other.starts.iter().skip(1).map(|start| first + start));
    }

    /// Whether any label of any image has a score.
    #[must_use]
    pub fn has_scores(&self) -> bool {
        self.scores.iter().any(|score| !score.is_nan())
    }
}

impl Answers {
    /// Appends the images of another part of the run, which was read alike. What one part alone says of its images is blank
    /// for those of the other: observations, splits, licences; where one part alone met classes that are no taxa, the other
    /// shows taxa.
    pub fn append(&mut self, taxonomy: &Taxonomy, mut other: Answers) {
        let (mine, theirs) = (self.images.len(), other.images.len());
        append_texts((&mut self.observations, mine), (other.observations.take(), theirs));
        append_texts((&mut self.splits, mine), (other.splits.take(), theirs));
        append_texts((&mut self.licences, mine), (other.licences.take(), theirs));
        if self.non_taxa.is_some() || other.non_taxa.is_some() {
            let names = self.non_taxa.as_ref().or(other.non_taxa.as_ref()).map(|shown| shown.names.clone()).unwrap_or_default();
            let mut shown = self.non_taxa.take().unwrap_or_else(|| of_taxa_alone(taxonomy, self, names.clone()));
            let others = other.non_taxa.take().unwrap_or_else(|| of_taxa_alone(taxonomy, &other, names));
            shown.truths.extend(others.truths);
            shown.answers = shown.answers.zip(others.answers).map(|(mine, theirs)| [mine, theirs].concat());
            self.non_taxa = Some(shown);
        }
        for (mine_of, theirs_of) in self.summed.iter_mut().zip(&other.summed) {
            // Where no image has an answer nothing says that the sums are not listed.
            if mine_of.is_some() || theirs_of.is_some() {
                let mut all = mine_of.take().unwrap_or_else(|| Ranked::unanswered(mine));
                all.append(theirs_of.as_ref().unwrap_or(&Ranked::unanswered(theirs)));
                *mine_of = Some(all);
            }
        }
        self.ranked.append(&other.ranked);
        self.unreadable.extend(other.unreadable.into_iter().map(|(image, code)| (mine + image, code)));
        self.synonym_truths.extend(other.synonym_truths.into_iter().map(|image| mine + image));
        for (grouping, others) in self.groups.iter_mut().zip(other.groups) {
            grouping.values.extend(others.values);
        }
        add_counts(&mut self.outside_truths, other.outside_truths);
        add_counts(&mut self.outside_answers, other.outside_answers);
        self.truths.extend(other.truths);
        self.images.extend(other.images);
    }
}

/// What images show of which nothing but taxa was met.
fn of_taxa_alone(taxonomy: &Taxonomy, answers: &Answers, names: Vec<String>) -> NonTaxa {
    let best = (0..answers.images.len()).map(|image| answered_by(taxonomy, answers.ranked.best(image)));
    NonTaxa {
        names,
        truths: answers.truths.iter().map(|truth| shown_by(taxonomy, *truth)).collect(),
        answers: Some(best.collect()),
    }
}

fn append_texts((mine, images): (&mut Option<Vec<String>>, usize), (theirs, others): (Option<Vec<String>>, usize)) {
    if mine.is_some() || theirs.is_some() {
        let all = mine.get_or_insert_with(|| vec![String::new(); images]);
        all.extend(theirs.unwrap_or_else(|| vec![String::new(); others]));
    }
}

fn add_counts(counts: &mut BTreeMap<String, usize>, others: BTreeMap<String, usize>) {
    for (name, count) in others {
        *counts.entry(name).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::non_taxon::Shown;
    use crate::answers::{Answer, Truth};
    use crate::taxonomy::TaxonId;
    use std::path::Path;

    #[test]
    #[expect(clippy::unwrap_used, reason = "tests")]
    fn parts_in_their_order_are_the_whole() {
        let taxonomy = Taxonomy::from_bytes(b"genus,species\nA,A a\nA,A b\n", Path::new("small.csv")).unwrap();
        let (a, b) = (Answer::Taxon(TaxonId(2)), Answer::Taxon(TaxonId(3)));
        let mut ranked = Ranked::default();
        ranked.push([(a, Some(0.0)), (b, Some(1.0))]);
        ranked.push([]);
        ranked.push([(a, Some(0.7)), (b, Some(0.3))]);
        let answers = Answers {
            images: ["x", "y", "z"].map(str::to_string).to_vec(),
            truths: vec![Truth::Outside, Truth::Missing, Truth::Outside],
            unreadable: [(1, "empty".to_string())].into(),
            synonym_truths: [2].into(),
            summed: std::array::from_fn(|rank| (rank == 6).then(|| ranked.clone())),
            observations: Some(["o", "", ""].map(str::to_string).to_vec()),
            ranked,
            ..Answers::default()
        };
        let mut joined = answers.select(&[0]);
        let mut rest = answers.select(&[1, 2]);
        // Blank in all images of a part is nothing that it says.
        rest.observations = None;
        joined.append(&taxonomy, rest);
        assert_eq!((&joined.images, &joined.truths, &joined.ranked), (&answers.images, &answers.truths, &answers.ranked));
        assert_eq!((&joined.summed, &joined.observations), (&answers.summed, &answers.observations));
        assert_eq!((&joined.unreadable, &joined.synonym_truths), (&answers.unreadable, &answers.synonym_truths));
        // One part alone met classes: a name that no taxon is was an animal, what nobody named is nothing.
        let mut shown = answers.select(&[0]);
        let blank = Shown::Class(0);
        shown.non_taxa = Some(NonTaxa { names: vec!["blank".into()], truths: vec![blank], answers: Some(vec![blank]) });
        shown.append(&taxonomy, answers.select(&[1, 2]));
        let found = shown.non_taxa.map(|shown| (shown.truths, shown.answers));
        let answered = Some(vec![blank, Shown::Nothing, Shown::Animal]);
        assert_eq!(found, Some((vec![blank, Shown::Nothing, Shown::Animal], answered)));
    }
}
