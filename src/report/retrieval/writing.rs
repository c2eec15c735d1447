//! How the folder of a retrieval is written.

use crate::report::overwrite::Overwrite;
use crate::report::scoring::Formulas;
use crate::scores::compare::latex::Preamble;

/// How the folder of a retrieval is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writing<'a> {
    /// The command, as the page says it.
    pub command_line: &'a str,
    /// What to write over.
    pub overwrite: Overwrite,
    /// What becomes of cells that a spreadsheet would take for a formula.
    pub formulas: Formulas,
    /// What stands above the table for LaTeX.
    pub preamble: Preamble,
}
