//! Turning a photograph as its EXIF data says.

use super::pixels::Photo;
use std::io::Cursor;

/// The orientation of the EXIF data, 1 to 8; 1 (as it is) where there is none or it cannot be read.
pub(super) fn orientation(bytes: &[u8]) -> u32 {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let data = match reader.read_from_container(&mut Cursor::new(bytes)) {
        Ok(data) => data,
        Err(exif::Error::PartialResult(partial)) => partial.into_inner().0,
        Err(_) => return 1,
    };
    let field = data.get_field(exif::Tag::Orientation, exif::In::PRIMARY);
    field.and_then(|field| field.value.get_uint(0)).filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

/// Whether orientation `value` makes rows of columns.
pub(super) fn swaps_sides(value: u32) -> bool {
    (5..=8).contains(&value)
}

/// Turns and mirrors the pixels so that what orientation `value` (1 to 8) stores stands upright.
pub(super) fn upright(photo: Photo, value: u32) -> Photo {
    if !(2..=8).contains(&value) {
        return photo;
    }
    let (width, height) = (photo.width, photo.height);
    let (new_width, new_height) = if swaps_sides(value) { (height, width) } else { (width, height) };
    let mut pixels = Vec::with_capacity(photo.pixels.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (from_x, from_y) = match value {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            let begin = (from_y * width + from_x) * 3;
            pixels.extend_from_slice(&photo.pixels[begin..begin + 3]);
        }
    }
    Photo { width: new_width, height: new_height, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three pixels, named by their red: `1 2 3 / 4 5 6`.
    fn numbered() -> Photo {
        Photo { width: 3, height: 2, pixels: (1..=6).flat_map(|red| [red, 0, 0]).collect() }
    }

    #[test]
    fn each_orientation_is_undone() {
        // What a camera held in each way stores, and how it is meant to be seen.
        for (value, size, seen) in [
            (1, (3, 2), [1, 2, 3, 4, 5, 6]),
            (2, (3, 2), [3, 2, 1, 6, 5, 4]),
            (3, (3, 2), [6, 5, 4, 3, 2, 1]),
            (4, (3, 2), [4, 5, 6, 1, 2, 3]),
            (5, (2, 3), [1, 4, 2, 5, 3, 6]),
            (6, (2, 3), [4, 1, 5, 2, 6, 3]),
            (7, (2, 3), [6, 3, 5, 2, 4, 1]),
            (8, (2, 3), [3, 6, 2, 5, 1, 4]),
        ] {
            let photo = upright(numbered(), value);
            let reds: Vec<u8> = photo.pixels.chunks(3).map(|pixel| pixel[0]).collect();
            assert_eq!(((photo.width, photo.height), &reds[..]), (size, &seen[..]), "orientation {value}");
        }
    }
}
