//! What every block of a report agrees on: who counts, what is answered, how ties are resolved.

use nearmiss::answers::Answers;
use nearmiss::answers::table::{MissingTruth, TableOptions, read_tables};
use nearmiss::report::{Contents, ReportOptions, write_report};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::rank::Rank;
use serde_json::Value;

/// Scores of a table, with the blocks of `metrics.json` as a report writes them.
pub(crate) struct Scored {
    pub(crate) scores: Scores,
    pub(crate) json: Value,
}

impl Scored {
    fn number(&self, pointer: &str) -> f64 {
        self.json.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no number at {pointer}: {:#}", self.json))
    }

    fn notes(&self) -> String {
        self.scores.notes.join("\n")
    }
}

pub(crate) fn score_with(
    table: &str,
    taxonomy: Option<&str>,
    table_options: &TableOptions,
    options: &ScoreOptions<'_>,
) -> Scored {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let given = taxonomy.map(|text| Taxonomy::named(write("taxonomy.csv", text).to_str().unwrap()).unwrap());
    let tables = read_tables(write("table.csv", table), given.as_ref(), table_options).unwrap_or_else(|error| panic!("{error}"));
    let runs: Vec<(Answers, Scores)> = tables
        .runs
        .into_iter()
        .map(|answers| {
            let scores = Scores::of(&tables.taxonomy, &answers, options);
            (answers, scores)
        })
        .collect();
    let report = ReportOptions { contents: Contents::Tables, ..ReportOptions::default() };
    write_report(&folder.path().join("report"), &tables.taxonomy, &runs, &report).unwrap();
    let text = std::fs::read_to_string(folder.path().join("report/metrics.json")).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json.as_object_mut().unwrap().remove("provenance");
    let scores = runs.into_iter().next().unwrap().1;
    Scored { scores, json }
}

fn score(table: &str, taxonomy: Option<&str>) -> Scored {
    score_with(table, taxonomy, &TableOptions::default(), &ScoreOptions::default())
}

pub(crate) fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

const BIRDS: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Aves,Passeriformes,Paridae,Aegithalos,Aegithalos caudatus
Animalia,Chordata,Aves,Passeriformes,Paridae,Parus,Parus aaa
Animalia,Chordata,Aves,Passeriformes,Paridae,Parus,Parus major
Animalia,Chordata,Aves,Passeriformes,Paridae,Parus,Parus zzz
Animalia,Chordata,Aves,Strigiformes,Strigidae,Strix,Strix aluco
";

#[test]
fn a_rank_without_probability_is_not_answered() {
    // Images 1 and 3 say a family and a genus, no species: of three only image 2 is right to species.
    let table = "image,truth,label,score
1,Aegithalos caudatus,Strigidae,1.0
2,Parus major,Parus major,0.6
2,Parus major,Aegithalos caudatus,0.4
3,Aegithalos caudatus,Strigidae,0.7
3,Aegithalos caudatus,Strix,0.3
";
    let found = score(table, Some(BIRDS));
    for pointer in ["/decisions/summed/accuracy/species", "/ranks/6/summed_top1", "/calibration/ranks/6/right"] {
        near(found.number(pointer), 1.0 / 3.0);
    }
    // The summed answers end at the family, at 0 for the species and at the genus: they meet the truth
    // at the order's class: heights 4, 0, 4 by hand (class is rung 4).
    near(found.number("/decisions/summed/how_wrong/mean_height"), 8.0 / 3.0);
    near(found.number("/calibration/ranks/6/n"), 3.0);
    // No species has any probability at images 1 and 3: probability 0, not right, Brier 1; image 2:
    // .6² + .4² - 2 · .6 + 1 = .32.
    near(found.number("/calibration/ranks/6/brier"), 2.32 / 3.0);
    near(found.number("/calibration/ranks/6/mean_probability"), 0.2);
    near(found.number("/ranks/6/ece"), 0.4 / 3.0);
}

#[test]
fn labels_of_probability_zero_are_candidates_and_no_answers() {
    let table = "image,truth,label,score\n1,Parus zzz,Parus aaa,0\n1,Parus zzz,Parus zzz,0\n2,Parus aaa,Parus aaa,1\n2,Parus aaa,Parus zzz,0\n";
    let found = score(table, Some(BIRDS));
    assert_eq!(found.scores.accounting.of_scored.no_answer, 1);
    assert!(found.notes().contains("1 of 2 images lists only labels of probability 0"), "{}", found.notes());
    for pointer in ["/ranks/6/path_top1", "/ranks/6/summed_top1", "/ranks/6/path_mrr", "/decisions/path/accuracy/species"] {
        near(found.number(pointer), 0.5);
    }
    // Two species could be answered.
    near(found.number("/ranks/6/chance"), 0.5);
    // A column that is 0 throughout says nothing of the answers, which stand.
    let silent = score("image,truth,label,score\n1,Parus zzz,Parus zzz,0\n2,Parus aaa,Parus aaa,0.0\n", Some(BIRDS));
    near(silent.number("/ranks/6/path_top1"), 1.0);
    assert!(silent.notes().contains("all scores are 0"), "{}", silent.notes());
    // Logits of 0 are scores like others.
    let logits = score("image,truth,label,score\n1,Parus zzz,Parus aaa,-1\n1,Parus zzz,Parus zzz,0\n", Some(BIRDS));
    near(logits.number("/ranks/6/path_top1"), 1.0);
}

#[test]
fn images_without_an_answer_count_in_every_block() {
    let table = "image,truth,label,score
1,Parus major,Parus major,0.9
1,Parus major,Parus ater,0.1
2,Parus major,,
3,Parus ater,,
4,Parus ater,Parus ater,0.8
4,Parus ater,Parus major,0.2
";
    let found = score(table, None);
    for pointer in [
        "/ranks/6/n",
        "/how_wrong/n",
        "/decisions/n",
        "/decisions/path/how_wrong/n",
        "/decisions/back_off/how_wrong/n",
        "/calibration/n",
        "/calibration/ranks/1/n",
        "/selective/n",
        "/consistency/n",
        "/flags/n",
    ] {
        near(found.number(pointer), 4.0);
    }
    for rule in ["path", "summed", "top_down", "expected_height", "back_off"] {
        near(found.number(&format!("/decisions/{rule}/accuracy/species")), 0.5);
        near(found.number(&format!("/decisions/{rule}/how_wrong/mistakes")), 2.0);
        // The root is 7 above a species.
        near(found.number(&format!("/decisions/{rule}/how_wrong/mean_height")), 3.5);
    }
    // Gaps .1 and .2 of the answers, 0 of those that are not there.
    near(found.number("/ranks/6/ece"), 0.3 / 4.0);
    near(found.number("/calibration/ranks/1/ece"), 0.3 / 4.0);
    // Every threshold leaves two of four without an exact answer; none of the answers is wrong.
    near(found.number("/selective/ac_exact"), 0.5);
}

#[test]
fn truths_that_count_as_wrong_count_as_wrong_in_every_block() {
    let table = "image,truth,label,score
1,Parus major,Parus major,0.9
1,Parus major,Parus zzz,0.1
2,,Parus zzz,0.6
2,,Parus major,0.4
";
    let wrong = TableOptions { missing_truth: MissingTruth::Wrong, ..TableOptions::default() };
    let found = score_with(table, Some(BIRDS), &wrong, &ScoreOptions::default());
    for pointer in ["/ranks/6/n", "/decisions/n", "/calibration/ranks/6/n", "/selective/n", "/consistency/n", "/how_wrong/n"] {
        near(found.number(pointer), 2.0);
    }
    for pointer in [
        "/ranks/6/path_top1",
        "/decisions/path/accuracy/species",
        "/decisions/summed/accuracy/species",
        "/calibration/ranks/6/right",
        "/consistency/fpa",
        "/how_wrong/correct",
        "/selective/curve/0/correct",
    ] {
        near(found.number(pointer), 0.5);
    }
}

#[test]
fn equal_scores_are_resolved_by_the_taxonomy_whatever_the_order_of_the_rows() {
    let rows =
        ["1,Parus zzz,Parus zzz,0.5", "1,Parus zzz,Parus aaa,0.5", "2,Parus aaa,Parus zzz,0.5", "2,Parus aaa,Parus aaa,0.5"];
    let table = |order: [usize; 4]| {
        let rows: Vec<&str> = order.iter().map(|&row| rows[row]).collect();
        score(&format!("image,truth,label,score\n{}\n", rows.join("\n")), Some(BIRDS))
    };
    let found = table([0, 1, 2, 3]);
    // Parus aaa comes first: image 2 is right, image 1 could have been.
    for pointer in ["/ranks/6/path_top1", "/ranks/6/summed_top1", "/decisions/path/accuracy/species"] {
        near(found.number(pointer), 0.5);
    }
    near(found.number("/ranks/6/path_mrr"), 0.75);
    near(found.number("/ranks/6/path_top1_least"), 0.0);
    near(found.number("/ranks/6/path_top1_most"), 1.0);
    near(found.number("/ranks/6/tied"), 2.0);
    near(found.number("/ranks/6/summed_tied"), 2.0);
    // The genus of both labels is the same.
    near(found.number("/ranks/5/path_top1_least"), 1.0);
    near(found.number("/ranks/5/summed_tied"), 0.0);
    assert!(found.notes().contains("2 of 2 images have several labels of the best score"), "{}", found.notes());
    assert!(found.notes().contains("between 0.0 and 100.0 % would be right to species"), "{}", found.notes());
    for order in [[1, 0, 2, 3], [0, 1, 3, 2], [3, 1, 2, 0]] {
        let other = table(order);
        for block in ["ranks", "decisions", "calibration", "selective", "how_wrong", "consistency"] {
            assert_eq!(other.json[block], found.json[block], "{block} {order:?}");
        }
    }
}

#[test]
fn scores_order_answers_side_by_side_and_disagreement_is_counted() {
    let head = "image,truth,pred1_species,pred1_conf,pred2_species,pred2_conf\n";
    let found = score(
        &format!("{head}1,Parus major,Parus ater,0.2,Parus major,0.8\n2,Parus major,Parus major,0.7,Parus ater,0.3\n"),
        None,
    );
    near(found.number("/ranks/6/path_top1"), 1.0);
    near(found.number("/decisions/path/accuracy/species"), 1.0);
    assert!(found.notes().contains("1 of 2 images lists an answer above another one of higher score"), "{}", found.notes());
    // Equal scores disagree with no position; without scores positions are all there is.
    let equal = score(&format!("{head}1,Parus major,Parus major,0.5,Parus ater,0.5\n"), None);
    assert!(!equal.notes().contains("higher score"), "{}", equal.notes());
    near(equal.number("/ranks/6/path_top1"), 0.0);
    let unscored = score("image,truth,pred1_species,pred2_species\n1,Parus major,Parus major,Parus ater\n", None);
    near(unscored.number("/ranks/6/path_top1"), 1.0);
    assert_eq!(unscored.scores.ranks[6].tied, 0);
}

#[test]
fn a_target_that_cannot_be_tuned_is_said_with_the_images_it_takes() {
    let rows = |images: usize| {
        let row = |image: usize| format!("{image},Parus major,Parus major,0.9\n{image},Parus major,Parus zzz,0.1\n");
        format!("image,truth,label,score\n{}", (0..images).map(row).collect::<String>())
    };
    // Half of 24 images are 12: enough for one error in 10, not for one in 20.
    let found = score(&rows(24), Some(BIRDS));
    near(found.number("/selective/targets/0/target_error"), 0.05);
    assert!(found.json["selective"]["targets"][0]["threshold"].is_null());
    near(found.number("/selective/targets/0/tuned_on_needed"), 20.0);
    assert!(found.notes().contains(
        "No threshold for an error of 5 %: 12 images to tune on are too few for one wrong answer in 20: it takes at least 20, half of 40."
    ), "{}", found.notes());
    near(found.number("/selective/targets/1/threshold"), 0.9);
    near(found.number("/selective/targets/1/error"), 0.0);
    // Twelve others without an error: Wilson's upper end of 0 of 12, z² / (12 + z²).
    near(found.number("/selective/targets/1/error_high"), 3.841_458_820_694_124 / 15.841_458_820_694_124);
    let few = score(&rows(4), Some(BIRDS));
    for target in 0..2 {
        assert!(few.json["selective"]["targets"][target]["note"].as_str().unwrap().contains("too few"));
    }
}

#[test]
fn rules_are_held_against_path_with_a_test() {
    use nearmiss::scores::decisions::Rule;
    use nearmiss::scores::differences::Compared;
    let (taxonomy, species) = crate::eight_species::taxonomy();
    let answers = crate::eight_species::answers(&taxonomy, &species);
    let whole = Scores::of(&taxonomy, &answers, &ScoreOptions::default()).whole.unwrap();
    let of = |rule: Rule, compared: Compared| {
        whole.decisions.differences.iter().find(|row| row.rule == rule && row.compared == compared).unwrap()
    };
    // By least expected height image 3 becomes right, as at its height of 3 before.
    let row = of(Rule::ExpectedHeight, Compared::Accuracy);
    assert_eq!((row.rank, row.n), (Some(Rank::Species), 8));
    near(row.difference.unwrap(), 1.0 / 8.0);
    // One pair differs: as even as can be.
    near(row.significance.p, 1.0);
    let row = of(Rule::ExpectedHeight, Compared::MeanHeight);
    near(row.difference.unwrap(), -3.0 / 8.0);
    assert!(row.intervals.of("difference").is_none() && row.intervals.reason("difference").is_some());
    assert!(!row.is_significant());
    assert_eq!(whole.decisions.differences.len(), 8);
}

#[test]
fn an_unrelated_kingdom_changes_no_curve() {
    let one = "id,parent,name,rank\nk,,Animalia,kingdom\na,k,Aves,class\nb,k,Bivalvia,class\n";
    let two = format!("{one}z,,Zzz,kingdom\ny,z,Yyy,class\nx,z,Xxx,class\n");
    let table = "image,truth,label,score\n1,a,a,0.4\n1,a,b,0.6\n";
    let [alone, beside] = [one, &two].map(|taxonomy| score(table, Some(taxonomy)));
    // At every threshold above .6 the kingdom is answered: half of the way down, and right.
    near(alone.number("/selective/ac_depth_recall"), 0.5);
    // The kingdom holds all that could be answered, and so says nothing.
    near(alone.number("/selective/ac_info_recall"), 0.0);
    for block in ["selective", "decisions", "how_wrong", "calibration", "ranks"] {
        assert_eq!(alone.json[block], beside.json[block], "{block}");
    }
}
