//! Files of tensors as they are written: made by a formula, or read to be altered.

use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Numbers by the formula of `tests/parity/models/formula.py`: SplitMix64 from the FNV-1a of a name.
pub fn numbers(name: &str, count: usize, scale: f32, offset: f32) -> Vec<f32> {
    let fnv = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    let number = |place: usize| {
        let place = u64::try_from(place).unwrap() + 1;
        let mut mixed = seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // 24 bits: whole in single precision.
        let unit = (f64::from(u32::try_from(mixed >> 40).unwrap()) - 8_388_608.0) / 8_388_608.0;
        unit as f32 * scale + offset
    };
    (0..count).into_par_iter().map(number).collect()
}

/// What a tensor holds.
#[derive(Clone)]
enum Content {
    Bytes(Vec<u8>),
    /// So many bytes of zeros, which take no room on the disk.
    Zeros(usize),
}

#[derive(Clone)]
struct Stored {
    name: String,
    dtype: String,
    shape: Vec<usize>,
    content: Content,
}

/// A file of tensors.
#[derive(Clone)]
pub struct CheckpointFile(Vec<Stored>);

/// The tensors that a list of formulas names; of zeros where their numbers do not matter.
pub fn by_formula(path: &Path, zeros: bool) -> CheckpointFile {
    #[derive(serde::Deserialize)]
    struct Formula {
        shape: Vec<usize>,
        scale: f32,
        offset: f32,
    }
    let formulas: Map<String, Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let stored = formulas.into_iter().map(|(name, value)| {
        let Formula { shape, scale, offset } = serde_json::from_value(value).unwrap();
        let count: usize = shape.iter().product();
        let content = if zeros {
            Content::Zeros(4 * count)
        } else {
            let numbers = numbers(&name, count, scale, offset);
            let mut bytes = vec![0; 4 * count];
            bytes.par_chunks_exact_mut(4).zip(&numbers).for_each(|(bytes, number)| bytes.copy_from_slice(&number.to_le_bytes()));
            Content::Bytes(bytes)
        };
        Stored { name, dtype: "F32".to_string(), shape, content }
    });
    CheckpointFile(stored.collect())
}

impl CheckpointFile {
    /// Reads a file of tensors; zeros alone are remembered as such.
    pub fn read(path: &Path) -> CheckpointFile {
        let bytes = std::fs::read(path).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let stored = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
            let data = view.data();
            let zeros = data.len() > 1 << 20 && data.iter().all(|&byte| byte == 0);
            let content = if zeros { Content::Zeros(data.len()) } else { Content::Bytes(data.to_vec()) };
            Stored { name, dtype: format!("{:?}", view.dtype()), shape: view.shape().to_vec(), content }
        };
        CheckpointFile(tensors.tensors().into_iter().map(stored).collect())
    }

    /// Writes the file.
    pub fn write(&self, path: &Path) {
        let mut header = Map::new();
        let mut end = 0;
        for Stored { name, dtype, shape, content } in &self.0 {
            let start = end;
            end += content.length();
            header.insert(name.clone(), json!({"dtype": dtype, "shape": shape, "data_offsets": [start, end]}));
        }
        let header = Value::from(header).to_string();
        let mut file = BufWriter::new(File::create(path).unwrap());
        file.write_all(&u64::try_from(header.len()).unwrap().to_le_bytes()).unwrap();
        file.write_all(header.as_bytes()).unwrap();
        for stored in &self.0 {
            match &stored.content {
                Content::Bytes(bytes) => file.write_all(bytes).unwrap(),
                Content::Zeros(length) => {
                    file.seek(SeekFrom::Current(i64::try_from(*length).unwrap())).unwrap();
                }
            }
        }
        file.flush().unwrap();
        let length = 8 + header.len() + end;
        file.get_ref().set_len(u64::try_from(length).unwrap()).unwrap();
    }

    /// The file without a tensor, with it under another name, of another shape, and of whole numbers.
    pub fn alterations(&self, name: &str) -> [(&'static str, CheckpointFile); 4] {
        let place = self.0.iter().position(|stored| stored.name == name).unwrap();
        let altered = |alter: &dyn Fn(&mut Vec<Stored>)| {
            let mut tensors = self.0.clone();
            alter(&mut tensors);
            CheckpointFile(tensors)
        };
        let shaped = |tensors: &mut Vec<Stored>| {
            let shape = &mut tensors[place].shape;
            match shape.last_mut() {
                Some(last) => *last += 1,
                None => shape.push(2),
            }
            let count: usize = shape.iter().product();
            tensors[place].dtype = "F32".to_string();
            tensors[place].content = Content::Zeros(4 * count);
        };
        let whole = |tensors: &mut Vec<Stored>| {
            let count: usize = tensors[place].shape.iter().product();
            tensors[place].dtype = "I32".to_string();
            tensors[place].content = Content::Zeros(4 * count);
        };
        [
            ("without", altered(&|tensors| drop(tensors.remove(place)))),
            ("renamed", altered(&|tensors| tensors[place].name.push_str("_of_another"))),
            ("of another shape", altered(&shaped)),
            ("of whole numbers", altered(&whole)),
        ]
    }
}

impl Content {
    fn length(&self) -> usize {
        match self {
            Content::Bytes(bytes) => bytes.len(),
            Content::Zeros(length) => *length,
        }
    }
}
