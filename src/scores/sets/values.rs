//! The values of each image that runs are compared by.

use super::image_scores::SetImage;
use super::set_scores::RunSets;
use crate::scores::compare::Values;
use crate::scores::metric::Direction;
use crate::taxonomy::Taxonomy;

/// What is compared: names, directions, whether yes or no, ranges, and values.
pub(super) fn values(taxonomy: &Taxonomy, images: usize, runs: &[RunSets]) -> Vec<Values> {
    let of = |name: &str, label: &str, value: &dyn Fn(&SetImage) -> f64| {
        let of_run = |run: &RunSets| {
            let mut values = vec![None; images];
            for image in &run.images {
                values[image.image] = Some(value(image));
            }
            values
        };
        Values {
            name: name.to_string(),
            label: label.to_string(),
            direction: Direction::Higher,
            binary: false,
            range: Some((0.0, 1.0)),
            runs: runs.iter().map(of_run).collect(),
        }
    };
    let height = of("height", "height", &|image| image.height);
    let top = taxonomy.has_ranks().then_some((0.0, f64::from(super::matching::UNMATCHED)));
    let exact = of("exact", "exact", &|image| f64::from(u8::from(image.overlap.is_exact())));
    vec![
        of("sample_f1", "F1", &|image| image.overlap.f1()),
        of("sample_precision", "precision", &|image| image.overlap.precision()),
        of("sample_recall", "recall", &|image| image.overlap.recall()),
        of("jaccard", "Jaccard", &|image| image.overlap.jaccard()),
        Values { binary: true, ..exact },
        of("sample_hf", "hF", &|image| image.closed.f1()),
        Values { direction: Direction::Lower, range: top, ..height },
    ]
}
