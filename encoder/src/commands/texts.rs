//! `nearmiss retrieve`, `latent` and `taxonomy resolve` where a model embeds texts.

use crate::spaces::texts::{Embedded, Suggestions, TextModel, TextOptions, TextsError, suggest};
use anyhow::{Context, bail};
use nearmiss::answers::table::TableSource;
use nearmiss::commands::cli::{LatentArgs, ResolveArgs, RetrieveArgs, SimilarityChoice};
use nearmiss::commands::latent::measured;
use nearmiss::commands::taxonomy::resolve::{Suggested, finished, is_open, resolved};
use nearmiss::commands::{Console, Ending, progress_bar, retrieve};
use nearmiss::numbers::counted::counted;
use nearmiss::report::measuring::{NamedEmbeddings, Vectors, space_name};
use nearmiss::report::retrieval::texts::{ModelFile, ModelRecord, NamedVectors, SystemKind};
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::retrieval::texts::{Role, TextCollection, TextFile, TextVectors};
use nearmiss::taxonomy::Taxonomy;
use std::collections::BTreeMap;
use std::path::Path;

/// Ranks texts by the vectors that models make of them, beside whatever else ranks them.
///
/// # Errors
///
/// Texts or models that cannot be read; as `nearmiss retrieve`.
pub fn retrieve(args: &RetrieveArgs, console: Console) -> anyhow::Result<Ending> {
    if args.k.contains(&0) {
        bail!("--k 0: a number of documents is 1 or more");
    }
    if let Some(first) = args.first.as_ref().filter(|first| !first.exists()) {
        bail!("{}: there is no such file or folder", first.display());
    }
    let ranking = retrieve::texts::ranking(args)?;
    let read = ranking.read()?;
    let options = TextOptions {
        device: args.device,
        query_prompt: args.query_prompt.clone(),
        document_prompt: args.document_prompt.clone(),
        dimensions: args.dimensions,
    };
    let two = args.query_model.iter().zip(&args.document_model).map(|(queries, documents)| (queries, Some(documents)));
    let mut vectors = vec![];
    for (model, documents) in args.model.iter().map(|model| (model, None)).chain(two) {
        vectors.push(ranked_by(model, documents, &options, &read.collection, args.similarity, console)?);
    }
    retrieve::texts::measured(args, read, vectors, console)
}

/// The vectors of a collection by a model, or by one of queries and one of documents.
fn ranked_by(
    model: &str,
    of_documents: Option<&String>,
    options: &TextOptions,
    texts: &TextCollection,
    similarity: Option<SimilarityChoice>,
    console: Console,
) -> anyhow::Result<NamedVectors> {
    let opened = open(model, options, console)?;
    let queries = shown(console, "queries", texts.queries.len(), |progress| opened.queries(&texts.queries.texts, progress))?;
    let other = of_documents.map(|name| open(name, options, console)).transpose()?;
    let reader = other.as_ref().unwrap_or(&opened);
    let embed = |progress: &dyn Fn(usize)| reader.documents(&texts.documents.texts, progress);
    let documents = shown(console, "documents", texts.documents.len(), embed)?;
    let name = match of_documents {
        Some(other) => format!("{} + {}", short(model), short(other)),
        None => short(model),
    };
    let record = |queries: &Embedded, documents: &Embedded, near| -> anyhow::Result<ModelRecord> {
        let files = opened.files()?.into_iter().chain(other.as_ref().map(TextModel::files).transpose()?.unwrap_or_default());
        Ok(ModelRecord {
            model: model.to_string(),
            document_model: of_documents.cloned(),
            model_files: files.map(|file| ModelFile { file: file.name, sha256: file.sha256 }).collect(),
            architecture: opened.architecture(),
            device: opened.device(),
            precision: opened.precision(),
            width: documents.width,
            similarity: near,
            query_prompt: opened.query_prompt().to_string(),
            document_prompt: reader.document_prompt().to_string(),
            truncated_queries: queries.truncated,
            truncated_documents: documents.truncated,
        })
    };
    let near = similarity.map_or(opened.similarity(), SimilarityChoice::similarity);
    let kind = SystemKind::Model(record(&queries, &documents, near)?);
    let mut vectors = TextVectors::of(&name, (queries.values, queries.width), (documents.values, documents.width))?;
    vectors.check(&name, &texts.queries, &texts.documents)?;
    vectors.similarity = near;
    Ok(NamedVectors { name, vectors, kind })
}

