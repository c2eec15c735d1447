//! Tables of predictions in every shape, and the accuracies that others counted on theirs.

use crate::shared::shared;
use nearmiss::answers::{Answer, Answers, Truth};
use nearmiss::rank::Rank;
use nearmiss::table::{BlankTruth, Origin, TableOptions, Tables, read};
use nearmiss::taxonomy::Taxonomy;

fn table(name: &str, text: &str, options: &TableOptions) -> Result<Tables, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    read(&path, None, options).map_err(|error| error.to_string())
}

fn plain(name: &str, text: &str) -> Tables {
    table(name, text, &TableOptions::default()).unwrap()
}

/// Right answers at a rank among the images with a truth there; with `all`, blank truths count as wrong.
fn right(tables: &Tables, run: &Answers, rank: Rank) -> (usize, usize) {
    let (mut right, mut n) = (0, 0);
    for (image, truth) in run.truths.iter().enumerate() {
        let truth = match truth {
            Truth::Taxon(taxon) => tables.taxonomy.ancestor_at(*taxon, rank),
            _ if run.count_outside_as_wrong => None,
            _ => continue,
        };
        if truth.is_none() && !run.count_outside_as_wrong {
            continue;
        }
        n += 1;
        let best = tables.taxonomy.ancestor_at(run.ranked.best(image).taxon(), rank);
        right += usize::from(truth.is_some() && best == truth);
    }
    (right, n)
}

