//! The geofence of `SpeciesNet` as it is published: rules by country for each of its labels.

use crate::answers::table::TableSource;
use crate::files::regular_file;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Countries, each with the regions that a rule is for; without any it is for the whole country.
type Countries = BTreeMap<String, Vec<String>>;

/// The rules of one label.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[serde(default)]
    allow: Countries,
    #[serde(default)]
    block: Countries,
}

impl Rules {
    /// Whether the label may be answered somewhere in a country, its region not being known.
    fn allows(&self, country: &str) -> bool {
        let is_blocked = self.block.get(country).is_some_and(Vec::is_empty);
        (self.allow.is_empty() || self.allow.contains_key(country)) && !is_blocked
    }
}

/// Labels, each allowed or not in every country that has a rule.
pub(super) struct CountryRules {
    /// Names, with the names above them joined by `;`.
    pub names: Vec<(String, String)>,
    /// Codes of countries.
    pub countries: Vec<String>,
    /// For each name whether it is allowed in each country.
    pub allowed: Vec<Vec<bool>>,
}

/// The rules that a file holds; `None` for any other file.
pub(super) fn read(source: &TableSource) -> Option<CountryRules> {
    let bytes = regular_file::read(source.file().filter(|path| path.is_file())?).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?.trim_start_matches('\u{feff}');
    let rules: BTreeMap<String, Rules> = text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok())??;
    let named: Vec<((String, String), &Rules)> =
        rules.iter().map(|(label, rules)| Some((name(label)?, rules))).collect::<Option<_>>()?;
    let countries: BTreeSet<&String> = rules.values().flat_map(|rules| rules.allow.keys().chain(rules.block.keys())).collect();
    let allowed = |rules: &Rules| countries.iter().map(|country| rules.allows(country)).collect();
    Some(CountryRules {
        allowed: named.iter().map(|(_, rules)| allowed(rules)).collect(),
        names: named.into_iter().map(|(name, _)| name).collect(),
        countries: countries.into_iter().cloned().collect(),
    })
}

/// The name of a label `class;order;family;genus;species`, of which the last may be empty, and those above it.
fn name(label: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = label.split(';').collect();
    let filled = &parts[..=parts.iter().rposition(|part| !part.is_empty())?];
    let (last, above) = filled.split_last().filter(|_| parts.len() == 5)?;
    let name = if let [_, _, _, genus] = above { format!("{genus} {last}") } else { (*last).to_string() };
    Some((name, above.join(";")))
}
