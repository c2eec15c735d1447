//! The accuracies of other people's real predictions, as published or as recounted from the files.
//!
//! Needs the folder `shared/real` beside the checkout (or `NEARMISS_SHARED`); says so when it is absent.

#![expect(clippy::unwrap_used, reason = "tests")]

use crate::shared::shared;
use nearmiss::answers::table::{Built, MissingTruth, TableOptions, Tables, read_tables};
use nearmiss::answers::{Answer, Answers, Truth};
use nearmiss::taxonomy::name;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use regex::Regex;
use std::path::{Path, PathBuf};

fn real(file: &str) -> Option<PathBuf> {
    shared(&format!("real/{file}"))
}

fn read(file: &str, options: &TableOptions) -> Option<Tables<'static>> {
    let path = real(file)?;
    let tables = read_tables(&path, None, options).unwrap_or_else(|error| panic!("{error}"));
    for run in &tables.runs {
        assert_eq!(run.images.len(), run.truths.len());
        assert_eq!(run.images.len(), run.ranked.len());
    }
    Some(tables)
}

fn carabidae() -> TableOptions {
    TableOptions { clade: Some("Animalia;Arthropoda;Insecta;Coleoptera;Carabidae".to_string()), ..TableOptions::default() }
}

/// Right answers at a rank, and the images with a truth at it (all, where blank truths count as wrong).
fn right_at(taxonomy: &Taxonomy, run: &Answers, rank: Rank) -> (usize, usize) {
    let mut counts = (0, 0);
    for (image, truth) in run.truths.iter().enumerate() {
        let truth = match truth {
            Truth::Taxon(truth) => taxonomy.ancestor_at(*truth, rank),
            Truth::Missing | Truth::Outside => None,
        };
        let Some(truth) = truth else {
            counts.1 += usize::from(run.count_outside_as_wrong);
            continue;
        };
        counts.1 += 1;
        let answer = taxonomy.ancestor_at(run.ranked.best(image).taxon(), rank);
        counts.0 += usize::from(answer == Some(truth));
    }
    counts
}

/// Answers that are exactly the truth, among all images.
fn exactly_right(run: &Answers) -> (usize, usize) {
    let right = |image: &usize| matches!((run.truths[*image], run.ranked.best(*image)), (Truth::Taxon(truth), Answer::Taxon(answer)) if truth == answer);
    ((0..run.images.len()).filter(right).count(), run.images.len())
}

fn percent((right, all): (usize, usize), digits: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of images")]
    let percent = 100.0 * right as f64 / all as f64;
    format!("{percent:.digits$}")
}

#[test]
fn bioclip_on_hawaiian_beetles_by_species() {
    let Some(tables) = read("preds_beetleverse/puum_bioclip_zeroshot_species.csv", &carabidae()) else { return };
    assert_eq!(tables.built, Built::Binomials { clade: true });
    let run = &tables.runs[0];
    assert_eq!(tables.runs.len(), 1);
    assert_eq!(right_at(&tables.taxonomy, run, Rank::Species), (381, 1622));
    assert_eq!(percent(right_at(&tables.taxonomy, run, Rank::Species), 4), "23.4895");
    assert_eq!(percent(right_at(&tables.taxonomy, run, Rank::Genus), 2), "55.43");
    assert_eq!(right_at(&tables.taxonomy, run, Rank::Family), (1622, 1622));
}

#[test]
fn bioclip_on_hawaiian_beetles_by_genus() {
    let Some(tables) = read("preds_beetleverse/puum_bioclip_zeroshot_genus.csv", &TableOptions::default()) else { return };
    let counts = right_at(&tables.taxonomy, &tables.runs[0], Rank::Genus);
    assert_eq!((counts, percent(counts, 4)), ((653, 1622), "40.2589".to_string()));
    assert_eq!(right_at(&tables.taxonomy, &tables.runs[0], Rank::Species), (0, 0), "the classifier was asked for genera");
}

