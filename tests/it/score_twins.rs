//! Naive twins of the measures of lineages, by sets of taxa and by leaves counted one by one.

use crate::score_oracle::{at, lineage, mean, naive_cut, number, random_runs, same, scored};
use nearmiss::answers::Answers;
use nearmiss::scores::outcome::Outcome;
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeSet;

/// All that is true or could be answered, with what lies above: the only taxa that count.
fn met(taxonomy: &Taxonomy, answers: &Answers) -> BTreeSet<TaxonId> {
    let scored = scored(taxonomy, answers);
    let truths = scored.iter().filter_map(|(_, truth)| *truth);
    let listed = scored.iter().flat_map(|(image, _)| answers.ranked.listed(*image)).map(|answer| answer.taxon());
    let candidates = answers.candidates.iter().flatten().copied();
    truths.chain(listed).chain(candidates).flat_map(|taxon| lineage(taxonomy, taxon)).chain([TaxonId::ROOT]).collect()
}

fn leaves_below(taxonomy: &Taxonomy, met: &BTreeSet<TaxonId>, taxon: TaxonId) -> usize {
    let is_leaf = |other: &&TaxonId| met.iter().all(|child| taxonomy.parent(*child) != Some(**other));
    met.iter().filter(is_leaf).filter(|leaf| lineage(taxonomy, **leaf).contains(&taxon)).count()
}

/// The H-loss by its definition: every taxon that is in one lineage and not in the other, and whose
/// ancestors are in both or in none, pays its cost.
fn h_loss(taxonomy: &Taxonomy, met: &BTreeSet<TaxonId>, truth: TaxonId, predicted: TaxonId) -> f64 {
    let (mine, theirs) = (lineage(taxonomy, truth), lineage(taxonomy, predicted));
    let cost = |taxon: TaxonId| {
        let shares = lineage(taxonomy, taxon).into_iter().filter_map(|step| taxonomy.parent(step));
        shares
            .map(|parent| 1.0 / number(met.iter().filter(|child| taxonomy.parent(**child) == Some(parent)).count()))
            .product::<f64>()
    };
    let differs = |taxon: &TaxonId| mine.contains(taxon) != theirs.contains(taxon);
    let pays = |taxon: &TaxonId| differs(taxon) && lineage(taxonomy, *taxon)[1..].iter().all(|above| !differs(above));
    taxonomy.taxa().filter(pays).map(cost).sum()
}

/// The measures of lineages by their definitions: for each, the values of the images that define it.
fn measures_by_sets(taxonomy: &Taxonomy, answers: &Answers, scored: &[(usize, Option<TaxonId>)]) -> [Vec<f64>; 11] {
    let set = |taxon| lineage(taxonomy, taxon).into_iter().filter(|step| *step != TaxonId::ROOT).collect::<BTreeSet<_>>();
    let met = met(taxonomy, answers);
    let leaves = |taxon| number(leaves_below(taxonomy, &met, taxon));
    let bits = |taxon| (leaves(TaxonId::ROOT) / leaves(taxon)).log2();
    let mut values: [Vec<f64>; 11] = Default::default();
    for &(image, truth) in scored {
        let truth = truth.unwrap();
        let predicted = naive_cut(taxonomy, truth, answers.ranked.best(image).taxon());
        let (mine, theirs) = (set(truth), set(predicted));
        let shared = mine.intersection(&theirs).count();
        let way_down = |taxa: &BTreeSet<TaxonId>| 1.0 / number(taxa.len() - shared + 1);
        let (p, r) = (way_down(&theirs), way_down(&mine));
        let above = lineage(taxonomy, predicted);
        let lca = *lineage(taxonomy, truth).iter().find(|step| above.contains(step)).unwrap();
        let ranks: Vec<_> = Rank::MAIN.into_iter().filter(|rank| at(taxonomy, truth, *rank).is_some()).collect();
        let first = ranks.iter().take_while(|rank| at(taxonomy, predicted, **rank) == at(taxonomy, truth, **rank)).count();
        values[0].push(number(theirs.len() - shared));
        values[1].push(number(mine.len() - shared));
        values[2].push(number(shared) / number(mine.union(&theirs).count()));
        values[3].push(p);
        values[4].push(r);
        values[5].push(2.0 / (1.0 / p + 1.0 / r));
        if !ranks.is_empty() {
            values[6].push(number(first) / number(ranks.len()));
        }
        if bits(truth) > 0.0 {
            values[7].push(bits(lca) / bits(truth));
        }
        if bits(predicted) > 0.0 {
            values[8].push(bits(lca) / bits(predicted));
        }
        values[9].push(bits(truth) + bits(predicted) - 2.0 * bits(lca));
        values[10].push(h_loss(taxonomy, &met, truth, predicted));
    }
    values
}

