//! The figure of a simulation, as a block; none without the feature `plots`.

use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::scores::next_labels::Simulation;

/// Regret after each label.
#[cfg(feature = "plots")]
pub(super) fn regret(simulation: &Simulation) -> Result<Option<Block>, ReportError> {
    use crate::report::figures::{RegretCurve, regret_curves};

    let curve = |method: &crate::scores::next_labels::SimulatedMethod| RegretCurve {
        name: method.method.name().to_string(),
        regret: method.regret.clone(),
    };
    Ok(regret_curves(&simulation.methods.iter().map(curve).collect::<Vec<_>>())?.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
pub(super) fn regret(_simulation: &Simulation) -> Result<Option<Block>, ReportError> {
    Ok(None)
}
