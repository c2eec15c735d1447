//! XML, once it is known that reading it takes no longer than its length allows.

/// The most attributes of an element, and the most declarations of namespaces: the XML reader compares each
/// attribute with those before it, and keeps for each element the namespaces of all around it.
const MOST_ATTRIBUTES: usize = 1_000;
const MOST_NAMESPACES: usize = 1_000;

/// Reads a document; entities are not, so that nothing in it unfolds.
///
/// # Errors
///
/// A sentence without the file.
pub(super) fn parse(text: &str) -> Result<roxmltree::Document<'_>, String> {
    check(text).map_err(|what| format!("not readable as XML: {what}"))?;
    roxmltree::Document::parse(text).map_err(|error| format!("not readable as XML: {error}"))
}

/// Refuses XML whose reading would take far longer than its length.
fn check(text: &str) -> Result<(), String> {
    if text.matches("xmlns").nth(MOST_NAMESPACES).is_some() {
        return Err(format!("it declares more than {MOST_NAMESPACES} namespaces"));
    }
    let (mut in_tag, mut quote, mut attributes) = (false, None, 0);
    for byte in text.bytes() {
        if let Some(open) = quote {
            quote = quote.filter(|_| byte != open);
            continue;
        }
        match byte {
            b'\'' | b'"' if in_tag => quote = Some(byte),
            b'<' => (in_tag, attributes) = (true, 0),
            b'>' => in_tag = false,
            b'=' if in_tag => attributes += 1,
            _ => {}
        }
        if attributes > MOST_ATTRIBUTES {
            return Err(format!("an element has more than {MOST_ATTRIBUTES} attributes"));
        }
    }
    Ok(())
}
