//! The histogram of error depth: how far up truth and answer meet.

use super::canvas::{Anchor, Canvas, draw, pixel, whole};
use super::colours::{ACCEPTABLE, FAINT, GREY, INK, RIGHT, SERIES, STOPPED, WRONG};
use crate::numbers::statistics::{share, to_f64};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::text::count;
use crate::scores::Scores;
use crate::scores::flags::Flags;
use crate::scores::how_wrong::rung_names;
use plotters::style::RGBColor;

const FILE: &str = "figures/error_depth.svg";
const WIDTH: i32 = 800;
const LEFT: i32 = 100;
/// Room for the numbers right of the longest bar.
const NUMBERS: i32 = 150;
const BAR: i32 = 22;
/// Between two bars.
const GAP: i32 = 3;
const LEGEND_ROW: i32 = 26;

/// Images of one run that meet their truth at one place.
struct Bar {
    images: u64,
    stopped: u64,
}

/// One place where truth and answer can meet, with a bar per run.
struct Group {
    name: String,
    /// Of the bar where there is one run.
    color: RGBColor,
    bars: Vec<Bar>,
}

/// Draws where truth and answer meet, as shares of the images: of one run with the answers that
/// stop above apart, or of several runs (the first six). `None` if nothing was scored.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn error_depth(runs: &[&Scores]) -> Result<Option<Figure>, ReportError> {
    let drawn = &runs[..runs.len().min(SERIES.len())];
    let groups = groups(drawn);
    if groups.is_empty() || drawn.iter().all(|scores| scores.how_wrong.n == 0) {
        return Ok(None);
    }
    let sheet = Sheet::new(drawn, &groups);
    let caption = caption(runs, &groups);
    let size = (WIDTH.unsigned_abs(), sheet.height().unsigned_abs());
    let svg = draw("error_depth", size, "Where truth and answer meet", |canvas| sheet.paint(canvas))?;
    Ok(Some(Figure { file: FILE.to_string(), svg, caption }))
}

fn caption(runs: &[&Scores], groups: &[Group]) -> String {
    let drawn = if runs.len() > SERIES.len() { format!(" The first {} runs are drawn.", SERIES.len()) } else { String::new() };
    let look_alikes = match runs {
        [only] if only.flags.as_ref().is_some_and(|flags| flags.yellow > acceptable(groups)) => {
            " Listed look-alikes that meet higher up are acceptable too, and are not told apart here."
        }
        _ => "",
    };
    format!(
        "Where truth and answer meet: the lower in the figure, the worse. Shares of the images scored, with \
         counts.{look_alikes}{drawn}"
    )
}

/// Images of the first run in the groups that are acceptable.
fn acceptable(groups: &[Group]) -> u64 {
    let acceptable = groups.iter().filter(|group| group.color == ACCEPTABLE);
    acceptable.filter_map(|group| group.bars.first()).map(|bar| bar.images).sum()
}

fn groups(runs: &[&Scores]) -> Vec<Group> {
    if runs.iter().all(|scores| scores.how_wrong.lca_histogram.is_some()) { by_rung(runs) } else { by_height(runs) }
}

/// Right, then the rungs; below the species only where it occurs.
fn by_rung(runs: &[&Scores]) -> Vec<Group> {
    let near = runs.first().and_then(|scores| scores.flags.as_ref()).and_then(|flags| flags.yellow_from.rung()).map(usize::from);
    let images = |scores: &Scores, place: usize| {
        let histogram = scores.how_wrong.lca_histogram.as_ref();
        histogram.and_then(|histogram| histogram.0.get(place)).map_or(0, |(_, images)| *images)
    };
    let right = Group {
        name: "right".to_string(),
        color: RIGHT,
        bars: runs.iter().map(|scores| Bar { images: images(scores, 0), stopped: 0 }).collect(),
    };
    let wrong = |(rung, name): (usize, &str)| Group {
        name: name.to_string(),
        color: if near.is_some_and(|near| rung <= near) { ACCEPTABLE } else { WRONG },
        bars: runs
            .iter()
            .map(|scores| Bar { images: images(scores, rung + 1), stopped: scores.how_wrong.stopped_by_rung[rung] })
            .collect(),
    };
    let groups = std::iter::once(right).chain(rung_names().into_iter().enumerate().map(wrong));
    groups.filter(|group| group.name != rung_names()[0] || group.bars.iter().any(|bar| bar.images > 0)).collect()
}

