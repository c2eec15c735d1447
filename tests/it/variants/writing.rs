//! Variants as files.

use super::axes::{Delimiter, Encoding, Language, LineEnd, Mark, Shape, Variant};
use super::truth::{ABOVE, IMAGES, Image, Role, SPECIES};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

/// What columns are called.
struct Words {
    image: &'static str,
    truth: &'static str,
    predicted: &'static str,
    score: &'static str,
}

impl Language {
    fn words(self) -> Words {
        let [image, truth, predicted, score] = match self {
            Language::English => ["image", "truth", "predicted", "score"],
            Language::FrenchPlain => ["image", "verite", "prediction", "score"],
            Language::French => ["image", "vérité", "prédiction", "probabilité"],
            Language::Spanish => ["imagen", "verdad", "predicción", "confianza"],
            Language::German => ["Bild", "Wahrheit", "Vorhersage", "Konfidenz"],
        };
        Words { image, truth, predicted, score }
    }
}

/// The texts of a variant: its table, and a second one with the truth where it takes one.
pub(super) struct Written {
    pub(super) table: String,
    pub(super) truth: Option<String>,
}

impl Variant {
    pub(super) fn written(self) -> Written {
        let words = self.language.words();
        let table = match self.shape {
            Shape::OneRow => self.one_row(&words),
            Shape::Long => self.long(&words),
            Shape::Wide => self.wide(&words),
            Shape::ClassColumns => self.class_columns(&words),
            Shape::JsonList | Shape::PythonList | Shape::PairList => self.lists(&words),
            Shape::RankColumns => self.rank_columns(),
            Shape::Lineages | Shape::PrefixedLineages => self.lineages(&words),
            Shape::TwoFiles => self.predictions(&words),
            Shape::JsonRecords => Value::from(self.flat(&words)).to_string(),
            Shape::JsonNested => self.nested(&words),
            Shape::JsonByImage => self.by_image(),
            Shape::JsonLines => {
                let end = self.line_end.text();
                let lines: Vec<String> = self.flat(&words).iter().map(|record| format!("{record}{end}")).collect();
                lines.concat()
            }
        };
        let joined = matches!(self.shape, Shape::TwoFiles | Shape::JsonByImage);
        Written { table, truth: joined.then(|| self.truths(&words)) }
    }

