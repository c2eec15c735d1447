//! A file of texts, each with its id and what else is said of it: documents, or queries.

use super::columns::Columns;
use super::error::TextsError;
use super::list::TextList;
use crate::numbers::counted::{counted, form};
use hashbrown::HashMap;
use polars::prelude::DataFrame;
use std::path::Path;

/// What the texts of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// They are found.
    Documents,
    /// They ask.
    Queries,
}

/// What columns of splits are called.
pub(super) const PARTS: [&str; 5] = ["split", "fold", "partition", "subset", "set"];

/// What columns of texts are called, whatever the texts are.
const TEXTS: [&str; 14] = [
    "text",
    "contents",
    "content",
    "body",
    "description",
    "note",
    "notes",
    "fieldnote",
    "fieldnotes",
    "remarks",
    "sentence",
    "passage",
    "document",
    "labeltext",
];

impl Role {
    fn noun(self) -> [&'static str; 2] {
        match self {
            Role::Documents => ["document", "documents"],
            Role::Queries => ["query", "queries"],
        }
    }

    /// What ids that nobody gave begin with.
    fn letter(self) -> char {
        match self {
            Role::Documents => 'd',
            Role::Queries => 'q',
        }
    }

    fn ids(self) -> &'static [&'static str] {
        match self {
            Role::Documents => &["id", "docid", "documentid", "corpusid", "passageid", "pid", "docno"],
            Role::Queries => &["id", "queryid", "qid"],
        }
    }

    fn texts(self) -> Vec<&'static str> {
        let own: &[&str] = if self == Role::Queries { &["text", "query", "question"] } else { &[] };
        own.iter().chain(&TEXTS).copied().collect()
    }
}

/// The texts of a file, and what is said of each.
#[derive(Debug, Clone)]
pub struct TextFile {
    /// The texts.
    pub list: TextList,
    /// The id of each as `image`, with the columns of taxa and ranks; `None` where there is none of these.
    pub taxa: Option<DataFrame>,
    /// The split of each, where the file says.
    pub parts: Vec<Option<String>>,
    /// What was left out or stands out, one sentence each.
    pub notes: Vec<String>,
}

impl TextFile {
    /// Reads CSV, TSV, JSON Lines, Parquet or whatever else tables are in. A column `title` stands before the text. Rows without
    /// text are left out; the same id with the same text counts once; where there is no column of ids, `d` or `q` and the row,
    /// from 1, is the id.
    ///
    /// # Errors
    ///
    /// [`TextsError`]: no column of texts, no text, an id that two texts have.
    pub fn read(path: &Path, role: Role) -> Result<TextFile, TextsError> {
        let columns = Columns::read(path)?;
        let texts = whole_texts(&columns, role)?;
        let ids = columns.find(role.ids(), "ids")?.map(|name| columns.texts(name)).transpose()?;
        let [noun, nouns] = role.noun();
        let mut list = TextList { of: columns.len(), ..TextList::default() };
        let mut met: HashMap<String, usize> = HashMap::new();
        let mut again = 0_usize;
        for (row, text) in texts.into_iter().enumerate() {
            let Some(text) = text else { continue };
            let id = match &ids {
                None => format!("{}{}", role.letter(), row + 1),
                Some(ids) => {
                    let id = ids.get(row).cloned().flatten();
                    id.ok_or_else(|| TextsError::NoId { path: path.to_path_buf(), row: row + 1 })?
                }
            };
            match met.get(&id) {
                Some(&place) if list.texts[place] == text => again += 1,
                Some(&place) => {
                    let (first, second) = (list.rows[place] + 1, row + 1);
                    return Err(TextsError::SameId { path: path.to_path_buf(), id, first, second });
                }
                None => {
                    met.insert(id.clone(), list.len());
                    list.ids.push(id);
                    list.texts.push(text);
                    list.rows.push(row);
                }
            }
        }
        if list.is_empty() {
            return Err(TextsError::NoText { path: path.to_path_buf(), noun });
        }
        let notes = notes(path, &list, again, [noun, nouns]);
        let taxa = columns.taxa(&list.ids, &list.rows)?;
        let parts = parts_of(&columns, &list.rows)?;
        Ok(TextFile { list, taxa, parts, notes })
    }
}