#[test]
fn measures_of_lineages_equal_their_definitions_by_sets() {
    random_runs(|taxonomy, answers, _| {
        let how = Scores::of(taxonomy, answers, &ScoreOptions::default()).how_wrong;
        let scored = scored(taxonomy, answers);
        if scored.iter().any(|(_, truth)| truth.is_none()) {
            return;
        }
        let values = measures_by_sets(taxonomy, answers, &scored);
        let found = &how.similarity;
        let fields = [
            found.excess,
            found.deficient,
            found.jaccard,
            found.lca_p,
            found.lca_r,
            found.lca_f,
            found.nlca,
            found.info_hr,
            found.info_hp,
            found.info_distance,
            found.h_loss,
        ];
        for (index, (field, values)) in fields.into_iter().zip(&values).enumerate() {
            same(field, mean(values), &format!("measure {index}"));
        }
        // Edges are what is too much and what is missing.
        let edges = found.excess.zip(found.deficient).map(|(excess, deficient)| excess + deficient);
        same(how.mean_edges, edges, "edges");
    });
}

#[test]
fn lists_equal_their_definition() {
    random_runs(|taxonomy, answers, _| {
        let how = Scores::of(taxonomy, answers, &ScoreOptions::default()).how_wrong;
        let scored = scored(taxonomy, answers);
        if !taxonomy.has_ranks() || scored.iter().any(|(_, truth)| truth.is_none()) {
            return;
        }
        for row in &how.best_of {
            let (mut means, mut bests, mut wrong) = (vec![], vec![], vec![]);
            for &(image, truth) in &scored {
                let outcome = |answer: TaxonId| Outcome::of(taxonomy, truth.unwrap(), answer);
                let mut list: Vec<_> = answers.ranked.answers(image).iter().map(|answer| outcome(answer.taxon())).collect();
                if list.is_empty() {
                    list.push(outcome(TaxonId::ROOT));
                }
                let heights: Vec<f64> = list.iter().take(row.k).map(|outcome| f64::from(outcome.height(taxonomy))).collect();
                means.extend(mean(&heights));
                bests.push(heights.iter().copied().fold(f64::INFINITY, f64::min));
                if !list[0].is_right() {
                    wrong.extend(mean(&heights));
                }
            }
            same(row.mean_height, mean(&means), "mean height");
            same(row.best_height, mean(&bests), "best height");
            same(row.mistakes_mean_height, mean(&wrong), "mean height of mistakes");
        }
    });
}

#[test]
fn distances_are_symmetric_and_triangular() {
    random_runs(|taxonomy, _, random| {
        use rand::RngExt;
        let all: Vec<_> = taxonomy.taxa().collect();
        let met = all.iter().copied().collect();
        let pick = |random: &mut rand_chacha::ChaCha8Rng| all[random.random_range(0..all.len())];
        let edges = |a, b| {
            i64::from(taxonomy.depth(a)) + i64::from(taxonomy.depth(b)) - 2 * i64::from(taxonomy.depth(taxonomy.lca(a, b)))
        };
        for _ in 0..30 {
            let (a, b, c) = (pick(random), pick(random), pick(random));
            assert_eq!(edges(a, b), edges(b, a));
            assert!(edges(a, c) <= edges(a, b) + edges(b, c));
            assert!((h_loss(taxonomy, &met, a, b) - h_loss(taxonomy, &met, b, a)).abs() < 1e-12);
        }
    });
}
