//! The words that names of columns are made of.

use crate::taxonomy::rank::Rank;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word in the name of a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answers::table) enum Word {
    /// The column holds what is true.
    Truth,
    /// It holds what was answered.
    Predicted,
    /// It holds names.
    Noun,
    /// It holds common names.
    Common,
    /// It holds scores.
    Score,
    /// It holds something else that belongs to an answer: a time, an index.
    Detail,
    /// It says nothing.
    Glue,
    /// It holds names of a rank.
    Rank(Rank),
}

const WORDS: &[(Word, &str)] = &[
    (
        Word::Truth,
        "truth true groundtruth gt target actual expected validated verified observed ytrue ytest gold human expert manual \
         annotated annotation annot reference correct vrai vraie verite veriteterrain reel reelle attendu attendue valide \
         validee verdad verdadero verdadera real esperado esperada validado validada wahr wahre wahrer wahres wahrheit \
         tatsachlich tatsachliche tatsachlicher tatsachliches tatsaechlich tatsaechliche tatsaechlicher tatsaechliches",
    ),
    (
        Word::Predicted,
        "predicted prediction predictions pred preds ypred model classifier classified inferred assigned best auto automatic \
         predit predite modele prediccion predicciones predicho predicha modelo vorhergesagt vorhergesagte vorhergesagter \
         vorhergesagtes vorhersage vorhersagen prognose modell",
    ),
    (
        Word::Noun,
        "label name nom nombre taxon taxonomy taxonomie taxonomia lineage scientificname sciname latinname nomscientifique \
         nomlatin nombrecientifico wissenschaftlichername answer reponse respuesta antwort concept etiquette etiqueta category \
         categorie categoria kategorie taxid taxonid ncbitaxid identification classification bezeichnung",
    ),
    (
        Word::Common,
        "commonname vernacularname englishname comname primarycomname nomvernaculaire nomcommun nombrecomun deutschername \
         trivialname",
    ),
    (
        Word::Score,
        "score scores probability probabilities prob probs proba probas confidence conf certainty likelihood similarity \
         bitscore logit logits softmax probabilite probabilites confiance certitude vraisemblance similarite puntuacion puntaje \
         probabilidad confianza wahrscheinlichkeit konfidenz sicherheit",
    ),
    (
        Word::Detail,
        "id ids idx index indices code level rank margin wrong ok match text n num number count total entropy uncertainty \
         date time timestamp datetime version source method methode status type kind box bbox file path url split tier flag \
         comment comments note notes by error loss iou area viewpoint agreement distance duration seconds author user epithet \
         speciesepithet",
    ),
    (Word::Glue, "the of in for y de du la le el der die das des final specificepithet"),
];

static KINDS: LazyLock<HashMap<&'static str, Word>> = LazyLock::new(|| {
    let words = |(kind, words): &(Word, &'static str)| words.split_whitespace().map(|word| (word, *kind)).collect::<Vec<_>>();
    WORDS.iter().flat_map(words).collect()
});

/// What a word (or several, written together) says; `spaced` are the same with `_` between them.
pub(in crate::answers::table) fn word(squashed: &str, spaced: &str) -> Option<Word> {
    KINDS.get(squashed).copied().or_else(|| rank_word(spaced).map(Word::Rank))
}

/// A rank by the full word, in English, Latin, French, Spanish or German.
pub(in crate::answers::table) fn rank_word(word: &str) -> Option<Rank> {
    if (word.chars().count() <= 3 && word != "art") || ["other", "form", "clade", "life", "root", "biota"].contains(&word) {
        return None;
    }
    Rank::parse(word).filter(|rank| !rank.is_unranked() && *rank != Rank::Root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_says_one_thing() {
        let parts: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.split_whitespace()).collect();
        assert_eq!(parts.len(), KINDS.len(), "a part of a name says one thing");
        for part in parts {
            assert_eq!(rank_word(part), None, "{part} is a rank too");
        }
    }

    #[test]
    fn ranks_have_names_in_four_languages() {
        for (rank, words) in [
            (Rank::Kingdom, ["kingdom", "regne", "reino", "reich"]),
            (Rank::Phylum, ["phylum", "embranchement", "filo", "stamm"]),
            (Rank::Class, ["class", "classe", "clase", "klasse"]),
            (Rank::Order, ["order", "ordre", "orden", "ordnung"]),
            (Rank::Family, ["family", "famille", "familia", "familie"]),
            (Rank::Genus, ["genus", "genre", "genero", "gattung"]),
            (Rank::Species, ["species", "espece", "especie", "art"]),
        ] {
            assert!(words.iter().all(|word| rank_word(word) == Some(rank)), "{words:?}");
        }
        assert_eq!((rank_word("s"), rank_word("form"), rank_word("image")), (None, None, None));
    }
}
