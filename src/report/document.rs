//! A report as a list of blocks, rendered as a page and as Markdown.

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Title.
    pub title: String,
    /// One sentence per run: how good and how wrong.
    pub verdicts: Vec<String>,
    /// The rest, in order.
    pub blocks: Vec<Block>,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading; depth 2 for sections, 3 below.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// A sentence that must not be missed.
    Warning(String),
    /// Sentences, one a line.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Figure),
    /// Photographs with captions.
    Gallery(Vec<Photograph>),
    /// Blocks that are folded away under a line.
    Details(String, Vec<Block>),
}

/// A table of text; cells are plain text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Column heads.
    pub head: Vec<String>,
    /// Whether each column holds numbers.
    pub numeric: Vec<bool>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table whose columns are given as head and whether they hold numbers.
    #[must_use]
    pub fn new(columns: &[(&str, bool)]) -> Self {
        Self {
            head: columns.iter().map(|(head, _)| (*head).to_string()).collect(),
            numeric: columns.iter().map(|(_, numeric)| *numeric).collect(),
            rows: vec![],
        }
    }

    /// Appends a row.
    pub fn push<const N: usize>(&mut self, row: [String; N]) {
        self.rows.push(Vec::from(row));
    }
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// File name in the report folder.
    pub file: String,
    /// The picture.
    pub svg: String,
    /// What it shows, in words.
    pub caption: String,
}

/// A photograph in a gallery.
#[derive(Debug, Clone, PartialEq)]
pub struct Photograph {
    /// `data:` address of the picture.
    pub address: String,
    /// That of another one, to be held beside it.
    pub beside: Option<String>,
    /// Lines below it.
    pub caption: Vec<String>,
}

impl Document {
    /// All figures, in order.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        })
    }
}
