use super::*;
use crate::spaces::embeddings::{Columns, USUAL};
use crate::taxonomy::rank::Rank;
use polars::prelude::*;
use std::collections::HashMap;

/// Twelve species, the first of 1 vector, the last of 78; one of five vectors is of an observation, one of fifty of no taxon.
const SIZES: [usize; 12] = [1, 2, 3, 4, 6, 9, 13, 20, 30, 45, 66, 78];

fn table() -> String {
    let rows: Vec<String> = (0..12_usize)
        .map(|species| {
            let (family, genus) = (species / 6, species / 3);
            format!("Animalia,Chordata,Aves,Ordo,Familia{family},Genus{genus},Genus{genus} species{species}\n")
        })
        .collect();
    format!("kingdom,phylum,class,order,family,genus,species\n{}", rows.concat())
}

fn points() -> Embeddings {
    let taxonomy = Taxonomy::from_bytes(table().as_bytes(), Path::new("birds.csv")).unwrap();
    let all: usize = SIZES.iter().sum();
    // Vectors of a species lie all over the file.
    let mut species: Vec<usize> = SIZES.iter().enumerate().flat_map(|(species, &size)| vec![species; size]).collect();
    for place in 0..all {
        species.swap(place, (place * 7_919 + 13) % all);
    }
    let taxon = |(row, &species): (usize, &usize)| {
        taxonomy.resolve(&format!("Genus{} species{species}", species / 3)).taxon().filter(|_| row % 50 != 7)
    };
    let number = |value: usize| f64::from(u16::try_from(value % 4_093).unwrap()) / 256.0 - 8.0;
    Embeddings {
        values: (0..all).flat_map(|row| [number(row * 37 + 1), number(row * 101 + 5), number(species[row] * 311)]).collect(),
        width: 3,
        names: (0..all).map(|row| format!("photo {row}.jpg")).collect(),
        taxa: species.iter().enumerate().map(taxon).collect(),
        observations: (0..all).map(|row| if row % 5 == 0 { format!("o{}", row / 10) } else { String::new() }).collect(),
        taxonomy,
        labels: None,
        notes: vec![],
    }
}

fn some(n: usize, seed: u64) -> Sampling {
    Sampling { size: SampleSize::Vectors(n), seed }
}

fn lineages(points: &Embeddings) -> Vec<Option<String>> {
    points.taxa.iter().map(|taxon| taxon.map(|taxon| points.taxonomy.lineage_string(taxon, ";"))).collect()
}

/// All vectors of a population, in blocks of seven.
fn all(population: &mut Population) -> Vec<f64> {
    let (mut values, mut next) = (vec![], 0);
    population
        .each_block(7, &mut |vectors, block| {
            assert_eq!((vectors.start, vectors.len() * 3), (next, block.len()));
            next = vectors.end;
            values.extend_from_slice(block);
            Ok(true)
        })
        .unwrap();
    values
}

#[track_caller]
fn same(one: Sampled, other: Sampled) {
    assert_eq!(one.embeddings.values, other.embeddings.values);
    assert_eq!(one.embeddings.names, other.embeddings.names);
    assert_eq!(one.embeddings.observations, other.embeddings.observations);
    assert_eq!(lineages(&one.embeddings), lineages(&other.embeddings));
    assert_eq!(one.embeddings.notes, other.embeddings.notes);
    assert_eq!(one.sample(), other.sample());
    let (mut one, mut other) = (one.population.unwrap(), other.population.unwrap());
    assert_eq!((one.drawn(), one.stratum_of()), (other.drawn(), other.stratum_of()));
    let known = HashMap::from([("o0", 4), ("o3", 5)]);
    assert_eq!(one.observed(&known).unwrap(), other.observed(&known).unwrap());
    assert_eq!(all(&mut one), all(&mut other));
}

