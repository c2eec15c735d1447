//! A data set: its photographs, its classes, and what was decided while reading them.

use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::split::split_name;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A taxon that a data set says its class is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassTaxon {
    /// The class, as photographs refer to it.
    pub id: String,
    /// The name as written, author included.
    pub name: String,
    /// Kingdom to species and below, those that are known.
    pub lineage: Vec<(Rank, String)>,
}

/// Photographs in the order of their paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dataset {
    /// The folder that the photographs' paths start from.
    pub root: PathBuf,
    /// What the data set was recognised as.
    pub layout: Layout,
    /// Each once, by path (and place in it).
    pub photographs: Vec<Photograph>,
    /// The classes with their taxa, where the data set has a table of them.
    pub classes: Vec<ClassTaxon>,
    /// How many files were not taken, by extension (`.csv`, `no extension`, `hidden file`, `hidden folder`).
    pub passed_over: BTreeMap<String, usize>,
    /// Decisions made while reading, one sentence each, for the user.
    pub notes: Vec<String>,
}

impl Dataset {
    /// The photographs of one split; `val`, `valid` and `validation` are the same, as are `train` and `training`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Split`] where no photograph is of it.
    pub fn select(mut self, split: &str) -> Result<Dataset, DatasetError> {
        let wanted = split_name(split);
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for photograph in &self.photographs {
            let name = photograph.split.clone().unwrap_or_else(|| "none".to_string());
            *found.entry(name).or_default() += 1;
        }
        self.photographs.retain(|photograph| photograph.split.as_deref().is_some_and(|split| split_name(split) == wanted));
        if self.photographs.is_empty() {
            return Err(DatasetError::Split { split: split.to_string(), found });
        }
        Ok(self)
    }

    /// How many photographs somebody named.
    #[must_use]
    pub fn with_truth(&self) -> usize {
        self.photographs.iter().filter(|photograph| photograph.truth_text.is_some()).count()
    }

    /// The taxonomy of the classes that the data set lists itself, ids and all.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Layout`] where it lists none with a lineage, or where they do not form a tree.
    pub fn taxonomy(&self) -> Result<Taxonomy, DatasetError> {
        let fault = |what: String| DatasetError::Layout { path: self.root.clone(), what };
        let place = SourceLine { file: self.root.display().to_string().into(), line: 0 };
        let mut builder = TaxonomyBuilder::new();
        let mut placed = 0;
        for class in self.classes.iter().filter(|class| !class.lineage.is_empty()) {
            let handle = builder.add_lineage(class.lineage.iter().map(|(rank, name)| (*rank, name.as_str())), &place);
            // Two classes may be one taxon (Pl@ntNet keeps synonyms apart): the first keeps its id, both find it.
            builder.add_other_id(handle, &class.id);
            placed += 1;
        }
        if placed == 0 {
            return Err(fault("the data set lists no classes with their lineages; give a taxonomy".to_string()));
        }
        builder.freeze().map_err(|problems| {
            let list: Vec<String> = problems.iter().take(3).map(ToString::to_string).collect();
            fault(format!("its classes form no taxonomy: {}", list.join("; ")))
        })
    }

    /// A flat taxonomy of the labels as they are: for data sets whose classes are no taxa.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Layout`] where no photograph has a label.
    pub fn label_taxonomy(&self) -> Result<Taxonomy, DatasetError> {
        let fault = |what: String| DatasetError::Layout { path: self.root.clone(), what };
        let place = SourceLine { file: self.root.display().to_string().into(), line: 0 };
        let mut builder = TaxonomyBuilder::new();
        let mut labels: Vec<&str> = self.photographs.iter().filter_map(|photograph| photograph.truth_text.as_deref()).collect();
        labels.sort_unstable();
        labels.dedup();
        for label in &labels {
            builder.add_lineage([(Rank::Unranked, *label)], &place);
        }
        if labels.is_empty() {
            return Err(fault("no photograph has a label".to_string()));
        }
        builder
            .freeze()
            .map_err(|problems| fault(format!("its labels form no taxonomy: {}", counted(problems.len(), "problem", "problems"))))
    }

    /// How many photographs have each licence; `none` for those of which nobody says.
    #[must_use]
    pub fn licences(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for photograph in &self.photographs {
            let licence = photograph.licence.clone().unwrap_or_else(|| "none".to_string());
            *counts.entry(licence).or_default() += 1;
        }
        counts
    }

    /// Observations whose photographs have different truths, with these.
    #[must_use]
    pub fn disputed_observations(&self) -> BTreeMap<String, Vec<String>> {
        let mut truths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for photograph in &self.photographs {
            let truth = photograph.taxon_id.as_deref().or(photograph.truth_text.as_deref());
            if let (Some(observation), Some(truth)) = (&photograph.observation, truth) {
                let known = truths.entry(observation).or_default();
                if !known.contains(&truth) {
                    known.push(truth);
                }
            }
        }
        let several = truths.into_iter().filter(|(_, truths)| truths.len() > 1);
        several.map(|(name, truths)| (name.to_string(), truths.into_iter().map(str::to_string).collect())).collect()
    }

    /// How many photographs are listed and not there.
    #[must_use]
    pub fn absent(&self) -> usize {
        self.photographs.iter().filter(|photograph| !photograph.path.is_file()).count()
    }

    /// Puts the photographs in the order of their paths.
    pub(super) fn sort(&mut self) {
        self.photographs.sort_by(|a, b| (&a.image, &a.path).cmp(&(&b.image, &b.path)));
    }

    /// A list may name any file that the user may read; those outside its folder are said.
    pub(super) fn note_outside(&mut self) {
        let leaves = |photograph: &&Photograph| {
            Path::new(&photograph.image)
                .components()
                .any(|part| matches!(part, Component::ParentDir | Component::RootDir | Component::Prefix(_)))
        };
        let mut outside = self.photographs.iter().filter(leaves);
        if let Some(first) = outside.next() {
            let count = 1 + outside.count();
            let (image, root) = (&first.image, self.root.display());
            self.notes.push(format!(
                "{count} of the listed photographs {} named by a path that begins outside '{root}' or leads out of it, '{image}' the \
                 first: {} read, and no page shows {}",
                form(count, "is", "are"),
                form(count, "it is", "they are"),
                form(count, "it", "them")
            ));
        }
    }

    /// Says how many of the listed photographs are not there.
    pub(super) fn note_absent(&mut self) {
        let absent: Vec<&Photograph> = self.photographs.iter().filter(|photograph| !photograph.path.exists()).collect();
        if let Some(first) = absent.first() {
            let (count, image) = (absent.len(), &first.image);
            let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { self.root.as_path() };
            let (photographs, are) = (counted(count, "photograph", "photographs"), form(count, "is", "are"));
            self.notes.push(format!(
                "{photographs} of the list {are} absent from '{}', '{image}' the first; name the folder that the paths start \
                 from before --manifest",
                root.display()
            ));
        }
    }
}
