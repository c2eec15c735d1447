//! Sets in files become a folder, whose page says all of it in three languages.

use super::{ShiftPage, blocks, value, write};
use crate::numbers::standardisation::Standard;
use crate::report::Overwrite;
use crate::report::document::Block;
use crate::report::language::Language;
use crate::report::shifting::{Shifted, Shifting, ShiftingError};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::source::TaxonomySource;
use std::path::Path;

const TREE: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
";
/// Site, truth, answer, and how many images have them.
const ROWS: [(&str, &str, &str, usize); 7] = [
    ("a", "Felis catus", "Felis catus", 6),
    ("a", "Lynx lynx", "Lynx lynx", 5),
    ("a", "Vulpes vulpes", "Vulpes vulpes", 4),
    ("a", "Vulpes vulpes", "Lynx lynx", 1),
    ("b", "Felis catus", "Felis catus", 2),
    ("b", "Vulpes vulpes", "Vulpes vulpes", 3),
    ("b", "Vulpes vulpes", "Lynx lynx", 3),
];

/// One table of both sites, one of each, and the second without its truth.
fn tables(folder: &Path) {
    std::fs::write(folder.join("tree.csv"), TREE).unwrap();
    let (mut number, mut all, mut unseen) =
        (0, "image,site,truth,predicted,score\n".to_string(), "image,predicted\n".to_string());
    for (site, truth, answer, times) in ROWS {
        for _ in 0..times {
            number += 1;
            all.extend([format!("{number}.jpg,{site},{truth},{answer},0.{}\n", 60 + number)]);
            if site == "b" {
                unseen.extend([format!("{number}.jpg,{answer}\n")]);
            }
        }
    }
    std::fs::write(folder.join("all.csv"), all).unwrap();
    std::fs::write(folder.join("unseen.csv"), unseen).unwrap();
}

fn shifting(folder: &Path) -> Shifting {
    let mut shifting = Shifting::of(folder.join("all.csv"));
    shifting.taxonomy = Some(TaxonomySource::Named(folder.join("tree.csv").display().to_string()));
    shifting.options.draws = 100;
    shifting
}

fn between(folder: &Path) -> Shifting {
    let mut shifting = shifting(folder);
    shifting.table.group_columns = vec!["site".to_string()];
    shifting.between = Some(["a", "b"].map(str::to_string));
    shifting
}

fn texts(block: &Block) -> Vec<String> {
    match block {
        Block::Heading(_, text) | Block::Paragraph(text) | Block::Warning(text) => vec![text.clone()],
        Block::Table(table) => table.head.clone(),
        Block::Details(title, blocks) => std::iter::once(title.clone()).chain(blocks.iter().flat_map(texts)).collect(),
        Block::Figure(figure) => vec![figure.caption.clone()],
        Block::List(_) | Block::Gallery(_) => vec![],
    }
}

/// Every sentence of the page is known in the other languages.
fn assert_translated(shifted: &Shifted) {
    let document = blocks::document(&ShiftPage::of(shifted, "nearmiss shift")).unwrap();
    let mut all: Vec<String> = document.blocks.iter().flat_map(texts).collect();
    all.push(document.title.clone());
    all.extend(document.verdicts.clone());
    // Heads that are the same in every language, and names of sets.
    let [one, other] = shifted.shift.sets.each_ref().map(|set| set.name.as_str());
    let same = ["p", "BBSE", "EM", one, other];
    let unknown = |language: Language| {
        let of = all.iter().filter(|text| !same.contains(&text.as_str()) && language.translate(text).is_none());
        of.cloned().collect::<Vec<String>>()
    };
    assert_eq!(unknown(Language::French), Vec::<String>::new());
    assert_eq!(unknown(Language::Spanish), Vec::<String>::new());
}

