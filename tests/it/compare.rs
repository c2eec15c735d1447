//! Comparisons worked by hand, tables in other people's layouts, and runs that cannot be paired.

use crate::eight_species::tree;
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::numbers::bootstrap::Clusters;
use nearmiss::numbers::significance::Method;
use nearmiss::scores::compare::clades::{by_clade, only_one};
use nearmiss::scores::compare::runs::Images;
use nearmiss::scores::compare::values::{Paired, judgements, values};
use nearmiss::scores::compare::{CompareOptions, Comparison, Values, json, latex, text};
use nearmiss::scores::metric::Direction;
use nearmiss::scores::outcome::Unreachable;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};

fn metric(name: &str, direction: Direction, binary: bool, runs: &[&[f64]]) -> Values {
    let runs = runs.iter().map(|run| run.iter().map(|value| Some(*value)).collect()).collect();
    let range = binary.then_some((0.0, 1.0));
    Values { name: name.to_string(), label: name.to_string(), direction, binary, range, runs }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn two_runs_over_eight_images_by_hand() {
    // The first is right on 7, the second on 2 of 8; they differ on five images, all for the first.
    let first: &[f64] = &[1., 1., 1., 1., 1., 1., 1., 0.];
    let second: &[f64] = &[1., 1., 0., 0., 0., 0., 0., 0.];
    // Heights 0 but for one 7, and 0 0 1 1 2 2 3 7: differences 0 0 -1 -1 -2 -2 -3 0.
    let low: &[f64] = &[0., 0., 0., 0., 0., 0., 0., 7.];
    let high: &[f64] = &[0., 0., 1., 1., 2., 2., 3., 7.];
    let values =
        [metric("exact", Direction::Higher, true, &[first, second]), metric("height", Direction::Lower, false, &[low, high])];
    let options = CompareOptions { alpha: 0.1, ..CompareOptions::default() };
    let comparison = Comparison::of(&names(&["one", "two"]), &values, &Clusters::single(8), &options);
    let exact = &comparison.metrics[0];
    assert_eq!(exact.means, [Some(0.875), Some(0.25)]);
    let pair = &exact.pairs[0];
    assert_eq!((pair.wins, pair.ties, pair.losses, pair.randomisation.method), (5, 3, 0, Method::Binomial));
    // All five to one side: 2 / 32.
    assert!((pair.randomisation.p - 0.0625).abs() < 1e-12);
    assert_eq!(pair.difference, Some(0.625));
    assert!(exact.beats(0, 1, 0.1) && !exact.beats(1, 0, 0.1) && !exact.beats(0, 1, 0.05));
    let height = &comparison.metrics[1];
    // Lower is better: the first wins where its height is less. Sums of ±1 ±1 ±2 ±2 ±3 reach 9 in
    // size only with equal signs: 2 / 32.
    let pair = &height.pairs[0];
    assert_eq!((pair.wins, pair.ties, pair.losses, pair.randomisation.method), (5, 3, 0, Method::Convolution));
    assert!((pair.randomisation.p - 0.0625).abs() < 1e-12);
    assert!(height.beats(0, 1, 0.1));
    assert_eq!((height.best(0.1), height.best(0.05), height.ahead()), (Some(0), None, vec![0]));
    // Wilson, as for any share of independent images.
    let wilson = nearmiss::numbers::statistics::wilson(7, 8);
    assert_eq!(exact.intervals[0], wilson);
}

#[test]
fn observations_flip_as_a_whole() {
    let first: &[f64] = &[1., 1., 1., 1., 1., 1.];
    let second: &[f64] = &[0., 0., 0., 0., 0., 0.];
    let values = [metric("exact", Direction::Higher, true, &[first, second])];
    let p = |clusters: &Clusters| {
        let comparison = Comparison::of(&names(&["a", "b"]), &values, clusters, &CompareOptions::default());
        comparison.metrics[0].pairs[0].randomisation.p
    };
    // Six images by themselves: 2 / 64; three observations of two images: 2 / 8.
    assert!((p(&Clusters::single(6)) - 0.03125).abs() < 1e-12);
    assert!((p(&Clusters::by_name(["x", "x", "y", "y", "z", "z"])) - 0.25).abs() < 1e-12);
}

#[test]
fn three_runs_are_adjusted_over_their_pairs() {
    let runs: [&[f64]; 3] = [&[1.; 10], &[0.; 10], &[1., 1., 1., 1., 1., 1., 1., 1., 1., 0.]];
    let values = [metric("exact", Direction::Higher, true, &runs)];
    let comparison = Comparison::of(&names(&["a", "b", "c"]), &values, &Clusters::single(10), &CompareOptions::default());
    let adjusted: Vec<f64> = comparison.metrics[0].pairs.iter().map(|pair| pair.adjusted).collect();
    // p: a-b 2/1024, a-c 1, b-c 2/512. Times 3, 1, 2, in order of size.
    for (found, expected) in adjusted.iter().zip([6.0 / 1024.0, 1.0, 4.0 / 512.0]) {
        assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
    }
    assert!(text::table(&comparison).contains("1.000ᵇ"), "{}", text::table(&comparison));
    // The first is ahead, but beats only the second: no run is the best.
    assert!(text::markdown(&comparison).contains("| a | a | 1.000ᵇ |"), "{}", text::markdown(&comparison));
    assert_eq!((comparison.metrics[0].ahead(), comparison.metrics[0].best(0.05)), (vec![0], None));
}

/// Reciprocal ranks, precisions at 3 and hits of two rankings of four queries.
fn rankings() -> Comparison {
    let third = 1.0 / 3.0;
    let mrr: [&[f64]; 2] = [&[1.0, third, 1.0, 0.0], &[1.0, 1.0, 0.5, 1.0]];
    let precision: [&[f64]; 2] = [&[2.0 * third, third, 2.0 * third, 0.0], &[2.0 * third, third, 1.0, 2.0 * third]];
    let hits: [&[f64]; 2] = [&[1.0, 0.0, 1.0, 0.0], &[1.0, 1.0, 0.0, 1.0]];
    let values = [
        metric("MRR@5", Direction::Higher, false, &mrr),
        metric("P@3", Direction::Higher, false, &precision),
        metric("Hit Rate@1", Direction::Higher, true, &hits),
    ];
    Comparison::of(&names(&["A", "B_b"]), &values, &Clusters::single(4), &CompareOptions::default())
}

#[test]
fn tables_have_the_layout_of_ranx() {
    let comparison = rankings();
    let table = text::table(&comparison);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "#    Model      MRR@5    P@3    Hit Rate@1");
    assert_eq!(lines[1], "---  -------  -------  -----  ------------");
    assert_eq!(lines[2], "a    A          0.583  0.417         0.500");
    let tex = latex::table(&comparison, latex::Preamble::Commented);
    assert!(tex.starts_with("% ") && !tex.contains("===="), "{tex}");
    for part in [
        "\\usepackage{booktabs}",
        "\\resizebox{0.8\\textwidth}{!}{\n\\begin{tabular}{c|l|c|c|c}\n\\toprule\n\\textbf{\\#}\n& \\textbf{Model}\n& \\textbf{MRR@5}\n",
        "& \\textbf{Hit Rate@1} \\\\ \n\\midrule\na &\nA &\n0.583\\hphantom{$^{b}$} &\n",
        "b &\nB\\_b &\n0.875\\hphantom{$^{a}$} &\n0.667\\hphantom{$^{a}$} &\n0.750\\hphantom{$^{a}$} \\\\\n\\bottomrule\n",
    ] {
        assert!(tex.contains(part), "{part}\nis not in\n{tex}");
    }
    let value = json::value(&comparison);
    assert_eq!(value["model_names"], serde_json::json!(["A", "B_b"]));
    assert_eq!(value["A"]["win_tie_loss"]["B_b"]["MRR@5"], serde_json::json!({"W": 1, "T": 1, "L": 2}));
    assert!((value["A"]["scores"]["MRR@5"].as_f64().unwrap() - 0.583_333_333_333_333_3).abs() < 1e-12);
    // Of four queries there is no t-test, and the reason is said.
    let pair = &comparison.metrics[0].pairs[0];
    assert!(pair.student_p.is_none() && pair.no_student.as_ref().is_some_and(|why| why.contains("there are 4")), "{pair:?}");
}

