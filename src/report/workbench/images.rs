//! What is known of every image, whoever answered.

use super::column;
use super::format::{ImagePart, PackedGroup};
use super::pictures::Pictures;
use super::taxa::Taxa;
use super::words::Words;
use crate::answers::{Answers, Truth};
use crate::numbers::bootstrap::Clusters;
use crate::scores::compare::runs::ComparedRuns;
use crate::scores::image_scores::ImageScores;
use crate::spaces::embeddings::Embeddings;
use crate::taxonomy::TaxonId;
use std::borrow::Cow;
use std::io;

/// The name of the group that a split is.
const SPLIT: &str = "split";

/// What is known of every image.
pub(super) struct ImageTable<'a> {
    pub names: &'a [String],
    truths: Cow<'a, [Truth]>,
    /// Which images the intervals draw together, and what counts by itself.
    clusters: Option<Cow<'a, Clusters>>,
    cluster_noun: &'a str,
    observation: Option<Words<'a>>,
    groups: Vec<(&'a str, Words<'a>)>,
    licence: Option<Words<'a>>,
    /// Filled in once they are made.
    pub pictures: Pictures,
}

impl<'a> ImageTable<'a> {
    /// The images of a run.
    pub(super) fn of_answers(answers: &'a Answers, scores: &'a ImageScores) -> Self {
        let rows = || 0..answers.images.len();
        Self {
            names: &answers.images,
            truths: Cow::Borrowed(&answers.truths),
            clusters: scores.clusters.as_ref().map(Cow::Borrowed),
            cluster_noun: scores.noun,
            observation: answers.observations.as_deref().map(|names| words(names, rows())),
            groups: groups(answers, rows),
            licence: answers.licences.as_deref().map(|licences| words(licences, rows())),
            pictures: Pictures::new(),
        }
    }

    /// The images that all runs have, as the first of them knows them.
    pub(super) fn of_compared(compared: &'a ComparedRuns, answers: &'a Answers, rows: &'a [usize]) -> Self {
        let each = || rows.iter().copied();
        let clusters = Some(&compared.clusters).filter(|clusters| clusters.repeat());
        Self {
            names: &compared.images,
            truths: each().map(|row| answers.truths[row]).collect(),
            cluster_noun: if clusters.is_some() { "observations" } else { "images" },
            clusters: clusters.map(Cow::Borrowed),
            observation: answers.observations.as_deref().map(|names| words(names, each())),
            groups: groups(answers, each),
            licence: answers.licences.as_deref().map(|licences| words(licences, each())),
            pictures: Pictures::new(),
        }
    }

    /// The points of a space.
    pub(super) fn of_points(embeddings: &'a Embeddings) -> Self {
        let names = &embeddings.observations;
        let is_known = names.iter().any(|name| !name.is_empty());
        let clusters = Clusters::by_name(names.iter().map(String::as_str));
        let clusters = Some(clusters).filter(|clusters| is_known && clusters.repeat());
        Self {
            names: &embeddings.names,
            truths: embeddings.taxa.iter().map(|taxon| taxon.map_or(Truth::Missing, Truth::Taxon)).collect(),
            cluster_noun: if clusters.is_some() { "observations" } else { "points" },
            clusters: clusters.map(Cow::Owned),
            observation: is_known.then(|| words(names, 0..names.len())),
            groups: vec![],
            licence: None,
            pictures: Pictures::new(),
        }
    }

    /// The truth of an image; `None` where nobody knows it.
    pub(super) fn truth(&self, image: usize) -> Option<TaxonId> {
        match self.truths[image] {
            Truth::Taxon(taxon) => Some(taxon).filter(|taxon| *taxon != TaxonId::ROOT),
            Truth::Missing | Truth::Outside => None,
        }
    }

    /// The columns of some images, those of the page or of a file beside it.
    pub(super) fn columns(&self, images: &[usize], in_page: bool, taxa: &Taxa) -> io::Result<ImagePart<'_>> {
        let count = images.len();
        let state = |image: usize| match (self.truth(image), self.truths[image]) {
            (Some(_), _) => 0,
            (None, Truth::Outside) => 2,
            (None, _) => 1,
        };
        let packed = |words: &Words<'a>| words.packed(images, in_page);
        let cluster =
            |clusters: &Cow<'_, Clusters>| column::numbers(count, |place| u32::try_from(clusters.of(images[place])).ok());
        let group = |&(name, ref words): &(&'a str, Words<'a>)| -> io::Result<PackedGroup<'a>> {
            Ok(PackedGroup { name, words: packed(words)? })
        };
        let picture = || column::numbers(count, |place| self.pictures.get(&images[place]).copied());
        Ok(ImagePart {
            name: column::texts(images.iter().map(|image| &self.names[*image]))?,
            truth: column::numbers(count, |place| taxa.number(self.truth(images[place])?))?,
            truth_state: column::numbers(count, |place| Some(state(images[place])))?,
            cluster: self.clusters.as_ref().map(cluster).transpose()?,
            cluster_noun: self.cluster_noun,
            observation: self.observation.as_ref().map(packed).transpose()?,
            groups: self.groups.iter().map(group).collect::<io::Result<_>>()?,
            licence: self.licence.as_ref().map(packed).transpose()?,
            picture: (!self.pictures.is_empty()).then(picture).transpose()?,
        })
    }
}