#[test]
fn bioclip_open_ended_on_beetles_at_every_rank() {
    let Some(tables) = read("preds_beetleverse/puum_bioclip_openended_genus.csv", &carabidae()) else { return };
    assert_eq!(tables.built, Built::Lineages);
    let names: Vec<&str> = tables.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["Predictions", "PredGenus"]);
    for run in &tables.runs {
        let expected = [(Rank::Class, "99.94"), (Rank::Order, "99.63"), (Rank::Family, "98.46"), (Rank::Genus, "13.07")];
        for (rank, figure) in expected {
            let counts = right_at(&tables.taxonomy, run, rank);
            assert_eq!((counts.1, percent(counts, 2).as_str()), (1622, figure), "{rank} of {}", run.name);
        }
        assert_eq!(right_at(&tables.taxonomy, run, Rank::Genus).0, 212);
    }
    let scores: Vec<f64> = (0..1622).filter_map(|image| tables.runs[0].ranked.probability(image, 0)).collect();
    let least = scores.iter().copied().fold(f64::MAX, f64::min);
    let most = scores.iter().copied().fold(f64::MIN, f64::max);
    assert_eq!((scores.len(), format!("{least:.3} {most:.3}")), (1622, "0.084 0.973".to_string()));
}

#[test]
fn bioclip_on_all_carabids_with_and_without_unknown_truths() {
    let file = "preds_beetleverse/allcarabids_bioclip_zeroshot_species_first20000.csv";
    let wrong = TableOptions { missing_truth: MissingTruth::Wrong, ..carabidae() };
    let (Some(left_out), Some(wrong)) = (read(file, &carabidae()), read(file, &wrong)) else { return };
    let figures = |tables: &Tables| {
        let [species, genus] = [Rank::Species, Rank::Genus].map(|rank| right_at(&tables.taxonomy, &tables.runs[0], rank));
        (species.1, percent(species, 3), percent(genus, 2))
    };
    assert_eq!(figures(&wrong), (20000, "5.855".to_string(), "25.73".to_string()));
    assert_eq!(figures(&left_out), (16980, "6.896".to_string(), "30.31".to_string()));
    assert_eq!(left_out.runs[0].truths.iter().filter(|truth| **truth == Truth::Missing).count(), 3020);
}

/// Every accuracy that the authors of `BeetleVerse` published for classifiers on embeddings.
#[test]
fn all_published_accuracies_on_beetle_embeddings() {
    let Some(folder) = real("preds_beetleverse") else { return };
    let mut published = 0;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for metrics in files.iter().filter(|file| file.to_string_lossy().ends_with("_metrics.csv")) {
        let table = metrics.to_string_lossy().replace("_metrics.csv", ".csv");
        let options = TableOptions { missing_truth: MissingTruth::Taxon, ..TableOptions::default() };
        let tables = read_tables(Path::new(&table), None, &options).unwrap();
        let mut rows = csv::Reader::from_path(metrics).unwrap();
        let column = rows.headers().unwrap().iter().position(|name| name == "Accuracy").unwrap();
        let accuracies: Vec<f64> = rows.records().map(|row| row.unwrap()[column].parse().unwrap()).collect();
        assert_eq!(accuracies.len(), tables.runs.len(), "{table}");
        for (run, accuracy) in tables.runs.iter().zip(accuracies) {
            let (right, all) = exactly_right(run);
            #[expect(clippy::cast_precision_loss, reason = "counts of images")]
            let own = right as f64 / all as f64;
            assert!((own - accuracy).abs() < 2e-16, "{table} {}: {own} is not {accuracy}", run.name);
            published += 1;
        }
    }
    assert_eq!(published, 8 * 11);
}

