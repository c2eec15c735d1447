//! Nodes of trees that have names and no ids: their ids are their lineages, told apart where two are alike.

use super::checklist::{Checklist, OWN};
use super::usage::Usage;
use crate::taxonomy::identity;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;

/// The most nodes of a tree that is read. The largest trees of life have three million.
pub(super) const MOST_NODES: usize = 10_000_000;

/// The sentence about a tree that has more.
pub(super) fn too_many() -> String {
    format!("the tree has more than {MOST_NODES} nodes; cut it into its clades")
}

/// A node as it is put into a checklist.
pub(super) struct Branch<'a> {
    pub(super) name: &'a str,
    /// The id that its label holds, where it holds one.
    pub(super) id: Option<&'a str>,
    pub(super) rank: Rank,
    pub(super) length: Option<f64>,
    pub(super) line: u64,
}

/// The nodes of a tree, put into a checklist one after the other, parents first.
#[derive(Default)]
pub(super) struct Tree {
    /// The number of each node's id.
    ids: Vec<u32>,
    /// The lineages of nodes whose ids are others.
    lineages: HashMap<usize, String>,
    /// How often a lineage was met that was there before.
    repeats: HashMap<String, u32>,
}

impl Tree {
    /// Adds a node below one that was added before (by its place, from 0). Its lineage begins at `above`, which is
    /// the same, or `None` where the parent is a root without a name.
    pub(super) fn push_below(&mut self, list: &mut Checklist, parent: Option<usize>, above: Option<usize>, branch: &Branch<'_>) {
        let id_of =
            |list: &Checklist, place: Option<usize>| place.map(|place| list.id(self.ids[place]).to_string()).unwrap_or_default();
        let lineage_of = |place: usize| self.lineages.get(&place).cloned();
        let above = above.and_then(lineage_of).unwrap_or_else(|| id_of(list, above));
        let parent = id_of(list, parent);
        let lineage = self.id(list, &above, branch.name);
        let id = match branch.id.filter(|id| list.entry_of_id(id).is_none()) {
            Some(own) => {
                self.lineages.insert(self.ids.len(), lineage);
                own.to_string()
            }
            None => lineage,
        };
        self.ids.push(list.number(&id));
        let Branch { name, rank, length, line, .. } = *branch;
        list.push(&Usage { id: &id, parent: &parent, name, rank, length, line, ..Usage::default() });
    }

    /// The lineage as one that the source does not have. The second of two nodes of one lineage, and what is
    /// below it, have ids to show instead, for theirs is no lineage: `a;b'2`.
    fn id(&mut self, list: &Checklist, above: &str, name: &str) -> String {
        let lineage = identity::below(above.trim_start_matches(OWN), name);
        // Shown or not, an identity stands for one node.
        let is_free =
            |lineage: &str| list.entry_of_id(lineage).is_none() && list.entry_of_id(&format!("{OWN}{lineage}")).is_none();
        if is_free(&lineage) {
            return if above.is_empty() || above.starts_with(OWN) { format!("{OWN}{lineage}") } else { lineage };
        }
        let count = self.repeats.entry(lineage.clone()).or_insert(1);
        loop {
            *count += 1;
            let id = format!("{lineage}'{count}");
            if is_free(&id) {
                return id;
            }
        }
    }
}
