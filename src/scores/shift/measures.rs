//! The values of images that two sets are compared by.

use super::set::JudgedSet;
use crate::numbers::bootstrap::Kinds;
use crate::numbers::interval::{Found, Mean, share};
use crate::scores::compare::Values;
use crate::scores::compare::values::{Paired, values};
use crate::scores::metric::Direction;
use crate::taxonomy::Taxonomy;

/// One metric in both sets: a value for each image, `None` where it has none.
pub(super) struct Measured {
    pub name: String,
    pub label: String,
    pub direction: Direction,
    /// Whether values are 1 and 0 only.
    pub binary: bool,
    pub range: Option<(f64, f64)>,
    /// Of the first set, of the second.
    pub values: [Vec<Option<f64>>; 2],
}

/// Right at each main rank by the path rule, right to the truth's own rank, and the height of the error: what either set has.
pub(super) fn measures(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2]) -> Vec<Measured> {
    let [first, second] = sets.each_ref().map(|set| of_set(taxonomy, set));
    let mut all: Vec<Measured> = vec![];
    for (place, of_set) in [first, second].into_iter().enumerate() {
        for values in of_set {
            let known = all.iter().position(|measured| measured.name == values.name);
            let at = known.unwrap_or_else(|| {
                let nothing = sets.each_ref().map(|set| vec![None; set.judgements.len()]);
                all.push(Measured {
                    name: values.name.clone(),
                    label: values.label.clone(),
                    direction: values.direction,
                    binary: values.binary,
                    range: values.range,
                    values: nothing,
                });
                all.len() - 1
            });
            let column = values.runs.into_iter().next().unwrap_or_default();
            if let Some(measured) = all.get_mut(at) {
                measured.values[place] = column;
            }
        }
    }
    // What only the second set has stands where it belongs: finest rank first, then exact and height.
    all.sort_by_key(|measured| order(&measured.name));
    all
}

fn of_set(taxonomy: &Taxonomy, set: &JudgedSet<'_>) -> Vec<Values> {
    let answers = set.set.answers;
    let rows = vec![(0..answers.images.len()).collect()];
    let alone = Paired { images: answers.images.clone(), rows, dropped: vec![0] };
    let all = values(taxonomy, std::slice::from_ref(answers), &alone, std::slice::from_ref(&set.judgements));
    all.into_iter().filter(|values| order(&values.name).is_some()).collect()
}

/// Place of a metric; `None` for those that sets are not compared by.
fn order(name: &str) -> Option<usize> {
    use crate::taxonomy::rank::Rank;
    match name {
        "exact" => Some(7),
        "height" => Some(8),
        name => {
            let rank = name.strip_prefix("path_top1.").and_then(Rank::from_name)?;
            Some(6 - rank.main_index()?)
        }
    }
}

impl Measured {
    /// The clusters of one set, each value weighted as its image is.
    pub fn kinds(&self, sets: &[JudgedSet<'_>; 2], place: usize, weight: impl Fn(usize) -> f64) -> Kinds {
        let valued = self.values[place].iter().enumerate().filter_map(|(image, value)| {
            let weight = weight(image);
            Some((image, (*value)? * weight, weight)).filter(|_| weight > 0.0)
        });
        sets[place].sample.kinds(valued)
    }

    /// The interval of the mean of some clusters; `images` is their effective number.
    pub fn interval(&self, sets: &[JudgedSet<'_>; 2], place: usize, kinds: Kinds, images: f64) -> Found {
        if self.binary {
            return share(&kinds, images);
        }
        let found = sets[place].sample.means(&[Mean { kinds, range: self.range }]).pop();
        found.unwrap_or(Err(crate::numbers::interval::NoInterval::NoValue))
    }
}
