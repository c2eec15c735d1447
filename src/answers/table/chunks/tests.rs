//! A table says the same however it is cut into chunks, and its parts come to what the whole does.

mod shapes;
mod look_alikes;

use super::*;
use crate::answers::non_taxon::NonTaxa;
use crate::answers::table::{Tables, columns_of, read_tables};
use crate::answers::{Answer, Ranked, Truth};
use polars::prelude::{DataFrame, DataType, ParquetWriter};
use std::collections::{BTreeMap, BTreeSet};

const TAXONOMY: &str = "kingdom,phylum,class,order,family,genus,species,common_name,synonyms\n\
    Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus,domestic cat,Felis domesticus\n\
    Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris,wildcat,\n\
    Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx,Eurasian lynx,\n\
    Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes,red fox,\n\
    Animalia,Chordata,Mammalia,Primates,Hominidae,Homo,Homo sapiens,,\n";

fn taxonomy() -> Taxonomy {
    Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("t.csv")).unwrap()
}

/// The table of a text; columns of scores are numbers where all of their cells are.
fn table(text: &str) -> DataFrame {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    let mut table = columns_of(&path).unwrap();
    for name in table.get_column_names_owned() {
        let column = table.column(&name).unwrap();
        let numbers = column.cast(&DataType::Float64).unwrap();
        let is_score = ["score", "conf", "Lynx", "Felis", "Vulpes", "position"].iter().any(|word| name.contains(word));
        if is_score && numbers.null_count() == column.null_count() {
            table.with_column(numbers).unwrap();
        }
    }
    table
}

fn write(path: &Path, table: &DataFrame, rows_in_group: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ParquetWriter::new(file).batched(table.schema()).unwrap();
    for start in (0..table.height()).step_by(rows_in_group) {
        writer.write_batch(&table.slice(i64::try_from(start).unwrap(), rows_in_group)).unwrap();
    }
    writer.finish().unwrap();
}

/// Limits under which nothing is kept, so that rows are read from the file.
fn limits(rows_per_chunk: usize) -> Limits {
    Limits { rows_per_chunk, recognised: 1 << 18, kept: 0 }
}

type Read = (Vec<Chunk>, Told, Tally, LabelLists);

fn read(sources: &[TableSource], options: &TableOptions, limits: Limits) -> Result<Read, TableError> {
    let taxonomy = taxonomy();
    let mut chunks = Chunks::open_within(sources, &taxonomy, options, limits)?;
    let read = chunks.by_ref().collect::<Result<Vec<Chunk>, TableError>>()?;
    let told = chunks.told()?;
    let (tally, labels) = chunks.into_parts();
    Ok((read, told, tally, labels))
}

fn message(sources: &[TableSource], options: &TableOptions) -> String {
    read(sources, options, limits(2)).err().map_or_else(|| "nothing is wrong".to_string(), |error| error.to_string())
}

/// The listed answers of each image with their probabilities, and how many of them are answers.
fn listed(ranked: &Ranked) -> Vec<(Vec<Answer>, usize, Vec<Option<f64>>)> {
    let of = |image: usize| {
        let listed = ranked.listed(image).to_vec();
        let probabilities = (0..listed.len()).map(|position| ranked.probability(image, position)).collect();
        (listed, ranked.answers(image).len(), probabilities)
    };
    (0..ranked.len()).map(of).collect()
}

/// The answers to an image, how many are answers, and their scores.
type Listed = (Vec<Answer>, usize, Vec<Option<f64>>);

/// All that is read of a run, one below the other.
#[derive(Debug, Default, PartialEq)]
struct Rows {
    images: Vec<String>,
    truths: Vec<Truth>,
    listed: Vec<Listed>,
    are_probabilities: BTreeSet<bool>,
    summed: Option<Vec<Vec<Listed>>>,
    observations: Vec<String>,
    groups: BTreeMap<String, Vec<String>>,
    sites: Vec<String>,
    times: Vec<String>,
    shown: Option<(Vec<String>, Vec<String>)>,
    by_synonym: Vec<usize>,
    outside_truths: BTreeMap<String, usize>,
    outside_answers: BTreeMap<String, usize>,
}

impl Rows {
    fn add(&mut self, run: &crate::answers::Answers) {
        let before = self.images.len();
        self.images.extend(run.images.iter().cloned());
        self.truths.extend(&run.truths);
        self.listed.extend(listed(&run.ranked));
        self.are_probabilities.insert(run.ranked.has_probabilities());
        let summed: Option<Vec<_>> = run.summed.iter().map(|ranked| ranked.as_ref().map(listed)).collect();
        self.summed = match (self.summed.take(), summed) {
            (None, summed) if before == 0 => summed,
            (Some(own), Some(others)) => Some(own.into_iter().zip(others).map(|(own, other)| [own, other].concat()).collect()),
            _ => None,
        };
        self.observations.extend(run.observations.iter().flatten().cloned());
        for group in &run.groups {
            self.groups.entry(group.name.clone()).or_default().extend(group.values.iter().cloned());
        }
        self.sites.extend(run.taken.sites.iter().flatten().cloned());
        self.times.extend(run.taken.times.iter().flatten().map(|time| format!("{time:?}")));
        if let Some(NonTaxa { truths, answers, .. }) = &run.non_taxa {
            let (own_truths, own_answers) = self.shown.get_or_insert_default();
            own_truths.extend(truths.iter().map(|shown| format!("{shown:?}")));
            own_answers.extend(answers.iter().flatten().map(|shown| format!("{shown:?}")));
        }
        self.by_synonym.extend(run.synonym_truths.iter().map(|row| before + row));
        for (own, others) in [(&mut self.outside_truths, &run.outside_truths), (&mut self.outside_answers, &run.outside_answers)]
        {
            for (name, count) in others {
                *own.entry(name.clone()).or_default() += count;
            }
        }
    }

    /// Forgets what no chunk can know to be of no matter.
    fn finished(mut self, says_classes: bool, are_whole: bool) -> Rows {
        let no_taxon = |shown: &String| shown.starts_with("Class") && shown != "Class(3)";
        self.shown = self.shown.filter(|(truths, answers)| says_classes && truths.iter().chain(answers).any(no_taxon));
        self.summed = self.summed.filter(|_| are_whole);
        self
    }
}

fn rows_of_whole(tables: &Tables) -> Vec<Rows> {
    let rows = |run: &crate::answers::Answers| {
        let mut rows = Rows::default();
        rows.add(run);
        rows
    };
    tables.runs.iter().map(rows).collect()
}

fn rows_of_chunks(chunks: &[Chunk], tally: &Tally) -> Vec<Rows> {
    let mut runs: Vec<Rows> = tally.counts().runs().iter().map(|_| Rows::default()).collect();
    for chunk in chunks {
        runs.iter_mut().zip(&chunk.runs).for_each(|(rows, run)| rows.add(run));
    }
    let counts = tally.counts().runs().iter();
    runs.into_iter().zip(counts).map(|(rows, run)| rows.finished(tally.says_classes(), run.totals().are_whole())).collect()
}

/// Sentences without regard to the order of their examples.
fn plain(sentences: &[String]) -> Vec<Vec<String>> {
    let parts = |sentence: &String| {
        let mut parts: Vec<String> = sentence.split('\'').map(str::to_string).collect();
        parts.sort();
        parts
    };
    sentences.iter().map(parts).collect()
}
