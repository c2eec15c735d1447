//! An order of points that does not depend on the order of rows.

use super::{Embeddings, Labels};
use crate::taxonomy::TaxonId;
use std::borrow::Cow;
use std::cmp::Ordering;

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
    /// first, then by observation and by name.
    ///
    /// Whatever is drawn, sampled or tied is so in this order: the same points give the same numbers, in whatever order a
    /// file has them and whatever they are called. Points of one name, observation, taxon and vector are alike.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        let rows = self.rows();
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| {
            by_taxon(self.taxa[a], self.taxa[b])
                .then_with(|| by_numbers(rows.row(a), rows.row(b)))
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
