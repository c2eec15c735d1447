//! The inverse cosine transform of a block, as libjpeg's accurate integer method rounds it.

#![expect(clippy::inline_always, reason = "compiled a second time for wide registers, which only reaches what is inlined")]

use crate::wide::{self, Work};

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

/// Eight values that go through the same arithmetic; sums and products wrap.
#[derive(Clone, Copy)]
struct Lanes([i32; 8]);

impl Lanes {
    #[inline(always)]
    fn zip(self, other: Lanes, operation: impl Fn(i32, i32) -> i32) -> Lanes {
        let mut out = [0; 8];
        for ((out, one), other) in out.iter_mut().zip(self.0).zip(other.0) {
            *out = operation(one, other);
        }
        Lanes(out)
    }

    #[inline(always)]
    fn plus(self, other: Lanes) -> Lanes {
        self.zip(other, i32::wrapping_add)
    }

    #[inline(always)]
    fn minus(self, other: Lanes) -> Lanes {
        self.zip(other, i32::wrapping_sub)
    }

    #[inline(always)]
    fn times(self, factor: i32) -> Lanes {
        Lanes(self.0.map(|value| value.wrapping_mul(factor)))
    }

    /// Cut down to the 16 bits that libjpeg-turbo keeps; only damaged data has more.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "that is the purpose")]
    fn low_16(self) -> Lanes {
        Lanes(self.0.map(|value| i32::from(value as i16)))
    }
}

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
    wide::run(Inverse { coefficients, quantisation, samples, stride });
}

struct Inverse<'block> {
    coefficients: &'block [i16; 64],
    quantisation: &'block [u16; 64],
    samples: &'block mut [u8],
    stride: usize,
}

impl Work for Inverse<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        transform(self.coefficients, self.quantisation, self.samples, self.stride);
    }
}

#[inline(always)]
fn transform(coefficients: &[i16; 64], quantisation: &[u16; 64], samples: &mut [u8], stride: usize) {
    let mut rows = [Lanes([0; 8]); 8];
    for ((row, values), factors) in rows.iter_mut().zip(coefficients.as_chunks::<8>().0).zip(quantisation.as_chunks::<8>().0) {
        for ((out, &value), &factor) in row.0.iter_mut().zip(values).zip(factors) {
            *out = dequantised(value, factor);
        }
    }
    let columns = one_dimension(rows, CONST_BITS - PASS1_BITS);
    let columns = columns.map(|lanes| Lanes(lanes.0.map(|value| value.clamp(i16::MIN.into(), i16::MAX.into()))));
    let rows = transposed(one_dimension(transposed(columns), CONST_BITS + PASS1_BITS + 3));
    for (row, out) in rows.iter().zip(samples.chunks_mut(stride)) {
        out[..8].copy_from_slice(&row.0.map(centred));
    }
}

/// A block of one colour.
fn flat(dc: i16, quantisation: u16, samples: &mut [u8], stride: usize) {
    let value = centred((dequantised(dc, quantisation) + 4) >> 3);
    for row in samples.chunks_mut(stride).take(8) {
        row[..8].fill(value);
    }
}

#[inline(always)]
#[expect(clippy::cast_possible_wrap, reason = "16 bits wide, as libjpeg-turbo computes")]
fn dequantised(coefficient: i16, quantisation: u16) -> i32 {
    i32::from(coefficient.wrapping_mul(quantisation as i16))
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn centred(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

#[inline(always)]
fn transposed(rows: [Lanes; 8]) -> [Lanes; 8] {
    let mut out = [Lanes([0; 8]); 8];
    for (y, row) in rows.iter().enumerate() {
        for (x, &value) in row.0.iter().enumerate() {
            out[x].0[y] = value;
        }
    }
    out
}

/// The transform down the columns: each lane is one of them.
#[inline(always)]
fn one_dimension(x: [Lanes; 8], shift: u32) -> [Lanes; 8] {
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
    let rounded = |lanes: Lanes| Lanes(lanes.0.map(|value| value.wrapping_add(1 << (shift - 1)) >> shift));
    let sum = |i: usize| rounded(even[i].plus(odd[i]));
    let difference = |i: usize| rounded(even[i].minus(odd[i]));
    [sum(0), sum(1), sum(2), sum(3), difference(3), difference(2), difference(1), difference(0)]
}
