//! Our own run directories: `images`, `labels` and `predictions`.

use super::file::Table;
use super::{Origin, TableError, Tables};
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::rank::Rank;
use crate::run::record::{FILE, Record};
use crate::taxonomy::build::{Place, TaxonomyBuilder};
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::PlHashMap;
use std::path::Path;

/// Whether a folder is a run directory.
#[must_use]
pub fn is_run(path: &Path) -> bool {
    path.join(FILE).is_file()
}

/// Reads a run directory.
///
/// The taxonomy is the one given, else the one the run names if it is unchanged, else the
/// lineages of the run's labels.
///
/// # Errors
///
/// [`TableError`].
pub fn read(directory: &Path, given: Option<&Taxonomy>) -> Result<Tables, TableError> {
    let invalid = |what: String| TableError::Invalid { path: directory.to_path_buf(), what };
    let record = Record::read(directory).map_err(|error| invalid(error.to_string()))?;
    let labels = table(
        directory,
        &record,
        "labels",
        &["taxon", "name", "rank", "kingdom", "phylum", "class", "order", "family", "genus", "species"],
    )?;
    let mut notes = vec![];
    let taxonomy = match given {
        Some(taxonomy) => taxonomy.clone(),
        None => recorded(&record, &labels, &mut notes)?,
    };
    let mut answers = Answers { name: model_name(&record.identity.model).to_string(), notes, ..Answers::default() };
    let identities = labels.text("taxon")?;
    let mut candidates: Vec<TaxonId> = identities.iter().flatten().filter_map(|text| one(&taxonomy, text)).collect();
    if candidates.len() < identities.len() {
        answers.notes.push(format!(
            "{} of {} candidates of the run are not in the taxonomy",
            identities.len() - candidates.len(),
            identities.len()
        ));
    }
    candidates.sort_unstable();
    answers.candidates = Some(candidates);
    let images = table(directory, &record, "images", &["image", "truth", "truth_name", "observation", "status", "error"])?;
    read_images(&images, &taxonomy, &mut answers)?;
    let predictions = table(directory, &record, "predictions", &["image", "rank", "position", "taxon", "probability"])?;
    read_predictions(&predictions, &taxonomy, &record, &mut answers)?;
    Ok(Tables { taxonomy, origin: Origin::Given, runs: vec![answers] })
}

/// What a run is called: the model's name on the hub, or the last part of its path.
fn model_name(model: &str) -> &str {
    let last = model.trim_end_matches('/').rsplit('/').next().filter(|last| !last.is_empty());
    if model.contains(':') { model } else { last.unwrap_or(model) }
}

fn table(directory: &Path, record: &Record, name: &str, columns: &[&str]) -> Result<Table, TableError> {
    let path = directory.join(format!("{name}.{}", record.identity.format.extension()));
    if record.identity.format.extension() == "parquet" {
        return Ok(Table::from_frame(&path, Table::parquet_columns(&path, Some(columns))?));
    }
    Table::read(&path)
}

fn one(taxonomy: &Taxonomy, text: &str) -> Option<TaxonId> {
    if let Found::One(taxon) = taxonomy.find_or_species(text).0 { Some(taxon) } else { None }
}

fn recorded(record: &Record, labels: &Table, notes: &mut Vec<String>) -> Result<Taxonomy, TableError> {
    let identity = &record.identity;
    match Taxonomy::named(&identity.taxonomy) {
        Ok(taxonomy) if taxonomy.fingerprint() == identity.taxonomy_sha256 => return Ok(taxonomy),
        Ok(_) => notes.push(format!(
            "The taxonomy {} has changed since the run; the lineages of the run's labels were used instead.",
            identity.taxonomy
        )),
        Err(_) => notes.push(format!(
            "The taxonomy {} is not there; the lineages of the run's labels were used instead.",
            identity.taxonomy
        )),
    }
    from_labels(labels)
}

