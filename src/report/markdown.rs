//! The report as Markdown.

use super::document::{Block, Document, Table};
use crate::files::markup::markdown as escape;
use std::fmt::Write;

/// Renders the document; photographs stay on the page.
pub(super) fn render(document: &Document) -> String {
    let mut text = format!("# {}\n\n", escape(&document.title));
    for verdict in &document.verdicts {
        let _ = write!(text, "**{}**\n\n", escape(verdict));
    }
    document.blocks.iter().for_each(|block| render_block(&mut text, block));
    text
}

/// Writing to a string cannot fail, so results of `write!` are dropped here and below.
fn render_block(text: &mut String, block: &Block) {
    match block {
        Block::Heading(depth, heading) => {
            let _ = write!(text, "{} {}\n\n", "#".repeat(usize::from(*depth)), escape(heading));
        }
        Block::Paragraph(paragraph) => {
            let _ = write!(text, "{}\n\n", escape(paragraph));
        }
        Block::Warning(warning) => {
            let _ = write!(text, "> **Warning.** {}\n\n", escape(warning));
        }
        Block::List(items) => {
            for item in items {
                let _ = writeln!(text, "- {}", escape(item));
            }
            text.push('\n');
        }
        Block::Table(table) => render_table(text, table),
        Block::Figure(figure) => {
            let _ = write!(text, "![{}]({})\n\n", escape(&figure.caption), figure.file);
        }
        Block::Gallery(_) => {}
        Block::Details(heading, blocks) => {
            let _ = write!(text, "### {}\n\n", escape(heading));
            for block in blocks {
                render_block(text, block);
            }
        }
    }
}

fn render_table(text: &mut String, table: &Table) {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    text.push_str(&line(table.head.iter().map(|cell| escape(cell)).collect()));
    text.push_str(&line(table.numeric.iter().map(|numeric| if *numeric { "--:" } else { "---" }.to_string()).collect()));
    for row in &table.rows {
        text.push_str(&line(row.iter().map(|cell| escape(cell)).collect()));
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_break_the_table() {
        let mut table = Table::new(&[("name", false), ("n", true)]);
        table.push(["a|b\n<c>".to_string(), "2".to_string()]);
        let mut text = String::new();
        render_table(&mut text, &table);
        assert_eq!(text, "| name | n |\n| --- | --: |\n| a\\|b &lt;c> | 2 |\n\n");
    }
}
