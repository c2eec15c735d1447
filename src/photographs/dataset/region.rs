//! Parts of photographs.

/// How the four numbers of a box are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BoxForm {
    /// Left, top, width, height, in pixels.
    Coco,
    /// Left, top, right, bottom, in pixels.
    Corners,
    /// Centre across, centre down, width, height, as shares of the photograph.
    Yolo,
}

/// What of a photograph is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// All of it.
    #[default]
    Whole,
    /// The box that the data set gives, where it gives one.
    Boxes,
}

/// A part of a photograph: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Region {
    /// In pixels of the photograph as stored.
    Pixels([f64; 4]),
    /// As shares of width and height, from 0 to 1.
    Shares([f64; 4]),
}

impl Region {
    pub(super) fn parse(text: &str, form: BoxForm) -> Result<Region, String> {
        let bare = text.trim().trim_matches(['[', ']', '(', ')']);
        let numbers: Result<Vec<f64>, _> =
            bare.split([',', ' ', ';']).filter(|word| !word.trim().is_empty()).map(|word| word.trim().parse::<f64>()).collect();
        let four: Option<[f64; 4]> = numbers.ok().and_then(|numbers| numbers.try_into().ok());
        let Some([a, b, c, d]) = four.filter(|four| four.iter().all(|number| number.is_finite())) else {
            return Err(format!("the box '{text}' is not four numbers"));
        };
        let region = match form {
            BoxForm::Coco => Region::Pixels([a, b, c, d]),
            BoxForm::Corners => Region::Pixels([a, b, c - a, d - b]),
            BoxForm::Yolo => Region::Shares([a - c / 2.0, b - d / 2.0, c, d]),
        };
        let (Region::Pixels([.., width, height]) | Region::Shares([.., width, height])) = region;
        if width <= 0.0 || height <= 0.0 {
            return Err(format!("the box '{text}' has no area"));
        }
        Ok(region)
    }

    /// Left, top, right and bottom in whole pixels inside a photograph; `None` where nothing of the
    /// box lies in it.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the photograph first")]
    pub fn within(self, width: usize, height: usize) -> Option<[usize; 4]> {
        let pixels = |count: usize| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
        let (across, down) = (pixels(width), pixels(height));
        let [left, top, wide, high] = match self {
            Region::Pixels(pixels) => pixels,
            Region::Shares([left, top, wide, high]) => [left * across, top * down, wide * across, high * down],
        };
        let place = |value: f64, most: f64| value.round().clamp(0.0, most) as usize;
        let corners = [place(left, across), place(top, down), place(left + wide, across), place(top + high, down)];
        (corners[0] < corners[2] && corners[1] < corners[3]).then_some(corners)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn one_box_in_three_forms() {
        // In 200 × 100 pixels: from (20, 10), 60 wide and 40 high.
        for (text, form) in
            [("[20, 10, 60, 40]", BoxForm::Coco), ("20,10,80,50", BoxForm::Corners), ("0.25 0.3 0.3 0.4", BoxForm::Yolo)]
        {
            assert_eq!(Region::parse(text, form).unwrap().within(200, 100), Some([20, 10, 80, 50]), "{text}");
        }
    }

    #[test]
    fn boxes_are_cut_at_the_frame_and_empty_ones_refused() {
        assert_eq!(Region::parse("-5,90,20,20", BoxForm::Coco).unwrap().within(200, 100), Some([0, 90, 15, 100]));
        assert_eq!(Region::parse("300,0,20,20", BoxForm::Coco).unwrap().within(200, 100), None);
        assert!(Region::parse("5,5,0,3", BoxForm::Coco).unwrap_err().contains("no area"));
        assert!(Region::parse("5,5,3", BoxForm::Coco).unwrap_err().contains("four numbers"));
    }
}
