//! Tables of every shape, cut in every way, against the same table read at once.

use super::*;

/// Name, table, and columns of groups.
type Shape = (&'static str, &'static str, &'static [&'static str]);

const SHAPES: &[Shape] = &[
    (
        "one answer",
        "image,truth,predicted,score\n1,Felis catus,Felis catus,0.9\n2,Lynx lynx,Felis catus,0.5\n3,,Vulpes vulpes,0.25\n\
         4,Felis domesticus,Lynx lynx,1\n5,Canis zus,Lynx lynx,0\n6,Vulpes vulpes,NA,\n7,Vulpes vulpes,Ursus xus,0.5\n\
         8,NA,Felis,0.75\n9,Felis catus,Felis catus,1\n",
        &[],
    ),
    (
        "images without names",
        "truth,predicted\nFelis catus,Felis catus\nLynx lynx,Felis catus\nVulpes vulpes,Lynx lynx\nFelis,\n",
        &[],
    ),
    (
        "several rows of an image",
        "image,truth,predicted,score\na,Felis catus,Felis catus,0.6\na,Felis catus,Lynx lynx,0.3\na,,Vulpes vulpes,0.1\n\
         b,Lynx lynx,Lynx lynx,0.5\nb,Lynx lynx,Felis,0.5\nb,Lynx lynx,Felis,0.5\nc,Vulpes vulpes,Ursus xus,0.5\n\
         c,Vulpes vulpes,Ursus zus,0.5\nd,Felis catus,,\ne,Felis catus,Lynx lynx,0.2\ne,Felis catus,Vulpes vulpes,0.8\n",
        &[],
    ),
    (
        "positions",
        "image,truth,predicted,position,score\na,Felis catus,Felis catus,1,0.6\na,Felis catus,Lynx lynx,2,0.4\n\
         b,Lynx lynx,Lynx lynx,2,0.7\nb,Lynx lynx,Felis catus,1,0.3\nc,Felis,Felis silvestris,1,1\nc,Felis,Felis catus,2,0\n",
        &[],
    ),
    (
        "lists",
        "image;truth;predictions\n1;Felis catus;[('Felis catus', 0.75), ('Lynx lynx', 0.25)]\n2;Lynx lynx;[('Ursus xus', 1.0)]\n\
         3;Vulpes vulpes;[]\n4;Vulpes vulpes;[('Vulpes vulpes', 0.5), ('Felis', 0.5)]\n",
        &[],
    ),
    (
        "lists and their scores",
        "image;truth;predicted;scores\n1;Felis catus;['Felis catus', 'Lynx lynx'];[0.5, 0.25]\n\
         2;Lynx lynx;['Lynx lynx'];[3.5]\n3;Vulpes vulpes;['Felis catus', 'Vulpes vulpes'];[0.1, 0.2]\n",
        &[],
    ),
    (
        "a column for each class",
        "image,truth,Felis catus,Lynx lynx,Vulpes vulpes\n1,Felis catus,0.75,0.25,0\n2,Lynx lynx,0.25,0.25,0.5\n\
         3,Vulpes vulpes,0,0,1\n4,Lynx lynx,0.1,0.6,0.3\n",
        &[],
    ),
    (
        "ranks and percentages",
        "image,true_family,true_genus,true_species,predicted_family,predicted_genus,predicted_species,confidence (%)\n\
         1,Felidae,Felis,Felis catus,Felidae,Felis,Felis catus,0.5\n2,Felidae,Lynx,Lynx lynx,Felidae,Felis,,0.25\n\
         3,Canidae,Vulpes,Vulpes vulpes,Canidae,Vulpes,Vulpes vulpes,99\n4,Felidae,,,Felidae,Lynx,Lynx lynx,1\n",
        &[],
    ),
    (
        "lineages without ranks",
        "image,truth,predicted\n1,Animalia;Chordata;Mammalia;Carnivora;Felidae;Felis;Felis catus,Felidae;Felis catus\n\
         2,Carnivora;Felidae,Lynx lynx\n3,Felidae;Lynx;Lynx lynx,Carnivora;Canidae;Vulpes vulpes\n4,,Felis\n\
         5,Xidae;Xus;Xus yus,Felidae;Xus\n",
        &[],
    ),
    (
        "what is no taxon",
        "image,truth,predicted,score\n1,blank,Felis catus,0.5\n2,Felis catus,blank,0.75\n3,Homo sapiens,human,0.5\n\
         4,animal,animal,0.5\n5,Unknown,vehicle,0.5\n6,Homo xus,Vulpes vulpes,0.5\n7,human,Homo sapiens,0.25\n",
        &[],
    ),
    (
        "people as taxa",
        "image,truth,predicted\n1,Homo sapiens,Felis catus\n2,Felis catus,Homo sapiens\n3,Unknown,Felis catus\n",
        &[],
    ),
    (
        "groups and observations",
        "image,truth,predicted,site,split,observation_id\na,Felis catus,Felis catus,north,train,o1\n\
         b,Lynx lynx,Felis catus,south,,o1\nc,Felis catus,Lynx lynx,,test,\nd,Lynx lynx,Lynx lynx,north,test,o2\n",
        &["site", "Split"],
    ),
    (
        "common names and capitals",
        "image,truth,predicted\n1,red fox,Vulpes Vulpes\n2,wildcat,Domestic Cat\n3,grey fox,Felis Silvestris\n\
         4,great spotted woodpecker,Lynx Lynx\n5,Felis Catus Linnaeus,Felis Zus\n",
        &[],
    ),
    (
        "folders",
        "image,predicted\nx/Felis catus/1.jpg,Felis catus\nx/Lynx lynx/2.jpg,Felis catus\nx/other/3.jpg,Lynx lynx\n",
        &[],
    ),
    (
        "scores that only rank",
        "image,truth,predicted,score\n1,Felis catus,Felis catus,0.5\n2,Lynx lynx,Lynx lynx,0.75\n3,Lynx lynx,Felis catus,12.5\n\
         4,Felis catus,Felis catus,-1\n",
        &[],
    ),
    ("scores of 0", "image,truth,predicted,score\n1,Felis catus,Felis catus,0\n2,Lynx lynx,Felis catus,0\n3,Lynx lynx,,\n", &[]),
    (
        "answers side by side",
        "image,truth,pred1_species,pred1_conf,pred2_species,pred2_conf\n1,Felis catus,Felis catus,0.75,Lynx lynx,0.25\n\
         2,Lynx lynx,Felis catus,0.5,Lynx lynx,\n3,Vulpes vulpes,Vulpes vulpes,1,,\n4,Felis,Ursus xus,0.5,Ursus zus,0.5\n",
        &[],
    ),
    (
        "genera asked and species known",
        "image,scientificName,predicted\n1,Felis catus,Felis\n2,Lynx lynx,Felis\n3,Vulpes vulpes,Vulpes\n",
        &[],
    ),
    (
        "commas of thousands",
        "image,truth,predicted,score\n1,Felis catus,Felis catus,\"1,234\"\n2,Lynx lynx,Felis catus,0.5\n3,Lynx lynx,Lynx lynx,high\n",
        &[],
    ),
    (
        "numbered classes and two runs",
        "image,truth,pred_a,pred_b,conf_a\n1,001.Felis catus,001.Felis catus,Lynx lynx,0.5\n\
         2,002.Lynx lynx,001.Felis catus,Lynx lynx,0.5\n3,Vulpes vulpes,003.Vulpes vulpes,Vulpes vulpes,\n",
        &[],
    ),
];

