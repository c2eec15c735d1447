//! What comes out for other programs: JSON alone on stdout, tables for LaTeX, Parquet for pandas, folders of their own.

use crate::folder::folder_with;
use crate::program::{command, nearmiss};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TABLE: &str = "image,truth,svm_1,mlp & co #2 50%
1,Apis mellifera,Apis mellifera,Apis cerana
2,Apis cerana,Apis mellifera,Apis cerana
3,Bombus terrestris,Apis mellifera,Bombus terrestris
";
const RUNS: [&str; 4] = ["--predicted-column", "svm_1", "--predicted-column", "mlp & co #2 50%"];

const TAXONOMY: &str = "kingdom,family,genus,species
Animalia,Apidae,Apis,Apis mellifera
Animalia,Apidae,Apis,Apis cerana
Animalia,Apidae,Bombus,Bombus terrestris
";

/// Six points in a plane as `v.npy`, with their labels in `labels.csv`, of the species of [`TAXONOMY`] in `tax.csv`.
fn space(folder: &Path) {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (6, 2), }\n";
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    let points = [1.0_f64, 0.0, 0.9, 0.1, 0.8, 0.3, 0.7, 0.4, 0.0, 1.0, 0.1, 0.9];
    let numbers: Vec<u8> = points.iter().flat_map(|number| number.to_le_bytes()).collect();
    fs::write(folder.join("v.npy"), [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &numbers].concat()).unwrap();
    let species = ["Apis mellifera", "Apis mellifera", "Apis cerana", "Apis cerana", "Bombus terrestris", "Bombus terrestris"];
    let rows = species.iter().enumerate().map(|(point, species)| format!("p{point},{species}\n"));
    fs::write(folder.join("labels.csv"), format!("name,taxon\n{}", rows.collect::<String>())).unwrap();
    fs::write(folder.join("tax.csv"), TAXONOMY).unwrap();
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

#[test]
fn json_stands_alone_on_stdout() {
    let folder = folder_with(&[("t.csv", TABLE), ("qrels.trec", "q1 0 d1 1\nq2 0 d2 1\n")]);
    for (run, second) in [("one", "d1"), ("two", "d2")] {
        let lines = format!("q1 Q0 d1 1 0.9 {run}\nq2 Q0 {second} 1 0.9 {run}\n");
        fs::write(folder.path().join(format!("{run}.trec")), lines).unwrap();
    }
    space(folder.path());
    let of_space = ["v.npy", "--labels", "labels.csv", "--taxonomy", "tax.csv"];
    for (arguments, beside) in [
        ([&["report", "t.csv", "--gate", "species.path_top1>=0.1"][..], &RUNS[..]].concat(), "report: reports/t ("),
        ([&["report", "t.csv", "--explain"][..], &RUNS[..]].concat(), ""),
        ([&["compare", "t.csv"][..], &RUNS[..]].concat(), "comparison: reports/comparison ("),
        ([&["latent", "--no-map"][..], &of_space].concat(), "latent: reports/v-latent/index.html ("),
        ([&["retrieve"][..], &of_space].concat(), "retrieval: reports/v-retrieval/index.html ("),
        (vec!["retrieve", "qrels.trec", "one.trec", "two.trec", "-m", "mrr@1", "--gate", "mrr@1>=0.1"], "mrr@1"),
        (vec!["compare", "qrels.trec", "one.trec", "two.trec", "-m", "mrr@1", "-o", "runs"], "retrieval: runs/index.html ("),
    ] {
        let outcome = nearmiss(folder.path(), &[&arguments[..], &["--json"]].concat());
        assert_eq!(outcome.code, 0, "{arguments:?}: {outcome:?}");
        let value: Result<Value, _> = serde_json::from_str(&outcome.stdout);
        assert!(value.is_ok_and(|value| value.is_object()), "{arguments:?}: {outcome:?}");
        assert!(outcome.stderr.contains(beside), "{arguments:?}: {outcome:?}");
        // Without remarks there is the document and nothing else.
        let quiet = nearmiss(folder.path(), &[&arguments[..], &["--json", "--quiet"]].concat());
        assert!(quiet.stdout.starts_with('{') && !quiet.stderr.contains("report:"), "{arguments:?}: {quiet:?}");
    }
    let report = nearmiss(folder.path(), &[&["report", "t.csv", "--json"][..], &RUNS[..]].concat());
    assert_eq!(report.stdout, read(folder.path(), "reports/t/metrics.json"));
    let compared = nearmiss(folder.path(), &[&["compare", "t.csv", "--json"][..], &RUNS[..]].concat());
    assert_eq!(compared.stdout, read(folder.path(), "reports/comparison/compare.json"));
    // Without the option the same is said on stdout.
    let report = nearmiss(folder.path(), &[&["report", "t.csv"][..], &RUNS[..]].concat());
    assert!(report.stdout.contains("report: reports/t (") && report.stdout.contains("how wrong: "), "{report:?}");
}

