//! Taxonomies and trees of others, where they lie beside the checkout.

#![expect(clippy::float_cmp, reason = "published distances are met to the last digit")]

use crate::shared::shared;
use nearmiss::taxonomy::import::{Import, ImportOptions};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;
use std::path::Path;

fn open(path: &Path) -> Result<Import, String> {
    let import = Import::open(path, &ImportOptions::default()).map_err(|error| error.to_string())?;
    assert!(import.accounting().is_whole(), "{}: {:?}", path.display(), import.accounting());
    Ok(import)
}

/// File, rows, taxa, synonyms, left out, and the count of a rank.
type Expected = (&'static str, u64, u64, u64, u64, (Rank, u64));

const IMPORTED: [Expected; 31] = [
    ("taxonomy/ami_uk_denmark_moth_list.csv", 3_022, 4_084, 2, 3, (Rank::Family, 60)),
    ("taxonomy/arthropod_hierarchy.csv", 1_191, 3_039, 0, 0, (Rank::Species, 1_191)),
    ("taxonomy/birdnet_species_aliases.csv", 346, 518, 346, 0, (Rank::Species, 328)),
    ("taxonomy/col_xcol_103.txtree", 5_930, 3_568, 2_362, 0, (Rank::Species, 2_824)),
    ("taxonomy/col_xcol_104.txtree", 1_578, 1_105, 473, 0, (Rank::Species, 875)),
    ("taxonomy/cub_classes_wikispecies.txt", 200, 317, 0, 0, (Rank::Species, 196)),
    ("taxonomy/cub_hierarchy_wikispecies.txt", 383, 383, 0, 0, (Rank::Unranked, 383)),
    ("taxonomy/cub_wikispecies.parent-child.txt", 382, 383, 0, 0, (Rank::Unranked, 383)),
    ("taxonomy/inat2019_hierarchy.txt", 1_189, 1_190, 0, 0, (Rank::Unranked, 1_190)),
    ("taxonomy/inat2021_categories.csv", 10_000, 16_343, 0, 0, (Rank::Species, 10_000)),
    ("taxonomy/inatVisionAPI_taxonomy_fixture.csv", 29, 29, 0, 0, (Rank::Species, 5)),
    ("taxonomy/inat_bird_labels.txt", 965, 1_406, 0, 1, (Rank::Species, 925)),
    ("taxonomy/inat_insect_labels.txt", 1_022, 1_693, 0, 1, (Rank::Species, 1_004)),
    ("taxonomy/inat_plant_labels.txt", 2_102, 3_128, 0, 1, (Rank::Species, 2_073)),
    ("taxonomy/insect_specie_to_other_labels.json", 1_213, 1_892, 0, 0, (Rank::Species, 1_213)),
    ("taxonomy/nabirds_hierarchy.txt", 1_010, 1_011, 0, 0, (Rank::Unranked, 1_011)),
    ("taxonomy/onecodex_gtdb_sample.tsv", 1_000, 1_513, 0, 0, (Rank::Species, 600)),
    ("taxonomy/onecodex_ncbi_subset_tax.json", 3_269, 3_269, 0, 0, (Rank::Species, 2_431)),
    ("taxonomy/ott_gbif_asterales_taxonomy.tsv", 23_761, 11_221, 12_115, 0, (Rank::Species, 9_034)),
    ("taxonomy/ott_ncbi_asterales_taxonomy.tsv", 18_349, 15_258, 3_091, 0, (Rank::Species, 12_301)),
    ("taxonomy/rare_species_metadata.csv", 11_983, 1_024, 0, 0, (Rank::Species, 400)),
    ("taxonomy/speciesnet_taxonomy_release.txt", 3_493, 3_552, 0, 3, (Rank::Family, 280)),
    ("taxonomy/dwca/archive-dwc_DarwinCore.txt", 3_248, 166, 3_082, 0, (Rank::Family, 8)),
    ("taxonomy/dwca/archive-tax.zip", 3_248, 48, 384, 2_816, (Rank::Order, 1)),
    ("taxonomy/dwca/checklist_980.zip", 356, 505, 0, 33, (Rank::Species, 323)),
    ("taxonomy/dwca/dwca-2extensions.zip", 4, 20, 0, 0, (Rank::Genus, 4)),
    ("taxonomy/dwca/gnub.tab.zip", 9, 7, 0, 2, (Rank::Genus, 4)),
    ("trees/biopython_bats.nex", 1_315, 1_315, 0, 0, (Rank::Root, 1)),
    ("trees/bird_orders.newick", 45, 45, 0, 0, (Rank::Unranked, 44)),
    ("trees/pythonidae.mle.nex", 64, 64, 0, 0, (Rank::Unranked, 63)),
    ("fathomnet/tree.nh", 273, 273, 0, 0, (Rank::Unranked, 272)),
];

#[test]
fn every_real_taxonomy_is_read_with_the_counts_it_has() {
    for (file, rows, taxa, synonyms, left_out, (rank, count)) in IMPORTED {
        let Some(path) = shared(&format!("real/{file}")) else { return };
        let import = open(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let parts = import.accounting();
        assert_eq!((parts.rows, parts.taxa, parts.synonyms, parts.left_out), (rows, taxa, synonyms, left_out), "{file}");
        assert_eq!(import.ranks().get(&rank), Some(&count), "{file}");
        let tree = import.taxonomy().unwrap();
        let roots = u64::from(!import.ranks().contains_key(&Rank::Root));
        assert!(tree.len() as u64 == taxa + roots || tree.len() as u64 == taxa, "{file}: {} of {taxa}", tree.len());
    }
}

#[test]
fn every_real_file_that_is_no_taxonomy_is_refused_for_the_right_reason() {
    for (file, what) in [
        ("taxonomy/meta_album_FNG_Mini_metadata.csv", "a list of photographs with labels"),
        ("taxonomy/meta_album_INS_2_Mini_metadata.csv", "a list of photographs with labels"),
        ("taxonomy/meta_album_INS_Mini_metadata.csv", "a list of photographs with labels"),
        ("taxonomy/meta_album_MED_LF_Mini_metadata.csv", "a list of photographs with labels"),
        ("taxonomy/meta_album_PLK_Mini_metadata.csv", "a list of photographs with labels"),
        ("taxonomy/meta_album_PLT_NET_Mini_metadata.csv", "a list of photographs with labels"),
        ("taxonomy/nabirds_classes.txt", "a numbered list of names that are no binomials"),
        ("taxonomy/ott_gbif_asterales_synonyms.tsv", "a list of synonyms without the taxa"),
        ("taxonomy/ott_ncbi_asterales_synonyms.tsv", "a list of synonyms without the taxa"),
        ("taxonomy/charsets/utf-8_latin.csv", "a table of occurrences"),
        ("taxonomy/charsets/utf-8_no-bom.csv", "a table of occurrences"),
        ("taxonomy/dwca/archive-occ.zip", "the core of the archive is 'DarwinCore'"),
        ("taxonomy/dwca/csv_optional_quotes_puma.csv", "a table of occurrences"),
        ("taxonomy/dwca/dwca-noheaders-1.zip", "'Occurrence': its rows are observations"),
        ("taxonomy/dwca/dwca-simple-csv-notenclosed.zip", "a table of occurrences"),
        ("taxonomy/dwca/dwca-utf8-eol-test.zip", "'Occurrence': its rows are observations"),
        ("taxonomy/dwca/gbif-results-whitespace-in-xml.zip", "'Occurrence': its rows are observations"),
        ("taxonomy/dwca/gbif-results.zip", "'Occurrence': its rows are observations"),
        ("taxonomy/dwca/iucn100.csv", "the first line holds data and no header"),
        ("taxonomy/dwca/iucn100.pipe.txt", "the first line holds data and no header"),
        ("taxonomy/dwca/iucn100.tab.txt", "the first line holds data and no header"),
    ] {
        let Some(path) = shared(&format!("real/{file}")) else { return };
        let error = open(&path).map(|import| import.format).expect_err(file);
        assert!(error.contains(what), "{file}: {error}");
    }
}

/// A square table of distances: names, and the values of their rows.
fn matrix(path: &Path) -> (Vec<String>, BTreeMap<(String, String), f64>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().skip(1).map(|name| name.replace('_', " ")).collect();
    let mut cells = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let row = record[0].replace('_', " ");
        for (name, cell) in names.iter().zip(record.iter().skip(1)) {
            cells.insert((row.clone(), name.clone()), cell.trim().parse().unwrap());
        }
    }
    (names, cells)
}

fn leaf(tree: &Taxonomy, name: &str) -> TaxonId {
    let named: Vec<TaxonId> = tree.taxa().filter(|&taxon| tree.name(taxon) == name).collect();
    assert_eq!(named.len(), 1, "'{name}'");
    named[0]
}

#[test]
fn distances_on_the_snakes_are_the_published_ones() {
    for tree_file in ["pythonidae.mle.nex", "pythonidae.mle.newick"] {
        let Some(path) = shared(&format!("real/trees/{tree_file}")) else { return };
        let tree = open(&path).unwrap().taxonomy().unwrap();
        let folder = path.parent().unwrap();
        let (names, weighted) = matrix(&folder.join("pythonidae.mle.weighted.pdm.csv"));
        let (_, edges) = matrix(&folder.join("pythonidae.mle.unweighted.pdm.csv"));
        assert_eq!(names.len(), 33);
        let mut largest = 0.0_f64;
        for a in &names {
            for b in &names {
                let (x, y) = (leaf(&tree, a), leaf(&tree, b));
                let key = (a.clone(), b.clone());
                let length = tree.path_length(x, y).unwrap();
                largest = largest.max((length - weighted[&key]).abs());
                let steps = tree.depth(x) + tree.depth(y) - 2 * tree.depth(tree.lca(x, y));
                assert_eq!(f64::from(steps), edges[&key], "{a} {b}");
            }
        }
        // The published sums were added in another order: they differ in the last bit of a double.
        assert!(largest <= 1.2e-16, "{tree_file}: {largest:e}");
    }
}

#[test]
fn distances_on_the_tree_of_fathomnet_are_the_published_ones() {
    let Some(path) = shared("real/fathomnet/tree.nh") else { return };
    let tree = open(&path).unwrap().taxonomy().unwrap();
    let (names, cells) = matrix(&path.with_file_name("distance_matrix.csv"));
    assert_eq!((names.len(), cells.len()), (79, 6_241));
    for ((a, b), distance) in &cells {
        assert_eq!(tree.path_length(leaf(&tree, a), leaf(&tree, b)), Some(*distance), "{a} {b}");
    }
}
