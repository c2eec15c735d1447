//! Tables in memory: the same scores as of the same table in a file, and the tables of a report as data frames.

use crate::folder::folder_with;
use nearmiss::answers::table::{TableOptions, TableSource, read_tables};
use nearmiss::report::scoring::{Scored, Scoring, Writing};
use nearmiss::report::{frames, values};
use nearmiss::scores::compare::runs::Comparing;
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::source::TaxonomySource;
use polars::prelude::{AnyValue, DataFrame, df};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Two runs over three genera: right, a wrong species, a wrong genus, an order off, a name that nobody knows, no answer.
const TABLE: &str = "image,truth,one,other,site
a.jpg,Carabus auratus,Carabus auratus,Carabus nemoralis,north
b.jpg,Carabus nemoralis,Carabus auratus,Carabus nemoralis,north
c.jpg,Calosoma sycophanta,Carabus auratus,,south
d.jpg,Apis mellifera,Calosoma sycophanta,Nobody knows,south
e.jpg,,Apis mellifera,Apis mellifera,south
";
const TAXONOMY: &str = "kingdom,class,order,family,genus,species
Animalia,Insecta,Coleoptera,Carabidae,Carabus,Carabus auratus
Animalia,Insecta,Coleoptera,Carabidae,Carabus,Carabus nemoralis
Animalia,Insecta,Coleoptera,Carabidae,Calosoma,Calosoma sycophanta
Animalia,Insecta,Hymenoptera,Apidae,Apis,Apis mellifera
";

/// The same table as columns of text.
fn frame() -> DataFrame {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |at: usize| -> Vec<Option<String>> {
        rows.iter().map(|row| Some(row[at].to_string()).filter(|cell| !cell.is_empty())).collect()
    };
    df!("image" => column(0), "truth" => column(1), "one" => column(2), "other" => column(3), "site" => column(4)).unwrap()
}

fn scored(source: impl Into<TableSource>) -> Scored {
    let taxonomy = Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("insects.csv")).unwrap();
    let mut scoring = Scoring::of(source);
    scoring.taxonomy = Some(TaxonomySource::Read { taxonomy: Arc::new(taxonomy), name: "insects".to_string() });
    scoring.table.predicted_columns = vec!["one".to_string(), "other".to_string()];
    scoring.table.group_columns = vec!["site".to_string()];
    scoring.run().unwrap()
}

/// `metrics.json` of a report, without what names its sources.
fn metrics(folder: &Path) -> Value {
    let mut metrics: Value = serde_json::from_slice(&std::fs::read(folder.join("metrics.json")).unwrap()).unwrap();
    let provenance = metrics["provenance"]["sources"].take();
    assert_eq!(provenance[0]["sha256"].as_str().map(str::len), Some(64), "{provenance}");
    metrics
}

#[test]
fn a_table_in_memory_has_the_scores_of_its_file() {
    let folder = folder_with(&[("table.csv", TABLE)]);
    let (file, held) = (scored(folder.path().join("table.csv")), scored(TableSource::held("table", frame())));
    let written = |scored: &Scored, name: &str| {
        scored.write(&folder.path().join(name), &Writing::default()).unwrap();
        metrics(&folder.path().join(name))
    };
    assert_eq!(written(&file, "file"), written(&held, "held"));
    for (left, right) in file.runs.iter().zip(&held.runs) {
        assert_eq!(values::of_scores(&left.1), values::of_scores(&right.1));
    }
}

#[test]
fn blanks_around_cells_are_no_part_of_them() {
    let padded = frame().padded();
    let (bare, padded) = (scored(TableSource::held("table", frame())), scored(TableSource::held("table", padded)));
    assert_eq!(values::of_scores(&bare.runs[0].1), values::of_scores(&padded.runs[0].1));
}

/// A table whose texts have blanks around them.
trait Padded {
    fn padded(self) -> DataFrame;
}

impl Padded for DataFrame {
    fn padded(self) -> DataFrame {
        let pad = |column: &polars::prelude::Column| {
            let cells: Vec<Option<String>> =
                column.str().unwrap().iter().map(|text| text.map(|text| format!(" {text}\u{a0}"))).collect();
            polars::prelude::Column::new(column.name().clone(), cells)
        };
        DataFrame::new(self.height(), self.columns().iter().map(pad).collect()).unwrap()
    }
}

/// The cell of a frame as a CSV file has it.
fn cell(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::Float64(number) => number.to_string(),
        AnyValue::Int64(number) => number.to_string(),
        AnyValue::Boolean(flag) => flag.to_string(),
        AnyValue::String(text) => (*text).to_string(),
        AnyValue::StringOwned(text) => text.to_string(),
        other => panic!("a column of {:?}", other.dtype()),
    }
}

