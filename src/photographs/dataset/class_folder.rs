//! What the names of folders say about the photographs in them.

use super::split::{is_split_folder, split_name};
use crate::taxonomy::name;
use unicode_normalization::UnicodeNormalization;

/// The truth that a class folder names: a lineage joined by `;`, or a name.
///
/// Understood: `Genus_species`; iNaturalist 2021's `00000_Animalia_…_Genus_epithet` (a number and seven
/// parts); Rare Species' `Animalia-…-Genus-epithet` (seven parts); CUB's `001.Common_name`.
#[must_use]
pub fn truth_of_folder(folder: &str) -> String {
    let folder = folder.nfc().collect::<String>();
    if let Some((number, rest)) = folder.split_once('_')
        && is_number(number)
        && let Some(lineage) = lineage(rest, '_')
    {
        return lineage;
    }
    if let Some(lineage) = lineage(&folder, '-') {
        return lineage;
    }
    match folder.split_once('.') {
        Some((number, rest)) if is_number(number) => name::normalise(rest),
        _ => name::normalise(&folder),
    }
}

/// What the folders of a relative path say: the class (the innermost one) and the split (any).
pub(super) fn by_folders(image: &str) -> (Option<String>, Option<String>) {
    let folders: Vec<&str> = image.split('/').rev().skip(1).collect();
    let class = folders.first().filter(|folder| !is_split_folder(folder)).map(|folder| truth_of_folder(folder));
    let split = folders.iter().skip(usize::from(class.is_some())).find(|folder| is_split_folder(folder));
    (class, split.map(|folder| split_name(folder)))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Kingdom to epithet: six capitalised names and then the epithet, which may hold the separator itself.
fn lineage(text: &str, separator: char) -> Option<String> {
    let parts: Vec<&str> = text.splitn(7, separator).collect();
    let [kingdom, phylum, class, order, family, genus, epithet] = parts[..] else { return None };
    let above = [kingdom, phylum, class, order, family, genus];
    let capitalised = |part: &&str| part.chars().next().is_some_and(char::is_uppercase);
    let begins_small = epithet.chars().next().is_some_and(|first| first.is_lowercase() || first == '×');
    if !above.iter().all(capitalised) || !begins_small {
        return None;
    }
    let epithet = if separator == '_' { name::normalise(epithet) } else { epithet.to_string() };
    Some(format!("{};{genus} {epithet}", above.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_well_known_datasets_name_their_taxa() {
        for (folder, truth) in [
            ("Bos_taurus", "Bos taurus"),
            ("Solidago_velutina_ssp_californica", "Solidago velutina ssp californica"),
            (
                "02911_Animalia_Arthropoda_Insecta_Lepidoptera_Nymphalidae_Polygonia_c-album",
                "Animalia;Arthropoda;Insecta;Lepidoptera;Nymphalidae;Polygonia;Polygonia c-album",
            ),
            (
                "Animalia-Chordata-Aves-Anseriformes-Anatidae-Cygnus-olor",
                "Animalia;Chordata;Aves;Anseriformes;Anatidae;Cygnus;Cygnus olor",
            ),
            (
                "Animalia-Arthropoda-Insecta-Lepidoptera-Nymphalidae-Polygonia-c-album",
                "Animalia;Arthropoda;Insecta;Lepidoptera;Nymphalidae;Polygonia;Polygonia c-album",
            ),
            ("001.Black_footed_Albatross", "Black footed Albatross"),
            ("Gastropoda", "Gastropoda"),
            ("Les Me\u{301}lites", "Les Mélites"),
            ("a-b-c-d-e-f-g", "a-b-c-d-e-f-g"),
            ("1363227", "1363227"),
        ] {
            assert_eq!(truth_of_folder(folder), truth, "{folder}");
        }
    }
}
