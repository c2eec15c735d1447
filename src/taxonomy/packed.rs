//! A taxonomy as bytes that are read back as the same one: for other processes, not for people.
//!
//! A [table](super::import::taxonomy_csv) gives taxa without an id their lineage for one; here everything stays as it is.

use super::build::{Handle, SourceLine, TaxonomyBuilder};
use super::{CommonNames, TaxonId, Taxonomy};
use crate::taxonomy::rank::Rank;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use std::io::{BufWriter, Read, Write};

/// Why bytes are no taxonomy.
#[derive(Debug, thiserror::Error)]
pub enum PackedError {
    /// They are something else, or cut off.
    #[error("these bytes are no packed taxonomy: {0}; pack it again")]
    Format(String),
    /// What came out is not what was packed.
    #[error("the packed taxonomy has the SHA-256 {packed}, and what is read back {read}; pack it again with this version")]
    Other {
        /// Of what was packed.
        packed: String,
        /// Of what was read.
        read: String,
    },
}

/// The shown English and French name, and the further ones.
type Common = (Option<String>, Option<String>, Vec<String>, Vec<String>);

/// Everything that a taxonomy does not work out from the rest; taxa by their numbers.
#[derive(Serialize, Deserialize)]
struct Packed {
    sha256: String,
    parents: Vec<u32>,
    ranks: Vec<Rank>,
    names: Vec<String>,
    ids: Vec<Option<String>>,
    common_names: Vec<(u32, Common)>,
    branch_lengths: Vec<(u32, f64)>,
    synonyms: Vec<(u32, Vec<String>)>,
    other_ids: Vec<(u32, Vec<String>)>,
    authors: Vec<(String, Vec<(String, u32)>)>,
}

impl Packed {
    fn of(taxonomy: &Taxonomy) -> Packed {
        let common = |(&taxon, names): (&u32, &CommonNames)| {
            let CommonNames { english, french, more_english, more_french } = names.clone();
            (taxon, (english, french, more_english, more_french))
        };
        let other = |(taxon, ids): (TaxonId, Vec<&str>)| (taxon.0, ids.into_iter().map(str::to_string).collect());
        let author = |(name, authors): (&String, &Vec<(String, TaxonId)>)| {
            (name.clone(), authors.iter().map(|(author, taxon)| (author.clone(), taxon.0)).collect())
        };
        Packed {
            sha256: taxonomy.fingerprint(),
            parents: taxonomy.parents.clone(),
            ranks: taxonomy.ranks.clone(),
            names: taxonomy.names.iter().map(ToString::to_string).collect(),
            ids: taxonomy.source_ids.iter().map(|id| id.as_deref().map(str::to_string)).collect(),
            common_names: sorted(taxonomy.common_names.iter().map(common)),
            branch_lengths: sorted(taxonomy.branch_lengths.iter().map(|(&taxon, &length)| (taxon, length))),
            synonyms: sorted(taxonomy.synonyms.iter().map(|(&taxon, names)| (taxon, names.clone()))),
            other_ids: sorted(taxonomy.other_ids().into_iter().map(other)),
            authors: sorted(taxonomy.authors.iter().map(author)),
        }
    }

    /// Whether every taxon has all that it needs, and stands behind its parent.
    fn check(&self) -> Result<(), PackedError> {
        let count = self.parents.len();
        let is_whole = count > 0 && [self.ranks.len(), self.names.len(), self.ids.len()].iter().all(|&other| other == count);
        let is_tree = self.parents.iter().zip(0..).skip(1).all(|(&parent, taxon)| parent < taxon);
        if is_whole && is_tree { Ok(()) } else { Err(PackedError::Format("its taxa do not form a tree".to_string())) }
    }

