//! What `--list-metrics` prints.

use super::console::Console;
use super::ending::Ending;
use crate::scores::metric::Metric;

/// Says of every metric what it is called and says, how it is computed, which way is better and where it comes from.
///
/// # Errors
///
/// What the system says of stdout.
pub(super) fn list(metrics: &[Metric], console: Console) -> anyhow::Result<Ending> {
    for metric in metrics {
        console.say(format!("{}.{}", metric.block.key(), metric.name))?;
        console.say(format!("  {}", metric.sentence))?;
        console.say(format!("  formula: {}", metric.formula))?;
        console.say(format!("  {}; {}", metric.direction.word(), metric.range))?;
        if let Some(interval) = metric.interval() {
            console.say(format!("  interval: {interval}"))?;
        }
        console.say(format!("  source: {}", metric.source))?;
    }
    Ok(Ending::Done)
}