#[test]
fn letters_go_on_after_z_and_names_are_made_to_differ() {
    assert_eq!([0, 25, 26, 27, 51, 52].map(text::letter), ["a", "z", "aa", "ab", "az", "ba"]);
    let values = [metric("exact", Direction::Higher, true, &[&[1.0], &[1.0], &[0.0]])];
    let comparison = Comparison::of(&names(&["x", "x", "x (2)"]), &values, &Clusters::single(1), &CompareOptions::default());
    assert_eq!(comparison.runs, ["x", "x (3)", "x (2)"]);
}

fn three_species() -> (Taxonomy, Vec<TaxonId>) {
    let lineage = |family: &'static str, genus: &'static str, species: &'static str| {
        vec![(Rank::Family, family), (Rank::Genus, genus), (Rank::Species, species)]
    };
    tree(&[
        lineage("Felidae", "Felis", "Felis catus"),
        lineage("Felidae", "Felis", "Felis silvestris"),
        lineage("Canidae", "Canis", "Canis lupus"),
    ])
}

fn run(name: &str, images: &[&str], truths: &[TaxonId], given: &[TaxonId]) -> Answers {
    let mut ranked = Ranked::default();
    for taxon in given {
        ranked.push([(Answer::Taxon(*taxon), None)]);
    }
    let truths = truths.iter().map(|truth| Truth::Taxon(*truth)).collect();
    Answers { name: name.to_string(), images: names(images), truths, ranked, ..Answers::default() }
}

