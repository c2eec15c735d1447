//! The report as one self-contained page: readable and printable without a script; with one, and with its data, it has a
//! workbench.

use super::document::{Block, Document, Figure, Photograph, Table};
use super::language::{self, Language};
use super::noun::Renaming;
use crate::files::markup::html as escape;
use std::fmt::Write;

const STYLE: &str = include_str!("page/document.css");
const WORKBENCH_STYLE: &str = include_str!("page/workbench.css");
const WORKBENCH: &str = include_str!("page/workbench.js");

/// What a page is besides its document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame<'a> {
    /// The language it opens in.
    pub language: Language,
    /// What its answers are about, where these are not images.
    pub renaming: Option<&'a Renaming>,
    /// Names of runs, which are no words of any language.
    pub names: &'a [String],
    /// The data of its workbench, as JSON that may stand in a script element; without, the page has no script.
    pub workbench: Option<&'a str>,
}

/// Headings that a page must have for a list of its sections.
const SECTIONS: usize = 3;

/// Renders the document in English, without a workbench.
pub(super) fn render(document: &Document) -> String {
    render_in(document, Frame::default())
}

/// Renders the document.
pub(super) fn render_in(document: &Document, frame: Frame<'_>) -> String {
    let page =
        Page { language: frame.language, switched: frame.workbench.is_some(), renaming: frame.renaming, names: frame.names };
    let title = escape(&frame.language.translate(&document.title).unwrap_or_else(|| document.title.clone()));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{}<title>{title}</title>\n<style>\n{STYLE}{}</style>\n</head>\n\
         <body>\n<main>\n",
        frame.language.code(),
        frame.workbench.map_or_else(String::new, |_| policy()),
        frame.workbench.map_or("", |_| WORKBENCH_STYLE),
    );
    if frame.workbench.is_some() {
        html.push_str("<section id=\"workbench\" hidden></section>\n");
    }
    html.push_str("<div id=\"report\">\n");
    page.text(&mut html, "h1", "", &document.title);
    for verdict in &document.verdicts {
        page.text(&mut html, "p", " class=\"verdict\"", verdict);
    }
    page.contents(&mut html, &document.blocks);
    let mut sections = 0;
    document.blocks.iter().for_each(|block| page.block(&mut html, block, &mut sections));
    html.push_str("</div>\n</main>\n");
    if let Some(data) = frame.workbench {
        let _ = writeln!(
            html,
            "<script type=\"application/json\" id=\"nearmiss-data\">{data}</script>\n<script>{WORKBENCH}</script>"
        );
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// What the page may load: its own script and style, pictures and data beside it, and nothing from anywhere else.
fn policy() -> String {
    use sha2::{Digest, Sha256};
    let sum = super::photographs::base64(&Sha256::digest(WORKBENCH.as_bytes()));
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-{sum}' 'self' file:; \
         style-src 'unsafe-inline'; img-src 'self' file: data: blob:; base-uri 'none'; form-action 'none'\">\n"
    )
}

/// A page in the making.
#[derive(Clone, Copy)]
struct Page<'a> {
    language: Language,
    /// Whether the reader can change the language.
    switched: bool,
    renaming: Option<&'a Renaming>,
    names: &'a [String],
}