    fn taxonomy(self) -> Result<Taxonomy, PackedError> {
        self.check()?;
        let mut builder = TaxonomyBuilder::new();
        let handles = self.rows(&mut builder)?;
        let handle = |taxon: u32| {
            let known = handles.get(taxon as usize).copied();
            known.ok_or_else(|| PackedError::Format(format!("it has no taxon {taxon}")))
        };
        for (taxon, synonyms) in &self.synonyms {
            builder.add_synonyms(handle(*taxon)?, synonyms.iter().map(String::as_str));
        }
        for (taxon, ids) in &self.other_ids {
            let handle = handle(*taxon)?;
            for id in ids {
                builder.add_other_id(handle, id);
            }
        }
        let frozen = builder.freeze();
        let mut taxonomy = frozen.map_err(|_| PackedError::Format("its taxa do not form a tree".to_string()))?;
        let authors = |(name, authors): (String, Vec<(String, u32)>)| {
            (name, authors.into_iter().map(|(author, taxon)| (author, TaxonId(taxon))).collect())
        };
        taxonomy.authors = self.authors.into_iter().map(authors).collect();
        let read = taxonomy.fingerprint();
        if read == self.sha256 { Ok(taxonomy) } else { Err(PackedError::Other { packed: self.sha256, read }) }
    }

    /// Adds all taxa to a builder, under their numbers.
    fn rows(&self, builder: &mut TaxonomyBuilder) -> Result<Vec<Handle>, PackedError> {
        let place = SourceLine { file: "".into(), line: 0 };
        let mut lengths: Vec<Option<f64>> = vec![None; self.parents.len()];
        let missing = |taxon: u32| PackedError::Format(format!("it has no taxon {taxon}"));
        for &(taxon, length) in &self.branch_lengths {
            *lengths.get_mut(taxon as usize).ok_or_else(|| missing(taxon))? = Some(length);
        }
        let mut handles: Vec<Handle> = vec![];
        for (taxon, length) in lengths.into_iter().enumerate() {
            let handle = builder.add_taxon(&self.names[taxon], self.ranks[taxon], length, place.clone());
            builder.rename_id(handle, self.ids[taxon].as_deref());
            if taxon > 0 {
                // A parent stands before its children: this has been checked.
                builder.put_below(handle, handles[self.parents[taxon] as usize]);
            }
            handles.push(handle);
        }
        for (taxon, (english, french, more_english, more_french)) in self.common_names.iter().cloned() {
            let handle = *handles.get(taxon as usize).ok_or_else(|| missing(taxon))?;
            builder.add_common_names(handle, CommonNames { english, french, more_english, more_french });
        }
        Ok(handles)
    }
}

