//! Custom content for MultiQC: accuracy per rank as a graph, and columns of its general statistics.
//!
//! A file of MultiQC's is one section. Those of several reports are read into one, where the headings of the last file count
//! for all: so every report names the same main ranks, whichever its truths have.

use crate::answers::Answers;
use crate::scores::Scores;
use crate::taxonomy::rank::Rank;
use serde_json::{Map, Value, json};

/// The files of a report with their texts; a tree without ranks has no accuracy per rank. Of each run there is a sample
/// under its name, or where `names` has any, under the one of its place there.
#[must_use]
pub fn files(runs: &[(Answers, Scores)], names: &[String]) -> Vec<(&'static str, String)> {
    let name = |index: usize, scores: &Scores| sample(names.get(index).unwrap_or(&scores.name));
    let samples: Vec<Sample<'_>> = runs.iter().enumerate().map(|(index, (_, scores))| (name(index, scores), scores)).collect();
    let ranks = ranks(&samples);
    let mut files = vec![];
    if samples.iter().any(|(_, scores)| scores.ranks.iter().any(|row| row.path_top1.is_some())) {
        files.push(("nearmiss_accuracy_mqc.json", accuracy(&samples, &ranks)));
    }
    files.push(("nearmiss_statistics_mqc.json", statistics(&samples, &ranks)));
    files.into_iter().map(|(name, content)| (name, format!("{content:#}\n"))).collect()
}

/// A run with its name among samples.
type Sample<'a> = (String, &'a Scores);

/// The main ranks, and those below species that a run has.
fn ranks(samples: &[Sample<'_>]) -> Vec<Rank> {
    let mut below: Vec<Rank> = samples.iter().flat_map(|(_, scores)| &scores.ranks).map(|row| row.rank).collect();
    below.retain(|rank| !Rank::MAIN.contains(rank));
    below.sort_unstable();
    below.dedup();
    Rank::MAIN.into_iter().chain(below).collect()
}

/// A name among samples: of one with `/` MultiQC would keep the last part alone, which another may have too.
fn sample(name: &str) -> String {
    name.replace('/', "_")
}

fn share_right(scores: &Scores, rank: Rank) -> Option<f64> {
    scores.rank(rank).filter(|row| row.n > 0).and_then(|row| row.path_top1)
}

/// The graph. Ranks without a value stand as null, for MultiQC takes the order of the ranks from the first run.
fn accuracy(samples: &[Sample<'_>], ranks: &[Rank]) -> Value {
    let line = |scores: &Scores| -> Value {
        ranks.iter().map(|&rank| (rank.name().to_string(), json!(share_right(scores, rank)))).collect::<Map<_, _>>().into()
    };
    let lines: Map<String, Value> = samples.iter().map(|(name, scores)| (name.clone(), line(scores))).collect();
    json!({
        "id": "nearmiss_accuracy",
        "parent_id": "nearmiss",
        "parent_name": "nearmiss",
        "parent_description": "How wrong are species classifiers?",
        "section_name": "Accuracy per rank",
        "description": "Share of images whose best answer lies in the right taxon of the rank (path_top1).",
        "plot_type": "linegraph",
        "pconfig": {
            "id": "nearmiss_accuracy_plot",
            "title": "nearmiss: accuracy per rank",
            "categories": true,
            "style": "lines+markers",
            "xlab": "Rank",
            "ylab": "path_top1",
            "ymin": 0,
            "ymax": 1,
        },
        "data": lines,
    })
}

/// The columns of the table. What is undefined has no cell.
fn statistics(samples: &[Sample<'_>], ranks: &[Rank]) -> Value {
    let mut headers = Map::new();
    headers.insert("how_wrong.n".to_string(), heading("Images", "Images scored", "{:,.0f}", "Greys"));
    for rank in ranks.iter().map(|rank| rank.name()) {
        let mut column = heading(
            &format!("Right, {rank}"),
            &format!("Share of images whose best answer lies in the right {rank}"),
            "{:,.3f}",
            "RdYlGn",
        );
        column["max"] = json!(1);
        headers.insert(format!("{rank}.path_top1"), column);
    }
    let height = "How far above the truth the answers meet it";
    for (name, title, over) in [("mean_height", "Mean height", "all images"), ("severity", "Severity", "the mistakes")] {
        let column = heading(title, &format!("{height}, over {over}: lower is better"), "{:,.2f}", "OrRd");
        headers.insert(format!("how_wrong.{name}"), column);
    }
    let rows: Map<String, Value> = samples.iter().map(|(name, scores)| (name.clone(), row(scores, ranks))).collect();
    json!({
        "id": "nearmiss_statistics",
        "namespace": "nearmiss",
        "plot_type": "generalstats",
        "headers": headers,
        "data": rows,
    })
}

fn heading(title: &str, description: &str, format: &str, scale: &str) -> Value {
    json!({ "title": title, "description": description, "min": 0, "format": format, "scale": scale })
}

fn row(scores: &Scores, ranks: &[Rank]) -> Value {
    let how_wrong = &scores.how_wrong;
    let mut row = Map::new();
    row.insert("how_wrong.n".to_string(), json!(how_wrong.n));
    let right = ranks.iter().map(|&rank| (format!("{}.path_top1", rank.name()), share_right(scores, rank)));
    let heights = [("mean_height", how_wrong.mean_height), ("severity", how_wrong.severity)];
    let heights = heights.map(|(name, value)| (format!("how_wrong.{name}"), value));
    row.extend(right.chain(heights).filter_map(|(name, value)| Some((name, json!(value?)))));
    row.into()
}