#[test]
fn a_language_model_choosing_among_four_fishes() {
    let options = TableOptions {
        predicted_pattern: Some(Regex::new(r"[A-D]\)\s*(.+?)\.?\s*$").unwrap()),
        missing_truth: MissingTruth::Wrong,
        ..TableOptions::default()
    };
    let Some(tables) = read("preds_vlm4bio/fish_llava15_selection_1034.jsonl", &options) else { return };
    let run = &tables.runs[0];
    assert_eq!(percent(exactly_right(run), 2), "36.75");
    assert_eq!(run.outside_answers.values().sum::<usize>(), 32, "{:?}", run.outside_answers);
    // The recorded 39.94 % (413) leaves out the one right answer that is a genus alone
    // ("Scomberoides" where the truth is "Scomberoides"); with it there are 414.
    let genus = right_at(&tables.taxonomy, run, Rank::Genus);
    assert_eq!(genus.0, 414);
    let genus_alone = (0..run.images.len()).filter(|&image| {
        matches!(run.truths[image], Truth::Taxon(truth)
            if tables.taxonomy.rank(truth) == Rank::Genus && run.ranked.best(image) == Answer::Taxon(truth))
    });
    assert_eq!(genus_alone.count(), 1);
    assert_eq!(percent((genus.0 - 1, 1034), 2), "39.94");
}

#[test]
fn six_language_models_on_options_of_related_species() {
    let expected = [
        ("CohereLabs_command_a_vision_07_2025", "30.00", "38.00"),
        ("gemini_3_pro_preview", "0.00", "0.00"),
        ("gpt_4_1_2025_04_14", "51.00", "57.00"),
        ("gpt_5_nano", "47.00", "52.00"),
        ("grok_4", "49.00", "53.00"),
        ("o3_2025_04_16", "45.00", "52.00"),
    ];
    for (model, species, genus) in expected {
        let Some(tables) = read(&format!("preds_specid_eval/results_{model}.json"), &TableOptions::default()) else { return };
        let figures = [Rank::Species, Rank::Genus].map(|rank| right_at(&tables.taxonomy, &tables.runs[0], rank));
        assert_eq!(figures.map(|counts| counts.1), [100, 100], "{model}");
        assert_eq!(figures.map(|counts| percent(counts, 2)), [species, genus], "{model}");
    }
}

#[test]
fn plants_whole_and_cropped() {
    let Some(tables) = read("preds_plantnet_field/13_per_image_comparison.csv", &TableOptions::default()) else { return };
    let names: Vec<&str> = tables.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["full_image_pred", "roi_pred"]);
    assert_eq!(right_at(&tables.taxonomy, &tables.runs[0], Rank::Species), (28, 69));
    let cropped = right_at(&tables.taxonomy, &tables.runs[1], Rank::Species);
    assert_eq!(percent(cropped, 2), "60.87");
    assert_eq!(tables.runs[1].ranked.probability(0, 0), Some(0.7064));
}

#[test]
fn plants_top_five_with_a_truth_table() {
    let Some(truth) = real("preds_plantnet_field/09_validated_ground_truth.csv") else { return };
    let options = TableOptions { truth_file: Some(truth.into()), ..TableOptions::default() };
    let Some(tables) = read("preds_plantnet_field/06_classification_results.csv", &options) else { return };
    assert_eq!(tables.runs.len(), 1, "{:?}", tables.runs.iter().map(|run| &run.name).collect::<Vec<_>>());
    assert_eq!((tables.runs[0].images.len(), tables.runs[0].ranked.width()), (421, 5));
    assert_eq!(tables.runs[0].ranked.probability(0, 1), Some(0.1012));
}

/// Exact, under-, over- and misclassified, as the authors of tax-credit define them.
fn dna_counts(classifier: &str) -> Option<[usize; 4]> {
    let truth = real("preds_taxcredit_dna/F1-REF-iter0_truth.tsv")?;
    let options = TableOptions { truth_file: Some(truth.into()), ..TableOptions::default() };
    let tables = read(&format!("preds_taxcredit_dna/F1-REF-iter0_{classifier}.tsv"), &options)?;
    assert_eq!((tables.built, tables.runs[0].images.len()), (Built::Lineages, 1099));
    let mut counts = [0; 4];
    for (image, truth) in tables.runs[0].truths.iter().enumerate() {
        let Truth::Taxon(truth) = *truth else { panic!("{image} has no truth") };
        let answer: TaxonId = tables.runs[0].ranked.best(image).taxon();
        let kind = match (answer == truth, tables.taxonomy.contains(answer, truth), tables.taxonomy.contains(truth, answer)) {
            (true, ..) => 0,
            (_, true, _) => 1,
            (.., true) => 2,
            _ => 3,
        };
        counts[kind] += 1;
    }
    Some(counts)
}

