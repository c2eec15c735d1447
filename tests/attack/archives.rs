//! Archives, and taxonomies that are several files.

use super::{Reader, file, texts, trees};
use nearmiss::files::archive::Archive;
use std::io::Write;
use std::path::Path;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "archive",
        longest: 4096,
        multiple: 8192,
        base: 8 << 20,
        read: archive,
        seeds: archives,
        words: &[
            "PK\\x03\\x04",
            "PK\\x01\\x02",
            "PK\\x05\\x06",
            "PK\\x06\\x06",
            "\\x1f\\x8b\\x08",
            "ustar",
            "ustar\\x0000",
            "../",
            "/",
            "\\\\",
            "meta.xml",
            "nodes.dmp",
        ],
    },
    Reader {
        name: "collection",
        longest: 4096,
        multiple: 2048,
        base: 8 << 20,
        read: collection,
        seeds: collections,
        words: &[
            "==> ",
            "meta.xml",
            "nodes.dmp",
            "names.dmp",
            "merged.dmp",
            "NameUsage.tsv",
            "Taxon.tsv",
            "taxonomy.tsv",
            "TAXREFv17.txt",
            "\\x09|\\x09",
            "\\x09|\\x0a",
            "<core",
            "<field index=\\\"1\\\" term=\\\"http://rs.tdwg.org/dwc/terms/scientificName\\\"/>",
            "fieldsTerminatedBy=\\\"\\\\t\\\"",
            "linesTerminatedBy=\\\"\\\\n\\\"",
            "ignoreHeaderLines=\\\"1\\\"",
            "<location>",
            "<id index=\\\"0\\\"/>",
            "encoding=\\\"UTF-8\\\"",
            "col:ID",
            "col:parentID",
            "scientific name",
        ],
    },
];

fn archive(folder: &Path, bytes: &[u8]) {
    let path = file(folder, "archive", bytes);
    if let Ok(archive) = Archive::open(&path) {
        for member in archive.members().iter().take(8) {
            let _ = archive.bytes(member);
        }
    }
    if bytes.starts_with(b"PK") || bytes.starts_with(&[0x1f, 0x8b]) || bytes.get(257..262) == Some(b"ustar") {
        trees::import(&path);
    }
}

/// Files of a collection, as one text: `==> name`, then its lines.
type Files<'a> = Vec<(&'a str, &'a [u8])>;

fn files(bytes: &[u8]) -> Files<'_> {
    const MARK: &[u8] = b"==> ";
    let mut places: Vec<usize> =
        (0..bytes.len()).filter(|&at| bytes[at..].starts_with(MARK) && (at == 0 || bytes[at - 1] == b'\n')).collect();
    places.push(bytes.len());
    let part = |ends: &[usize]| {
        let text = &bytes[ends[0] + MARK.len()..ends[1]];
        let end = text.iter().position(|&byte| byte == b'\n')?;
        let name = std::str::from_utf8(&text[..end]).ok()?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "._".contains(letter);
        let named = !name.trim_matches('.').is_empty() && name.len() < 40 && name.chars().all(plain);
        named.then_some((name, &text[end + 1..]))
    };
    places.windows(2).take(6).filter_map(part).collect()
}

/// A folder of files.
fn collection(folder: &Path, bytes: &[u8]) {
    let inside = folder.join("collection");
    assert!(std::fs::create_dir_all(&inside).is_ok());
    let files = files(bytes);
    for (name, bytes) in &files {
        file(&inside, name, bytes);
    }
    if !files.is_empty() {
        trees::import(&inside);
    }
    for (name, _) in &files {
        let _ = std::fs::remove_file(inside.join(name));
    }
}

fn collections() -> Vec<Vec<u8>> {
    texts(COLLECTIONS)
}

