//! Several sources of answers read over one taxonomy, whether or not anybody said what their images show.

use super::Answers;
use super::table::{Built, TableError, TableOptions, TableSource, Tables, paired, read_each_together, read_tables};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::read::ReadError;
use crate::taxonomy::source::TaxonomySource;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A source with how it is read, and what it is called.
#[derive(Debug, Clone)]
pub struct Asked {
    /// A table or a run directory.
    pub source: TableSource,
    /// How it is read.
    pub options: TableOptions,
    /// What its runs are called; as their columns are where it is not said.
    pub name: Option<String>,
}

/// Sources that were read over one taxonomy.
#[derive(Debug)]
pub struct SideBySide {
    /// The taxonomy of all of them.
    pub taxonomy: Arc<Taxonomy>,
    /// The runs of each source, in the order of the sources.
    pub sources: Vec<Vec<Answers>>,
    /// What was read and decided, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// Why sources could not be read side by side.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum SideBySideError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Reads sources over the taxonomy that is given, or that a run directory among them names, or that is built of all their
/// names.
///
/// # Errors
///
/// [`SideBySideError`]: what cannot be read.
pub fn read(asked: &[Asked], taxonomy: Option<&TaxonomySource>) -> Result<SideBySide, SideBySideError> {
    let given = taxonomy.map(TaxonomySource::read).transpose()?;
    if given.is_none() {
        let each: Vec<(TableSource, TableOptions)> =
            asked.iter().map(|asked| (asked.source.clone(), asked.options.clone())).collect();
        if let Some(together) = read_each_together(&each)? {
            let mut read = Read::default();
            read.notes.extend(together.notes);
            read.notes.push(together.built.words().to_string());
            read.warnings.extend(together.warnings);
            for (asked, tables) in asked.iter().zip(together.tables) {
                read.take(asked, tables);
            }
            return Ok(read.over(Arc::new(together.taxonomy)));
        }
    }
    let taxonomy = match given {
        Some(given) => given,
        None => recorded(asked)?,
    };
    let mut read = Read::default();
    for asked in asked {
        let tables = read_tables(&asked.source, Some(&taxonomy), &asked.options)?;
        let tables = Tables { taxonomy: Cow::Owned(Taxonomy::empty()), ..tables };
        read.take(asked, tables);
    }
    Ok(read.over(taxonomy))
}

/// The taxonomy of the first run directory.
fn recorded(asked: &[Asked]) -> Result<Arc<Taxonomy>, SideBySideError> {
    let mut own = Arc::new(Taxonomy::empty());
    for asked in asked {
        let tables = read_tables(&asked.source, None, &asked.options)?;
        let built = tables.built;
        own = Arc::new(tables.taxonomy.into_owned());
        if built == Built::Recorded {
            break;
        }
    }
    Ok(own)
}

/// What has been read so far.
#[derive(Default)]
struct Read {
    sources: Vec<Vec<Answers>>,
    notes: Vec<String>,
    warnings: Vec<String>,
}

impl Read {
    fn take(&mut self, asked: &Asked, tables: Tables<'static>) {
        let name = asked.name.clone().unwrap_or_else(|| asked.source.name().display().to_string());
        let mut said = tables.understood.lines();
        said.extend(tables.notes);
        self.notes.extend(said.into_iter().map(|note| format!("{name}: {note}")));
        let of_runs = tables.runs.iter().flat_map(|run| run.warnings.iter().cloned());
        self.warnings.extend(tables.warnings.into_iter().chain(of_runs).map(|warning| format!("{name}: {warning}")));
        let mut runs = tables.runs;
        if let Some(name) = &asked.name {
            let alone = runs.len() == 1;
            for run in &mut runs {
                run.name = if alone { name.clone() } else { format!("{name} {}", run.name) };
            }
        }
        self.sources.push(runs);
    }

