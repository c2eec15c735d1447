//! `nearmiss taxonomy resolve`.

use crate::commands::cli::ResolveArgs;
use crate::commands::console::Console;
use crate::commands::ending::Ending;
use crate::numbers::counted::counted;
use crate::numbers::statistics::to_f64;
use crate::taxonomy::TaxonId;
use crate::taxonomy::resolution::{Resolution, ResolvedName, Status};
use crate::taxonomy::resolving::{ResolvedNames, Resolving};
use anyhow::Context;
use std::io::Write;
use std::path::Path;

/// Taxa that a model suggests for a name, the nearest first, with how near they are.
pub type Suggested = Vec<(TaxonId, f64)>;

pub(super) fn run(args: &ResolveArgs, console: Console) -> anyhow::Result<Ending> {
    anyhow::ensure!(args.semantic.is_none(), "this command is done by nearmiss-encoder");
    let resolved = resolved(args, console)?;
    finished(args, &resolved, None, console)
}

/// Resolves the names, and says what was decided on the way.
///
/// # Errors
///
/// A taxonomy or names that cannot be read.
pub fn resolved(args: &ResolveArgs, console: Console) -> anyhow::Result<ResolvedNames> {
    let resolving = Resolving { column: args.column.clone(), ..Resolving::of(args.names.clone(), &args.taxonomy) };
    let resolved = resolving.run()?;
    for note in &resolved.notes {
        console.remark(note);
    }
    Ok(resolved)
}

/// Whether a name is one that a model may suggest taxa for: it means none, or several.
#[must_use]
pub fn is_open(row: &ResolvedName) -> bool {
    matches!(row.status, Status::Unmatched | Status::Ambiguous | Status::Contradicted)
}

/// Writes the table, with two more columns where a model suggests taxa for each row, and says what came of it.
///
/// # Errors
///
/// What keeps the table from being written.
pub fn finished(
    args: &ResolveArgs,
    resolved: &ResolvedNames,
    suggested: Option<&[Suggested]>,
    console: Console,
) -> anyhow::Result<Ending> {
    let csv = match suggested {
        Some(suggested) => with_suggestions(resolved, suggested)?,
        None => resolved.csv()?,
    };
    match &args.output {
        None => std::io::stdout().write_all(&csv)?,
        Some(path) => written(path, &csv).with_context(|| format!("{}: cannot be written", path.display()))?,
    }
    let resolution = &resolved.resolution;
    for line in resolution.summary() {
        if args.output.is_some() { console.say(line)? } else { console.remark(line) }
    }
    let (count, seconds) = (resolution.rows.len(), resolved.seconds);
    let rate = to_f64(count as u64) / seconds.max(1e-9);
    console.remark(format!("{} in {seconds:.2} s, {rate:.0} a second", counted(count, "name", "names")));
    if let Some(suggested) = suggested {
        let names = suggested.iter().filter(|taxa| !taxa.is_empty()).count();
        console.remark(format!("suggested, not taken: taxa for {}", counted(names, "name", "names")));
    }
    if let Some(path) = &args.output {
        console.say(format!("{}: written", path.display()))?;
    }
    Ok(if resolution.is_complete() { Ending::Done } else { Ending::Skipped })
}

/// The table with `suggested` and `suggested_similarity` behind its columns, several joined with ` | `.
fn with_suggestions(resolved: &ResolvedNames, suggested: &[Suggested]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(vec![]);
    let mut columns = Resolution::columns();
    columns.extend(["suggested", "suggested_similarity"]);
    writer.write_record(columns)?;
    for (place, row) in resolved.resolution.rows.iter().enumerate() {
        let taxa = suggested.get(place).map(Vec::as_slice).unwrap_or_default();
        let mut cells = row.cells(&resolved.taxonomy);
        let names: Vec<&str> = taxa.iter().map(|(taxon, _)| resolved.taxonomy.name(*taxon)).collect();
        let near: Vec<String> = taxa.iter().map(|(_, similarity)| format!("{similarity:.4}")).collect();
        cells.extend([names.join(" | "), near.join(" | ")]);
        writer.write_record(cells)?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// Writes a table, whole or not at all; its folder is made if it is not there.
fn written(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = crate::files::output::draft::file_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn suggestions_stand_behind_the_other_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ants.csv");
        let table = "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Lasius,genus\n3,2,Lasius niger,species\n4,1,Apis,genus\n";
        std::fs::write(&path, table).unwrap();
        let names = vec!["Apis".to_string(), "small black ant".to_string()];
        let resolved = Resolving::of(names, &path.display().to_string()).run().unwrap();
        assert_eq!(resolved.resolution.rows.iter().map(is_open).collect::<Vec<_>>(), [false, true]);
        let taxon = |name: &str| resolved.taxonomy.resolve(name).taxon().unwrap();
        let suggested = [vec![], vec![(taxon("Lasius niger"), 0.625), (taxon("Lasius"), 0.5)]];
        let csv = String::from_utf8(with_suggestions(&resolved, &suggested).unwrap()).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].ends_with(",lineage,candidates,suggested,suggested_similarity"), "{csv}");
        assert!(lines[1].starts_with("Apis,") && lines[1].ends_with(",,"), "{csv}");
        assert!(
            lines[2].starts_with("small black ant,,,unmatched,") && lines[2].ends_with(",Lasius niger | Lasius,0.6250 | 0.5000"),
            "{csv}"
        );
        // Nothing is taken.
        assert!(resolved.resolution.rows[1].resolved.taxon().is_none());
    }
}
