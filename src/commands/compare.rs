//! `nearmiss compare`.

use super::input::table_options;
use super::{Console, Ending};
use crate::answers::Answers;
use crate::bootstrap::Clusters;
use crate::cli::{CompareArgs, PairsChoice};
use crate::compare::values::{Paired, judgements, values};
use crate::compare::{CompareOptions, Comparison, PairsOf, json, text};
use crate::outcome::{Judgement, Unreachable};
use crate::report::Overwrite;
use crate::report::comparison::{Compared, verdict, write};
use crate::report::csv_safe;
use crate::retrieval::file::is_judgements;
use crate::run::record::Record;
use crate::table::{Built, TableOptions, read_tables, read_together};
use crate::taxonomy::Taxonomy;
use anyhow::bail;
use std::collections::BTreeMap;
use std::path::Path;

/// Compares runs image by image.
///
/// # Errors
///
/// Whatever cannot be read, paired or written.
pub fn run(args: &CompareArgs, console: Console) -> anyhow::Result<Ending> {
    if args.runs.first().is_some_and(|first| is_judgements(first)) {
        return super::retrieve::compare(args, console);
    }
    if !args.measures.is_empty() {
        bail!("--measures: these are measures of retrieval, and '{}' holds no judgements", args.runs[0].display());
    }
    let (taxonomy, runs, mut notes) = read(args)?;
    if runs.len() < 2 {
        bail!("there is one run to compare: '{}'; give another one, or several --predicted-column", runs[0].name);
    }
    let paired = Paired::of(&taxonomy, &runs, args.intersect)?;
    for (run, dropped) in runs.iter().zip(&paired.dropped).filter(|(_, dropped)| **dropped > 0) {
        notes.push(format!("{dropped} of {} images of {} are not in all runs and were left out", run.images.len(), run.name));
    }
    let unreachable = if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut };
    let judged = judgements(&taxonomy, &runs, &paired, unreachable);
    let left_out = left_out(&runs, &judged);
    notes.extend(left_out.iter().cloned());
    let clusters = clusters(&runs, &paired);
    let pairs = pairs_of(args, runs.len(), &mut notes);
    let noun = if clusters.repeat() { "observations" } else { "images" };
    let options = CompareOptions { alpha: args.alpha, draws: args.draws as usize, seed: args.seed, pairs, noun };
    let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
    let comparison = Comparison::of(&names, &values(&taxonomy, &runs, &paired, &judged), &clusters, &options);
    if comparison.metrics.iter().all(|metric| metric.n == 0) {
        let (first, more) = left_out.split_at(left_out.len().min(3));
        let more = if more.is_empty() { String::new() } else { format!("; and so on, {} more reasons", more.len()) };
        bail!("no image is scored in all runs: {}{more}", first.join("; "));
    }
    let command_line = std::env::args().collect::<Vec<_>>().join(" ");
    let compared = Compared {
        taxonomy: &taxonomy,
        comparison: &comparison,
        images: &paired.images,
        judgements: &judged,
        command_line: &command_line,
        notes: &notes,
    };
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::OwnReport };
    let files = write(&args.output, &compared, overwrite)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    for note in &notes {
        console.remark(format!("  note: {note}"));
    }
    if args.json {
        console.say(format!("{:#}", json::value(&comparison)))?;
    } else {
        console.say(text::table(&shown(&comparison)))?;
        let left = comparison.metrics.len() - shown(&comparison).metrics.len();
        if left > 0 {
            console.say(format!("table.txt has {left} more metrics"))?;
        }
        console.say(verdict(&comparison))?;
    }
    console.remark(format!("comparison: {} ({} files)", args.output.display(), files.len()));
    Ok(Ending::Done)
}

/// Most runs of which every two are compared unasked: 190 pairs.
const EVERY_TWO: usize = 20;

/// Which pairs are compared: those asked for, or of many runs those with the first.
fn pairs_of(args: &CompareArgs, runs: usize, notes: &mut Vec<String>) -> PairsOf {
    match args.pairs {
        Some(PairsChoice::First) => PairsOf::First,
        None if runs > EVERY_TWO => {
            notes.push(format!(
                "{runs} runs have {} pairs: every run is compared with the first alone; --pairs all compares every two",
                runs * (runs - 1) / 2
            ));
            PairsOf::First
        }
        Some(PairsChoice::All) | None => PairsOf::All,
    }
}

/// Taxonomy, runs and notes.
type Read = (Taxonomy, Vec<Answers>, Vec<String>);

/// What fits a terminal: the three finest ranks by path, exact, height and hF.
fn shown(comparison: &Comparison) -> Comparison {
    let mut ranks = 0;
    let mut fits = |name: &str| {
        ranks += usize::from(name.starts_with("path_top1"));
        (name.starts_with("path_top1") && ranks <= 3) || matches!(name, "exact" | "height" | "hf_mean")
    };
    let metrics = comparison.metrics.iter().filter(|metric| fits(&metric.name)).cloned().collect();
    Comparison { metrics, ..comparison.clone() }
}

