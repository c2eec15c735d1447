//! Losses of queries and the documents that answer them.

use tch::{Kind, TchError, Tensor};

/// Cross-entropy of each query over all documents of a batch, of which one is right: multiple negatives ranking.
///
/// `queries` is `[B, D]`, `documents` `[N, D]`, unit vectors where cosines are meant; `right` is `[B]` i64, the place of each
/// query's document; `hidden` is `[B, N]`, 1 where a document answers the query as well and so is no wrong one.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Henderson 2017; van den Oord 2018; `sentence_transformers` 6.2, `losses/multiple_negatives_ranking.py`,
/// `MultipleNegativesRankingLoss` with its defaults, which hides nothing.
pub fn ranking(queries: &Tensor, documents: &Tensor, right: &Tensor, hidden: &Tensor, scale: f64) -> Result<Tensor, TchError> {
    let logits = queries.f_matmul(&documents.f_transpose(0, 1)?)?.f_mul_scalar(scale)?;
    let logits = logits.f_masked_fill(&hidden.f_gt(0.5)?, f64::NEG_INFINITY)?;
    let of_right = logits.f_log_softmax(1, None::<Kind>)?.f_gather(1, &right.f_unsqueeze(1)?, false)?;
    of_right.f_mean(None::<Kind>)?.f_neg()
}

/// What of two vectors is called far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// The length of their difference.
    #[default]
    Euclidean,
    /// One less their cosine.
    Cosine,
}

