//! Files of weights: pickles, and the zips that they lie in.

use super::Reader;
use nearmiss::files::checkpoint::state::tensors;
use nearmiss::files::checkpoint::torch_zip::tensors_in;
use std::io::{Cursor, Write};
use std::path::Path;

pub(super) const READERS: &[Reader] = &[
    Reader { name: "pickle", longest: 4096, multiple: 1024, base: 1 << 20, read: pickle, seeds: pickles, words: WORDS },
    Reader {
        name: "checkpoint",
        longest: 4096,
        multiple: 4096,
        base: 8 << 20,
        read: checkpoint,
        seeds: checkpoints,
        words: &[
            "PK\\x03\\x04",
            "PK\\x01\\x02",
            "PK\\x05\\x06",
            "PK\\x06\\x06",
            "PK\\x06\\x07",
            "x/data.pkl",
            "x/data/0",
            "byteorder",
            "little",
        ],
    },
];

const WORDS: &[&str] = &[
    "ctorch._utils\\x0a_rebuild_tensor_v2\\x0a",
    "ctorch._utils\\x0a_rebuild_parameter\\x0a",
    "ccollections\\x0aOrderedDict\\x0a",
    "ctorch\\x0aFloatStorage\\x0a",
    "X\\x0a\\x00\\x00\\x00state_dict",
    "X\\x07\\x00\\x00\\x00storage",
    "X\\x01\\x00\\x00\\x000",
    "}q\\x00",
    "h\\x00",
    "(",
    "t",
    "\\x85",
    "\\x86",
    "\\x87",
    "R",
    "Q",
    "s",
    "u",
    "\\x80\\x02",
    "\\x8a\\x08",
    "\\x93",
    "\\x94",
    "\\x95",
    ".",
];

/// Every tensor has a place that can be counted, or is refused.
fn pickle(_: &Path, bytes: &[u8]) {
    for view in tensors(bytes).unwrap_or_default().values() {
        assert_eq!(view.size.len(), view.stride.len());
        if let Some((count, reach)) = view.extent() {
            assert!(count == 0 || reach > view.offset);
        }
    }
}

/// Every tensor lies in its storage, and that in the file.
fn checkpoint(_: &Path, bytes: &[u8]) {
    for tensor in tensors_in(Cursor::new(bytes), bytes.len() as u64).unwrap_or_default() {
        assert!(tensor.start + tensor.length <= bytes.len() as u64, "a storage behind the end of the file");
        assert!(tensor.view.extent().is_some_and(|(_, reach)| reach * tensor.view.number.size() <= tensor.length));
    }
}

/// A dictionary of one tensor `a` of two half-precision numbers at elements 1 and 4 of storage `0`.
const PROGRAM: &[u8] = b"\x80\x02}q\x00X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\nq\x01((X\x07\x00\x00\x00storagectorch\nHalfStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x07tQK\x01K\x02\x85K\x03\x85\x89ccollections\nOrderedDict\n)RtRs.";

fn pickles() -> Vec<Vec<u8>> {
    let nested = [b"\x80\x02}X\n\x00\x00\x00state_dict".as_slice(), &PROGRAM[2..PROGRAM.len() - 1], b"s."].concat();
    vec![
        PROGRAM.to_vec(),
        nested,
        b"\x80\x02}q\x00X\n\x00\x00\x00state_dicth\x00s.".to_vec(),
        [b"\x80\x02)".as_slice(), &[0x85; 200], b"."].concat(),
        [b"\x80\x02)q\x00".as_slice(), &b"h\x00\x86q\x00".repeat(60), b"."].concat(),
        b"\x80\x02cos\nsystem\nq\x00X\x0c\x00\x00\x00touch /tmp/x\x85R.".to_vec(),
        b"\x80\x02(ios\nsystem\n.".to_vec(),
        b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94K\x01u.".to_vec(),
        b"\x80\x02\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x7f.".to_vec(),
    ]
}

fn checkpoints() -> Vec<Vec<u8>> {
    use zip::CompressionMethod::{Deflated, Stored};
    let zipped = |method, program: &[u8], storage: &[u8], order: &[u8]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, bytes, method) in
            [("x/data.pkl", program, method), ("x/byteorder", order, Stored), ("x/data/0", storage, Stored)]
        {
            let options = zip::write::FileOptions::default().compression_method(method);
            assert!(zip.start_file(name, options).is_ok() && zip.write_all(bytes).is_ok(), "a zip in memory can be written");
        }
        zip.finish().map(Cursor::into_inner).unwrap_or_default()
    };
    let mut seeds = vec![
        zipped(Stored, PROGRAM, &[7; 10], b"little"),
        zipped(Deflated, PROGRAM, &[7; 10], b"little"),
        zipped(Stored, PROGRAM, &[7; 9], b"little"),
        zipped(Stored, PROGRAM, &[7; 10], b"big"),
        zipped(Deflated, &[0; 100_000], &[7; 10], b"little"),
    ];
    seeds.extend(pickles().iter().map(|program| zipped(Stored, program, &[0; 64], b"little")));
    seeds
}
