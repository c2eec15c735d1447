//! The words by which pictures of no organism are told: `blank`, `person`, `vehicle`, `unknown`, and classes of the user's own.

use crate::taxonomy::name;
use std::collections::{BTreeMap, BTreeSet};

/// The place of the class of empty pictures.
pub const BLANK: usize = 0;
/// The place of the class of people.
pub const PERSON: usize = 1;
/// The place of the class of vehicles.
pub const VEHICLE: usize = 2;
/// The place of the class of pictures of which somebody looked and could not say.
pub const UNKNOWN: usize = 3;

/// The class of whatever is a taxon, known or not.
pub const ANIMAL: &str = "animal";
/// The name of the class of what nobody can tell, and of answers that say no class.
pub const DECLINED: &str = "unknown";

/// Classes that are known without being told, and their words: whole labels, small, with single spaces, parted by commas.
const BUILT_IN: [(&str, &str); 4] = [
    (
        "blank",
        "blank,blanks,blank image,empty,empty image,nothing,background,no animal,no animals,no wildlife,no detection,\
         no detections,none of the above,ghost,false trigger,vide,image vide,vacío,vacio,vacía,vacia,sin animal,sin animales,\
         leer,leeres bild,kein tier,leeg",
    ),
    (
        "person",
        "person,persons,people,person people,human,humans,man,woman,hiker,hunter,cyclist,staff,camera trapper,\
         human camera trapper,setup,setup pickup,humain,humains,personne,personnes,humano,humanos,humana,persona,personas,mensch,\
         menschen",
    ),
    (
        "vehicle",
        "vehicle,vehicles,car,cars,truck,trucks,motorcycle,motorcycles,bicycle,bicycles,bike,boat,véhicule,véhicules,vehicule,\
         vehicules,voiture,voitures,vehículo,vehículos,vehiculo,vehiculos,coche,coches,fahrzeug,fahrzeuge",
    ),
    (
        DECLINED,
        "unknown,unidentified,unidentifiable,unclassifiable,undetermined,indet,?,no id,no cv result,no identification,\
         not identified,not determined,inconnu,inconnue,indéterminé,indéterminée,non déterminé,non déterminée,non identifié,\
         non identifiée,desconocido,desconocida,no identificado,sin identificar,unbekannt,unbestimmt,nicht bestimmt",
    ),
];

/// Words for an animal of which nothing else is said: an organism, and no name of one.
const ANIMALS: [&str; 6] = [ANIMAL, "animals", "animaux", "animales", "unknown animal", "unidentified animal"];

/// What a picture shows, or is said to show, as a detector sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Shown {
    /// Nobody said.
    #[default]
    Nothing,
    /// A taxon, in the taxonomy or not.
    Animal,
    /// One of the classes that are no taxa, by its place among their names.
    Class(usize),
}

impl Shown {
    /// Whether it is a class that is no taxon and is known for one: not `unknown`.
    #[must_use]
    pub fn is_not_a_taxon(self) -> bool {
        matches!(self, Shown::Class(class) if class != UNKNOWN)
    }
}

/// A class that a user names: `setup=calibration board,pickup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonTaxonClass {
    name: String,
    words: Vec<String>,
}

impl NonTaxonClass {
    /// Reads `NAME=WORD,WORD`, or a `NAME` that is its only word.
    ///
    /// # Errors
    ///
    /// A sentence: no name, that of the class of taxa, an empty word.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, words) = text.split_once('=').map_or((text, None), |(name, words)| (name, Some(words)));
        let name = folded(name);
        let fail = |what: &str| Err(format!("'{text}' {what}; write it as 'setup=calibration board,pickup'"));
        if name.is_empty() {
            return fail("names no class");
        }
        if name == ANIMAL {
            return fail("names the class 'animal', which is for taxa");
        }
        let words: Vec<String> = words.into_iter().flat_map(|words| words.split(',')).map(folded).collect();
        if words.iter().any(String::is_empty) {
            return fail("has an empty word");
        }
        Ok(Self { name, words })
    }
}