    fn over(self, taxonomy: Arc<Taxonomy>) -> SideBySide {
        SideBySide { taxonomy, sources: self.sources, notes: self.notes, warnings: self.warnings }
    }
}

/// What sources are called: as their files without ending, or by their whole path where several files are called so.
#[must_use]
pub fn names<'a>(sources: &(impl Iterator<Item = &'a TableSource> + Clone)) -> Vec<Option<String>> {
    let stem = |source: &TableSource| source.name().file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let of = |source: &TableSource| {
        let alone = sources.clone().filter(|other| stem(other) == stem(source)).count() < 2;
        if alone { stem(source) } else { Some(source.name().display().to_string()) }
    };
    sources.clone().map(of).collect()
}

/// The row of each image in some answers; `None` where they do not have it. Images are one where they are called the same; where
/// no two are, by the ends of their paths.
#[must_use]
pub fn rows_of(answers: &Answers, images: &[String]) -> Vec<Option<usize>> {
    let rows: BTreeMap<&str, usize> = answers.images.iter().enumerate().map(|(row, image)| (image.as_str(), row)).collect();
    let same: Vec<Option<usize>> = images.iter().map(|image| rows.get(image.as_str()).copied()).collect();
    if same.iter().any(Option::is_some) { same } else { paired(images, &answers.images).unwrap_or(same) }
}

/// Says where images were joined that are not called the same.
#[must_use]
pub fn joined_by_paths(answers: &Answers, images: &[String], rows: &[Option<usize>]) -> Option<String> {
    let of = |(image, row): (&String, &Option<usize>)| {
        let theirs = answers.images.get((*row)?)?;
        (theirs != image)
            .then(|| format!("{}: images were joined by the ends of their paths, as '{theirs}' with '{image}'", answers.name))
    };
    images.iter().zip(rows).find_map(of)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use polars::prelude::df;
    use std::path::Path;

    #[test]
    fn files_of_one_name_are_called_by_their_paths() {
        let sources = ["a/predictions.csv", "b/predictions.csv", "c/svm.csv"].map(|path| TableSource::from(Path::new(path)));
        let names: Vec<String> = names(&sources.iter()).into_iter().flatten().collect();
        assert_eq!(names, ["a/predictions.csv", "b/predictions.csv", "svm"]);
    }

    #[test]
    fn tables_without_truth_share_one_taxonomy() {
        let options = TableOptions { without_truth: true, ..TableOptions::default() };
        let one = df!("image" => ["1", "2"], "predicted" => ["Felis catus", "Lynx lynx"]).unwrap();
        let other = df!("image" => ["2", "3"], "predicted" => ["Felis silvestris", "Lynx lynx"]).unwrap();
        let asked = [("a", one), ("b", other)].map(|(name, data)| Asked {
            source: TableSource::held(name, data),
            options: options.clone(),
            name: Some(name.to_string()),
        });
        let read = read(&asked, None).unwrap();
        let [a, b] = [&read.sources[0][0], &read.sources[1][0]];
        assert_eq!((a.name.as_str(), b.name.as_str()), ("a", "b"));
        assert_eq!(a.ranked.best(1), b.ranked.best(1), "Lynx lynx is one taxon in both");
        assert_eq!(a.truths, [crate::answers::Truth::Missing; 2]);
        assert_eq!(rows_of(b, &a.images), [None, Some(0)]);
        assert_eq!(joined_by_paths(b, &a.images, &rows_of(b, &a.images)), None);
        let paths = ["site/3.jpg", "site/2.jpg"].map(String::from);
        let bare = Answers { images: ["2.jpg", "3.jpg"].map(String::from).to_vec(), ..b.clone() };
        let rows = rows_of(&bare, &paths);
        assert_eq!(rows, [Some(1), Some(0)], "one of the two names folders");
        let said = joined_by_paths(&bare, &paths, &rows).unwrap();
        assert_eq!(said, "b: images were joined by the ends of their paths, as '3.jpg' with 'site/3.jpg'");
    }
}
