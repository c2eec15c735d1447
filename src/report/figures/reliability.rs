//! Reliability diagrams, one panel per rank.

use super::canvas::{Anchor, Canvas, draw, pixel, whole};
use super::colours::{FAINT, GREY, INK, RIGHT};
use super::latent::short;
use crate::numbers::calibration::Bin;
use crate::numbers::statistics::{to_f64, wilson_of_share};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::calibration::RankCalibration;
use crate::scores::whole::Whole;

const WIDTH: i32 = 800;
const PANELS: i32 = 3;
const SIDE: i32 = 190;
const STEP: i32 = 256;
const LEFT: i32 = 76;
const TOP: i32 = 40;
/// Below a panel: its axis, what that is, and how many images each bin has.
const BELOW: i32 = 84;
/// Height of a row of panels.
const ROW: i32 = TOP + SIDE + BELOW;

/// Draws how often answers of a probability are right, rank by rank. `None` if no rank has images.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn reliability(whole_run: &Whole, file: String) -> Result<Option<Figure>, ReportError> {
    let ranks: Vec<&RankCalibration> = whole_run.calibration.ranks.iter().filter(|rank| rank.calibration.n > 0).collect();
    if ranks.is_empty() {
        return Ok(None);
    }
    let rows = (whole(ranks.len()) + PANELS - 1) / PANELS;
    let caption = "Whether the probabilities mean what they say: of the answers given with a probability, the share that is right, with \
                   Wilson's 95 % interval of each bin, every image counted by itself. On the diagonal they do; below it the classifier \
                   is too sure. Below each panel stands how many images a bin has: where they are few, chance moves the point."
        .to_string();
    let size = (WIDTH.unsigned_abs(), (rows * ROW).unsigned_abs());
    let svg = draw("reliability", size, "Whether the probabilities mean what they say", |canvas| {
        ranks.iter().enumerate().try_for_each(|(place, rank)| {
            let (row, column) = (whole(place) / PANELS, whole(place) % PANELS);
            Panel { left: LEFT + column * STEP, top: TOP + row * ROW }.paint(canvas, rank)
        })
    })?;
    Ok(Some(Figure { file, svg, caption }))
}

/// Where the square of a rank stands.
struct Panel {
    left: i32,
    top: i32,
}

impl Panel {
    fn x(&self, probability: f64) -> i32 {
        self.left + pixel(probability * f64::from(SIDE))
    }

    fn y(&self, share: f64) -> i32 {
        self.top + SIDE - pixel(share * f64::from(SIDE))
    }

    fn paint(&self, canvas: &Canvas<'_>, rank: &RankCalibration) -> Result<(), ReportError> {
        let calibration = &rank.calibration;
        let error = calibration.ece.map_or_else(String::new, |ece| format!("  (error {ece:.3})"));
        canvas.text(&format!("{}{error}", rank.rank.name()), (self.left, self.top - 16), Anchor::Left, INK)?;
        self.axes(canvas)?;
        let point = |bin: &Bin| Some((self.x(bin.mean_probability?), self.y(bin.right?)));
        let points: Vec<(i32, i32)> = calibration.bins.iter().filter_map(point).collect();
        canvas.faint_line(&points, RIGHT, 1, 0.4)?;
        calibration.bins.iter().try_for_each(|bin| self.bin(canvas, bin))
    }

    fn axes(&self, canvas: &Canvas<'_>) -> Result<(), ReportError> {
        let bottom = self.y(0.0);
        for value in [0.0, 0.5, 1.0] {
            let (x, y) = (self.x(value), self.y(value));
            canvas.line(&[(self.left, y), (self.left + SIDE, y)], FAINT, 1)?;
            canvas.line(&[(x, bottom), (x, self.top)], FAINT, 1)?;
            canvas.small(&format!("{value}"), (self.left - 6, y), Anchor::Right, GREY)?;
            canvas.small(&format!("{value}"), (x, bottom + 14), Anchor::Centre, GREY)?;
        }
        canvas.line(&[(self.left, bottom), (self.left + SIDE, self.top)], GREY, 1)?;
        canvas.upwards("share right", (self.left - 38, self.top + SIDE / 2), Anchor::Centre, INK)?;
        canvas.small("probability", (self.left + SIDE / 2, bottom + 32), Anchor::Centre, INK)?;
        canvas.small("n", (self.left - 6, bottom + 50), Anchor::Right, GREY)
    }

    /// The point of a bin with its interval, and below the panel how many images it has.
    fn bin(&self, canvas: &Canvas<'_>, bin: &Bin) -> Result<(), ReportError> {
        let (Some(probability), Some(right)) = (bin.mean_probability, bin.right) else { return Ok(()) };
        let interval = wilson_of_share(right, to_f64(bin.n));
        let x = self.x(probability);
        canvas.line(&[(x, self.y(interval.low)), (x, self.y(interval.high))], RIGHT, 2)?;
        canvas.dot((x, self.y(right)), RIGHT)?;
        let middle = self.x(f64::midpoint(bin.low, bin.high));
        canvas.upwards(&short(bin.n), (middle, self.y(0.0) + 44), Anchor::Right, GREY)
    }
}
