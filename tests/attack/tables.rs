//! Tables of predictions.

use super::{Reader, file, texts};
use nearmiss::answers::table::{TableOptions, Tables, read_manifest, read_tables};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::Taxonomy;
use std::path::Path;

pub(super) const READERS: &[Reader] = &[
    Reader { name: "score", longest: 1024, multiple: 4096, base: 64 << 20, read: score, seeds: tables, words: WORDS },
    Reader { name: "table", longest: 4096, multiple: 2048, base: 16 << 20, read: table, seeds: tables, words: WORDS },
];

const WORDS: &[&str] = &[
    "image",
    "truth",
    "predicted",
    "score",
    "label",
    "probability",
    "rank",
    "k__Fungi;p__",
    "\\x09",
    "\\x0d\\x0a",
    "\\x0d",
    "\\\"",
    "\\\"\\\"",
    "truth_genus",
    "predicted_species",
    "file_name",
    "NA",
    "Unassigned",
    "0.5",
    "0,5",
    "1e-400",
    "nan",
    "-inf",
    "{\\\"",
    "[{\\\"",
    "\\\":",
    "null",
    "species",
    "genus",
    "Parus major",
    "predictions",
    "options",
    "classification_score",
    "; ",
    "|",
    "\\xef\\xbb\\xbf",
];

/// The runs of a table speak of as many images each.
fn hold(tables: &Tables<'_>) {
    for run in &tables.runs {
        for image in 0..run.ranked.len() {
            assert!(run.ranked.answers(image).len() <= 1 << 16);
        }
    }
}

fn table(folder: &Path, bytes: &[u8]) {
    if bytes.starts_with(b"PAR1") {
        return;
    }
    let path = file(folder, "table", bytes);
    if let Ok(tables) = read_tables(&path, None, &TableOptions::default()) {
        hold(&tables);
    }
    let known = "genus,species\nParus,Parus major\nPica,Pica pica\n";
    if let Ok(taxonomy) = Taxonomy::from_bytes(known.as_bytes(), Path::new("known.csv"))
        && let Ok(tables) = read_tables(&path, Some(&taxonomy), &TableOptions::default())
    {
        hold(&tables);
    }
    let _ = read_manifest(&path, &TableOptions::default());
}

/// Scores of a table are shares, and the first answer is among the first five.
fn score(folder: &Path, bytes: &[u8]) {
    if bytes.starts_with(b"PAR1") {
        return;
    }
    let Ok(tables) = read_tables(file(folder, "table", bytes), None, &TableOptions::default()) else { return };
    for run in tables.runs.iter().take(2) {
        let scores = Scores::of(&tables.taxonomy, run, &ScoreOptions::default());
        for row in &scores.ranks {
            let shares = [row.path_top1, row.path_top5, row.path_macro, row.summed_top1, row.summed_top5, row.ece, row.path_mrr];
            for share in shares.into_iter().flatten() {
                assert!((-1e-9..=1.0 + 1e-9).contains(&share), "a share of {share} at {}", row.rank);
            }
            for [first, five] in [[row.path_top1, row.path_top5], [row.summed_top1, row.summed_top5]] {
                assert!(first.zip(five).is_none_or(|(first, five)| first <= five + 1e-9), "{first:?} of one, {five:?} of five");
            }
        }
    }
}

fn tables() -> Vec<Vec<u8>> {
    texts(&[
        "image,truth,predicted,score\na.jpg,Parus major,Pica pica,0.5\nb.jpg,Parus,Parus major,0.25\nc.jpg,NA,,\n",
        "image,label,score\na,Parus major,0.7\na,Pica pica,0.2\nb,Corvus,0,9\n",
        "image\ttruth\tpredicted\r\na\tk__Fungi;p__Ascomycota;g__X;s__X y\tk__Fungi;p__Basidiomycota\r\nb\t\t\"quoted\tcell\"\r\n",
        "truth_genus,truth_species,predicted_genus,predicted_species,image\nParus,Parus major,Pica,Pica pica,a\n",
        "image;truth;predicted;score\na;Parus major;Pica pica;0,5\n",
        "file_name,kingdom,phylum,class,order,family,genus,species_epithet,species,common_name,score\na.jpg,Animalia,Chordata,Aves,Passeriformes,Paridae,Parus,major,Parus major,Great tit,0.9\n",
        "{\"image\":\"a\",\"truth\":\"Parus major\",\"predicted\":\"Pica pica\",\"score\":0.5}\n{\"image\":\"b\",\"truth\":null,\"predicted\":[\"Parus\",\"Pica\"],\"score\":[0.5,0.1]}\n",
        "[{\"image\":\"a\",\"label\":\"Parus major\",\"score\":1},{\"image\":\"a\",\"label\":\"Pica pica\",\"score\":1e-400}]",
        "{\"predictions\":[{\"filepath\":\"a.jpg\",\"prediction\":\"x;mammalia;carnivora;felidae;panthera;leo;lion\",\"prediction_score\":0.9}]}",
        "{\"a.jpg\":[[\"Parus major\",0.5],[\"Pica pica\",0.2]],\"b.jpg\":[]}",
        "{\"images\":[{\"file\":\"a\",\"detections\":[{\"category\":\"1\",\"conf\":0.9,\"classifications\":[[\"2\",0.5]]}]}],\"detection_categories\":{\"1\":\"animal\"},\"classification_categories\":{\"2\":\"Parus major\"}}",
        "OTU1\tk__Fungi;p__Ascomycota(0.98);c__X(0.5)\t0.98\nOTU2\tUnassigned\t0.1\n",
        "image,Parus major,Pica pica\na,0.7,0.3\nb,0.1,0.9\n",
        "image,truth,predicted,predicted\na,Parus,Parus,Pica\n",
        "\u{feff}image,truth,predicted\n\na,\"Parus\nmajor\",\"a \"\"b\"\"\"\n,,\n",
        "image,truth,predicted\na,b\n",
        "image,truth,predicted\ra,Parus,Parus\rb,Parus,Pica\r",
        "image,truth,predicted\na,a;b;c;d;e;f;g;h;i;j;k,a|b|c\n",
        "{\"image\":{\"0\":\"a\",\"1\":\"b\"},\"truth\":{\"0\":\"Parus\",\"1\":\"Pica\"},\"predicted\":{\"0\":\"Parus\",\"1\":\"Parus\"}}",
        "image,truth,options,answer\na,Parus major,\"['Parus major', 'Pica pica']\",1\n",
    ])
}
