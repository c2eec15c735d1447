//! Which image of a truth table each predicted image is.
//!
//! The same name joins first. Then the end of the path decides: where one path is the end of the other (`A/1.jpg` of
//! `/mnt/x/A/1.jpg`), the longest end joins if it is the only one of its length, on both sides. Where both name a folder and
//! the folders differ, it is another photograph, but for the two roots of one collection ([`roots`](super::roots)).

use super::image_path::{Fold, ImagePath};
use super::roots;
use polars::prelude::PlHashMap;
use rayon::prelude::*;
use std::collections::HashSet;

/// Which image of the truth table each predicted one is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// The row of the truth table of each predicted image.
    pub(super) truths: Vec<Option<usize>>,
    /// Rows of the truth table that fit several predicted images, or one that several rows fit.
    pub(super) doubtful: Vec<usize>,
    /// How images were joined, one sentence each.
    pub(super) notes: Vec<String>,
    /// What must not be overlooked.
    pub(super) warnings: Vec<String>,
}

/// Why no image is in both tables.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unpaired {
    /// No two have a file name in common.
    Strangers,
    /// These two have one file name and different folders.
    OtherFolders { image: String, truth: String },
    /// One of a table fits two of the other.
    Doubtful { image: String, others: [String; 2] },
}

/// Joins the images of a table of predictions with those of a truth table; in neither does a name stand twice.
pub(super) fn pair(predicted: &[String], truths: &[String]) -> Result<Pairing, Unpaired> {
    let rows: PlHashMap<&str, usize> = truths.iter().enumerate().map(|(row, image)| (image.as_str(), row)).collect();
    let same: Vec<Option<usize>> = predicted.iter().map(|image| rows.get(image.as_str()).copied()).collect();
    let joined = same.iter().flatten().count();
    if joined == predicted.len() || joined == truths.len() {
        return Ok(Pairing { truths: same, ..Pairing::default() });
    }
    let mut tables = Comparison { predicted: Side::of(predicted), truths: Side::of(truths) };
    tables.compare(Fold::Written);
    if tables.predicted.may_be_encoded() || tables.truths.may_be_encoded() {
        tables.compare(Fold::Decoded);
    }
    for fold in [Fold::WholeNumbers, Fold::Lowercase] {
        if tables.has_no_match() {
            tables.compare(fold);
        }
    }
    if tables.has_no_match() { pair_by_roots(predicted, truths) } else { tables.pairing() }
}

/// Joins the images of a collection that lies in another folder in each table.
fn pair_by_roots(predicted: &[String], truths: &[String]) -> Result<Pairing, Unpaired> {
    let mut namesakes = None;
    for fold in [Fold::Written, Fold::Decoded, Fold::Lowercase] {
        let paths = |images: &[String]| images.par_iter().map(|image| ImagePath::of(image, fold)).collect::<Vec<_>>();
        match roots::find(&paths(predicted), &paths(truths)) {
            Ok(found) => {
                let mut pairing = Pairing { truths: vec![None; predicted.len()], ..Pairing::default() };
                let count = found.pairs.len();
                for (image, truth) in found.pairs {
                    pairing.truths[image] = Some(truth);
                }
                let (first, second) = (found.predicted, found.truths);
                pairing.notes.push(if found.by_file_name {
                    joined(count, &format!("by file name: the folders differ in the two tables ('{first}' and '{second}')"))
                } else {
                    joined(count, &format!("by the end of the path: the predictions lie in '{first}', the truths in '{second}'"))
                });
                pairing.notes.extend(fold_words(fold).map(|words| joined(count, words)));
                return Ok(pairing);
            }
            Err(found) => namesakes = namesakes.or(found),
        }
    }
    Err(namesakes.map_or(Unpaired::Strangers, |(image, truth)| Unpaired::OtherFolders {
        image: predicted[image].clone(),
        truth: truths[truth].clone(),
    }))
}

/// How far two names agree; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Agreement {
    /// Number of last parts in common.
    parts: usize,
    /// Whether neither has more parts.
    is_whole: bool,
    spelling: Spelling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    /// One has no ending.
    NoEnding,
    /// The endings are written otherwise.
    OtherEnding,
    /// The same once they are read as paths.
    SamePath,
    Same,
}

/// The image of the other table that agrees best with one.
#[derive(Debug, Clone, Copy)]
struct Best {
    agreement: Agreement,
    fold: Fold,
    with: usize,
    /// One that agrees as well.
    or: Option<usize>,
}

impl Best {
    fn consider(best: &mut Option<Best>, with: usize, agreement: Agreement, fold: Fold) {
        match best {
            Some(held) if held.agreement > agreement => {}
            Some(held) if held.agreement == agreement => held.or = held.or.or(Some(with)),
            _ => *best = Some(Best { agreement, fold, with, or: None }),
        }
    }
}

