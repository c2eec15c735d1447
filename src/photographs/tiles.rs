//! Tiles: a photograph cut into a grid of parts of one size, each of which is seen by itself.
//!
//! What is small in a quadrat of vegetation is lost when all of it is made one small square; a tile shows it nine or sixteen
//! times larger.

use std::fmt;
use std::str::FromStr;

/// Most tiles across, and most tiles down.
const MOST: usize = 32;

/// How a photograph is cut into tiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TileGrid {
    /// Tiles across, from 1 to 32.
    columns: usize,
    /// Tiles down, likewise.
    rows: usize,
    /// Share of a tile's side that it has in common with the next one, from 0 and less than 1.
    overlap: f64,
}

/// A word or a number that makes no tiles.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TileError {
    #[error("'{word}' is not COLUMNSxROWS, such as 3x3 or 4x2 (four across, two down), of 1 to {MOST} each")]
    Grid { word: String },
    #[error("'{word}' is no share of a tile's side: give a number from 0 (tiles meet) that is less than 1, such as 0.1")]
    Overlap { word: String },
}

impl TileGrid {
    /// So many tiles across and down, which have the share `overlap` of their side in common.
    ///
    /// # Errors
    ///
    /// [`TileError`]: no tiles, or more than 32 across or down; an overlap below 0, or of 1 and more.
    pub fn new(columns: usize, rows: usize, overlap: f64) -> Result<TileGrid, TileError> {
        let is_count = |count: usize| (1..=MOST).contains(&count);
        if !is_count(columns) || !is_count(rows) {
            return Err(TileError::Grid { word: format!("{columns}x{rows}") });
        }
        if !(0.0..1.0).contains(&overlap) {
            return Err(TileError::Overlap { word: overlap.to_string() });
        }
        // There is a zero below 0.
        Ok(TileGrid { columns, rows, overlap: overlap.abs() })
    }

    /// The same grid with another overlap.
    ///
    /// # Errors
    ///
    /// As [`TileGrid::new`].
    pub fn with_overlap(self, overlap: f64) -> Result<TileGrid, TileError> {
        TileGrid::new(self.columns, self.rows, overlap)
    }

    /// How many tiles a photograph has, whatever its size.
    #[must_use]
    pub fn count(&self) -> usize {
        self.columns * self.rows
    }

    /// Whether there is one tile alone, which is the whole photograph.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.count() == 1
    }

    /// The tiles of a photograph: left, top, right and bottom of each, row by row from the top left.
    ///
    /// All are of one size, the smallest at which `n` in a row cover the photograph's side with the overlap asked for,
    /// `side / (n - (n - 1) overlap)`, rounded up to whole pixels. The first begins at one edge, the last ends at the other, and
    /// what lies between is spaced evenly, to the nearest pixel: no tile reaches out of the photograph and every pixel is in
    /// one. Where a side has fewer pixels than tiles, tiles are one pixel wide or high, and some are the same.
    ///
    /// # Source
    ///
    /// Overlap as a share of the tile's side, and tiles of one size moved inward at the edge, as in SAHI (Akyon 2022); a grid
    /// instead of a size in pixels, as in the tiling of quadrats for `PlantCLEF` (Goëau 2024).
    #[must_use]
    pub fn rectangles(&self, width: usize, height: usize) -> Vec<[usize; 4]> {
        let across = stretches(self.columns, width, self.overlap);
        let down = stretches(self.rows, height, self.overlap);
        down.iter().flat_map(|&(top, bottom)| across.iter().map(move |&(left, right)| [left, top, right, bottom])).collect()
    }
}

/// Begin and end of each of `count` stretches of one length, which cover `length`.
fn stretches(count: usize, length: usize, overlap: f64) -> Vec<(usize, usize)> {
    let side = side(count, length, overlap);
    let (free, gaps) = (length - side, count.saturating_sub(1).max(1));
    // The nearest pixel to an even share; two that follow each other are never further apart than one side.
    let begin = |place: usize| (2 * place * free + gaps) / (2 * gaps);
    (0..count).map(|place| if place == 0 { 0 } else { begin(place) }).map(|begin| (begin, begin + side)).collect()
}

/// The length of one of `count` stretches, which cover `length` with that overlap.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a side of a photograph, cut to it below")]
fn side(count: usize, length: usize, overlap: f64) -> usize {
    let number = |count: usize| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
    let exact = number(length) / (number(count) - number(count - 1) * overlap);
    // A hair less: what rounding leaves above a whole number is no pixel.
    let side = (exact - 1e-9).ceil() as usize;
    side.max(length.div_ceil(count)).clamp(1, length.max(1))
}

impl fmt::Display for TileGrid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}x{}, overlap {}", self.columns, self.rows, self.overlap)
    }
}

impl FromStr for TileGrid {
    type Err = TileError;

    /// Reads `3x3`, without overlap.
    fn from_str(word: &str) -> Result<TileGrid, TileError> {
        let wrong = || TileError::Grid { word: word.to_string() };
        let (columns, rows) = word.trim().split_once(['x', 'X', '×']).ok_or_else(wrong)?;
        let count = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
        TileGrid::new(count(columns)?, count(rows)?, 0.0).map_err(|_| wrong())
    }
}

