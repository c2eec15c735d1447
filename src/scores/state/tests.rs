//! Parts against the whole.

use super::{Counted, WORST};
use crate::answers::non_taxon::{NonTaxa, Shown};
use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::scores::cost::CostMatrix;
use crate::scores::intervals::DrawnBy;
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::information::InformationFrom;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;

/// Two kingdoms, with a genus of one species, subspecies, and one epithet in two genera.
pub(super) fn taxonomy() -> Taxonomy {
    let table = "kingdom,phylum,class,order,family,genus,species,subspecies\n\
        Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus,\n\
        Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris,Felis silvestris lybica\n\
        Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris,Felis silvestris caucasica\n\
        Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx,\n\
        Animalia,Chordata,Mammalia,Carnivora,Felidae,Prionailurus,Prionailurus catus,\n\
        Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes,\n\
        Animalia,Chordata,Aves,Passeriformes,Turdidae,Turdus,Turdus merula,\n\
        Plantae,Tracheophyta,Magnoliopsida,Apiales,Apiaceae,Daucus,Daucus carota,\n";
    Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap()
}

/// What a table of a seed has.
struct Shape {
    images: usize,
    /// Most answers of an image.
    longest: usize,
    scores: bool,
    probabilities: bool,
}

pub(super) fn chance(random: &mut ChaCha8Rng, share: f64) -> bool {
    random.random_bool(share)
}

/// A table of a seed: answers of one or several labels, with or without scores, ties, zeros, observations, groups, blanks,
/// unreadable photographs, truths that are missing, coarse or unknown.
fn table(taxonomy: &Taxonomy, seed: u64) -> Answers {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let shape = Shape {
        images: random.random_range(1..160),
        longest: *[1, 1, 2, 5, 8].choose(random).unwrap(),
        scores: chance(random, 0.7),
        probabilities: chance(random, 0.8),
    };
    let taxa: Vec<TaxonId> = taxonomy.taxa().filter(|taxon| *taxon != TaxonId::ROOT).collect();
    let mut answers = Answers {
        name: "run".to_string(),
        ranked: if shape.probabilities { Ranked::default() } else { Ranked::of_scores() },
        count_outside_as_wrong: chance(random, 0.3),
        ..Answers::default()
    };
    for image in 0..shape.images {
        answers.images.push(format!("{image}.jpg"));
        let truth = match random.random_range(0..12) {
            0 => Truth::Missing,
            1 => Truth::Outside,
            _ => Truth::Taxon(*taxa.choose(random).unwrap()),
        };
        answers.truths.push(truth);
        if truth == Truth::Outside {
            *answers.outside_truths.entry(format!("name {}", image % 3)).or_default() += 1;
        }
        answers.ranked.push(list(random, &shape, &taxa, truth));
        if chance(random, 0.05) {
            answers.unreadable.insert(image, "decode".to_string());
        }
        if chance(random, 0.05) {
            answers.synonym_truths.insert(image);
        }
    }
    describe(random, &mut answers);
    answers
}

fn list(random: &mut ChaCha8Rng, shape: &Shape, taxa: &[TaxonId], truth: Truth) -> Vec<(Answer, Option<f64>)> {
    let count = if shape.longest == 1 { random.random_range(0..2) } else { random.random_range(0..=shape.longest) };
    let mut labels: Vec<Answer> = taxa.sample(random, count).map(|taxon| Answer::Taxon(*taxon)).collect();
    if let (Truth::Taxon(truth), Some(first), true) = (truth, labels.first_mut(), chance(random, 0.5)) {
        *first = Answer::Taxon(truth);
    }
    if chance(random, 0.05) {
        labels.push(Answer::Outside);
    }
    let mut used = vec![];
    labels.retain(|label| {
        !used.contains(label) && {
            used.push(*label);
            true
        }
    });
    // Few values: they tie, and some are 0; most lists are not whole.
    let mut score = || shape.scores.then(|| f64::from(random.random_range(0_u32..6)) / 8.0);
    labels.into_iter().map(|label| (label, score())).collect()
}

