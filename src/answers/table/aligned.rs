//! Text whose cells stand apart by runs of spaces, as R's `write.table` leaves it: names in quotes.

use std::fmt::Write as _;

/// The cells of a line, apart by spaces outside quotes; `None` where a quote is never closed.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut cells = vec![];
    let mut letters = line.trim().chars().peekable();
    while let Some(first) = letters.next() {
        if first == ' ' {
            continue;
        }
        let mut cell = String::new();
        if first == '"' {
            loop {
                match letters.next()? {
                    // R writes a quote inside as `\"`, other programs as `""`.
                    '\\' | '"' if letters.peek() == Some(&'"') => cell.extend(letters.next()),
                    '"' => break,
                    letter => cell.push(letter),
                }
            }
        } else {
            cell.push(first);
            while let Some(letter) = letters.next_if(|&letter| letter != ' ') {
                cell.push(letter);
            }
        }
        cells.push(cell);
    }
    Some(cells)
}

/// Whether lines are cells apart by spaces: a first line of names in quotes, and below it rows of as many cells, or of
/// one more each, which is the name of the row.
pub(super) fn is_aligned(sample: &str) -> bool {
    let mut lines = sample.lines().filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return false };
    let is_quoted = first.trim().split("\" ").all(|cell| cell.trim_start().starts_with('"'));
    let Some(names) = cells(first).filter(|_| is_quoted) else { return false };
    let rows: Vec<usize> = lines.map(|line| cells(line).map_or(0, |cells| cells.len())).collect();
    let Some(&width) = rows.first() else { return false };
    let has_row_names = width == names.len() + 1 && sample.lines().skip(1).all(|line| line.is_empty() || line.starts_with('"'));
    width > 1 && rows.iter().all(|&row| row == width) && (width == names.len() || has_row_names)
}

/// The same lines with tabs between the cells, and every cell in quotes.
pub(super) fn with_tabs(text: &str) -> String {
    let mut tabbed = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        match cells(line) {
            Some(cells) => {
                for (at, cell) in cells.iter().enumerate() {
                    let between = if at == 0 { "" } else { "\t" };
                    // Writing into a string cannot fail.
                    let _ = write!(tabbed, "{between}\"{}\"", cell.replace('"', "\"\""));
                }
            }
            None => tabbed.push_str(line),
        }
        tabbed.push('\n');
    }
    tabbed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_r_are_told_from_prose() {
        for table in [
            "\"image\" \"truth\"\n\"1\" \"a.jpg\" \"Apis mellifera\"\n\"2\" \"b.jpg\" \"Apis cerana\"\n",
            "\"image\" \"score\"\n\"a.jpg\"   0.5\n\"b.jpg\"  0.25\n",
        ] {
            assert!(is_aligned(table), "{table}");
        }
        for table in [
            "image truth\na.jpg Apis\n",
            "\"image\" \"truth\"\n\"a.jpg\" \"Apis\n",
            "\"image\" \"truth\"\n",
            "\"species\"\n\"Apis mellifera\"\n",
            "\"image\" \"truth\"\na.jpg Apis x\nb.jpg Apis x\n",
        ] {
            assert!(!is_aligned(table), "{table}");
        }
    }

    #[test]
    fn cells_keep_their_quotes_and_blanks() {
        assert_eq!(with_tabs("\"a b\"  1\n\"say \\\"x\\\"\" 2\n"), "\"a b\"\t\"1\"\n\"say \"\"x\"\"\"\t\"2\"\n");
    }
}
