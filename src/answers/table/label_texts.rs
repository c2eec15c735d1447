//! Cells of a table into labels: each distinct one is read once, in the grammar of its column.

use super::class_names;
use super::dictionary::{Form, Meant};
use super::error::TableError;
use super::frame::Frame;
use super::interned::{Interned, combine};
use super::label::{Label, LabelId, LabelSource, Labels, Reading, is_sentence, name_label, named};
use super::lineage::{self, Cells, Grammar};
use super::steps::{assemble, capitalised};
use super::{dict, score};
use crate::answers::non_taxon::says_unknown;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use regex::Regex;
use std::path::Path;

impl Labels {
    /// Reads the labels of all rows: one id per row.
    ///
    /// # Errors
    ///
    /// Columns that cannot be read; cells that hold sentences, or lineages longer than any; of a table that is read part by part
    /// a cell that it did not have before.
    pub(super) fn read(&mut self, frame: &Frame, source: &LabelSource, reading: Reading) -> Result<Vec<LabelId>, TableError> {
        let source = lone(source).unwrap_or_else(|| source.clone());
        let texts = source.columns().into_iter().map(|column| frame.texts(column)).collect::<Result<Vec<_>, _>>()?;
        self.take(Form::Source(source), &Interned::of_all(&texts), &frame.path, reading)
    }

    /// Reads texts of one column (answers of lists, names of columns) in one grammar: one id per text.
    ///
    /// # Errors
    ///
    /// Of a table that is read part by part a text that it did not have before.
    pub(super) fn read_texts(&mut self, texts: &[String], path: &Path, reading: Reading) -> Result<Vec<LabelId>, TableError> {
        let each = Interned { texts: texts.to_vec(), rows: (0..).take(texts.len()).collect() };
        self.take(Form::Texts, &[each], path, reading)
    }

    fn take(&mut self, form: Form, columns: &[Interned], path: &Path, reading: Reading) -> Result<Vec<LabelId>, TableError> {
        if let Some(dictionary) = &mut self.dictionary {
            let meant = Meant { separator: reading.separator.is_some(), pattern: reading.pattern.is_some() };
            return dictionary.labels(form, meant, columns).ok_or_else(|| changed(path));
        }
        let written = match columns {
            [only] => (written(&form, only.texts.len(), &|at| vec![only.texts[at].as_str()], path, reading)?, only.rows.clone()),
            several => {
                let (tuples, rows) = combine(several);
                let texts = |at: usize| -> Vec<&str> {
                    tuples[at].iter().zip(several).map(|(&id, column)| column.texts[id as usize].as_str()).collect()
                };
                (written(&form, tuples.len(), &texts, path, reading)?, rows)
            }
        };
        let (Written { labels, .. }, rows) = written;
        let first = LabelId::try_from(self.all.len()).unwrap_or(LabelId::MAX);
        self.all.extend(labels);
        Ok(rows.into_iter().map(|row| row + first).collect())
    }

    /// Makes labels of the cells that all parts of a table have. Says of each list how its cells are written, where any says it.
    ///
    /// # Errors
    ///
    /// As [`Labels::read`].
    pub(super) fn complete(
        &mut self,
        path: &Path,
        separator: Option<char>,
        pattern: Option<&Regex>,
    ) -> Result<Vec<Option<String>>, TableError> {
        let Some(mut dictionary) = self.dictionary.take() else { return Ok(vec![]) };
        dictionary.complete();
        let mut how = vec![];
        for list in dictionary.lists_mut() {
            let Meant { separator: separated, pattern: patterned } = list.meant;
            let reading = Reading { separator: separator.filter(|_| separated), pattern: pattern.filter(|_| patterned) };
            let cells = &list.cells;
            let written = written(&list.form, cells.len(), &|at| cells.texts(at), path, reading)?;
            list.first = LabelId::try_from(self.all.len()).unwrap_or(LabelId::MAX);
            self.all.extend(written.labels);
            how.push(written.how);
        }
        self.dictionary = Some(dictionary);
        Ok(how)
    }
}

/// A column of species and no other rank holds names, which may be common ones.
fn lone(source: &LabelSource) -> Option<LabelSource> {
    let LabelSource::Ranks { ranks, common: None } = source else { return None };
    if let [(Rank::Species, column)] = &ranks[..] { Some(LabelSource::Text(column.clone())) } else { None }
}

fn changed(path: &Path) -> TableError {
    let what = "it holds other labels than when it was first read: it was written to meanwhile; read it once it is whole";
    TableError::Format { path: path.to_path_buf(), line: None, what: what.to_string() }
}