/// Reads the share of a tile's side that it has in common with the next.
///
/// # Errors
///
/// [`TileError::Overlap`].
pub fn overlap(word: &str) -> Result<f64, TileError> {
    let number = word.trim().parse::<f64>().ok().filter(|number| (0.0..1.0).contains(number));
    number.ok_or_else(|| TileError::Overlap { word: word.to_string() })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn grid(word: &str, overlap: f64) -> TileGrid {
        word.parse::<TileGrid>().unwrap().with_overlap(overlap).unwrap()
    }

    #[test]
    fn an_uneven_grid_over_odd_sides_by_hand() {
        // Across: 101 / (4 - 3 * 0.1) = 27.3, so 28; 73 are free, begins at 0, 24.3, 48.7 and 73.
        // Down: 37 / (2 - 0.1) = 19.5, so 20; 17 are free.
        let across = [(0, 28), (24, 52), (49, 77), (73, 101)];
        let expected: Vec<[usize; 4]> = [(0, 20), (17, 37)]
            .iter()
            .flat_map(|&(top, bottom)| across.map(|(left, right)| [left, top, right, bottom]))
            .collect();
        assert_eq!(grid("4x2", 0.1).rectangles(101, 37), expected);
        // Without overlap 101 / 4 = 25.25, so 26: three times one pixel is seen twice; 75 are free, 25 a step.
        let begins = |tiles: Vec<[usize; 4]>| tiles.into_iter().map(|[left, _, right, _]| (left, right)).collect::<Vec<_>>();
        assert_eq!(begins(grid("4x1", 0.0).rectangles(101, 37)), [(0, 26), (25, 51), (50, 76), (75, 101)]);
        // A side that the tiles divide is cut without a rest, with an overlap of 20 of 100 pixels as well: 340 = 4 * 100 - 3 * 20.
        assert_eq!(begins(grid("4x1", 0.0).rectangles(100, 9)), [(0, 25), (25, 50), (50, 75), (75, 100)]);
        assert_eq!(begins(grid("4x1", 0.2).rectangles(340, 9)), [(0, 100), (80, 180), (160, 260), (240, 340)]);
        // 370 / (4 - 0.3) is 100 and no hair more.
        assert_eq!(begins(grid("4x1", 0.1).rectangles(370, 9)), [(0, 100), (90, 190), (180, 280), (270, 370)]);
    }

    #[test]
    fn one_tile_is_the_photograph_and_fewer_pixels_than_tiles_are_seen_several_times() {
        assert_eq!(grid("1x1", 0.5).rectangles(17, 5), [[0, 0, 17, 5]]);
        assert!(grid("1x1", 0.0).is_whole() && !grid("1x2", 0.0).is_whole());
        // Three across over two pixels: begins at 0, 0.5 and 1, the half upwards; two down over one pixel: the same twice.
        let tiles = [[0, 0, 1, 1], [1, 0, 2, 1], [1, 0, 2, 1]];
        assert_eq!(grid("3x2", 0.0).rectangles(2, 1), [tiles, tiles].concat());
        assert_eq!(grid("3x2", 0.9).count(), 6);
    }

    #[test]
    fn tiles_are_of_one_size_inside_the_photograph_and_every_pixel_is_in_one() {
        for (word, overlap) in [("1x1", 0.0), ("2x3", 0.0), ("4x2", 0.1), ("5x5", 0.25), ("3x7", 0.5), ("32x2", 0.99)] {
            let grid = grid(word, overlap);
            for (width, height) in (1..75).step_by(3).flat_map(|width| [1, 2, 6, 7, 31, 64, 101].map(|height| (width, height))) {
                let tiles = grid.rectangles(width, height);
                assert_eq!(tiles.len(), grid.count());
                let mut seen = vec![0_usize; width * height];
                let [left, top, right, bottom] = tiles[0];
                let size = (right - left, bottom - top);
                for [left, top, right, bottom] in tiles {
                    assert!(left < right && right <= width && top < bottom && bottom <= height, "{word} of {width}x{height}");
                    assert_eq!((right - left, bottom - top), size, "{word} of {width}x{height}");
                    (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))).for_each(|(x, y)| seen[y * width + x] += 1);
                }
                assert!(seen.iter().all(|&times| times > 0), "{word} of {width}x{height}: {seen:?}");
            }
        }
    }

    #[test]
    fn neighbours_share_what_was_asked_for_but_for_a_pixel() {
        for (count, overlap) in [(2, 0.1), (4, 0.25), (7, 0.5), (9, 0.0)] {
            for length in 20..300 {
                let stretches = stretches(count, length, overlap);
                let side = stretches[0].1;
                for pair in stretches.windows(2) {
                    let [(_, end), (begin, _)] = pair else { panic!("two") };
                    let (shared, asked) =
                        (f64::from(u32::try_from(end - begin).unwrap()), overlap * f64::from(u32::try_from(side).unwrap()));
                    assert!(shared > asked - 1.0, "{count} over {length}: {stretches:?}");
                }
            }
        }
    }

    #[test]
    fn words_are_read_back_and_slips_are_told() {
        assert_eq!(grid("3x3", 0.1).to_string(), "3x3, overlap 0.1");
        assert_eq!("4X2".parse::<TileGrid>().unwrap().to_string(), "4x2, overlap 0");
        assert_eq!(grid(" 4 × 2 ", -0.0).to_string(), "4x2, overlap 0");
        for word in ["3", "3x", "x3", "0x2", "2x33", "3x3x3", "axb", "-1x2"] {
            let said = word.parse::<TileGrid>().unwrap_err().to_string();
            assert!(said.starts_with(&format!("'{word}' is not COLUMNSxROWS, such as 3x3 or 4x2")), "{said}");
        }
        assert_eq!(overlap("0.25"), Ok(0.25));
        for word in ["1", "-0.1", "10%", "NaN", "inf"] {
            let said = overlap(word).unwrap_err().to_string();
            assert!(said.starts_with(&format!("'{word}' is no share of a tile's side")), "{said}");
        }
        assert!(TileGrid::new(2, 2, 1.0).is_err() && TileGrid::new(33, 1, 0.0).is_err());
    }
}
