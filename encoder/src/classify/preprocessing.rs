//! What photographs are made before an encoder sees them: what was asked for, the recipe's way, or the model's own.

use super::listener::Listener;
use crate::encoder::classifier::error::ClassifierError;
use crate::encoder::classifier::preprocess_file;
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::preprocessing::Preprocessing;
use nearmiss::photographs::preprocess::{CentreAt, EightBit, Filter, Fit, Preprocess, Resize};
use nearmiss::runs::recipe::Recipe;
use std::path::PathBuf;

/// The preprocessing of recipes that take the model's own.
pub const OF_MODEL: &str = "model";

/// What is asked of preprocessing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreprocessChoice {
    /// The model's own, as its configuration has it.
    OfModel,
    /// A way by its name, with the mean and the deviation of the model.
    Named(Resize),
    /// All of what a file says.
    File(PathBuf),
}

impl PreprocessChoice {
    /// Reads a word: `model`, the name of a way such as `squash-bicubic`, or else a file.
    #[must_use]
    pub fn parse(word: &str) -> PreprocessChoice {
        match Resize::parse(word) {
            _ if word == OF_MODEL => PreprocessChoice::OfModel,
            Some(resize) => PreprocessChoice::Named(resize),
            None => PreprocessChoice::File(PathBuf::from(word)),
        }
    }
}

/// Why a preprocessing cannot be had.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum PreprocessingError {
    #[error(transparent)]
    File(#[from] ClassifierError),
    #[error("the model's configuration asks for a preprocessing that is not done here: {what}; name another with --preprocess")]
    OfModel { what: String },
    #[error("a network in a file does not say what is done to photographs before: give --preprocess FILE")]
    NotSaid,
    #[error("--preprocess: '{name}' makes {edge} pixels, too few for the model's images of {size}")]
    TooSmall { name: String, edge: u32, size: u32 },
    #[error("--preprocess: it makes images of {found} pixels; the model takes {size}")]
    Size { found: u32, size: u32 },
}

/// What a model's configuration says of photographs.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// What wrote it.
    pub layout: &'a str,
    /// Mean, deviation, and words on sizes.
    pub preprocessing: &'a Preprocessing,
    /// Side of the model's images, in pixels.
    pub size: u32,
}

