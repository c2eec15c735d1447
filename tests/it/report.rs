//! The report folder: files, columns, sums, and what it refuses.

use crate::eight_species::{answers, taxonomy, tree};
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::report::{Contents, Overwrite, ReportError, ReportOptions, Source, csv, write_report};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::rank::Rank;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn eight() -> (Taxonomy, Vec<(Answers, Scores)>) {
    let (taxonomy, species) = taxonomy();
    let mut answers = answers(&taxonomy, &species);
    // A ninth image without a truth, a tenth that is unreadable.
    answers.images.extend(["ninth.jpg".to_string(), "tenth.jpg".to_string()]);
    answers.truths.extend([Truth::Missing, Truth::Taxon(species[0])]);
    answers.unreadable = BTreeMap::from([(9, "truncated".to_string())]);
    answers.ranked.push([(Answer::Taxon(species[1]), Some(0.5))]);
    answers.ranked.push([]);
    for summed in answers.summed.iter_mut().flatten() {
        summed.push([]);
        summed.push([]);
    }
    let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
    (taxonomy, vec![(answers, scores)])
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    ::csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn header(text: &str) -> Vec<&str> {
    text.lines().next().unwrap().split(',').collect()
}

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    entries.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_string()).collect()
}

#[test]
fn a_report_has_its_files_and_nothing_else_beside_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("out/report");
    let (taxonomy, runs) = eight();
    let paths = write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();
    let mut expected = vec![
        ".nearmiss.json",
        "confusions.csv",
        "index.html",
        "metrics.json",
        "mistakes.csv",
        "ranks.csv",
        "report.md",
        "taxa.csv",
    ];
    if cfg!(feature = "plots") {
        expected.extend(["figures/accuracy_per_rank.svg", "figures/error_depth.svg"]);
        expected.extend(["figures/confusion_matrix.svg", "figures/icicle.svg"]);
    }
    let expected: BTreeSet<_> = expected.into_iter().map(str::to_string).collect();
    assert_eq!(files(&folder), expected);
    assert_eq!(paths.len() + 1, expected.len(), "the list of files is no file of the report");
    assert_eq!(fs::read_dir(parent.path().join("out")).unwrap().count(), 1);
}

