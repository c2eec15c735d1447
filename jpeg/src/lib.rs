//! JPEG, decoded to the very pixels of libjpeg-turbo, which Pillow uses.
//!
//! Baseline, extended sequential and progressive Huffman-coded images of 8 bits: the accurate integer
//! transform, the triangle filter for subsampled colours and the fixed-point colour conversion
//! round as there. Other decoders differ by up to 7 of 255 in a pixel.
//!
//! Damaged files follow one rule: what libjpeg-turbo passes over with a warning is passed over as there, and what
//! ends it is an error. Four things differ. A file that ends within its picture is an error. So is a progressive
//! one without all of its scans, of which libjpeg would guess the rest. So is one that cannot be whole (more blocks
//! than the file has bits), or whose scans pass over it more than 64 times: memory is at most 3 KB for each byte of
//! a file. And blocks whose numbers are beyond those of any picture are noise, here and there: libjpeg-turbo
//! itself draws them otherwise where it has no vector instructions.
//!
//! Of 10 000 damaged copies of the fixtures (`tests/parity/damaged_jpegs.py`), 7 341 are read here and by Pillow 13
//! with libjpeg-turbo 3.2, 22 of them with other noise (1 297 are by that library itself, without vector
//! instructions); 26 are refused here alone, 18 there alone (half by Pillow's own reading of headers), 2 615 by both.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/pixels/");
//! # let bytes = std::fs::read(format!("{folder}baseline_420_53x35.jpg"))?;
//! let picture = nearmiss_jpeg::read(&bytes)?;
//! assert_eq!((picture.size.width, picture.size.height), (53, 35));
//! assert_eq!(picture.pixels.len(), 53 * 35 * 3);
//! # Ok(())
//! # }
//! ```
//!
//! Who need not hold all pixels takes rows as they are decoded ([`decode`] and [`Receiver`]), and says which part
//! of the picture is wanted; the rest is not computed.

mod largest;
mod error;
pub mod room;
pub mod simd;
mod rows;
mod reservoir;
mod huffman;
mod standard_tables;
mod bits;
mod colour;
mod frame;
mod lanes;
mod reduced;
mod idct;
mod upsample;
mod picture;
mod scan;
mod decode;

pub use decode::{decode, read};
pub use error::JpegError;
pub use rows::{Band, Part, Receiver, Size, Whole};
