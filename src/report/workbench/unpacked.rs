//! Packed columns as tests read them again.

use flate2::read::DeflateDecoder;
use serde_json::Value;
use std::io::Read;

/// The bytes of a packed column.
fn bytes(packed: &Value) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = packed["z"].as_str().expect("packed bytes").trim_end_matches('=');
    let (mut deflated, mut bits, mut count) = (vec![], 0_u32, 0);
    for letter in text.bytes() {
        let place = letters.iter().position(|known| *known == letter).expect("a letter of base64");
        bits = bits << 6 | u32::try_from(place).expect("six bits");
        count += 6;
        if count >= 8 {
            count -= 8;
            deflated.push(u8::try_from(bits >> count & 0xff).expect("eight bits"));
        }
    }
    let mut inflated = vec![];
    DeflateDecoder::new(&deflated[..]).read_to_end(&mut inflated).expect("raw deflate");
    inflated
}

fn count(packed: &Value) -> usize {
    usize::try_from(packed["n"].as_u64().expect("a number of values")).expect("a length")
}

/// Unsigned numbers.
pub(super) fn numbers(packed: &Value) -> Vec<Option<u32>> {
    let bytes = bytes(packed);
    let kind = packed["t"].as_str().expect("a type");
    let values: Vec<Option<u32>> = match kind {
        "u8" => bytes.iter().map(|byte| Some(u32::from(*byte)).filter(|_| *byte != u8::MAX)).collect(),
        "u16" => bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .map(|number| Some(u32::from(number)).filter(|_| number != u16::MAX))
            .collect(),
        "u32" => bytes
            .chunks_exact(4)
            .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
            .map(|number| Some(number).filter(|_| number != u32::MAX))
            .collect(),
        other => panic!("a column of {other}"),
    };
    assert_eq!(values.len(), count(packed));
    values
}

/// Floats.
pub(super) fn floats(packed: &Value) -> Vec<Option<f64>> {
    let bytes = bytes(packed);
    let known = |value: f64| Some(value).filter(|value| !value.is_nan());
    let values: Vec<Option<f64>> = match packed["t"].as_str().expect("a type") {
        "f32" => {
            let value = |four: &[u8]| known(f64::from(f32::from_le_bytes([four[0], four[1], four[2], four[3]])));
            bytes.chunks_exact(4).map(value).collect()
        }
        "f64" => {
            let value = |eight: &[u8]| known(f64::from_le_bytes(eight.try_into().expect("eight bytes")));
            bytes.chunks_exact(8).map(value).collect()
        }
        other => panic!("a column of {other}"),
    };
    assert_eq!(values.len(), count(packed));
    values
}

/// Texts.
pub(super) fn texts(packed: &Value) -> Vec<String> {
    assert_eq!(packed["t"], "text");
    let texts: Vec<String> = serde_json::from_slice(&bytes(packed)).expect("an array of texts");
    assert_eq!(texts.len(), count(packed));
    texts
}

/// The texts of a column of few of them.
pub(super) fn words(words: &Value) -> Vec<String> {
    let value = |place: Option<u32>| words["values"][place.expect("a place") as usize].as_str().expect("a word").to_string();
    numbers(&words["column"]).into_iter().map(value).collect()
}
