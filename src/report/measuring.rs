//! Measuring: embeddings read, measured against the taxonomy and written, as `nearmiss latent` does it.

use super::csv_safe;
use super::error::ReportError;
use super::export::{ExportError, VectorFormat};
use super::language::Language;
use super::latent::{self, SpacePage};
use super::overwrite::Overwrite;
use super::photographs::Photographs;
use super::run_photographs::{LicencesError, RunPhotographs, Thumbnails};
use super::scoring::Formulas;
use super::spaces::{self, SideBySide, Space, SpacesPage, folder_name};
use crate::answers::table::TableSource;
use crate::spaces::embeddings::{Embeddings, EmbeddingsError, SampleSize, Sampled, Sampling};
use crate::spaces::latent::among_all::{Asked, Searched, among_all};
use crate::spaces::latent::{Latent, LatentOptions, measure};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::read::ReadError;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Embeddings that have been read.
#[derive(Debug, Clone)]
pub struct NamedEmbeddings {
    /// What the space is called.
    pub name: String,
    /// The vectors.
    pub embeddings: Embeddings,
    /// The run or file that they came from.
    pub path: PathBuf,
}

/// Embeddings that have been read, all or a sample.
#[derive(Debug)]
pub struct NamedSample {
    /// What the space is called.
    pub name: String,
    /// The vectors.
    pub sampled: Sampled,
    /// The run or file that they came from.
    pub path: PathBuf,
}

/// What is measured, a space each.
#[derive(Debug)]
pub enum Vectors {
    /// Runs or files, to be read.
    Files {
        /// Run directories, or embeddings: Parquet, .npy, .npz, .safetensors.
        paths: Vec<PathBuf>,
        /// A table with a row per vector, of a single array.
        labels: Option<PathBuf>,
        /// A taxonomy file or the name of a shipped one; that of the run, or the lineages of the table where there is none.
        taxonomy: Option<String>,
    },
    /// Embeddings that have been read; a sample of them is measured where they are many.
    Read(Vec<NamedEmbeddings>),
    /// The same, drawn already.
    Sampled(Vec<NamedSample>),
}

/// How long neighbours of sampled vectors are looked for among all of them, unless somebody says otherwise.
pub const SEARCH: Duration = Duration::from_mins(10);

/// What of many vectors is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looking {
    /// How many are measured, and how they are drawn.
    pub sampling: Sampling,
    /// How long the search for the neighbours of those among all may take, by its measured rate; nothing is searched in no time.
    pub search: Duration,
}

impl Default for Looking {
    fn default() -> Self {
        Looking { sampling: Sampling::default(), search: SEARCH }
    }
}

/// Latent spaces to be measured, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::report::measuring::{Measuring, SpaceWriting};
/// use nearmiss::spaces::embeddings::{Columns, Embeddings};
/// use nearmiss::spaces::latent::LatentOptions;
/// use nearmiss::taxonomy::Taxonomy;
/// use std::path::Path;
///
/// let table = "kingdom,phylum,class,order,family,genus,species
/// Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
/// Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
/// ";
/// let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("cats.csv"))?;
/// let taxon = |name: &str| taxonomy.resolve(name).taxon();
/// let embeddings = Embeddings {
///     values: vec![1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9],
///     width: 2,
///     names: ["a", "b", "c", "d"].map(String::from).to_vec(),
///     taxa: vec![taxon("Felis catus"), taxon("Felis catus"), taxon("Lynx lynx"), taxon("Lynx lynx")],
///     observations: vec![String::new(); 4],
///     taxonomy: taxonomy.clone(),
///     labels: None,
///     notes: vec![],
/// };
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("cats.parquet");
/// embeddings.write(&file, Columns::Ours)?;
///
/// let mut measuring = Measuring::of(vec![file]);
/// measuring.options = LatentOptions { ks: vec![1], map: false, ..LatentOptions::default() };
/// let measured = measuring.run(&|remark| println!("{remark}"))?;
/// assert_eq!((measured.spaces[0].name.as_str(), measured.spaces[0].latent.n), ("cats", 4));
/// let files = measured.write(&folder.path().join("report"), &SpaceWriting::default())?;
/// assert!(files.iter().any(|file| file.ends_with("latent.json")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Measuring {
    /// What is measured.
    pub vectors: Vectors,
    /// What of many vectors is looked at.
    pub looking: Looking,
    /// How a space is looked at.
    pub options: LatentOptions,
    /// The folder of the photographs; where each run found them if it is not given.
    pub photographs: Option<PathBuf>,
    /// Which photographs pages may show.
    pub thumbnails: Thumbnails,
}

