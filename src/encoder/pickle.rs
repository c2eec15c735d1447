//! State dictionaries that `torch.save` wrote: which tensors there are and where their bytes lie.
//!
//! A pickle is a program. This reader runs the few instructions that build dictionaries of tensors
//! and calls nothing: an unknown object stays a blank.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::rc::Rc;
use tch::Kind;

/// A tensor inside a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTensor {
    /// Its name in the state dictionary.
    pub name: String,
    /// Length of each dimension.
    pub size: Vec<i64>,
    /// Steps between neighbours in each dimension, in elements.
    pub stride: Vec<i64>,
    /// Place of the first element in the storage, in elements.
    pub offset: i64,
    /// Kind of number.
    pub kind: Kind,
    /// Place of the storage in the file, in bytes.
    pub start: u64,
    /// Length of the storage in the file, in bytes.
    pub length: u64,
}

impl StoredTensor {
    /// How many elements the storage must have for the tensor to lie in it; `None` if the numbers
    /// make no sense.
    #[must_use]
    pub fn reach(&self) -> Option<i64> {
        let mut last = self.offset;
        for (&size, &stride) in self.size.iter().zip(&self.stride) {
            if size < 0 || stride < 0 {
                return None;
            }
            last = last.checked_add(stride.checked_mul((size - 1).max(0))?)?;
        }
        (self.offset >= 0 && self.size.len() == self.stride.len()).then_some(last.checked_add(1)?)
    }
}

/// Finds the tensors of the state dictionary in a file.
///
/// The dictionary is the file's own, or its `state_dict`, as training writes it.
///
/// # Errors
///
/// Says in a few words what the file is instead.
pub fn find_tensors(path: &Path) -> Result<Vec<StoredTensor>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| "no zip archive".to_string())?;
    let mut records = HashMap::new();
    let mut program = None;
    let mut prefix = String::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = entry.name().to_string();
        if let Some(folder) = name.strip_suffix("data.pkl") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            program = Some(bytes);
            prefix = folder.to_string();
        } else if name.ends_with("byteorder") {
            let mut order = String::new();
            entry.read_to_string(&mut order).map_err(|error| error.to_string())?;
            if order.trim() != "little" {
                return Err(format!("byte order '{}'", order.trim()));
            }
        } else if entry.compression() == zip::CompressionMethod::Stored {
            records.insert(name, (entry.data_start(), entry.size()));
        }
    }
    let program = program.ok_or("no data.pkl in the archive")?;
    let value = Machine::new(&program).run().ok_or("data.pkl is no pickle of tensors")?;
    let tensors = state_dict(&value).ok_or("data.pkl holds no dictionary")?;
    let tensors =
        tensors.into_iter().map(|(name, tensor)| locate(name, &tensor, &records, &prefix)).collect::<Result<Vec<_>, _>>()?;
    if tensors.is_empty() { Err("no tensor in the dictionary".to_string()) } else { Ok(tensors) }
}

fn locate(name: String, tensor: &View, records: &HashMap<String, (u64, u64)>, prefix: &str) -> Result<StoredTensor, String> {
    let key = &tensor.storage.key;
    let &(start, length) =
        records.get(&format!("{prefix}data/{key}")).ok_or_else(|| format!("storage '{key}' of tensor '{name}' is missing"))?;
    let kind = tensor.storage.kind.ok_or_else(|| format!("tensor '{name}' is of type {}", tensor.storage.class))?;
    let (size, stride, offset) = (tensor.size.clone(), tensor.stride.clone(), tensor.offset);
    let stored = StoredTensor { name, size, stride, offset, kind, start, length };
    let elements = i64::try_from(length / kind.elt_size_in_bytes() as u64).unwrap_or(0);
    match stored.reach() {
        Some(reach) if reach <= elements || stored.size.contains(&0) => Ok(stored),
        _ => Err(format!("tensor '{}' does not lie in its storage", stored.name)),
    }
}

/// The tensors of a dictionary, or of the dictionary under `state_dict` in it.
fn state_dict(value: &Value) -> Option<Vec<(String, View)>> {
    let Value::Dict(dict) = value else { return None };
    let dict = dict.borrow();
    let nested =
        dict.iter().find(|(key, value)| matches!((key, value), (Value::Text(key), Value::Dict(_)) if &**key == "state_dict"));
    if let Some((_, nested)) = nested {
        return state_dict(nested);
    }
    let tensor = |(key, value): &(Value, Value)| match (key, value) {
        (Value::Text(name), Value::Tensor(view)) => Some((name.to_string(), (**view).clone())),
        _ => None,
    };
    Some(dict.iter().filter_map(tensor).collect())
}

#[derive(Debug, Clone)]
struct Storage {
    key: Rc<str>,
    class: Rc<str>,
    kind: Option<Kind>,
}

#[derive(Debug, Clone)]
struct View {
    storage: Storage,
    offset: i64,
    size: Vec<i64>,
    stride: Vec<i64>,
}

