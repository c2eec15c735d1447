//! PNG, TIFF, WebP, BMP and GIF, by the `image` crate, in Pillow's eight-bit RGB.

use super::error::PhotoError;
use super::gif;
use super::pixels::Photo;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use nearmiss_jpeg::room::limit;
use std::error::Error;
use std::io::Cursor;

/// First bytes of files that hold pictures but are not read.
const UNREAD: &[(usize, &[u8], &str)] = &[
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypcrx", "Canon raw"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"FUJIFILM", "Fujifilm raw"),
];

/// The format of an image file that is read, or a name of one that is not.
fn format(bytes: &[u8]) -> Result<ImageFormat, PhotoError> {
    if let Some((.., name)) =
        UNREAD.iter().find(|(place, magic, _)| bytes.get(*place..).is_some_and(|rest| rest.starts_with(magic)))
    {
        return Err(PhotoError::Unsupported((*name).to_string()));
    }
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Tiff | ImageFormat::WebP | ImageFormat::Bmp | ImageFormat::Gif)) => {
            Ok(format)
        }
        Ok(ImageFormat::Jpeg) => Err(PhotoError::Truncated),
        Ok(other) => Err(PhotoError::Unsupported(format!("{other:?}"))),
        Err(_) => Err(PhotoError::NotAnImage(beginning(bytes))),
    }
}

/// Whether the file is a TIFF, which Pillow always turns upright.
pub(super) fn is_tiff(bytes: &[u8]) -> bool {
    bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*")
}

/// The first bytes for a message: text as text (an error page says so itself), others in hexadecimal.
fn beginning(bytes: &[u8]) -> String {
    let first = &bytes[..bytes.len().min(16)];
    match std::str::from_utf8(first) {
        Ok(text) if !text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()) => {
            format!("'{}'", text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => first.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
    }
}

/// Decodes any format but JPEG; of an animation the first picture.
pub(super) fn decode(bytes: &[u8]) -> Result<Photo, PhotoError> {
    let format = format(bytes)?;
    if format == ImageFormat::Gif {
        gif::check(bytes)?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(0));
    let mut decoder = reader.into_decoder().map_err(|error| failure(&error))?;
    let (width, height) = decoder.dimensions();
    limit(width.into(), height.into(), bytes.len())?;
    decoder.set_limits(limits(u64::from(width) * u64::from(height))).map_err(|error| failure(&error))?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| failure(&error))?;
    Photo::new(width as usize, height as usize, rgb(image)?)
}

/// The memory that a decoder may ask for: 64 MiB for what stands beside the pixels, and for each pixel four
/// numbers of 32 bits, the most there are.
fn limits(pixels: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some((64 << 20) + 16 * pixels);
    limits
}

/// The error of the `image` crate in our words.
fn failure(error: &ImageError) -> PhotoError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        let io = this.downcast_ref::<std::io::Error>();
        let text = this.to_string();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof) || text.contains("unexpected end") {
            return PhotoError::Truncated;
        }
        cause = match this.downcast_ref::<ImageError>() {
            Some(ImageError::IoError(io)) => Some(io),
            _ => this.source(),
        };
    }
    match error {
        ImageError::Limits(_) => PhotoError::corrupt("it asks for far more memory than its pixels take"),
        ImageError::Unsupported(_) => PhotoError::Unsupported(one_line(&error.to_string())),
        _ => PhotoError::Corrupt(one_line(&error.to_string())),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Eight-bit RGB: of 16 bits the upper ones, as Pillow reads colours (its 16-bit greys it cuts off at
/// 255, which makes most of them white; here they are treated as colours are), without transparency.
fn rgb(image: DynamicImage) -> Result<Vec<u8>, PhotoError> {
    Ok(match image {
        DynamicImage::ImageRgb8(image) => image.into_raw(),
        DynamicImage::ImageRgba8(image) => colours::<4, u8>(image.as_raw(), |value| value),
        DynamicImage::ImageLuma8(image) => greys::<1, u8>(image.as_raw(), |value| value),
        DynamicImage::ImageLumaA8(image) => greys::<2, u8>(image.as_raw(), |value| value),
        DynamicImage::ImageRgb16(image) => colours::<3, u16>(image.as_raw(), upper),
        DynamicImage::ImageRgba16(image) => colours::<4, u16>(image.as_raw(), upper),
        DynamicImage::ImageLuma16(image) => greys::<1, u16>(image.as_raw(), upper),
        DynamicImage::ImageLumaA16(image) => greys::<2, u16>(image.as_raw(), upper),
        _ => return Err(PhotoError::Unsupported("an image of floating-point numbers".to_string())),
    })
}

fn upper(value: u16) -> u8 {
    value.to_be_bytes()[0]
}

fn colours<const CHANNELS: usize, T: Copy>(values: &[T], byte: impl Fn(T) -> u8) -> Vec<u8> {
    values.as_chunks::<CHANNELS>().0.iter().flat_map(|pixel| [byte(pixel[0]), byte(pixel[1]), byte(pixel[2])]).collect()
}

fn greys<const CHANNELS: usize, T: Copy>(values: &[T], byte: impl Fn(T) -> u8) -> Vec<u8> {
    values.as_chunks::<CHANNELS>().0.iter().flat_map(|pixel| [byte(pixel[0]); 3]).collect()
}