/// Labels of distinct cells.
struct Written {
    labels: Vec<Label>,
    /// How the cells are written, in words; `None` where no cell says it, and where the columns do.
    how: Option<String>,
}

/// Labels of cells, of which each has a text for each of its columns.
fn written<'t>(
    form: &Form,
    count: usize,
    cell: &dyn Fn(usize) -> Vec<&'t str>,
    path: &Path,
    reading: Reading,
) -> Result<Written, TableError> {
    let by_columns = |labels: Vec<Label>| Ok(Written { labels, how: None });
    match form {
        Form::Texts => Ok(text_labels(&alone(count, cell), reading)),
        Form::Source(LabelSource::Text(column)) => {
            let texts = alone(count, cell);
            check_sentences(path, column, &texts, reading)?;
            check_lengths(path, column, &texts, reading)?;
            Ok(text_labels(&texts, reading))
        }
        Form::Source(LabelSource::Ranks { ranks, .. }) => {
            let label = |at: usize| {
                let texts = cell(at);
                let cells: Vec<(Rank, &str)> = ranks.iter().map(|&(rank, _)| rank).zip(texts.iter().copied()).collect();
                rank_label(&cells, texts.get(ranks.len()).copied())
            };
            by_columns((0..count).map(label).collect())
        }
        Form::Source(LabelSource::Levelled { .. }) => {
            let label = |at: usize| match cell(at)[..] {
                [text, level, ..] => {
                    Rank::parse(level).map_or_else(|| label_in(text, &Grammar::Names), |rank| name_label(text, Some(rank)))
                }
                _ => Label::Missing,
            };
            by_columns((0..count).map(label).collect())
        }
    }
}

/// The texts of cells of one column.
fn alone<'t>(count: usize, cell: &dyn Fn(usize) -> Vec<&'t str>) -> Vec<&'t str> {
    (0..count).map(|at| cell(at).first().copied().unwrap_or_default()).collect()
}

/// Sentences read as names would become taxa (`The answer`): refused where half the texts are some.
fn check_sentences(path: &Path, column: &str, texts: &[&str], reading: Reading) -> Result<(), TableError> {
    let sentences: Vec<&str> = texts.iter().copied().filter(|text| is_sentence(text)).collect();
    match sentences.first() {
        Some(first) if reading.pattern.is_none() && sentences.len() * 2 >= texts.len() => {
            let example = first.chars().take(60).collect();
            Err(TableError::Sentences { path: path.to_path_buf(), column: column.to_string(), example })
        }
        _ => Ok(()),
    }
}

/// Lineages longer than any taxonomy's are no lineages, and cost the square of their length.
fn check_lengths(path: &Path, column: &str, texts: &[&str], reading: Reading) -> Result<(), TableError> {
    let separators: Vec<char> = reading.separator.map_or_else(|| vec![';', '|'], |separator| vec![separator]);
    let steps = |text: &str| {
        let all = separators.iter().map(|&by| text.split(by).count()).max().unwrap_or(1);
        // Commas stand in names too, and separate the steps of lineages with prefixes alone.
        if lineage::has_prefixes(text) { all.max(text.split(',').count()) } else { all }
    };
    let longest = texts.iter().map(|text| steps(text)).max().unwrap_or(0);
    if longest <= lineage::MOST_STEPS {
        return Ok(());
    }
    let what = format!(
        "column '{column}' holds a lineage of {longest} steps, and at most {} can be read; shorten it",
        lineage::MOST_STEPS
    );
    Err(TableError::Format { path: path.to_path_buf(), line: None, what })
}

fn text_labels(texts: &[&str], reading: Reading) -> Written {
    let captured: Vec<Option<&str>> = texts.iter().map(|text| capture(text, reading.pattern)).collect();
    let named: Vec<&str> = captured.iter().flatten().copied().collect();
    let grammar = Grammar::of(&named, reading.separator);
    let of_classes = grammar == Grammar::Names && class_names::are_numbered(&named);
    let label = |(text, captured): (&&str, Option<&str>)| match captured {
        Some(name) if of_classes => class_label(name, &grammar),
        Some(name) => label_in(name, &grammar),
        None if name::is_missing(text) => Label::nothing(text),
        None => Label::Unreadable((*text).to_string()),
    };
    let says = named.iter().any(|name| !name::is_missing(name));
    let how = if of_classes { "names of classes with their numbers".to_string() } else { grammar.words() };
    Written { labels: texts.iter().zip(captured.iter().copied()).map(label).collect(), how: says.then_some(how) }
}