fn name_of(taxonomy: &Taxonomy, answer: Answer) -> String {
    match answer {
        Answer::Taxon(taxon) => taxonomy.name(taxon).to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn one_row_per_image_with_binomials() {
    let text = "image,truth,predicted\n\"a,1.jpg\",Felis catus L.,Felis_catus\nb.jpg,Felis silvestris,Puma concolor\nc.jpg,,Puma concolor\nd.jpg,Puma sp.,NA\n";
    let tables = plain("t.csv", text);
    let run = &tables.runs[0];
    assert_eq!(tables.origin, Origin::Binomials);
    assert_eq!(run.images, ["a,1.jpg", "b.jpg", "c.jpg", "d.jpg"]);
    assert_eq!(run.truths[2], Truth::Missing);
    assert_eq!(run.ranked.best(3), Answer::Nothing);
    let Truth::Taxon(genus) = run.truths[3] else { panic!("{:?}", run.truths[3]) };
    assert_eq!((tables.taxonomy.name(genus), tables.taxonomy.rank(genus)), ("Puma", Rank::Genus));
    assert_eq!(right(&tables, run, Rank::Species), (1, 2));
    assert_eq!(right(&tables, run, Rank::Genus), (1, 3));
}

#[test]
fn each_predicted_column_is_a_run() {
    let text = "photo;ScientificName;Pred_A;Pred_B;Pred_A_score\nx;Felis catus;Felis catus;Puma concolor;0.5\n";
    let tables = plain("t.txt", text);
    assert_eq!(tables.runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["Pred_A", "Pred_B"]);
    let one = TableOptions { predicted_columns: vec!["Pred_B".into()], ..TableOptions::default() };
    assert_eq!(table("t.csv", &text.replace(';', ","), &one).unwrap().runs.len(), 1);
}

#[test]
fn rank_columns_keep_homonyms_apart() {
    let text = "image\ttruth_kingdom\ttruth_genus\ttruth_species\tpredicted_kingdom\tpredicted_genus\tpredicted_species\n\
                a\tAnimalia\tOenanthe\tOenanthe oenanthe\tPlantae\tOenanthe\tcrocata\n";
    let tables = plain("t.tsv", text);
    assert_eq!(right(&tables, &tables.runs[0], Rank::Genus), (0, 1), "a bird is no plant");
    assert_eq!(name_of(&tables.taxonomy, tables.runs[0].ranked.best(0)), "Oenanthe crocata");
}

#[test]
fn long_tables_are_ranked_by_score() {
    let text = "image,truth,label,score\na,Felis catus,Puma concolor,0.3\na,Felis catus,Felis catus,0.6\na,Felis catus,Felis silvestris,0.1\n\
                b,Felis catus,Puma concolor,20%\nb,Felis catus,Felis catus,20%\nb,Felis catus,Felis silvestris,60%\n";
    let options = TableOptions { predicted_columns: vec!["label".into()], ..TableOptions::default() };
    let tables = table("t.csv", text, &options).unwrap();
    let run = &tables.runs[0];
    let names: Vec<String> = run.ranked.answers(0).iter().map(|&answer| name_of(&tables.taxonomy, answer)).collect();
    assert_eq!(names, ["Felis catus", "Puma concolor", "Felis silvestris"]);
    assert_eq!(run.ranked.probability(1, 0), Some(0.6));
    // The three answers hold the whole distribution: genera can be summed. b: Felis .2 + .6.
    let genera = run.summed[Rank::Genus.main_index().unwrap()].as_ref().unwrap();
    assert_eq!(name_of(&tables.taxonomy, genera.best(1)), "Felis");
    assert!((genera.probability(1, 0).unwrap() - 0.8).abs() < 1e-12);
}

#[test]
fn sums_of_a_truncated_distribution_are_not_made_up() {
    let text = "image,truth,label,score\na,Felis catus,Puma concolor,0.3\na,Felis catus,Felis catus,0.2\n";
    let options = TableOptions { predicted_columns: vec!["label".into()], ..TableOptions::default() };
    assert!(table("t.csv", text, &options).unwrap().runs[0].summed.iter().all(Option::is_none));
}

#[test]
fn ranked_answers_may_stand_beside_each_other() {
    let text = "roi_id,true_species,pred1_species,pred1_conf,pred2_species,pred2_conf\nr0,Adonis microcarpa,Papaver alpinum L.,0.7,Adonis microcarpa DC.,0.1\n";
    let tables = plain("t.csv", text);
    let run = &tables.runs[0];
    assert_eq!(run.ranked.answers(0).len(), 2);
    assert_eq!(run.truths[0], Truth::Taxon(run.ranked.answers(0)[1].taxon()));
}

#[test]
fn pybioclip_answers_are_joined_to_a_second_table() {
    let folder = tempfile::tempdir().unwrap();
    let predictions = folder.path().join("p.csv");
    let truth = folder.path().join("t.csv");
    let text = "file_name,kingdom,phylum,class,order,family,genus,species_epithet,species,common_name,score\n\
                a.jpg,Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,catus,Felis catus,Cat,0.5\n\
                a.jpg,Animalia,Chordata,Mammalia,Carnivora,Felidae,Puma,concolor,Puma concolor,Cougar,0.4\n";
    std::fs::write(&predictions, text).unwrap();
    std::fs::write(&truth, "image,label\na.jpg,Puma concolor\nz.jpg,Felis catus\n").unwrap();
    let options = TableOptions { truth_file: Some(truth.clone()), ..TableOptions::default() };
    let tables = read(&predictions, None, &options).unwrap();
    assert_eq!(tables.origin, Origin::Lineages);
    assert_eq!(tables.runs[0].ranked.answers(0).len(), 2);
    assert!(tables.runs[0].notes.iter().any(|note| note.starts_with("1 images of")), "{:?}", tables.runs[0].notes);
    std::fs::write(&truth, "image,label\nq.jpg,Puma concolor\n").unwrap();
    assert!(read(&predictions, None, &options).unwrap_err().to_string().contains("none of its 1 images occurs in"));
}

#[test]
fn what_is_not_clear_is_refused() {
    let wrong = |text: &str, options: &TableOptions| table("t.csv", text, options).unwrap_err();
    let none = TableOptions::default();
    assert!(wrong("image,a,b\nx,Felis catus,Felis catus\n", &none).contains("--predicted-column"));
    assert!(wrong("image,x,predicted\nx,Felis catus,Felis catus\n", &none).contains("--truth-column"));
    let message = wrong(
        "image,truth,predicted\na,Felis catus,Felis catus\nb,Felis catus,Felis catus\na,Felis catus,Puma concolor\n",
        &none,
    );
    assert!(message.contains("1 images occur more than once, for example 'a' (lines 2, 4)"), "{message}");
    let typo = TableOptions { truth_column: Some("thruth".into()), ..TableOptions::default() };
    assert!(wrong("image,truth,predicted\na,Felis catus,Felis catus\n", &typo).contains("no column 'thruth'; nearest: 'truth'"));
    assert!(wrong("image,truth,predicted\n", &none).contains("no rows"));
    let long = "image,truth,predicted,score\na,Felis catus,Felis catus,0.5\na,Puma concolor,Felis catus,0.5\n";
    assert!(wrong(long, &none).contains("image 'a' has two truths, 'Felis catus' and 'Puma concolor'"));
}

#[test]
fn json_with_options_to_choose_from_is_understood() {
    let text = r#"{"model": "m", "results": [
        {"observation_id": 7, "options": ["Felis catus", "Puma concolor"], "correct_answer": 1, "predicted_answer": 0},
        {"observation_id": 8, "options": ["Felis catus", "Puma concolor"], "correct_answer": 0, "predicted_answer": null}]}"#;
    let tables = plain("r.json", text);
    let run = &tables.runs[0];
    assert_eq!(run.images, ["7", "8"]);
    assert_eq!(name_of(&tables.taxonomy, run.ranked.best(0)), "Felis catus");
    assert_eq!(run.ranked.best(1), Answer::Nothing);
}

