//! An order of points that does not depend on the order of rows.

use super::points::{Embeddings, Labels};
use crate::taxonomy::TaxonId;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The order of two vectors: number by number, the smaller first.
fn by_numbers(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(one, other)| one.total_cmp(other)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Points without a taxon stand last.
fn by_taxon(a: Option<TaxonId>, b: Option<TaxonId>) -> Ordering {
    a.is_none().cmp(&b.is_none()).then(a.cmp(&b))
}

impl Embeddings {
    /// Rows by taxon in the order of the taxonomy (those without one last), then by vector, number by number, the smaller
    /// first, then by what else the point's observation holds, and only then by the names of observation and point.
    ///
    /// Whatever is drawn, sampled or tied is so in this order: the same points give the same numbers, in whatever order a
    /// file has them and whatever they and their observations are called.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        let rows = self.rows();
        let like = |a: usize, b: usize| by_taxon(self.taxa[a], self.taxa[b]).then_with(|| by_numbers(rows.row(a), rows.row(b)));
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| like(a, b));
        // Points of one taxon and vector are of one class.
        let mut class = vec![0_usize; self.len()];
        for pair in order.windows(2) {
            class[pair[1]] = class[pair[0]] + usize::from(like(pair[0], pair[1]).is_ne());
        }
        let mut held: HashMap<&str, Vec<usize>> = HashMap::new();
        for &row in &order {
            held.entry(&self.observations[row]).or_default().push(class[row]);
        }
        // A point without an observation is one by itself.
        let holds = |row: usize| Some(&self.observations[row]).filter(|name| !name.is_empty()).map(|name| &held[name.as_str()]);
        order.sort_by(|&a, &b| {
            class[a]
                .cmp(&class[b])
                .then_with(|| holds(a).cmp(&holds(b)))
                .then_with(|| self.observations[a].cmp(&self.observations[b]))
                .then_with(|| self.names[a].cmp(&self.names[b]))
        });
        order
    }

    /// The points in an order of rows, and vectors of labels in the same kind of order; borrowed where that changes nothing.
    #[must_use]
    pub fn ordered(&self, order: &[usize]) -> Cow<'_, Embeddings> {
        let labels = self.labels.as_ref().map(|labels| labels.order(self.width));
        let in_order = |order: &[usize]| order.iter().enumerate().all(|(place, &row)| place == row);
        if in_order(order) && labels.as_deref().is_none_or(in_order) {
            return Cow::Borrowed(self);
        }
        let taken = |values: &[f64], order: &[usize]| -> Vec<f64> {
            order.iter().flat_map(|&row| &values[row * self.width..(row + 1) * self.width]).copied().collect()
        };
        Cow::Owned(Embeddings {
            values: taken(&self.values, order),
            width: self.width,
            names: order.iter().map(|&row| self.names[row].clone()).collect(),
            taxa: order.iter().map(|&row| self.taxa[row]).collect(),
            observations: order.iter().map(|&row| self.observations[row].clone()).collect(),
            taxonomy: self.taxonomy.clone(),
            labels: self.labels.as_ref().zip(labels).map(|(labels, order)| Labels {
                values: taken(&labels.values, &order),
                taxa: order.iter().map(|&row| labels.taxa[row]).collect(),
            }),
            notes: self.notes.clone(),
        })
    }
}

impl Labels {
    fn order(&self, width: usize) -> Vec<usize> {
        let row = |index: usize| &self.values[index * width..(index + 1) * width];
        let mut order: Vec<usize> = (0..self.taxa.len()).collect();
        order.sort_by(|&a, &b| by_taxon(self.taxa[a], self.taxa[b]).then_with(|| by_numbers(row(a), row(b))));
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::Taxonomy;

    #[test]
    fn points_stand_by_taxon_vector_and_observation() {
        // Rows 1, 2 and 4 are of one taxon and vector; what is observed with row 4 stands before what is with row 1.
        let rows: [(&[f64; 2], Option<TaxonId>, &str, &str); 6] = [
            (&[0.0, 0.0], None, "", "last"),
            (&[1.0, -1.0], Some(TaxonId::ROOT), "a", "p"),
            (&[1.0, -1.0], Some(TaxonId::ROOT), "", "alone"),
            (&[1.0, -2.0], Some(TaxonId::ROOT), "z", "first"),
            (&[1.0, -1.0], Some(TaxonId::ROOT), "z", "q"),
            (&[2.0, 0.0], Some(TaxonId::ROOT), "a", "larger"),
        ];
        let points = Embeddings {
            values: rows.iter().flat_map(|row| *row.0).collect(),
            width: 2,
            names: rows.iter().map(|row| row.3.to_string()).collect(),
            taxa: rows.iter().map(|row| row.1).collect(),
            observations: rows.iter().map(|row| row.2.to_string()).collect(),
            taxonomy: Taxonomy::empty(),
            labels: None,
            notes: vec![],
        };
        let order = points.order();
        assert_eq!(order, [3, 2, 4, 1, 5, 0]);
        let ordered = points.ordered(&order);
        assert_eq!(ordered.names, ["first", "alone", "q", "p", "larger", "last"]);
        assert_eq!(ordered.values[..4], [1.0, -2.0, 1.0, -1.0]);
        assert!(matches!(ordered.ordered(&[0, 1, 2, 3, 4, 5]), Cow::Borrowed(_)));
    }
}
