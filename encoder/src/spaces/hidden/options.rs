//! With what a run is embedded again.

use nearmiss::photographs::dataset::Dataset;
use nearmiss::runs::device::DeviceChoice;
use nearmiss::taxonomy::Taxonomy;
use std::path::Path;

/// With what a run is embedded again; what is `None` comes from `run.json`.
#[derive(Debug, Clone, Copy, Default)]
pub struct HiddenOptions<'a> {
    /// Where to compute.
    pub device: DeviceChoice,
    /// The taxonomy, if the run's is not to be read from where it was.
    pub taxonomy: Option<&'a Taxonomy>,
    /// The directory of the model, if it was moved.
    pub model: Option<&'a Path>,
    /// The root folder of the photographs, if they were moved.
    pub photographs: Option<&'a Path>,
    /// The data set, where a folder and names do not find the photographs: inside archives and
    /// tables, and where boxes are cut out.
    pub dataset: Option<&'a Dataset>,
    /// Whether the labels are embedded by the text tower, too.
    pub text: bool,
}
