//! Logits of a classifier in the table of images: what its whole distributions are made of again.

use polars::prelude::*;

/// The column that holds them.
pub const LOGITS: &str = "logits";

/// A table of images with a column of logits: a fixed-size list of `width` f32, null where a photograph has none.
///
/// # Errors
///
/// Whatever polars refuses, such as logits of another number, or rows that are not as many as those of the table.
pub fn with_logits(images: &DataFrame, logits: &[Option<Vec<f32>>], width: usize) -> PolarsResult<DataFrame> {
    let (count, values) = (logits.len(), logits.len() * width);
    let mut builder = ListPrimitiveChunkedBuilder::<Float32Type>::new(LOGITS.into(), count, values, DataType::Float32);
    for logits in logits {
        match logits {
            Some(logits) => builder.append_slice(logits),
            None => builder.append_null(),
        }
    }
    let lists = builder.finish().into_series().cast(&DataType::Array(Box::new(DataType::Float32), width))?;
    images.hstack(&[lists.into()])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn logits_stand_beside_the_images() {
        let images = df!("image" => ["a", "b"]).unwrap();
        let with = with_logits(&images, &[Some(vec![1.0, -2.0, 0.5]), None], 3).unwrap();
        assert_eq!((with.height(), with.column(LOGITS).unwrap().null_count()), (2, 1));
        assert_eq!(with.column(LOGITS).unwrap().dtype(), &DataType::Array(Box::new(DataType::Float32), 3));
        assert!(with_logits(&images, &[None, None, None], 3).is_err(), "three rows for two images");
        assert!(with_logits(&images, &[Some(vec![1.0]), None], 3).is_err(), "one of three logits");
    }
}
