//! Numbers of half precision: two bytes, as devices compute and files keep them.

/// The number of single precision that a number of half precision is, by its bits.
///
/// There is no branch in it, so that a loop over it runs in wide registers.
///
/// # Source
///
/// IEEE 754-2019, binary16. Its exponents are 112 below those of single precision; a product puts them right, those of
/// subnormal numbers too.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::half::from_half;
///
/// assert_eq!([0x3c00, 0xc000, 0x0001].map(from_half), [1.0, -2.0, 2.0_f32.powi(-24)]);
/// assert!(from_half(0x7e00).is_nan() && from_half(0xfc00) < f32::MIN);
/// ```
#[must_use]
#[inline]
pub fn from_half(bits: u16) -> f32 {
    const BY_112: f32 = f32::from_bits((127 + 112) << 23);
    let magnitude = u32::from(bits & 0x7fff);
    let scaled = f32::from_bits(magnitude << 13) * BY_112;
    // The largest exponent is that of infinity and not-a-number.
    let unending = if magnitude >= 0x7c00 { 0x7f80_0000 } else { 0 };
    f32::from_bits(scaled.to_bits() | unending | (u32::from(bits & 0x8000) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_the_one_that_its_bits_say() {
        for bits in 0..=u16::MAX {
            let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
            let expected = match exponent {
                0 => sign * fraction * 2.0_f32.powi(-24),
                31 if fraction > 0.0 => f32::NAN,
                31 => sign * f32::INFINITY,
                _ => sign * (1.0 + fraction / 1024.0) * 2.0_f32.powi(exponent - 15),
            };
            let found = from_half(bits);
            assert!(
                found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan()),
                "{bits:#x}: {found} {expected}"
            );
        }
    }
}
