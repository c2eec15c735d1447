//! The folder of a latent space: `latent.json`, tables, figures and a page.

mod csv;
mod pictures;
mod tables;
mod verdict;

pub use verdict::verdict;

use super::document::{Block, Document};
use super::error::ReportError;
use super::folder::Draft;
use super::language::Language;
use super::overwrite::Overwrite;
use super::page::Frame;
use super::photographs::Photographs;
use super::text::count;
use super::workbench::Setting;
use super::{markdown, page, suspects, workbench};
use crate::spaces::embeddings::{Design, Embeddings};
use crate::spaces::latent::Latent;
use csv::{map_csv, ranks_csv, taxa_csv};
use pictures::Pictures;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tables::{among_all_table, clades_table, health_table, nested_table, rank_table, staircase_table, tree_table};

/// A space that has been measured, and what its page shows beside the numbers.
#[derive(Clone, Copy)]
pub struct SpacePage<'a> {
    /// The vectors.
    pub embeddings: &'a Embeddings,
    /// The numbers.
    pub latent: &'a Latent,
    /// Where the photographs are.
    pub photographs: Photographs<'a>,
    /// The command that measured it.
    pub command_line: &'a str,
    /// The language that the page opens in.
    pub language: Language,
}

/// Writes everything, each file whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, space: &SpacePage<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    write_into(&draft, "", space)?;
    draft.publish()
}

/// What `latent.json` has: the numbers, and where they come from.
#[must_use]
pub fn value(embeddings: &Embeddings, latent: &Latent, command_line: &str) -> Value {
    let mut value = json!(latent);
    value["provenance"] = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": command_line,
        "taxonomy_sha256": embeddings.taxonomy.fingerprint(),
    });
    value
}

/// Writes the files of one space below a folder of a draft, `""` or `name/`.
pub(super) fn write_into(draft: &Draft, below: &str, space: &SpacePage<'_>) -> Result<(), ReportError> {
    let &SpacePage { embeddings, latent, command_line, .. } = space;
    let put = |file: &str, text: &str| draft.write(&format!("{below}{file}"), text);
    put("latent.json", &format!("{:#}\n", value(embeddings, latent, command_line)))?;
    let table = |file: &'static str, text: std::io::Result<String>| -> Result<(), ReportError> {
        put(file, &text.map_err(|error| draft.failed(file, error))?)
    };
    table("latent_ranks.csv", ranks_csv(latent))?;
    table("latent_taxa.csv", taxa_csv(latent))?;
    suspects::write(draft, &format!("{below}suspects.csv"), latent)?;
    if !latent.maps.is_empty() {
        table("map.csv", map_csv(embeddings, latent))?;
    }
    let document = document(space)?;
    for figure in document.figures() {
        put(&figure.file, &figure.svg)?;
    }
    put("latent.md", &markdown::render(&document))?;
    let setting = Setting {
        language: space.language,
        command_line: Some(command_line),
        photographs: space.photographs,
        ..Setting::default()
    };
    let data = workbench::of_latent((draft, below), embeddings, latent, setting)?;
    let frame = Frame { language: space.language, workbench: Some(&data), ..Frame::default() };
    put("index.html", &page::render_in(&document, frame))
}

/// What the report of a run says of its space: the verdict, the staircase and what holds together.
///
/// # Errors
///
/// [`ReportError::Figure`] if the figure cannot be drawn.
pub(super) fn section(
    embeddings: &Embeddings,
    latent: &Latent,
    photographs: &Photographs<'_>,
) -> Result<Vec<Block>, ReportError> {
    let mut blocks = vec![Block::Heading(2, "The latent space against the taxonomy".to_string()), Block::List(verdict(latent))];
    let pictures = Pictures::of(embeddings, latent)?;
    blocks.extend(pictures.staircase);
    blocks.push(Block::Table(rank_table(latent)));
    blocks.extend(pictures.maps.into_iter().take(1));
    if !latent.suspects.is_empty() {
        blocks.push(Block::Heading(3, "Probable mislabels".to_string()));
        blocks.extend(suspects::blocks(latent, photographs, 6));
    }
    blocks.push(Block::Paragraph(
        "Share of the nearest images that are of the same taxon, what chance would give, silhouettes by cosine, shares of variance. \
         `nearmiss latent` on the run tells the rest: maps that keep neighbours, dendrograms, taxon by taxon, probable mislabels."
            .to_string(),
    ));
    Ok(blocks)
}

/// Writes `vectors.tsv` and `metadata.tsv` for TensorBoard's projector; returns the files.
///
/// # Errors
///
/// What the system says.
pub fn write_projector(folder: &Path, embeddings: &Embeddings) -> std::io::Result<Vec<PathBuf>> {
    let mut vectors = crate::files::output::draft::file_in(folder)?;
    let mut metadata = crate::files::output::draft::file_in(folder)?;
    writeln!(metadata, "name\ttaxon\tkingdom\tphylum\tclass\torder\tfamily\tgenus\tspecies")?;
    for row in 0..embeddings.len() {
        let values: Vec<String> = embeddings.rows().row(row).iter().map(ToString::to_string).collect();
        writeln!(vectors, "{}", values.join("\t"))?;
        let taxon = embeddings.taxa[row];
        let ranks = taxon.map_or([""; 7], |taxon| embeddings.taxonomy.main_names(taxon)).join("\t");
        let name = taxon.map_or("", |taxon| embeddings.taxonomy.name(taxon));
        writeln!(metadata, "{}\t{name}\t{ranks}", embeddings.names[row].replace(['\t', '\n'], " "))?;
    }
    let files = ["vectors.tsv", "metadata.tsv"].map(|name| folder.join(name));
    vectors.persist(&files[0]).map_err(|error| error.error)?;
    metadata.persist(&files[1]).map_err(|error| error.error)?;
    Ok(files.to_vec())
}