/// Title and text of each row, joined by a space; `None` where both are blank.
fn whole_texts(columns: &Columns, role: Role) -> Result<Vec<Option<String>>, TextsError> {
    let texts = columns.texts(columns.required(&role.texts(), "texts")?)?;
    let title = if role == Role::Documents { columns.find(&["title"], "titles")? } else { None };
    let Some(title) = title else { return Ok(texts) };
    let join = |(title, text): (Option<String>, Option<String>)| match (title, text) {
        (Some(title), Some(text)) => Some(format!("{title} {text}")),
        (title, text) => title.or(text),
    };
    Ok(columns.texts(title)?.into_iter().zip(texts).map(join).collect())
}

/// The split of each row, where a column says it.
pub(super) fn parts_of(columns: &Columns, rows: &[usize]) -> Result<Vec<Option<String>>, TextsError> {
    let Some(name) = columns.find(&PARTS, "splits")? else { return Ok(vec![None; rows.len()]) };
    let cells = columns.texts(name)?;
    Ok(rows.iter().map(|&row| cells.get(row).cloned().flatten().map(|part| part.to_lowercase())).collect())
}

fn notes(path: &Path, list: &TextList, again: usize, [noun, nouns]: [&'static str; 2]) -> Vec<String> {
    let mut notes = vec![];
    let blank = list.of - list.len() - again;
    if blank > 0 {
        let rows = counted(list.of, "row", "rows");
        notes.push(format!(
            "{}: {blank} of {rows} {} no text and {} left out",
            path.display(),
            form(blank, "has", "have"),
            form(blank, "is", "are")
        ));
    }
    if again > 0 {
        let (rows, count) = (counted(again, "row repeats", "rows repeat"), form(again, "counts", "count"));
        notes.push(format!("{}: {rows} the id and the text of another and {count} once with it", path.display()));
    }
    let repeated = list.repeated();
    if repeated > 0 {
        let texts = counted(repeated, noun, nouns);
        notes.push(format!(
            "{}: {texts} {} word for word the text of another one",
            path.display(),
            form(repeated, "has", "have")
        ));
    }
    notes
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(name: &str, text: &str, role: Role) -> Result<TextFile, TextsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        TextFile::read(&path, role)
    }

    #[test]
    fn every_row_is_accounted_for() {
        let lines = "{\"_id\": \"a\", \"title\": \"Ants\", \"text\": \" small and black \"}\n\
                     {\"_id\": \"b\", \"title\": \"\", \"text\": \"bees\"}\n\
                     {\"_id\": \"c\", \"title\": \"\", \"text\": \"\"}\n\
                     {\"_id\": \"b\", \"title\": \"\", \"text\": \"bees\"}\n\
                     {\"_id\": \"e\", \"title\": \"bees\", \"text\": \"\"}\n";
        let file = read("corpus.jsonl", lines, Role::Documents).unwrap();
        assert_eq!(file.list.ids, ["a", "b", "e"]);
        assert_eq!(file.list.texts, ["Ants small and black", "bees", "bees"]);
        assert_eq!((file.list.rows, file.list.of), (vec![0, 1, 4], 5));
        let said: Vec<&str> = file.notes.iter().map(|note| note.split_once(": ").unwrap().1).collect();
        let expected = [
            "1 of 5 rows has no text and is left out",
            "1 row repeats the id and the text of another and counts once with it",
            "1 document has word for word the text of another one",
        ];
        assert_eq!(said, expected);
        assert!(file.taxa.is_none() && file.parts == [None, None, None]);
    }

    #[test]
    fn what_nobody_called_is_called_by_its_row() {
        let file =
            read("notes.csv", "note,species,split\nx,Apis mellifera,Test\n,Apis cerana,\ny,,train\n", Role::Queries).unwrap();
        assert_eq!((file.list.ids, file.list.rows), (vec!["q1".to_string(), "q3".to_string()], vec![0, 2]));
        assert_eq!(file.parts, [Some("test".to_string()), Some("train".to_string())]);
        assert_eq!(file.taxa.unwrap().height(), 2);
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let refusal = |text: &str| read("t.csv", text, Role::Documents).unwrap_err().to_string();
        assert!(refusal("id,text\na,x\nb,y\na,z\n").contains("rows 1 and 3 have the id 'a' and different texts"));
        assert!(refusal("id,text\na,x\n,y\n").contains("row 2 has a text and no id"));
        assert!(refusal("id,text\na,\nb,\n").contains("it holds no document with a text"));
        assert!(refusal("id,words\na,x\n").contains("no column of texts; its columns are 'id', 'words'; call it 'text'"));
    }
}
