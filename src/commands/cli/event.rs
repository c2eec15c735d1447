//! Options of `nearmiss report` on events, cameras and sites.

use super::heading::{SCORING, TABLES};
use super::word::Word;
use crate::answers::event_rule::AGREE;
use crate::answers::time::Gap;
use clap::Args;

/// Which images are one event, and where they were taken.
#[derive(Debug, Args)]
pub struct EventArgs {
    /// Column of the times of images, or of date and time of day as 'date+time' [default: by its usual name, with
    /// --event-gap].
    #[arg(long, help_heading = TABLES, requires = "event_gap")]
    pub time_column: Option<String>,
    /// Column of cameras or deployments: no event has images of two [default: by its usual name, with --event-gap].
    #[arg(long, help_heading = TABLES)]
    pub camera_column: Option<String>,
    /// Column of sites, whose lists of taxa are compared [default: by its usual name, with --event-gap; else the cameras].
    #[arg(long, help_heading = TABLES)]
    pub site_column: Option<String>,
    /// Score events beside images: an image taken longer than this (90s, 30min, 2h, 1d, PT30M) after the one before it of its
    /// camera begins a new event.
    #[arg(long, help_heading = SCORING, value_name = "TIME", value_parser = Word(gap))]
    pub event_gap: Option<Gap>,
    /// Share of the answers of an event, from 0.5 to 1, that the taxon they agree on must hold more of.
    #[arg(long, help_heading = SCORING, default_value_t = AGREE, requires = "event_gap", value_parser = agree)]
    pub agree: f64,
    /// Images (or events) of a site that must be answered so for a taxon to count as present there.
    #[arg(long, help_heading = SCORING, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub present_from: u64,
}

fn gap(word: &str) -> Result<Gap, String> {
    word.parse().map_err(|error: crate::answers::time::GapError| error.to_string())
}

fn agree(word: &str) -> Result<f64, String> {
    let share = word.parse().ok().filter(|share: &f64| (AGREE..=1.0).contains(share));
    share.ok_or_else(|| "it is a share from 0.5, more than half of the answers, to 1, all of them".to_string())
}
