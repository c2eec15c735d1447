//! Attention among the tokens of a trie: each looks at itself and at those that lead to it.

use super::token_trie::{Stretch, TokenTrie};
use std::collections::BTreeMap;
use tch::{Device, Kind, TchError, Tensor};

/// Most keys and queries that a group may be padded to together, as a share of its stretches' own: lengths
/// are rounded up to multiples of this.
const STEP: usize = 4;

/// Which tokens look at which, as padded groups of stretches of much the same lengths.
#[derive(Debug)]
pub struct TreeAttention {
    groups: Vec<Group>,
    /// `[Q]`: nodes that ask, in the order of the answers; all nodes in their order, or some.
    asking: Tensor,
}

#[derive(Debug)]
struct Group {
    /// `[G·C]` rows of the queries, padded with the first row.
    queries: Tensor,
    /// `[G·L]` nodes that are looked at, padded with the first node.
    keys: Tensor,
    /// `[G, 1, C, L]`, 0 where a query may look at a key, else −∞.
    mask: Tensor,
    /// Which of the `G·C` answers are not padding.
    kept: Tensor,
    /// Rows of the result that these go to.
    rows: Tensor,
    /// G, C, L.
    size: [i64; 3],
}

impl TreeAttention {
    /// Every node asks.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn within(trie: &TokenTrie, kind: Kind, device: Device) -> Result<TreeAttention, TchError> {
        let stretches = trie.stretches.iter().map(|stretch| (stretch.clone(), stretch.nodes.start)).collect();
        let asking: Vec<usize> = (0..trie.nodes()).collect();
        TreeAttention::new(stretches, &asking, kind, device)
    }

    /// The nodes ask that the texts end with, in the order of the texts.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn of_ends(trie: &TokenTrie, kind: Kind, device: Device) -> Result<TreeAttention, TchError> {
        // The nodes that lead to each node, by the stretch it is in.
        let mut stretch_of = vec![0; trie.nodes()];
        for (number, stretch) in trie.stretches.iter().enumerate() {
            stretch_of[stretch.nodes.clone()].fill(number);
        }
        let one = |(row, &end): (usize, &usize)| {
            let stretch = &trie.stretches[stretch_of[end]];
            let above = stretch.above.iter().copied().chain(stretch.nodes.start..end).collect();
            (Stretch { above, nodes: end..end + 1 }, row)
        };
        let stretches = trie.ends.iter().enumerate().map(one).collect();
        TreeAttention::new(stretches, &trie.ends, kind, device)
    }

    /// `stretches` with the row of their first node among those that ask.
    fn new(stretches: Vec<(Stretch, usize)>, asking: &[usize], kind: Kind, device: Device) -> Result<TreeAttention, TchError> {
        let padded = |length: usize| length.div_ceil(STEP) * STEP;
        let mut alike: BTreeMap<(usize, usize), Vec<(Stretch, usize)>> = BTreeMap::new();
        for (stretch, row) in stretches {
            let own = if stretch.nodes.len() == 1 { 1 } else { padded(stretch.nodes.len()) };
            alike.entry((own, padded(stretch.above.len()))).or_default().push((stretch, row));
        }
        let groups =
            alike.into_iter().map(|(size, members)| Group::new(size, &members, kind, device)).collect::<Result<_, _>>()?;
        Ok(TreeAttention { groups, asking: indices(asking, device)? })
    }

    /// The rows of those that ask.
    ///
    /// # Shapes
    ///
    /// `x`: `[N, …]`; returns `[Q, …]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn pick(&self, x: &Tensor) -> Result<Tensor, TchError> {
        x.f_index_select(0, &self.asking)
    }

    /// The weighted means of values.
    ///
    /// # Shapes
    ///
    /// `queries`: `[Q, width]`, one row per node that asks; `keys` and `values`: `[N, width]`, one row per node
    /// of the trie. Returns `[Q, width]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn mix(&self, queries: &Tensor, keys: &Tensor, values: &Tensor, heads: i64) -> Result<Tensor, TchError> {
        let width = queries.size()[1];
        let mixed = Tensor::f_empty(queries.size(), (queries.kind(), queries.device()))?;
        for group in &self.groups {
            let [count, own, length] = group.size;
            let of = |x: &Tensor, index: &Tensor, length: i64| {
                x.f_index_select(0, index)?.f_view([count, length, heads, width / heads])?.f_transpose(1, 2)
            };
            let (q, k, v) = (of(queries, &group.queries, own)?, of(keys, &group.keys, length)?, of(values, &group.keys, length)?);
            let answers = Tensor::f_scaled_dot_product_attention(&q, &k, &v, Some(&group.mask), 0.0, false, None, false)?;
            let answers = answers.f_transpose(1, 2)?.f_reshape([count * own, width])?.f_index_select(0, &group.kept)?;
            let _ = mixed.shallow_clone().f_index_copy_(0, &group.rows, &answers)?;
        }
        Ok(mixed)
    }
}