impl<'a> Own<'a> {
    /// Of a model; the edge of one without an image tower is 0.
    #[must_use]
    pub fn of(description: &'a ModelDescription) -> Own<'a> {
        let edge = description.image.as_ref().map_or(0, |image| image.image_size);
        let size = u32::try_from(edge).unwrap_or(u32::MAX);
        Own { layout: &description.layout, preprocessing: &description.preprocessing, size }
    }

    /// The model's own way; that of open_clip where its configuration says nothing.
    ///
    /// # Errors
    ///
    /// [`PreprocessingError::OfModel`] for a mode or an interpolation that is not done here.
    pub fn way(&self) -> Result<Resize, PreprocessingError> {
        let own = self.preprocessing;
        let refused = |what: String| PreprocessingError::OfModel { what };
        let fit = match own.resize_mode.as_deref() {
            None | Some("shortest") => Fit::Shortest,
            Some("squash") => Fit::Squash,
            Some(mode) => return Err(refused(format!("resize_mode '{mode}'"))),
        };
        let filter = match own.interpolation.as_deref() {
            None => Filter::Bicubic,
            Some(name) => Filter::parse(name).ok_or_else(|| refused(format!("interpolation '{name}'")))?,
        };
        let edge = match own.resize_to {
            None => None,
            Some(edge) => Some(u32::try_from(edge).map_err(|_| refused(format!("an edge of {edge} pixels")))?),
        };
        let edge = edge.filter(|&edge| edge != self.size);
        if let Some(edge) = edge.filter(|&edge| edge < self.size) {
            return Err(refused(format!("an edge of {edge} pixels, less than the {} of its images", self.size)));
        }
        // transformers cuts the centre out one pixel off torchvision's where an odd number of pixel pairs is left.
        let centre = if self.layout.starts_with("transformers") { CentreAt::Smaller } else { CentreAt::Even };
        Ok(Resize::of(EightBit { fit, filter, edge, centre }))
    }

    /// All of the model's own preprocessing.
    ///
    /// # Errors
    ///
    /// As [`Own::way`].
    pub fn preprocess(&self) -> Result<Preprocess, PreprocessingError> {
        Ok(self.with(self.way()?))
    }

    fn with(&self, resize: Resize) -> Preprocess {
        Preprocess { resize, size: self.size, mean: self.preprocessing.mean, std: self.preprocessing.std }
    }
}

/// The model's own way; that of open_clip where its configuration says nothing.
///
/// # Errors
///
/// As [`Own::way`].
pub fn own_way(description: &ModelDescription) -> Result<Resize, PreprocessingError> {
    Own::of(description).way()
}

/// The preprocessing of an encoder, and what it is called in the record.
///
/// Where it is asked for, that; else that of a recipe that was named; else the model's own. A recipe that was named and asks for
/// another way than the model's configuration is obeyed with a warning.
///
/// # Errors
///
/// [`PreprocessingError`].
pub fn of_encoder(
    own: &Own<'_>,
    choice: Option<&PreprocessChoice>,
    named: Option<&Recipe>,
    listener: &dyn Listener,
) -> Result<Preprocess, PreprocessingError> {
    let size = own.size;
    match choice {
        Some(PreprocessChoice::File(path)) => {
            let read = preprocess_file::read(path)?;
            return if read.size == size { Ok(read) } else { Err(PreprocessingError::Size { found: read.size, size }) };
        }
        Some(PreprocessChoice::Named(resize)) => {
            let edge = resize.eight_bit().and_then(|eight_bit| eight_bit.edge).filter(|&edge| edge < size);
            return match edge {
                Some(edge) => Err(PreprocessingError::TooSmall { name: resize.to_string(), edge, size }),
                None => Ok(own.with(*resize)),
            };
        }
        Some(PreprocessChoice::OfModel) | None => {}
    }
    let asked = named.filter(|_| choice.is_none()).and_then(|recipe| Some((recipe, Resize::parse(&recipe.preprocess)?)));
    let Some((recipe, asked)) = asked else { return own.preprocess() };
    // The recipes were written for models that ask for the shortest edge; to these `squash` is no slip.
    let way = own.way().ok().filter(|way| *way != asked && *way != Resize::ShortestBicubic8);
    if let Some(way) = way {
        listener.warn(&format!(
            "recipe {} makes photographs '{asked}', the model's configuration asks for '{way}'; --preprocess model takes that",
            recipe.name
        ));
    }
    Ok(own.with(asked))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::classify::listener::{Progress, Silent};
    use crate::encoder::description::preprocessing::{CLIP_MEAN, CLIP_STD};
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Mutex};

    /// Those words of a configuration.
    fn words(mode: Option<&str>, interpolation: Option<&str>, resize_to: Option<i64>) -> Preprocessing {
        Preprocessing {
            interpolation: interpolation.map(str::to_string),
            resize_mode: mode.map(str::to_string),
            resize_to,
            ..Preprocessing::of(CLIP_MEAN, CLIP_STD)
        }
    }

