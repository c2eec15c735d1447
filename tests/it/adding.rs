//! Parts of tables, counted apart and added up, against one process over all rows.

use crate::program::{nearmiss, refusal};
use nearmiss::answers::table::{TableOptions, TableSource};
use nearmiss::report::scoring::{Scored, Scoring, Writing};
use nearmiss::taxonomy::source::TaxonomySource;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TREE: &str = "kingdom,phylum,class,order,family,genus,species,synonyms
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus,Felis domesticus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris,
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx,
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx pardinus,
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes,
Animalia,Chordata,Mammalia,Carnivora,Canidae,Canis,Canis lupus,
Animalia,Chordata,Mammalia,Artiodactyla,Cervidae,Cervus,Cervus elaphus,
Animalia,Chordata,Aves,Passeriformes,Turdidae,Turdus,Turdus merula,
Animalia,Chordata,Aves,Passeriformes,Paridae,Parus,Parus major,
Plantae,Tracheophyta,Magnoliopsida,Apiales,Apiaceae,Daucus,Daucus carota,
";

/// Names as truths and answers have them: species most often, but also coarser taxa, a synonym, what nobody knows.
const NAMES: [&str; 13] = [
    "Felis catus",
    "Felis silvestris",
    "Lynx lynx",
    "Lynx pardinus",
    "Vulpes vulpes",
    "Canis lupus",
    "Cervus elaphus",
    "Turdus merula",
    "Parus major",
    "Daucus carota",
    "Felidae",
    "Felis domesticus",
    "Chimaera fabulosa",
];

/// A table of a seed: a head, and lines of each image.
struct Table {
    head: String,
    images: Vec<Vec<String>>,
    groups: Vec<String>,
}

impl Table {
    fn of(seed: u64) -> Table {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let (longest, has_scores) = (*[1, 1, 1, 3, 6].choose(random).unwrap(), random.random_bool(0.7));
        let (has_observations, has_site, has_blanks) =
            (random.random_bool(0.4), random.random_bool(0.4), random.random_bool(0.3));
        let mut head = vec!["image", "truth", "predicted"];
        head.extend((has_scores || longest > 1).then_some("score"));
        head.extend(has_observations.then_some("observation"));
        head.extend(has_site.then_some("site"));
        let mut images = vec![];
        for image in 0..random.random_range(20..140) {
            let truth = match random.random_range(0..10) {
                0 if has_blanks => "blank",
                1 => "",
                _ => NAMES.choose(random).unwrap(),
            };
            let mut answers: Vec<&str> = NAMES.sample(random, longest).copied().collect();
            if random.random_bool(0.5) && !truth.is_empty() && !answers.contains(&truth) {
                answers[0] = truth;
            }
            let site = format!("s{}", random.random_range(0..3));
            let mut left = 95;
            let mut lines = vec![];
            for answer in answers {
                // Hundredths that never add up to 1, some of them equal.
                let score = random.random_range(1..=left.min(20)).min(left);
                left -= score;
                let mut cells = vec![format!("{image}.jpg"), truth.to_string(), answer.to_string()];
                cells.extend((has_scores || longest > 1).then(|| format!("0.{score:02}")));
                cells.extend(has_observations.then(|| format!("o{}", image / 3)));
                cells.extend(has_site.then(|| site.clone()));
                lines.push(cells.join(",") + "\n");
            }
            images.push(lines);
        }
        let groups = if has_site { vec!["site".to_string()] } else { vec![] };
        Table { head: head.join(",") + "\n", images, groups }
    }

    /// Its images, or some of them, as a file.
    fn write(&self, path: &Path, images: &[usize]) {
        let lines: String = images.iter().flat_map(|image| self.images[*image].iter().map(String::as_str)).collect();
        std::fs::write(path, format!("{}{lines}", self.head)).unwrap();
    }

    /// Its images in some parts, in any order, written and counted: the states in an order of their own.
    fn states(&self, folder: &Path, random: &mut ChaCha8Rng) -> Vec<PathBuf> {
        let count = random.random_range(1..=17);
        let mut parts: Vec<Vec<usize>> = vec![vec![]; count];
        (0..self.images.len()).for_each(|image| parts[random.random_range(0..count)].push(image));
        let mut states = vec![];
        for (number, mut images) in parts.into_iter().enumerate().filter(|(_, images)| !images.is_empty()) {
            images.shuffle(random);
            let table = folder.join(format!("part-{number}.csv"));
            self.write(&table, &images);
            let (state, _) = self.scoring(folder, &table).count(&[TableSource::from(&table)]).unwrap();
            let path = folder.join(format!("part-{number}.state"));
            state.write(&path).unwrap();
            states.push(path);
        }
        states.shuffle(random);
        states
    }

    fn scoring(&self, folder: &Path, table: &Path) -> Scoring {
        let tree = folder.join("tree.csv");
        // Named, since parts of few rows do not show by themselves what their columns are.
        let named = |name: &str| Some(name.to_string());
        Scoring {
            taxonomy: Some(TaxonomySource::from(tree.to_str().unwrap())),
            table: TableOptions {
                image_column: named("image"),
                truth_column: named("truth"),
                predicted_columns: vec!["predicted".to_string()],
                score_column: self.head.contains("score").then(|| "score".to_string()),
                group_columns: self.groups.clone(),
                ..TableOptions::default()
            },
            ..Scoring::of(table)
        }
    }
}

