//! Taxonomies: queries against the definition, problems with their places, homonyms.

use crate::trees::{random, seeded};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::{Found, Step};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use std::path::Path;

pub(crate) fn read(text: &str) -> Taxonomy {
    Taxonomy::from_bytes(text.as_bytes(), Path::new("t.csv")).unwrap()
}

fn refuse(text: &str) -> String {
    Taxonomy::from_bytes(text.as_bytes(), Path::new("t.csv")).unwrap_err().to_string()
}

/// The one taxon that a text stands for.
pub(crate) fn taxon(taxonomy: &Taxonomy, text: &str) -> TaxonId {
    match taxonomy.find(text) {
        Found::One(taxon) => taxon,
        other => panic!("'{text}': {other:?}"),
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
    let bird = taxon(&tree, "Animalia;Oenanthe");
    assert_eq!(tree.lineage_string(bird, ";"), "Animalia;Chordata;Aves;Passeriformes;Muscicapidae;Oenanthe");
    assert_eq!(tree.leaf_range(bird).len(), 2);
    assert_eq!(tree.common_names(taxon(&tree, "oenanthe_oenanthe")).english.as_deref(), Some("Northern Wheatear"));
}

#[test]
fn names_are_found_with_authors_underscores_and_ids() {
    let tree = read("id,kingdom,genus,species\nQ2M4,Plantae,Fragaria,Fragaria × ananassa\n17,Plantae,Fragaria,Fragaria vesca\n");
    let strawberry = taxon(&tree, "Fragaria × ananassa (Duchesne ex Weston) Duchesne ex Rozier");
    assert_eq!(tree.source_id(strawberry), Some("Q2M4"));
    for text in ["Q2M4", "Fragaria x ananassa", "fragaria_ananassa", "Fragaria ×ananassa"] {
        assert_eq!(taxon(&tree, text), strawberry, "{text}");
    }
    assert_eq!(tree.find("Fragaria vesca L."), Found::One(taxon(&tree, "17")));
    assert_eq!(tree.find("Rosa canina"), Found::Nothing);
    assert_eq!(tree.suggestion("Fragaria vesac"), "; nearest names: 'Fragaria vesca'");
}

#[test]
fn a_subspecies_the_taxonomy_lacks_is_read_as_its_species_where_that_is_asked_for() {
    let tree = read("kingdom,genus,species\nAnimalia,Puma,Puma concolor\n");
    let species = Found::One(taxon(&tree, "Puma concolor"));
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
    assert_eq!(tree.name(taxon(&tree, "Felis catus")), "Felis catus");
}

#[test]
fn parent_lists_are_read_with_and_without_ranks() {
    let ranked = read("id,parent,name,rank\n3,2,Felis,genus\n2,1,Felidae,family\n1,,Animalia,kingdom\n");
    assert_eq!(ranked.ancestor_at(taxon(&ranked, "3"), Rank::Family), Some(taxon(&ranked, "Felidae")));
    let pairs = read("entity animal\nanimal cat\nanimal dog\n");
    assert!(!pairs.has_ranks());
    assert_eq!(pairs.depth(taxon(&pairs, "cat")), 2);
    assert_eq!(pairs.name(TaxonId::ROOT), "entity");
}

#[test]
fn every_problem_is_reported_with_its_line() {
    let message = refuse(
        "id,parent,name,rank\n1,,A,kingdom\n2,1,B,order\n3,2,C,class\n4,9,D,family\n5,6,E,genus\n6,5,F,genus\n2,1,G,order\n",
    );
    for part in [
        "t.csv:4: 'C' (class under order 'B'): the taxon lies under one of no higher rank",
        "t.csv:5: 'D' (parent '9'): the parent is not in the source",
        "t.csv:6: 'E' ('E' → 'F'): the parents form a cycle",
        "t.csv:8: 'G' (id '2' is 'B' in line 3): the id has stood before for something else",
        "4 problems",
        "'nearmiss taxonomy import' makes a taxonomy of the rest",
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
    assert!(edges.contains("t.csv:6: 'c' (id '4' has the parent '2' in line 5)"), "{edges}");
}

#[test]
fn one_lineage_with_two_ids_is_a_problem() {
    let message = refuse("id,kingdom,genus\n7,Animalia,Felis\n8,Animalia,Felis\n");
    assert!(message.contains("t.csv:3: 'Felis' (id '7' in line 2): the lineage has stood before with another id"), "{message}");
}

#[test]
fn several_roots_that_are_no_kingdoms_are_a_problem() {
    let message = refuse("id,parent,name,rank\n1,,Felidae,family\n2,,Canidae,family\n");
    assert!(message.contains("several roots: 'Felidae' (t.csv:2), 'Canidae' (t.csv:3)"), "{message}");
}

#[test]
fn what_is_no_taxonomy_is_refused_with_its_columns() {
    let columns = refuse("a,b,c\n1,2,3\n");
    assert!(columns.contains("t.csv") && columns.contains("its columns are 'a', 'b', 'c'"), "{columns}");
    assert!(refuse("").contains("the file is empty"));
    assert!(refuse("# nothing else\n").contains("the file is empty"));
    assert!(refuse("kingdom,species\n").contains("no row names a taxon"));
    assert!(refuse("id,kingdom\n7,NA\n").contains("line 2"));
    assert!(refuse("id,kingdom\n7,NA\n8,Plantae\n").contains("t.csv:2: the row names no taxon"));
    let bytes = b"kingdom\nPlant\xE6\n";
    let message = Taxonomy::from_bytes(bytes, Path::new("t.csv")).unwrap_err().to_string();
    assert!(message.contains("t.csv:2: not UTF-8"), "{message}");
    let missing = Taxonomy::from_path(Path::new("no/such.csv")).unwrap_err().to_string();
    assert!(missing.contains("no/such.csv: cannot be read"), "{missing}");
}

#[test]
fn pairs_are_read_in_either_order() {
    // NABirds writes the child first, making-better-mistakes the parent; the column that repeats is the parents'.
    for text in ["1 0\n2 0\n3 1\n4 1\n", "0 1\n0 2\n1 3\n1 4\n", "0,1\n0,2\n1,3\n1,4\n", "child parent\n1 0\n2 0\n3 1\n4 1\n"] {
        let tree = read(text);
        assert_eq!((tree.name(TaxonId::ROOT), tree.depth(taxon(&tree, "4")), tree.len()), ("0", 2, 5), "{text}");
    }
    let spaced = read("Felidae;Felis catus\nFelidae;Lynx lynx\nCarnivora;Felidae\n");
    assert_eq!(spaced.lineage_string(taxon(&spaced, "Lynx lynx"), ";"), "Carnivora;Felidae;Lynx lynx");
    // A chain says nothing of which side the children are on.
    let chain = refuse("a b\nb c\n");
    assert!(chain.contains("neither side can be told") && chain.contains("'parent,child'"), "{chain}");
    let told = read("parent,child\na,b\nb,c\n");
    assert_eq!((told.name(TaxonId::ROOT), told.lineage_string(taxon(&told, "c"), ";").as_str()), ("a", "a;b;c"));
    // Where rows have names, a parent without a row is a fault.
    assert!(refuse("child,parent,name\n1,0,one\n2,0,two\n").contains("'one' (parent '0'): the parent is not in the source"));
    // Two columns of names are no tree.
    let names = Taxonomy::from_bytes(b"Parus major,Great Tit\nPica pica,Magpie\n", Path::new("t.csv"));
    assert!(names.is_err() || names.is_ok_and(|tree| tree.taxa().all(|taxon| tree.name(taxon) != "Magpie")));
}

#[test]
fn lengths_and_epithets_that_make_no_sense_are_problems() {
    let length = refuse("id,parent,name,branch_length\n1,,a,\n2,1,b,short\n3,1,c,0.5\n");
    assert!(length.contains("t.csv:3: 'b' ('short'): the branch length is no number of 0 or more"), "{length}");
    let epithet = refuse("genus,species\nFelis,catus\n,lynx\n");
    assert!(epithet.contains("t.csv:3: 'lynx': the species is an epithet and the row has no genus"), "{epithet}");
}

#[test]
fn epithets_are_told_from_binomials_row_by_row() {
    // A tautonym is a binomial; one written small is not written twice; a genus that fills up a lineage is no species.
    let tree = read(
        "family,genus,species\nCanidae,Vulpes,vulpes\nFelidae,Lynx,lynx lynx\nFelidae,Felis,Felis catus\nRosaceae,Rosa,Rosa\n",
    );
    let species: Vec<&str> = tree.taxa_of_rank(Rank::Species).map(|taxon| tree.name(taxon)).collect();
    assert_eq!(species, ["Vulpes vulpes", "Felis catus", "lynx lynx"]);
    assert_eq!(tree.rank(taxon(&tree, "Rosa")), Rank::Genus);
}

#[test]
fn binomials_tell_the_genus_that_a_table_has_no_column_for() {
    let tree = read("species,order,family\nStruthio camelus,Struthioniformes,Struthionidae\n");
    assert_eq!(
        tree.lineage_string(taxon(&tree, "Struthio camelus"), ";"),
        "Struthioniformes;Struthionidae;Struthio;Struthio camelus"
    );
    // Ranks that lie between others have columns too, and a subgenus may have the name of its genus.
    let bees = read("family,subfamily,genus,subgenus,species,subspecies\nApidae,Apinae,Bombus,Bombus,terrestris,audax\n");
    let audax = taxon(&bees, "Bombus terrestris audax");
    assert_eq!(bees.lineage_string(audax, ";"), "Apidae;Apinae;Bombus;Bombus;Bombus terrestris;Bombus terrestris audax");
    assert_eq!(bees.rank(audax), Rank::Subspecies);
}

#[test]
fn what_is_written_twice_with_other_capitals_is_one_taxon() {
    let tree = read("kingdom,genus,species,common_name\nAnimalia,Felis,Felis catus,\nanimalia,FELIS,Felis  catus,Cat\n");
    assert_eq!(tree.len(), 4);
    assert_eq!(tree.common_names(taxon(&tree, "Felis catus")).english.as_deref(), Some("Cat"));
}

#[test]
fn comments_and_words_for_nothing_are_passed_over() {
    let tabs = read("# a list\n# of cats\nid\tparent\tname\trank\n1\tNA\tAnimalia\tkingdom\n# the cats\n2\t1\tFelidae\tfamily\n");
    assert_eq!(tabs.len(), 3);
    assert_eq!(tabs.lineage_string(taxon(&tabs, "2"), ";"), "Animalia;Felidae");
    let root = read("id,parent,name,rank\n0,,Everything,root\n1,0,Animalia,kingdom\n");
    assert_eq!((root.name(TaxonId::ROOT), root.len()), ("Everything", 2));
    let unnamed = read("id,parent,name\n0,,all\n1,0,\n");
    assert_eq!(unnamed.name(taxon(&unnamed, "1")), "1", "an id stands for a name that is blank");
}

fn species(tree: &Taxonomy) -> Vec<&str> {
    tree.taxa_of_rank(Rank::Species).map(|taxon| tree.name(taxon)).collect()
}

#[test]
fn lists_written_small_keep_their_species() {
    let tree = read("class,family,genus,species\nmammalia,canidae,vulpes,vulpes\nmammalia,canidae,vulpes,lagopus\n");
    assert_eq!(species(&tree), ["vulpes lagopus", "vulpes vulpes"]);
    // Words for animals are no binomials.
    let english = read("class,family,genus,species\nmammals,dogs,foxes,red fox\nmammals,cats,cats,house cat\n");
    assert_eq!(species(&english), ["house cat", "red fox"]);
    assert!(english.taxa().all(|taxon| !["House", "Red", "house"].contains(&english.name(taxon))));
    let names = Taxonomy::from_bytes(b"vulpes vulpes\nvulpes lagopus\nvulpes zerda\n", Path::new("t.txt"));
    assert!(names.is_err(), "no list of edges");
}

#[test]
fn a_genus_made_of_a_binomial_is_no_reason_to_refuse() {
    let tree = read("class,order,family,species\nMammalia,Carnivora,Canidae,Red fox\nMammalia,Rodentia,Sciuridae,Red squirrel\n");
    assert_eq!(species(&tree), ["Red fox", "Red squirrel"]);
    // In two kingdoms of one domain a genus may stand twice.
    let two = read(
        "domain,kingdom,family,genus,species\nEukaryota,Animalia,Sulidae,Morus,Morus bassanus\nEukaryota,Plantae,Moraceae,Morus,Morus alba\n",
    );
    assert_eq!(species(&two).len(), 2);
}

#[test]
fn what_qualifies_a_name_keeps_it_apart() {
    let rows = [
        "Malus domestica 'Gala'",
        "Malus domestica 'Fuji'",
        "Malus domestica",
        "Malus sylvestris agg.",
        "Malus sylvestris s.str.",
    ];
    let table = rows.map(|name| format!("Rosaceae,Malus,{name}\n")).concat();
    let tree = read(&format!(
        "family,genus,species\n{table}Anatidae,Anas,Anas platyrhynchos (female)\nAnatidae,Anas,Anas platyrhynchos L.\n"
    ));
    let found = species(&tree);
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(found.contains(&"Anas platyrhynchos") && found.contains(&"Anas platyrhynchos (female)"), "{found:?}");
    let list = read("id,parent,name,rank\n1,,Malus,genus\n2,1,Malus domestica,species\n3,2,Malus domestica 'Fuji',\n");
    assert_eq!(list.name(taxon(&list, "3")), "Malus domestica 'Fuji'");
}

#[test]
fn headers_are_found_below_blank_lines_and_comments() {
    let header = "kingdom,genus,species\n";
    let row = "Animalia,Lynx,Lynx lynx\n";
    for text in [
        format!("   \n{header}{row}"),
        format!("# mine\n   \n{header}{row}"),
        format!("{header}{row}# felids, to be checked\nAnimalia,Felis,Felis catus\n"),
        format!("\u{feff}# mine\n{}", format!("{header}{row}").replace(',', "\t")),
        format!("{header}{row}## all\n").replace(',', "\t"),
    ] {
        let tree = read(&text);
        let names: Vec<&str> = tree.children(TaxonId::ROOT).map(|taxon| tree.name(taxon)).collect();
        assert_eq!(names, ["Animalia"], "{text:?}");
        assert!(species(&tree).contains(&"Lynx lynx"), "{text:?}");
    }
    // A hash that is no comment is part of an id.
    let ids = read("id,parent,name,rank\n#1,,Animalia,kingdom\n#2,#1,Felidae,family\n");
    assert_eq!(ids.lineage_string(taxon(&ids, "#2"), ";"), "Animalia;Felidae");
    let latin = b"r\xe8gne;genre;esp\xe8ce\nAnimalia;Lynx;Lynx lynx\n";
    let message = Taxonomy::from_bytes(latin, Path::new("t.csv")).unwrap_err().to_string();
    assert!(message.contains("t.csv:1: not UTF-8"), "{message}");
}

#[test]
fn columns_are_what_people_mean_by_them() {
    let synonyms = read("family,scientific_name,synonyms\nCanidae,Vulpes vulpes,Canis vulpes\n");
    assert_eq!(synonyms.lineage_string(taxon(&synonyms, "Canis vulpes"), ";"), "Canidae;Vulpes;Vulpes vulpes");
    let codes = read("EPPOCode,ScientificName,Family\nVULPVU,Vulpes vulpes,Canidae\n");
    assert_eq!(codes.lineage_string(taxon(&codes, "VULPVU"), ";"), "Canidae;Vulpes;Vulpes vulpes");
    let gbif = read("gbif_id,kingdom,genus,species\n5219243,Animalia,Vulpes,Vulpes vulpes\n");
    assert_eq!(species(&gbif), ["Vulpes vulpes"]);
    // A status of conservation says nothing of names.
    let status =
        read("id,parent_id,name,rank,status\n1,,Canidae,family,LC\n2,1,Vulpes,genus,LC\n3,2,Vulpes vulpes,species,invalid\n");
    assert_eq!(species(&status), ["Vulpes vulpes"]);
    // Ids of the web are found as they stand and without their address.
    let web = read("taxonID,kingdom,genus,species\nhttps://www.gbif.org/species/5219243,Animalia,Vulpes,Vulpes vulpes\n");
    assert_eq!(taxon(&web, "https://www.gbif.org/species/5219243"), taxon(&web, "5219243"));
    let quoted = read("\"life\",\"animal\"\n\"animal\",\"dog\"\n\"animal\",\"cat\"\n");
    assert_eq!(quoted.lineage_string(taxon(&quoted, "dog"), ";"), "life;animal;dog");
}

#[test]
fn names_below_the_species_and_hybrids_are_made_whole() {
    let tree = read(
        "genus,species,subspecies\nCanis,Canis lupus,subsp. familiaris\nCanis,Canis lupus,dingo\nCanis,Canis lupus,\"Canis lupus arctos Pocock, 1935\"\n",
    );
    let below: Vec<&str> = tree.taxa_of_rank(Rank::Subspecies).map(|taxon| tree.name(taxon)).collect();
    assert_eq!(below, ["Canis lupus arctos", "Canis lupus dingo", "Canis lupus familiaris"]);
    let hybrids = read("genus,species\nFragaria,× ananassa\nFragaria,x ananassa\nFragaria,vesca\nPsyllobora,22-punctata\n");
    assert_eq!(species(&hybrids).len(), 3, "{:?}", species(&hybrids));
    let filled = read(
        "class,family,genus,subgenus,species\nReptilia,Reptilia,Reptilia,Reptilia,Reptilia\nInsecta,Apidae,Bombus,Bombus,Bombus terrestris\n",
    );
    assert_eq!(filled.taxa_of_rank(Rank::Subgenus).count(), 1);
    // Rows of GBIF's species lists: above the species, the species, and below it.
    let list = read(
        "taxonKey,scientificName,acceptedTaxonKey,family,genus,species\n\
         1,\"Vulpes Frisch, 1775\",1,Canidae,Vulpes,\n2,\"Canis lupus Linnaeus, 1758\",2,Canidae,Canis,Canis lupus\n\
         3,\"Canis lupus familiaris Linnaeus, 1758\",3,Canidae,Canis,Canis lupus\n",
    );
    assert_eq!(
        (list.rank(taxon(&list, "1")), list.rank(taxon(&list, "2")), list.rank(taxon(&list, "3"))),
        (Rank::Genus, Rank::Species, Rank::Subspecies)
    );
}
