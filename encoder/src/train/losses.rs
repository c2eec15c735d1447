//! The losses, as functions of embeddings and classes.

pub mod pairs;

use tch::{Kind, TchError, Tensor};

/// Symmetric InfoNCE of unit vectors `[B, D]`: photographs against texts and texts against photographs.
///
/// `same` is `[B, B]`, 1 where a text is right for a photograph, in units of the kind of the vectors;
/// several right ones share the target evenly.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// van den Oord 2018; Radford 2021.
pub fn info_nce(images: &Tensor, texts: &Tensor, scale: &Tensor, same: &Tensor) -> Result<Tensor, TchError> {
    let logits = (images.f_matmul(&texts.f_transpose(0, 1)?)?).f_mul(scale)?;
    let one_way = |logits: &Tensor, same: &Tensor| -> Result<Tensor, TchError> {
        let target = same.f_div(&same.f_sum_dim_intlist(1i64, true, None::<Kind>)?)?;
        let loss = logits.f_log_softmax(1, None::<Kind>)?.f_mul(&target)?.f_sum_dim_intlist(1i64, false, None::<Kind>)?;
        loss.f_mean(None::<Kind>)?.f_neg()
    };
    let there = one_way(&logits, same)?;
    let back = one_way(&logits.f_transpose(0, 1)?, &same.f_transpose(0, 1)?)?;
    there.f_add(&back)?.f_div_scalar(2.0)
}

/// Sigmoid loss of every pair: the sum of −log σ(±(scale · cosine + bias)) over the photographs.
///
/// `bias` is a number, which may learn as `scale` does.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Zhai 2023 (SigLIP); `open_clip` 3.3, `src/open_clip/loss.py`, `SigLipLoss`.
pub fn sigmoid(images: &Tensor, texts: &Tensor, scale: &Tensor, bias: &Tensor, same: &Tensor) -> Result<Tensor, TchError> {
    let logits = images.f_matmul(&texts.f_transpose(0, 1)?)?.f_mul(scale)?.f_add(bias)?;
    let signs = same.f_mul_scalar(2.0)?.f_sub_scalar(1.0)?;
    let photographs = count(images);
    logits.f_mul(&signs)?.f_log_sigmoid()?.f_sum(None::<Kind>)?.f_neg()?.f_div_scalar(photographs)
}

/// Supervised contrast of unit vectors `[B, D]`: mean over the positives outside the logarithm
/// (L_out), mean over the anchors that have one. `None` if no two share a class.
///
/// `same` is `[B, B]`, 1 where two are of one class (the diagonal does not matter).
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Khosla 2020, equation 2.
pub fn sup_con(vectors: &Tensor, same: &Tensor, temperature: f64) -> Result<Option<Tensor>, TchError> {
    let batch = vectors.size()[0];
    let diagonal = Tensor::f_eye(batch, (vectors.kind(), vectors.device()))?;
    let positive = same.f_mul(&diagonal.f_neg()?.f_add_scalar(1.0)?)?;
    let positives = positive.f_sum_dim_intlist(1i64, false, None::<Kind>)?;
    let anchors = positives.f_gt(0.0)?.f_to_kind(vectors.kind())?;
    let number = anchors.f_sum(None::<Kind>)?;
    if f64::try_from(&number)? < 0.5 {
        return Ok(None);
    }
    let logits = vectors.f_matmul(&vectors.f_transpose(0, 1)?)?.f_div_scalar(temperature)?;
    let others = logits.f_masked_fill(&diagonal.f_gt(0.5)?, f64::NEG_INFINITY)?;
    let log_probability = logits.f_sub(&others.f_logsumexp(1i64, true)?)?;
    let of_anchor = log_probability.f_mul(&positive)?.f_sum_dim_intlist(1i64, false, None::<Kind>)?;
    let mean = of_anchor.f_div(&positives.f_clamp_min(1.0)?)?;
    Ok(Some(mean.f_sum(None::<Kind>)?.f_neg()?.f_div(&number)?))
}

