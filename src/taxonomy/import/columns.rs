//! Which column of a checklist holds what, by the names that sources give them.

use crate::taxonomy::folded::folded;
use crate::taxonomy::rank::Rank;

/// A header cell as it is compared: lower case, without accents, no `dwc:`, `col:` or URL before it, no spaces, `_` or `-`.
fn spelling(cell: &str) -> String {
    let word = cell.trim().trim_start_matches('\u{feff}').to_lowercase();
    let word = word.rsplit(['/', '#']).next().unwrap_or(&word);
    let word = word.rsplit(':').next().unwrap_or(word);
    folded(&word.replace([' ', '-', '_', '.'], ""))
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
        // A status may be one of conservation: that of names stands in columns of ColDP or beside authors.
        let of_coldp = header.iter().any(|cell| cell.trim().to_lowercase().starts_with("col:"));
        let header: Vec<String> = header.iter().map(|cell| spelling(cell)).collect();
        let of_coldp =
            of_coldp || header.iter().any(|cell| ["scientificname", "authorship", "taxonomicstatus"].contains(&cell.as_str()));
        let find = |names: &[&str]| names.iter().find_map(|name| header.iter().position(|cell| cell == name));
        let is_taxref = find(&["cdnom"]).is_some() && find(&["cdref"]).is_some();
        let id = find(&["cdnom", "taxonid", "id", "uid", "taxid", "tsn", "aphiaid", "child", "childid"]);
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
        let accepted = find(&[
            "cdref",
            "acceptednameusageid",
            "acceptedtaxonid",
            "acceptedid",
            "validaphiaid",
            "aphiaidaccepted",
            "tsnaccepted",
        ]);
        let status = find(&["taxonomicstatus", "status"]).filter(|_| of_coldp || accepted.is_some() || is_taxref);
        let is_status = status.is_some();
        let is_parent_list = is_parent_word(&header, parent) && accepted.is_none() && !is_status;
        let above = above(&header);
        Columns {
            id,
            parent,
            accepted,
            name: find(&["scientificname", "lbnom", "name", "taxonname", "completename"]),
            canonical: find(&["canonicalname", "lbnom"]),
            author: find(&["scientificnameauthorship", "lbauteur", "authorship", "author"]),
            rank: find(&["taxonrank", "rang", "rank"]),
            rank_level: find(&["ranklevel"]),
            status,
            ancestry: find(&["ancestry"]),
            active: find(&["active"]),
            synonyms: find(SYNONYMS),
            length: find(&["branchlength", "brlen"]).or_else(|| find(&["length"]).filter(|_| is_parent_list)),
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

    /// Whether there are ids with their parents, and no word of synonyms or status.
    pub(super) fn is_parent_list(&self) -> bool {
        is_parent_word(&self.header, self.parent) && self.accepted.is_none() && self.status.is_none()
    }

    /// Whether any column holds names.
    pub(super) fn has_names(&self) -> bool {
        self.name.is_some() || self.canonical.is_some() || self.epithet.is_some()
    }

    /// The header as it is compared.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// The column of a name as sources write it.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let name = spelling(name);
        self.header.iter().position(|cell| *cell == name)
    }
}

/// The columns of a checklist that hold the ranks above its taxa, from kingdom to genus.
fn above(header: &[String]) -> Vec<(usize, Rank)> {
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
    above
}

/// Whether a column of parents is called just that.
fn is_parent_word(header: &[String], parent: Option<usize>) -> bool {
    parent.is_some_and(|index| ["parent", "parentid"].contains(&header[index].as_str()))
}

fn has(header: &[String], names: &[&str]) -> bool {
    header.iter().any(|cell| names.contains(&spelling(cell).as_str()))
}

/// Whether the rows are observations.
pub(super) fn is_occurrences(header: &[String]) -> bool {
    // Names that were looked up in a backbone may be those of occurrences; the rows are taxa all the same.
    if is_lookup(header) {
        return false;
    }
    // `gbif_id` is the id of a taxon, `gbifID` that of an occurrence.
    has(header, &["occurrenceid", "basisofrecord", "cataloguenumber", "catalognumber", "decimallatitude"])
        || header.iter().any(|cell| cell.trim().eq_ignore_ascii_case("gbifid"))
}

/// Whether the rows are names with the taxa that a backbone has for them, as GBIF's and WoRMS' tools of matching write them.
pub(super) fn is_lookup(header: &[String]) -> bool {
    has(header, &["matchtype"]) && has(header, &["verbatimscientificname", "aphiaid"])
}

/// Whether the header is that of a checklist of taxa with ids.
pub(super) fn is_checklist(header: &[String]) -> bool {
    let columns = Columns::of(header);
    let taxa = columns.is_taxref
        || columns.is_inaturalist
        || has(
            header,
            &[
                "taxonid",
                "parentnameusageid",
                "acceptednameusageid",
                "highertaxonid",
                "parentuid",
                "acceptedid",
                "parenttsn",
                "parent",
            ],
        )
        || header.iter().any(|cell| cell.trim().to_lowercase().starts_with("col:"))
        || columns.is_parent_list()
        || (columns.parent.is_some() && columns.parent_is_accepted);
    let named = columns.has_names() || columns.is_parent_list();
    columns.id.is_some()
        && taxa
        && named
        && (columns.parent.is_some() || columns.accepted.is_some() || columns.ancestry.is_some())
}