/// In the order of their keys: the same taxonomy always gives the same bytes.
fn sorted<K: Ord, V>(pairs: impl Iterator<Item = (K, V)>) -> Vec<(K, V)> {
    let mut pairs: Vec<(K, V)> = pairs.collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

impl Taxonomy {
    /// The taxonomy as bytes, which [`Taxonomy::unpacked`] reads back as the same one: with its fingerprint, all names and
    /// the numbers of its taxa.
    ///
    /// # Errors
    ///
    /// [`PackedError::Format`], which no taxonomy leads to.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::Taxonomy;
    ///
    /// let taxonomy = Taxonomy::named("arable-france")?;
    /// let again = Taxonomy::unpacked(&taxonomy.packed()?)?;
    /// assert_eq!(again.fingerprint(), taxonomy.fingerprint());
    /// assert!(Taxonomy::unpacked(b"kingdom,genus,species\n").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn packed(&self) -> Result<Vec<u8>, PackedError> {
        let fault = |error: &dyn std::fmt::Display| PackedError::Format(error.to_string());
        let mut out = BufWriter::new(ZlibEncoder::new(vec![], Compression::fast()));
        serde_json::to_writer(&mut out, &Packed::of(self)).map_err(|error| fault(&error))?;
        out.flush().map_err(|error| fault(&error))?;
        let encoder = out.into_inner().map_err(|error| fault(&error))?;
        encoder.finish().map_err(|error| fault(&error))
    }

    /// Reads what [`Taxonomy::packed`] wrote.
    ///
    /// # Errors
    ///
    /// [`PackedError`].
    pub fn unpacked(bytes: &[u8]) -> Result<Taxonomy, PackedError> {
        let mut text = vec![];
        ZlibDecoder::new(bytes).read_to_end(&mut text).map_err(|error| PackedError::Format(error.to_string()))?;
        let packed: Packed = serde_json::from_slice(&text).map_err(|error| PackedError::Format(error.to_string()))?;
        packed.taxonomy()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::taxonomy::search::Step;
    use std::path::Path;

    fn read(text: &str, file: &str) -> Taxonomy {
        Taxonomy::from_bytes(text.as_bytes(), Path::new(file)).unwrap()
    }

    fn again(taxonomy: &Taxonomy) -> Taxonomy {
        let again = Taxonomy::unpacked(&taxonomy.packed().unwrap()).unwrap();
        let lines = |of: &Taxonomy| -> Vec<String> {
            let line = |taxon: TaxonId| {
                let (identity, common, length) = (of.identity(taxon), of.common_names(taxon), of.branch_length(taxon));
                let main = of.main_names(taxon).join(",");
                format!("{identity} {} {} {main} {length:?} {common:?} {:?}", of.name(taxon), of.rank(taxon), of.synonyms(taxon))
            };
            of.taxa().map(line).collect()
        };
        assert_eq!(lines(&again), lines(taxonomy));
        assert_eq!(again.fingerprint(), taxonomy.fingerprint());
        assert_eq!(again.other_ids(), taxonomy.other_ids());
        again
    }

    #[test]
    fn taxa_without_ids_stay_without() {
        let table = "kingdom,genus,species,common_name,synonyms
Animalia,Oenanthe,Oenanthe hispanica,Black-eared wheatear|wheatear,Motacilla hispanica
Plantae,Oenanthe,Oenanthe crocata,,
";
        let oenanthe = again(&read(table, "oenanthe.csv"));
        assert!(oenanthe.taxa().all(|taxon| oenanthe.source_id(taxon).is_none()));
        assert_eq!(oenanthe.resolve("wheatear").step, Some(Step::CommonName));
        assert_eq!(oenanthe.resolve("Motacilla hispanica").step, Some(Step::Synonym));
    }

    #[test]
    fn the_root_and_the_lengths_of_branches_stay() {
        let tree = again(&read("((Felis_catus:1.5,Felis_silvestris:0.1)Felis:2,Lynx_lynx:3)Felidae;", "cats.nwk"));
        assert_eq!(tree.taxa().filter_map(|taxon| tree.branch_length(taxon)).count(), 4);
    }

    #[test]
    fn ids_of_synonyms_and_authors_that_tell_namesakes_apart_stay() {
        let list = "taxonID\tparentNameUsageID\tacceptedNameUsageID\tscientificName\tscientificNameAuthorship\ttaxonRank\ttaxonomicStatus
1\t\t\tErica\tL.\tgenus\taccepted
2\t1\t\tErica longifolia\tBauer\tspecies\taccepted
3\t1\t\tErica pinea\tThunb.\tspecies\taccepted
4\t\t3\tErica longifolia\tAndrews, 1802\tspecies\tsynonym
";
        let heaths = again(&read(list, "Taxon.tsv"));
        let id = |text: &str| heaths.resolve(text).taxon().map(|taxon| heaths.identity(taxon));
        assert_eq!(id("4").as_deref(), Some("3"));
        assert_eq!(id("Erica longifolia Andrews").as_deref(), Some("3"));
        assert_eq!(id("Erica longifolia Bauer").as_deref(), Some("2"));
    }

    #[test]
    fn bytes_that_are_no_tree_are_refused() {
        let refused = |packed: &Packed| {
            let mut out = ZlibEncoder::new(vec![], Compression::fast());
            serde_json::to_writer(&mut out, packed).unwrap();
            Taxonomy::unpacked(&out.finish().unwrap()).unwrap_err().to_string()
        };
        let taxonomy = read("kingdom,genus,species\nAnimalia,Lynx,Lynx lynx\n", "lynx.csv");
        let mut packed = Packed::of(&taxonomy);
        packed.sha256 = "0".to_string();
        assert!(refused(&packed).starts_with("the packed taxonomy has the SHA-256 0, and what is read back "));
        packed.synonyms.push((9, vec!["Felis lynx".to_string()]));
        assert!(refused(&packed).contains("it has no taxon 9"));
        packed.parents[1] = 3;
        assert!(refused(&packed).contains("its taxa do not form a tree"));
        assert!(Taxonomy::unpacked(&[]).is_err());
    }
}