fn options(groups: &[&str]) -> TableOptions {
    TableOptions { group_columns: groups.iter().map(ToString::to_string).collect(), ..TableOptions::default() }
}

/// What is said of the whole table, in the form of what is said of chunks.
fn told_of_whole(tables: &Tables) -> Told {
    let of_run = |run: &crate::answers::Answers| ToldOfRun { notes: run.notes.clone(), warnings: run.warnings.clone() };
    Told {
        understood: tables.understood.clone(),
        notes: tables.notes.clone(),
        warnings: tables.warnings.clone(),
        runs: tables.runs.iter().map(of_run).collect(),
    }
}

fn assert_told_alike(told: &Told, whole: &Told, what: &str) {
    assert_eq!(told.understood, whole.understood, "{what}");
    assert_eq!((plain(&told.notes), plain(&told.warnings)), (plain(&whole.notes), plain(&whole.warnings)), "{what}");
    for (run, of_whole) in told.runs.iter().zip(&whole.runs) {
        assert_eq!((plain(&run.notes), plain(&run.warnings)), (plain(&of_whole.notes), plain(&of_whole.warnings)), "{what}");
    }
}

#[test]
fn chunks_of_any_size_are_the_rows_of_the_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let taxonomy = taxonomy();
    for (shape, text, groups) in SHAPES {
        let (table, options) = (table(text), options(groups));
        let whole = read_tables(TableSource::held("table", table.clone()), Some(&taxonomy), &options);
        let whole = whole.unwrap_or_else(|error| panic!("{shape}: {error}"));
        let (rows, told) = (rows_of_whole(&whole), told_of_whole(&whole));
        for rows_in_group in [1, 4, 100] {
            let path = folder.path().join(format!("{shape}-{rows_in_group}.parquet"));
            write(&path, &table, rows_in_group);
            for rows_per_chunk in [1, 2, 3, 7, usize::MAX] {
                let what = format!("{shape}, groups of {rows_in_group}, chunks of {rows_per_chunk}");
                let read = read(&[(&path).into()], &options, limits(rows_per_chunk));
                let (chunks, of_chunks, tally, _) = read.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(rows_of_chunks(&chunks, &tally), rows, "{what}");
                assert_told_alike(&of_chunks, &told, &what);
                let ends: Vec<u64> = chunks.iter().map(|chunk| chunk.rows.end).collect();
                let starts: Vec<u64> = chunks.iter().map(|chunk| chunk.rows.start).collect();
                assert_eq!((starts[0], &starts[1..]), (0, &ends[..ends.len() - 1]), "{what}");
                assert_eq!(ends.last(), Some(&(table.height() as u64)), "{what}");
                assert!(chunks.iter().all(|chunk| chunk.named != chunk.runs[0].images[0].starts_with("row ")), "{what}");
            }
        }
    }
}

