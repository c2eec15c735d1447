//! The drafts of a tree, numbered and frozen into arrays.

use super::draft::{Draft, Graph};
use crate::numbers::place::Place;
use crate::taxonomy::name;
use crate::taxonomy::name_index::{NameIndex, fingerprint};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{CommonNames, TaxonId, Taxonomy, identity};
use petgraph::graph::NodeIndex;
use std::collections::HashMap;

/// A taxon in the making; [`Numbers`] turns it into a [`TaxonId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub(super) NodeIndex);

/// The ids that taxa got when they were frozen.
#[derive(Debug)]
pub struct Numbers(Vec<TaxonId>);

impl Numbers {
    /// The id of a handle's taxon.
    #[must_use]
    pub fn id(&self, handle: Handle) -> TaxonId {
        self.0[handle.0.index()]
    }
}

/// Numbers the taxa depth first, siblings by name, rank and id, and fills the arrays.
pub(super) fn freeze(mut graph: Graph, root: NodeIndex) -> (Taxonomy, Numbers) {
    let count = graph.node_count();
    // Every node lies below the root: the walk numbers all of them.
    let mut numbers = vec![TaxonId::ROOT; count];
    let mut taxonomy = Taxonomy {
        parents: Vec::with_capacity(count),
        clade_ends: vec![0; count],
        depths: Vec::with_capacity(count),
        ranks: Vec::with_capacity(count),
        names: Vec::with_capacity(count),
        source_ids: Vec::with_capacity(count),
        common_names: HashMap::new(),
        branch_lengths: HashMap::new(),
        main_ancestors: Vec::with_capacity(count),
        rungs: Vec::with_capacity(count),
        leaves: vec![],
        leaves_before: Vec::with_capacity(count + 1),
        by_key: NameIndex::default(),
        synonyms: HashMap::new(),
        by_synonym: NameIndex::default(),
        by_source_id: NameIndex::default(),
        by_other_id: HashMap::new(),
        digests: HashMap::new(),
        by_digest: HashMap::new(),
        by_common_name: std::sync::OnceLock::new(),
        by_folded: std::sync::OnceLock::new(),
        authors: HashMap::new(),
        spellings: std::sync::OnceLock::new(),
        has_ranks: graph.node_weights().any(|draft| draft.rank.main_index().is_some()),
    };
    // Length of each taxon's lineage, or beyond the longest that stands as it is.
    let mut lengths: Vec<usize> = Vec::with_capacity(count);
    let mut stack = vec![(root, 0_u32)];
    while let Some((node, parent)) = stack.pop() {
        let id = taxonomy.count();
        numbers[node.index()] = TaxonId(id);
        push_taxon(&mut taxonomy, &mut graph[node], id, parent);
        push_identity(&mut taxonomy, &mut lengths, TaxonId(id));
        let mut children: Vec<_> = graph.neighbors(node).collect();
        let key = |&child: &NodeIndex| {
            let draft = &graph[child];
            (draft.name.as_str(), draft.rank, draft.source_id.as_deref(), child)
        };
        children.sort_by(|a, b| key(b).cmp(&key(a)));
        if children.is_empty() {
            taxonomy.leaves.push(TaxonId(id));
        }
        stack.extend(children.into_iter().map(|child| (child, id)));
    }
    drop(graph);
    close_clades(&mut taxonomy);
    index_names(&mut taxonomy);
    (taxonomy, Numbers(numbers))
}