/// How much nearer a right document must be than a wrong one: the mean of max(0, d(q, right) − d(q, wrong) + margin).
///
/// All three are `[T, D]`, a triplet in each row.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Schroff 2015; `sentence_transformers` 6.2, `losses/triplet.py`, `TripletLoss`.
pub fn triplet([queries, right, wrong]: [&Tensor; 3], distance: Distance, margin: f64) -> Result<Tensor, TchError> {
    let far = |others: &Tensor| -> Result<Tensor, TchError> {
        match distance {
            Distance::Euclidean => queries.f_sub(others)?.f_norm_scalaropt_dim(2, [1i64], false),
            Distance::Cosine => Tensor::f_cosine_similarity(queries, others, 1, 1e-12)?.f_neg()?.f_add_scalar(1.0),
        }
    };
    far(right)?.f_sub(&far(wrong)?)?.f_add_scalar(margin)?.f_relu()?.f_mean(None::<Kind>)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use tch::Device;

    const QUERIES: [[f64; 3]; 4] = [[1.0, 0.1, 0.0], [0.8, 0.5, 0.0], [0.5, 0.1, 0.9], [-0.9, 0.3, 0.2]];
    const RIGHT: [[f64; 3]; 4] = [[1.0, 0.1, 0.1], [0.7, 0.7, 0.0], [0.4, 0.1, 0.9], [-0.9, 0.3, 0.1]];
    const WRONG: [[f64; 3]; 4] = [[0.7, 0.6, 0.1], [0.6, 0.4, 0.2], [-0.6, -0.5, 0.4], [0.4, 0.2, 1.0]];

    fn rows(rows: &[[f64; 3]]) -> Tensor {
        Tensor::from_slice(&rows.concat()).view([-1, 3])
    }

    fn unit(rows: &Tensor) -> Tensor {
        rows / rows.norm_scalaropt_dim(2, [1i64], true)
    }

    fn number(tensor: &Tensor) -> f64 {
        f64::try_from(tensor).unwrap()
    }

    fn nothing_hidden(documents: i64) -> Tensor {
        Tensor::zeros([4, documents], (Kind::Double, Device::Cpu))
    }

    #[test]
    fn ranking_as_sentence_transformers_has_it() {
        // MultipleNegativesRankingLoss(model=None).compute_loss_from_embeddings([queries, right(, wrong)], None)
        let own = Tensor::arange(4, (Kind::Int64, Device::Cpu));
        let (queries, right) = (unit(&rows(&QUERIES)), unit(&rows(&RIGHT)));
        let alone = number(&ranking(&queries, &right, &own, &nothing_hidden(4), 20.0).unwrap());
        assert!((alone - 0.047_147_596_807_694_65).abs() < 1e-9, "{alone}");
        let all = Tensor::cat(&[&right, &unit(&rows(&WRONG))], 0);
        let hard = number(&ranking(&queries, &all, &own, &nothing_hidden(8), 20.0).unwrap());
        assert!((hard - 0.467_190_190_460_153).abs() < 1e-9, "{hard}");
        // F.cross_entropy of the same products with −∞ where the first wrong one meets the second query.
        let hidden = nothing_hidden(8);
        let _ = hidden.get(1).narrow(0, 4, 1).fill_(1.0);
        let spared = number(&ranking(&queries, &all, &own, &hidden, 20.0).unwrap());
        assert!((spared - 0.350_285_600_126_404_25).abs() < 1e-9, "{spared}");
    }

    #[test]
    fn triplets_as_sentence_transformers_has_them() {
        // TripletLoss(model=None, distance_metric, triplet_margin).compute_loss_from_embeddings([queries, right, wrong], None)
        let queries = rows(&[[1.0, 0.1, 0.0], [0.8, 0.5, 0.0], [0.5, 0.1, 0.9], [-0.9, 0.3, 0.2], [-0.6, -0.5, 0.4]]);
        let right = rows(&[[0.9, 0.2, 0.1], [0.7, 0.6, 0.1], [0.4, 0.2, 1.0], [-1.0, 0.2, 0.1], [0.6, 0.4, 0.2]]);
        let wrong = rows(&[[0.8, 0.5, 0.0], [0.5, 0.1, 0.9], [-0.9, 0.3, 0.2], [-0.6, -0.5, 0.4], [1.0, 0.1, 0.0]]);
        for (distance, margin, expected) in [
            (Distance::Euclidean, 5.0, 4.303_771_121_689_492),
            (Distance::Euclidean, 0.3, 0.016_854_640_564_132_172),
            (Distance::Cosine, 5.0, 4.543_944_797_475_627),
            (Distance::Cosine, 0.3, 0.100_658_984_485_375_83),
        ] {
            let loss = number(&triplet([&queries, &right, &wrong], distance, margin).unwrap());
            assert!((loss - expected).abs() < 1e-9, "{distance:?} {margin}: {loss}");
        }
    }

    #[test]
    fn gradients_are_those_of_differences() {
        let start = rows(&QUERIES).set_requires_grad(true);
        let all = Tensor::cat(&[&rows(&RIGHT), &rows(&WRONG)], 0);
        let own = Tensor::arange(4, (Kind::Int64, Device::Cpu));
        let hidden = nothing_hidden(8);
        let _ = hidden.get(1).narrow(0, 4, 1).fill_(1.0);
        let losses: [&dyn Fn(&Tensor) -> Tensor; 3] = [
            &|points| ranking(&unit(points), &unit(&all), &own, &hidden, 3.0).unwrap(),
            &|points| triplet([points, &rows(&RIGHT), &rows(&WRONG)], Distance::Euclidean, 2.0).unwrap(),
            &|points| triplet([points, &rows(&RIGHT), &rows(&WRONG)], Distance::Cosine, 2.0).unwrap(),
        ];
        for loss in losses {
            let gradient = Tensor::run_backward(&[loss(&start)], &[&start], false, false).swap_remove(0);
            let gradient = Vec::<f64>::try_from(gradient.flatten(0, -1)).unwrap();
            for (place, found) in gradient.iter().enumerate() {
                let at = |step: f64| {
                    let mut points = QUERIES.concat();
                    points[place] += step;
                    number(&loss(&Tensor::from_slice(&points).view([4, 3])))
                };
                let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
                assert!((difference - found).abs() < 1e-6, "{place}: {difference} {found}");
            }
        }
    }
}
