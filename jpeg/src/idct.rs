//! The inverse cosine transform of a block, as libjpeg's accurate integer method rounds it.

use super::lanes::{Lanes, centred, dequantised, dequantised_row};
use super::reduced;

const CONST_BITS: u32 = 13;
const PASS1_BITS: u32 = 2;

/// Constants of the transform times 2^13.
const FIX_0_298631336: i32 = 2446;
const FIX_0_390180644: i32 = 3196;
const FIX_0_541196100: i32 = 4433;
const FIX_0_765366865: i32 = 6270;
const FIX_0_899976223: i32 = 7373;
const FIX_1_175875602: i32 = 9633;
const FIX_1_501321110: i32 = 12299;
const FIX_1_847759065: i32 = 15137;
const FIX_1_961570560: i32 = 16069;
const FIX_2_053119869: i32 = 16819;
const FIX_2_562915447: i32 = 20995;
const FIX_3_072711026: i32 = 25172;

/// Writes the samples of a block: 8 × 8, or 4 × 4, 2 × 2 or 1 × 1.
#[inline(always)]
pub(super) fn write(
    size: usize,
    coefficients: &[i16; 64],
    quantisation: &[u16; 64],
    end: usize,
    (samples, stride): (&mut [u8], usize),
) {
    match size {
        1 => reduced::one(coefficients[0], quantisation[0], samples),
        2 => reduced::two(coefficients, quantisation, samples, stride),
        4 => reduced::four(coefficients, quantisation, samples, stride),
        _ => inverse(coefficients, quantisation, end, samples, stride),
    }
}

/// Writes the 8 × 8 samples of a block.
///
/// # Shapes
///
/// `coefficients`, `quantisation`: 64, row by row (not in zigzag order); in zigzag order those from
/// `end` on are 0. `samples` begins at the block's first sample; rows are `stride` apart.
///
/// # Source
///
/// Loeffler, Ligtenberg and Moschytz 1989, with the rounding of the Independent JPEG Group's
/// `jpeg_idct_islow`, which Pillow uses.
#[inline(always)]
fn inverse(coefficients: &[i16; 64], quantisation: &[u16; 64], end: usize, samples: &mut [u8], stride: usize) {
    match end {
        0 | 1 => flat(coefficients[0], quantisation[0], samples, stride),
        // These lie in the first four rows and columns.
        2..=10 => transform::<4>(coefficients, quantisation, samples, stride),
        _ => transform::<8>(coefficients, quantisation, samples, stride),
    }
}

/// The transform of a block whose coefficients behind the first `KNOWN` rows and columns are 0.
#[inline(always)]
fn transform<const KNOWN: usize>(coefficients: &[i16; 64], quantisation: &[u16; 64], samples: &mut [u8], stride: usize) {
    let mut rows = [Lanes::ZERO; 8];
    for (place, row) in rows.iter_mut().enumerate().take(KNOWN) {
        *row = dequantised_row(place, coefficients, quantisation);
    }
    let mut columns = one_dimension(rows, CONST_BITS - PASS1_BITS);
    for lanes in &mut columns {
        *lanes = lanes.within_16();
    }
    let mut columns = transposed(columns);
    columns[KNOWN..].fill(Lanes::ZERO);
    let rows = transposed(one_dimension(columns, CONST_BITS + PASS1_BITS + 3));
    for (row, out) in rows.iter().zip(samples.chunks_mut(stride)) {
        row.write(out);
    }
}

/// A block of one colour.
#[inline(always)]
fn flat(dc: i16, quantisation: u16, samples: &mut [u8], stride: usize) {
    let value = centred((dequantised(dc, quantisation) + 4) >> 3);
    for row in samples.chunks_mut(stride).take(8) {
        row[..8].fill(value);
    }
}

#[inline(always)]
fn transposed(rows: [Lanes<8>; 8]) -> [Lanes<8>; 8] {
    let mut out = [Lanes::ZERO; 8];
    for (y, row) in rows.iter().enumerate() {
        for (x, &value) in row.0.iter().enumerate() {
            out[x].0[y] = value;
        }
    }
    out
}

/// The transform down the columns: each lane is one of them.
#[inline(always)]
fn one_dimension(x: [Lanes<8>; 8], shift: u32) -> [Lanes<8>; 8] {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = x;
    let shared = x2.plus(x6).times(FIX_0_541196100);
    let (even2, even3) = (shared.minus(x6.times(FIX_1_847759065)), shared.plus(x2.times(FIX_0_765366865)));
    let (even0, even1) = (x0.plus(x4).low_16().times(1 << CONST_BITS), x0.minus(x4).low_16().times(1 << CONST_BITS));
    let even = [even0.plus(even3), even1.plus(even2), even1.minus(even2), even0.minus(even3)];

    let (z1, z2) = (x7.plus(x1).times(-FIX_0_899976223), x5.plus(x3).times(-FIX_2_562915447));
    let (z3, z4) = (x7.plus(x3).low_16(), x5.plus(x1).low_16());
    let z5 = z3.plus(z4).times(FIX_1_175875602);
    let (z3, z4) = (z5.minus(z3.times(FIX_1_961570560)), z5.minus(z4.times(FIX_0_390180644)));
    let odd = [
        x1.times(FIX_1_501321110).plus(z1).plus(z4),
        x3.times(FIX_3_072711026).plus(z2).plus(z3),
        x5.times(FIX_2_053119869).plus(z2).plus(z4),
        x7.times(FIX_0_298631336).plus(z1).plus(z3),
    ];
    let sum = |i: usize| even[i].plus(odd[i]).rounded(shift);
    let difference = |i: usize| even[i].minus(odd[i]).rounded(shift);
    [sum(0), sum(1), sum(2), sum(3), difference(3), difference(2), difference(1), difference(0)]
}
