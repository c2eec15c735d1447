//! What was understood of predictions before anything is scored: which column is what, how names met their taxa.

use crate::numbers::counted::counted;
use serde::Serialize;

/// Unknown names that are quoted.
const QUOTED: usize = 3;

/// What was understood of predictions.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Understood {
    /// Rows of the table.
    pub rows: u64,
    /// Images that they show.
    pub images: u64,
    /// What each column is.
    pub columns: Vec<ColumnRole>,
    /// Where the taxonomy comes from, in words.
    pub taxonomy: String,
    /// How the distinct names met their taxa, the surest way first.
    pub names: Vec<Matched>,
    /// The truths of the images.
    pub truths: Known,
    /// The first answers of each run.
    pub answers: Vec<RunKnown>,
}

/// What a column, or several together, are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnRole {
    /// `image`, `truth`, `prediction`, `position`, `observation`.
    pub role: &'static str,
    /// Their names; none where there is no such column.
    pub columns: Vec<String>,
    /// More, in words: of which file, how scores were read.
    pub more: String,
}

/// A way in which names met their taxa.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// The way, in words.
    pub by: &'static str,
    /// Distinct names.
    pub names: u64,
}

/// How many names are taxa.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Images that have a name.
    pub named: u64,
    /// Of these, names that are no taxon of the taxonomy.
    pub unknown: u64,
    /// Images without a name, but those that show, or are answered as, something else that is known.
    pub blank: u64,
    /// The most frequent unknown names with their images, at most three.
    pub most_frequent: Vec<(String, u64)>,
}

/// How many first answers of a run are taxa.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunKnown {
    /// The run.
    pub run: String,
    /// Its answers.
    #[serde(flatten)]
    pub known: Known,
}

impl Known {
    /// Of the counts of unknown names, and of images with and without a name.
    #[must_use]
    pub fn of<'a>(named: u64, blank: u64, unknown: impl IntoIterator<Item = (&'a String, &'a usize)>) -> Known {
        let mut counts: Vec<(String, u64)> = unknown.into_iter().map(|(name, count)| (name.clone(), *count as u64)).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let unknown = counts.iter().map(|(_, count)| count).sum();
        counts.truncate(QUOTED);
        Known { named, unknown, blank, most_frequent: counts }
    }

    /// Whether no name is a taxon.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.named > 0 && self.unknown == self.named
    }

    /// Whether less than half of the names are taxa.
    #[must_use]
    pub fn is_less_than_half(&self) -> bool {
        self.unknown * 2 > self.named
    }

    /// The most frequent unknown names, in quotes.
    #[must_use]
    pub fn quoted(&self) -> String {
        self.most_frequent.iter().map(|(name, count)| format!("'{name}' {count}")).collect::<Vec<_>>().join(", ")
    }

    fn line(&self) -> String {
        let mut parts = vec![];
        parts.push(match (self.unknown, self.named) {
            (0, 0) => "none".to_string(),
            (0, 1) => "the one known".to_string(),
            (0, named) => format!("all {named} known"),
            (unknown, named) => format!("{unknown} of {named} unknown ({})", self.quoted()),
        });
        if self.blank > 0 {
            parts.push(format!("{} blank", self.blank));
        }
        parts.join(", ")
    }
}

