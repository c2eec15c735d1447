//! Small files of other programs, each of a kind that was once read wrong: what must come out of them.
//!
//! Needs the folder `shared/cases` beside the checkout (or `NEARMISS_SHARED`); says so when it is absent.

use crate::program::{Outcome, nearmiss, says};
use crate::shared::shared;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// The files of a case in a folder of their own, so that nothing is written beside them.
fn case(name: &str) -> Option<TempDir> {
    let source = shared(&format!("cases/{name}"))?;
    let folder = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(&source).into_iter().map(Result::unwrap) {
        let path = folder.path().join(entry.path().strip_prefix(&source).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::write(path, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
    Some(folder)
}

/// A report that was written, with its numbers.
struct Scored {
    outcome: Outcome,
    metrics: Value,
}

impl Scored {
    /// `nearmiss report` with these arguments, which must be done without anything skipped.
    fn of(folder: &TempDir, line: &str) -> Scored {
        let outcome = report(folder, line);
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        let metrics = serde_json::from_slice(&fs::read(folder.path().join("out/metrics.json")).unwrap()).unwrap();
        Scored { outcome, metrics }
    }

    /// One of several runs.
    fn run(self, name: &str) -> Scored {
        let runs = self.metrics["runs"].as_array().unwrap_or_else(|| panic!("one run: {:?}", self.outcome));
        let run = runs.iter().find(|run| run["run"] == name).unwrap_or_else(|| panic!("no run '{name}': {:?}", self.outcome));
        Scored { metrics: run.clone(), outcome: self.outcome }
    }

    /// `rank n percent` of every rank that has images.
    fn ranks(&self) -> Vec<String> {
        let rows = self.metrics["ranks"].as_array().unwrap_or_else(|| panic!("several runs: {:?}", self.outcome));
        let row = |row: &Value| {
            let (n, right) = (row["n"].as_u64().unwrap(), row["path_top1"].as_f64());
            right.map(|right| format!("{} {n} {:.1}", row["rank"].as_str().unwrap(), 100.0 * right))
        };
        rows.iter().filter(|row| row["n"] != 0).filter_map(row).collect()
    }

    fn species(&self) -> &Value {
        self.metrics["ranks"].as_array().unwrap().iter().find(|row| row["rank"] == "species").unwrap()
    }

    fn accounted(&self, part: &str) -> u64 {
        self.metrics["accounting"][part].as_u64().unwrap()
    }

    /// Mistakes of scored images.
    fn wrong(&self) -> (u64, u64) {
        (self.metrics["how_wrong"]["mistakes"].as_u64().unwrap(), self.accounted("scored"))
    }
}

fn report(folder: &TempDir, line: &str) -> Outcome {
    let mut arguments = vec!["report"];
    arguments.extend(line.split(' '));
    arguments.extend(["-o", "out", "--force"]);
    nearmiss(folder.path(), &arguments)
}

/// The one message of a report that must not be made.
fn refused(folder: &TempDir, line: &str) -> String {
    let outcome = report(folder, line);
    assert_eq!(outcome.code, 2, "{line}: {outcome:?}");
    assert!(outcome.stderr.contains("error: "), "{line}: {outcome:?}");
    outcome.stderr
}

/// What is said on checking a taxonomy in which nothing is wrong.
fn checked(folder: &TempDir, source: &str) -> String {
    let outcome = nearmiss(folder.path(), &["taxonomy", "check", source]);
    assert_eq!(outcome.code, 0, "{source}: {outcome:?}");
    says(&outcome.stdout, &["no problem found"]);
    outcome.stdout
}

/// How many taxa of a rank a check counts.
fn count(checked: &str, rank: &str) -> u64 {
    let number = |line: &str| line.trim().strip_prefix(rank)?.trim().parse().ok();
    checked.lines().find_map(number).unwrap_or(0)
}

fn counts<const N: usize>(checked: &str, ranks: [&str; N]) -> [u64; N] {
    ranks.map(|rank| count(checked, rank))
}

const SEVEN: [&str; 7] = ["kingdom", "phylum", "class", "order", "family", "genus", "species"];

fn shown(folder: &TempDir, taxon: &str, taxonomy: &str) -> String {
    let outcome = nearmiss(folder.path(), &["taxonomy", "show", taxon, "--taxonomy", taxonomy]);
    assert_eq!(outcome.code, 0, "{taxon}: {outcome:?}");
    outcome.stdout
}

/// Status, step and taxon of every name.
fn resolved(folder: &TempDir, taxonomy: &str) -> Vec<[String; 3]> {
    let outcome = nearmiss(folder.path(), &["taxonomy", "resolve", "names.csv", "--taxonomy", taxonomy]);
    assert!(outcome.code < 2, "{outcome:?}");
    let mut table = csv::Reader::from_reader(outcome.stdout.as_bytes());
    let columns = ["status", "step", "taxon"].map(|name| table.headers().unwrap().iter().position(|cell| cell == name).unwrap());
    table.records().map(Result::unwrap).map(|row| columns.map(|column| row[column].to_string())).collect()
}

fn taxa(rows: &[[String; 3]]) -> Vec<&str> {
    rows.iter().map(|[.., taxon]| taxon.as_str()).collect()
}

#[test]
fn names_with_every_word_capitalised_are_species() {
    let Some(folder) = case("01-title-case") else { return };
    let alone = Scored::of(&folder, "species.csv");
    assert_eq!(alone.ranks(), ["genus 4 75.0", "species 4 25.0"]);
    assert_eq!(alone.wrong(), (3, 4));
    let placed = Scored::of(&folder, "species.csv --taxonomy tax.csv");
    assert_eq!(placed.ranks(), ["family 4 75.0", "genus 4 75.0", "species 4 25.0"]);
    assert_eq!((placed.wrong(), placed.accounted("outside_taxonomy")), ((3, 4), 0));
    let outcome = nearmiss(folder.path(), &["compare", "two.csv", "-o", "compared"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let compared: Value = serde_json::from_slice(&fs::read(folder.path().join("compared/compare.json")).unwrap()).unwrap();
    let names = compared["model_names"].as_array().unwrap();
    let exact = names.iter().map(|name| compared[name.as_str().unwrap()]["scores"]["exact"].as_f64().unwrap());
    assert_eq!(exact.map(|exact| format!("{exact:.3}")).collect::<Vec<_>>(), ["0.333", "1.000"]);
}

#[test]
fn english_names_are_no_genera() {
    let Some(folder) = case("02-english-lower-case") else { return };
    let scored = Scored::of(&folder, "table.csv");
    assert_eq!((scored.ranks(), scored.wrong()), (vec!["species 4 0.0".to_string()], (4, 4)));
    says(&scored.outcome.stderr, &["warning: ", "common names", "taxonomy"]);
}

#[test]
fn a_column_of_numbers_for_every_class() {
    let Some(folder) = case("03-column-per-class") else { return };
    let scored = Scored::of(&folder, "wide.csv");
    assert_eq!(scored.ranks(), ["genus 4 75.0", "species 4 50.0"]);
    assert_eq!(scored.wrong(), (2, 4));
    // Whole distributions: sums and a calibration.
    assert!(scored.metrics.get("why_no_distribution").is_none(), "{}", scored.metrics["why_no_distribution"]);
    assert!(scored.metrics["calibration"].is_object() && scored.species()["summed_top1"].is_number(), "{}", scored.species());
}

#[test]
fn lists_of_answers_in_one_cell() {
    let Some(folder) = case("04-lists-in-cells") else { return };
    for line in ["pipeline.json --truth truth.csv", "pairs.csv", "names.csv --predicted-column top5"] {
        let scored = Scored::of(&folder, line);
        assert_eq!(scored.wrong(), (1, 2), "{line}");
        assert_eq!(scored.species()["path_top1"], 0.5, "{line}");
        // The other one is the second answer: (1 + 1/2) / 2.
        assert_eq!(scored.species()["path_mrr"], 0.75, "{line}");
    }
}

#[test]
fn confidences_behind_the_names_of_a_lineage() {
    let Some(folder) = case("05-confidences-in-lineages") else { return };
    for line in ["sintax.tsv --truth truth.tsv", "sintax_raw.tsv --truth truth.tsv"] {
        let scored = Scored::of(&folder, line);
        let mut expected: Vec<String> = SEVEN[..6].iter().map(|rank| format!("{rank} 3 66.7")).collect();
        expected.push("species 3 33.3".to_string());
        assert_eq!((scored.ranks(), scored.wrong()), (expected, (2, 3)), "{line}");
    }
}

#[test]
fn scientific_names_beside_the_ranks_above() {
    let Some(folder) = case("06-scientificname-beside-ranks") else { return };
    for source in ["birds.csv", "species.csv"] {
        let said = checked(&folder, source);
        assert_eq!(counts(&said, ["order", "family", "genus", "species"]), [2, 2, 2, 2], "{said}");
    }
    for source in ["birds.csv", "species.csv", "ebird.csv"] {
        let scored = Scored::of(&folder, &format!("table.csv --taxonomy {source}"));
        let expected = ["order 2 50.0", "family 2 50.0", "genus 2 50.0", "species 2 50.0"];
        assert_eq!((scored.ranks(), scored.wrong()), (expected.map(str::to_string).to_vec(), (1, 2)), "{source}");
    }
    for taxon in ["ostric2", "Common Ostrich", "Struthio camelus"] {
        let said = shown(&folder, taxon, "ebird.csv");
        says(&said, &["species 'Struthio camelus'", "Common Ostrich", "Struthionidae"]);
        assert!(!said.contains("(Ostriches)"), "{said}");
    }
    says(&shown(&folder, "Greater Rhea", "ebird.csv"), &["species 'Rhea americana'"]);
}

#[test]
fn scores_with_decimal_commas() {
    let Some(folder) = case("07-decimal-commas") else { return };
    let scored = Scored::of(&folder, "ranked.csv");
    assert_eq!(scored.ranks(), ["genus 1 100.0", "species 1 100.0"]);
    assert_eq!(scored.wrong(), (0, 1));
}

#[test]
fn quoted_cells_between_tabs() {
    let Some(folder) = case("08-wfo-quoted-cells") else { return };
    let said = checked(&folder, "classification.csv");
    assert_eq!(counts(&said, ["family", "genus", "species"]), [1, 1, 2], "{said}");
    says(&said, &["5 rows = 4 taxa + 1 synonym"]);
    says(&shown(&folder, "Aster amelloides", "classification.csv"), &["species 'Aster amellus'", "family       Asteraceae"]);
}

#[test]
fn photographs_are_joined_by_the_longest_common_end_of_their_paths() {
    let Some(folder) = case("09-join-by-end-of-path") else { return };
    let scored = Scored::of(&folder, "predictions.csv --truth truth.csv");
    assert_eq!((scored.accounted("images"), scored.wrong()), (3, (0, 3)));
    // Endings in another case; the third photograph has no truth there.
    let scored = Scored::of(&folder, "predictions.csv --truth case.csv");
    assert_eq!((scored.wrong(), scored.species()["path_top1"].as_f64()), ((0, 2), Some(1.0)));
    // Folders of another site.
    for line in ["unique.csv --truth other_site2.csv", "predictions.csv --truth other_site.csv"] {
        let said = refused(&folder, line);
        assert!(said.contains("IMG_0001"), "{line}: {said}");
    }
}

#[test]
fn words_for_nothing_are_no_taxa() {
    let Some(folder) = case("10-placeholders-as-taxa") else { return };
    let scored = Scored::of(&folder, "unite.tsv --truth unite_truth.tsv");
    let expected =
        ["kingdom 3 66.7", "phylum 3 66.7", "class 3 66.7", "order 2 50.0", "family 2 50.0", "genus 1 0.0", "species 1 0.0"];
    assert_eq!((scored.ranks(), scored.wrong()), (expected.map(str::to_string).to_vec(), (1, 3)));
    let scored = Scored::of(&folder, "wi.csv --truth wi_truth.csv");
    let expected = ["class 4 50.0", "order 4 50.0", "family 4 50.0", "genus 4 50.0", "species 4 25.0"];
    assert_eq!((scored.ranks(), scored.wrong()), (expected.map(str::to_string).to_vec(), (3, 4)));
    // A blank and "No CV Result".
    assert_eq!(scored.metrics["accounting"]["of_scored"]["no_answer"], 2, "{}", scored.metrics["accounting"]);
}

#[test]
fn rank_columns_with_words_around_them() {
    let Some(folder) = case("11-rank-columns-with-affixes") else { return };
    for source in ["inat_export.csv", "taxonomy_summary.tsv"] {
        let said = checked(&folder, source);
        assert_eq!(counts(&said, SEVEN), [1; 7], "{source}: {said}");
    }
    for taxon in ["47219", "Western Honey Bee"] {
        says(&shown(&folder, taxon, "inat_export.csv"), &["species 'Apis mellifera'", "Hymenoptera"]);
    }
    for taxon in ["10090", "house mouse"] {
        says(&shown(&folder, taxon, "taxonomy_summary.tsv"), &["species 'Mus musculus'", "Muridae"]);
    }
    says(&shown(&folder, "10088", "taxonomy_summary.tsv"), &["genus 'Mus'"]);
}

#[test]
fn synonyms_of_flat_lists() {
    let Some(folder) = case("12-synonyms-of-flat-lists") else { return };
    assert_eq!(resolved(&folder, "specieslist.tsv"), [["matched", "synonym", "1341976"].map(str::to_string)]);
    let said = checked(&folder, "lookup.csv");
    assert_eq!(counts(&said, ["family", "genus", "species"]), [1, 2, 1], "{said}");
    says(&shown(&folder, "1341976", "lookup.csv"), &["species 'Apis mellifera'"]);
}

#[test]
fn tables_of_lineages_are_taxonomies_or_are_refused_with_what_to_do() {
    let Some(folder) = case("13-lineage-tables-as-taxonomy") else { return };
    for (source, phyla, genera, known) in [("taxonomy.tsv", 2, 1, "Streptococcus"), ("silva_headers.tsv", 3, 2, "Vibrio")] {
        let outcome = nearmiss(folder.path(), &["taxonomy", "check", source]);
        if outcome.code == 2 {
            says(&outcome.stderr, &["error: ", source]);
            assert!(!outcome.stderr.contains("several roots"), "{outcome:?}");
            continue;
        }
        assert_eq!(counts(&outcome.stdout, ["phylum", "genus"]), [phyla, genera], "{outcome:?}");
        says(&shown(&folder, known, source), &[format!("genus '{known}'").as_str(), "Bacteria"]);
        for nothing in ["Feature ID", "uncultured", "uncultured bacterium"] {
            let outcome = nearmiss(folder.path(), &["taxonomy", "show", nothing, "--taxonomy", source]);
            assert_eq!(outcome.code, 2, "'{nothing}' is no taxon: {outcome:?}");
        }
    }
}

#[test]
fn labels_of_trees() {
    let Some(folder) = case("14-tree-labels") else { return };
    let rows = resolved(&folder, "opentree.nwk");
    assert_eq!(taxa(&rows), ["579", "579", "170077", "560323"]);
    assert!(rows.iter().all(|[status, ..]| status == "matched"), "{rows:?}");
    checked(&folder, "double_quotes.nwk");
    let tree = nearmiss::taxonomy::Taxonomy::named(folder.path().join("double_quotes.nwk").to_str().unwrap()).unwrap();
    let mut leaves: Vec<&str> = tree.leaves().iter().map(|&leaf| tree.name(leaf)).collect();
    leaves.sort_unstable();
    assert_eq!(leaves, ["A", "B", "C;C", "D"]);
}

#[test]
fn json_in_every_shape() {
    let Some(folder) = case("15-json-shapes") else { return };
    for shape in ["by_image", "fiftyone", "megadetector", "names_by_image"] {
        let line = format!("{shape}.json --truth truth.csv");
        if report(&folder, &line).code == 2 {
            let said = refused(&folder, &line);
            assert!(said.contains(shape) && !said.contains("exactly one array of objects"), "{said}");
            continue;
        }
        let scored = Scored::of(&folder, &line);
        assert_eq!((scored.ranks(), scored.wrong()), (vec!["genus 2 100.0".into(), "species 2 50.0".into()], (1, 2)), "{shape}");
    }
}

#[test]
fn tables_that_are_not_utf_8() {
    let Some(folder) = case("16-tables-not-utf8") else { return };
    let packed = Scored::of(&folder, "table.csv.gz");
    assert_eq!((packed.ranks(), packed.wrong()), (vec!["genus 1 100.0".into(), "species 1 100.0".into()], (0, 1)));
    says(&refused(&folder, "latin1.csv"), &["latin1.csv", "--encoding"]);
    assert_eq!(Scored::of(&folder, "latin1.csv --encoding latin1").wrong(), (0, 1));
    // The workbook has no sheet.
    says(&refused(&folder, "table.xlsx"), &["table.xlsx", "Excel"]);
}

#[test]
fn class_names_that_hold_a_lineage() {
    let Some(folder) = case("17-class-names-of-data-sets") else { return };
    let scored = Scored::of(&folder, "inat21.csv");
    let mut expected: Vec<String> = SEVEN[..6].iter().map(|rank| format!("{rank} 2 100.0")).collect();
    expected.push("species 2 50.0".to_string());
    assert_eq!((scored.ranks(), scored.wrong()), (expected, (1, 2)));
    assert_eq!(scored.accounted("outside_taxonomy"), 0);
}

#[test]
fn a_score_column_that_is_named_is_no_run() {
    let Some(folder) = case("18-score-column-taken-as-a-run") else { return };
    let scored = Scored::of(&folder, "detections.csv --truth truth.csv --score-column confidence_in_pred");
    // An empty photograph is no species: it is scored beside them, and with them as a list of classes would.
    assert_eq!((scored.ranks(), scored.wrong()), (vec!["species 2 50.0".to_string()], (1, 2)));
    assert_eq!(scored.metrics["non_taxa"]["exact"], 2.0 / 3.0);
    assert_eq!(scored.metrics["non_taxa"]["classes"]["blank"]["recall"], 1.0);
    assert_eq!(scored.accounted("images"), 3);
}

#[test]
fn columns_of_programs_for_sounds_and_sequences() {
    let Some(folder) = case("20-first-words-of-columns") else { return };
    let scored = Scored::of(&folder, "birdnet.selection.txt --truth birdnet_truth.txt");
    assert_eq!((scored.ranks(), scored.wrong()), (vec!["species 2 50.0".to_string()], (1, 2)));
    let kraken = "kraken2.txt --truth kraken_truth.tsv --taxonomy taxdump";
    for line in [kraken.to_string(), format!("{kraken} --truth-image-column read --truth-column taxid")] {
        let scored = Scored::of(&folder, &line);
        let ranks = scored.ranks();
        assert!(ranks.ends_with(&["genus 3 66.7".into(), "species 3 33.3".into()]), "{line}: {ranks:?}");
        assert_eq!(scored.wrong(), (2, 3), "{line}");
        assert_eq!(scored.metrics["accounting"]["of_scored"]["no_answer"], 1, "{line}");
    }
}

#[test]
fn every_common_name_of_a_cell() {
    let Some(folder) = case("22-first-vernacular-only") else { return };
    let rows = resolved(&folder, "taxref");
    assert_eq!(taxa(&rows), ["53759", "53759", "53759", "53759", "53760", "53760", "53759"]);
}

#[test]
fn crosses_are_no_parents_and_authors_tell_namesakes_apart() {
    let Some(folder) = case("23-hybrids-and-homonyms-of-synonyms") else { return };
    let rows = resolved(&folder, "a.tsv");
    assert_eq!(taxa(&rows), ["", "", "", "3", "2"]);
    let statuses: Vec<&str> = rows.iter().map(|[status, ..]| status.as_str()).collect();
    assert_eq!(statuses, ["unmatched", "unmatched", "unmatched", "matched", "matched"]);
}

#[test]
fn english_truths_beside_lineages_that_name_them() {
    let Some(folder) = case("24-speciesnet-english-truth") else { return };
    // The ensemble's answer; the classifier's list is a run of its own.
    let scored = Scored::of(&folder, "predictions.json --truth truth.csv --truth-column common").run("prediction");
    let ranks = scored.ranks();
    assert!(ranks.ends_with(&["genus 3 66.7".into(), "species 3 33.3".into()]), "{ranks:?}");
    // The blank one shows no taxon; the one that failed has no answer.
    assert_eq!((scored.wrong(), scored.accounted("images"), scored.accounted("not_a_taxon")), ((2, 3), 4, 1));
}

#[test]
fn labels_in_a_column_called_name() {
    let Some(folder) = case("25-labels-column-called-name") else { return };
    let outcome = nearmiss(folder.path(), &["retrieve", "vectors.npy", "--labels", "labels.csv", "-m", "recall@1"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let line = outcome.stdout.lines().find(|line| line.contains("recall@1")).unwrap_or_else(|| panic!("{outcome:?}"));
    assert!(line.contains("1.000"), "{outcome:?}");
}
