//! Chunks and files that look otherwise and are read the same, and those that are not.

use super::*;
use polars::prelude::{Column, df};

fn folder_of(files: &[(&str, DataFrame)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, table) in files {
        write(&folder.path().join(name), table, 2);
    }
    folder
}

fn images(chunks: &[Chunk]) -> Vec<Vec<&str>> {
    chunks.iter().map(|chunk| chunk.runs[0].images.iter().map(String::as_str).collect()).collect()
}

fn names(rows: std::ops::Range<usize>) -> Vec<String> {
    rows.map(|row| format!("{row}.jpg")).collect()
}

/// A table of three images with a column of its own.
fn three(first: usize, column: Column) -> DataFrame {
    let mut table = df!(
        "image" => names(first..first + 3),
        "truth" => ["Felis catus", "Lynx lynx", "Lynx lynx"],
        "predicted" => ["Felis catus", "Lynx lynx", "Felis catus"],
    )
    .unwrap();
    table.with_column(column).unwrap();
    table
}

#[test]
fn a_folder_is_one_table() {
    let score = |scores: [f64; 3]| Column::new("score".into(), scores);
    let folder = folder_of(&[
        ("split=train/part-0.parquet", three(0, score([1.0, 0.0, 1.0]))),
        ("split=train/part-1.parquet", three(3, score([0.5, 0.25, 0.125]))),
        // No score at all, and no split.
        ("split=__HIVE_DEFAULT_PARTITION__/part-2.parquet", three(6, Column::full_null("score".into(), 3, &DataType::Null))),
        ("empty.parquet", three(9, score([0.0; 3])).slice(0, 0)),
        ("_SUCCESS.parquet", three(9, score([7.0; 3]))),
    ]);
    std::fs::write(folder.path().join("README.md"), "of cats").unwrap();
    let options = TableOptions { group_columns: vec!["split".to_string()], ..TableOptions::default() };
    let (chunks, told, tally, _) = read(&[folder.path().into()], &options, limits(2)).unwrap();
    assert_eq!(
        images(&chunks),
        [vec!["6.jpg"], vec!["7.jpg", "8.jpg"], vec!["0.jpg"], vec!["1.jpg", "2.jpg"], vec!["3.jpg"], vec!["4.jpg", "5.jpg"],]
    );
    assert!(chunks.iter().all(|chunk| chunk.runs[0].ranked.has_probabilities()));
    assert!(chunks[4].path.ends_with("split=train/part-1.parquet") && chunks[5].rows == (1..3));
    let rows = rows_of_chunks(&chunks, &tally).remove(0);
    assert_eq!(rows.groups["split"], ["", "", "", "train", "train", "train", "train", "train", "train"]);
    assert_eq!((told.understood.rows, told.understood.images), (9, 9));
    assert!(told.notes[0].ends_with("that are no Parquet were left aside: 1"), "{:?}", told.notes);
    assert!(told.runs[0].notes.contains(&"column 'score': 3 of 9 scores are missing or no numbers".to_string()), "{told:?}");
    // However large the chunks: not beyond a file.
    let (chunks, ..) = read(&[folder.path().into()], &options, limits(usize::MAX)).unwrap();
    assert_eq!(images(&chunks).iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3]);
    // What is kept in memory is read as what is not.
    let kept = Limits { kept: 1 << 18, ..limits(2) };
    let (chunks, of_kept, of_kept_tally, _) = read(&[folder.path().into()], &options, kept).unwrap();
    assert_eq!((rows_of_chunks(&chunks, &of_kept_tally).remove(0), of_kept), (rows, told));
}

#[test]
fn an_image_is_not_cut_and_numbers_go_on() {
    let long = |images: [&str; 6]| {
        df!("image" => images, "truth" => ["Felis catus"; 6], "predicted" => ["Felis catus", "Lynx lynx"].repeat(3),
            "score" => [0.6, 0.4, 0.7, 0.3, 0.8, 0.2])
        .unwrap()
    };
    let folder =
        folder_of(&[("a.parquet", long(["x", "x", "y", "y", "z", "z"])), ("b.parquet", long(["z", "z", "u", "u", "v", "v"]))]);
    let (chunks, ..) = read(&[folder.path().into()], &TableOptions::default(), limits(3)).unwrap();
    // Groups of two rows, of which chunks of three take one each, and of each the last image goes on or is the last of the file.
    // That an image is in both files is for others to refuse.
    assert_eq!(images(&chunks), [vec!["x"], vec!["y", "z"], vec!["z"], vec!["u", "v"]]);
    assert!(chunks.iter().all(|chunk| chunk.runs[0].ranked.answers(0).len() == 2), "{chunks:?}");
    let unnamed = || df!("truth" => ["Felis catus", "Lynx lynx"], "predicted" => ["Felis catus"; 2]).unwrap();
    let folder = folder_of(&[("a.parquet", unnamed()), ("b.parquet", unnamed())]);
    let (chunks, ..) = read(&[folder.path().into()], &TableOptions::default(), limits(1)).unwrap();
    assert_eq!(images(&chunks), [["row 1"], ["row 2"], ["row 3"], ["row 4"]]);
    assert!(!chunks[0].named && chunks[2].rows == (0..1));
}