/// Measures the spaces that models make of texts with their taxa.
///
/// # Errors
///
/// Texts without taxa, texts or models that cannot be read; as `nearmiss latent`.
pub fn latent(args: &LatentArgs, console: Console) -> anyhow::Result<Ending> {
    if args.hidden() {
        bail!("--model embeds texts, and --pool and --layers take hidden states of the photographs of a run; give one of them");
    }
    if let Some(labels) = &args.labels {
        bail!("--labels {}: with --model the taxa stand beside the texts, in one table", labels.display());
    }
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let options = TextOptions {
        device: args.device,
        query_prompt: None,
        document_prompt: args.document_prompt.clone(),
        dimensions: args.dimensions,
    };
    let mut files = vec![];
    for path in &args.embeddings {
        let file = TextFile::read(path, Role::Documents)?;
        file.notes.iter().for_each(|note| console.remark(format!("  note: {note}")));
        files.push((path, file));
    }
    let mut found = vec![];
    for model in &args.model {
        let opened = open(model, &options, console)?;
        for (path, file) in &files {
            let embeddings = embeddings(path, file, &opened, given.as_ref(), console)?;
            let name = match (files.len(), args.model.len()) {
                (1, _) => short(model),
                (_, 1) => space_name(path),
                _ => format!("{} {}", space_name(path), short(model)),
            };
            found.push(NamedEmbeddings { name, embeddings, path: (*path).clone() });
        }
    }
    measured(args, Vectors::Read(found), console)
}

/// The vectors of a file of texts with their taxa.
fn embeddings(
    path: &Path,
    file: &TextFile,
    model: &TextModel,
    given: Option<&Taxonomy>,
    console: Console,
) -> anyhow::Result<Embeddings> {
    let Some(taxa) = &file.taxa else {
        bail!("{}: its texts have no taxa; give a column 'taxon' or columns of ranks", path.display())
    };
    let texts = &file.list.texts;
    let found = shown(console, "texts", texts.len(), |progress| model.documents(texts, progress))?;
    if found.truncated > 0 {
        let (count, are) = (counted(found.truncated, "text", "texts"), if found.truncated == 1 { "is" } else { "are" });
        console.warn(format!("{}: {count} {are} longer than the model reads; the end is not embedded", path.display()));
    }
    let labels = TableSource::held(&path.display().to_string(), taxa.clone());
    Ok(Embeddings::held(path, found.values, found.width, &labels, given)?)
}

/// Resolves names, and suggests taxa for those that mean none or several.
///
/// # Errors
///
/// Names, a taxonomy or a model that cannot be read; as `nearmiss taxonomy resolve`.
pub fn resolve(args: &ResolveArgs, console: Console) -> anyhow::Result<Ending> {
    let Some(model) = &args.semantic else { bail!("--semantic is missing") };
    let names = resolved(args, console)?;
    let options = TextOptions {
        device: args.device,
        query_prompt: args.query_prompt.clone(),
        document_prompt: args.document_prompt.clone(),
        dimensions: None,
    };
    let rows = &names.resolution.rows;
    // Equal names are embedded once.
    let open_names: Vec<String> = rows
        .iter()
        .filter(|row| is_open(row))
        .map(|row| row.wanted.name.clone())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut of_name: BTreeMap<&str, Suggested> = BTreeMap::new();
    if !open_names.is_empty() {
        let opened = open(model, &options, console)?;
        let wanted = Suggestions { count: args.suggestions as usize, rank: args.semantic_rank };
        let bar = progress_bar(0, "names", console);
        let told = |done: usize, total: usize| {
            bar.set_length(total as u64);
            bar.inc(done as u64);
        };
        let found = suggest(&opened, &names.taxonomy, &open_names, wanted, &told)?;
        bar.finish_and_clear();
        of_name = open_names.iter().map(String::as_str).zip(found).collect();
    }
    let suggested: Vec<Suggested> = rows
        .iter()
        .map(|row| if is_open(row) { of_name.get(row.wanted.name.as_str()).cloned().unwrap_or_default() } else { vec![] })
        .collect();
    finished(args, &names, Some(&suggested), console)
}

/// Opens a model, and says what a user should know of it.
fn open(model: &str, options: &TextOptions, console: Console) -> anyhow::Result<TextModel> {
    let opened = TextModel::open(model, options)?;
    opened.notes().iter().for_each(|note| console.remark(format!("  note: {note}")));
    Ok(opened)
}

/// Embeds texts with a bar that shows how far it is.
fn shown(
    console: Console,
    what: &'static str,
    count: usize,
    embed: impl Fn(&dyn Fn(usize)) -> Result<Embedded, TextsError>,
) -> anyhow::Result<Embedded> {
    let bar = progress_bar(count, what, console);
    let found = embed(&|done| bar.inc(done as u64)).with_context(|| format!("cannot embed the {what}"));
    bar.finish_and_clear();
    found
}

/// What a model is called in tables: the last part of its name.
fn short(model: &str) -> String {
    let name = model.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(model);
    if name.is_empty() { model.to_string() } else { name.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_called_by_the_last_part_of_their_names() {
        for (model, name) in [
            ("models/minilm/", "minilm"),
            ("hf-hub:intfloat/e5-small", "e5-small"),
            ("atlas", "atlas"),
            ("a/model.safetensors", "model.safetensors"),
        ] {
            assert_eq!(short(model), name);
        }
    }
}
