//! Taxonomies: read, searched and walked.

use crate::cells::texts;
use crate::error::{OrRefused, refusal};
use crate::frame::Frame;
use crate::running::attempt;
use crate::table::Table;
use crate::taxon::{Taxon, Tree};
use nearmiss::answers::table::{TableSource, columns_of};
use nearmiss::report::text;
use nearmiss::scores::outcome::Outcome;
use nearmiss::taxonomy::import::ImportOptions;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::{Found, Resolved};
use nearmiss::taxonomy::{TaxonId, Taxonomy as Taxa};
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::{CsvWriter, SerWriter};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyType};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

/// Lineages that a refusal lists at most.
const SHOWN: usize = 5;

/// A tree of taxa, root first.
///
/// Examples
/// --------
/// >>> import nearmiss as nm
/// >>> taxonomy = nm.Taxonomy.read("pollinators-france")
/// >>> taxonomy.lca("Apis mellifera", "Bombus lucorum").name
/// 'Apidae'
/// >>> taxonomy.height("Apis mellifera", "Bombus lucorum")
/// 2
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Taxonomy {
    pub(crate) tree: Arc<Tree>,
}

impl Taxonomy {
    pub(crate) fn of(taxa: Arc<Taxa>, source: String) -> Taxonomy {
        Taxonomy { tree: Arc::new(Tree::new(taxa, source)) }
    }

    /// The taxon that is named, or given.
    pub(crate) fn place(&self, given: &Bound<'_, PyAny>) -> PyResult<TaxonId> {
        let tree = &self.tree;
        if let Ok(taxon) = given.cast::<Taxon>() {
            let taxon = taxon.get();
            return if tree.is_same(&taxon.tree) { Ok(taxon.place) } else { Err(refusal(&foreign(tree, taxon))) };
        }
        let Ok(name) = given.cast::<PyString>() else {
            let kind = given.get_type().qualname()?;
            return Err(PyTypeError::new_err(format!("a taxon is a str or a Taxon, and this is of type {kind}")));
        };
        let name = name.to_cow()?;
        let resolved = tree.taxa.resolve(&name);
        resolved.taxon().ok_or_else(|| refusal(&not_one(tree, &name, &resolved)))
    }
}

/// What is said of a taxon of another taxonomy.
fn foreign(tree: &Tree, taxon: &Taxon) -> String {
    let (name, own) = (taxon.tree.taxa.name(taxon.place), &taxon.tree.source);
    format!("'{name}' is a taxon of another taxonomy ({own}) than this one ({}); give its name, or find it here", tree.source)
}

/// What is said of a name that is not one taxon.
fn not_one(tree: &Tree, name: &str, resolved: &Resolved) -> String {
    let lineages = |taxa: &[TaxonId]| {
        let shown = taxa.iter().take(SHOWN).map(|&taxon| format!("'{}'", tree.taxa.lineage_string(taxon, ";")));
        let more = taxa.len().saturating_sub(SHOWN);
        shown.collect::<Vec<_>>().join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
    };
    match &resolved.found {
        Found::Several(taxa) => {
            format!("'{name}' stands for {} taxa of {}; give one of {}", taxa.len(), tree.source, lineages(taxa))
        }
        _ if !resolved.contradicted.is_empty() => {
            format!("'{name}' is not in {}: what has the name is {}", tree.source, lineages(&resolved.contradicted))
        }
        _ => format!("'{name}' is not in {}{}", tree.source, tree.taxa.suggestion(name)),
    }
}

/// A taxon of a taxonomy of Python's.
fn taxon(this: &Bound<'_, Taxonomy>, place: TaxonId) -> Taxon {
    Taxon::new(&this.get().tree, place, this.as_any())
}

fn taxa(this: &Bound<'_, Taxonomy>, places: impl IntoIterator<Item = TaxonId>) -> Vec<Taxon> {
    places.into_iter().map(|place| taxon(this, place)).collect()
}

/// Taxa without a parent that has a name.
fn roots(tree: &Tree) -> Vec<TaxonId> {
    if tree.is_nameless(TaxonId::ROOT) { tree.taxa.children(TaxonId::ROOT).collect() } else { vec![TaxonId::ROOT] }
}

