//! The folder of a latent space: `latent.json`, tables, figures and a page.

use super::csv::{csv_of, number};
use super::document::{Block, Document, Table};
use super::folder::Draft;
use super::photographs::Photographs;
use super::text::{count, decimal, percent};
use super::{Overwrite, ReportError, markdown, page, suspects};
use crate::embeddings::Embeddings;
use crate::latent::Latent;
use crate::latent::clades::CladeRecovery;
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Writes everything, each file whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(
    folder: &Path,
    embeddings: &Embeddings,
    latent: &Latent,
    photographs: &Photographs<'_>,
    command_line: &str,
    overwrite: Overwrite,
) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    write_into(&draft, "", embeddings, latent, photographs, command_line)?;
    draft.publish()
}

/// Writes the files of one space below a folder of a draft, `""` or `name/`.
pub(super) fn write_into(
    draft: &Draft,
    below: &str,
    embeddings: &Embeddings,
    latent: &Latent,
    photographs: &Photographs<'_>,
    command_line: &str,
) -> Result<(), ReportError> {
    let put = |file: &str, text: &str| draft.write(&format!("{below}{file}"), text);
    let mut value = json!(latent);
    value["provenance"] = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": command_line,
        "taxonomy_sha256": embeddings.taxonomy.fingerprint(),
    });
    put("latent.json", &format!("{value:#}\n"))?;
    let table = |file: &'static str, text: std::io::Result<String>| -> Result<(), ReportError> {
        put(file, &text.map_err(|error| draft.failed(file, error))?)
    };
    table("latent_ranks.csv", ranks_csv(latent))?;
    table("latent_taxa.csv", taxa_csv(latent))?;
    suspects::write(draft, &format!("{below}suspects.csv"), latent)?;
    if !latent.maps.is_empty() {
        table("map.csv", map_csv(embeddings, latent))?;
    }
    let document = document(embeddings, latent, photographs, command_line)?;
    for figure in document.figures() {
        put(&figure.file, &figure.svg)?;
    }
    put("latent.md", &markdown::render(&document))?;
    put("index.html", &page::render(&document))
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

/// Writes `vectors.tsv` and `metadata.tsv` for TensorBoard's projector.
///
/// # Errors
///
/// What the system says.
pub fn write_projector(folder: &Path, embeddings: &Embeddings) -> std::io::Result<()> {
    let mut vectors = tempfile::NamedTempFile::new_in(folder)?;
    let mut metadata = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(metadata, "name\ttaxon\tkingdom\tphylum\tclass\torder\tfamily\tgenus\tspecies")?;
    for row in 0..embeddings.len() {
        let values: Vec<String> = embeddings.rows().row(row).iter().map(ToString::to_string).collect();
        writeln!(vectors, "{}", values.join("\t"))?;
        let taxon = embeddings.taxa[row];
        let ranks = taxon.map_or([""; 7], |taxon| embeddings.taxonomy.main_names(taxon)).join("\t");
        let name = taxon.map_or("", |taxon| embeddings.taxonomy.name(taxon));
        writeln!(metadata, "{}\t{name}\t{ranks}", embeddings.names[row].replace(['\t', '\n'], " "))?;
    }
    vectors.persist(folder.join("vectors.tsv")).map_err(|error| error.error)?;
    metadata.persist(folder.join("metadata.tsv")).map_err(|error| error.error)?;
    Ok(())
}

