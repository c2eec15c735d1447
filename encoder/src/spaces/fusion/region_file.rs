//! Regions of photographs in a file: features and boxes, as safetensors or `.npz`.

use super::error::FusedError;
use super::image_names;
use super::stored::{Arrays, Labels, Stored};
use crate::encoder::fusion::regions::{MOST_REGIONS, Regions};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Regions of photographs in a file.
///
/// Arrays `features` and `boxes` are `[N, R, F]` and `[N, R, 4]`, with `count` `[N]` where photographs have fewer regions than
/// `R`; or `[M, F]` and `[M, 4]`, the regions of a photograph one after the other. `image`, of `N` or of `M`, says what each
/// photograph is called, or of which photograph each region is: a text, or a number. A table of names gives a name for each
/// number, from 0, and without `image` for each of `N`. Where nothing names them, photographs are called by their place, from 0.
#[derive(Debug)]
pub struct RegionFile {
    path: PathBuf,
    features: Stored,
    boxes: Stored,
    width: usize,
    /// The first region of each photograph, and how many it has.
    stretches: Vec<(usize, usize)>,
    /// Places of photographs by what they are called.
    places: HashMap<String, usize>,
    /// Whether nothing names them.
    by_place: bool,
}

impl RegionFile {
    /// Opens a file. Of safetensors nothing but names and numbers of regions is read yet, so that the file may be larger than
    /// memory.
    ///
    /// # Errors
    ///
    /// [`FusedError`]: arrays that are missing, sizes that do not belong together, photographs of one name.
    pub fn open(path: &Path, names: Option<&Path>) -> Result<RegionFile, FusedError> {
        let table = names.map(image_names::read).transpose()?;
        RegionFile::of(path, table).map_err(|what| FusedError::File { path: path.to_path_buf(), what })
    }

    fn of(path: &Path, table: Option<Vec<String>>) -> Result<RegionFile, String> {
        let mut arrays = Arrays::open(path, &["features", "boxes", "image", "count"])?;
        let (features, boxes) = (arrays.take("features")?, arrays.take("boxes")?);
        let (image, count) = (arrays.take_if_there("image"), arrays.take_if_there("count"));
        let width = width(&features, &boxes)?;
        let rows = features.array.shape.first().copied().unwrap_or(0);
        let by_place = image.is_none() && table.is_none();
        let filled = features.array.shape.len() == 3;
        if !filled && (image.is_none() || count.is_some()) {
            return Err(
                "regions one after the other need an array 'image' that says which photograph each is of, and no 'count'"
                    .to_string(),
            );
        }
        let called = called(image.as_ref(), table, rows)?;
        let (names, stretches) = if filled {
            let most = boxes.array.shape.get(1).copied().unwrap_or(0);
            let counts = counts(count.as_ref(), [rows, most])?;
            (called, counts.into_iter().enumerate().map(|(place, count)| (place * most, count)).collect())
        } else {
            together(called)
        };
        let mut places = HashMap::new();
        for (place, name) in names.into_iter().enumerate() {
            if places.insert(name.clone(), place).is_some() {
                let remedy = if filled { "call each by a name of its own" } else { "its regions must lie together" };
                return Err(format!("the photograph '{name}' is there twice; {remedy}"));
            }
        }
        Ok(RegionFile { path: path.to_path_buf(), features, boxes, width, stretches, places, by_place })
    }

    /// Features of a region.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many photographs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stretches.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// What a user should know of the names; `None` where something names the photographs.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let path = self.path.display();
        self.by_place.then(|| format!("{path}: photographs are called by their place in it, from 0, for nothing names them"))
    }

    /// The regions of a photograph; `None` where it is not there, or has none.
    ///
    /// # Errors
    ///
    /// [`FusedError`]: numbers that are no regions, a file that cannot be read any more.
    pub fn regions(&self, image: &str) -> Result<Option<Regions>, FusedError> {
        let stretch = self.places.get(image).and_then(|&place| self.stretches.get(place));
        let Some(&(first, count)) = stretch.filter(|(_, count)| *count > 0) else { return Ok(None) };
        let fault = |error: std::io::Error| FusedError::File { path: self.path.clone(), what: error.to_string() };
        let features = self.features.singles(first * self.width, count * self.width).map_err(fault)?;
        let boxes = self.boxes.singles(first * 4, count * 4).map_err(fault)?;
        let wrong = |source| FusedError::Regions { path: self.path.clone(), image: image.to_string(), source };
        Regions::new(self.width, features, boxes).map(Some).map_err(wrong)
    }
}