#[test]
fn what_holds_nothing_in_one_file_is_read_as_in_the_others() {
    let nothing = |name: &str| Column::full_null(name.into(), 3, &DataType::Null);
    let not_a_number = Column::new("truth".into(), [f64::NAN; 3]);
    let ids = |name: &str, ids: [i64; 3]| Column::new(name.into(), ids);
    for (first, second) in [
        (three(0, nothing("truth")), three(3, Column::new("truth".into(), ["Lynx lynx"; 3]))),
        (three(0, Column::new("truth".into(), ["Lynx lynx"; 3])), three(3, not_a_number)),
        (three(0, nothing("predicted")), three(3, Column::new("predicted".into(), ["Lynx lynx"; 3]))),
        (three(0, ids("image", [7, 8, 9])), three(3, Column::new("image".into(), ["10", "11", "12"]))),
    ] {
        let both = [TableSource::held("first", first), TableSource::held("second", second)];
        let (chunks, told, ..) = read(&both, &TableOptions::default(), limits(1)).unwrap();
        assert_eq!((chunks.len(), told.understood.images), (4, 6));
        assert_eq!(told.understood.truths.unknown, 0, "{told:?}");
    }
    // Ids that another program made fractions of are other texts.
    let both = [
        TableSource::held("first", three(0, ids("observation_id", [1, 2, 3]))),
        TableSource::held("second", three(3, Column::new("observation_id".into(), [1.0, 2.0, f64::NAN]))),
    ];
    let said = message(&both, &TableOptions::default());
    assert_eq!(
        said,
        "second: read otherwise than the rest of the table: the cells of column 'observation_id': numbers with decimals here, text \
         or whole numbers elsewhere, so that the same id is another text; write the ids as whole numbers or as text in all files"
    );
}

#[test]
fn files_that_cannot_be_one_table_are_refused() {
    let score = Column::new("score".into(), [0.5; 3]);
    let without = three(3, score.clone()).drop("truth").unwrap();
    let both = [TableSource::held("first", three(0, score.clone())), TableSource::held("second", without)];
    let said = message(&both, &TableOptions::default());
    assert!(said.starts_with("second: read otherwise than the rest of the table: it has no column 'truth'; name the"), "{said}");
    // Truths of another table are of all images at once.
    let folder = folder_of(&[("a.parquet", three(0, score.clone()))]);
    let truths = folder.path().join("truths.csv");
    std::fs::write(&truths, "image,truth\n0.jpg,Felis catus\n1.jpg,Lynx lynx\n5.jpg,Lynx lynx\n").unwrap();
    let options = TableOptions { truth_file: Some((&truths).into()), ..TableOptions::default() };
    let file = [TableSource::from(&folder.path().join("a.parquet"))];
    assert!(message(&file, &options).contains("its truths stand in another table (--truth)"), "{}", message(&file, &options));
    let (chunks, told, tally, _) = read(&file, &options, limits(5)).unwrap();
    let taxonomy = taxonomy();
    let whole = read_tables(&file[0], Some(&taxonomy), &options).unwrap();
    assert_eq!(rows_of_chunks(&chunks, &tally), rows_of_whole(&whole));
    assert_eq!((told.understood, told.notes, told.warnings), (whole.understood, whole.notes, whole.warnings));
    // Neither a run nor tables.
    let empty = tempfile::tempdir().unwrap();
    let said = message(&[empty.path().into()], &TableOptions::default());
    assert!(
        said.ends_with("neither a run directory nor a folder of Parquet files: it has no file that ends in .parquet"),
        "{said}"
    );
    // A row where it is.
    let positions = |last: Option<f64>| three(0, Column::new("position".into(), [Some(1.0), Some(1.0), last]));
    let many = positions(Some(1.0)).vstack(&positions(None)).unwrap();
    let place = Limits { recognised: 1, ..limits(2) };
    let said = read(&[TableSource::held("t", many)], &TableOptions::default(), place).err().map(|error| error.to_string());
    assert!(said.as_ref().is_some_and(|said| said.contains("and no number in row 6;")), "{said:?}");
}

