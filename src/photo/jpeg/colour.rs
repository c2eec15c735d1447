//! From the components of a JPEG to red, green and blue, as libjpeg and Pillow round.

#![expect(clippy::inline_always, reason = "compiled a second time for wide registers, which only reaches what is inlined")]

/// What the components of a frame mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

/// Writes a row of pixels; `rows` are the components, each at least as long as the row.
#[inline(always)]
pub(super) fn convert(colours: Colours, rows: &[Vec<u8>], out: &mut [u8]) {
    let pixels = out.as_chunks_mut::<3>().0;
    match (colours, rows) {
        (Colours::Grey, [grey]) => pixels.iter_mut().zip(grey).for_each(|(pixel, &grey)| *pixel = [grey; 3]),
        (Colours::Rgb, [red, green, blue]) => {
            for (((pixel, &red), &green), &blue) in pixels.iter_mut().zip(red).zip(green).zip(blue) {
                *pixel = [red, green, blue];
            }
        }
        (Colours::YCbCr, [luma, blue, red]) => {
            for (((pixel, &luma), &blue), &red) in pixels.iter_mut().zip(luma).zip(blue).zip(red) {
                *pixel = from_luma(luma, blue, red);
            }
        }
        // Stored inverted, as Adobe does and Pillow takes for granted: 255 is no ink. In YCCK the
        // three colours are stored as the inverse of cyan, magenta and yellow once more.
        (Colours::Cmyk, [cyan, magenta, yellow, black]) => {
            for ((((pixel, &cyan), &magenta), &yellow), &black) in pixels.iter_mut().zip(cyan).zip(magenta).zip(yellow).zip(black)
            {
                *pixel = [cyan, magenta, yellow].map(|paper| without_ink(paper, black));
            }
        }
        (Colours::Ycck, [luma, blue, red, black]) => {
            for ((((pixel, &luma), &blue), &red), &black) in pixels.iter_mut().zip(luma).zip(blue).zip(red).zip(black) {
                *pixel = from_luma(luma, blue, red).map(|ink| without_ink(255 - ink, black));
            }
        }
        _ => unreachable!("the frame has one row per component"),
    }
}

/// ITU-R BT.601 in 16-bit fixed point, each product rounded as libjpeg's tables are.
#[inline(always)]
fn from_luma(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (luma, blue, red) = (i32::from(luma), i32::from(blue) - 128, i32::from(red) - 128);
    [
        byte(luma + ((91881 * red + HALF) >> 16)),
        byte(luma + ((-22554 * blue - 46802 * red + HALF) >> 16)),
        byte(luma + ((116_130 * blue + HALF) >> 16)),
    ]
}

/// One colour of inverted CMYK: Pillow's naive formula, `paper` and `black` being 255 without ink.
#[inline(always)]
fn without_ink(paper: u8, black: u8) -> u8 {
    let (ink, white) = (255 - i32::from(paper), i32::from(black));
    let product = ink * white + 128;
    byte(white - ((product + (product >> 8)) >> 8))
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn byte(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}