fn ranks_csv(latent: &Latent) -> std::io::Result<String> {
    let mut header: Vec<String> = [
        "rank",
        "n",
        "taxa",
        "chance",
        "silhouette_cosine",
        "silhouette_cosine_macro",
        "silhouette_euclidean",
        "davies_bouldin",
        "r2",
        "f",
        "permanova_z",
        "permanova_p",
        "within_parent_p",
        "anosim_r",
        "ami_dendrogram",
        "ari_dendrogram",
        "ami_k_means",
        "ari_k_means",
        "dendrogram_purity",
        "clades",
        "clades_recovered",
        "clades_recovered_by_chance",
        "clades_best_match",
        "clades_best_match_by_chance",
        "clades_best_match_p",
    ]
    .map(str::to_string)
    .to_vec();
    header.extend(latent.options.ks.iter().map(|k| format!("agreement_{k}")));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    csv_of(
        &header,
        latent.ranks.iter().map(|space| {
            let mut row = vec![space.rank.name().to_string(), space.n.to_string(), space.taxa.to_string()];
            row.extend(
                [
                    space.agreement.first().and_then(|agreement| agreement.chance),
                    space.silhouette_cosine,
                    space.silhouette_cosine_macro,
                    space.silhouette_euclidean,
                    space.davies_bouldin,
                    space.variance.r2,
                    space.variance.f,
                    space.permanova.and_then(|test| test.z),
                    space.permanova.map(|test| test.p),
                    space.permanova_within_parent.map(|test| test.p),
                    space.anosim.map(|anosim| anosim.r),
                    space.dendrogram_cut.map(|cut| cut.ami),
                    space.dendrogram_cut.map(|cut| cut.ari),
                    space.k_means.map(|cut| cut.ami),
                    space.k_means.map(|cut| cut.ari),
                    space.dendrogram_purity,
                ]
                .map(number),
            );
            let clades = space.clades;
            row.extend([clades.map(|clades| clades.clades), clades.map(|clades| clades.recovered)].map(whole_number));
            row.extend(
                [
                    clades.and_then(|clades| clades.recovered_by_chance),
                    clades.and_then(|clades| clades.best_match),
                    clades.and_then(|clades| clades.best_match_by_chance),
                    clades.and_then(|clades| clades.best_match_p),
                ]
                .map(number),
            );
            row.extend(space.agreement.iter().map(|agreement| number(agreement.agreement)));
            row
        }),
    )
}

fn whole_number(value: Option<usize>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn taxa_csv(latent: &Latent) -> std::io::Result<String> {
    csv_of(
        &["taxon", "name", "n", "tightness", "silhouette", "nearest", "meet", "meet_rank"],
        latent.taxa.iter().map(|row| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                row.taxon.clone(),
                row.name.clone(),
                row.n.to_string(),
                row.tightness.to_string(),
                row.silhouette.to_string(),
                text(&row.nearest),
                text(&row.meet),
                text(&row.meet_rank),
            ]
        }),
    )
}

fn map_csv(embeddings: &Embeddings, latent: &Latent) -> std::io::Result<String> {
    let mut header = vec!["name".to_string(), "taxon".to_string()];
    header.extend(latent.maps.iter().flat_map(|map| [format!("{}_x", map.kind), format!("{}_y", map.kind)]));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    csv_of(
        &header,
        (0..embeddings.len()).map(|row| {
            let taxon = embeddings.taxa[row].map(|taxon| embeddings.taxonomy.identity(taxon)).unwrap_or_default();
            let mut cells = vec![embeddings.names[row].clone(), taxon];
            cells.extend(latent.maps.iter().flat_map(|map| map.points[row].map(|value| value.to_string())));
            cells
        }),
    )
}

