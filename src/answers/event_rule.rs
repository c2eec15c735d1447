//! One answer for an event, from the answers to its images.

use super::distribution::Distribution;
use super::event::{Event, Events};
use super::observation::{self, Pool};
use super::{Answer, Answers};
use crate::numbers::statistics::to_f64;
use crate::numbers::ties;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// How the answers to the images of an event become one; images without an answer say nothing, and those are without one that
/// are answered blank, person, vehicle: an animal on one image was there, whatever the others show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventRule {
    /// The label of the greatest mean probability.
    Mean,
    /// The label of the greatest product of probabilities: every image can veto.
    Product,
    /// The answer to the image whose answer has most probability.
    Best,
    /// The answer that most images have; of several the one with most probability in all, then the first of the tree.
    Vote,
    /// The most specific taxon that holds more than a share of the answers.
    Agreed,
}

impl EventRule {
    /// All of them, in the order of reports.
    pub const ALL: [EventRule; 5] = [Self::Mean, Self::Product, Self::Best, Self::Vote, Self::Agreed];

    /// One word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EventRule::Mean => "mean",
            EventRule::Product => "product",
            EventRule::Best => "best",
            EventRule::Vote => "vote",
            EventRule::Agreed => "agreed",
        }
    }
}

/// Share of the answers that the taxon of [`EventRule::Agreed`] must hold more of, unless another is asked for.
pub const AGREE: f64 = 0.5;

/// Why the largest probability of any image is no rule beside the others.
pub const NO_MAX: &str =
    "the largest probability that any image gives to any label is that of its own best answer: it answers as best does";

/// The answers of a rule, one for each event, or why there are none.
pub type Ruled = Result<Vec<Answer>, String>;

/// What the rules are taken from.
pub struct Ruling<'a> {
    /// The tree.
    pub taxonomy: &'a Taxonomy,
    /// The answers to images.
    pub answers: &'a Answers,
    /// The whole distributions of images, or why there are none.
    pub distribution: Result<&'a Distribution, &'a str>,
    /// Share of the answers that the agreed taxon holds more of, from one half to 1; at 1 it holds all.
    pub agree: f64,
}

