//! Measures of lineages, bits, costs and flags against numbers worked by hand.

use crate::eight_species::{answers, taxonomy, tree};
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::scores::cost::{CostMatrix, LookAlikes};
use nearmiss::scores::flags::Acceptable;
use nearmiss::scores::training_counts::TrainingCounts;
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::information::{Information, InformationFrom};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::fs;

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
}

/// Four carnivores and a grass, five ranks each: species are 5 deep.
fn five() -> (Taxonomy, Vec<TaxonId>) {
    let lineage = |names: [&'static str; 5]| {
        [Rank::Kingdom, Rank::Order, Rank::Family, Rank::Genus, Rank::Species].into_iter().zip(names).collect::<Vec<_>>()
    };
    tree(&[
        lineage(["Animalia", "Carnivora", "Felidae", "Felis", "Felis catus"]),
        lineage(["Animalia", "Carnivora", "Felidae", "Felis", "Felis silvestris"]),
        lineage(["Animalia", "Carnivora", "Felidae", "Panthera", "Panthera leo"]),
        lineage(["Animalia", "Carnivora", "Canidae", "Canis", "Canis lupus"]),
        lineage(["Plantae", "Poales", "Poaceae", "Poa", "Poa annua"]),
    ])
}

/// A cat taken for a lion, for a dog of no species, for a cat of no species, and for itself; a
/// grass without an answer.
fn cats(taxonomy: &Taxonomy, species: &[TaxonId]) -> Answers {
    let [catus, leo, lupus, annua] = [0, 2, 3, 4].map(|index| species[index]);
    let genus = |taxon| taxonomy.parent(taxon).unwrap();
    let given =
        [Answer::Taxon(leo), Answer::Taxon(genus(lupus)), Answer::Taxon(genus(catus)), Answer::Taxon(catus), Answer::Nothing];
    let mut ranked = Ranked::default();
    for answer in given {
        ranked.push([(answer, None)]);
    }
    Answers {
        name: "cats".to_string(),
        images: (1..=5).map(|image| image.to_string()).collect(),
        truths: [catus, catus, catus, catus, annua].map(Truth::Taxon).to_vec(),
        ranked,
        ..Answers::default()
    }
}

#[test]
fn five_images_along_their_lineages() {
    let (taxonomy, species) = five();
    let scores = Scores::of(&taxonomy, &cats(&taxonomy, &species), &ScoreOptions::default());
    let found = &scores.how_wrong.similarity;
    // Depths of truth, answer, LCA: 5 5 3, 5 4 2, 5 4 4, 5 5 5, 5 0 0.
    near(found.exact, 1.0 / 5.0);
    // The genus of the cat and the root are right as far as they go.
    near(found.correct, 3.0 / 5.0);
    near(found.excess, (2.0 + 2.0) / 5.0);
    near(found.deficient, (2.0 + 3.0 + 1.0 + 0.0 + 5.0) / 5.0);
    near(found.jaccard, (3.0 / 7.0 + 2.0 / 7.0 + 4.0 / 5.0 + 1.0 + 0.0) / 5.0);
    near(found.lca_p, (1.0 / 3.0 + 1.0 / 3.0 + 1.0 + 1.0 + 1.0) / 5.0);
    near(found.lca_r, (1.0 / 3.0 + 1.0 / 4.0 + 1.0 / 2.0 + 1.0 + 1.0 / 6.0) / 5.0);
    near(found.lca_f, (1.0 / 3.0 + 2.0 / 7.0 + 2.0 / 3.0 + 1.0 + 2.0 / 7.0) / 5.0);
    // Of five main ranks 3, 2, 4, 5, 0 are right before the first wrong one.
    near(found.nlca, 14.0 / 25.0);
    // On the ladder: 7 + 7 - 2·5, 7 + 6 - 2·4, 7 + 6 - 2·6, 0, and 12 for no answer.
    near(found.fathomnet, (4.0 + 5.0 + 1.0 + 0.0 + 12.0) / 5.0);
    // A step below the root costs 1/2, below Animalia 1/2 (one child), below Carnivora 1/4, below
    // Felidae 1/8, below Felis as well: the wild cat is neither true nor answered. Both sides of a
    // confusion pay, an early stop pays once.
    near(found.h_loss, (2.0 / 8.0 + 2.0 / 4.0 + 1.0 / 8.0 + 0.0 + 1.0 / 2.0) / 5.0);
    assert_eq!(found.weighted_distance, None);
    let first_wrong = scores.how_wrong.first_wrong.unwrap().0;
    let wrong: Vec<_> = first_wrong.iter().filter(|(_, count)| *count > 0).map(|(rank, count)| (rank.as_str(), *count)).collect();
    assert_eq!(wrong, [("kingdom", 1), ("family", 1), ("genus", 1), ("species", 1)]);
}

