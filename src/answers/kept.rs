//! Some of the images of a run, with everything that is known of them.

use super::{Answers, Grouping, Ranked};
use std::collections::{BTreeMap, BTreeSet};

impl Ranked {
    /// The answers of some images, in their new order.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Ranked {
        let mut kept = Ranked { probabilities: self.probabilities, ..Ranked::default() };
        for &image in images {
            let (start, end) = (self.starts[image], self.starts[image + 1]);
            let first = kept.labels.len();
            kept.labels.extend_from_slice(&self.labels[start..end]);
            kept.scores.extend_from_slice(&self.scores[start..end]);
            kept.ends.push(first + self.ends[image] - start);
            kept.starts.push(kept.labels.len());
        }
        kept
    }
}

impl Answers {
    /// Some of the images, in their new order. Names of truths and answers that no taxon is stay counted as they were: they
    /// are known of all images together alone.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Answers {
        let of = |column: &Vec<String>| images.iter().map(|&image| column[image].clone()).collect::<Vec<String>>();
        let places = || images.iter().enumerate().map(|(place, &image)| (place, image));
        let unreadable: BTreeMap<usize, String> =
            places().filter_map(|(place, image)| Some((place, self.unreadable.get(&image)?.clone()))).collect();
        let synonym_truths: BTreeSet<usize> =
            places().filter(|(_, image)| self.synonym_truths.contains(image)).map(|(place, _)| place).collect();
        Answers {
            name: self.name.clone(),
            images: of(&self.images),
            times: self.times.as_ref().map(|times| images.iter().map(|&image| times[image]).collect()),
            unreadable,
            truths: images.iter().map(|&image| self.truths[image]).collect(),
            ranked: self.ranked.select(images),
            summed: std::array::from_fn(|rank| self.summed[rank].as_ref().map(|summed| summed.select(images))),
            candidates: self.candidates.clone(),
            listed: self.listed.clone(),
            observations: self.observations.as_ref().map(of),
            splits: self.splits.as_ref().map(of),
            licences: self.licences.as_ref().map(of),
            groups: self.groups.iter().map(|by| Grouping { name: by.name.clone(), values: of(&by.values) }).collect(),
            taken: self.taken.select(images),
            synonym_truths,
            unusable_candidates: self.unusable_candidates.clone(),
            outside_truths: self.outside_truths.clone(),
            outside_answers: self.outside_answers.clone(),
            notes: self.notes.clone(),
            warnings: self.warnings.clone(),
            count_outside_as_wrong: self.count_outside_as_wrong,
            non_taxa: self.non_taxa.as_ref().map(|non_taxa| non_taxa.select(images)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::answers::{Answer, Answers, Ranked, Truth};
    use crate::taxonomy::TaxonId;

    #[test]
    fn images_keep_what_is_known_of_them() {
        let (a, b) = (Answer::Taxon(TaxonId(1)), Answer::Taxon(TaxonId(2)));
        let mut ranked = Ranked::default();
        ranked.push([(a, Some(0.0)), (b, Some(1.0))]);
        ranked.push([]);
        ranked.push([(a, Some(0.7)), (b, Some(0.3))]);
        let answers = Answers {
            images: ["x", "y", "z"].map(str::to_string).to_vec(),
            truths: vec![Truth::Taxon(TaxonId(1)), Truth::Missing, Truth::Outside],
            unreadable: [(1, "empty".to_string())].into(),
            synonym_truths: [2].into(),
            ranked,
            ..Answers::default()
        };
        let kept = answers.select(&[2, 0]);
        assert_eq!((kept.images, kept.truths), (vec!["z".to_string(), "x".to_string()], vec![Truth::Outside, answers.truths[0]]));
        assert_eq!((kept.ranked.answers(0), kept.ranked.answers(1), kept.ranked.listed(1)), (&[a, b][..], &[b][..], &[b, a][..]));
        assert_eq!((kept.synonym_truths.contains(&0), kept.unreadable.len()), (true, 0));
        assert_eq!(answers.select(&[1]).unreadable[&0], "empty");
    }
}
