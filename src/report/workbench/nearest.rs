//! The run of a latent space: each point is answered what its nearest point is.

use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;

/// What the run is called.
const NAME: &str = "nearest neighbour";

/// The answers: the taxon of the nearest point by cosine, of those that a point may find; none where that point has no
/// taxon, or there is no such point.
pub(super) fn answers(embeddings: &Embeddings, latent: &Latent) -> Answers {
    let mut ranked = Ranked::of_scores();
    for nearest in &latent.nearest {
        let taxon = nearest.and_then(|nearest| embeddings.taxa[nearest]);
        ranked.push(taxon.map(|taxon| (Answer::Taxon(taxon), None)));
    }
    let is_known = embeddings.observations.iter().any(|name| !name.is_empty());
    Answers {
        name: NAME.to_string(),
        images: embeddings.names.clone(),
        truths: embeddings.taxa.iter().map(|taxon| taxon.map_or(Truth::Missing, Truth::Taxon)).collect(),
        ranked,
        observations: is_known.then(|| embeddings.observations.clone()),
        ..Answers::default()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::latent::{LatentOptions, measure};
    use crate::taxonomy::Taxonomy;
    use std::path::Path;

    #[test]
    fn a_point_is_answered_what_its_nearest_one_is() {
        let table = "genus,species\nFelis,Felis catus\nVulpes,Vulpes vulpes\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("two.csv")).unwrap();
        let names = ["Felis catus", "Vulpes vulpes", "Felis catus", "Vulpes vulpes"];
        // By angle: 0°, 10°, 60°, 90°: the nearest of the first two are each other, and so are those of the others.
        let angles = [0.0_f64, 10.0, 60.0, 90.0];
        let embeddings = Embeddings {
            values: angles.iter().flat_map(|angle| [angle.to_radians().cos(), angle.to_radians().sin()]).collect(),
            width: 2,
            names: ["a", "b", "c", "d"].map(String::from).to_vec(),
            taxa: names.iter().map(|name| taxonomy.resolve(name).taxon()).collect(),
            observations: vec![String::new(); 4],
            taxonomy,
            labels: None,
            notes: vec![],
        };
        let options = LatentOptions { ks: vec![1], map: false, permutations: 9, ..LatentOptions::default() };
        let latent = measure(&embeddings, &options);
        assert_eq!(latent.nearest, [Some(1), Some(0), Some(3), Some(2)]);
        let answers = answers(&embeddings, &latent);
        let taxa: Vec<_> = (0..4).map(|point| answers.ranked.best(point).taxon()).collect();
        let expected: Vec<_> = [1, 0, 3, 2].iter().map(|&point: &usize| embeddings.taxa[point].unwrap()).collect();
        assert_eq!(taxa, expected);
    }
}