/// Why spaces could not be measured or written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum MeasuringError {
    #[error("--labels names the rows of one array; give it with one, or write the others as Parquet")]
    LabelsOfSeveral,
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    #[error("--k 0: a number of neighbours is 1 or more")]
    NoNeighbours,
    #[error("--sample {0}: three vectors at least have a space between them")]
    SmallSample(usize),
    #[error("{name}: {vectors} vectors; three at least have a space between them")]
    TooFew { name: String, vectors: usize },
    #[error(transparent)]
    Licences(#[from] LicencesError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Spaces that were measured.
#[derive(Debug)]
pub struct Measured {
    /// The spaces, in the order given; their names, and those of their folders, differ.
    pub spaces: Vec<Space>,
    /// The same side by side; `None` of a single one.
    pub together: Option<SideBySide>,
    /// What pages may show of each.
    pub photographs: Vec<RunPhotographs>,
}

/// How what was measured is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpaceWriting<'a> {
    /// The command that measured it.
    pub command_line: &'a str,
    /// What to write over.
    pub overwrite: Overwrite,
    /// Formats in which the vectors are written, too, into the folder of each space.
    pub exports: &'a [VectorFormat],
    /// What becomes of cells that a spreadsheet would take for a formula.
    pub formulas: Formulas,
    /// The language that pages open in.
    pub language: Language,
}

impl Measuring {
    /// Of runs or files, everything else as `nearmiss latent` does it unless told otherwise.
    #[must_use]
    pub fn of(paths: Vec<PathBuf>) -> Measuring {
        Measuring {
            vectors: Vectors::Files { paths, labels: None, taxonomy: None },
            looking: Looking::default(),
            options: LatentOptions::default(),
            photographs: None,
            thumbnails: Thumbnails::default(),
        }
    }

    /// Reads and measures; `remark` hears what is about to be measured, and which photographs stay hidden.
    ///
    /// # Errors
    ///
    /// [`MeasuringError`]: whatever cannot be read; fewer than three vectors.
    pub fn run(self, remark: &dyn Fn(&str)) -> Result<Measured, MeasuringError> {
        let Measuring { vectors, looking, options, photographs: folder, thumbnails } = self;
        if let SampleSize::Vectors(wanted @ 0..3) = looking.sampling.size {
            return Err(MeasuringError::SmallSample(wanted));
        }
        let read = vectors.read(looking.sampling)?;
        if options.ks.contains(&0) {
            return Err(MeasuringError::NoNeighbours);
        }
        let mut spaces: Vec<Space> = vec![];
        let mut photographs = vec![];
        for NamedSample { name, sampled, path } in read {
            let (embeddings, latent) = measured(&name, sampled, &options, looking.search, remark)?;
            let name = free_name(&spaces, &name);
            spaces.push(Space { name, embeddings, latent });
            let of_run = RunPhotographs::of(&path, folder.as_deref(), thumbnails)?;
            if let Some(hidden) = of_run.remark() {
                remark(&hidden);
            }
            photographs.push(of_run);
        }
        let together = (spaces.len() != 1).then(|| SideBySide::of(&spaces));
        Ok(Measured { spaces, together, photographs })
    }
}

