//! Statistics that know nothing of organisms: means and intervals, tests, ties, curves, neighbours.
//!
//! Read [`statistics`] first (shares, sums, quantiles), then [`bootstrap`] and [`interval`], which say how sure a number
//! is, and [`significance`], which says whether a difference is more than chance. [`calibration`] and [`selective`] look
//! at probabilities, [`vector`], [`correlation`] and [`neighbours`] at rows of numbers; [`place`], [`ties`] and
//! [`rounding`] are small things that others rest on. No number depends on how many threads compute it, and no interval
//! and no test on the order of the images.
//!
//! # A share and its interval
//!
//! Half of ten photographs are right, two of each of five individuals.
//!
//! ```
//! use nearmiss::numbers::bootstrap::Clusters;
//! use nearmiss::numbers::interval::Sample;
//!
//! let right = [true, true, true, true, true, false, false, false, false, false];
//! let alone = Sample::default();
//! let interval = alone.share(right.into_iter().enumerate()).map_err(|reason| reason.sentence("images"))?;
//! assert_eq!(format!("{:.3} to {:.3}", interval.low, interval.high), "0.237 to 0.763");
//!
//! // Photographs of one individual are right or wrong together, and say less than as many individuals would.
//! let individuals = Clusters::by_name(["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"]);
//! let together = Sample::by(individuals, "individuals");
//! let interval = together.share(right.into_iter().enumerate()).map_err(|reason| reason.sentence("individuals"))?;
//! assert_eq!(format!("{:.3} to {:.3}", interval.low, interval.high), "0.185 to 0.815");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A paired difference
//!
//! Of ten images one classifier alone is right on five, the other alone on one.
//!
//! ```
//! use nearmiss::numbers::interval::{Sample, difference_of_shares};
//! use nearmiss::numbers::significance::{Method, sign_flip};
//!
//! let differences = [1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0];
//! let values = differences.iter().enumerate().map(|(image, difference)| (image, *difference, 1.0));
//! let kinds = Sample::default().kinds(values);
//! let interval = difference_of_shares(&kinds, 6).map_err(|reason| reason.sentence("images"))?;
//! assert_eq!(kinds.mean(), Some(4.0 / 10.0));
//! assert_eq!(format!("{:.3} to {:.3}", interval.low, interval.high), "-0.088 to 0.755");
//!
//! // Were the two alike, of 2⁶ changes of sign 14 would be as uneven: six to none and five to one, either way.
//! let test = sign_flip(&differences, "");
//! assert_eq!((test.p, test.method), (14.0 / 64.0, Method::Binomial));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod place;
pub mod nearest;
pub mod counted;
pub(crate) mod simd;
pub mod ties;
pub mod assignment;
pub mod half;
pub mod largest;
pub mod statistics;
pub mod rounding;
pub mod vector;
pub mod correlation;
pub mod neighbours;
pub mod bootstrap;
pub mod interval;
pub mod significance;
pub mod calibration;
pub mod selective;
pub mod ranking;
pub mod standardisation;
pub mod unpaired;
pub mod label_shift;
