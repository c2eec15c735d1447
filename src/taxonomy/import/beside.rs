//! What lies beside a checklist: Open Tree's synonyms and retired ids, TAXREF's common names and retired ids.

use super::columns;
use super::error::{ImportError, quoted};
use super::language::Language;
use super::rows::Dialect;
use super::source::Source;
use super::synonyms::push_synonym;
use super::usage::Usage;
use crate::files::archive::Member;

/// Open Tree keeps synonyms and retired ids in files beside the taxonomy.
pub(super) fn pour_open_tree(source: &mut Source<'_>, member: &Member) -> Result<(), ImportError> {
    if let Some((archive, synonyms)) = source.beside(member, "taxonomy", "synonyms") {
        let head = super::rows::head(&archive, &synonyms, 4096, source.encoding)?;
        let first = head.lines().next().unwrap_or_default();
        let dialect = Dialect::of_header(first);
        let header = super::rows::header_cells(first, dialect);
        let (name, id) = (columns::column(&header, &["name"]), columns::column(&header, &["uid"]));
        if name.is_none() || id.is_none() {
            let what = "no columns 'name' and 'uid' of synonyms".to_string();
            return Err(ImportError::Columns { file: synonyms.name, what, found: quoted(&header) });
        }
        let list = &mut source.list;
        super::rows::each(&archive, &synonyms, dialect, source.encoding, &mut |row| {
            push_synonym(list, row.cell(id), row.cell(name), row.line);
            Ok(())
        })?;
        source.files.push(synonyms.name);
    } else {
        source.notes.push("no file of synonyms beside the taxonomy".to_string());
    }
    if let Some((archive, forwards)) = source.beside(member, "taxonomy", "forwards") {
        let dialect = Dialect { separator: super::rows::Separator::Byte(b'\t'), quote: None, header_lines: 1, comments: false };
        let list = &mut source.list;
        super::rows::each(&archive, &forwards, dialect, source.encoding, &mut |row| {
            let (retired, now) = (row.cell(Some(0)), row.cell(Some(1)));
            if list.entry_of_id(retired).is_none()
                && let Some(entry) = list.entry_of_id(now)
            {
                let name = list.name(entry).to_string();
                list.push(&Usage { id: retired, accepted: now, name: &name, line: row.line, ..Usage::default() });
            }
            Ok(())
        })?;
        source.files.push(forwards.name);
    }
    Ok(())
}

/// TAXREF's common names (TAXVERN) and retired ids (CDNOM_DISPARUS), where the archive has them.
pub(super) fn pour_taxref(source: &mut Source<'_>) -> Result<(), ImportError> {
    let find = |prefix: &str| {
        source.archive.members().iter().find(|member| member.file_name().to_lowercase().starts_with(prefix)).cloned()
    };
    let (common, retired) = (find("taxvern"), find("cdnom_disparus"));
    for (member, is_common) in common.map(|member| (member, true)).into_iter().chain(retired.map(|member| (member, false))) {
        let head = super::rows::head(&source.archive, &member, 4096, source.encoding)?;
        let first = head.lines().next().unwrap_or_default();
        let dialect = Dialect::of_header(first);
        let header = super::rows::header_cells(first, dialect);
        let id = columns::column(&header, &["cdnom"]);
        let name = columns::column(&header, &["lbvern"]);
        let language = columns::column(&header, &["iso6393", "langue"]);
        let now = columns::column(&header, &["cdnomremplacement"]);
        source.each(&member, dialect, &mut |list, row| {
            if is_common {
                if let Some(language) = Language::parse(row.cell(language)) {
                    list.push_common(row.cell(id), language, row.cell(name));
                }
            } else if let Some(entry) = list.entry_of_id(row.cell(now)) {
                let accepted = list.name(entry).to_string();
                list.push(&Usage {
                    id: row.cell(id),
                    accepted: row.cell(now),
                    name: &accepted,
                    line: row.line,
                    ..Usage::default()
                });
            }
            Ok(())
        })?;
        source.files.push(member.name);
    }
    Ok(())
}
