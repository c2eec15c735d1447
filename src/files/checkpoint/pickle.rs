//! The stack machine that a pickle is written for, without what runs code.
//!
//! A pickle is a program. This machine runs the few instructions that build dictionaries of tensors
//! and calls nothing: an unknown object stays a blank, an unknown instruction ends it. Values lie in one
//! list and refer to each other by place, so that none is nested in memory, however deep the pickle nests
//! them, and one that holds itself does no harm. Memory is at most 160 bytes per byte of the program.

use super::Number;
use super::instruction::named;
use std::collections::HashMap;
use std::ops::Range;

/// The longest program that is run; that of a model of a thousand tensors has a hundred thousand bytes.
pub const LONGEST_PROGRAM: u64 = 16 << 20;

/// Place of a value in [`Values`].
pub(super) type Place = u32;

/// Every mark, and everything that is of no use, is one of these two.
const MARK: Place = 0;
const BLANK: Place = 1;

/// What a program has made.
#[derive(Debug)]
pub(super) struct Values<'a> {
    program: &'a [u8],
    list: Vec<Value>,
    /// The entries of dictionaries: key and value.
    entries: Vec<Vec<(Place, Place)>>,
    /// The members of tuples, one tuple after the other.
    members: Vec<Place>,
}

/// A value; texts are stretches of the program.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Mark,
    Blank,
    Int(i64),
    Text(Range<u32>),
    /// Members, as a stretch of the list of all.
    Tuple(Range<u32>),
    /// Which dictionary.
    Dict(u32),
    /// Module and name, as texts.
    Class(Range<u32>, Range<u32>),
    /// Key and class, as texts.
    Storage(Range<u32>, Place),
    /// Storage, offset in elements, size, strides.
    Tensor(Place, i64, Place, Place),
}

impl<'a> Values<'a> {
    fn new(program: &'a [u8]) -> Self {
        Values { program, list: vec![Value::Mark, Value::Blank], entries: vec![], members: vec![] }
    }

    pub(super) fn get(&self, place: Place) -> &Value {
        self.list.get(place as usize).unwrap_or(&Value::Blank)
    }

    /// The bytes of a text.
    pub(super) fn bytes(&self, text: &Range<u32>) -> &'a [u8] {
        self.program.get(text.start as usize..text.end as usize).unwrap_or_default()
    }

    /// The members of a tuple.
    pub(super) fn tuple(&self, members: &Range<u32>) -> &[Place] {
        self.members.get(members.start as usize..members.end as usize).unwrap_or_default()
    }

    /// The entries of a dictionary, in the order they were put in.
    pub(super) fn dict(&self, dict: u32) -> &[(Place, Place)] {
        self.entries.get(dict as usize).map_or(&[], Vec::as_slice)
    }

    /// The numbers of a tuple of integers that has at most `most`; `None` for anything else.
    pub(super) fn integers(&self, place: Place, most: usize) -> Option<Vec<i64>> {
        let Value::Tuple(members) = self.get(place) else { return None };
        let members = Some(self.tuple(members)).filter(|members| members.len() <= most)?;
        members.iter().map(|&member| if let Value::Int(number) = self.get(member) { Some(*number) } else { None }).collect()
    }

    fn push(&mut self, value: Value) -> Place {
        self.list.push(value);
        // A program of 16 MiB makes no more values than it has bytes.
        u32::try_from(self.list.len() - 1).unwrap_or(BLANK)
    }

    fn push_tuple(&mut self, members: &[Place]) -> Place {
        let start = length(self.members.len());
        self.members.extend_from_slice(members);
        self.push(Value::Tuple(start..length(self.members.len())))
    }

    fn push_dict(&mut self) -> Place {
        self.entries.push(vec![]);
        self.push(Value::Dict(length(self.entries.len() - 1)))
    }

    fn is_class(&self, (module, name): (&Range<u32>, &Range<u32>), known: (&str, &str)) -> bool {
        self.bytes(module) == known.0.as_bytes() && self.bytes(name) == known.1.as_bytes()
    }
}

