//! Texts of much the same length, together.

use tch::{TchError, Tensor};

/// Most texts in one batch.
const TEXTS_PER_BATCH: usize = 128;

/// Indices of the texts in batches, shortest first, such that a batch is padded by at most an eighth.
pub fn batches_by_length(ids: &[Vec<i64>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|&index| (ids[index].len(), index));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let length = ids[index].len();
        match batches.last_mut() {
            Some(batch) if batch.len() < TEXTS_PER_BATCH && 8 * (length - ids[batch[0]].len()) <= length => batch.push(index),
            _ => batches.push(vec![index]),
        }
    }
    batches
}

/// A text up to its end token.
///
/// The end token has the largest id; as in `open_clip` the first of the largest is taken.
pub fn up_to_end(text: &[i64]) -> &[i64] {
    let largest = text.iter().copied().max().unwrap_or(0);
    let end = text.iter().position(|&id| id == largest).map_or(text.len(), |place| place + 1);
    &text[..end]
}

/// `[B, T]` ids, padded with 0 to the longest text, and `[B]` places of the end tokens ([`up_to_end`]).
pub fn padded(texts: &[&[i64]]) -> Result<(Tensor, Tensor), TchError> {
    let length = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    let mut ids = vec![0; texts.len() * length];
    let mut last = Vec::with_capacity(texts.len());
    for (row, text) in texts.iter().enumerate() {
        ids[row * length..][..text.len()].copy_from_slice(text);
        last.push(i64::try_from(up_to_end(text).len()).unwrap_or(1) - 1);
    }
    let size = [texts.len(), length].map(|side| i64::try_from(side).unwrap_or(i64::MAX));
    Ok((Tensor::f_from_slice(&ids)?.f_view(size)?, Tensor::f_from_slice(&last)?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_every_text_once_and_little_padding() {
        // lengths 9, 3, 8, 9, 3: 3 and 3 together; 8 with 9 and 9, since 8·(9 − 8) ≤ 9
        let ids: Vec<Vec<i64>> = [9, 3, 8, 9, 3].into_iter().map(|length| vec![1; length]).collect();
        assert_eq!(batches_by_length(&ids), [vec![1, 4], vec![2, 0, 3]]);
        // 3 and 4 apart, since 8·(4 − 3) > 4
        let ids: Vec<Vec<i64>> = [4, 3].into_iter().map(|length| vec![1; length]).collect();
        assert_eq!(batches_by_length(&ids), [vec![1], vec![0]]);
        let many = vec![vec![7; 5]; TEXTS_PER_BATCH + 1];
        assert_eq!(batches_by_length(&many).iter().map(Vec::len).collect::<Vec<_>>(), [TEXTS_PER_BATCH, 1]);
    }

    #[test]
    fn the_first_of_the_largest_ids_is_the_end() {
        let (ids, last) = padded(&[&[5, 9, 9, 1], &[6, 2]]).unwrap();
        assert_eq!(Vec::<i64>::try_from(ids.flatten(0, -1)).unwrap(), [5, 9, 9, 1, 6, 2, 0, 0]);
        assert_eq!(Vec::<i64>::try_from(last).unwrap(), [1, 0]);
    }
}
