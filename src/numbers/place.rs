//! An index or none in four bytes, for arrays with millions of them.

use std::fmt;

/// The place of something in a list, or none.
///
/// `Option<u32>` is twice as large: trees keep several of these per taxon. [`Place::at`] and [`Place::get`] speak of indices,
/// [`Place::of`] and [`Place::number`] of the same as numbers of four bytes.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::place::Place;
///
/// let parents = [Place::NONE, Place::at(0), Place::at(1)];
/// // From the last one up to the root.
/// let above = std::iter::successors(Some(2), |&below: &usize| parents[below].get());
/// assert_eq!(above.collect::<Vec<_>>(), [2, 1, 0]);
/// assert_eq!(2 * size_of::<Place>(), size_of::<Option<u32>>());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(u32);

impl Place {
    /// No place.
    pub const NONE: Place = Place(u32::MAX);

    /// The place of an index, which is below `u32::MAX`.
    #[inline]
    #[must_use]
    pub fn at(index: usize) -> Place {
        debug_assert!(index < u32::MAX as usize, "index {index} is no place");
        u32::try_from(index).map_or(Place::NONE, Place)
    }

    /// The place of a number, which is below `u32::MAX`.
    #[inline]
    #[must_use]
    pub fn of(number: u32) -> Place {
        debug_assert!(number < u32::MAX, "number {number} is no place");
        Place(number)
    }

    /// The index; `None` for no place.
    #[inline]
    #[must_use]
    pub fn get(self) -> Option<usize> {
        self.number().map(|number| number as usize)
    }

    /// The number; `None` for no place.
    #[inline]
    #[must_use]
    pub fn number(self) -> Option<u32> {
        (self != Place::NONE).then_some(self.0)
    }

    /// Whether it is no place.
    #[inline]
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Place::NONE
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.number(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_index_or_none_in_four_bytes() {
        assert_eq!(size_of::<Place>(), 4);
        for index in [0, 1, 4_294_967_294] {
            let place = Place::at(index);
            assert_eq!((place.get(), place.is_none()), (Some(index), false));
            assert_eq!(place.number().map(Place::of), Some(place));
        }
        assert_eq!((Place::NONE.get(), Place::NONE.number(), Place::NONE.is_none()), (None, None, true));
        assert_eq!(format!("{:?} {:?}", Place::at(7), Place::NONE), "Some(7) None");
    }
}