/// Supervised contrast over several levels, the finest first: level l weighs exp(1 / l), and none is
/// smaller than a finer one. `None` if no two share a class at any level.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Zhang 2022 (HiMulConE), weights of the paper; photographs are not thinned out between levels.
pub fn hmce(vectors: &Tensor, same_by_level: &[Tensor], temperature: f64) -> Result<Option<Tensor>, TchError> {
    let (mut total, mut finer): (Option<Tensor>, Option<Tensor>) = (None, None);
    for (level, same) in (1_u32..).zip(same_by_level) {
        let Some(loss) = sup_con(vectors, same, temperature)? else { continue };
        let loss = match &finer {
            Some(finer) => loss.f_maximum(finer)?,
            None => loss,
        };
        let weighted = loss.f_mul_scalar((1.0 / f64::from(level)).exp())?;
        total = Some(match total {
            Some(total) => total.f_add(&weighted)?,
            None => weighted,
        });
        finer = Some(loss);
    }
    let levels = i64::try_from(same_by_level.len()).unwrap_or(1);
    total.map(|total| total.f_div_scalar(levels)).transpose()
}

/// Hierarchical cross-entropy of logits `[B, C]` over classes.
///
/// `levels`: from the finest up, for each level the group of each class `[C, G]` (1 where the class lies in
/// the group), the group of each truth `[B]`, and the depth of the level; the root, which holds all,
/// is left out. Each level adds −exp(−α · depth) log p(group | group above).
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Bertinetto 2020, equation 4, weights not normalised.
pub fn hxe(logits: &Tensor, levels: &[(Tensor, Tensor, f64)], alpha: f64) -> Result<Tensor, TchError> {
    let log_probability = logits.f_log_softmax(1, None::<Kind>)?;
    let of_truth = |(groups, truth, _): &(Tensor, Tensor, f64)| -> Result<Tensor, TchError> {
        // log of the summed probability of the truth's group.
        let members = groups.f_index_select(1, truth)?.f_transpose(0, 1)?;
        log_probability.f_masked_fill(&members.f_lt(0.5)?, f64::NEG_INFINITY)?.f_logsumexp(1i64, false)
    };
    let mut total = Tensor::f_zeros([logits.size()[0]], (logits.kind(), logits.device()))?;
    for (place, level) in levels.iter().enumerate() {
        let mut conditional = of_truth(level)?;
        if let Some(above) = levels.get(place + 1) {
            conditional = conditional.f_sub(&of_truth(above)?)?;
        }
        total = total.f_add(&conditional.f_mul_scalar(-(-alpha * level.2).exp())?)?;
    }
    total.f_mean(None::<Kind>)
}

/// Cross-entropy of logits `[B, C]` with soft labels: softmax of −β · distance / largest distance.
///
/// `distances`: `[B, C]` of each truth to each class, in the tree.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Bertinetto 2020, equation 5.
pub fn soft_labels(logits: &Tensor, distances: &Tensor, beta: f64) -> Result<Tensor, TchError> {
    let largest = distances.f_max()?.f_clamp_min(1e-12)?;
    let labels = distances.f_div(&largest)?.f_mul_scalar(-beta)?.f_softmax(1, None::<Kind>)?;
    let loss = logits.f_log_softmax(1, None::<Kind>)?.f_mul(&labels)?.f_sum_dim_intlist(1i64, false, None::<Kind>)?;
    loss.f_mean(None::<Kind>)?.f_neg()
}