/// Why words for what is no taxon cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NonTaxonError {
    /// A word of two classes that the user named.
    #[error("--non-taxon: '{word}' is a word of '{one}' and of '{other}'; give it to one of them")]
    TwoClasses {
        /// The word.
        word: String,
        /// The class that had it.
        one: String,
        /// The class that wants it.
        other: String,
    },
    /// A word that no class has.
    #[error(
        "--taxon-after-all: '{word}' is a word of no class, and taken as a name anyway; leave it out, or see the words in docs/camera-traps.md"
    )]
    NoSuchWord {
        /// The word.
        word: String,
    },
}

/// Which words name no taxon, and what they say instead.
///
/// A word is a whole label, whatever its case and whether spaces, underscores, hyphens or strokes part it.
///
/// # Examples
///
/// ```
/// use nearmiss::answers::non_taxon::{NonTaxonClass, NonTaxonWords, PERSON, Shown};
///
/// let words = NonTaxonWords::of(&[NonTaxonClass::parse("calibration=calibration board,grey card")?], &["staff"])?;
/// assert_eq!(words.meaning("Human-Camera_Trapper"), Some(Shown::Class(PERSON)));
/// assert_eq!(words.meaning("grey card"), Some(Shown::Class(4)));
/// // Look-alikes are none.
/// assert_eq!((words.meaning("Vehicula"), words.meaning("human herpesvirus"), words.meaning("Staff")), (None, None, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonTaxonWords {
    names: Vec<String>,
    words: BTreeMap<String, Shown>,
    given: BTreeSet<String>,
    after_all: BTreeSet<String>,
}

impl Default for NonTaxonWords {
    fn default() -> Self {
        let mut words: BTreeMap<String, Shown> = ANIMALS.into_iter().map(|word| (word.to_string(), Shown::Animal)).collect();
        for (class, (_, own)) in BUILT_IN.iter().enumerate() {
            words.extend(own.split(',').map(|word| (word.to_string(), Shown::Class(class))));
        }
        let names = BUILT_IN.iter().map(|(name, _)| (*name).to_string()).collect();
        Self { names, words, given: BTreeSet::new(), after_all: BTreeSet::new() }
    }
}

impl NonTaxonWords {
    /// The words that are known without being told, those of a user's classes, which go before them, and without the words
    /// that are names of taxa after all.
    ///
    /// # Errors
    ///
    /// [`NonTaxonError`].
    pub fn of(classes: &[NonTaxonClass], after_all: &[impl AsRef<str>]) -> Result<Self, NonTaxonError> {
        let mut words = Self::default();
        let mut given: BTreeMap<String, usize> = BTreeMap::new();
        for NonTaxonClass { name, words: own } in classes {
            let place = words.names.iter().position(|known| known == name).unwrap_or_else(|| {
                words.names.push(name.clone());
                words.names.len() - 1
            });
            for word in std::iter::once(name).chain(own) {
                let before = *given.entry(word.clone()).or_insert(place);
                if before != place {
                    let (one, other) = (words.names[before].clone(), name.clone());
                    return Err(NonTaxonError::TwoClasses { word: word.clone(), one, other });
                }
                words.words.insert(word.clone(), Shown::Class(place));
            }
        }
        words.given = given.into_keys().collect();
        for word in after_all {
            let key = folded(word.as_ref());
            if words.words.remove(&key).is_none() {
                return Err(NonTaxonError::NoSuchWord { word: word.as_ref().to_string() });
            }
            words.after_all.insert(key);
        }
        Ok(words)
    }

    /// What a label says that names no taxon; `None` for a name, and for nothing.
    #[must_use]
    pub fn meaning(&self, text: &str) -> Option<Shown> {
        self.words.get(&folded(text)).copied()
    }

    /// Whether a user gave a word to a class, or named a class so.
    #[must_use]
    pub fn is_given(&self, text: &str) -> bool {
        !self.given.is_empty() && self.given.contains(&folded(text))
    }

    /// Whether a user said that a word is a name after all.
    #[must_use]
    pub fn is_after_all(&self, text: &str) -> bool {
        !self.after_all.is_empty() && self.after_all.contains(&folded(text))
    }