/// The images of one table.
struct Side<'a> {
    images: &'a [String],
    best: Vec<Option<Best>>,
}

impl<'a> Side<'a> {
    fn of(images: &'a [String]) -> Side<'a> {
        Side { images, best: vec![None; images.len()] }
    }

    /// The images that agree with none so far.
    fn open(&self, fold: Fold) -> Vec<(usize, ImagePath)> {
        let open = (0..self.images.len()).into_par_iter().filter(|&image| self.best[image].is_none());
        open.map(|image| (image, ImagePath::of(&self.images[image], fold))).collect()
    }

    fn may_be_encoded(&self) -> bool {
        self.images.iter().zip(&self.best).any(|(image, best)| best.is_none() && image.contains('%'))
    }

    /// The first image that two of the other table fit equally well.
    fn unclear(&self, others: &[String]) -> Option<(String, [String; 2])> {
        let (image, with, or) = self.best.iter().enumerate().find_map(|(image, best)| {
            let best = best.as_ref()?;
            Some((image, best.with, best.or?))
        })?;
        Some((self.images[image].clone(), [others[with].clone(), others[or].clone()]))
    }
}

/// Places in a list of paths by what they are called without their endings.
fn by_stem(paths: &[(usize, ImagePath)]) -> PlHashMap<&str, Vec<usize>> {
    let mut places: PlHashMap<&str, Vec<usize>> = PlHashMap::default();
    for (place, (_, path)) in paths.iter().enumerate() {
        places.entry(path.stem()).or_default().push(place);
    }
    places
}

/// How the endings of two paths agree; `None` where they do not.
fn spelling(one: &ImagePath, other: &ImagePath) -> Option<Spelling> {
    match (one.ending(), other.ending()) {
        (Some(ending), Some(of_other)) if ending != of_other => None,
        (Some(_), None) | (None, Some(_)) => Some(Spelling::NoEnding),
        _ if one.written_ending() == other.written_ending() => Some(Spelling::SamePath),
        _ => Some(Spelling::OtherEnding),
    }
}

/// The images of both tables.
struct Comparison<'a> {
    predicted: Side<'a>,
    truths: Side<'a>,
}

impl Comparison<'_> {
    fn has_no_match(&self) -> bool {
        self.predicted.best.iter().all(Option::is_none)
    }

    /// Looks for images of which one is the end of the other, among those that agree with none so far.
    fn compare(&mut self, fold: Fold) {
        let (predicted, truths) = (self.predicted.open(fold), self.truths.open(fold));
        let (known_images, known_truths) = (by_stem(&predicted), by_stem(&truths));
        for (image, path) in &predicted {
            for (end, parts) in path.ends() {
                for &at in known_truths.get(end).into_iter().flatten() {
                    let (truth, other) = &truths[at];
                    self.consider((*image, path), (*truth, other), parts, fold);
                }
            }
        }
        // The first end is the whole path, which was met above.
        for (truth, path) in &truths {
            for (end, parts) in path.ends().skip(1) {
                for &at in known_images.get(end).into_iter().flatten() {
                    let (image, other) = &predicted[at];
                    self.consider((*image, other), (*truth, path), parts, fold);
                }
            }
        }
    }

    fn consider(&mut self, (image, path): (usize, &ImagePath), (truth, other): (usize, &ImagePath), parts: usize, fold: Fold) {
        let Some(mut spelling) = spelling(path, other) else { return };
        if self.predicted.images[image] == self.truths.images[truth] {
            spelling = Spelling::Same;
        }
        let is_whole = path.stem().len() == other.stem().len();
        let agreement = Agreement { parts, is_whole, spelling };
        Best::consider(&mut self.predicted.best[image], truth, agreement, fold);
        Best::consider(&mut self.truths.best[truth], image, agreement, fold);
    }

    /// The image of the truth table that is the best for a predicted one and for which that is the best, with nothing as good.
    fn joined(&self, image: usize) -> Option<Best> {
        let best = self.predicted.best[image].filter(|best| best.or.is_none())?;
        let back = self.truths.best[best.with]?;
        (back.with == image && back.or.is_none()).then_some(best)
    }

    fn pairing(&self) -> Result<Pairing, Unpaired> {
        let best: Vec<Option<Best>> = (0..self.predicted.images.len()).map(|image| self.joined(image)).collect();
        let truths: Vec<Option<usize>> = best.iter().map(|best| best.map(|best| best.with)).collect();
        let mut is_met = vec![false; self.truths.images.len()];
        truths.iter().flatten().for_each(|&truth| is_met[truth] = true);
        let unclear = |side: &[Option<Best>], other: &[Option<Best>], at: usize| {
            side[at].is_some_and(|best| best.or.is_some() || other[best.with].is_some_and(|back| back.or.is_some()))
        };
        let (images, rows) = (&self.predicted, &self.truths);
        let unclear_images = (0..truths.len()).filter(|&at| truths[at].is_none() && unclear(&images.best, &rows.best, at));
        let unclear_images = unclear_images.count();
        let doubtful: Vec<usize> = (0..is_met.len()).filter(|&at| !is_met[at] && unclear(&rows.best, &images.best, at)).collect();
        let mut pairing = Pairing { notes: ways(best.iter().flatten()), truths, doubtful, warnings: vec![] };
        let example = images.unclear(rows.images).or_else(|| rows.unclear(images.images));
        if let Some((image, others)) = example {
            if pairing.truths.iter().all(Option::is_none) {
                return Err(Unpaired::Doubtful { image, others });
            }
            let [one, other] = others;
            let (count, of_truths) = (unclear_images, pairing.doubtful.len());
            pairing.warnings.push(format!(
                "names that fit several images were not joined ({count} predicted, {of_truths} of the truth table): '{image}' \
                 could be '{one}' or '{other}'; write the same folders and endings in both tables"
            ));
        }
        pairing.notes.extend(self.namesakes());
        Ok(pairing)
    }

    /// Says how many images were not joined because the folders differ.
    fn namesakes(&self) -> Option<String> {
        let truths = self.truths.open(Fold::Written);
        let name = |path: &ImagePath| (path.stem().rsplit('/').next().unwrap_or_default().to_string(), path.ending());
        let names: HashSet<_> = truths.iter().map(|(_, path)| name(path)).collect();
        let open = self.predicted.open(Fold::Written);
        let namesakes: Vec<usize> =
            open.iter().filter(|(_, path)| names.contains(&name(path))).map(|(image, _)| *image).collect();
        let first = &self.predicted.images[*namesakes.first()?];
        Some(match namesakes.len() {
            1 => format!("'{first}' has the file name of an image in another folder of the truth table: not joined"),
            count => format!(
                "{count} images, such as '{first}', have the file name of an image in another folder of the truth table: not joined"
            ),
        })
    }
}

