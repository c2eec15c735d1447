//! Collects taxa, proves that they form a tree, and freezes them.

use super::{CommonNames, NONE, TaxonId, Taxonomy, identity};
use crate::name;
use crate::rank::Rank;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// How many of many taxa a problem names.
const SHOWN: usize = 8;

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// File name as given.
    pub file: String,
    /// Line, from 1; 0 when the source has no lines.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { write!(formatter, "{}", self.file) } else { write!(formatter, "{}:{}", self.file, self.line) }
    }
}

/// Something that keeps rows from being a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum Problem {
    #[error("{place}: {rank} '{name}' has {count} parents: {parents}")]
    SeveralParents { place: Place, rank: Rank, name: String, count: usize, parents: String },
    #[error("{place}: cycle of parents: {names}")]
    Cycle { place: Place, names: String },
    #[error("{place}: {rank} '{name}' lies under {parent_rank} '{parent}', which is no higher rank")]
    RankAboveParent { place: Place, rank: Rank, name: String, parent_rank: Rank, parent: String },
    #[error("{place}: the lineage '{lineage}' has id '{id}' here and id '{other}' at {other_place}")]
    LineageTwice { place: Place, lineage: String, id: String, other: String, other_place: Place },
    #[error("{place}: id '{id}' stands for '{name}' here and for '{other}' at {other_place}")]
    IdTwice { place: Place, id: String, name: String, other: String, other_place: Place },
    #[error("{place}: parent '{parent}' of '{name}' is not in the file")]
    MissingParent { place: Place, name: String, parent: String },
    #[error("{place}: {what}")]
    Row { place: Place, what: String },
}

/// One row of a parent–child list.
#[derive(Debug, Clone)]
pub struct TaxonRow {
    /// Identity in the source.
    pub id: String,
    /// Identity of the parent; `None` for a root.
    pub parent: Option<String>,
    /// Scientific name.
    pub name: String,
    /// Rank; [`Rank::Unranked`] when the source has none.
    pub rank: Rank,
    /// Common names.
    pub common: CommonNames,
    /// Length of the branch up to the parent, in the unit of the source; `None` when it has none.
    pub branch_length: Option<f64>,
    /// Where the row stands.
    pub place: Place,
}

#[derive(Debug, Clone)]
struct Draft {
    name: String,
    rank: Rank,
    source_id: Option<String>,
    common: CommonNames,
    branch_length: Option<f64>,
    synonyms: Vec<String>,
    other_ids: Vec<String>,
    place: Place,
}

/// Collects taxa from rows and freezes them into a [`Taxonomy`].
#[derive(Debug, Default)]
pub struct TaxonomyBuilder {
    graph: DiGraph<Draft, Place>,
    root: Option<NodeIndex>,
    /// Child of a parent by rank and name key: lineages as identity.
    children: HashMap<(NodeIndex, Rank, String), NodeIndex>,
    by_id: HashMap<String, NodeIndex>,
    pending_parents: Vec<(NodeIndex, String, Place)>,
    problems: Vec<Problem>,
}

