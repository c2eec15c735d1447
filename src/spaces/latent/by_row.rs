//! What was measured point by point, back in the order of the rows.

use super::dendrogram::Merge;
use super::findings::Latent;
use super::groups::Groups;
use crate::taxonomy::rank::Rank;

/// Puts what a space holds point by point into the order of its rows; `order` has the row of each place, and `by_rank` the
/// points of each rank.
pub(super) fn back(latent: &mut Latent, order: &[usize], by_rank: &[(Rank, Groups)]) {
    for map in &mut latent.maps {
        sort(&mut map.points, order.iter().copied());
    }
    let row_of = |nearest: Option<usize>| nearest.map(|place| order[place]);
    latent.nearest = std::mem::take(&mut latent.nearest).into_iter().map(row_of).collect();
    sort(&mut latent.nearest, order.iter().copied());
    for hubs in &mut latent.hubness {
        sort(&mut hubs.counts, order.iter().copied());
    }
    for (space, (_, groups)) in latent.ranks.iter_mut().zip(by_rank) {
        sort(&mut space.shares, order.iter().copied());
        sort(&mut space.silhouette_euclidean_points, groups.points.iter().map(|&place| order[place]));
    }
    if let Some((groups, silhouette)) = &mut latent.silhouettes {
        let rows: Vec<usize> = groups.points.iter().map(|&place| order[place]).collect();
        sort(&mut silhouette.points, rows.iter().copied());
        sort(&mut silhouette.next, rows.iter().copied());
        sort(&mut groups.of, rows.iter().copied());
        groups.points = rows;
        groups.points.sort_unstable();
        groups.members.iter_mut().for_each(|members| members.iter_mut().for_each(|place| *place = order[*place]));
        groups.members.iter_mut().for_each(|members| members.sort_unstable());
    }
    for pairs in &mut latent.pairs {
        renumber(&mut pairs.merges, order);
    }
}

/// Sorts values by the rows that they belong to; no values stay none.
fn sort<T>(values: &mut Vec<T>, rows: impl Iterator<Item = usize>) {
    let mut pairs: Vec<(usize, T)> = rows.zip(std::mem::take(values)).collect();
    pairs.sort_by_key(|(row, _)| *row);
    values.extend(pairs.into_iter().map(|(_, value)| value));
}

/// Leaves of merges get the numbers that points with a taxon have in the order of rows.
fn renumber(merges: &mut [Merge], order: &[usize]) {
    let points = merges.len() + 1;
    // Points without a taxon stand last, and are in no tree.
    let mut rows: Vec<usize> = order.iter().copied().take(points).collect();
    rows.sort_unstable();
    let number = |node: usize| {
        let row = (node < points).then(|| order.get(node)).flatten();
        row.and_then(|row| rows.binary_search(row).ok()).unwrap_or(node)
    };
    for merge in merges {
        let (one, other) = (number(merge.left), number(merge.right));
        (merge.left, merge.right) = (one.min(other), one.max(other));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_leaves_find_their_rows() {
        let mut values = vec!['a', 'b', 'c'];
        sort(&mut values, [2, 0, 5].into_iter());
        assert_eq!(values, ['b', 'a', 'c']);
        // Places 0 1 2 are rows 3 0 2 (row 1 has no taxon): leaves 2 0 1.
        let merge = |left, right, size| Merge { left, right, height: 1.0, size };
        let mut merges = vec![merge(0, 1, 2), merge(2, 3, 3)];
        renumber(&mut merges, &[3, 0, 2, 1]);
        assert_eq!(merges, [merge(0, 2, 2), merge(1, 3, 3)]);
    }
}