#[test]
fn a_sample_of_a_file_is_that_of_the_same_vectors_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["parquet", "npy", "npz", "safetensors"] {
        let files = points().write(&folder.path().join(format!("points.{extension}")), Columns::Ours).unwrap();
        let labels = files.get(1).map(TableSource::from);
        let read = |sampling: Sampling| Embeddings::sampled(&files[0], labels.as_ref(), None, sampling).unwrap();
        let whole = || Embeddings::labelled(&files[0], labels.as_ref(), None).unwrap();
        // What is said of vectors without a taxon is said of those that are looked at.
        let unsaid = || Embeddings { notes: vec![], ..whole() };
        let mut drawn = read(some(60, 5));
        drawn.embeddings.notes.clear();
        assert_eq!((drawn.embeddings.len(), drawn.population.as_ref().unwrap().len()), (60, 277));
        same(drawn, Sampled::of(unsaid(), some(60, 5)));
        // A sample of everything is none.
        for sampling in [Sampling::ALL, Sampling::default(), some(277, 5), some(278, 5)] {
            let read = read(sampling);
            assert!(read.population.is_none() && read.sample().is_none());
            assert_eq!((read.embeddings.values, read.embeddings.notes), (whole().values, whole().notes), "{extension}");
        }
    }
}

/// The points as a table in row groups of 32, every eleventh row without a vector; lists of a fixed length or of any.
fn with_gaps(path: &Path, is_fixed: bool) -> Vec<usize> {
    let points = points();
    let has = |row: &usize| row % 11 != 4;
    let vectors: Vec<Option<Series>> =
        (0..points.len()).map(|row| has(&row).then(|| Series::new("".into(), points.rows().row(row)))).collect();
    let mut vectors = Series::new("embedding".into(), vectors).cast(&DataType::List(Box::new(DataType::Float64))).unwrap();
    if is_fixed {
        vectors = vectors.cast(&DataType::Array(Box::new(DataType::Float64), 3)).unwrap();
    }
    let rank = |rank: usize| -> Vec<Option<String>> {
        let name =
            |taxon: TaxonId| points.taxonomy.main_ancestor(taxon, rank).map(|taxon| points.taxonomy.name(taxon).to_string());
        points.taxa.iter().map(|taxon| taxon.and_then(name)).collect()
    };
    let mut columns = vec![Column::new("image".into(), &points.names), Column::new("observation".into(), &points.observations)];
    columns.extend(Rank::MAIN.iter().enumerate().map(|(index, of)| Column::new(of.name().into(), rank(index))));
    columns.push(vectors.into());
    let mut data = DataFrame::new_infer_height(columns).unwrap();
    let file = File::create(path).unwrap();
    ParquetWriter::new(file).with_row_group_size(Some(32)).finish(&mut data).unwrap();
    (0..points.len()).filter(has).collect()
}

#[test]
fn other_names_and_observations_are_those_of_all_vectors() {
    let texts = |what: &str| (0..277).map(|row| format!("{what}{row}")).collect::<Vec<_>>();
    for sampling in [some(40, 2), Sampling::ALL] {
        let sampled = Sampled::of(points(), sampling).named(texts("n")).observed(texts("o"));
        assert_eq!(sampled.vectors(), 277);
        let drawn = sampled.population.as_ref().map_or((0..277).collect(), |population| population.drawn().to_vec());
        assert_eq!(sampled.embeddings.names, drawn.iter().map(|row| format!("n{row}")).collect::<Vec<_>>());
        assert_eq!(sampled.embeddings.observations, drawn.iter().map(|row| format!("o{row}")).collect::<Vec<_>>());
        if let Some(population) = sampled.population {
            let observed = population.observed(&HashMap::from([("o5", 1)])).unwrap();
            assert_eq!(observed.iter().position(Option::is_some), Some(5));
        }
    }
}

