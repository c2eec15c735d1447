//! The weights that hold for each image, of one list or of several together.

use super::list::Prior;
use super::weights::TaxonWeights;
use crate::answers::Answers;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Lists that are held against the same images; their weights are multiplied.
#[derive(Debug, Clone, Default)]
pub struct Priors(pub Vec<Prior>);

/// Which weights hold for an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Those of this combination of groups.
    At(usize),
    /// None: nobody said in which group the image is.
    WithoutGroup,
    /// None: no list has its group.
    UnknownGroup,
}

/// The weights of the images of a run.
#[derive(Debug)]
pub struct Places<'a> {
    taxonomy: &'a Taxonomy,
    /// One per image.
    pub of_image: Vec<Place>,
    /// Combinations of groups, each with a list of weights from every list that has its group.
    combinations: Vec<Vec<&'a TaxonWeights>>,
}

/// What one list has for an image.
#[derive(Clone, Copy)]
enum InList<'a> {
    Weights(&'a TaxonWeights),
    WithoutGroup,
    UnknownGroup,
}

fn in_list<'a>(prior: &'a Prior, answers: &Answers, image: usize) -> InList<'a> {
    let Some(name) = &prior.grouping else {
        return prior.group("").map_or(InList::UnknownGroup, InList::Weights);
    };
    let grouping = answers.groups.iter().find(|grouping| grouping.name == *name);
    match grouping.and_then(|grouping| grouping.values.get(image)).map(|value| value.trim()) {
        None | Some("") => InList::WithoutGroup,
        Some(group) => prior.group(group).map_or(InList::UnknownGroup, InList::Weights),
    }
}

impl Prior {
    /// The group of an image, where the list does not have it.
    #[must_use]
    pub fn unknown_group<'a>(&self, answers: &'a Answers, image: usize) -> Option<&'a str> {
        let name = self.grouping.as_ref()?;
        let grouping = answers.groups.iter().find(|grouping| grouping.name == *name)?;
        let group = grouping.values.get(image)?.trim();
        (!group.is_empty() && self.group(group).is_none()).then_some(group)
    }
}

impl Priors {
    /// The weights that hold for each image.
    #[must_use]
    pub fn places<'a>(&'a self, taxonomy: &'a Taxonomy, answers: &Answers) -> Places<'a> {
        let mut combinations: Vec<Vec<&TaxonWeights>> = vec![];
        let mut known: BTreeMap<Vec<*const TaxonWeights>, usize> = BTreeMap::new();
        let mut of_image = Vec::with_capacity(answers.images.len());
        for image in 0..answers.images.len() {
            let found: Vec<InList<'a>> = self.0.iter().map(|prior| in_list(prior, answers, image)).collect();
            let weights: Vec<&'a TaxonWeights> = found
                .iter()
                .filter_map(|found| if let InList::Weights(weights) = found { Some(*weights) } else { None })
                .collect();
            if weights.is_empty() {
                let is_unknown = found.iter().any(|found| matches!(found, InList::UnknownGroup));
                of_image.push(if is_unknown { Place::UnknownGroup } else { Place::WithoutGroup });
                continue;
            }
            // Lists do not move while they are borrowed: where one lies is which it is. Numbers follow the order of images.
            let which = weights.iter().map(|weights| std::ptr::from_ref(*weights)).collect();
            let place = *known.entry(which).or_insert_with(|| {
                combinations.push(weights);
                combinations.len() - 1
            });
            of_image.push(Place::At(place));
        }
        Places { taxonomy, of_image, combinations }
    }

    /// Whether a taxon is allowed in at most a tenth of the groups of a list that has several; one group is always few
    /// enough.
    #[must_use]
    pub fn is_allowed_in_few_groups(&self, taxonomy: &Taxonomy, taxon: TaxonId) -> bool {
        self.0.iter().filter(|prior| prior.only_allows && prior.groups().len() > 1).any(|prior| {
            let allowed = prior.groups().filter(|weights| weights.of_taxon(taxonomy, taxon) > 0.0).count();
            (1..=(prior.groups().len() / 10).max(1)).contains(&allowed)
        })
    }
}

impl Places<'_> {
    /// The weight of a taxon in a combination of groups: the product over the lists.
    #[must_use]
    pub fn weight(&self, combination: usize, taxon: TaxonId) -> f64 {
        self.combinations[combination].iter().map(|weights| weights.of_taxon(self.taxonomy, taxon)).product()
    }

    /// Whether a taxon may be answered for an image: it has a weight, or nothing is known.
    #[must_use]
    pub fn allows(&self, image: usize, taxon: TaxonId) -> bool {
        match self.of_image.get(image) {
            Some(Place::At(combination)) => self.weight(*combination, taxon) > 0.0,
            _ => true,
        }
    }

    /// The weights of all candidates, a list for each combination of groups.
    #[must_use]
    pub fn weights(&self, candidates: &[TaxonId]) -> Vec<Vec<f64>> {
        let of = |combination: usize| candidates.iter().map(|&taxon| self.weight(combination, taxon)).collect();
        (0..self.combinations.len()).map(of).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::Grouping;
    use std::path::Path;

    #[test]
    fn lists_are_multiplied_and_images_without_a_group_have_none() {
        let table = "genus,species\nFelis,Felis catus\nLynx,Lynx lynx\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("cats.csv")).unwrap();
        let [cat, lynx] = ["Felis catus", "Lynx lynx"].map(|name| taxonomy.resolve(name).taxon().unwrap());
        let of = |listed: &[(TaxonId, f64)]| TaxonWeights::of(&taxonomy, listed.iter().copied().collect());
        let site = Prior::of_weights("site", Some("site"), [("a".to_string(), of(&[(cat, 0.5), (lynx, 2.0)]))].into(), false);
        let months = [("5", of(&[(cat, 1.0)])), ("6", of(&[(cat, 1.0), (lynx, 1.0)])), ("7", of(&[(lynx, 1.0)]))];
        let month =
            Prior::of_weights("month", Some("month"), months.map(|(month, weights)| (month.to_string(), weights)).into(), true);
        let priors = Priors(vec![site, month]);
        let grouping =
            |name: &str, values: [&str; 6]| Grouping { name: name.to_string(), values: values.map(str::to_string).to_vec() };
        let answers = Answers {
            images: (0..6).map(|image: u8| image.to_string()).collect(),
            groups: vec![grouping("site", ["A", "a", "", "b", "", " a "]), grouping("month", ["5", "", "6", "8", "", "5"])],
            ..Answers::default()
        };
        let places = priors.places(&taxonomy, &answers);
        let expected = [Place::At(0), Place::At(1), Place::At(2), Place::UnknownGroup, Place::WithoutGroup, Place::At(0)];
        assert_eq!(places.of_image, expected);
        let unknown = |list: usize| (0..6).map(|image| priors.0[list].unknown_group(&answers, image)).collect::<Vec<_>>();
        assert_eq!(unknown(0), [None, None, None, Some("b"), None, None]);
        assert_eq!(unknown(1), [None, None, None, Some("8"), None, None]);
        // Site and month: the lynx is not there in May; the site alone; the month alone.
        assert_eq!(places.weights(&[cat, lynx]), [[0.5, 0.0], [0.5, 2.0], [1.0, 1.0]]);
        assert!(!places.allows(0, lynx) && places.allows(3, lynx));
        // Of three months the lynx has two; the cat as well. One of two would be few.
        assert!(!priors.is_allowed_in_few_groups(&taxonomy, lynx));
    }
}
