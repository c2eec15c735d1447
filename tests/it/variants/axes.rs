//! The ways in which one truth can be written, and which of them go together.

use crate::trees::seeded;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;

macro_rules! axis {
    ($name:ident: $($value:ident),+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name {
            $($value),+
        }

        impl $name {
            const ALL: &[$name] = &[$($name::$value),+];
        }
    };
}

axis!(Shape: OneRow, Long, Wide, ClassColumns, JsonList, PythonList, PairList, RankColumns, Lineages, PrefixedLineages, TwoFiles,
    JsonRecords, JsonNested, JsonByImage, JsonLines);
axis!(Delimiter: Comma, Semicolon, Tab, Bar);
axis!(Mark: Point, Comma);
axis!(Case: AsIs, Lower, Title, Upper, Underscores);
axis!(Encoding: Utf8, Utf8Marked, Utf16, Gzip, Windows1252);
axis!(LineEnd: Feed, ReturnFeed, Return);
axis!(Language: English, FrenchPlain, French, Spanish, German);
axis!(Kind: Binomial, Placed, Author, AuthorYear, Mixed, Common, CommonAlone, Id);

const AXES: usize = 8;
const SIZES: [usize; AXES] = [
    Shape::ALL.len(),
    Delimiter::ALL.len(),
    Mark::ALL.len(),
    Case::ALL.len(),
    Encoding::ALL.len(),
    LineEnd::ALL.len(),
    Language::ALL.len(),
    Kind::ALL.len(),
];

/// One way to write the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) shape: Shape,
    pub(super) delimiter: Delimiter,
    pub(super) mark: Mark,
    pub(super) case: Case,
    pub(super) encoding: Encoding,
    pub(super) line_end: LineEnd,
    pub(super) language: Language,
    pub(super) kind: Kind,
}

impl Variant {
    fn of(values: [usize; AXES]) -> Variant {
        let [shape, delimiter, mark, case, encoding, line_end, language, kind] = values;
        Variant {
            shape: Shape::ALL[shape],
            delimiter: Delimiter::ALL[delimiter],
            mark: Mark::ALL[mark],
            case: Case::ALL[case],
            encoding: Encoding::ALL[encoding],
            line_end: LineEnd::ALL[line_end],
            language: Language::ALL[language],
            kind: Kind::ALL[kind],
        }
    }

    pub(super) fn is_json(self) -> bool {
        matches!(self.shape, Shape::JsonRecords | Shape::JsonNested | Shape::JsonByImage | Shape::JsonLines)
    }

    /// Whether every image has its two answers and no others.
    pub(super) fn lists_two(self) -> bool {
        matches!(
            self.shape,
            Shape::Long
                | Shape::Wide
                | Shape::JsonList
                | Shape::PythonList
                | Shape::PairList
                | Shape::JsonNested
                | Shape::JsonByImage
        )
    }

    /// Whether it needs a taxonomy.
    pub(super) fn has_taxonomy(self) -> bool {
        matches!(self.kind, Kind::Placed | Kind::Common | Kind::Id)
    }

    /// One row per image in plain text with English headers: never refused, whatever the delimiter.
    pub(super) fn is_plain(self) -> bool {
        self.shape == Shape::OneRow
            && self.mark == Mark::Point
            && self.case == Case::AsIs
            && matches!(self.encoding, Encoding::Utf8 | Encoding::Utf8Marked)
            && self.language == Language::English
    }

    /// Whether anyone could write it, and whether it is not another variant over again.
    fn is_possible(self) -> bool {
        self.is_written() && self.is_named()
    }

    fn is_written(self) -> bool {
        let scored = matches!(self.shape, Shape::OneRow | Shape::Long | Shape::Wide | Shape::ClassColumns | Shape::TwoFiles);
        let mark = self.mark == Mark::Point || scored && self.delimiter != Delimiter::Comma;
        let line_end = match self.shape {
            Shape::JsonLines => self.line_end != LineEnd::Return,
            _ if self.is_json() => self.line_end == LineEnd::Feed,
            _ => true,
        };
        mark && line_end && (!self.is_json() || self.delimiter == Delimiter::Comma)
    }

    fn is_named(self) -> bool {
        let kind = match self.shape {
            Shape::RankColumns | Shape::Lineages | Shape::PrefixedLineages => self.kind == Kind::Binomial,
            _ => true,
        };
        let case = match self.kind {
            Kind::Id => self.case == Case::AsIs,
            Kind::Mixed => matches!(self.case, Case::AsIs | Case::Underscores),
            // As they are, every word has its capital.
            Kind::Common | Kind::CommonAlone => self.case != Case::Title,
            _ => true,
        };
        let language = match self.shape {
            Shape::RankColumns | Shape::JsonNested => self.language == Language::English,
            Shape::Wide => matches!(self.language, Language::English | Language::FrenchPlain),
            _ => true,
        };
        kind && case && language
    }
}

/// Pairs of values of two axes: axis and value of each.
fn pairs(values: [usize; AXES]) -> impl Iterator<Item = [(usize, usize); 2]> {
    (0..AXES).flat_map(move |one| (one + 1..AXES).map(move |other| [(one, values[one]), (other, values[other])]))
}

/// At least so many different variants, the same on every machine, in which every pair of values that go together stands.
pub(super) fn selection(least: usize) -> Vec<Variant> {
    let decoded = |number: usize| {
        let mut rest = number;
        SIZES.map(|size| {
            let value = rest % size;
            rest /= size;
            value
        })
    };
    let total: usize = SIZES.iter().product();
    let mut all: Vec<[usize; AXES]> = (0..total).map(decoded).filter(|values| Variant::of(*values).is_possible()).collect();
    all.shuffle(&mut seeded(16));
    let mut seen = BTreeSet::new();
    let (mut chosen, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|&values| {
        let before = seen.len();
        seen.extend(pairs(values));
        seen.len() > before
    });
    let more = least.saturating_sub(chosen.len());
    chosen.extend(rest.into_iter().take(more));
    // The plain ones stand at the head: they are what most people have.
    let plain = Delimiter::ALL.iter().flat_map(|&delimiter| {
        let plain = Variant { delimiter, ..Variant::of([0; AXES]) };
        LineEnd::ALL.iter().map(move |&line_end| Variant { line_end, ..plain })
    });
    let mut selection: Vec<Variant> = plain.collect();
    for variant in chosen.into_iter().map(Variant::of) {
        if !selection.contains(&variant) {
            selection.push(variant);
        }
    }
    selection
}
