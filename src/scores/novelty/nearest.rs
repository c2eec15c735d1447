//! How far each image lies from the nearest training image of what is known.

use super::shown::Shown;
use crate::answers::distribution::Distribution;
use crate::answers::distribution::vectors::Vectors;
use crate::numbers::neighbours::{Index, Rows, Similarity, among};
use crate::scores::judged_run::JudgedRun;

/// Names of splits that hold training images.
const TRAINING: [&str; 2] = ["train", "training"];

/// Most training images that are searched.
const MOST: usize = 200_000;

/// Images searched for at once.
const BLOCK: usize = 4096;

/// For each image 1 − the cosine to the nearest training image whose truth is known; never to one of its own observation.
/// `None` for the training images themselves, and for those without a vector.
///
/// # Source
///
/// Sun 2022, with k = 1 and the cosine.
///
/// # Errors
///
/// Why there are no distances.
pub(super) fn distances(
    run: &JudgedRun<'_>,
    distribution: &Distribution,
    shown: &[Shown],
) -> Result<Vec<Option<f64>>, &'static str> {
    let vectors = distribution.vectors().ok_or("the distributions are not made from vectors of photographs")?;
    let splits = run.answers.splits.as_ref().ok_or("the source does not say which photographs are of the training split")?;
    let is_training = |one: &Shown| TRAINING.contains(&splits[one.image].trim().to_lowercase().as_str());
    let of = |wanted: &dyn Fn(&Shown) -> bool| -> Vec<usize> {
        let has_vector = |one: &Shown| vectors.image(one.image).is_some();
        (0..shown.len()).filter(|&position| wanted(&shown[position]) && has_vector(&shown[position])).collect()
    };
    let (references, queries) = (of(&|one| is_training(one) && one.known), of(&|one| !is_training(one)));
    if references.is_empty() {
        return Err("no photograph of what is known is of a training split");
    }
    if references.len() > MOST {
        return Err("there are more than 200 000 training photographs, too many to search here");
    }
    let observation = |position: usize| {
        let name = run.answers.observations.as_ref().map_or("", |names| names[shown[position].image].as_str());
        (!name.is_empty()).then_some(name)
    };
    let held = rows_of(vectors, shown, &references);
    let documents = Index::of(Rows { values: &held, width: vectors.width() }, Similarity::Cosine);
    let mut distances = vec![None; shown.len()];
    for block in queries.chunks(BLOCK) {
        let asked = rows_of(vectors, shown, block);
        let asked = Index::of(Rows { values: &asked, width: vectors.width() }, Similarity::Cosine);
        let allowed = |query: usize, document: usize| {
            let own = observation(block[query]);
            own.is_none() || own != observation(references[document])
        };
        let found = among(&asked, &documents, 1, &allowed);
        for (&position, near) in block.iter().zip(found) {
            distances[position] = near.first().map(|(_, cosine)| 1.0 - cosine);
        }
    }
    Ok(distances)
}

/// The vectors of some images in double precision, one behind the other.
fn rows_of(vectors: &Vectors, shown: &[Shown], positions: &[usize]) -> Vec<f64> {
    let vector = |&position: &usize| vectors.image(shown[position].image).unwrap_or_default();
    positions.iter().flat_map(|position| vector(position).iter().map(|value| f64::from(*value))).collect()
}
