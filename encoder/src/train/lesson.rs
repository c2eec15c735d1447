//! What a training teaches: examples in batches, the loss of a batch, and how well it goes.

use super::error::TrainError;
use super::evaluate::Evaluation;
use super::parameters::Parameters;
use super::towers::Towers;
use serde_json::{Map, Value};
use tch::Tensor;

/// Reads what was planned for a batch, on a thread of its own.
pub type Reader<'a, L> = Box<dyn Fn(&<L as Lesson>::Plan) -> Result<<L as Lesson>::Batch, TrainError> + Send + 'a>;

/// What a training teaches.
pub trait Lesson {
    /// Which examples stand in a batch.
    type Plan: Sync;
    /// A batch as it was read.
    type Batch: Send;

    /// How many examples there are to learn from.
    fn examples(&self) -> usize;

    /// The batches of an epoch, which depend on seed, epoch and the model as it stands alone.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    fn plans(&self, parameters: &Parameters, epoch: usize) -> Result<Vec<Self::Plan>, TrainError>;

    /// Reads batches.
    fn reader(&self) -> Reader<'_, Self>
    where
        Self: Sized;

    /// Examples of a batch that could not be read.
    fn unreadable(batch: &Self::Batch) -> &[String];

    /// The loss of the batch of that number.
    ///
    /// # Errors
    ///
    /// What keeps a loss from being one; whatever LibTorch reports.
    fn loss(&self, towers: &Towers, batch: Self::Batch, epoch: usize, number: u64) -> Result<Tensor, TrainError>;

    /// Retrieval on as many examples for training as there are for validation, and on those for validation.
    ///
    /// # Errors
    ///
    /// No example that can be read; whatever LibTorch reports.
    fn evaluate(&self, towers: &Towers) -> Result<Evaluation, TrainError>;

    /// What models before and after the training are compared by, query by query; `None` where they are not.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    fn values(&self, towers: &Towers) -> Result<Option<Values>, TrainError>;

    /// What the examples are: with another, a training does not go on.
    fn identity(&self) -> Vec<Vec<u8>>;

    /// What the record of the training says of the examples, and of those that could not be read.
    fn record(&self, unreadable: &[String]) -> Map<String, Value>;

    /// What is worth knowing before the first step, a sentence each.
    fn remarks(&self) -> Vec<String>;

    /// What may be wrong, a sentence each.
    fn warnings(&self) -> Vec<String>;
}

/// What a model is worth to each of some queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// What the queries are of, such as the split `test`.
    pub of: String,
    /// Whether the epoch was chosen by the same queries, which flatters the model after the training.
    pub chosen_by: bool,
    /// The values of each measure, in the order of its queries.
    pub measures: Vec<(&'static str, Vec<f64>)>,
}
