//! The table of a comparison as text and as Markdown.

use super::comparison::Comparison;
use crate::files::markup::markdown as escape;

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

/// The table as ranx prints it, byte for byte where the same differences are significant: a column whose cells are
/// all numbers stands under its points, without zeros at the end; others begin at the left.
#[must_use]
pub fn ranx_table(comparison: &Comparison) -> String {
    let mut columns = vec![("#".to_string(), (0..comparison.runs.len()).map(letter).collect::<Vec<_>>())];
    columns.push(("Model".to_string(), comparison.runs.clone()));
    for (metric, compared) in comparison.metrics.iter().enumerate() {
        let cells = (0..comparison.runs.len()).map(|run| cell(comparison, metric, run));
        columns.push((compared.label.clone(), cells.collect()));
    }
    let columns: Vec<Vec<String>> = columns.into_iter().map(|(head, cells)| aligned(&head, cells)).collect();
    let line =
        |row: usize| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join("  ").trim_end().to_string();
    (0..comparison.runs.len() + 2).map(line).collect::<Vec<_>>().join("\n")
}

/// A column with its head and dashes, each line as wide as the others, as tabulate lays it out.
fn aligned(head: &str, mut cells: Vec<String>) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let is_number = |text: &String| text.parse::<f64>().is_ok_and(f64::is_finite);
    let numeric = cells.iter().all(is_number);
    if numeric && cells.iter().any(|cell| cell.parse::<i64>().is_err()) {
        for cell in &mut cells {
            *cell = general(cell.parse().unwrap_or(0.0));
        }
        let behind = |cell: &String| cell.find('.').map_or(0, |point| cell.len() - point);
        let most = cells.iter().map(behind).max().unwrap_or(0);
        for cell in &mut cells {
            *cell += &" ".repeat(most - behind(cell));
        }
    }
    let width = cells.iter().map(|cell| length(cell)).max().unwrap_or(0).max(length(head) + 2);
    let pad = |text: &str| {
        let space = " ".repeat(width - length(text));
        if numeric { format!("{space}{text}") } else { format!("{text}{space}") }
    };
    [pad(head), "-".repeat(width)].into_iter().chain(cells.iter().map(|cell| pad(cell))).collect()
}

/// A number of six digits at most, without zeros at the end: C's `%g` up to a million.
fn general(value: f64) -> String {
    let whole = if value.abs() < 1.0 { 1 } else { value.abs().trunc().to_string().len() };
    let decimals = 6_usize.saturating_sub(whole);
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// The table as Markdown, in bold what is significantly better than all others.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    let mut lines = vec!["| # | model |".to_string(), format!("|---|---|{}", "--:|".repeat(comparison.metrics.len()))];
    lines[0].extend(comparison.metrics.iter().flat_map(|metric| [" ".to_string(), escape(&metric.label), " |".to_string()]));
    for (run, name) in comparison.runs.iter().enumerate() {
        let cells = (0..comparison.metrics.len()).map(|metric| {
            let cell = cell(comparison, metric, run);
            if comparison.metrics[metric].best(comparison.alpha) == Some(run) {
                format!(" **{cell}** |")
            } else {
                format!(" {cell} |")
            }
        });
        lines.push(format!("| {} | {} |{}", letter(run), escape(name), cells.collect::<Vec<_>>().concat()));
    }
    lines.join("\n") + "\n"
}
