//! Lists of answers in one text: names, pairs of name and score, dictionaries.

mod entry;
mod literal;

use super::score;
use super::words::{DETECTIONS, IDS, IMAGES, MEASURES, OBSERVATION_IDS, POSITIONS, SCORES, normalised, rank_word};
use entry::{entry, has_ranks};
use literal::Literal;

pub(super) use entry::Listed;

/// The answers of a cell that is a JSON or Python list: names, pairs of name and score, dictionaries with a label and a
/// score, or a dictionary of scores by name; `None` if it is none.
pub(super) fn answers(text: &str) -> Option<Vec<Listed>> {
    match literal_of(text)? {
        Literal::List(items) => of_items(&items),
        Literal::Pairs(pairs) => of_scores(&pairs).or_else(|| of_one(&pairs)),
        _ => None,
    }
}

/// The numbers of a cell that is a list of numbers.
pub(super) fn numbers(text: &str) -> Option<Vec<Option<f64>>> {
    let Literal::List(items) = literal_of(text)? else { return None };
    let number = |item: &Literal| match item {
        Literal::Nothing => Some(None),
        Literal::Number(number, _) => Some(Some(*number)),
        Literal::Text(text) if is_fraction(text) => Some(score::number(text)),
        _ => None,
    };
    let numbers: Vec<Option<f64>> = items.iter().map(number).collect::<Option<_>>()?;
    numbers.iter().any(Option::is_some).then_some(numbers)
}

/// A text without the brackets around all of it: `[Poa annua, Poa trivialis]`.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = |open: char, close: char| text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
    inner('[', ']').or_else(|| inner('{', '}')).unwrap_or(text)
}

/// Reads what may be a list or a dictionary: most cells are told by their first letter.
fn literal_of(text: &str) -> Option<Literal> {
    let text = text.trim();
    let opens = text.starts_with(['[', '(', '{'])
        || ["array(", "np.array(", "tensor(", "set(", "frozenset("].iter().any(|begin| text.starts_with(begin));
    (opens && text.ends_with([']', ')', '}'])).then(|| literal::parse(text)).flatten()
}

/// A dictionary of one answer; ranks with their names are a label, which others read.
fn of_one(pairs: &[(String, Literal)]) -> Option<Vec<Listed>> {
    if has_ranks(pairs) { None } else { entry(pairs).map(|only| vec![only]) }
}

fn of_items(items: &[Literal]) -> Option<Vec<Listed>> {
    match items {
        // `('Apis mellifera', 0.8)`: one answer.
        [Literal::Text(_), Literal::Number(..)] | [Literal::Number(..), Literal::Text(_)] => {
            Some(vec![pair(&items[0], &items[1])?])
        }
        // A list of one list: a batch of one.
        [Literal::List(inner)] => match item(&items[0]) {
            Some(only) => Some(vec![only]),
            None if inner.iter().any(is_number) => None,
            None => of_items(inner),
        },
        _ if !items.is_empty() && items.iter().all(|item| matches!(item, Literal::Text(text) if is_fraction(text))) => None,
        _ if items.iter().any(is_number) && !items.iter().all(|item| is_number(item) || *item == Literal::Nothing) => None,
        _ => items.iter().map(item).collect(),
    }
}

fn is_number(item: &Literal) -> bool {
    matches!(item, Literal::Number(..))
}

/// One item of a list.
fn item(item: &Literal) -> Option<Listed> {
    let named = |label: &str| Some(Listed { label: label.to_string(), score: None });
    match item {
        Literal::Text(text) => named(text),
        Literal::Nothing => named(""),
        // Ids of taxa; fractions are scores.
        Literal::Number(_, written) => written.parse::<u64>().ok().and_then(|_| named(written)),
        Literal::List(parts) => match &parts[..] {
            [Literal::Text(text)] => named(text),
            [one, other] => pair(one, other),
            _ => None,
        },
        Literal::Pairs(pairs) => entry(pairs),
        Literal::Flag => None,
    }
}

