//! Columns of common names: which there are, and what separates several names in one of their cells.

use super::checklist::Checklist;
use super::columns::{column, columns_of};
use super::language::Language;
use super::rows::Row;
use crate::taxonomy::common_names;

/// English names, the surest word first.
const ENGLISH: &[&str] = &[
    "nomverneng",
    "commonname",
    "commonnameen",
    "vernacularname",
    "common",
    "english",
    "primarycomname",
    "englishname",
    "maincommonname",
    "curatorcommonname",
    "commonnameenglish",
    "englishcommonname",
    "preferredcommonname",
    "englishnameavilist",
    "englishnameclements",
    "species(english)",
    "speciesenglish",
    "vernacularnameenglish",
    "vernacularnameen",
    "nomanglais",
    "commonnames",
    "vernacularnames",
    "englishnames",
    "vernacular",
];

/// French names.
const FRENCH: &[&str] = &[
    "nomvern",
    "commonnamefr",
    "french",
    "nomfrancais",
    "frenchname",
    "nomvernaculaire",
    "nomcommun",
    "nomfr",
    "commonnamefrench",
    "frenchcommonname",
    "vernacularnamefrench",
    "vernacularnamefr",
    "nomsfrancais",
    "nomsvernaculaires",
    "nomscommuns",
    "frenchnames",
];

/// Columns of further English names beside the first ones.
const OTHER_ENGLISH: &[&str] = &["othercommonnames", "alternativecommonnames", "othercommonname", "alternativenames"];

/// Columns whose cells hold several names between commas, as their own names say.
const SEVERAL: &[&str] = &[
    "nomvern",
    "nomverneng",
    "commonnames",
    "vernacularnames",
    "englishnames",
    "frenchnames",
    "nomsfrancais",
    "nomsvernaculaires",
    "nomscommuns",
    "othercommonnames",
    "alternativecommonnames",
    "alternativenames",
];

/// A column of common names.
#[derive(Debug, Clone)]
pub(super) struct CommonColumn {
    place: usize,
    language: Language,
    separators: &'static [char],
}

/// The columns of common names of a table.
pub(super) fn common_columns(header: &[String]) -> Vec<CommonColumn> {
    // In tables of ours a comma or a slash is part of a name.
    let is_own = column(header, &["acceptedid"]).is_some() && column(header, &["branchlength"]).is_some();
    let of = |names: &[&str], language: Language| {
        let place = column(header, names)?;
        let separators: &'static [char] = if is_own {
            &['|']
        } else if columns_of(header, SEVERAL).contains(&place) {
            &['|', ';', '/', ',']
        } else {
            &['|', ';', '/']
        };
        Some(CommonColumn { place, language, separators })
    };
    [of(ENGLISH, Language::English), of(FRENCH, Language::French), of(OTHER_ENGLISH, Language::English)]
        .into_iter()
        .flatten()
        .collect()
}

/// Takes in the common names of a row's taxon.
pub(super) fn push_common_names(list: &mut Checklist, id: &str, row: &Row<'_>, columns: &[CommonColumn]) {
    for column in columns {
        for name in common_names::split(row.cell(Some(column.place)), column.separators) {
            list.push_common(id, column.language, name);
        }
    }
}
