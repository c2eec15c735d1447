//! Clades found again in the tree that a space makes: by hand, against a naive twin, and on the atlas, whose hierarchy is known.

use nearmiss::numbers::neighbours::Rows;
use nearmiss::numbers::vector::squared_distance;
use nearmiss::report::latent::verdict;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::latent::clades::{Recovery, clades_of, recovery};
use nearmiss::spaces::latent::dendrogram::{Dendrogram, Linkage, Merge, condensed};
use nearmiss::spaces::latent::{Ladder, LatentOptions, measure};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use nearmiss_encoder::atlas::{AtlasOptions, Individuals, Looks};
use std::collections::BTreeSet;

#[track_caller]
fn close(value: f64, expected: f64, what: &str) {
    assert!((value - expected).abs() < 1e-12, "{what}: {value} is not {expected}");
}

/// Species a to f in the order of the tree: a and b of one genus, c of another, these one family; d, e, f of three genera, the other.
fn six() -> (Taxonomy, Vec<TaxonId>) {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    let species =
        [("F1", "G1", "a"), ("F1", "G1", "b"), ("F1", "G2", "c"), ("F2", "G3", "d"), ("F2", "G4", "e"), ("F2", "G5", "f")];
    let handles: Vec<_> = species
        .iter()
        .map(|(family, genus, species)| {
            builder.add_lineage([(Rank::Family, *family), (Rank::Genus, *genus), (Rank::Species, *species)], &place)
        })
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    let taxa = handles.into_iter().map(|handle| numbers.id(handle)).collect();
    (taxonomy, taxa)
}

/// Branches ab, cd, cde, abcde and the root.
fn branches_by_hand() -> Dendrogram {
    let merge = |left, right, height, size| Merge { left, right, height, size };
    let merges = vec![merge(0, 1, 1.0, 2), merge(2, 3, 2.0, 2), merge(4, 7, 3.0, 3), merge(6, 8, 4.0, 5), merge(5, 9, 5.0, 6)];
    Dendrogram { n: 6, merges }
}

#[test]
fn three_clades_among_five_branches_by_hand() {
    let (taxonomy, taxa) = six();
    let Recovery { all, ranks } = recovery(&branches_by_hand(), &taxonomy, &taxa, 999, 0);
    // ab is a branch. abc: 4/5 with ab, 2/5 with cd, 2/6 with cde, 6/8 with abcde, 6/9 with the root. def: 2/5 with cd, 4/6 with
    // cde, 4/8 with abcde, 6/9 with the root.
    assert_eq!((all.clades, all.recovered, all.permutations), (3, 1, 999));
    close(all.recall.unwrap(), 1.0 / 3.0, "recall");
    close(all.best_match.unwrap(), (1.0 + 4.0 / 5.0 + 2.0 / 3.0) / 3.0, "best match");
    // Four branches but the root and three clades, one in common.
    assert_eq!(all.robinson_foulds, 5);
    close(all.normalised.unwrap(), 5.0 / 7.0, "normalised");
    let [(Rank::Family, family), (Rank::Genus, genus)] = ranks[..] else { panic!("{ranks:?}") };
    assert_eq!((family.clades, family.recovered, genus.clades, genus.recovered), (2, 0, 1, 1));
    close(family.best_match.unwrap(), f64::midpoint(4.0 / 5.0, 2.0 / 3.0), "best match of families");
    close(genus.best_match.unwrap(), 1.0, "best match of the genus");
    // By chance: the genus is one of two pairs among fifteen; the families, each the rest of the other, one triple among twenty.
    assert!((genus.recovered_by_chance.unwrap() - 2.0 / 15.0).abs() < 0.04, "{genus:?}");
    assert!((family.recovered_by_chance.unwrap() - 2.0 / 20.0).abs() < 0.04, "{family:?}");
    assert!((genus.recovered_p.unwrap() - 2.0 / 15.0).abs() < 0.04, "{genus:?}");
    let lift = (all.best_match.unwrap() - all.best_match_by_chance.unwrap()) / (1.0 - all.best_match_by_chance.unwrap());
    close(all.best_match_lift.unwrap(), lift, "lift");
    assert_eq!(recovery(&branches_by_hand(), &taxonomy, &taxa, 999, 0).all, all, "the same seed");
}

