//! A table of pairs: a query in each row, what answers it, and perhaps what does not.

use super::collection::{Parts, TextCollection, Triplet};
use super::columns::Columns;
use super::error::TextsError;
use super::file::parts_of;
use super::list::TextList;
use crate::numbers::counted::{counted, form};
use crate::spaces::retrieval::documents::Documents;
use crate::spaces::retrieval::qrels::Qrels;
use hashbrown::{HashMap, HashSet};

/// What columns of queries are called.
const QUERIES: [&str; 7] = ["query", "anchor", "question", "sentence1", "sentencea", "premise", "text1"];
/// What columns of documents that answer are called.
const POSITIVES: [&str; 15] = [
    "positive",
    "positives",
    "pos",
    "positivedocument",
    "positivepassage",
    "positivepassages",
    "document",
    "passage",
    "answer",
    "answers",
    "sentence2",
    "sentenceb",
    "entailment",
    "context",
    "text2",
];
/// What columns of documents that do not answer are called, perhaps with a number behind it.
const NEGATIVES: [&str; 10] = [
    "negative",
    "negatives",
    "neg",
    "hardnegative",
    "hardnegatives",
    "hardneg",
    "negativedocument",
    "negativepassage",
    "negativepassages",
    "contradiction",
];
/// What columns are called that say how much alike two texts are.
const GRADES: [&str; 4] = ["score", "label", "similarity", "similarityscore"];

/// Whether a table has a column of queries and one of documents that answer them.
///
/// # Errors
///
/// [`TextsError::SeveralColumns`].
pub(super) fn is_of_pairs(columns: &Columns) -> Result<bool, TextsError> {
    Ok(columns.find(&QUERIES, "queries")?.is_some() && columns.find(&POSITIVES, "right documents")?.is_some())
}

/// A row of the table.
struct Row {
    query: String,
    positives: Vec<String>,
    negatives: Vec<String>,
    part: Option<String>,
}

/// What was left out of a table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct LeftOut {
    /// Rows without a query.
    queries: usize,
    /// Rows with a query that nothing answers.
    positives: usize,
    /// Negatives that answer their query, too.
    contradictions: usize,
    /// Triplets that stand there again.
    triplets: usize,
}

/// Reads a table of pairs: the documents are all different texts of positives and negatives, and for each query those answer it
/// that some row says so of. Ids are `q1` … and `d1` … in the order in which texts are first met.
///
/// # Errors
///
/// [`TextsError`]: a column that is missing, pairs with grades, nothing that answers anything.
pub(super) fn read(columns: &Columns) -> Result<TextCollection, TextsError> {
    let mut left_out = LeftOut::default();
    let rows = rows(columns, &mut left_out)?;
    if rows.is_empty() {
        return Err(TextsError::NoPair { path: columns.path().to_path_buf() });
    }
    let (mut queries, mut documents) = (Numbered::default(), Numbered::default());
    let mut grades: Vec<HashMap<u32, i32>> = vec![];
    let mut parts = Parts::default();
    for row in &rows {
        let query = queries.number(&row.query);
        if query == grades.len() {
            grades.push(HashMap::new());
            parts.of.push(row.part.clone());
        } else if parts.of[query] != row.part && parts.divided.is_none() {
            parts.divided = Some(row.query.clone());
        }
        for positive in &row.positives {
            grades[query].insert(small(documents.number(positive)), 1);
        }
        for negative in &row.negatives {
            documents.number(negative);
        }
    }
    let triplets = triplets(&rows, &queries, &documents, &mut grades, &mut left_out);
    let (queries, documents) = (queries.list('q'), documents.list('d'));
    let mut names = Documents::default();
    for id in &documents.ids {
        names.number(id);
    }
    Ok(TextCollection {
        qrels: Qrels { queries: queries.ids.clone(), grades },
        notes: notes(columns, rows.len(), left_out),
        documents: documents.into(),
        queries,
        names,
        triplets,
        parts,
        numbered: true,
        ..TextCollection::default()
    })
}