    /// A model of 224 pixels.
    fn model<'a>(layout: &'a str, preprocessing: &'a Preprocessing) -> Own<'a> {
        Own { layout, preprocessing, size: 224 }
    }

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Listener for Heard {
        fn remark(&self, _: &str) {}

        fn warn(&self, text: &str) {
            self.0.lock().unwrap().push(text.to_string());
        }

        fn progress(&self, _: &'static str, _: usize) -> Progress<'_> {
            Box::new(|_| {})
        }

        fn stop(&self) -> Arc<AtomicBool> {
            Arc::default()
        }
    }

    #[test]
    fn a_configuration_is_a_way() {
        let way = |layout: &str, preprocessing: Preprocessing| {
            model(layout, &preprocessing).way().map(|way| way.to_string()).map_err(|error| error.to_string())
        };
        assert_eq!(way("open_clip", words(None, None, None)), Ok("shortest-crop".to_string()));
        assert_eq!(way("open_clip", words(Some("shortest"), Some("bicubic"), None)), Ok("shortest-crop".to_string()));
        assert_eq!(way("open_clip", words(Some("squash"), Some("bicubic"), None)), Ok("squash-bicubic".to_string()));
        assert_eq!(way("timm", words(None, Some("bicubic"), Some(256))), Ok("shortest-bicubic-256".to_string()));
        assert_eq!(way("timm", words(None, Some("bicubic"), Some(224))), Ok("shortest-crop".to_string()));
        let dinov2 = words(Some("shortest"), Some("bicubic"), Some(256));
        assert_eq!(way("transformers dinov2", dinov2), Ok("shortest-bicubic-256-floor".to_string()));
        let refused = way("open_clip", words(Some("longest"), None, None)).unwrap_err();
        let begin =
            "the model's configuration asks for a preprocessing that is not done here: resize_mode 'longest'; name another";
        assert!(refused.starts_with(begin), "{refused}");
        assert!(way("timm", words(None, None, Some(200))).unwrap_err().contains("an edge of 200 pixels, less than the 224"));
    }

    #[test]
    fn a_recipe_that_was_named_is_obeyed_and_none_takes_the_models_own() {
        let heard = Heard::default();
        let way = |choice: Option<&PreprocessChoice>, named: Option<&str>, preprocessing: &Preprocessing| {
            let named = named.and_then(Recipe::find);
            of_encoder(&model("open_clip", preprocessing), choice, named.as_ref(), &heard).unwrap().resize.to_string()
        };
        let siglip = words(Some("squash"), Some("bicubic"), None);
        assert_eq!(way(None, None, &siglip), "squash-bicubic");
        assert!(heard.0.lock().unwrap().is_empty());
        assert_eq!(way(None, Some("bioclip"), &siglip), "shortest-crop");
        let expected = "recipe bioclip makes photographs 'shortest-crop', the model's configuration asks for 'squash-bicubic'; \
                        --preprocess model takes that";
        assert_eq!(*heard.0.lock().unwrap(), [expected]);
        assert_eq!(way(Some(&PreprocessChoice::OfModel), Some("bioclip"), &siglip), "squash-bicubic");
        // Models of CLIP's kind are seen by every recipe as before, and without a word.
        let bioclip = words(Some("shortest"), Some("bicubic"), None);
        assert_eq!(way(None, None, &bioclip), "shortest-crop");
        assert_eq!(way(None, Some("pybioclip"), &bioclip), "squash");
        assert_eq!(heard.0.lock().unwrap().len(), 1);
        let named = PreprocessChoice::parse("shortest-bilinear");
        assert_eq!(way(Some(&named), None, &bioclip), "shortest-bilinear");
        let small = PreprocessChoice::parse("shortest-bilinear-200");
        let refused = of_encoder(&model("open_clip", &bioclip), Some(&small), None, &Silent).unwrap_err().to_string();
        assert_eq!(refused, "--preprocess: 'shortest-bilinear-200' makes 200 pixels, too few for the model's images of 224");
    }

    #[test]
    fn words_are_ways_or_files() {
        assert_eq!(PreprocessChoice::parse("model"), PreprocessChoice::OfModel);
        assert_eq!(PreprocessChoice::parse("squash"), PreprocessChoice::Named(Resize::SquashBilinearFloat));
        assert_eq!(PreprocessChoice::parse("my/preprocess.json"), PreprocessChoice::File("my/preprocess.json".into()));
    }
}