fn capture<'a>(text: &'a str, pattern: Option<&Regex>) -> Option<&'a str> {
    let Some(pattern) = pattern else { return Some(text) };
    let groups = pattern.captures(text)?;
    groups.get(1).or_else(|| groups.get(0)).map(|group| group.as_str())
}

/// A class of a data set: a number before a name, or a whole lineage in one word.
fn class_label(text: &str, grammar: &Grammar) -> Label {
    match class_names::truth(text) {
        Some(lineage) if lineage.contains(';') => lineage_label(&lineage, ';'),
        Some(name) => label_in(&name, grammar),
        None => label_in(text, grammar),
    }
}

/// Reads one cell in the grammar of its column; a name by itself is settled later.
fn label_in(text: &str, grammar: &Grammar) -> Label {
    if name::is_missing(text) {
        return Label::nothing(text);
    }
    match grammar {
        Grammar::Names => Label::Name { text: text.trim().to_string() },
        Grammar::Dicts => dict_label(text),
        Grammar::Lineages { separator } => lineage_label(text, *separator),
        Grammar::SpeciesNet => {
            let steps = assemble(&lineage::species_net_cells(text));
            let steps = steps.into_iter().map(|(rank, name)| (rank, capitalised(&name))).collect();
            let label = named(text, steps, None);
            // A lone class in the column, such as `blank`, is no label of theirs.
            match lineage::species_net_common(text) {
                Some(common) => with_common(label, Some(common)),
                None => lineage_label(text, ';'),
            }
        }
    }
}

/// A label with the common name beside it; where it has no other name, the common name is all that is said.
fn with_common(label: Label, common: Option<&str>) -> Label {
    let Some(common) = common.map(str::trim).filter(|common| !name::is_missing(common)) else {
        return if label == Label::Missing { Label::nothing(common.unwrap_or_default()) } else { label };
    };
    match label {
        Label::Named { text, steps, id, score, .. } => Label::Named { text, steps, id, score, common: Some(common.to_string()) },
        Label::Missing => Label::Name { text: common.to_string() },
        other => other,
    }
}

/// A lineage: its ranks are known where every step has a prefix, or where it is one name.
fn lineage_label(text: &str, separator: char) -> Label {
    let cells = lineage::split(text, separator);
    let held: Vec<&lineage::Cell> = cells.iter().filter(|(_, name)| !name::is_missing(name)).collect();
    if held.iter().all(|(rank, _)| rank.is_some()) {
        let mut ranked: Cells = held.iter().map(|(rank, name)| (rank.unwrap_or(Rank::Unranked), name.as_str())).collect();
        if ranked.iter().all(|(rank, _)| !rank.is_unranked()) {
            ranked.sort_by_key(|&(rank, _)| rank);
        }
        return named(text, assemble(&ranked), None);
    }
    if let (1, [(None, name)]) = (held.len(), &cells[..])
        && lineage::ranks::of_one(&cells).iter().all(|(rank, _)| rank.is_unranked() || *rank >= Rank::Genus)
    {
        return Label::Name { text: name.clone() };
    }
    Label::Lineage { text: text.trim().to_string(), cells }
}

fn dict_label(text: &str) -> Label {
    let Some(pairs) = dict::parse(text) else { return Label::Unreadable(text.trim().to_string()) };
    let rank = |key: &str| Rank::from_name(key).filter(|rank| !rank.is_unranked() && *rank != Rank::Root);
    let mut cells: Cells = pairs.iter().filter_map(|(key, value)| rank(key).map(|rank| (rank, value.as_str()))).collect();
    cells.sort_by_key(|&(rank, _)| rank);
    let of = |wanted: &str| pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
    let steps = assemble(&cells);
    let text = steps.last().map(|(_, name)| name.clone()).unwrap_or_default();
    with_common(named(&text, steps, of("score").and_then(score::number)), of("common_name"))
}

