//! Rows → images with truths and ranked answers.

use super::file::Table;
use super::lineage::{BLANK, BLANK_TAXON, Lineages, Number, Steps, Style, full_name};
use super::roles::{Predicted, Roles, Side};
use super::{BlankTruth, Origin, TableError, TableOptions, Tables};
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::name;
use crate::rank::Rank;
use crate::taxonomy::build::{Place, TaxonomyBuilder};
use crate::taxonomy::search::{Found, strip_prefix};
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::{PlHashMap, StringChunked};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the columns by their parts and puts the answers together.
pub fn assemble(table: &Table, roles: &Roles, given: Option<&Taxonomy>, options: &TableOptions) -> Result<Tables, TableError> {
    let mut lineages = Lineages::default();
    let mut notes = vec![];
    let images = Images::of(table, roles)?;
    let style = |rank| Style { separator: options.lineage_separator.clone(), rank };
    let mut truths = match (&options.truth_file, &roles.truth) {
        (Some(path), _) => second_table(path, table, &images, &mut lineages, options, &mut notes)?,
        (None, Some(side)) => {
            let rows = numbers(table, side, &style, &mut lineages, None)?;
            images.one_truth_each(table, &rows, &lineages)?
        }
        (None, None) => vec![BLANK; images.names.len()],
    };
    let mut runs = vec![];
    for predicted in &roles.predicted {
        let positions = predicted
            .positions
            .iter()
            .map(|(side, score)| {
                let rows = numbers(table, side, &style, &mut lineages, options.predicted_pattern.as_ref())?;
                let scores = score.as_ref().map(|column| table.numbers(column)).transpose()?;
                Ok(Column { rows, scores })
            })
            .collect::<Result<Vec<_>, TableError>>()?;
        runs.push((predicted, positions));
    }
    if options.blank_truth == BlankTruth::Taxon {
        if given.is_some() {
            let what = "a blank truth can be a class of its own only without --taxonomy".to_string();
            return Err(TableError::Invalid { path: table.path.clone(), what });
        }
        let blank = lineages.blank_taxon();
        let columns = runs.iter_mut().flat_map(|(_, positions)| positions).map(|column| &mut column.rows);
        for rows in columns.chain(std::iter::once(&mut truths)) {
            for number in rows.iter_mut().filter(|number| **number == BLANK) {
                *number = blank;
            }
        }
    }
    let (taxonomy, taxa, origin) = taxa_of(&lineages, given, table, options, &mut notes)?;
    let observations = roles.observation.as_ref().map(|column| Ok(images.first_texts(&table.text(column)?))).transpose()?;
    let builder = Assembly { images: &images, lineages: &lineages, taxa: &taxa, taxonomy: &taxonomy, truths: &truths, options };
    let runs = runs
        .into_iter()
        .map(|(predicted, positions)| Answers {
            notes: notes.clone(),
            observations: observations.clone(),
            ..builder.answers(predicted, &positions)
        })
        .collect();
    Ok(Tables { taxonomy, origin, runs })
}

/// The rows of one answer column: lineage numbers and scores.
struct Column {
    rows: Vec<Number>,
    scores: Option<Vec<Option<f64>>>,
}

/// Images in order of first appearance, and the rows of each.
struct Images {
    names: Vec<String>,
    /// Rows of image `i`: `rows[starts[i]..starts[i + 1]]`, in file order.
    starts: Vec<usize>,
    rows: Vec<usize>,
}