fn share((right, n): (usize, usize)) -> String {
    format!("{:.4}", 100.0 * right as f64 / n as f64)
}

fn real(path: &str, options: &TableOptions) -> Option<Tables> {
    Some(read(&shared(path)?, None, options).unwrap())
}

#[test]
fn bioclip_on_beetles_as_counted_by_its_authors() {
    let none = TableOptions::default();
    let Some(tables) = real("real/preds_beetleverse/puum_bioclip_zeroshot_species.csv", &none) else { return };
    assert_eq!(right(&tables, &tables.runs[0], Rank::Species), (381, 1622));
    assert_eq!(share(right(&tables, &tables.runs[0], Rank::Genus)), "55.4254");
    // One true genus is blank; the authors counted it as wrong.
    let unknown = |blank_truth| TableOptions { blank_truth, ..TableOptions::default() };
    let tables = real("real/preds_beetleverse/puum_bioclip_zeroshot_genus.csv", &unknown(BlankTruth::Wrong)).unwrap();
    assert_eq!(right(&tables, &tables.runs[0], Rank::Genus), (653, 1622));
    let tables = real(
        "real/preds_beetleverse/puum_bioclip_openended_genus.csv",
        &TableOptions {
            predicted_columns: vec!["PredGenus".into()],
            truth_column: Some("Genus".into()),
            blank_truth: BlankTruth::Wrong,
            ..TableOptions::default()
        },
    )
    .unwrap();
    assert_eq!(right(&tables, &tables.runs[0], Rank::Genus), (212, 1622));
    let file = "real/preds_beetleverse/allcarabids_bioclip_zeroshot_species_first20000.csv";
    let tables = real(file, &unknown(BlankTruth::Wrong)).unwrap();
    assert_eq!(
        (share(right(&tables, &tables.runs[0], Rank::Species)), share(right(&tables, &tables.runs[0], Rank::Genus))),
        ("5.8550".into(), "25.7300".into())
    );
    let tables = real(file, &unknown(BlankTruth::LeaveOut)).unwrap();
    assert_eq!(
        (share(right(&tables, &tables.runs[0], Rank::Species)), share(right(&tables, &tables.runs[0], Rank::Genus))),
        ("6.8963".into(), "30.3062".into())
    );
}

