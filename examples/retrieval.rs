//! Holds a run of a search against judgements, by the measures of ranx and `trec_eval`.
//!
//! ```console
//! cargo run --example retrieval
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::numbers::statistics::mean;
use nearmiss::spaces::retrieval::{Documents, Measure, Qrels, Run, Ties, evaluate};
use std::error::Error;

/// Lines of TREC: query, 0, document, grade. JSON and Parquet are read as well.
const JUDGEMENTS: &str = "\
fox 0 fox-1.jpg 2
fox 0 wolf-1.jpg 1
fox 0 lynx-1.jpg 0
lynx 0 lynx-1.jpg 2
lynx 0 cat-1.jpg 1
";

/// Query, Q0, document, rank, score, name of the run; scores alone say what stands first.
const RUN: &str = "\
fox Q0 fox-1.jpg 1 0.93 example
fox Q0 lynx-1.jpg 2 0.71 example
fox Q0 wolf-1.jpg 3 0.70 example
lynx Q0 fox-1.jpg 1 0.88 example
lynx Q0 lynx-1.jpg 2 0.85 example
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let [judgements, run] = ["judgements.txt", "run.txt"].map(|name| folder.path().join(name));
    std::fs::write(&judgements, JUDGEMENTS)?;
    std::fs::write(&run, RUN)?;

    // Names of documents are kept once, for judgements and all runs.
    let mut documents = Documents::default();
    let qrels = Qrels::read(&judgements, &mut documents)?;
    let run = Run::read(&run, &mut documents)?;
    let mut measures = vec![];
    for name in ["mrr", "map", "ndcg@10", "precision@1", "recall-l2"] {
        measures.extend(Measure::parse(name, &[])?);
    }
    let evaluation = evaluate(&qrels, &run, &measures, Ties::Trec, &documents)?;
    println!("run '{}', queries {}", run.name, qrels.queries.join(", "));
    for (measure, values) in measures.iter().zip(&evaluation.values) {
        let of_queries: Vec<String> = values.iter().map(|value| format!("{value:.3}")).collect();
        let mean = mean(values.iter().copied()).unwrap_or(f64::NAN);
        println!("  {:<12} {mean:.3}  ({})", measure.name(), of_queries.join(", "));
    }
    let accounting = evaluation.accounting;
    println!("  {} queries judged, {} not in the run", accounting.queries, accounting.missing);
    Ok(())
}