impl Images {
    fn of(table: &Table, roles: &Roles) -> Result<Images, TableError> {
        let height = table.height();
        let Some(column) = &roles.image else {
            let names = (1..=height).map(|row| format!("row {row}")).collect();
            return Ok(Images { names, starts: (0..=height).collect(), rows: (0..height).collect() });
        };
        let text = table.text(column)?;
        let blanks: Vec<String> =
            (1..=height).filter(|row| text.get(row - 1).is_none()).map(|row| format!("row {row}")).collect();
        let mut blank = blanks.iter();
        let mut known: PlHashMap<&str, usize> = PlHashMap::default();
        let (mut names, mut image_of_row) = (vec![], Vec::with_capacity(height));
        for cell in text.iter() {
            let cell = cell.or_else(|| blank.next().map(String::as_str)).unwrap_or_default();
            let image = *known.entry(cell).or_insert_with(|| {
                names.push(cell.to_string());
                names.len() - 1
            });
            image_of_row.push(image);
        }
        let mut starts = vec![0; names.len() + 1];
        for &image in &image_of_row {
            starts[image + 1] += 1;
        }
        for image in 0..names.len() {
            starts[image + 1] += starts[image];
        }
        let (mut next, mut rows) = (starts.clone(), vec![0; height]);
        for (row, &image) in image_of_row.iter().enumerate() {
            rows[next[image]] = row;
            next[image] += 1;
        }
        let images = Images { names, starts, rows };
        if !roles.long {
            images.refuse_duplicates(table)?;
        }
        Ok(images)
    }

    fn rows(&self, image: usize) -> &[usize] {
        &self.rows[self.starts[image]..self.starts[image + 1]]
    }

    fn refuse_duplicates(&self, table: &Table) -> Result<(), TableError> {
        let doubled: Vec<usize> = (0..self.names.len()).filter(|&image| self.rows(image).len() > 1).collect();
        if doubled.is_empty() {
            return Ok(());
        }
        let example = |&image: &usize| {
            let rows: Vec<String> = self.rows(image).iter().take(4).map(|row| (row + 2).to_string()).collect();
            format!("'{}' (lines {})", self.names[image], rows.join(", "))
        };
        let examples = doubled.iter().take(5).map(example).collect::<Vec<_>>().join(", ");
        Err(TableError::Duplicates { path: table.path.clone(), count: doubled.len(), examples })
    }

    fn one_truth_each(&self, table: &Table, rows: &[Number], lineages: &Lineages) -> Result<Vec<Number>, TableError> {
        (0..self.names.len())
            .map(|image| {
                let own = self.rows(image);
                let first = rows[own[0]];
                match own.iter().map(|&row| rows[row]).find(|&other| other != first) {
                    None => Ok(first),
                    Some(other) => {
                        let text = |number: Number| lineages.texts.get(number as usize).cloned().unwrap_or_default();
                        let (first, second) = (text(first), text(other));
                        Err(TableError::TwoTruths { path: table.path.clone(), image: self.names[image].clone(), first, second })
                    }
                }
            })
            .collect()
    }

    fn first_texts(&self, column: &StringChunked) -> Vec<String> {
        (0..self.names.len()).map(|image| column.get(self.rows(image)[0]).unwrap_or(&self.names[image]).to_string()).collect()
    }
}

/// Lineage numbers of the rows of a side.
fn numbers(
    table: &Table,
    side: &Side,
    style: &dyn Fn(Option<Rank>) -> Style,
    lineages: &mut Lineages,
    pattern: Option<&regex::Regex>,
) -> Result<Vec<Number>, TableError> {
    match side {
        Side::Names(column, rank) => {
            let (codes, style) = (Codes::of(&table.text(column)?), style(*rank));
            let number = |text: &String| match pattern {
                None => lineages.of_text(Some(text), &style),
                Some(pattern) => {
                    let inside = pattern.captures(text).and_then(|captures| captures.get(1));
                    lineages.of_text(inside.map(|inside| inside.as_str()), &style)
                }
            };
            let of_code: Vec<Number> = codes.texts.iter().map(number).collect();
            Ok(codes.rows.iter().map(|&code| if code == BLANK { BLANK } else { of_code[code as usize] }).collect())
        }
        Side::Ranks(ranks) => by_rank(table, ranks, lineages),
    }
}

