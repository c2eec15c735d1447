//! Rounds in which blocks meet, so that no block is in two meetings at once.

/// Rounds in which every block meets every other one once.
pub(super) fn rounds(blocks: usize) -> usize {
    if blocks < 2 { 0 } else { blocks + blocks % 2 - 1 }
}

/// The pairs of blocks of a round, none of which stands in two: a tournament by the circle method.
pub(super) fn pairs(blocks: usize, round: usize) -> Vec<(usize, usize)> {
    let even = blocks + blocks % 2;
    let seat = |place: usize| if place == 0 { 0 } else { (place - 1 + round) % (even - 1) + 1 };
    (0..even / 2)
        .map(|place| (seat(place), seat(even - 1 - place)))
        .filter(|&(one, other)| one < blocks && other < blocks)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_meets_every_other_one_once() {
        for blocks in 0..12 {
            let mut met: Vec<(usize, usize)> = vec![];
            for round in 0..rounds(blocks) {
                let of_round = pairs(blocks, round);
                let mut seen: Vec<usize> = of_round.iter().flat_map(|&(one, other)| [one, other]).collect();
                seen.sort_unstable();
                assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{blocks} {round}: a block stands in two pairs");
                met.extend(of_round.into_iter().map(|(one, other)| (one.min(other), one.max(other))));
            }
            met.sort_unstable();
            let all: Vec<(usize, usize)> = (0..blocks).flat_map(|one| (one + 1..blocks).map(move |other| (one, other))).collect();
            assert_eq!(met, all, "{blocks}");
        }
    }
}