const COLLECTIONS: &[&str] = &[
    "==> nodes.dmp\n1\t|\t1\t|\tno rank\t|\t\t|\n2\t|\t1\t|\tkingdom\t|\t\t|\n3\t|\t2\t|\tspecies\t|\t\t|\n==> names.dmp\n1\t|\troot\t|\t\t|\tscientific name\t|\n2\t|\tAnimalia\t|\t\t|\tscientific name\t|\n3\t|\tParus major\t|\t\t|\tscientific name\t|\n3\t|\tGreat tit\t|\t\t|\tgenbank common name\t|\n==> merged.dmp\n9\t|\t3\t|\n",
    "==> meta.xml\n<archive xmlns=\"http://rs.tdwg.org/dwc/text/\"><core encoding=\"UTF-8\" fieldsTerminatedBy=\"\\t\" linesTerminatedBy=\"\\n\" fieldsEnclosedBy=\"\" ignoreHeaderLines=\"1\" rowType=\"http://rs.tdwg.org/dwc/terms/Taxon\"><files><location>taxa.txt</location></files><id index=\"0\"/><field index=\"1\" term=\"http://rs.tdwg.org/dwc/terms/parentNameUsageID\"/><field index=\"2\" term=\"http://rs.tdwg.org/dwc/terms/scientificName\"/><field index=\"3\" term=\"http://rs.tdwg.org/dwc/terms/taxonRank\"/></core><extension rowType=\"http://rs.gbif.org/terms/1.0/VernacularName\" fieldsTerminatedBy=\",\"><files><location>names.txt</location></files><coreid index=\"0\"/><field index=\"1\" term=\"http://rs.tdwg.org/dwc/terms/vernacularName\"/><field index=\"2\" term=\"http://purl.org/dc/terms/language\"/></extension></archive>\n==> taxa.txt\nid\tparent\tname\trank\n1\t\tAnimalia\tkingdom\n2\t1\tParus major\tspecies\n==> names.txt\n2,Great tit,en\n2,M\u{e9}sange,fr\n",
    "==> NameUsage.tsv\ncol:ID\tcol:parentID\tcol:status\tcol:rank\tcol:scientificName\tcol:authorship\n1\t\taccepted\tgenus\tParus\tL.\n2\t1\taccepted\tspecies\tParus major\tL.\n3\t2\tsynonym\tspecies\tParus minor\t\n==> VernacularName.tsv\ncol:taxonID\tcol:name\tcol:language\n2\tGreat tit\teng\n",
    "==> Taxon.csv\nID,nameID,parentID\n1,10,\n2,20,1\n==> Name.csv\nID,scientificName,rank\n10,Parus,genus\n20,Parus major,species\n==> Synonym.csv\ntaxonID,nameID\n2,30\n",
    "==> taxonomy.tsv\nuid\t|\tparent_uid\t|\tname\t|\trank\t|\n1\t|\t\t|\tlife\t|\tno rank\t|\n2\t|\t1\t|\tParus\t|\tgenus\t|\n==> synonyms.tsv\nname\t|\tuid\t|\ttype\t|\nTits\t|\t2\t|\tsynonym\t|\n",
    "==> TAXREFv17.txt\nREGNE\tCD_NOM\tCD_SUP\tCD_REF\tRANG\tLB_NOM\tNOM_VERN\nAnimalia\t1\t\t1\tKD\tAnimalia\t\nAnimalia\t2\t1\t2\tES\tParus major\tM\u{e9}sange\n",
    "==> hierarchy.txt\n1 2\n2 3\n==> classes.txt\n1 Birds\n2 Tits\n3 Great Tit\n",
    "==> a.csv\ngenus,species\nParus,Parus major\n",
    "==> a.csv\na\n==> b.csv\nb\n",
];

/// A zip of the files, each under its name.
fn zipped(method: zip::CompressionMethod, files: &Files<'_>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, bytes) in files {
        let options = zip::write::FileOptions::default().compression_method(method);
        let written = zip.start_file(*name, options).is_ok() && zip.write_all(bytes).is_ok();
        assert!(written, "a zip in memory can be written");
    }
    zip.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    assert!(gzip.write_all(bytes).is_ok());
    gzip.finish().unwrap_or_default()
}

fn tarred(files: &Files<'_>) -> Vec<u8> {
    let mut tar = tar::Builder::new(vec![]);
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        assert!(tar.append_data(&mut header, name, *bytes).is_ok());
    }
    tar.into_inner().unwrap_or_default()
}

fn archives() -> Vec<Vec<u8>> {
    use zip::CompressionMethod::{Deflated, Stored};
    let mut seeds = vec![];
    for text in COLLECTIONS {
        let files = files(text.as_bytes());
        seeds.push(zipped(Deflated, &files));
    }
    let table: Files<'_> = vec![("taxa.csv", b"genus,species\nParus,Parus major\n")];
    seeds.push(zipped(Stored, &table));
    seeds.push(gzipped(table[0].1));
    seeds.push(gzipped(&vec![b'a'; 100_000]));
    seeds.push(tarred(&table));
    seeds.push(gzipped(&tarred(&table)));
    seeds.push(zipped(
        Stored,
        &vec![("../a.csv", table[0].1), ("/b.csv", table[0].1), ("c\\d.csv", table[0].1), ("c/d.csv", table[0].1)],
    ));
    seeds.push(zipped(Stored, &vec![]));
    let two = [gzipped(b"genus,species\n"), gzipped(b"Parus,Parus major\n")].concat();
    seeds.push(two);
    seeds
}
