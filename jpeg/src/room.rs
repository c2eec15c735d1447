//! How many pixels a photograph may have, for itself and for the length of its file.

pub use crate::largest::MOST_PIXELS;

use crate::error::JpegError;

/// So many pixels any file may announce.
const FREE_PIXELS: u64 = 1 << 24;

/// Beyond those, so many for each byte of it. Deflate packs to a thousandth, LZW to less than a two thousandth,
/// and no photograph comes near.
const PIXELS_PER_BYTE: u64 = 4_096;

/// Refuses sizes that no photograph has, or that no file of its length holds, before memory is asked for.
///
/// `width` and `height` in pixels, `file` in bytes; for other formats than JPEG, too.
///
/// # Errors
///
/// [`JpegError::TooLarge`] or [`JpegError::Corrupt`].
pub fn limit(width: u64, height: u64, file: usize) -> Result<(), JpegError> {
    let pixels = width.saturating_mul(height);
    if pixels > MOST_PIXELS {
        return Err(JpegError::TooLarge { width, height });
    }
    if pixels > FREE_PIXELS.max(PIXELS_PER_BYTE.saturating_mul(file as u64)) {
        return Err(too_short(width, height, file));
    }
    Ok(())
}

/// The error of a file that announces more than it can hold.
pub(crate) fn too_short(width: u64, height: u64, file: usize) -> JpegError {
    JpegError::Corrupt(format!("its {file} bytes are too few for {width} × {height} pixels"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_hold_sixteen_million_pixels_and_large_ones_more() {
        assert!(limit(4096, 4096, 10).is_ok());
        assert_eq!(limit(4096, 4097, 10).map_err(|error| matches!(error, JpegError::Corrupt(_))), Err(true));
        assert!(limit(4096, 4097, 4097).is_ok());
        assert_eq!(limit(20_000, 20_000, 1 << 30).map_err(|error| matches!(error, JpegError::TooLarge { .. })), Err(true));
        assert!(limit(u64::MAX, u64::MAX, usize::MAX).is_err());
    }
}
