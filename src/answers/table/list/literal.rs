//! Values as Python, numpy and JSON write them.

use crate::answers::table::dict;

/// Lists in lists beyond this are none of answers.
const DEEPEST: usize = 16;

/// What numpy and torch write around a value.
const WRAPPERS: &[&str] = &[
    "array",
    "tensor",
    "list",
    "tuple",
    "set",
    "frozenset",
    "str_",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
];

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Nothing,
    Flag,
    Text(String),
    /// A number, and how it is written.
    Number(f64, String),
    List(Vec<Literal>),
    Pairs(Vec<(String, Literal)>),
}

/// The value that a text is, all of it; `None` where it is none.
pub(super) fn parse(text: &str) -> Option<Literal> {
    let mut reader = Reader { rest: text };
    let literal = reader.value(0)?;
    reader.rest.trim_start().is_empty().then_some(literal)
}

/// What of a text is not read yet.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Passes over a mark, if that comes next.
    fn passes(&mut self, mark: char) -> bool {
        self.rest = self.rest.trim_start();
        let behind = self.rest.strip_prefix(mark);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Literal> {
        if depth > DEEPEST {
            return None;
        }
        if self.passes('[') {
            return self.items(']', depth);
        }
        if self.passes('(') {
            return self.items(')', depth);
        }
        if self.passes('{') {
            // A dictionary, or a set of Python.
            let inner = self.rest;
            return self.pairs(depth).or_else(|| {
                self.rest = inner;
                self.items('}', depth)
            });
        }
        if self.rest.starts_with(['\'', '"']) { self.text().map(Literal::Text) } else { self.word(depth) }
    }

    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let (text, behind) = dict::quoted(self.rest)?;
        self.rest = behind;
        Some(text)
    }

    /// Items up to the end mark; numpy writes no commas between them.
    fn items(&mut self, end: char, depth: usize) -> Option<Literal> {
        let mut items = vec![];
        let mut commas = 0;
        while !self.passes(end) {
            items.push(self.value(depth + 1)?);
            commas += usize::from(self.passes(','));
        }
        match (end, commas) {
            // Brackets around one value are no tuple.
            (')', 0) if items.len() == 1 => items.pop(),
            (')' | '}', 0) if items.len() > 1 => None,
            _ => (commas == 0 || commas + 1 >= items.len()).then_some(Literal::List(items)),
        }
    }

    fn pairs(&mut self, depth: usize) -> Option<Literal> {
        let mut pairs = vec![];
        while !self.passes('}') {
            let key = self.text()?;
            if !self.passes(':') {
                return None;
            }
            pairs.push((key, self.value(depth + 1)?));
            if !self.passes(',') && !self.rest.starts_with('}') {
                return None;
            }
        }
        Some(Literal::Pairs(pairs))
    }

    /// A number, a constant, or a value in what numpy writes around it.
    fn word(&mut self, depth: usize) -> Option<Literal> {
        let belongs = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '+' | '-');
        let end = self.rest.find(|letter| !belongs(letter)).unwrap_or(self.rest.len());
        let (word, behind) = self.rest.split_at(end);
        self.rest = behind;
        match word {
            "None" | "null" | "nan" | "NaN" => Some(Literal::Nothing),
            "True" | "true" | "False" | "false" => Some(Literal::Flag),
            "u" if behind.starts_with(['\'', '"']) => self.text().map(Literal::Text),
            _ if behind.starts_with('(') => self.wrapped(word, depth),
            _ if word.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+' | '.')) => {
                word.parse().ok().map(|number| Literal::Number(number, word.to_string()))
            }
            _ => None,
        }
    }

    /// `array([...], dtype=object)`, `np.float64(0.5)`.
    fn wrapped(&mut self, word: &str, depth: usize) -> Option<Literal> {
        let wrapper = word.rsplit('.').next().unwrap_or(word);
        if !WRAPPERS.contains(&wrapper) || !self.passes('(') {
            return None;
        }
        if self.passes(')') {
            return Some(Literal::List(vec![]));
        }
        let literal = self.value(depth + 1)?;
        if self.passes(')') {
            return Some(literal);
        }
        let (setting, behind) = self.rest.split_once(')')?;
        self.rest = behind;
        setting.starts_with(',').then_some(literal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "compared with what parsing gives")]
    fn texts(items: &[&str]) -> Option<Literal> {
        Some(Literal::List(items.iter().map(|item| Literal::Text((*item).to_string())).collect()))
    }

    #[test]
    fn python_numpy_and_json_write_one_list() {
        for text in [
            r#"["a", "b's"]"#,
            r#"['a', "b's"]"#,
            r"('a', 'b\'s')",
            "['a' \"b's\"]",
            "['a'\n \"b's\"]",
            r#"array(['a', "b's"], dtype='<U3')"#,
            r#"[np.str_('a'), np.str_("b's")]"#,
            r#"[u'a', u"b's",]"#,
        ] {
            assert_eq!(parse(text), texts(&["a", "b's"]), "{text}");
        }
        assert_eq!(parse("[0.5 1.]"), parse("array([0.5 1.])"));
        assert_eq!(parse("('a')"), Some(Literal::Text("a".to_string())));
    }

    #[test]
    fn other_texts_are_no_values() {
        for text in [
            "Apis mellifera",
            "[americana Group]",
            "[98.2%]",
            "(Linnaeus, 1758)",
            "['a'",
            "['a']]",
            "['a' 'b', 'c']",
            "('a' 'b')",
            "['a' ... 'b']",
            "[,]",
            "{a: 1}",
            "{'a' 1}",
            "exec('a')",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(parse(&deep), None);
    }
}