/// Lineage numbers of rows whose ranks stand in columns of their own.
fn by_rank(table: &Table, ranks: &[(Rank, String)], lineages: &mut Lineages) -> Result<Vec<Number>, TableError> {
    let columns =
        ranks.par_iter().map(|(_, column)| Ok(Codes::of(&table.text(column)?))).collect::<Result<Vec<_>, TableError>>()?;
    let mut known: PlHashMap<Vec<u32>, Number> = PlHashMap::default();
    let mut rows = Vec::with_capacity(table.height());
    let mut codes = vec![0; columns.len()];
    for row in 0..table.height() {
        for (code, column) in codes.iter_mut().zip(&columns) {
            *code = column.rows[row];
        }
        if let Some(&number) = known.get(&codes) {
            rows.push(number);
            continue;
        }
        let cells = ranks.iter().zip(&columns).zip(&codes).filter(|(_, code)| **code != BLANK);
        let steps = steps(cells.map(|(((rank, _), column), &code)| (*rank, column.texts[code as usize].as_str())));
        let text = steps.last().map_or(String::new(), |(_, name)| name.clone());
        let number = if steps.is_empty() { BLANK } else { lineages.of_steps(steps, &text) };
        known.insert(codes.clone(), number);
        rows.push(number);
    }
    Ok(rows)
}

/// Distinct texts of a column and the number of each row's.
struct Codes {
    texts: Vec<String>,
    rows: Vec<u32>,
}

impl Codes {
    fn of(text: &StringChunked) -> Codes {
        let mut known: PlHashMap<&str, u32> = PlHashMap::default();
        let mut texts = vec![];
        let rows = text
            .iter()
            .map(|cell| {
                let Some(cell) = cell else { return BLANK };
                *known.entry(cell).or_insert_with(|| {
                    if name::is_missing(cell) {
                        return BLANK;
                    }
                    texts.push(cell.to_string());
                    u32::try_from(texts.len() - 1).unwrap_or(BLANK)
                })
            })
            .collect();
        Codes { texts, rows }
    }
}

fn steps<'a>(cells: impl Iterator<Item = (Rank, &'a str)>) -> Steps {
    let mut steps: Steps = vec![];
    for (rank, cell) in cells {
        let name = full_name(rank, name::normalise(strip_prefix(cell)), &steps);
        let no_genus = !steps.iter().any(|(rank, _)| *rank == Rank::Genus);
        if rank == Rank::Species
            && no_genus
            && let Some((genus, _)) = name.split_once(' ')
        {
            steps.push((Rank::Genus, genus.to_string()));
        }
        steps.push((rank, name));
    }
    steps
}

/// Truths of the images from a second table.
fn second_table(
    path: &Path,
    table: &Table,
    images: &Images,
    lineages: &mut Lineages,
    options: &TableOptions,
    notes: &mut Vec<String>,
) -> Result<Vec<Number>, TableError> {
    let truth_table = Table::read(path)?;
    let (image, side) = Roles::of_truths(&truth_table, options)?;
    let style = |rank| Style { separator: options.lineage_separator.clone(), rank };
    let rows = numbers(&truth_table, &side, &style, lineages, None)?;
    let names = truth_table.text(&image)?;
    let mut by_image: PlHashMap<&str, Number> = PlHashMap::default();
    for (name, &number) in names.iter().zip(&rows) {
        let Some(name) = name else { continue };
        if let Some(&other) = by_image.get(name).filter(|&&other| other != number) {
            let text = |number: Number| lineages.texts.get(number as usize).cloned().unwrap_or_default();
            let (first, second) = (text(other), text(number));
            return Err(TableError::TwoTruths { path: truth_table.path.clone(), image: name.to_string(), first, second });
        }
        by_image.insert(name, number);
    }
    let found = images.names.iter().filter(|name| by_image.contains_key(name.as_str())).count();
    if found == 0 {
        return Err(TableError::NothingJoined {
            path: table.path.clone(),
            truth: path.to_path_buf(),
            images: images.names.len(),
            example: images.names.first().cloned().unwrap_or_default(),
            other: names.iter().flatten().next().unwrap_or_default().to_string(),
        });
    }
    let unanswered = by_image.len() - found;
    if found < images.names.len() {
        notes.push(format!("{} of {} images have no row in {}", images.names.len() - found, images.names.len(), path.display()));
    }
    if unanswered > 0 {
        notes.push(format!("{unanswered} images of {} have no prediction and are not counted", path.display()));
    }
    Ok(images.names.iter().map(|name| by_image.get(name.as_str()).copied().unwrap_or(BLANK)).collect())
}

