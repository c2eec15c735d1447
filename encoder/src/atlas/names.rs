//! Invented names that look like Latin.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;

const STARTS: [&str; 24] = [
    "bal", "cor", "dri", "fel", "gan", "hel", "ino", "kar", "lum", "mir", "nov", "oph", "pel", "quer", "ros", "sil", "tor",
    "umb", "vel", "xan", "zel", "cin", "the", "pro",
];
const MIDDLES: [&str; 20] = [
    "a", "e", "i", "o", "u", "ado", "eri", "ino", "olo", "uri", "ami", "ela", "ota", "usi", "ani", "ero", "iba", "oma", "uta",
    "ice",
];
const ENDS: [&str; 16] = ["b", "c", "d", "l", "m", "n", "p", "r", "s", "t", "v", "x", "nd", "st", "lm", "rt"];
const GENUS_ENDS: [&str; 5] = ["us", "a", "is", "um", "ix"];
const EPITHET_ENDS: [&str; 8] = ["ensis", "atus", "osa", "icus", "ella", "alis", "ifera", "oides"];

/// What kind of life a kingdom is; its names end accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Flowers.
    Plant,
    /// Mushrooms.
    Fungus,
    /// Beetles and fish.
    Animal,
}

impl Life {
    /// The life of a kingdom, by its place.
    #[must_use]
    pub fn of_kingdom(kingdom: usize) -> Life {
        [Life::Plant, Life::Fungus, Life::Animal][kingdom % 3]
    }

    /// The ending of names of a level, 0 the kingdom to 4 the family.
    fn ending(self, level: usize) -> &'static str {
        let endings = match self {
            Life::Plant => ["ia", "ophyta", "opsida", "ales", "aceae"],
            Life::Fungus => ["ora", "omycota", "omycetes", "ineales", "icaceae"],
            Life::Animal => ["aria", "ozoa", "oidea", "iformes", "idae"],
        };
        endings[level.min(4)]
    }
}

/// Names that are given once.
#[derive(Debug, Default)]
pub struct Names {
    given: HashSet<String>,
}

impl Names {
    /// A new name of a taxon above the species, 0 the kingdom to 5 the genus.
    pub fn taxon(&mut self, life: Life, level: usize, random: &mut ChaCha8Rng) -> String {
        self.unlike(random, |random| {
            let ending = if level == 5 { pick(random, &GENUS_ENDS) } else { life.ending(level) };
            let name = format!("{}{ending}", stem(random));
            let mut letters = name.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
    }

    /// A new second word of a species' name.
    pub fn epithet(&mut self, random: &mut ChaCha8Rng) -> String {
        self.unlike(random, |random| format!("{}{}", stem(random), pick(random, &EPITHET_ENDS)))
    }

    fn unlike(&mut self, random: &mut ChaCha8Rng, name: impl Fn(&mut ChaCha8Rng) -> String) -> String {
        loop {
            let name = name(random);
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }
}

fn stem(random: &mut ChaCha8Rng) -> String {
    format!("{}{}{}", pick(random, &STARTS), pick(random, &MIDDLES), pick(random, &ENDS))
}

fn pick(random: &mut ChaCha8Rng, words: &[&'static str]) -> &'static str {
    words[random.random_range(0..words.len())]
}
