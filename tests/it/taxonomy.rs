//! Taxonomies: queries against the definition, problems with their places, homonyms.

use crate::trees::{random, seeded};
use nearmiss::rank::Rank;
use nearmiss::taxonomy::search::{Found, Step};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use std::path::Path;

fn read(text: &str) -> Taxonomy {
    Taxonomy::from_bytes(text.as_bytes(), Path::new("t.csv")).unwrap()
}

fn refuse(text: &str) -> String {
    Taxonomy::from_bytes(text.as_bytes(), Path::new("t.csv")).unwrap_err().to_string()
}

fn one(taxonomy: &Taxonomy, text: &str) -> TaxonId {
    match taxonomy.find(text) {
        Found::One(taxon) => taxon,
        other => panic!("{text}: {other:?}"),
    }
}

const BIRD_AND_PLANT: &str = "\
# a bird and a plant of one genus name
kingdom,phylum,class,order,family,genus,species,common_name
Animalia,Chordata,Aves,Passeriformes,Muscicapidae,Oenanthe,Oenanthe oenanthe,Northern Wheatear
Animalia,Chordata,Aves,Passeriformes,Muscicapidae,Oenanthe,Oenanthe hispanica,
Plantae,Tracheophyta,Magnoliopsida,Apiales,Apiaceae,Oenanthe,Oenanthe crocata,Hemlock Water-dropwort
";

#[test]
fn queries_equal_their_definitions_on_random_trees() {
    let mut rng = seeded(7);
    for _ in 0..30 {
        let tree = random(&mut rng, 40);
        let taxa: Vec<TaxonId> = tree.taxa().collect();
        for &taxon in &taxa {
            let lineage: Vec<TaxonId> = tree.lineage(taxon).collect();
            assert_eq!(tree.depth(taxon) as usize, lineage.len() - 1);
            assert_eq!(lineage.last(), Some(&TaxonId::ROOT));
            for rank in Rank::MAIN {
                let definition = lineage.iter().copied().find(|&step| tree.rank(step) == rank);
                assert_eq!(tree.ancestor_at(taxon, rank), definition);
            }
            let rung = lineage.iter().find_map(|&step| tree.rank(step).rung()).unwrap();
            assert_eq!(tree.rung(taxon), rung);
            let clade: Vec<TaxonId> = tree.clade(taxon).collect();
            let definition: Vec<TaxonId> =
                taxa.iter().copied().filter(|&other| tree.lineage(other).any(|step| step == taxon)).collect();
            assert_eq!(clade, definition);
            let leaves: Vec<TaxonId> = tree.leaves()[tree.leaf_range(taxon)].to_vec();
            let definition: Vec<TaxonId> = clade.iter().copied().filter(|&leaf| tree.children(leaf).next().is_none()).collect();
            assert_eq!(leaves, definition);
            let children: Vec<TaxonId> = tree.children(taxon).collect();
            let definition: Vec<TaxonId> = taxa.iter().copied().filter(|&child| tree.parent(child) == Some(taxon)).collect();
            assert_eq!(children, definition);
        }
        for _ in 0..300 {
            let (a, b) = (taxa[rng.random_range(0..taxa.len())], taxa[rng.random_range(0..taxa.len())]);
            let definition = tree.lineage(a).find(|&step| tree.lineage(b).any(|other| other == step)).unwrap();
            assert_eq!(tree.lca(a, b), definition);
            assert_eq!(tree.contains(a, b), tree.lineage(b).any(|step| step == a));
        }
    }
}

#[test]
fn numbers_do_not_depend_on_the_order_of_rows() {
    let mut lines: Vec<&str> = BIRD_AND_PLANT.lines().skip(2).collect();
    let header = BIRD_AND_PLANT.lines().nth(1).unwrap();
    let forward = read(BIRD_AND_PLANT);
    lines.reverse();
    let backward = read(&format!("{header}\n{}\n", lines.join("\n")));
    assert_eq!(forward.fingerprint(), backward.fingerprint());
}

#[test]
fn homonyms_of_two_kingdoms_are_two_taxa() {
    let tree = read(BIRD_AND_PLANT);
    let Found::Several(homonyms) = tree.find("Oenanthe") else { panic!("one genus instead of two") };
    assert_eq!(homonyms.len(), 2);
    assert_eq!(tree.lca(homonyms[0], homonyms[1]), TaxonId::ROOT);
    let bird = one(&tree, "Animalia;Oenanthe");
    assert_eq!(tree.lineage_string(bird, ";"), "Animalia;Chordata;Aves;Passeriformes;Muscicapidae;Oenanthe");
    assert_eq!(tree.leaf_range(bird).len(), 2);
    assert_eq!(tree.common_names(one(&tree, "oenanthe_oenanthe")).english.as_deref(), Some("Northern Wheatear"));
}

