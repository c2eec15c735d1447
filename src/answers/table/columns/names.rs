//! What the names of a table's columns say.

use super::content::{Content, Ids};
use crate::answers::table::frame::Frame;
use crate::answers::table::label::LabelSource;
use crate::answers::table::words::{COMMON_NAMES, Word, normalised, rank_set, squashed, word};
use crate::taxonomy::rank::Rank;

/// Which of the two a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Truth,
    Predicted,
}

/// Names whose words say something else together.
const OTHERS: &[&str] = &[
    "modelname",
    "modelfamily",
    "modelorder",
    "modelclass",
    "modelkingdom",
    "classifiername",
    "referencename",
    "expertname",
    "humanname",
    "manualname",
    "realname",
    "bestmodel",
    "finalmodel",
    "modelfinal",
    "modelclassifier",
];

/// Words that may be written together with what they say something of: `predspecies`, `truelabel`.
const PREFIXES: &[&str] =
    &["groundtruth", "truth", "true", "target", "actual", "expected", "validated", "gt", "predicted", "prediction", "pred"];

/// What the name of a column says, word by word.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    words: Vec<Word>,
    /// The words that say nothing known: a model, a thing that is measured.
    pub(super) rest: Vec<String>,
}

impl Meaning {
    /// Of a name in one spelling.
    pub(super) fn of(name: &str) -> Meaning {
        let tokens: Vec<&str> = name.split('_').filter(|token| !token.is_empty()).collect();
        let mut meaning = Meaning::default();
        if OTHERS.contains(&tokens.concat().as_str()) {
            meaning.rest.push(name.to_string());
            return meaning;
        }
        let mut at = 0;
        while at < tokens.len() {
            let longest = 3.min(tokens.len() - at);
            let together = |length: usize| &tokens[at..at + length];
            let found = (1..=longest)
                .rev()
                .find_map(|length| word(&together(length).concat(), &together(length).join("_")).map(|word| (length, word)));
            if let Some((length, word)) = found {
                meaning.words.push(word);
                at += length;
                continue;
            }
            match written_together(tokens[at]) {
                Some(words) => meaning.words.extend(words),
                None => meaning.rest.push(tokens[at].to_string()),
            }
            at += 1;
        }
        meaning
    }

    pub(super) fn has(&self, word: Word) -> bool {
        self.words.contains(&word)
    }

    /// Whether it is about the truth or about an answer; not about both.
    pub(super) fn side(&self) -> Option<Side> {
        match (self.has(Word::Truth), self.has(Word::Predicted)) {
            (true, false) => Some(Side::Truth),
            (false, true) => Some(Side::Predicted),
            _ => None,
        }
    }

    pub(super) fn rank(&self) -> Option<Rank> {
        self.words.iter().find_map(|word| if let Word::Rank(rank) = word { Some(*rank) } else { None })
    }

    /// Whether it says nothing but that the column holds names, and of what.
    pub(super) fn is_plain(&self) -> bool {
        let other = |word: &Word| matches!(word, Word::Score | Word::Detail | Word::Common);
        self.rest.is_empty() && !self.words.iter().any(other)
    }

    /// Whether it is a score, of what [`Meaning::rest`] says.
    pub(super) fn is_score(&self) -> bool {
        self.has(Word::Score) && !self.has(Word::Truth) && !self.has(Word::Detail)
    }
}

/// Two words without anything between them.
fn written_together(token: &str) -> Option<[Word; 2]> {
    PREFIXES.iter().find_map(|prefix| {
        let rest = token.strip_prefix(prefix)?;
        let second = word(rest, rest).filter(|word| matches!(word, Word::Noun | Word::Rank(_)))?;
        Some([word(prefix, prefix)?, second])
    })
}

/// A column by its name.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) written: String,
    /// Its name in one spelling.
    pub(super) name: String,
    squashed: String,
    pub(super) meaning: Meaning,
}

