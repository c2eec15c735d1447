//! The README's table of metrics is the program's own list.

use nearmiss::metric;
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- metrics: begin -->\n";
const END: &str = "<!-- metrics: end -->";

fn table() -> String {
    let mut table = "| metric | what it says | better | interval | source |\n|---|---|---|---|---|\n".to_string();
    for metric in metric::all() {
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
fn the_readme_lists_every_metric() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    if std::env::var_os("NEARMISS_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert!(shown == table(), "the table of metrics in README.md is old: run NEARMISS_BLESS=1 cargo test readme");
}

#[test]
fn every_file_the_readme_shows_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.starts_with("http"));
    for link in links {
        assert!(root.join(link).exists(), "README.md shows {link}, which is not there");
    }
}
