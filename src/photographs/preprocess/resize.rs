//! How a photograph of any size becomes a square, and what that is called in recipes and records.

use std::fmt;

/// How a photograph of any size becomes a square.
///
/// # Examples
///
/// ```
/// use nearmiss::photographs::preprocess::{EightBit, Filter, Fit, Resize};
///
/// let squash = Resize::of(EightBit { fit: Fit::Squash, filter: Filter::Bicubic, ..EightBit::default() });
/// assert_eq!(squash.to_string(), "squash-bicubic");
/// assert_eq!(Resize::parse("squash-bicubic"), Some(squash));
/// // The one of `open_clip` and the BioCLIP papers has a name of its own.
/// assert_eq!(Resize::of(EightBit::default()), Resize::ShortestBicubic8);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Shortest side to the size, antialiased bicubic on eight bits as Pillow computes it, then the
    /// centre: `open_clip`'s evaluation transform and the one of the `BioCLIP` papers.
    ShortestBicubic8,
    /// Both sides to the size, antialiased bilinear on floating-point numbers as `PyTorch` computes it:
    /// pybioclip's transform.
    SquashBilinearFloat,
    /// Any other way on eight bits; see [`Resize::of`].
    Eight(EightBit),
}

/// A way on eight bits, as Pillow computes it, antialiased: to some size, then the centre.
///
/// The default is `open_clip`'s: the shortest side, bicubic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EightBit {
    /// What becomes of the sides.
    pub fit: Fit,
    /// How pixels are mixed.
    pub filter: Filter,
    /// Pixels that an edge becomes before the centre is cut out; `None` for those of the square.
    pub edge: Option<u32>,
    /// Where the centre begins.
    pub centre: CentreAt,
}

/// What becomes of the sides of a photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// The shortest takes the size, and the other one keeps its ratio.
    #[default]
    Shortest,
    /// Both take the size; the ratio is lost.
    Squash,
}

/// How pixels are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Catmull and Rom's cubic, Pillow's `BICUBIC`.
    #[default]
    Bicubic,
    /// A triangle, Pillow's `BILINEAR`.
    Bilinear,
}

/// Where the centre begins when a number of pixels that is not even is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CentreAt {
    /// At the nearest whole pixel, halves to the even one: torchvision's `CenterCrop`.
    #[default]
    Even,
    /// At the smaller of the two: the image processors of transformers.
    Smaller,
}

/// The end of the name of a way that begins the centre at the smaller pixel.
const SMALLER: &str = "-floor";

impl Filter {
    /// Both.
    pub const ALL: [Filter; 2] = [Filter::Bicubic, Filter::Bilinear];

    /// `bicubic` or `bilinear`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Filter::Bicubic => "bicubic",
            Filter::Bilinear => "bilinear",
        }
    }

    /// The filter of that name; `None` if there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Filter> {
        Filter::ALL.into_iter().find(|filter| filter.name() == name)
    }
}

impl Fit {
    /// `shortest` or `squash`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Fit::Shortest => "shortest",
            Fit::Squash => "squash",
        }
    }
}

impl Resize {
    /// A way on eight bits; what is equal has one name.
    #[must_use]
    pub fn of(eight_bit: EightBit) -> Resize {
        let squashed_whole = eight_bit.fit == Fit::Squash && eight_bit.edge.is_none();
        // Nothing is cut off then.
        let eight_bit = if squashed_whole { EightBit { centre: CentreAt::Even, ..eight_bit } } else { eight_bit };
        if eight_bit == EightBit::default() { Resize::ShortestBicubic8 } else { Resize::Eight(eight_bit) }
    }

    /// The way of that name, as [`Resize`] is written; `None` if there is none.
    ///
    /// `shortest-crop` and `squash` of the recipes, else `shortest-` or `squash-`, the filter and, where it is another than that
    /// of the square, the edge: `squash-bicubic`, `shortest-bilinear-256`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Resize> {
        match name {
            "shortest-crop" => return Some(Resize::ShortestBicubic8),
            "squash" => return Some(Resize::SquashBilinearFloat),
            _ => {}
        }
        let (name, centre) = name.strip_suffix(SMALLER).map_or((name, CentreAt::Even), |name| (name, CentreAt::Smaller));
        let (fit, rest) = name.split_once('-')?;
        let fit = [Fit::Shortest, Fit::Squash].into_iter().find(|known| known.name() == fit)?;
        let (filter, edge) = match rest.split_once('-') {
            Some((filter, edge)) => (filter, Some(edge.parse().ok()?)),
            None => (rest, None),
        };
        Some(Resize::of(EightBit { fit, filter: Filter::parse(filter)?, edge, centre }))
    }

    /// As a way on eight bits; `None` for [`Resize::SquashBilinearFloat`].
    #[must_use]
    pub fn eight_bit(self) -> Option<EightBit> {
        match self {
            Resize::ShortestBicubic8 => Some(EightBit::default()),
            Resize::SquashBilinearFloat => None,
            Resize::Eight(eight_bit) => Some(eight_bit),
        }
    }
}

impl fmt::Display for Resize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let eight_bit = match self {
            Resize::ShortestBicubic8 => return formatter.write_str("shortest-crop"),
            Resize::SquashBilinearFloat => return formatter.write_str("squash"),
            Resize::Eight(eight_bit) => eight_bit,
        };
        write!(formatter, "{}-{}", eight_bit.fit.name(), eight_bit.filter.name())?;
        if let Some(edge) = eight_bit.edge {
            write!(formatter, "-{edge}")?;
        }
        if eight_bit.centre == CentreAt::Smaller { formatter.write_str(SMALLER) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_read_back_by_its_name() {
        let mut names = vec![];
        for fit in [Fit::Shortest, Fit::Squash] {
            for filter in Filter::ALL {
                for edge in [None, Some(256)] {
                    for centre in [CentreAt::Even, CentreAt::Smaller] {
                        let resize = Resize::of(EightBit { fit, filter, edge, centre });
                        assert_eq!(Resize::parse(&resize.to_string()), Some(resize));
                        names.push(resize.to_string());
                    }
                }
            }
        }
        names.sort();
        names.dedup();
        // Of sixteen, the two that squash to the square itself have no centre to begin anywhere.
        assert_eq!(names.len(), 14, "{names:?}");
        assert!(names.contains(&"shortest-crop".to_string()) && names.contains(&"shortest-bilinear-256-floor".to_string()));
        assert_eq!(Resize::parse("squash").map(|resize| resize.to_string()), Some("squash".to_string()));
        for name in [
            "",
            "shortest",
            "shortest-lanczos",
            "squash-bicubic-",
            "squash-bicubic-256-",
            "shortest-bicubic-x",
            "longest-bicubic",
        ] {
            assert_eq!(Resize::parse(name), None, "{name}");
        }
    }
}
