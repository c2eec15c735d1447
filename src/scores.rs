//! All that is said about one run, from one judgement per image.
//!
//! ```text
//! answers ──outcome──▶ a judgement per image ──confusions, distance, similarity──▶ pairs of truth and answer, measured
//!   ──accounting … taxa──▶ blocks of the best answers ─┐
//!   ──given … whole──────▶ blocks of distributions ────┴─run_scores──▶ scores ──metric, gate, compare──▶ files and pages
//! ```

pub mod outcome;
pub mod cost;
pub mod training_counts;
pub mod roll_up;
pub mod intervals;
mod tree;
mod met;
mod judged_run;
pub mod confusions;
mod depths;
pub mod distance;
pub mod official;
pub mod similarity;
pub mod flags;
pub mod events;
pub mod presence;
mod options;
pub mod accounting;
pub mod same_epithet;
pub mod causes;
pub mod mistakes;
pub mod image_scores;
pub mod best_of;
pub mod how_wrong;
pub mod costs;
pub mod non_taxa;
pub mod groups;
mod listed;
mod truth_at;
pub mod ranks;
pub mod consistency;
pub mod taxa;
pub(crate) mod given;
pub mod back_off;
mod halves;
mod jackknife;
mod ground;
mod rule;
pub mod differences;
pub mod decisions;
mod rank_calibration;
pub mod temperature;
pub mod calibration;
pub mod targets;
pub mod selective;
pub mod whole;
pub mod state;
pub mod novelty;
pub mod prior;
pub mod rolled_up;
mod run_scores;
pub mod metric;
mod named_rows;
pub(crate) mod flat;
pub mod gate;
pub mod compare;
pub mod sets;
pub mod shift;
mod apart;
pub mod annotators;
pub mod next_labels;
pub mod suite;
pub mod verdicts;

pub use options::ScoreOptions;
pub use run_scores::Scores;
pub use tree::Tree;
