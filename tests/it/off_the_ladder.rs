//! Mistakes that no main rank lies between, truths above all of them, and lists that are too short.

#![expect(clippy::unwrap_used, reason = "tests")]

use crate::taxonomy::read as taxonomy;
use nearmiss::answers::table::{TableOptions, Tables, read_tables};
use nearmiss::report::sections::verdict;
use nearmiss::scores::official;
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::Taxonomy;
use tempfile::TempDir;

fn scored(taxonomy: Option<&Taxonomy>, text: &str) -> (Scores, Option<f64>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    let tables: Tables = read_tables(&path, taxonomy, &TableOptions::default()).unwrap();
    let scores = Scores::of(&tables.taxonomy, &tables.runs[0], &ScoreOptions::default());
    (scores, official::mean_fathomnet(&tables.taxonomy, &tables.runs[0]))
}

const BEES: &str = "kingdom,family,tribe,genus,species\n\
                    Animalia,Apidae,Bombini,Bombus,Bombus terrestris\nAnimalia,Apidae,Apini,Apis,Apis mellifera\n";

#[test]
fn another_tribe_of_the_family_is_a_mistake_with_words_of_its_own() {
    let bees = taxonomy(BEES);
    let (scores, _) = scored(Some(&bees), "image,truth,predicted\n1,Bombini,Apis mellifera\n");
    let how = &scores.how_wrong;
    // Bombini and Apini meet in Apidae, one edge above the truth and no rung.
    assert_eq!((how.mistakes, how.between_rungs, how.between_rungs_edges, how.mean_height), (1, 1, Some(1.0), Some(0.0)));
    let verdict = verdict(&scores);
    assert!(
        verdict.contains("meets its truth before the next rung of the ladder")
            && verdict.contains("1.0 edge of the tree above it"),
        "{verdict}"
    );
    assert!(!verdict.contains("0.0 rungs"), "{verdict}");
    // A right answer below the tribe is right, and a mistake beyond the family has a height: (0 + 0 + 4) / 3 rungs.
    let (scores, _) =
        scored(Some(&bees), "image,truth,predicted\n1,Bombini,Apis mellifera\n2,Bombini,Bombus terrestris\n3,Bombini,Animalia\n");
    let how = &scores.how_wrong;
    assert_eq!((how.mistakes, how.between_rungs), (2, 1));
    assert!((how.mean_height.unwrap() - 4.0 / 3.0).abs() < 1e-12, "{:?}", how.mean_height);
}

#[test]
fn two_subspecies_of_one_species_are_between_rungs_too() {
    let (scores, _) =
        scored(None, "image,truth,predicted\n1,Felis catus domestica,Felis catus fera\n2,Felis catus,Felis silvestris\n");
    let how = &scores.how_wrong;
    // Subspecies meet in their species, rung 0; species in their genus, rung 1.
    assert_eq!((how.mistakes, how.between_rungs, how.mean_height), (2, 1, Some(0.5)));
}

#[test]
fn a_domain_or_a_taxon_without_rank_is_a_truth_and_no_root() {
    let one = taxonomy("id,parent,name,rank\n1,,Eukaryota,domain\n2,1,Animalia,kingdom\n3,1,Plantae,kingdom\n");
    let (scores, _) = scored(Some(&one), "image,truth,predicted\n1,Eukaryota,Animalia\n2,Animalia,Plantae\n");
    assert_eq!((scores.accounting.scored, scores.accounting.without_truth, scores.accounting.of_scored.above_kingdom), (2, 0, 1));
    assert_eq!(
        (scores.how_wrong.mistakes, scores.how_wrong.mean_height),
        (1, Some(0.5)),
        "animals and plants meet above the kingdom: (0 + 1) / 2"
    );
    let several =
        taxonomy("id,parent,name,rank\n1,,Eukaryota,domain\n2,1,Animalia,kingdom\n3,,Bacteria,domain\n4,3,Bacillati,kingdom\n");
    let (scores, _) = scored(Some(&several), "image,truth,predicted\n1,Eukaryota,Bacillati\n2,Bacteria,Bacillati\n");
    assert_eq!((scores.accounting.scored, scores.how_wrong.mistakes, scores.how_wrong.between_rungs), (2, 1, 1));
    let unranked = taxonomy("id,parent,name,rank\n1,,Vermes,\n2,1,Annelida,phylum\n3,2,Clitellata,class\n");
    let (scores, _) = scored(Some(&unranked), "image,truth,predicted\n1,Vermes,Clitellata\n2,Clitellata,Vermes\n");
    assert_eq!((scores.accounting.scored, scores.accounting.without_truth, scores.how_wrong.mistakes), (2, 0, 1));
    // Life is everything: to say so is to say nothing.
    let life = taxonomy("id,parent,name,rank\n1,,Life,\n2,1,Animalia,kingdom\n3,1,Plantae,kingdom\n");
    let (scores, _) = scored(Some(&life), "image,truth,predicted\n1,Life,Animalia\n2,Animalia,Plantae\n");
    assert_eq!((scores.accounting.scored, scores.accounting.without_truth), (1, 1));
}