#[test]
fn tables_in_memory_and_of_text_are_read_as_files_are() {
    let folder = tempfile::tempdir().unwrap();
    let taxonomy = taxonomy();
    for (shape, text, groups) in SHAPES {
        let (table, options) = (table(text), options(groups));
        let whole = read_tables(TableSource::held("table", table.clone()), Some(&taxonomy), &options).unwrap();
        let (chunks, _, tally, _) = read(&[TableSource::held("table", table)], &options, limits(2)).unwrap();
        assert_eq!(rows_of_chunks(&chunks, &tally), rows_of_whole(&whole), "{shape}");
        let path = folder.path().join("table.csv");
        std::fs::write(&path, text).unwrap();
        let whole = read_tables(&path, Some(&taxonomy), &options).unwrap();
        for kept in [0, 1 << 18] {
            let limits = Limits { kept, ..limits(2) };
            let (chunks, told, tally, _) = read(&[(&path).into()], &options, limits).unwrap();
            assert_eq!((chunks.len(), rows_of_chunks(&chunks, &tally)), (1, rows_of_whole(&whole)), "{shape}");
            assert_told_alike(&told, &told_of_whole(&whole), shape);
        }
    }
}

/// Parts of a table, each of whole images.
fn parts(table: &DataFrame, parts: usize) -> Vec<DataFrame> {
    let image = |row: usize| table.column("image").ok().map(|images| images.get(row).unwrap().to_string());
    let mut found: Vec<DataFrame> = vec![];
    let (mut start, rows) = (0, table.height());
    for row in 1..=rows {
        let is_within = row < rows && image(row).is_some() && image(row) == image(row - 1);
        if !is_within && (row == rows || row * parts >= (found.len() + 1) * rows) {
            found.push(table.slice(i64::try_from(start).unwrap(), row - start));
            start = row;
        }
    }
    found
}

#[test]
fn parts_that_were_read_apart_come_to_the_whole_or_are_refused() {
    let taxonomy = taxonomy();
    let mut refused = BTreeSet::new();
    for (shape, text, groups) in SHAPES {
        let (table, options) = (table(text), options(groups));
        let whole = read(&[TableSource::held("table", table.clone())], &options, limits(2));
        let (_, told, tally, _) = whole.unwrap();
        for count in [2, 3] {
            let parts = parts(&table, count);
            for order in [(0..parts.len()).collect::<Vec<_>>(), (0..parts.len()).rev().collect()] {
                let added = added(&order.iter().map(|&part| parts[part].clone()).collect::<Vec<_>>(), &taxonomy, &options);
                match added {
                    Ok((parts_told, parts_tally)) => {
                        assert_eq!(parts_told, told, "{shape} in {count}");
                        assert_eq!(parts_tally.counts(), tally.counts(), "{shape} in {count}");
                    }
                    Err(error) => {
                        let is_open = matches!(error, TableError::NoTruth { .. } | TableError::NoScores { .. });
                        assert!(is_open || matches!(error, TableError::Differs { .. }), "{shape}: {error}");
                        refused.insert(*shape);
                    }
                }
            }
        }
    }
    // What one part leaves open another may decide, and here it decides it otherwise.
    let may_be = [
        "common names and capitals",
        "commas of thousands",
        "folders",
        "lineages without ranks",
        "lists",
        "lists and their scores",
        "numbered classes and two runs",
        "ranks and percentages",
        "scores that only rank",
        "what is no taxon",
    ];
    assert!(refused.iter().all(|shape| may_be.contains(shape)), "{refused:?}");
}

fn added(parts: &[DataFrame], taxonomy: &Taxonomy, options: &TableOptions) -> Result<(Told, Tally), TableError> {
    let (mut tally, mut labels): (Option<Tally>, LabelLists) = (None, LabelLists::default());
    for (at, part) in parts.iter().enumerate() {
        let name = format!("part {at}");
        let source = TableSource::held(&name, part.clone());
        let mut chunks = Chunks::open_within(&[source], taxonomy, options, limits(1))?;
        chunks.by_ref().try_for_each(|chunk| chunk.map(|_| ()))?;
        let (other, lists) = chunks.into_parts();
        // As they are written into a file.
        let other: Tally = serde_json::from_str(&serde_json::to_string(&other).unwrap()).unwrap();
        let lists: LabelLists = serde_json::from_str(&serde_json::to_string(&lists).unwrap()).unwrap();
        match &mut tally {
            Some(tally) => tally.add(&other, Path::new(&name))?,
            None => tally = Some(other),
        }
        labels.add(&lists, Path::new(&name))?;
    }
    let tally = tally.unwrap();
    let told = Told::of(&tally, &mut labels, taxonomy, options, Path::new("all"))?;
    Ok((told, tally))
}