/// The columns of a table but the one of images.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    pub(super) all: Vec<Named>,
    pub(super) content: Content<'a>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(frame: &'a Frame, image: Option<&str>, ids: Ids<'a>) -> Columns<'a> {
        let named = |written: &str| {
            let name = normalised(written);
            Named { written: written.to_string(), squashed: squashed(written), meaning: Meaning::of(&name), name }
        };
        let all = frame.names().into_iter().filter(|name| Some(*name) != image).map(named).collect();
        Columns { all, content: Content { frame, ids } }
    }

    /// The column of the first of the names that there is.
    pub(super) fn find(&self, wanted: &[&str]) -> Option<String> {
        wanted.iter().find_map(|wanted| {
            let wanted = wanted.replace('_', "");
            self.all.iter().find(|column| column.squashed == wanted).map(|column| column.written.clone())
        })
    }

    /// All columns of these names.
    pub(super) fn all_of(&self, wanted: &[&str]) -> Vec<String> {
        let wanted: Vec<String> = wanted.iter().map(|wanted| wanted.replace('_', "")).collect();
        self.all.iter().filter(|column| wanted.contains(&column.squashed)).map(|column| column.written.clone()).collect()
    }

    pub(super) fn meaning(&self, written: &str) -> Option<&Meaning> {
        self.all.iter().find(|column| column.written == written).map(|column| &column.meaning)
    }

    /// Columns of ranks of one side, or of neither.
    pub(super) fn ranks_of(&self, side: Option<Side>) -> Vec<(Rank, String)> {
        let ranked = |column: &Named| {
            let rank = match side {
                None => self.bare_rank(column)?,
                Some(_) => column.meaning.rank()?,
            };
            let fits = column.meaning.side() == side && column.meaning.is_plain();
            let holds_names = || !self.content.is_numeric(&column.written) || self.known_as_ids(column);
            (fits && holds_names()).then(|| (rank, column.written.clone()))
        };
        rank_set(self.all.iter().filter_map(ranked).collect())
    }

    /// Numbers in a column of a rank are names where the taxonomy has them as ids.
    fn known_as_ids(&self, column: &Named) -> bool {
        matches!(self.content.ids, Ids::Of(_)) && !self.content.named(vec![column.written.clone()]).0.is_empty()
    }

    /// The rank of a column that is named after one and nothing else; scientific names are those of species.
    fn bare_rank(&self, column: &Named) -> Option<Rank> {
        if column.meaning.has(Word::Truth) || column.meaning.has(Word::Predicted) {
            return None;
        }
        match column.squashed.as_str() {
            "scientificname" | "sciname" | "nomscientifique" | "nombrecientifico" => Some(Rank::Species),
            "specificepithet" => self.find(&["species", "espece", "especie"]).is_none().then_some(Rank::Species),
            // `class_name` is what classifiers call a label, unless the other ranks are called so too.
            "classname" => self.find(&["order_name", "family_name"]).is_some().then_some(Rank::Class),
            _ => column.meaning.rank(),
        }
    }

    /// Columns of names of one side that are of no rank, and those of `class` where no rank stands beside it.
    pub(super) fn nouns_of(&self, side: Side, ranks: &[(Rank, String)]) -> Vec<String> {
        let is_noun = |column: &&Named| {
            let meaning = &column.meaning;
            let is_name = match meaning.rank() {
                None => meaning.has(Word::Noun) || meaning.words.len() > 1,
                Some(Rank::Class) => ranks.iter().all(|(rank, _)| *rank == Rank::Class),
                Some(_) => false,
            };
            meaning.side() == Some(side) && meaning.is_plain() && is_name
        };
        self.all.iter().filter(is_noun).map(|column| column.written.clone()).collect()
    }

    /// Rank columns as a label, with the column of common names beside them.
    pub(super) fn ranked(&self, ranks: Vec<(Rank, String)>, side: Option<Side>) -> LabelSource {
        LabelSource::Ranks { ranks, common: self.common_names(side) }
    }

    /// The column of common names of one side.
    pub(super) fn common_names(&self, side: Option<Side>) -> Option<String> {
        let of_side =
            |column: &&Named| column.meaning.side() == side && column.meaning.rest.is_empty() && column.meaning.has(Word::Common);
        let found = self.all.iter().find(of_side).map(|column| column.written.clone());
        found.or_else(|| if side.is_none() { self.find(COMMON_NAMES) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(name: &str) -> (Option<Side>, Option<Rank>, bool) {
        let meaning = Meaning::of(&normalised(name));
        (meaning.side(), meaning.rank(), meaning.is_plain())
    }

    #[test]
    fn words_before_and_behind_ranks_say_whose_they_are() {
        for (name, rank) in [
            ("TrueLabel", None),
            ("espece_vraie", Some(Rank::Species)),
            ("famille vraie", Some(Rank::Family)),
            ("especie_real", Some(Rank::Species)),
            ("Wahre Art", Some(Rank::Species)),
            ("y_true_genus", Some(Rank::Genus)),
            ("true.genus", Some(Rank::Genus)),
            ("genus_true", Some(Rank::Genus)),
            ("truelabel", None),
            ("human_label", None),
        ] {
            assert_eq!(side(name), (Some(Side::Truth), rank, true), "{name}");
        }
        for (name, rank) in [
            ("PredSpecies", Some(Rank::Species)),
            ("espèce prédite", Some(Rank::Species)),
            ("vorhergesagte_Art", Some(Rank::Species)),
            ("especie_predicha", Some(Rank::Species)),
            ("predicted_genus_name", Some(Rank::Genus)),
            ("predspecies", Some(Rank::Species)),
            ("best_match_label", None),
        ] {
            assert_eq!((side(name).0, side(name).1), (Some(Side::Predicted), rank), "{name}");
        }
        assert_eq!(side("taxon_genus_name"), (None, Some(Rank::Genus), true));
        for name in
            ["confidence_in_pred", "pred_id", "pred_entropy", "bbox_pred", "species_true_simple", "model_name", "date_pred"]
        {
            assert!(!side(name).2, "{name}");
        }
        assert_eq!(side("pred_correct").0, None, "about both");
    }

    #[test]
    fn a_score_keeps_the_words_of_its_answer() {
        let meaning = |name: &str| Meaning::of(&normalised(name));
        assert!(meaning("confidence_in_pred").is_score() && meaning("confidence_in_pred").rest.is_empty());
        assert_eq!((meaning("roi_conf").rest, meaning("Conf_MLP").rest), (vec!["roi".to_string()], vec!["mlp".to_string()]));
        assert_eq!(meaning("full_image_pred").rest, meaning("full_image_conf").rest);
        assert!(!meaning("is_correct").is_score() && !meaning("uncertainty").is_score());
    }
}