    /// A text in the encoding of the variant.
    pub(super) fn encoded(self, text: &str) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf8Marked => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            Encoding::Utf16 => "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            Encoding::Gzip => {
                let mut packed = GzEncoder::new(vec![], Compression::fast());
                packed.write_all(text.as_bytes()).unwrap();
                packed.finish().unwrap()
            }
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        }
    }

    fn rows(self, rows: impl IntoIterator<Item = Vec<String>>) -> String {
        let terminator = match self.line_end {
            LineEnd::Feed => csv::Terminator::Any(b'\n'),
            LineEnd::ReturnFeed => csv::Terminator::CRLF,
            LineEnd::Return => csv::Terminator::Any(b'\r'),
        };
        let delimiter = match self.delimiter {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Bar => b'|',
        };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(vec![]);
        rows.into_iter().for_each(|row| writer.write_record(row).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    /// A table with these headers and a row of each image.
    fn table(self, header: &[&str], row: impl Fn(&Image) -> Vec<String>) -> String {
        self.rows(std::iter::once(texts(header)).chain(IMAGES.iter().map(row)))
    }

    fn score(self, hundredths: u32) -> String {
        let mark = if self.mark == Mark::Comma { ',' } else { '.' };
        format!("0{mark}{hundredths:02}")
    }

    fn truth(self, image: &Image) -> String {
        self.name(image.truth, Role::Truth)
    }

    fn answer(self, image: &Image, place: usize) -> String {
        self.name(image.answers[place].0, Role::Answer)
    }

    fn one_row(self, words: &Words) -> String {
        self.table(&[words.image, words.truth, words.predicted, words.score], |image| {
            vec![image.name.into(), self.truth(image), self.answer(image, 0), self.score(image.answers[0].1)]
        })
    }

    /// The weaker answer first: the scores decide, not the order.
    fn long(self, words: &Words) -> String {
        let row = |image: &Image, place: usize| {
            vec![image.name.into(), self.truth(image), self.answer(image, place), self.score(image.answers[place].1)]
        };
        let header = texts(&[words.image, words.truth, words.predicted, words.score]);
        self.rows(std::iter::once(header).chain(IMAGES.iter().flat_map(|image| [row(image, 1), row(image, 0)])))
    }

    fn wide(self, words: &Words) -> String {
        let stem = if self.language == Language::English { "pred" } else { words.predicted };
        let columns = [format!("{stem}1"), "score1".to_string(), format!("{stem}2"), "score2".to_string()];
        let mut header = vec![words.image, words.truth];
        header.extend(columns.iter().map(String::as_str));
        self.table(&header, |image| {
            let answers = (0..2).flat_map(|place| [self.answer(image, place), self.score(image.answers[place].1)]);
            [image.name.to_string(), self.truth(image)].into_iter().chain(answers).collect()
        })
    }

    fn class_columns(self, words: &Words) -> String {
        let classes: Vec<String> = (0..SPECIES.len()).map(|species| self.name(species, Role::Answer)).collect();
        let mut header = vec![words.image, words.truth];
        header.extend(classes.iter().map(String::as_str));
        self.table(&header, |image| {
            let scores = image.scores().map(|score| self.score(score));
            [image.name.to_string(), self.truth(image)].into_iter().chain(scores).collect()
        })
    }

    fn lists(self, words: &Words) -> String {
        self.table(&[words.image, words.truth, words.predicted], |image| {
            let names = [0, 1].map(|place| self.answer(image, place));
            let list = match self.shape {
                Shape::PythonList => format!("['{}', '{}']", names[0], names[1]),
                Shape::PairList => {
                    let pairs = [0, 1].map(|place| json!([names[place], number(image.answers[place].1)]));
                    Value::from(pairs.to_vec()).to_string()
                }
                _ => json!(names).to_string(),
            };
            vec![image.name.into(), self.truth(image), list]
        })
    }

    fn rank_columns(self) -> String {
        let ranks = ["order", "family", "genus", "species"];
        let columns: Vec<String> = ["true", "pred"].iter().flat_map(|side| ranks.map(|rank| format!("{side}_{rank}"))).collect();
        let mut header = vec!["image"];
        header.extend(columns.iter().map(String::as_str));
        self.table(&header, |image| {
            let cells = [image.truth, image.answers[0].0].into_iter().flat_map(|species| {
                let of = &SPECIES[species];
                ["Carnivora", of.family, of.genus, of.name].map(|name| self.cased(name))
            });
            std::iter::once(image.name.to_string()).chain(cells).collect()
        })
    }

    fn lineage(self, species: usize) -> String {
        let of = &SPECIES[species];
        let steps = ABOVE.into_iter().chain([of.family, of.genus, of.name]).map(|name| self.cased(name));
        let prefixed = self.shape == Shape::PrefixedLineages;
        let step = |(prefix, name): (char, String)| if prefixed { format!("{prefix}__{name}") } else { name };
        "kpcofgs".chars().zip(steps).map(step).collect::<Vec<_>>().join(";")
    }

    fn lineages(self, words: &Words) -> String {
        self.table(&[words.image, words.truth, words.predicted], |image| {
            vec![image.name.into(), self.lineage(image.truth), self.lineage(image.answers[0].0)]
        })
    }

    fn predictions(self, words: &Words) -> String {
        self.table(&[words.image, words.predicted, words.score], |image| {
            vec![image.name.into(), self.answer(image, 0), self.score(image.answers[0].1)]
        })
    }

    /// The truth by itself, in another order.
    fn truths(self, words: &Words) -> String {
        let header = texts(&[words.image, words.truth]);
        let rows = IMAGES.iter().rev().map(|image| vec![image.name.to_string(), self.truth(image)]);
        self.rows(std::iter::once(header).chain(rows))
    }

    fn flat(self, words: &Words) -> Vec<Value> {
        let record = |image: &Image| {
            json!({
                (words.image): image.name,
                (words.truth): self.truth(image),
                (words.predicted): self.answer(image, 0),
                (words.score): number(image.answers[0].1),
            })
        };
        IMAGES.iter().map(record).collect()
    }

    fn labelled(self, image: &Image) -> Vec<Value> {
        (0..2).map(|place| json!({ "label": self.answer(image, place), "score": number(image.answers[place].1) })).collect()
    }

    fn nested(self, words: &Words) -> String {
        let record = |image: &Image| {
            let (truth, answers) = (self.truth(image), self.labelled(image));
            json!({ (words.image): image.name, (words.truth): truth, "predictions": answers })
        };
        Value::from(IMAGES.iter().map(record).collect::<Vec<_>>()).to_string()
    }

    fn by_image(self) -> String {
        let of = |image: &Image| (image.name.to_string(), Value::from(self.labelled(image)));
        Value::Object(IMAGES.iter().map(of).collect()).to_string()
    }
}

impl LineEnd {
    fn text(self) -> &'static str {
        match self {
            LineEnd::Feed => "\n",
            LineEnd::ReturnFeed => "\r\n",
            LineEnd::Return => "\r",
        }
    }
}

fn texts(cells: &[&str]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

fn number(hundredths: u32) -> f64 {
    f64::from(hundredths) / 100.0
}
