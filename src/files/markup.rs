//! Names as text in HTML, SVG, Markdown and LaTeX, never as markup.

/// A letter that may stand in a document: control characters, which XML forbids, as U+FFFD.
fn plain(letter: char) -> char {
    if letter.is_control() && !matches!(letter, '\n' | '\r' | '\t') { '\u{fffd}' } else { letter }
}

/// Text as it stands in HTML and SVG, attributes included.
#[must_use]
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(plain(letter)),
        }
    }
    escaped
}

/// Text in one line of Markdown, in cells of tables too.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '\\' | '[' | ']' => escaped.extend(['\\', letter]),
            '<' => escaped.push_str("&lt;"),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(plain(letter)),
        }
    }
    escaped
}

/// Text in one line of LaTeX.
#[must_use]
pub fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => escaped.extend(['\\', letter]),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(plain(letter)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(html("</script>\"'&\u{1}"), "&lt;/script&gt;&quot;&#39;&amp;\u{fffd}");
        assert_eq!(markdown("a|b\n`<c>[d](e)\u{0}"), "a\\|b \\`&lt;c>\\[d\\](e)\u{fffd}");
        assert_eq!(
            latex("\\input{x}%$&#_~^\n"),
            "\\textbackslash{}input\\{x\\}\\%\\$\\&\\#\\_\\textasciitilde{}\\textasciicircum{} "
        );
    }
}
