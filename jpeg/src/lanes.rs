//! Values of a block that go through the same arithmetic side by side.

/// `N` values; sums and products wrap, as only damaged data makes them.
#[derive(Clone, Copy)]
pub(super) struct Lanes<const N: usize>(pub(super) [i32; N]);

impl<const N: usize> Lanes<N> {
    pub(super) const ZERO: Self = Self([0; N]);

    #[inline(always)]
    fn zip(self, other: Self, operation: impl Fn(i32, i32) -> i32) -> Self {
        let mut out = [0; N];
        for ((out, one), other) in out.iter_mut().zip(self.0).zip(other.0) {
            *out = operation(one, other);
        }
        Self(out)
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Self) -> Self {
        self.zip(other, i32::wrapping_add)
    }

    #[inline(always)]
    pub(super) fn minus(self, other: Self) -> Self {
        self.zip(other, i32::wrapping_sub)
    }

    /// `array::map` is not always inlined, and then not compiled for wide registers.
    #[inline(always)]
    pub(super) fn map(mut self, operation: impl Fn(i32) -> i32) -> Self {
        for value in &mut self.0 {
            *value = operation(*value);
        }
        self
    }

    #[inline(always)]
    pub(super) fn times(self, factor: i32) -> Self {
        self.map(|value| value.wrapping_mul(factor))
    }

    /// Divided by 2^`shift` and rounded, halves upwards.
    #[inline(always)]
    pub(super) fn rounded(self, shift: u32) -> Self {
        self.map(|value| value.wrapping_add(1 << (shift - 1)) >> shift)
    }

    /// Cut down to the 16 bits that libjpeg-turbo keeps; only damaged data has more.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "that is the purpose")]
    pub(super) fn low_16(self) -> Self {
        self.map(|value| i32::from(value as i16))
    }

    /// The nearest values of 16 bits.
    #[inline(always)]
    pub(super) fn within_16(self) -> Self {
        self.map(|value| value.clamp(i16::MIN.into(), i16::MAX.into()))
    }

    /// Writes the values as samples, 128 in the middle.
    #[inline(always)]
    pub(super) fn write(self, samples: &mut [u8]) {
        for (out, &value) in samples[..N].iter_mut().zip(&self.0) {
            *out = centred(value);
        }
    }
}

/// A row of dequantised coefficients.
#[inline(always)]
pub(super) fn dequantised_row(row: usize, coefficients: &[i16; 64], quantisation: &[u16; 64]) -> Lanes<8> {
    let mut out = Lanes::ZERO;
    let values = coefficients[row * 8..][..8].iter().zip(&quantisation[row * 8..][..8]);
    for (out, (&value, &factor)) in out.0.iter_mut().zip(values) {
        *out = dequantised(value, factor);
    }
    out
}

#[inline(always)]
#[expect(clippy::cast_possible_wrap, reason = "16 bits wide, as libjpeg-turbo computes")]
pub(super) fn dequantised(coefficient: i16, quantisation: u16) -> i32 {
    i32::from(coefficient.wrapping_mul(quantisation as i16))
}

/// A sample of a value around 0.
#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
pub(super) fn centred(value: i32) -> u8 {
    value.saturating_add(128).clamp(0, 255) as u8
}
