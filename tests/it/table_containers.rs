//! One table in everything that tables come in: packed, in workbooks, in encodings and between delimiters.

use crate::archives::zip_of;
use crate::folder::saved;
use crate::program::{command, says};
use crate::table::{all_shown, error, read, usual};
use nearmiss::answers::table::{TableOptions, Tables, read_tables};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

const TABLE: &str =
    "image,truth,predicted,score\n1.jpg,Apis mellifera,Apis mellifera,0.9\n2.jpg,Bombus terrestris,Bombus lucorum,0.25\n";
const SHOWN: [&str; 2] =
    ["1.jpg: Apis>Apis mellifera | Apis>Apis mellifera 0.9", "2.jpg: Bombus>Bombus terrestris | Bombus>Bombus lucorum 0.25"];

fn attempt(bytes: &[u8], options: &TableOptions) -> Result<Tables<'static>, String> {
    let (folder, path) = saved("t.csv", bytes);
    let name = folder.path().display().to_string();
    read_tables(&path, None, options).map_err(|error| error.to_string().replace(&name, "DIR"))
}

/// The table that is in some bytes.
fn of(bytes: &[u8]) -> Tables<'static> {
    attempt(bytes, &usual()).unwrap_or_else(|error| panic!("{error}"))
}

/// Why some bytes hold none.
fn refused(bytes: &[u8]) -> String {
    attempt(bytes, &usual()).map(|_| ()).unwrap_err()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn cells(table: &str) -> Vec<Vec<&str>> {
    table.lines().map(|line| line.split(',').collect()).collect()
}

/// A workbook of Excel with these sheets, each at some row; numbers are numbers.
fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
    let cell = |row: usize, (column, text): (usize, &&str)| {
        let place = format!("{}{row}", ['A', 'B', 'C', 'D'][column]);
        match text.parse::<f64>() {
            Ok(_) => format!("<c r=\"{place}\"><v>{text}</v></c>"),
            Err(_) if text.is_empty() => String::new(),
            Err(_) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let sheet = |table: &str| {
        let row = |(number, cells): (usize, &Vec<&str>)| {
            let cells: String = cells.iter().enumerate().map(|column| cell(number, column)).collect();
            format!("<row r=\"{number}\">{cells}</row>")
        };
        let rows: String = (1..).zip(&cells(table)).map(row).collect();
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    let (mut names, mut relations) = (String::new(), String::new());
    let mut files = vec![];
    for (number, &(name, table)) in (1..).zip(sheets) {
        write!(names, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>").unwrap();
        let target = format!("worksheets/sheet{number}.xml");
        write!(relations, "<Relationship Id=\"rId{number}\" Type=\"{office}/worksheet\" Target=\"{target}\"/>").unwrap();
        files.push((format!("xl/worksheets/sheet{number}.xml"), sheet(table)));
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let workbook = format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{names}</sheets></workbook>");
    let root = format!(
        "{package}<Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    files.push(("xl/workbook.xml".to_string(), workbook));
    files.push(("xl/_rels/workbook.xml.rels".to_string(), format!("{package}{relations}</Relationships>")));
    files.push(("_rels/.rels".to_string(), root));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip_of(&files)
}

/// A spreadsheet of OpenDocument, whose rows go on to its last column.
fn ods(table: &str) -> Vec<u8> {
    let cell = |text: &&str| match text.parse::<f64>() {
        Ok(_) => format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{text}\"><text:p>{text}</text:p></table:table-cell>"
        ),
        Err(_) => format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"),
    };
    let end = "<table:table-cell table:number-columns-repeated=\"16380\"/>";
    let row =
        |cells: &Vec<&str>| format!("<table:table-row>{}{end}</table:table-row>", cells.iter().map(cell).collect::<String>());
    let rows: String = cells(table).iter().map(row).collect();
    let names =
        ["office", "table", "text"].map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""));
    let body = format!(
        "<office:body><office:spreadsheet><table:table table:name=\"a\">{rows}</table:table></office:spreadsheet></office:body>"
    );
    let content = format!("<office:document-content {}>{body}</office:document-content>", names.join(" "));
    zip_of(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// An old workbook of Excel: a file of sectors with one stream of records.
fn xls(table: &str) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes()[..], data].concat()
    };
    let begin = |what: u8| record(0x0809, &[&[0, 6, what, 0][..], &[0; 12][..]].concat());
    let mut stream = begin(5);
    let place = u32::try_from(stream.len() + 4 + 9 + 4).unwrap();
    stream.extend(record(0x0085, &[&place.to_le_bytes()[..], &[0, 0, 1, 0, b'a'][..]].concat()));
    stream.extend(record(0x000a, &[]));
    stream.extend(begin(0x10));
    for (row, cells) in (0_u16..).zip(cells(table)) {
        for (column, text) in (0_u16..).zip(cells) {
            let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
            let length = u16::try_from(text.len()).unwrap();
            stream.extend(match text.parse::<f64>() {
                Ok(number) => record(0x0203, &[&place[..], &number.to_le_bytes()[..]].concat()),
                Err(_) => record(0x0204, &[&place[..], &length.to_le_bytes()[..], &[0][..], text.as_bytes()].concat()),
            });
        }
    }
    stream.extend(record(0x000a, &[]));
    let end = 0xffff_fffe_u32;
    let mut bytes = vec![0; 512 * 11];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    // Version 3, sectors of 512 bytes, small ones of 64.
    put(26, &[3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &1_u32.to_le_bytes());
    put(48, &1_u32.to_le_bytes());
    put(56, &4096_u32.to_le_bytes());
    put(60, &end.to_le_bytes());
    put(68, &end.to_le_bytes());
    put(76, &[0xff; 436]);
    put(76, &0_u32.to_le_bytes());
    put(512, &[0xff; 512]);
    for (sector, next) in [(0, 0xffff_fffd), (1, end), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, end)] {
        put(512 + 4 * sector, &u32::to_le_bytes(next));
    }
    for (at, name, start, length) in [(1024, "Root Entry", end, 0_u32), (1152, "Workbook", 2, 4096)] {
        put(at, &name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        put(at + 116, &start.to_le_bytes());
        put(at + 120, &length.to_le_bytes());
    }
    put(1536, &stream);
    bytes
}

#[test]
fn a_table_is_read_out_of_what_it_is_packed_in() {
    let zip = zip_of(&[
        ("results/", b""),
        ("__MACOSX/results/._table.csv", b"\0\x05\x16\x07"),
        ("results/.DS_Store", b"\0\0\0\x01Bud1"),
        ("README.txt", b"How to read, or not to read"),
        ("results/table.csv", TABLE.as_bytes()),
    ]);
    let workbook = xlsx(&[("a", TABLE)]);
    for bytes in
        [gzip(TABLE.as_bytes()), zip.clone(), gzip(&zip), zip_of(&[("table.csv.gz", &gzip(TABLE.as_bytes()))]), gzip(&workbook)]
    {
        assert_eq!(all_shown(&of(&bytes)), SHOWN);
    }
    let two = refused(&zip_of(&[("a.csv", TABLE.as_bytes()), ("b.csv", TABLE.as_bytes())]));
    assert_eq!(two, "DIR/t.csv: a zip of 2 files ('a.csv', 'b.csv'); unpack it and give the table alone");
    assert!(refused(&zip_of(&[("a.jpg", b"x")])).contains("a zip without a table in it"));
    assert!(refused(&zip[..zip.len() / 2]).contains("a damaged zip"));
    // A table that begins with the letters of a zip.
    assert_eq!(of(b"PK,image,truth,predicted\nx,a,Apis mellifera,Apis cerana\n").runs.len(), 1);
}

#[test]
fn the_first_sheet_that_holds_anything_is_read() {
    for bytes in [xlsx(&[("a", TABLE)]), ods(TABLE), xls(TABLE)] {
        assert_eq!(all_shown(&of(&bytes)), SHOWN);
    }
    let tables = of(&xlsx(&[("Empty", ""), ("Answers", TABLE), ("Legend", "x")]));
    assert_eq!(all_shown(&tables), SHOWN);
    let note = "of the 3 sheets of the workbook, 'Answers' was read: the first that holds anything";
    assert!(tables.notes.iter().any(|found| found == note), "{:?}", tables.notes);
    // Numbers of images without a point, blank rows and a title.
    let numbered = "My results\n,,\nimage,truth,predicted\n7,Apis mellifera,Apis mellifera\n,,\n8,Apis mellifera,Apis cerana\n";
    let tables = of(&xlsx(&[("a", numbered)]));
    assert_eq!(all_shown(&tables), ["7: Apis>Apis mellifera | Apis>Apis mellifera", "8: Apis>Apis mellifera | Apis>Apis cerana"]);
    let twice = refused(&xlsx(&[("a", "image,truth,predicted\na,Apis mellifera,Apis\n,,\na,Apis mellifera,Bombus\n")]));
    assert!(twice.contains("'a' (row 2, row 4)"), "{twice}");
}

#[test]
fn workbooks_that_are_none_are_refused() {
    assert_eq!(refused(&xlsx(&[("a", "")])), "DIR/t.csv: an Excel workbook without a single cell; save the table in it");
    let hollow = refused(&zip_of(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]));
    says(&hollow, &["DIR/t.csv: an Excel workbook", "save"]);
    let cut = &xls(TABLE)[..1100];
    says(&refused(cut), &["an Excel workbook that cannot be read", "save the sheet as CSV"]);
    assert!(refused(&xlsx(&[("a", "image,truth,truth\na,Apis,Apis\n")])).contains("several columns are called 'truth'"));
    let document = refused(&zip_of(&[("word/document.xml", b"<x/>")]));
    assert_eq!(document, "DIR/t.csv: a Word document, and no table; save the table as CSV");
}

#[test]
fn what_holds_no_table_is_named() {
    for (bytes, parts) in [
        (&b"BZh91AY&SYabcdef"[..], ["packed with bzip2", "unpack it"]),
        (&b"\xfd7zXZ\0\0\x04"[..], ["packed with xz", "unpack it"]),
        (&b"\x28\xb5\x2f\xfd\x24\0"[..], ["packed with zstd", "unpack it"]),
        (&b"7z\xbc\xaf\x27\x1c\0\x04"[..], ["7z archive", "unpack it"]),
        (&b"\x80\x04\x95pandas."[..], ["a Python pickle", "to_csv"]),
        (&b"\x89HDF\r\n\x1a\n\0"[..], ["an HDF5 file", "CSV"]),
        (&b"SQLite format 3\0"[..], ["an SQLite database", "export the table as CSV"]),
        (&b"%PDF-1.7\n"[..], ["a PDF", "CSV"]),
        (&b"<!DOCTYPE html><html>"[..], ["a web page", "fetch the table"]),
        (&b"\x89PNG\r\n\x1a\n"[..], ["a photograph (PNG)", "predictions"]),
    ] {
        says(&refused(bytes), &parts);
    }
    says(&refused(&gzip(b"X\n\0\0\0\x03\0\x04\x03")), &["an R file (.rds), packed", "write.csv"]);
    // A table that begins like one of them.
    assert_eq!(of(b"BZh,image,truth,predicted\nx,a,Apis mellifera,Apis cerana\n").runs.len(), 1);
}

#[test]
fn encodings_are_told_or_named() {
    let table = "image,truth,predicted\n1.jpg,Hémilophile,Hémilophile\n";
    let plain = all_shown(&of(table.as_bytes()));
    let utf16 =
        |mark: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> { format!("{mark}{table}").encode_utf16().flat_map(order).collect() };
    for mark in ["", "\u{feff}"] {
        assert_eq!(all_shown(&of(format!("{mark}{table}").as_bytes())), plain);
        assert_eq!(all_shown(&of(&utf16(mark, u16::to_le_bytes))), plain);
        assert_eq!(all_shown(&of(&utf16(mark, u16::to_be_bytes))), plain);
    }
    let latin: Vec<u8> = table.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    says(&refused(&latin), &["DIR/t.csv:2: not UTF-8 text: 'Hémilophile'", "--encoding windows-1252"]);
    let named = |encoding: &str| TableOptions { encoding: Some(encoding.to_string()), ..usual() };
    assert_eq!(all_shown(&attempt(&latin, &named("latin1")).unwrap()), plain);
    // Text that is UTF-8 stays so: the option is for the other table.
    assert_eq!(all_shown(&attempt(table.as_bytes(), &named("latin1")).unwrap()), plain);
    let unknown = attempt(&latin, &named("latin-none")).map(|_| ()).unwrap_err();
    says(&unknown, &["--encoding 'latin-none' is none that is known"]);
    // Lines are counted in the encoding as well.
    let twice = [&latin[..], b"1.jpg,Apis,Apis\n"].concat();
    let message = attempt(&twice, &named("windows-1252")).map(|_| ()).unwrap_err();
    says(&message, &["line 2", "line 3"]);
}

#[test]
fn rows_are_cut_where_all_of_them_agree() {
    let expected = ["1.jpg: Apis>Apis mellifera | Apis>Apis cerana", "2.jpg: Apis>Apis mellifera | Apis>Apis mellifera"];
    let table = "image,truth,predicted\n1.jpg,Apis mellifera,Apis cerana\n2.jpg,Apis mellifera,Apis mellifera\n";
    let quoted = |names: &str, rows: [&str; 2]| {
        let row = |row: &str| row.split(',').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(" ");
        format!("{}\n{}\n{}\n", row(names), row(rows[0]), row(rows[1]))
    };
    for text in [
        table.replace(',', ";"),
        table.replace(',', "\t"),
        table.replace(',', "|"),
        format!("sep=;\r\n{}", table.replace(',', ";")),
        format!("\n# made in March, by hand\n{table}"),
        format!("#{table}"),
        format!("# {table}"),
        table.replace(',', " , "),
        table.replace("Apis mellifera", "“Apis mellifera”\u{a0}"),
        table
            .split(',')
            .collect::<Vec<_>>()
            .join("','")
            .replace('\n', "'\n'")
            .trim_end_matches('\'')
            .replacen("image", "'image", 1),
        // As R's write.table leaves it, without and with names of rows.
        quoted("image,truth,predicted", ["1.jpg,Apis mellifera,Apis cerana", "2.jpg,Apis mellifera,Apis mellifera"]),
        quoted("image,truth,predicted", ["1,1.jpg,Apis mellifera,Apis cerana", "2,2.jpg,Apis mellifera,Apis mellifera"]),
    ] {
        assert_eq!(all_shown(&read(&text, &usual())), expected, "{text}");
    }
    // A cell too many is no name of a row, and a comma in a name no delimiter.
    let more = error("image,truth,predicted\n1.jpg,Apis mellifera,Apis cerana,x\n", &usual());
    assert!(more.contains(":2: 4 cells where the first line has 3"), "{more}");
    let below = error("# a\nimage;truth;predicted\n1.jpg;Apis mellifera\n", &usual());
    assert!(below.contains(":3: 2 cells where the first line has 3"), "{below}");
}

#[test]
fn standard_input_is_a_table_and_an_address_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = command(folder.path());
    program.args(["report", "-", "-o", "out"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = program.spawn().unwrap();
    running.stdin.take().unwrap().write_all(TABLE.as_bytes()).unwrap();
    let outcome = running.wait_with_output().unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    let metrics: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out/metrics.json")).unwrap()).unwrap();
    assert_eq!(metrics["accounting"]["scored"], 2);
    let refused = |path: &str| read_tables(Path::new(path), None, &usual()).map(|_| ()).unwrap_err().to_string();
    says(&refused("https://example.org/t.csv"), &["https://example.org/t.csv: an address and no file", "download"]);
    says(&refused("~/no such table.csv"), &["no such file", "'~'"]);
    says(&refused("no such table.csv"), &["cannot read the table"]);
}