impl Group {
    /// `own` places for the stretches' nodes, after `above` places for the nodes above them.
    fn new((own, above): (usize, usize), members: &[(Stretch, usize)], kind: Kind, device: Device) -> Result<Group, TchError> {
        let length = above + own;
        let (mut queries, mut keys) = (vec![0; members.len() * own], vec![0; members.len() * length]);
        let mut mask = vec![f32::NEG_INFINITY; members.len() * own * length];
        let (mut kept, mut rows) = (vec![], vec![]);
        for (number, (stretch, row)) in members.iter().enumerate() {
            let keys = &mut keys[number * length..][..length];
            keys[..stretch.above.len()].copy_from_slice(&stretch.above);
            keys[above..above + stretch.nodes.len()].iter_mut().zip(stretch.nodes.clone()).for_each(|(key, node)| *key = node);
            for place in 0..own {
                let mask = &mut mask[(number * own + place) * length..][..length];
                mask[..stretch.above.len()].fill(0.0);
                // Padding looks at itself, for a softmax over nothing would be undefined.
                mask[above + place] = 0.0;
                if place < stretch.nodes.len() {
                    mask[above..above + place].fill(0.0);
                    queries[number * own + place] = row + place;
                    kept.push(number * own + place);
                    rows.push(row + place);
                }
            }
        }
        let size = [members.len(), own, length].map(|side| i64::try_from(side).unwrap_or(i64::MAX));
        let mask = Tensor::f_from_slice(&mask)?.f_view([size[0], 1, size[1], size[2]])?;
        Ok(Group {
            queries: indices(&queries, device)?,
            keys: indices(&keys, device)?,
            mask: mask.f_to_kind(kind)?.f_to_device(device)?,
            kept: indices(&kept, device)?,
            rows: indices(&rows, device)?,
            size,
        })
    }
}

fn indices(values: &[usize], device: Device) -> Result<Tensor, TchError> {
    let values: Vec<i64> = values.iter().map(|&value| i64::try_from(value).unwrap_or(i64::MAX)).collect();
    Tensor::f_from_slice(&values)?.f_to_device(device)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn row(x: &Tensor, row: i64) -> Vec<f32> {
        Vec::try_from(x.get(row)).unwrap()
    }

    #[test]
    fn a_token_takes_from_itself_and_those_that_lead_to_it() {
        // Nodes 0 (1), 1 (1 2), 2 (1 2 3), 3 (1 4). Queries of zero weigh all they see alike, so that the
        // answers are means of the values 1, 2, 4, 8 over the nodes that lead there.
        let trie = TokenTrie::of(&[&[1, 2, 3], &[1, 4]]);
        let values = Tensor::from_slice(&[1f32, 10., 2., 20., 4., 40., 8., 80.]).view([4, 2]);
        let (zeros, keys) = (Tensor::zeros([4, 2], (Kind::Float, Device::Cpu)), values.ones_like());
        let attention = TreeAttention::within(&trie, Kind::Float, Device::Cpu).unwrap();
        let mixed = attention.mix(&zeros, &keys, &values, 1).unwrap();
        let expected = [1.0, 1.5, 7.0 / 3.0, 4.5];
        for (node, expected) in expected.into_iter().enumerate() {
            let [a, b] = row(&mixed, i64::try_from(node).unwrap())[..] else { panic!("two values") };
            assert!((a - expected).abs() < 1e-6 && (b - 10.0 * expected).abs() < 1e-5, "{node}: {a} {b}");
        }
        let ends = TreeAttention::of_ends(&trie, Kind::Float, Device::Cpu).unwrap();
        let mixed = ends.mix(&zeros.narrow(0, 0, 2), &keys, &values, 2).unwrap();
        assert!((row(&mixed, 0)[0] - 7.0 / 3.0).abs() < 1e-6 && (row(&mixed, 1)[0] - 4.5).abs() < 1e-6);
        assert_eq!(row(&ends.pick(&values).unwrap(), 1), [8.0, 80.0]);
    }
}
