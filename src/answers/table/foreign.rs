//! Files that hold no table of text: told by their first bytes, so that a message says what they are and what to do.

/// What a file is, and what is to be done with it.
pub(super) type Foreign = (&'static str, &'static str);

const UNPACK: &str = "unpack it and give the file inside";
const AS_CSV: &str = "save the table as CSV";
const FROM_R: &str = "write the table as CSV with write.csv";
const FROM_PYTHON: &str = "write the table as CSV, in pandas with to_csv";
const NO_TABLE: &str = "give the table of its predictions";

/// First bytes, where they stand, and what they say.
const KINDS: &[(usize, &[u8], Foreign)] = &[
    (4, b"1AY&SY", ("a file packed with bzip2", UNPACK)),
    (0, b"\xfd7zXZ\0", ("a file packed with xz", UNPACK)),
    (0, b"\x28\xb5\x2f\xfd", ("a file packed with zstd", UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", ("a 7z archive", UNPACK)),
    (0, b"Rar!\x1a\x07", ("a RAR archive", UNPACK)),
    (0, b"\x1f\x9d", ("a file packed with compress", UNPACK)),
    (0, b"\x04\x22\x4d\x18", ("a file packed with lz4", UNPACK)),
    (257, b"ustar", ("a tar archive", UNPACK)),
    (0, b"X\n\0\0\0", ("an R file (.rds)", FROM_R)),
    (0, b"RDX2\n", ("an R file (.RData)", FROM_R)),
    (0, b"RDX3\n", ("an R file (.RData)", FROM_R)),
    (0, b"RDA2\n", ("an R file (.RData)", FROM_R)),
    (0, b"RDA3\n", ("an R file (.RData)", FROM_R)),
    (0, b"\x89HDF\r\n\x1a\n", ("an HDF5 file", FROM_PYTHON)),
    (0, b"\x93NUMPY", ("a NumPy array", FROM_PYTHON)),
    (0, b"ARROW1\0\0", ("an Arrow file (Feather)", "write the table as Parquet or CSV")),
    (0, b"FEA1", ("a Feather file", "write the table as Parquet or CSV")),
    (0, b"\xff\xff\xff\xff", ("an Arrow stream", "write the table as Parquet or CSV")),
    (0, b"Obj\x01", ("an Avro file", "write the table as Parquet or CSV")),
    (0, b"SQLite format 3\0", ("an SQLite database", "export the table as CSV")),
    (0, b"\0\x01\0\0Standard ", ("an Access database", "export the table as CSV")),
    (0, b"%PDF-", ("a PDF", AS_CSV)),
    (0, b"{\\rtf", ("a document of a word processor (RTF)", AS_CSV)),
    (0, b"$FL2@(#)", ("an SPSS file", AS_CSV)),
    (0, b"$FL3@(#)", ("an SPSS file", AS_CSV)),
    (0, b"<stata_dta>", ("a Stata file", AS_CSV)),
    (12, b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", ("a SAS file", AS_CSV)),
    (0, b"MATLAB 5.0 MAT-file", ("a MATLAB file", "write the table as CSV with writetable")),
    (0, b"\x89PNG\r\n", ("a photograph (PNG)", NO_TABLE)),
    (0, b"\xff\xd8\xff", ("a photograph (JPEG)", NO_TABLE)),
    (0, b"GIF87a", ("a picture (GIF)", NO_TABLE)),
    (0, b"GIF89a", ("a picture (GIF)", NO_TABLE)),
    (0, b"II*\0", ("a photograph (TIFF)", NO_TABLE)),
    (0, b"MM\0*", ("a photograph (TIFF)", NO_TABLE)),
    (4, b"ftyp", ("a photograph or film (HEIC, MP4)", NO_TABLE)),
    (8, b"WEBPVP8", ("a photograph (WebP)", NO_TABLE)),
    (8, b"WAVEfmt ", ("a recording (WAV)", NO_TABLE)),
    (
        0,
        b"version https://git-lfs.github.com/spec/",
        ("a pointer of Git LFS, not the file itself", "fetch the file with 'git lfs pull'"),
    ),
];

/// What a file is that holds no table which is read here.
pub(super) fn kind(bytes: &[u8]) -> Option<Foreign> {
    let found = KINDS.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((at, _, kind)) = found
        && (*at != 4 || begins_as_it_should(bytes))
    {
        return Some(*kind);
    }
    if matches!(bytes, [0x80, 2..=5, .., b'.']) {
        return Some(("a Python pickle", FROM_PYTHON));
    }
    if bytes.starts_with(b"BM") && bytes.get(2..6).is_some_and(|length| length == &(bytes.len() as u64).to_le_bytes()[..4]) {
        return Some(("a picture (BMP)", NO_TABLE));
    }
    markup(bytes)
}

/// Words four bytes behind the beginning could stand in a text, if not for what is before them.
fn begins_as_it_should(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BZh") || bytes.starts_with(&[0])
}

/// Pages and documents of markup, in upper or lower case.
fn markup(bytes: &[u8]) -> Option<Foreign> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_lowercase();
    let head = head.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let begins = |words: &[&str]| words.iter().any(|word| head.starts_with(word));
    if begins(&["<!doctype html", "<html", "<head", "<body", "<table"]) {
        let remedy = "often the page of a login or an error was saved in its place; fetch the table itself, or save it as CSV";
        return Some(("a web page (HTML)", remedy));
    }
    if begins(&["<?xml", "<!doctype"]) {
        let is_sheet = head.contains("excel.sheet") || head.contains("office:spreadsheet");
        let kind = if is_sheet { "an Excel workbook of 2003 (XML)" } else { "an XML file" };
        return Some((kind, "save the table as CSV, or a workbook as .xlsx"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_told() {
        for (bytes, expected) in [
            (&b"BZh91AY&SY\x12\x34"[..], "a file packed with bzip2"),
            (&b"X\n\0\0\0\x03\0\x04"[..], "an R file (.rds)"),
            (&b"\x80\x04\x95\x10pandas."[..], "a Python pickle"),
            (&b"SQLite format 3\0\x10\0"[..], "an SQLite database"),
            (&b"\0\0\0\x18ftypheic"[..], "a photograph or film (HEIC, MP4)"),
            (&b"BM\x09\0\0\0\0\0\0"[..], "a picture (BMP)"),
            (&b"\n<!DOCTYPE html>\n<html>"[..], "a web page (HTML)"),
            (&b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>"[..], "an Excel workbook of 2003 (XML)"),
        ] {
            assert_eq!(kind(bytes).map(|(what, _)| what), Some(expected));
        }
    }

    #[test]
    fn texts_that_begin_alike_are_texts() {
        for text in [
            "BMW,truth\n",
            "GIF,truth\n",
            "has ftyp,x\n",
            "abcdftyp,x\n",
            "BZh9,x\n",
            "X\n3\n",
            "7z,x\n",
            "version,x\n",
            "x<table>,y\n",
            "",
        ] {
            assert_eq!(kind(text.as_bytes()), None, "{text}");
        }
    }
}
