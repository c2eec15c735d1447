//! What pictures show that is no taxon: nothing, a person, a vehicle, something nobody could tell.
//!
//! A detector's question, beside that of the taxonomy. A truth that is such a class leaves the scores of taxa; an animal that
//! is answered so stays in them, as one without an answer.

mod people;
mod words;

pub(crate) use people::{answered_by, is_of_people, is_people, shown_by};
pub use words::{
    ANIMAL, BLANK, DECLINED, NonTaxonClass, NonTaxonError, NonTaxonWords, PERSON, Shown, UNKNOWN, VEHICLE, says_unknown,
};

/// What `N` images show and are answered to show, as a detector sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonTaxa {
    /// The names of the classes.
    pub names: Vec<String>,
    /// `N` truths.
    pub truths: Vec<Shown>,
    /// `N` best answers; `None` where answers were pooled, and are taxa alone.
    pub answers: Option<Vec<Shown>>,
}

impl NonTaxa {
    /// Of some of the images, in their new order.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> NonTaxa {
        let of = |shown: &Vec<Shown>| images.iter().map(|&image| shown[image]).collect::<Vec<Shown>>();
        NonTaxa { names: self.names.clone(), truths: of(&self.truths), answers: self.answers.as_ref().map(of) }
    }

    /// The truths of groups of images, each what all its images agree on, or where none shows a taxon the first that is not
    /// blank; the answers are not known any more.
    #[must_use]
    pub fn pooled<'a>(&self, groups: impl IntoIterator<Item = &'a [usize]>) -> NonTaxa {
        let agreed = |images: &[usize]| {
            let shown = || images.iter().map(|&image| self.truths[image]);
            let first = shown().next().unwrap_or_default();
            if shown().all(|other| other == first) {
                return first;
            }
            // A person beside blanks was there.
            let of_no_taxon = shown().all(Shown::is_not_a_taxon).then(|| shown().find(|other| *other != Shown::Class(BLANK)));
            of_no_taxon.flatten().unwrap_or_default()
        };
        NonTaxa { names: self.names.clone(), truths: groups.into_iter().map(agreed).collect(), answers: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_keep_what_they_show_and_groups_what_they_agree_on() {
        let (fox, blank, person) = (Shown::Animal, Shown::Class(BLANK), Shown::Class(PERSON));
        let all = NonTaxa { names: vec![], truths: vec![fox, blank, person], answers: Some(vec![blank, blank, fox]) };
        let kept = all.select(&[2, 0]);
        assert_eq!((kept.truths, kept.answers), (vec![person, fox], Some(vec![fox, blank])));
        let pooled = all.pooled([&[1, 1][..], &[0, 1], &[1, 2]]);
        assert_eq!((pooled.truths, pooled.answers), (vec![blank, Shown::Nothing, person], None));
    }
}
