//! Scientific names as people write them: authors, underscores, `sp.`, hybrids.

pub mod higher;
pub mod informal;
pub mod placeholder;
pub mod vernacular;

use crate::taxonomy::rank::Rank;
use unicode_normalization::UnicodeNormalization;

/// Words that stand for "no name" in tables of labels.
const NO_NAME: &[&str] = &[
    "",
    "na",
    "n/a",
    "nan",
    "none",
    "null",
    "unknown",
    "unassigned",
    "unclassified",
    "unidentified",
    "no blast hit",
    "not applicable",
    "?",
    "\\n",
    "-",
    "--",
    "<na>",
    "#n/a",
    "n.a.",
    "nil",
    "indet",
    "indet.",
    "no id",
    "no data",
    "no cv result",
    "no identification",
    "not available",
    "not classified",
    "not determined",
    "not identified",
    "undetermined",
    "unclassifiable",
    "unidentifiable",
    "inconnu",
    "inconnue",
    "indéterminé",
    "indéterminée",
    "non déterminé",
    "non déterminée",
    "non identifié",
    "non identifiée",
    "desconocida",
    "desconocido",
    "no identificado",
    "sin identificar",
    "keine",
    "keine angabe",
    "nicht bestimmt",
    "unbekannt",
    "unbestimmt",
];

/// A scientific name without authorship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScientificName {
    /// The name in one spelling: genus, epithet, infraspecific epithet, single spaces.
    pub canonical: String,
    /// Genus, species or subspecies (variety, form): what the shape of the name says.
    /// A single word is taken as a genus.
    pub rank: Rank,
}

impl ScientificName {
    /// The first word: the genus of a binomial.
    #[must_use]
    pub fn genus(&self) -> &str {
        self.canonical.split(' ').next().unwrap_or_default()
    }

    /// The binomial of a species or of a taxon below it; `None` for a genus and for a cross of two
    /// species, which is neither.
    #[must_use]
    pub fn binomial(&self) -> Option<String> {
        if hybrid_formula(&self.canonical).is_some() {
            return None;
        }
        let mut words = self.canonical.split(' ').filter(|word| *word != "×");
        Some(format!("{} {}", words.next()?, words.next()?))
    }
}

