//! The inverse cosine transform of a block, as libjpeg's accurate integer method rounds it.

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

/// Writes the 8 × 8 samples of a block.
///
/// # Shapes
///
/// `coefficients`, `quantisation`: 64, row by row (not in zigzag order). `samples` begins at the
/// block's first sample; rows are `stride` apart.
///
/// # Source
///
/// Loeffler, Ligtenberg and Moschytz 1989, with the rounding of the Independent JPEG Group's
/// `jpeg_idct_islow`, which Pillow uses.
pub(super) fn inverse(coefficients: &[i16; 64], quantisation: &[u16; 64], samples: &mut [u8], stride: usize) {
    if coefficients[1..].iter().all(|&value| value == 0) {
        return flat(coefficients[0], quantisation[0], samples, stride);
    }
    let mut work = [0_i32; 64];
    for column in 0..8 {
        let at = |row: usize| dequantised(coefficients[row * 8 + column], quantisation[row * 8 + column]);
        let column_in = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)];
        let out = if column_in[1..] == [0; 7] {
            [column_in[0] << PASS1_BITS; 8]
        } else {
            one_dimension(column_in, CONST_BITS - PASS1_BITS)
        };
        for (row, value) in out.into_iter().enumerate() {
            work[row * 8 + column] = value;
        }
    }
    for (row, out) in work.as_chunks::<8>().0.iter().zip(samples.chunks_mut(stride)) {
        let values = one_dimension(*row, CONST_BITS + PASS1_BITS + 3);
        for (sample, value) in out.iter_mut().zip(values) {
            *sample = centred(value);
        }
    }
}

/// A block of one colour.
fn flat(dc: i16, quantisation: u16, samples: &mut [u8], stride: usize) {
    let value = centred((dequantised(dc, quantisation) + 4) >> 3);
    for row in samples.chunks_mut(stride).take(8) {
        row[..8].fill(value);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "16 bits wide, as libjpeg-turbo computes")]
fn dequantised(coefficient: i16, quantisation: u16) -> i32 {
    i32::from(coefficient.wrapping_mul(quantisation as i16))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn centred(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

#[inline]
fn one_dimension(x: [i32; 8], shift: u32) -> [i32; 8] {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = x;
    let shared = (x2 + x6) * FIX_0_541196100;
    let (even2, even3) = (shared - x6 * FIX_1_847759065, shared + x2 * FIX_0_765366865);
    let (even0, even1) = ((x0 + x4) << CONST_BITS, (x0 - x4) << CONST_BITS);
    let even = [even0 + even3, even1 + even2, even1 - even2, even0 - even3];

    let (z1, z2, z3, z4) = (x7 + x1, x5 + x3, x7 + x3, x5 + x1);
    let z5 = (z3 + z4) * FIX_1_175875602;
    let (z1, z2) = (-z1 * FIX_0_899976223, -z2 * FIX_2_562915447);
    let (z3, z4) = (z5 - z3 * FIX_1_961570560, z5 - z4 * FIX_0_390180644);
    let odd = [
        x1 * FIX_1_501321110 + z1 + z4,
        x3 * FIX_3_072711026 + z2 + z3,
        x5 * FIX_2_053119869 + z2 + z4,
        x7 * FIX_0_298631336 + z1 + z3,
    ];
    let round = 1 << (shift - 1);
    let sum = |i: usize| (even[i] + odd[i] + round) >> shift;
    let difference = |i: usize| (even[i] - odd[i] + round) >> shift;
    [sum(0), sum(1), sum(2), sum(3), difference(3), difference(2), difference(1), difference(0)]
}