impl ColumnRole {
    fn line(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| format!("'{column}'")).collect();
        let word = if columns.len() == 1 { "column" } else { "columns" };
        let shown = match columns.len() {
            0 => String::new(),
            1..=8 => format!("{word} {}", columns.join(", ")),
            several => format!("{word} {}, … {} ({several})", columns[..3].join(", "), columns[several - 1]),
        };
        [shown, self.more.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

impl Understood {
    /// Six lines or fewer.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.first_line()];
        lines.extend(self.roles("truth").map(|role| format!("truth: {}; {}", role.line(), self.truths.line())));
        if lines.len() == 1 {
            lines.push(format!("truth: {}", self.truths.line()));
        }
        let several = self.answers.len() > 1;
        if several {
            let named: u64 = self.answers.iter().map(|run| run.known.named).sum();
            let unknown: u64 = self.answers.iter().map(|run| run.known.unknown).sum();
            let runs: Vec<String> = self.answers.iter().take(6).map(|run| format!("'{}'", run.run)).collect();
            let more = if self.answers.len() > 6 { ", …" } else { "" };
            lines.push(format!(
                "predictions: {} runs ({}{more}); {unknown} of {named} answers unknown",
                self.answers.len(),
                runs.join(", ")
            ));
        } else {
            lines.extend(self.run_lines());
        }
        lines.push(self.names_line());
        lines
    }

    /// All of it, a line for every run and column.
    #[must_use]
    pub fn whole(&self) -> Vec<String> {
        let mut lines = vec![self.first_line()];
        let others = self.columns.iter().filter(|column| !["image", "truth", "prediction"].contains(&column.role));
        lines.extend(self.roles("truth").map(|role| format!("truth: {}; {}", role.line(), self.truths.line())));
        if self.roles("truth").next().is_none() {
            lines.push(format!("truth: {}", self.truths.line()));
        }
        lines.extend(self.run_lines());
        lines.extend(others.map(|column| format!("{}: {}", column.role, column.line())));
        lines.push(format!("taxonomy: {}", self.taxonomy));
        lines.extend(self.names.iter().map(|matched| format!("names {}: {}", matched.by, matched.names)));
        lines
    }

    fn roles(&self, role: &'static str) -> impl Iterator<Item = &ColumnRole> {
        self.columns.iter().filter(move |column| column.role == role)
    }

    fn first_line(&self) -> String {
        let image = self.roles("image").next().map_or_else(String::new, |role| format!(", image: {}", role.line()));
        format!("{}, {}{image}", counted(self.rows, "row", "rows"), counted(self.images, "image", "images"))
    }

    fn run_lines(&self) -> impl Iterator<Item = String> {
        let mut roles = self.roles("prediction");
        self.answers.iter().map(move |run| {
            let role = roles.next().map_or_else(String::new, |role| role.line() + "; ");
            let name = if self.answers.len() > 1 { format!(" of '{}'", run.run) } else { String::new() };
            format!("prediction{name}: {role}{}", run.known.line())
        })
    }

    fn names_line(&self) -> String {
        let ways: Vec<String> = self.names.iter().map(|matched| format!("{} {}", matched.names, matched.by)).collect();
        format!("names: {}; {}", if ways.is_empty() { "none".to_string() } else { ways.join(", ") }, self.taxonomy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_six_lines_at_most_and_counts_what_is_unknown() {
        let role = |role: &'static str, column: &str, more: &str| ColumnRole {
            role,
            columns: vec![column.to_string()],
            more: more.to_string(),
        };
        let counts = [("Xus".to_string(), 2), ("Yus".to_string(), 3), ("Zus".to_string(), 1), ("Aus".to_string(), 1)];
        let unknown = Known::of(10, 1, counts.iter().map(|(name, count)| (name, count)));
        assert_eq!((unknown.unknown, unknown.quoted()), (7, "'Yus' 3, 'Xus' 2, 'Aus' 1".to_string()));
        assert!(unknown.is_less_than_half() && !unknown.is_none());
        let understood = Understood {
            rows: 1,
            images: 1,
            columns: vec![role("image", "file", ""), role("truth", "species", "of truth.csv"), role("prediction", "top1", "")],
            taxonomy: "the names of the table".to_string(),
            names: vec![Matched { by: "by whole name", names: 3 }],
            truths: Known::of(1, 0, []),
            answers: vec![RunKnown { run: "top1".to_string(), known: unknown }],
        };
        assert_eq!(
            understood.lines(),
            [
                "1 row, 1 image, image: column 'file'",
                "truth: column 'species', of truth.csv; the one known",
                "prediction: column 'top1'; 7 of 10 unknown ('Yus' 3, 'Xus' 2, 'Aus' 1), 1 blank",
                "names: 3 by whole name; the names of the table",
            ]
        );
    }
}
