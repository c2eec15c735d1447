//! The state dictionary of a pickle: its tensors, by name.

use super::pickle::{Place, Value, Values, number_of_class, run};
use super::{MOST_DIMENSIONS, Number, elements};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The longest key of a storage; PyTorch's are numbers.
const LONGEST_KEY: usize = 255;

/// A tensor as the pickle of a checkpoint describes it: a view of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorView {
    /// Key of the storage.
    pub key: String,
    /// Kind of number.
    pub number: Number,
    /// Length of each dimension.
    pub size: Vec<u64>,
    /// Steps between neighbours in each dimension, in elements.
    pub stride: Vec<u64>,
    /// Place of the first element in the storage, in elements.
    pub offset: u64,
}

impl TensorView {
    /// How many elements the tensor has, and how many its storage must have for it to lie in it;
    /// `None` if that is beyond counting.
    #[must_use]
    pub fn extent(&self) -> Option<(u64, u64)> {
        let count = elements(&self.size)?;
        if count == 0 {
            return Some((0, 0));
        }
        let mut last = self.offset;
        for (&size, &stride) in self.size.iter().zip(&self.stride) {
            last = last.checked_add(stride.checked_mul(size - 1)?)?;
        }
        Some((count, last.checked_add(1)?))
    }
}

/// Runs a pickle and returns the tensors of its dictionary, or of the dictionary under `state_dict` in it.
///
/// An entry that is no tensor is passed over; of a name that is put in twice the last counts, as in Python.
///
/// # Errors
///
/// Says in a few words what the program holds instead.
pub fn tensors(program: &[u8]) -> Result<BTreeMap<String, TensorView>, String> {
    let (values, left) = run(program)?;
    let dict = state_dict(&values, left)?;
    // By place first: one text may be the key of very many entries.
    let mut last: HashMap<Place, Place> = HashMap::new();
    let mut order = vec![];
    for &(key, value) in values.dict(dict).iter().rev() {
        if let (Value::Text(_), std::collections::hash_map::Entry::Vacant(entry)) = (values.get(key), last.entry(key)) {
            entry.insert(value);
            order.push((key, value));
        }
    }
    let mut tensors = BTreeMap::new();
    let mut taken: HashSet<&[u8]> = HashSet::new();
    for (key, value) in order {
        let (Value::Text(name), &Value::Tensor(storage, offset, size, stride)) = (values.get(key), values.get(value)) else {
            continue;
        };
        if taken.insert(values.bytes(name)) {
            let name = String::from_utf8_lossy(values.bytes(name)).into_owned();
            let view = view(&values, &name, storage, offset, (size, stride))?;
            tensors.insert(name, view);
        }
    }
    if tensors.is_empty() { Err("no tensor in the dictionary".to_string()) } else { Ok(tensors) }
}

/// The dictionary of tensors: the outermost, or the one under `state_dict` in it, and so on.
fn state_dict(values: &Values<'_>, left: Place) -> Result<u32, String> {
    let Value::Dict(mut dict) = *values.get(left) else { return Err("its pickle holds no dictionary".to_string()) };
    let mut visited = HashSet::from([dict]);
    let is_state = |key: Place| matches!(values.get(key), Value::Text(text) if values.bytes(text) == b"state_dict");
    loop {
        let inner = values.dict(dict).iter().rev().find_map(|&(key, value)| match *values.get(value) {
            Value::Dict(inner) if is_state(key) => Some(inner),
            _ => None,
        });
        match inner {
            None => return Ok(dict),
            Some(inner) if visited.insert(inner) => dict = inner,
            Some(_) => return Err("the dictionary under 'state_dict' holds itself".to_string()),
        }
    }
}

fn view(values: &Values<'_>, name: &str, storage: Place, offset: i64, shape: (Place, Place)) -> Result<TensorView, String> {
    let name = shown(name.as_bytes());
    let senseless = || format!("the size, strides or offset of tensor '{name}' make no sense");
    let Value::Storage(key, class) = values.get(storage) else { return Err(senseless()) };
    let key = values.bytes(key);
    if key.len() > LONGEST_KEY {
        return Err(format!("the storage of tensor '{name}' has a key of {} bytes", key.len()));
    }
    let number = match values.get(*class) {
        Value::Class(module, class) => number_of_class(values.bytes(class)).ok_or_else(|| {
            format!("tensor '{name}' is of type {}.{}", shown(values.bytes(module)), shown(values.bytes(class)))
        })?,
        _ => return Err(senseless()),
    };
    let natural = |place: Place| -> Option<Vec<u64>> {
        values.integers(place, MOST_DIMENSIONS)?.into_iter().map(|number| u64::try_from(number).ok()).collect()
    };
    let (size, stride) = (natural(shape.0).ok_or_else(senseless)?, natural(shape.1).ok_or_else(senseless)?);
    let offset = u64::try_from(offset).map_err(|_| senseless())?;
    if size.len() != stride.len() {
        return Err(senseless());
    }
    Ok(TensorView { key: String::from_utf8_lossy(key).into_owned(), number, size, stride, offset })
}