/// What to take away, a sentence each: whether space and tree go together, and how surely.
#[must_use]
pub fn verdict(latent: &Latent) -> Vec<String> {
    let mut sentences = vec![];
    if let Some(tree) = latent.tree.iter().find(|tree| tree.distance == "cosine") {
        let mantel = &tree.mantel;
        if let (Some(r), Some(p)) = (mantel.r, mantel.p) {
            let follows = p <= 0.05 && r > 0.0;
            let word = match (follows, r) {
                (true, r) if r >= 0.5 => "The latent space follows the taxonomy",
                (true, r) if r >= 0.2 => "The latent space follows the taxonomy in part",
                (true, r) if r >= 0.1 => "The latent space follows the taxonomy weakly",
                // However many taxa make it significant.
                (true, _) => "The latent space hardly follows the taxonomy",
                (false, _) => "The latent space does not follow the taxonomy",
            };
            sentences.push(format!(
                "{word}: distances of {} taxa and of the tree correlate with r = {r:.2} (Mantel, p = {p:.3}); {} of triplets agree, \
                 where chance is 33.3 %.",
                mantel.n,
                percent(tree.triplets.agreement)
            ));
        }
        sentences.extend(clades_verdict(&tree.clades));
    }
    let stairs: Vec<f64> = latent.staircase.iter().map(|stair| stair.distance).collect();
    if stairs.len() > 2 {
        let climbs = stairs.windows(2).filter(|pair| pair[1] > pair[0]).count();
        sentences.push(format!(
            "The staircase climbs at {climbs} of {} steps, from {:.3} within {} to {:.3} at {}.",
            stairs.len() - 1,
            stairs[0],
            latent.staircase[0].rank,
            stairs[stairs.len() - 1],
            latent.staircase[latent.staircase.len() - 1].rank
        ));
    }
    if let Some(finest) = latent.ranks.last() {
        let agreement = finest.agreement.last();
        sentences.push(format!(
            "{} of the {} nearest neighbours are of the same {} (chance {}).",
            percent(agreement.and_then(|agreement| agreement.agreement)),
            agreement.map_or(0, |agreement| agreement.k),
            finest.rank.name(),
            percent(agreement.and_then(|agreement| agreement.chance))
        ));
    }
    sentences
}

/// Whether the tree that the space makes has the taxonomy's clades; `None` where there is none, or nothing to hold it against.
fn clades_verdict(clades: &CladeRecovery) -> Option<String> {
    let (best, chance, p) = (clades.best_match?, clades.best_match_by_chance?, clades.best_match_p?);
    let (lift, exactly) = (clades.best_match_lift?, clades.recovered_by_chance?);
    let word = match (p <= 0.05, lift) {
        (true, lift) if lift >= 0.5 => "Clades are recovered far above chance",
        (true, lift) if lift >= 0.2 => "Clades are recovered clearly above chance",
        (true, lift) if lift >= 0.1 => "Clades are recovered somewhat above chance",
        (true, _) => "Clades are recovered hardly above chance",
        (false, _) => "Clades are not recovered above chance",
    };
    Some(format!(
        "{word}: the branch of the space's own tree that matches a clade best does so with F = {best:.2} on average, by chance \
         {chance:.2} (p = {p:.3}); {} of {} clades are one branch exactly, by chance {exactly:.1}.",
        clades.recovered, clades.clades
    ))
}

fn document(
    embeddings: &Embeddings,
    latent: &Latent,
    photographs: &Photographs<'_>,
    command_line: &str,
) -> Result<Document, ReportError> {
    let mut blocks = vec![Block::Paragraph(format!(
        "{} vectors of length {}, {}.",
        count(latent.n as u64),
        latent.width,
        if latent.options.normalise { "divided by their lengths" } else { "as they are" }
    ))];
    let pictures = Pictures::of(embeddings, latent)?;
    blocks.push(Block::Heading(2, "Does distance follow the tree?".to_string()));
    blocks.extend(pictures.staircase);
    blocks.extend(pictures.similarities);
    blocks.push(Block::Table(tree_table(latent)));
    if let Some(table) = clades_table(latent) {
        blocks.push(Block::Table(table));
        blocks.push(Block::Paragraph(
            "Exactly: clades that are one branch of the tree that average linkage makes of the means of taxa (cosine distance). Best \
             match: the largest F₁ of a clade with any branch, averaged over clades; one taxon that stands elsewhere costs it little, \
             where it costs the whole clade otherwise. By chance: the same with taxa permuted over the leaves."
                .to_string(),
        ));
    }
    blocks.push(Block::Heading(2, "Do taxa hold together?".to_string()));
    blocks.extend(pictures.agreement);
    blocks.push(Block::Table(rank_table(latent)));
    blocks.push(Block::Paragraph(
        "Silhouettes fall with every rank upwards even where neighbours agree: read them beside the agreement. z and p within: R² \
         against labels shuffled between all images, and within the taxa of the rank above. AMI: of the dendrogram cut into as many \
         clusters as there are taxa, or of k-means."
            .to_string(),
    ));
    if !latent.nested.is_empty() {
        blocks.push(Block::Table(nested_table(latent)));
    }
    blocks.push(Block::Heading(2, "Maps".to_string()));
    blocks.extend(pictures.maps);
    blocks.push(Block::Heading(2, "Taxa among each other".to_string()));
    blocks.extend(pictures.centroids);
    blocks.push(Block::Heading(2, "Taxon by taxon".to_string()));
    blocks.extend(pictures.silhouettes);
    blocks.push(Block::Heading(2, "Outliers and probable mislabels".to_string()));
    blocks.extend(suspects::blocks(latent, photographs, 20));
    blocks.push(Block::Heading(2, "Is the space in good health?".to_string()));
    blocks.push(Block::Table(health_table(latent)));
    if !latent.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(latent.notes.clone())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {command_line}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))));
    Ok(Document { title: "The latent space against the taxonomy".to_string(), verdicts: verdict(latent), blocks })
}

