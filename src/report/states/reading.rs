//! Tables counted into a state.

use super::error::StateError;
use super::file;
use super::header::{Header, RunHeader, SourceRead};
use super::names::Names;
use crate::answers::Answers;
use crate::answers::table::chunks::{Chunk, Chunks, files_of};
use crate::answers::table::{MissingTruth, TableOptions, TableSource};
use crate::files::sha256;
use crate::report::distributions;
use crate::runs::directory::record::{FILE, Record};
use crate::scores::state::{Asked, Distributions, Givens, RunState, Unaddable};
use crate::taxonomy::Taxonomy;
use std::path::Path;

/// The part of a report that adds up: what was read, the runs, counted or kept, and the names of the images.
#[derive(Debug)]
pub struct State {
    /// What it was read from, and how.
    pub header: Header,
    /// The runs, in the order of the columns.
    pub runs: Vec<RunState>,
    /// Fingerprints of the names of images.
    pub names: Names,
}

/// Rows that are read at once.
const CHUNK: usize = 1 << 20;

/// Counts tables, a chunk at a time: memory is that of a chunk, of the distinct labels and of the kinds of images. What is many
/// parts of one table is read as one: columns, names and scores are told by all of it.
///
/// `name` is what the taxonomy is called: a path, or the name of a shipped one.
///
/// # Errors
///
/// [`StateError`]: what cannot be read, and runs that counts do not hold.
pub fn count(
    sources: &[TableSource],
    (taxonomy, name): (&Taxonomy, &str),
    options: &TableOptions,
    asked: Asked,
) -> Result<State, StateError> {
    let mut counting = Counting { taxonomy, asked, state: empty(taxonomy, name, options) };
    let mut chunks = Chunks::open(sources, taxonomy, options, CHUNK)?;
    for chunk in chunks.by_ref() {
        counting.add(chunk?)?;
    }
    let told = chunks.told()?;
    let mut state = counting.state;
    for run in &mut state.runs {
        if let RunState::Counted(counted) = run {
            counted.kinds.count();
        }
    }
    state.header.tally = chunks.tally().clone();
    let of_runs = || told.runs.iter();
    add_new(&mut state.header.notes, told.notes.iter().chain(of_runs().flat_map(|run| &run.notes)));
    add_new(&mut state.header.warnings, told.warnings.iter().chain(of_runs().flat_map(|run| &run.warnings)));
    for source in sources {
        let sha256 = sum(source)?;
        state.header.sources.push(SourceRead { path: source.name().display().to_string(), sha256 });
    }
    let rests_on_truths = |run: &RunState| match run {
        RunState::Kept(kept) => match &kept.distributions {
            Distributions::Given(givens) => givens.rests_on_truths(taxonomy, &kept.answers),
            _ => false,
        },
        RunState::Counted(_) => false,
    };
    if state.runs.iter().any(rests_on_truths) {
        add_new(&mut state.header.warnings, [RESTS_ON_TRUTHS.to_string()].iter());
    }
    Ok(state)
}

/// What may keep parts from adding up.
const RESTS_ON_TRUTHS: &str = "some truths lie beside or below the candidates: only parts with the same of these add up, and others \
                               are to be merged first (`nearmiss merge`)";

/// What a source is, in 64 digits: of a run directory as its record says, of a folder of tables that of the files which are read, by name.
fn sum(source: &TableSource) -> Result<String, StateError> {
    if let Some(sum) = source.sha256() {
        return Ok(sum);
    }
    let of_file = |path: &Path| sha256::of_file(path).map_err(StateError::file(path, "read"));
    let Some(folder) = source.folder() else { return of_file(source.name()) };
    if folder.join(FILE).is_file() {
        let sum = Record::read(folder)?.content_sha256();
        return sum.map_err(|error| StateError::File { path: folder.to_path_buf(), action: "read", source: error.into() });
    }
    let sums: Vec<String> = files_of(folder)?
        .iter()
        .map(|path| Ok(format!("{}  {}\n", of_file(path)?, path.strip_prefix(folder).unwrap_or(path).display())))
        .collect::<Result<_, StateError>>()?;
    Ok(sha256::hex(sums.iter().map(String::as_bytes)))
}