#[test]
fn rows_without_a_vector_are_none_of_the_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.parquet");
    for is_fixed in [true, false] {
        let rows = with_gaps(&path, is_fixed);
        let whole = Embeddings::labelled(&path, None, None).unwrap();
        assert_eq!(whole.notes[0], "25 of 277 rows have no vector");
        let drawn = Embeddings::sampled(&path, None, None, some(100, 1)).unwrap();
        assert_eq!(drawn.embeddings.notes[0], "25 of 277 rows have no vector");
        let names = drawn.population.as_ref().unwrap().drawn().iter().map(|&vector| format!("photo {}.jpg", rows[vector]));
        assert_eq!(drawn.embeddings.names, names.collect::<Vec<_>>());
        let clear = |embeddings: Embeddings| Embeddings { notes: vec![], ..embeddings };
        let expected = Sampled::of(clear(whole), some(100, 1));
        same(Sampled { embeddings: clear(drawn.embeddings), population: drawn.population }, expected);
        // As many as have one: all of them.
        assert!(Embeddings::sampled(&path, None, None, some(252, 1)).unwrap().population.is_none());
    }
}

#[test]
fn a_vector_that_cannot_be_compared_is_told_by_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut points = points();
    points.values[3 * 200 + 1] = f64::NAN;
    let files = points.write(&folder.path().join("points.npy"), Columns::Ours).unwrap();
    let labels = TableSource::from(&files[1]);
    let read = |n: usize| Embeddings::sampled(&files[0], Some(&labels), None, some(n, 0));
    // All but one are drawn, of which row 201 is one.
    let said = read(276).unwrap_err().to_string();
    assert!(said.contains("the vector of 'photo 200.jpg' (row 201) holds a value that is not finite"), "{said}");
    // Where it is not drawn it is met among all.
    let mut population = (3..).find_map(|n| read(n).ok()).unwrap().population.unwrap();
    let said = population.each_block(50, &mut |_, _| Ok(true)).unwrap_err().to_string();
    assert!(said.ends_with("vector 201 holds a value that is not finite; leave it out or embed it again"), "{said}");
    let short = Embeddings::sampled(&files[0], None, None, some(9, 0)).unwrap_err().to_string();
    assert!(short.ends_with("277 vectors without names; give a CSV with a row for each with --labels"), "{short}");
}

#[test]
fn more_than_twenty_thousand_vectors_are_sampled() {
    let folder = tempfile::tempdir().unwrap();
    for (vectors, drawn) in [(19_999, 19_999), (20_001, USUAL)] {
        let path = folder.path().join("many.npy");
        let values: Vec<f64> = (0..vectors * 2).map(|value| f64::from(u16::try_from(value % 1_021).unwrap()) + 1.0).collect();
        std::fs::write(&path, crate::files::numpy::matrix_bytes(&values, 2)).unwrap();
        let labels: Vec<String> = (0..vectors).map(|vector| format!("Genus species{}\n", vector % 7)).collect();
        std::fs::write(folder.path().join("many.csv"), format!("taxon\n{}", labels.concat())).unwrap();
        let labels = TableSource::from(folder.path().join("many.csv"));
        let read = Embeddings::sampled(&path, Some(&labels), None, Sampling::default()).unwrap();
        assert_eq!((read.embeddings.len(), read.population.is_some()), (drawn, vectors > drawn));
        let whole = Embeddings::sampled(&path, Some(&labels), None, Sampling::ALL).unwrap();
        assert_eq!(whole.embeddings.len(), vectors);
    }
}