#[pymethods]
impl Taxonomy {
    /// Reads a taxonomy from a file of any format that is known, or a shipped one by its name; `name` is what it is called
    /// from here on.
    #[staticmethod]
    #[pyo3(signature = (source, within=None, name=None))]
    fn read(py: Python<'_>, source: &Bound<'_, PyAny>, within: Option<String>, name: Option<String>) -> PyResult<Taxonomy> {
        // As for every other path: `~` is the home folder.
        let path: PathBuf = py.import("os.path")?.call_method1("expanduser", (source,))?.extract()?;
        let source = path.display().to_string();
        let options = ImportOptions { within: within.into_iter().collect(), ..ImportOptions::default() };
        let called = name.unwrap_or_else(|| source.clone());
        let taxa = attempt(py, move || Taxa::named_with(&source, &options))?;
        Ok(Taxonomy::of(Arc::new(taxa), called))
    }

    /// Reads a taxonomy from a table in memory: a column for each rank, or the columns of `nearmiss taxonomy import`.
    #[staticmethod]
    fn from_frame(py: Python<'_>, frame: &Bound<'_, Frame>) -> PyResult<Taxonomy> {
        let table = frame.get().source();
        let source = table.name().display().to_string();
        let taxa = attempt(py, move || from_table(&table))?;
        Ok(Taxonomy::of(Arc::new(taxa), source))
    }

    /// Where it came from: a path, the name of a shipped taxonomy, or a few words.
    #[getter]
    fn source(&self) -> &str {
        &self.tree.source
    }

    /// SHA-256 of what the taxonomy says, in hexadecimal.
    #[getter]
    fn fingerprint(&self, py: Python<'_>) -> String {
        py.detach(|| self.tree.fingerprint().to_string())
    }

    fn __len__(&self) -> usize {
        self.tree.taxa.len() - usize::from(self.tree.is_nameless(TaxonId::ROOT))
    }

    #[expect(clippy::unused_self, reason = "Python asks it of an object")]
    fn __bool__(&self) -> bool {
        true
    }

    fn __repr__(&self) -> String {
        let count = text::count(self.__len__() as u64).replace('\u{a0}', " ");
        format!("Taxonomy('{}', {count} {})", self.tree.source, if self.__len__() == 1 { "taxon" } else { "taxa" })
    }

    /// The taxon of a name, an id or a lineage.
    fn find(this: &Bound<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<Taxon> {
        Ok(taxon(this, this.get().place(name)?))
    }

    /// The taxon of a name, an id or a lineage; None where it is none, or more than one.
    fn get(this: &Bound<'_, Self>, name: &str) -> Option<Taxon> {
        this.get().tree.taxa.resolve(name).taxon().map(|place| taxon(this, place))
    }

    /// The lowest taxon that holds both.
    fn lca(this: &Bound<'_, Self>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Taxon> {
        let own = this.get();
        let (a, b) = (own.place(a)?, own.place(b)?);
        Ok(taxon(this, own.tree.taxa.lca(a, b)))
    }

    /// Height of an error: rungs from the truth up to the lowest taxon that holds both, as in mistakes.csv.
    fn height(&self, truth: &Bound<'_, PyAny>, predicted: &Bound<'_, PyAny>) -> PyResult<u32> {
        let (truth, predicted) = (self.place(truth)?, self.place(predicted)?);
        Ok(Outcome::of(&self.tree.taxa, truth, predicted).height(&self.tree.taxa))
    }

    /// Edges of the tree between two taxa.
    fn distance(&self, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<u32> {
        let (a, b) = (self.place(a)?, self.place(b)?);
        let taxa = &self.tree.taxa;
        Ok(taxa.depth(a) + taxa.depth(b) - 2 * taxa.depth(taxa.lca(a, b)))
    }

    /// The taxa that have none above them.
    fn roots(this: &Bound<'_, Self>) -> Vec<Taxon> {
        taxa(this, roots(&this.get().tree))
    }

    /// The taxa right below one, by name; without one the roots.
    #[pyo3(signature = (taxon=None))]
    fn children(this: &Bound<'_, Self>, taxon: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Taxon>> {
        let Some(taxon) = taxon else { return Ok(Taxonomy::roots(this)) };
        let own = this.get();
        Ok(taxa(this, own.tree.taxa.children(own.place(taxon)?)))
    }

    /// The taxa that have none below them.
    fn leaves(this: &Bound<'_, Self>) -> Vec<Taxon> {
        let tree = &this.get().tree;
        taxa(this, tree.taxa.leaves().iter().copied().filter(|&leaf| !tree.is_nameless(leaf)))
    }

    /// A row for each taxon: taxon, name, rank, parent, kingdom to species.
    fn to_table(&self, py: Python<'_>) -> PyResult<Table> {
        let tree = Arc::clone(&self.tree);
        Ok(Table::of(attempt(py, move || table(&tree))?))
    }

    /// Two are alike where they say the same, wherever they were read.
    fn __eq__(&self, other: &Bound<'_, Taxonomy>) -> bool {
        self.tree.is_same(&other.get().tree)
    }

    fn __hash__(&self, py: Python<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        py.detach(|| self.tree.fingerprint().hash(&mut hasher));
        hasher.finish()
    }

    /// Nothing changes a taxonomy: a copy is the same one.
    fn __copy__<'py>(this: &Bound<'py, Self>) -> Bound<'py, Self> {
        this.clone()
    }