/// A length of something that is no longer than the program.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// What a storage's class says of its numbers; `None` for kinds that are not read.
pub(super) fn number_of_class(name: &[u8]) -> Option<Number> {
    Some(match name {
        b"FloatStorage" => Number::F32,
        b"HalfStorage" => Number::F16,
        b"BFloat16Storage" => Number::BF16,
        b"DoubleStorage" => Number::F64,
        b"LongStorage" => Number::I64,
        b"IntStorage" => Number::I32,
        b"ShortStorage" => Number::I16,
        b"CharStorage" => Number::I8,
        b"ByteStorage" => Number::U8,
        b"BoolStorage" => Number::Bool,
        _ => return None,
    })
}

/// Runs a program and returns its values with the place of what it leaves.
///
/// # Errors
///
/// Says in a few words at which byte it breaks off, or which instruction is refused.
pub(super) fn run(program: &[u8]) -> Result<(Values<'_>, Place), String> {
    if program.len() as u64 > LONGEST_PROGRAM {
        return Err(format!("a pickle of {} bytes; at most {LONGEST_PROGRAM} are read", program.len()));
    }
    let mut machine = Machine { rest: program, stack: vec![], memo: HashMap::new(), values: Values::new(program) };
    let left = loop {
        let at = program.len() - machine.rest.len();
        let broken = || format!("the pickle is cut off or damaged at byte {at}");
        let [instruction] = machine.take::<1>().ok_or_else(broken)?;
        match machine.step(instruction) {
            Step::Done => {}
            Step::Broken => return Err(broken()),
            Step::Refused => return Err(format!("its pickle has the instruction {} at byte {at}", named(instruction))),
            Step::End(place) => break place,
        }
    };
    Ok((machine.values, left))
}

/// What came of an instruction.
enum Step {
    Done,
    /// The program is too short, or the stack is.
    Broken,
    /// The instruction is none that builds dictionaries of tensors.
    Refused,
    End(Place),
}

impl From<Option<()>> for Step {
    fn from(done: Option<()>) -> Step {
        if done.is_some() { Step::Done } else { Step::Broken }
    }
}

struct Machine<'a> {
    rest: &'a [u8],
    stack: Vec<Place>,
    memo: HashMap<u32, Place>,
    values: Values<'a>,
}

