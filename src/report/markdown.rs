//! The report as Markdown.

use super::document::{Block, Document, Table};
use super::language::{self, Language};
use super::noun::Renaming;
use crate::files::markup::markdown as escape;
use std::fmt::Write;

/// Renders the document; photographs stay on the page.
pub(super) fn render(document: &Document) -> String {
    render_of(document, None)
}

/// [`render`] of answers that are about something else than images.
pub(super) fn render_of(document: &Document, renaming: Option<&Renaming>) -> String {
    let text = Text(renaming);
    let mut markdown = format!("# {}\n\n", text.own(&document.title));
    for verdict in &document.verdicts {
        let _ = write!(markdown, "**{}**\n\n", text.own(verdict));
    }
    document.blocks.iter().for_each(|block| text.block(&mut markdown, block));
    markdown
}

/// Texts as they stand in Markdown, with another noun for images where there is one.
#[derive(Clone, Copy)]
struct Text<'a>(Option<&'a Renaming>);

/// Writing to a string cannot fail, so results of `write!` are dropped here and below.
impl Text<'_> {
    /// A text of the program's own.
    fn own(self, text: &str) -> String {
        self.0.map_or_else(|| escape(text), |renaming| escape(&renaming.text(text, Language::English)))
    }

    /// A text that may be a name.
    fn cell(self, text: &str) -> String {
        if language::is_own(text) { self.own(text) } else { escape(text) }
    }

    fn block(self, markdown: &mut String, block: &Block) {
        match block {
            Block::Heading(depth, heading) => {
                let _ = write!(markdown, "{} {}\n\n", "#".repeat(usize::from(*depth)), self.own(heading));
            }
            Block::Paragraph(paragraph) => {
                let _ = write!(markdown, "{}\n\n", self.own(paragraph));
            }
            Block::Warning(warning) => {
                let _ = write!(markdown, "> **Warning.** {}\n\n", self.own(warning));
            }
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(markdown, "- {}", self.own(item));
                }
                markdown.push('\n');
            }
            Block::Table(table) => self.table(markdown, table),
            Block::Figure(figure) => {
                let _ = write!(markdown, "![{}]({})\n\n", self.own(&figure.caption), figure.file);
            }
            Block::Gallery(_) => {}
            Block::Details(heading, blocks) => {
                let _ = write!(markdown, "### {}\n\n", self.own(heading));
                for block in blocks {
                    self.block(markdown, block);
                }
            }
        }
    }

    fn table(self, markdown: &mut String, table: &Table) {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        markdown.push_str(&line(table.head.iter().map(|head| self.own(head)).collect()));
        let marks = table.numeric.iter().map(|numeric| if *numeric { "--:" } else { "---" }.to_string());
        markdown.push_str(&line(marks.collect()));
        for row in &table.rows {
            markdown.push_str(&line(row.iter().map(|cell| self.cell(cell)).collect()));
        }
        markdown.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_break_the_table() {
        let mut table = Table::new(&[("name", false), ("n", true)]);
        table.push(["a|b\n<c>".to_string(), "2".to_string()]);
        let mut text = String::new();
        Text(None).table(&mut text, &table);
        assert_eq!(text, "| name | n |\n| --- | --: |\n| a\\|b &lt;c> | 2 |\n\n");
    }
}