/// The files of a report but the one that says what the parts were.
fn files(scored: &Scored, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let written = scored.write(folder, &Writing { command_line: Some("a line"), ..Writing::default() }).unwrap();
    let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
    let read = |path: PathBuf| (name(&path), std::fs::read(&path).unwrap());
    written.into_iter().filter(|path| !path.ends_with("parts.json")).map(read).collect()
}

/// `metrics.json` without what tells how the answers were read.
fn numbers(files: &BTreeMap<String, Vec<u8>>) -> Value {
    let mut value: Value = serde_json::from_slice(&files["metrics.json"]).unwrap();
    for key in ["reading", "provenance", "notes", "warnings", "why_no_distribution"] {
        value.as_object_mut().unwrap().remove(key);
    }
    value
}

#[test]
fn random_parts_in_random_orders_give_the_bytes_of_one_process() {
    for seed in 0..40 {
        let table = Table::of(seed);
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("tree.csv"), TREE).unwrap();
        let all: Vec<usize> = (0..table.images.len()).collect();
        table.write(&at("all.csv"), &all);
        let random = &mut ChaCha8Rng::seed_from_u64(500 + seed);
        let scoring = table.scoring(folder.path(), &at("all.csv"));
        let one_by_one = files(&scoring.run().unwrap(), &at("one-by-one"));
        let counted = files(&scoring.run_counted(&[TableSource::from(at("all.csv"))]).unwrap(), &at("counted"));
        let states = table.states(folder.path(), random);
        let added = files(&scoring.run_states(&states).unwrap(), &at("added"));
        assert_eq!(counted.keys().collect::<Vec<_>>(), added.keys().collect::<Vec<_>>(), "seed {seed}");
        for (name, bytes) in &counted {
            assert!(added[name] == *bytes, "seed {seed}: {name} of {} parts is not that of one", states.len());
        }
        // And what is said of each image alone says the same of all.
        for name in ["ranks.csv", "taxa.csv", "confusions.csv", "mistakes.csv", "non_taxa.csv", "probably_the_name.csv"] {
            assert_eq!(one_by_one.contains_key(name), added.contains_key(name), "seed {seed}: {name}");
            if let Some(bytes) = one_by_one.get(name) {
                assert_eq!(String::from_utf8_lossy(bytes), String::from_utf8_lossy(&added[name]), "seed {seed}: {name}");
            }
        }
        assert_eq!(numbers(&one_by_one), numbers(&added), "seed {seed}");
    }
}

#[test]
fn images_without_names_are_numbered_over_all_parts() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("tree.csv"), TREE).unwrap();
    // A column of probabilities for each species, which are whole distributions: a half of the images, drawn by their names, is
    // there to tune thresholds and the temperature on.
    let (species, random) = (&NAMES[..10], &mut ChaCha8Rng::seed_from_u64(3));
    let head = format!("truth,{}\n", species.iter().map(|name| format!("prob_{name}")).collect::<Vec<_>>().join(","));
    let mut row = || {
        let shares: Vec<u32> = species.iter().map(|_| random.random_range(1..60)).collect();
        let sum: u32 = shares.iter().sum();
        let cells: Vec<String> = shares.iter().map(|share| (f64::from(*share) / f64::from(sum)).to_string()).collect();
        format!("{},{}\n", species.choose(random).unwrap(), cells.join(","))
    };
    let rows: Vec<String> = (0..90).map(|_| row()).collect();
    let of = |table: &str| Scoring {
        taxonomy: Some(TaxonomySource::from(at("tree.csv").to_str().unwrap())),
        ..Scoring::of(at(table))
    };
    let mut states = vec![];
    for (name, part) in [("all", &rows[..]), ("a", &rows[..35]), ("b", &rows[35..])] {
        std::fs::write(at(&format!("{name}.csv")), format!("{head}{}", part.concat())).unwrap();
        if name != "all" {
            let state = at(&format!("{name}.state"));
            of(name).part(&[TableSource::from(at(&format!("{name}.csv")))]).unwrap().write(&state).unwrap();
            states.push(state);
        }
    }
    let whole = files(&of("all.csv").run().unwrap(), &at("whole"));
    let added = files(&of("all.csv").run_states(&states).unwrap(), &at("added"));
    assert_eq!(numbers(&whole), numbers(&added));
    assert!(numbers(&whole)["calibration"]["temperature"].is_object(), "{}", numbers(&whole)["calibration"]);
    assert_eq!(String::from_utf8_lossy(&whole["mistakes.csv"]), String::from_utf8_lossy(&added["mistakes.csv"]));
}

