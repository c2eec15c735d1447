//! Which column of a checklist holds what, by the names that sources give them.

use crate::rank::Rank;

/// A header cell as it is compared: lower case, no `dwc:`, `col:` or URL before it, no spaces, `_` or `-`.
fn spelling(cell: &str) -> String {
    let word = cell.trim().trim_start_matches('\u{feff}').to_lowercase();
    let word = word.rsplit(['/', '#']).next().unwrap_or(&word);
    let word = word.rsplit(':').next().unwrap_or(word);
    word.replace([' ', '-', '_'], "")
}

/// Places of the columns of a checklist.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) id: Option<usize>,
    pub(super) parent: Option<usize>,
    pub(super) accepted: Option<usize>,
    /// A name with its author.
    pub(super) name: Option<usize>,
    /// A name without author.
    pub(super) canonical: Option<usize>,
    pub(super) author: Option<usize>,
    pub(super) rank: Option<usize>,
    pub(super) rank_level: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) ancestry: Option<usize>,
    pub(super) active: Option<usize>,
    pub(super) english: Option<usize>,
    pub(super) french: Option<usize>,
    pub(super) length: Option<usize>,
    /// Other names in one cell.
    pub(super) synonyms: Option<usize>,
    /// From kingdom to genus.
    pub(super) above: Vec<(usize, Rank)>,
    pub(super) genus: Option<usize>,
    pub(super) epithet: Option<usize>,
    pub(super) infraspecific: Option<usize>,
    pub(super) is_taxref: bool,
    pub(super) is_inaturalist: bool,
    /// A synonym's parent is its accepted taxon.
    pub(super) parent_is_accepted: bool,
    header: Vec<String>,
}

impl Columns {
    pub(super) fn of(header: &[String]) -> Columns {
        let header: Vec<String> = header.iter().map(|cell| spelling(cell)).collect();
        let find = |names: &[&str]| names.iter().find_map(|name| header.iter().position(|cell| cell == name));
        let is_taxref = find(&["cdnom"]).is_some() && find(&["cdref"]).is_some();
        let id = find(&["cdnom", "taxonid", "id", "uid", "taxid", "tsn", "aphiaid"]);
        let parent = find(&[
            "cdsup",
            "parentnameusageid",
            "parenttaxonid",
            "parentuid",
            "parentid",
            "highertaxonid",
            "parenttsn",
            "parent",
        ]);
        let accepted = find(&["cdref", "acceptednameusageid", "acceptedtaxonid", "acceptedid", "validaphiaid"]);
        let status = find(&["taxonomicstatus", "status"]);
        let mut above = vec![];
        for (index, cell) in header.iter().enumerate() {
            let rank = match cell.as_str() {
                "regne" => Some(Rank::Kingdom),
                "classe" | "cls" => Some(Rank::Class),
                "ordre" => Some(Rank::Order),
                "famille" => Some(Rank::Family),
                "sousfamille" => Some(Rank::Subfamily),
                "tribu" => Some(Rank::Tribe),
                "kingdom" | "phylum" | "class" | "order" | "superfamily" | "family" | "subfamily" | "tribe" | "genus"
                | "genericname" => Rank::parse(if cell == "genericname" { "genus" } else { cell }),
                _ => None,
            };
            if let Some(rank) = rank {
                above.push((index, rank));
            }
        }
        above.sort_by_key(|&(_, rank)| rank);
        above.dedup_by_key(|&mut (_, rank)| rank);
        Columns {
            id,
            parent,
            accepted,
            name: find(&["scientificname", "lbnom", "name", "taxonname"]),
            canonical: find(&["canonicalname", "lbnom"]),
            author: find(&["scientificnameauthorship", "lbauteur", "authorship", "author"]),
            rank: find(&["taxonrank", "rang", "rank"]),
            rank_level: find(&["ranklevel"]),
            status,
            ancestry: find(&["ancestry"]),
            active: find(&["active"]),
            english: find(&["nomverneng", "commonname", "vernacularname", "common"]),
            synonyms: find(&["synonyms"]),
            french: find(&["nomvern", "commonnamefr"]),
            length: find(&["branchlength"]),
            genus: above.iter().find(|(_, rank)| *rank == Rank::Genus).map(|&(index, _)| index),
            above,
            epithet: find(&["specificepithet", "epithet"]),
            infraspecific: find(&["infraspecificepithet"]),
            is_taxref,
            is_inaturalist: find(&["ancestry"]).is_some() || find(&["parenttaxonid"]).is_some(),
            parent_is_accepted: accepted.is_none() && status.is_some() && find(&["parentid"]).is_some(),
            header,
        }
    }

