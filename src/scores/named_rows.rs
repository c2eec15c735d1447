//! Rows of lists in `metrics.json` by the names that gates give them: `novelty.detection.genus.all.energy`.

use serde_json::Value;

/// The lists of the block `novelty`, where they lie, and the fields that tell their rows apart.
const LISTS: [(&str, &str, &[&str]); 4] = [
    ("rows", "/rows", &["reach"]),
    ("detection", "/detection", &["rank", "among", "score"]),
    ("open_set", "/open_set", &["score"]),
    ("back_off", "/back_off/rows", &["at", "images"]),
];

/// The rows of the block `novelty`, each under its name.
pub(super) fn of(novelty: &Value) -> Vec<(String, &Value)> {
    let rows = |(list, place, fields): &(&str, &str, &[&str])| -> Vec<(String, &Value)> {
        let rows = novelty.pointer(place).and_then(Value::as_array);
        rows.into_iter().flatten().map(|row| (format!("{list}.{}", name(row, fields)), row)).collect()
    };
    LISTS.iter().flat_map(rows).collect()
}

/// Fields joined by points, words by underscores; a level without a rank is that of the labels.
fn name(row: &Value, fields: &[&str]) -> String {
    let field = |field: &&str| row[*field].as_str().unwrap_or("labels").replace(' ', "_");
    fields.iter().map(field).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_named_by_what_tells_them_apart() {
        let novelty = json!({
            "novel": 3,
            "rows": [{ "reach": "new species of a known genus", "n": 1 }],
            "detection": [{ "rank": "genus", "among": "all", "score": "energy" }, { "rank": null, "among": "novel", "score": "margin" }],
            "back_off": { "rows": [{ "at": "own", "images": "known" }] },
        });
        let names: Vec<String> = of(&novelty).into_iter().map(|(name, _)| name).collect();
        let expected = [
            "rows.new_species_of_a_known_genus",
            "detection.genus.all.energy",
            "detection.labels.novel.margin",
            "back_off.own.known",
        ];
        assert_eq!(names, expected);
        assert!(of(&Value::Null).is_empty());
    }
}
