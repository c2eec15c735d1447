//! Blank, person, vehicle, beside the taxonomy.

use super::super::document::{Block, Table};
use super::super::text::{count, counted, decimal, decimal_of, percent_of};
use crate::numbers::statistics::to_f64;
use crate::scores::Scores;
use crate::scores::non_taxa::{NonTaxonScores, answers};

/// The section of a run; nothing where the source speaks of taxa alone.
pub(super) fn blocks(scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let Some(found) = &scores.non_taxa else { return vec![] };
    let mut blocks = vec![heading("Blank, person, vehicle"), Block::Paragraph(said(found)), Block::Paragraph(exact(found))];
    if let Some(mistakes) = mistakes(found) {
        blocks.push(Block::Table(mistakes));
    }
    blocks.extend([Block::Table(classes(found)), Block::Table(confusion(found))]);
    if !found.costs.is_empty() {
        blocks.extend([Block::Paragraph(price(found)), Block::Table(costs(found))]);
    }
    blocks
}

/// How many are told apart, in a sentence.
fn said(found: &NonTaxonScores) -> String {
    let mut text = format!(
        "Scored beside the taxonomy, all of whose taxa are one class here, animal. Of {} of a known class, {} are answered with \
         it. Declined (answered unknown, or not at all): {}.",
        counted(found.n, "image", "images"),
        percent_of(found, "accuracy"),
        count(found.declined)
    );
    if found.unknown_truth + found.without_truth + found.unreadable > 0 {
        let rest = format!(
            " Not counted: {} of unknown class, {} without a truth, {} unreadable.",
            count(found.unknown_truth),
            count(found.without_truth),
            count(found.unreadable)
        );
        text.push_str(&rest);
    }
    text
}

/// The share that other programs give.
fn exact(found: &NonTaxonScores) -> String {
    format!("Taxa and classes together, as a list of classes without a tree counts, {} are right.", percent_of(found, "exact"))
}

