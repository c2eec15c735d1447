//! Matrices of NumPy and safetensors, alone and in archives.

use super::{Reader, file};
use nearmiss::files::checkpoint::safetensors::header;
use nearmiss::files::numpy::{matrix, matrix_bytes, safetensors, safetensors_bytes};
use nearmiss::spaces::embeddings::Embeddings;
use std::io::Write;
use std::path::Path;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "npy",
        longest: 1024,
        multiple: 64,
        base: 1 << 20,
        read: npy,
        seeds: npys,
        words: &[
            "\\x93NUMPY",
            "'descr'",
            "'<f4'",
            "'<f8'",
            "'<f2'",
            "'|O'",
            "'fortran_order'",
            "True",
            "False",
            "'shape'",
            "(2, 2)",
            "(-1, 4)",
            "18446744073709551615",
        ],
    },
    Reader {
        name: "safetensors",
        longest: 1024,
        multiple: 256,
        base: 1 << 20,
        read: tensors,
        seeds: tensor_files,
        words: &[
            "\\\"dtype\\\"",
            "\\\"F32\\\"",
            "\\\"F64\\\"",
            "\\\"BF16\\\"",
            "\\\"shape\\\"",
            "[2,2]",
            "\\\"data_offsets\\\"",
            "[0,16]",
            "__metadata__",
            "18446744073709551615",
        ],
    },
    Reader {
        name: "npz",
        longest: 2048,
        multiple: 4096,
        base: 8 << 20,
        read: npz,
        seeds: npzs,
        words: &["PK\\x03\\x04", "PK\\x01\\x02", "PK\\x05\\x06", "\\x93NUMPY", "arr_0.npy"],
    },
];

fn hold<E>(matrix: Result<(Vec<f64>, usize, usize), E>) {
    if let Ok((values, rows, columns)) = matrix {
        assert_eq!(Some(values.len()), rows.checked_mul(columns), "{rows} × {columns} are announced");
    }
}

fn npy(_: &Path, bytes: &[u8]) {
    hold(matrix(bytes));
}

/// The header as of a model, and the first matrix.
fn tensors(_: &Path, bytes: &[u8]) {
    let mut rest = bytes;
    for tensor in header(&mut rest, bytes.len() as u64).map(|header| header.tensors).unwrap_or_default().values() {
        assert!(tensor.place[0] <= tensor.place[1] && tensor.place[1] <= bytes.len() as u64);
    }
    hold(safetensors(bytes));
}

/// A `.npy` of a header as written and some bytes.
fn npy_file(header: &str, version: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    let length = u32::try_from(header.len()).unwrap_or_default().to_le_bytes();
    bytes.extend_from_slice(if version == 1 { &length[..2] } else { &length });
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn npys() -> Vec<Vec<u8>> {
    let shaped = |shape: &str, data: &[u8]| {
        npy_file(&format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}\n"), 1, data)
    };
    vec![
        matrix_bytes(&[1.0, 2.0, 3.0, 4.0], 2),
        matrix_bytes(&[0.1, 0.2, 0.3], 3),
        shaped("2, 2", &[0; 16]),
        shaped("0, 4", &[]),
        shaped("4, 0", &[]),
        shaped("-7, 4, 2", &[0; 32]),
        shaped("4294967296, 4294967296", &[]),
        shaped("18446744073709551615, 2", &[0; 8]),
        shaped("3,", &[0; 12]),
        npy_file("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2)}", 2, &[0, 60, 0, 124]),
        npy_file("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1)}", 3, &[0; 8]),
        npy_file("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1)}", 1, &[0; 8]),
        b"\x93NUMPY\x02\0\xff\xff\xff\xff{}".to_vec(),
    ]
}

fn tensor_file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn tensor_files() -> Vec<Vec<u8>> {
    vec![
        safetensors_bytes("x", &[1.0, 2.0, 3.0, 4.0], 2),
        safetensors_bytes("y", &[0.1, 0.2, 0.3], 3),
        tensor_file(r#"{"__metadata__":{"a":"b"},"x":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}"#, &[0; 4]),
        tensor_file(r#"{"x":{"dtype":"F32","shape":[4,1],"data_offsets":[0,32]}}"#, &[0; 32]),
        tensor_file(r#"{"x":{"dtype":"F32","shape":[2,2],"data_offsets":[16,0]}}"#, &[0; 16]),
        tensor_file(r#"{"x":{"dtype":"F16","shape":[1,1],"data_offsets":[0,18446744073709551615]}}"#, &[0; 2]),
        tensor_file(
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}"#,
            &[0; 16],
        ),
        u64::MAX.to_le_bytes().to_vec(),
        (u64::MAX - 4).to_le_bytes().to_vec(),
    ]
}

const LABELS: &[u8] = b"image,genus,species\na,Parus,Parus major\nb,Pica,Pica pica\n";

/// An archive of arrays with names for two rows, down to the embeddings.
fn npz(folder: &Path, bytes: &[u8]) {
    let labels = file(folder, "labels.csv", LABELS);
    for name in ["vectors.npz", "vectors.safetensors"] {
        if name.ends_with("npz") == bytes.starts_with(b"PK")
            && let Ok(embeddings) = Embeddings::read(&file(folder, name, bytes), Some(&labels), None)
        {
            assert_eq!(embeddings.values.len(), embeddings.len() * embeddings.width);
            assert_eq!(embeddings.normalised().len(), embeddings.values.len());
        }
    }
}

fn npzs() -> Vec<Vec<u8>> {
    let zipped = |method, arrays: &[Vec<u8>]| -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
        for (number, array) in arrays.iter().enumerate() {
            let options = zip::write::FileOptions::default().compression_method(method);
            let written = zip.start_file(format!("arr_{number}.npy"), options).is_ok() && zip.write_all(array).is_ok();
            assert!(written, "a zip in memory can be written");
        }
        zip.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
    };
    let mut seeds = vec![
        zipped(zip::CompressionMethod::Stored, &[matrix_bytes(&[1.0, 2.0, 3.0, 4.0], 2)]),
        zipped(zip::CompressionMethod::Deflated, &[matrix_bytes(&[0.5; 64], 32)]),
        zipped(zip::CompressionMethod::Stored, &npys()[..5]),
    ];
    seeds.extend(tensor_files());
    seeds
}