/// Eight images in two parts, of which the second has one of the first again where it is asked for.
fn two_parts(folder: &Path, twice: bool) {
    std::fs::write(folder.join("tree.csv"), TREE).unwrap();
    let line = |image: usize| format!("{image}.jpg,{},{}\n", NAMES[image % 3], NAMES[image % 4]);
    let part =
        |images: &[usize]| "image,truth,predicted\n".to_string() + &images.iter().map(|image| line(*image)).collect::<String>();
    std::fs::write(folder.join("a.csv"), part(&[0, 1, 2, 3, 4])).unwrap();
    std::fs::write(folder.join("b.csv"), part(if twice { &[5, 6, 2, 7] } else { &[5, 6, 7] })).unwrap();
}

#[test]
fn the_program_counts_parts_and_adds_them_up() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    two_parts(folder, false);
    let said = nearmiss(folder, &["score", "a.csv", "--taxonomy", "tree.csv", "-o", "states/a.state"]);
    assert!(said.stdout.starts_with("5 images counted as 5 kinds in states/a.state"), "{said:?}");
    nearmiss(folder, &["score", "b.csv", "--taxonomy", "tree.csv", "-o", "states/b.state"]);
    // Images 0, 1 and 2 of 8 are right: from the fourth on truths and answers go apart.
    let said = nearmiss(folder, &["report", "states/b.state", "states/a.state", "-o", "added", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let found: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((found["accounting"]["images"].as_u64(), found["how_wrong"]["mistakes"].as_u64()), (Some(8), Some(5)));
    let parts: Value = serde_json::from_slice(&std::fs::read(folder.join("added/parts.json")).unwrap()).unwrap();
    assert_eq!((parts["parts"][0]["path"].as_str(), parts["parts"][1]["images"].as_u64()), (Some("states/a.state"), Some(3)));
    // Several tables are counted and added up at once.
    let tables = nearmiss(folder, &["report", "a.csv", "b.csv", "--taxonomy", "tree.csv", "-o", "tables", "--json"]);
    assert_eq!(tables.stdout, said.stdout);
}

#[test]
fn what_does_not_add_up_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    two_parts(folder, true);
    let state = |table: &str, output: &str| {
        let outcome = nearmiss(folder, &["score", table, "--taxonomy", "tree.csv", "-o", output]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    };
    state("a.csv", "a.state");
    state("b.csv", "b.state");
    let said = refusal(folder, &["report", "a.state", "b.state", "-o", "out"]);
    assert!(said.contains("b.state: 1 of its images are in a.state too"), "{said}");
    let said = refusal(folder, &["report", "a.state", "a.state", "-o", "out"]);
    assert!(said.contains("5 of its images are in a.state too"), "{said}");
    let said = refusal(folder, &["report", "a.state", "b.csv", "-o", "out"]);
    assert!(said.contains("a.state: a state, and b.csv is none"), "{said}");
    let said = refusal(folder, &["score", "a.csv", "-o", "c.state"]);
    assert!(said.contains("give --taxonomy"), "{said}");
    let said = refusal(folder, &["score", "a.csv", "--taxonomy", "tree.csv", "-o", "b.csv"]);
    assert!(said.contains("b.csv: there is a file that is no state; give another one with -o, or --force"), "{said}");
    let said = refusal(folder, &["score", "a.csv", "--taxonomy", "tree.csv", "--back-off", "0.7", "-o", "c.state"]);
    assert!(said.contains("--back-off and --count-unreachable are for runs") && !folder.join("c.state").exists(), "{said}");
    // Read otherwise, or with another taxonomy.
    let wrong = ["score", "b.csv", "--taxonomy", "tree.csv", "--blank-truth", "wrong", "-o", "b.state"];
    assert_eq!(nearmiss(folder, &wrong).code, 0);
    let said = refusal(folder, &["report", "a.state", "b.state", "-o", "out"]);
    assert!(said.contains("b.state: read otherwise than a.state") && said.contains("missing truths"), "{said}");
    std::fs::write(folder.join("tree.csv"), TREE.replace("Daucus carota", "Daucus pusillus")).unwrap();
    let said = refusal(folder, &["report", "a.state", "-o", "out"]);
    assert!(said.contains("a.state: made with the taxonomy tree.csv") && said.contains("it has changed since"), "{said}");
    state("b.csv", "b.state");
    let said = refusal(folder, &["report", "a.state", "b.state", "-o", "out"]);
    assert!(said.contains("read all parts with one"), "{said}");
    // What takes images one by one.
    let said = refusal(folder, &["report", "b.state", "--by", "observation", "-o", "out"]);
    assert!(said.contains("--by observation: it pools the probabilities of images one by one"), "{said}");
    assert!(!folder.join("out").exists());
}

#[test]
fn a_state_that_is_damaged_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    two_parts(folder, false);
    assert_eq!(nearmiss(folder, &["score", "a.csv", "--taxonomy", "tree.csv", "-o", "a.state"]).code, 0);
    let whole = std::fs::read(folder.join("a.state")).unwrap();
    std::fs::write(folder.join("cut.state"), &whole[..whole.len() / 2]).unwrap();
    // Half a file is no state any more, and no table either.
    let said = refusal(folder, &["report", "cut.state", "-o", "out"]);
    assert!(said.contains("cut.state"), "{said}");
}