/// Measures one space.
fn measured(
    name: &str,
    sampled: Sampled,
    options: &LatentOptions,
    search: Duration,
    remark: &dyn Fn(&str),
) -> Result<(Embeddings, Latent), MeasuringError> {
    let sample = sampled.sample().cloned();
    let Sampled { embeddings, population } = sampled;
    if embeddings.len() < 3 {
        return Err(MeasuringError::TooFew { name: name.to_string(), vectors: embeddings.len() });
    }
    remark(&format!("{name}: {} vectors of length {}", embeddings.len(), embeddings.width));
    if let Some(sample) = &sample {
        remark(&format!("{name}: {}", sample.sentence()));
    }
    let mut latent = measure(&embeddings, options);
    if let (Some(sample), Some(mut population)) = (sample, population) {
        latent.notes.insert(0, sample.sentence());
        let ranks: Vec<Rank> = latent.ranks.iter().map(|space| space.rank).collect();
        let mut asked = Asked { points: &embeddings, population: &mut population, sample: &sample, ranks: &ranks, options };
        match among_all(&mut asked, search, &|said| remark(&format!("{name}: {said}")))? {
            Searched::Found(found) => latent.among_all = Some(found),
            Searched::TooLong => latent.notes.insert(1, IN_SAMPLE_ALONE.to_string()),
        }
        latent.sample = Some(sample);
    }
    Ok((embeddings, latent))
}

/// What is said where the search among all vectors was not made.
const IN_SAMPLE_ALONE: &str =
    "neighbours were looked for in the sample alone: among all vectors that would take longer than it may";

impl Vectors {
    fn read(self, sampling: Sampling) -> Result<Vec<NamedSample>, MeasuringError> {
        let (paths, labels, taxonomy) = match self {
            Vectors::Files { paths, labels, taxonomy } => (paths, labels, taxonomy),
            Vectors::Sampled(sampled) => return Ok(sampled),
            Vectors::Read(read) => {
                let drawn = |NamedEmbeddings { name, embeddings, path }| NamedSample {
                    name,
                    sampled: Sampled::of(embeddings, sampling),
                    path,
                };
                return Ok(read.into_iter().map(drawn).collect());
            }
        };
        if labels.is_some() && paths.len() > 1 {
            return Err(MeasuringError::LabelsOfSeveral);
        }
        let given = taxonomy.as_deref().map(Taxonomy::named).transpose()?;
        let labels = labels.map(TableSource::from);
        let read = |path: PathBuf| -> Result<NamedSample, MeasuringError> {
            let sampled = Embeddings::sampled(&path, labels.as_ref(), given.as_ref(), sampling)?;
            Ok(NamedSample { name: space_name(&path), sampled, path })
        };
        paths.into_iter().map(read).collect()
    }
}

/// The name of a space: that of its folder or file.
#[must_use]
pub fn space_name(input: &Path) -> String {
    let name = input.file_stem().or_else(|| input.file_name());
    name.map_or_else(|| "space".to_string(), |name| name.to_string_lossy().into_owned())
}

/// The name, or where another space has its folder the name with a number.
fn free_name(found: &[Space], name: &str) -> String {
    let taken = |name: &str| found.iter().any(|space| folder_name(&space.name) == folder_name(name));
    let mut free = name.to_string();
    let mut number = 1;
    while taken(&free) {
        number += 1;
        free = format!("{name}-{number}");
    }
    free
}