fn tree_table(latent: &Latent) -> Table {
    let mut table = Table::new(&[
        ("Means of taxa, distance", false),
        ("n", true),
        ("Mantel r", true),
        ("p", true),
        ("by ranks", true),
        ("triplets", true),
        ("cophenetic", true),
        ("clades", true),
        ("best match", true),
    ]);
    let labels = latent.modalities.as_ref().and_then(|modalities| modalities.labels.as_deref());
    let named = latent.tree.iter().map(|tree| (tree.distance.to_string(), tree));
    for (name, tree) in named.chain(labels.map(|tree| ("labels, cosine".to_string(), tree))) {
        table.push([
            name,
            count(tree.n as u64),
            decimal(tree.mantel.r, 3),
            decimal(tree.mantel.p, 3),
            decimal(tree.mantel.spearman, 3),
            percent(tree.triplets.agreement),
            decimal(tree.cophenetic, 3),
            format!("{} of {}", tree.clades.recovered, tree.clades.clades),
            decimal(tree.clades.best_match, 3),
        ]);
    }
    table
}

/// Clades rank by rank; `None` where there are none.
fn clades_table(latent: &Latent) -> Option<Table> {
    let mut table = Table::new(&[
        ("Clades of rank", false),
        ("n", true),
        ("exactly", true),
        ("by chance", true),
        ("p", true),
        ("best match", true),
        ("by chance", true),
        ("p", true),
    ]);
    let whole = latent.tree.iter().find(|tree| tree.distance == "cosine").map(|tree| ("all", tree.clades));
    let ranks = latent.ranks.iter().filter_map(|space| Some((space.rank.name(), space.clades?)));
    for (name, clades) in ranks.chain(whole).filter(|(_, clades)| clades.clades > 0) {
        table.push([
            name.to_string(),
            count(clades.clades as u64),
            count(clades.recovered as u64),
            decimal(clades.recovered_by_chance, 2),
            decimal(clades.recovered_p, 3),
            decimal(clades.best_match, 3),
            decimal(clades.best_match_by_chance, 3),
            decimal(clades.best_match_p, 3),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn rank_table(latent: &Latent) -> Table {
    let mut columns: Vec<(String, bool)> = vec![("Rank".to_string(), false), ("n".to_string(), true), ("taxa".to_string(), true)];
    // The fewest and the most; latent_ranks.csv has all.
    let shown = |place: usize| place == 0 || place + 1 == latent.options.ks.len();
    let ks = latent.options.ks.iter().enumerate().filter(|(place, _)| shown(*place));
    columns.extend(ks.map(|(_, k)| (format!("agree @{k}"), true)));
    columns.extend(["chance", "silhouette", "R²", "z", "p within", "AMI"].map(|name| (name.to_string(), true)));
    let columns: Vec<(&str, bool)> = columns.iter().map(|(name, numeric)| (name.as_str(), *numeric)).collect();
    let mut table = Table::new(&columns);
    for space in &latent.ranks {
        let mut row = vec![space.rank.name().to_string(), count(space.n as u64), count(space.taxa as u64)];
        let agreements = space.agreement.iter().enumerate().filter(|(place, _)| shown(*place));
        row.extend(agreements.map(|(_, agreement)| percent(agreement.agreement)));
        row.push(percent(space.agreement.first().and_then(|agreement| agreement.chance)));
        row.extend([
            decimal(space.silhouette_cosine, 3),
            decimal(space.variance.r2, 3),
            decimal(space.permanova.and_then(|test| test.z), 1),
            decimal(space.permanova_within_parent.map(|test| test.p), 3),
            decimal(space.dendrogram_cut.or(space.k_means).map(|cut| cut.ami), 3),
        ]);
        table.rows.push(row);
    }
    table
}

fn nested_table(latent: &Latent) -> Table {
    let mut table = Table::new(&[("Variance between", false), ("share", true), ("expected without structure", true)]);
    for share in &latent.nested {
        table.push([share.what.clone(), percent(share.share), percent(share.expected)]);
    }
    table
}

fn health_table(latent: &Latent) -> Table {
    let health = &latent.health;
    let mut table = Table::new(&[("What", false), ("Value", true)]);
    let hubs = latent.hubness.last();
    let rows = [
        ("length of vectors, shortest", Some(health.norms[0])),
        ("length of vectors, mean", Some(health.norms[1])),
        ("length of vectors, longest", Some(health.norms[2])),
        ("participation ratio (directions that carry the variance)", health.participation_ratio),
        ("RankMe", health.rank_me),
        ("intrinsic dimension (two nearest neighbours)", health.two_nn_unbiased),
        ("uniformity (lower is more uniform)", health.uniformity),
        ("alignment of a species (lower is tighter)", latent.alignment),
        ("skewness of hubs", hubs.and_then(|hubs| hubs.skewness)),
        ("modality gap", latent.modalities.as_ref().map(|modalities| modalities.gap)),
    ];
    for (what, value) in rows {
        if value.is_some() {
            table.push([what.to_string(), decimal(value, 3)]);
        }
    }
    if let Some(hubs) = hubs {
        table.push([format!("images that are nobody's neighbour ({} nearest)", hubs.k), count(hubs.antihubs as u64)]);
    }
    table.push(["images equal to another one".to_string(), count(health.duplicates as u64)]);
    table
}

/// The figures as blocks; none without the feature `plots`.
#[derive(Default)]
struct Pictures {
    staircase: Option<Block>,
    similarities: Option<Block>,
    agreement: Option<Block>,
    maps: Vec<Block>,
    centroids: Vec<Block>,
    silhouettes: Option<Block>,
}

#[cfg(feature = "plots")]
impl Pictures {
    fn of(embeddings: &Embeddings, latent: &Latent) -> Result<Pictures, ReportError> {
        use super::figures::latent as figures;
        use super::figures::{maps, similarities};
        Ok(Pictures {
            staircase: figures::staircase(latent)?.map(Block::Figure),
            agreement: figures::agreement(latent)?.map(Block::Figure),
            similarities: similarities::similarities(latent)?.map(Block::Figure),
            maps: maps::maps(embeddings, latent)?.into_iter().map(Block::Figure).collect(),
            centroids: [figures::heatmap(embeddings, latent)?, figures::tanglegram(embeddings, latent)?]
                .into_iter()
                .flatten()
                .map(Block::Figure)
                .collect(),
            silhouettes: figures::silhouettes(embeddings, latent)?.map(Block::Figure),
        })
    }
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
impl Pictures {
    fn of(_embeddings: &Embeddings, _latent: &Latent) -> Result<Pictures, ReportError> {
        Ok(Pictures::default())
    }
}