pub(super) fn describe(random: &mut ChaCha8Rng, answers: &mut Answers) {
    let images = answers.images.len();
    let mut words = |share: f64, most: usize| -> Option<Vec<String>> {
        let given = chance(random, share);
        let mut word = || if chance(random, 0.1) { String::new() } else { format!("w{}", random.random_range(0..most)) };
        given.then(|| (0..images).map(|_| word()).collect())
    };
    answers.observations = words(0.5, 40);
    answers.groups =
        ["site", "year"].into_iter().filter_map(|name| Some(Grouping { name: name.into(), values: words(0.4, 3)? })).collect();
    if chance(random, 0.3) {
        let names = ["blank", "person", "vehicle", "unknown"].map(String::from).to_vec();
        let mut shown = |taxon: bool| match random.random_range(0..4) {
            _ if taxon => Shown::Animal,
            0 => Shown::Class(0),
            1 => Shown::Class(1),
            2 => Shown::Class(3),
            _ => Shown::Nothing,
        };
        let truths = answers.truths.iter().map(|truth| shown(*truth != Truth::Missing)).collect();
        let best = (0..images).map(|image| shown(answers.ranked.best(image) != Answer::Nothing)).collect();
        answers.non_taxa = Some(NonTaxa { names, truths, answers: Some(best) });
    }
}

/// All that is said of a run, in one text; mistakes by the names of their images.
fn said(taxonomy: &Taxonomy, answers: &Answers, options: &ScoreOptions<'_>) -> Vec<String> {
    let scores = Scores::with_distribution(taxonomy, answers, &Err("not whole".to_string()), options);
    let mistakes = scores.mistakes.iter().map(|mistake| format!("{} {mistake:?}", answers.images[mistake.image]));
    let without_row = |text: String| {
        text.replace("image: ", "\u{1}").split('\u{1}').map(|part| part.trim_start_matches(char::is_numeric)).collect::<String>()
    };
    vec![
        format!("{:?}", scores.accounting),
        format!("{:?}", scores.causes),
        format!("{:?}", scores.probably_the_name),
        format!("{:?}", scores.ranks),
        format!("{:?}", scores.intervals),
        format!("{:?}", scores.how_wrong),
        format!("{:?} {:?}", scores.flags, scores.costs),
        format!("{:?}", scores.non_taxa),
        format!("{:?}", scores.groups),
        format!("{:?}", scores.taxa),
        format!("{:?}", scores.confusions),
        mistakes.map(without_row).collect::<Vec<_>>().join("\n"),
        format!("{:?} {:?} {:?}", scores.novelty, scores.consistency, scores.notes),
    ]
}

/// The images of a run in some parts, each in an order of its own.
pub(super) fn parts(random: &mut ChaCha8Rng, answers: &Answers) -> Vec<Answers> {
    let count = random.random_range(1..=17);
    let mut parts: Vec<Vec<usize>> = vec![vec![]; count];
    (0..answers.images.len()).for_each(|image| parts[random.random_range(0..count)].push(image));
    let mut first = true;
    let of = |mut images: Vec<usize>| {
        images.shuffle(random);
        let mut part = answers.select(&images);
        // Names that no taxon is are counted where they are read.
        if !std::mem::take(&mut first) {
            part.outside_truths.clear();
        }
        part
    };
    parts.into_iter().map(of).collect()
}