impl TaxonomyBuilder {
    /// An empty builder.
    ///
    /// It holds what makes a tree: one parent for every taxon, no circles, every id for one taxon, ranks of a lineage going
    /// down. The same genus or family under two parents is two taxa.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn root(&mut self) -> NodeIndex {
        *self.root.get_or_insert_with(|| {
            self.graph.add_node(Draft {
                name: "root".to_string(),
                rank: Rank::Root,
                source_id: None,
                common: CommonNames::default(),
                branch_length: None,
                synonyms: vec![],
                other_ids: vec![],
                place: Place { file: String::new(), line: 0 },
            })
        })
    }

    /// Adds a lineage, highest rank first, and returns a handle to its last taxon (the root when
    /// the lineage is empty). Taxa met before are met again, not doubled.
    pub fn add_lineage<'a>(&mut self, lineage: impl IntoIterator<Item = (Rank, &'a str)>, place: &Place) -> Handle {
        let mut node = self.root();
        let mut lowest = Rank::Root;
        for (rank, name) in lineage {
            let name = name::normalise(name);
            if !rank.is_unranked() {
                if rank <= lowest {
                    let parent = &self.graph[node];
                    let problem = Problem::RankAboveParent {
                        place: place.clone(),
                        rank,
                        name: name.clone(),
                        parent_rank: parent.rank,
                        parent: parent.name.clone(),
                    };
                    self.problems.push(problem);
                }
                lowest = rank;
            }
            let slot = (node, rank, name::key(&name));
            node = if let Some(&known) = self.children.get(&slot) {
                known
            } else {
                let draft = Draft {
                    name,
                    rank,
                    source_id: None,
                    common: CommonNames::default(),
                    branch_length: None,
                    synonyms: vec![],
                    other_ids: vec![],
                    place: place.clone(),
                };
                let child = self.graph.add_node(draft);
                self.graph.add_edge(node, child, place.clone());
                self.children.insert(slot, child);
                child
            };
        }
        Handle(node)
    }

    /// Gives the taxon of a handle its source id; a second, different id is a problem.
    pub fn set_source_id(&mut self, taxon: Handle, id: &str, place: &Place) {
        let lineage = || self.lineage_string(taxon.0);
        let draft = &self.graph[taxon.0];
        if let Some(known) = draft.source_id.as_ref().filter(|known| *known != id) {
            let problem = Problem::LineageTwice {
                place: place.clone(),
                lineage: lineage(),
                id: id.to_string(),
                other: known.clone(),
                other_place: draft.place.clone(),
            };
            self.problems.push(problem);
            return;
        }
        if let Some(&other) = self.by_id.get(id).filter(|&&other| other != taxon.0) {
            let problem = self.id_twice(id, &self.graph[taxon.0].name.clone(), place, other);
            self.problems.push(problem);
            return;
        }
        self.by_id.insert(id.to_string(), taxon.0);
        self.graph[taxon.0].source_id = Some(id.to_string());
        self.graph[taxon.0].place = place.clone();
    }

    /// Adds common names where the taxon of a handle has none yet.
    pub fn set_common_names(&mut self, taxon: Handle, common: CommonNames) {
        let known = &mut self.graph[taxon.0].common;
        known.english = known.english.take().or(common.english);
        known.french = known.french.take().or(common.french);
    }

    /// Adds other names of a taxon; they find it where no taxon has the name.
    pub fn add_synonyms<'a>(&mut self, taxon: Handle, synonyms: impl IntoIterator<Item = &'a str>) {
        let draft = &mut self.graph[taxon.0];
        let own = draft.name.clone();
        draft.synonyms.extend(synonyms.into_iter().map(name::normalise).filter(|synonym| !synonym.is_empty() && *synonym != own));
    }

    /// Adds an id that stands for the taxon in its source too: that of a synonym, or a retired one.
    pub fn add_other_id(&mut self, taxon: Handle, id: &str) {
        self.graph[taxon.0].other_ids.push(id.to_string());
    }

    /// Gives a taxon the id it has for its users, once rows have been joined by other ids.
    pub fn rename_id(&mut self, taxon: Handle, id: Option<&str>) {
        self.graph[taxon.0].source_id = id.map(str::to_string);
    }

    /// Adds a row of a parent–child list; parents may come later than their children.
    pub fn add_row(&mut self, row: TaxonRow) -> Handle {
        if let Some(&other) = self.by_id.get(&row.id) {
            let same_name = name::key(&self.graph[other].name) == name::key(&row.name);
            if !same_name {
                let problem = self.id_twice(&row.id, &row.name, &row.place, other);
                self.problems.push(problem);
                return Handle(other);
            }
            if let Some(parent) = row.parent {
                self.pending_parents.push((other, parent, row.place));
            }
            return Handle(other);
        }
        let node = self.graph.add_node(Draft {
            name: name::normalise(&row.name),
            rank: row.rank,
            source_id: Some(row.id.clone()),
            common: row.common,
            branch_length: row.branch_length,
            synonyms: vec![],
            other_ids: vec![],
            place: row.place.clone(),
        });
        self.by_id.insert(row.id, node);
        if let Some(parent) = row.parent {
            self.pending_parents.push((node, parent, row.place));
        }
        Handle(node)
    }

    fn id_twice(&self, id: &str, name: &str, place: &Place, other: NodeIndex) -> Problem {
        Problem::IdTwice {
            place: place.clone(),
            id: id.to_string(),
            name: name.to_string(),
            other: self.graph[other].name.clone(),
            other_place: self.graph[other].place.clone(),
        }
    }

    fn lineage_string(&self, node: NodeIndex) -> String {
        let mut names = vec![];
        let mut step = Some(node);
        while let Some(node) = step.filter(|node| Some(*node) != self.root && names.len() < 64) {
            names.push(self.graph[node].name.as_str());
            step = self.graph.neighbors_directed(node, petgraph::Incoming).next();
        }
        names.reverse();
        names.join(";")
    }

    /// Validates and freezes.
    ///
    /// # Errors
    ///
    /// Every [`Problem`] found, in order of place, not only the first.
    pub fn freeze(self) -> Result<Taxonomy, Vec<Problem>> {
        self.freeze_with_handles().map(|(taxonomy, _)| taxonomy)
    }

    /// As [`TaxonomyBuilder::freeze`], with the id that each handle's taxon got.
    ///
    /// # Errors
    ///
    /// Every [`Problem`] found, in order of place.
    pub fn freeze_with_handles(mut self) -> Result<(Taxonomy, Numbers), Vec<Problem>> {
        self.connect_parents();
        self.check_parents();
        self.check_cycles();
        let root = self.single_root();
        if !self.problems.is_empty() {
            self.problems.sort();
            self.problems.dedup();
            return Err(self.problems);
        }
        Ok(freeze(&self.graph, root))
    }

    fn connect_parents(&mut self) {
        let mut joined = HashSet::new();
        for (child, parent, place) in std::mem::take(&mut self.pending_parents) {
            if let Some(&parent) = self.by_id.get(&parent) {
                if joined.insert((parent, child)) {
                    self.graph.add_edge(parent, child, place);
                }
            } else {
                let name = self.graph[child].name.clone();
                self.problems.push(Problem::MissingParent { place, name, parent });
            }
        }
    }

    /// Several parents of one node.
    fn check_parents(&mut self) {
        let mut problems = vec![];
        for node in self.graph.node_indices() {
            let parents: Vec<_> = self.graph.edges_directed(node, petgraph::Incoming).collect();
            if parents.len() > 1 {
                let mut named: Vec<_> =
                    parents.iter().map(|edge| format!("'{}' ({})", self.graph[edge.source()].name, edge.weight())).collect();
                named.sort();
                named.truncate(SHOWN);
                let draft = &self.graph[node];
                problems.push(Problem::SeveralParents {
                    place: draft.place.clone(),
                    rank: draft.rank,
                    name: draft.name.clone(),
                    count: parents.len(),
                    parents: named.join(", "),
                });
            }
        }
        self.problems.extend(problems);
    }

    fn check_cycles(&mut self) {
        // Tarjan's algorithm there calls itself once per level.
        for component in kosaraju_scc(&self.graph) {
            let itself = component.len() == 1 && self.graph.find_edge(component[0], component[0]).is_some();
            if component.len() > 1 || itself {
                let mut members: Vec<_> = component.iter().map(|&node| &self.graph[node]).collect();
                members.sort_by(|a, b| a.place.cmp(&b.place));
                let mut names: Vec<_> = members.iter().take(SHOWN).map(|draft| format!("'{}'", draft.name)).collect();
                if members.len() > SHOWN {
                    names.push(format!("… ({} taxa)", members.len()));
                }
                self.problems.push(Problem::Cycle { place: members[0].place.clone(), names: names.join(" → ") });
            }
        }
    }

    /// One root: the builder's own, the only root of the file when it is one by rank or name (`Biota`, `life`),
    /// or stands above a tree without ranks; else a new one above the top taxa. A domain, or a taxon without rank
    /// among ranked ones, is a taxon that images may show, and no root.
    fn single_root(&mut self) -> NodeIndex {
        let roots: Vec<_> = self.graph.externals(petgraph::Incoming).collect();
        if let [only] = roots[..] {
            let ranked = self.graph.node_weights().any(|draft| draft.rank.main_index().is_some());
            if Some(only) == self.root || is_root(&self.graph[only]) || !ranked && self.graph[only].rank.is_unranked() {
                return only;
            }
        }
        let root = self.root();
        for child in roots {
            if child != root {
                let place = self.graph[child].place.clone();
                self.graph.add_edge(root, child, place);
            }
        }
        root
    }
}