#[test]
fn names_are_found_with_authors_underscores_and_ids() {
    let tree = read("id,kingdom,genus,species\nQ2M4,Plantae,Fragaria,Fragaria × ananassa\n17,Plantae,Fragaria,Fragaria vesca\n");
    let strawberry = one(&tree, "Fragaria × ananassa (Duchesne ex Weston) Duchesne ex Rozier");
    assert_eq!(tree.source_id(strawberry), Some("Q2M4"));
    for text in ["Q2M4", "Fragaria x ananassa", "fragaria_ananassa", "Fragaria ×ananassa"] {
        assert_eq!(one(&tree, text), strawberry, "{text}");
    }
    assert_eq!(tree.find("Fragaria vesca L."), Found::One(one(&tree, "17")));
    assert_eq!(tree.find("Rosa canina"), Found::Nothing);
    assert_eq!(tree.suggestion("Fragaria vesac"), "; nearest names: 'Fragaria vesca'");
}

#[test]
fn a_subspecies_the_taxonomy_lacks_is_read_as_its_species_where_that_is_asked_for() {
    let tree = read("kingdom,genus,species\nAnimalia,Puma,Puma concolor\n");
    let species = Found::One(one(&tree, "Puma concolor"));
    assert_eq!(tree.find("Puma concolor couguar"), Found::Nothing, "a label is never merged into another");
    let finer = tree.resolve("Puma_concolor_ssp._couguar");
    assert_eq!((&finer.found, finer.step), (&species, Some(Step::Species)));
    let exact = tree.resolve("Puma concolor");
    assert_eq!((exact.found, exact.step), (species, Some(Step::Name)));
    assert_eq!(tree.resolve("Felis catus").found, Found::Nothing);
}

#[test]
fn epithets_are_joined_to_their_genus() {
    let tree = read("kingdom;genus;species\nAnimalia;Felis;catus\nAnimalia;Puma;concolor\n");
    assert_eq!(tree.name(one(&tree, "Felis catus")), "Felis catus");
}

#[test]
fn parent_lists_are_read_with_and_without_ranks() {
    let ranked = read("id,parent,name,rank\n3,2,Felis,genus\n2,1,Felidae,family\n1,,Animalia,kingdom\n");
    assert_eq!(ranked.ancestor_at(one(&ranked, "3"), Rank::Family), Some(one(&ranked, "Felidae")));
    let pairs = read("entity animal\nanimal cat\nanimal dog\n");
    assert!(!pairs.has_ranks());
    assert_eq!(pairs.depth(one(&pairs, "cat")), 2);
    assert_eq!(pairs.name(TaxonId::ROOT), "entity");
}

#[test]
fn every_problem_is_reported_with_its_line() {
    let message = refuse(
        "id,parent,name,rank\n1,,A,kingdom\n2,1,B,order\n3,2,C,class\n4,9,D,family\n5,6,E,genus\n6,5,F,genus\n2,1,G,order\n",
    );
    for part in [
        "t.csv:4: class 'C' lies under order 'B', which is no higher rank",
        "t.csv:5: parent '9' of 'D' is not in the file",
        "t.csv:6: cycle of parents: 'E' → 'F'",
        "t.csv:8: id '2' stands for 'G' here and for 'B' at t.csv:3",
    ] {
        assert!(message.contains(part), "{part}\nnot in\n{message}");
    }
}

#[test]
fn a_name_with_two_parents_in_one_kingdom_is_a_problem() {
    let message = refuse("kingdom,family,genus\nAnimalia,Felidae,Felis\nAnimalia,Canidae,Felis\nPlantae,Apiaceae,Felis\n");
    assert!(message.contains("t.csv:2: genus 'Felis' has 2 parents: 'Felidae' (t.csv:2), 'Canidae' (t.csv:3)"), "{message}");
    assert_eq!(message.matches("has 2 parents").count(), 1, "the plant is no problem: {message}");
    let edges = refuse("id,parent,name\n1,,root\n2,1,a\n3,1,b\n4,2,c\n4,3,c\n");
    assert!(edges.contains("'c' has 2 parents"), "{edges}");
}

#[test]
fn one_lineage_with_two_ids_is_a_problem() {
    let message = refuse("id,kingdom,genus\n7,Animalia,Felis\n8,Animalia,Felis\n");
    assert!(message.contains("t.csv:3: the lineage 'Animalia;Felis' has id '8' here and id '7' at t.csv:2"), "{message}");
}

#[test]
fn several_roots_that_are_no_kingdoms_are_a_problem() {
    let message = refuse("id,parent,name,rank\n1,,Felidae,family\n2,,Canidae,family\n");
    assert!(message.contains("several roots: 'Felidae' (t.csv:2), 'Canidae' (t.csv:3)"), "{message}");
}

#[test]
fn what_is_no_taxonomy_is_refused_with_its_columns() {
    assert!(refuse("a,b,c\n1,2,3\n").contains("found: 'a', 'b', 'c'"));
    assert!(refuse("").contains("the taxonomy is empty"));
    assert!(refuse("kingdom,species\n").contains("the taxonomy is empty"));
    assert!(refuse("id,kingdom\n7,NA\n").contains("t.csv:2: every rank is blank"));
    let bytes = b"kingdom\nPlant\xE6\n";
    let message = Taxonomy::from_bytes(bytes, Path::new("t.csv")).unwrap_err().to_string();
    assert!(message.contains("t.csv:2: not UTF-8"), "{message}");
    let missing = Taxonomy::from_path(Path::new("no/such.csv")).unwrap_err().to_string();
    assert!(missing.contains("no/such.csv: cannot read the taxonomy"), "{missing}");
}
