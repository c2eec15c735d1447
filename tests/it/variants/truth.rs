//! The one small truth that all variants are written from, and what must come out of it.

use super::axes::{Case, Kind, Shape, Variant};
use nearmiss::taxonomy::rank::Rank;

pub(super) struct Species {
    pub(super) family: &'static str,
    pub(super) genus: &'static str,
    pub(super) name: &'static str,
    author: &'static str,
    year: &'static str,
    english: &'static str,
    id: &'static str,
}

/// Five species of four genera and three families, all carnivores.
pub(super) static SPECIES: [Species; 5] = [
    Species {
        family: "Felidae",
        genus: "Felis",
        name: "Felis catus",
        author: "Linnaeus",
        year: "1758",
        english: "Domestic Cat",
        id: "2435035",
    },
    Species {
        family: "Felidae",
        genus: "Felis",
        name: "Felis silvestris",
        author: "Schreber",
        year: "1777",
        english: "European Wildcat",
        id: "7964291",
    },
    Species {
        family: "Felidae",
        genus: "Lynx",
        name: "Lynx lynx",
        author: "(Linnaeus",
        year: "1758)",
        english: "Eurasian Lynx",
        id: "2435240",
    },
    Species {
        family: "Canidae",
        genus: "Vulpes",
        name: "Vulpes vulpes",
        author: "(Linnaeus",
        year: "1758)",
        english: "Red Fox",
        id: "5219243",
    },
    Species {
        family: "Mustelidae",
        genus: "Meles",
        name: "Meles meles",
        author: "(Linnaeus",
        year: "1758)",
        english: "European Badger",
        id: "2433875",
    },
];

/// The ranks above the family, the same for all.
pub(super) const ABOVE: [&str; 4] = ["Animalia", "Chordata", "Mammalia", "Carnivora"];

pub(super) struct Image {
    pub(super) name: &'static str,
    pub(super) truth: usize,
    /// First and second answer with their scores in hundredths.
    pub(super) answers: [(usize, u32); 2],
}

const fn image(name: &'static str, truth: usize, first: (usize, u32), second: (usize, u32)) -> Image {
    Image { name, truth, answers: [first, second] }
}

/// Eight images, in the order of `SPECIES`: cat 0, wildcat 1, lynx 2, fox 3, badger 4.
///
/// ```text
///   truth     first      second      right from   LCA      height in full lineages, of names alone, of one rank
/// 1 cat       cat        wildcat     species               0  0  0
/// 2 wildcat   cat        wildcat     genus        Felis    1  1  7
/// 3 lynx      wildcat    lynx        family       Felidae  2  7  7
/// 4 fox       fox        badger      species               0  0  0
/// 5 badger    fox        badger      order        order    3  7  7
/// 6 cat       cat        lynx        species               0  0  0
/// 7 lynx      lynx       fox         species               0  0  0
/// 8 badger    lynx       cat         order        order    3  7  7
/// ```
///
/// Right: 4 of 8 species, 5 genera, 6 families, all orders; 4 mistakes. Mean heights 9/8, 22/8 (the root is 7 above
/// the species, wherever names alone meet no sooner) and 28/8. The truth is the first answer of 4 images, the second of 3 and
/// neither of one: a mean reciprocal place of (4 + 3/2) / 8.
pub(super) static IMAGES: [Image; 8] = [
    image("forêt_1.jpg", 0, (0, 80), (1, 11)),
    image("forêt_2.jpg", 1, (0, 60), (1, 28)),
    image("forêt_3.jpg", 2, (1, 50), (2, 38)),
    image("forêt_4.jpg", 3, (3, 90), (4, 7)),
    image("forêt_5.jpg", 4, (3, 70), (4, 21)),
    image("forêt_6.jpg", 0, (0, 55), (2, 24)),
    image("forêt_7.jpg", 2, (2, 75), (3, 16)),
    image("forêt_8.jpg", 4, (2, 45), (0, 34)),
];

impl Image {
    /// The score of every species: what the two answers leave is shared by the other three.
    pub(super) fn scores(&self) -> [u32; 5] {
        let [(first, high), (second, low)] = self.answers;
        let mut scores = [(100 - high - low) / 3; 5];
        (scores[first], scores[second]) = (high, low);
        scores
    }
}

