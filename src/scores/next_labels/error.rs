//! Why there is no order of images.

use crate::answers::side_by_side::SideBySideError;

/// Why there is no order of images.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum NextLabelsError {
    #[error(transparent)]
    Read(#[from] SideBySideError),
    #[error("there is one model: '{name}'; give another run or table, or several --predicted-column")]
    OneModel { name: String },
    #[error("name the runs or tables of two models or more")]
    NoModel,
    #[error("{count} models are more than {most}: give the ones that may be best")]
    ManyModels { count: usize, most: usize },
    #[error(
        "no image is answered by all models: '{first}' has '{image}', '{second}' has '{other}'; write the names of images alike"
    )]
    NoImage { first: String, second: String, image: String, other: String },
    #[error("all answers to all images are one taxon, '{taxon}': no label can tell the models apart")]
    OneClass { taxon: String },
    #[error(
        "{images} images and {classes} classes of {models} models are too many to hold in memory; give a coarser --rank, as \
         '--rank genus'"
    )]
    TooLarge { images: usize, classes: usize, models: usize },
    #[error(
        "image '{image}' has two truths, '{one}' of {first} and '{other}' of {second}; give one table of truths with --truth"
    )]
    Truths { image: String, one: String, other: String, first: String, second: String },
    #[error("no image has a truth, and a simulation asks for them; give a table with --truth, or name a --truth-column")]
    NoTruth,
    #[error("every image has a truth already: nothing is left to label; --simulate tries the methods on them")]
    NothingLeft,
}