#[test]
fn recovery_is_that_of_sets_compared_one_by_one() {
    let (taxonomy, taxa, _) = atlas(&AtlasOptions { species: 40, pictures: 40, ..AtlasOptions::default() }, false);
    // Distances without any sense, and ties among them.
    let distances = condensed(taxa.len(), |a, b| f64::from(u32::try_from((a * 7919 + b * 104_729) % 61).unwrap()));
    let dendrogram = Dendrogram::of(taxa.len(), &distances, Linkage::Average);
    let mut branches: Vec<BTreeSet<usize>> = (0..taxa.len()).map(|leaf| BTreeSet::from([leaf])).collect();
    for merge in &dendrogram.merges {
        branches.push(branches[merge.left].union(&branches[merge.right]).copied().collect());
    }
    let inner = &branches[taxa.len()..];
    let clades: BTreeSet<BTreeSet<usize>> =
        clades_of(&taxonomy, &taxa).into_values().map(|members| members.into_iter().collect()).collect();
    let size = |set: &BTreeSet<usize>| f64::from(u32::try_from(set.len()).unwrap());
    let f1 = |clade: &BTreeSet<usize>, branch: &BTreeSet<usize>| {
        let both = f64::from(u32::try_from(clade.intersection(branch).count()).unwrap());
        let (precision, recall) = (both / size(branch), both / size(clade));
        if both > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    };
    let best: Vec<f64> = clades.iter().map(|clade| inner.iter().map(|branch| f1(clade, branch)).fold(0.0, f64::max)).collect();
    let all = recovery(&dendrogram, &taxonomy, &taxa, 99, 1).all;
    let count = f64::from(u32::try_from(clades.len()).unwrap());
    assert!((all.best_match.unwrap() - best.iter().sum::<f64>() / count).abs() < 1e-12);
    assert_eq!(all.recovered, clades.iter().filter(|clade| inner.contains(clade)).count());
    assert_eq!(all.clades, clades.len());
}

/// Taxonomy, species and the mean vector of each, of an atlas that is looked at without pictures.
fn atlas(options: &AtlasOptions, differ: bool) -> (Taxonomy, Vec<TaxonId>, Embeddings) {
    let looks = Looks::of(options, if differ { Individuals::Different } else { Individuals::Alike });
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("taxonomy.csv"), &looks.taxonomy).unwrap();
    let taxonomy = Taxonomy::from_path(&folder.path().join("taxonomy.csv")).unwrap();
    let taxa: Vec<Option<TaxonId>> = looks
        .species
        .iter()
        .map(|species| match taxonomy.find(species) {
            Found::One(taxon) => Some(taxon),
            _ => panic!("{species}"),
        })
        .collect();
    let mut species: Vec<TaxonId> = taxa.iter().copied().flatten().collect();
    species.sort_unstable();
    species.dedup();
    let n = taxa.len();
    let embeddings = Embeddings {
        values: looks.values,
        width: looks.width,
        names: (0..n).map(|picture| picture.to_string()).collect(),
        taxa,
        observations: vec![String::new(); n],
        taxonomy: taxonomy.clone(),
        labels: None,
        notes: vec![],
    };
    (taxonomy, species, embeddings)
}

