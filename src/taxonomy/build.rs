//! Collects taxa, proves that they form a tree, and freezes them.

mod problem;
mod draft;
mod check;
mod freeze;

pub use freeze::{Handle, Numbers};
pub use problem::{Problem, SourceLine};

use super::{CommonNames, Taxonomy};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use draft::{Draft, Graph};
use petgraph::graph::NodeIndex;
use std::collections::{HashMap, HashSet};

/// One row of a parent–child list.
#[derive(Debug, Clone)]
pub struct ParentChildRow {
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
    pub place: SourceLine,
}

/// Collects taxa from rows and freezes them into a [`Taxonomy`].
#[derive(Debug, Default)]
pub struct TaxonomyBuilder {
    graph: Graph,
    root: Option<NodeIndex>,
    /// Child of a parent by rank and name key: lineages as identity.
    children: HashMap<(NodeIndex, Rank, String), NodeIndex>,
    by_id: HashMap<String, NodeIndex>,
    pending_parents: Vec<(NodeIndex, String, SourceLine)>,
    /// Names with their authors, of taxa that these tell apart.
    authors: Vec<(NodeIndex, String, String)>,
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
            let nowhere = SourceLine { file: "".into(), line: 0 };
            self.graph.add_node(Draft::new("root".to_string(), Rank::Root, nowhere))
        })
    }

    /// Adds a lineage, highest rank first, and returns a handle to its last taxon (the root when
    /// the lineage is empty). Taxa met before are met again, not doubled.
    pub fn add_lineage<'a>(&mut self, lineage: impl IntoIterator<Item = (Rank, &'a str)>, place: &SourceLine) -> Handle {
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
                let child = self.graph.add_node(Draft::new(name, rank, place.clone()));
                self.graph.add_edge(node, child, place.clone());
                self.children.insert(slot, child);
                child
            };
        }
        Handle(node)
    }

    /// Gives the taxon of a handle its source id; a second, different id is a problem.
    pub fn set_source_id(&mut self, taxon: Handle, id: &str, place: &SourceLine) {
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

    /// Adds common names of the taxon of a handle; those that are shown are the first ones.
    pub fn add_common_names(&mut self, taxon: Handle, common: CommonNames) {
        self.graph[taxon.0].more().common.add(common);
    }

    /// Adds the author of a name of a taxon, or of a synonym of it, where another taxon has the name too: who writes the
    /// author means the one.
    pub fn add_author(&mut self, taxon: Handle, name: &str, author: &str) {
        if !author.is_empty() {
            self.authors.push((taxon.0, name::key(name), author.to_string()));
        }
    }

    /// Adds other names of a taxon; they find it where no taxon has the name.
    pub fn add_synonyms<'a>(&mut self, taxon: Handle, synonyms: impl IntoIterator<Item = &'a str>) {
        let draft = &mut self.graph[taxon.0];
        let own = draft.name.clone();
        let others = synonyms.into_iter().map(name::normalise).filter(|synonym| !synonym.is_empty() && *synonym != own);
        draft.more().synonyms.extend(others);
    }

    /// Adds an id that stands for the taxon in its source too: that of a synonym, or a retired one.
    pub fn add_other_id(&mut self, taxon: Handle, id: &str) {
        self.graph[taxon.0].more().other_ids.push(id.to_string());
    }

    /// Gives a taxon the id it has for its users, once rows have been joined by other ids.
    pub fn rename_id(&mut self, taxon: Handle, id: Option<&str>) {
        self.graph[taxon.0].source_id = id.map(str::to_string);
    }

    /// Adds a row of a parent–child list; parents may come later than their children.
    pub fn add_row(&mut self, row: ParentChildRow) -> Handle {
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
        let handle = self.add_taxon(&row.name, row.rank, row.branch_length, row.place.clone());
        let node = handle.0;
        self.graph[node].source_id = Some(row.id.clone());
        if row.common != CommonNames::default() {
            self.add_common_names(handle, row.common);
        }
        self.by_id.insert(row.id, node);
        if let Some(parent) = row.parent {
            self.pending_parents.push((node, parent, row.place));
        }
        handle
    }

    /// Adds a taxon without an id, below nothing as yet; see [`TaxonomyBuilder::put_below`].
    pub fn add_taxon(&mut self, name: &str, rank: Rank, branch_length: Option<f64>, place: SourceLine) -> Handle {
        let mut draft = Draft::new(name::normalise(name), rank, place);
        if branch_length.is_some() {
            draft.more().branch_length = branch_length;
        }
        Handle(self.graph.add_node(draft))
    }

    /// Puts a taxon below another one, which is its only parent.
    pub fn put_below(&mut self, taxon: Handle, parent: Handle) {
        let place = self.graph[taxon.0].place.clone();
        self.graph.add_edge(parent.0, taxon.0, place);
    }

    fn id_twice(&self, id: &str, name: &str, place: &SourceLine, other: NodeIndex) -> Problem {
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
        // Large, and not asked any more.
        (self.by_id, self.children) = (HashMap::new(), HashMap::new());
        self.problems.extend(check::several_parents(&self.graph));
        self.problems.extend(check::cycles(&self.graph));
        let root = self.single_root();
        if !self.problems.is_empty() {
            self.problems.sort();
            self.problems.dedup();
            return Err(self.problems);
        }
        let (mut taxonomy, numbers) = freeze::freeze(self.graph, root);
        for (node, key, author) in self.authors {
            let named = (author, numbers.id(Handle(node)));
            let known = taxonomy.authors.entry(key).or_default();
            if !known.contains(&named) {
                known.push(named);
            }
        }
        Ok((taxonomy, numbers))
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

    /// One root: the builder's own, the only root of the file when it is one by rank or name (`Biota`, `life`),
    /// or stands above a tree without ranks; else a new one above the top taxa. A domain, or a taxon without rank
    /// among ranked ones, is a taxon that images may show, and no root.
    fn single_root(&mut self) -> NodeIndex {
        let roots: Vec<_> = self.graph.externals(petgraph::Incoming).collect();
        if let [only] = roots[..] {
            let ranked = self.graph.node_weights().any(|draft| draft.rank.main_index().is_some());
            if Some(only) == self.root || self.graph[only].is_root() || !ranked && self.graph[only].rank.is_unranked() {
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

impl Taxonomy {
    /// A taxonomy of nothing but the root.
    #[must_use]
    pub fn empty() -> Taxonomy {
        let mut builder = TaxonomyBuilder::new();
        let root = builder.root();
        freeze::freeze(builder.graph, root).0
    }
}
