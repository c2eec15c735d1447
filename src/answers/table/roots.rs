//! Two places of one collection: all paths of a table lie in one folder, those of the other table in another one.
//!
//! `/home/ada/set/north/1.jpg` and `/media/ben/set/north/1.jpg` are one photograph, `south/1.jpg` and `north/1.jpg` are two.
//! What is in front of the common end must be one place for the whole of a table, and nothing that tells photographs apart.

use super::image_path::ImagePath;
use polars::prelude::PlHashMap;
use rayon::prelude::*;
use std::collections::HashSet;

/// Where the images of two tables lie.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Roots {
    /// The folder of the predicted images.
    pub(super) predicted: String,
    /// The folder of those of the truth table.
    pub(super) truths: String,
    /// Predicted images with the same image of the truth table.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Whether they have no folder in common, only their file names.
    pub(super) by_file_name: bool,
}

/// Folders that are called after what is in them, which is the same in every collection.
const PLAIN: &[&str] = &[
    "image",
    "images",
    "img",
    "imgs",
    "photo",
    "photos",
    "photograph",
    "photographs",
    "picture",
    "pictures",
    "pic",
    "pics",
    "crop",
    "crops",
    "cropped",
    "data",
    "dataset",
    "datasets",
    "file",
    "files",
    "media",
    "raw",
    "original",
    "originals",
    "resized",
    "thumb",
    "thumbs",
    "thumbnails",
    "jpg",
    "jpeg",
    "jpegs",
    "png",
    "audio",
    "recordings",
];

/// Folders that hold the disks and homes of a computer.
const MOUNTS: &[&str] =
    &["home", "users", "mnt", "media", "volumes", "run", "scratch", "srv", "storage", "content", "work", "gpfs"];

/// Folders of the parts that a collection is split into.
const SPLITS: &[&str] = &["train", "training", "val", "valid", "validation", "test", "testing", "dev", "holdout"];

/// A predicted image, one of the truth table, and the number of parts that their paths end with alike.
type Pair = (usize, usize, usize);

/// The folders that the images of two tables lie in, if one folder of each table explains most of them.
///
/// # Errors
///
/// Two images of one file name, where there are any, that lie in different folders.
pub(super) fn find(predicted: &[ImagePath], truths: &[ImagePath]) -> Result<Roots, Option<(usize, usize)>> {
    let ends = CommonEnds::of(predicted, truths);
    let mut between: PlHashMap<(&str, &str), Vec<Pair>> = PlHashMap::default();
    for pair in ends.pairs() {
        let (image, truth, parts) = pair;
        between.entry((before(&predicted[image], parts), before(&truths[truth], parts))).or_default().push(pair);
    }
    let (mut all, mut found) = (0, None::<((&str, &str), Vec<Pair>)>);
    for (folders, pairs) in between {
        if !are_roots(predicted, truths, folders, &pairs) {
            continue;
        }
        all += pairs.len();
        if found.as_ref().is_none_or(|(_, held)| pairs.len() > held.len()) {
            found = Some((folders, pairs));
        }
    }
    match found {
        Some((folders, pairs)) if pairs.len() * 2 > all => Ok(Roots {
            predicted: folders.0.to_string(),
            truths: folders.1.to_string(),
            by_file_name: pairs.iter().all(|&(.., parts)| parts == 1),
            pairs: pairs.into_iter().map(|(image, truth, _)| (image, truth)).collect(),
        }),
        _ => Err(ends.namesakes()),
    }
}

/// Whether what is in front of the common ends of some pairs is only where the two tables keep their images.
fn are_roots(predicted: &[ImagePath], truths: &[ImagePath], (first, second): (&str, &str), pairs: &[Pair]) -> bool {
    let parts = |folders: &str| folders.split('/').map(str::to_lowercase).collect::<Vec<_>>();
    let (first, second) = (parts(first), parts(second));
    let splits = |parts: &[String]| parts.iter().filter(|part| SPLITS.contains(&part.as_str())).cloned().collect::<Vec<_>>();
    let (of_first, of_second) = (splits(&first), splits(&second));
    let shared = first.iter().zip(&second).take_while(|(a, b)| a == b).count();
    // Paths that begin and end alike lie in one collection, and differ within it.
    let is_one_tree = first[..shared].iter().any(|part| !MOUNTS.contains(&part.as_str()) && !part.ends_with(':'));
    if is_one_tree || (of_first != of_second && !of_first.is_empty() && !of_second.is_empty()) {
        return false;
    }
    let is_plain = |parts: &[String]| parts.iter().all(|part| PLAIN.contains(&part.as_str()));
    let (plain_first, plain_second) = (is_plain(&first), is_plain(&second));
    if plain_first && plain_second {
        return true;
    }
    let folders = |&(image, _, parts): &Pair| end(&predicted[image], parts).rsplit_once('/').map_or("", |(folders, _)| folders);
    let telling = pairs.iter().map(folders).filter(|folders| folders.split('/').any(tells));
    // The beginning of a relative path may well be a site: two folders in it must agree with two of the other table.
    let Some(&(image, truth, _)) = pairs.first() else { return false };
    let may_be_site = !(predicted[image].is_absolute() || plain_first) || !(truths[truth].is_absolute() || plain_second);
    if may_be_site && telling.clone().filter(|folders| !is_camera(folders)).collect::<HashSet<_>>().len() < 2 {
        return false;
    }
    telling.count() * 2 >= pairs.len()
}