    fn __deepcopy__<'py>(this: &Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        this.clone()
    }

    /// Pickled as bytes, which are read back as the same taxonomy whatever became of its file.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyType>,))> {
        let bytes = py.detach(|| self.tree.taxa.packed()).or_refused()?;
        let arguments = ("_unpacked", PyBytes::new(py, &bytes), self.tree.source.as_str());
        Ok((py.import("operator")?.getattr("methodcaller")?.call1(arguments)?, (py.get_type::<Taxonomy>(),)))
    }

    /// Reads what a pickle holds.
    #[staticmethod]
    #[pyo3(name = "_unpacked")]
    fn unpacked(py: Python<'_>, bytes: &[u8], source: String) -> PyResult<Taxonomy> {
        let taxa = py.detach(|| Taxa::unpacked(bytes)).or_refused()?;
        Ok(Taxonomy::of(Arc::new(taxa), source))
    }

    /// The taxon at a place, for pickles of taxa.
    #[pyo3(name = "_at")]
    fn at(this: &Bound<'_, Self>, place: usize) -> PyResult<Taxon> {
        let tree = &this.get().tree;
        let found = tree.taxa.taxa().nth(place).map(|place| taxon(this, place));
        found.ok_or_else(|| refusal(&format!("{} has no taxon at place {place}; it has {}", tree.source, tree.taxa.len())))
    }
}

/// The taxonomy of a table: the formats of taxonomies are told apart by the bytes of files.
fn from_table(table: &TableSource) -> Result<Taxa, String> {
    let mut data = columns_of(table).map_err(|error| error.to_string())?;
    let mut bytes = vec![];
    CsvWriter::new(&mut bytes).finish(&mut data).map_err(|error| error.to_string())?;
    Taxa::from_bytes(&bytes, table.name()).map_err(|error| error.to_string())
}

fn table(tree: &Tree) -> PolarsResult<DataFrame> {
    let taxa = &tree.taxa;
    let rows: Vec<TaxonId> = taxa.taxa().filter(|&taxon| !tree.is_nameless(taxon)).collect();
    let texts = |name: &str, cell: &dyn Fn(TaxonId) -> Option<String>| texts(name, rows.iter().map(|&taxon| cell(taxon)));
    let mut columns = vec![
        texts("taxon", &|taxon| Some(text::identity(taxa, taxon))),
        texts("name", &|taxon| Some(taxa.name(taxon).to_string())),
        texts("rank", &|taxon| Some(taxa.rank(taxon).name().to_string())),
        texts("parent", &|taxon| {
            taxa.parent(taxon).filter(|&parent| !tree.is_nameless(parent)).map(|parent| text::identity(taxa, parent))
        }),
    ];
    columns.extend(Rank::MAIN.iter().enumerate().map(|(index, rank)| {
        texts(rank.name(), &|taxon| taxa.main_ancestor(taxon, index).map(|ancestor| taxa.name(ancestor).to_string()))
    }));
    DataFrame::new(rows.len(), columns)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Taxonomy>()
}
