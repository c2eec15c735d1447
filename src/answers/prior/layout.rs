//! Which column of a list of taxa is what.

use super::error::PriorError;
use super::sheet::{Sheet, TAXA, key};
use super::unit::Unit;
use std::path::Path;

/// What a list is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Weights of taxa.
    Prior,
    /// Taxa that may be answered.
    Geofence,
}

/// Headers of columns that describe a taxon or a row, and sort no images.
const DESCRIPTIONS: [&str; 24] = [
    "kingdom",
    "phylum",
    "class",
    "order",
    "family",
    "genus",
    "species",
    "rank",
    "taxonrank",
    "regne",
    "classe",
    "ordre",
    "famille",
    "genre",
    "note",
    "notes",
    "comment",
    "comments",
    "source",
    "author",
    "commonname",
    "vernacularname",
    "taxonkey",
    "taxonid",
];

/// Headers of names above a taxon, the highest first.
const ABOVE: [[&str; 2]; 6] = [
    ["kingdom", "regne"],
    ["phylum", "phylum"],
    ["class", "classe"],
    ["order", "ordre"],
    ["family", "famille"],
    ["genus", "genre"],
];

/// Territories of TAXREF.
const TERRITORIES: [&str; 17] =
    ["FR", "GF", "MAR", "GUA", "SM", "SB", "SPM", "MAY", "EPA", "REU", "SA", "TA", "TAAF", "PF", "NC", "WF", "CLI"];

/// Which column is what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// A column of taxa; one of weights, without which every taxon is allowed; and one of groups.
    Plain { taxon: usize, weight: Option<(usize, Unit)>, group: Option<usize> },
    /// A download of GBIF: occurrences, or a list of species.
    Gbif { species: Option<usize>, name: Option<usize>, group: Option<usize> },
    /// TAXREF, with a column for each territory; `by` is what images are grouped by, of which the columns are values.
    Taxref { name: usize, territories: Vec<usize>, by: Option<String> },
}

/// The columns of names above the taxa, the highest first.
pub(super) fn above(sheet: &Sheet) -> Vec<usize> {
    ABOVE.iter().filter_map(|keys| sheet.find(keys)).collect()
}

/// Which column of a sheet is what; `asked` are the columns that images are grouped by.
pub(super) fn recognise(sheet: &Sheet, path: &Path, purpose: Purpose, asked: &[String]) -> Result<Layout, PriorError> {
    let named = |asked: &[String]| asked.iter().find_map(|asked| sheet.find(&[key(asked).as_str()]));
    if purpose == Purpose::Geofence {
        if let Some((name, territories)) = taxref(sheet) {
            return Ok(Layout::Taxref { name, territories, by: grouping(asked) });
        }
        if is_gbif(sheet) && Unit::HEADERS.iter().all(|(header, _)| sheet.find(&[header]).is_none()) {
            let name = sheet.find(&["scientificname", "acceptedscientificname", "canonicalname"]);
            return Ok(Layout::Gbif { species: sheet.find(&["species"]), name, group: named(asked) });
        }
    }
    let listed = || sheet.headers.iter().map(|header| format!("'{header}'")).collect::<Vec<_>>().join(", ");
    let only = (sheet.headers.len() == 1).then_some(0);
    let no_taxon = || PriorError::NoTaxon { path: path.to_path_buf(), columns: listed() };
    let taxon = sheet.find(&TAXA).or(only).ok_or_else(no_taxon)?;
    let weight = weight(sheet, path, purpose)?;
    let group = match named(asked) {
        Some(group) => Some(group),
        None => lone_group(sheet, path, taxon, weight.map(|(column, _)| column))?,
    };
    Ok(Layout::Plain { taxon, weight, group })
}

/// What the images are grouped by where the list has a column for each group.
pub(super) fn grouping(asked: &[String]) -> Option<String> {
    let places = ["territory", "territoire", "territorio", "country", "countrycode", "pays", "region", "ile", "island"];
    asked.iter().find(|asked| places.contains(&key(asked).as_str())).cloned()
}

fn taxref(sheet: &Sheet) -> Option<(usize, Vec<usize>)> {
    sheet.find(&["cdnom"])?;
    let name = sheet.find(&["lbnom", "nomvalide"])?;
    let is_territory = |column: &usize| TERRITORIES.contains(&sheet.headers[*column].to_uppercase().as_str());
    let territories: Vec<usize> = (0..sheet.headers.len()).filter(is_territory).collect();
    (!territories.is_empty()).then_some((name, territories))
}

fn is_gbif(sheet: &Sheet) -> bool {
    // The key of a taxon alone is a column that people keep beside columns of their own.
    let of_gbif = ["acceptedtaxonkey", "specieskey", "gbifid", "occurrencestatus", "datasetkey"];
    sheet.find(&of_gbif).is_some() && sheet.find(&["species", "scientificname", "acceptedscientificname"]).is_some()
}

fn weight(sheet: &Sheet, path: &Path, purpose: Purpose) -> Result<Option<(usize, Unit)>, PriorError> {
    let found: Vec<(usize, Unit)> =
        Unit::HEADERS.iter().filter_map(|(header, unit)| Some((sheet.find(&[header])?, *unit))).collect();
    match found[..] {
        [one] => Ok(Some(one)),
        [] if purpose == Purpose::Geofence => Ok(None),
        [] => Err(PriorError::NoWeight { path: path.to_path_buf() }),
        _ => {
            let columns: Vec<String> = found.iter().map(|(column, _)| format!("'{}'", sheet.headers[*column])).collect();
            Err(PriorError::SeveralWeights { path: path.to_path_buf(), columns: columns.join(" and ") })
        }
    }
}

/// The one column that neither names, weighs nor describes a taxon.
fn lone_group(sheet: &Sheet, path: &Path, taxon: usize, weight: Option<usize>) -> Result<Option<usize>, PriorError> {
    let may_group = |column: &usize| {
        *column != taxon
            && Some(*column) != weight
            && !DESCRIPTIONS.contains(&sheet.key(*column))
            && !sheet.key(*column).is_empty()
    };
    let may: Vec<usize> = (0..sheet.headers.len()).filter(may_group).collect();
    match may[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => {
            let columns: Vec<String> = may.iter().map(|column| format!("'{}'", sheet.headers[*column])).collect();
            Err(PriorError::SeveralGroups { path: path.to_path_buf(), columns: columns.join(", ") })
        }
    }
}