/// Whether it is the checklist of an institution, which says what is a synonym: its faults are mended and told.
pub(super) fn keeps_synonyms(header: &[String]) -> bool {
    let columns = Columns::of(header);
    columns.is_taxref
        || columns.ancestry.is_some()
        || has(header, &["parenttaxonid", "acceptednameusageid", "acceptedid", "taxonomicstatus", "highertaxonid"])
        || header.iter().any(|cell| cell.trim().to_lowercase().starts_with("col:"))
}

/// The rank that a column holds, by its header; `class` is a rank here and not a label.
fn rank_of(cell: &str) -> Option<Rank> {
    let word = spelling(cell);
    let rank = match word.as_str() {
        "genericname" => Some(Rank::Genus),
        "sousfamille" => Some(Rank::Subfamily),
        "speciesname" | "speciesepithet" | "specificepithet" | "epithet" => Some(Rank::Species),
        "sousespece" | "infraspecificepithet" => Some(Rank::Subspecies),
        "sousembranchement" => Some(Rank::Subphylum),
        "sousclasse" => Some(Rank::Subclass),
        "sousordre" => Some(Rank::Suborder),
        "superfamille" => Some(Rank::Superfamily),
        "sousgenre" => Some(Rank::Subgenus),
        word if word.chars().count() > 2 => Rank::parse(word),
        _ => None,
    };
    rank.filter(|rank| !rank.is_unranked() && *rank != Rank::Root)
}

/// A word of a rank with something before or behind it: `taxon_genus_name`, `Genus name`, `Family (Scientific)`.
fn affixed(cell: &str) -> Option<(Rank, (bool, &'static str))> {
    const BEHIND: [&str; 5] = ["scientificname", "(scientific)", "scientific", "latinname", "name"];
    let word = spelling(cell);
    let (before, rest) = word.strip_prefix("taxon").map_or((false, word.as_str()), |rest| (true, rest));
    let (behind, rest) = BEHIND.iter().find_map(|affix| Some((*affix, rest.strip_suffix(*affix)?))).unwrap_or(("", rest));
    let is_bare = !before && behind.is_empty();
    rank_of(rest).filter(|_| !is_bare).map(|rank| (rank, (before, behind)))
}

/// The ranks of columns that say them with an affix. `class_name` and `taxon_order` may be a label and a number: they are
/// ranks where others are written like them.
fn affixed_ranks(header: &[String]) -> Vec<(usize, Rank)> {
    let found: Vec<(usize, Rank, (bool, &str))> =
        header.iter().enumerate().filter_map(|(index, cell)| affixed(cell).map(|(rank, affix)| (index, rank, affix))).collect();
    let is_sure = |rank: Rank| matches!(rank, Rank::Kingdom | Rank::Phylum | Rank::Family | Rank::Genus | Rank::Species);
    let company = |affix: (bool, &str)| found.iter().filter(|(_, _, other)| *other == affix).count();
    found.iter().filter(|&&(_, rank, affix)| is_sure(rank) || company(affix) > 2).map(|&(index, rank, _)| (index, rank)).collect()
}

/// The columns that hold a rank each, the highest first; of two for one rank the name before the epithet, the plain word
/// before one with an affix, the first before the second.
pub(super) fn ranks(header: &[String]) -> Vec<(usize, Rank)> {
    let prefers_cls = has_class_beside_cls(header);
    let plain = header
        .iter()
        .enumerate()
        .filter(|(_, cell)| !(prefers_cls && spelling(cell) == "class"))
        .filter_map(|(index, cell)| rank_of(cell).map(|rank| (index, rank, false)));
    let affixed = affixed_ranks(header).into_iter().map(|(index, rank)| (index, rank, true));
    let mut ranks: Vec<(usize, Rank, bool)> = plain.chain(affixed).collect();
    ranks.sort_by_key(|&(index, rank, is_affixed)| (rank, spelling(&header[index]).contains("epithet"), is_affixed, index));
    ranks.dedup_by_key(|&mut (_, rank, _)| rank);
    ranks.into_iter().map(|(index, rank, _)| (index, rank)).collect()
}

/// The columns of ids of the taxa above those of the rows: `genusKey`, `Genus taxid`.
pub(super) fn rank_ids(header: &[String]) -> Vec<(usize, Rank)> {
    const BEHIND: [&str; 5] = ["taxid", "taxonid", "key", "tsn", "aphiaid"];
    let of = |cell: &String| {
        let word = spelling(cell);
        BEHIND.iter().find_map(|affix| rank_of(word.strip_suffix(*affix)?))
    };
    header.iter().enumerate().filter_map(|(index, cell)| of(cell).map(|rank| (index, rank))).collect()
}

/// Whether `class` holds labels, because `cls` is there as well.
pub(super) fn has_class_beside_cls(header: &[String]) -> bool {
    has(header, &["cls"]) && has(header, &["class"])
}

/// How many columns of main ranks there are.
pub(super) fn main_ranks(header: &[String]) -> usize {
    ranks(header).iter().filter(|(_, rank)| rank.main_index().is_some()).count()
}

/// Whether words without a delimiter between them are the header of ids and their parents.
pub(super) fn are_parent_words(words: &[&str]) -> bool {
    let header: Vec<String> = words.iter().map(|word| (*word).to_string()).collect();
    let columns = Columns::of(&header);
    columns.is_parent_list() && columns.id.is_some()
}

/// Other names in one cell.
pub(super) const SYNONYMS: &[&str] = &["synonyms", "synonym"];

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

/// The places of some columns.
pub(super) fn columns_of(header: &[String], names: &[&str]) -> Vec<usize> {
    (0..header.len()).filter(|&index| names.contains(&spelling(&header[index]).as_str())).collect()
}

/// The place of the first of some columns.
pub(super) fn column(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|cell| spelling(cell) == *name))
}