/// A column of texts, in the order of some rows.
fn words(texts: &[String], rows: impl Iterator<Item = usize>) -> Words<'_> {
    Words::of(rows.map(|row| texts[row].as_str()))
}

/// The groups of images, the splits among them.
fn groups<R: Iterator<Item = usize>>(answers: &Answers, rows: impl Fn() -> R) -> Vec<(&str, Words<'_>)> {
    let mut groups: Vec<(&str, Words<'_>)> =
        answers.groups.iter().map(|group| (group.name.as_str(), words(&group.values, rows()))).collect();
    let has_splits = groups.iter().any(|(name, _)| name.eq_ignore_ascii_case(SPLIT));
    if let Some(splits) = answers.splits.as_ref().filter(|_| !has_splits) {
        groups.push((SPLIT, words(splits, rows())));
    }
    groups
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::unpacked;
    use super::*;
    use crate::answers::{Grouping, Ranked};
    use crate::scores::ScoreOptions;
    use crate::taxonomy::Taxonomy;
    use std::path::Path;

    fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(String::from).to_vec()
    }

    #[test]
    fn what_is_known_of_images_stands_in_the_order_of_the_page() {
        let hostile = "</script><script>alert(1)</script>";
        let answers = Answers {
            images: texts(["a", hostile, "c"]),
            truths: vec![Truth::Taxon(TaxonId(1)), Truth::Outside, Truth::Taxon(TaxonId::ROOT)],
            ranked: Ranked::unanswered(3),
            observations: Some(texts(["x", "x", "y"])),
            splits: Some(texts(["test", "val", "test"])),
            groups: vec![Grouping { name: "<site>".to_string(), values: texts(["", "s", ""]) }],
            licences: Some(texts(["cc-by", "", "cc0"])),
            ..Answers::default()
        };
        let table = "kingdom,phylum,class,order,family,genus,species\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let (scores, _) = ImageScores::of_answers(&taxonomy, &answers, &ScoreOptions::default());
        let taxa = Taxa::of(&taxonomy, |tell| tell(TaxonId(1)));
        let mut table = ImageTable::of_answers(&answers, &scores);
        table.pictures.insert(1, 0);
        let part = serde_json::to_value(table.columns(&[1, 2, 0], true, &taxa).unwrap()).unwrap();
        assert_eq!(unpacked::texts(&part["name"]), [hostile, "c", "a"]);
        assert_eq!(unpacked::numbers(&part["truth"]), [None, None, Some(1)]);
        assert_eq!(unpacked::numbers(&part["truth_state"]), [2, 1, 0].map(Some));
        let clusters = unpacked::numbers(&part["cluster"]);
        assert!(clusters[0] == clusters[2] && clusters[0] != clusters[1]);
        assert_eq!(part["cluster_noun"], "observations");
        assert_eq!(unpacked::words(&part["observation"]), ["x", "y", "x"]);
        assert_eq!(part["groups"][0]["name"], "<site>");
        assert_eq!(unpacked::words(&part["groups"][0]), ["s", "", ""]);
        assert_eq!(part["groups"][1]["name"], "split");
        assert_eq!(unpacked::words(&part["groups"][1]), ["val", "test", "test"]);
        assert_eq!(unpacked::words(&part["licence"]), ["", "cc0", "cc-by"]);
        assert_eq!(unpacked::numbers(&part["picture"]), [Some(0), None, None]);
        // Of nothing known there is nothing.
        let bare = Answers { observations: None, splits: None, groups: vec![], licences: None, ..answers.clone() };
        let (scores, _) = ImageScores::of_answers(&taxonomy, &bare, &ScoreOptions::default());
        let part = ImageTable::of_answers(&bare, &scores);
        let part = serde_json::to_value(part.columns(&[0], true, &taxa).unwrap()).unwrap();
        for column in ["cluster", "observation", "licence", "picture"] {
            assert!(part[column].is_null(), "{column}");
        }
        assert_eq!(part["groups"], serde_json::json!([]));
        assert_eq!(part["cluster_noun"], "images");
    }
}