/// Whether a folder's name says which photographs are in it: not `images`, and not the `DCIM/100MEDIA` that cameras write.
fn tells(folder: &str) -> bool {
    let bytes = folder.as_bytes();
    let numbered = bytes.len() == 8 && bytes[..3].iter().all(u8::is_ascii_digit) && !bytes.iter().all(u8::is_ascii_digit);
    let name = folder.to_lowercase();
    !name.is_empty() && !numbered && name != "dcim" && !PLAIN.contains(&name.as_str())
}

/// Whether folders end with one of a camera among others: `cam1`, `Camera_02`.
fn is_camera(folders: &str) -> bool {
    let name = folders.rsplit('/').next().unwrap_or_default().to_lowercase();
    let number = name.strip_prefix("camera").or_else(|| name.strip_prefix("cam"));
    number.is_some_and(|number| number.trim_start_matches(['_', '-', ' ']).bytes().all(|byte| byte.is_ascii_digit()))
}

/// The last parts of a path.
fn end(path: &ImagePath, parts: usize) -> &str {
    path.ends().find(|(_, length)| *length == parts).map_or("", |(end, _)| end)
}

/// What is in front of the last parts of a path.
fn before(path: &ImagePath, parts: usize) -> &str {
    path.stem()[..path.stem().len() - end(path, parts).len()].trim_end_matches('/')
}

/// The paths of two tables sorted by their ends: those with the longest common end are neighbours.
struct CommonEnds {
    predicted: usize,
    /// Predicted images, and those of the truth table behind them.
    order: Vec<usize>,
    /// How many parts the end of each has in common with the next one's.
    common: Vec<usize>,
}

impl CommonEnds {
    fn of(predicted: &[ImagePath], truths: &[ImagePath]) -> CommonEnds {
        let with_endings = [predicted, truths].iter().all(|paths| paths.iter().any(|path| path.ending().is_some()));
        let path = |at: usize| predicted.get(at).unwrap_or_else(|| &truths[at - predicted.len()]);
        let ending = |path: &ImagePath| if with_endings { path.ending() } else { None };
        let mut order: Vec<usize> = (0..predicted.len() + truths.len()).collect();
        order.par_sort_unstable_by(|&a, &b| {
            let (a, b) = (path(a), path(b));
            ending(a).cmp(&ending(b)).then_with(|| a.stem().rsplit('/').cmp(b.stem().rsplit('/')))
        });
        let alike = |pair: &[usize]| {
            let (a, b) = (path(pair[0]), path(pair[1]));
            let parts = a.stem().rsplit('/').zip(b.stem().rsplit('/')).take_while(|(a, b)| a == b).count();
            if ending(a) == ending(b) { parts } else { 0 }
        };
        let common = order.par_windows(2).map(alike).collect();
        CommonEnds { predicted: predicted.len(), order, common }
    }

    /// Images that no third one is as near to as they are to each other.
    fn pairs(&self) -> impl Iterator<Item = Pair> {
        let common = move |at: Option<usize>| at.and_then(|at| self.common.get(at)).copied().unwrap_or_default();
        let alone = move |&at: &usize| {
            let parts = self.common[at];
            parts > 0 && common(at.checked_sub(1)) < parts && common(Some(at + 1)) < parts
        };
        let pair = move |at: usize| self.pair(at).map(|(image, truth)| (image, truth, self.common[at]));
        (0..self.common.len()).filter(alone).filter_map(pair)
    }

