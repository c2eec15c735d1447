//! The frame header of a JPEG and its components.

use super::colour::Colours;
use crate::error::JpegError;
use crate::room::{limit, too_short};
use crate::rows::Size;

/// One component of a frame.
pub(super) struct Component {
    pub(super) id: u8,
    /// Sampling factors, 1 to 4.
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    /// Which quantisation table; its values are taken when the component's first scan begins.
    pub(super) table: usize,
    pub(super) quantisation: Option<[u16; 64]>,
    /// Samples in a row of a block: 8, fewer where the picture is decoded smaller.
    pub(super) size: usize,
    /// Size in samples.
    pub(super) width: usize,
    pub(super) height: usize,
    /// Size in blocks of 8 × 8, without those that only fill up an interleaved unit.
    pub(super) blocks_wide: usize,
    pub(super) blocks_high: usize,
    padded_wide: usize,
    padded_high: usize,
    /// Coefficients of all blocks, where several scans give them.
    pub(super) coefficients: Vec<[i16; 64]>,
    /// How many bits of each coefficient (in zigzag order) progressive scans leave out; `None`: no scan has given it.
    pub(super) missing_bits: [Option<u8>; 64],
}

impl Component {
    /// Index of a block in [`Component::coefficients`].
    pub(super) fn block_index(&self, across: usize, down: usize) -> usize {
        down * self.padded_wide + across
    }

    /// How many blocks it has.
    pub(super) fn blocks(&self) -> u64 {
        self.blocks_wide as u64 * self.blocks_high as u64
    }

    /// Makes room for the coefficients that several scans give.
    pub(super) fn allocate(&mut self) {
        self.coefficients = vec![[0; 64]; self.padded_wide * self.padded_high];
    }
}

/// What the start of a frame says.
pub(super) struct Frame {
    pub(super) is_progressive: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
    /// The largest sampling factors, horizontal and vertical.
    pub(super) most: (usize, usize),
    /// How many pixels wide and high the samples of a block with the largest sampling factors become: 8, 4, 2 or 1.
    pub(super) size: usize,
}

impl Frame {
    /// Reads the segment of a start-of-frame marker in a file of so many bytes.
    ///
    /// # Errors
    ///
    /// `unsupported` for the processes that photographs do not use, `too_large`, `corrupt`.
    pub(super) fn read(marker: u8, segment: &[u8], file: usize) -> Result<Self, JpegError> {
        let unsupported = |what: &str| Err(JpegError::Unsupported(format!("{what} JPEG")));
        if !(0xc0..=0xc2).contains(&marker) {
            return Err(JpegError::Unsupported(process(marker).to_string()));
        }
        let [precision, h0, h1, w0, w1, count, rest @ ..] = segment else { return Err(bad_frame()) };
        let (height, width) = (u16::from_be_bytes([*h0, *h1]), u16::from_be_bytes([*w0, *w1]));
        limit(width.into(), height.into(), file)?;
        if *precision != 8 {
            return unsupported(&format!("{precision}-bit"));
        }
        if !matches!(count, 1 | 3 | 4) {
            return unsupported(&format!("{count}-component"));
        }
        let specifications = rest.as_chunks::<3>().0;
        if specifications.len() < usize::from(*count) || width == 0 || height == 0 {
            return Err(bad_frame());
        }
        let specifications = &specifications[..usize::from(*count)];
        let (width, height) = (usize::from(width), usize::from(height));
        let mut factors: Vec<_> = specifications.iter().map(|[_, factors, _]| (factors >> 4, factors & 15)).collect();
        if factors.iter().any(|(across, down)| !(1..=4).contains(across) || !(1..=4).contains(down)) {
            return Err(bad_frame());
        }
        // A component by itself is never interleaved, and its factors mean nothing.
        if factors.len() == 1 {
            factors = vec![(1, 1)];
        }
        let most = factors.iter().fold((1, 1), |most, factor| (most.0.max(factor.0.into()), most.1.max(factor.1.into())));
        let components: Vec<Component> = specifications
            .iter()
            .zip(factors)
            .map(|([id, _, table], (across, down))| {
                component(*id, usize::from(*table), (across.into(), down.into()), most, (width, height))
            })
            .collect();
        let frame = Self { is_progressive: marker == 0xc2, width, height, components, most, size: 8 };
        // Every block takes a bit at least in the first scan that holds it.
        if frame.blocks() > 8 * file as u64 {
            return Err(too_short(width as u64, height as u64, file));
        }
        Ok(frame)
    }

    /// Blocks of all components.
    pub(super) fn blocks(&self) -> u64 {
        self.components.iter().map(Component::blocks).sum()
    }