#[test]
fn runs_are_paired_by_the_names_of_images() {
    let (taxonomy, species) = three_species();
    let [cat, wild, wolf] = species[..] else { panic!() };
    let first = run("first", &["a", "b", "c"], &[cat, wild, wolf], &[cat, cat, wolf]);
    let second = run("second", &["c", "a", "d"], &[wolf, cat, cat], &[cat, cat, cat]);
    let refused = Paired::of(&taxonomy, &[first.clone(), second.clone()], Images::Same).unwrap_err().to_string();
    assert!(
        refused.contains("first has 3, second has 3")
            && refused.contains("'b' is not in all")
            && refused.contains("the 2 images"),
        "{refused}"
    );
    let paired = Paired::of(&taxonomy, &[first.clone(), second.clone()], Images::Common).unwrap();
    assert_eq!(
        (paired.images.join(""), paired.rows.clone(), paired.dropped.clone()),
        ("ac".to_string(), vec![vec![0, 2], vec![1, 0]], vec![1, 1])
    );
    let runs = [first.clone(), second.clone()];
    let judged = judgements(&taxonomy, &runs, &paired, Unreachable::LeaveOut);
    let all = values(&taxonomy, &runs, &paired, &judged);
    let of = |name: &str| all.iter().find(|values| values.name == name).unwrap().runs.clone();
    // a: both right. c: the wolf is right in the first, a cat in the second: height 7, edges 3 + 3.
    assert_eq!(of("path_top1.species"), [vec![Some(1.0), Some(1.0)], vec![Some(1.0), Some(0.0)]]);
    assert_eq!(of("height"), [vec![Some(0.0), Some(0.0)], vec![Some(0.0), Some(7.0)]]);
    assert_eq!(of("edges")[1], [Some(0.0), Some(6.0)]);
    let only = only_one(&judged[0], &judged[1]);
    assert_eq!((only.len(), only[0].image, only[0].first_is_right, only[0].wrong_answer), (1, 1, true, cat));
    let clades = by_clade(&taxonomy, &judged[0], &judged[1]);
    assert_eq!((clades.len(), taxonomy.name(clades[0].clade), clades[0].only_first), (1, "Canidae", 1));
    let other_truth = run("third", &["a", "b", "c"], &[cat, cat, wolf], &[cat, cat, cat]);
    let refused = Paired::of(&taxonomy, &[first.clone(), other_truth], Images::Same).unwrap_err().to_string();
    assert!(refused.contains("image 'b' is 'Felis silvestris' in run 'first' and 'Felis catus' in run 'third'"), "{refused}");
    let elsewhere = run("fourth", &["x"], &[cat], &[cat]);
    let refused = Paired::of(&taxonomy, &[first, elsewhere], Images::Common).unwrap_err().to_string();
    assert!(refused.contains("the first has 'a', the second 'x'"), "{refused}");
}

