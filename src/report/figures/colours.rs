//! Colours that follow the tree: near taxa have near hues, and a taxon has the same colour in every figure.

use crate::spaces::embeddings::Embeddings;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::RGBColor;
use std::collections::BTreeMap;

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
                u8::try_from(super::canvas::pixel(255.0 * curved)).unwrap_or(u8::MAX)
            });
            return RGBColor(red, green, blue);
        }
        chroma *= 0.95;
    }
}