fn from_labels(labels: &Table) -> Result<Taxonomy, TableError> {
    let mut builder = TaxonomyBuilder::lenient();
    let place = Place { file: labels.path.display().to_string(), line: 0 };
    let (names, ranks, identities) = (labels.text("name")?, labels.text("rank")?, labels.text("taxon")?);
    let columns = Rank::MAIN.iter().map(|rank| labels.text(rank.name())).collect::<Result<Vec<_>, _>>()?;
    for row in 0..labels.height() {
        let mut lineage: Vec<(Rank, &str)> =
            Rank::MAIN.into_iter().zip(&columns).filter_map(|(rank, column)| Some((rank, column.get(row)?))).collect();
        let own = ranks.get(row).and_then(Rank::parse).unwrap_or(Rank::Unranked);
        if let Some(name) = names.get(row).filter(|_| own.main_index().is_none()) {
            lineage.push((own, name));
        }
        let handle = builder.add_lineage(lineage, &place);
        if let Some(id) = identities.get(row).filter(|id| !id.contains(';')) {
            builder.set_source_id(handle, id, &place);
        }
    }
    builder.freeze().map_err(|problems| TableError::Invalid {
        path: labels.path.clone(),
        what: problems.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })
}

fn read_images(images: &Table, taxonomy: &Taxonomy, answers: &mut Answers) -> Result<(), TableError> {
    let (names, truths, truth_names) = (images.text("image")?, images.text("truth")?, images.text("truth_name")?);
    let (statuses, observations) = (images.text("status")?, images.text("observation")?);
    for row in 0..images.height() {
        let image = names.get(row).unwrap_or_default();
        answers.images.push(image.to_string());
        if let Some(status) = statuses.get(row).filter(|status| *status != "ok") {
            answers.unreadable.insert(row, status.to_string());
        }
        let texts = [truths.get(row), truth_names.get(row)];
        let truth = match texts.iter().flatten().find_map(|text| one(taxonomy, text)) {
            Some(taxon) => Truth::Taxon(taxon),
            None => match texts.iter().flatten().last() {
                None => Truth::Missing,
                Some(text) => {
                    *answers.outside_truths.entry((*text).to_string()).or_insert(0) += 1;
                    Truth::Outside
                }
            },
        };
        answers.truths.push(truth);
    }
    if observations.null_count() < observations.len() {
        let names = (0..images.height()).map(|row| observations.get(row).unwrap_or(&answers.images[row]).to_string());
        answers.observations = Some(names.collect());
    }
    Ok(())
}

type RankedRows = Vec<Vec<(u32, Answer, Option<f64>)>>;

fn read_predictions(predictions: &Table, taxonomy: &Taxonomy, record: &Record, answers: &mut Answers) -> Result<(), TableError> {
    let (images, ranks, taxa) = (predictions.text("image")?, predictions.text("rank")?, predictions.text("taxon")?);
    let (positions, probabilities) = (predictions.numbers("position")?, predictions.numbers("probability")?);
    let place: PlHashMap<&str, usize> = answers.images.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    let mut known: PlHashMap<&str, Answer> = PlHashMap::default();
    let mut labels: RankedRows = vec![vec![]; answers.images.len()];
    let mut summed: [Option<RankedRows>; 7] = Default::default();
    for row in 0..predictions.height() {
        let (Some(image), Some(rank), Some(text)) = (images.get(row), ranks.get(row), taxa.get(row)) else {
            return Err(TableError::Invalid {
                path: predictions.path.clone(),
                what: format!("row {} has an empty image, rank or taxon", row + 1),
            });
        };
        let Some(&image) = place.get(image) else {
            return Err(TableError::Invalid {
                path: predictions.path.clone(),
                what: format!("image '{image}' is not in the images table"),
            });
        };
        let answer = *known.entry(text).or_insert_with(|| one(taxonomy, text).map_or(Answer::Outside, Answer::Taxon));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions are small whole numbers")]
        let position = positions[row].unwrap_or(0.0) as u32;
        let entry = (position, answer, probabilities[row]);
        let index = Rank::from_name(rank).and_then(Rank::main_index);
        if rank == record.identity.label_rank {
            labels[image].push(entry);
        }
        if let Some(index) = index {
            summed[index].get_or_insert_with(|| vec![vec![]; answers.images.len()])[image].push(entry);
        }
    }
    answers.ranked = ranked(labels);
    answers.summed = summed.map(|rows| rows.map(ranked));
    Ok(())
}

fn ranked(images: RankedRows) -> Ranked {
    let mut ranked = Ranked::default();
    for mut rows in images {
        rows.sort_by_key(|(position, ..)| *position);
        ranked.push(rows.into_iter().map(|(_, answer, probability)| (answer, probability)));
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::model_name;

    #[test]
    fn a_run_is_called_after_its_model() {
        assert_eq!(model_name("hf-hub:imageomics/bioclip-2"), "hf-hub:imageomics/bioclip-2");
        assert_eq!(model_name("/data/models/vit-b-16/"), "vit-b-16");
        assert_eq!(model_name("model"), "model");
    }
}
