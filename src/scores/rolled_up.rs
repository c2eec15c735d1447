//! Rolling up where a source lists the best labels and no whole distribution: all that `SpeciesNet` takes.

use super::decisions::{Decision, decision};
use super::differences::{self, Difference};
use super::given::Given;
use super::ground::Ground;
use super::judged_run::JudgedRun;
use super::options::ScoreOptions;
use super::roll_up::RollUp;
use super::rule::Rule;
use super::tree::Tree;
use super::whole::BACK_OFF;
use crate::answers::distribution::tree::CandidateTree;
use crate::scores::outcome::Judgement;
use crate::taxonomy::TaxonId;
use crate::taxonomy::information::{Information, InformationFrom};

/// The scores of rolling up listed labels.
#[derive(Debug, Clone)]
pub struct RolledUp {
    /// Images: all that are scored.
    pub n: usize,
    /// How they are rolled up.
    pub rule: RollUp,
    /// The scores of the rule.
    pub decision: Decision,
    /// The rule against `path`: accuracy at the finest rank, then the mean height.
    pub differences: Vec<Difference>,
}

impl RolledUp {
    /// Of the labels that a source lists; `None` unless `SpeciesNet`'s way is asked for, and there are scores.
    pub(super) fn of(run: &JudgedRun<'_>, tree: Tree, information: &Information, options: &ScoreOptions<'_>) -> Option<Self> {
        let rule = options.roll_up.filter(|rule| *rule == RollUp::SpeciesNet)?;
        let scored: Vec<usize> = (0..run.judgements.len()).filter(|&image| run.judgements[image].is_scored()).collect();
        let labels: Vec<Vec<(TaxonId, f64)>> = scored.iter().map(|&image| labels(run, image)).collect::<Option<_>>()?;
        let mut candidates: Vec<TaxonId> = labels.iter().flatten().map(|(taxon, _)| *taxon).collect();
        candidates.sort_unstable();
        candidates.dedup();
        if candidates.is_empty() {
            return None;
        }
        let ground = Ground {
            run,
            tree: CandidateTree::new(run.taxonomy, &candidates, information),
            information,
            leaves: run.information(InformationFrom::Leaves),
            threshold: options.back_off.unwrap_or(BACK_OFF),
            roll_up: options.roll_up,
            places: options.priors.map(|priors| priors.places(run.taxonomy, run.answers)),
            candidates: &candidates,
        };
        let given: Vec<Given> = scored.iter().zip(&labels).map(|(&image, labels)| given(&ground, rule, image, labels)).collect();
        let sample = run.sample.select(scored.iter().copied());
        Some(Self {
            n: scored.len(),
            rule,
            decision: decision((&ground, &sample), &given, Rule::RollUp, tree, options),
            differences: differences::of_rules(&ground, &given, &[Rule::RollUp]),
        })
    }

    /// Why nothing was rolled up, where that is asked for.
    pub(super) fn remark(reason: &str, options: &ScoreOptions<'_>) -> Option<String> {
        Some(format!("Nothing was rolled up as {}: {reason}.", options.roll_up?))
    }
}

/// The listed labels of an image with their probabilities; `None` where one has none.
fn labels(run: &JudgedRun<'_>, image: usize) -> Option<Vec<(TaxonId, f64)>> {
    let ranked = &run.answers.ranked;
    let labels = ranked.listed(image).iter().enumerate();
    labels.map(|(place, label)| Some((label.taxon(), ranked.probability(image, place)?))).collect()
}

fn given(ground: &Ground<'_>, rule: RollUp, image: usize, labels: &[(TaxonId, f64)]) -> Given {
    let truth = match ground.run.judgements[image] {
        Judgement::Scored(outcome) => Some(outcome.truth),
        _ => None,
    };
    let allows = |taxon: TaxonId| ground.places.as_ref().is_none_or(|places| places.allows(image, taxon));
    Given {
        image,
        truth,
        summed: [None; 7],
        top_down: TaxonId::ROOT,
        expected_height: TaxonId::ROOT,
        back_off: TaxonId::ROOT,
        roll_up: Some(rule.answer(ground.run.taxonomy, labels, &allows)),
        confidences: std::array::from_fn(|_| None),
        pareto: vec![],
        climb: vec![],
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::{Answer, Answers, Ranked, Truth};
    use crate::scores::Scores;
    use crate::taxonomy::Taxonomy;
    use crate::taxonomy::rank::Rank;
    use std::path::Path;

    #[test]
    fn five_labels_are_enough_for_speciesnet() {
        let table = "order,family,genus,species
Carnivora,Ursidae,Ursus,Ursus arctos
Carnivora,Ursidae,Ursus,Ursus maritimus
Carnivora,Felidae,Panthera,Panthera leo
";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("camera.csv")).unwrap();
        let [brown, polar, lion] =
            ["Ursus arctos", "Ursus maritimus", "Panthera leo"].map(|name| taxonomy.resolve(name).taxon().unwrap());
        let mut ranked = Ranked::default();
        // The labels add up to 0.75, 0.9 and 0.4: no whole distributions. A bear of unsure species; a lion; nothing that is sure.
        for list in [&[(polar, 0.45), (brown, 0.3)][..], &[(lion, 0.85), (brown, 0.05)], &[(brown, 0.4)]] {
            ranked.push(list.iter().map(|&(taxon, score)| (Answer::Taxon(taxon), Some(score))));
        }
        let answers = Answers {
            images: ["1", "2", "3"].map(str::to_string).to_vec(),
            truths: [brown, lion, brown].map(Truth::Taxon).to_vec(),
            ranked,
            ..Answers::default()
        };
        let scored = |rule: &str| {
            let options = ScoreOptions { roll_up: Some(rule.parse().unwrap()), ..ScoreOptions::default() };
            Scores::of(&taxonomy, &answers, &options)
        };
        let found = scored("speciesnet").rolled_up.unwrap();
        // Ursus with 0.75, the lion, and nothing: 1 of 3 to the species, 2 to the genus, wrong as far as it goes never.
        let right = |rank: Rank| found.decision.accuracy[&rank];
        assert_eq!((found.n, right(Rank::Species), right(Rank::Genus)), (3, Some(1.0 / 3.0), Some(2.0 / 3.0)));
        assert_eq!(found.decision.how_wrong.similarity.correct, Some(1.0));
        // Path takes the polar bear for the brown one: heights 1, 0, 0; rolled up 1, 0, 7.
        let height = &found.differences[1];
        assert!((height.difference.unwrap() - 7.0 / 3.0).abs() < 1e-12, "{height:?}");
        // Antenna's way takes all labels, and it is said that there are not all.
        let is_remark = |note: &String| note.starts_with("Nothing was rolled up as ");
        let antenna = scored("antenna");
        assert!(antenna.rolled_up.is_none() && antenna.notes.iter().any(is_remark), "{:?}", antenna.notes);
        assert!(!scored("speciesnet").notes.iter().any(is_remark));
    }
}
