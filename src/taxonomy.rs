//! The taxonomy, frozen: one tree of taxa in arrays, answered by array walks.
//!
//! [`build::TaxonomyBuilder`] collects and validates (petgraph); [`Taxonomy`] answers. Taxa are
//! numbered in depth-first order, siblings by name, so that
//!
//! - a parent's id is smaller than its children's (the root is 0),
//! - a clade is one contiguous range of ids, and so are the leaves of a clade,
//! - the numbers do not depend on the order of the rows of a file.
//!
//! Read [`rank`] and [`name`] first, then this file: the tree, and what is asked of it. Then in this order:
//!
//! - [`identity`]: what a taxon is called in files.
//! - [`common_names`]: what else people call it.
//! - [`search`]: from what people write to a taxon; [`resolution`]: the same for a whole [list](name_list) of names;
//!   [`label_set`]: the candidates of a classifier; [`information`]: how much a taxon says.
//! - [`build`]: the tree, from lineages and rows; [`import`]: from files of any format; [`shipped`]: the taxonomies inside
//!   the program; [`read`]: what is scored against, [`source`]: which one is meant, [`packed`]: one as bytes.
//! - [`importing`], [`checking`], [`resolving`]: what `nearmiss taxonomy` does, from options to what comes of them.
//!
//! ```
//! use nearmiss::taxonomy::Taxonomy;
//! use nearmiss::taxonomy::rank::Rank;
//! use std::path::Path;
//!
//! let table = "kingdom,phylum,class,order,family,genus,species
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
//! Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
//! ";
//! let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv"))?;
//! let taxon = |name: &str| taxonomy.resolve(name).taxon().ok_or_else(|| format!("'{name}' is not one taxon"));
//! let (cat, lynx, fox) = (taxon("Felis catus")?, taxon("Lynx lynx")?, taxon("Vulpes vulpes")?);
//!
//! let meet = taxonomy.lca(cat, lynx);
//! assert_eq!((taxonomy.name(meet), taxonomy.rank(meet)), ("Felidae", Rank::Family));
//! assert!(taxonomy.contains(meet, lynx) && !taxonomy.contains(meet, fox));
//!
//! // An answer is as far from its truth as the taxon in which they meet is high: genus 1, family 2, order 3.
//! let height = |answer| taxonomy.rung(taxonomy.lca(cat, answer));
//! assert_eq!([cat, lynx, fox].map(height), [0, 2, 3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod rank;
mod taxon;
pub mod name;
pub mod name_list;
pub mod identity;
mod spellings;
mod name_index;
mod keys;
mod folded;
mod authors;
pub mod common_names;
pub mod search;
mod homonyms;
pub mod label_set;
pub mod resolution;
pub mod information;
pub mod build;
pub mod import;
pub mod shipped;
pub mod read;
pub mod source;
pub mod packed;
pub mod importing;
pub mod checking;
pub mod resolving;

pub use taxon::{CommonNames, TaxonId};

use crate::numbers::place::Place;
use crate::taxonomy::name_index::NameIndex;
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;
use std::ops::Range;

/// A tree of taxa, root first.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    parents: Vec<u32>,
    clade_ends: Vec<u32>,
    depths: Vec<u32>,
    ranks: Vec<Rank>,
    names: Vec<Box<str>>,
    source_ids: Vec<Option<Box<str>>>,
    common_names: HashMap<u32, CommonNames>,
    branch_lengths: HashMap<u32, f64>,
    /// For each taxon, its ancestor (or itself) at each main rank.
    main_ancestors: Vec<[Place; 7]>,
    /// Rung of the nearest main rank at or above each taxon.
    rungs: Vec<u8>,
    leaves: Vec<TaxonId>,
    /// How many leaves have a smaller id; one more entry than taxa.
    leaves_before: Vec<u32>,
    by_key: NameIndex,
    synonyms: HashMap<u32, Vec<String>>,
    by_synonym: NameIndex,
    by_source_id: NameIndex,
    /// Ids of synonyms and retired ids, which stand for other taxa now.
    by_other_id: HashMap<String, Vec<TaxonId>>,
    /// What identifies taxa whose lineage is too long to do it.
    digests: HashMap<u32, identity::Digest>,
    by_digest: HashMap<identity::Digest, TaxonId>,
    by_common_name: std::sync::OnceLock<common_names::CommonNameIndex>,
    by_folded: std::sync::OnceLock<folded::FoldedNames>,
    /// Authors of names that are an accepted one and a synonym of another taxon, with the taxon that each means.
    authors: HashMap<String, Vec<(String, TaxonId)>>,
    spellings: std::sync::OnceLock<spellings::Spellings>,
    has_ranks: bool,
}