/// The taxon of each lineage number; `None` where the taxonomy holds none (or several).
fn taxa_of(
    lineages: &Lineages,
    given: Option<&Taxonomy>,
    table: &Table,
    options: &TableOptions,
    notes: &mut Vec<String>,
) -> Result<(Taxonomy, Vec<Option<TaxonId>>, Origin), TableError> {
    if let Some(taxonomy) = given {
        let taxa = lineages.texts.iter().zip(&lineages.steps).map(|(text, steps)| find(taxonomy, text, steps)).collect();
        return Ok((taxonomy.clone(), taxa, Origin::Given));
    }
    let clade = clade_steps(options.clade.as_deref());
    let mut builder = TaxonomyBuilder::lenient();
    let place = Place { file: table.path.display().to_string(), line: 0 };
    let handles: Vec<_> = lineages
        .steps
        .iter()
        .map(|steps| {
            let (first, _) = steps.first()?;
            let is_blank = steps[0].1 == BLANK_TAXON;
            let above = clade.iter().filter(|(rank, _)| rank < first && !is_blank);
            let lineage = above.chain(steps).map(|(rank, name)| (*rank, name.as_str()));
            Some(builder.add_lineage(lineage, &place))
        })
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().map_err(|problems| {
        let what = problems.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join("; ");
        TableError::Invalid { path: table.path.clone(), what: format!("its lineages are not a taxonomy: {what}") }
    })?;
    let origin = if lineages.above_genus { Origin::Lineages } else { Origin::Binomials };
    notes.push(match (origin, clade.is_empty()) {
        (Origin::Binomials, true) => {
            "The tree was built from the names in the table: it knows genus and species only, and nothing above.".to_string()
        }
        (Origin::Binomials, false) => {
            format!(
                "The tree was built from the names in the table, all of them put into {}.",
                options.clade.as_deref().unwrap_or_default()
            )
        }
        _ => "The tree was built from the lineages in the table.".to_string(),
    });
    let taxa = handles.into_iter().map(|handle| handle.map(|handle| numbers.id(handle))).collect();
    Ok((taxonomy, taxa, origin))
}

/// The steps of `--clade`, kingdom first.
fn clade_steps(clade: Option<&str>) -> Steps {
    let names = clade.unwrap_or_default().split([';', '|']).map(str::trim).filter(|name| !name.is_empty());
    names.zip(Rank::MAIN).map(|(name, rank)| (rank, name::normalise(strip_prefix(name)))).collect()
}

/// Finds a lineage: as a lineage where it has ranks above the genus, else by its text, else by its last name.
fn find(taxonomy: &Taxonomy, text: &str, steps: &Steps) -> Option<TaxonId> {
    let one = |found| if let Found::One(taxon) = found { Some(taxon) } else { None };
    if steps.first().is_some_and(|(rank, _)| *rank < Rank::Genus) {
        let names: Vec<&str> = steps.iter().map(|(_, name)| name.as_str()).collect();
        if let Some(taxon) = one(taxonomy.find(&names.join(";"))) {
            return Some(taxon);
        }
    }
    match taxonomy.find_or_species(text).0 {
        Found::One(taxon) => Some(taxon),
        Found::Several(_) => None,
        Found::Nothing => one(taxonomy.find_or_species(&steps.last()?.1).0),
    }
}

struct Assembly<'a> {
    images: &'a Images,
    lineages: &'a Lineages,
    taxa: &'a [Option<TaxonId>],
    taxonomy: &'a Taxonomy,
    truths: &'a [Number],
    options: &'a TableOptions,
}

