//! Texts: ranked by words, by vectors from files, and by models where `nearmiss-encoder` embeds them.

use super::embeddings::name;
use super::runs::{Printed, ranking as of_runs, say_gates, tell};
use crate::commands::cli::{RetrieveArgs, SimilarityChoice};
use crate::commands::command_line::command_line;
use crate::commands::console::Console;
use crate::commands::default_output::default_output;
use crate::commands::ending::Ending;
use crate::commands::output::overwrite;
use crate::files::numpy::{Matrix, matrix, safetensors};
use crate::files::regular_file;
use crate::numbers::counted::counted;
use crate::numbers::neighbours::Similarity;
use crate::report::folder::keep_inputs;
use crate::report::retrieval::Writing;
use crate::report::retrieval::texts::{NamedVectors, SystemKind, TextRanking, TextRankingError, TextsRead, WordRanking, tuned};
use crate::report::scoring::Formulas;
use crate::scores::compare::latex::Preamble;
use crate::scores::compare::text;
use crate::spaces::retrieval::bm25::Parameters;
use crate::spaces::retrieval::file::is_judgements;
use crate::spaces::retrieval::texts::{TextCollection, TextSource, TextVectors, Wanted};
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// Whether texts are to be ranked: something that ranks them is named, or a folder of them.
pub(super) fn are_asked_for(args: &RetrieveArgs) -> bool {
    args.texts() || args.first.as_deref().is_some_and(TextSource::is_at)
}

/// An option that goes with texts alone and was given.
pub(super) fn given(args: &RetrieveArgs) -> Option<&'static str> {
    args.split.as_ref().map(|_| "--split").or_else(|| of_models(args))
}

/// An option that goes with models of texts and was given.
fn of_models(args: &RetrieveArgs) -> Option<&'static str> {
    let options = [
        (args.query_prompt.is_some(), "--query-prompt"),
        (args.document_prompt.is_some(), "--document-prompt"),
        (args.dimensions.is_some(), "--dimensions"),
    ];
    options.into_iter().find(|(is_given, _)| *is_given).map(|(_, option)| option)
}

/// Texts that nothing ranks are told from judgements.
///
/// # Errors
///
/// [`TextRankingError::NoSystem`].
pub(super) fn refused_without_system(first: &Path, args: &RetrieveArgs) -> Result<(), TextRankingError> {
    let may_be = args.runs.is_empty() && !is_judgements(first);
    if may_be && TextSource::One(first.to_path_buf()).read(&Wanted::default()).is_ok() {
        return Err(TextRankingError::NoSystem { texts: first.display().to_string() });
    }
    Ok(())
}

/// Ranks by words and by vectors from files.
pub(super) fn run(args: &RetrieveArgs, writing: &Writing<'_>, console: Console) -> anyhow::Result<Ending> {
    if args.models() {
        bail!("this command is done by nearmiss-encoder");
    }
    if let Some(option) = of_models(args) {
        bail!("{option} goes with a model; give one with --model");
    }
    finished(args, ranking(args)?.read()?, vec![], writing, console)
}

/// What is asked of texts.
///
/// # Errors
///
/// Texts that are not named, or options that go with something else.
pub fn ranking(args: &RetrieveArgs) -> anyhow::Result<TextRanking> {
    let others = [
        (args.labels.is_some() || args.query_labels.is_some(), "--labels"),
        (args.across_observations, "--across-observations"),
        (args.yellow_from.is_some(), "--yellow-from"),
    ];
    if let Some((_, option)) = others.into_iter().find(|(is_given, _)| *is_given) {
        bail!("{option} goes with embeddings of photographs, not with texts");
    }
    let source = source(args)?;
    let texts = source.paths().first().cloned().unwrap_or_default();
    let parameters = Parameters { k1: args.k1.unwrap_or(Parameters::default().k1), b: args.b.unwrap_or(Parameters::default().b) };
    let words = WordRanking { parameters, stop_words: args.stop_words.clone(), tune: args.tune_bm25.clone() };
    Ok(TextRanking {
        source,
        taxonomy: args.taxonomy.clone(),
        part: args.split.clone(),
        words: args.bm25.then_some(words),
        depth: args.depth.unwrap_or_default(),
        ks: args.k.clone(),
        ranking: of_runs(&texts, args),
    })
}

fn source(args: &RetrieveArgs) -> anyhow::Result<TextSource> {
    match (&args.corpus, &args.queries, &args.first) {
        (Some(corpus), Some(queries), judgements) => {
            Ok(TextSource::Files { corpus: corpus.clone(), queries: queries.clone(), judgements: judgements.clone() })
        }
        (None, Some(queries), _) => {
            bail!("--queries {}: the documents that they ask for are missing; give them with --corpus", queries.display())
        }
        (_, _, Some(first)) => Ok(TextSource::One(first.clone())),
        _ => bail!("name the texts: a table of query, positive and negative, or a folder with corpus.jsonl"),
    }
}