#[test]
fn latex_takes_the_table_as_it_is() {
    let folder = folder_with(&[("t.csv", TABLE)]);
    let compare = |more: &[&str]| {
        let outcome = nearmiss(folder.path(), &[&["compare", "t.csv", "-o", "out"][..], &RUNS[..], more].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        read(folder.path(), "out/table.tex")
    };
    let table = compare(&[]);
    assert!(table.starts_with("% ") && table.contains("\\begin{table*}"), "{table}");
    let above = table.split("\\begin").next().unwrap();
    assert!(above.contains("\\usepackage{booktabs}") && above.lines().all(|line| line.starts_with('%')), "{table}");
    assert!(!table.contains("=="), "{table}");
    assert!(table.contains("\nsvm\\_1 &\n") && table.contains("\nmlp \\& co \\#2 50\\% &\n"), "{table}");
    let theirs = compare(&["--ranx-table"]);
    let rest =
        theirs.strip_prefix("========================\n% Add in preamble\n\\usepackage{graphicx}\n\\usepackage{booktabs}\n");
    let rest = rest.and_then(|rest| rest.strip_prefix("========================\n\n\n"));
    assert_eq!(rest, table.split_once('\n').map(|(_, rest)| rest), "{theirs}");
}

/// A Python that has pyarrow; `None`, and said so, where there is none.
fn python() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv-oracle/bin/python");
    let has_pyarrow = |python: &PathBuf| {
        Command::new(python).args(["-c", "import pyarrow"]).output().is_ok_and(|output| output.status.success())
    };
    let found = [own, PathBuf::from("python3")].into_iter().find(has_pyarrow);
    if found.is_none() {
        println!("skipped: there is no Python with pyarrow");
    }
    found
}

