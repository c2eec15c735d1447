//! Which column of a manifest holds what.

use super::error::DatasetError;
use super::region::BoxForm;
use crate::taxonomy::rank::Rank;
use std::path::Path;

/// What a column of a manifest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Paths of photographs.
    Image,
    /// Names, as they are.
    Label,
    /// Names of taxa at a rank.
    Rank(Rank),
    /// Ids of taxa.
    TaxonId,
    /// Individuals or events.
    Observation,
    /// Splits.
    Split,
}

impl Column {
    /// Reads what a user calls a column's content: `image`, `label`, `taxon_id`, `observation`, `split` or a rank.
    #[must_use]
    pub fn parse(word: &str) -> Option<Column> {
        Some(match word.trim().to_lowercase().as_str() {
            "image" => Column::Image,
            "label" => Column::Label,
            "taxon_id" => Column::TaxonId,
            "observation" => Column::Observation,
            "split" => Column::Split,
            rank => Column::Rank(Rank::from_name(rank)?),
        })
    }
}

const IMAGE: &[&str] = &[
    "image",
    "image_path",
    "path",
    "filepath",
    "file_path",
    "file_name",
    "filename",
    "image_name",
    "relative_path",
    "imagefilepath",
    "img_path",
    "file",
];
const NAME: &[&str] =
    &["scientific_name", "scientificname", "sciname", "lb_nom", "canonicalname", "canonical_name", "full_species", "taxa_name"];
const LABEL: &[&str] = &["label", "truth", "category", "concept_name", "classid", "class_id", "category_id"];
const TAXON_ID: &[&str] = &[
    "taxon_id",
    "taxonid",
    "taxonkey",
    "acceptedtaxonkey",
    "cd_nom",
    "cd_ref",
    "gbif_species_id",
    "species_id",
    "eppo_code",
    "aphiaid",
    "tax_id",
];
const OBSERVATION: &[&str] = &[
    "observation",
    "observation_id",
    "obs_id",
    "obsid",
    "observationid",
    "observation_uuid",
    "pn_observation_id",
    "occurrenceid",
    "gbifid",
    "processid",
    "individual_id",
    "plant_id",
    "sequence_id",
];
const LICENCE: &[&str] = &["license", "licence", "license_name", "rights"];
const SPLIT: &[&str] = &["split", "learn_tag", "set", "subset"];

/// Places of the columns in a manifest.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) image: usize,
    pub(super) label: Option<usize>,
    /// From kingdom down.
    pub(super) ranks: Vec<(usize, Rank)>,
    pub(super) taxon_id: Option<usize>,
    pub(super) observation: Option<usize>,
    pub(super) split: Option<usize>,
    pub(super) licence: Option<usize>,
    /// A column of boxes and their form.
    pub(super) region: Option<(usize, BoxForm)>,
    /// Left, top, right and bottom.
    pub(super) corners: Option<[usize; 4]>,
    /// What was decided about an ambiguous column.
    pub(super) note: Option<String>,
}