impl Assembly<'_> {
    fn answers(&self, predicted: &Predicted, positions: &[Column]) -> Answers {
        let mut answers = Answers {
            name: predicted.name.clone(),
            images: self.images.names.clone(),
            count_outside_as_wrong: self.options.blank_truth == BlankTruth::Wrong,
            ..Answers::default()
        };
        for &number in self.truths {
            answers.truths.push(self.truth(number, &mut answers.outside_truths));
        }
        let mut doubtful = 0;
        for image in 0..self.images.names.len() {
            let ranked = self.ranked(image, positions, &mut doubtful);
            if let Some((Answer::Outside, _, number)) = ranked.first() {
                *answers.outside_answers.entry(self.lineages.texts[*number as usize].clone()).or_insert(0) += 1;
            }
            answers.ranked.push(ranked.into_iter().map(|(answer, score, _)| (answer, score)));
        }
        if doubtful > 0 {
            answers
                .notes
                .push(format!("{doubtful} scores are not between 0 and 1; they rank the answers and are used for nothing else"));
        }
        answers.summed = self.summed(&answers.ranked, doubtful);
        answers
    }

    fn truth(&self, number: Number, outside: &mut BTreeMap<String, usize>) -> Truth {
        if number == BLANK {
            return Truth::Missing;
        }
        if let Some(taxon) = self.taxa[number as usize] {
            Truth::Taxon(taxon)
        } else {
            *outside.entry(self.lineages.texts[number as usize].clone()).or_insert(0) += 1;
            Truth::Outside
        }
    }

    /// The answers to an image, best first: by score where rows are ranked answers, ties in file order.
    fn ranked(&self, image: usize, positions: &[Column], doubtful: &mut usize) -> Vec<(Answer, Option<f64>, Number)> {
        let mut ranked = vec![];
        for &row in self.images.rows(image) {
            for (position, column) in positions.iter().enumerate() {
                let number = column.rows[row];
                let score = column.scores.as_ref().and_then(|scores| scores[row]);
                *doubtful += usize::from(score.is_some_and(|score| !(0.0..=1.0 + 1e-9).contains(&score)));
                let answer = match number {
                    BLANK if position > 0 => continue,
                    BLANK => Answer::Nothing,
                    number => self.taxa[number as usize].map_or(Answer::Outside, Answer::Taxon),
                };
                ranked.push((answer, score, number));
            }
        }
        if self.images.rows(image).len() > 1 {
            ranked.sort_by(|a, b| b.1.unwrap_or(f64::NEG_INFINITY).total_cmp(&a.1.unwrap_or(f64::NEG_INFINITY)));
        }
        ranked
    }

    /// Sums per rank, where the listed answers hold (nearly) all of the probability of every image.
    fn summed(&self, ranked: &Ranked, doubtful: usize) -> [Option<Ranked>; 7] {
        const WHOLE: f64 = 0.999;
        let total = |image: usize| -> f64 {
            (0..ranked.answers(image).len()).filter_map(|position| ranked.probability(image, position)).sum()
        };
        let whole =
            doubtful == 0 && ranked.width() > 1 && (0..ranked.len()).all(|image| (WHOLE..=1.0 / WHOLE).contains(&total(image)));
        std::array::from_fn(|index| {
            whole.then(|| {
                let mut summed = Ranked::default();
                for image in 0..ranked.len() {
                    summed.push(self.sums(ranked, image, index));
                }
                summed
            })
        })
    }

    fn sums(&self, ranked: &Ranked, image: usize, index: usize) -> Vec<(Answer, Option<f64>)> {
        let mut sums: BTreeMap<TaxonId, f64> = BTreeMap::new();
        for (position, answer) in ranked.answers(image).iter().enumerate() {
            let (Answer::Taxon(taxon), Some(probability)) = (answer, ranked.probability(image, position)) else { continue };
            if let Some(ancestor) = self.taxonomy.main_ancestor(*taxon, index) {
                *sums.entry(ancestor).or_insert(0.0) += probability;
            }
        }
        let mut sums: Vec<(TaxonId, f64)> = sums.into_iter().collect();
        sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        sums.into_iter().map(|(taxon, sum)| (Answer::Taxon(taxon), Some(sum))).collect()
    }
}
