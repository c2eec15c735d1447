//! Files that hold no table or tree as text: what they are, and what to do with them.

use crate::files::archive::Archive;

/// First bytes, what they mean, and the remedy.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind (.xls); save its sheet as CSV and give that"),
    (b"%PDF", "a PDF document; give the table that it shows as CSV"),
    (b"SQLite format 3", "an SQLite database; export its table of taxa as CSV"),
    (b"\x89HDF", "an HDF5 file (BIOM is one); export its taxonomy as a tab-separated table"),
    (b"\x93NUMPY", "a NumPy array of numbers and no taxonomy; give the file of names beside it"),
    (b"\x89PNG", "a picture and no taxonomy"),
    (b"\xff\xd8\xff", "a picture and no taxonomy"),
    (b"{\\rtf", "a document of a word processor; save the table in it as CSV"),
    (b">", "sequences (FASTA) and no taxonomy; give the file of their lineages, as id and lineage in two columns"),
    (b"LOCUS ", "sequences (GenBank) and no taxonomy; give the file of their lineages, as id and lineage in two columns"),
];

/// What the first bytes of a file say that it is, with the remedy; `None` for a text that may be a taxonomy.
pub(super) fn by_bytes(head: &[u8]) -> Option<&'static str> {
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, what)| what)
}

/// What an archive is that a program keeps its documents in, with the remedy.
pub(super) fn by_members(archive: &Archive) -> Option<&'static str> {
    let has = |name: &str| archive.members().iter().any(|member| member.name == name);
    if has("xl/workbook.xml") {
        Some("an Excel workbook; save the sheet with the taxa as CSV and give that")
    } else if has("word/document.xml") {
        Some("a Word document; save the table in it as CSV and give that")
    } else if has("content.xml") && has("styles.xml") {
        Some("an OpenDocument file; save the sheet with the taxa as CSV and give that")
    } else {
        None
    }
}