type Pairs = Rc<RefCell<Vec<(Value, Value)>>>;

#[derive(Debug, Clone)]
enum Value {
    Mark,
    Blank,
    Int(i64),
    Text(Rc<str>),
    Tuple(Rc<[Value]>),
    Dict(Pairs),
    Class(Rc<str>),
    Storage(Rc<Storage>),
    Tensor(Rc<View>),
}

/// The stack machine that a pickle is written for.
struct Machine<'a> {
    program: &'a [u8],
    stack: Vec<Value>,
    memo: HashMap<u32, Value>,
}

impl<'a> Machine<'a> {
    fn new(program: &'a [u8]) -> Machine<'a> {
        Machine { program, stack: Vec::new(), memo: HashMap::new() }
    }

    /// What the program leaves; `None` if it breaks off or has an unknown instruction.
    fn run(mut self) -> Option<Value> {
        loop {
            let [instruction] = self.bytes::<1>()?;
            if instruction == b'.' {
                return self.stack.pop();
            }
            self.step(instruction)?;
        }
    }

    fn step(&mut self, instruction: u8) -> Option<()> {
        let value = match instruction {
            // protocol, frame
            0x80 => return self.bytes::<1>().map(drop),
            0x95 => return self.bytes::<8>().map(drop),
            b'0' => return self.stack.pop().map(drop),
            // memory
            b'q' | b'r' | 0x94 | b'h' | b'j' => return self.remember(instruction),
            // changes to what is there
            b's' | b'u' | b'a' | b'e' | 0x90 | b'b' => return self.change(instruction),
            b'(' => Value::Mark,
            // none, true, false, a list, a set
            b'N' | 0x88 | 0x89 | b']' | 0x8f => Value::Blank,
            b'}' => Value::Dict(Pairs::default()),
            b'J' => Value::Int(i64::from(i32::from_le_bytes(self.bytes()?))),
            b'K' => Value::Int(i64::from(self.bytes::<1>()?[0])),
            b'M' => Value::Int(i64::from(u16::from_le_bytes(self.bytes()?))),
            0x8a => self.long()?,
            b'G' => self.bytes::<8>().map(|_| Value::Blank)?,
            b'X' | 0x8c | 0x8d | b'T' | b'U' => Value::Text(self.text(instruction)?),
            b'B' | b'C' => self.text(instruction).map(|_| Value::Blank)?,
            b')' => Value::Tuple(Rc::new([])),
            b't' => Value::Tuple(self.pop_to_mark()?.into()),
            0x85..=0x87 => {
                let start = self.stack.len().checked_sub(usize::from(instruction - 0x84))?;
                Value::Tuple(self.stack.split_off(start).into())
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                Value::Class(format!("{module}.{name}").into())
            }
            0x93 => match (self.stack.pop()?, self.stack.pop()?) {
                (Value::Text(name), Value::Text(module)) => Value::Class(format!("{module}.{name}").into()),
                _ => return None,
            },
            b'R' | 0x81 => {
                let (arguments, class) = (self.stack.pop()?, self.stack.pop()?);
                call(&class, &arguments)
            }
            b'Q' => storage(&self.stack.pop()?)?,
            _ => return None,
        };
        self.stack.push(value);
        Some(())
    }

    fn remember(&mut self, instruction: u8) -> Option<()> {
        let place = match instruction {
            b'q' | b'h' => u32::from(self.bytes::<1>()?[0]),
            b'r' | b'j' => u32::from_le_bytes(self.bytes()?),
            _ => u32::try_from(self.memo.len()).ok()?,
        };
        if matches!(instruction, b'h' | b'j') {
            self.stack.push(self.memo.get(&place)?.clone());
        } else {
            self.memo.insert(place, self.stack.last()?.clone());
        }
        Some(())
    }

    /// Puts entries into a dictionary; what goes into lists, sets and objects is dropped.
    fn change(&mut self, instruction: u8) -> Option<()> {
        let added = match instruction {
            b's' => self.stack.split_off(self.stack.len().checked_sub(2)?),
            b'a' | b'b' => self.stack.split_off(self.stack.len().checked_sub(1)?),
            _ => self.pop_to_mark()?,
        };
        if let (b's' | b'u', Value::Dict(pairs)) = (instruction, self.stack.last()?) {
            let added = added.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
            pairs.borrow_mut().extend(added);
        }
        Some(())
    }

    fn pop_to_mark(&mut self) -> Option<Vec<Value>> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark))?;
        let values = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(values)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.program.split_first_chunk()?;
        self.program = rest;
        Some(*bytes)
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.program.split_at_checked(length)?;
        self.program = rest;
        Some(bytes)
    }

    fn text(&mut self, instruction: u8) -> Option<Rc<str>> {
        let length = match instruction {
            0x8c | b'U' | b'C' => u64::from(self.bytes::<1>()?[0]),
            0x8d => u64::from_le_bytes(self.bytes()?),
            _ => u64::from(u32::from_le_bytes(self.bytes()?)),
        };
        let bytes = self.slice(usize::try_from(length).ok()?)?;
        Some(String::from_utf8_lossy(bytes).into())
    }

    fn line(&mut self) -> Option<&'a str> {
        let end = self.program.iter().position(|&byte| byte == b'\n')?;
        let line = std::str::from_utf8(self.slice(end)?).ok()?;
        self.bytes::<1>()?;
        Some(line)
    }

    /// An integer of any length; one beyond 64 bits becomes a blank.
    fn long(&mut self) -> Option<Value> {
        let length = usize::from(self.bytes::<1>()?[0]);
        let bytes = self.slice(length)?;
        if length > 8 {
            return Some(Value::Blank);
        }
        let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
        let mut whole = [if negative { 0xff } else { 0 }; 8];
        whole[..length].copy_from_slice(bytes);
        Some(Value::Int(i64::from_le_bytes(whole)))
    }
}

