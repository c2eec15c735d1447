//! Why a table could not be read.

use crate::taxonomy::build::Problem;
use std::path::PathBuf;

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TableError {
    #[error("{path}: cannot read the table: {source}")]
    Open { path: PathBuf, source: std::io::Error },
    #[error("{}: {what}", place(path, *line))]
    Format { path: PathBuf, line: Option<u64>, what: String },
    #[error("{path}: the table is empty: it has no row")]
    Empty { path: PathBuf },
    #[error("{path}: no column '{column}' (from {option}){}; columns: {columns}", nearest(suggestion.as_deref()))]
    NoSuchColumn { path: PathBuf, column: String, option: &'static str, suggestion: Option<String>, columns: String },
    #[error(
        "{path}: no column is recognisable as the prediction; columns: {columns}. \
         Name it with --predicted-column (repeat it for several runs)"
    )]
    NoPredicted { path: PathBuf, columns: String },
    #[error(
        "{path}: no column is recognisable as the truth, and the image paths have no class folders; columns: {columns}. \
         Name it with --truth-column, or give a second table with --truth"
    )]
    NoTruth { path: PathBuf, columns: String },
    #[error("{path}: several columns could be the {role}: {candidates}. Name one with {option}")]
    SeveralColumns { path: PathBuf, role: &'static str, candidates: String, option: &'static str },
    #[error(
        "{path}: column '{column}' holds sentences ('{example}'), not names. Give --predicted-pattern, \
         a regular expression whose first group is the name"
    )]
    Sentences { path: PathBuf, column: String, example: String },
    #[error("{path}: no column is recognisable as the image; columns: {columns}. Name it with --image-column: {needed}")]
    NoImages { path: PathBuf, columns: String, needed: &'static str },
    #[error(
        "{path}: {count} image{} stand{} in several rows of a table without scores or positions: {examples}. \
         Remove the repeated rows, or name another --image-column or a --score-column. Where images show several taxa, \
         `nearmiss sets` scores them",
        if *count == 1 { "" } else { "s" }, if *count == 1 { "s" } else { "" }
    )]
    RepeatedImages { path: PathBuf, count: usize, examples: String },
    #[error(
        "{path}: {count} image{} with more than one truth: {examples}. Where images show several taxa, `nearmiss sets` scores them",
        if *count == 1 { "" } else { "s" }
    )]
    SeveralTruths { path: PathBuf, count: usize, examples: String },
    #[error(
        "{path}: {count} image{} whose rows differ in column '{column}': {examples}. \
         Give every row of an image the same, or leave the column blank in all but one",
        if *count == 1 { "" } else { "s" }
    )]
    SeveralCells { path: PathBuf, column: String, count: usize, examples: String },
    #[error(
        "{path}: {count} image{} with rows that give one label several scores: {examples}. Leave one row of each label",
        if *count == 1 { "" } else { "s" }
    )]
    SeveralScores { path: PathBuf, count: usize, examples: String },
    #[error("{path}: several columns are called '{column}': give each its own name, or remove all but one")]
    RepeatedColumn { path: PathBuf, column: String },
    #[error(
        "{path}: no image of the predictions is in the truth table {truth_path} (other columns are named with --image-column and \
         --truth-image-column): predictions have '{image}', the truth has '{truth_image}'"
    )]
    NoCommonImage { path: PathBuf, truth_path: PathBuf, image: String, truth_image: String },
    #[error(
        "{path}: no image of the predictions is in the truth table {truth_path}: '{image}' and '{truth_image}' have one file name \
         and lie in different folders, which makes them different photographs. If they are the same, write the paths of both \
         tables from one folder on"
    )]
    OtherFolders { path: PathBuf, truth_path: PathBuf, image: String, truth_image: String },
    #[error(
        "{path}: no image of the predictions can be joined to the truth table {truth_path}: '{image}' could be {others}. \
         Write the same folders and endings in both tables"
    )]
    DoubtfulImages { path: PathBuf, truth_path: PathBuf, image: String, others: String },
    #[error(
        "{path}: no column of the truth table is recognisable as the image; columns: {columns}. Name it with \
         --truth-image-column: the table is joined by it"
    )]
    NoTruthImages { path: PathBuf, columns: String },
    #[error("clade '{clade}': {what}")]
    Clade { clade: String, what: String },
    #[error(
        "blank truths can be a class of their own only in a taxonomy built from the table: \
         leave the taxonomy out, or leave blank truths out or count them as wrong"
    )]
    BlankInGivenTaxonomy,
    #[error("{path}: the lineages of the table form no tree:\n{}", list(problems))]
    Tree { path: PathBuf, problems: Vec<Problem> },
    #[error(
        "{path}: not the table that the run wrote ({fault}): cut off, edited or of another run; classify again, or remove \
         'files' from run.json beside it to use it as it is"
    )]
    Altered { path: PathBuf, fault: String },
    #[error(
        "{path}: column '{column}' holds no score: of '{example}' no number can be read. Name another --score-column, or mend the \
         column"
    )]
    NoScores { path: PathBuf, column: String, example: String },
    #[error(
        "{path}: none of the {count} answers is a taxon of the taxonomy ({examples}). Give a taxonomy that has these names, or name \
         the right --predicted-column; --explain shows what was read"
    )]
    NothingKnown { path: PathBuf, count: u64, examples: String },
    #[error(
        "{path}: column '{column}' holds numbers ('{example}'), not names. Give the names of the classes: write them into the \
         column or name another one with {option}; numbers that are ids of taxa need --taxonomy"
    )]
    NumbersForNames { path: PathBuf, column: String, example: String, option: &'static str },
    #[error(
        "{path}: column '{column}' holds ids of sequences ('{example}'), not names of taxa. Write names or lineages of the taxa \
         into the table, and name their column with --predicted-column"
    )]
    Accessions { path: PathBuf, column: String, example: String },
    #[error(
        "{path}: the first line holds data ('{first}') where the names of the columns should be: write a line such as \
         'image,prediction' above it"
    )]
    FirstLineIsData { path: PathBuf, first: String },
    #[error(
        "{path}: --score-column '{column}' can belong to one column of answers only, and these are read: {columns}. Name the one \
         with --predicted-column"
    )]
    ScoreOfSeveral { path: PathBuf, column: String, columns: String },
    #[error(
        "{path}: the run holds vectors and no answers, for its model names no taxon: `nearmiss latent {path}` looks at their \
         space, `nearmiss retrieve {path}` ranks by them, and a probe answers by them (`nearmiss train`, with run = '{path}' \
         in its table [probe])"
    )]
    NoAnswers { path: PathBuf },
    #[error("{path}: read otherwise than the rest of the table: {what}; {remedy}")]
    Differs { path: PathBuf, what: String, remedy: &'static str },
    #[error("{path}: not a run directory: {what}")]
    Run { path: PathBuf, what: String },
}

fn place(path: &std::path::Path, line: Option<u64>) -> String {
    line.map_or_else(|| path.display().to_string(), |line| format!("{}:{line}", path.display()))
}

fn nearest(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean '{name}'?"))
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// At most five things in quotes, with the number of those left out.
pub(super) fn examples<T: AsRef<str>>(things: &[T]) -> String {
    let shown = things.iter().take(5).map(|thing| format!("'{}'", thing.as_ref())).collect::<Vec<_>>().join(", ");
    if things.len() > 5 { format!("{shown} and {} more", things.len() - 5) } else { shown }
}