#[test]
fn the_tables_agree_with_the_scores_and_with_each_other() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let (taxonomy, runs) = eight();
    write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();

    let ranks = read(&folder, "ranks.csv");
    assert_eq!(header(&ranks), csv::rank_columns());
    // Top-1 by path and sum .5, Wilson for 4 of 8: z² = 3.8414588, half = z √(.25/8 + z²/256) / (1 + z²/8)
    // = 1.95996398 × .21507137 / 1.48018235 = .28478394; all truths are in the top 5; chance 1/8.
    let species = "species,8,0.5,0.215216";
    assert!(ranks.lines().last().unwrap().starts_with(species), "{ranks}");
    let rows = table(&ranks);
    let genus = &rows[5];
    assert_eq!((genus["rank"].as_str(), genus["path_top1"].as_str(), genus["chance"].as_str()), ("genus", "0.625", "0.1875"));

    let metrics: serde_json::Value = serde_json::from_str(&read(&folder, "metrics.json")).unwrap();
    let accounting = &metrics["accounting"];
    let count = |key: &str| accounting[key].as_u64().unwrap();
    let parts = ["scored", "unreadable", "without_truth", "outside_taxonomy", "not_a_candidate"].map(count);
    assert_eq!((count("images"), parts), (10, [8, 1, 1, 0, 0]));
    assert_eq!(metrics["ranks"].as_array().unwrap().len(), rows.len());
    assert_eq!(metrics["ranks"][6]["path_top1"], 0.5);
    let histogram = metrics["how_wrong"]["lca_histogram"].as_object().unwrap();
    assert_eq!(
        histogram.keys().collect::<Vec<_>>(),
        ["right", "species", "genus", "family", "order", "class", "phylum", "kingdom", "root"]
    );
    assert_eq!(histogram.values().filter_map(serde_json::Value::as_u64).sum::<u64>(), count("scored"));

    let mistakes = read(&folder, "mistakes.csv");
    assert_eq!(header(&mistakes), csv::MISTAKES);
    let rows = table(&mistakes);
    assert_eq!(rows.len() as u64, metrics["how_wrong"]["mistakes"].as_u64().unwrap());
    // The worst first: a bird for a plant of the same genus name.
    assert_eq!(rows[0]["truth"], "Plantae;Tracheophyta;Magnoliopsida;Apiales;Apiaceae;Oenanthe;Oenanthe crocata");
    let worst = ["image", "truth_name", "predicted_name", "lca", "lca_rank", "height", "stopped_above", "probability"]
        .map(|key| rows[0][key].as_str());
    assert_eq!(worst, ["image_6.jpg", "Oenanthe crocata", "Oenanthe oenanthe", "root", "root", "7", "false", "0.4"]);

    let confusions = read(&folder, "confusions.csv");
    assert_eq!(header(&confusions), csv::CONFUSIONS);
    let counts = table(&confusions).iter().map(|row| row["count"].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(counts, 4);

    let taxa = read(&folder, "taxa.csv");
    assert_eq!(header(&taxa), csv::taxon_columns());
    let rows = table(&taxa);
    let species_images =
        rows.iter().filter(|row| row["rank"] == "species").map(|row| row["n"].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(species_images, 8);
    let crocata = rows.iter().find(|row| row["name"] == "Oenanthe crocata").unwrap();
    let cells =
        ["n", "recall", "precision", "f1", "confused_with_name", "confused_count", "lca_rank"].map(|key| crocata[key].as_str());
    assert_eq!(cells, ["1", "0", "", "0", "Oenanthe oenanthe", "1", "root"]);
}

#[cfg(feature = "plots")]
#[test]
fn figures_of_several_runs_are_numbered_and_the_old_ones_go() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let (taxonomy, mut runs) = eight();
    let (_, other) = eight();
    runs.extend(other);
    write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();
    assert!(folder.join("figures/icicle-2.svg").is_file() && !folder.join("figures/icicle.svg").exists());
    runs.pop();
    write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();
    assert!(folder.join("figures/icicle.svg").is_file() && !folder.join("figures/icicle-2.svg").exists());
    // Truths 0 0 2 4 5 6 7 3, answers 0 1 0 4 4 0 7 3: taxa 3, 4 and 7 are wholly right and full
    // blue, taxon 0 is half right and lighter. The legend has the fourth square.
    let matrix = read(&folder, "figures/confusion_matrix.svg");
    assert_eq!(matrix.matches("opacity=\"1\" fill=\"#0072B2\"").count(), 1 + 3, "{matrix}");
    let icicle = read(&folder, "figures/icicle.svg");
    for name in ["Oenanthe", "Felis", "kingdom", "species"] {
        assert!(icicle.contains(name), "{name}");
    }
    // Right is blue in every figure, what is acceptable amber, what is wrong vermillion.
    let depth = read(&folder, "figures/error_depth.svg");
    assert!(
        ["#0072B2", "#E69F00", "#D55E00"].iter().all(|color| depth.contains(*color)) && !depth.contains("#009E73"),
        "{depth}"
    );
}

#[cfg(feature = "plots")]
#[test]
fn figures_have_short_names_and_text_that_can_be_read() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let (taxonomy, runs) = eight();
    write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();
    for name in ["accuracy_per_rank", "confusion_matrix", "error_depth", "icicle"] {
        let svg = read(&folder, &format!("figures/{name}.svg"));
        let label = svg.strip_prefix("<svg role=\"img\" aria-label=\"").and_then(|rest| rest.split('"').next());
        assert!(label.is_some_and(|label| (5..80).contains(&label.len())), "{name}: {label:?}");
        let numbers = |attribute: &str| -> Vec<f64> {
            let before = format!(" {attribute}=\"");
            let values = svg.split(before.as_str()).skip(1);
            values.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
        };
        assert!(numbers("font-size").iter().all(|size| *size >= 11.0), "{name}");
        // As wide as a page shows it.
        assert!(numbers("width")[0] <= 800.0 && svg.contains(" viewBox=\"0 0 "), "{name}");
    }
}

