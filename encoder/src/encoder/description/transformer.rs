//! A stack of blocks.

use super::tensors::{ExpectedTensor, LinearNames, NormNames, Role};
use nearmiss::runs::recipe::Activation;

/// Which positions a position may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// All: images, and texts that are read both ways.
    Full,
    /// Itself and those before it.
    Causal,
}

/// Where a block normalises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NormPlace {
    /// What goes into attention and perceptron: `x + f(norm(x))`.
    Before,
    /// What comes out, with what went in: `norm(x + f(x))` (BERT).
    After,
}

/// A stack of blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct TransformerDescription {
    /// Width of the residual stream.
    pub width: i64,
    /// Attention heads per block.
    pub heads: i64,
    /// Width of a head; `width / heads` almost everywhere.
    pub head_width: i64,
    /// Width of the hidden layer of the perceptrons.
    pub mlp_width: i64,
    /// Non-linearity of the perceptrons.
    pub activation: Activation,
    /// Where a block normalises.
    pub norm_place: NormPlace,
    /// Which positions a position may look at.
    pub attention: Attention,
    /// Factor on products of queries and keys: `1 / √head_width` but for T5, which has 1.
    pub attention_scale: f64,
    /// Turns of queries and keys by position; `None` where positions are added before the blocks, or not at all.
    pub rotary: Option<Rotary>,
    /// What is added to the products of queries and keys by distance (T5); `None` almost everywhere.
    pub relative: Option<RelativePositions>,
    /// The blocks, first to last.
    pub blocks: Vec<BlockNames>,
}

/// Turns of queries and keys by the place of a patch; class token and registers are not turned.
///
/// A head of width `h` (a multiple of 4) has `h / 4` frequencies, `base^(−4k / h)` for `k` from 0. A patch has two places,
/// one on each axis, and `h / 2` angles: those of the first axis for every `k`, then those of the second. Each angle turns
/// one pair of numbers `(x, y)` of a query and of a key to `(x cos − y sin, y cos + x sin)`. Patches are in reading order.
///
/// # Source
///
/// timm 1.0, `timm/layers/pos_embed_sincos.py`: `RotaryEmbeddingDinoV3`, `RotaryEmbeddingCat`, `apply_rot_embed_cat`;
/// transformers 5, `models/dinov3_vit/modeling_dinov3_vit.py`: `DINOv3ViTRopePositionEmbedding`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotary {
    /// Base of the frequencies: 100 (DINOv3), 10 000 (PE-Core, EVA-02).
    pub base: f64,
    /// Where places are counted from, and which numbers are a pair.
    pub kind: RotaryKind,
}

/// Where the places of a rotary embedding are counted from, and which numbers of a head are a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotaryKind {
    /// DINOv3: the place of row (then column) `i` of `n` is the centre of the patch, `2 (i + ½) / n − 1`; the angle is
    /// `2π · place · frequency`; angle `j` turns the numbers `j` and `j + h / 2`.
    ///
    /// On a grid of 2 by 2 with `h = 8` and base 100, the patch in row 0 and column 1 has the angles
    /// `[-3.1415927, -0.31415927, 3.1415927, 0.31415927]`, and `0, 1, ..., 7` becomes
    /// `[0, 2.4961414, -2, 0.6900506, -4, 4.4462657, -6, 7.5844469]`.
    HalvesOfCentres,
    /// PE-Core, EVA-02: places are counted in patches; the angle is `place · frequency`; angle `j` turns the numbers `2 j`
    /// and `2 j + 1`.
    ///
    /// On a grid of 2 by 2 with `h = 8`, base 10 000, columns first, offset 1 and no reference, the patch in row 0 and
    /// column 1 has the angles `[2, 0.02, 1, 0.01]`, and `0, 1, ..., 7` becomes
    /// `[-0.9092974, -0.4161468, 1.9396040, 3.0393975, -2.0461452, 6.0673952, 5.9297013, 7.0596490]`.
    NeighboursOfPlaces(PatchPlaces),
}

/// How the places of patches are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchPlaces {
    /// Which axis has the first half of the angles: columns in PE-Core, rows in EVA-02.
    pub first: Axis,
    /// Place of the first row and column: 1 in PE-Core with a class token, else 0.
    pub offset: i64,
    /// Side of the grid that the model was trained on: place `i` of `n` becomes `(i + offset) / n · reference`. `None`
    /// leaves `i + offset`.
    pub reference: Option<i64>,
}

/// An axis of the grid of patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// From top to bottom.
    Rows,
    /// From left to right.
    Columns,
}

impl Rotary {
    /// The angles of a patch, `head_width / 2` of them: those of the first axis, then those of the second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub fn angles(&self, row: i64, column: i64, grid: i64, head_width: i64) -> Vec<f64> {
        let (width, side) = (head_width as f64, grid as f64);
        let frequencies: Vec<f64> = (0..head_width / 4).map(|k| self.base.powf(-4.0 * k as f64 / width)).collect();
        let angles = match self.kind {
            RotaryKind::HalvesOfCentres => [row, column].map(|i| std::f64::consts::TAU * (2.0 * (i as f64 + 0.5) / side - 1.0)),
            RotaryKind::NeighboursOfPlaces(places) => {
                let axes = if places.first == Axis::Rows { [row, column] } else { [column, row] };
                let reference = places.reference.map_or(side, |reference| reference as f64);
                axes.map(|i| (i + places.offset) as f64 / side * reference)
            }
        };
        angles.into_iter().flat_map(|angle| frequencies.iter().map(move |frequency| angle * frequency)).collect()
    }
}