/// The rows that say what answers a query.
fn rows(columns: &Columns, left_out: &mut LeftOut) -> Result<Vec<Row>, TextsError> {
    let query = columns.required(&QUERIES, "queries")?;
    let positive = columns.required(&POSITIVES, "right documents")?;
    let negatives = columns.numbered(&NEGATIVES);
    if let (true, Some(grade)) = (negatives.is_empty(), columns.find(&GRADES, "grades")?) {
        return Err(TextsError::GradedPairs { path: columns.path().to_path_buf(), column: grade.to_string() });
    }
    let (queries, positives) = (columns.texts(query)?, columns.lists(positive)?);
    let negatives = negatives.into_iter().map(|name| columns.lists(name)).collect::<Result<Vec<_>, TextsError>>()?;
    let parts = parts_of(columns, &(0..columns.len()).collect::<Vec<usize>>())?;
    let mut rows = vec![];
    for (number, ((query, positives), part)) in queries.into_iter().zip(positives).zip(parts).enumerate() {
        let Some(query) = query else {
            left_out.queries += 1;
            continue;
        };
        if positives.is_empty() {
            left_out.positives += 1;
            continue;
        }
        let negatives = negatives.iter().filter_map(|column| column.get(number)).flatten().cloned().collect();
        rows.push(Row { query, positives, negatives, part });
    }
    Ok(rows)
}

/// The triplets of all rows; their negatives are judged not to answer.
fn triplets(
    rows: &[Row],
    queries: &Numbered,
    documents: &Numbered,
    grades: &mut [HashMap<u32, i32>],
    left_out: &mut LeftOut,
) -> Vec<Triplet> {
    let (mut triplets, mut met) = (vec![], HashSet::new());
    for row in rows {
        let query = queries.known(&row.query);
        for negative in &row.negatives {
            let negative = small(documents.known(negative));
            if grades[query].get(&negative) == Some(&1) {
                left_out.contradictions += 1;
                continue;
            }
            grades[query].insert(negative, 0);
            for positive in &row.positives {
                let triplet = Triplet { query, positive: small(documents.known(positive)), negative };
                if met.insert(triplet) {
                    triplets.push(triplet);
                } else {
                    left_out.triplets += 1;
                }
            }
        }
    }
    triplets.sort_by_key(|triplet| triplet.query);
    triplets
}

/// Different texts, numbered as they are first met.
#[derive(Default)]
struct Numbered {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Numbered {
    fn number(&mut self, text: &str) -> usize {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        self.numbers.insert(text.to_string(), self.texts.len());
        self.texts.push(text.to_string());
        self.texts.len() - 1
    }

    /// The number of a text that has one.
    fn known(&self, text: &str) -> usize {
        self.numbers.get(text).copied().unwrap_or(0)
    }

