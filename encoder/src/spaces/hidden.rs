//! The photographs and labels of a run, embedded again as hidden states of the same model.
//!
//! What a transformer knows before its last normalisation and projection: each way of pooling it
//! ([`TokenPool`], [`Layers`]) gives one space, which is measured like any other.

mod error;
mod options;
mod recipe;
mod space;
mod labels;
mod photographs;

pub use error::HiddenError;
pub use options::HiddenOptions;

use crate::atlas::model::Unpacked;
use crate::classify::model;
use crate::encoder::hidden_states::check_layers;
use crate::encoder::{Encoder, EncoderOptions};
use nearmiss::runs::directory::record::{Identity, Record};
use nearmiss::runs::pooling::{Layers, TokenPool};
use nearmiss::runs::recipe::{Activation, Precision};
use nearmiss::spaces::embeddings::Embeddings;
use recipe::recipe;
use std::path::Path;

/// Embeds the photographs of a run again, as hidden states: for each of `wanted` one space called
/// `image cls last` or alike, and with [`HiddenOptions::text`] one of the labels, `text cls last`.
///
/// Model, preprocessing, precision, activation and orientation are those of the run; what comes out
/// is not normalised. States are what residual blocks put out, before the tower's final normalisation
/// and projection: see [`Encoder::pooled_images`] and [`Encoder::pooled_tokens`]. A label's vector is
/// the mean over the prompts of the run's recipe. The rows of an image space are the photographs that
/// the run could read, in its order, with its taxa and observations; those that cannot be read any
/// more are left out of all spaces, and [`Embeddings::notes`] counts them and those that the model
/// now sees otherwise than the run did. Beside the vectors that come out, memory is bounded by the
/// batch, which is that of the run.
///
/// `progress` is told how many photographs and labels are done, and how many there are.
///
/// # Errors
///
/// [`HiddenError`]: what is missing of the run, the model, the photographs or the taxonomy, and what
/// to do; [`EncoderError::Pooling`](crate::encoder::EncoderError::Pooling) where a tower has fewer blocks than are wanted.
pub fn hidden_spaces(
    run: &Path,
    wanted: &[(TokenPool, Layers)],
    options: &HiddenOptions,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<(String, Embeddings)>, HiddenError> {
    let record = Record::read(run)?;
    let identity = &record.identity;
    if options.text && !identity.has_prompts() {
        return Err(HiddenError::NoPrompts { model: identity.model.clone() });
    }
    if identity.recipe.contains_key("classes") && !identity.recipe.contains_key("activation") {
        return Err(HiddenError::Network { model: identity.model.clone() });
    }
    if let Some(file) = identity.model_files.keys().find(|name| name.starts_with("preprocess/")) {
        return Err(HiddenError::PreprocessFile { file: file.clone() });
    }
    let known = Embeddings::read(run, None, options.taxonomy)?;
    let photographs = photographs::of_run(run, identity, &known, options)?;
    let labels = if options.text { Some(labels::of_run(run, identity, &known.taxonomy)?) } else { None };
    let (encoder, mended) = encoder(identity, options)?;
    let (image_blocks, text_blocks) = encoder.blocks();
    check_layers("image", image_blocks, wanted)?;
    if options.text {
        check_layers("text", text_blocks, wanted)?;
    }
    let total = photographs.len() + labels.as_ref().map_or(0, labels::Labels::len);
    let mut spaces = photographs.embed(&encoder, wanted, &|done| progress(done, total))?;
    if let Some(labels) = labels {
        let done = photographs.len();
        spaces.extend(labels.embed(&encoder, &known.taxonomy, wanted, &|labels| progress(done + labels, total))?);
    }
    for (_, space) in &mut spaces {
        space.notes.extend(mended.clone());
    }
    Ok(spaces)
}

/// The model of the run, which must not have changed, and a note where its files had to be mended.
fn encoder(identity: &Identity, options: &HiddenOptions) -> Result<(Encoder, Option<String>), HiddenError> {
    let Unpacked { directory, note } = match options.model {
        Some(directory) => Unpacked { directory: directory.to_path_buf(), note: None },
        None => model::directory(&identity.model)
            .map_err(|source| HiddenError::Model { model: identity.model.clone(), source: Box::new(source) })?,
    };
    let precision = Some(recipe(identity, "precision", Precision::parse)?);
    let towers: Vec<Activation> =
        recipe(identity, "activation", |names| names.split(" and ").map(Activation::parse).collect::<Option<Vec<_>>>())?;
    let activation = in_place_of_own(&towers);
    let encoder = Encoder::from_dir(&directory, &EncoderOptions { device: options.device, precision, activation, linear: None })?;
    let files: Vec<_> = encoder.fingerprint()?;
    let same = |name: &String, sha256: &String| files.iter().any(|file| file.name == *name && file.sha256 == *sha256);
    match identity.model_files.iter().find(|(name, sha256)| !same(name, sha256)) {
        Some((file, _)) => Err(HiddenError::OtherModel { path: directory, file: file.clone() }),
        None => Ok((encoder, note)),
    }
}

/// The non-linearity to open a model with, so that its towers compute those of a run, that of images first and one where both
/// are the same: GELU and QuickGELU alone are put in the place of one another, and in both towers. `None` leaves the towers
/// their own.
fn in_place_of_own(towers: &[Activation]) -> Option<Activation> {
    let gelus: Vec<Activation> =
        towers.iter().copied().filter(|one| [Activation::Gelu, Activation::QuickGelu].contains(one)).collect();
    match (towers, &gelus[..]) {
        ([only], _) | (_, [only]) => Some(*only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towers_with_two_non_linearities_keep_them() {
        use Activation::{Gelu, GeluTanh, QuickGelu, Silu};
        for (towers, expected) in [
            (&[QuickGelu][..], Some(QuickGelu)),
            (&[GeluTanh][..], Some(GeluTanh)),
            // SigLIP of timm: the tangent of one tower is not put in the place of the other's GELU.
            (&[Gelu, GeluTanh][..], Some(Gelu)),
            (&[GeluTanh, QuickGelu][..], Some(QuickGelu)),
            // `CLIPModel` whose towers differ: nothing was put in the place of either.
            (&[Gelu, QuickGelu][..], None),
            (&[GeluTanh, Silu][..], None),
        ] {
            assert_eq!(in_place_of_own(towers), expected, "{towers:?}");
        }
    }
}
