//! The report as one self-contained page: no script, no file beside it.

use super::document::{Block, Document, Figure, Photograph, Table};
use crate::files::markup::html as escape;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// Renders the document.
pub(super) fn render(document: &Document) -> String {
    let title = escape(&document.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n"
    );
    for verdict in &document.verdicts {
        let _ = writeln!(html, "<p class=\"verdict\">{}</p>", escape(verdict));
    }
    document.blocks.iter().for_each(|block| render_block(&mut html, block));
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

/// Writing to a string cannot fail, so results of `write!` are dropped here and below.
fn render_block(html: &mut String, block: &Block) {
    match block {
        Block::Heading(depth, heading) => {
            let _ = writeln!(html, "<h{depth}>{}</h{depth}>", escape(heading));
        }
        Block::Paragraph(paragraph) => {
            let _ = writeln!(html, "<p>{}</p>", escape(paragraph));
        }
        Block::Warning(warning) => {
            let _ = writeln!(html, "<p class=\"warning\"><strong>Warning.</strong> {}</p>", escape(warning));
        }
        Block::List(items) => {
            html.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(html, "<li>{}</li>", escape(item));
            }
            html.push_str("</ul>\n");
        }
        Block::Table(table) => render_table(html, table),
        Block::Figure(figure) => render_figure(html, figure),
        Block::Gallery(photographs) => render_gallery(html, photographs),
        Block::Details(heading, blocks) => {
            let _ = writeln!(html, "<details>\n<summary>{}</summary>", escape(heading));
            for block in blocks {
                render_block(html, block);
            }
            html.push_str("</details>\n");
        }
    }
}

fn render_table(html: &mut String, table: &Table) {
    let class = |column: usize| if table.numeric[column] { " class=\"number\"" } else { "" };
    html.push_str("<div class=\"table\"><table>\n<thead><tr>");
    for (column, head) in table.head.iter().enumerate() {
        let _ = write!(html, "<th{}>{}</th>", class(column), escape(head));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let _ = write!(html, "<td{}>{}</td>", class(column), escape(cell));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table></div>\n");
}

fn render_figure(html: &mut String, figure: &Figure) {
    let caption = escape(&figure.caption);
    let _ = writeln!(html, "<figure>\n{}<figcaption>{caption}</figcaption>\n</figure>", figure.svg);
}

fn render_gallery(html: &mut String, photographs: &[Photograph]) {
    let pairs = if photographs.iter().any(|photograph| photograph.beside.is_some()) { " pairs" } else { "" };
    let _ = writeln!(html, "<div class=\"gallery{pairs}\">");
    for photograph in photographs {
        let lines: Vec<String> = photograph.caption.iter().map(|line| escape(line)).collect();
        let alt = lines.first().cloned().unwrap_or_default();
        let picture = |address: &String, alt: &str| format!("<img src=\"{}\" alt=\"{alt}\">", escape(address));
        let beside = photograph.beside.as_ref().map_or_else(String::new, |address| picture(address, ""));
        let caption = lines.join("<br>");
        let _ = writeln!(
            html,
            "<figure><div>{}{beside}</div><figcaption>{caption}</figcaption></figure>",
            picture(&photograph.address, &alt)
        );
    }
    html.push_str("</div>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        let mut table = Table::new(&[("name", false)]);
        table.push(["<script>alert('&')</script>".to_string()]);
        let document = Document { title: "a < b".to_string(), verdicts: vec![], blocks: vec![Block::Table(table)] };
        let html = render(&document);
        assert!(html.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"));
        assert!(html.contains("<title>a &lt; b</title>") && !html.contains("<script"));
    }
}
