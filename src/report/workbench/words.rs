//! Columns of few texts: groups, licences, names of observations.

use super::column;
use super::format::PackedWords;
use std::collections::HashMap;
use std::io;

/// Texts up to which all columns share those of the page; of more every column has its own, so that the page need not have
/// those of images that lie beside it.
const MOST_SHARED: usize = 1_000;

/// Texts of images, each known once.
pub(super) struct Words<'a> {
    values: Vec<&'a str>,
    /// Place of the text of every image.
    of_image: Vec<u32>,
}

impl<'a> Words<'a> {
    /// Of the text of every image.
    pub(super) fn of(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut places: HashMap<&'a str, u32> = HashMap::new();
        let mut values = vec![];
        let mut place = |text: &'a str| {
            *places.entry(text).or_insert_with(|| {
                values.push(text);
                last(values.len())
            })
        };
        let of_image = texts.into_iter().map(&mut place).collect();
        Self { values, of_image }
    }

    /// The column of some images; `in_page` that of the page, whose texts may be shared by those of files beside it.
    pub(super) fn packed(&self, images: &[usize], in_page: bool) -> io::Result<PackedWords<'a>> {
        if self.values.len() <= MOST_SHARED {
            let values = if in_page { self.values.clone() } else { vec![] };
            let column = column::numbers(images.len(), |row| Some(self.of_image[images[row]]))?;
            return Ok(PackedWords { values, column });
        }
        let mut places: HashMap<u32, u32> = HashMap::new();
        let mut values = vec![];
        let mut column = Vec::with_capacity(images.len());
        for &image in images {
            let word = self.of_image[image];
            let place = *places.entry(word).or_insert_with(|| {
                values.push(self.values[word as usize]);
                last(values.len())
            });
            column.push(place);
        }
        Ok(PackedWords { values, column: column::numbers(column.len(), |row| Some(column[row]))? })
    }
}

/// The last place of so many.
fn last(count: usize) -> u32 {
    u32::try_from(count).map_or(u32::MAX, |count| count - 1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::unpacked;
    use super::*;

    #[test]
    fn few_texts_are_shared_and_many_are_not() {
        let few = Words::of(["b", "", "<b>", "b"]);
        let page = serde_json::to_value(few.packed(&[3, 2], true).unwrap()).unwrap();
        assert_eq!(page["values"], serde_json::json!(["b", "", "<b>"]));
        assert_eq!(unpacked::words(&page), ["b", "<b>"]);
        let part = few.packed(&[1, 0], false).unwrap();
        assert_eq!(part.values, Vec::<&str>::new());
        assert_eq!(unpacked::numbers(&serde_json::to_value(&part.column).unwrap()), [Some(1), Some(0)]);
        let names: Vec<String> = (0..MOST_SHARED + 5).map(|name| name.to_string()).collect();
        let many = Words::of(names.iter().map(String::as_str));
        for in_page in [true, false] {
            let own = serde_json::to_value(many.packed(&[7, 3, 7], in_page).unwrap()).unwrap();
            assert_eq!(
                (own["values"].clone(), unpacked::words(&own)),
                (serde_json::json!(["7", "3"]), ["7", "3", "7"].map(String::from).to_vec())
            );
        }
    }
}