/// The recovery of the tree that the means of species make, by Euclidean distance.
fn of_looks(options: &AtlasOptions, differ: bool) -> Recovery {
    let (taxonomy, species, embeddings) = atlas(options, differ);
    let mut means = vec![vec![0.0; embeddings.width]; species.len()];
    let mut counts = vec![0.0; species.len()];
    for (row, taxon) in embeddings.taxa.iter().enumerate() {
        let place = species.binary_search(&taxon.unwrap()).unwrap();
        counts[place] += 1.0;
        means[place].iter_mut().zip(embeddings.rows().row(row)).for_each(|(mean, value)| *mean += value);
    }
    let values: Vec<f64> =
        means.iter().zip(&counts).flat_map(|(mean, count)| mean.iter().map(move |value| value / count)).collect();
    let rows = Rows { values: &values, width: embeddings.width };
    let distances = condensed(species.len(), |a, b| squared_distance(rows.row(a), rows.row(b)).sqrt());
    recovery(&Dendrogram::of(species.len(), &distances, Linkage::Average), &taxonomy, &species, 199, 0)
}

#[test]
fn distances_of_the_tree_itself_recover_every_clade() {
    let (taxonomy, species, _) = atlas(&AtlasOptions { pictures: 120, ..AtlasOptions::default() }, false);
    let ladder = Ladder::of(&taxonomy, species.iter().copied());
    let distances = condensed(species.len(), |a, b| ladder.distance(&taxonomy, species[a], species[b]));
    let Recovery { all, ranks } =
        recovery(&Dendrogram::of(species.len(), &distances, Linkage::Average), &taxonomy, &species, 99, 0);
    assert_eq!((all.recovered, all.best_match, all.recovered_p), (all.clades, Some(1.0), Some(0.01)));
    assert!(ranks.iter().all(|(_, clades)| clades.recall == Some(1.0) && clades.best_match_lift == Some(1.0)), "{ranks:?}");
}

#[test]
fn what_the_atlas_is_drawn_from_recovers_clades_and_at_hierarchy_0_none() {
    // Nine numbers and a plan evolved down the tree: two of five clades come out whole, and nearly all nearly.
    for seed in [0, 5, 6] {
        for differ in [false, true] {
            let of = |hierarchy| of_looks(&AtlasOptions { seed, hierarchy, pictures: 600, ..AtlasOptions::default() }, differ);
            let Recovery { all, ranks } = of(1.0);
            assert!(all.recall.unwrap() > 0.35 && all.recovered_by_chance.unwrap() < 0.2, "{seed} {differ} {all:?}");
            assert!(all.best_match.unwrap() > 0.8 && all.best_match_by_chance.unwrap() < 0.42, "{seed} {differ} {all:?}");
            assert!(all.recovered_p == Some(0.005) && all.best_match_p == Some(0.005), "{seed} {differ} {all:?}");
            for (rank, clades) in ranks {
                assert!(clades.best_match.unwrap() >= 0.65, "{seed} {differ} {rank} {clades:?}");
                assert!(
                    clades.best_match_lift.unwrap() >= 0.5 && clades.best_match_p.unwrap() <= 0.01,
                    "{seed} {differ} {rank} {clades:?}"
                );
            }
            let control = of(0.0).all;
            assert_eq!(control.recovered, 0);
            assert!(
                control.best_match_lift.unwrap().abs() < 0.03 && control.best_match_p.unwrap() > 0.05,
                "{seed} {differ} {control:?}"
            );
        }
    }
}

#[test]
fn the_verdict_on_the_atlas_is_right_at_both_ends() {
    for seed in [0, 5, 6] {
        for (hierarchy, recovered) in [(1.0, true), (0.0, false)] {
            let options = AtlasOptions { seed, hierarchy, pictures: 600, ..AtlasOptions::default() };
            let (_, _, mut embeddings) = atlas(&options, true);
            // Cosines are from the middle of the space.
            let (n, width) = (embeddings.len(), embeddings.width);
            for column in 0..width {
                let mean = (0..n).map(|row| embeddings.values[row * width + column]).sum::<f64>() / 600.0;
                (0..n).for_each(|row| embeddings.values[row * width + column] -= mean);
            }
            let latent = measure(&embeddings, &LatentOptions { map: false, ..LatentOptions::default() });
            let said = verdict(&latent);
            println!("{said:?}");
            assert_eq!(
                said.iter().any(|sentence| sentence.contains("above chance:") && !sentence.contains("not recovered")),
                recovered
            );
        }
    }
}