#[test]
fn five_images_in_bits() {
    let (taxonomy, species) = five();
    let scores = Scores::of(&taxonomy, &cats(&taxonomy, &species), &ScoreOptions::default());
    let found = &scores.how_wrong.similarity;
    // Leaves of what is true or answered, without the wild cat: root 4, Carnivora 3, Felidae 2, Felis, a
    // species and Canis 1.
    let bits = |leaves: f64| (4.0 / leaves).log2();
    let (one, felis, felidae, carnivora) = (bits(1.0), bits(1.0), bits(2.0), bits(3.0));
    // The root has no information: the fifth image has no precision.
    near(found.info_hp, (felidae / one + carnivora / one + 1.0 + 1.0) / 4.0);
    near(found.info_hr, (felidae / one + carnivora / one + felis / one + 1.0 + 0.0) / 5.0);
    near(found.info_hf, (felidae / one + carnivora / one + 2.0 * felis / (one + felis) + 1.0 + 0.0) / 5.0);
    near(found.info_distance, (2.0 * (one - felidae) + 2.0 * (one - carnivora) + (one - felis) + 0.0 + one) / 5.0);
}

#[test]
fn information_from_truths_counts_one_per_leaf() {
    let (taxonomy, species) = five();
    // Four images of the cat, one of the grass, one per leaf: 10 in all; the cat 5, the lion 1,
    // Felidae 4 + 3 = 7, Animalia 4 + 4 = 8.
    let mut images = vec![0; taxonomy.len()];
    images[species[0].index()] = 4;
    images[species[4].index()] = 1;
    let information = Information::of_truths(&taxonomy, taxonomy.leaves(), &images);
    let of = |taxon: TaxonId| information.of(taxon);
    let felidae = taxonomy.ancestor_at(species[0], Rank::Family).unwrap();
    for (found, expected) in [
        (of(TaxonId::ROOT), 0.0),
        (of(species[0]), 2.0_f64.log2()),
        (of(species[2]), 10.0_f64.log2()),
        (of(felidae), (10.0_f64 / 7.0).log2()),
        (information.most(), 10.0_f64.log2()),
    ] {
        near(Some(found), expected);
    }
    let options = ScoreOptions { information: InformationFrom::Truths, ..ScoreOptions::default() };
    let scores = Scores::of(&taxonomy, &cats(&taxonomy, &species), &options);
    // Image 1: the lion shares Felidae with the cat; the other images as above. The wild cat is neither
    // true nor answered, so 9 in all: the cat and Felis 5, Felidae 6, Carnivora 7, the grass 2.
    let bits = |count: f64| (9.0 / count).log2();
    let (catus, leo, felidae) = (bits(5.0), bits(1.0), bits(6.0));
    let (canis, carnivora, felis, annua) = (bits(1.0), bits(7.0), bits(5.0), bits(2.0));
    let expected = (catus + leo - 2.0 * felidae) + (catus + canis - 2.0 * carnivora) + (catus - felis) + annua;
    near(scores.how_wrong.similarity.info_distance, expected / 5.0);
}

#[test]
fn averages_over_families_follow_scikit_learn() {
    let (taxonomy, species) = five();
    let scores = Scores::of(&taxonomy, &cats(&taxonomy, &species), &ScoreOptions::default());
    let row = scores.rank(Rank::Family).unwrap();
    // Felidae: 4 images, answered 3 times, 3 right: precision 1, F1 6/7. Canidae: never a truth,
    // answered once: 0 and 0. Poaceae: 1 image, never answered: 0 and 0.
    near(row.path_macro_precision, 1.0 / 3.0);
    near(row.path_macro_f1, (6.0 / 7.0) / 3.0);
    near(row.path_weighted_precision, 4.0 / 5.0);
    near(row.path_weighted_f1, 4.0 * (6.0 / 7.0) / 5.0);
    near(row.path_macro, 3.0 / 4.0 / 2.0);
    assert_eq!((row.summed_macro_f1, row.disagree, row.path_mrr), (None, None, None));
}