/// Whether a taxon stands for all that lives: by its rank, or without one by its name.
fn is_root(draft: &Draft) -> bool {
    let named = || {
        let name = name::key(&draft.name);
        name.is_empty()
            || Rank::parse(&name) == Some(Rank::Root)
            || ["cellular organisms", "tree of life"].contains(&name.as_str())
    };
    draft.rank == Rank::Root || draft.rank.is_unranked() && named()
}

/// A taxon in the making; [`Numbers`] turns it into a [`TaxonId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(NodeIndex);

/// The ids that taxa got when they were frozen.
#[derive(Debug)]
pub struct Numbers(Vec<u32>);

impl Numbers {
    /// The id of a handle's taxon.
    #[must_use]
    pub fn id(&self, handle: Handle) -> TaxonId {
        TaxonId(self.0[handle.0.index()])
    }
}

impl Taxonomy {
    /// A taxonomy of nothing but the root.
    #[must_use]
    pub fn empty() -> Taxonomy {
        let mut builder = TaxonomyBuilder::new();
        let root = builder.root();
        freeze(&builder.graph, root).0
    }
}

/// Numbers the taxa depth first, siblings by name, rank and id, and fills the arrays.
fn freeze(graph: &DiGraph<Draft, Place>, root: NodeIndex) -> (Taxonomy, Numbers) {
    let count = graph.node_count();
    let mut numbers = vec![NONE; count];
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
        by_key: HashMap::new(),
        synonyms: HashMap::new(),
        by_synonym: HashMap::new(),
        by_source_id: HashMap::new(),
        by_other_id: HashMap::new(),
        digests: HashMap::new(),
        by_digest: HashMap::new(),
        by_common_name: std::sync::OnceLock::new(),
        spellings: std::sync::OnceLock::new(),
        has_ranks: graph.node_weights().any(|draft| draft.rank.main_index().is_some()),
    };
    // Length of each taxon's lineage, or beyond the longest that stands as it is.
    let mut lengths: Vec<usize> = Vec::with_capacity(count);
    let mut stack = vec![(root, 0_u32)];
    while let Some((node, parent)) = stack.pop() {
        let id = taxonomy.count();
        numbers[node.index()] = id;
        push_taxon(&mut taxonomy, &graph[node], id, parent);
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
    close_clades(&mut taxonomy);
    index_names(&mut taxonomy);
    (taxonomy, Numbers(numbers))
}