impl Taxonomy {
    /// Number of taxa, the root included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there is nothing but the root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// All taxa, the root first, parents before children.
    pub fn taxa(&self) -> impl Iterator<Item = TaxonId> + use<> {
        (0..self.count()).map(TaxonId)
    }

    fn count(&self) -> u32 {
        u32::try_from(self.parents.len()).unwrap_or(u32::MAX)
    }

    /// The parent; `None` for the root.
    #[must_use]
    pub fn parent(&self, taxon: TaxonId) -> Option<TaxonId> {
        (taxon != TaxonId::ROOT).then(|| TaxonId(self.parents[taxon.index()]))
    }

    /// The scientific name (a binomial for a species); `"root"` for the root of several kingdoms.
    #[must_use]
    pub fn name(&self, taxon: TaxonId) -> &str {
        &self.names[taxon.index()]
    }

    /// The rank.
    #[must_use]
    pub fn rank(&self, taxon: TaxonId) -> Rank {
        self.ranks[taxon.index()]
    }

    /// The id the source gave, if it gave one.
    #[must_use]
    pub fn source_id(&self, taxon: TaxonId) -> Option<&str> {
        self.source_ids[taxon.index()].as_deref()
    }

    /// What identifies the taxon in files: its source id, or else its lineage joined with `;`,
    /// root side first; a digest of one of more than [`identity::LONGEST_LINEAGE`] bytes.
    #[must_use]
    pub fn identity(&self, taxon: TaxonId) -> String {
        self.source_id(taxon).map_or_else(|| self.lineage_identity(taxon), str::to_string)
    }

    /// What the lineage makes the taxon's identity.
    fn lineage_identity(&self, taxon: TaxonId) -> String {
        self.digests.get(&taxon.0).map_or_else(|| self.lineage_string(taxon, ";"), |&digest| identity::written(digest))
    }

    /// Common names.
    #[must_use]
    pub fn common_names(&self, taxon: TaxonId) -> CommonNames {
        self.common_names.get(&taxon.0).cloned().unwrap_or_default()
    }

    /// Edges from the root.
    #[must_use]
    pub fn depth(&self, taxon: TaxonId) -> u32 {
        self.depths[taxon.index()]
    }

    /// Rung of the taxon on the ladder species 0 to root 7: that of the nearest main rank at or
    /// above it.
    #[must_use]
    pub fn rung(&self, taxon: TaxonId) -> u8 {
        self.rungs[taxon.index()]
    }

    /// Whether any taxon has a main rank; without, heights are counted in edges.
    #[must_use]
    pub fn has_ranks(&self) -> bool {
        self.has_ranks
    }

