//! How much alike documents are by a model, as a picture.

use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::figures::heat_map::HeatMap;
use crate::spaces::latent::dendrogram::{Dendrogram, Linkage, condensed};
use crate::spaces::retrieval::texts::{TextCollection, TextVectors};

/// Most documents of a picture.
const MOST: usize = 60;

/// The cells of a picture: some documents in an order, and how much alike every two are.
struct Cells {
    /// Places of the documents, from the top down.
    documents: Vec<usize>,
    /// Values row by row.
    values: Vec<f64>,
    /// How they were chosen and put in order, a sentence.
    order: String,
}

impl Cells {
    /// Of at most so many documents, every so many one of all; in the order of their taxa where these are known, else those that
    /// are alike beside each other, by average linkage. `None` for fewer than three.
    fn of(collection: &TextCollection, vectors: &TextVectors) -> Option<Cells> {
        let all = collection.documents.len();
        let step = all.div_ceil(MOST).max(1);
        let mut documents: Vec<usize> = (0..all).step_by(step).collect();
        if documents.len() < 3 {
            return None;
        }
        let which = match step {
            1 => format!("All {all} documents"),
            _ => format!("{} of {all} documents, one in {step}", documents.len()),
        };
        let order = if let Some(taxa) = &collection.taxa {
            documents.sort_by_key(|&document| (taxa.documents[document], document));
            "in the order of their taxa"
        } else {
            let order = linked(&documents, vectors);
            documents = order.into_iter().map(|place| documents[place]).collect();
            "those that are alike beside each other (average linkage)"
        };
        let rows = documents.iter().flat_map(|&one| documents.iter().map(move |&other| (one, other)));
        let values = rows.map(|(one, other)| vectors.alike(one, other)).collect();
        Some(Cells { documents, values, order: format!("{which}, {order}.") })
    }
}

/// The order in which average linkage puts some documents.
fn linked(documents: &[usize], vectors: &TextVectors) -> Vec<usize> {
    let alike = |one: usize, other: usize| vectors.alike(documents[one], documents[other]);
    let count = documents.len();
    let most = (0..count).flat_map(|one| (0..count).map(move |other| (one, other))).map(|(one, other)| alike(one, other));
    // The nearer the smaller, from 0 on, whatever the similarity.
    let most = most.fold(f64::NEG_INFINITY, f64::max);
    Dendrogram::of(count, &condensed(count, |one, other| most - alike(one, other)), Linkage::Average).order()
}

/// The picture of a model; the number is that among all of them, from 1. None for fewer than three documents.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub(super) fn picture(
    collection: &TextCollection,
    name: &str,
    vectors: &TextVectors,
    number: usize,
) -> Result<Option<Figure>, ReportError> {
    let Some(Cells { documents, values, order }) = Cells::of(collection, vectors) else { return Ok(None) };
    let taxon = |document: usize| {
        let taxa = collection.taxa.as_ref()?;
        Some(taxa.taxonomy.name(taxa.documents[document]?).to_string())
    };
    let label = |&document: &usize| {
        let id = &collection.documents.ids[document];
        let text: String = collection.documents.texts[document].chars().take(40).collect();
        let after = taxon(document).unwrap_or(text);
        format!("{id} {after}")
    };
    let names: Vec<String> = documents.iter().map(label).collect();
    let map = HeatMap { names: &names, values: &values, number };
    map.drawn(format!("How much alike every two documents are by {name}; dark is alike. {order}")).map(Some)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::retrieval::texts::{TextList, TextTaxa};
    use crate::taxonomy::Taxonomy;
    use std::path::Path;

    fn collection(count: usize) -> (TextCollection, TextVectors) {
        let ids: Vec<String> = (0..count).map(|number| format!("d{number}")).collect();
        let documents = TextList { texts: ids.clone(), rows: (0..count).collect(), of: count, ids };
        // Even ones in one direction, odd ones in the other.
        let values = (0..count).flat_map(|number| if number % 2 == 0 { [1.0, 0.0] } else { [0.0, 1.0] }).collect();
        let vectors = TextVectors::of("v", (vec![1.0, 0.0], 2), (values, 2)).unwrap();
        (TextCollection { documents: documents.into(), ..TextCollection::default() }, vectors)
    }

    #[test]
    fn those_that_are_alike_stand_beside_each_other() {
        let (four, vectors) = collection(4);
        let cells = Cells::of(&four, &vectors).unwrap();
        let parity: Vec<usize> = cells.documents.iter().map(|document| document % 2).collect();
        assert!(parity == [0, 0, 1, 1] || parity == [1, 1, 0, 0], "{parity:?}");
        assert!((cells.values[1] - 1.0).abs() < 1e-12 && cells.values[2].abs() < 1e-12);
        assert!(cells.order.starts_with("All 4 documents, those that are alike"));
        let (two, vectors) = collection(2);
        assert!(Cells::of(&two, &vectors).is_none());
        let (many, vectors) = collection(121);
        let cells = Cells::of(&many, &vectors).unwrap();
        assert_eq!((cells.documents.len(), cells.values.len()), (41, 41 * 41));
        assert!(cells.order.starts_with("41 of 121 documents, one in 3, "), "{}", cells.order);
    }

    #[test]
    fn taxa_put_documents_in_order() {
        let (mut three, vectors) = collection(3);
        let table = "genus,species\nApis,Apis mellifera\nBombus,Bombus terrestris\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("bees.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon();
        let documents = ["Bombus terrestris", "Apis mellifera", "Bombus"].map(taxon).to_vec();
        three.taxa = Some(TextTaxa { documents, queries: vec![], taxonomy });
        // The genus stands before its species.
        assert_eq!(Cells::of(&three, &vectors).unwrap().documents, [1, 2, 0]);
    }
}