/// How much of the tree a variant can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Labels by themselves.
    Labels,
    /// Genus and species.
    Names,
    /// All from the order down, at least.
    Lineages,
}

impl Known {
    /// Mean height of the answers.
    pub(super) fn mean_height(self) -> f64 {
        match self {
            Known::Labels => 28.0 / 8.0,
            Known::Names => 22.0 / 8.0,
            Known::Lineages => 9.0 / 8.0,
        }
    }

    /// Images that are right at a main rank; `None` where the rank is not known.
    pub(super) fn right(self, rank: Rank) -> Option<u32> {
        match (self, rank) {
            (_, Rank::Species) => Some(4),
            (Known::Names | Known::Lineages, Rank::Genus) => Some(5),
            (Known::Lineages, Rank::Family) => Some(6),
            (Known::Lineages, Rank::Order) => Some(8),
            _ => None,
        }
    }
}

/// The mean reciprocal place of the truth in a list of two.
pub(super) const RECIPROCAL: f64 = 5.5 / 8.0;

/// Which end of an image a name is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Truth,
    Answer,
}

impl Variant {
    /// What it can know.
    pub(super) fn known(self) -> Known {
        match (self.shape, self.kind) {
            (Shape::RankColumns | Shape::Lineages | Shape::PrefixedLineages, _) | (_, Kind::Placed | Kind::Common | Kind::Id) => {
                Known::Lineages
            }
            (_, Kind::CommonAlone) => Known::Labels,
            (_, Kind::Binomial | Kind::Author | Kind::AuthorYear | Kind::Mixed) => Known::Names,
        }
    }

    /// Whether names that are scientific look as common names do: without a capital, in capitals alone, or every word
    /// with its capital and the author's too. They may be taken as they stand, with a warning.
    pub(super) fn may_be_common(self) -> bool {
        let case = match self.case {
            Case::Lower | Case::Upper => true,
            Case::Title => self.kind != Kind::Binomial,
            Case::AsIs | Case::Underscores => false,
        };
        case && self.known() == Known::Names
    }

    /// A species as the variant writes it.
    pub(super) fn name(self, species: usize, role: Role) -> String {
        let Species { name, author, year, english, id, .. } = &SPECIES[species];
        let bracket = if author.starts_with('(') { ")" } else { "" };
        let kind = if self.kind == Kind::Mixed && role == Role::Truth { Kind::AuthorYear } else { self.kind };
        self.cased(&match kind {
            Kind::Binomial | Kind::Placed | Kind::Mixed => (*name).to_string(),
            Kind::Author => format!("{name} {author}{bracket}"),
            Kind::AuthorYear => format!("{name} {author}, {year}"),
            Kind::Common | Kind::CommonAlone => (*english).to_string(),
            Kind::Id => (*id).to_string(),
        })
    }

    /// A name in the case of the variant.
    pub(super) fn cased(self, name: &str) -> String {
        match self.case {
            Case::AsIs => name.to_string(),
            Case::Lower => name.to_lowercase(),
            Case::Upper => name.to_uppercase(),
            Case::Title => name.split(' ').map(capitalised).collect::<Vec<_>>().join(" "),
            Case::Underscores => name.replace(' ', "_"),
        }
    }
}

fn capitalised(word: &str) -> String {
    let Some(at) = word.find(char::is_alphabetic) else { return word.to_string() };
    let (before, rest) = word.split_at(at);
    let end = rest.chars().next().map_or(0, char::len_utf8);
    format!("{before}{}{}", rest[..end].to_uppercase(), &rest[end..])
}

/// The taxonomy of the variants that take one, with ids and English names.
pub(super) fn taxonomy() -> String {
    let line = |species: &Species| {
        let Species { family, genus, name, english, id, .. } = species;
        format!("{id},{},{family},{genus},{name},{english}", ABOVE.join(","))
    };
    let header = "id,kingdom,phylum,class,order,family,genus,species,common_name".to_string();
    let lines: Vec<String> = std::iter::once(header).chain(SPECIES.iter().map(line)).collect();
    lines.join("\n") + "\n"
}
