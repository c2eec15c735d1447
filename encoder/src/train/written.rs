//! What a training writes beside the model: log, curves, record.

use super::checkpoint::{Epoch, State};
use super::error::TrainError;
use super::evaluate::Retrieval;
use nearmiss::runs::directory::write_whole;
use std::path::Path;

/// The log of epochs, a CSV.
pub const LOG: &str = "log.csv";
/// The figure of loss and retrieval by epoch.
pub const CURVES: &str = "curves.svg";
/// What a model was trained from.
pub const RECORD: &str = "train.json";

/// The epochs so far, as a CSV; with shares of triplets where there are any.
pub(super) fn log(output: &Path, state: &State) -> Result<(), TrainError> {
    let triplets = state.epochs.iter().any(|epoch| epoch.validation.triplets.is_some() || epoch.train.triplets.is_some());
    let columns = |part: &str| {
        let own = ["recall_at_1", "recall_at_5", "mrr", "precision_at_5"].into_iter().chain(triplets.then_some("triplets"));
        own.map(|name| format!(",{part}_{name}")).collect::<Vec<String>>().concat()
    };
    let mut log = format!("epoch,steps,loss,learning_rate,scale,gradient{}{}\n", columns("train"), columns("validation"));
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for epoch in &state.epochs {
        let of = |retrieval: &Retrieval| {
            let Retrieval { recall_at_1, recall_at_5, mrr, precision_at_5, .. } = retrieval;
            let more = if triplets { format!(",{}", cell(retrieval.triplets)) } else { String::new() };
            format!(",{recall_at_1},{recall_at_5},{mrr},{}{more}", cell(*precision_at_5))
        };
        let Epoch { epoch, steps, loss, learning_rate, scale, gradient, train, validation } = epoch;
        let head = format!("{epoch},{steps},{loss},{learning_rate},{},{gradient}", cell(*scale));
        log.extend([head, of(train), of(validation), "\n".to_string()]);
    }
    Ok(write_whole(&output.join(LOG), log.as_bytes())?)
}

/// Loss and retrieval by epoch, as a figure.
pub(super) fn curves(output: &Path, state: &State) -> Result<(), TrainError> {
    let of = |value: &dyn Fn(&Epoch) -> f64| state.epochs.iter().map(value).collect::<Vec<f64>>();
    let shares = [
        ("right in training", of(&|epoch| epoch.train.recall_at_1)),
        ("right in validation", of(&|epoch| epoch.validation.recall_at_1)),
        ("MRR in training", of(&|epoch| epoch.train.mrr)),
        ("MRR in validation", of(&|epoch| epoch.validation.mrr)),
    ];
    let svg = nearmiss::report::figures::training_curves(&of(&|epoch| epoch.loss), &shares);
    let svg = svg.map_err(|error| TrainError::Figure(error.to_string()))?;
    Ok(write_whole(&output.join(CURVES), svg.as_bytes())?)
}

/// Takes an older record away: it would be believed of a model that is written only in part.
pub(super) fn forget(output: &Path) -> Result<(), TrainError> {
    let path = output.join(RECORD);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TrainError::file(&path, error)),
        _ => Ok(()),
    }
}

/// What the model was trained from.
pub(super) fn record(output: &Path, record: &serde_json::Value) -> Result<(), TrainError> {
    Ok(write_whole(&output.join(RECORD), format!("{record:#}\n").as_bytes())?)
}
