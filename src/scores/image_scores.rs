//! What every image of a run is found to be, one by one: what the blocks of scores count together.

use super::causes::{self, Cause};
use super::cost::CostMatrix;
use super::depths::Depths;
use super::flags::Flag;
use super::intervals;
use super::judged_run::JudgedRun;
use super::met::Met;
use super::mistakes::{self, Mistake};
use super::options::ScoreOptions;
use super::outcome::{Judgement, judge};
use super::tree::Tree;
use crate::answers::Answers;
use crate::numbers::bootstrap::Clusters;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;

/// What every image is found to be, in the order of the answers.
#[derive(Debug, Clone)]
pub struct ImageScores {
    /// What became of it.
    pub judgements: Vec<Judgement>,
    /// Why it did not come out right, or that it did.
    pub causes: Vec<Cause>,
    /// Right, acceptable or wrong; `None` where it is not scored.
    pub flags: Vec<Option<Flag>>,
    /// What its mistake costs, not-a-number where it is not scored; `None` without costs of taxa.
    pub costs: Option<Vec<f64>>,
    /// Which images the intervals draw together; `None` where each counts by itself.
    pub clusters: Option<Clusters>,
    /// What counts by itself: images, observations, taxa.
    pub noun: &'static str,
    /// Height of a mistake whose truth is unknown.
    unplaced_height: u32,
}

impl ImageScores {
    /// Of answers that are scored no further, with their mistakes, the worst first.
    #[must_use]
    pub fn of_answers(taxonomy: &Taxonomy, answers: &Answers, options: &ScoreOptions<'_>) -> (Self, Vec<Mistake>) {
        let (sample, _) = intervals::sample(answers, options.drawn_by);
        let judgements = judge(taxonomy, answers, options.unreachable);
        let met = Met::of(taxonomy, answers, &judgements);
        let run = JudgedRun { taxonomy, answers, judgements, met: &met, sample };
        let mistakes = mistakes::mistakes(&run);
        let (causes, _) = causes::cause_of_each(&run);
        (Self::of(run, causes, options), mistakes)
    }

    /// Of a run that nothing else is asked of any more.
    pub(super) fn of(run: JudgedRun<'_>, causes: Vec<Cause>, options: &ScoreOptions<'_>) -> Self {
        let JudgedRun { taxonomy, judgements, met, sample, .. } = run;
        let flag = |judgement: &Judgement| match judgement {
            Judgement::Scored(outcome) => Some(Flag::of(taxonomy, Some(outcome), options.acceptable)),
            Judgement::Unplaced(_) => Some(Flag::of(taxonomy, None, options.acceptable)),
            _ => None,
        };
        // A matrix of classes that are no taxa has none of these.
        let of_taxa = options.costs.filter(|matrix| !matrix.entries().is_empty());
        Self {
            causes,
            flags: judgements.par_iter().with_min_len(4096).map(flag).collect(),
            costs: of_taxa.map(|matrix| costs(taxonomy, &judgements, matrix)),
            clusters: sample.clusters,
            noun: sample.noun,
            unplaced_height: Depths::new(taxonomy, Tree::Full, Some(met)).unplaced(),
            judgements,
        }
    }

    /// Height of the error of an image; `None` where it is not scored.
    #[must_use]
    pub fn height(&self, taxonomy: &Taxonomy, image: usize) -> Option<u32> {
        match self.judgements[image] {
            Judgement::Scored(outcome) => Some(outcome.height(taxonomy)),
            Judgement::Unplaced(_) => Some(self.unplaced_height),
            _ => None,
        }
    }
}

/// What each image costs, as [`Costs`](super::costs::Costs) sums it up.
fn costs(taxonomy: &Taxonomy, judgements: &[Judgement], matrix: &CostMatrix) -> Vec<f64> {
    let cost = |judgement: &Judgement| match judgement {
        Judgement::Scored(outcome) if outcome.is_right() => 0.0,
        Judgement::Scored(outcome) => matrix.cost(taxonomy, outcome.truth, outcome.answer),
        Judgement::Unplaced(answer) => matrix.cost(taxonomy, TaxonId::ROOT, *answer),
        _ => f64::NAN,
    };
    judgements.par_iter().with_min_len(4096).map(cost).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::{Answer, Ranked, Truth};
    use crate::scores::Scores;
    use crate::scores::causes::Causes;
    use std::path::Path;

    #[test]
    fn what_images_are_adds_up_to_what_the_blocks_count() {
        let table = "kingdom,phylum,class,order,family,genus,species\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx\n\
            Plantae,Tracheophyta,Magnoliopsida,Apiales,Apiaceae,Daucus,Daucus carota\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        let [cat, wildcat, lynx, carrot] = ["Felis catus", "Felis silvestris", "Lynx lynx", "Daucus carota"].map(taxon);
        let mut ranked = Ranked::default();
        let mut truths = vec![];
        for (truth, answer) in [(cat, Some(cat)), (cat, Some(wildcat)), (cat, Some(carrot)), (lynx, None), (carrot, Some(cat))] {
            truths.push(Truth::Taxon(truth));
            ranked.push(answer.map(|taxon| (Answer::Taxon(taxon), None)));
        }
        truths.push(Truth::Outside);
        ranked.push([(Answer::Taxon(lynx), None)]);
        let answers = Answers {
            images: ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec(),
            truths,
            ranked,
            observations: Some(["x", "x", "y", "y", "z", "z"].map(String::from).to_vec()),
            count_outside_as_wrong: true,
            ..Answers::default()
        };
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "Felis catus,Plantae,5\nroot,Lynx,0.5\n").unwrap();
        let costs = CostMatrix::read(file.path(), &taxonomy).unwrap();
        let scores = Scores::of(&taxonomy, &answers, &ScoreOptions { costs: Some(&costs), ..ScoreOptions::default() });
        let images = &scores.images;
        assert_eq!(Causes::of(&images.causes, |_| 1), scores.causes);
        let flags = scores.flags.as_ref().unwrap();
        let flagged = |wanted: Flag| images.flags.iter().filter(|flag| **flag == Some(wanted)).count() as u64;
        assert_eq!([Flag::Green, Flag::Yellow, Flag::Red].map(flagged), [flags.green, flags.yellow, flags.red]);
        // 0, 1, 5, 1, 1, 0.5.
        assert_eq!(images.costs.as_ref().map(|costs| costs.iter().sum::<f64>()), scores.costs.as_ref().map(|costs| costs.total));
        let heights: Vec<_> = (0..6).map(|image| images.height(&taxonomy, image)).collect();
        assert_eq!(heights, [0, 1, 7, 7, 7, 7].map(Some));
        assert_eq!(scores.how_wrong.mean_height, Some(29.0 / 6.0));
        let clusters = images.clusters.as_ref().unwrap();
        assert_eq!((clusters.len(), clusters.of(0) == clusters.of(1), images.noun), (3, true, "observations"));
        // The same of answers alone.
        let (alone, mistakes) = ImageScores::of_answers(&taxonomy, &answers, &ScoreOptions::default());
        assert_eq!((&alone.judgements, &alone.causes, &alone.flags), (&images.judgements, &images.causes, &images.flags));
        assert_eq!((mistakes, alone.costs), (scores.mistakes, None));
    }
}
