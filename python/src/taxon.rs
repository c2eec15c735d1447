//! A taxon of a taxonomy, and the taxonomy as Rust holds it.

use nearmiss::report::text;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use pyo3::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// A taxonomy that has been read, and where it came from.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) taxa: Arc<Taxonomy>,
    pub(crate) source: String,
    fingerprint: OnceLock<String>,
}

impl Tree {
    pub(crate) fn new(taxa: Arc<Taxonomy>, source: String) -> Tree {
        Tree { taxa, source, fingerprint: OnceLock::new() }
    }

    /// The SHA-256 of what the taxonomy says; worked out once.
    pub(crate) fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| self.taxa.fingerprint())
    }

    /// Whether taxa of one are taxa of the other.
    pub(crate) fn is_same(&self, other: &Tree) -> bool {
        Arc::ptr_eq(&self.taxa, &other.taxa) || (self.taxa.len() == other.taxa.len() && self.fingerprint() == other.fingerprint())
    }

    /// Whether a taxon is the root that a tree of several kingdoms has, and that the source does not name.
    pub(crate) fn is_nameless(&self, taxon: TaxonId) -> bool {
        taxon == TaxonId::ROOT && self.taxa.name(taxon) == "root"
    }
}

/// A taxon: its name, its rank, and where it stands.
///
/// Examples
/// --------
/// >>> import nearmiss as nm
/// >>> taxon = nm.Taxonomy.read("pollinators-france").find("Apis mellifera")
/// >>> taxon.rank, taxon.lineage[-2:]
/// ('species', [('genus', 'Apis'), ('species', 'Apis mellifera')])
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Taxon {
    pub(crate) tree: Arc<Tree>,
    pub(crate) place: TaxonId,
    /// The taxonomy as Python has it.
    taxonomy: Py<PyAny>,
}

impl Taxon {
    pub(crate) fn new(tree: &Arc<Tree>, place: TaxonId, taxonomy: &Bound<'_, PyAny>) -> Taxon {
        Taxon { tree: Arc::clone(tree), place, taxonomy: taxonomy.clone().unbind() }
    }
}

#[pymethods]
impl Taxon {
    /// The scientific name.
    #[getter]
    fn name(&self) -> &str {
        self.tree.taxa.name(self.place)
    }

    /// The rank in English, lower case; `unranked` where the source gives none.
    #[getter]
    fn rank(&self) -> &'static str {
        self.tree.taxa.rank(self.place).name()
    }

    /// What identifies the taxon in files: the id of its source, or else its lineage joined with `;`.
    #[getter]
    fn id(&self) -> String {
        text::identity(&self.tree.taxa, self.place)
    }

    /// Rank and name of the taxon and all taxa above it, the highest first.
    #[getter]
    fn lineage(&self) -> Vec<(&'static str, &str)> {
        let taxa = &self.tree.taxa;
        let steps = taxa.lineage(self.place).filter(|&step| !self.tree.is_nameless(step));
        let mut lineage: Vec<(&'static str, &str)> = steps.map(|step| (taxa.rank(step).name(), taxa.name(step))).collect();
        lineage.reverse();
        lineage
    }

    /// The taxonomy that it is of.
    #[getter]
    fn taxonomy(&self, py: Python<'_>) -> Py<PyAny> {
        self.taxonomy.clone_ref(py)
    }

    fn __eq__(&self, other: &Bound<'_, Taxon>) -> bool {
        let other = other.get();
        self.place == other.place && self.tree.is_same(&other.tree)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.tree.fingerprint(), self.place).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        format!("Taxon('{}', '{}')", self.name(), self.rank())
    }

    fn __str__(&self) -> &str {
        self.name()
    }

    /// Pickled as its place in its taxonomy, which is pickled with it.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (usize,))> {
        Ok((self.taxonomy.bind(py).getattr("_at")?, (self.place.index(),)))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Taxon>()
}