/// All runs of all inputs over one taxonomy.
fn read(args: &CompareArgs) -> anyhow::Result<Read> {
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let options = table_options(&args.table, &[])?;
    let Some((first, others)) = args.runs.split_first() else { bail!("name the runs to compare") };
    if given.is_none()
        && !others.is_empty()
        && let Some(together) = together(args, &options)?
    {
        return Ok(together);
    }
    let tables = read_tables(first, given.as_ref(), &options)?;
    if !others.is_empty() && !matches!(tables.built, Built::Given | Built::Recorded) {
        bail!(
            "{}: runs and tables are compared over one taxonomy, and this table brings only its own; name one with --taxonomy",
            first.display()
        );
    }
    let (taxonomy, mut notes) = (tables.taxonomy.into_owned(), tables.notes);
    let mut runs = named(tables.runs, first, !others.is_empty());
    for path in others {
        if given.is_none() {
            check_taxonomy(path, &taxonomy)?;
        }
        let tables = read_tables(path, Some(&taxonomy), &options)?;
        notes.extend(tables.notes.into_iter().map(|note| format!("{}: {note}", path.display())));
        runs.extend(named(tables.runs, path, true));
    }
    Ok((taxonomy, runs, notes))
}

/// Tables that bring their own names, over the taxonomy of all of them; `None` where there are runs.
fn together(args: &CompareArgs, options: &TableOptions) -> anyhow::Result<Option<Read>> {
    let Some(together) = read_together(&args.runs, options)? else { return Ok(None) };
    let mut notes = together.notes;
    let (mut runs, mut said) = (vec![], vec![]);
    for (path, (read, of_table)) in args.runs.iter().zip(together.tables) {
        said.extend(of_table.into_iter().map(|note| (path.display().to_string(), note)));
        runs.extend(named(read, path, true));
    }
    notes.extend(folded(&said, args.runs.len(), "table"));
    Ok(Some((together.taxonomy, runs, notes)))
}

/// Notes of several sources; what several of them say is said once.
fn folded(said: &[(String, String)], sources: usize, noun: &str) -> Vec<String> {
    let mut by_note: Vec<(&str, Vec<&str>)> = vec![];
    for (source, note) in said {
        match by_note.iter_mut().find(|(known, _)| known == note) {
            Some((_, of)) => of.push(source),
            None => by_note.push((note, vec![source])),
        }
    }
    let fold = |(note, of): (&str, Vec<&str>)| match of.len() {
        1 => format!("{}: {note}", of[0]),
        all if all == sources => format!("all {all} {noun}s: {note}"),
        some => format!("{some} {noun}s, the first of them {}: {note}", of[0]),
    };
    by_note.into_iter().map(fold).collect()
}

/// Names runs after their file or folder where several are read.
fn named(mut runs: Vec<Answers>, path: &Path, several: bool) -> Vec<Answers> {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    if several {
        let alone = runs.len() == 1;
        for run in &mut runs {
            run.name = if alone { stem.clone() } else { format!("{stem} {}", run.name) };
        }
    }
    runs
}

/// A run that was made with another taxonomy cannot be read with the first one's unasked.
fn check_taxonomy(path: &Path, taxonomy: &Taxonomy) -> anyhow::Result<()> {
    let Ok(record) = Record::read(path) else { return Ok(()) };
    if record.identity.taxonomy_sha256 != taxonomy.fingerprint() {
        bail!(
            "{}: the run was made with another taxonomy ({}) than the first; name the one to compare over with --taxonomy",
            path.display(),
            record.identity.taxonomy
        );
    }
    Ok(())
}

/// What each run left out of its scores.
fn left_out(runs: &[Answers], judged: &[Vec<Judgement>]) -> Vec<String> {
    let mut said = vec![];
    for (run, judgements) in runs.iter().zip(judged) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for judgement in judgements {
            let reason = match judgement {
                Judgement::Scored(_) | Judgement::Unplaced(_) => continue,
                Judgement::Unreadable => "unreadable",
                Judgement::WithoutTruth => "without a truth",
                Judgement::OutsideTaxonomy => "with a truth outside the taxonomy",
                Judgement::NotACandidate => "whose truth was not a candidate",
            };
            *counts.entry(reason).or_default() += 1;
        }
        let note = |(reason, count)| {
            let (images, are) = if count == 1 { ("image", "it is") } else { ("images", "they are") };
            (run.name.clone(), format!("{count} {images} {reason}; {are} compared in no run"))
        };
        said.extend(counts.into_iter().map(note));
    }
    folded(&said, runs.len(), "run")
}

/// Observations of the paired images, of the first run that names them.
fn clusters(runs: &[Answers], paired: &Paired) -> Clusters {
    let with = runs.iter().zip(&paired.rows).find_map(|(run, rows)| run.observations.as_ref().map(|names| (names, rows)));
    match with {
        Some((names, rows)) => Clusters::by_name(rows.iter().map(|&row| names[row].as_str())),
        None => Clusters::single(paired.images.len()),
    }
}