/// Cosines of unit vectors `[B, D]` with the mean of each class of the batch, each vector left out of the mean of its own
/// class: `[A, C]`, with the places `[A]` of the vectors that are not alone in their class. `None` if all are.
///
/// `members` is `[B, C]`, 1 where a vector is of a class. These stand in the place of texts where a model has none.
///
/// # Errors
///
/// Whatever LibTorch reports.
///
/// # Source
///
/// Snell 2017 (prototypical networks), here without a support of its own: every other photograph of the batch is one.
pub fn class_means(vectors: &Tensor, members: &Tensor) -> Result<Option<(Tensor, Tensor)>, TchError> {
    let counts = members.f_sum_dim_intlist(0i64, false, None::<Kind>)?;
    let of_own = members.f_mul(&counts)?.f_sum_dim_intlist(1i64, false, None::<Kind>)?;
    let places = of_own.f_gt(1.5)?.f_nonzero()?.f_flatten(0, -1)?;
    if places.size()[0] == 0 {
        return Ok(None);
    }
    let (anchors, own) = (vectors.f_index_select(0, &places)?, members.f_index_select(0, &places)?);
    let sums = members.f_transpose(0, 1)?.f_matmul(vectors)?;
    let products = anchors.f_matmul(&sums.f_transpose(0, 1)?)?;
    let squares = anchors.f_square()?.f_sum_dim_intlist(1i64, true, None::<Kind>)?;
    // x · (S − x) = x · S − x², and |S − x|² = |S|² − 2 x · S + x².
    let without = products.f_sub(&own.f_mul(&squares)?)?;
    let lengths = sums.f_square()?.f_sum_dim_intlist(1i64, false, None::<Kind>)?;
    let lengths = lengths.f_sub(&own.f_mul(&products.f_mul_scalar(2.0)?.f_sub(&squares)?)?)?;
    Ok(Some((without.f_div(&lengths.f_clamp_min(1e-12)?.f_sqrt()?)?, places)))
}

