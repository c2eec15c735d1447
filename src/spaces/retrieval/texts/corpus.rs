//! Documents, queries and judgements from a file each; or documents and queries with taxa, which judge them.

use super::collection::{Parts, TextCollection};
use super::error::TextsError;
use super::file::{Role, TextFile};
use super::judgements;
use super::taxa::{TextTaxa, placed};
use crate::numbers::counted::{counted, form};
use crate::spaces::retrieval::documents::Documents;
use crate::spaces::retrieval::qrels::Qrels;
use crate::taxonomy::{TaxonId, Taxonomy};
use hashbrown::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A file of judgements with the split that it stands for, where it stands for one.
pub(super) type Judgements = (Option<String>, PathBuf);

/// Reads documents and queries and holds them against judgements.
///
/// # Errors
///
/// [`TextsError`]: what cannot be read; judgements of other queries.
pub(super) fn judged(corpus: &Path, queries: &Path, files: &[Judgements]) -> Result<TextCollection, TextsError> {
    let documents = TextFile::read(corpus, Role::Documents)?;
    let asked = TextFile::read(queries, Role::Queries)?;
    let mut names = numbered(&documents);
    let places: HashMap<&str, usize> = asked.list.ids.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    let (mut wanted, mut parts, mut unlike) = (Qrels::default(), Parts::default(), Unlike::default());
    let (mut taken, mut met): (Vec<usize>, HashSet<usize>) = (vec![], HashSet::new());
    for (part, path) in files {
        let qrels = judgements::read(path, &mut names)?;
        let first = qrels.queries.first().cloned().unwrap_or_default();
        let before = unlike.queries;
        let judged = qrels.queries.len();
        for (query, grades) in qrels.queries.into_iter().zip(qrels.grades) {
            let Some(&place) = places.get(query.as_str()) else {
                unlike.queries += 1;
                continue;
            };
            if !met.insert(place) {
                parts.divided = parts.divided.or(Some(query));
                continue;
            }
            taken.push(place);
            unlike.count(&grades, documents.list.len());
            wanted.queries.push(query);
            wanted.grades.push(grades);
            parts.of.push(part.clone().or_else(|| asked.parts[place].clone()));
        }
        if unlike.queries - before == judged {
            let known = asked.list.ids.first().cloned().unwrap_or_default();
            return Err(TextsError::NoQuery { path: path.clone(), judged: first, known });
        }
    }
    let idle = asked.list.len() - taken.len();
    Ok(TextCollection {
        queries: asked.list.only(&taken),
        qrels: wanted,
        parts,
        warnings: unlike.warnings(),
        notes: [documents.notes, asked.notes, not_judged(idle)].concat(),
        documents: documents.list.into(),
        names,
        ..TextCollection::default()
    })
}

/// Reads documents and queries that have taxa; [`TextCollection::judge_by_taxa`] then judges.
///
/// # Errors
///
/// [`TextsError::NoTaxa`], [`TextsError::UnknownTaxa`]; what cannot be read.
pub(super) fn by_taxa(corpus: &Path, queries: &Path, taxonomy: Option<&Taxonomy>) -> Result<TextCollection, TextsError> {
    let documents = TextFile::read(corpus, Role::Documents)?;
    let asked = TextFile::read(queries, Role::Queries)?;
    let (taxonomy, of_documents) = taxa_of(&documents, corpus, taxonomy, "the documents have")?;
    let (taxonomy, of_queries) = taxa_of(&asked, queries, Some(&taxonomy), "the queries have")?;
    let (documents, of_documents, told) = with_taxon(documents, of_documents, corpus);
    let (asked, of_queries, told_of_queries) = with_taxon(asked, of_queries, queries);
    Ok(TextCollection {
        names: numbered(&documents),
        taxa: Some(TextTaxa { taxonomy, documents: of_documents, queries: of_queries }),
        parts: Parts { of: asked.parts, divided: None },
        notes: [documents.notes, told, asked.notes, told_of_queries].concat(),
        documents: documents.list.into(),
        queries: asked.list,
        ..TextCollection::default()
    })
}

