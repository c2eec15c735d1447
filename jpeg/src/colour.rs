//! From the components of a JPEG to red, green and blue, as libjpeg and Pillow round.

/// What the components of a frame mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

/// Writes a row of red, green and blue; `rows` are the components, each at least as long as the row.
#[inline(always)]
pub(super) fn convert(colours: Colours, rows: &[&[u8]], out: [&mut [u8]; 3]) {
    let [red, green, blue] = out;
    let length = red.len();
    match (colours, rows) {
        (Colours::Grey, [grey]) => [red, green, blue].into_iter().for_each(|plane| plane.copy_from_slice(&grey[..length])),
        (Colours::Rgb, [first, second, third]) => {
            red.copy_from_slice(&first[..length]);
            green.copy_from_slice(&second[..length]);
            blue.copy_from_slice(&third[..length]);
        }
        (Colours::YCbCr, [luma, blueness, redness]) => from_luma(luma, blueness, redness, [red, green, blue]),
        // Stored inverted, as Adobe does and Pillow takes for granted: 255 is no ink. In YCCK the
        // three colours are stored as the inverse of cyan, magenta and yellow once more.
        (Colours::Cmyk, [cyan, magenta, yellow, black]) => {
            for (plane, paper) in [(red, cyan), (green, magenta), (blue, yellow)] {
                for ((value, &paper), &black) in plane.iter_mut().zip(*paper).zip(*black) {
                    *value = without_ink(paper, black);
                }
            }
        }
        (Colours::Ycck, [luma, blueness, redness, black]) => {
            from_luma(luma, blueness, redness, [&mut *red, &mut *green, &mut *blue]);
            for plane in [red, green, blue] {
                for (value, &black) in plane.iter_mut().zip(*black) {
                    *value = without_ink(255 - *value, black);
                }
            }
        }
        _ => unreachable!("the frame has one row per component"),
    }
}

/// ITU-R BT.601 in 16-bit fixed point, each product rounded as libjpeg's tables are.
///
/// Red and blue stay within 16 bits: a factor is a whole number and a fraction, `⌊x + ½⌋` of the
/// fraction's product x is `⌊(⌊2x⌋ + 1) / 2⌋`, and `⌊2x⌋` is the upper half of a product of 16-bit numbers.
#[inline(always)]
fn from_luma(luma: &[u8], blueness: &[u8], redness: &[u8], [red, green, blue]: [&mut [u8]; 3]) {
    let length = red.len();
    let (luma, blueness, redness) = (&luma[..length], &blueness[..length], &redness[..length]);
    let centred = |value: u8| i16::from(value) - 128;
    for ((out, &luma), &redness) in red.iter_mut().zip(luma).zip(redness) {
        let redness = centred(redness);
        *out = byte(i16::from(luma) + redness + fraction(redness, 91881 - 65536));
    }
    for ((out, &luma), &blueness) in blue.iter_mut().zip(luma).zip(blueness) {
        let blueness = centred(blueness);
        *out = byte(i16::from(luma) + 2 * blueness + fraction(blueness, 116_130 - 131_072));
    }
    for (((out, &luma), &blueness), &redness) in green.iter_mut().zip(luma).zip(blueness).zip(redness) {
        let (blueness, redness) = (i32::from(blueness) - 128, i32::from(redness) - 128);
        *out = wide_byte(i32::from(luma) + ((-22554 * blueness - 46802 * redness + (1 << 15)) >> 16));
    }
}

/// `value × factor / 2^16`, rounded; halves upwards.
#[inline(always)]
fn fraction(value: i16, factor: i32) -> i16 {
    ((((i32::from(2 * value) * factor) >> 16) as i16) + 1) >> 1
}

/// One colour of inverted CMYK: Pillow's naive formula, `paper` and `black` being 255 without ink.
#[inline(always)]
fn without_ink(paper: u8, black: u8) -> u8 {
    let (ink, white) = (255 - i32::from(paper), i32::from(black));
    let product = ink * white + 128;
    wide_byte(white - ((product + (product >> 8)) >> 8))
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn byte(value: i16) -> u8 {
    value.clamp(0, 255) as u8
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn wide_byte(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_rounded_as_by_the_tables_of_libjpeg() {
        let all: Vec<u8> = (0..=255).collect();
        for blueness in 0..=255_u8 {
            for redness in 0..=255_u8 {
                let [mut red, mut green, mut blue] = [[0; 256]; 3];
                from_luma(&all, &[blueness; 256], &[redness; 256], [&mut red, &mut green, &mut blue]);
                let (b, r) = (i32::from(blueness) - 128, i32::from(redness) - 128);
                for (luma, value) in (0..256).enumerate() {
                    assert_eq!(red[luma], wide_byte(value + ((91881 * r + 32768) >> 16)));
                    assert_eq!(green[luma], wide_byte(value + ((-22554 * b - 46802 * r + 32768) >> 16)));
                    assert_eq!(blue[luma], wide_byte(value + ((116_130 * b + 32768) >> 16)));
                }
            }
        }
    }
}