#[test]
fn dna_classifiers_answer_at_every_depth() {
    let expected = [
        ("rdp_0.5", [414, 202, 318, 165]),
        ("rdp_1.0", [334, 704, 43, 18]),
        ("blast_0.001", [251, 209, 409, 230]),
        ("rdp_0.0", [267, 0, 533, 299]),
        ("nb_bespoke_0.7", [360, 234, 334, 171]),
        ("uclust_0.76_0.9_3", [348, 639, 76, 36]),
    ];
    for (classifier, counts) in expected {
        let Some(found) = dna_counts(classifier) else { return };
        assert_eq!(found, counts, "{classifier}");
    }
}

#[test]
fn marine_crops_have_no_truth_and_the_message_says_what_to_do() {
    for file in ["bioclip2_predictions.csv", "bioclip1_predictions_sample.csv"] {
        let Some(path) = real(&format!("preds_biolit/{file}")) else { return };
        let message = read_tables(&path, None, &TableOptions::default()).unwrap_err().to_string();
        assert!(message.contains("--truth-column") && message.contains("--truth") && message.contains("'image'"), "{message}");
    }
}

#[test]
fn marine_answers_stop_at_any_rank() {
    let Some(path) = real("preds_biolit/bioclip2_predictions.csv") else { return };
    // The file has no truth: one is made up. Three of its 123 species are subspecies of Codium fragile.
    let mut truth = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(
        &mut truth,
        b"image,truth\n105118_Botrylle_de_San_Diego_1831_starfish_0.51.jpg,Botrylloides diegensis\n",
    )
    .unwrap();
    let options = TableOptions {
        truth_file: Some(truth.path().to_path_buf().into()),
        predicted_columns: vec!["best_label".to_string()],
        score_column: Some("best_score".to_string()),
        ..TableOptions::default()
    };
    let tables = read_tables(&path, None, &options).unwrap();
    let run = &tables.runs[0];
    let mut ranks = std::collections::BTreeMap::new();
    for image in 0..run.images.len() {
        let answer = run.ranked.best(image).taxon();
        *ranks.entry(tables.taxonomy.rank(answer).name()).or_insert(0) += 1;
    }
    let expected =
        [("class", 21), ("family", 35), ("kingdom", 23), ("order", 11), ("phylum", 23), ("species", 120), ("subspecies", 3)];
    assert_eq!(ranks.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(run.ranked.probability(0, 0), Some(0.67), "67%");
    assert_eq!(exactly_right(run).0, 1);
}

#[test]
fn speciesnet_lists_five_lineages_per_photograph() {
    let mut truth = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut truth, b"filepath,truth\nafrican_elephants.jpg,Loxodonta africana\nbear.jpg,Ursus arctos\n")
        .unwrap();
    let options = TableOptions { truth_file: Some(truth.path().to_path_buf().into()), ..TableOptions::default() };
    let Some(tables) = read("preds_speciesnet_samples/output_classifier.json", &options) else { return };
    let run = &tables.runs[0];
    assert_eq!((run.images.len(), run.ranked.width()), (2, 5));
    assert_eq!(right_at(&tables.taxonomy, run, Rank::Species), (1, 2));
    assert_eq!(right_at(&tables.taxonomy, run, Rank::Genus), (2, 2));
    let bears = run.ranked.answers(1)[2].taxon();
    assert_eq!((tables.taxonomy.rank(bears), tables.taxonomy.name(bears)), (Rank::Family, "Ursidae"));
    assert_eq!(tables.taxonomy.lineage_string(bears, ";"), "Mammalia;Carnivora;Ursidae");
}

#[test]
fn parquet_written_by_spark_is_read() {
    let Some(path) = real("emb_tol200m_bioclip2/example_1k.parquet") else { return };
    let message = read_tables(&path, None, &TableOptions::default()).unwrap_err().to_string();
    assert!(message.contains("'kingdom'") && message.contains("no column"), "{message}");
    assert!(name::is_missing("NA"));
}
