//! What identifies a taxon whose source gives it no id: its lineage, or a digest of one that is long.
//!
//! Lineages grow with the depth of a tree, and those of all nodes of a deep one with its square. So a lineage of
//! more than 512 bytes stands as the first half of the SHA-256 of its parent's identity, `;` and its name: as
//! good as unique, the same wherever the same lineage is met, and of one length at any depth.

use std::fmt::Write as _;

/// The longest lineage, in bytes, that stands as it is.
pub const LONGEST_LINEAGE: usize = 512;

/// Begins an identity that is a digest.
pub const DIGEST: &str = "sha256:";

/// Half a SHA-256.
pub(super) type Digest = [u8; 16];

/// The identity of a taxon by its parent's (empty below the root) and its own name.
#[must_use]
pub fn below(parent: &str, name: &str) -> String {
    if is_digest(parent) || parent.len() + 1 + name.len() > LONGEST_LINEAGE {
        return written(digest(parent, name));
    }
    if parent.is_empty() { name.to_string() } else { format!("{parent};{name}") }
}

/// The identity of the last taxon of a lineage of names.
#[must_use]
pub fn of_lineage<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().fold(String::new(), |above, name| below(&above, name))
}

/// The digest that stands for the lineage of a name below a parent.
pub(super) fn digest(parent: &str, name: &str) -> Digest {
    let whole = crate::files::sha256::digest([parent.as_bytes(), b";", name.as_bytes()]);
    let mut half = Digest::default();
    half.copy_from_slice(&whole[..16]);
    half
}

/// A digest as an identity.
pub(super) fn written(digest: Digest) -> String {
    digest.iter().fold(DIGEST.to_string(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of an identity that is one.
pub(super) fn read(identity: &str) -> Option<Digest> {
    let hex = identity.strip_prefix(DIGEST).filter(|hex| hex.len() == 32)?;
    let mut digest = Digest::default();
    for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().as_chunks::<2>().0) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}

/// The part of a URL or LSID that is the id: `https://www.inaturalist.org/taxa/123` and
/// `urn:lsid:marinespecies.org:taxname:123` are 123.
pub(super) fn bare_id(id: &str) -> &str {
    if id.starts_with("http://") || id.starts_with("https://") {
        id.trim_end_matches('/').rsplit('/').next().unwrap_or(id)
    } else if id.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("urn:lsid:")) {
        id.rsplit(':').next().unwrap_or(id)
    } else {
        id
    }
}

/// The name and the id of a label of Open Tree's: `Felis_catus_ott563166`; the name of one that has none is empty.
pub(super) fn open_tree(label: &str) -> Option<(&str, &str)> {
    let at = label.rfind("ott")?;
    let (name, id) = (&label[..at], &label[at + 3..]);
    let is_behind = name.is_empty() || name.ends_with(['_', ' ']);
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    (is_behind && is_number).then(|| (name.trim_end_matches(['_', ' ']), id))
}

fn is_digest(identity: &str) -> bool {
    read(identity).is_some()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn labels_of_open_tree_hold_an_id() {
        assert_eq!(open_tree("Felis_catus_ott563166"), Some(("Felis_catus", "563166")));
        assert_eq!(open_tree("ott93302"), Some(("", "93302")));
        for label in ["Felis_catus", "Felis_scott12", "mrcaott2ott148", "Felis ott12a"] {
            assert_eq!(open_tree(label), None, "{label}");
        }
    }

    #[test]
    fn a_lineage_stands_as_it_is_up_to_512_bytes() {
        assert_eq!(of_lineage(["Plantae", "Rosaceae", "Rosa"]), "Plantae;Rosaceae;Rosa");
        assert_eq!(below("", &"x".repeat(511)).len(), 511);
        assert!(below("a", &"x".repeat(511)).starts_with(DIGEST));
        // A name of its own length is cut nowhere.
        assert_ne!(below("", &"x".repeat(70_000)), below("", &"x".repeat(70_001)));
    }

    #[test]
    fn digests_go_on_from_digests_and_differ_by_name_and_parent() {
        let names: Vec<String> = (0..3000).map(|step| format!("n{step}")).collect();
        let deep = of_lineage(names.iter().map(String::as_str));
        assert_eq!((deep.len(), written(read(&deep).unwrap())), (DIGEST.len() + 32, deep.clone()));
        assert_eq!(below(&deep, "x"), written(digest(&deep, "x")));
        assert_ne!(below(&deep, "x"), below(&deep, "y"));
        assert_ne!(below(&deep, "x"), below(&of_lineage(names[1..].iter().map(String::as_str)), "x"));
        assert_eq!(read("sha256:é23456789012345678901234567890é"), None);
    }
}