#[cfg(feature = "cli")]
#[test]
fn the_command_writes_tables_a_page_and_a_sentence() {
    use crate::program::{nearmiss, refusal};
    let folder = tempfile::tempdir().unwrap();
    let mut table = "image,truth,svm,mlp\n".to_string();
    for image in 0..12 {
        let mlp = if image < 10 { "Apis mellifera" } else { "Bombus lapidarius" };
        let svm = if image < 2 { "Apis mellifera" } else { "Apis cerana" };
        table.extend([format!("{image}.jpg,Apis mellifera,{svm},{mlp}\n")]);
    }
    std::fs::write(folder.path().join("predictions.csv"), &table).unwrap();
    let arguments = ["compare", "predictions.csv", "--predicted-column", "svm", "--predicted-column", "mlp", "-o", "out"];
    let outcome = nearmiss(folder.path(), &arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(
        outcome
            .stdout
            .contains("mlp is right most often, 83.3\u{a0}% of 12\u{a0}images: significantly more often than svm, 16.7\u{a0}%."),
        "{outcome:?}"
    );
    for file in ["compare.json", "table.txt", "table.tex", "clades.csv", "only_one_right.csv", "compare.md", "index.html"] {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    // More metrics than runs: a metric in each row, and nothing is cut off.
    let markdown = std::fs::read_to_string(folder.path().join("out/compare.md")).unwrap();
    assert!(markdown.contains("| metric | images | a: svm | b: mlp |"), "{markdown}");
    if cfg!(feature = "plots") {
        for (file, text) in [("differences", "mlp better"), ("clades", "Apis")] {
            let svg = std::fs::read_to_string(folder.path().join(format!("out/figures/{file}.svg"))).unwrap();
            assert!(svg.contains(text) && markdown.contains(&format!("(figures/{file}.svg)")), "{file}: {svg}");
        }
    }
    let rows = std::fs::read_to_string(folder.path().join("out/only_one_right.csv")).unwrap();
    assert_eq!(rows.lines().count(), 9, "{rows}");
    // The same command again writes over its own folder and gives the same bytes.
    let page = std::fs::read(folder.path().join("out/index.html")).unwrap();
    assert_eq!(nearmiss(folder.path(), &arguments).code, 0);
    assert_eq!(page, std::fs::read(folder.path().join("out/index.html")).unwrap());
    let message = refusal(folder.path(), &["compare", "predictions.csv", "--predicted-column", "svm"]);
    assert!(message.contains("there is one run to compare: 'svm'"), "{message}");
    let message = refusal(folder.path(), &["compare", "predictions.csv", "predictions.csv"]);
    assert!(message.contains("--predicted-column") || message.contains("--taxonomy"), "{message}");
}

#[cfg(feature = "cli")]
#[test]
fn tables_of_names_are_compared_over_the_taxonomy_of_them_all() {
    use crate::program::nearmiss;
    let folder = tempfile::tempdir().unwrap();
    // Only the second table knows Bombus: the taxonomy is that of both.
    let first = "image,truth,predicted\n1,Apis mellifera,Apis mellifera\n2,Apis cerana,Apis mellifera\n";
    let second = "image,truth,predicted\n2,Apis cerana,Bombus terrestris\n1,Apis mellifera,Apis mellifera\n";
    std::fs::write(folder.path().join("small.csv"), first).unwrap();
    std::fs::write(folder.path().join("large.csv"), second).unwrap();
    let outcome = nearmiss(folder.path(), &["compare", "small.csv", "large.csv", "--json", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let value: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    // The second image: right genus, 0.5, and nothing right, 0.
    assert_eq!(value["small"]["scores"]["path_top1.genus"], serde_json::json!(1.0));
    assert_eq!(value["large"]["scores"]["path_top1.genus"], serde_json::json!(0.5));
    assert!(outcome.stderr.contains("the taxonomy is built from names alone"), "{outcome:?}");
}
