//! The page on metrics lists the program's own, and README stays a page that is read.

use crate::program::nearmiss;
use nearmiss::scores::metric::{self, Metric};
use nearmiss::spaces::metric::{latent, latent_ranks, of_retrieval};
use std::fmt::Write;
use std::path::Path;

const PAGE: &str = "docs/which-metric.md";
const BEGIN: &str = "<!-- metrics: begin -->\n";
const END: &str = "<!-- metrics: end -->";
/// The most lines of README; everything else is a page of docs/.
const MOST_LINES: usize = 150;

/// The metrics of each command under a heading, those of `latent` under two.
fn tables() -> String {
    let tables = [
        ("Of `report`", metric::all()),
        ("Of `latent`, a space", latent::all()),
        ("Of `latent`, a rank of a space", latent_ranks::all()),
        ("Of `retrieve`", of_retrieval()),
        ("Of `compare`", metric::compare::all()),
        ("Of `sets`", metric::sets::all()),
        ("Of `shift`", metric::shift::all()),
        ("Of `annotators`", metric::annotators::all()),
        ("Of `next-labels`", metric::next_labels::all()),
    ];
    tables.iter().map(|(heading, metrics)| format!("### {heading}\n\n{}", table(metrics))).collect::<Vec<_>>().join("\n")
}

fn table(metrics: &[Metric]) -> String {
    let mut table = "| metric | what it says | better | interval | source |\n|---|---|---|---|---|\n".to_string();
    for metric in metrics {
        let (block, name) = (metric.block.key(), metric.name);
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(
            table,
            "| `{block}.{name}` | {} | {} | {} | {} |",
            cell(metric.sentence),
            metric.direction.word(),
            metric.interval().unwrap_or_default(),
            cell(metric.source)
        )
        .unwrap();
    }
    table
}

#[test]
fn the_page_on_metrics_lists_every_metric() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    if std::env::var_os("NEARMISS_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", tables())).unwrap();
        return;
    }
    assert!(shown == tables(), "the table of metrics in {PAGE} is old: run NEARMISS_BLESS=1 cargo test readme");
}

#[test]
fn every_command_that_measures_lists_its_metrics() {
    let folder = tempfile::tempdir().unwrap();
    for (command, metrics) in [
        ("report", metric::all()),
        ("latent", [latent::all(), latent_ranks::all()].concat()),
        ("retrieve", of_retrieval()),
        ("compare", metric::compare::all()),
        ("sets", metric::sets::all()),
        ("shift", metric::shift::all()),
        ("annotators", metric::annotators::all()),
        ("next-labels", metric::next_labels::all()),
    ] {
        let listed = nearmiss(folder.path(), &[command, "--list-metrics"]);
        assert_eq!(listed.code, 0, "{listed:?}");
        let names: Vec<&str> = listed.stdout.lines().filter(|line| !line.starts_with(' ')).collect();
        let expected: Vec<String> = metrics.iter().map(|metric| format!("{}.{}", metric.block.key(), metric.name)).collect();
        assert_eq!(names, expected, "{command}");
    }
}

#[test]
fn the_readme_is_short() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let lines = readme.lines().count();
    assert!(lines <= MOST_LINES, "README.md has {lines} lines, {MOST_LINES} at most: move what is too much into docs/");
}
