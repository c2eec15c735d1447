//! Two sets by hand, held against other programs, and against naive formulas on random trees.

use super::*;
use crate::answers::distribution::Distribution;
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::numbers::label_shift::{Confusion, ROUNDS, by_probabilities};
use crate::numbers::standardisation::{Cell, Parts, Standard, Stratum, decomposed, standardised};
use crate::numbers::statistics::wilson;
use crate::numbers::unpaired::difference;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const TREE: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
";

fn tree(table: &str) -> Taxonomy {
    Taxonomy::from_bytes(table.as_bytes(), Path::new("tree.csv")).unwrap()
}

fn taxon(taxonomy: &Taxonomy, name: &str) -> TaxonId {
    taxonomy.resolve(name).taxon().unwrap()
}

/// A truth (`None`: nobody said) and ranked answers with probabilities.
type Image = (Option<TaxonId>, Vec<(TaxonId, Option<f64>)>);

fn answers(images: Vec<Image>) -> Answers {
    let mut ranked = Ranked::default();
    let mut truths = vec![];
    for (truth, labels) in images {
        truths.push(truth.map_or(Truth::Missing, Truth::Taxon));
        ranked.push(labels.into_iter().map(|(taxon, probability)| (Answer::Taxon(taxon), probability)));
    }
    let images = (0..truths.len()).map(|image| format!("{image}.jpg")).collect();
    Answers { images, truths, ranked, ..Answers::default() }
}

fn shift(taxonomy: &Taxonomy, sets: [&Answers; 2], options: &ShiftOptions) -> Shift {
    let places = sets.map(|set| (0..set.images.len()).collect::<Vec<_>>());
    let whole = sets.map(|set| Distribution::of_answers(set).map_err(|reason| reason.to_string()));
    let of = |place: usize| ShiftSet {
        name: ["one", "two"][place],
        answers: sets[place],
        distribution: whole[place].as_ref().map_err(String::as_str),
        places: &places[place],
    };
    Shift::of(taxonomy, [of(0), of(1)], options)
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?}, not {expected}");
}

/// So many images of a truth with an answer.
type Group<'a> = (&'a str, &'a str, usize);

fn grouped(taxonomy: &Taxonomy, groups: &[Group<'_>]) -> Answers {
    let of = |&(truth, answer, times): &Group<'_>| {
        let pair = (Some(taxon(taxonomy, truth)), vec![(taxon(taxonomy, answer), None)]);
        std::iter::repeat_n(pair, times)
    };
    answers(groups.iter().flat_map(of).collect())
}