fn empty(taxonomy: &Taxonomy, name: &str, options: &TableOptions) -> State {
    State { header: Header::of(taxonomy, name, recipe(options)), runs: vec![], names: Names::default() }
}

/// What decides how names and truths are read, whatever the columns are called.
fn recipe(options: &TableOptions) -> String {
    let missing = match options.missing_truth {
        MissingTruth::LeaveOut => "left out",
        MissingTruth::Wrong => "counted as mistakes",
        MissingTruth::Taxon => "a class of their own",
    };
    let mut parts = vec![format!("missing truths {missing}")];
    parts.extend(options.predicted_pattern.as_ref().map(|pattern| format!("answers by the pattern {pattern}")));
    parts.extend(options.lineage_separator.map(|separator| format!("lineages with '{separator}'")));
    parts.extend(options.clade.as_ref().map(|clade| format!("names below {clade}")));
    let classes: Vec<&str> = options.non_taxa.names().iter().map(String::as_str).collect();
    parts.push(format!("no taxa: {}", classes.join(", ")));
    parts.join("; ")
}

/// A state being filled.
struct Counting<'a> {
    taxonomy: &'a Taxonomy,
    asked: Asked,
    state: State,
}

impl Counting<'_> {
    fn add(&mut self, chunk: Chunk) -> Result<(), StateError> {
        let Chunk { runs, path, named, .. } = chunk;
        let state = &mut self.state;
        state.header.named &= named;
        if let Some(first) = runs.first().filter(|_| named) {
            state.names.add(&first.images).map_err(StateError::file(&path, "keep the names of"))?;
        }
        let source = TableSource::from(&path);
        for (place, answers) in runs.into_iter().enumerate() {
            let known = known(&source, self.taxonomy, &answers, self.asked)?;
            let failed = |reason| StateError::Unaddable { path: path.clone(), reason };
            match self.state.runs.get_mut(place) {
                Some(run) => run.add(self.taxonomy, answers, known).map_err(failed)?,
                None => self.state.runs.push(RunState::of(self.taxonomy, answers, known).map_err(failed)?),
            }
        }
        Ok(())
    }
}

/// What is known of the whole distributions of a run directory; `None` of a table, whose lists say what they are.
fn known(
    source: &TableSource,
    taxonomy: &Taxonomy,
    answers: &Answers,
    asked: Asked,
) -> Result<Option<Distributions>, StateError> {
    let Some(folder) = distributions::run_directory(source) else { return Ok(None) };
    let distribution = match distributions::of_run(folder, taxonomy, answers.images.len())? {
        Ok(distribution) => distribution,
        Err(reason) => return Ok(Some(Distributions::Nowhere([reason].into()))),
    };
    let givens = Givens::of(taxonomy, answers, &distribution, asked);
    let other = || Unaddable::NeedsImages("the candidates of its vectors are not those of its labels");
    let failed = |reason| StateError::Unaddable { path: folder.to_path_buf(), reason };
    Ok(Some(Distributions::Given(givens.ok_or_else(other).map_err(failed)?)))
}

fn add_new<'s>(known: &mut Vec<String>, sentences: impl Iterator<Item = &'s String>) {
    for sentence in sentences {
        if !known.contains(sentence) {
            known.push(sentence.clone());
        }
    }
}

impl State {
    /// Writes it, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`StateError::File`].
    pub fn write(mut self, path: &Path) -> Result<(), StateError> {
        self.header.runs = self.runs.iter().map(RunHeader::of).collect();
        file::write(path, &self.header, self.runs, &mut self.names)
    }

    /// How many images it counts.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.runs.first().map_or(0, RunState::images)
    }

    /// Whether it keeps of any run what whole distributions gave, which rests on what was asked of them.
    #[must_use]
    pub fn has_givens(&self) -> bool {
        let is_given =
            |run: &RunState| matches!(run, RunState::Kept(kept) if matches!(kept.distributions, Distributions::Given(_)));
        self.runs.iter().any(is_given)
    }
}
