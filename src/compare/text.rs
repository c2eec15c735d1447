//! The table of a comparison as text and as Markdown.

use super::Comparison;

/// Letters of runs: a to z, then aa, ab, ...
#[must_use]
pub fn letter(run: usize) -> String {
    let last = char::from(b'a' + u8::try_from(run % 26).unwrap_or(0));
    if run < 26 { last.to_string() } else { letter(run / 26 - 1) + &last.to_string() }
}

/// Letters of the runs that a run beats.
pub(super) fn beaten(comparison: &Comparison, metric: usize, run: usize) -> Vec<usize> {
    let metric = &comparison.metrics[metric];
    (0..comparison.runs.len()).filter(|&other| metric.beats(run, other, comparison.alpha)).collect()
}

fn superscript(letters: &str) -> String {
    const RAISED: [char; 26] = [
        'ᵃ', 'ᵇ', 'ᶜ', 'ᵈ', 'ᵉ', 'ᶠ', 'ᵍ', 'ʰ', 'ⁱ', 'ʲ', 'ᵏ', 'ˡ', 'ᵐ', 'ⁿ', 'ᵒ', 'ᵖ', '𐞥', 'ʳ', 'ˢ', 'ᵗ', 'ᵘ', 'ᵛ', 'ʷ', 'ˣ',
        'ʸ', 'ᶻ',
    ];
    letters.bytes().map(|letter| RAISED[usize::from(letter - b'a')]).collect()
}

/// A mean with the letters of the runs it beats raised; `-` where undefined.
pub(crate) fn cell(comparison: &Comparison, metric: usize, run: usize) -> String {
    let Some(mean) = comparison.metrics[metric].means[run] else { return "-".to_string() };
    let letters: Vec<String> = beaten(comparison, metric, run).into_iter().map(letter).collect();
    // Beyond z a letter is two: a comma keeps them apart.
    let joined = if comparison.runs.len() > 26 {
        letters.iter().map(|letter| superscript(letter)).collect::<Vec<_>>().join("˒")
    } else {
        superscript(&letters.concat())
    };
    format!("{mean:.3}{joined}")
}

/// The table in the layout of ranx: two spaces between columns, dashes as wide as the columns.
#[must_use]
pub fn table(comparison: &Comparison) -> String {
    let mut rows = vec![vec!["#".to_string(), "Model".to_string()]];
    rows[0].extend(comparison.metrics.iter().map(|metric| metric.label.clone()));
    for (run, name) in comparison.runs.iter().enumerate() {
        let mut row = vec![letter(run), name.clone()];
        row.extend((0..comparison.metrics.len()).map(|metric| cell(comparison, metric, run)));
        rows.push(row);
    }
    let length = |cell: &String| cell.chars().count();
    // As tabulate does: heads have room for two more.
    let width = |column: usize| rows.iter().map(|row| length(&row[column])).max().unwrap_or(0).max(length(&rows[0][column]) + 2);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            let space = " ".repeat(width - length(cell));
            if column < 2 { format!("{cell}{space}") } else { format!("{space}{cell}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    let dashes = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  ");
    let mut lines = vec![line(&rows[0]), dashes];
    lines.extend(rows[1..].iter().map(line));
    lines.join("\n")
}

/// The table as Markdown, the best of each metric in bold.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    let escape = |text: &str| text.replace('|', "\\|");
    let mut lines = vec!["| # | model |".to_string(), format!("|---|---|{}", "--:|".repeat(comparison.metrics.len()))];
    lines[0].extend(comparison.metrics.iter().flat_map(|metric| [" ".to_string(), escape(&metric.label), " |".to_string()]));
    for (run, name) in comparison.runs.iter().enumerate() {
        let cells = (0..comparison.metrics.len()).map(|metric| {
            let cell = cell(comparison, metric, run);
            if comparison.metrics[metric].best() == Some(run) { format!(" **{cell}** |") } else { format!(" {cell} |") }
        });
        lines.push(format!("| {} | {} |{}", letter(run), escape(name), cells.collect::<Vec<_>>().concat()));
    }
    lines.join("\n") + "\n"
}