/// The mistakes that have a price of their own in the field.
fn mistakes(found: &NonTaxonScores) -> Option<Table> {
    let mut table = Table::new(&[("answered wrongly", false), ("share (95 % interval)", true)]);
    for (words, metric, value) in [
        ("an animal is answered blank: it is missed", "missed_animals", found.missed_animals),
        ("a blank is answered as an animal", "false_animals", found.false_animals),
        ("a person is answered as an animal", "persons_as_animals", found.persons_as_animals),
    ] {
        if value.is_some() {
            table.push([words.to_string(), percent_of(found, metric)]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn classes(found: &NonTaxonScores) -> Table {
    let mut table = Table::new(&[
        ("class", false),
        ("images", true),
        ("answered so", true),
        ("precision (95 % interval)", true),
        ("recall (95 % interval)", true),
        ("F1 (95 % interval)", true),
    ]);
    for class in &found.classes {
        let [precision, recall, f1] = ["precision", "recall", "f1"].map(|metric| percent_of(class, metric));
        table.push([class.class.clone(), count(class.images), count(class.answered), precision, recall, f1]);
    }
    let none = String::new;
    table.push(["mean of classes".to_string(), count(found.n), none(), none(), none(), percent_of(found, "macro_f1")]);
    table
}

/// A row for each class that is shown, a column for each that is answered.
fn confusion(found: &NonTaxonScores) -> Table {
    let answers = answers([found]);
    let heads = answers.iter().map(|answer| (answer.as_str(), true));
    let mut table = Table::new(&[("shown, and answered as", false)].into_iter().chain(heads).collect::<Vec<_>>());
    for class in found.classes.iter().filter(|class| class.images > 0) {
        let cells = answers.iter().map(|answer| count(class.answered_as(answer)));
        table.rows.push(std::iter::once(class.class.clone()).chain(cells).collect());
    }
    table
}

fn price(found: &NonTaxonScores) -> String {
    format!(
        "By the costs of classes an image costs {} on average, all {} cost {}.",
        decimal_of(found, "cost_mean", 3),
        count(found.n),
        decimal(found.cost_total, 1)
    )
}

fn costs(found: &NonTaxonScores) -> Table {
    let mut table =
        Table::new(&[("truth", false), ("taken for", false), ("cost of one", true), ("images", true), ("cost", true)]);
    for entry in &found.costs {
        let cost = decimal(Some(entry.cost * to_f64(entry.images)), 1);
        table.push([entry.truth.clone(), entry.answer.clone(), entry.cost.to_string(), count(entry.images), cost]);
    }
    let other = count(found.other);
    table.push(["any other mistake".to_string(), String::new(), "1".to_string(), other, decimal(Some(to_f64(found.other)), 1)]);
    table
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::report::language::Language;
    use crate::report::scoring::{Scoring, Writing};
    use std::fs;
    use std::path::PathBuf;

    const TABLE: &str = "image,truth,predicted\n\
        1,Vulpes vulpes,Vulpes vulpes\n2,Vulpes vulpes,Lynx lynx\n3,Vulpes vulpes,blank\n4,Vulpes vulpes,No CV Result\n\
        5,blank,Lynx lynx\n6,vide,vac\u{ed}o\n7,human,Vulpes vulpes\n8,Unknown,Vulpes vulpes\n";

    /// The folder of the report of a table, by the costs of classes where there are any.
    fn report(table: &str, costs: Option<&str>) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        fs::write(&path, table).unwrap();
        let mut scoring = Scoring::of(path);
        if let Some(rows) = costs {
            let path = folder.path().join("costs.csv");
            fs::write(&path, rows).unwrap();
            scoring.costs = Some(path);
        }
        let out = folder.path().join("out");
        scoring.run().unwrap().write(&out, &Writing::default()).unwrap();
        (folder, out)
    }

    #[test]
    fn a_table_with_blanks_has_a_section_a_table_and_a_block() {
        let (_folder, out) = report(TABLE, Some("animal,blank,5\n"));
        let page = fs::read_to_string(out.join("report.md")).unwrap();
        for part in
            ["Blank, person, vehicle", "an animal is answered blank: it is missed", "shown, and answered as", "cost of one"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        let rows = fs::read_to_string(out.join("non_taxa.csv")).unwrap();
        let rows: Vec<&str> = rows.lines().collect();
        assert!(rows[0].starts_with("class,images,answered,right,precision,precision_low"), "{rows:?}");
        assert!(rows[0].ends_with(",answered_animal,answered_blank,answered_person,answered_unknown"), "{rows:?}");
        // Of four foxes two are answered as animals, one as blank, one not; so are a blank and a person.
        assert!(rows[1].starts_with("animal,4,4,2,0.5,") && rows[1].ends_with(",2,1,0,1"), "{rows:?}");
        let metrics: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("metrics.json")).unwrap()).unwrap();
        assert_eq!(metrics["accounting"]["not_a_taxon"], 3);
        assert_eq!(metrics["non_taxa"]["classes"]["blank"]["confusion"]["animal"], 1);
        // The missed fox 5; the declined one, the false animal and the person 1 each.
        assert_eq!(metrics["non_taxa"]["cost_total"], 8.0);
        assert!(metrics.get("costs").is_none());
        let taxa = fs::read_to_string(out.join("taxa.csv")).unwrap().to_lowercase();
        assert!(["blank", "vide", "human"].iter().all(|word| !taxa.contains(word)), "{taxa}");
        for sentence in [
            "a blank is answered as an animal",
            "answered wrongly",
            "3 of 8 images show no taxon: they are scored as detection, not as taxa",
        ] {
            assert!(page.contains(sentence) && Language::French.translate(sentence).is_some(), "{sentence}");
        }
    }

    #[test]
    fn photographs_that_are_all_blank_have_a_report() {
        let (_folder, out) = report("image,truth,predicted\n1,blank,empty\n2,blank,Vulpes vulpes\n", None);
        let metrics: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("metrics.json")).unwrap()).unwrap();
        assert_eq!(metrics["accounting"]["scored"], 0);
        assert_eq!(metrics["non_taxa"]["false_animals"], 0.5);
        assert!(metrics["non_taxa"]["missed_animals"].is_null() && out.join("index.html").is_file());
        let (_folder, out) = report("image,truth,predicted\n1,Vulpes vulpes,Vulpes vulpes\n2,Unknown,Lynx lynx\n", None);
        assert!(!out.join("non_taxa.csv").exists());
    }
}
