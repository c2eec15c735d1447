//! The inverse cosine transform to fewer samples than a block has, as libjpeg's reduced methods round it.

use super::lanes::{Lanes, centred, dequantised, dequantised_row};

const CONST_BITS: u32 = 13;
const PASS1_BITS: u32 = 2;

/// Constants of the transforms times 2^13.
const FIX_0_211164243: i32 = 1730;
const FIX_0_509795579: i32 = 4176;
const FIX_0_601344887: i32 = 4926;
const FIX_0_720959822: i32 = 5906;
const FIX_0_765366865: i32 = 6270;
const FIX_0_850430095: i32 = 6967;
const FIX_0_899976223: i32 = 7373;
const FIX_1_061594337: i32 = 8697;
const FIX_1_272758580: i32 = 10426;
const FIX_1_451774981: i32 = 11893;
const FIX_1_847759065: i32 = 15137;
const FIX_2_172734803: i32 = 17799;
const FIX_2_562915447: i32 = 20995;
const FIX_3_624509785: i32 = 29692;

/// Writes the 4 × 4 samples of a block.
///
/// # Shapes
///
/// `coefficients`, `quantisation`: 64, row by row. `samples` begins at the block's first sample; rows are `stride` apart.
///
/// # Source
///
/// The Independent JPEG Group's `jpeg_idct_4x4`: the transform of eight points, every second one of
/// its outputs being the mean of two; the fifth row and column of coefficients cancel.
#[inline(always)]
pub(super) fn four(coefficients: &[i16; 64], quantisation: &[u16; 64], samples: &mut [u8], stride: usize) {
    let rows: [Lanes<8>; 8] = std::array::from_fn(|row| dequantised_row(row, coefficients, quantisation));
    let narrow = four_points(rows, CONST_BITS - PASS1_BITS + 1);
    let mut columns = [Lanes::<4>::ZERO; 8];
    for (place, column) in columns.iter_mut().enumerate() {
        for (out, row) in column.0.iter_mut().zip(&narrow) {
            *out = row.0[place];
        }
    }
    let columns = four_points(columns, CONST_BITS + PASS1_BITS + 3 + 1);
    for (place, row) in samples.chunks_mut(stride).take(4).enumerate() {
        for (out, column) in row.iter_mut().zip(&columns) {
            *out = centred(column.0[place]);
        }
    }
}

#[inline(always)]
fn four_points<const N: usize>(x: [Lanes<N>; 8], shift: u32) -> [Lanes<N>; 4] {
    let [x0, x1, x2, x3, _, x5, x6, x7] = x;
    let (even, shared) = (x0.times(1 << (CONST_BITS + 1)), x2.times(FIX_1_847759065).minus(x6.times(FIX_0_765366865)));
    let (outer, inner) = (even.plus(shared), even.minus(shared));
    let odd_inner = x5.times(FIX_1_451774981).minus(x7.times(FIX_0_211164243));
    let odd_inner = odd_inner.minus(x3.times(FIX_2_172734803)).plus(x1.times(FIX_1_061594337));
    let odd_outer = x3.times(FIX_0_899976223).plus(x1.times(FIX_2_562915447));
    let odd_outer = odd_outer.minus(x7.times(FIX_0_509795579)).minus(x5.times(FIX_0_601344887));
    [outer.plus(odd_outer), inner.plus(odd_inner), inner.minus(odd_inner), outer.minus(odd_outer)]
        .map(|lanes| lanes.rounded(shift))
}

/// Writes the 2 × 2 samples of a block.
///
/// # Shapes
///
/// `coefficients`, `quantisation`: 64, row by row. `samples` begins at the block's first sample; rows are `stride` apart.
///
/// # Source
///
/// The Independent JPEG Group's `jpeg_idct_2x2`; of the even rows and columns of coefficients only the first matter.
#[inline(always)]
pub(super) fn two(coefficients: &[i16; 64], quantisation: &[u16; 64], samples: &mut [u8], stride: usize) {
    let row = |row: usize| dequantised_row(row, coefficients, quantisation);
    let odd = row(1).times(FIX_3_624509785).minus(row(3).times(FIX_1_272758580));
    let odd = odd.plus(row(5).times(FIX_0_850430095)).minus(row(7).times(FIX_0_720959822));
    let even = row(0).times(1 << (CONST_BITS + 2));
    let rows = [even.plus(odd), even.minus(odd)];
    for (row, out) in rows.iter().zip(samples.chunks_mut(stride)) {
        let [x0, x1, _, x3, _, x5, _, x7] = row.rounded(CONST_BITS - PASS1_BITS + 2).0.map(|value| Lanes([value]));
        let odd = x1.times(FIX_3_624509785).minus(x3.times(FIX_1_272758580));
        let odd = odd.plus(x5.times(FIX_0_850430095)).minus(x7.times(FIX_0_720959822));
        let even = x0.times(1 << (CONST_BITS + 2));
        for (out, sum) in out.iter_mut().zip([even.plus(odd), even.minus(odd)]) {
            *out = centred(sum.rounded(CONST_BITS + PASS1_BITS + 3 + 2).0[0]);
        }
    }
}

/// Writes the only sample of a block: its mean.
///
/// Ten bits are kept, as by libjpeg's `jpeg_idct_1x1`; only damaged data has more.
#[inline(always)]
pub(super) fn one(dc: i16, quantisation: u16, samples: &mut [u8]) {
    samples[0] = centred(((dequantised(dc, quantisation) + 4) >> 3) << 22 >> 22);
}
