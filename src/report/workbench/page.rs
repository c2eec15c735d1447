//! A page in the making: images in their order, runs and taxa, packed into the page and into files beside it.

use super::format::{
    ComparedPairs, FORMAT, Format, ImagesOfPage, Kind, MapColumns, NounWords, OfTaxonomy, PartFile, RankRow, RunNumbers,
    RunOfPage, RunPart, VerdictRow,
};
use super::images::ImageTable;
use super::map;
use super::order;
use super::run::{OUTCOMES, ShownRun};
use super::taxa::Taxa;
use crate::report::error::ReportError;
use crate::report::folder::Draft;
use crate::report::language::Language;
use crate::report::noun::Noun;
use crate::report::options::Source;
use crate::report::photographs::Photographs;
use crate::scores::causes::Cause;
use crate::scores::how_wrong::HeightUnit;
use crate::scores::verdicts::Judged;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::HashMap;
use std::io;

/// Files of images that are made at once.
const AT_ONCE: usize = 4;

/// What a page says besides its numbers.
#[derive(Clone, Copy, Default)]
pub(in crate::report) struct Setting<'a> {
    /// The language that it opens in.
    pub language: Language,
    /// What one answer is about, where it is not an image.
    pub noun: Option<&'a Noun>,
    /// The command that made it.
    pub command_line: Option<&'a str>,
    /// The files that it was made from.
    pub sources: &'a [Source],
    /// Where the taxonomy came from, in words.
    pub taxonomy_source: Option<&'a str>,
    /// Where the pictures come from.
    pub photographs: Photographs<'a>,
}

/// A run of a page.
pub(super) struct PageRun<'a> {
    pub name: &'a str,
    pub numbers: RunNumbers,
    pub shown: ShownRun<'a>,
}

/// A page in the making.
pub(super) struct Page<'a> {
    pub kind: Kind,
    pub title: String,
    pub taxonomy: &'a Taxonomy,
    pub images: ImageTable<'a>,
    /// The images in the order of their rows.
    pub order: Vec<usize>,
    pub runs: Vec<PageRun<'a>>,
    pub ranks: Vec<Rank>,
    /// What is told of each rank.
    pub rows: Vec<RankRow>,
    pub taxa: Taxa,
    /// The rank at which truth and answer must meet for a near miss to be acceptable.
    pub yellow_from: Rank,
    /// Images in the page, and in each file beside it.
    pub part: usize,
    pub setting: Setting<'a>,
}

/// What only some pages have.
#[derive(Default)]
pub(super) struct Further<'a> {
    pub map: Option<MapColumns>,
    pub compare: Option<ComparedPairs>,
    pub verdicts: Vec<VerdictRow<'a>>,
}

/// The taxa that images and runs are about.
pub(super) fn met(taxonomy: &Taxonomy, images: &ImageTable<'_>, order: &[usize], runs: &[PageRun<'_>]) -> Taxa {
    Taxa::of(taxonomy, |tell| {
        order.iter().filter_map(|image| images.truth(*image)).for_each(&mut *tell);
        for run in runs {
            run.shown.tell(order, tell);
        }
    })
}

/// The candidates of the first run that says which they were.
pub(super) fn candidates<'a>(runs: &[PageRun<'a>]) -> Option<&'a [TaxonId]> {
    runs.iter().filter_map(|run| run.shown.answers.candidates.as_deref()).find(|candidates| !candidates.is_empty())
}

