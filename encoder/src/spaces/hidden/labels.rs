//! The labels of a run, embedded again.

use super::error::HiddenError;
use super::recipe::recipe;
use super::space::{name, numbers, origin};
use crate::encoder::Encoder;
use nearmiss::files::parquet::Parquet;
use nearmiss::numbers::counted::counted;
use nearmiss::runs::directory::record::Identity;
use nearmiss::runs::pooling::{Layers, TokenPool};
use nearmiss::runs::prompt::{NameFormat, Templates};
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::*;
use std::fs::File;
use std::path::Path;

/// About how many prompts are embedded at once.
const PROMPTS_AT_ONCE: usize = 512;

/// The candidates of a run and how their names are written.
pub struct Labels {
    taxa: Vec<TaxonId>,
    templates: Templates,
    format: NameFormat,
}

/// The candidates; the taxonomy must be that of the run, for the sake of the common names.
pub fn of_run(run: &Path, identity: &Identity, taxonomy: &Taxonomy) -> Result<Labels, HiddenError> {
    if taxonomy.fingerprint() != identity.taxonomy_sha256 {
        return Err(HiddenError::Taxonomy { taxonomy: identity.taxonomy.clone() });
    }
    let path = run.join("labels.parquet");
    let read = || -> PolarsResult<Vec<String>> {
        let data = Parquet::new(File::open(&path)?)?.read(Some(&["taxon"]), None)?;
        Ok(data.column("taxon")?.str()?.iter().map(|cell| cell.unwrap_or_default().to_string()).collect())
    };
    let broken = |what: String| HiddenError::Table { path: path.clone(), what };
    let find = |id: String| match taxonomy.find(&id) {
        Found::One(taxon) => Ok(taxon),
        _ => Err(broken(format!("the label '{id}' is no one taxon of the run's taxonomy"))),
    };
    let ids = read().map_err(|error| broken(error.to_string()))?;
    let taxa = ids.into_iter().map(find).collect::<Result<_, _>>()?;
    let templates = recipe(identity, "templates", Templates::parse)?;
    Ok(Labels { taxa, templates, format: recipe(identity, "name_format", NameFormat::parse)? })
}

impl Labels {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.taxa.len()
    }

    /// One space per combination.
    pub fn embed(
        &self,
        encoder: &Encoder,
        taxonomy: &Taxonomy,
        wanted: &[(TokenPool, Layers)],
        progress: &dyn Fn(usize),
    ) -> Result<Vec<(String, Embeddings)>, HiddenError> {
        let tokenizer = encoder.tokenizer()?;
        let mut values: Vec<Vec<f64>> = vec![vec![]; wanted.len()];
        let (mut done, mut truncated) = (0, 0_usize);
        let sentences = self.templates.prompts("").len().max(1);
        for taxa in self.taxa.chunks((PROMPTS_AT_ONCE / sentences).max(1)) {
            let of = |&taxon: &TaxonId| self.templates.prompts(&self.format.write(taxonomy, taxon));
            let prompts: Vec<Vec<String>> = taxa.iter().map(of).collect();
            let cut = |prompts: &&Vec<String>| prompts.iter().any(|prompt| tokenizer.encode(prompt).truncated);
            truncated += prompts.iter().filter(cut).count();
            for (values, states) in values.iter_mut().zip(encoder.pooled_labels(&tokenizer, &prompts, wanted)?) {
                values.extend(numbers(&states)?);
            }
            done += taxa.len();
            progress(done);
        }
        let mut notes = vec![];
        if sentences > 1 {
            notes.push(format!("the vector of a label is the mean over its {sentences} prompts, none of them normalised"));
        }
        if truncated > 0 {
            let labels = counted(truncated, "label has", "labels have");
            notes.push(format!("{labels} a prompt longer than the model reads; its end is cut"));
        }
        let space = |(values, &combination): (Vec<f64>, &(TokenPool, Layers))| {
            let mut notes = notes.clone();
            notes.push(origin("text", encoder.blocks().1, combination));
            let embeddings = Embeddings {
                width: values.len() / self.taxa.len().max(1),
                values,
                names: self.taxa.iter().map(|&taxon| taxonomy.name(taxon).to_string()).collect(),
                taxa: self.taxa.iter().map(|&taxon| Some(taxon)).collect(),
                observations: vec![String::new(); self.taxa.len()],
                taxonomy: taxonomy.clone(),
                labels: None,
                notes,
            };
            (name("text", combination), embeddings)
        };
        Ok(values.into_iter().zip(wanted).map(space).collect())
    }
}