/// How images were joined, where any were joined by less than their whole name.
fn ways<'a>(best: impl Iterator<Item = &'a Best> + Clone) -> Vec<String> {
    let mut notes = vec![];
    let mut say = |how: &str, is_so: &dyn Fn(&Best) -> bool| {
        let count = best.clone().filter(|&best| is_so(best)).count();
        if count > 0 {
            notes.push(joined(count, how));
        }
    };
    say("as paths: the tables differ in slashes, in './' or 'file://' before the path, or in blanks around it", &|best| {
        best.fold == Fold::Written && best.agreement.is_whole && best.agreement.spelling == Spelling::SamePath
    });
    say("by the end of the path: one of the tables names more folders", &|best| {
        !best.agreement.is_whole && best.agreement.parts > 1
    });
    say("by file name: one of the tables names no folders", &|best| !best.agreement.is_whole && best.agreement.parts == 1);
    say("without regard to the ending: it is written otherwise, or one of the tables has none", &|best| {
        best.agreement.spelling <= Spelling::OtherEnding
    });
    for fold in [Fold::Decoded, Fold::WholeNumbers, Fold::Lowercase] {
        if let Some(words) = fold_words(fold) {
            say(words, &|best| best.fold == fold);
        }
    }
    let same = best.filter(|best| best.agreement.is_whole && best.agreement.spelling == Spelling::Same).count();
    if !notes.is_empty() && same > 0 {
        notes.insert(0, joined(same, "by the whole name"));
    }
    notes
}

/// How images were joined under a fold.
fn fold_words(fold: Fold) -> Option<&'static str> {
    match fold {
        Fold::Written => None,
        Fold::Decoded => Some("with '%20' read as a blank"),
        Fold::WholeNumbers => Some("as whole numbers: one of the tables writes 12.0 for 12"),
        Fold::Lowercase => Some("without regard to capital letters"),
    }
}

