//! The colours of all figures: neutral ones, those of right and wrong, those of series, and those that follow the tree.
//!
//! In the tree near taxa have near hues, and a taxon has the same colour in every figure.

use crate::spaces::embeddings::Embeddings;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::RGBColor;
use std::collections::BTreeMap;

/// Text, and marks that stand out. This and the next three are neutral: no datum has one of them for its colour, so that a page
/// may put its own in their place, in a dark scheme for instance.
pub const INK: RGBColor = RGBColor(27, 31, 36);
/// Text and marks that step back.
pub const GREY: RGBColor = RGBColor(95, 103, 112);
/// Grid lines, and what lies behind the data.
pub const FAINT: RGBColor = RGBColor(222, 226, 230);
/// The ground.
pub const PAPER: RGBColor = RGBColor(255, 255, 255);

/// Text on pale data, whatever the ground of the page.
const ON_PALE: RGBColor = RGBColor(17, 17, 17);
/// Text on full data.
const ON_FULL: RGBColor = RGBColor(252, 252, 252);

/// Right, in every figure. This and the next two differ for every kind of colour vision, and in print (Okabe and Ito 2008).
pub const RIGHT: RGBColor = RGBColor(0, 114, 178);
/// Wrong but acceptable.
pub const ACCEPTABLE: RGBColor = RGBColor(230, 159, 0);
/// Wrong.
pub const WRONG: RGBColor = RGBColor(213, 94, 0);
/// Right as far as it goes, and stops there.
pub const STOPPED: RGBColor = RGBColor(140, 148, 158);

/// Colours of series, none of which means that something is wrong or acceptable; the first is that of what is right, for most
/// series are shares of it.
pub const SERIES: [RGBColor; 6] = [
    RIGHT,
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(153, 153, 51),
    RGBColor(140, 86, 75),
];

/// From the species to the root: the lighter the nearer.
pub fn of_rung(rung: u8) -> RGBColor {
    between(SERIES[3], SERIES[0], f64::from(rung) / 7.0)
}

/// Between two colours: 0 is the first, 1 the second.
pub fn between(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let mix = |from: u8, to: u8| byte(f64::from(from) + share.clamp(0.0, 1.0) * (f64::from(to) - f64::from(from)));
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// The nearest whole number of a byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// The colour as SVG writes it, in the letters that plotters uses.
pub fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Text that can be read on a colour: dark or light, whichever has more contrast.
pub fn ink_on(colour: RGBColor) -> RGBColor {
    if contrast(colour, ON_PALE) >= contrast(colour, ON_FULL) { ON_PALE } else { ON_FULL }
}

/// The ratio of luminances that WCAG 2 calls contrast, 1 to 21.
fn contrast(one: RGBColor, other: RGBColor) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// Hues that can be told apart.
pub const MOST: usize = 12;

/// What is not coloured.
pub const OTHER: RGBColor = RGBColor(190, 194, 199);

/// Colours of some taxa in the order of the tree, so that neighbours on the circle of hues are neighbours in it: each gets a part
/// of the circle that grows with its points (with a least share, so that small ones can be seen).
#[must_use]
pub fn of_taxa(points: &BTreeMap<TaxonId, usize>) -> BTreeMap<TaxonId, RGBColor> {
    let weight = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)).sqrt().max(1.0);
    let total: f64 = points.values().map(|&count| weight(count)).sum();
    let mut at = 0.0;
    let mut colours = BTreeMap::new();
    for (index, (&taxon, &count)) in points.iter().enumerate() {
        let share = weight(count) / total;
        let hue = 25.0 + 330.0 * (at + share / 2.0);
        at += share;
        let light = if index % 2 == 0 { 0.62 } else { 0.72 };
        colours.insert(taxon, oklch(light, 0.14, hue));
    }
    colours
}

/// Points of each taxon.
#[must_use]
pub fn counts(taxa: impl Iterator<Item = Option<TaxonId>>) -> BTreeMap<TaxonId, usize> {
    let mut counts = BTreeMap::new();
    taxa.flatten().for_each(|taxon| *counts.entry(taxon).or_default() += 1);
    counts
}

/// The colours of all figures on one space: of the taxa of each rank that has no more than there are hues.
pub struct Palette {
    /// From the top.
    ranks: Vec<(Rank, BTreeMap<TaxonId, RGBColor>)>,
}