/// One spelling per name: Unicode NFC, underscores as spaces, single spaces, no surrounding space.
#[must_use]
pub fn normalise(text: &str) -> String {
    if is_normal(text) {
        return text.to_string();
    }
    let composed: String = text.nfc().map(|letter| if letter == '_' { ' ' } else { letter }).collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text is surely its own normal form: ASCII, single spaces inside only, no underscore.
fn is_normal(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'_';
    let bytes = text.as_bytes();
    let inner = |pair: &[u8]| plain(pair[0]) || (pair[0] == b' ' && plain(pair[1]));
    bytes.first().is_none_or(|first| plain(*first)) && bytes.last().is_none_or(|last| plain(*last)) && bytes.windows(2).all(inner)
}

/// The key under which two spellings of one name meet: normalised, lower case, no hybrid sign.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name;
///
/// for spelling in ["Mentha × piperita", "mentha_x_piperita", "Mentha  ×piperita "] {
///     assert_eq!(name::key(spelling), "mentha piperita");
/// }
/// ```
#[must_use]
pub fn key(text: &str) -> String {
    let lower = normalise(text).to_lowercase();
    if lower.is_ascii() && !lower.split(' ').any(|word| word == "x") {
        return lower;
    }
    let lower = lower.replace('×', " ");
    let words: Vec<&str> = lower.split(' ').filter(|word| !word.is_empty()).collect();
    // A hybrid sign stands before a name: the last word of `Bombus sp. X` is none.
    let is_sign = |(index, word): &(usize, &&str)| **word == "x" && index + 1 < words.len();
    words.iter().enumerate().filter(|word| !is_sign(word)).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// Whether a cell stands for "no name": empty, `NA`, `nan`, `Unknown`, `Unassigned`, `?`, ...
#[must_use]
pub fn is_missing(text: &str) -> bool {
    NO_NAME.contains(&text.trim().to_lowercase().as_str())
}

/// What a text was before its UTF-8 was read as Latin-1 (`CharanÃ§ons` → `Charançons`); `None`
/// where that is not what happened to it.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name::mojibake;
///
/// assert_eq!(mojibake("Le ChÃªne").as_deref(), Some("Le Chêne"));
/// assert_eq!(mojibake("Le Chêne"), None);
/// ```
#[must_use]
pub fn mojibake(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    // Windows-1252 is what browsers mean by Latin-1; its extra letters stand for the bytes 0x80 to 0x9f.
    let byte = |letter: char| u8::try_from(u32::from(letter)).ok().or_else(|| windows_1252(letter));
    let bytes: Vec<u8> = text.nfc().map(byte).collect::<Option<_>>()?;
    let mended = String::from_utf8(bytes).ok()?;
    (mended != text && !mended.contains(char::is_control)).then_some(mended)
}

fn windows_1252(letter: char) -> Option<u8> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    HIGH.chars().position(|high| high == letter).and_then(|index| u8::try_from(0x80 + index).ok())
}

/// Splits authorship off a scientific name; `None` when the text does not begin like a name.
///
/// Reads `Genus epithet (Author) Author, year`, `Genus sp.`, `Genus × epithet`, `Genus (Subgenus) epithet`, `Genus
/// 7-epithet`, `Genus epithet × Genus epithet`, `Genus epithet subsp. epithet`. Anything after the epithets is authorship.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name;
/// use nearmiss::taxonomy::rank::Rank;
///
/// let parsed = name::parse("Solidago velutina ssp. californica (Nutt.) Semple").ok_or("no name")?;
/// assert_eq!((parsed.canonical.as_str(), parsed.rank), ("Solidago velutina californica", Rank::Subspecies));
/// assert_eq!(parsed.binomial().as_deref(), Some("Solidago velutina"));
/// assert_eq!(name::parse("12 monkeys"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<ScientificName> {
    let text = without_subgenus(&normalise(text));
    if let Some((canonical, _)) = hybrid_formula(&text) {
        return Some(ScientificName { canonical, rank: Rank::Species });
    }
    let mut words = text.split(' ').peekable();
    let mut genus = words.next()?.to_string();
    if matches!(genus.as_str(), "×" | "x" | "X") {
        genus = words.next()?.to_string();
    }
    let genus = capitalised(genus.trim_start_matches('×'))?;
    let mut parts = vec![genus];
    let mut rank = Rank::Genus;
    while let Some(word) = words.next() {
        match word {
            "×" | "x" | "X" if words.peek().is_some_and(|next| is_epithet(next)) => {
                parts.push("×".to_string());
                continue;
            }
            "cf." | "aff." | "cf" | "aff" => continue,
            "sp." | "spp." | "sp" | "spp" | "ssp." | "spec." | "species" if rank == Rank::Genus => break,
            "subsp." | "ssp." | "subsp" | "ssp" | "var." | "var" | "f." | "forma" if rank >= Rank::Species => {
                let finer = match word {
                    "var." | "var" => Rank::Variety,
                    "f." | "forma" => Rank::Form,
                    _ => Rank::Subspecies,
                };
                let Some(epithet) = words.next().filter(|next| is_epithet(next)) else { break };
                parts.push(epithet.to_string());
                rank = finer;
                continue;
            }
            _ => {}
        }
        let epithet = word.trim_start_matches('×');
        if !is_epithet(epithet) || rank > Rank::Species {
            break;
        }
        if rank == Rank::Species && is_particle(word) {
            break;
        }
        rank = if rank == Rank::Genus { Rank::Species } else { Rank::Subspecies };
        if epithet.len() < word.len() {
            parts.push("×".to_string());
        }
        parts.push(epithet.to_string());
    }
    Some(ScientificName { canonical: parts.join(" "), rank })
}

