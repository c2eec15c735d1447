//! The mix of classes from whole distributions: expectation and maximisation.

/// Rounds, where nothing speaks for fewer.
pub const ROUNDS: usize = 5_000;
/// The change of a share at which the last round is done.
const STILL: f64 = 1e-10;

/// The mix under which the probabilities of images are likeliest; `None` without images or classes.
///
/// `priors` is the mix that the probabilities were made for, a share above 0 for each of `K` classes; `probabilities` has `K`
/// for each image. Round by round q ← mean over images of P(k) q_k / p_k, made to add up to 1 image by image; it begins at
/// `from`, and ends where no share moves by more than 10⁻¹⁰, or after so many `rounds`. `times` says how often each image
/// counts.
///
/// # Source
///
/// Saerens, Latinne & Decaestecker 2002.
#[must_use]
pub fn by_probabilities(
    priors: &[f64],
    probabilities: &[f64],
    times: Option<&[u32]>,
    (from, rounds): (&[f64], usize),
) -> Option<Vec<f64>> {
    let classes = priors.len();
    let images = probabilities.len().checked_div(classes)?;
    if images == 0 || priors.iter().any(|prior| *prior <= 0.0) {
        return None;
    }
    let weight = |image: usize| times.map_or(1.0, |times| f64::from(times.get(image).copied().unwrap_or(0)));
    let mut shares = from.to_vec();
    let (mut ratios, mut turned) = (vec![0.0; classes], vec![0.0; classes]);
    for _ in 0..rounds {
        ratios.iter_mut().zip(shares.iter().zip(priors)).for_each(|(ratio, (share, prior))| *ratio = share / prior);
        let (mut sums, mut all) = (vec![0.0; classes], 0.0);
        for (image, row) in probabilities.chunks_exact(classes).enumerate() {
            let weight = weight(image);
            if weight <= 0.0 {
                continue;
            }
            turned.iter_mut().zip(row.iter().zip(&ratios)).for_each(|(turned, (p, ratio))| *turned = p * ratio);
            let sum: f64 = turned.iter().sum();
            if sum > 0.0 {
                sums.iter_mut().zip(&turned).for_each(|(total, turned)| *total += weight * turned / sum);
                all += weight;
            }
        }
        if all <= 0.0 {
            return None;
        }
        let mut moved = 0.0_f64;
        for (share, sum) in shares.iter_mut().zip(&sums) {
            moved = moved.max((sum / all - *share).abs());
            *share = sum / all;
        }
        if moved <= STILL {
            break;
        }
    }
    let sum: f64 = shares.iter().sum();
    (sum > 0.0).then(|| shares.iter().map(|share| share / sum).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn one_round_by_hand_and_the_likeliest_mix() {
        // Two images, 0.8 and 0.4 for the first class, made for halves. The likelihood of a share q is
        // (0.8 q + 0.2 (1 − q)) (0.4 q + 0.6 (1 − q)) = (0.2 + 0.6 q)(0.6 − 0.2 q): 0.32 − 0.24 q = 0 would be at q = 4/3,
        // so that it is likeliest at 1. Against a third image of 0.1 it is inside.
        let pair = by_probabilities(&[0.5, 0.5], &[0.8, 0.2, 0.4, 0.6], None, (&[0.5, 0.5], ROUNDS)).unwrap();
        assert!((pair[0] - 1.0).abs() < 1e-5, "{pair:?}");
        let rows = [0.8, 0.2, 0.4, 0.6, 0.1, 0.9];
        let found = by_probabilities(&[0.5, 0.5], &rows, None, (&[0.5, 0.5], ROUNDS)).unwrap();
        // d/dq: 0.6/(0.2 + 0.6q) − 0.2/(0.6 − 0.2q) − 0.8/(0.9 − 0.8q) = 0.
        let q = found[0];
        let slope = 0.6 / (0.2 + 0.6 * q) - 0.2 / (0.6 - 0.2 * q) - 0.8 / (0.9 - 0.8 * q);
        assert!(slope.abs() < 1e-6 && (found[0] + found[1] - 1.0).abs() < 1e-12, "{found:?} {slope}");
        // Each image twice is the same; one that counts 0 times is none.
        let twice = by_probabilities(&[0.5, 0.5], &rows, Some(&[2, 2, 2]), (&[0.5, 0.5], ROUNDS)).unwrap();
        assert!((twice[0] - q).abs() < 1e-9);
        assert_eq!(by_probabilities(&[0.5, 0.5], &rows, Some(&[1, 1, 0]), (&[0.5, 0.5], ROUNDS)), Some(pair));
    }

    #[test]
    fn probabilities_that_were_made_for_the_mix_keep_it_and_nothing_has_none() {
        // Certain images: shares are counts, whatever the priors.
        let rows = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
        let found = by_probabilities(&[0.9, 0.1], &rows, None, (&[0.9, 0.1], ROUNDS)).unwrap();
        assert!((found[0] - 2.0 / 3.0).abs() < 1e-12, "{found:?}");
        assert_eq!(by_probabilities(&[1.0], &[], None, (&[1.0], ROUNDS)), None);
        assert_eq!(by_probabilities(&[], &[], None, (&[], ROUNDS)), None);
        assert_eq!(by_probabilities(&[1.0], &[0.3, 0.9], None, (&[1.0], ROUNDS)), Some(vec![1.0]));
    }
}