fn rank_label(cells: &[(Rank, &str)], common: Option<&str>) -> Label {
    let unknown = || cells.iter().map(|(_, text)| *text).find(|text| says_unknown(text));
    let mut held: Cells = cells.iter().copied().filter(|(_, text)| !name::is_missing(text)).collect();
    held.sort_by_key(|&(rank, _)| rank);
    let text = held.last().map(|(_, text)| *text).unwrap_or_default();
    match with_common(named(text, assemble(&held), None), common) {
        Label::Missing => unknown().map_or(Label::Missing, Label::nothing),
        label => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Vec<String> {
        let shown = |label: Label| match label {
            Label::Named { steps, common, .. } => {
                let steps: Vec<String> = steps.iter().map(|(rank, name)| format!("{rank} {name}")).collect();
                common.map_or_else(|| steps.join(", "), |common| format!("{} ({common})", steps.join(", ")))
            }
            Label::Lineage { cells, .. } => cells.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(">"),
            other => format!("{other:?}"),
        };
        text_labels(texts, Reading::default()).labels.into_iter().map(shown).collect()
    }

    #[test]
    fn supports_behind_names_are_no_part_of_them() {
        let sintax = "d:Bacteria(1.00),p:Firmicutes(0.99),g:Blautia(0.70),s:Blautia_wexlerae(0.40)";
        assert_eq!(
            read(&[sintax, "tax=d:Bacteria,p:Firmicutes;", ""])[..2],
            [
                "kingdom Bacteria, phylum Firmicutes, genus Blautia, species Blautia wexlerae",
                "kingdom Bacteria, phylum Firmicutes"
            ]
        );
        assert_eq!(read(&["k__Fungi[98.2%];p__Ascomycota[90%]"]), ["kingdom Fungi, phylum Ascomycota"]);
        assert_eq!(
            read(&["Root [100%]; Bacteria [98.2%]; Firmicutes [97%]", "Bacteria(100);Firmicutes(99);Bacilli(98);"]),
            ["Bacteria>Firmicutes", "Bacteria>Firmicutes>Bacilli"]
        );
        // A year is no support, and a comma in a name no step.
        assert_eq!(
            read(&["f__Felidae Fischer (1817);g__Felis", "f__Felidae"]),
            ["family Felidae Fischer (1817), genus Felis", "family Felidae"]
        );
        assert_eq!(read(&["Felis catus Linnaeus, 1758"]), ["Name { text: \"Felis catus Linnaeus, 1758\" }"]);
    }

    #[test]
    fn placeholders_in_lineages_are_no_taxa() {
        let above = "k__Fungi;p__Ascomycota;c__Sordariomycetes";
        for step in
            ["s__Sordariomycetes_sp", "g__unidentified;s__unidentified", "g__Ascomycota_gen_Incertae_sedis", "o__uncultured"]
        {
            assert_eq!(
                read(&[&format!("{above};{step}")]),
                ["kingdom Fungi, phylum Ascomycota, class Sordariomycetes"],
                "{step}"
            );
        }
        // The groups of the reference keep their names, and have no rank.
        assert_eq!(
            read(&["k__Fungi;f__Helotiales_fam_Incertae_sedis;g__Hymenoscyphus;s__Hymenoscyphus_sp"]),
            ["kingdom Fungi, unranked Helotiales fam Incertae sedis, genus Hymenoscyphus"]
        );
        assert_eq!(
            read(&["Bacteria;Firmicutes;uncultured;Lachnospirales;Lachnospiraceae_unclassified"]),
            ["Bacteria>Firmicutes>>Lachnospirales>"]
        );
        assert_eq!(read(&["d__Bacteria;p__Firmicutes_A"]), ["domain Bacteria, phylum Firmicutes A"]);
    }

    #[test]
    fn classes_of_data_sets_lose_their_numbers() {
        assert_eq!(read(&["001.Black_footed_Albatross", "002.Laysan_Albatross"])[0], "Name { text: \"Black footed Albatross\" }");
        assert_eq!(
            read(&["03021_Animalia_Arthropoda_Insecta_Hymenoptera_Apidae_Bombus_terrestris"]),
            ["Animalia>Arthropoda>Insecta>Hymenoptera>Apidae>Bombus>Bombus terrestris"]
        );
        assert_eq!(read(&["Coccinella 7-punctata", "7-spot ladybird"])[1], "Name { text: \"7-spot ladybird\" }");
    }

    #[test]
    fn labels_of_speciesnet_carry_a_common_name() {
        let fox = "ac0e8ba7-7261-4d17-8645-11ed3d02165a;mammalia;carnivora;canidae;vulpes;vulpes;red fox";
        let blank = "f1856211-cfb7-4a5b-9158-c0f72fd09ee6;;;;;;blank";
        let vehicle = "e2895ed5-780b-48f6-8a11-9e27cb594511;;;;;;vehicle";
        assert_eq!(
            read(&[fox, blank, vehicle]),
            [
                "class Mammalia, order Carnivora, family Canidae, genus Vulpes, species Vulpes vulpes (red fox)",
                "Name { text: \"blank\" }",
                "Name { text: \"vehicle\" }",
            ]
        );
    }
}
