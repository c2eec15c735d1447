//! Words of options: what they stand for, and what is said of one that stands for nothing.

use crate::numbers::nearest::did_you_mean;
use crate::photographs::dataset::Layout;
use crate::runs::prompt::NameFormat;
use crate::runs::recipe::Recipe;
use crate::taxonomy::rank::Rank;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use std::ffi::OsStr;
use std::fmt::Display;

/// Reads the word of an option by a function whose errors go on after the option's name: `--rank` and
/// `'speces' is no rank; give ...`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<F>(pub(super) F);

impl<F, T, E> TypedValueParser for Word<F>
where
    F: Fn(&str) -> Result<T, E> + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    E: Display,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, option: Option<&Arg>, word: &OsStr) -> Result<T, Error> {
        let word = word.to_str().ok_or_else(|| Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        let name = option.and_then(Arg::get_long).unwrap_or_default();
        self.0(word).map_err(|what| Error::raw(ErrorKind::ValueValidation, format!("--{name} {what}\n")).with_cmd(command))
    }
}

/// The layout of a data set, as `--layout` and suites name it.
///
/// # Errors
///
/// What is wrong with it, to go on after the name of the option.
pub fn layout(word: &str) -> Result<Layout, String> {
    Layout::parse(word).ok_or_else(|| {
        let words = Layout::words();
        format!("'{word}' is not one of {words}{}", did_you_mean(word, words.split(", ")))
    })
}

/// How a candidate is named, as `--names` and suites name it.
///
/// # Errors
///
/// What is wrong with it, to go on after the name of the option.
pub fn names(word: &str) -> Result<NameFormat, String> {
    NameFormat::parse(word).ok_or_else(|| format!("'{word}' is not one of {}", NameFormat::ALL.map(NameFormat::name).join(", ")))
}

/// A built-in recipe, as `--recipe` and suites name it.
///
/// # Errors
///
/// What is wrong with it, to go on after the name of the option.
pub fn recipe(word: &str) -> Result<Recipe, String> {
    Recipe::find(word).ok_or_else(|| {
        let names = Recipe::built_in().map(|recipe| recipe.name);
        let nearest = did_you_mean(word, names.iter().map(String::as_str));
        format!("'{word}' is not one of {}{nearest}", names.join(", "))
    })
}

/// Any rank, by its English name.
pub(super) fn rank(word: &str) -> Result<Rank, String> {
    Rank::from_name(word).ok_or_else(|| {
        format!("'{word}' is no rank; give species, genus, family, order, class, phylum, kingdom, subspecies, variety, ...")
    })
}

/// One of the seven main ranks.
pub(super) fn main_rank(word: &str) -> Result<Rank, String> {
    let rank = Rank::parse(word).filter(|rank| rank.main_index().is_some());
    rank.ok_or_else(|| format!("'{word}' is none of the ranks {}", Rank::MAIN.map(Rank::name).join(", ")))
}

/// A number from 0 to 1.
pub(super) fn probability(word: &str) -> Result<f64, String> {
    let value: f64 = word.parse().map_err(|_| format!("'{word}' is no number"))?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(format!("{value} is no probability from 0 to 1")) }
}
