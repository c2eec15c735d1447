use super::super::PART;
use super::super::parts::{Opened, Parts};
use super::super::shard::Shard;
use super::*;
use polars::prelude::*;
use std::ops::Range;

/// Photographs of all shards together: two parts and a piece of a third.
const ALL: usize = 1_300;

fn identity(images: usize, format: TableFormat, shard: Option<Shard>) -> Identity {
    Identity {
        model: "atlas".to_string(),
        model_files: BTreeMap::new(),
        architecture: String::new(),
        recipe: BTreeMap::new(),
        taxonomy: "atlas".to_string(),
        taxonomy_sha256: String::new(),
        labels: 1,
        label_rank: "species".to_string(),
        labels_sha256: String::new(),
        dataset: "photos".to_string(),
        images,
        dataset_sha256: "all".to_string(),
        k: 5,
        batch: 4,
        format,
        shard,
    }
}

fn record(identity: Identity) -> Record {
    Record {
        program: String::new(),
        command_line: vec![],
        identity,
        device: "cpu".to_string(),
        counts: BTreeMap::new(),
        truncated_labels: vec![],
        unusable_labels: vec![],
        logit_scale: None,
        seconds: BTreeMap::new(),
        complete: true,
        files: BTreeMap::new(),
        photographs: None,
    }
}

fn name(photograph: usize) -> String {
    format!("night {}/moth, {photograph}.jpg", photograph % 3)
}

/// Every fifth photograph was not readable, has no vector and no row of predictions; the others have one to three.
fn tables(photographs: Range<usize>) -> [DataFrame; 2] {
    let is_readable = |photograph: usize| photograph % 5 != 3;
    let vectors: Vec<Option<Series>> = photographs
        .clone()
        .map(|photograph| is_readable(photograph).then(|| Series::new("".into(), [photograph as f32, 1.5])))
        .collect();
    let vectors = Series::new("embedding".into(), vectors).cast(&DataType::List(Box::new(DataType::Float32))).unwrap();
    let vectors = vectors.cast(&DataType::Array(Box::new(DataType::Float32), 2)).unwrap();
    let errors: Vec<Option<&str>> = photographs.clone().map(|place| (!is_readable(place)).then_some("cut \"off\"")).collect();
    let images = vec![
        Column::new("image".into(), photographs.clone().map(name).collect::<Vec<_>>()),
        Column::new("error".into(), errors),
        vectors.into(),
    ];
    let rows: Vec<(usize, u32)> = photographs
        .filter(|&photograph| is_readable(photograph))
        .flat_map(|photograph| (0..=u32::try_from(photograph % 3).unwrap()).map(move |row| (photograph, row + 1)))
        .collect();
    let predictions = vec![
        Column::new("image".into(), rows.iter().map(|row| name(row.0)).collect::<Vec<_>>()),
        Column::new("position".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        Column::new("name".into(), rows.iter().map(|row| format!("Noctua {}", row.0 % 7)).collect::<Vec<_>>()),
        Column::new("probability".into(), rows.iter().map(|row| 1.0 / (row.0 + 1) as f64).collect::<Vec<_>>()),
    ];
    [images, predictions].map(|columns| DataFrame::new_infer_height(columns).unwrap())
}

/// A run over a range of the photographs.
fn run(folder: &Path, photographs: Range<usize>, identity: Identity) {
    let Opened::Open(mut parts) = Parts::open(folder, &identity, Existing::Continued, &[]).unwrap() else { panic!() };
    for range in parts.missing(photographs.len()) {
        let [mut images, mut predictions] = tables(photographs.start + range.start..photographs.start + range.end);
        parts.write(range, &mut predictions, &mut images, vec![]).unwrap();
    }
    let labels = df!("taxon" => ["1"], "name" => ["Noctua"]).unwrap();
    parts.finish(std::iter::once(Ok(labels)), &record(identity)).unwrap();
}

#[test]
fn shards_of_several_parts_give_the_bytes_of_one_process() {
    for format in [TableFormat::Parquet, TableFormat::Csv] {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        run(&at("whole"), 0..ALL, identity(ALL, format, None));
        for of in [2, 3, 7] {
            let shards: Vec<PathBuf> = (1..=of)
                .map(|number| {
                    let shard = Shard { number, of, images: ALL };
                    let range = shard.range(ALL, 4);
                    // No shard but the first begins with a part.
                    assert!(number == 1 || !range.start.is_multiple_of(PART));
                    let path = at(&format!("{number}-of-{of}"));
                    run(&path, range.clone(), identity(range.len(), format, Some(shard)));
                    path
                })
                .collect();
            let output = at(&format!("all-{of}"));
            let merged = merge(&shards, &output, Existing::Continued, vec![]).unwrap();
            assert_eq!(merged.record.identity.images, ALL);
            for table in ["images", "predictions", "labels"] {
                let file = format!("{table}.{}", format.extension());
                let [one, other] = [&at("whole"), &output].map(|run| std::fs::read(run.join(&file)).unwrap());
                assert!(one == other, "{file} of {of} shards differs");
            }
        }
        // What one process leaves out at the end, others see: the same photographs twice.
        let again = merge(&[at("whole"), at("all-2")], &at("twice"), Existing::Continued, vec![]).unwrap_err();
        assert_eq!(
            again.to_string(),
            format!(
                "{}: photograph 'night 0/moth, 0.jpg' is in another run, too; a photograph counts once",
                at("all-2").display()
            )
        );
        assert!(!at("twice").join("run.json").exists());
    }
}

#[test]
fn rows_of_another_image_are_refused() {
    for format in [TableFormat::Parquet, TableFormat::Csv] {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        run(&at("one"), 0..4, identity(4, format, None));
        run(&at("other"), 4..600, identity(596, format, None));
        // The predictions of other photographs, by records that know no sums.
        let file = format!("predictions.{}", format.extension());
        std::fs::copy(at("one").join(&file), at("other").join(&file)).unwrap();
        let record = Record { files: BTreeMap::new(), ..Record::read(&at("other")).unwrap() };
        record.write(&at("other")).unwrap();
        let fault = merge(&[at("one"), at("other")], &at("both"), Existing::Continued, vec![]).unwrap_err().to_string();
        let said = "row 1 is of 'night 0/moth, 0.jpg', which 'images' does not hold in its place";
        assert!(fault.contains(&file) && fault.contains(said), "{fault}");
        assert!(!at("both").join("run.json").exists() && !at("both").join(format!("{file}.part")).exists());
    }
}
