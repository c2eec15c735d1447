//! The first frame of a GIF, looked at before it is decoded: its size stands apart from the picture's.

use super::error::PhotoError;

/// Refuses a first frame that does not lie in its screen: what a decoder makes of one is a matter of taste, and
/// a small file can ask for gigabytes.
pub(super) fn check(bytes: &[u8]) -> Result<(), PhotoError> {
    let truncated = || PhotoError::Truncated;
    let [.., flags, _, _] = bytes.get(6..13).ok_or_else(truncated)? else { return Err(truncated()) };
    let word = |at: usize| bytes.get(at..at + 2).map(|two| u32::from(u16::from_le_bytes([two[0], two[1]]))).ok_or_else(truncated);
    let screen = (word(6)?, word(8)?);
    let mut at = 13;
    if flags & 0x80 != 0 {
        at += 3 << ((flags & 7) + 1);
    }
    loop {
        match bytes.get(at).ok_or_else(truncated)? {
            // An extension: a label, then blocks with their lengths before them, the last empty.
            0x21 => {
                at += 2;
                loop {
                    let length = usize::from(*bytes.get(at).ok_or_else(truncated)?);
                    at += 1 + length;
                    if length == 0 {
                        break;
                    }
                }
            }
            0x2c => {
                let (left, top, width, height) = (word(at + 1)?, word(at + 3)?, word(at + 5)?, word(at + 7)?);
                if left + width <= screen.0 && top + height <= screen.1 {
                    return Ok(());
                }
                return Err(PhotoError::Corrupt(format!(
                    "its first frame of {width} × {height} pixels does not lie in its screen of {} × {}",
                    screen.0, screen.1
                )));
            }
            // The end, or what the decoder has to say something about.
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gif(screen: u8, frame: [u8; 8]) -> Vec<u8> {
        // A screen, no palette, a comment of two letters, a frame.
        let begin = [b'G', b'I', b'F', b'8', b'9', b'a', screen, 0, screen, 0, 0, 0, 0, 0x21, 0xfe, 2, b'a', b'b', 0, 0x2c];
        [begin.as_slice(), &frame, &[0, 2]].concat()
    }

    #[test]
    fn the_first_frame_lies_in_the_screen() {
        assert!(check(&gif(8, [0, 0, 0, 0, 8, 0, 8, 0])).is_ok());
        assert!(check(&gif(8, [4, 0, 4, 0, 4, 0, 4, 0])).is_ok());
        for frame in [[1, 0, 0, 0, 8, 0, 8, 0], [0, 0, 1, 0, 8, 0, 8, 0], [0, 0, 0, 0, 255, 255, 255, 255], [255; 8]] {
            let error = check(&gif(8, frame)).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("does not lie in its screen of 8 × 8"), "{error}");
        }
        let whole = gif(8, [0, 0, 0, 0, 8, 0, 8, 0]);
        assert!((6..27).all(|length| matches!(check(&whole[..length]), Err(PhotoError::Truncated))));
    }
}