fn count(rows: &Tensor) -> f64 {
    f64::from(i32::try_from(rows.size()[0]).unwrap_or(i32::MAX))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use tch::Device;

    /// Twelve points of three numbers in five classes, families a b | c | d e, orders f1 f2 | f3.
    const POINTS: [[f64; 3]; 12] = [
        [1.0, 0.1, 0.0],
        [0.9, 0.2, 0.1],
        [1.1, 0.0, 0.1],
        [0.8, 0.5, 0.0],
        [0.7, 0.6, 0.1],
        [0.5, 0.1, 0.9],
        [0.4, 0.2, 1.0],
        [-0.9, 0.3, 0.2],
        [-1.0, 0.2, 0.1],
        [-0.8, 0.4, 0.2],
        [-0.6, -0.5, 0.4],
        [0.6, 0.4, 0.2],
    ];
    const CLASSES: [i64; 12] = [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4];
    const FAMILIES: [i64; 5] = [0, 0, 1, 2, 2];
    const ORDERS: [i64; 5] = [0, 0, 0, 1, 1];
    const TEXTS: [[f64; 3]; 5] = [[1.0, 0.1, 0.1], [0.7, 0.7, 0.0], [0.4, 0.1, 0.9], [-0.9, 0.3, 0.1], [-0.6, -0.6, 0.3]];

    fn unit(rows: &[[f64; 3]]) -> Tensor {
        let rows = Tensor::from_slice(&rows.concat()).view([-1, 3]);
        let norms = rows.norm_scalaropt_dim(2, [1i64], true);
        rows / norms
    }

    fn same(classes: &[i64]) -> Tensor {
        let classes = Tensor::from_slice(classes);
        classes.unsqueeze(0).eq_tensor(&classes.unsqueeze(1)).to_kind(Kind::Double)
    }

    fn number(tensor: &Tensor) -> f64 {
        f64::try_from(tensor).unwrap()
    }

    fn of(map: &[i64; 5]) -> Vec<i64> {
        CLASSES.iter().map(|&class| map[usize::try_from(class).unwrap()]).collect()
    }

    fn logits() -> Tensor {
        unit(&POINTS).matmul(&unit(&TEXTS).transpose(0, 1)) * 10.0
    }

    fn groups(map: &[i64; 5]) -> Tensor {
        let groups = map.iter().max().unwrap() + 1;
        Tensor::from_slice(map).one_hot(groups).to_kind(Kind::Double)
    }

    fn levels() -> Vec<(Tensor, Tensor, f64)> {
        let own = [0, 1, 2, 3, 4];
        [(own, 3.0), (FAMILIES, 2.0), (ORDERS, 1.0)]
            .map(|(map, depth)| (groups(&map), Tensor::from_slice(&of(&map)), depth))
            .into_iter()
            .collect()
    }

    #[test]
    fn info_nce_as_worked() {
        let images = unit(&[POINTS[0], POINTS[3], POINTS[5], POINTS[7]]);
        let texts = unit(&TEXTS[..4]);
        let same = Tensor::eye(4, (Kind::Double, Device::Cpu));
        let loss = info_nce(&images, &texts, &Tensor::from(1.0 / 0.07), &same).unwrap();
        assert!((number(&loss) - 0.072_341_469_918_500_32).abs() < 1e-9, "{loss:?}");
    }

    #[test]
    fn sigmoid_as_worked() {
        // -F.logsigmoid(labels * (10 * images @ texts.T - 3)).sum() / 4 of PyTorch 2.11
        let images = unit(&[POINTS[0], POINTS[3], POINTS[5], POINTS[7]]);
        let (texts, same) = (unit(&TEXTS[..4]), Tensor::eye(4, (Kind::Double, Device::Cpu)));
        let loss = sigmoid(&images, &texts, &Tensor::from(10.0), &Tensor::from(-3.0), &same).unwrap();
        assert!((number(&loss) - 4.392_965_468_322_275).abs() < 1e-9, "{loss:?}");
    }

    #[test]
    fn class_means_as_worked() {
        // F.cosine_similarity with the mean of the others of each class, and F.cross_entropy of ten times it, of PyTorch 2.11;
        // the second time points 10 and 11 are of two classes and alone in them.
        let mut apart = CLASSES;
        apart[11] = 5;
        for (classes, sum, loss, anchors) in [
            (CLASSES, 11.922_872_104_812_313, 2.702_003_663_111_695, 12),
            (apart, 11.648_557_698_401_474, 0.316_304_981_300_622, 10),
        ] {
            let members = Tensor::from_slice(&classes).one_hot(classes.iter().max().unwrap() + 1).to_kind(Kind::Double);
            let (cosines, places) = class_means(&unit(&POINTS), &members).unwrap().unwrap();
            assert_eq!(Vec::<i64>::try_from(&places).unwrap(), (0..anchors).collect::<Vec<i64>>());
            assert!((number(&cosines.sum(Kind::Double)) - sum).abs() < 1e-9, "{cosines:?}");
            for (place, expected) in [([0, 0], 0.994_964_162_882_748), ([3, 1], 0.983_001_594_521_322)] {
                assert!((cosines.double_value(&place) - expected).abs() < 1e-12);
            }
            let truths = Tensor::from_slice(&classes).index_select(0, &places);
            assert!((number(&(cosines * 10.0).log_softmax(-1, Kind::Double).nll_loss(&truths)) - loss).abs() < 1e-9);
        }
        assert!(class_means(&unit(&POINTS), &Tensor::eye(12, (Kind::Double, Device::Cpu))).unwrap().is_none());
    }

    #[test]
    fn sup_con_as_worked() {
        let expected = [3.314_708_904_787_020_4, 3.935_518_751_698_447, 5.225_726_219_412_352];
        let species = CLASSES.to_vec();
        for (classes, expected) in [species, of(&FAMILIES), of(&ORDERS)].iter().zip(expected) {
            let loss = sup_con(&unit(&POINTS), &same(classes), 0.1).unwrap().unwrap();
            assert!((number(&loss) - expected).abs() < 1e-9, "{loss:?}");
        }
        let alone = Tensor::eye(12, (Kind::Double, Device::Cpu));
        assert!(sup_con(&unit(&POINTS), &alone, 0.1).unwrap().is_none());
        // Each level is larger than the finer one, so the weights are e, √e and the third root of e.
        let by_level = [same(&CLASSES), same(&of(&FAMILIES)), same(&of(&ORDERS))];
        let whole = number(&hmce(&unit(&POINTS), &by_level, 0.1).unwrap().unwrap());
        let by_hand: f64 = expected.iter().zip([1.0, 2.0, 3.0_f64]).map(|(loss, level)| loss * (1.0 / level).exp()).sum();
        assert!((whole - by_hand / 3.0).abs() < 1e-9, "{whole}");
    }

    #[test]
    fn hierarchical_cross_entropy_as_worked() {
        for (alpha, expected) in [(0.0, 1.570_886_177_275_233_2), (0.1, 1.374_408_663_228_876_8), (0.5, 0.842_809_540_672_875_3)]
        {
            let loss = hxe(&logits(), &levels(), alpha).unwrap();
            assert!((number(&loss) - expected).abs() < 1e-9, "{alpha}: {loss:?}");
        }
    }

    #[test]
    fn soft_labels_as_worked() {
        // Rungs to the common ancestor: 0 itself, 1 in the family, 2 in the order, 3 else.
        let distance = |a: usize, b: usize| match () {
            () if a == b => 0.0,
            () if FAMILIES[a] == FAMILIES[b] => 1.0,
            () if ORDERS[a] == ORDERS[b] => 2.0,
            () => 3.0,
        };
        let rows = CLASSES.iter().flat_map(|&class| (0..5).map(move |other| distance(usize::try_from(class).unwrap(), other)));
        let distances = Tensor::from_slice(&rows.collect::<Vec<f64>>()).view([12, 5]);
        for (beta, expected) in [(4.0, 2.644_779_061_208_752_5), (10.0, 1.655_295_040_543_33)] {
            let loss = number(&soft_labels(&logits(), &distances, beta).unwrap());
            assert!((loss - expected).abs() < 1e-9, "{beta}: {loss}");
        }
    }

    /// Compares the gradient of a loss with differences of its values, number by number.
    fn check_gradient(name: &str, loss: &dyn Fn(&Tensor) -> Tensor) {
        let points = POINTS.concat();
        let start = Tensor::from_slice(&points).view([12, 3]).set_requires_grad(true);
        loss(&start).backward();
        let gradient = Vec::<f64>::try_from(start.grad().flatten(0, -1)).unwrap();
        let value = |points: &[f64]| number(&loss(&Tensor::from_slice(points).view([12, 3])));
        for place in 0..points.len() {
            let step = 1e-6;
            let (mut above, mut below) = (points.clone(), points.clone());
            above[place] += step;
            below[place] -= step;
            let difference = (value(&above) - value(&below)) / (2.0 * step);
            assert!((difference - gradient[place]).abs() < 1e-6, "{name} {place}: {difference} {}", gradient[place]);
        }
    }

    #[test]
    fn gradients_are_those_of_differences() {
        let units = |points: &Tensor| points / points.norm_scalaropt_dim(2, [1i64], true);
        let texts = unit(&TEXTS).index_select(0, &Tensor::from_slice(&CLASSES));
        let scale = Tensor::from(10.0);
        let classes = same(&CLASSES);
        check_gradient("infonce", &|points| info_nce(&units(points), &texts, &scale, &classes).unwrap());
        check_gradient("sigmoid", &|points| sigmoid(&units(points), &texts, &scale, &Tensor::from(-3.0), &classes).unwrap());
        check_gradient("supcon", &|points| sup_con(&units(points), &classes, 0.3).unwrap().unwrap());
        let by_level = [same(&CLASSES), same(&of(&FAMILIES)), same(&of(&ORDERS))];
        check_gradient("hmce", &|points| hmce(&units(points), &by_level, 0.3).unwrap().unwrap());
        let of_points = |points: &Tensor| units(points).matmul(&unit(&TEXTS).transpose(0, 1)) * 10.0;
        check_gradient("hxe", &|points| hxe(&of_points(points), &levels(), 0.3).unwrap());
        let members = groups(&[0, 1, 2, 3, 4]).index_select(0, &Tensor::from_slice(&CLASSES));
        let truths = Tensor::from_slice(&CLASSES);
        check_gradient("class means", &|points| {
            let (cosines, _) = class_means(&units(points), &members).unwrap().unwrap();
            (cosines * 10.0).log_softmax(-1, Kind::Double).nll_loss(&truths)
        });
        let distances = Tensor::from_slice(&[0.0, 1.0, 2.0, 3.0, 3.0].repeat(12)).view([12, 5]);
        check_gradient("soft labels", &|points| soft_labels(&of_points(points), &distances, 4.0).unwrap());
    }
}
