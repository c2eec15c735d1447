//! Names of images as paths, so that what two programs wrote of one photograph can be compared.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What is made of a name before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// No more than of every name.
    Written,
    /// `%20` is a blank.
    Decoded,
    /// `12.0` is 12: ids that went through a column of numbers.
    WholeNumbers,
    /// Capital letters are small ones.
    Lowercase,
}

/// Endings of photographs, recordings and films, each with its other spellings. Only these may differ in case or be left out:
/// `sample.1` and `sample.2` have none.
const ENDINGS: &[&[&str]] = &[
    &["jpg", "jpeg", "jpe"],
    &["png"],
    &["tif", "tiff"],
    &["gif"],
    &["bmp"],
    &["webp"],
    &["heic"],
    &["heif"],
    &["avif"],
    &["jp2"],
    &["jxl"],
    &["dng"],
    &["cr2"],
    &["cr3"],
    &["crw"],
    &["nef"],
    &["arw"],
    &["orf"],
    &["rw2"],
    &["raf"],
    &["pef"],
    &["srw"],
    &["wav"],
    &["mp3"],
    &["flac"],
    &["ogg"],
    &["opus"],
    &["m4a"],
    &["aac"],
    &["aif", "aiff"],
    &["wma"],
    &["mp4"],
    &["m4v"],
    &["avi"],
    &["mov"],
    &["mkv"],
    &["mpg", "mpeg"],
    &["wmv"],
    &["webm"],
    &["3gp"],
    &["npy"],
    &["pt"],
];

/// The name of an image: its parts between `/`, without those that say nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImagePath {
    text: String,
    /// Where the point of the ending stands; the length of the text where there is no ending.
    stem: usize,
    ending: Option<&'static str>,
    is_absolute: bool,
}

impl ImagePath {
    pub(super) fn of(image: &str, fold: Fold) -> ImagePath {
        let image = image.trim();
        let decoded = if fold == Fold::Decoded { decoded(image) } else { None };
        let image = decoded.as_deref().unwrap_or(image);
        let is_file = image.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file://"));
        let path = if is_file { &image[7..] } else { image };
        let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        let mut text = if parts.is_empty() { image.to_string() } else { parts.join("/") };
        // File systems differ in how they write letters with accents.
        if !is_nfc(&text) {
            text = text.nfc().collect();
        }
        match fold {
            Fold::WholeNumbers => text.truncate(whole_number(&text).unwrap_or(text.len())),
            Fold::Lowercase => text = text.to_lowercase(),
            Fold::Written | Fold::Decoded => {}
        }
        let (stem, ending) = ending(&text).map_or((text.len(), None), |(stem, ending)| (stem, Some(ending)));
        let has_drive = parts.first().is_some_and(|first| first.ends_with(':'));
        let is_absolute = is_file || has_drive || path.starts_with(['/', '\\']);
        ImagePath { text, stem, ending, is_absolute }
    }

    /// The path without its ending.
    pub(super) fn stem(&self) -> &str {
        &self.text[..self.stem]
    }

    /// The ending as it is written, with its point; blank where there is none.
    pub(super) fn written_ending(&self) -> &str {
        &self.text[self.stem..]
    }

    /// The ending in its usual spelling.
    pub(super) fn ending(&self) -> Option<&'static str> {
        self.ending
    }

    /// Whether the path begins at the root of a disk or of a server.
    pub(super) fn is_absolute(&self) -> bool {
        self.is_absolute
    }

    /// Number of parts: the folders and the file name.
    pub(super) fn depth(&self) -> usize {
        self.stem().split('/').count()
    }

    /// The ends of the path, the whole first, each with its number of parts: `mnt/A/1`, `A/1`, `1`.
    pub(super) fn ends(&self) -> impl Iterator<Item = (&str, usize)> {
        let stem = self.stem();
        let starts = std::iter::once(0).chain(stem.match_indices('/').map(|(at, _)| at + 1));
        starts.zip((1..=self.depth()).rev()).map(move |(start, parts)| (&stem[start..], parts))
    }
}

/// Where the ending begins, and its usual spelling.
fn ending(text: &str) -> Option<(usize, &'static str)> {
    let name = text.rfind('/').map_or(0, |at| at + 1);
    let point = text.rfind('.').filter(|&point| point > name)?;
    let written = &text[point + 1..];
    let usual = ENDINGS.iter().find(|spellings| spellings.iter().any(|spelling| spelling.eq_ignore_ascii_case(written)))?;
    Some((point, usual[0]))
}

/// The length of a number without its `.0`.
fn whole_number(text: &str) -> Option<usize> {
    let (whole, decimals) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(decimals) && decimals.bytes().all(|byte| byte == b'0')).then_some(whole.len())
}

/// A name with its `%20` as blanks; `None` where it has none, or they are no text.
fn decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let digit =
        |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2))
        {
            plain.push(high * 16 + low);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(image: &str) -> ImagePath {
        ImagePath::of(image, Fold::Written)
    }

    #[test]
    fn a_path_is_its_parts_whichever_way_its_slashes_lean() {
        for image in ["A/IMG_1.JPG", "./A/IMG_1.JPG", "A\\IMG_1.JPG", "A//IMG_1.JPG", "/A/IMG_1.JPG", "file:///A/IMG_1.JPG"] {
            assert_eq!(written(image).text, "A/IMG_1.JPG", "{image}");
        }
        for (image, absolute) in [
            ("/A/1", true),
            ("D:\\A\\1", true),
            ("https://host/1", true),
            ("\\\\host\\A\\1", true),
            ("A/1", false),
            ("./1", false),
        ] {
            assert_eq!(written(image).is_absolute(), absolute, "{image}");
        }
        let path = written("D:\\A\\IMG_1.JPEG");
        assert_eq!((path.stem(), path.ending(), path.depth()), ("D:/A/IMG_1", Some("jpg"), 3));
        assert_eq!(path.ends().collect::<Vec<_>>(), [("D:/A/IMG_1", 3), ("A/IMG_1", 2), ("IMG_1", 1)]);
        // One letter, written as one sign or as two.
        assert_eq!(written("e\u{301}.png"), written("\u{e9}.png"));
    }

    #[test]
    fn only_what_ends_a_photograph_is_an_ending() {
        for (image, stem) in [("sample.1", "sample.1"), ("1.0", "1.0"), (".jpg", ".jpg"), ("a.b/c", "a.b/c"), ("x.tif", "x")] {
            assert_eq!(written(image).stem(), stem, "{image}");
        }
        assert_eq!(written("").text, "");
        assert_eq!(written("/").text, "/");
    }

    #[test]
    fn folds_make_one_of_two_spellings() {
        let folded = |image: &str, fold| ImagePath::of(image, fold).text;
        assert_eq!(folded("Site%20A/b%C3%A9.jpg", Fold::Decoded), "Site A/bé.jpg");
        assert_eq!(folded("100%/%zz/%ff.jpg", Fold::Decoded), "100%/%zz/%ff.jpg");
        assert_eq!(folded("50%25.jpg", Fold::Decoded), "50%.jpg");
        for (id, whole) in
            [("12.0", "12"), ("12.00", "12"), ("12.5", "12.5"), ("007", "007"), ("v1.0", "v1.0"), ("1.0.0", "1.0.0")]
        {
            assert_eq!(folded(id, Fold::WholeNumbers), whole);
        }
        assert_eq!(folded("A/Img_1.JPG", Fold::Lowercase), "a/img_1.jpg");
    }
}
