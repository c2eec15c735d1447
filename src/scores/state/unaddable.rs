//! Why answers cannot be added up.

/// Why answers cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unaddable {
    /// Two parts that were not read alike.
    #[error("the {what} of one part is {one}, of the other {other}; read all parts with the same options")]
    Different {
        /// What differs.
        what: &'static str,
        /// In one part.
        one: String,
        /// In the other.
        other: String,
    },
    /// What needs more of an image than is kept.
    #[error("{0}, which states do not hold")]
    NeedsImages(&'static str),
    /// More images than counters hold.
    #[error("{0} images are more than can be counted: 4294967295")]
    TooMany(u64),
    /// Runs over different lists of candidates.
    #[error("the candidates of one part are not those of the other; parts of one run are classified with one list of labels")]
    Candidates,
    /// Distributions that rest on different information.
    #[error(
        "truths that lie beside or below the candidates are not the same in both parts, so that taxa do not say as much in one as \
         in the other; merge the runs instead (`nearmiss merge`) and report the whole"
    )]
    Tips,
    /// Whole distributions in one of them.
    #[error("one part has whole distributions, and the other has none: {0}; make all parts alike, or report each by itself")]
    Distributions(String),
    /// A table and a run, or lists that are whole distributions and lists that are not.
    #[error(
        "one part holds images one by one, as runs and tables of whole distributions do, and the other counts them; give parts of \
         one run, or of one table with at least two labels an image"
    )]
    Mixed,
}