    /// A predicted image and one of the truth table that stand side by side.
    fn pair(&self, at: usize) -> Option<(usize, usize)> {
        let (a, b) = (self.order[at], self.order[at + 1]);
        let (image, other) = (a.min(b), a.max(b));
        (image < self.predicted).then(|| other.checked_sub(self.predicted)).flatten().map(|truth| (image, truth))
    }

    /// A predicted image and one of the truth table with its file name: the first there are.
    fn namesakes(&self) -> Option<(usize, usize)> {
        (0..self.common.len()).filter(|&at| self.common[at] > 0).filter_map(|at| self.pair(at)).min()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::table::image_path::Fold;

    fn found(predicted: &[&str], truths: &[&str]) -> Result<Roots, Option<(usize, usize)>> {
        let paths = |images: &[&str]| images.iter().map(|image| ImagePath::of(image, Fold::Written)).collect::<Vec<_>>();
        find(&paths(predicted), &paths(truths))
    }

    fn pairs(predicted: &[&str], truths: &[&str]) -> Vec<(usize, usize)> {
        let mut pairs = found(predicted, truths).map_or(vec![], |roots| roots.pairs);
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn a_collection_that_lies_in_two_places_is_one() {
        let predicted = ["/home/ada/set/north/1.jpg", "/home/ada/set/south/1.jpg", "/home/ada/set/south/2.jpg"];
        let truths = ["/media/ben/set/south/1.jpg", "/media/ben/set/north/1.jpg", "/media/ben/set/west/2.jpg"];
        let roots = found(&predicted, &truths).unwrap();
        assert_eq!((roots.predicted.as_str(), roots.truths.as_str(), roots.by_file_name), ("home/ada", "media/ben", false));
        assert_eq!(pairs(&predicted, &truths), [(0, 1), (1, 0)], "west/2.jpg is another photograph than south/2.jpg");
        assert_eq!(pairs(&["/home/ada/site1/x.jpg"], &["/home/ben/site1/x.jpg"]), [(0, 0)]);
        assert_eq!(pairs(&["D:\\cams\\A\\1.jpg"], &["https://host/cams/A/1.JPG"]), [(0, 0)]);
        assert_eq!(pairs(&["study/A/1.jpg", "study/B/1.jpg"], &["/mnt/x/A/1.jpg", "/mnt/x/B/1.jpg"]), [(0, 0), (1, 1)]);
    }

    #[test]
    fn folders_that_say_what_is_in_them_may_differ() {
        let roots = found(&["crops/1.jpg", "crops/2.jpg"], &["images/2.jpg", "images/1.jpg"]).unwrap();
        assert!(roots.by_file_name && roots.pairs.len() == 2, "{roots:?}");
    }

    #[test]
    fn photographs_of_another_site_are_no_pairs() {
        for (predicted, truths) in [
            (["/mnt/x/A/1.jpg", "/mnt/x/A/2.jpg"], ["B/1.jpg", "B/2.jpg"]),
            (
                ["/mnt/x/A/DCIM/100MEDIA/1.jpg", "/mnt/x/A/DCIM/100MEDIA/2.jpg"],
                ["B/DCIM/100MEDIA/1.jpg", "B/DCIM/100MEDIA/2.jpg"],
            ),
            (["/mnt/x/A/images/1.jpg", "/mnt/x/A/images/2.jpg"], ["/mnt/y/B/images/1.jpg", "/mnt/y/B/images/2.jpg"]),
            (["/mnt/x/A/spring/1.jpg", "/mnt/x/A/spring/2.jpg"], ["/mnt/x/B/spring/1.jpg", "/mnt/x/B/spring/2.jpg"]),
            (["A/cam1/1.jpg", "A/cam2/1.jpg"], ["/mnt/x/B/cam1/1.jpg", "/mnt/x/B/cam2/1.jpg"]),
            (
                ["/home/a/train/Apis/1.jpg", "/home/a/train/Bombus/1.jpg"],
                ["/media/b/val/Apis/1.jpg", "/media/b/val/Bombus/1.jpg"],
            ),
            (["A/1.jpg", "B/1.jpg"], ["C/1.jpg", "D/1.jpg"]),
        ] {
            assert!(matches!(found(&predicted, &truths), Err(Some(_))), "{predicted:?} {truths:?}");
        }
        assert_eq!(found(&["A/1.jpg"], &["B/2.jpg"]), Err(None));
        assert_eq!(found(&["A/1.jpg"], &["B/1.png"]), Err(None));
    }
}