/// A name and its score, in either order.
fn pair(one: &Literal, other: &Literal) -> Option<Listed> {
    let listed = |label: &str, score: Option<f64>| Some(Listed { label: label.to_string(), score });
    match (one, other) {
        (Literal::Text(text), Literal::Number(number, _)) | (Literal::Number(number, _), Literal::Text(text)) => {
            listed(text, Some(*number))
        }
        (Literal::Text(text), Literal::Nothing) => listed(text, None),
        (Literal::Text(text), Literal::Text(score)) if is_fraction(score) && !is_fraction(text) => {
            listed(text, score::number(score))
        }
        _ => None,
    }
}

/// Whether a text is a number that is no id: `0.8`, `80%`.
fn is_fraction(text: &str) -> bool {
    text.contains(['.', ',', '%']) && score::number(text).is_some()
}

/// `{"Apis mellifera": 0.9, "Bombus terrestris": 0.1}`; keys that are usual names of columns are no names of taxa.
fn of_scores(pairs: &[(String, Literal)]) -> Option<Vec<Listed>> {
    let listed = |(key, value): &(String, Literal)| {
        let score = match value {
            Literal::Number(number, _) => Some(*number),
            Literal::Nothing => None,
            _ => return None,
        };
        (!is_column(key)).then(|| Listed { label: key.clone(), score })
    };
    let listed: Vec<Listed> = pairs.iter().map(listed).collect::<Option<_>>()?;
    listed.iter().any(|listed| listed.score.is_some()).then_some(listed)
}

