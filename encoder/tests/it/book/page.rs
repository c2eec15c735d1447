//! A page of Markdown: its blocks of code, headings and links.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The list of all pages but README.
pub const SUMMARY: &str = "docs/SUMMARY.md";

const FENCE: &str = "```";

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// What stands behind the opening fence.
    pub tag: String,
    pub lines: Vec<String>,
    /// The line above it that is not blank; a fence where that is another block.
    before: String,
}

impl Block {
    /// The file that it shows: the line above ends in its name, as in "Into `costs.csv`:".
    pub fn file(&self) -> Option<&str> {
        let (_, name) = self.before.strip_suffix("`:")?.rsplit_once('`')?;
        (name.contains('.') && !["sh", "console"].contains(&self.tag.as_str())).then_some(name)
    }

    /// The script of the folder `examples` that it shows: the line above ends in a link to it.
    pub fn copy(&self) -> Option<&str> {
        let (_, link) = self.before.strip_suffix("):")?.rsplit_once("](")?;
        link.contains("examples/").then_some(link)
    }

    /// Whether nothing but blank lines stands between it and the block above.
    pub fn follows_a_block(&self) -> bool {
        self.before == FENCE
    }

    /// Its commands, each on one line.
    pub fn commands(&self) -> Vec<String> {
        let text = self.lines.join("\n").replace("\\\n", "");
        text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_string).collect()
    }
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Its path from the root of the repository.
    pub name: String,
    text: String,
}

impl Page {
    /// Reads a page by its path from the root of the repository.
    pub fn read(name: &str) -> Page {
        let text = fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Page { name: name.to_string(), text }
    }

    /// Reads a page by its whole path.
    pub fn of(path: &Path) -> Page {
        Page { name: path.display().to_string(), text: fs::read_to_string(path).unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        root().join(&self.name)
    }

    /// The blocks of code, and the lines that stand outside of them.
    fn parts(&self) -> (Vec<Block>, Vec<&str>) {
        let (mut blocks, mut outside) = (vec![], vec![]);
        let (mut open, mut before): (Option<Block>, &str) = (None, "");
        for line in self.text.lines() {
            if let Some(mut block) = open.take() {
                if line == FENCE {
                    blocks.push(block);
                    before = FENCE;
                } else {
                    block.lines.push(line.to_string());
                    open = Some(block);
                }
            } else if let Some(tag) = line.strip_prefix(FENCE) {
                open = Some(Block { tag: tag.to_string(), lines: vec![], before: before.to_string() });
            } else {
                outside.push(line);
                before = if line.trim().is_empty() { before } else { line };
            }
        }
        assert!(open.is_none(), "{}: a block has no end", self.name);
        (blocks, outside)
    }

    pub fn blocks(&self) -> Vec<Block> {
        self.parts().0
    }

    /// What links and pictures lead to.
    pub fn links(&self) -> Vec<String> {
        let lines = self.parts().1;
        let targets = lines.iter().flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
        targets.map(str::to_string).collect()
    }

    /// The names by which its headings are linked to.
    pub fn anchors(&self) -> BTreeSet<String> {
        let headings = self.parts().1.into_iter().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }

    /// The pieces of text between backticks.
    pub fn code(&self) -> Vec<String> {
        let lines = self.parts().1;
        lines.iter().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_string).collect()
    }
}

/// A heading as links name it: small, `-` for spaces, without marks.
fn anchor(heading: &str) -> String {
    let letters = heading.to_lowercase().replace(' ', "-");
    letters.chars().filter(|letter| letter.is_alphanumeric() || ['-', '_'].contains(letter)).collect()
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

pub fn is_markdown(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "md")
}

/// The pages that the summary names, in its order.
pub fn in_summary() -> Vec<String> {
    Page::read(SUMMARY).links().into_iter().map(|link| format!("docs/{link}")).collect()
}

/// README, then the pages of the summary.
pub fn all() -> Vec<Page> {
    std::iter::once("README.md".to_string()).chain(in_summary()).map(|name| Page::read(&name)).collect()
}
