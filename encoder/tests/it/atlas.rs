//! The atlas: the same to the byte, with a hierarchy that shows or does not.

use nearmiss::photographs::dataset::{Dataset, ManifestOptions};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::Found;
use nearmiss_encoder::atlas::{AtlasError, AtlasOptions, MANIFEST, TAXONOMY, write};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SMALL: AtlasOptions = AtlasOptions { seed: 3, species: 40, pictures: 200, hierarchy: 1.0, sample: 0 };

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let read = |entry: walkdir::DirEntry| {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(entry.path()).unwrap())
    };
    files.map(read).collect()
}

#[test]
fn equal_seeds_give_equal_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let [one, four, other] = ["one", "four", "other"].map(|name| folder.path().join(name));
    let threads = |number: usize| rayon::ThreadPoolBuilder::new().num_threads(number).build().unwrap();
    let written = threads(1).install(|| write(&one, &SMALL)).unwrap();
    threads(4).install(|| write(&four, &SMALL)).unwrap();
    assert_eq!((written.pictures, written.species, written.unseen), (200, 40, 8));
    assert_eq!(bytes(&one), bytes(&four));
    write(&other, &AtlasOptions { seed: 4, ..SMALL }).unwrap();
    assert_ne!(bytes(&one)[TAXONOMY], bytes(&other)[TAXONOMY]);
    // Again into the same folder: replaced whole.
    write(&other, &SMALL).unwrap();
    assert_eq!(bytes(&one), bytes(&other));
}

#[test]
fn every_picture_has_a_truth_and_no_individual_is_in_two_splits() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = folder.path().join("atlas");
    write(&atlas, &SMALL).unwrap();
    let taxonomy = Taxonomy::named(atlas.join(TAXONOMY).to_str().unwrap()).unwrap();
    let dataset = Dataset::from_manifest(&atlas.join(MANIFEST), &ManifestOptions::default()).unwrap();
    assert_eq!(dataset.photographs.len(), 200);
    assert!(dataset.notes.is_empty(), "{:?}", dataset.notes);
    let mut splits: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for photograph in &dataset.photographs {
        assert!(photograph.path.is_file());
        let truth = photograph.truth_text.clone().unwrap();
        assert!(matches!(taxonomy.find(&truth), Found::One(taxon) if taxonomy.rank(taxon) == Rank::Species), "{truth}");
        // The class folder says the same.
        assert!(photograph.image.contains(&truth.replace(' ', "_")));
        splits.entry(photograph.observation.clone().unwrap()).or_default().insert(photograph.split.clone().unwrap());
    }
    assert!(splits.values().all(|splits| splits.len() == 1));
    // One homonym pair, and ranks that are not known.
    let genera: Vec<&str> = taxonomy.taxa_of_rank(Rank::Genus).map(|genus| taxonomy.name(genus)).collect();
    assert_eq!(genera.len() - genera.iter().collect::<BTreeSet<_>>().len(), 1);
    let without =
        |rank: Rank| taxonomy.taxa_of_rank(Rank::Species).filter(|&one| taxonomy.ancestor_at(one, rank).is_none()).count();
    assert!(without(Rank::Order) > 0 && without(Rank::Family) > 0 && without(Rank::Kingdom) == 0);
}

/// Mean difference of the pixels' mean colours between pictures of two species, of one genus or of
/// two kingdoms.
fn colour_gaps(hierarchy: f64) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let atlas = folder.path().join("atlas");
    write(&atlas, &AtlasOptions { species: 60, pictures: 600, hierarchy, ..SMALL }).unwrap();
    let taxonomy = Taxonomy::named(atlas.join(TAXONOMY).to_str().unwrap()).unwrap();
    let dataset = Dataset::from_manifest(&atlas.join(MANIFEST), &ManifestOptions::default()).unwrap();
    let mut colours: BTreeMap<_, ([f64; 3], f64)> = BTreeMap::new();
    for photograph in &dataset.photographs {
        let Found::One(taxon) = taxonomy.find(photograph.truth_text.as_deref().unwrap()) else { panic!() };
        let photo = image::open(&photograph.path).unwrap().to_rgb8();
        let sum = colours.entry(taxon).or_default();
        // The middle, where the organism is.
        for (x, y) in (32..64).flat_map(|x| (32..64).map(move |y| (x, y))) {
            for (channel, value) in photo.get_pixel(x, y).0.into_iter().enumerate() {
                sum.0[channel] += f64::from(value);
            }
            sum.1 += 1.0;
        }
    }
    let (mut near, mut far) = ((0.0, 0.0), (0.0, 0.0));
    for (a, (colour_a, n_a)) in &colours {
        for (b, (colour_b, n_b)) in colours.range(*a..).skip(1) {
            let gap = (0..3).map(|channel| (colour_a[channel] / n_a - colour_b[channel] / n_b).powi(2)).sum::<f64>().sqrt();
            let at = |taxon, rank| taxonomy.ancestor_at(taxon, rank);
            let sum = match () {
                () if at(*a, Rank::Genus) == at(*b, Rank::Genus) => &mut near,
                () if at(*a, Rank::Kingdom) != at(*b, Rank::Kingdom) => &mut far,
                () => continue,
            };
            *sum = (sum.0 + gap, sum.1 + 1.0);
        }
    }
    (near.0 / near.1, far.0 / far.1)
}

#[test]
fn sisters_look_alike_only_where_looks_come_from_the_tree() {
    let (near, far) = colour_gaps(1.0);
    assert!(near < 0.75 * far, "{near} {far}");
    let (near, far) = colour_gaps(0.0);
    assert!(near > 0.85 * far, "{near} {far}");
}

#[test]
fn an_atlas_that_cannot_be_is_refused_and_nothing_of_others_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |options: AtlasOptions| write(&folder.path().join("atlas"), &options).unwrap_err().to_string();
    assert!(refused(AtlasOptions { species: 5, ..SMALL }).contains("at least six species"));
    assert!(refused(AtlasOptions { pictures: 39, ..SMALL }).contains("40 species and 39 pictures"));
    assert!(
        refused(AtlasOptions { hierarchy: 1.5, ..SMALL }).contains("from 0 (looks independent of the tree) to 1; asked for 1.5")
    );
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    assert!(matches!(write(folder.path(), &SMALL), Err(AtlasError::NotAnAtlas(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
