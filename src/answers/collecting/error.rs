//! Why answers cannot be collected.

/// Why answers cannot be collected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum CollectingError {
    #[error("top is 0, and at least the best answer of each image is kept: give a number from 1")]
    NoTop,
    #[error("candidates is empty: give the name of every class, in the order of the columns of the scores")]
    Empty,
    #[error("candidates[{place}] is no name of a taxon: give every class its name, in the order of the columns of the scores")]
    Nameless { place: usize },
    #[error("candidates[{place}] is '{name}', which is not in the taxonomy{nearest}")]
    Unknown { place: usize, name: String, nearest: String },
    #[error("candidates[{place}] is '{name}', which names {count} taxa; give a lineage: {lineages}")]
    Several { place: usize, name: String, count: usize, lineages: String },
    #[error(
        "candidates[{first}] and candidates[{second}] ('{name}') are one taxon, {taxon}: every class needs a taxon of its own; \
         put the two together, or give them finer names"
    )]
    Twice { first: usize, second: usize, name: String, taxon: String },
    #[error("{what} needs candidates, and none were given: name the classes, in the order of their places")]
    NoCandidates { what: &'static str },
    #[error("the scores have {columns} for {candidates}: they need one column for each, in the same order")]
    Columns { columns: String, candidates: String },
    #[error("there are answers for {answers} and {truths}: each image needs one truth, or None")]
    Lengths { answers: String, truths: String },
    #[error("{what}[{row}] is {place}, and places among the {candidates} go from 0 to {last}; -1 says that there is none")]
    Place { what: &'static str, row: usize, place: i64, candidates: String, last: usize },
    #[error("the score at row {row}, column {column} (from 0) is {what}")]
    Score { row: usize, column: usize, what: String },
    #[error(
        "the other one was collected with another taxonomy (fingerprint {other:.12}…, and here {own:.12}…): only answers in one \
         taxonomy can be joined"
    )]
    OtherTaxonomy { own: String, other: String },
    #[error("the other one has {other} and this one {own}: only answers among the same candidates, in one order, can be joined")]
    OtherCandidates { own: String, other: String },
    #[error("the other one keeps {other} and this one {own}: only answers that are kept alike can be joined")]
    OtherKept { own: String, other: String },
}