#[test]
fn the_page_stands_alone_and_says_the_verdict() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let (taxonomy, mut runs) = eight();
    runs[0].1.notes.push("A note of <the reader>.".to_string());
    let sources = [Source { path: "answers.csv".to_string(), sha256: "ab".repeat(32) }];
    let options =
        ReportOptions { command_line: Some("nearmiss report answers.csv"), sources: &sources, ..ReportOptions::default() };
    write_report(&folder, &taxonomy, &runs, &options).unwrap();
    let (page, markdown) = (read(&folder, "index.html"), read(&folder, "report.md"));
    let verdict = "Of 8\u{a0}images scored, 50.0\u{a0}% are right to species and 62.5\u{a0}% to genus; \
                   the 4 mistakes are on average 4.2 rungs away, 2.1 over all images (genus is 1, family 2, the root 7).";
    assert!(page.contains(verdict) && markdown.contains(verdict), "{markdown}");
    // The only addresses of the document are names of the SVG language; nothing is loaded from anywhere, and the page says so.
    let (document, data) = page.split_once("<script type=\"application/json\" id=\"nearmiss-data\">").unwrap();
    assert_eq!(document.matches("http").count(), document.matches("xmlns=\"http://www.w3.org/2000/svg\"").count() + 1);
    assert!(document.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-"));
    assert_eq!((document.matches("<script").count(), data.matches("<script").count()), (0, 1));
    assert!(!page.contains("<link") && !page.contains("<script src"));
    assert!(page.contains("A note of &lt;the reader&gt;.") && page.contains(&sources[0].sha256));
    assert!(page.contains("hP, hR and hF, pooled or averaged, are one number"));
    assert_eq!(page.matches("<svg ").count(), if cfg!(feature = "plots") { 4 } else { 0 });
    for metric in nearmiss::scores::metric::all() {
        assert!(page.contains(metric.name), "{}", metric.name);
    }
}

#[test]
fn several_runs_share_one_folder_and_a_run_column() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let (taxonomy, mut runs) = eight();
    let (mut other, _) = runs[0].clone();
    other.name = "second".to_string();
    let scores = Scores::of(&taxonomy, &other, &ScoreOptions::default());
    runs.push((other, scores));
    write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();
    let ranks = table(&read(&folder, "ranks.csv"));
    assert_eq!((ranks.len(), ranks[0]["run"].as_str(), ranks[7]["run"].as_str()), (14, "eight species", "second"));
    for name in ["taxa.csv", "mistakes.csv", "confusions.csv"] {
        assert_eq!(header(&read(&folder, name))[0], "run");
    }
    let metrics: serde_json::Value = serde_json::from_str(&read(&folder, "metrics.json")).unwrap();
    assert_eq!(metrics["runs"][1]["run"], "second");
    assert_eq!(metrics["runs"][1]["how_wrong"]["mistakes"], 4);
    assert!(read(&folder, "index.html").contains("Side by side"));
}

#[test]
fn a_report_replaces_an_earlier_one_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("report");
    let (taxonomy, runs) = eight();
    write_report(&folder, &taxonomy, &runs, &ReportOptions::default()).unwrap();
    fs::write(folder.join("my notes.txt"), "keep").unwrap();
    // A list that was tampered with leads nowhere else.
    let list = read(&folder, ".nearmiss.json").replace("\"index.html\"", "\"index.html\", \"../thesis.tex\"");
    fs::write(folder.join(".nearmiss.json"), list).unwrap();
    fs::write(parent.path().join("thesis.tex"), "precious").unwrap();
    let tables = ReportOptions { contents: Contents::Tables, ..ReportOptions::default() };
    write_report(&folder, &taxonomy, &runs, &tables).unwrap();
    let left = [".nearmiss.json", "confusions.csv", "metrics.json", "mistakes.csv", "my notes.txt", "ranks.csv", "taxa.csv"];
    assert_eq!(files(&folder), left.into_iter().map(str::to_string).collect());
}

