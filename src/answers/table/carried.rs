//! Common names that the tables give beside their taxa: names in a table of its own are read by them.

use super::label::{Label, Labels};
use super::steps::Steps;
use crate::taxonomy::name::key;
use crate::taxonomy::name::vernacular::bare_key;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;

/// Common names with the lineages that have them.
#[derive(Debug, Default)]
pub(super) struct Carried {
    by_name: HashMap<String, Vec<Steps>>,
}

impl Carried {
    /// Those of all labels.
    pub(super) fn of(labels: &Labels) -> Carried {
        let mut carried = Carried::default();
        for label in &labels.all {
            let Label::Named { common: Some(common), steps, .. } = label else { continue };
            let lineages = carried.by_name.entry(bare_key(common)).or_default();
            // One taxon with more and with less of its lineage is one.
            let same = lineages.iter_mut().find(|known| last(known) == last(steps));
            match same {
                Some(known) if known.len() < steps.len() => known.clone_from(steps),
                Some(_) => {}
                None => lineages.push(steps.clone()),
            }
        }
        carried
    }

    /// Whether no table gives any.
    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The lineages of a common name.
    pub(super) fn lineages(&self, text: &str) -> &[Steps] {
        self.by_name.get(&bare_key(text)).map_or(&[], Vec::as_slice)
    }
}

fn last(steps: &Steps) -> Option<(Rank, String)> {
    steps.last().map(|(rank, name)| (*rank, key(name)))
}