/// Reads texts that have taxa, each a query that asks for the others.
///
/// # Errors
///
/// [`TextsError::NoTaxa`], [`TextsError::UnknownTaxa`]; what cannot be read.
pub(super) fn own(path: &Path, taxonomy: Option<&Taxonomy>) -> Result<TextCollection, TextsError> {
    let texts = TextFile::read(path, Role::Documents)?;
    let (taxonomy, taxa) = taxa_of(&texts, path, taxonomy, "its texts have")?;
    let (texts, taxa, told) = with_taxon(texts, taxa, path);
    Ok(TextCollection {
        names: numbered(&texts),
        itself: (0..).take(texts.list.len()).collect(),
        taxa: Some(TextTaxa { taxonomy, documents: taxa.clone(), queries: taxa }),
        parts: Parts { of: texts.parts, divided: None },
        notes: [texts.notes, told].concat(),
        queries: texts.list.clone(),
        documents: texts.list.into(),
        ..TextCollection::default()
    })
}

/// Documents by number: its place.
fn numbered(documents: &TextFile) -> Documents {
    let mut names = Documents::default();
    for id in &documents.list.ids {
        names.number(id);
    }
    names
}

fn taxa_of(
    texts: &TextFile,
    path: &Path,
    taxonomy: Option<&Taxonomy>,
    what: &'static str,
) -> Result<(Taxonomy, Vec<Option<TaxonId>>), TextsError> {
    let labels = texts.taxa.as_ref().ok_or_else(|| TextsError::NoTaxa { path: path.to_path_buf(), what })?;
    let (taxonomy, taxa) = placed(labels, path, taxonomy)?;
    if taxa.iter().all(Option::is_none) {
        return Err(TextsError::UnknownTaxa { path: path.to_path_buf() });
    }
    Ok((taxonomy, taxa))
}

/// Those of some texts that have a taxon: nobody can say of the others what is relevant.
fn with_taxon(texts: TextFile, taxa: Vec<Option<TaxonId>>, path: &Path) -> (TextFile, Vec<Option<TaxonId>>, Vec<String>) {
    let kept: Vec<usize> = (0..taxa.len()).filter(|&place| taxa[place].is_some()).collect();
    let without = taxa.len() - kept.len();
    if without == 0 {
        return (texts, taxa, vec![]);
    }
    let all = counted(taxa.len(), "text", "texts");
    let (have, are) = (form(without, "has", "have"), form(without, "is", "are"));
    let note = format!("{}: {without} of {all} {have} no taxon of the taxonomy and {are} left out", path.display());
    let parts = kept.iter().map(|&place| texts.parts[place].clone()).collect();
    let list = texts.list.only(&kept);
    (TextFile { list, parts, ..texts }, kept.into_iter().map(|place| taxa[place]).collect(), vec![note])
}

/// What of the judgements has no text.
#[derive(Default)]
struct Unlike {
    /// Judged queries.
    queries: usize,
    /// Judged documents, once for each query.
    documents: usize,
    /// Those of them that are relevant.
    relevant: usize,
}

impl Unlike {
    fn count(&mut self, grades: &HashMap<u32, i32>, documents: usize) {
        for grade in grades.iter().filter(|(document, _)| **document as usize >= documents).map(|(_, grade)| *grade) {
            self.documents += 1;
            self.relevant += usize::from(grade > 0);
        }
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = vec![];
        if self.queries > 0 {
            let (queries, are) = (counted(self.queries, "judged query", "judged queries"), form(self.queries, "is", "are"));
            warnings.push(format!("{queries} {are} not among the queries and {are} left out"));
        }
        if self.documents > 0 {
            let (documents, are) =
                (counted(self.documents, "judged document", "judged documents"), form(self.documents, "is", "are"));
            let relevant = self.relevant;
            warnings.push(format!(
                "{documents} {are} not among the documents: {relevant} relevant, which nothing can find, and which count as missed"
            ));
        }
        warnings
    }
}

