//! What to take away from a space, a sentence each. A sentence claims no more than the tests beside it.

use crate::report::text::{fixed, percent, percent_with_interval, probability};
use crate::spaces::latent::Latent;
use crate::spaces::latent::among_all::AmongAll;
use crate::spaces::latent::clades::CladeRecovery;
use crate::spaces::latent::staircase::Stair;

/// A p-value at most so large says more than chance.
const ALPHA: f64 = 0.05;
/// Distances that differ by no more are equal but for rounding.
const EQUAL: f64 = 1e-9;

/// Whether space and tree go together, and how surely.
#[must_use]
pub fn verdict(latent: &Latent) -> Vec<String> {
    let mut sentences = vec![];
    if let Some(tree) = latent.tree.iter().find(|tree| tree.distance == "cosine") {
        let mantel = &tree.mantel;
        if let (Some(r), Some(p)) = (mantel.r, mantel.p) {
            let follows = p <= ALPHA && r > 0.0;
            let word = match (follows, r) {
                (true, r) if r >= 0.5 => "The latent space follows the taxonomy",
                (true, r) if r >= 0.2 => "The latent space follows the taxonomy in part",
                (true, r) if r >= 0.1 => "The latent space follows the taxonomy weakly",
                // However many taxa make it significant.
                (true, _) => "The latent space hardly follows the taxonomy",
                (false, _) => "The latent space does not follow the taxonomy more than by chance",
            };
            sentences.push(format!(
                "{word}: distances of {} taxa and of the tree correlate with r = {} (Mantel, {}); {} of {} triplets agree, where \
                 chance is 33.3 %.",
                mantel.n,
                fixed(r, 2),
                p_is(p),
                percent(tree.triplets.agreement),
                tree.triplets.n
            ));
        }
        sentences.extend(clades(&tree.clades));
    }
    sentences.extend(staircase(&latent.staircase));
    if let Some(finest) = latent.ranks.last()
        && let Some(agreement) = finest.agreement.last()
    {
        let fewer = if agreement.short == agreement.n { ", or of all others where these are fewer," } else { "" };
        sentences.push(format!(
            "{} of the {} nearest neighbours{fewer} of {} points are of the same {} (chance {}{}).",
            percent_with_interval(agreement.agreement, agreement.agreement_low, agreement.agreement_high),
            agreement.k,
            agreement.n,
            finest.rank.name(),
            percent(agreement.chance),
            finest.agreement_test.map(|test| format!(", {} under shuffled labels", p_is(test.p))).unwrap_or_default()
        ));
    }
    sentences.extend(latent.among_all.as_ref().and_then(among_all));
    sentences
}

/// What the sample says of the neighbours among all vectors, at the finest rank.
fn among_all(all: &AmongAll) -> Option<String> {
    let finest = all.ranks.last()?;
    let agreement = finest.agreement.last()?;
    Some(format!(
        "Among all {} vectors {} of the {} nearest are of the same {}, as {} of them tell (chance {}).",
        all.of,
        percent_with_interval(agreement.agreement, agreement.agreement_low, agreement.agreement_high),
        agreement.k,
        finest.rank.name(),
        agreement.n,
        percent(agreement.chance)
    ))
}

fn p_is(p: f64) -> String {
    match probability(Some(p)) {
        small if small.starts_with('<') => format!("p {small}"),
        value => format!("p = {value}"),
    }
}

/// How far the mean distance grows with the rank at which two points meet; `None` for fewer than three ranks.
fn staircase(stairs: &[Stair]) -> Option<String> {
    let [first, .., last] = stairs else { return None };
    let steps: Vec<f64> = stairs.windows(2).map(|pair| pair[1].distance - pair[0].distance).collect();
    if steps.len() < 2 {
        return None;
    }
    let climbs = steps.iter().filter(|step| **step > EQUAL).count();
    let level = steps.iter().filter(|step| step.abs() <= EQUAL).count();
    let equal = if level > 0 { format!(" and is level at {level}") } else { String::new() };
    Some(format!(
        "The staircase climbs at {climbs} of {} steps{equal}, from {} within {} ({} pairs) to {} at {} ({} pairs).",
        steps.len(),
        fixed(first.distance, 3),
        first.rank,
        first.pairs,
        fixed(last.distance, 3),
        last.rank,
        last.pairs
    ))
}