fn document(space: &SpacePage<'_>) -> Result<Document, ReportError> {
    let &SpacePage { embeddings, latent, photographs, command_line, .. } = space;
    let mut blocks = opening(latent);
    let pictures = Pictures::of(embeddings, latent)?;
    blocks.push(Block::Heading(2, "Does distance follow the tree?".to_string()));
    blocks.extend(pictures.staircase.into_iter().chain(pictures.similarities));
    blocks.extend(distance_and_tree(latent));
    blocks.push(Block::Heading(2, "Do taxa hold together?".to_string()));
    blocks.extend(pictures.agreement);
    blocks.extend(cohesion(latent));
    for (heading, figures) in [
        ("Maps", pictures.maps),
        ("Taxa among each other", pictures.centroids),
        ("Taxon by taxon", pictures.silhouettes.into_iter().collect()),
        ("Outliers and probable mislabels", suspects::blocks(latent, &photographs, 20)),
        ("Is the space in good health?", vec![Block::Table(health_table(latent))]),
    ] {
        blocks.push(Block::Heading(2, heading.to_string()));
        blocks.extend(figures);
    }
    if !latent.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(latent.notes.clone())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {command_line}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))));
    Ok(Document { title: "The latent space against the taxonomy".to_string(), verdicts: verdict(latent), blocks })
}

/// How many vectors there are, and how they were drawn.
fn opening(latent: &Latent) -> Vec<Block> {
    let scaled = if latent.options.normalise { "divided by their lengths" } else { "as they are" };
    let n = count(latent.n as u64);
    let Some(sample) = &latent.sample else {
        return vec![Block::Paragraph(format!("{n} vectors of length {}, {scaled}.", latent.width))];
    };
    let (of, seed) = (count(sample.of as u64), sample.seed);
    let drawn = match sample.design {
        Design::Stratified => format!(
            "Drawn by taxon (seed {seed}): in proportion to the vectors of {} taxa, {} of each at least or all that it has.",
            count(sample.taxa as u64),
            sample.least
        ),
        Design::TwoStage => format!(
            "Drawn in two stages (seed {seed}): {} of {} taxa in proportion to their vectors, then {} vectors of each, or all that it \
             has.",
            count(sample.taxa_drawn as u64),
            count(sample.taxa as u64),
            sample.least
        ),
    };
    vec![
        Block::Paragraph(format!("A sample of {n} of {of} vectors of length {}, {scaled}.", latent.width)),
        Block::Paragraph(drawn),
        Block::Paragraph(
            "All numbers are those of the sample but where all vectors are named: in a sample vectors have fewer near ones and rare \
             taxa may have a larger share than among all."
                .to_string(),
        ),
    ]
}

/// Distances by the rank at which pairs meet, and the tree that they make against the taxonomy.
fn distance_and_tree(latent: &Latent) -> Vec<Block> {
    let mut blocks: Vec<Block> = staircase_table(latent).map(Block::Table).into_iter().collect();
    blocks.push(Block::Table(tree_table(latent)));
    blocks.push(Block::Paragraph(
        "Staircase: 95 % intervals, the taxa in which pairs meet drawn. n: taxa whose means are compared. Pairs and triplets of taxa \
         are not independent: in place of intervals stands p, the share of permutations of the taxa that give as much or more."
            .to_string(),
    ));
    if let Some(table) = clades_table(latent) {
        blocks.push(Block::Table(table));
        blocks.push(Block::Paragraph(
            "Exactly: clades that are one branch of the tree that average linkage makes of the means of taxa (cosine distance). Best \
             match: the largest F₁ of a clade with any branch, averaged over clades; one taxon that stands elsewhere costs it little, \
             where it costs the whole clade otherwise. By chance: the same with taxa permuted over the leaves."
                .to_string(),
        ));
    }
    blocks
}

/// How the taxa of each rank hold together.
fn cohesion(latent: &Latent) -> Vec<Block> {
    let how = Block::Paragraph(
        "In brackets 95 % intervals, observations (or points, where none is named) drawn and the space held as it is; where there \
         is none, latent.json says why (no_interval). R-precision and MAP@R: over the points whose taxon has another one, as \
         `retrieve` has them; equally near points stand by taxa in the order of the taxonomy, then by vectors number by number. \
         Silhouettes fall with every rank upwards even where neighbours agree: read them beside the agreement. z and p within: R² \
         against labels shuffled between all images, and within the taxa of the rank above. AMI: of the dendrogram cut into as many \
         clusters as there are taxa, or of k-means."
            .to_string(),
    );
    let mut blocks = vec![Block::Table(rank_table(latent)), how];
    if let Some(all) = &latent.among_all {
        blocks.push(Block::Paragraph(format!(
            "Among all {} vectors, estimated from the {} of the sample, each counting for as many as it stands for; in brackets 95 % \
             intervals of the drawing of the sample:",
            count(all.of as u64),
            count(all.n as u64)
        )));
        blocks.push(Block::Table(among_all_table(all)));
    }
    if !latent.nested.is_empty() {
        blocks.push(Block::Table(nested_table(latent)));
    }
    blocks
}