/// Ranks texts that were read by what options name and by vectors that models made of them, measures, says and writes it.
///
/// # Errors
///
/// Whatever cannot be read, measured or written.
pub fn measured(
    args: &RetrieveArgs,
    read: TextsRead<'_>,
    vectors: Vec<NamedVectors>,
    console: Console,
) -> anyhow::Result<Ending> {
    let command = command_line().join(" ");
    let writing = Writing {
        command_line: &command,
        overwrite: overwrite(args.force),
        formulas: if args.csv_safe { Formulas::Defused } else { Formulas::Kept },
        preamble: if args.ranx_table { Preamble::Ranx } else { Preamble::Commented },
    };
    finished(args, read, vectors, &writing, console)
}

fn finished(
    args: &RetrieveArgs,
    read: TextsRead<'_>,
    mut vectors: Vec<NamedVectors>,
    writing: &Writing<'_>,
    console: Console,
) -> anyhow::Result<Ending> {
    let (documents, queries) = (read.collection.documents.len(), read.collection.queries.len());
    console.remark(format!("{}, {}", counted(documents, "document", "documents"), counted(queries, "query", "queries")));
    vectors.extend(from_files(args, &read.collection)?);
    let ranked = read.ranked(vectors)?;
    tell(&ranked.ranked.notes, console);
    ranked.systems.iter().for_each(|system| console.remark(format!("  {}", system.sentence())));
    if let Some(tuning) = &ranked.tuning {
        console.remark(format!("  {}", tuned(tuning)));
    }
    let printed = Printed::of(args);
    match printed {
        Printed::Queries => console.say(ranked.ranked.queries_csv()?.trim_end())?,
        Printed::Json => console.say(format!("{:#}", ranked.whole_value(writing.command_line)))?,
        Printed::Table => {
            console.say(text::ranx_table(&ranked.ranked.comparison))?;
            if !ranked.pairs.comparison.metrics.is_empty() {
                console.say(format!("\n{}", text::ranx_table(&ranked.pairs.comparison)))?;
            }
        }
    }
    let inputs: Vec<PathBuf> = source(args)?.paths().into_iter().chain(args.runs.clone()).collect();
    let texts = inputs.first().cloned().unwrap_or_default();
    let output = args.output.clone().unwrap_or_else(|| default_output(&inputs, &name(&texts), console));
    let files = ranked.write(&output, writing)?;
    keep_inputs(&output, &inputs)?;
    let beside = if printed == Printed::Table { console } else { console.aside() };
    say_gates(&ranked.ranked, beside)?;
    beside.say(format!("retrieval: {} ({})", output.join("index.html").display(), counted(files.len(), "file", "files")))?;
    // A gate that fails is told by the exit code.
    Ok(if ranked.ranked.has_failed() { Ending::Skipped } else { Ending::Done })
}

/// Vectors of queries and documents from files.
fn from_files(args: &RetrieveArgs, collection: &TextCollection) -> anyhow::Result<Vec<NamedVectors>> {
    let mut all = vec![];
    for pair in args.embeddings.chunks(2) {
        let [queries, documents] = pair else { bail!("--embeddings: two files are wanted, of queries and of documents") };
        let name = documents.file_stem().map_or_else(|| "embeddings".to_string(), |stem| stem.to_string_lossy().into_owned());
        let (of_queries, of_documents) = (array(queries)?, array(documents)?);
        let values = |(values, _, width): Matrix| (values, width);
        let mut vectors = TextVectors::of_rows(
            &name,
            (values(of_queries), &collection.queries),
            (values(of_documents), collection.documents.as_ref()),
        )?;
        vectors.similarity = args.similarity.map_or(Similarity::Cosine, SimilarityChoice::similarity);
        let files = [queries, documents].map(|path| path.display().to_string());
        let kind = SystemKind::Vectors { files, width: vectors.width(), similarity: vectors.similarity };
        all.push(NamedVectors { name, vectors, kind });
    }
    Ok(all)
}

/// A matrix from a file of NumPy or safetensors.
fn array(path: &Path) -> anyhow::Result<Matrix> {
    let read = || regular_file::read(path).with_context(|| format!("{}: cannot read", path.display()));
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let found = match extension.as_str() {
        "npy" => matrix(&read()?),
        "safetensors" => safetensors(&read()?),
        _ => bail!("{}: vectors of texts are read from .npy and .safetensors", path.display()),
    };
    found.with_context(|| path.display().to_string())
}
