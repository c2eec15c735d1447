//! What the licence of a photograph allows.

/// Whether a small copy may stand in a report: public domain, Creative Commons without ND, Etalab's and other
/// open licences. What is not known is not allowed.
#[must_use]
pub fn allows_copies(licence: &str) -> bool {
    let text = licence.trim().to_lowercase().replace(['_', ' '], "-");
    if text.contains("all-rights-reserved")
        || text.split(['-', '/']).any(|word| word == "nd" || word == "noderivatives" || word == "noderivs")
    {
        return false;
    }
    let open = [
        "cc0",
        "cc-0",
        "publicdomain",
        "public-domain",
        "cc-by",
        "licenses/by",
        "creative-commons-attribution",
        "etalab",
        "licence-ouverte",
        "open-licence",
    ];
    open.iter().any(|word| text.contains(word)) || ["mit", "pd", "pdm", "odbl"].contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::allows_copies;

    #[test]
    fn open_licences_allow_copies_and_others_do_not() {
        for licence in
            ["cc-by-sa", "CC BY 4.0", "CC0", "https://creativecommons.org/licenses/by-nc/4.0/", "Etalab 2.0", "Public Domain"]
        {
            assert!(allows_copies(licence), "{licence}");
        }
        for licence in ["cc-by-nd", "CC BY-NC-ND 4.0", "all rights reserved", "research only", "", "unknown"] {
            assert!(!allows_copies(licence), "{licence}");
        }
    }
}
