//! Headings of `--help`; options of the same kind stand under the same one in every command.

pub(super) const PHOTOGRAPHS: &str = "Photographs";
pub(super) const CANDIDATES: &str = "Candidates and prompts";
pub(super) const COMPUTING: &str = "Computing";
pub(super) const TABLES: &str = "Reading tables";
pub(super) const SCORING: &str = "Scoring";
pub(super) const COMPARING: &str = "Comparing";
pub(super) const MEASURING: &str = "Measuring";
pub(super) const HIDDEN_STATES: &str = "Hidden states";
pub(super) const EMBEDDINGS: &str = "Embeddings";
pub(super) const JUDGEMENTS: &str = "Judgements and runs";
pub(super) const GATES: &str = "Gates";
pub(super) const OUTPUT: &str = "Output";
pub(super) const RARE: &str = "Rare options";