/// Writing to a string cannot fail, so results of `write!` are dropped here and below.
impl Page<'_> {
    /// An element with a text: in the page's language where it can be, with the others to change to.
    fn text(self, html: &mut String, element: &str, attributes: &str, text: &str) {
        let _ = writeln!(html, "<{element}{attributes}{}</{element}>", self.content(text));
    }

    /// What follows the attributes of an element that holds a text: those of its languages, and the text.
    fn content(self, text: &str) -> String {
        self.in_languages(text, |language| language.translate(text), text.chars().any(char::is_alphabetic))
    }

    /// [`Self::content`] of a cell, which may be a name: no other language is told of it.
    fn cell(self, text: &str) -> String {
        self.in_languages(text, |language| language.translate_whole(text), false)
    }

    fn in_languages(self, text: &str, translated: impl Fn(Language) -> Option<String>, is_english: bool) -> String {
        // What may be a name and is none of the program's own texts stays as it is.
        let renaming = self.renaming.filter(|_| is_english || language::is_own(text));
        let named =
            |text: &str, language: Language| renaming.map_or_else(|| text.to_string(), |renaming| renaming.text(text, language));
        let is_name = self.names.iter().any(|name| name == text);
        let of = |language: Language| translated(language).filter(|_| !is_name).map(|text| named(&text, language));
        let (english, shown) = (named(text, Language::English), of(self.language));
        let text = english.as_str();
        let mut attributes = String::new();
        let others = Language::ALL.map(of);
        if self.switched && others.iter().any(Option::is_some) {
            let _ = write!(attributes, " data-en=\"{}\"", escape(text));
            for (language, text) in Language::ALL.into_iter().zip(&others).skip(1) {
                if let Some(text) = text {
                    let _ = write!(attributes, " data-{}=\"{}\"", language.code(), escape(text));
                }
            }
        }
        if self.language != Language::English && shown.is_none() && is_english {
            attributes.push_str(" lang=\"en\"");
        }
        format!("{attributes}>{}", escape(shown.as_deref().unwrap_or(text)))
    }

    /// The list of sections.
    fn contents(self, html: &mut String, blocks: &[Block]) {
        let headings: Vec<&str> = blocks
            .iter()
            .filter_map(|block| if let Block::Heading(2, heading) = block { Some(heading.as_str()) } else { None })
            .collect();
        if headings.len() < SECTIONS {
            return;
        }
        let label = self.language.translate("Sections").unwrap_or_else(|| "Sections".to_string());
        let _ = writeln!(html, "<nav class=\"contents\" aria-label=\"{}\">\n<ul>", escape(&label));
        for (place, heading) in headings.iter().enumerate() {
            let _ = writeln!(html, "<li><a href=\"#section-{}\"{}</a></li>", place + 1, self.content(heading));
        }
        html.push_str("</ul>\n</nav>\n");
    }

    fn block(self, html: &mut String, block: &Block, sections: &mut usize) {
        match block {
            Block::Heading(2, heading) => {
                *sections += 1;
                self.text(html, "h2", &format!(" id=\"section-{sections}\""), heading);
            }
            Block::Heading(depth, heading) => self.text(html, &format!("h{depth}"), "", heading),
            Block::Paragraph(paragraph) => self.text(html, "p", "", paragraph),
            Block::Warning(warning) => {
                let _ = writeln!(
                    html,
                    "<p class=\"warning\"><strong{}</strong> <span{}</span></p>",
                    self.content("Warning."),
                    self.content(warning)
                );
            }
            Block::List(items) => {
                html.push_str("<ul>\n");
                for item in items {
                    self.text(html, "li", "", item);
                }
                html.push_str("</ul>\n");
            }
            Block::Table(table) => self.table(html, table),
            Block::Figure(figure) => self.figure(html, figure),
            Block::Gallery(photographs) => gallery(html, photographs),
            Block::Details(heading, blocks) => {
                html.push_str("<details>\n");
                self.text(html, "summary", "", heading);
                for block in blocks {
                    self.block(html, block, sections);
                }
                html.push_str("</details>\n");
            }
        }
    }

    /// A table: its own scroll box can be reached by keyboard, and heads say what they are the heads of.
    fn table(self, html: &mut String, table: &Table) {
        let class = |column: usize| if table.numeric[column] { " class=\"number\"" } else { "" };
        let label = escape(
            &table.head.first().map(|head| self.language.translate(head).unwrap_or_else(|| head.clone())).unwrap_or_default(),
        );
        let _ = write!(html, "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\"><table>\n<thead><tr>");
        for (column, head) in table.head.iter().enumerate() {
            if head.is_empty() {
                html.push_str("<td></td>");
            } else {
                let _ = write!(html, "<th scope=\"col\"{}{}</th>", class(column), self.content(head));
            }
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            html.push_str("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let element = if column == 0 && !table.numeric[0] { "th scope=\"row\"" } else { "td" };
                // The script writes numbers anew where the language is changed.
                let cell = if table.numeric[column] { &self.language.number(cell) } else { cell };
                let _ = write!(html, "<{element}{}{}</{}>", class(column), self.cell(cell), &element[..2]);
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table></div>\n");
    }

    fn figure(self, html: &mut String, figure: &Figure) {
        let _ = writeln!(
            html,
            "<figure>\n<div class=\"drawing\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</div><figcaption{}</figcaption>\n</figure>",
            escape(&name_of(&figure.file)),
            recoloured(&figure.svg),
            self.content(&figure.caption)
        );
    }
}

/// What a figure is called: its file without folder and ending.
fn name_of(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".svg").unwrap_or(name).replace('_', " ")
}

/// The neutral colours of figures, and what they are on a page that may be dark.
const NEUTRALS: [(&str, &str); 4] =
    [("#1B1F24", "--figure-text"), ("#5F6770", "--figure-soft"), ("#DEE2E6", "--figure-line"), ("#FFFFFF", "--figure-back")];

/// A figure whose neutral colours follow the page's scheme.
fn recoloured(svg: &str) -> String {
    NEUTRALS.iter().fold(svg.to_string(), |svg, (colour, variable)| {
        svg.replace(&format!("\"{colour}\""), &format!("\"var({variable}, {colour})\""))
    })
}

fn gallery(html: &mut String, photographs: &[Photograph]) {
    let pairs = if photographs.iter().any(|photograph| photograph.beside.is_some()) { " pairs" } else { "" };
    let _ = writeln!(html, "<div class=\"gallery{pairs}\">");
    for photograph in photographs {
        let lines: Vec<String> = photograph.caption.iter().map(|line| escape(line)).collect();
        let alt = lines.first().cloned().unwrap_or_default();
        let picture = |address: &String, alt: &str| format!("<img src=\"{}\" alt=\"{alt}\" loading=\"lazy\">", escape(address));
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

    #[test]
    fn a_page_with_data_runs_its_own_script_alone() {
        let document = Document { title: "t".to_string(), verdicts: vec![], blocks: vec![] };
        let html = render_in(&document, Frame { workbench: Some("{}"), ..Frame::default() });
        assert!(html.contains("<script type=\"application/json\" id=\"nearmiss-data\">{}</script>"));
        assert!(html.contains("default-src 'none'; script-src 'sha256-"));
        assert!(!WORKBENCH.contains("</script") && !WORKBENCH_STYLE.contains("</style"));
    }
}
