//! How the folder of a retrieval is written.

use crate::report::overwrite::Overwrite;
use crate::report::scoring::Formulas;

/// How the folder of a retrieval is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writing<'a> {
    /// The command, as the page says it.
    pub command_line: &'a str,
    /// What to write over.
    pub overwrite: Overwrite,
    /// What becomes of cells that a spreadsheet would take for a formula.
    pub formulas: Formulas,
}