impl Ruling<'_> {
    /// The answers of a rule to events.
    ///
    /// # Errors
    ///
    /// A sentence: there are no probabilities, or no whole distributions, and the rule takes them.
    pub fn answers(&self, rule: EventRule, events: &Events) -> Ruled {
        let each = |of: &(dyn Fn(&Event) -> Answer + Sync)| events.events.par_iter().map(of).collect::<Vec<Answer>>();
        match rule {
            EventRule::Mean => self.distribution.map(|whole| each(&|event| self.pooled(whole, Pool::Mean, event))),
            EventRule::Product => self.distribution.map(|whole| each(&|event| self.pooled(whole, Pool::Product, event))),
            EventRule::Best => {
                self.require_probabilities()?;
                Ok(each(&|event| self.best(event)))
            }
            EventRule::Vote => Ok(each(&|event| self.vote(event))),
            EventRule::Agreed => Ok(each(&|event| self.agreed(event))),
        }
        .map_err(str::to_string)
    }

    /// Images of an event with their answers, those without one left out.
    fn answered<'e>(&'e self, event: &'e Event) -> impl Iterator<Item = (usize, Answer)> + 'e {
        let best = |&image: &usize| (image, self.answers.ranked.best(image));
        event.images.iter().map(best).filter(|(_, answer)| *answer != Answer::Nothing)
    }

    fn require_probabilities(&self) -> Result<(), &'static str> {
        let ranked = &self.answers.ranked;
        let lacks_one = |image: usize| ranked.best(image) != Answer::Nothing && ranked.best_probability(image).is_none();
        if (0..ranked.len()).any(lacks_one) { Err("the source gives no probabilities") } else { Ok(()) }
    }

    /// The label of most pooled probability; equal ones in the order of the tree.
    fn pooled(&self, whole: &Distribution, pool: Pool, event: &Event) -> Answer {
        let Some(pooled) = observation::of_photographs(self.answers, whole, &event.images, pool) else { return Answer::Nothing };
        let labels = whole.candidates().iter().zip(&pooled).filter(|(_, probability)| **probability > 0.0);
        let best = labels.min_by(|a, b| ties::falling(*a.1, *b.1).then(a.0.cmp(b.0)));
        best.filter(|(taxon, _)| **taxon != TaxonId::ROOT).map_or(Answer::Nothing, |(&taxon, _)| Answer::Taxon(taxon))
    }

    fn best(&self, event: &Event) -> Answer {
        let surest = |a: &(f64, Answer), b: &(f64, Answer)| ties::falling(a.0, b.0).then(a.1.cmp(&b.1));
        let probability = |(image, answer)| Some((self.answers.ranked.best_probability(image)?, answer));
        self.answered(event).filter_map(probability).min_by(surest).map_or(Answer::Nothing, |(_, answer)| answer)
    }

    fn vote(&self, event: &Event) -> Answer {
        let mut votes: BTreeMap<Answer, (u64, f64)> = BTreeMap::new();
        for (image, answer) in self.answered(event) {
            let vote = votes.entry(answer).or_default();
            vote.0 += 1;
            vote.1 += self.answers.ranked.best_probability(image).unwrap_or(0.0);
        }
        let most = |a: &(Answer, (u64, f64)), b: &(Answer, (u64, f64))| -> Ordering {
            b.1.0.cmp(&a.1.0).then(ties::falling(a.1.1, b.1.1)).then(a.0.cmp(&b.0))
        };
        votes.into_iter().min_by(most).map_or(Answer::Nothing, |(answer, _)| answer)
    }

    /// Deepest first among those that hold enough: more than half of the answers can lie in one line of taxa only.
    fn agreed(&self, event: &Event) -> Answer {
        let mut held: BTreeMap<TaxonId, u64> = BTreeMap::new();
        let mut all = 0;
        for (_, answer) in self.answered(event) {
            all += 1;
            self.taxonomy.lineage(answer.taxon()).for_each(|taxon| *held.entry(taxon).or_default() += 1);
        }
        let enough = |count: u64| count == all || to_f64(count) > self.agree * to_f64(all);
        let agreed = held.into_iter().filter(|(_, count)| enough(*count)).map(|(taxon, _)| taxon);
        let deepest = agreed.max_by_key(|&taxon| self.taxonomy.depth(taxon));
        deepest.filter(|taxon| *taxon != TaxonId::ROOT).map_or(Answer::Nothing, Answer::Taxon)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::event::MadeBy;
    use crate::answers::{Ranked, Truth};
    use std::path::Path;

    const TABLE: &str = "family,genus,species
Canidae,Canis,Canis lupus
Canidae,Vulpes,Vulpes lagopus
Canidae,Vulpes,Vulpes vulpes
Felidae,Felis,Felis catus
";

    fn ruled(rule: EventRule, images: &[&[(&str, f64)]], agree: f64) -> Result<String, String> {
        let taxonomy = Taxonomy::from_bytes(TABLE.as_bytes(), Path::new("table.csv")).unwrap();
        let mut ranked = Ranked::default();
        for labels in images {
            let known = |name: &str| taxonomy.resolve(name).taxon().map_or(Answer::Outside, Answer::Taxon);
            let answer = |name: &str| if name == "blank" { Answer::Nothing } else { known(name) };
            ranked.push(labels.iter().map(|(name, p)| (answer(name), Some(*p).filter(|p| *p > 0.0))));
        }
        let names: Vec<String> = (0..images.len()).map(|image| image.to_string()).collect();
        let answers = Answers { truths: vec![Truth::Missing; names.len()], images: names, ranked, ..Answers::default() };
        let event = Event { name: String::new(), images: (0..images.len()).collect() };
        let events =
            Events { events: vec![event], made_by: MadeBy::Sequences, without_time: 0, without_camera: 0, cameras: None };
        let whole = Distribution::of_answers(&answers).map_err(|reason| reason.to_string());
        let ruling =
            Ruling { taxonomy: &taxonomy, answers: &answers, distribution: whole.as_ref().map_err(String::as_str), agree };
        let answer = ruling.answers(rule, &events)?[0];
        Ok(if let Answer::Taxon(taxon) = answer { taxonomy.name(taxon).to_string() } else { format!("{answer:?}") })
    }

    /// Three images. The mean of the wolf is (.9 + .1 + .1) / 3 = .37, of the red fox (.05 + .5 + .5) / 3 = .35, of the cat
    /// (.05 + .4 + .4) / 3 = .28. Products: wolf .009, fox .0125, cat .008. Surest: .9 for the wolf. Votes: the fox two of three.
    const THREE: [&[(&str, f64)]; 3] = [
        &[("Canis lupus", 0.9), ("Vulpes vulpes", 0.05), ("Felis catus", 0.05)],
        &[("Canis lupus", 0.1), ("Vulpes vulpes", 0.5), ("Felis catus", 0.4)],
        &[("Canis lupus", 0.1), ("Vulpes vulpes", 0.5), ("Felis catus", 0.4)],
    ];

    #[test]
    fn five_rules_by_hand() {
        let of = |rule| ruled(rule, &THREE, AGREE).unwrap();
        let answers = EventRule::ALL.map(of);
        assert_eq!(answers, ["Canis lupus", "Vulpes vulpes", "Canis lupus", "Vulpes vulpes", "Vulpes vulpes"]);
        // More than two of three hold only in the family; all of three as well.
        assert_eq!(ruled(EventRule::Agreed, &THREE, 0.7).unwrap(), "Canidae");
        assert_eq!(ruled(EventRule::Agreed, &THREE, 1.0).unwrap(), "Canidae");
    }

    #[test]
    fn two_of_four_are_no_majority_and_ties_go_by_probability_and_then_by_the_tree() {
        let four: [&[(&str, f64)]; 4] =
            [&[("Vulpes vulpes", 0.4)], &[("Vulpes lagopus", 0.6)], &[("Vulpes vulpes", 0.3)], &[("Vulpes lagopus", 0.2)]];
        // Two votes each: .7 against .8.
        assert_eq!(ruled(EventRule::Vote, &four, AGREE).unwrap(), "Vulpes lagopus");
        // Two of four are not more than half: the genus has all four.
        assert_eq!(ruled(EventRule::Agreed, &four, AGREE).unwrap(), "Vulpes");
        let even: [&[(&str, f64)]; 2] = [&[("Vulpes vulpes", 0.4)], &[("Felis catus", 0.4)]];
        assert_eq!(ruled(EventRule::Vote, &even, AGREE).unwrap(), "Vulpes vulpes");
        assert_eq!(ruled(EventRule::Best, &even, AGREE).unwrap(), "Vulpes vulpes");
        // They meet in the root alone, which is no answer.
        assert_eq!(ruled(EventRule::Agreed, &even, AGREE).unwrap(), "Nothing");
    }

    #[test]
    fn images_without_an_answer_say_nothing_and_rules_say_what_they_lack() {
        let blank: [&[(&str, f64)]; 3] = [&[], &[("Felis catus", 0.0)], &[]];
        assert_eq!(ruled(EventRule::Vote, &blank, AGREE).unwrap(), "Felis catus");
        assert_eq!(ruled(EventRule::Agreed, &blank, AGREE).unwrap(), "Felis catus");
        assert_eq!(ruled(EventRule::Best, &blank, AGREE).unwrap_err(), "the source gives no probabilities");
        assert!(ruled(EventRule::Mean, &blank, AGREE).unwrap_err().contains("one answer per image"));
        assert_eq!(ruled(EventRule::Vote, &[&[], &[]], AGREE).unwrap(), "Nothing");
        // A name that no taxon has is a vote as well.
        let unknown: [&[(&str, f64)]; 3] = [&[("Unicornis", 0.9)], &[("Unicornis", 0.9)], &[("Felis catus", 0.9)]];
        assert_eq!(ruled(EventRule::Vote, &unknown, AGREE).unwrap(), "Outside");
        assert_eq!(ruled(EventRule::Agreed, &unknown, AGREE).unwrap(), "Nothing");
    }

    #[test]
    fn blanks_do_not_outvote_an_animal() {
        let fox: &[(&str, f64)] = &[("Vulpes vulpes", 0.5), ("blank", 0.3), ("Felis catus", 0.2)];
        let blank: &[(&str, f64)] = &[("blank", 0.9), ("Canis lupus", 0.1)];
        for rule in EventRule::ALL {
            assert_eq!(ruled(rule, &[blank, blank, fox], AGREE).unwrap(), "Vulpes vulpes", "{rule:?}");
            assert_eq!(ruled(rule, &[blank, blank], AGREE).unwrap(), "Nothing", "{rule:?}");
        }
        // Both show an animal: fox and cat have .325 each on average, and no taxon .35, which is no answer of theirs.
        let cat: &[(&str, f64)] = &[("Felis catus", 0.4), ("blank", 0.35), ("Vulpes vulpes", 0.25)];
        let fox: &[(&str, f64)] = &[("Vulpes vulpes", 0.4), ("blank", 0.35), ("Felis catus", 0.25)];
        assert_eq!(ruled(EventRule::Mean, &[cat, fox], AGREE).unwrap(), "Vulpes vulpes");
    }
}