#[test]
fn longer_lists_are_scored_by_their_mean_and_by_their_best() {
    let (taxonomy, species) = five();
    let [catus, silvestris, leo, lupus, annua] = [0, 1, 2, 3, 4].map(|index| species[index]);
    let mut ranked = Ranked::default();
    let list = |taxa: &[TaxonId]| taxa.iter().map(|taxon| (Answer::Taxon(*taxon), None)).collect::<Vec<_>>();
    // Heights against the cat: lion 2, cat 0, grass 7. Against the grass: 7 7. Against the lion: right.
    ranked.push(list(&[leo, catus, annua]));
    ranked.push(list(&[lupus, silvestris]));
    ranked.push(list(&[leo, catus, lupus]));
    let answers = Answers {
        images: ["a", "b", "c"].map(str::to_string).to_vec(),
        truths: [catus, annua, leo].map(Truth::Taxon).to_vec(),
        ranked,
        ..Answers::default()
    };
    let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
    let rows = &scores.how_wrong.best_of;
    assert_eq!(rows.iter().map(|row| (row.k, row.n)).collect::<Vec<_>>(), [(1, 3), (2, 3), (3, 3)]);
    // The third list has heights 0, 2 (cat for lion), 3 (dog for lion).
    for (row, [accuracy, mean, best, mistakes]) in rows.iter().zip([
        [1.0 / 3.0, (2.0 + 7.0 + 0.0) / 3.0, (2.0 + 7.0 + 0.0) / 3.0, 4.5],
        [2.0 / 3.0, (1.0 + 7.0 + 1.0) / 3.0, (0.0 + 7.0 + 0.0) / 3.0, 4.0],
        [2.0 / 3.0, (3.0 + 7.0 + 5.0 / 3.0) / 3.0, (0.0 + 7.0 + 0.0) / 3.0, 5.0],
    ]) {
        near(row.accuracy, accuracy);
        near(row.mean_height, mean);
        near(row.best_height, best);
        near(row.mistakes_mean_height, mistakes);
    }
    // First right species at places 2, none, 1.
    near(scores.rank(Rank::Species).unwrap().path_mrr, (0.5 + 0.0 + 1.0) / 3.0);
    // First right family at places 1, none, 1.
    near(scores.rank(Rank::Family).unwrap().path_mrr, 2.0 / 3.0);
}

#[test]
fn flags_and_costs_by_clade() {
    let (taxonomy, species) = five();
    let answers = cats(&taxonomy, &species);
    let folder = tempfile::tempdir().unwrap();
    let (alike, costs) = (folder.path().join("alike.csv"), folder.path().join("costs.csv"));
    fs::write(&alike, "one,other\nPanthera,Felis\n").unwrap();
    fs::write(&costs, "truth,answer,cost\nFelidae,Canidae,10\nFelis,Panthera,3\nAnimalia,Animalia,0.5\n").unwrap();
    let alike = LookAlikes::read(&alike, &taxonomy).unwrap();
    let costs = CostMatrix::read(&costs, &taxonomy).unwrap();
    let score = |rank, look_alikes| {
        let acceptable = Acceptable { rank, look_alikes };
        Scores::of(&taxonomy, &answers, &ScoreOptions { acceptable, costs: Some(&costs), ..ScoreOptions::default() })
    };
    let flags = |rank, look_alikes| score(rank, look_alikes).flags.map(|flags| (flags.green, flags.yellow, flags.red)).unwrap();
    // Only "a cat of no species" meets its truth at the genus.
    assert_eq!(flags(Rank::Genus, None), (1, 1, 3));
    // The lion meets the cat at the family, or is a listed look-alike of cats.
    assert_eq!(flags(Rank::Family, None), (1, 2, 2));
    assert_eq!(flags(Rank::Genus, Some(&alike)), (1, 2, 2));
    // Cat for lion 3 (the smaller clades hold), for Canis 10, for Felis 0.5, right 0, no answer 1.
    let found = score(Rank::Genus, None).costs.unwrap();
    near(Some(found.total), 14.5);
    near(found.mean, 2.9);
    assert_eq!((found.entries.iter().map(|entry| entry.images).collect::<Vec<_>>(), found.other), (vec![1, 1, 1], 1));
}