#[test]
fn the_published_probe_accuracies_of_beetles() {
    let options = TableOptions { blank_truth: BlankTruth::Taxon, ..TableOptions::default() };
    let Some(folder) = shared("real/preds_beetleverse") else { return };
    let mut checked = 0;
    for name in ["bpz_BioCLIP", "bpz_CLIP", "bpz_SigLIP", "bpz_ViLT", "bpz_DINOv2", "puum_BioCLIP", "puum_CLIP"] {
        for (rank, word) in [(Rank::Species, "species"), (Rank::Genus, "genus")] {
            let path = folder.join(format!("{name}_{word}.csv"));
            let published = folder.join(format!("{name}_{word}_metrics.csv"));
            let Ok(published) = std::fs::read_to_string(published) else { continue };
            let tables = read(&path, None, &options).unwrap();
            let lines: Vec<Vec<&str>> = published.lines().map(|line| line.split(',').collect()).collect();
            let column = lines[0].iter().position(|cell| *cell == "Accuracy").unwrap();
            assert_eq!(tables.runs.len(), lines.len() - 1, "{name} {word}");
            for (run, line) in tables.runs.iter().zip(&lines[1..]) {
                let same = exact(run);
                let accuracy: f64 = line[column].parse().unwrap();
                assert!((same - accuracy).abs() < 1e-12, "{name} {word} {}: {same} and not {accuracy} at {rank}", run.name);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 88);
}

/// Share of images whose answer is the very truth, as label accuracy counts it.
fn exact(run: &Answers) -> f64 {
    let same = run.truths.iter().enumerate().filter(|&(image, truth)| match truth {
        Truth::Taxon(taxon) => run.ranked.best(image) == Answer::Taxon(*taxon),
        _ => false,
    });
    same.count() as f64 / run.images.len() as f64
}

#[test]
fn the_lineages_of_an_open_ended_answer() {
    let options = TableOptions {
        predicted_columns: vec!["Predictions".into()],
        truth_column: Some("Genus".into()),
        clade: Some("Animalia;Arthropoda;Insecta;Coleoptera;Carabidae".into()),
        ..TableOptions::default()
    };
    let Some(tables) = real("real/preds_beetleverse/puum_bioclip_openended_genus.csv", &options) else { return };
    // The true genus of one image is blank, so n is 1621; of 1622 these are 99.94, 99.63, 98.46 and 13.07 %.
    let counts = [Rank::Class, Rank::Order, Rank::Family, Rank::Genus].map(|rank| right(&tables, &tables.runs[0], rank));
    assert_eq!(counts, [(1620, 1621), (1615, 1621), (1596, 1621), (212, 1621)]);
}

#[test]
fn answers_of_language_models_about_fish() {
    let options = TableOptions {
        predicted_pattern: Some(regex::Regex::new(r"[A-D]\)\s*(.+?)\.?\s*$").unwrap()),
        blank_truth: BlankTruth::Wrong,
        ..TableOptions::default()
    };
    let Some(tables) = real("real/preds_vlm4bio/fish_llava15_selection_1034.jsonl", &options) else { return };
    let run = &tables.runs[0];
    assert_eq!(run.images.len(), 1034);
    // Some of the names stop at the genus: the published count is of answers that are the very truth.
    assert_eq!(format!("{:.4}", 100.0 * exact(run)), "36.7505");
    // 413 (39.94 %) where both names have two words, and the genus-only 'Scomberoides', which is right too.
    assert_eq!(right(&tables, run, Rank::Genus), (414, 1034));
    assert_eq!((0..1034).filter(|&image| run.ranked.best(image) == Answer::Nothing).count(), 32);
}

#[test]
fn answers_of_language_models_about_field_photographs() {
    let files = [
        ("CohereLabs_command_a_vision_07_2025", 30, 38),
        ("gemini_3_pro_preview", 0, 0),
        ("gpt_4_1_2025_04_14", 51, 57),
        ("gpt_5_nano", 47, 52),
        ("grok_4", 49, 53),
        ("o3_2025_04_16", 45, 52),
    ];
    for (model, species, genus) in files {
        let path = format!("real/preds_specid_eval/results_{model}.json");
        let Some(tables) = real(&path, &TableOptions::default()) else { return };
        let run = &tables.runs[0];
        let found = (right(&tables, run, Rank::Species), right(&tables, run, Rank::Genus));
        assert_eq!(found.0, (species, 100), "{model}");
        assert_eq!(found.1.0, genus, "{model}");
    }
}

#[test]
fn flowers_in_the_field() {
    let column = |name: &str| TableOptions { predicted_columns: vec![name.into()], ..TableOptions::default() };
    let path = "real/preds_plantnet_field/13_per_image_comparison.csv";
    let Some(whole) = real(path, &column("full_image_pred")) else { return };
    assert_eq!(right(&whole, &whole.runs[0], Rank::Species), (28, 69));
    let cropped = real(path, &column("roi_pred")).unwrap();
    assert_eq!(share(right(&cropped, &cropped.runs[0], Rank::Species)), "60.8696");
}

#[test]
fn over_and_under_classified_fungi() {
    for (file, expected) in
        [("rdp_0.5", [414, 202, 318, 165]), ("rdp_1.0", [334, 704, 43, 18]), ("blast_0.001", [251, 209, 409, 230])]
    {
        let Some(truth) = shared("real/preds_taxcredit_dna/F1-REF-iter0_truth.tsv") else { return };
        let path = shared(&format!("real/preds_taxcredit_dna/F1-REF-iter0_{file}.tsv")).unwrap();
        let tables = read(&path, None, &TableOptions { truth_file: Some(truth), ..TableOptions::default() }).unwrap();
        let run = &tables.runs[0];
        let mut counts = [0; 4];
        for (image, truth) in run.truths.iter().enumerate() {
            let Truth::Taxon(truth) = *truth else { panic!("{file} {image}") };
            let answer = run.ranked.best(image).taxon();
            let kind = if answer == truth {
                0
            } else if tables.taxonomy.contains(answer, truth) {
                1
            } else if tables.taxonomy.contains(truth, answer) {
                2
            } else {
                3
            };
            counts[kind] += 1;
        }
        assert_eq!(counts, expected, "{file}: exact, under, over, wrong");
    }
}