/// A run over the points, whose labels are the first ten species, in row groups of 32.
fn run(folder: &Path) {
    let points = points();
    let id = |taxon: TaxonId| format!("id-{}", points.taxonomy.name(taxon));
    let truths: Vec<Option<String>> = points.taxa.iter().map(|taxon| taxon.map(id)).collect();
    let truth_names: Vec<Option<String>> =
        points.taxa.iter().map(|taxon| taxon.map(|taxon| points.taxonomy.name(taxon).to_string())).collect();
    let vectors: Vec<Series> = (0..points.len()).map(|row| Series::new("".into(), points.rows().row(row))).collect();
    let vectors = Series::new("embedding".into(), vectors).cast(&DataType::Array(Box::new(DataType::Float64), 3)).unwrap();
    let images = vec![
        Column::new("image".into(), &points.names),
        Column::new("truth".into(), truths),
        Column::new("truth_name".into(), truth_names),
        Column::new("observation".into(), &points.observations),
        Column::new("status".into(), vec!["ok"; points.len()]),
        vectors.into(),
    ];
    let lines = table();
    let species: Vec<Vec<&str>> = lines.lines().skip(1).take(10).map(|line| line.split(',').collect()).collect();
    let mut labels = vec![
        Column::new("taxon".into(), species.iter().map(|cells| format!("id-{}", cells[6])).collect::<Vec<_>>()),
        Column::new("name".into(), species.iter().map(|cells| cells[6]).collect::<Vec<_>>()),
        Column::new("rank".into(), vec!["species"; 10]),
    ];
    labels.extend(
        Rank::MAIN
            .iter()
            .enumerate()
            .map(|(index, rank)| Column::new(rank.name().into(), species.iter().map(|cells| cells[index]).collect::<Vec<_>>())),
    );
    let directions: Vec<Series> = (0..10_u8).map(|label| Series::new("".into(), [f64::from(label), 1.0, 0.5])).collect();
    let directions = Series::new("embedding".into(), directions).cast(&DataType::Array(Box::new(DataType::Float64), 3)).unwrap();
    labels.push(directions.into());
    let predictions = df!(
        "image" => &points.names[..1], "rank" => ["species"], "position" => [1], "taxon" => ["id-Genus0 species0"],
        "name" => ["Genus0 species0"], "probability" => [1.0]
    );
    let tables = [
        ("images", DataFrame::new_infer_height(images).unwrap()),
        ("labels", DataFrame::new_infer_height(labels).unwrap()),
        ("predictions", predictions.unwrap()),
    ];
    for (name, mut data) in tables {
        let file = File::create(folder.join(format!("{name}.parquet"))).unwrap();
        ParquetWriter::new(file).with_row_group_size(Some(32)).finish(&mut data).unwrap();
    }
}

#[test]
fn a_sample_of_a_run_has_the_labels_of_its_taxa() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path());
    let given = points().taxonomy;
    for taxonomy in [None, Some(&given)] {
        let whole = Embeddings::labelled(folder.path(), None, taxonomy).unwrap();
        let drawn = Embeddings::sampled(folder.path(), None, taxonomy, some(80, 2)).unwrap();
        let labels = drawn.embeddings.labels.clone();
        if taxonomy.is_some() {
            // Ids of files are no ids of a taxonomy that is given.
            assert_eq!(labels, None);
            assert!(drawn.embeddings.taxa.iter().all(Option::is_none) && whole.taxa.iter().all(Option::is_none));
            continue;
        }
        let clear = |embeddings: Embeddings| Embeddings { notes: vec![], labels: None, ..embeddings };
        // At least five of every taxon, or all.
        let labels = labels.unwrap();
        assert_eq!((labels.taxa.len(), labels.values.len()), (10, 30));
        assert_eq!(labels.values, whole.labels.clone().unwrap().values);
        let expected = Sampled::of(clear(whole), some(80, 2));
        same(Sampled { embeddings: clear(drawn.embeddings), population: drawn.population }, expected);
    }
    // Without predictions a run can be sampled, for they are not read.
    std::fs::remove_file(folder.path().join("predictions.parquet")).unwrap();
    assert_eq!(Embeddings::sampled(folder.path(), None, None, some(80, 2)).unwrap().embeddings.len(), 80);
    // Of three vectors and two stages most labels are of no taxon of the sample.
    let few = Embeddings::sampled(folder.path(), None, None, some(3, 2)).unwrap();
    assert!(few.embeddings.labels.is_none_or(|labels| labels.taxa.len() == 1));
}
