//! Fields of a preprocessing's configuration, within bounds.

use nearmiss::photographs::preprocess::{EightBit, Filter, Resize};
use serde_json::Value;

/// The largest edge of an image, in pixels.
const LARGEST: u64 = 4096;

/// Whether an object says something of a field.
pub(super) fn has(object: &Value, name: &str) -> bool {
    object.get(name).is_some_and(|value| !value.is_null())
}

/// An edge in pixels: one number, or a list of one, or of equal ones.
pub(super) fn number_of_pixels(object: &Value, name: &str) -> Result<u32, String> {
    let value = object.get(name).ok_or_else(|| format!("it does not say '{name}'"))?;
    let refused = || format!("'{name}' is {value}, which is no number of pixels from 1 to {LARGEST}");
    let edges: Vec<&Value> = value.as_array().map_or_else(|| vec![value], |list| list.iter().collect());
    let first = edges.first().and_then(|edge| whole(edge)).filter(|edge| (1..=LARGEST).contains(edge)).ok_or_else(refused)?;
    if edges.iter().any(|edge| whole(edge) != Some(first)) {
        return Err(format!("'{name}' is {value}; only squares are made"));
    }
    u32::try_from(first).map_err(|_| refused())
}

/// A whole number, also one that is written with a point.
fn whole(value: &Value) -> Option<u64> {
    let written = || value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..1e9).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 1e9")]
    value.as_u64().or_else(|| written().map(|number| number as u64))
}

/// Three numbers, of red, green and blue; one counts for all.
pub(super) fn three(object: &Value, name: &str) -> Result<[f32; 3], String> {
    let value = object.get(name).ok_or_else(|| format!("it does not say '{name}'"))?;
    let refused = || format!("'{name}' is {value}, not three numbers");
    let list: Vec<f32> = match value {
        Value::Array(list) => list.iter().map(single).collect::<Option<_>>().ok_or_else(refused)?,
        one => vec![single(one).ok_or_else(refused)?],
    };
    match list[..] {
        [all] => Ok([all; 3]),
        [red, green, blue] => Ok([red, green, blue]),
        _ => Err(refused()),
    }
}

/// Three deviations, which are divided by.
pub(super) fn deviation(object: &Value, name: &str) -> Result<[f32; 3], String> {
    let three = three(object, name)?;
    match three.iter().find(|value| **value <= 0.0) {
        Some(value) => Err(format!("'{name}' holds {value}; a deviation is above 0")),
        None => Ok(three),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rounded, as PyTorch does it")]
fn single(value: &Value) -> Option<f32> {
    value.as_f64().map(|value| value as f32).filter(|value| value.is_finite())
}

/// A way to an edge, of which a square of `size` is the centre.
pub(super) fn resized(way: EightBit, edge: u32, size: u32) -> Result<Resize, String> {
    if edge < size {
        return Err(format!("{edge} pixels are too few for a square of {size} cut out of them; borders are not added here"));
    }
    Ok(Resize::of(EightBit { edge: (edge != size).then_some(edge), ..way }))
}

/// `bicubic` or `bilinear`, as torchvision and timm write them.
pub(super) fn filter(value: &Value) -> Result<Filter, String> {
    let word = value.as_str().unwrap_or_default().to_lowercase();
    let word = word.trim_start_matches("interpolationmode.");
    Filter::parse(word).ok_or_else(|| format!("interpolation {value} is not done here; bicubic and bilinear are"))
}