#[test]
fn parts_that_are_read_otherwise_do_not_add_up() {
    let score = |scores: [f64; 3]| Column::new("score".into(), scores);
    let lineage = |first: usize| three(first, Column::new("predicted".into(), ["Felidae;Felis catus"; 3]));
    let read = |table: DataFrame| {
        let (_, _, tally, labels) = read(&[TableSource::held("part", table)], &TableOptions::default(), limits(2)).unwrap();
        (tally, labels)
    };
    let (shares, labels) = read(three(0, score([0.5, 0.25, 1.0])));
    let (more, more_labels) = read(three(3, score([0.5, 0.0, 1.0])));
    assert_eq!(shares.fingerprint(), more.fingerprint());
    let (mut tally, mut both) = (shares.clone(), labels.clone());
    tally.add(&more, Path::new("more")).unwrap();
    both.add(&more_labels, Path::new("more")).unwrap();
    assert_eq!((tally.counts().rows(), both.len()), (6, 4));
    let refused = |other: &Tally| shares.clone().add(other, Path::new("other")).unwrap_err().to_string();
    let (logits, _) = read(three(3, score([0.5, 2.0, -1.0])));
    let said = refused(&logits);
    assert!(said.contains("the scores of column 'score' are from 0 to 1 in some parts, and no probabilities"), "{said}");
    let (lineages, _) = read(lineage(3));
    assert_ne!(shares.fingerprint(), lineages.fingerprint());
    let (names, _) = read(three(0, Column::new("predicted".into(), ["Felis catus"; 3])));
    let said = names.clone().add(&lineages, Path::new("other")).unwrap_err().to_string();
    assert!(said.contains("labels, list 1: lineages with ';' between their steps here, names elsewhere; name the"), "{said}");
    // The same word is a person beside other words, and a taxon by itself.
    let truths = |truths: [&str; 3]| three(0, Column::new("truth".into(), truths));
    let (_, mut taxa) = read(truths(["Felis catus", "Homo neanderthalensis", "Lynx lynx"]));
    let (_, persons) = read(truths(["blank", "Homo neanderthalensis", "Lynx lynx"]));
    let said = taxa.add(&persons, Path::new("other")).unwrap_err().to_string();
    assert!(said.contains("'Homo neanderthalensis' is another label here than elsewhere"), "{said}");
}

#[test]
fn times_are_written_in_one_way() {
    let taken = crate::answers::table::TakenColumns { events: true, ..Default::default() };
    let options = TableOptions { taken, ..TableOptions::default() };
    let times = |first: usize, times: [&str; 3]| TableSource::held("t", three(first, Column::new("timestamp".into(), times)));
    let iso = times(0, ["2021-05-03T10:00:00", "2021-05-04T10:00:00", ""]);
    let (chunks, ..) = read(&[iso.clone(), times(3, ["2021-05-05T10:00:00"; 3])], &options, limits(3)).unwrap();
    let found: Vec<usize> = chunks.iter().map(|chunk| chunk.runs[0].taken.times.iter().flatten().flatten().count()).collect();
    assert_eq!(found, [2, 3]);
    let said = message(&[iso, times(3, ["13/05/2021 10:00", "14/05/2021 10:00", ""])], &options);
    assert!(said.contains("the column of the time ('timestamp'):") && said.contains("write times as ISO 8601"), "{said}");
    let none = message(&[times(0, [""; 3]), times(3, [""; 3])], &options);
    assert!(none.contains("no image has a time or a sequence"), "{none}");
}

#[test]
fn run_directories_are_a_chunk_each() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, first: usize| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        let images = format!("image,truth,truth_name\n{first},,Felis catus\n{},,Lynx lynx\n", first + 1);
        let row = |image: usize| format!("{image},species,1,Felis catus,Felis catus,0.5\n");
        let header = "image,rank,position,taxon,name,probability\n";
        let rows = [row(first), row(first + 1)].concat();
        std::fs::write(path.join("images.csv"), images).unwrap();
        std::fs::write(path.join("predictions.csv"), format!("{header}{rows}")).unwrap();
        path
    };
    let (first, second) = (run("a/run", 1), run("b/run", 3));
    assert!(!is_folder_of_tables(&first) && !is_folder_of_tables(folder.path()));
    // A table of predictions stands for its run.
    let sources = [TableSource::from(&first), TableSource::from(&second.join("predictions.csv"))];
    let (chunks, told, tally, labels) = read(&sources, &TableOptions::default(), limits(1)).unwrap();
    assert_eq!((images(&chunks), labels.len()), (vec![vec!["1", "2"], vec!["3", "4"]], 0));
    assert!(chunks[1].path == second && chunks[1].rows == (0..2) && tally.are_named());
    assert_eq!((told.understood.images, told.understood.answers[0].known.named), (4, 4));
    let taxonomy = taxonomy();
    let alone = read_tables(&first, Some(&taxonomy), &TableOptions::default()).unwrap();
    assert_eq!(listed(&chunks[0].runs[0].ranked), listed(&alone.runs[0].ranked));
    assert_eq!(chunks[0].runs[0].truths, alone.runs[0].truths);
    let mixed = [TableSource::from(&first), TableSource::held("table", df!("a" => [1]).unwrap())];
    assert!(message(&mixed, &TableOptions::default()).starts_with("table: a table, and others are run directories"));
}