/// Moves a draft into the arrays.
fn push_taxon(taxonomy: &mut Taxonomy, draft: &mut Draft, id: u32, parent: u32) {
    let is_root = id == 0;
    let (depth, mut main, above) = if is_root {
        (0, [Place::NONE; 7], 7)
    } else {
        let parent = parent as usize;
        (taxonomy.depths[parent] + 1, taxonomy.main_ancestors[parent], taxonomy.rungs[parent])
    };
    if let Some(index) = draft.rank.main_index() {
        main[index] = Place::of(id);
    }
    taxonomy.parents.push(parent);
    taxonomy.depths.push(depth);
    taxonomy.ranks.push(if is_root && draft.rank.is_unranked() { Rank::Root } else { draft.rank });
    taxonomy.names.push(std::mem::take(&mut draft.name).into_boxed_str());
    taxonomy.source_ids.push(draft.source_id.take().map(String::into_boxed_str));
    taxonomy.main_ancestors.push(main);
    taxonomy.rungs.push(if is_root { 7 } else { draft.rank.rung().unwrap_or(above).min(above) });
    taxonomy.leaves_before.push(bounded(taxonomy.leaves.len()));
    let Some(more) = draft.take_more() else { return };
    for other in more.other_ids {
        let taxa = taxonomy.by_other_id.entry(other).or_default();
        if taxa.last() != Some(&TaxonId(id)) {
            taxa.push(TaxonId(id));
        }
    }
    if !more.synonyms.is_empty() {
        taxonomy.synonyms.insert(id, more.synonyms);
    }
    if let Some(length) = more.branch_length {
        taxonomy.branch_lengths.insert(id, length);
    }
    if more.common != CommonNames::default() {
        taxonomy.common_names.insert(id, more.common);
    }
}

/// A count as arrays of taxa hold it: there are fewer taxa than `u32::MAX`.
fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Makes a digest of a lineage that is too long to be an identity.
fn push_identity(taxonomy: &mut Taxonomy, lengths: &mut Vec<usize>, taxon: TaxonId) {
    let name = taxonomy.name(taxon);
    let Some(parent) = taxonomy.parent(taxon) else {
        lengths.push(if name == "root" { 0 } else { name.len() });
        return;
    };
    let above = lengths[parent.index()];
    let length = above + usize::from(above > 0) + name.len();
    lengths.push(length);
    if length > identity::LONGEST_LINEAGE {
        let digest = identity::digest(&taxonomy.lineage_identity(parent), name);
        taxonomy.digests.insert(taxon.0, digest);
        taxonomy.by_digest.entry(digest).or_insert(taxon);
    }
}

/// Fills the end of each clade: the largest end of its children, or itself.
fn close_clades(taxonomy: &mut Taxonomy) {
    let count = taxonomy.parents.len();
    for id in (0..count).rev() {
        let end = taxonomy.clade_ends[id].max(bounded(id + 1));
        taxonomy.clade_ends[id] = end;
        if id > 0 {
            let parent = taxonomy.parents[id] as usize;
            taxonomy.clade_ends[parent] = taxonomy.clade_ends[parent].max(end);
        }
    }
    taxonomy.leaves_before.push(bounded(taxonomy.leaves.len()));
}

fn index_names(taxonomy: &mut Taxonomy) {
    let mut pairs = vec![];
    for taxon in taxonomy.taxa() {
        pairs.extend(taxonomy.name_keys(taxon).iter().map(|key| (fingerprint(key), taxon)));
    }
    taxonomy.by_key = NameIndex::of(pairs, |taxon| taxonomy.name_keys(taxon));
    let mut pairs = vec![];
    for taxon in taxonomy.synonyms.keys().copied().map(TaxonId) {
        pairs.extend(taxonomy.synonyms(taxon).iter().map(|synonym| (fingerprint(&name::key(synonym)), taxon)));
    }
    let keys = |taxon| taxonomy.synonyms(taxon).iter().map(|synonym| name::key(synonym)).collect();
    taxonomy.by_synonym = NameIndex::of(pairs, keys);
    let id = |taxon| taxonomy.source_id(taxon).map(str::to_string);
    let pairs = taxonomy.taxa().filter_map(|taxon| Some((fingerprint(taxonomy.source_id(taxon)?), taxon))).collect();
    taxonomy.by_source_id = NameIndex::of(pairs, |taxon| id(taxon).into_iter().collect());
}
