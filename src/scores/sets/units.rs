//! Images that belong together: those of a transect, or of a site.

use crate::answers::sets::ImageSets;
use crate::numbers::bootstrap::Clusters;
use crate::numbers::interval::Sample;

/// What intervals draw, tests flip and halves keep together: transects, else sites, else images.
pub(super) struct Units {
    pub(super) clusters: Clusters,
    /// What they are called, of several.
    pub(super) noun: &'static str,
    /// The name of each image's.
    pub(super) names: Vec<String>,
}

impl Units {
    pub(super) fn of(sets: &ImageSets) -> Units {
        match sets.grouped() {
            Some((noun, groups)) => {
                // An image of no named group is one by itself.
                let named = groups.iter().zip(&sets.images);
                let name =
                    |(group, image): (&String, &String)| if group.is_empty() { format!("\n{image}") } else { group.clone() };
                let clusters = Clusters::by_name(groups.iter().map(String::as_str));
                Units { clusters, noun, names: named.map(name).collect() }
            }
            None => Units { clusters: Clusters::single(sets.images.len()), noun: "images", names: sets.images.clone() },
        }
    }

    /// The images as intervals take them.
    pub(super) fn sample(&self, draws: usize, seed: u64) -> Sample {
        Sample { draws, seed, ..Sample::by(self.clusters.clone(), self.noun) }
    }

    /// What counts by itself in tests.
    pub(super) fn tested(&self) -> &'static str {
        if self.clusters.repeat() { self.noun } else { "images" }
    }
}
