//! The candidates' vectors: from the cache, or embedded now and kept.

use super::error::ClassificationError;
use super::listener::Listener;
use super::pace::Pace;
use crate::classify::label_cache::{Kept, LabelCache};
use crate::classify::label_vectors::LabelVectors;
use crate::encoder::Encoder;
use nearmiss::numbers::counted::counted;
use nearmiss::runs::directory::columns;
use nearmiss::runs::directory::record::Identity;
use nearmiss::runs::label_precision::LabelPrecision;
use nearmiss::runs::recipe::{Activation, Recipe};
use nearmiss::taxonomy::label_set::LabelSet;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::{DataFrame, PolarsResult};
use std::time::Instant;

/// Rows of the table of labels that are put together at a time.
const ROWS: usize = 8192;

/// The candidates, and what writes and reads their prompts.
pub(super) struct Prompted<'a> {
    pub(super) taxonomy: &'a Taxonomy,
    pub(super) labels: &'a LabelSet,
    pub(super) recipe: &'a Recipe,
    pub(super) encoder: &'a Encoder,
    /// The run that they are embedded for.
    pub(super) identity: &'a Identity,
}

impl Prompted<'_> {
    fn prompts(&self, taxon: TaxonId) -> Vec<String> {
        self.recipe.templates.prompts(&self.recipe.name_format.write(self.taxonomy, taxon))
    }

    /// Everything but the prompts that decides the vectors.
    fn model(&self) -> String {
        let files: Vec<String> = self.identity.model_files.values().cloned().collect();
        let activations: Vec<&str> = self.encoder.description().activations().into_iter().map(Activation::name).collect();
        format!(
            "{} {} {} {}",
            files.join(" "),
            self.recipe.precision.name(),
            activations.join(" and "),
            self.encoder.device_name()
        )
    }

    /// Identities of the candidates whose vector has no direction.
    fn unusable(&self, vectors: &LabelVectors) -> Vec<String> {
        let taxa = self.labels.taxa().iter().zip(vectors.usable());
        taxa.filter(|&(_, usable)| !usable).map(|(&taxon, _)| self.taxonomy.identity(taxon)).collect()
    }
}

/// The candidates' unit vectors, and what is odd about some of them.
pub(super) struct Candidates {
    pub(super) vectors: LabelVectors,
    /// Names of those with a prompt that was cut.
    pub(super) truncated: Vec<String>,
    /// Identities of those whose vector has no direction.
    pub(super) unusable: Vec<String>,
    /// Prompts of each.
    prompts: usize,
}

impl Candidates {
    /// Embeds what the cache does not hold, stretch by stretch: a run that is killed keeps the stretches it has done. `None`
    /// where the time until the deadline does not suffice for another stretch.
    pub(super) fn of(
        prompted: &Prompted<'_>,
        precision: LabelPrecision,
        deadline: Option<Instant>,
        listener: &dyn Listener,
    ) -> Result<Option<Candidates>, ClassificationError> {
        let Prompted { taxonomy, labels, encoder, .. } = prompted;
        let tokenizer = encoder.tokenizer()?;
        let width = usize::try_from(encoder.description().embed_dim())?;
        let (model, cache) = (prompted.model(), LabelCache::of_user());
        let count = labels.taxa().len();
        let mut vectors = LabelVectors::with_capacity(count, width, precision);
        let (mut truncated, mut cached, mut unkept) = (vec![], 0, None);
        let prompts_each = labels.taxa().first().map_or(0, |&taxon| prompted.prompts(taxon).len());
        let progress = listener.progress("labels", count);
        let mut pace = Pace::begin(deadline, Instant::now());
        for taxa in labels.taxa().chunks(Encoder::labels_at_once(prompts_each)) {
            let begun = Instant::now();
            if pace.is_time_up(begun) {
                return Ok(None);
            }
            let prompts: Vec<Vec<String>> = taxa.iter().map(|&taxon| prompted.prompts(taxon)).collect();
            let cut = |prompts: &Vec<String>| prompts.iter().any(|prompt| tokenizer.encode(prompt).truncated);
            let of_cut = taxa.iter().zip(&prompts).filter(|(_, prompts)| cut(prompts));
            truncated.extend(of_cut.map(|(&taxon, _)| taxonomy.name(taxon).to_string()));
            let key = LabelCache::key(&model, prompts.iter().map(Vec::as_slice));
            let kept = cache.read(&key, prompts.len(), width);
            if let Kept::Damaged(reason) = &kept {
                listener.warn(&format!("label embeddings: {reason}; they are made again"));
            }
            if let Kept::Known(known) = kept {
                cached += known.len() / width.max(1);
                vectors.push(&known);
            } else {
                let embedded = encoder.embed_labels(&tokenizer, &prompts, &|_| {})?.embeddings;
                unkept = unkept.or(cache.write(&key, prompts.len(), width, &embedded).err());
                vectors.push(&embedded);
            }
            pace.worked(begun, Instant::now());
            progress(taxa.len());
        }
        drop(progress);
        if cached > 0 {
            listener.remark(&format!("label embeddings: {cached} from the cache"));
        }
        if let Some(error) = unkept {
            listener.remark(&format!("label embeddings are not kept for next time: {error}"));
        }
        warn(&truncated, "has a prompt longer than the model reads; its end is cut", listener);
        let unusable = prompted.unusable(&vectors);
        warn(&unusable, "has a vector without direction; it gets no probability", listener);
        Ok(Some(Candidates { vectors, truncated, unusable, prompts: prompts_each }))
    }

    /// The table of labels, some thousand rows at a time.
    pub(super) fn tables<'a>(
        &'a self,
        taxonomy: &'a Taxonomy,
        labels: &'a LabelSet,
    ) -> impl Iterator<Item = PolarsResult<DataFrame>> + 'a {
        let taxa = labels.taxa();
        (0..taxa.len()).step_by(ROWS).map(move |start| {
            let range = start..(start + ROWS).min(taxa.len());
            let vectors = self.vectors.rows(range.clone());
            columns::labels(taxonomy, &taxa[range], self.prompts, &vectors, self.vectors.width())
        })
    }
}

fn warn(names: &[String], what: &str, listener: &dyn Listener) {
    for name in names.iter().take(5) {
        listener.warn(&format!("candidate '{name}' {what}"));
    }
    if names.len() > 5 {
        listener.warn(&format!("{}: the same", counted(names.len() - 5, "more candidate", "more candidates")));
    }
}
