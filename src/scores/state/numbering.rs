//! Names of images that have none of their own: they are numbered, over all parts.

/// The name of an image that is called by its number (`17`, `row 17`), behind so many images of other parts.
#[must_use]
pub(super) fn behind(name: &str, others: u64) -> String {
    let words = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    match name[words.len()..].parse::<u64>() {
        Ok(number) => format!("{words}{}", number.saturating_add(others)),
        Err(_) => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_behind_those_of_other_parts() {
        assert_eq!(
            ["0", "row 9", "2021 row 1", "a.jpg", ""].map(|name| behind(name, 3)),
            ["3", "row 12", "2021 row 4", "a.jpg", ""]
        );
    }
}