#[test]
fn pyarrow_filters_and_joins_by_the_text_of_our_tables() {
    let Some(python) = python() else { return };
    let folder = folder_with(&[]);
    space(folder.path());
    for arguments in [
        &["taxonomy", "import", "tax.csv", "-o", "tax.parquet"][..],
        &["latent", "v.npy", "--labels", "labels.csv", "--taxonomy", "tax.csv", "--export", "parquet", "-o", "lat", "--no-map"],
    ] {
        let outcome = nearmiss(folder.path(), arguments);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    let script = "
import pyarrow.compute as compute
import pyarrow.parquet as parquet
taxa = parquet.read_table('tax.parquet')
points = parquet.read_table('lat/vectors.parquet')
print(points.schema.field('embedding').type)
print({str(field.type) for table in (taxa, points) for field in table.schema if 'string' in str(field.type)})
print(taxa.filter(compute.field('name') == 'Apis cerana').num_rows)
left, right = points.select(['image', 'species']), taxa.select(['name', 'rank'])
print(left.join(right, keys='species', right_keys='name', join_type='inner').num_rows)
";
    let output = Command::new(python).current_dir(folder.path()).args(["-c", script]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    let expected = ["fixed_size_list<element: float>[2]", "{'large_string'}", "1", "6"];
    // Whether f32 holds the values decides which numbers are in the lists.
    let lists = lines.first().is_some_and(|line| line.starts_with("fixed_size_list<") && line.ends_with("[2]"));
    assert!(lists && lines[1..] == expected[1..], "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn reports_of_files_of_one_name_have_folders_of_their_own() {
    let table = |truth: &str| format!("image,truth,predicted\n1,{truth},Apis mellifera\n");
    let names = ["a/p.csv", "b/p.csv", "c/b/p.csv"];
    let folder = folder_with(&[]);
    for (name, truth) in names.iter().zip(["Apis mellifera", "Apis cerana", "Bombus terrestris"]) {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), table(truth)).unwrap();
    }
    let report = |name: &str| {
        let outcome = nearmiss(folder.path(), &["report", name, "--tables-only"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome
    };
    let source = |output: &str| -> Value {
        let metrics: Value = serde_json::from_str(&read(folder.path(), &format!("{output}/metrics.json"))).unwrap();
        metrics["provenance"]["sources"][0]["path"].clone()
    };
    // The second time round each writes over its own.
    for _ in 0..2 {
        for (name, output) in names.iter().zip(["reports/p", "reports/b-p", "reports/p-2"]) {
            let outcome = report(name);
            assert!(outcome.stdout.contains(&format!("report: {output} (")), "{outcome:?}");
            let said = outcome.stderr.contains(&format!("reports/p is the report of 'a/p.csv', so this one goes to {output}"));
            assert_eq!(said, output != "reports/p", "{outcome:?}");
            assert_eq!(source(output), *name);
        }
    }
    assert_eq!(fs::read_dir(folder.path().join("reports")).unwrap().count(), 3);
    // However the file is named.
    assert!(report("./a/../a/p.csv").stdout.contains("report: reports/p ("));
    let whole = folder.path().join("b/p.csv").display().to_string();
    assert!(report(&whole).stdout.contains("report: reports/b-p ("));
    // A folder that is named is written over, as ever.
    let outcome = nearmiss(folder.path(), &["report", "b/p.csv", "--tables-only", "-o", "reports/p"]);
    assert_eq!((outcome.code, source("reports/p")), (0, Value::from("b/p.csv")));
    assert!(report("b/p.csv").stdout.contains("report: reports/p ("), "it is its own now");
}

#[test]
fn comparisons_and_spaces_do_not_write_over_each_other_either() {
    let folder = folder_with(&[("a/t.csv", TABLE), ("b/t.csv", TABLE)]);
    for (table, output) in
        [("a/t.csv", "reports/comparison ("), ("b/t.csv", "reports/b-comparison ("), ("a/t.csv", "reports/comparison (")]
    {
        let outcome = nearmiss(folder.path(), &[&["compare", table][..], &RUNS[..]].concat());
        assert!(outcome.code == 0 && outcome.stderr.contains(&format!("comparison: {output}")), "{outcome:?}");
    }
    for place in ["a", "b"] {
        space(&folder.path().join(place));
        for command in ["latent", "retrieve"] {
            let [vectors, labels, taxonomy] = ["v.npy", "labels.csv", "tax.csv"].map(|file| format!("{place}/{file}"));
            let more = if command == "latent" { &["--no-map"][..] } else { &[] };
            let arguments = [command, &vectors, "--labels", &labels, "--taxonomy", &taxonomy];
            let outcome = nearmiss(folder.path(), &[&arguments[..], more].concat());
            assert_eq!(outcome.code, 0, "{outcome:?}");
        }
    }
    for output in ["v-latent", "b-v-latent", "v-retrieval", "b-v-retrieval"] {
        assert!(folder.path().join("reports").join(output).join("index.html").is_file(), "{output}");
    }
}

#[cfg(target_os = "linux")]
mod names_that_are_no_text {
    use super::*;
    use nearmiss::photographs::dataset::Dataset;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    /// Two photographs whose names differ in a byte that is no UTF-8, in a folder of their species.
    fn photographs(folder: &Path) {
        let species = folder.join("photos/Apis_mellifera");
        fs::create_dir_all(&species).unwrap();
        for name in [b"caf\xe9.png", b"caf\xe8.png"] {
            let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 100, 50]));
            picture.save_with_format(species.join(OsStr::from_bytes(name)), image::ImageFormat::Png).unwrap();
        }
    }

    #[test]
    fn photographs_keep_names_of_their_own_and_are_shown() {
        let folder = folder_with(&[]);
        photographs(folder.path());
        let dataset = Dataset::from_paths(&[folder.path().join("photos")]).unwrap();
        let images: Vec<&str> = dataset.photographs.iter().map(|photograph| photograph.image.as_str()).collect();
        assert_eq!(images, ["Apis_mellifera/caf%E8.png", "Apis_mellifera/caf%E9.png"]);
        // The names as `images` of a run has them, in a table of answers and in a list of photographs.
        let rows = images.iter().map(|image| format!("{image},Apis mellifera,Apis cerana\n"));
        fs::write(folder.path().join("t.csv"), format!("image,truth,predicted\n{}", rows.collect::<String>())).unwrap();
        let outcome = nearmiss(folder.path(), &["report", "t.csv", "--photographs", "photos", "-o", "out"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let mistakes = read(folder.path(), "out/mistakes.csv");
        assert!(images.iter().all(|image| mistakes.contains(&format!("\n{image},"))), "{mistakes}");
        assert_eq!(read(folder.path(), "out/index.html").matches("src=\"data:image/").count(), 2);
        fs::write(folder.path().join("photos/list.txt"), images.join("\n")).unwrap();
        let listed = Dataset::from_paths(&[folder.path().join("photos/list.txt")]).unwrap();
        assert!(listed.photographs.len() == 2 && listed.photographs.iter().all(|one| one.path.is_file()), "{listed:?}");
    }

    #[test]
    fn a_table_of_such_a_name_is_scored() {
        let folder = folder_with(&[]);
        let name = OsStr::from_bytes(b"caf\xe9.csv");
        fs::write(folder.path().join(name), "image,truth,predicted\n1,Apis mellifera,Apis mellifera\n").unwrap();
        for _ in 0..2 {
            let output = command(folder.path()).arg("report").arg(name).arg("--tables-only").output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success() && said.contains("report: reports/caf\u{fffd} ("), "{output:?}");
        }
    }
}
