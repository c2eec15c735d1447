//! `nearmiss shards`.

use super::cli::ShardsArgs;
use super::console::Console;
use super::ending::Ending;
use crate::numbers::counted::counted;
use crate::runs::directory::shards::{Closeness, Shard, ShardState, Shards, array};
use serde_json::json;

/// Says which shards of a run are complete, and what keeps the others from it.
///
/// # Errors
///
/// No shard, shards of several runs, a record that cannot be read.
pub fn run(args: &ShardsArgs, console: Console) -> anyhow::Result<Ending> {
    let closeness = if args.verify { Closeness::Bytes } else { Closeness::Lengths };
    let shards = Shards::of(&args.runs, closeness)?;
    let missing = array(&shards.missing());
    if args.json {
        let mut document = serde_json::to_value(&shards)?;
        document["complete"] = json!(shards.complete());
        document["missing"] = json!(missing);
        console.say(format!("{document:#}"))?;
    } else if args.missing {
        if !missing.is_empty() {
            console.say(missing)?;
        }
    } else {
        for shard in &shards.shards {
            console.say(line(shard, shards.of))?;
        }
        console.say(summary(&shards, &missing))?;
    }
    Ok(if shards.complete() { Ending::Done } else { Ending::Skipped })
}

/// What is known of a shard.
fn line(shard: &Shard, of: usize) -> String {
    let width = of.to_string().len();
    let (state, what) = match shard.state {
        ShardState::Complete => ("complete", complete(shard)),
        ShardState::UnderWay => ("under way", format!("{}, by {}", kept(shard), shard.process.as_deref().unwrap_or("a process"))),
        ShardState::Stopped => ("stopped", kept(shard)),
        ShardState::Missing => ("missing", "not begun".to_string()),
        ShardState::Damaged => ("damaged", "not what its run wrote".to_string()),
    };
    let directory = shard.directory.as_ref().map_or_else(String::new, |directory| format!("  {}", directory.display()));
    let why = shard.why.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
    format!("{:>width$}/{of}  {state:<9}  {what}{why}{directory}", shard.shard)
}

fn complete(shard: &Shard) -> String {
    let photographs = counted(shard.kept, "photograph", "photographs");
    match shard.unreadable {
        0 => photographs,
        many => format!("{photographs}, {many} of them could not be read"),
    }
}

fn kept(shard: &Shard) -> String {
    match shard.photographs {
        Some(all) => format!("{} of {} kept", shard.kept, counted(all, "photograph", "photographs")),
        None => format!("{} kept", counted(shard.kept, "photograph", "photographs")),
    }
}

/// What is to be done.
fn summary(shards: &Shards, missing: &str) -> String {
    let of = counted(shards.of, "shard", "shards");
    if shards.complete() {
        let run = shards.run.as_ref().map(|run| run.display());
        return match run {
            Some(run) => format!("complete: {of}; next: nearmiss merge {run}-*-of-{} -o {run}", shards.of),
            None => format!("complete: {of}; next: nearmiss merge"),
        };
    }
    let complete = shards.count(ShardState::Complete);
    let mut said = format!("complete: {complete} of {of}");
    let under_way = shards.count(ShardState::UnderWay);
    if under_way > 0 {
        said = format!("{said}; under way: {under_way}");
    }
    if !missing.is_empty() {
        said = format!("{said}; to run again: {missing}, each by its own command, which goes on where it stopped");
    }
    said
}