impl Measured {
    /// Decisions made on the way, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match (&self.together, &self.spaces[..]) {
            (Some(together), _) => &together.notes,
            (None, [only, ..]) => &only.latent.notes,
            (None, []) => &[],
        }
    }

    /// The file of all numbers in the folder: that of the space, or of the spaces side by side.
    #[must_use]
    pub fn numbers_file(&self) -> &'static str {
        if self.together.is_some() { "spaces.json" } else { "latent.json" }
    }

    /// Writes the folder and returns its files, the vectors last.
    ///
    /// # Errors
    ///
    /// [`MeasuringError::Report`] and [`MeasuringError::Export`]: what cannot be written.
    pub fn write(&self, folder: &Path, writing: &SpaceWriting<'_>) -> Result<Vec<PathBuf>, MeasuringError> {
        let mut files = self.write_pages(folder, writing)?;
        if writing.formulas == Formulas::Defused {
            csv_safe::defuse(&files)?;
        }
        for space in &self.spaces {
            let own = if self.together.is_some() { folder.join(folder_name(&space.name)) } else { folder.to_path_buf() };
            for format in writing.exports {
                files.extend(format.write(&own, &space.embeddings)?);
            }
        }
        Ok(files)
    }

    fn write_pages(&self, folder: &Path, writing: &SpaceWriting<'_>) -> Result<Vec<PathBuf>, ReportError> {
        let &SpaceWriting { command_line, overwrite, language, .. } = writing;
        let photographs: Vec<Photographs<'_>> = self.photographs.iter().map(RunPhotographs::photographs).collect();
        if let Some(together) = &self.together {
            let page = SpacesPage { spaces: &self.spaces, together, photographs: &photographs, command_line, language };
            return spaces::write(folder, &page, overwrite);
        }
        let Some(Space { embeddings, latent, .. }) = self.spaces.first() else { return Err(ReportError::NoRun) };
        let photographs = photographs.first().copied().unwrap_or_default();
        latent::write(folder, &SpacePage { embeddings, latent, photographs, command_line, language }, overwrite)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Four vectors in a plane, of two species.
    fn four() -> Embeddings {
        let table = "kingdom,phylum,class,order,family,genus,species\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("cats.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon();
        let (cat, lynx) = (taxon("Felis catus"), taxon("Lynx lynx"));
        Embeddings {
            values: vec![1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9],
            width: 2,
            names: ["a", "b", "c", "d"].map(String::from).to_vec(),
            taxa: vec![cat, cat, lynx, lynx],
            observations: vec![String::new(); 4],
            taxonomy,
            labels: None,
            notes: vec![],
        }
    }

    /// Measures embeddings that have been read; a space named `cats` each.
    fn measuring(read: Vec<Embeddings>) -> Measuring {
        let named = |embeddings| NamedEmbeddings { name: "cats".to_string(), embeddings, path: PathBuf::from("cats.parquet") };
        Measuring {
            vectors: Vectors::Read(read.into_iter().map(named).collect()),
            options: LatentOptions { ks: vec![1], map: false, ..LatentOptions::default() },
            ..Measuring::of(vec![])
        }
    }

    #[test]
    fn spaces_of_one_name_are_measured_and_written_into_folders_of_their_own() {
        let said = RefCell::new(vec![]);
        let measured = measuring(vec![four(), four()]).run(&|remark| said.borrow_mut().push(remark.to_string())).unwrap();
        assert_eq!(said.into_inner(), ["cats: 4 vectors of length 2", "cats: 4 vectors of length 2"]);
        assert_eq!(measured.spaces.iter().map(|space| space.name.as_str()).collect::<Vec<_>>(), ["cats", "cats-2"]);
        assert_eq!(measured.together.as_ref().unwrap().rows.len(), 2);
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let exports = [VectorFormat::Npy, VectorFormat::Projector];
        let files = measured.write(&output, &SpaceWriting { exports: &exports, ..SpaceWriting::default() }).unwrap();
        for name in [measured.numbers_file(), "cats/latent.json", "cats-2/vectors.npy", "cats-2/metadata.tsv"] {
            assert!(files.contains(&output.join(name)), "{name} is not in {files:?}");
        }
        assert!(files.iter().all(|file| file.is_file()));
    }

    #[test]
    fn what_cannot_be_measured_is_told() {
        let refused = |measuring: Measuring| measuring.run(&|_| {}).unwrap_err().to_string();
        let mut two = four();
        two.values.truncate(4);
        two.names.truncate(2);
        two.taxa.truncate(2);
        two.observations.truncate(2);
        assert_eq!(refused(measuring(vec![two])), "cats: 2 vectors; three at least have a space between them");
        let mut none = measuring(vec![four()]);
        none.options.ks = vec![0];
        assert_eq!(refused(none), "--k 0: a number of neighbours is 1 or more");
        let paths = vec![PathBuf::from("a.npy"), PathBuf::from("b.npy")];
        let several = Vectors::Files { paths, labels: Some(PathBuf::from("labels.csv")), taxonomy: None };
        let said = refused(Measuring { vectors: several, ..Measuring::of(vec![]) });
        assert!(said.starts_with("--labels names the rows of one array; "), "{said}");
    }
}