fn joined(count: usize, how: &str) -> String {
    if count == 1 { format!("1 image was joined {how}") } else { format!("{count} images were joined {how}") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn paired(predicted: &[&str], truths: &[&str]) -> Result<Pairing, Unpaired> {
        let owned = |images: &[&str]| images.iter().map(ToString::to_string).collect::<Vec<_>>();
        pair(&owned(predicted), &owned(truths))
    }

    fn rows(predicted: &[&str], truths: &[&str]) -> Vec<Option<usize>> {
        paired(predicted, truths).unwrap().truths
    }

    #[test]
    fn the_same_names_join_without_a_word() {
        let pairing = paired(&["a.jpg", "b/c.jpg"], &["b/c.jpg", "d.jpg", "a.jpg"]).unwrap();
        assert_eq!(pairing, Pairing { truths: vec![Some(2), Some(0)], ..Pairing::default() });
    }

    #[test]
    fn the_longest_common_end_of_the_path_decides() {
        let predicted = ["/mnt/x/A/IMG_1.JPG", "/mnt/x/B/IMG_1.JPG", "/mnt/x/B/IMG_2.JPG"];
        let pairing = paired(&predicted, &["B/IMG_2.jpg", "A\\IMG_1", "./B/IMG_1.JPG"]).unwrap();
        assert_eq!(pairing.truths, [Some(1), Some(2), Some(0)]);
        assert_eq!(
            pairing.notes,
            [
                "3 images were joined by the end of the path: one of the tables names more folders",
                "2 images were joined without regard to the ending: it is written otherwise, or one of the tables has none"
            ]
        );
        // The other way round, with a file name alone beside it.
        let pairing = paired(&["A/1.jpg", "2.jpg"], &["/mnt/A/1.jpg", "/mnt/B/2.jpg", "/mnt/B/1.jpg"]).unwrap();
        assert_eq!(pairing.truths, [Some(0), Some(1)]);
        assert!(pairing.notes.contains(&"1 image was joined by file name: one of the tables names no folders".to_string()));
    }

    #[test]
    fn a_name_that_fits_two_images_joins_neither() {
        let error = paired(&["/mnt/A/1.jpg", "/mnt/B/1.jpg"], &["1.jpg"]).unwrap_err();
        let others = ["/mnt/A/1.jpg", "/mnt/B/1.jpg"].map(str::to_string);
        assert_eq!(error, Unpaired::Doubtful { image: "1.jpg".to_string(), others });
        let pairing = paired(&["a.jpg", "a.png", "b.jpg"], &["a", "b"]).unwrap();
        assert_eq!((pairing.truths, pairing.doubtful), (vec![None, None, Some(1)], vec![0]));
        assert!(pairing.warnings[0].contains("(2 predicted, 1 of the truth table): 'a' could be 'a.jpg' or 'a.png'"));
        // The same ending is nearer than none, and the same folder nearer than the same ending.
        assert_eq!(rows(&["a.jpg", "a.CR2", "c"], &["a.cr2", "a.JPG"]), [Some(1), Some(0), None]);
        assert_eq!(rows(&["/m/A/1.jpg", "x"], &["1.jpg", "A/1.JPG"]), [Some(1), None]);
    }

    #[test]
    fn a_photograph_of_another_folder_is_another_photograph() {
        let error = paired(&["/mnt/x/A/1.jpg"], &["B/1.jpg"]).unwrap_err();
        assert_eq!(error, Unpaired::OtherFolders { image: "/mnt/x/A/1.jpg".to_string(), truth: "B/1.jpg".to_string() });
        assert_eq!(paired(&["a.jpg"], &["b.jpg"]).unwrap_err(), Unpaired::Strangers);
        // One joined pair says where the tables lie; the rest is not joined by folders that differ.
        let pairing = paired(&["A/1.jpg", "A/2.jpg"], &["A/1.jpg", "B/2.jpg"]).unwrap();
        assert_eq!(pairing.truths, [Some(0), None]);
        assert!(pairing.notes[0].starts_with("'A/2.jpg' has the file name of an image in another folder"), "{:?}", pairing.notes);
        let pairing = paired(&["/home/a/s/1.jpg", "/home/a/t/1.jpg"], &["/media/b/t/1.jpg", "/media/b/s/1.jpg"]).unwrap();
        assert_eq!(pairing.truths, [Some(1), Some(0)]);
        assert_eq!(
            pairing.notes,
            ["2 images were joined by the end of the path: the predictions lie in 'home/a', the truths in 'media/b'"]
        );
    }

    #[test]
    fn what_is_written_otherwise_joins_where_nothing_else_does() {
        assert_eq!(rows(&["a b.jpg", "c.jpg"], &["c.jpg", "a%20b.jpg"]), [Some(1), Some(0)]);
        assert_eq!(rows(&["a b.jpg", "a%20b.jpg"], &["a%20b.jpg"]), [None, Some(0)]);
        assert_eq!(rows(&["12", "13"], &["13.0", "12.0"]), [Some(1), Some(0)]);
        assert_eq!(paired(&["7"], &["007"]), Err(Unpaired::Strangers));
        assert_eq!(rows(&["1", "12"], &["12.0", "1"]), [Some(1), None]);
        assert_eq!(rows(&["Site_A/img_1.jpg"], &["site_a/IMG_1.JPG"]), [Some(0)]);
        assert_eq!(rows(&["aB3", "x"], &["Ab3", "x"]), [None, Some(1)]);
        assert!(matches!(paired(&["ab", "aB"], &["AB"]), Err(Unpaired::Doubtful { .. })));
    }
}
