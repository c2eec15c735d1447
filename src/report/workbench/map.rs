//! The maps of a latent space, with the images that their points are.

use super::column;
use super::format::{MapColumns, OneMap};
use crate::report::text::count;
use crate::spaces::latent::Latent;
use std::io;

/// The maps of a space; `row` gives the row of a point's image in the page. `None` where there is no map.
pub(super) fn columns(latent: &Latent, row: impl Fn(usize) -> Option<u32>) -> io::Result<Option<MapColumns>> {
    let Some(first) = latent.maps.first() else { return Ok(None) };
    let mut maps = vec![];
    for map in &latent.maps {
        let axis = |axis: usize| column::singles(map.points.len(), |point| column::single(map.points[point][axis]));
        maps.push(OneMap { kind: map.kind, x: axis(0)?, y: axis(1)?, axes: [0, 1].map(|axis| title(latent, map.kind, axis)) });
    }
    Ok(Some(MapColumns { image: column::numbers(first.points.len(), row)?, maps }))
}

/// What stands at an axis: its number, with its share of the variance where it has one. Whole percents are written alike in
/// all languages.
fn title(latent: &Latent, kind: &str, axis: usize) -> String {
    let number = count(axis as u64 + 1);
    match latent.health.explained.get(axis).filter(|_| kind == "pca") {
        Some(share) if *share < 0.005 => format!("PC {number} (< 1\u{a0}%)"),
        Some(share) => format!("PC {number} ({:.0}\u{a0}%)", 100.0 * share),
        None => number,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::unpacked;
    use super::*;
    use crate::spaces::embeddings::Embeddings;
    use crate::spaces::latent::{LatentOptions, measure};
    use crate::taxonomy::Taxonomy;

    #[test]
    fn points_have_the_rows_of_their_images_and_axes_their_shares() {
        // Along the first axis all varies, along the second hardly anything.
        let embeddings = Embeddings {
            values: vec![1.0, 0.0, 2.0, 0.01, 3.0, 0.0, 4.0, 0.01, 5.0, 0.0],
            width: 2,
            names: ["a", "b", "c", "d", "e"].map(String::from).to_vec(),
            taxa: vec![None; 5],
            observations: vec![String::new(); 5],
            taxonomy: Taxonomy::empty(),
            labels: None,
            notes: vec![],
        };
        let options = LatentOptions { normalise: false, ks: vec![1], map: false, ..LatentOptions::default() };
        let latent = measure(&embeddings, &options);
        let found = columns(&latent, |point| [Some(3), None, Some(0), Some(1), Some(2)][point]).unwrap().unwrap();
        let found = serde_json::to_value(&found).unwrap();
        assert_eq!(unpacked::numbers(&found["image"]), [Some(3), None, Some(0), Some(1), Some(2)]);
        let map = &found["maps"][0];
        assert_eq!(map["kind"], "pca");
        assert_eq!(map["axes"], serde_json::json!(["PC 1 (100\u{a0}%)", "PC 2 (< 1\u{a0}%)"]));
        let expected: Vec<Option<f64>> =
            latent.maps[0].points.iter().map(|point| Some(f64::from(column::single(point[0])))).collect();
        assert_eq!(unpacked::floats(&map["x"]), expected);
        assert_eq!(title(&latent, "tsne", 1), "2");
        let without = crate::spaces::latent::Latent { maps: vec![], ..latent };
        assert!(columns(&without, |_| None).unwrap().is_none());
    }
}