#[test]
fn two_sites_of_one_table_become_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let shifted = between(folder.path()).run().unwrap();
    assert_translated(&shifted);
    // At the mix of both sets the standardised difference is the part of skill, which stands in a table of its own.
    let mut by_first = between(folder.path());
    by_first.options.standard = Standard::First;
    let by_first = by_first.run().unwrap();
    assert_translated(&by_first);
    let heads = |shifted: &Shifted| super::tables::changes(&shifted.shift).head.len();
    assert_eq!((heads(&shifted), heads(&by_first)), (5, 6));
    let page = ShiftPage::of(&shifted, "nearmiss shift");
    let files = write(&folder.path().join("out"), &page, Overwrite::OwnReport).unwrap();
    let names: Vec<String> = files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for name in ["shift.json", "shift_ranks.csv", "shift_standardised.csv", "shift_clades.csv", "shift_taxa.csv", "shift_mix.csv"]
    {
        assert!(names.iter().any(|found| found == name), "{names:?}");
    }
    assert!(names.iter().any(|found| found == "report.md") && names.iter().any(|found| found == "index.html"), "{names:?}");
    let taxa = std::fs::read_to_string(folder.path().join("out/shift_taxa.csv")).unwrap();
    // Foxes: 5 of 16 and 6 of 8 images; lynxes are in the first alone.
    assert!(taxa.contains("Vulpes vulpes,species,both,5,6,0.3125,0.75,0.8,0.5,"), "{taxa}");
    assert!(taxa.contains("Lynx lynx,species,first,5,0,0.3125,0,1,,0,0,"), "{taxa}");
    let value = value(&page);
    assert_eq!(value["first"]["scored"], 16);
    assert_eq!(value["overlap"][0]["images_only_first"], 5);
    assert_eq!(value["calibration"][0]["of"], "answer");
    // 15 of 16 and 5 of 8.
    assert!(value["verdict"].as_str().unwrap().starts_with("a is right on 93.8"), "{}", value["verdict"]);
    let mut rows = value["metrics"].as_array().unwrap().iter();
    let exact = rows.find(|row| row["name"] == "exact").unwrap();
    assert!((exact["difference"].as_f64().unwrap() + 0.3125).abs() < 1e-12, "{exact}");
}

#[test]
fn a_second_table_without_truths_is_read_and_estimated() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let mut shifting = shifting(folder.path());
    shifting.second = Some(folder.path().join("unseen.csv").into());
    shifting.options.rank = Some(Rank::Species);
    for taxonomy in [shifting.taxonomy.clone(), None] {
        shifting.taxonomy = taxonomy;
        let shifted = shifting.run().unwrap();
        assert_eq!((shifted.shift.sets[1].scored, shifted.shift.sets[1].without_truth), (0, 8));
        assert!(shifted.notes.iter().any(|note| note.ends_with("is estimated from the answers alone")), "{:?}", shifted.notes);
        // Answered: cats 2/8, foxes 3/8, lynxes 3/8. Of the 11 foxes of both sites 7 are answered so: 3/8 = 7/11 q, q = 33/56.
        let mix = shifted.shift.label_shift.as_ref().unwrap();
        let foxes = mix.mix.iter().find(|class| shifted.taxonomy.name(class.taxon) == "Vulpes vulpes").unwrap();
        assert!((foxes.bbse.unwrap() - 33.0 / 56.0).abs() < 1e-12, "{foxes:?}");
        assert_translated(&shifted);
    }
}

#[test]
fn a_table_that_lies_in_a_run_directory_has_its_own_probabilities() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    std::fs::write(folder.path().join("run.json"), "{}").unwrap();
    let shifted = between(folder.path()).run().unwrap();
    let why = shifted.shift.label_shift.as_ref().unwrap().no_em.as_deref().unwrap();
    assert!(why.starts_with("the source lists one answer per image"), "{why}");
}

#[test]
fn what_is_no_pair_of_sets_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let refused = |shifting: Shifting| shifting.run().unwrap_err().to_string();
    assert!(matches!(shifting(folder.path()).run(), Err(ShiftingError::OneSet { .. })));
    let with = |groups: [&str; 2]| Shifting { between: Some(groups.map(str::to_string)), ..between(folder.path()) };
    assert!(refused(with(["a", "c"])).ends_with("no image has 'c' in the column 'site'; it has 'a', 'b'"));
    assert!(refused(with(["a", "a"])).contains("not held against itself"));
    assert!(refused(with(["", "a"])).contains("no image has ''"));
    let two = Shifting { second: Some(folder.path().join("unseen.csv").into()), ..between(folder.path()) };
    assert!(refused(two).contains("takes both sets out of one table"));
    let mut without = between(folder.path());
    without.table.group_columns.clear();
    assert!(refused(without).contains("--group-column"));
}
