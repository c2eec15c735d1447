//! What is said of a table that cannot be read: the file, the line, the columns and the option.

use crate::table::{error, file, usual};
use nearmiss::answers::table::{TableOptions, read_tables};
use std::path::Path;
use tempfile::TempDir;

#[test]
fn messages_name_the_file_the_columns_and_the_option() {
    let named = |option: &str, column: &str| {
        let mut options = usual();
        match option {
            "truth" => options.truth_column = Some(column.to_string()),
            "predicted" => options.predicted_columns = vec![column.to_string()],
            "score" => options.score_column = Some(column.to_string()),
            _ => options.image_column = Some(column.to_string()),
        }
        options
    };
    let table = "image,verity,guess\na,Felis catus,Lynx lynx\n";
    let columns = "columns: 'image', 'verity', 'guess'";
    for (options, expected) in [
        (
            usual(),
            format!(
                "DIR/table.csv: no column is recognisable as the prediction; {columns}. Name it with --predicted-column (repeat it for several runs)"
            ),
        ),
        (
            named("predicted", "guess"),
            format!(
                "DIR/table.csv: no column is recognisable as the truth, and the image paths have no class folders; {columns}. Name it with --truth-column, or give a second table with --truth"
            ),
        ),
        (
            named("predicted", "gues"),
            format!("DIR/table.csv: no column 'gues' (from --predicted-column); did you mean 'guess'?; {columns}"),
        ),
        (
            TableOptions { predicted_columns: vec!["guess".into()], ..named("truth", "x") },
            format!("DIR/table.csv: no column 'x' (from --truth-column); {columns}"),
        ),
        (
            TableOptions { predicted_columns: vec!["guess".into()], ..named("score", "Verty") },
            format!("DIR/table.csv: no column 'Verty' (from --score-column); did you mean 'verity'?; {columns}"),
        ),
        (named("image", "photo"), format!("DIR/table.csv: no column 'photo' (from --image-column); {columns}")),
    ] {
        assert_eq!(error(table, &options), expected);
    }
}

#[test]
fn faults_of_files_have_messages() {
    let missing = read_tables(Path::new("/nowhere/table.csv"), None, &usual()).map(|_| ()).unwrap_err().to_string();
    assert!(missing.starts_with("/nowhere/table.csv: cannot read the table: "), "{missing}");
    for (text, expected) in [
        ("", "DIR/table.csv: the table is empty: it has no row"),
        ("image,truth,predicted\n", "DIR/table.csv: the table is empty: it has no row"),
        (
            "image,truth,predicted\na,Felis catus,Felis catus\nb,Felis\n",
            "DIR/table.csv:3: 2 cells where the first line has 3; quote cells that hold the delimiter",
        ),
        (
            "image,truth,predicted\na,Felis catus,Felis catus,x\n",
            "DIR/table.csv:2: 4 cells where the first line has 3; quote cells that hold the delimiter",
        ),
        (
            "image,target,expected,predicted\na,Felis catus,Lynx lynx,Lynx lynx\n",
            "DIR/table.csv: several columns could be the truth: 'target', 'expected'. Name one with --truth-column",
        ),
        (
            "image,truth,predicted\na,Felis catus,Felis catus\nb,Felis catus,Felis catus\na,Felis catus,Lynx lynx\n",
            "DIR/table.csv: 1 image stands in several rows of a table without scores or positions: 'a' (line 2, line 4). \
             Remove the repeated rows, or name another --image-column or a --score-column",
        ),
        (
            "image,truth,predicted,score\na,Felis catus,Felis catus,0.5\na,Lynx lynx,Lynx lynx,0.2\n",
            "DIR/table.csv: 1 image with more than one truth: 'a is Felis catus and Lynx lynx'. Where images show several taxa, \
             `nearmiss sets` scores them",
        ),
        (
            "image,truth,predicted\n,Felis catus,Felis catus\n",
            "DIR/table.csv: 1 row has no image name in column 'image', at line 2",
        ),
        ("[1, 2]", "DIR/table.csv: the JSON array holds something that is not an object"),
        ("{\"a\": [{}], \"b\": [{}]}", "DIR/table.csv: the JSON object holds several arrays of objects, 'a', 'b'"),
        ("PAR1 and no more", "DIR/table.csv: not readable as Parquet"),
    ] {
        let message = error(text, &usual());
        assert!(message.starts_with(expected), "{message}\nis not\n{expected}");
    }
    let clade = error("image,truth,predicted\na,b,c\n", &TableOptions { clade: Some("a;b;c;d;e;f;g".to_string()), ..usual() });
    assert!(clade.starts_with("clade 'a;b;c;d;e;f;g': a clade is a genus or a taxon above it"), "{clade}");
}

#[test]
fn broken_json_lines_are_named_by_line() {
    let message = error("{\"image\": \"a\", \"truth\": \"b\"}\n{\"image\": \n", &usual());
    assert!(message.starts_with("DIR/table.csv:2: not a JSON object on one line"), "{message}");
}

#[test]
fn a_truth_table_without_a_common_image_is_refused() {
    let folder = TempDir::new().unwrap();
    let predictions = file(&folder, "p.csv", "image,predicted\na.jpg,Felis catus\n");
    let truth = file(&folder, "t.csv", "image,truth\nb.jpg,Felis catus\n");
    let error =
        read_tables(&predictions, None, &TableOptions { truth_file: Some(truth.into()), ..usual() }).map(|_| ()).unwrap_err();
    let message = error.to_string();
    assert!(message.ends_with("predictions have 'a.jpg', the truth has 'b.jpg'"), "{message}");
}
