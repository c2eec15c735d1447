//! Pictures that are to be taken: how many of which individuals of which species.

use super::options::AtlasOptions;

/// Pictures of one individual.
const OF_INDIVIDUAL: usize = 3;

/// One picture that is to be taken.
pub struct Shot {
    /// Number of the species.
    pub species: usize,
    /// Number of the individual among its species'.
    pub individual: usize,
    /// Number of the picture among the individual's.
    pub picture: usize,
    /// `train`, `validation`, `test` or `unseen`.
    pub split: &'static str,
}

/// Whether all pictures of a species are in the split `unseen`.
pub fn is_unseen(species: usize) -> bool {
    species % 5 == 2
}

/// All pictures, species by species, as even as possible.
pub fn shots(options: &AtlasOptions) -> Vec<Shot> {
    let mut shots = vec![];
    for species in 0..options.species {
        let pictures = options.pictures / options.species + usize::from(species < options.pictures % options.species);
        for picture in 0..pictures {
            let individual = picture / OF_INDIVIDUAL;
            let split = match individual % 10 {
                _ if is_unseen(species) => "unseen",
                4 => "validation",
                2 | 7 => "test",
                _ => "train",
            };
            shots.push(Shot { species, individual, picture: picture % OF_INDIVIDUAL, split });
        }
    }
    shots
}
