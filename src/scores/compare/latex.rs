//! The table of a comparison for a paper: booktabs, superscripts for what each run beats.

use super::comparison::Comparison;
use super::metric_comparison::MetricComparison;
use super::text::{beaten, letter};
use crate::files::markup::latex as escape;
use std::fmt::Write;

/// What stands above a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preamble {
    /// The packages that it needs as comments: `\input` takes the file as it is.
    #[default]
    Commented,
    /// What ranx writes: packages between lines of `=`, to be cut and put where they belong.
    Ranx,
}

impl Preamble {
    fn text(self) -> &'static str {
        match self {
            Preamble::Commented => "% Needs in the preamble: \\usepackage{graphicx} \\usepackage{booktabs}\n",
            Preamble::Ranx => {
                "========================\n% Add in preamble\n\\usepackage{graphicx}\n\\usepackage{booktabs}\n\
                 ========================\n\n\n"
            }
        }
    }
}

/// A `table*` in the layout of ranx, and above it what the preamble needs; in bold what a test says is best.
#[must_use]
pub fn table(comparison: &Comparison, preamble: Preamble) -> String {
    let best = |metric: &MetricComparison, run: usize| metric.best(comparison.alpha) == Some(run);
    let caption = "Results significantly better than those of all other models are in boldface.";
    preamble.text().to_string() + &laid_out(comparison, 'l', caption, &best)
}

/// The table as ranx writes it, but for the test that its caption names: in bold the highest means, chance or not.
/// `names` is the alignment of the names: ranx of 2022 had `c`.
#[must_use]
pub fn ranx_table(comparison: &Comparison, names: char, preamble: Preamble) -> String {
    let ahead = |metric: &MetricComparison, run: usize| metric.ahead().contains(&run);
    preamble.text().to_string() + &laid_out(comparison, names, "The best results are highlighted in boldface.", &ahead)
}

/// Whether the mean of a run is bold.
type IsBold<'a> = &'a dyn Fn(&MetricComparison, usize) -> bool;

fn laid_out(comparison: &Comparison, names: char, caption: &str, is_bold: IsBold<'_>) -> String {
    let mut text = "% To change the table size, act on the resizebox argument `0.8`.\n\
                    \\begin{table*}[ht]\n\\centering\n\\caption{\nOverall effectiveness of the models.\n"
        .to_string();
    let _ = writeln!(text, "{caption}");
    let _ = writeln!(
        text,
        "Superscripts denote significant differences in Fisher's randomization test with Holm's adjustment and $p \\le {}$.\n}}",
        comparison.alpha
    );
    let columns = "|c".repeat(comparison.metrics.len());
    let _ = writeln!(
        text,
        "\\resizebox{{0.8\\textwidth}}{{!}}{{\n\\begin{{tabular}}{{c|{names}{columns}}}\n\\toprule\n\\textbf{{\\#}}\n& \\textbf{{Model}}"
    );
    for (index, metric) in comparison.metrics.iter().enumerate() {
        let end = if index + 1 == comparison.metrics.len() { " \\\\ " } else { "" };
        let _ = writeln!(text, "& \\textbf{{{}}}{end}", escape(&metric.label));
    }
    text += "\\midrule\n";
    for (run, name) in comparison.runs.iter().enumerate() {
        let _ = writeln!(text, "{} &\n{} &", letter(run), escape(name));
        for index in 0..comparison.metrics.len() {
            let end = if index + 1 == comparison.metrics.len() { " \\\\" } else { " &" };
            let _ = writeln!(text, "{}{end}", cell(comparison, index, run, is_bold));
        }
    }
    text += "\\bottomrule\n\\end{tabular}\n}\n\\label{tab:results}\n\\end{table*}";
    text
}

fn cell(comparison: &Comparison, index: usize, run: usize, is_bold: IsBold<'_>) -> String {
    let metric = &comparison.metrics[index];
    let Some(mean) = metric.means[run] else { return "--".to_string() };
    let number = if is_bold(metric, run) { format!("\\textbf{{{mean:.3}}}") } else { format!("{mean:.3}") };
    let beaten = beaten(comparison, index, run);
    let others = (0..comparison.runs.len()).filter(|other| *other != run && !beaten.contains(other));
    let raised = beaten.iter().map(|&other| letter(other)).collect::<String>();
    // Phantoms of the letters that are missing keep the numbers under each other.
    let missing = others.map(letter).collect::<String>();
    let raised = if raised.is_empty() { String::new() } else { format!("$^{{{raised}}}$") };
    let missing = if missing.is_empty() { String::new() } else { format!("\\hphantom{{$^{{{missing}}}$}}") };
    format!("{number}{raised}{missing}")
}
