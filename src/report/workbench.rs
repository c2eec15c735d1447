//! The data of the workbench: what `page/src/format.ts` describes, as JSON that may stand in a script element, and files
//! beside the page that hold further images and the pictures.
//!
//! Columns are packed one after the other and files written one by one: however many images there are, little is held at
//! once besides the scores.

mod column;
mod format;
mod words;
mod taxa;
mod order;
mod ranks;
mod run;
mod pictures;
mod images;
mod map;
mod nearest;
mod comparison;
mod page;
#[cfg(test)]
mod unpacked;

pub(super) use page::Setting;

use super::error::ReportError;
use super::folder::Draft;
use super::options::ReportOptions;
use crate::answers::Answers;
use crate::scores::compare::runs::ComparedRuns;
use crate::scores::image_scores::ImageScores;
use crate::scores::mistakes::Mistake;
use crate::scores::{ScoreOptions, Scores};
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use format::{Kind, RunNumbers};
use images::ImageTable;
use order::PART;
use page::{Further, Page, PageRun};
use ranks::Answerable;
use rayon::prelude::*;
use run::{Rows, ShownRun};

/// The data of the page of a report, whose images are those of its first run. What lies beside the page is written into the
/// draft: pictures, and the images that the page has no room for.
///
/// # Errors
///
/// [`ReportError::NoRun`] without runs; [`ReportError::File`] if a file cannot be written.
pub(super) fn of_report(
    draft: &Draft,
    taxonomy: &Taxonomy,
    runs: &[(Answers, Scores)],
    options: &ReportOptions<'_>,
) -> Result<String, ReportError> {
    in_parts(draft, taxonomy, runs, options, order::part(runs.len()))
}

/// [`of_report`], with so many images in the page and in each file beside it.
fn in_parts(
    draft: &Draft,
    taxonomy: &Taxonomy,
    runs: &[(Answers, Scores)],
    options: &ReportOptions<'_>,
    part: usize,
) -> Result<String, ReportError> {
    let (answers, scores) = runs.first().ok_or(ReportError::NoRun)?;
    let classes = ranks::of_runs(runs);
    let ranks: Vec<Rank> = classes.keys().copied().collect();
    let mut shown = vec![];
    for (of, scores) in runs {
        let steps = scores.whole.as_ref().ok().map(|whole| &whole.steps);
        let rows = Rows::by_name(&answers.images, &of.images);
        let run = ShownRun { taxonomy, answers: of, scores: &scores.images, steps, rows };
        shown.push(PageRun { name: &scores.name, numbers: RunNumbers::of(&ranks, of, scores), shown: run });
    }
    let setting = Setting {
        language: options.language,
        noun: options.noun,
        command_line: options.command_line,
        sources: options.sources,
        taxonomy_source: options.taxonomy_source,
        photographs: options.photographs(),
    };
    let order = order::of_answers(answers, scores);
    let mut images = ImageTable::of_answers(answers, &scores.images);
    let chosen = pictures::of_run(&order, &shown[0].shown);
    images.pictures = pictures::write((draft, ""), &setting.photographs, images.names, &chosen)?;
    let page = Page {
        kind: Kind::Report,
        title: title(runs, options),
        taxonomy,
        taxa: page::met(taxonomy, &images, &order, &shown),
        images,
        order,
        runs: shown,
        ranks,
        rows: classes.into_iter().map(|(rank, classes)| ranks::row(rank, classes)).collect(),
        yellow_from: scores.flags.as_ref().map_or(Rank::Genus, |flags| flags.yellow_from),
        part,
        setting,
    };
    let map = options.latent.map(|(embeddings, latent)| page.map(embeddings, latent)).transpose();
    let map = map.map_err(|error| draft.failed("index.html", error))?.flatten();
    page.write(draft, "", Further { map, verdicts: page.verdicts(options.judged.first()), ..Further::default() })
}

fn title(runs: &[(Answers, Scores)], options: &ReportOptions<'_>) -> String {
    match (options.title, runs) {
        (Some(title), _) => title.to_string(),
        (None, [(_, only)]) => format!("How wrong is {}?", only.name),
        (None, several) => format!("How wrong are these {} runs?", several.len()),
    }
}