    fn list(self, letter: char) -> TextList {
        let of = self.texts.len();
        let ids = (1..=of).map(|number| format!("{letter}{number}")).collect();
        TextList { ids, texts: self.texts, rows: (0..of).collect(), of }
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn notes(columns: &Columns, taken: usize, left_out: LeftOut) -> Vec<String> {
    let path = columns.path().display();
    let mut notes = vec![];
    let rows = counted(columns.len(), "row", "rows");
    if taken < columns.len() {
        let LeftOut { queries, positives, .. } = left_out;
        let (out, are) = (columns.len() - taken, form(columns.len() - taken, "is", "are"));
        notes.push(format!(
            "{path}: {out} of {rows} {are} left out: {queries} without a query, {positives} without a document that answers it"
        ));
    }
    if left_out.contradictions > 0 {
        let (count, answer) = (left_out.contradictions, form(left_out.contradictions, "answers", "answer"));
        notes.push(format!(
            "{path}: {} {answer} the same query in some row and {} no negative",
            counted(count, "negative", "negatives"),
            form(count, "is", "are")
        ));
    }
    if left_out.triplets > 0 {
        let (count, stands) = (left_out.triplets, form(left_out.triplets, "stands", "stand"));
        let counts = form(count, "counts", "count");
        notes.push(format!("{path}: {} {stands} there already and {counts} once", counted(count, "triplet", "triplets")));
    }
    notes
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn collection(name: &str, text: &str) -> Result<TextCollection, TextsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read(&Columns::read(&path).unwrap())
    }

    #[test]
    fn pairs_become_documents_queries_and_judgements() {
        // 'red' is answered by two rows; 'small ant' is its negative in the first and answers 'black'; 'wasp' contradicts itself.
        let table = "query,positive,negative_1,negative_2,split\n\
                     red,red ant,small ant,bee,test\n\
                     black,small ant,red ant,,train\n\
                     red,red wood ant,red ant,bee,test\n\
                     ,bee,ant,,test\n\
                     striped,,bee,,test\n";
        let found = collection("t.csv", table).unwrap();
        assert_eq!(found.queries.texts, ["red", "black"]);
        assert_eq!(found.documents.texts, ["red ant", "small ant", "bee", "red wood ant"]);
        assert_eq!((found.queries.ids[1].as_str(), found.documents.ids[3].as_str(), found.numbered), ("q2", "d4", true));
        let grade = |query: usize, document: u32| found.qrels.grades[query].get(&document).copied();
        assert_eq!([0, 1, 2, 3].map(|document| grade(0, document)), [Some(1), Some(0), Some(0), Some(1)]);
        assert_eq!([0, 1, 2, 3].map(|document| grade(1, document)), [Some(0), Some(1), None, None]);
        // The third row's 'red ant' answers 'red'.
        let triplet = |query, positive, negative| Triplet { query, positive, negative };
        assert_eq!(found.triplets, [triplet(0, 0, 1), triplet(0, 0, 2), triplet(0, 3, 2), triplet(1, 1, 0)]);
        assert_eq!(found.parts.of, [Some("test".to_string()), Some("train".to_string())]);
        assert_eq!(found.parts.divided, None);
        let said: Vec<&str> = found.notes.iter().map(|note| note.split_once(": ").unwrap().1).collect();
        assert_eq!(
            said,
            [
                "2 of 5 rows are left out: 1 without a query, 1 without a document that answers it",
                "1 negative answers the same query in some row and is no negative"
            ]
        );
    }

    #[test]
    fn lists_of_negatives_and_triplets_that_stand_twice() {
        let lines = "{\"anchor\": \"a\", \"pos\": [\"b\", \"c\"], \"neg\": [\"d\", \"e\"]}\n\
                     {\"anchor\": \"a\", \"pos\": [\"b\"], \"neg\": [\"d\"]}\n";
        let found = collection("t.jsonl", lines).unwrap();
        assert_eq!((found.queries.len(), found.documents.len(), found.triplets.len()), (1, 4, 4));
        assert!(found.notes[0].ends_with("1 triplet stands there already and counts once"), "{:?}", found.notes);
        // In the order of rows: each negative with all that answers.
        let pairs: Vec<(u32, u32)> = found.triplets.iter().map(|triplet| (triplet.positive, triplet.negative)).collect();
        assert_eq!(pairs, [(0, 2), (1, 2), (0, 3), (1, 3)]);
    }

    #[test]
    fn a_query_of_two_splits_and_pairs_with_grades() {
        let divided = collection("t.csv", "query,positive,split\na,b,train\na,c,test\n").unwrap();
        assert_eq!(divided.parts.divided.as_deref(), Some("a"));
        let refusal = |text: &str| collection("t.csv", text).unwrap_err().to_string();
        let graded = refusal("sentence1,sentence2,score\na b,c d,0.2\n");
        assert!(graded.contains("'score' says how much alike the two texts of a row are"), "{graded}");
        assert!(refusal("query,positive\n,b\na,\n").contains("no row has a query and a document that answers it"));
        assert!(refusal("query,words\na,b\n").contains("no column of right documents"));
    }
}