fn integers(value: &Value) -> Option<Vec<i64>> {
    let Value::Tuple(values) = value else { return None };
    let integer = |value: &Value| if let Value::Int(number) = value { Some(*number) } else { None };
    values.iter().map(integer).collect()
}

/// What the known constructors make; a blank for any other.
fn call(class: &Value, arguments: &Value) -> Value {
    let (Value::Class(class), Value::Tuple(arguments)) = (class, arguments) else { return Value::Blank };
    match (&**class, &**arguments) {
        ("collections.OrderedDict", _) => Value::Dict(Pairs::default()),
        ("torch._utils._rebuild_parameter", [data, ..]) => data.clone(),
        ("torch._utils._rebuild_tensor_v2", [Value::Storage(storage), Value::Int(offset), size, stride, ..]) => {
            let (Some(size), Some(stride)) = (integers(size), integers(stride)) else { return Value::Blank };
            Value::Tensor(Rc::new(View { storage: (**storage).clone(), offset: *offset, size, stride }))
        }
        _ => Value::Blank,
    }
}

/// `('storage', class, key, location, elements)`.
fn storage(identity: &Value) -> Option<Value> {
    let Value::Tuple(parts) = identity else { return None };
    let [Value::Text(_), Value::Class(class), Value::Text(key), ..] = &**parts else { return None };
    let kind = match class.rsplit('.').next()? {
        "FloatStorage" => Some(Kind::Float),
        "HalfStorage" => Some(Kind::Half),
        "BFloat16Storage" => Some(Kind::BFloat16),
        "DoubleStorage" => Some(Kind::Double),
        "LongStorage" => Some(Kind::Int64),
        "IntStorage" => Some(Kind::Int),
        "ShortStorage" => Some(Kind::Int16),
        "CharStorage" => Some(Kind::Int8),
        "ByteStorage" => Some(Kind::Uint8),
        "BoolStorage" => Some(Kind::Bool),
        _ => None,
    };
    Some(Value::Storage(Rc::new(Storage { key: key.clone(), class: class.clone(), kind })))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"a": tensor}` of storage '0' at offset 1, size [2], stride [3], the way `torch.save` writes it.
    const PROGRAM: &[u8] = b"\x80\x02}q\x00X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\nq\x01((X\x07\x00\x00\x00storagectorch\nHalfStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x07tQK\x01K\x02\x85K\x03\x85\x89ccollections\nOrderedDict\n)RtRs.";

    #[test]
    fn a_tensor_is_read_from_its_instructions() {
        let tensors = Machine::new(PROGRAM).run().as_ref().and_then(state_dict);
        let Some([(name, view)]) = tensors.as_deref() else { panic!("{tensors:?}") };
        assert_eq!((name.as_str(), &*view.storage.key, view.storage.kind), ("a", "0", Some(Kind::Half)));
        assert_eq!((view.offset, &view.size[..], &view.stride[..]), (1, &[2][..], &[3][..]));
    }

    #[test]
    fn a_program_that_breaks_off_or_is_unknown_gives_nothing() {
        assert!((0..PROGRAM.len()).all(|length| Machine::new(&PROGRAM[..length]).run().is_none()));
        assert!(Machine::new(b"\x80\x02i.").run().is_none());
    }

    #[test]
    fn a_tensor_must_lie_in_its_storage() {
        // elements 1 and 4 of 7 bytes·2: reach 5
        let records = |length| HashMap::from([("x/data/0".to_string(), (64, length))]);
        let storage = Storage { key: "0".into(), class: "torch.HalfStorage".into(), kind: Some(Kind::Half) };
        let view = View { storage, offset: 1, size: vec![2], stride: vec![3] };
        let found =
            locate("a".to_string(), &view, &records(10), "x/").map(|stored| (stored.start, stored.length, stored.reach()));
        assert_eq!(found, Ok((64, 10, Some(5))));
        assert_eq!(locate("a".to_string(), &view, &records(9), "x/"), Err("tensor 'a' does not lie in its storage".to_string()));
    }
}