#[test]
fn parts_in_any_order_add_up_to_what_the_whole_says() {
    let taxonomy = taxonomy();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "Felis catus,Plantae,5\nroot,Lynx,0.5\nFelidae,Felis catus,0.25\n").unwrap();
    let costs = CostMatrix::read(file.path(), &taxonomy).unwrap();
    for seed in 0..60 {
        let answers = table(&taxonomy, seed);
        let random = &mut ChaCha8Rng::seed_from_u64(1000 + seed);
        let mut counted = Counted::described_by(&answers).unwrap();
        for part in parts(random, &answers) {
            // One by one, or as parts that were counted elsewhere.
            if chance(random, 0.5) {
                counted.add(&taxonomy, &part).unwrap();
            } else {
                let mut other = Counted::described_by(&part).unwrap();
                other.add(&taxonomy, &part).unwrap();
                counted.merge(&other).unwrap();
            }
        }
        for drawn_by in [DrawnBy::Observation, DrawnBy::Taxon, DrawnBy::Image] {
            let information = if seed % 2 == 0 { InformationFrom::Leaves } else { InformationFrom::Truths };
            let options = ScoreOptions { drawn_by, information, costs: Some(&costs), ..ScoreOptions::default() };
            let (whole, added) =
                (said(&taxonomy, &answers, &options), said(&taxonomy, &counted.clone().answers(&taxonomy, drawn_by), &options));
            for (whole, added) in whole.iter().zip(&added) {
                assert_eq!(whole, added, "seed {seed}, {drawn_by:?}");
            }
        }
    }
}

#[test]
fn images_that_are_alike_are_one_row() {
    let taxonomy = taxonomy();
    let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
    let [cat, wildcat, lynx, carrot] = ["Felis catus", "Felis silvestris", "Lynx lynx", "Daucus carota"].map(taxon);
    let mut answers = Answers { name: "run".to_string(), ..Answers::default() };
    // 30 000 cats: two in three right, the third a wildcat; of 3 the second answer is a lynx, of 2 a carrot.
    for image in 0..30_000 {
        answers.images.push(format!("{image}"));
        answers.truths.push(Truth::Taxon(cat));
        let best = if image % 3 == 2 { wildcat } else { cat };
        let second = if image % 5 < 3 { lynx } else { carrot };
        answers.ranked.push([(Answer::Taxon(best), Some(0.5)), (Answer::Taxon(second), Some(0.25))]);
    }
    let mut counted = Counted::described_by(&answers).unwrap();
    counted.add(&taxonomy, &answers).unwrap();
    // Right or wildcat, and then the family or the root.
    assert_eq!(counted.kinds.clone().in_order().len(), 4);
    let made = counted.clone().answers(&taxonomy, DrawnBy::Observation);
    assert_eq!((made.count(), made.images.len()), (30_000, WORST + 2));
    let options = ScoreOptions::default();
    assert_eq!(said(&taxonomy, &answers, &options)[..11], said(&taxonomy, &made, &options)[..11]);
    let scores = Scores::with_distribution(&taxonomy, &made, &Err(String::new()), &options);
    let genus = scores.rank(Rank::Genus).unwrap();
    assert_eq!((genus.n, genus.path_top1), (30_000, Some(1.0)));
    // All 10 000 mistakes have their names.
    assert_eq!((scores.how_wrong.mistakes, scores.mistakes.len()), (10_000, WORST));
}

#[test]
fn parts_that_were_not_read_alike_do_not_add_up() {
    let taxonomy = taxonomy();
    let answers = (0..1_000).map(|seed| table(&taxonomy, seed)).find(|answers| answers.groups.len() == 1).unwrap();
    let mut counted = Counted::described_by(&answers).unwrap();
    counted.add(&taxonomy, &answers).unwrap();
    let other = Counted::described_by(&Answers { groups: vec![], ..answers.clone() }).unwrap();
    assert!(counted.merge(&other).unwrap_err().to_string().starts_with("the list of groups of one part is "));
    let other = Counted::described_by(&Answers { count_outside_as_wrong: !answers.count_outside_as_wrong, ..answers.clone() });
    assert!(counted.merge(&other.unwrap()).is_err());
    let run = Answers { candidates: Some(vec![]), ..answers };
    assert!(Counted::described_by(&run).unwrap_err().to_string().ends_with("which states do not hold"));
}