fn not_judged(queries: usize) -> Vec<String> {
    let are = form(queries, "is", "are");
    let note = || format!("{} {are} not judged and {are} not asked", counted(queries, "query", "queries"));
    if queries > 0 { vec![note()] } else { vec![] }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    const CORPUS: &str =
        "id,text,species\nd1,small black ants,Lasius niger\nd2,a large ant,Formica rufa\nd3,a bee,Apis mellifera\n";

    #[test]
    fn judgements_are_held_against_what_there_is() {
        let queries = "qid,query\nq1,black\nq2,large\nq3,idle\n";
        let qrels = "query-id\tcorpus-id\tscore\nq2\td2\t1\nq1\td1\t1\nq1\td9\t1\nq2\td8\t0\nq7\td1\t1\n";
        let folder = written(&[("c.csv", CORPUS), ("q.csv", queries), ("test.tsv", qrels)]);
        let at = |name: &str| folder.path().join(name);
        let found = judged(&at("c.csv"), &at("q.csv"), &[(Some("test".into()), at("test.tsv"))]).unwrap();
        // In the order of the judgements.
        assert_eq!((found.queries.ids, found.queries.rows), (vec!["q2".to_string(), "q1".to_string()], vec![1, 0]));
        assert_eq!(found.qrels.queries, ["q2", "q1"]);
        assert_eq!(found.qrels.grades[1].get(&0), Some(&1));
        assert_eq!((found.names.len(), found.names.name(3), found.names.name(0)), (5, "d9", "d1"));
        assert_eq!(found.parts.of, [Some("test".to_string()), Some("test".to_string())]);
        assert_eq!(
            found.warnings,
            [
                "1 judged query is not among the queries and is left out",
                "2 judged documents are not among the documents: 1 relevant, which nothing can find, and which count as missed"
            ]
        );
        assert_eq!(found.notes, ["1 query is not judged and is not asked"]);
        let none = "q8 0 d1 1\n";
        std::fs::write(at("none.txt"), none).unwrap();
        let message = judged(&at("c.csv"), &at("q.csv"), &[(None, at("none.txt"))]).unwrap_err().to_string();
        assert!(message.contains("none of its judged queries is among the queries: the first is 'q8'"), "{message}");
    }

    #[test]
    fn taxa_judge_documents_and_texts_among_themselves() {
        let queries = "text,species\nblack ant,Lasius niger\nwho knows,\n";
        let folder = written(&[("c.csv", CORPUS), ("q.csv", queries), ("none.csv", "text,page\nx,1\n")]);
        let at = |name: &str| folder.path().join(name);
        let mut found = by_taxa(&at("c.csv"), &at("q.csv"), None).unwrap();
        assert_eq!((found.queries.ids.as_slice(), found.documents.len()), (&["q1".to_string()][..], 3));
        assert!(found.notes[0].ends_with("1 of 2 texts has no taxon of the taxonomy and is left out"), "{:?}", found.notes);
        found.judge_by_taxa(1);
        assert_eq!(found.qrels.grades[0].get(&0), found.qrels.grades[0].values().max());
        let mut own = own(&at("c.csv"), None).unwrap();
        assert_eq!((own.queries.ids == own.documents.ids, own.itself.as_slice()), (true, &[0, 1, 2][..]));
        own.judge_by_taxa(1);
        assert!(own.qrels.grades.iter().all(HashMap::is_empty), "no two are of one species");
        let message = by_taxa(&at("c.csv"), &at("none.csv"), None).unwrap_err().to_string();
        assert!(message.contains("the queries have no taxa to judge by"), "{message}");
    }
}