    /// Decodes every block to 4 × 4, 2 × 2 or 1 × 1 pixels instead of 8 × 8, as few as leave the
    /// shorter side `least` pixels, parts of them not counted; to 8 × 8 for `None`.
    ///
    /// Components with fewer samples keep more of them where they then need no filter, as libjpeg has it.
    pub(super) fn reduce(&mut self, least: Option<usize>) {
        let Some(least) = least else { return };
        let shorter = self.width.min(self.height);
        let size = [1, 2, 4].into_iter().find(|size| shorter * size / 8 >= least);
        let Some(size) = size else { return };
        self.size = size;
        let (width, height, most) = (self.width, self.height, self.most);
        for component in &mut self.components {
            let is_double = |own: usize, most: usize, own_size: usize| (most * size).is_multiple_of(own * own_size * 2);
            let mut own = size;
            while own < 8 && is_double(component.horizontal, most.0, own) && is_double(component.vertical, most.1, own) {
                own *= 2;
            }
            component.size = own;
            component.width = (width * component.horizontal * own).div_ceil(most.0 * 8);
            component.height = (height * component.vertical * own).div_ceil(most.1 * 8);
        }
    }

    /// Columns and rows of the picture.
    pub(super) fn decoded_size(&self) -> Size {
        Size {
            width: (self.width * self.size).div_ceil(8),
            height: (self.height * self.size).div_ceil(8),
            full: (self.width, self.height),
            reduction: 8 / self.size,
        }
    }

    /// How many pixels wide and high a sample of the component is.
    ///
    /// # Errors
    ///
    /// `unsupported` for factors that do not divide.
    pub(super) fn pixels_per_sample(&self, component: &Component) -> Result<(usize, usize), JpegError> {
        let pixels = (self.most.0 * self.size, self.most.1 * self.size);
        let samples = (component.horizontal * component.size, component.vertical * component.size);
        if !pixels.0.is_multiple_of(samples.0) || !pixels.1.is_multiple_of(samples.1) {
            return Err(JpegError::Unsupported("JPEG with fractional sampling factors".to_string()));
        }
        Ok((pixels.0 / samples.0, pixels.1 / samples.1))
    }

    /// Units of an interleaved scan, across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        (self.width.div_ceil(8 * self.most.0), self.height.div_ceil(8 * self.most.1))
    }

    /// Whether a progressive frame is so incomplete that libjpeg would guess at what is missing
    /// (it smooths blocks where one of the nine lowest AC coefficients is not exact).
    pub(super) fn lacks_scans(&self) -> bool {
        let has_dc = self.components.iter().all(|component| component.missing_bits[0].is_some());
        let is_inexact = |component: &Component| component.missing_bits[1..10].iter().any(|&bits| bits != Some(0));
        self.is_progressive && has_dc && self.components.iter().any(is_inexact)
    }

    /// What the components mean: by the JFIF and Adobe segments (the transform it names), else by their ids.
    pub(super) fn colours(&self, is_jfif: bool, adobe_transform: Option<u8>) -> Colours {
        let ids: Vec<u8> = self.components.iter().map(|component| component.id).collect();
        match (self.components.len(), adobe_transform) {
            (1, _) => Colours::Grey,
            (3, _) if is_jfif => Colours::YCbCr,
            (3, Some(0)) => Colours::Rgb,
            (3, None) if ids == *b"RGB" => Colours::Rgb,
            (3, _) => Colours::YCbCr,
            (_, None | Some(0)) => Colours::Cmyk,
            _ => Colours::Ycck,
        }
    }
}

fn component(id: u8, table: usize, factors: (usize, usize), most: (usize, usize), size: (usize, usize)) -> Component {
    let (horizontal, vertical) = factors;
    let (units_across, units_down) = (size.0.div_ceil(8 * most.0), size.1.div_ceil(8 * most.1));
    Component {
        id,
        horizontal,
        vertical,
        table,
        quantisation: None,
        size: 8,
        width: (size.0 * horizontal).div_ceil(most.0),
        height: (size.1 * vertical).div_ceil(most.1),
        blocks_wide: (size.0 * horizontal).div_ceil(8 * most.0),
        blocks_high: (size.1 * vertical).div_ceil(8 * most.1),
        padded_wide: units_across * horizontal,
        padded_high: units_down * vertical,
        coefficients: vec![],
        missing_bits: [None; 64],
    }
}

/// What a start-of-frame marker that is not read stands for.
pub(super) fn process(marker: u8) -> &'static str {
    match marker {
        0xc3 | 0xc7 | 0xcb | 0xcf => "lossless JPEG",
        0xc5 | 0xc6 | 0xcd | 0xce => "hierarchical JPEG",
        0xc8 => "extended JPEG",
        _ => "arithmetic-coded JPEG",
    }
}

fn bad_frame() -> JpegError {
    JpegError::corrupt("the JPEG frame header is not one")
}
