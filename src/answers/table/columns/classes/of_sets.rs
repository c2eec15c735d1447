//! A column for every class in a table of sets: 0 and 1, yes and no, or scores.

use super::{Candidate, Family, families};
use crate::answers::table::columns::content::is_binomial;
use crate::answers::table::columns::names::{Columns, Named};
use crate::taxonomy::name;
use std::collections::BTreeSet;

/// Columns with the classes that they are of, and those numbers that are of none.
#[derive(Debug, Default)]
pub(in crate::answers::table) struct SetClasses {
    /// The column, and its class.
    pub(in crate::answers::table) classes: Vec<(String, String)>,
    /// Numbers left aside.
    pub(in crate::answers::table) others: Vec<String>,
}

impl Columns<'_> {
    /// The columns of classes of a table of sets: those of a name that the taxonomy has, that looks scientific or that stands
    /// in `others` (keys of names in the other table), and beside them those that hold the same kind of numbers.
    pub(in crate::answers::table::columns) fn set_classes(&self, taken: &[String], others: &BTreeSet<String>) -> SetClasses {
        let is_free = |column: &&Named| !taken.contains(&column.written);
        let may_be = |column: &&Named| self.may_be_class(column) || self.content.is_yes_or_no(&column.written);
        let candidates: Vec<Candidate> = self.all.iter().filter(is_free).filter(may_be).map(Candidate::of).collect();
        let is_known = |class: &str| self.content.is_known(class) || is_binomial(class) || others.contains(&name::key(class));
        let known = |family: &Family| family.columns.iter().filter(|(_, class)| is_known(class)).count();
        let mut best: Option<(usize, Family)> = None;
        for family in families(&candidates, None) {
            let count = known(&family);
            if count > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((count, family));
            }
        }
        let Some((_, family)) = best else { return SetClasses::default() };
        let is_share =
            |column: &str| self.content.numbers(column).iter().all(|value| value.is_nan() || (0.0..=1.0).contains(value));
        let shares = family.columns.iter().filter(|(_, class)| is_known(class)).all(|(column, _)| is_share(column));
        let mut found = SetClasses::default();
        for (column, class) in family.columns {
            if is_known(&class) || !shares || is_share(column) {
                found.classes.push((column.to_string(), class));
            } else {
                found.others.push(column.to_string());
            }
        }
        found
    }
}