fn is_column(key: &str) -> bool {
    let key = normalised(key);
    let lists = [IMAGES, OBSERVATION_IDS, IDS, POSITIONS, SCORES, DETECTIONS, MEASURES];
    key.is_empty() || rank_word(&key).is_some() || lists.into_iter().flatten().any(|word| *word == key)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let answers = answers(text).unwrap_or_else(|| panic!("{text} is no list"));
        let shown = |listed: &Listed| listed.score.map_or(listed.label.clone(), |score| format!("{} {score}", listed.label));
        answers.iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn lists_of_names_and_of_names_with_scores() {
        for text in [
            "['Apis mellifera', 'Bombus']",
            "[\"Apis mellifera\",\"Bombus\"]",
            "['Apis mellifera' 'Bombus']",
            "[['Apis mellifera', 'Bombus']]",
            "{'Apis mellifera', 'Bombus'}",
            "frozenset({'Apis mellifera', 'Bombus'})",
        ] {
            assert_eq!(shown(text), "Apis mellifera, Bombus", "{text}");
        }
        for text in [
            r#"[["Apis mellifera", 0.8], ["Bombus", 0.1]]"#,
            "[('Apis mellifera', 0.8), ('Bombus', 0.1)]",
            "(('Apis mellifera', np.float32(0.8)), ('Bombus', np.float32(0.1)))",
            "[(0.8, 'Apis mellifera'), (0.1, 'Bombus')]",
            "[['Apis mellifera', '0.8'], ['Bombus', '10%']]",
            r#"[{"label": "Apis mellifera", "score": 0.8}, {"label": "Bombus", "score": 0.1}]"#,
            "[{'confidence': 0.8, 'class_name': 'Apis mellifera'}, {'prob': 0.1, 'class': 'Bombus'}]",
            r#"{"Apis mellifera": 0.8, "Bombus": 0.1}"#,
        ] {
            assert_eq!(shown(text), "Apis mellifera 0.8, Bombus 0.1", "{text}");
        }
        assert_eq!(shown("('Apis mellifera', 0.8)"), "Apis mellifera 0.8");
        assert_eq!(shown("{'label': 'Apis mellifera', 'score': 0.8}"), "Apis mellifera 0.8");
        assert_eq!((shown("[17, 18]"), shown("['17', '18']"), shown("[]")), ("17, 18".into(), "17, 18".into(), String::new()));
        assert_eq!((shown("{17, 18}"), shown("{'Apis'}"), shown("set()")), ("17, 18".into(), "Apis".into(), String::new()));
        assert_eq!(answers("[None, 'Apis']").unwrap().len(), 2);
    }

    #[test]
    fn dictionaries_keep_the_ranks_that_they_give() {
        for (text, expected) in [
            (
                r#"[{"species": "Apis mellifera", "genus": "Apis", "family": "Apidae", "confidence": 0.4}]"#,
                "f__Apidae;g__Apis;s__Apis mellifera 0.4",
            ),
            (r#"[{"order": "Hymenoptera", "score": 0.4}]"#, "o__Hymenoptera 0.4"),
            (r#"[{"name": "Hymenoptera", "rank": "order"}, {"name": "Apis", "rank": "genus"}]"#, "o__Hymenoptera, g__Apis"),
            (r#"[{"taxon": {"name": "Insecta", "rank": "class"}, "vision_score": 0.5, "combined_score": 90}]"#, "c__Insecta 90"),
            (
                r#"[{"score": 0.5, "species": {"scientificNameWithoutAuthor": "Acer rubrum", "scientificNameAuthorship": "L.",
                    "genus": {"scientificNameWithoutAuthor": "Acer"}, "family": {"scientificNameWithoutAuthor": "Sapindaceae"}}}]"#,
                "f__Sapindaceae;g__Acer;s__Acer rubrum 0.5",
            ),
            (r#"[{"class": "Apis mellifera", "score": 0.4}, {"class": null, "score": 0.1}]"#, "Apis mellifera 0.4,  0.1"),
            (r#"[{"rank": 1, "label": "Apis mellifera", "score": "40%"}]"#, "Apis mellifera 0.4"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_answers() {
        for text in [
            "Apis mellifera",
            "[americana Group]",
            "[98.2%]",
            "(Linnaeus, 1758)",
            "k__Fungi;p__Ascomycota",
            "{'genus': 'Carabus', 'score': 0.9}",
            "{'xmin': 0.1, 'ymin': 0.2}",
            "{'species': 0.9, 'genus': 0.95}",
            "{'score': 0.9}",
            "[0.8, 0.1]",
            "['0.8', '0.1']",
            "[[0.1, 0.2], [0.3, 0.4]]",
            "[[1, 2], [3, 4]]",
            "[['a', 'b'], ['c', 'd']]",
            "[[1, 2, 3, 4]]",
            "['Apis', 1, 2]",
            "[True, False]",
            "{'name': 'Carabus auratus', 'genus': 'Carabus', 'score': 0.9}",
            "[{'bbox': [1, 2, 3, 4], 'score': 0.4}]",
            "{}",
            "",
        ] {
            assert_eq!(answers(text), None, "{text}");
        }
    }

    #[test]
    fn lists_of_numbers_are_scores() {
        assert_eq!(numbers("[0.8, None, 1]"), Some(vec![Some(0.8), None, Some(1.0)]));
        assert_eq!(numbers("[0.8 0.1]"), numbers("array([0.8, 0.1])"));
        assert_eq!(numbers("['0.8', '10%']"), Some(vec![Some(0.8), Some(0.1)]));
        for text in ["[]", "[None]", "['a', 0.8]", "['17', '18']", "0.8", "(0.8)", "[98.2%]"] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }

    #[test]
    fn a_long_text_takes_no_longer_than_its_length() {
        let many = format!("[{}]", vec!["[\"Apis mellifera\", 0.5]"; 200_000].join(","));
        assert_eq!(answers(&many).unwrap().len(), 200_000);
        for text in ["(".repeat(1_000_000) + ")", "['".repeat(500_000) + "]", "array(1,".repeat(100_000) + ")"] {
            assert_eq!(answers(&text), None);
        }
    }
}