#[test]
fn the_distance_of_fathomnet_is_one_function_and_sees_the_whole_answer() {
    let stars = taxonomy(
        "kingdom,phylum,class,order,family,genus,species\n\
         Animalia,Echinodermata,Ophiuroidea,Euryalida,Asteronychidae,Asteronyx,Asteronyx loveni\n\
         Animalia,Echinodermata,Ophiuroidea,Euryalida,Asteronychidae,Astrodia,Astrodia abyssicola\n",
    );
    // The answer is one edge below the truth, which is right as far as heights go. Nothing and no taxon are 12.
    let table = "image,truth,predicted\n1,Asteronyx,Asteronyx loveni\n2,Asteronyx,\n3,Asteronyx,Homo sapiens\n4,Asteronyx loveni,Astrodia\n";
    let (scores, official) = scored(Some(&stars), table);
    assert_eq!(scores.how_wrong.similarity.fathomnet, official);
    // 1, 12, 12, and species to family 2 + genus 1 = 3.
    assert_eq!(official, Some(28.0 / 4.0));
    // Birds without an order: 3 + 3 edges over the ranks that are there.
    let hole = taxonomy(
        "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Chordata,phylum\n3,2,Aves,class\n5,3,Paridae,family\n6,5,Parus,genus\n\
         7,6,Parus major,species\n8,3,Strigidae,family\n9,8,Strix,genus\n10,9,Strix aluco,species\n",
    );
    let (scores, official) = scored(Some(&hole), "image,truth,predicted\n1,Parus major,Strix aluco\n");
    assert_eq!((scores.how_wrong.similarity.fathomnet, official), (Some(6.0), Some(6.0)));
}

#[test]
fn the_first_five_need_five() {
    let list = |image: usize, names: &[&str]| -> String {
        let row = |(place, name): (usize, &&str)| {
            format!("{image},Parus eus,Parus {name},{}\n", 0.5 - 0.1 * f64::from(u8::try_from(place).unwrap()))
        };
        names.iter().enumerate().map(row).collect()
    };
    let head = "image,truth,label,score\n";
    let all = ["aus", "bus", "cus", "dus", "eus"];
    let top5 = |text: &str| {
        let (scores, _) = scored(None, text);
        let row = scores.rank(nearmiss::taxonomy::rank::Rank::Species).unwrap();
        (row.path_top5, scores.notes.join("\n"))
    };
    // One image lists five, two list one: nothing can be said about the first five.
    let (value, notes) = top5(&format!("{head}{}{}{}", list(1, &all), list(2, &all[..1]), list(3, &all[..1])));
    assert_eq!(value, None);
    assert!(notes.contains("path_top5 is left empty: 2 of 3 images list fewer than five answers, at most 5."), "{notes}");
    // All list five, one nothing at all: right for one of two.
    let (value, _) = top5(&format!("{head}{}2,Parus eus,,\n", list(1, &all)));
    assert_eq!(value, Some(0.5));
    // A list that has all the probability is whole.
    let (value, _) = top5(&format!("{head}{}2,Parus eus,Parus eus,0.75\n2,Parus eus,Parus aus,0.25\n", list(1, &all)));
    assert_eq!(value, Some(1.0));
}