/// Drops the subgenus of `Lepas (Anatifa) anatifera`: it is no authorship, for an epithet follows.
#[must_use]
pub fn without_subgenus(text: &str) -> String {
    match text.splitn(3, ' ').collect::<Vec<_>>()[..] {
        [genus, subgenus, rest]
            if subgenus.starts_with('(') && subgenus.ends_with(')') && rest.starts_with(char::is_lowercase) =>
        {
            format!("{genus} {rest}")
        }
        _ => text.to_string(),
    }
}

/// A cross of two species (`Lepomis auritus x L. cyanellus`), in one spelling: a taxon of its own,
/// in the genus that its parents share, if they do. `None` for anything else, a named hybrid
/// (`Mentha × piperita`) too.
#[must_use]
pub fn hybrid_formula(text: &str) -> Option<(String, Option<String>)> {
    let (left, right) = [" × ", " x ", " X "].into_iter().find_map(|sign| text.split_once(sign))?;
    let first = parse(left).filter(|parsed| parsed.rank >= Rank::Species)?;
    let word = right.split(' ').next()?;
    let same_genus = match word.chars().next()? {
        letter if letter.is_lowercase() => true,
        letter if word.ends_with('.') => first.genus().starts_with(letter),
        _ => word == first.genus(),
    };
    Some((format!("{left} × {right}"), same_genus.then(|| first.genus().to_string())))
}

fn capitalised(word: &str) -> Option<String> {
    let mut letters = word.chars();
    let first = letters.next().filter(|letter| letter.is_alphabetic())?;
    let rest: String = letters.collect();
    if !rest.chars().all(|letter| letter.is_alphabetic() || letter == '-') {
        return None;
    }
    Some(first.to_uppercase().chain(rest.to_lowercase().chars()).collect())
}

