//! Texts with the regions of their photographs, put together so that they go through the encoder at once.

use super::regions::Regions;
use tch::{Device, Kind, TchError, Tensor};

/// A text with the photographs that it is read beside.
#[derive(Debug, Clone, PartialEq)]
pub struct FusionInput {
    /// Token ids without padding.
    pub ids: Vec<i64>,
    /// The regions of each photograph; empty for a text alone.
    pub photographs: Vec<Regions>,
}

impl FusionInput {
    /// How many regions there are in all photographs.
    #[must_use]
    pub fn regions(&self) -> usize {
        self.photographs.iter().map(Regions::count).sum()
    }
}

/// Texts and regions as tensors.
#[derive(Debug)]
pub struct FusionBatch {
    /// `[B, T]` i64: token ids; what is behind a text is not looked at.
    pub ids: Tensor,
    /// `[B]` i64: how many tokens each text has, at least one.
    pub lengths: Tensor,
    /// The regions; `None` where there is none in the batch.
    pub regions: Option<RegionBatch>,
}

/// Regions as tensors.
#[derive(Debug)]
pub struct RegionBatch {
    /// `[B, R, F]`.
    pub features: Tensor,
    /// `[B, R, 4]`.
    pub boxes: Tensor,
    /// `[B]` i64: how many regions each text has; what is behind them is not looked at.
    pub counts: Tensor,
    /// `[B, R]` i64: the number of the photograph that a region is of; `None` where all are of the first.
    pub images: Option<Tensor>,
    /// `[B, R]` i64: the place of a region among those of its photograph; `None` where they stand in this order.
    pub orders: Option<Tensor>,
}

impl FusionBatch {
    /// Of texts and regions of so many features, on the processor in f32.
    ///
    /// # Errors
    ///
    /// Regions of other features; whatever `LibTorch` reports.
    pub fn of(inputs: &[FusionInput], width: usize) -> Result<FusionBatch, TchError> {
        if let Some(other) = inputs.iter().flat_map(|input| &input.photographs).find(|regions| regions.width() != width) {
            return Err(TchError::Shape(format!("regions of {} features among regions of {width}", other.width())));
        }
        let longest = inputs.iter().map(|input| input.ids.len()).max().unwrap_or(0);
        let most = inputs.iter().map(FusionInput::regions).max().unwrap_or(0);
        let mut ids = vec![0_i64; inputs.len() * longest];
        for (row, input) in ids.chunks_mut(longest.max(1)).zip(inputs) {
            row[..input.ids.len()].copy_from_slice(&input.ids);
        }
        let counts = |count: &dyn Fn(&FusionInput) -> usize| {
            let counts: Vec<i64> = inputs.iter().map(|input| side(count(input))).collect();
            Tensor::f_from_slice(&counts)
        };
        let regions = if most == 0 { None } else { Some(regions(inputs, [most, width], counts(&FusionInput::regions)?)?) };
        Ok(FusionBatch {
            ids: Tensor::f_from_slice(&ids)?.f_view([side(inputs.len()), side(longest)])?,
            lengths: counts(&|input| input.ids.len())?,
            regions,
        })
    }

    /// The same on a device, features and boxes in a kind of number.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn to(&self, device: Device, kind: Kind) -> Result<FusionBatch, TchError> {
        let moved = |tensor: &Tensor| tensor.f_to_device(device);
        let whole = |tensor: &Option<Tensor>| tensor.as_ref().map(moved).transpose();
        let regions = match &self.regions {
            None => None,
            Some(regions) => Some(RegionBatch {
                features: moved(&regions.features)?.f_to_kind(kind)?,
                boxes: moved(&regions.boxes)?.f_to_kind(kind)?,
                counts: moved(&regions.counts)?,
                images: whole(&regions.images)?,
                orders: whole(&regions.orders)?,
            }),
        };
        Ok(FusionBatch { ids: moved(&self.ids)?, lengths: moved(&self.lengths)?, regions })
    }
}

fn regions(inputs: &[FusionInput], [most, width]: [usize; 2], counts: Tensor) -> Result<RegionBatch, TchError> {
    let mut features = vec![0_f32; inputs.len() * most * width];
    let mut boxes = vec![0_f32; inputs.len() * most * 4];
    let (mut images, mut orders) = (vec![0_i64; inputs.len() * most], vec![0_i64; inputs.len() * most]);
    for (row, input) in inputs.iter().enumerate() {
        let mut start = row * most;
        for (number, photograph) in input.photographs.iter().enumerate() {
            let end = start + photograph.count();
            features[start * width..end * width].copy_from_slice(photograph.features());
            boxes[start * 4..end * 4].copy_from_slice(photograph.boxes());
            images[start..end].fill(side(number));
            orders[start..end].iter_mut().zip(0..).for_each(|(order, place)| *order = place);
            start = end;
        }
    }
    let [texts, count] = [side(inputs.len()), side(most)];
    let grid = |numbers: &[i64]| Tensor::f_from_slice(numbers)?.f_view([texts, count]);
    Ok(RegionBatch {
        features: Tensor::f_from_slice(&features)?.f_view([texts, count, side(width)])?,
        boxes: Tensor::f_from_slice(&boxes)?.f_view([texts, count, 4])?,
        counts,
        images: Some(grid(&images)?),
        orders: Some(grid(&orders)?),
    })
}

/// A length as `LibTorch` counts it.
fn side(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn texts_and_regions_of_several_lengths_are_filled_up() {
        let photograph = |start: f32, count: u8| {
            let features = (0..count).map(|place| start + f32::from(place)).collect();
            Regions::new(1, features, vec![0.5; 4 * usize::from(count)]).unwrap()
        };
        let inputs = [
            FusionInput { ids: vec![5, 6, 1], photographs: vec![photograph(1.0, 2), photograph(7.0, 1)] },
            FusionInput { ids: vec![8], photographs: vec![photograph(3.0, 1)] },
            FusionInput { ids: vec![9, 1], photographs: vec![] },
        ];
        let batch = FusionBatch::of(&inputs, 1).unwrap();
        let whole = |tensor: &Tensor| Vec::<i64>::try_from(tensor.flatten(0, -1)).unwrap();
        assert_eq!((whole(&batch.ids), whole(&batch.lengths)), (vec![5, 6, 1, 8, 0, 0, 9, 1, 0], vec![3, 1, 2]));
        let regions = batch.regions.unwrap();
        assert_eq!((regions.features.size(), regions.boxes.size()), (vec![3, 3, 1], vec![3, 3, 4]));
        let features = Vec::<f32>::try_from(regions.features.flatten(0, -1)).unwrap();
        assert_eq!(features, [1., 2., 7., 3., 0., 0., 0., 0., 0.]);
        assert_eq!(whole(&regions.counts), [3, 1, 0]);
        assert_eq!(whole(&regions.images.unwrap()), [0, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(whole(&regions.orders.unwrap()), [0, 1, 0, 0, 0, 0, 0, 0, 0]);
        assert!(FusionBatch::of(&inputs[2..], 1).unwrap().regions.is_none());
    }
}
