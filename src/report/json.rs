//! `metrics.json`: the scores for programs.

use super::computed;
use super::options::ReportOptions;
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::verdicts::Judged;
use crate::taxonomy::Taxonomy;
use serde_json::{Map, Value, json};

/// The text of `metrics.json`: the blocks of the one run at the top level, or of several runs in
/// the list `runs`, each with its `run` name; then `provenance`.
pub(super) fn metrics(taxonomy: &Taxonomy, runs: &[(Answers, Scores)], options: &ReportOptions<'_>) -> String {
    let mut top = match runs {
        [(_, only)] => with_verdicts(only, options.judged.first()),
        several => {
            let named = |(place, (_, scores)): (usize, &(Answers, Scores))| {
                let mut run = Map::from_iter([("run".to_string(), json!(scores.name))]);
                run.extend(with_verdicts(scores, options.judged.get(place)));
                Value::Object(run)
            };
            Map::from_iter([("runs".to_string(), Value::Array(several.iter().enumerate().map(named).collect()))])
        }
    };
    if !options.gates.is_empty() {
        top.insert("gates".to_string(), json!(options.gates));
    }
    if let Some((_, latent)) = options.latent {
        top.insert("latent".to_string(), json!(latent));
    }
    if let Some(understood) = options.understood {
        top.insert("reading".to_string(), json!(understood));
    }
    if let Some(record) = options.record {
        top.insert("computed".to_string(), computed::value(record));
    }
    top.insert("provenance".to_string(), provenance(taxonomy, options));
    format!("{:#}\n", Value::Object(top))
}

/// The blocks of one run, and what they are without the images that verdicts leave out.
fn with_verdicts(scores: &Scores, judged: Option<&Judged>) -> Map<String, Value> {
    let mut blocks = blocks(scores);
    if let Some(judged) = judged {
        let Judged { counts, images, right, elsewhere, left_out, without, .. } = judged;
        let mut verdicts = json!({ "images": images, "right": right, "elsewhere": elsewhere, "left_out": left_out });
        for (verdict, count) in counts {
            verdicts[verdict.name()] = json!(count);
        }
        verdicts["without"] = json!({ "accounting": without.accounting, "ranks": without.ranks, "how_wrong": without.how_wrong });
        blocks.insert("verdicts".to_string(), verdicts);
    }
    blocks
}

/// The blocks of one run.
pub(super) fn blocks(scores: &Scores) -> Map<String, Value> {
    let mut blocks = Map::from_iter([
        ("accounting".to_string(), json!(scores.accounting)),
        ("causes".to_string(), json!(scores.causes)),
        ("probably_the_name".to_string(), json!(scores.probably_the_name)),
        ("ranks".to_string(), json!(scores.ranks)),
        ("intervals".to_string(), json!(scores.intervals)),
        ("how_wrong".to_string(), json!(scores.how_wrong)),
    ]);
    if let Some(flags) = &scores.flags {
        blocks.insert("flags".to_string(), json!(flags));
    }
    if let Some(costs) = &scores.costs {
        blocks.insert("costs".to_string(), json!(costs));
    }
    if let Some(non_taxa) = &scores.non_taxa {
        blocks.insert("non_taxa".to_string(), json!(non_taxa));
    }
    if !scores.groups.is_empty() {
        blocks.insert("groups".to_string(), json!(scores.groups));
    }
    if let Some(novelty) = &scores.novelty {
        blocks.insert("novelty".to_string(), json!(novelty));
    }
    if let Some(events) = &scores.events {
        blocks.insert("events".to_string(), json!(events));
    }
    if let Some(presence) = &scores.presence {
        blocks.insert("presence".to_string(), json!(presence));
    }
    if let Some(consistency) = &scores.consistency {
        blocks.insert("consistency".to_string(), json!(consistency));
    }
    match &scores.whole {
        Ok(whole) => blocks.extend(json!(whole).as_object().cloned().unwrap_or_default()),
        Err(reason) => {
            let mut decisions = json!({ "path": { "how_wrong": scores.how_wrong } });
            if let Some(rolled) = &scores.rolled_up {
                decisions["n"] = json!(rolled.n);
                decisions["roll_up"] = json!(rolled.decision);
                decisions["rolled_up_as"] = json!(rolled.rule.to_string());
                decisions["differences"] = json!(rolled.differences);
            }
            blocks.insert("decisions".to_string(), decisions);
            for block in ["calibration", "selective"] {
                blocks.insert(block.to_string(), Value::Null);
            }
            blocks.insert("why_no_distribution".to_string(), json!(reason));
        }
    }
    match &scores.prior {
        Some(Ok(prior)) => drop(blocks.insert("prior".to_string(), json!(prior))),
        Some(Err(reason)) => {
            blocks.insert("prior".to_string(), Value::Null);
            blocks.insert("why_no_prior".to_string(), json!(reason));
        }
        None => {}
    }
    blocks.insert("warnings".to_string(), json!(scores.warnings));
    blocks.insert("notes".to_string(), json!(scores.notes));
    blocks
}

fn provenance(taxonomy: &Taxonomy, options: &ReportOptions<'_>) -> Value {
    let mut provenance = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": options.command_line,
        "sources": options.sources,
        "taxonomy": { "source": options.taxonomy_source, "taxa": taxonomy.len(), "sha256": taxonomy.fingerprint() },
    });
    if let Some(parts) = options.parts {
        provenance["added_up"] = parts.identity();
    }
    provenance
}