fn is_epithet(word: &str) -> bool {
    // `7-punctata`, and `10-punctata`.
    let numbered = word.split_once('-').filter(|(number, _)| (1..=3).contains(&number.len()) && is_number(number));
    let word = numbered.map_or(word, |(_, rest)| rest);
    word.chars().count() >= 2
        && word.chars().next().is_some_and(char::is_lowercase)
        && word.chars().all(|letter| letter.is_lowercase() || letter == '-')
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Lower-case words of authorship, not epithets (`Karl ex von Buch`).
fn is_particle(word: &str) -> bool {
    ["ex", "in", "et", "von", "van", "de", "da", "du", "del", "della", "den", "der", "la", "le", "non", "nec", "auct"]
        .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorship_goes_and_epithets_stay() {
        for (text, canonical, rank) in [
            ("Hyoscyamus albus L.", "Hyoscyamus albus", Rank::Species),
            ("Barbarea_vulgaris W.T. Aiton", "Barbarea vulgaris", Rank::Species),
            ("Fragaria × ananassa (Duchesne ex Weston) Duchesne ex Rozier", "Fragaria × ananassa", Rank::Species),
            ("Mentha ×piperita", "Mentha × piperita", Rank::Species),
            ("Papaver sp. (uncertain)", "Papaver", Rank::Genus),
            ("Solidago velutina ssp. californica", "Solidago velutina californica", Rank::Subspecies),
            ("Puma concolor couguar", "Puma concolor couguar", Rank::Subspecies),
            ("mytilus galloprovincialis", "Mytilus galloprovincialis", Rank::Species),
            ("Quercus robur auct. non L.", "Quercus robur", Rank::Species),
            ("Lepas (Anatifa) anatifera Linnaeus, 1758", "Lepas anatifera", Rank::Species),
            ("Lepas (Linnaeus, 1758)", "Lepas", Rank::Genus),
            ("Lepomis auritus x L. cyanellus", "Lepomis auritus × L. cyanellus", Rank::Species),
            ("Rosa canina var. dumalis Baker", "Rosa canina dumalis", Rank::Variety),
            ("Coccinella 7-punctata Linnaeus, 1758", "Coccinella 7-punctata", Rank::Species),
            ("Polygonia c-album", "Polygonia c-album", Rank::Species),
            ("Mentha X piperita", "Mentha × piperita", Rank::Species),
            ("X Triticosecale Wittm.", "Triticosecale", Rank::Genus),
            ("× Cuprocyparis leylandii", "Cuprocyparis leylandii", Rank::Species),
            ("Canis species", "Canis", Rank::Genus),
            ("Lepas 1758", "Lepas", Rank::Genus),
        ] {
            let parsed = parse(text).expect(text);
            assert_eq!((parsed.canonical.as_str(), parsed.rank), (canonical, rank), "{text}");
        }
        assert_eq!(parse("12 monkeys"), None);
    }

    #[test]
    fn a_cross_is_one_cross_however_its_sign_is_written() {
        let crosses = ["Acacia dealbata X longifolia", "Acacia dealbata x longifolia", "Acacia_dealbata_×_longifolia"];
        for text in crosses.map(normalise) {
            assert_eq!(hybrid_formula(&text), Some(("Acacia dealbata × longifolia".to_string(), Some("Acacia".to_string()))));
        }
        assert_eq!(hybrid_formula("Mentha X piperita"), None);
    }

    #[test]
    fn a_hybrid_has_a_binomial_without_its_sign() {
        assert_eq!(parse("Mentha × piperita L.").and_then(|name| name.binomial()).as_deref(), Some("Mentha piperita"));
        assert_eq!(parse("Mentha").and_then(|name| name.binomial()), None);
        assert_eq!(parse("Lepomis auritus x L. cyanellus").and_then(|name| name.binomial()), None);
    }

    #[test]
    fn decomposed_accents_are_composed() {
        assert_eq!(normalise("Les  Me\u{301}lites_orange\u{301}es "), "Les Mélites orangées");
    }

    #[test]
    fn the_short_way_of_plain_names_is_the_long_way() {
        for text in [
            "",
            "Apis",
            " Apis",
            "Apis ",
            "Apis  mellifera",
            "Apis mellifera L.",
            "Apis_mellifera",
            "Apis\tmellifera",
            "É",
            "x Apis",
        ] {
            let long: String = text.nfc().map(|letter| if letter == '_' { ' ' } else { letter }).collect();
            assert_eq!(normalise(text), long.split_whitespace().collect::<Vec<_>>().join(" "), "'{text}'");
        }
        assert_eq!(
            (key("Acacia dealbata X longifolia"), key("Bombus sp. X")),
            ("acacia dealbata longifolia".into(), "bombus sp. x".into())
        );
        assert_eq!(
            (key("Mentha x piperita"), key("Mentha ×piperita")),
            ("mentha piperita".to_string(), "mentha piperita".to_string())
        );
    }

    #[test]
    fn utf8_read_as_latin1_is_told_from_accents() {
        assert_eq!(mojibake("Les CharanÃ§ons verts").as_deref(), Some("Les Charançons verts"));
        assert_eq!(mojibake("Les CharanA\u{303}\u{a7}ons").as_deref(), Some("Les Charançons"), "composed first");
        assert_eq!(mojibake("Le ChÃªne"), Some("Le Chêne".to_string()));
        for text in ["Les Charançons verts", "Mélitée orangée", "Ærøskøbing", "plain"] {
            assert_eq!(mojibake(text), None, "{text}");
        }
    }

    #[test]
    fn words_for_nothing_are_nothing() {
        for text in ["", " NA", "NaN", "Unassigned", "No blast hit", "Unknown", "No CV Result", "Indéterminé", "--"] {
            assert!(is_missing(text), "{text}");
        }
        assert!(!is_missing("Nananthus"));
    }
}
