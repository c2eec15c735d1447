//! Where the rows of a source went: none is lost silently.

/// How many rows became what; `rows + made` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct RowAccounting {
    /// Rows of the source.
    pub rows: u64,
    /// Taxa made of lineages and rank columns, and synonyms of cells that hold several.
    pub made: u64,
    /// Taxa.
    pub taxa: u64,
    /// Other names of taxa.
    pub synonyms: u64,
    /// Rows that repeat others, or whose taxa were made of lineages.
    pub repeated: u64,
    /// Rows left out for a fault.
    pub left_out: u64,
    /// Rows that the source itself calls inactive or no names of taxa.
    pub filtered: u64,
    /// Taxa and synonyms that the options left out.
    pub pruned: u64,
}

impl RowAccounting {
    /// Whether the parts add up.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.rows + self.made == self.taxa + self.synonyms + self.repeated + self.left_out + self.filtered + self.pruned
    }

    /// The sum, its parts that are not 0: `4 rows = 3 taxa + 1 left out`.
    #[must_use]
    pub fn line(&self) -> String {
        let shown = [
            (self.taxa, "taxa"),
            (self.synonyms, "synonyms"),
            (self.repeated, "repeated"),
            (self.filtered, "inactive or no names of taxa"),
            (self.left_out, "left out"),
            (self.pruned, "not asked for"),
        ];
        let sum: Vec<String> =
            shown.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let made = if self.made > 0 { format!(" and {} entries made of lineages", self.made) } else { String::new() };
        format!("{} rows{made} = {}", self.rows, sum.join(" + "))
    }
}