impl Machine<'_> {
    fn step(&mut self, instruction: u8) -> Step {
        match instruction {
            b'.' => self.stack.pop().map_or(Step::Broken, Step::End),
            // protocol, frame
            0x80 => self.take::<1>().map(drop).into(),
            0x95 => self.take::<8>().map(drop).into(),
            b'0' => self.stack.pop().map(drop).into(),
            // memory
            b'q' | b'r' | 0x94 | b'h' | b'j' => self.remember(instruction).into(),
            // changes to what is there
            b's' | b'u' | b'a' | b'e' | 0x90 | b'b' => self.change(instruction).into(),
            b'('
            | b'N'
            | 0x88
            | 0x89
            | b']'
            | 0x8f
            | b'}'
            | b'J'
            | b'K'
            | b'M'
            | 0x8a
            | b'G'
            | b'X'
            | 0x8c
            | 0x8d
            | b'T'
            | b'U'
            | b'B'
            | b'C'
            | b')'
            | b't'
            | 0x85..=0x87
            | b'c'
            | 0x93
            | b'R'
            | 0x81
            | b'Q' => self.value(instruction).map(|place| self.stack.push(place)).into(),
            _ => Step::Refused,
        }
    }

    /// The value that an instruction puts on the stack.
    fn value(&mut self, instruction: u8) -> Option<Place> {
        let value = match instruction {
            b'(' => return Some(MARK),
            // none, true, false, a list, a set
            b'N' | 0x88 | 0x89 | b']' | 0x8f => return Some(BLANK),
            b'}' => return Some(self.values.push_dict()),
            b'J' => Value::Int(i64::from(i32::from_le_bytes(self.take()?))),
            b'K' => Value::Int(i64::from(self.take::<1>()?[0])),
            b'M' => Value::Int(i64::from(u16::from_le_bytes(self.take()?))),
            0x8a => return self.long(),
            b'G' => return self.take::<8>().map(|_| BLANK),
            b'B' | b'C' => return self.text(instruction).map(|_| BLANK),
            b'X' | 0x8c | 0x8d | b'T' | b'U' => Value::Text(self.text(instruction)?),
            b')' => return Some(self.values.push_tuple(&[])),
            b't' => {
                let members = self.pop_to_mark()?;
                return Some(self.values.push_tuple(&members));
            }
            0x85..=0x87 => {
                let start = self.stack.len().checked_sub(usize::from(instruction - 0x84))?;
                let members = self.stack.split_off(start);
                return Some(self.values.push_tuple(&members));
            }
            b'c' => Value::Class(self.line()?, self.line()?),
            0x93 => {
                let (name, module) = (self.stack.pop()?, self.stack.pop()?);
                let (Value::Text(name), Value::Text(module)) = (self.values.get(name), self.values.get(module)) else {
                    return None;
                };
                Value::Class(module.clone(), name.clone())
            }
            b'R' | 0x81 => {
                let (arguments, class) = (self.stack.pop()?, self.stack.pop()?);
                return Some(self.call(class, arguments));
            }
            b'Q' => {
                let identity = self.stack.pop()?;
                self.storage(identity)?
            }
            _ => return None,
        };
        Some(self.values.push(value))
    }

    fn remember(&mut self, instruction: u8) -> Option<()> {
        let place = match instruction {
            b'q' | b'h' => u32::from(self.take::<1>()?[0]),
            b'r' | b'j' => u32::from_le_bytes(self.take()?),
            _ => length(self.memo.len()),
        };
        if matches!(instruction, b'h' | b'j') {
            self.stack.push(*self.memo.get(&place)?);
        } else {
            self.memo.insert(place, *self.stack.last()?);
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
        if let (b's' | b'u', &Value::Dict(dict)) = (instruction, self.values.get(*self.stack.last()?)) {
            let entries = self.values.entries.get_mut(dict as usize)?;
            entries.extend(added.as_chunks::<2>().0.iter().map(|&[key, value]| (key, value)));
        }
        Some(())
    }

    fn pop_to_mark(&mut self) -> Option<Vec<Place>> {
        let mark = self.stack.iter().rposition(|&place| place == MARK)?;
        let values = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(values)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    /// The next bytes, as a stretch of the program.
    fn stretch(&mut self, count: usize) -> Option<Range<u32>> {
        let start = self.values.program.len() - self.rest.len();
        self.rest = self.rest.get(count..)?;
        Some(length(start)..length(start + count))
    }

    fn text(&mut self, instruction: u8) -> Option<Range<u32>> {
        let count = match instruction {
            0x8c | b'U' | b'C' => u64::from(self.take::<1>()?[0]),
            0x8d => u64::from_le_bytes(self.take()?),
            _ => u64::from(u32::from_le_bytes(self.take()?)),
        };
        self.stretch(usize::try_from(count).ok()?)
    }

    fn line(&mut self) -> Option<Range<u32>> {
        let end = self.rest.iter().position(|&byte| byte == b'\n')?;
        let line = self.stretch(end)?;
        self.take::<1>()?;
        Some(line)
    }

    /// An integer of any length; one beyond 64 bits becomes a blank.
    fn long(&mut self) -> Option<Place> {
        let count = usize::from(self.take::<1>()?[0]);
        let stretch = self.stretch(count)?;
        let bytes = self.values.bytes(&stretch);
        if count > 8 {
            return Some(BLANK);
        }
        let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
        let mut whole = [if negative { 0xff } else { 0 }; 8];
        whole[..count].copy_from_slice(bytes);
        Some(self.values.push(Value::Int(i64::from_le_bytes(whole))))
    }

    /// What the known constructors make; a blank for any other.
    fn call(&mut self, class: Place, arguments: Place) -> Place {
        let (Value::Class(module, name), Value::Tuple(arguments)) = (self.values.get(class), self.values.get(arguments)) else {
            return BLANK;
        };
        let is = |module_name: &str, class_name: &str| self.values.is_class((module, name), (module_name, class_name));
        let arguments = self.values.tuple(arguments);
        if is("collections", "OrderedDict") {
            return self.values.push_dict();
        }
        match *arguments {
            [data, ..] if is("torch._utils", "_rebuild_parameter") => data,
            [storage, offset, size, stride, ..] if is("torch._utils", "_rebuild_tensor_v2") => {
                match (self.values.get(storage), self.values.get(offset)) {
                    (Value::Storage(..), &Value::Int(offset)) => self.values.push(Value::Tensor(storage, offset, size, stride)),
                    _ => BLANK,
                }
            }
            _ => BLANK,
        }
    }

    /// `('storage', class, key, location, elements)`.
    fn storage(&self, identity: Place) -> Option<Value> {
        let Value::Tuple(parts) = self.values.get(identity) else { return None };
        let &[kind, class, key, ..] = self.values.tuple(parts) else { return None };
        match (self.values.get(kind), self.values.get(class), self.values.get(key)) {
            (Value::Text(_), Value::Class(..), Value::Text(key)) => Some(Value::Storage(key.clone(), class)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn unknown_instructions_are_named_with_their_place() {
        let cases: [(&[u8], &str); 5] = [
            (b"\x80\x02(ios\nsystem\n.", "its pickle has the instruction INST (byte 0x69) at byte 3"),
            (b"\x80\x02\x82\x01.", "its pickle has the instruction EXT1 (byte 0x82) at byte 2"),
            (b"\x80\x02I1\n.", "its pickle has the instruction INT (byte 0x49) at byte 2"),
            (b"\xfe", "its pickle has the instruction of byte 0xfe, which no protocol has at byte 0"),
            (b"\x80\x02}", "the pickle is cut off or damaged at byte 3"),
        ];
        for (program, sentence) in cases {
            assert_eq!(run(program).unwrap_err(), sentence);
        }
    }

    #[test]
    fn a_million_tuples_in_each_other_and_a_dictionary_in_itself_are_only_places() {
        let deep = [b"\x80\x02)".as_slice(), &vec![0x85; 1_000_000], b"."].concat();
        let (values, left) = run(&deep).unwrap();
        assert_eq!((values.list.len(), left), (1_000_003, 1_000_002));
        let (values, left) = run(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.").unwrap();
        let Value::Dict(dict) = *values.get(left) else { panic!("{left}") };
        assert_eq!(values.dict(dict)[0].1, left);
    }

    #[test]
    fn tuples_of_one_tuple_twice_do_not_grow_with_their_powers() {
        // Each step doubles what a reader by value would hold: 2^200 000 members.
        let expo = [b"\x80\x02)q\x00".as_slice(), &b"h\x00\x86q\x00".repeat(200_000), b"."].concat();
        let expo = [&expo[..5], &expo[5..]].concat();
        let (values, _) = run(&expo).unwrap_or_else(|sentence| panic!("{sentence}"));
        assert!(values.members.len() <= expo.len());
    }

    #[test]
    fn an_integer_of_any_length_is_read_or_blank() {
        for (program, number) in [(b"\x8a\x01\xff.".as_slice(), Some(-1)), (b"\x8a\x00.", Some(0)), (b"\x8a\x09123456789.", None)]
        {
            let (values, left) = run(program).unwrap();
            assert_eq!(if let Value::Int(number) = values.get(left) { Some(*number) } else { None }, number);
        }
    }
}