#[test]
fn faults_of_a_cost_matrix_are_said() {
    let (taxonomy, _) = five();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.csv");
    for (text, parts) in [
        ("Felis,Pantera,3\n", ["costs.csv:1", "'Pantera' is not in the taxonomy; nearest names: 'Panthera'"]),
        ("truth,answer,cost\nFelis,Panthera,-1\n", ["costs.csv:2", "the cost '-1' is no number of 0 or more"]),
        ("Felis,Panthera,cheap\n", ["costs.csv:1", "the cost 'cheap'"]),
        ("Felis,Panthera,1\nFelis,Panthera,2\n", ["costs.csv:2", "costs 2 here and 1 above"]),
        ("Felis,Panthera\n", ["costs.csv:1", "2 cells where 3 were expected"]),
        ("truth,answer,cost\n", ["costs.csv", "no row with a cost"]),
    ] {
        fs::write(&path, text).unwrap();
        let message = CostMatrix::read(&path, &taxonomy).unwrap_err().to_string();
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
}

#[test]
fn eight_species_in_bits_and_by_three() {
    let (taxonomy, species) = taxonomy();
    let how = Scores::of(&taxonomy, &answers(&taxonomy, &species), &ScoreOptions::default()).how_wrong;
    let close =
        |found: Option<f64>, expected: f64| assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?}");
    for value in [how.similarity.info_hp, how.similarity.info_hr, how.similarity.info_hf] {
        close(value, 0.642_293_229_136_618_6);
    }
    close(how.similarity.info_distance, 2.146_240_625_180_289);
    close(how.similarity.excess, 2.125);
    close(how.similarity.deficient, 2.125);
    close(how.similarity.exact, 0.5);
    close(how.similarity.correct, 0.5);
    close(how.similarity.nlca, 39.0 / 56.0);
    let of = |k| how.best_of.iter().find(|row| row.k == k).unwrap();
    // Equal probabilities stand in the order of the taxonomy, where insects come before all vertebrates:
    // for the cat of image 4 (.7, then .05 each) Vanessa (6) is second and a bird (5) third.
    for (k, accuracy, mean, best, mistakes) in
        [(1, 0.5, 2.125, 2.125, 4.25), (3, 1.0, 2.875 + 1.0 / 24.0, 0.0, 35.0 / 12.0), (5, 1.0, 3.75 + 3.0 / 40.0, 0.0, 3.9)]
    {
        let row = of(k);
        close(row.accuracy, accuracy);
        close(row.mean_height, mean);
        close(row.best_height, best);
        close(row.mistakes_mean_height, mistakes);
    }
}

#[test]
fn branch_lengths_measure_the_way_between() {
    let text = "id,parent,name,rank,branch_length\nr,,life,no rank,\na,r,Felis,genus,2.5\nb,a,Felis catus,species,1\n\
                c,a,Felis silvestris,species,0.25\nd,r,Poa annua,species,7\n";
    let taxonomy = Taxonomy::from_bytes(text.as_bytes(), "tree.csv".as_ref()).unwrap();
    let [b, c, d] = ["b", "c", "d"].map(|id| match taxonomy.find(id) {
        nearmiss::taxonomy::search::Found::One(taxon) => taxon,
        other => panic!("{other:?}"),
    });
    let mut ranked = Ranked::default();
    for answer in [c, d, b] {
        ranked.push([(Answer::Taxon(answer), None)]);
    }
    let images = ["1", "2", "3"].map(str::to_string).to_vec();
    let answers = Answers { images, truths: vec![Truth::Taxon(b); 3], ranked, ..Answers::default() };
    let how = Scores::of(&taxonomy, &answers, &ScoreOptions::default()).how_wrong;
    // 1 + 0.25 within the genus; 1 + 2.5 + 7 through the root; 0.
    near(how.similarity.weighted_distance, (1.25 + 10.5) / 3.0);
    let fault = Taxonomy::from_bytes(text.replace("0.25", "short").as_bytes(), "tree.csv".as_ref()).unwrap_err().to_string();
    assert!(fault.contains("('short'): the branch length is no number of 0 or more"), "{fault}");
}