/// Features of a region, if features and boxes belong together.
fn width(features: &Stored, boxes: &Stored) -> Result<usize, String> {
    let (of_features, of_boxes) = (&features.array.shape[..], &boxes.array.shape[..]);
    match (of_features, of_boxes) {
        ([rows, width], [others, 4]) if rows == others && *width > 0 => Ok(*width),
        ([rows, regions, width], [others, same, 4]) if (rows, regions) == (others, same) && *width > 0 => {
            if *regions > MOST_REGIONS {
                return Err(format!("{regions} regions for each photograph; at most {MOST_REGIONS} are computed"));
            }
            Ok(*width)
        }
        _ => Err(format!(
            "'features' is {} and 'boxes' {}; they are N × R × F and N × R × 4, or M × F and M × 4",
            features.array.sizes(),
            boxes.array.sizes()
        )),
    }
}

/// What each photograph is called, or of which photograph each region is.
fn called(image: Option<&Stored>, table: Option<Vec<String>>, rows: usize) -> Result<Vec<String>, String> {
    let labels = match image {
        None => None,
        Some(image) if image.array.shape != [rows] => {
            return Err(format!("'image' is {} where {rows} are named", image.array.sizes()));
        }
        Some(image) => {
            let labels = image.labels().map_err(|error| error.to_string())?;
            Some(labels.ok_or("'image' holds numbers with a fraction; it holds texts or whole numbers")?)
        }
    };
    match (labels, table) {
        (None, None) => Ok((0..rows).map(|place| place.to_string()).collect()),
        (None, Some(table)) if table.len() == rows => Ok(table),
        (None, Some(table)) => Err(format!("{} names for {rows} photographs; there must be one for each", table.len())),
        (Some(Labels::Texts(_)), Some(_)) => {
            Err("'image' names the photographs, and --labels does, too; leave one out".to_string())
        }
        (Some(Labels::Texts(names)), None) => Ok(names),
        (Some(Labels::Numbers(numbers)), None) => Ok(numbers.iter().map(ToString::to_string).collect()),
        (Some(Labels::Numbers(numbers)), Some(table)) => {
            let name = |number: &i64| {
                let name = usize::try_from(*number).ok().and_then(|place| table.get(place)).cloned();
                name.ok_or_else(|| {
                    format!("'image' holds {number}, and --labels has names for 0 to {}", table.len().saturating_sub(1))
                })
            };
            numbers.iter().map(name).collect()
        }
    }
}

/// How many regions each photograph has.
fn counts(count: Option<&Stored>, [rows, most]: [usize; 2]) -> Result<Vec<usize>, String> {
    let Some(count) = count else { return Ok(vec![most; rows]) };
    if count.array.shape != [rows] {
        return Err(format!("'count' is {} where there are {rows} photographs", count.array.sizes()));
    }
    let Some(Labels::Numbers(counts)) = count.labels().map_err(|error| error.to_string())? else {
        return Err("'count' holds no whole numbers".to_string());
    };
    let within = |count: &i64| usize::try_from(*count).ok().filter(|count| *count <= most);
    let of =
        |count: &i64| within(count).ok_or_else(|| format!("'count' holds {count}, where a photograph has 0 to {most} regions"));
    counts.iter().map(of).collect()
}

