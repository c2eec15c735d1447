//! What columns are usually called, in English, French, Spanish and German.
//!
//! Names are compared without case, accents and what separates words: `imageId`, `Image ID` and `image_id` are one.
//! Every word stands in one list only.

mod lists;
mod parts;
mod taken;

pub(super) use lists::{
    COMMON_NAMES, DETECTIONS, IDS, IMAGES, LABELS, MEASURES, OBSERVATION_IDS, OBSERVATIONS, POSITIONS, PREDICTED, SCORES, TRUTHS,
    WEAK_LABELS,
};
pub(super) use parts::{Word, rank_word, word};
pub(super) use taken::{CAMERAS, DATES, SEQUENCES, SITES, TIMES, TIMES_OF_DAY};

use crate::taxonomy::name::vernacular::without_accents;
use crate::taxonomy::rank::Rank;

/// A column's name in one spelling: lower case, without accents, words apart by `_`.
pub(super) fn normalised(name: &str) -> String {
    let letters: Vec<char> = without_accents(name.trim()).chars().collect();
    let mut spelt = String::with_capacity(letters.len());
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                let ends_acronym = before.is_uppercase() && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
                before.is_lowercase() || before.is_numeric() || ends_acronym
            });
        if (starts || !letter.is_alphanumeric()) && !spelt.is_empty() && !spelt.ends_with('_') {
            spelt.push('_');
        }
        if letter.is_alphanumeric() {
            spelt.extend(letter.to_lowercase());
        }
    }
    spelt.trim_end_matches('_').to_string()
}

/// A name without anything between its words: what two spellings share.
pub(super) fn squashed(name: &str) -> String {
    normalised(name).replace('_', "")
}

/// Whether a column of this name is one of images.
pub(super) fn is_image(name: &str) -> bool {
    let name = squashed(name);
    !name.is_empty() && [IMAGES, OBSERVATION_IDS, IDS].into_iter().flatten().any(|word| word.replace('_', "") == name)
}

/// Whether a text ends like the path of a photograph or recording.
pub(super) fn is_media_file(text: &str) -> bool {
    let ending = text.trim().rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| {
        [
            "jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif", "heic", "cr2", "nef", "dng", "wav", "mp3", "flac", "ogg",
            "m4a", "mp4", "avi", "mov",
        ]
        .contains(&ending.as_str())
    })
}

/// One column per rank, the first of each, from the highest rank down.
pub(super) fn rank_set(mut ranks: Vec<(Rank, String)>) -> Vec<(Rank, String)> {
    ranks.sort_by_key(|&(rank, _)| rank);
    ranks.dedup_by_key(|(rank, _)| *rank);
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_word_has_one_role() {
        let roles: [&[&str]; 13] = [
            IMAGES,
            OBSERVATION_IDS,
            IDS,
            OBSERVATIONS,
            TRUTHS,
            PREDICTED,
            LABELS,
            WEAK_LABELS,
            COMMON_NAMES,
            SCORES,
            POSITIONS,
            DETECTIONS,
            MEASURES,
        ];
        let mut known: HashMap<String, usize> = HashMap::new();
        for (role, words) in roles.iter().enumerate() {
            for word in *words {
                assert_eq!(normalised(word), *word);
                assert_eq!(*known.entry(squashed(word)).or_insert(role), role, "{word} has two roles");
            }
        }
    }

    #[test]
    fn one_name_has_many_spellings() {
        for (name, expected) in [
            ("ImageFilePath", "image_file_path"),
            ("EspèceVraie", "espece_vraie"),
            ("Vérité", "verite"),
            ("Begin Time (s)", "begin_time_s"),
            ("Pred_SVMLinear", "pred_svm_linear"),
            ("MANUAL ID", "manual_id"),
            ("#OTU ID", "otu_id"),
            ("true.genus", "true_genus"),
            ("Größe", "grosse"),
            ("Pred1Species", "pred1_species"),
            ("", ""),
        ] {
            assert_eq!(normalised(name), expected, "{name}");
        }
        assert_eq!(squashed("imageId"), squashed("Image ID"));
        assert!(is_image("Begin Path") && !is_image("Begin Time (s)"));
        assert!(is_media_file("a/b.JPG") && !is_media_file("Apis mellifera L."));
    }
}