    /// The taxon and its ancestors, taxon first, root last.
    pub fn lineage(&self, taxon: TaxonId) -> impl Iterator<Item = TaxonId> + '_ {
        std::iter::successors(Some(taxon), |&below| self.parent(below))
    }

    /// Names from below the root down to the taxon, joined.
    #[must_use]
    pub fn lineage_string(&self, taxon: TaxonId, separator: &str) -> String {
        let mut names: Vec<&str> = self
            .lineage(taxon)
            .filter(|&step| step != TaxonId::ROOT || &*self.names[0] != "root")
            .map(|step| self.name(step))
            .collect();
        names.reverse();
        names.join(separator)
    }

    /// Other names of the taxon, as the source gives them.
    #[must_use]
    pub fn synonyms(&self, taxon: TaxonId) -> &[String] {
        self.synonyms.get(&taxon.0).map_or(&[], Vec::as_slice)
    }

    /// The author of a name of the taxon, where other taxa have the name too; `None` where none is known or needed.
    #[must_use]
    pub fn author(&self, taxon: TaxonId, name: &str) -> Option<&str> {
        let authors = self.authors.get(&name::key(name))?;
        authors.iter().find(|(_, of)| *of == taxon).map(|(author, _)| author.as_str())
    }

    /// Ids that stand for taxa besides their own (of synonyms, retired ones), sorted, by taxon.
    #[must_use]
    pub fn other_ids(&self) -> HashMap<TaxonId, Vec<&str>> {
        let mut ids: HashMap<TaxonId, Vec<&str>> = HashMap::new();
        for (id, taxa) in &self.by_other_id {
            for &taxon in taxa {
                ids.entry(taxon).or_default().push(id);
            }
        }
        for ids in ids.values_mut() {
            ids.sort_unstable();
        }
        ids
    }

    /// Length of the branch from the taxon up to its parent, 0 or more, in the unit of the source;
    /// `None` where the source gives none.
    #[must_use]
    pub fn branch_length(&self, taxon: TaxonId) -> Option<f64> {
        self.branch_lengths.get(&taxon.0).copied()
    }

    /// Length of the path between two taxa along the branches, in the unit of the source; `None` where
    /// a branch on it has no length.
    #[must_use]
    pub fn path_length(&self, a: TaxonId, b: TaxonId) -> Option<f64> {
        let top = self.lca(a, b);
        let climb = |from: TaxonId| -> Option<f64> {
            self.lineage(from).take_while(|&step| step != top).try_fold(0.0, |sum, step| Some(sum + self.branch_length(step)?))
        };
        Some(climb(a)? + climb(b)?)
    }

    /// The lowest common ancestor of `a` and `b`; one of them if it is above the other.
    ///
    /// Parents have smaller ids than their children, so the larger id can never be the ancestor:
    /// climb from it until the two meet.
    #[must_use]
    pub fn lca(&self, a: TaxonId, b: TaxonId) -> TaxonId {
        let (mut a, mut b) = (a.0, b.0);
        while a != b {
            if a > b {
                a = self.parents[a as usize];
            } else {
                b = self.parents[b as usize];
            }
        }
        TaxonId(a)
    }

    /// The ancestor of the taxon (or itself) at a rank; `None` where the lineage has no such rank.
    #[must_use]
    pub fn ancestor_at(&self, taxon: TaxonId, rank: Rank) -> Option<TaxonId> {
        match rank.main_index() {
            Some(index) => self.main_ancestor(taxon, index),
            None => self.lineage(taxon).find(|&step| self.rank(step) == rank),
        }
    }

    /// The ancestor at main rank `index` (kingdom 0 to species 6), in one look-up.
    #[must_use]
    pub fn main_ancestor(&self, taxon: TaxonId, index: usize) -> Option<TaxonId> {
        self.main_ancestors[taxon.index()][index].number().map(TaxonId)
    }

    /// Whether `ancestor` is `taxon` or above it.
    #[must_use]
    pub fn contains(&self, ancestor: TaxonId, taxon: TaxonId) -> bool {
        ancestor <= taxon && taxon.0 < self.clade_ends[ancestor.index()]
    }

    /// The taxon and all its descendants: a contiguous range of ids.
    pub fn clade(&self, taxon: TaxonId) -> impl Iterator<Item = TaxonId> + use<> {
        (taxon.0..self.clade_ends[taxon.index()]).map(TaxonId)
    }

    /// The children, by name.
    pub fn children(&self, taxon: TaxonId) -> impl Iterator<Item = TaxonId> + '_ {
        let end = self.clade_ends[taxon.index()];
        let first = Some(taxon.0 + 1).filter(|&child| child < end);
        std::iter::successors(first, move |&child| Some(self.clade_ends[child as usize]).filter(|&next| next < end)).map(TaxonId)
    }

    /// All taxa without children, in order of id.
    #[must_use]
    pub fn leaves(&self) -> &[TaxonId] {
        &self.leaves
    }

    /// The leaves of a clade as a range of [`Taxonomy::leaves`]; a leaf has itself.
    #[must_use]
    pub fn leaf_range(&self, taxon: TaxonId) -> Range<usize> {
        let end = self.clade_ends[taxon.index()] as usize;
        self.leaves_before[taxon.index()] as usize..self.leaves_before[end] as usize
    }

    /// All taxa of a rank, in order of id.
    pub fn taxa_of_rank(&self, rank: Rank) -> impl Iterator<Item = TaxonId> + '_ {
        self.taxa().filter(move |&taxon| self.rank(taxon) == rank)
    }

    /// Names of the main ranks of the taxon, kingdom to species; empty string where missing.
    #[must_use]
    pub fn main_names(&self, taxon: TaxonId) -> [&str; 7] {
        std::array::from_fn(|index| self.main_ancestor(taxon, index).map_or("", |ancestor| self.name(ancestor)))
    }

    /// SHA-256 of what the taxonomy says (ids, ranks, names, parents, branch lengths, synonyms), in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let line = |taxon: TaxonId| {
            let id = self.source_id(taxon).unwrap_or_default();
            let length = self.branch_length(taxon).map(|length| format!("\t{length}")).unwrap_or_default();
            let synonyms = self.synonyms(taxon).join("\t=");
            let equal = if synonyms.is_empty() { "" } else { "\t=" };
            format!(
                "{}\t{}\t{}\t{id}{length}{equal}{synonyms}\n",
                self.parents[taxon.index()],
                self.rank(taxon),
                self.name(taxon)
            )
        };
        crate::files::sha256::hex(self.taxa().map(line))
    }
}