/// Photographs of regions that lie together, and their stretches.
fn together(called: Vec<String>) -> (Vec<String>, Vec<(usize, usize)>) {
    let (mut names, mut stretches): (Vec<String>, Vec<(usize, usize)>) = (vec![], vec![]);
    for (region, name) in called.into_iter().enumerate() {
        match stretches.last_mut() {
            Some((_, count)) if names.last() == Some(&name) => *count += 1,
            _ => {
                names.push(name);
                stretches.push((region, 1));
            }
        }
    }
    (names, stretches)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use tch::Tensor;

    fn written(tensors: &[(&str, Tensor)]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regions.safetensors");
        Tensor::write_safetensors(tensors, &path).unwrap();
        (folder, path)
    }

    fn numbers(values: &[f32], shape: &[i64]) -> Tensor {
        Tensor::from_slice(values).reshape(shape)
    }

    fn said(tensors: &[(&str, Tensor)], table: Option<&[&str]>) -> String {
        let (_kept, path) = written(tensors);
        let table = table.map(|names| names.iter().map(|name| (*name).to_string()).collect());
        RegionFile::of(&path, table).map(|_| ()).unwrap_err()
    }

    /// Two photographs of two regions of one feature.
    fn filled() -> Vec<(&'static str, Tensor)> {
        vec![("features", numbers(&[1., 2., 3., 4.], &[2, 2, 1])), ("boxes", numbers(&[0.5; 16], &[2, 2, 4]))]
    }

    #[test]
    fn photographs_with_as_many_regions_each() {
        let mut tensors = filled();
        let (_kept, path) = written(&tensors);
        let file = RegionFile::open(&path, None).unwrap();
        assert_eq!((file.width(), file.len()), (1, 2));
        assert!(file.note().unwrap().ends_with("called by their place in it, from 0, for nothing names them"));
        assert_eq!(file.regions("1").unwrap().unwrap().features(), [3., 4.]);
        assert!(file.regions("2").unwrap().is_none());
        tensors.push(("count", Tensor::from_slice(&[1i64, 0])));
        let (_kept, path) = written(&tensors);
        let file = RegionFile::of(&path, Some(vec!["a.jpg".to_string(), "b.jpg".to_string()])).unwrap();
        assert_eq!(file.regions("a.jpg").unwrap().unwrap().features(), [1.]);
        assert!(file.regions("b.jpg").unwrap().is_none() && file.note().is_none());
    }

    #[test]
    fn regions_one_after_the_other_are_of_photographs() {
        let tensors = |image: Tensor| {
            vec![("features", numbers(&[1., 2., 3.], &[3, 1])), ("boxes", numbers(&[0.5; 12], &[3, 4])), ("image", image)]
        };
        let (_kept, path) = written(&tensors(Tensor::from_slice(&[7i64, 7, 2])));
        let file = RegionFile::open(&path, None).unwrap();
        assert_eq!(file.regions("7").unwrap().unwrap().features(), [1., 2.]);
        assert_eq!(file.regions("2").unwrap().unwrap().features(), [3.]);
        let table = ["a", "b", "c"].map(str::to_string).to_vec();
        let (_kept, path) = written(&tensors(Tensor::from_slice(&[2i32, 0, 0])));
        let file = RegionFile::of(&path, Some(table)).unwrap();
        assert_eq!(file.regions("a").unwrap().unwrap().features(), [2., 3.]);
        let apart = said(&tensors(Tensor::from_slice(&[1i64, 2, 1])), None);
        assert_eq!(apart, "the photograph '1' is there twice; its regions must lie together");
        let beyond = said(&tensors(Tensor::from_slice(&[0i64, 1, 9])), Some(&["a", "b"]));
        assert_eq!(beyond, "'image' holds 9, and --labels has names for 0 to 1");
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let lone = said(&[("features", numbers(&[1.], &[1, 1, 1]))], None);
        assert_eq!(lone, "no array 'boxes' in it; there are 'features'");
        let sizes = said(&[("features", numbers(&[1., 2.], &[2, 1])), ("boxes", numbers(&[0.5; 4], &[1, 4]))], None);
        assert!(sizes.starts_with("'features' is 2 × 1 and 'boxes' 1 × 4; they are N × R × F and N × R × 4"), "{sizes}");
        let nameless = said(&[("features", numbers(&[1.], &[1, 1])), ("boxes", numbers(&[0.5; 4], &[1, 4]))], None);
        assert!(nameless.starts_with("regions one after the other need an array 'image'"), "{nameless}");
        let mut tensors = filled();
        tensors.push(("count", Tensor::from_slice(&[1i64, 3])));
        assert_eq!(said(&tensors, None), "'count' holds 3, where a photograph has 0 to 2 regions");
        let three = said(&filled(), Some(&["a", "b", "c"]));
        assert_eq!(three, "3 names for 2 photographs; there must be one for each");
        let twice = said(&filled(), Some(&["a", "a"]));
        assert_eq!(twice, "the photograph 'a' is there twice; call each by a name of its own");
        let other = RegionFile::open(Path::new("regions.h5"), None).unwrap_err().to_string();
        assert_eq!(other, "regions.h5: regions of photographs are read of .safetensors and .npz files");
    }
}