impl Columns {
    /// Recognises the columns by their names; `named` ones come first.
    pub(super) fn of(header: &[String], named: &[(String, Column)], path: &Path) -> Result<Columns, DatasetError> {
        let mut named_places = vec![];
        for (name, column) in named {
            let place = header.iter().position(|cell| cell == name).or_else(|| find(header, &[&spelling(name)]));
            let place = place.ok_or_else(|| DatasetError::NoColumn {
                path: path.to_path_buf(),
                column: name.clone(),
                found: header.to_vec(),
            })?;
            named_places.push((place, *column));
        }
        let given = |wanted: Column| named_places.iter().find(|(_, column)| *column == wanted).map(|(place, _)| *place);
        let free: Vec<String> = header
            .iter()
            .enumerate()
            .map(
                |(place, cell)| {
                    if named_places.iter().any(|(named, _)| *named == place) { String::new() } else { spelling(cell) }
                },
            )
            .collect();
        let image = given(Column::Image).or_else(|| find(&free, IMAGE));
        let image = image.ok_or_else(|| DatasetError::NoImageColumn { path: path.to_path_buf(), found: header.to_vec() })?;
        let (class, note) = class_column(&free);
        let mut ranks: Vec<(usize, Rank)> = named_places
            .iter()
            .filter_map(|&(place, column)| if let Column::Rank(rank) = column { Some((place, rank)) } else { None })
            .chain(free.iter().enumerate().filter_map(|(place, cell)| rank_of(cell, class).map(|rank| (place, rank))))
            .collect();
        ranks.sort_by_key(|&(_, rank)| rank);
        ranks.dedup_by_key(|&mut (_, rank)| rank);
        let label_of_class = if class == Class::Label { find(&free, &["class"]) } else { None };
        Ok(Columns {
            image,
            label: given(Column::Label).or_else(|| find(&free, NAME)).or_else(|| find(&free, LABEL)).or(label_of_class),
            ranks,
            taxon_id: given(Column::TaxonId).or_else(|| find(&free, TAXON_ID)),
            observation: given(Column::Observation).or_else(|| find(&free, OBSERVATION)),
            split: given(Column::Split).or_else(|| find(&free, SPLIT)),
            licence: find(&free, LICENCE),
            region: region_column(&free),
            corners: corners(&free),
            note,
        })
    }

    /// Whether any column says what a photograph shows.
    pub(super) fn name_the_truth(&self) -> bool {
        self.label.is_some() || self.taxon_id.is_some() || !self.ranks.is_empty()
    }
}

/// A box is never guessed: the name of its column says in which form it is.
fn region_column(free: &[String]) -> Option<(usize, BoxForm)> {
    let forms =
        [("bbox", BoxForm::Coco), ("bbox_xywh", BoxForm::Coco), ("bbox_xyxy", BoxForm::Corners), ("bbox_yolo", BoxForm::Yolo)];
    forms.into_iter().find_map(|(name, form)| find(free, &[name]).map(|place| (place, form)))
}

fn corners(free: &[String]) -> Option<[usize; 4]> {
    let names = [["xmin", "x0", "left"], ["ymin", "y0", "top"], ["xmax", "x1", "right"], ["ymax", "y1", "bottom"]];
    let places: Option<Vec<usize>> = names.iter().map(|names| find(free, names)).collect();
    places?.try_into().ok()
}

/// What a column called `class` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Rank,
    Label,
}

/// `class` is the label of machine learning or the rank of biology: its neighbours tell.
fn class_column(free: &[String]) -> (Class, Option<String>) {
    let has = |name: &str| free.iter().any(|cell| cell == name);
    if !has("class") {
        return (Class::Rank, None);
    }
    let (class, what, because) = if has("cls") {
        (Class::Label, "label", "there is a column 'cls'".to_string())
    } else if let Some(rank) = ["phylum", "order", "embranchement", "ordre"].into_iter().find(|name| has(name)) {
        (Class::Rank, "rank", format!("there is a column '{rank}'"))
    } else {
        (Class::Label, "label", "no column beside it is a rank".to_string())
    };
    let other = if class == Class::Rank { "label" } else { "class" };
    (class, Some(format!("column 'class' is read as the {what}, because {because}; --column class={other} says otherwise")))
}

fn rank_of(cell: &str, class: Class) -> Option<Rank> {
    match cell {
        "class" if class == Class::Label => None,
        "species_epithet" | "specific_epithet" | "specificepithet" | "epithet" => Some(Rank::Species),
        cell if cell.chars().count() <= 2 => None,
        cell => Rank::parse(cell).filter(|rank| rank.main_index().is_some()),
    }
}

/// A header cell as it is compared: lower case, no `dwc:` or `col:`, `_` for spaces and hyphens.
fn spelling(cell: &str) -> String {
    let word = cell.trim().to_lowercase().replace([' ', '-'], "_");
    word.strip_prefix("dwc:").or_else(|| word.strip_prefix("col:")).unwrap_or(&word).to_string()
}

fn find(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|cell| cell == name))
}
