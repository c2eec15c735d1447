//! `prior.csv`: the numbers of each run with and without a prior.

use super::csv::{csv_of, measure_cells, measure_heads};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::metric::BEFORE_AFTER;
use crate::scores::prior::{BeforeAfter, PriorScores};
use std::io;

/// The table, one row per rank, for the height, and per kind of rarity; `None` where nothing was weighted. Several runs have a
/// column `run`.
pub(super) fn text(runs: &[(Answers, Scores)]) -> io::Result<Option<String>> {
    let weighted: Vec<(&str, &PriorScores)> =
        runs.iter().filter_map(|(_, scores)| Some((scores.name.as_str(), scores.prior.as_ref()?.as_ref().ok()?))).collect();
    if weighted.is_empty() {
        return Ok(None);
    }
    let run = |name: &str| if runs.len() > 1 { vec![name.to_string()] } else { vec![] };
    let header: Vec<String> = [
        run("run"),
        ["part", "name", "n"].map(str::to_string).to_vec(),
        measure_heads(&BEFORE_AFTER),
        vec!["method".to_string()],
    ]
    .concat();
    let row = |name: &str, part: &str, row: &BeforeAfter| -> Vec<String> {
        let first = vec![part.to_string(), row.name.to_string(), row.n.to_string()];
        let method = vec![row.significance.method.name().to_string()];
        [run(name), first, measure_cells(&BEFORE_AFTER, row), method].concat()
    };
    let rows = weighted.iter().flat_map(|(name, prior)| {
        let ranks = prior.ranks.iter().map(|of| row(name, "rank", of));
        let height = std::iter::once(row(name, "height", &prior.mean_height));
        ranks.chain(height).chain(prior.rarities.iter().map(|of| row(name, "rarity", of)))
    });
    csv_of(&header, rows).map(Some)
}
