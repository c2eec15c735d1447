//! Counts of things in words: one image, two images.

use std::fmt::Display;

/// A count with what it counts.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::counted::counted;
///
/// assert_eq!(counted(1_usize, "image", "images"), "1 image");
/// assert_eq!(counted(0_usize, "image", "images"), "0 images");
/// ```
#[must_use]
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str, several: &str) -> String {
    format!("{count} {}", form(count, one, several))
}

/// The form of a word that goes with a count: 1 image *has*, 2 images *have*.
#[must_use]
pub fn form<'a, N: Copy + PartialEq + From<u8>>(count: N, one: &'a str, several: &'a str) -> &'a str {
    if count == N::from(1_u8) { one } else { several }
}
