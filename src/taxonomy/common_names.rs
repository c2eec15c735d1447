//! Common names as people write them: several in a cell, with an article before or behind, with accents or without.

use super::folded::folded;
use super::name;
use super::name::vernacular::bare_key;
use super::taxon::TaxonId;
use std::collections::HashMap;

/// Articles that may stand in brackets behind a name.
const ARTICLES: &[&str] = &["le", "la", "les", "l'", "l", "un", "une", "the", "el", "los", "las", "der", "die", "das"];

/// The names of a cell: what stands between separators, but for those inside brackets. A `/` separates only
/// between spaces (`Comma / Hop merchant`, and not `Common/Somali ostrich`).
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::common_names::split;
///
/// assert_eq!(split("Gamma (Le), Dentelle (La)", &[',']), ["Gamma (Le)", "Dentelle (La)"]);
/// assert_eq!(split("Waterfowl (ducks, geese)", &[',']), ["Waterfowl (ducks, geese)"]);
/// ```
#[must_use]
pub fn split<'t>(cell: &'t str, separators: &[char]) -> Vec<&'t str> {
    let has_brackets = cell.matches('(').count() == cell.matches(')').count();
    let (mut names, mut depth, mut start) = (vec![], 0_u32, 0);
    for (at, letter) in cell.char_indices() {
        match letter {
            '(' if has_brackets => depth += 1,
            ')' if has_brackets => depth = depth.saturating_sub(1),
            '/' if separators.contains(&'/') && !is_between_spaces(cell, at) => {}
            _ if depth == 0 && separators.contains(&letter) => {
                names.push(&cell[start..at]);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    names.push(&cell[start..]);
    let mut met: Vec<&str> = vec![];
    for name in names.into_iter().map(str::trim).filter(|name| !name::is_missing(name)) {
        if !met.contains(&name) {
            met.push(name);
        }
    }
    met
}

fn is_between_spaces(cell: &str, at: usize) -> bool {
    cell[..at].ends_with(' ') && cell[at + 1..].starts_with(' ')
}

/// The key of a name without accents and without its article, before it or behind it: `gamma` of `Gamma (Le)`.
fn bare(key: &str) -> String {
    let key = folded(key);
    let behind = key.strip_suffix(')').and_then(|key| key.rsplit_once(" ("));
    match behind.filter(|(_, article)| ARTICLES.contains(&article.trim())) {
        Some((name, _)) => bare_key(name),
        None => bare_key(&key),
    }
}

/// Taxa by their common names.
#[derive(Debug, Clone, Default)]
pub(super) struct CommonNameIndex {
    /// By the names as they are written.
    written: HashMap<String, Vec<TaxonId>>,
    /// By the names without accents and articles.
    bare: HashMap<String, Vec<TaxonId>>,
}

impl CommonNameIndex {
    /// Takes in a name of a taxon; the names of one taxon come one after the other.
    pub(super) fn push(&mut self, text: &str, taxon: TaxonId) {
        let key = name::key(text);
        push(&mut self.bare, bare(&key), taxon);
        push(&mut self.written, key, taxon);
    }

    /// The taxa of a name as it is written, by its key.
    pub(super) fn written(&self, key: &str) -> Option<&[TaxonId]> {
        self.written.get(key).map(Vec::as_slice)
    }

    /// The taxa of a name but for accents and articles, by its key.
    pub(super) fn bare(&self, key: &str) -> Option<&[TaxonId]> {
        self.bare.get(&bare(key)).map(Vec::as_slice)
    }
}

fn push(index: &mut HashMap<String, Vec<TaxonId>>, key: String, taxon: TaxonId) {
    let taxa = index.entry(key).or_default();
    if taxa.last() != Some(&taxon) {
        taxa.push(taxon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_split_outside_brackets() {
        assert_eq!(split("Oeil bleu (L'), Robert-le-diable (Le)", &[',']), ["Oeil bleu (L')", "Robert-le-diable (Le)"]);
        assert_eq!(split("Ducks, Geese, and Waterfowl", &['|']), ["Ducks, Geese, and Waterfowl"]);
        assert_eq!(split("Common/Somali Ostrich / Autruche", &['/']), ["Common/Somali Ostrich", "Autruche"]);
        assert_eq!(split("a, NA, a, b (", &[',']), ["a", "b ("]);
        assert!(split(" ", &[',']).is_empty());
    }

    #[test]
    fn articles_accents_and_ligatures_do_not_matter() {
        let mut index = CommonNameIndex::default();
        index.push("Œil bleu (L')", TaxonId(1));
        index.push("Vanesse des pariétaires", TaxonId(2));
        index.push("La Belle-Dame", TaxonId(3));
        for (text, taxon) in [
            ("Oeil bleu", 1),
            ("L’œil bleu", 1),
            ("oeil bleu (l')", 1),
            ("VANESSE DES PARIETAIRES", 2),
            ("Belle-Dame (La)", 3),
            ("belle-dame", 3),
        ] {
            assert_eq!(index.bare(&name::key(text)), Some(&[TaxonId(taxon)][..]), "{text}");
        }
        assert_eq!(index.written(&name::key("Oeil bleu")), None);
        assert_eq!(index.bare(&name::key("dame")), None);
    }
}
