//! When and where images were taken, as far as the source says.

use super::time::Instant;

/// When and where `N` images were taken; `None` where the source says nothing, blank where it says nothing of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// When.
    pub times: Option<Vec<Option<Instant>>>,
    /// By which camera, or at which deployment.
    pub cameras: Option<Vec<String>>,
    /// At which site.
    pub sites: Option<Vec<String>>,
    /// In which sequence, where the source names the sequences itself.
    pub sequences: Option<Vec<String>>,
}

impl Taken {
    /// Some of the images, in their new order.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Taken {
        let texts = |column: &Vec<String>| images.iter().map(|&image| column[image].clone()).collect::<Vec<String>>();
        Taken {
            times: self.times.as_ref().map(|times| images.iter().map(|&image| times[image]).collect()),
            cameras: self.cameras.as_ref().map(texts),
            sites: self.sites.as_ref().map(texts),
            sequences: self.sequences.as_ref().map(texts),
        }
    }

    /// The places of the images with their noun, one and many: the sites, or where there are none the cameras.
    #[must_use]
    pub fn places(&self) -> Option<Places<'_>> {
        let sites = self.sites.as_deref().map(|names| Places { names, one: "site", many: "sites" });
        sites.or_else(|| self.cameras.as_deref().map(|names| Places { names, one: "camera", many: "cameras" }))
    }

    /// Whether images can be put into events.
    #[must_use]
    pub fn tells_events(&self) -> bool {
        let has_times = self.times.iter().flatten().any(Option::is_some);
        has_times || self.sequences.iter().flatten().any(|sequence| !sequence.is_empty())
    }
}

/// Where images were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places<'a> {
    /// The name of each image's place; blank where it is not known.
    pub names: &'a [String],
    /// What one is called.
    pub one: &'static str,
    /// What several are called.
    pub many: &'static str,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn sites_come_before_cameras_and_images_keep_theirs() {
        let names = |names: [&str; 3]| Some(names.map(str::to_string).to_vec());
        let taken = Taken {
            times: Some(vec![None, Some(Instant::of_milliseconds(5)), None]),
            cameras: names(["a", "b", "c"]),
            ..Taken::default()
        };
        assert!(taken.tells_events() && !taken.select(&[0, 2]).tells_events());
        assert_eq!(taken.places().unwrap().many, "cameras");
        let taken = Taken { sites: names(["x", "y", ""]), ..taken };
        let some = taken.select(&[2, 1]);
        let places = some.places().unwrap();
        assert_eq!((places.one, places.names), ("site", &[String::new(), "y".to_string()][..]));
        assert_eq!(some.times, Some(vec![None, Some(Instant::of_milliseconds(5))]));
        assert_eq!(Taken::default().places(), None);
    }
}