/// The data of the page of a comparison, whose images are those that all runs score.
///
/// # Errors
///
/// As [`of_report`].
pub(super) fn of_comparison(draft: &Draft, compared: &ComparedRuns, setting: Setting<'_>) -> Result<String, ReportError> {
    let ComparedRuns { comparison, runs, rows, .. } = compared;
    let taxonomy = &*compared.taxonomy;
    let (Some(answers), Some(rows_of_first)) = (runs.first(), rows.first()) else { return Err(ReportError::NoRun) };
    let options = ScoreOptions { unreachable: compared.unreachable, ..ScoreOptions::default() };
    let judged: Vec<(ImageScores, Vec<Mistake>)> =
        runs.par_iter().map(|answers| ImageScores::of_answers(taxonomy, answers, &options)).collect();
    let ranks = ranks::of_comparison(comparison);
    let mut shown = vec![];
    for (place, (answers, (scores, _))) in runs.iter().zip(&judged).enumerate() {
        let run = ShownRun { taxonomy, answers, scores, steps: None, rows: Rows::Paired(&rows[place]) };
        let numbers = RunNumbers::of_compared(&ranks, answers, comparison, place);
        shown.push(PageRun { name: &comparison.runs[place], numbers, shown: run });
    }
    let order = order::of_compared(compared, &judged[0].1);
    let mut images = ImageTable::of_compared(compared, answers, rows_of_first);
    let chosen = pictures::of_run(&order, &shown[0].shown);
    images.pictures = pictures::write((draft, ""), &setting.photographs, images.names, &chosen)?;
    let taxa = page::met(taxonomy, &images, &order, &shown);
    let candidates = page::candidates(&shown);
    let classes = |rank: &Rank| {
        let classes = taxa.classes(taxonomy, *rank, candidates);
        ranks::row(*rank, Answerable { classes, decided: classes <= 1 })
    };
    let further = Further { compare: Some(comparison::pairs(compared, &taxa)), ..Further::default() };
    let page = Page {
        kind: Kind::Compare,
        title: match &comparison.runs[..] {
            [one, other] => format!("{one} against {other}"),
            several => format!("{} runs compared", several.len()),
        },
        taxonomy,
        rows: ranks.iter().map(classes).collect(),
        taxa,
        images,
        order,
        runs: shown,
        ranks,
        yellow_from: options.acceptable.rank,
        part: order::part(runs.len()),
        setting,
    };
    page.write(draft, "", further)
}