/// The beginning of a text of a file, for a sentence.
fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned()
}

#[cfg(test)]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    /// `{"a": tensor}` of storage '0' at offset 1, size [2], stride [3], the way `torch.save` writes it.
    pub(in super::super) const PROGRAM: &[u8] = b"\x80\x02}q\x00X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\nq\x01((X\x07\x00\x00\x00storagectorch\nHalfStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x07tQK\x01K\x02\x85K\x03\x85\x89ccollections\nOrderedDict\n)RtRs.";

    #[test]
    fn a_tensor_is_read_from_its_instructions() {
        let found = tensors(PROGRAM).unwrap();
        let view = TensorView { key: "0".to_string(), number: Number::F16, size: vec![2], stride: vec![3], offset: 1 };
        assert_eq!(found, BTreeMap::from([("a".to_string(), view.clone())]));
        // Elements 1 and 4.
        assert_eq!(view.extent(), Some((2, 5)));
    }

    #[test]
    fn a_program_that_breaks_off_or_leaves_no_tensor_says_so() {
        assert!((0..PROGRAM.len()).all(|length| tensors(&PROGRAM[..length]).is_err()));
        assert_eq!(tensors(b"\x80\x02}.").unwrap_err(), "no tensor in the dictionary");
        // A call of something else is not made: `os.system('touch /tmp/x')` is a blank.
        let system = b"\x80\x02cos\nsystem\nq\x00X\x0c\x00\x00\x00touch /tmp/x\x85R.";
        assert_eq!(tensors(system).unwrap_err(), "its pickle holds no dictionary");
    }

    #[test]
    fn a_state_dictionary_that_holds_itself_is_refused() {
        let program = b"\x80\x02}q\x00X\n\x00\x00\x00state_dicth\x00s.";
        assert_eq!(tensors(program).unwrap_err(), "the dictionary under 'state_dict' holds itself");
    }

    #[test]
    fn one_key_of_very_many_entries_is_read_once() {
        // A name of 200 000 bytes, put in 200 000 times: 40 GB, were it copied each time.
        let long = vec![b'n'; 200_000];
        let length = u32::try_from(long.len()).unwrap().to_le_bytes();
        let pairs = b"h\x05h\x06".repeat(200_000);
        let tensor = &PROGRAM[11..PROGRAM.len() - 2];
        let program = [b"\x80\x02X".as_slice(), &length, &long, b"q\x050", tensor, b"q\x060}(", &pairs, b"u."].concat();
        assert_eq!(tensors(&program).unwrap().len(), 1);
    }

    #[test]
    fn sizes_that_make_no_sense_are_refused() {
        let replaced = |from: &[u8], to: &[u8]| {
            let at = PROGRAM.windows(from.len()).position(|window| window == from).unwrap();
            [&PROGRAM[..at], to, &PROGRAM[at + from.len()..]].concat()
        };
        let senseless = "the size, strides or offset of tensor 'a' make no sense";
        assert_eq!(tensors(&replaced(b"K\x02\x85", b"J\xff\xff\xff\xff\x85")).unwrap_err(), senseless);
        assert_eq!(tensors(&replaced(b"K\x02\x85", b"K\x02K\x02\x86")).unwrap_err(), senseless);
        let many = [b"(".as_slice(), &b"K\x01".repeat(17), b"t"].concat();
        assert_eq!(tensors(&replaced(b"K\x02\x85", &many)).unwrap_err(), senseless);
        let far = replaced(b"K\x02\x85", b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85");
        assert_eq!(tensors(&far).unwrap()["a"].extent(), None);
        assert!(tensors(&replaced(b"HalfStorage", b"ComplexStorage")).unwrap_err().contains("is of type torch.ComplexStorage"));
    }
}