impl Palette {
    /// Of the taxa of a space's points.
    #[must_use]
    pub fn of(embeddings: &Embeddings) -> Palette {
        let taxonomy = &embeddings.taxonomy;
        let of_rank = |&rank: &Rank| {
            let points = counts(embeddings.taxa.iter().map(|taxon| taxonomy.ancestor_at((*taxon)?, rank)));
            (2..=MOST).contains(&points.len()).then(|| (rank, of_taxa(&points)))
        };
        Palette { ranks: Rank::MAIN.iter().filter_map(of_rank).collect() }
    }

    /// Those of a rank; `None` where it has more taxa than there are hues, or one.
    #[must_use]
    pub fn at(&self, rank: Rank) -> Option<&BTreeMap<TaxonId, RGBColor>> {
        self.ranks.iter().find(|(of, _)| *of == rank).map(|(_, colours)| colours)
    }

    /// That of a taxon.
    #[must_use]
    pub fn colour(&self, taxon: TaxonId) -> Option<RGBColor> {
        self.ranks.iter().find_map(|(_, colours)| colours.get(&taxon)).copied()
    }

    /// The finest rank with colours above species that some taxa have two of.
    #[must_use]
    pub fn finest(&self, taxonomy: &Taxonomy, taxa: &[TaxonId]) -> Option<Rank> {
        let several = |rank: Rank| counts(taxa.iter().map(|&taxon| taxonomy.ancestor_at(taxon, rank))).len() > 1;
        self.ranks.iter().rev().map(|(rank, _)| *rank).find(|&rank| rank != Rank::Species && several(rank))
    }
}

/// A colour of OKLCH in sRGB; chroma is taken back until it can be shown.
#[must_use]
pub fn oklch(light: f64, chroma: f64, hue: f64) -> RGBColor {
    let mut chroma = chroma;
    loop {
        let [green_red, blue_yellow] = [chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin()];
        let long = (light + 0.396_337_777_4 * green_red + 0.215_803_757_3 * blue_yellow).powi(3);
        let medium = (light - 0.105_561_345_8 * green_red - 0.063_854_172_8 * blue_yellow).powi(3);
        let short = (light - 0.089_484_177_5 * green_red - 1.291_485_548_0 * blue_yellow).powi(3);
        let linear = [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ];
        if linear.iter().all(|value| (-1e-4..=1.000_1).contains(value)) || chroma < 1e-3 {
            let [red, green, blue] = linear.map(|value| {
                let value = value.clamp(0.0, 1.0);
                let curved = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
                byte(255.0 * curved)
            });
            return RGBColor(red, green, blue);
        }
        chroma *= 0.95;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_datum_has_a_neutral_colour() {
        let data = [RIGHT, ACCEPTABLE, WRONG, STOPPED, OTHER, ON_PALE, ON_FULL].into_iter().chain(SERIES);
        let neutral = [INK, GREY, FAINT, PAPER];
        assert!(data.into_iter().all(|colour| !neutral.contains(&colour)));
        assert_eq!(neutral.map(hex), ["#1B1F24", "#5F6770", "#DEE2E6", "#FFFFFF"]);
        assert!(SERIES.iter().all(|series| ![ACCEPTABLE, WRONG].contains(series)));
    }

    #[test]
    fn text_can_be_read_on_what_is_right_and_what_is_wrong() {
        assert_eq!([RIGHT, ACCEPTABLE, WRONG].map(ink_on), [ON_FULL, ON_PALE, ON_PALE]);
        for colour in [RIGHT, ACCEPTABLE, WRONG] {
            assert!(contrast(colour, ink_on(colour)) >= 4.5, "{}", hex(colour));
        }
        // Black on white, by definition.
        assert!((contrast(RGBColor(0, 0, 0), RGBColor(255, 255, 255)) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn a_mean_of_two_colours_lies_between_them() {
        assert_eq!(between(RGBColor(0, 10, 255), RGBColor(10, 0, 0), 0.5), RGBColor(5, 5, 128));
        assert_eq!([0.0, 1.0, 7.0].map(|share| between(PAPER, RIGHT, share)), [PAPER, RIGHT, RIGHT]);
    }
}