#[test]
fn a_folder_with_other_files_is_refused_unless_forced() {
    let parent = tempfile::tempdir().unwrap();
    let (taxonomy, runs) = eight();
    fs::write(parent.path().join("thesis.tex"), "precious").unwrap();
    let error = write_report(parent.path(), &taxonomy, &runs, &ReportOptions::default()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("is not empty") && message.contains("'thesis.tex'") && message.contains("--force"), "{message}");
    assert_eq!(files(parent.path()).len(), 1);
    let forced = ReportOptions { overwrite: Overwrite::Anything, contents: Contents::Tables, ..ReportOptions::default() };
    write_report(parent.path(), &taxonomy, &runs, &forced).unwrap();
    assert_eq!(read(parent.path(), "thesis.tex"), "precious");

    let file = parent.path().join("thesis.tex");
    let error = write_report(&file, &taxonomy, &runs, &ReportOptions::default()).unwrap_err();
    assert!(matches!(error, ReportError::NotAFolder { .. }), "{error}");
    assert!(matches!(write_report(&file, &taxonomy, &[], &ReportOptions::default()), Err(ReportError::NoRun)));
}

#[test]
fn the_same_scores_give_the_same_bytes_on_any_number_of_threads() {
    let parent = tempfile::tempdir().unwrap();
    let (taxonomy, runs) = eight();
    let write = |name: &str, threads: usize| {
        let folder = parent.path().join(name);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let scores = Scores::of(&taxonomy, &runs[0].0, &ScoreOptions::default());
            write_report(&folder, &taxonomy, &[(runs[0].0.clone(), scores)], &ReportOptions::default()).unwrap();
        });
        files(&folder).iter().map(|file| read(&folder, file)).collect::<Vec<_>>()
    };
    assert_eq!(write("one", 1), write("five", 5));
}

#[test]
fn worst_mistakes_show_their_photographs_where_they_are_found() {
    let parent = tempfile::tempdir().unwrap();
    let photographs = parent.path().join("photographs");
    fs::create_dir(&photographs).unwrap();
    fs::write(photographs.join("image_6.jpg"), [0xff, 0xd8, 0xff, 0xe0]).unwrap();
    fs::write(photographs.join("image_5.jpg"), "no picture").unwrap();
    let (taxonomy, runs) = eight();
    let folder = parent.path().join("report");
    let options = ReportOptions { photographs: Some(&photographs), ..ReportOptions::default() };
    write_report(&folder, &taxonomy, &runs, &options).unwrap();
    let page = read(&folder, "index.html");
    assert_eq!(page.matches("<img ").count(), 1);
    assert!(page.contains("data:image/jpeg;base64,/9j/4A=="));
    let thumbnail = |path: &Path, _: u32| path.ends_with("image_5.jpg").then(|| vec![0x89, b'P', b'N', b'G']);
    let options = ReportOptions { thumbnail: Some(&thumbnail), ..options };
    write_report(&folder, &taxonomy, &runs, &options).unwrap();
    assert!(read(&folder, "index.html").contains("data:image/png;base64,iVBORw=="));
}

#[test]
fn runs_with_little_to_say_still_have_a_report() {
    let parent = tempfile::tempdir().unwrap();
    let (taxonomy, taxa) =
        tree(&[vec![(Rank::Unranked, "A"), (Rank::Unranked, "B")], vec![(Rank::Unranked, "A"), (Rank::Unranked, "C")]]);
    let mut ranked = Ranked::default();
    ranked.push([(Answer::Taxon(taxa[1]), None)]);
    let unranked = Answers {
        name: "unranked".to_string(),
        images: vec!["a".to_string()],
        truths: vec![Truth::Taxon(taxa[0])],
        ranked,
        ..Answers::default()
    };
    let empty = Answers { name: "empty".to_string(), ..Answers::default() };
    for answers in [unranked, empty] {
        let name = answers.name.clone();
        let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
        let folder = parent.path().join(&name);
        write_report(&folder, &taxonomy, &[(answers, scores)], &ReportOptions::default()).unwrap();
        let text = ["index.html", "report.md", "ranks.csv", "taxa.csv", "mistakes.csv", "confusions.csv"]
            // The script of the page may say it.
            .map(|file| read(&folder, file).split("<script").next().unwrap_or_default().to_string())
            .concat();
        assert!(!text.contains("NaN") && !text.contains("inf,"), "{name}");
    }
    let page = read(&parent.path().join("unranked"), "index.html");
    assert!(page.contains("the one mistake is 1.0 edges away"));
    assert!(read(&parent.path().join("empty"), "index.html").contains("None of 0\u{a0}images could be scored."));
}