impl Page<'_> {
    /// Writes the files beside the page, whose own data is returned: JSON that may stand in a script element.
    pub(super) fn write(&self, draft: &Draft, below: &str, further: Further<'_>) -> Result<String, ReportError> {
        let failed = |error: io::Error| draft.failed(&format!("{below}index.html"), error);
        let parts = self.write_parts(draft, below)?;
        let format = self.format(&parts, further).map_err(failed)?;
        let text = serde_json::to_string(&format).map_err(|error| failed(error.into()))?;
        Ok(escaped(&text))
    }

    /// Writes the images that the page has no room for.
    fn write_parts(&self, draft: &Draft, below: &str) -> Result<Vec<PartFile>, ReportError> {
        let further = &self.order[self.order.len().min(self.part)..];
        let parts: Vec<(usize, &[usize])> = further.chunks(self.part).enumerate().collect();
        let mut files = vec![];
        for some in parts.chunks(AT_ONCE) {
            let texts: Vec<io::Result<String>> = some.par_iter().map(|(place, images)| self.part(*place, images)).collect();
            for ((place, images), text) in some.iter().zip(texts) {
                let file = format!("data/part-{place}.js");
                let path = format!("{below}{file}");
                draft.write(&path, &text.map_err(|error| draft.failed(&path, error))?)?;
                files.push(PartFile { file, count: images.len() });
            }
        }
        Ok(files)
    }

    /// The text of one such file: a page that was opened from a folder may not read it, but may run it.
    fn part(&self, place: usize, images: &[usize]) -> io::Result<String> {
        let columns = serde_json::to_string(&self.images.columns(images, false, &self.taxa)?)?;
        let of_run = |run: &PageRun<'_>| run.shown.columns(images, &self.taxa, &self.ranks);
        let runs: Vec<RunPart> = self.runs.iter().map(of_run).collect::<io::Result<_>>()?;
        let runs = serde_json::to_string(&runs)?;
        Ok(escaped(&format!("nearmissPart({place},{columns},{runs});\n")))
    }

    fn format<'p>(&'p self, parts: &'p [PartFile], further: Further<'p>) -> io::Result<Format<'p>> {
        let images = &self.order[..self.order.len().min(self.part)];
        let mut runs = vec![];
        for PageRun { name, numbers, shown } in &self.runs {
            runs.push(RunOfPage { name, numbers, columns: shown.columns(images, &self.taxa, &self.ranks)? });
        }
        let height_unit = if self.taxonomy.has_ranks() { HeightUnit::Rungs } else { HeightUnit::Edges };
        let Further { map, compare, verdicts } = further;
        Ok(Format {
            version: FORMAT,
            program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            kind: self.kind,
            title: &self.title,
            language: self.setting.language.code(),
            noun: self.setting.noun.map(|noun| NounWords { one: &noun.one, many: &noun.many }),
            command_line: self.setting.command_line,
            sources: self.setting.sources,
            taxonomy: OfTaxonomy {
                source: self.setting.taxonomy_source,
                sha256: self.taxonomy.fingerprint(),
                taxa: self.taxonomy.len(),
            },
            has_ranks: self.taxonomy.has_ranks(),
            height_unit,
            yellow_from: self.yellow_from.name(),
            ranks: &self.rows,
            taxa: self.taxa.columns(self.taxonomy, candidates(&self.runs))?,
            images: ImagesOfPage {
                count: images.len(),
                total: self.order.len(),
                parts,
                columns: self.images.columns(images, true, &self.taxa)?,
            },
            runs,
            outcomes: OUTCOMES,
            causes: Cause::ALL.map(Cause::name),
            map,
            compare,
            verdicts,
        })
    }

    /// The maps of the vectors of a run, whose images are found by their names.
    pub(super) fn map(&self, embeddings: &Embeddings, latent: &Latent) -> io::Result<Option<MapColumns>> {
        let mut rows: HashMap<&str, u32> = HashMap::new();
        for (row, &image) in (0_u32..).zip(&self.order) {
            rows.entry(&self.images.names[image]).or_insert(row);
        }
        map::columns(latent, |point| rows.get(embeddings.names.get(point)?.as_str()).copied())
    }

    /// What was said of images.
    pub(super) fn verdicts<'j>(&self, judged: Option<&'j Judged>) -> Vec<VerdictRow<'j>> {
        let Some(judged) = judged else { return vec![] };
        let rows = order::rows(&self.order, self.images.names.len());
        let said = judged.verdicts.iter().filter_map(|(image, said)| {
            Some(VerdictRow { image: rows.get(*image)?.get()?, verdict: said.verdict.name(), note: &said.note })
        });
        said.collect()
    }
}

/// JSON that may stand in a script element, and in a script.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("\\u003c"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script_that_it_stands_in() {
        let text = serde_json::json!({ "a": "</script><!--\u{2028}\u{2029}é" }).to_string();
        let escaped = escaped(&text);
        assert_eq!(escaped, "{\"a\":\"\\u003c/script>\\u003c!--\\u2028\\u2029é\"}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).ok(), serde_json::from_str(&text).ok());
    }
}