/// The data of the page of a latent space, whose images are its points, and whose one run answers what the nearest point is;
/// `below` is the folder of the page in the draft: nothing, or a name and `/`.
///
/// # Errors
///
/// As [`of_report`].
pub(super) fn of_latent(
    (draft, below): (&Draft, &str),
    embeddings: &Embeddings,
    latent: &Latent,
    setting: Setting<'_>,
) -> Result<String, ReportError> {
    let taxonomy = &embeddings.taxonomy;
    let answers = nearest::answers(embeddings, latent);
    let scores = Scores::of(taxonomy, &answers, &ScoreOptions::default());
    let runs = [(answers, scores)];
    let (answers, scores) = &runs[0];
    let classes = ranks::of_runs(&runs);
    let ranks: Vec<Rank> = classes.keys().copied().collect();
    let order = order::of_run(&scores.mistakes, &scores.images.judgements);
    let mut images = ImageTable::of_points(embeddings);
    let chosen = pictures::of_points(images.names, latent);
    images.pictures = pictures::write((draft, below), &setting.photographs, images.names, &chosen)?;
    let mut rows = vec![None; order.len()];
    order.iter().zip(0_u32..).for_each(|(&point, row)| rows[point] = Some(row));
    let map = map::columns(latent, |point| rows.get(point).copied().flatten());
    let map = map.map_err(|error| draft.failed(&format!("{below}index.html"), error))?;
    let shown = ShownRun { taxonomy, answers, scores: &scores.images, steps: None, rows: Rows::Same };
    let shown = vec![PageRun { name: &scores.name, numbers: RunNumbers::of(&ranks, answers, scores), shown }];
    let page = Page {
        kind: Kind::Latent,
        title: "The latent space against the taxonomy".to_string(),
        taxonomy,
        taxa: page::met(taxonomy, &images, &order, &shown),
        images,
        order,
        runs: shown,
        ranks,
        rows: classes.into_iter().map(|(rank, classes)| ranks::row(rank, classes)).collect(),
        yellow_from: scores.flags.as_ref().map_or(Rank::Genus, |flags| flags.yellow_from),
        part: PART,
        setting,
    };
    page.write(draft, below, Further { map, ..Further::default() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::{Answer, Grouping, Ranked, Truth};
    use crate::report::Overwrite;
    use crate::scores::compare::runs::Comparing;
    use crate::spaces::latent::{LatentOptions, measure};
    use crate::taxonomy::TaxonId;
    use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};
    use serde_json::Value;
    use std::collections::BTreeMap;
    use std::path::Path;

    const HOSTILE: &str = "</script><script>alert(1)</script>";
    const SPECIES: [[&str; 7]; 4] = [
        ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis catus"],
        ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", HOSTILE],
        ["Animalia", "Chordata", "Aves", "Passeriformes", "Turdidae", "Turdus", "Turdus merula"],
        ["Plantae", "Tracheophyta", "Magnoliopsida", "Apiales", "Apiaceae", "Daucus", "Daucus carota"],
    ];
    /// The truth and the probabilities of each image; the last truth is unknown.
    const IMAGES: [(usize, [f64; 4]); 8] = [
        (0, [0.625, 0.25, 0.0625, 0.0625]),
        (0, [0.25, 0.5, 0.125, 0.125]),
        (1, [0.125, 0.625, 0.125, 0.125]),
        (2, [0.125, 0.25, 0.5, 0.125]),
        (2, [0.5, 0.125, 0.25, 0.125]),
        (3, [0.0625, 0.0625, 0.125, 0.75]),
        (3, [0.5, 0.125, 0.125, 0.25]),
        (4, [0.25, 0.5, 0.125, 0.125]),
    ];

    fn run() -> (Taxonomy, Answers) {
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "test".into(), line: 0 };
        let handles = SPECIES.map(|names| builder.add_lineage(Rank::MAIN.into_iter().zip(names), &place));
        let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
        let species: Vec<TaxonId> = handles.into_iter().map(|handle| numbers.id(handle)).collect();
        let mut ranked = Ranked::default();
        let mut summed: [Ranked; 7] = std::array::from_fn(|_| Ranked::default());
        for (_, probabilities) in IMAGES {
            let labels: Vec<(TaxonId, f64)> = species.iter().copied().zip(probabilities).collect();
            ranked.push(labels.iter().map(|&(taxon, probability)| (Answer::Taxon(taxon), Some(probability))));
            for (index, summed) in summed.iter_mut().enumerate() {
                let mut sums: BTreeMap<TaxonId, f64> = BTreeMap::new();
                for &(taxon, probability) in &labels {
                    *sums.entry(taxonomy.main_ancestor(taxon, index).unwrap()).or_default() += probability;
                }
                summed.push(sums.into_iter().map(|(taxon, sum)| (Answer::Taxon(taxon), Some(sum))));
            }
        }
        let answers = Answers {
            name: HOSTILE.to_string(),
            images: (0..IMAGES.len()).map(|image| format!("{image}{HOSTILE}.jpg")).collect(),
            truths: IMAGES
                .iter()
                .map(|(truth, _)| species.get(*truth).map_or(Truth::Missing, |taxon| Truth::Taxon(*taxon)))
                .collect(),
            ranked,
            summed: summed.map(Some),
            candidates: Some(species),
            groups: vec![Grouping {
                name: "<site>".to_string(),
                values: [HOSTILE, "b"].repeat(4).into_iter().map(String::from).collect(),
            }],
            ..Answers::default()
        };
        (taxonomy, answers)
    }

    /// The data of a page, and what lies beside it.
    fn written(make: impl FnOnce(&Draft) -> Result<String, ReportError>) -> (Value, Vec<(String, String)>) {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("report");
        let draft = Draft::beside(&output, Overwrite::Anything).unwrap();
        let data = make(&draft).unwrap();
        assert!(!data.contains('<'));
        let read =
            |path: &Path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap());
        let files = draft.publish().unwrap().iter().map(|path| read(path)).collect();
        (serde_json::from_str(&data).unwrap(), files)
    }

    /// How often each number stands in a column.
    fn counted(column: &Value) -> BTreeMap<Option<u32>, u64> {
        let mut counts = BTreeMap::new();
        for number in unpacked::numbers(column) {
            *counts.entry(number).or_default() += 1;
        }
        counts
    }

    #[test]
    fn columns_add_up_to_what_the_report_says() {
        let (taxonomy, answers) = run();
        let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
        let runs = [(answers, scores)];
        let (page, files) = written(|draft| of_report(draft, &taxonomy, &runs, &ReportOptions::default()));
        let (answers, scores) = &runs[0];
        assert_eq!(page["kind"], "report");
        assert_eq!((files.len(), page["images"]["total"].as_u64()), (0, Some(8)));
        let names = unpacked::texts(&page["images"]["name"]);
        assert_eq!(names[0], answers.images[scores.mistakes[0].image]);
        let run = &page["runs"][0];
        assert_eq!(run["name"], HOSTILE);
        let (counts_at, right_at) = (unpacked::numbers(&run["counts_at"]), unpacked::numbers(&run["right_at"]));
        for (bit, rank) in page["ranks"].as_array().unwrap().iter().enumerate() {
            let row = scores.rank(Rank::parse(rank["name"].as_str().unwrap()).unwrap()).unwrap();
            let set = |column: &[Option<u32>]| column.iter().filter(|bits| bits.unwrap() >> bit & 1 == 1).count() as u64;
            let whole = &run["whole"][bit];
            assert_eq!((whole["n"].as_u64(), whole["right"].as_u64()), (Some(row.n), Some(set(&right_at))));
            assert_eq!((set(&counts_at), whole["chance"].as_f64()), (row.n, row.chance));
            assert_eq!(whole["low"].as_f64(), row.intervals.low("path_top1"));
            assert_eq!(rank["classes"].as_u64(), Some(row.classes));
            // Every image has one, that without a truth as well.
            let summed = unpacked::numbers(&run["summed"][bit]["taxon"]);
            assert_eq!(summed.iter().filter(|taxon| taxon.is_some()).count(), 8);
        }
        let causes = serde_json::to_value(scores.causes).unwrap();
        let found = counted(&run["cause"]);
        for (place, cause) in page["causes"].as_array().unwrap().iter().enumerate() {
            let count = found.get(&u32::try_from(place).ok()).copied().unwrap_or(0);
            assert_eq!(causes[cause.as_str().unwrap()].as_u64(), Some(count), "{cause}");
        }
        let flags = scores.flags.as_ref().unwrap();
        let expected = [(Some(0), flags.green), (Some(1), flags.yellow), (Some(2), flags.red), (None, 1)];
        assert_eq!(counted(&run["flag"]), BTreeMap::from(expected));
        let heights: u32 = unpacked::numbers(&run["height"]).into_iter().flatten().sum();
        assert_eq!(Some(f64::from(heights) / 7.0), scores.how_wrong.mean_height);
        assert_eq!(unpacked::floats(&run["probability"]).iter().flatten().count(), 8);
        // The image without a truth has no steps, the others fall from the root to a species.
        let starts = unpacked::numbers(&run["steps"]["starts"]);
        let thresholds = unpacked::floats(&run["steps"]["threshold"]);
        assert_eq!((starts.len(), starts[7], starts[8]), (9, starts[8], u32::try_from(thresholds.len()).ok()));
        let of_first = starts[0].unwrap() as usize..starts[1].unwrap() as usize;
        assert!(thresholds[of_first].windows(2).all(|pair| pair[0] > pair[1]));
        assert_eq!(unpacked::texts(&page["taxa"]["name"])[0], "");
        assert!(unpacked::texts(&page["taxa"]["name"]).contains(&HOSTILE.to_string()));
        assert_eq!(unpacked::words(&page["images"]["groups"][0]).iter().filter(|site| *site == HOSTILE).count(), 4);
    }

    #[test]
    fn images_that_the_page_has_no_room_for_lie_beside_it() {
        let (taxonomy, answers) = run();
        let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
        // The second run has the images in another order, and not all of them.
        let other = Answers { name: "other".to_string(), ..answers.select(&[6, 5, 4, 3, 2, 1]) };
        let other_scores = Scores::of(&taxonomy, &other, &ScoreOptions::default());
        let runs = vec![(answers, scores), (other, other_scores)];
        let (whole, _) = written(|draft| of_report(draft, &taxonomy, &runs, &ReportOptions::default()));
        let (page, files) = written(|draft| in_parts(draft, &taxonomy, &runs, &ReportOptions::default(), 3));
        assert_eq!((page["images"]["count"].as_u64(), page["images"]["total"].as_u64()), (Some(3), Some(8)));
        let parts = serde_json::json!([{ "file": "data/part-0.js", "count": 3 }, { "file": "data/part-1.js", "count": 2 }]);
        assert_eq!(page["images"]["parts"], parts);
        let mut tables = vec![(page["images"].clone(), page["runs"].clone())];
        for (place, (name, text)) in files.iter().enumerate() {
            assert_eq!(*name, format!("part-{place}.js"));
            assert!(!text.contains('<'));
            let arguments = text.strip_prefix(&format!("nearmissPart({place},")).unwrap().strip_suffix(");\n").unwrap();
            let both: Value = serde_json::from_str(&format!("[{arguments}]")).unwrap();
            assert_eq!(both[0]["groups"][0]["values"], serde_json::json!([]));
            tables.push((both[0].clone(), both[1].clone()));
        }
        let names: Vec<String> = tables.iter().flat_map(|(images, _)| unpacked::texts(&images["name"])).collect();
        assert_eq!(names, unpacked::texts(&whole["images"]["name"]));
        for (run, column) in [(0_usize, "right_at"), (0, "lca"), (1, "right_at"), (1, "lca"), (1, "cause")] {
            let joined: Vec<_> = tables.iter().flat_map(|(_, runs)| unpacked::numbers(&runs[run][column])).collect();
            assert_eq!(joined, unpacked::numbers(&whole["runs"][run][column]), "{run} {column}");
        }
        // The two images that it does not have.
        assert_eq!(counted(&whole["runs"][1]["cause"])[&None], 2);
    }

    #[test]
    fn compared_runs_stand_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("two.csv");
        let rows = "image,truth,one,other\n1,Felis catus,Felis catus,Lynx lynx\n2,Lynx lynx,Lynx lynx,Lynx lynx\n3,,Lynx lynx,Lynx lynx\n4,Lynx lynx,Felis catus,Felis catus\n";
        std::fs::write(&table, rows).unwrap();
        let mut comparing = Comparing::of(vec![table]);
        comparing.table.predicted_columns = vec!["one".to_string(), "other".to_string()];
        let compared = comparing.run().unwrap();
        let (page, _) =
            written(|draft| of_comparison(draft, &compared, Setting { command_line: Some("x"), ..Setting::default() }));
        for (field, expected) in [("kind", "compare"), ("title", "one against other"), ("command_line", "x")] {
            assert_eq!(page[field], expected);
        }
        // The third is scored by no run.
        assert_eq!(unpacked::texts(&page["images"]["name"]), ["4", "1", "2"]);
        let right = |run: usize| unpacked::numbers(&page["runs"][run]["outcome"]);
        assert_eq!((right(0), right(1)), ([1, 0, 0].map(Some).to_vec(), [1, 1, 0].map(Some).to_vec()));
        for (run, expected) in [(0_usize, 2), (1, 1)] {
            let numbers = &page["runs"][run];
            assert_eq!((numbers["scored"].as_u64(), numbers["mistakes"].as_u64()), (Some(3), Some(3 - expected)));
            let species = page["ranks"].as_array().unwrap().iter().position(|rank| rank["name"] == "species").unwrap();
            assert_eq!(numbers["whole"][species]["right"].as_u64(), Some(expected));
        }
        let pair = &page["compare"]["pairs"][0];
        assert_eq!((pair["first"].as_u64(), pair["second"].as_u64()), (Some(0), Some(1)));
        let only: u64 = pair["clades"].as_array().unwrap().iter().map(|clade| clade["only_first"].as_u64().unwrap()).sum();
        assert_eq!(only, 1);
        assert!(page["runs"][0]["steps"].is_null() && page["map"].is_null());
    }

    #[test]
    fn a_space_has_points_and_the_run_of_their_nearest() {
        let (taxonomy, answers) = run();
        let taxa = answers.truths.iter().map(|truth| if let Truth::Taxon(taxon) = truth { Some(*taxon) } else { None }).collect();
        let embeddings = Embeddings {
            values: IMAGES.iter().flat_map(|(_, values)| *values).collect(),
            width: 4,
            names: answers.images,
            taxa,
            observations: vec![String::new(); 8],
            taxonomy,
            labels: None,
            notes: vec![],
        };
        let latent = measure(&embeddings, &LatentOptions { ks: vec![1], map: false, ..LatentOptions::default() });
        let (page, _) = written(|draft| of_latent((draft, "a/"), &embeddings, &latent, Setting::default()));
        assert_eq!(page["kind"], "latent");
        assert_eq!((page["runs"].as_array().map(Vec::len), &page["runs"][0]["name"]), (Some(1), &"nearest neighbour".into()));
        let rows: Vec<usize> =
            unpacked::numbers(&page["map"]["image"]).into_iter().map(|row| usize::try_from(row.unwrap()).unwrap()).collect();
        let shown = unpacked::texts(&page["images"]["name"]);
        assert!(rows.iter().zip(&embeddings.names).all(|(&row, name)| shown[row] == *name), "{rows:?}");
        let states = unpacked::numbers(&page["images"]["truth_state"]);
        assert_eq!((states[rows[7]], states[rows[0]]), (Some(1), Some(0)));
        // A point without a taxon is no mistake, and is not scored.
        assert_eq!(page["runs"][0]["scored"].as_u64(), Some(7));
        assert_eq!(page["map"]["maps"][0]["kind"], "pca");
    }
}
