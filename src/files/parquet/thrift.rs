//! Thrift's compact protocol, in which Parquet writes its footer and its page headers.
//!
//! Decoders reserve what a list or a text announces before they read it, and follow a field by its number whatever
//! type it announces. So a structure is looked at here first: lists and texts end within the bytes that there are,
//! and known fields have the types that the format gives them.
//!
//! Source: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

use std::collections::BTreeMap;

/// How deep structures and lists may lie in each other; the format's own reach six.
const DEPTH: usize = 32;

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// True or false.
    Bool,
    /// An integer of 16 bits.
    Short,
    /// An integer of 32 bits, or a choice from a list.
    Int,
    /// An integer of 64 bits.
    Long,
    /// Text or bytes.
    Bytes,
    /// A list of one kind.
    List(&'static Kind),
    /// Fields by their number.
    Fields(&'static [(i16, Kind)]),
    /// Whatever it says of itself.
    Any,
}

impl Kind {
    /// Its number in the protocol; none where it may be any.
    fn number(self) -> Option<u8> {
        Some(match self {
            Self::Bool => 2,
            Self::Short => 4,
            Self::Int => 5,
            Self::Long => 6,
            Self::Bytes => 8,
            Self::List(_) => 9,
            Self::Fields(_) => 12,
            Self::Any => return None,
        })
    }

    /// Whether a value of a type that the protocol numbers may stand here; true and false have a number each.
    fn takes(self, number: u8) -> bool {
        self.number().is_none_or(|own| own == number || (own == 2 && number == 1))
    }
}

/// What was read; only numbers keep their value.
#[derive(Debug)]
pub(super) enum Value {
    /// An integer.
    Number(i64),
    /// A list.
    List(Vec<Value>),
    /// Fields by their number.
    Fields(BTreeMap<i16, Value>),
    /// Anything else.
    Other,
}

impl Value {
    /// The integer in a field.
    pub(super) fn number(&self, field: i16) -> Option<i64> {
        match self.field(field)? {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The values of a list in a field; none where there is no such field.
    pub(super) fn list(&self, field: i16) -> &[Value] {
        match self.field(field) {
            Some(Self::List(values)) => values,
            _ => &[],
        }
    }

    /// A field.
    pub(super) fn field(&self, field: i16) -> Option<&Value> {
        match self {
            Self::Fields(fields) => fields.get(&field),
            _ => None,
        }
    }
}

/// Why a structure was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// The bytes end before it does.
    Short,
    /// It contradicts the format.
    Wrong,
}

/// Reads one structure at the start of some bytes, and says how many bytes it takes.
pub(super) fn read(bytes: &[u8], kind: Kind) -> Result<(Value, usize), Unread> {
    let mut input = Input { bytes, place: 0 };
    let value = input.value(12, kind, 0)?;
    Ok((value, input.place))
}

/// Bytes, and how far they are read.
struct Input<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Result<u8, Unread> {
        let byte = *self.bytes.get(self.place).ok_or(Unread::Short)?;
        self.place += 1;
        Ok(byte)
    }

    fn skip(&mut self, count: u64) -> Result<(), Unread> {
        let count = usize::try_from(count).map_err(|_| Unread::Wrong)?;
        let end = self.place.checked_add(count).ok_or(Unread::Wrong)?;
        if end > self.bytes.len() {
            return Err(Unread::Short);
        }
        self.place = end;
        Ok(())
    }

    /// A number of at most 64 bits, seven to a byte.
    fn unsigned(&mut self) -> Result<u64, Unread> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift).ok_or(Unread::Wrong)?;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Unread::Wrong)
    }

    /// A number of so many bits, its sign in its last bit.
    fn signed(&mut self, bits: u32) -> Result<i64, Unread> {
        let number = self.unsigned()?;
        let value = (number >> 1).cast_signed() ^ -(number & 1).cast_signed();
        let fits = bits == 64 || (-(1_i64 << (bits - 1))..1_i64 << (bits - 1)).contains(&value);
        if fits { Ok(value) } else { Err(Unread::Wrong) }
    }

    fn value(&mut self, number: u8, kind: Kind, depth: usize) -> Result<Value, Unread> {
        if depth > DEPTH || !kind.takes(number) {
            return Err(Unread::Wrong);
        }
        match number {
            // As a field, true and false are in the type.
            1 | 2 => {}
            3 => self.skip(1)?,
            4 => return self.signed(16).map(Value::Number),
            5 => return self.signed(32).map(Value::Number),
            6 => return self.signed(64).map(Value::Number),
            7 => self.skip(8)?,
            8 => {
                let length = self.unsigned()?;
                self.skip(length)?;
            }
            9 | 10 => return self.values(kind, depth),
            11 => self.pairs(depth)?,
            12 => return self.fields(kind, depth),
            _ => return Err(Unread::Wrong),
        }
        Ok(Value::Other)
    }

    fn values(&mut self, kind: Kind, depth: usize) -> Result<Value, Unread> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.unsigned()? } else { u64::from(head >> 4) };
        let element = if let Kind::List(element) = kind { *element } else { Kind::Any };
        self.at_most_what_is_left(count)?;
        let mut values = vec![];
        for _ in 0..count {
            values.push(self.element(head & 0x0f, element, depth)?);
        }
        Ok(Value::List(values))
    }

    fn pairs(&mut self, depth: usize) -> Result<(), Unread> {
        let count = self.unsigned()?;
        self.at_most_what_is_left(count)?;
        if count > 0 {
            let types = self.byte()?;
            for _ in 0..count {
                self.element(types >> 4, Kind::Any, depth)?;
                self.element(types & 0x0f, Kind::Any, depth)?;
            }
        }
        Ok(())
    }

    /// Every element takes a byte at least.
    fn at_most_what_is_left(&self, count: u64) -> Result<(), Unread> {
        if count > (self.bytes.len() - self.place) as u64 { Err(Unread::Short) } else { Ok(()) }
    }

    /// An element of a list: true and false are a byte of their own there.
    fn element(&mut self, number: u8, kind: Kind, depth: usize) -> Result<Value, Unread> {
        if matches!(number, 1 | 2) && kind.takes(number) {
            return self.skip(1).map(|()| Value::Other);
        }
        self.value(number, kind, depth + 1)
    }

    fn fields(&mut self, kind: Kind, depth: usize) -> Result<Value, Unread> {
        let known = if let Kind::Fields(known) = kind { known } else { &[] };
        let mut fields = BTreeMap::new();
        let mut last = 0_i16;
        loop {
            let head = self.byte()?;
            if head.trailing_zeros() >= 4 {
                return Ok(Value::Fields(fields));
            }
            let field = match head >> 4 {
                0 => i16::try_from(self.signed(16)?).map_err(|_| Unread::Wrong)?,
                further => last.checked_add(i16::from(further)).ok_or(Unread::Wrong)?,
            };
            let kind = known.iter().find(|(number, _)| *number == field).map_or(Kind::Any, |(_, kind)| *kind);
            let value = self.value(head & 0x0f, kind, depth + 1)?;
            fields.insert(field, value);
            last = field;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    const KIND: Kind = Kind::Fields(&[(1, Kind::Int), (2, Kind::List(&Kind::Bytes)), (20, Kind::Bool)]);

    // 1: -3 (zigzag 5); 2: ["ab", ""]; 20 (a jump, zigzag 40): true; stop
    const WHOLE: [u8; 11] = [0x15, 5, 0x19, 0x28, 2, b'a', b'b', 0, 0x01, 40, 0];

    #[test]
    fn a_structure_is_read() {
        let (value, length) = read(&WHOLE, KIND).unwrap();
        assert_eq!(length, WHOLE.len());
        assert_eq!(value.number(1), Some(-3));
        assert_eq!(value.list(2).len(), 2);
        assert!(value.field(20).is_some() && value.field(3).is_none());
    }

    #[test]
    fn what_ends_too_soon_is_short_and_what_has_another_type_is_wrong() {
        for length in 0..WHOLE.len() {
            assert_eq!(read(&WHOLE[..length], KIND).unwrap_err(), Unread::Short, "{length}");
        }
        assert_eq!(read(&WHOLE, Kind::Fields(&[(1, Kind::Long)])).unwrap_err(), Unread::Wrong);
        assert_eq!(read(&WHOLE, Kind::Fields(&[(2, Kind::List(&Kind::Int))])).unwrap_err(), Unread::Wrong);
    }

    #[test]
    fn a_list_or_text_longer_than_the_bytes_reserves_nothing() {
        // Lists of 2^31 numbers and a text of 2^62 bytes.
        assert_eq!(read(&[0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 7], Kind::Any).unwrap_err(), Unread::Short);
        assert_eq!(read(&[0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f], Kind::Any).unwrap_err(), Unread::Short);
        assert_eq!(read(&[0x16; 12], Kind::Any).unwrap_err(), Unread::Short);
        assert_eq!(read(&[0x16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0], Kind::Any).unwrap_err(), Unread::Wrong);
    }

    #[test]
    fn depth_is_limited() {
        assert_eq!(read(&vec![0x1c; 100_000], Kind::Any).unwrap_err(), Unread::Wrong);
        assert_eq!(read(&vec![0x19; 100_000], Kind::Any).unwrap_err(), Unread::Wrong);
    }
}