#[test]
fn groups_are_scored_apart() {
    let (taxonomy, species) = five();
    let mut answers = cats(&taxonomy, &species);
    let values = ["barn", "wood", "wood", "barn", ""].map(str::to_string).to_vec();
    answers.groups = vec![nearmiss::answers::Grouping { name: "site".to_string(), values }];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counts.csv");
    fs::write(&path, "taxon,images\nFelis catus,120\nFelis,5\n").unwrap();
    let training = TrainingCounts::read(&path, &taxonomy).unwrap();
    let scores = Scores::of(&taxonomy, &answers, &ScoreOptions { training: Some(&training), ..ScoreOptions::default() });
    let found: Vec<_> = scores.groups.iter().map(|row| (row.by.as_str(), row.group.as_str(), row.n, row.mistakes)).collect();
    let expected = [
        ("site", "", 1, 1),
        ("site", "barn", 2, 1),
        ("site", "wood", 2, 2),
        ("training images", "unseen", 1, 1),
        ("training images", "100 to 999", 4, 3),
    ];
    assert_eq!(found, expected);
    // Barn: cat for lion, height 2, and a cat. Wood: cat for Canis, height 3, and for Felis, height 1.
    near(scores.groups[1].mean_height, 1.0);
    near(scores.groups[1].severity, 2.0);
    near(scores.groups[2].severity, 2.0);
    near(scores.groups[1].path_top1[&Rank::Family], 1.0);
    near(scores.groups[2].path_top1[&Rank::Family], 0.5);
    // All of Felis have 125, a whole family as many.
    assert_eq!(training.of(taxonomy.ancestor_at(species[0], Rank::Family).unwrap()), 125);
    fs::write(&path, "Felis catus,many\n").unwrap();
    let message = TrainingCounts::read(&path, &taxonomy).unwrap_err().to_string();
    assert!(message.contains("counts.csv:1: 'many' is no whole number of images"), "{message}");
}

#[test]
fn causes_tell_a_dead_label_and_a_synonym_from_a_confusion() {
    let (taxonomy, species) = five();
    let mut answers = cats(&taxonomy, &species);
    // The cat's own label is dead, its genus has another: the truth could not be told from it.
    answers.candidates = Some(vec![species[0], species[2], species[3], species[4]]);
    answers.unusable_candidates = vec![species[0]];
    answers.synonym_truths = [4].into();
    let causes = Scores::of(&taxonomy, &answers, &ScoreOptions::default()).causes;
    // Images 1 to 3 are wrong about the cat; 4 is right all the same; 5 has no answer.
    assert_eq!((causes.unusable_label, causes.right, causes.no_answer, causes.confusion), (3, 1, 1, 0));
    answers.unusable_candidates.clear();
    answers.synonym_truths = [0].into();
    let causes = Scores::of(&taxonomy, &answers, &ScoreOptions::default()).causes;
    assert_eq!((causes.synonym, causes.confusion, causes.stopped_above), (1, 1, 1));
}

#[test]
fn five_taxa_of_most_summed_probability_are_known_of_whole_lists() {
    let (taxonomy, species) = five();
    let summed_top5 = |answers: &Answers| -> Vec<Option<f64>> {
        let scores = Scores::of(&taxonomy, answers, &ScoreOptions::default());
        scores.ranks.iter().map(|row| row.summed_top5).collect()
    };
    // A whole distribution over three of five labels: nothing is left for the others, at any rank.
    let lists = [[(species[0], 0.5), (species[2], 0.3), (species[3], 0.2)]; 2];
    let ranked_at = |index: usize| {
        let mut ranked = Ranked::default();
        for list in lists {
            let taxa = list.map(|(taxon, p)| (Answer::Taxon(taxonomy.main_ancestor(taxon, index).unwrap()), Some(p)));
            ranked.push(taxa);
        }
        ranked
    };
    let mut answers = Answers {
        name: "lists".to_string(),
        images: ["1", "2"].map(String::from).to_vec(),
        truths: [species[3], species[4]].map(Truth::Taxon).to_vec(),
        ranked: ranked_at(6),
        candidates: Some(species.clone()),
        ..Answers::default()
    };
    answers.summed[6] = Some(ranked_at(6));
    assert_eq!(summed_top5(&answers)[6], Some(0.5));
    // The first two of five labels, which do not add up to 1: who comes third is not known.
    let mut short = Ranked::default();
    for list in lists {
        short.push(list.into_iter().take(2).map(|(taxon, p)| (Answer::Taxon(taxon), Some(p))));
    }
    answers.ranked = short.clone();
    answers.summed[6] = Some(short);
    assert_eq!(summed_top5(&answers)[6], None);
    // Three of the five have a zero vector and never get any probability: the two are all that there are.
    answers.unusable_candidates = species[1..4].to_vec();
    assert_eq!(summed_top5(&answers)[6], Some(0.0));
}
