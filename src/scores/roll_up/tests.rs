//! Against the programs that published the rules: `tests/parity/prior_parity.py` has run them.

use super::*;
use crate::answers::prior::TaxonWeights;
use serde_json::Value;
use std::path::Path;

#[test]
fn two_hundred_images_are_rolled_up_as_their_programs_do() {
    let fixture: Value = serde_json::from_str(include_str!("../../../tests/fixtures/roll_up.json")).unwrap();
    let labels: Vec<&str> = fixture["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
    // The first thirteen are species: `class;order;family;genus;epithet`.
    let mut table = "kingdom,class,order,family,genus,species\n".to_string();
    for label in &labels[..13] {
        let parts: Vec<&str> = label.split(';').collect();
        table.extend([format!("animal,{},{} {}\n", parts[..4].join(","), parts[3], parts[4])]);
    }
    let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("animals.csv")).unwrap();
    let taxon = |clade: &str| match clade.split(';').collect::<Vec<_>>()[..] {
        ["blank" | "nothing"] => TaxonId::ROOT,
        [.., genus, epithet] if clade.matches(';').count() == 4 => {
            taxonomy.resolve(&format!("{genus} {epithet}")).taxon().unwrap()
        }
        [.., last] => taxonomy.resolve(last).taxon().unwrap(),
        [] => panic!("no clade"),
    };
    let mut compared = [0, 0];
    for case in fixture["cases"].as_array().unwrap() {
        let mut scores: Vec<(TaxonId, f64)> = case["labels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (taxon(labels[usize::try_from(pair[0].as_u64().unwrap()).unwrap()]), pair[1].as_f64().unwrap()))
            .filter(|(_, score)| *score > 0.0)
            .collect();
        scores.sort_by_key(|(label, _)| *label);
        let allowed = case["allowed"].as_array().unwrap().iter();
        let allowed = allowed.map(|place| (taxon(labels[usize::try_from(place.as_u64().unwrap()).unwrap()]), 1.0)).collect();
        let weights = TaxonWeights::of(&taxonomy, allowed);
        // No rule of SpeciesNet's forbids the kingdom.
        let allows = |taxon: TaxonId| weights.of_taxon(&taxonomy, taxon) > 0.0;
        let found = RollUp::SpeciesNet.answer(&taxonomy, &scores, &allows);
        assert_eq!(taxonomy.name(found), taxonomy.name(taxon(case["speciesnet"].as_str().unwrap())), "{case}");
        compared[0] += 1;
        if let Some(expected) = case["antenna"].as_str() {
            let rule: RollUp = "antenna".parse().unwrap();
            assert_eq!(taxonomy.name(rule.answer(&taxonomy, &scores, &allows)), taxonomy.name(taxon(expected)), "{case}");
            compared[1] += 1;
        }
    }
    assert!(compared[0] == 200 && compared[1] > 100, "{compared:?}");
}

#[test]
fn words_are_rules_or_are_refused_with_what_there_is() {
    assert_eq!("antenna".parse(), Ok(RollUp::Antenna { thresholds: [0.8, 0.6, 0.4] }));
    for (word, part) in [
        ("camera", "none of speciesnet, antenna"),
        ("antenna=0", "above 0, up to 1"),
        ("antenna=x", "above 0, up to 1"),
        ("speciesnet=1", "are its own"),
    ] {
        let refused = word.parse::<RollUp>();
        assert!(refused.as_ref().is_err_and(|message| message.contains(part)), "{refused:?}");
    }
}