const CAT: &str = "Felis catus";
const LYNX: &str = "Lynx lynx";
const FOX: &str = "Vulpes vulpes";
/// Cats 5 of 6 right, lynxes 1 of 2, foxes 1 of 2.
const FIRST: [Group<'static>; 6] = [(CAT, CAT, 5), (CAT, LYNX, 1), (LYNX, LYNX, 1), (LYNX, CAT, 1), (FOX, FOX, 1), (FOX, CAT, 1)];
/// Cats 1 of 2, lynxes 1 of 2, foxes 2 of 6.
const SECOND: [Group<'static>; 6] =
    [(CAT, CAT, 1), (CAT, LYNX, 1), (LYNX, LYNX, 1), (LYNX, CAT, 1), (FOX, FOX, 2), (FOX, CAT, 4)];

fn by_hand() -> (Taxonomy, Shift) {
    let taxonomy = tree(TREE);
    let options = ShiftOptions { rank: Some(Rank::Species), ..ShiftOptions::default() };
    let found = shift(&taxonomy, [&grouped(&taxonomy, &FIRST), &grouped(&taxonomy, &SECOND)], &options);
    (taxonomy, found)
}

#[test]
fn differences_and_their_parts_by_hand() {
    let (_, found) = by_hand();
    let exact = found.row("exact").unwrap();
    assert_eq!((exact.n_first, exact.n_second, found.rank), (10, 10, Some(Rank::Species)));
    near(exact.first, 0.7);
    near(exact.second, 0.4);
    near(exact.difference, -0.3);
    // Newcombe of 7 and 4 of 10.
    let ends = difference((0.7, wilson(7, 10).unwrap()), (0.4, wilson(4, 10).unwrap()));
    assert_eq!(exact.intervals.of("difference"), Some(ends));
    // Shares .6 .2 .2 become .2 .2 .6; means 5/6 ½ ½ become ½ ½ ⅓. Skill: −⅓ · .4 − ⅙ · .4 = −.2.
    near(exact.skill, -0.2);
    // Composition: −.4 · ⅔ + .4 · 5/12 = −.1.
    near(exact.composition, -0.1);
    near(exact.standardised_first, 0.4 * 5.0 / 6.0 + 0.2 * 0.5 + 0.4 * 0.5);
    near(exact.standardised_second, 0.4 * 0.5 + 0.2 * 0.5 + 0.4 / 3.0);
    assert_eq!((exact.only_first, exact.only_second), (Some(0.0), Some(0.0)));
    // From the root: families .8 .2 become .4 .6, cats within theirs ¾: −.3 · ⅔ − .1 · ½ + .4 · 5/12 = −1/12; genera −1/60.
    let by_rank: BTreeMap<Option<Rank>, f64> = exact.composition_by_rank.iter().copied().collect();
    near(by_rank.get(&Some(Rank::Family)).copied(), -1.0 / 12.0);
    near(by_rank.get(&Some(Rank::Genus)).copied(), -1.0 / 60.0);
    near(by_rank.get(&Some(Rank::Order)).copied(), 0.0);
    // Heights: 2 for a lynx as a cat, 3 for a fox: 7 and 16 of 10.
    let height = found.row("height").unwrap();
    near(height.first, 0.7);
    near(height.second, 1.6);
    near(found.row("path_top1.family").unwrap().difference, -0.3);
    near(found.row("path_top1.order").unwrap().difference, 0.0);
}

#[test]
fn clades_and_what_is_shared_by_hand() {
    let (taxonomy, found) = by_hand();
    let clade = |name: &str, rank: Rank| {
        let at = taxon(&taxonomy, name);
        found.clades.iter().find(|row| row.name == "exact" && row.at == Some(rank) && row.clade == at).unwrap()
    };
    // Against the mean of both sets, .55: cats −.4 (⅔ − .55), foxes .4 (5/12 − .55).
    let cats = clade("Felidae", Rank::Family);
    assert_eq!((cats.n_first, cats.n_second, cats.seen), (8, 4, Seen::Both));
    near(cats.mean_first, 0.75);
    near(cats.skill, -0.4 / 3.0);
    near(cats.composition, -0.4 * (2.0 / 3.0 - 0.55));
    let foxes = clade("Canidae", Rank::Family);
    near(foxes.skill, -0.4 / 6.0);
    near(foxes.contribution, -0.4 / 6.0 + 0.4 * (5.0 / 12.0 - 0.55));
    near(clade(LYNX, Rank::Species).contribution, 0.0);
    let overlap = &found.overlaps[0];
    assert_eq!((overlap.taxa_shared, overlap.images_only_first, overlap.shared_second), (3, 0, Some(1.0)));
    let genus = found.standardised.iter().find(|row| row.name == "exact" && row.by == Some(Rank::Family)).unwrap();
    // By families, mixed as in the first: .8 · .75 + .2 · .5 and .8 · .5 + .2 / 3.
    assert_eq!(genus.standard, Standard::First);
    near(genus.standardised_first, 0.7);
    near(genus.standardised_second, 0.4 + 0.2 / 3.0);
}

#[test]
fn the_mix_of_the_second_set_by_hand() {
    let (_, found) = by_hand();
    let mix = found.label_shift.unwrap();
    // Answered .6 .2 .2. Foxes: ½ q = .2; lynxes: q₁/6 + ½ q₂ = .2; cats: 5/6 q₁ + ½ q₂ + .2 = .6: .3 .3 .4.
    let shares: Vec<f64> = mix.mix.iter().filter_map(|class| class.bbse).collect();
    let foxes_first = [0.4, 0.3, 0.3];
    assert!(shares.iter().zip(foxes_first).all(|(found, expected)| (found - expected).abs() < 1e-12), "{shares:?}");
    near(mix.error_bbse, 0.2);
    near(mix.moved, 0.4);
    near(mix.error_answers, 0.4);
    near(mix.accuracy_first, 0.7);
    near(mix.accuracy_bbse, 0.3 * 5.0 / 6.0 + 0.3 * 0.5 + 0.4 * 0.5);
    near(mix.accuracy_second, 0.4);
    assert_eq!((mix.outside, mix.error_em, mix.held_at_zero, mix.images_second), (Some(0.0), None, false, 10));
    assert!(mix.no_em.is_some() && found.calibration.is_empty());
}

#[test]
fn probabilities_by_hand() {
    let taxonomy = tree(TREE);
    let [cat, fox] = [CAT, FOX].map(|name| taxon(&taxonomy, name));
    let sure = |truth, answer, other, p: f64| (Some(truth), vec![(answer, Some(p)), (other, Some(1.0 - p))]);
    let one = answers(vec![sure(cat, cat, fox, 0.9), sure(fox, cat, fox, 0.9), sure(fox, fox, cat, 1.0)]);
    let two = answers(vec![sure(cat, cat, fox, 0.6), sure(fox, fox, cat, 1.0), sure(fox, fox, cat, 1.0)]);
    let options = ShiftOptions { rank: Some(Rank::Species), ..ShiftOptions::default() };
    let found = shift(&taxonomy, [&one, &two], &options);
    let row = &found.calibration[0];
    // Last bin of the first: |2 − 2.8| / 3; too sure by 0.8 / 3. Second: |1 − 0.6| / 3, and as much too little.
    assert_eq!((row.of.as_str(), row.n_first), ("answer", 3));
    near(row.ece_first, 0.8 / 3.0);
    near(row.overconfidence_first, 0.8 / 3.0);
    near(row.ece_difference, -0.4 / 3.0);
    near(row.overconfidence_difference, -1.2 / 3.0);
    let mix = found.label_shift.unwrap();
    assert_eq!(mix.no_em, None);
    // Priors ⅓ and ⅔; two certain foxes and .6 for a cat: q ← (.6 q · 3) / (.6 q · 3 + .4 (1 − q) · 1.5) / 3 = q / (1 + 2 q):
    // 1 / q grows from 3 by 2 in each of 5 000 rounds.
    let q = mix.mix.iter().find(|class| class.taxon == cat).unwrap().em.unwrap();
    assert!((q - 1.0 / 10_003.0).abs() < 1e-10, "{q}");
}

#[test]
fn a_second_set_without_truths_has_estimates_alone() {
    let taxonomy = tree(TREE);
    let first = grouped(&taxonomy, &FIRST);
    let mut second = grouped(&taxonomy, &SECOND);
    second.truths.fill(Truth::Missing);
    let options = ShiftOptions { rank: Some(Rank::Species), ..ShiftOptions::default() };
    let found = shift(&taxonomy, [&first, &second], &options);
    let exact = found.row("exact").unwrap();
    assert_eq!((exact.first.is_some(), exact.second, exact.difference, exact.p, exact.skill), (true, None, None, None, None));
    assert_eq!((found.sets[1].scored, found.sets[1].without_truth, found.warnings.len()), (0, 10, 2));
    let mix = found.label_shift.unwrap();
    near(mix.accuracy_bbse, 0.6);
    assert_eq!((mix.error_bbse, mix.accuracy_second, mix.outside), (None, None, None));
    // With no images at all there is no mix either.
    let none = shift(&taxonomy, [&first, &answers(vec![])], &options);
    assert_eq!(none.label_shift, Err("two has no answers".to_string()));
    assert!(none.clades.iter().all(|row| row.seen == Seen::First && row.skill.is_none()));
}

#[test]
fn one_class_and_nothing_shared_are_defined() {
    let taxonomy = tree(TREE);
    let cats = grouped(&taxonomy, &[(CAT, CAT, 3), (CAT, LYNX, 1)]);
    let found = shift(&taxonomy, [&cats, &grouped(&taxonomy, &[(CAT, CAT, 4)])], &ShiftOptions::default());
    let exact = found.row("exact").unwrap();
    near(exact.skill, 0.25);
    near(exact.composition, 0.0);
    // A lynx is answered and true of no image: the coarser genus is no better, the family is one class.
    let mix = found.label_shift.unwrap();
    assert_eq!((mix.rank, mix.classes, mix.mix[0].bbse), (Rank::Family, 1, Some(1.0)));
    let foxes = grouped(&taxonomy, &[(FOX, FOX, 2), (FOX, CAT, 2)]);
    let apart = shift(&taxonomy, [&cats, &foxes], &ShiftOptions::default());
    let exact = apart.row("exact").unwrap();
    near(exact.difference, -0.25);
    assert_eq!((exact.skill, exact.composition, exact.standardised_difference), (None, None, None));
    assert_eq!(apart.overlaps[0].images_only_second, 4);
    assert!(apart.warnings.iter().any(|warning| warning.starts_with("No species is in both sets")), "{:?}", apart.warnings);
    // Cats and lynxes are answered alike: singular.
    let alike = grouped(&taxonomy, &[(CAT, CAT, 1), (CAT, LYNX, 1), (LYNX, CAT, 1), (LYNX, LYNX, 1)]);
    let options = ShiftOptions { rank: Some(Rank::Species), ..ShiftOptions::default() };
    let mix = shift(&taxonomy, [&alike, &cats], &options).label_shift.unwrap();
    assert_eq!((mix.condition_number, mix.accuracy_bbse, mix.mix[0].bbse), (None, None, None));
    assert!(mix.no_bbse.unwrap().contains("singular"));
}

/// A tree of up to 3 × 3 × 3 families, genera and species, and two sets of it.
fn random_sets(random: &mut ChaCha8Rng) -> (Taxonomy, [Answers; 2]) {
    let mut table = "kingdom,phylum,class,order,family,genus,species\n".to_string();
    let mut names = vec![];
    for family in 0..random.random_range(1..4) {
        for genus in 0..random.random_range(1..4) {
            for species in 0..random.random_range(1..4) {
                let [family, genus, species] = [family, genus, species].map(|place: usize| ["ab", "ec", "id"][place]);
                let name = format!("G{family}{genus}us {species}alis");
                table.extend([format!("Animalia,Chordata,Mammalia,Carnivora,F{family}idae,G{family}{genus}us,{name}\n")]);
                names.push(name);
            }
        }
    }
    let taxonomy = tree(&table);
    let species: Vec<TaxonId> = names.iter().map(|name| taxon(&taxonomy, name)).collect();
    let mut set = || {
        let some: Vec<TaxonId> = species.iter().copied().filter(|_| random.random::<f64>() < 0.7).collect();
        let some = if some.is_empty() { species.clone() } else { some };
        let image = |random: &mut ChaCha8Rng| {
            let truth = some[random.random_range(0..some.len())];
            let other = species[random.random_range(0..species.len())];
            (Some(truth), vec![(if random.random::<f64>() < 0.6 { truth } else { other }, None)])
        };
        let count = random.random_range(5..80);
        answers((0..count).map(|_| image(&mut *random)).collect())
    };
    let sets = [set(), set()];
    (taxonomy, sets)
}

#[test]
fn parts_of_clades_add_up_on_random_trees_as_the_naive_formula_has_them() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..25 {
        let (taxonomy, [one, two]) = random_sets(&mut random);
        let options = ShiftOptions { draws: 100, ..ShiftOptions::default() };
        let found = shift(&taxonomy, [&one, &two], &options);
        for name in ["exact", "height"] {
            let row = found.row(name).unwrap();
            let Some(skill) = row.skill else { continue };
            let whole = skill + row.composition.unwrap() + row.only_first.unwrap() + row.only_second.unwrap();
            near(row.difference, whole);
            near(row.composition, row.composition_by_rank.iter().map(|(_, term)| term).sum());
            for rank in Rank::MAIN {
                let at = found.clades.iter().filter(|clade| clade.name == name && clade.at == Some(rank));
                let sum = |part: fn(&CladeShift) -> Option<f64>| at.clone().filter_map(part).sum::<f64>();
                near(row.difference, sum(|clade| clade.contribution));
                near(row.skill, sum(|clade| clade.skill));
                near(row.composition, sum(|clade| clade.composition));
            }
        }
        // Right answers by species, in plain maps.
        let tally = |set: &Answers| {
            let mut means: BTreeMap<TaxonId, (f64, f64)> = BTreeMap::new();
            for (image, truth) in set.truths.iter().enumerate() {
                let Truth::Taxon(truth) = *truth else { continue };
                let cell = means.entry(truth).or_default();
                cell.0 += 1.0;
                cell.1 += f64::from(u8::from(set.ranked.best(image).taxon() == truth));
            }
            means
        };
        let (first, second) = (tally(&one), tally(&two));
        let shared: Vec<&TaxonId> = first.keys().filter(|taxon| second.contains_key(taxon)).collect();
        let n = |set: &BTreeMap<TaxonId, (f64, f64)>| shared.iter().map(|taxon| set[*taxon].0).sum::<f64>();
        let (all_first, all_second) = (n(&first), n(&second));
        let naive: f64 = shared
            .iter()
            .map(|taxon| {
                let ((n, right), (m, of_second)) = (first[*taxon], second[*taxon]);
                (of_second / m - right / n) * (n / all_first + m / all_second) / 2.0
            })
            .sum();
        match found.row("exact").unwrap().skill {
            Some(skill) => near(Some(skill), naive),
            None => assert!(shared.is_empty()),
        }
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn close(found: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn numbers_are_those_of_other_programs() {
    let fixture: Value = serde_json::from_str(include_str!("../../../tests/fixtures/shift.json")).unwrap();
    for case in fixture["newcombe"].as_array().unwrap() {
        let share = |set: &str| {
            let counts: Vec<u64> = case[set].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
            let whole = crate::numbers::statistics::share(counts[0], counts[1]).unwrap();
            (whole, wilson(counts[0], counts[1]).unwrap())
        };
        let found = difference(share("first"), share("second"));
        close(found.low, &case["low"]);
        close(found.high, &case["high"]);
    }
    for case in fixture["decompositions"].as_array().unwrap() {
        let cells = |set: &str| -> Vec<Cell> {
            case[set].as_array().unwrap().iter().map(numbers).map(|cell| Cell { n: cell[0], sum: cell[1] }).collect()
        };
        let pairs = cells("first").into_iter().zip(cells("second"));
        let strata: Vec<Stratum> = pairs.map(|(first, second)| Stratum { first, second }).collect();
        let parts = Parts::sum(&decomposed(&strata).unwrap());
        for (name, part) in [
            ("skill", parts.skill),
            ("composition", parts.composition),
            ("only_first", parts.only_first),
            ("only_second", parts.only_second),
            ("difference", parts.total()),
        ] {
            close(part, &case[name]);
        }
        for (name, standard) in [("first", Standard::First), ("second", Standard::Second), ("both", Standard::Both)] {
            let (first, second) = standardised(&strata, standard).unwrap();
            close(first, &case["standardised"][name][0]);
            close(second, &case["standardised"][name][1]);
        }
    }
    for case in fixture["mixes"].as_array().unwrap() {
        let rows: Vec<Vec<f64>> = case["confusion"].as_array().unwrap().iter().map(numbers).collect();
        let mut confusion = Confusion::new(rows.len());
        for (answered, row) in rows.iter().enumerate() {
            for (truth, count) in row.iter().enumerate() {
                let times = (0..10_000).take_while(|time| f64::from(*time) < *count);
                times.for_each(|_| confusion.add(Some(answered), truth));
            }
        }
        close(confusion.condition().unwrap(), &case["condition"]);
        let answered: Vec<f64> = numbers(&case["answered"]).into_iter().chain([0.0]).collect();
        let mix = confusion.mix(&answered, None).unwrap();
        assert_eq!(mix.held_at_zero, case["negative"].as_bool().unwrap());
        mix.shares.iter().zip(case["bbse"].as_array().unwrap()).for_each(|(found, expected)| close(*found, expected));
        let priors = numbers(&case["priors"]);
        let flat: Vec<f64> = case["probabilities"].as_array().unwrap().iter().flat_map(numbers).collect();
        let em = by_probabilities(&priors, &flat, None, (&priors, ROUNDS)).unwrap();
        em.iter().zip(case["em"].as_array().unwrap()).for_each(|(found, expected)| close(*found, expected));
    }
}

#[test]
fn ranks_that_no_truth_has_are_left_out_and_names_in_two_places_are_told() {
    let options = ShiftOptions { draws: 50, ..ShiftOptions::default() };
    let names = tree("genus,species\nFelis,Felis catus\nLynx,Lynx lynx\n");
    let [first, second] = [&[(CAT, CAT, 2), (LYNX, CAT, 1)][..], &[(CAT, CAT, 1)][..]].map(|groups| grouped(&names, groups));
    let observed = |answers: Answers, names: &[&str]| Answers {
        observations: Some(names.iter().map(ToString::to_string).collect()),
        ..answers
    };
    let (first, second) = (observed(first, &["o", "p", "p"]), observed(second, &["o"]));
    let found = shift(&names, [&first, &second], &options);
    assert!(found.warnings.iter().any(|warning| warning.starts_with("Observations that have images in both sets: 1.")));
    assert_eq!(found.overlaps.iter().map(|overlap| overlap.rank).collect::<Vec<_>>(), [Some(Rank::Species), Some(Rank::Genus)]);
    assert!(found.warnings.iter().all(|warning| !warning.contains("other lineages")), "{:?}", found.warnings);
    let two = tree("family,genus,species\nFelidae,Felis,Felis catus\nCanidae,Felis,Felis catus\nCanidae,Vulpes,Vulpes vulpes\n");
    let of = |family: &str| taxon(&two, &format!("{family};Felis;Felis catus"));
    let set = |cat: TaxonId| answers(vec![(Some(cat), vec![(cat, None)]), (Some(taxon(&two, FOX)), vec![(cat, None)])]);
    let found = shift(&two, [&set(of("Felidae")), &set(of("Canidae"))], &options);
    let told = "Names that the sets have with other lineages, so that their taxa are held to be others: 1, such as Felis catus.";
    assert!(found.warnings.iter().any(|warning| warning == told), "{:?}", found.warnings);
}