fn push_taxon(taxonomy: &mut Taxonomy, draft: &Draft, id: u32, parent: u32) {
    let is_root = id == 0;
    let (depth, mut main, above) = if is_root {
        (0, [NONE; 7], 7)
    } else {
        let parent = parent as usize;
        (taxonomy.depths[parent] + 1, taxonomy.main_ancestors[parent], taxonomy.rungs[parent])
    };
    if let Some(index) = draft.rank.main_index() {
        main[index] = id;
    }
    taxonomy.parents.push(parent);
    taxonomy.depths.push(depth);
    taxonomy.ranks.push(if is_root && draft.rank.is_unranked() { Rank::Root } else { draft.rank });
    taxonomy.names.push(draft.name.clone());
    taxonomy.source_ids.push(draft.source_id.clone());
    for other in &draft.other_ids {
        let taxa = taxonomy.by_other_id.entry(other.clone()).or_default();
        if taxa.last() != Some(&TaxonId(id)) {
            taxa.push(TaxonId(id));
        }
    }
    if !draft.synonyms.is_empty() {
        taxonomy.synonyms.insert(id, draft.synonyms.clone());
    }
    if let Some(length) = draft.branch_length {
        taxonomy.branch_lengths.insert(id, length);
    }
    if draft.common != CommonNames::default() {
        taxonomy.common_names.insert(id, draft.common.clone());
    }
    taxonomy.main_ancestors.push(main);
    taxonomy.rungs.push(if is_root { 7 } else { draft.rank.rung().unwrap_or(above).min(above) });
    taxonomy.leaves_before.push(u32::try_from(taxonomy.leaves.len()).unwrap_or(NONE));
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
        let end = taxonomy.clade_ends[id].max(u32::try_from(id + 1).unwrap_or(NONE));
        taxonomy.clade_ends[id] = end;
        if id > 0 {
            let parent = taxonomy.parents[id] as usize;
            taxonomy.clade_ends[parent] = taxonomy.clade_ends[parent].max(end);
        }
    }
    taxonomy.leaves_before.push(u32::try_from(taxonomy.leaves.len()).unwrap_or(NONE));
}

fn index_names(taxonomy: &mut Taxonomy) {
    for id in 0..taxonomy.count() {
        let taxon = TaxonId(id);
        let key = name::key(taxonomy.name(taxon));
        // `Rosa canina var. dumalis` is found as `Rosa canina dumalis` too.
        if taxonomy.rank(taxon) > Rank::Species
            && key.contains('.')
            && let Some(bare) =
                name::parse(taxonomy.name(taxon)).map(|parsed| name::key(&parsed.canonical)).filter(|bare| *bare != key)
        {
            taxonomy.by_key.entry(bare).or_default().push(taxon);
        }
        taxonomy.by_key.entry(key).or_default().push(taxon);
        for synonym in taxonomy.synonyms.get(&id).into_iter().flatten() {
            let taxa = taxonomy.by_synonym.entry(name::key(synonym)).or_default();
            if taxa.last() != Some(&taxon) {
                taxa.push(taxon);
            }
        }
        if let Some(source_id) = taxonomy.source_ids[taxon.index()].clone() {
            taxonomy.by_source_id.insert(source_id, taxon);
        }
    }
}
