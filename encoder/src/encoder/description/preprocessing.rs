//! What a model takes a photograph for.

/// OpenAI's, which open_clip takes where a configuration says nothing.
pub const CLIP_MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
/// OpenAI's, which open_clip takes where a configuration says nothing.
pub const CLIP_STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];
/// ImageNet's, which timm and torchvision take.
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
/// ImageNet's, which timm and torchvision take.
pub const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// Normalisation of pixels, and how the model's own program sizes a photograph.
#[derive(Debug, Clone, PartialEq)]
pub struct Preprocessing {
    /// Mean of each channel, in `[0, 1]`, RGB.
    pub mean: [f32; 3],
    /// Standard deviation of each channel.
    pub std: [f32; 3],
    /// `bicubic` or `bilinear`, where the configuration says.
    pub interpolation: Option<String>,
    /// `shortest`, `squash` or `longest`, where the configuration says.
    pub resize_mode: Option<String>,
    /// Side that the shortest is resized to before the crop of the model's side, where it is another (timm's `crop_pct`).
    pub resize_to: Option<i64>,
}

impl Preprocessing {
    /// Of that mean and deviation, with nothing said of sizes.
    #[must_use]
    pub fn of(mean: [f32; 3], std: [f32; 3]) -> Preprocessing {
        Preprocessing { mean, std, interpolation: None, resize_mode: None, resize_to: None }
    }
}
