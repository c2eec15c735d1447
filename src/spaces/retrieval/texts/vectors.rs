//! Vectors of queries and documents, in one space.

use super::error::TextsError;
use super::list::TextList;
use crate::numbers::neighbours::{Rows, Similarity};
use crate::numbers::vector::{cosine_by_norms, dot, squared_distance};

/// Values row by row, and their width.
pub type Values = (Vec<f64>, usize);

/// Vectors of queries and documents, in one space.
#[derive(Debug, Clone, PartialEq)]
pub struct TextVectors {
    queries: Vec<f64>,
    documents: Vec<f64>,
    width: usize,
    /// What is near: cosines unless it is set otherwise.
    pub similarity: Similarity,
}

impl TextVectors {
    /// Of as many vectors as a collection has queries and documents, in their order; `name` is for messages.
    ///
    /// # Errors
    ///
    /// [`TextsError::Widths`] where queries and documents are not of one length.
    pub fn of(name: &str, (queries, width): Values, (documents, other): Values) -> Result<TextVectors, TextsError> {
        if width != other {
            return Err(TextsError::Widths { name: name.to_string(), queries: width, documents: other });
        }
        Ok(TextVectors { queries, documents, width, similarity: Similarity::Cosine })
    }

    /// Of vectors for each row of the files of queries and documents, those of texts that were left out among them.
    ///
    /// # Errors
    ///
    /// [`TextsError::Vectors`], [`TextsError::Widths`], [`TextsError::NotFinite`].
    pub fn of_rows(
        name: &str,
        (queries, of_queries): (Values, &TextList),
        (documents, of_documents): (Values, &TextList),
    ) -> Result<TextVectors, TextsError> {
        let queries = taken(name, "queries", queries, of_queries)?;
        let documents = taken(name, "documents", documents, of_documents)?;
        let vectors = TextVectors::of(name, queries, documents)?;
        vectors.check(name, of_queries, of_documents)?;
        Ok(vectors)
    }

    /// Whether all numbers are finite.
    ///
    /// # Errors
    ///
    /// [`TextsError::NotFinite`] with the first text whose vector is not.
    pub fn check(&self, name: &str, queries: &TextList, documents: &TextList) -> Result<(), TextsError> {
        for (noun, values, list) in [("query", &self.queries, queries), ("document", &self.documents, documents)] {
            let broken = values.chunks(self.width.max(1)).position(|row| row.iter().any(|value| !value.is_finite()));
            if let Some(place) = broken {
                let id = list.ids.get(place).cloned().unwrap_or_default();
                return Err(TextsError::NotFinite { name: name.to_string(), noun, id });
            }
        }
        Ok(())
    }

    /// Length of the vectors.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Vectors of the queries, `Q × D`.
    #[must_use]
    pub fn queries(&self) -> Rows<'_> {
        Rows { values: &self.queries, width: self.width }
    }

    /// Vectors of the documents, `N × D`.
    #[must_use]
    pub fn documents(&self) -> Rows<'_> {
        Rows { values: &self.documents, width: self.width }
    }

    /// How near a document is to a query; larger is nearer.
    #[must_use]
    pub fn near(&self, query: usize, document: usize) -> f64 {
        near(self.similarity, self.queries().row(query), self.documents().row(document))
    }

    /// How near two documents are to each other.
    #[must_use]
    pub fn alike(&self, one: usize, other: usize) -> f64 {
        near(self.similarity, self.documents().row(one), self.documents().row(other))
    }
}

fn near(similarity: Similarity, a: &[f64], b: &[f64]) -> f64 {
    match similarity {
        Similarity::Cosine => cosine_by_norms(a, b),
        Similarity::Inner => dot(a, b),
        Similarity::Euclidean => -squared_distance(a, b).sqrt(),
    }
}

/// The rows of the texts that were kept.
fn taken(name: &str, noun: &'static str, (values, width): Values, list: &TextList) -> Result<Values, TextsError> {
    let found = values.len().checked_div(width).unwrap_or(0);
    if found != list.of || width == 0 {
        return Err(TextsError::Vectors { name: name.to_string(), found, wanted: list.of, noun });
    }
    if list.rows.len() == found {
        return Ok((values, width));
    }
    let rows = Rows { values: &values, width };
    Ok((list.rows.iter().flat_map(|&row| rows.row(row)).copied().collect(), width))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn list(rows: &[usize], of: usize) -> TextList {
        let ids: Vec<String> = rows.iter().map(|row| format!("t{row}")).collect();
        TextList { texts: ids.clone(), ids, rows: rows.to_vec(), of }
    }

    #[test]
    fn vectors_stand_in_the_rows_of_their_files() {
        let values = vec![1.0, 0.0, 9.0, 9.0, 0.0, 3.0];
        let vectors =
            TextVectors::of_rows("v", ((vec![3.0, 4.0], 2), &list(&[0], 1)), ((values.clone(), 2), &list(&[0, 2], 3))).unwrap();
        assert_eq!((vectors.width(), vectors.documents().row(1)), (2, &[0.0, 3.0][..]));
        assert!((vectors.near(0, 0) - 0.6).abs() < 1e-12 && (vectors.near(0, 1) - 0.8).abs() < 1e-12);
        assert!(vectors.alike(0, 1).abs() < 1e-12);
        let inner = TextVectors { similarity: Similarity::Inner, ..vectors.clone() };
        assert!((inner.near(0, 1) - 12.0).abs() < 1e-12);
        let far = TextVectors { similarity: Similarity::Euclidean, ..vectors };
        assert!((far.alike(0, 1) + 10.0_f64.sqrt()).abs() < 1e-12);
        let refusal = |queries: Values, documents: Values| {
            TextVectors::of_rows("v", (queries, &list(&[0], 1)), (documents, &list(&[0, 2], 3))).unwrap_err().to_string()
        };
        assert!(refusal((vec![1.0, 2.0], 2), (vec![1.0; 4], 2)).contains("2 vectors of documents for 3 texts"));
        assert!(refusal((vec![1.0], 1), (values, 2)).contains("queries have length 1, those of documents 2"));
        let broken = refusal((vec![1.0, 2.0], 2), (vec![1.0, 1.0, 1.0, 1.0, f64::NAN, 1.0], 2));
        assert!(broken.contains("the vector of the document 't2' holds a value that is not finite"), "{broken}");
    }
}