/// Whether the tree that the space makes has the taxonomy's clades; `None` where there is none, or nothing to hold it against.
///
/// Both measures must be above chance for the clades to be called recovered.
fn clades(clades: &CladeRecovery) -> Option<String> {
    let (best, chance, p) = (clades.best_match?, clades.best_match_by_chance?, clades.best_match_p?);
    let (lift, exactly, exactly_p) = (clades.best_match_lift?, clades.recovered_by_chance?, clades.recovered_p?);
    let word = match (p <= ALPHA, exactly_p <= ALPHA, lift) {
        (true, true, lift) if lift >= 0.5 => "Clades are recovered far above chance",
        (true, true, lift) if lift >= 0.2 => "Clades are recovered clearly above chance",
        (true, true, lift) if lift >= 0.1 => "Clades are recovered somewhat above chance",
        (true, true, _) => "Clades are recovered hardly above chance",
        (true, false, _) => "Clades are matched better than by chance, but not found whole more often than by chance",
        (false, true, _) => "Clades are found whole more often than by chance, but on average not matched better than by chance",
        (false, false, _) => "Clades are not recovered above chance",
    };
    Some(format!(
        "{word}: the branch of the space's own tree that matches a clade best does so with F = {} on average, by chance {} ({}); {} of \
         {} clades are one branch exactly, by chance {} ({}).",
        fixed(best, 2),
        fixed(chance, 2),
        p_is(p),
        clades.recovered,
        clades.clades,
        fixed(exactly, 1),
        p_is(exactly_p)
    ))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn recovery(best_match_p: f64, recovered_p: f64, lift: f64) -> CladeRecovery {
        CladeRecovery {
            clades: 14,
            recovered: 1,
            recall: Some(1.0 / 14.0),
            recovered_by_chance: Some(0.4),
            recovered_p: Some(recovered_p),
            best_match: Some(0.72),
            best_match_by_chance: Some(0.56),
            best_match_p: Some(best_match_p),
            best_match_lift: Some(lift),
            permutations: 999,
            robinson_foulds: 20,
            normalised: Some(0.8),
        }
    }

    #[test]
    fn one_measure_at_chance_is_not_clearly_above_it() {
        let said = |p, exactly, lift| clades(&recovery(p, exactly, lift)).unwrap();
        assert!(said(0.002, 0.002, 0.36).starts_with("Clades are recovered clearly above chance: "));
        let mixed = said(0.002, 0.31, 0.36);
        assert!(mixed.starts_with("Clades are matched better than by chance, but not found whole more often"), "{mixed}");
        assert!(mixed.ends_with("(p = 0.002); 1 of 14 clades are one branch exactly, by chance 0.4 (p = 0.310)."), "{mixed}");
        assert!(said(0.4, 0.001, 0.36).contains("not matched better than by chance"));
        assert!(said(0.4, 0.31, 0.36).starts_with("Clades are not recovered above chance: "));
        assert!(said(0.000_2, 0.05, 0.6).contains("far above chance") && said(0.000_2, 0.05, 0.6).contains("(p < 0.001)"));
    }

    #[test]
    fn a_level_step_does_not_climb() {
        let stair = |rung: u8, distance: f64| Stair {
            rank: format!("r{rung}"),
            rung,
            pairs: 3,
            taxa: 1,
            distance,
            interval: None,
            no_interval: None,
        };
        let said = staircase(&[stair(0, 0.1), stair(1, 0.1 + 1e-12), stair(2, -0.000_1)]).unwrap();
        assert_eq!(
            said,
            "The staircase climbs at 0 of 2 steps and is level at 1, from 0.100 within r0 (3 pairs) to 0.000 at r2 (3 pairs)."
        );
        assert_eq!(staircase(&[stair(0, 0.1), stair(1, 0.2)]), None);
    }
}