    /// The column of a name as sources write it.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let name = spelling(name);
        self.header.iter().position(|cell| *cell == name)
    }
}

fn has(header: &[String], names: &[&str]) -> bool {
    header.iter().any(|cell| names.contains(&spelling(cell).as_str()))
}

/// Whether the rows are observations.
pub(super) fn is_occurrences(header: &[String]) -> bool {
    has(header, &["occurrenceid", "basisofrecord", "gbifid", "cataloguenumber", "catalognumber", "decimallatitude"])
}

/// Whether the header is that of a checklist of taxa with ids.
pub(super) fn is_checklist(header: &[String]) -> bool {
    let columns = Columns::of(header);
    let taxa = columns.is_taxref
        || columns.is_inaturalist
        || has(
            header,
            &["taxonid", "parentnameusageid", "acceptednameusageid", "highertaxonid", "parentuid", "acceptedid", "parent"],
        )
        || header.iter().any(|cell| cell.trim().to_lowercase().starts_with("col:"))
        || (columns.parent.is_some() && columns.parent_is_accepted);
    let named = columns.name.is_some() || columns.canonical.is_some() || columns.epithet.is_some();
    columns.id.is_some()
        && taxa
        && named
        && (columns.parent.is_some() || columns.accepted.is_some() || columns.ancestry.is_some())
}

/// Whether [`super::super::read`] would not understand the header, or would lose what it says of synonyms.
pub(super) fn is_foreign(header: &[String]) -> bool {
    let columns = Columns::of(header);
    columns.is_taxref
        || columns.ancestry.is_some()
        || has(header, &["parenttaxonid", "acceptednameusageid", "acceptedid", "taxonomicstatus", "highertaxonid"])
        || header.iter().any(|cell| cell.trim().to_lowercase().starts_with("col:"))
}

/// Whether there are two columns of main ranks at least.
pub(super) fn has_main_ranks(header: &[String]) -> bool {
    let columns = Columns::of(header);
    let species = has(header, &["species", "specie", "espece", "espèce", "speciesname", "specificepithet"]);
    columns.above.len() + usize::from(species) >= 2
}

/// Whether the rows are photographs.
pub(super) fn is_photographs(header: &[String]) -> bool {
    has(header, &["filepath", "filename", "image", "imagepath", "imagename", "path", "relativepath"])
}

/// Whether names stand beside other names of the same taxa.
pub(super) fn is_aliases(header: &[String]) -> bool {
    has(header, &["scientificname", "name", "acceptedname"]) && has(header, &["alias", "synonym", "synonyms"])
}

/// Whether names stand beside codes.
pub(super) fn is_codes(header: &[String]) -> bool {
    has(header, &["eppocode", "code", "codeeppo"])
        && has(header, &["name", "fullname", "scientificname", "preferredname", "prefname"])
}

/// Whether it is a list of synonyms alone, as Open Tree keeps them.
pub(super) fn is_synonyms(header: &[String]) -> bool {
    has(header, &["uid", "taxonid"])
        && has(header, &["name"])
        && has(header, &["type", "status"])
        && !has(header, &["parentuid", "parentid"])
}

/// The place of the first of some columns.
pub(super) fn column(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|cell| spelling(cell) == *name))
}