#[test]
fn frames_are_the_tables_of_the_report_cell_by_cell() {
    let folder = folder_with(&[("table.csv", TABLE)]);
    let mut one = Scoring::of(folder.path().join("table.csv"));
    one.table.predicted_columns = vec!["one".to_string()];
    // Several runs and one: with and without the column `run`.
    for (scored, out) in [(scored(folder.path().join("table.csv")), "several"), (one.run().unwrap(), "one")] {
        scored.write(&folder.path().join(out), &Writing::default()).unwrap();
        for (name, frame) in [
            ("ranks.csv", frames::ranks(&scored.taxonomy, &scored.runs)),
            ("taxa.csv", frames::taxa(&scored.taxonomy, &scored.runs)),
            ("mistakes.csv", frames::mistakes(&scored.taxonomy, &scored.runs)),
            ("confusions.csv", frames::confusions(&scored.taxonomy, &scored.runs)),
        ] {
            let frame = frame.unwrap();
            let mut reader = csv::Reader::from_path(folder.path().join(out).join(name)).unwrap();
            let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
            assert_eq!(frame.get_column_names().iter().map(|name| name.as_str()).collect::<Vec<_>>(), names, "{name}");
            let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(frame.height(), rows.len(), "{name}");
            assert!(!rows.is_empty(), "{name}");
            for (row, cells) in rows.iter().enumerate() {
                let held: Vec<String> = frame.get_row(row).unwrap().0.iter().map(cell).collect();
                assert_eq!(held, cells.iter().collect::<Vec<_>>(), "{name}, row {row}");
            }
        }
    }
}

#[test]
fn every_image_has_its_outcome() {
    let scored = scored(TableSource::held("table", frame()));
    let images = frames::images(&scored.taxonomy, &scored.runs, scored.unreachable).unwrap();
    let column = |name: &str| -> Vec<String> {
        let column = images.column(name).unwrap();
        (0..images.height()).map(|row| cell(&column.get(row).unwrap())).collect()
    };
    assert_eq!(column("run"), [["one"; 5], ["other"; 5]].concat());
    // One: right; Carabus meets Carabus (1); Calosoma meets Carabus in the family (2); the bee meets the beetle in the
    // class (4). Other: a wrong species, right, no answer and an unknown one (the root, 7). The fifth has no truth.
    let outcomes = ["right", "wrong", "wrong", "wrong", "without_truth", "wrong", "right", "wrong", "wrong", "without_truth"];
    assert_eq!(column("outcome"), outcomes);
    assert_eq!(column("height"), ["0", "1", "2", "4", "", "1", "0", "7", "7", ""]);
    assert_eq!(column("lca_name")[..4], ["Carabus auratus", "Carabus", "Carabidae", "Insecta"]);
}

#[test]
fn what_is_in_memory_is_no_file_of_this_name() {
    // The name is that of a folder and of files that exist: nobody looks.
    for name in ["src", "Cargo.toml", "-"] {
        assert_eq!(scored(TableSource::held(name, frame())).runs.len(), 2, "{name}");
    }
    let empty = read_tables(TableSource::held("frame", frame().head(Some(0))), None, &TableOptions::default());
    assert_eq!(empty.map(|_| ()).unwrap_err().to_string(), "frame: the table is empty: it has no row");
}

#[test]
fn runs_are_called_what_they_are_named() {
    let one = frame().select(["image", "truth", "one"]).unwrap();
    let other = frame().select(["image", "truth", "other"]).unwrap();
    let mut comparing = Comparing::of(vec![TableSource::held("a", one), TableSource::held("a", other)]);
    comparing.names = vec!["bioclip".to_string(), "bioclip-2".to_string()];
    comparing.table.predicted_columns = vec![];
    comparing.table.truth_column = Some("truth".to_string());
    let refused = comparing.run().map(|_| ()).unwrap_err().to_string();
    // Neither column is called a prediction.
    assert!(refused.starts_with("a: "), "{refused}");
    let renamed = |frame: DataFrame, name: &str| {
        let mut frame = frame;
        frame.rename(name, "predicted".into()).unwrap();
        frame
    };
    let one = renamed(frame().select(["image", "truth", "one"]).unwrap(), "one");
    let other = renamed(frame().select(["image", "truth", "other"]).unwrap(), "other");
    comparing.runs = vec![TableSource::held("a", one), TableSource::held("a", other)];
    let compared = comparing.run().unwrap();
    let names: Vec<&str> = compared.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["bioclip", "bioclip-2"]);
}