fn by_height(runs: &[&Scores]) -> Vec<Group> {
    let highest = runs.iter().map(|scores| scores.how_wrong.height_histogram.0.len()).max().unwrap_or(0);
    let images =
        |scores: &Scores, height: usize| scores.how_wrong.height_histogram.0.get(height).map_or(0, |(_, images)| *images);
    let group = |height: usize| Group {
        name: if height == 1 { "1 edge".to_string() } else { format!("{height} edges") },
        color: if height == 0 { RIGHT } else { WRONG },
        bars: runs.iter().map(|scores| Bar { images: images(scores, height), stopped: 0 }).collect(),
    };
    (0..highest).map(group).collect()
}

/// What the colours of one run mean.
fn legend(flags: Option<&Flags>, groups: &[Group]) -> Vec<(String, RGBColor)> {
    let mut legend = vec![("right".to_string(), RIGHT)];
    if let Some(flags) = flags.filter(|_| groups.iter().any(|group| group.color == ACCEPTABLE)) {
        legend.push((format!("acceptable ({} or below)", flags.yellow_from), ACCEPTABLE));
    }
    legend.push(("another branch".to_string(), WRONG));
    if groups.iter().any(|group| group.bars.iter().any(|bar| bar.stopped > 0)) {
        legend.push(("right so far, but stops there".to_string(), STOPPED));
    }
    legend
}

struct Sheet<'a> {
    runs: &'a [&'a Scores],
    groups: &'a [Group],
    /// Share of the longest bar.
    longest: f64,
    legend: Vec<(String, RGBColor)>,
}

impl<'a> Sheet<'a> {
    fn new(runs: &'a [&'a Scores], groups: &'a [Group]) -> Self {
        let shares = groups
            .iter()
            .flat_map(|group| group.bars.iter().zip(runs).filter_map(|(bar, scores)| share(bar.images, scores.how_wrong.n)));
        let longest = shares.fold(0.0, f64::max).max(0.01);
        let legend = match runs {
            [only] => legend(only.flags.as_ref(), groups),
            several => several.iter().map(|scores| scores.name.clone()).zip(SERIES).collect(),
        };
        Self { runs, groups, longest, legend }
    }

    fn top(&self) -> i32 {
        20 + LEGEND_ROW * whole(self.legend.len())
    }

    fn group_height(&self) -> i32 {
        BAR * whole(self.runs.len()) + 12
    }

    fn height(&self) -> i32 {
        self.top() + self.group_height() * whole(self.groups.len()) + 12
    }

    fn length(&self, fraction: f64) -> i32 {
        pixel(fraction / self.longest * f64::from(WIDTH - LEFT - NUMBERS))
    }

    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ReportError> {
        for (row, (name, color)) in self.legend.iter().enumerate() {
            let y = 20 + LEGEND_ROW * whole(row);
            canvas.bar((LEFT, y - 7), (LEFT + 20, y + 7), *color)?;
            canvas.legend(name, (LEFT + 30, y))?;
        }
        for (place, group) in self.groups.iter().enumerate() {
            let top = self.top() + self.group_height() * whole(place) + 6;
            let middle = top + (BAR * whole(self.runs.len()) - GAP) / 2;
            canvas.text(&group.name, (LEFT - 12, middle), Anchor::Right, INK)?;
            for (run, bar) in group.bars.iter().enumerate() {
                self.paint_bar(canvas, group, bar, run, top + BAR * whole(run))?;
            }
        }
        let bottom = self.top() + self.group_height() * whole(self.groups.len());
        canvas.line(&[(LEFT, self.top()), (LEFT, bottom)], FAINT, 1)
    }

    fn paint_bar(&self, canvas: &Canvas<'_>, group: &Group, bar: &Bar, run: usize, top: i32) -> Result<(), ReportError> {
        let n = self.runs[run].how_wrong.n;
        let Some(fraction) = share(bar.images, n) else { return Ok(()) };
        let color = if self.runs.len() == 1 { group.color } else { SERIES[run] };
        let bottom = top + BAR - GAP;
        let end = LEFT + self.length(fraction);
        let turn = end - self.length(to_f64(bar.stopped) / to_f64(n));
        canvas.bar((LEFT, top), (turn, bottom), color)?;
        if self.runs.len() == 1 && bar.stopped > 0 {
            canvas.bar((turn, top), (end, bottom), STOPPED)?;
        } else {
            canvas.bar((turn, top), (end, bottom), color)?;
        }
        let label = format!("{:.1} % ({})", 100.0 * fraction, count(bar.images));
        canvas.text(&label, (end + 8, i32::midpoint(top, bottom)), Anchor::Left, GREY)
    }
}
