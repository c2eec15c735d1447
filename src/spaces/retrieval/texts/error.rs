//! Why texts cannot be read or ranked.

use crate::answers::table::TableError;
use crate::spaces::embeddings::EmbeddingsError;
use crate::spaces::retrieval::file::FileError;
use std::path::PathBuf;

/// Why texts cannot be read or ranked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TextsError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Judgements(#[from] FileError),
    #[error(transparent)]
    Taxa(#[from] EmbeddingsError),
    #[error("{}: no column of {wanted}; its columns are {columns}; call it {names}", path.display())]
    NoColumn { path: PathBuf, wanted: &'static str, columns: String, names: String },
    #[error("{}: {columns} could each be the column of {wanted}; leave one of them", path.display())]
    SeveralColumns { path: PathBuf, wanted: &'static str, columns: String },
    #[error("{}: the column '{column}' cannot be read: {what}", path.display())]
    Column { path: PathBuf, column: String, what: String },
    #[error(
        "{}: row {row}: '{column}' holds a list as Python prints it ({start}…); write a list of JSON, or a column for each text",
        path.display()
    )]
    PythonList { path: PathBuf, column: String, row: usize, start: String },
    #[error(
        "{}: '{column}' says how much alike the two texts of a row are, and rows of pairs are taken for right ones; keep the rows that \
         are alike, and leave the column out",
        path.display()
    )]
    GradedPairs { path: PathBuf, column: String },
    #[error("{}: row {row} has a text and no id; give it one", path.display())]
    NoId { path: PathBuf, row: usize },
    #[error("{}: rows {first} and {second} have the id '{id}' and different texts; give each its own id", path.display())]
    SameId { path: PathBuf, id: String, first: usize, second: usize },
    #[error("{}: it holds no {noun} with a text", path.display())]
    NoText { path: PathBuf, noun: &'static str },
    #[error("{}: no row has a query and a document that answers it", path.display())]
    NoPair { path: PathBuf },
    #[error("{}: none of its judged queries is among the queries: the first is '{judged}', and that of the queries '{known}'", path.display())]
    NoQuery { path: PathBuf, judged: String, known: String },
    #[error(
        "{}: no judgements are given and {what} no taxa to judge by; name the judgements first, or give a column 'taxon' or columns of \
         ranks",
        path.display()
    )]
    NoTaxa { path: PathBuf, what: &'static str },
    #[error("{}: none of its taxa is in the taxonomy; check the names with `nearmiss taxonomy resolve`, or give another --taxonomy", path.display())]
    UnknownTaxa { path: PathBuf },
    #[error("{}: the taxon '{taxon}' is a lineage; give the --taxonomy that it is of, or write its ranks into columns", path.display())]
    Lineage { path: PathBuf, taxon: String },
    #[error("{}: {missing} is missing; a folder of texts has corpus.jsonl, queries.jsonl and qrels/test.tsv", folder.display())]
    Folder { folder: PathBuf, missing: &'static str },
    #[error("{}: no judgements for '{part}'; there are {there}; name one with --split", folder.display())]
    NoPart { folder: PathBuf, part: String, there: String },
    #[error("--split '{part}': no query is of that split; there are {there}")]
    NoSuchPart { part: String, there: String },
    #[error("the query '{query}' stands in several splits; give it one")]
    DividedQuery { query: String },
    #[error("--tune-bm25 needs queries to tune on and others to measure, and there {}: {what}", if *queries == 1 { "is 1 query" } else { "are too few" })]
    TooFewToTune { queries: usize, what: String },
    #[error("measure '{measure}' looks at {k} documents, and rankings are cut at {depth}; give --depth {k}")]
    TooDeep { measure: String, k: usize, depth: usize },
    #[error(
        "measure '{measure}' looks at whole rankings, and these are cut at {depth} of {documents} documents; give --depth all"
    )]
    NotWhole { measure: String, depth: usize, documents: usize },
    #[error(
        "{name}: {found} vectors of {noun} for {wanted} texts; there must be one for each row of the file, or of a table of pairs for \
         each different text in the order of texts.csv"
    )]
    Vectors { name: String, found: usize, wanted: usize, noun: &'static str },
    #[error("{name}: vectors of queries have length {queries}, those of documents {documents}; both must be of one space")]
    Widths { name: String, queries: usize, documents: usize },
    #[error("{name}: the vector of the {noun} '{id}' holds a value that is not finite; embed it again")]
    NotFinite { name: String, noun: &'static str, id: String },
}
