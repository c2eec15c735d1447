//! Texts of much the same length, together.

use tch::{TchError, Tensor};

/// Most texts in one batch.
const TEXTS_PER_BATCH: usize = 128;

/// Most tokens in one batch, padding included, but for a text alone: those of as many texts of CLIP's context. Several batches run
/// at a time, and what blocks hold between their layers grows with the tokens, what T5 adds by distance with their square.
const TOKENS_PER_BATCH: usize = TEXTS_PER_BATCH * 77;

/// Indices of the texts in batches, shortest first, such that a batch is padded by at most an eighth.
pub fn batches_by_length(ids: &[&[i64]]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|&index| (ids[index].len(), index));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let length = ids[index].len();
        match batches.last_mut() {
            Some(batch)
                if batch.len() < TEXTS_PER_BATCH
                    && (batch.len() + 1) * length <= TOKENS_PER_BATCH
                    && 8 * (length - ids[batch[0]].len()) <= length =>
            {
                batch.push(index);
            }
            _ => batches.push(vec![index]),
        }
    }
    batches
}

/// `[B, T]` ids, padded with 0 to the longest text, or, where the padding is read, with an id to a length; and `[B]` places of
/// the texts' last tokens.
pub fn padded(texts: &[&[i64]], read: Option<(i64, i64)>) -> Result<(Tensor, Tensor), TchError> {
    let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    let (id, length) = read.map_or((0, longest), |(id, length)| (id, usize::try_from(length).unwrap_or(longest).max(longest)));
    let mut ids = vec![id; texts.len() * length];
    let mut last = Vec::with_capacity(texts.len());
    for (row, text) in texts.iter().enumerate() {
        ids[row * length..][..text.len()].copy_from_slice(text);
        last.push(i64::try_from(text.len()).unwrap_or(1) - 1);
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
        let of = |lengths: &[usize]| {
            let ids: Vec<Vec<i64>> = lengths.iter().map(|&length| vec![1; length]).collect();
            batches_by_length(&ids.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        // lengths 9, 3, 8, 9, 3: 3 and 3 together; 8 with 9 and 9, since 8·(9 − 8) ≤ 9
        assert_eq!(of(&[9, 3, 8, 9, 3]), [vec![1, 4], vec![2, 0, 3]]);
        // 3 and 4 apart, since 8·(4 − 3) > 4
        assert_eq!(of(&[4, 3]), [vec![1], vec![0]]);
        let many = of(&[5; TEXTS_PER_BATCH + 1]);
        assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [TEXTS_PER_BATCH, 1]);
        // 19 · 512 = 9 728 tokens, a twentieth text would make them more than 9 856; one alone may have any number.
        let long = of(&[[512; 20].as_slice(), &[10_000; 2]].concat());
        assert_eq!(long.iter().map(Vec::len).collect::<Vec<_>>(), [19, 1, 1, 1]);
    }

    #[test]
    fn padding_is_nothing_or_it_is_read_to_the_context() {
        let of = |(ids, last): (Tensor, Tensor)| {
            (Vec::<i64>::try_from(ids.flatten(0, -1)).unwrap(), Vec::<i64>::try_from(last).unwrap())
        };
        let texts: [&[i64]; 2] = [&[5, 9, 7], &[6, 2]];
        assert_eq!(of(padded(&texts, None).unwrap()), (vec![5, 9, 7, 6, 2, 0], vec![2, 1]));
        assert_eq!(of(padded(&texts, Some((1, 4))).unwrap()), (vec![5, 9, 7, 1, 6, 2, 1, 1], vec![2, 1]));
    }
}