/// What T5 adds to the products of queries and keys, the same in all blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelativePositions {
    /// Name of the table, `[buckets, heads]`.
    pub table: String,
    /// Rows: half for each direction.
    pub buckets: i64,
    /// From this distance on all are in the last bucket.
    pub furthest: i64,
}

/// The tensors of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockNames {
    /// Norm of attention.
    pub norm_1: NormNames,
    /// Queries, keys and values, in this order.
    pub qkv: LinearNames,
    /// Norms of each head's queries and keys, before they are turned; `None` almost everywhere.
    pub head_norms: Option<[NormNames; 2]>,
    /// From what attention mixed back to the stream.
    pub out: LinearNames,
    /// Factor on what attention adds, `[width]`; `None` where there is none.
    pub scale_1: Option<String>,
    /// Norm of the perceptron.
    pub norm_2: NormNames,
    /// The perceptron's first layer; where it is gated, first what goes through the activation and below it what that is
    /// multiplied with.
    pub fc: LinearNames,
    /// Whether the first layer's outputs are two halves: `activation(first) · second`.
    pub gated: bool,
    /// The perceptron's second layer.
    pub proj: LinearNames,
    /// Factor on what the perceptron adds, `[width]`; `None` where there is none.
    pub scale_2: Option<String>,
    /// What the names of bottlenecks beside the model begin with: `{adapter}.attn.adapter.down.weight`.
    pub adapter: String,
}

impl TransformerDescription {
    /// How many blocks there are.
    #[must_use]
    pub fn layers(&self) -> i64 {
        i64::try_from(self.blocks.len()).unwrap_or(i64::MAX)
    }

    /// The tensors of all blocks.
    #[must_use]
    pub fn tensors(&self) -> Vec<ExpectedTensor> {
        let mut tensors: Vec<ExpectedTensor> =
            (0..).zip(&self.blocks).flat_map(|(number, block)| block.tensors(number, self.width)).collect();
        if let Some(relative) = &self.relative {
            let (name, shape) = (relative.table.clone(), vec![relative.buckets, self.heads]);
            tensors.push(ExpectedTensor { name, shape, role: Role::BlockOther, block: Some(0) });
        }
        tensors
    }
}

impl BlockNames {
    fn tensors(&self, number: i64, width: i64) -> Vec<ExpectedTensor> {
        let block = Some(number);
        let mut tensors = [self.norm_1.tensors(block), self.norm_2.tensors(block)].concat();
        tensors.extend(self.head_norms.iter().flatten().flat_map(|norm| norm.tensors(block)));
        for linear in [&self.qkv, &self.out, &self.fc, &self.proj] {
            tensors.extend(linear.tensors(Role::BlockMatrix, block));
        }
        let scale = |name: &String| ExpectedTensor { name: name.clone(), shape: vec![width], role: Role::BlockOther, block };
        tensors.extend([&self.scale_1, &self.scale_2].into_iter().flatten().map(scale));
        tensors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angles_of(rotary: &Rotary) -> Vec<Vec<f64>> {
        [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().map(|(row, column)| rotary.angles(row, column, 2, 8)).collect()
    }

    fn close(found: &[Vec<f64>], expected: [[f64; 4]; 4]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6), "{found:?}");
        }
    }

    #[test]
    fn angles_of_two_by_two_patches_are_timms() {
        // `RotaryEmbeddingDinoV3(8, temperature=100., feat_shape=[2, 2])`
        let (near, far) = (0.314_159_27, std::f64::consts::PI);
        let centres = Rotary { base: 100.0, kind: RotaryKind::HalvesOfCentres };
        let expected = [[-far, -near, -far, -near], [-far, -near, far, near], [far, near, -far, -near], [far, near, far, near]];
        close(&angles_of(&centres), expected);
        // `RotaryEmbeddingCat(8, temperature=10000., in_pixels=False, feat_shape=[2, 2], grid_indexing="xy", grid_offset=1.)`
        let places = PatchPlaces { first: Axis::Columns, offset: 1, reference: None };
        let kind = RotaryKind::NeighboursOfPlaces(places);
        let expected = [[1.0, 0.01, 1.0, 0.01], [2.0, 0.02, 1.0, 0.01], [1.0, 0.01, 2.0, 0.02], [2.0, 0.02, 2.0, 0.02]];
        close(&angles_of(&Rotary { base: 10_000.0, kind }), expected);
        // The same with `grid_indexing="ij", grid_offset=0., ref_feat_shape=[4, 4]`
        let kind = RotaryKind::NeighboursOfPlaces(PatchPlaces { first: Axis::Rows, offset: 0, reference: Some(4) });
        let expected = [[0.0; 4], [0.0, 0.0, 2.0, 0.02], [2.0, 0.02, 0.0, 0.0], [2.0, 0.02, 2.0, 0.02]];
        close(&angles_of(&Rotary { base: 10_000.0, kind }), expected);
    }
}