    /// The names of the classes, in their order: blank, person, vehicle, unknown, then the user's.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// Whether a text without a name in it says that somebody looked and could not tell (`Unknown`, `No CV Result`), where an empty
/// cell or `NA` says nothing.
#[must_use]
pub fn says_unknown(text: &str) -> bool {
    let word = folded(text);
    BUILT_IN[UNKNOWN].1.split(',').any(|known| known == word)
}

/// A label in one spelling: small, with single spaces for whatever parts its words.
fn folded(text: &str) -> String {
    let lower = name::normalise(text).to_lowercase();
    lower.split([' ', '-', '/', '.']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::taxonomy::name::is_missing;
    use crate::taxonomy::name::placeholder::{is_empty_picture, is_no_organism};

    #[test]
    fn whole_labels_are_classes_in_any_spelling() {
        let words = NonTaxonWords::default();
        for (text, class) in [
            ("Blank", BLANK),
            ("NO_ANIMAL", BLANK),
            ("vacío", BLANK),
            ("Human-Camera Trapper", PERSON),
            ("person/people", PERSON),
            ("Véhicule", VEHICLE),
            ("No CV Result", UNKNOWN),
            ("?", UNKNOWN),
            ("indet.", UNKNOWN),
        ] {
            assert_eq!(words.meaning(text), Some(Shown::Class(class)), "{text}");
        }
        for text in ["Animal", "Unidentified_animal"] {
            assert_eq!(words.meaning(text), Some(Shown::Animal), "{text}");
        }
        for name in ["Homo sapiens", "Vehicula", "Blanka", "Rosa 'Unknown'", "human herpesvirus 5", "Animalia", "", "-", "NA"] {
            assert_eq!(words.meaning(name), None, "{name}");
        }
    }

    #[test]
    fn every_word_is_of_one_class_in_its_own_spelling() {
        let mut met = BTreeSet::new();
        for word in BUILT_IN.iter().flat_map(|(_, words)| words.split(',')).chain(ANIMALS) {
            assert_eq!(folded(word), word);
            assert!(met.insert(word), "{word}");
        }
        // What says nothing of an organism was read as nothing before there were classes.
        assert!(BUILT_IN[UNKNOWN].1.split(',').all(|word| is_missing(word) && says_unknown(word)));
        assert!(BUILT_IN[..UNKNOWN].iter().flat_map(|(_, words)| words.split(',')).all(|word| !is_missing(word)));
        // The words of names are among these.
        for word in ["no animals", "leer", "ghost"] {
            assert!(is_empty_picture(word) && met.contains(word));
        }
        for word in ["fahrzeug", "setup pickup", "hunter", "coche"] {
            assert!(is_no_organism(word) && met.contains(word));
        }
    }

    #[test]
    fn a_users_words_go_before_the_others_and_words_are_given_back() {
        let classes = ["setup=calibration board,pickup", "blank=sin nada"].map(|text| NonTaxonClass::parse(text).unwrap());
        let words = NonTaxonWords::of(&classes, &["Persona"]).unwrap();
        assert_eq!(words.names(), ["blank", "person", "vehicle", "unknown", "setup"]);
        assert_eq!(
            ["setup", "Pickup", "sin_nada"].map(|text| words.meaning(text)),
            [4, 4, BLANK].map(|at| Some(Shown::Class(at)))
        );
        assert_eq!((words.meaning("persona"), words.is_after_all("persona"), words.is_after_all("human")), (None, true, false));
        assert_eq!(["calibration_board", "setup", "human"].map(|text| words.is_given(text)), [true, true, false]);
        let none: [&str; 0] = [];
        let twice = ["a=x", "b=X"].map(|text| NonTaxonClass::parse(text).unwrap());
        let message = NonTaxonWords::of(&twice, &none).unwrap_err().to_string();
        assert_eq!(message, "--non-taxon: 'x' is a word of 'a' and of 'b'; give it to one of them");
        assert!(
            NonTaxonWords::of(&[], &["fox"]).unwrap_err().to_string().starts_with("--taxon-after-all: 'fox' is a word of no")
        );
        for (text, part) in [("=x", "names no class"), ("animal=x", "'animal', which is for taxa"), ("a=x,,y", "an empty word")] {
            let message = NonTaxonClass::parse(text).unwrap_err();
            assert!(message.contains(part) && message.contains(text), "{message}");
        }
    }
}
