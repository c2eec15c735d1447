//! What has been collected as bytes, for another process or a later time.
//!
//! ```text
//! "nearmiss scorer\n", version (4 bytes)
//! fingerprint of the taxonomy, answers kept of an image, whether scores are probabilities
//! whether there are candidates; these, by their numbers in the taxonomy
//! truths; lengths of the lists of answers; answers; their scores
//! images whose truth is a synonym; unknown names of truths and of answers, with counts
//! SHA-256 of all before (32 bytes)
//! ```
//!
//! Numbers are little-endian: taxa of 4 bytes, all others of 8. Lists and texts begin with their length.

use super::held::Held;
use super::{Collecting, Kept};
use crate::answers::{Answer, Truth};
use crate::files::sha256;
use crate::numbers::largest::Kind;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const BEGINNING: &[u8; 16] = b"nearmiss scorer\n";
const VERSION: u32 = 1;
/// Length of a SHA-256.
const SUM: usize = 32;
/// A truth that nobody said.
const MISSING: u32 = u32::MAX;
/// A truth or an answer that the taxonomy does not hold.
const OUTSIDE: u32 = u32::MAX - 1;

/// Why bytes are no state that can be gone on from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum StateError {
    #[error("the state: these {length} bytes are none; give those that state() gave, whole")]
    Foreign { length: usize },
    #[error(
        "the state is of version {found}, and this nearmiss reads version {VERSION}: collect again, or use the nearmiss that \
         wrote it"
    )]
    Version { found: u32 },
    #[error("the state is cut off or damaged: its {length} bytes do not have the sum that they should; copy it again")]
    Damaged { length: usize },
    #[error(
        "the state was collected with another taxonomy (fingerprint {found:.12}…, and the one given has {given:.12}…): give the \
         taxonomy that it was collected with"
    )]
    Taxonomy { found: String, given: String },
    #[error("the state contradicts itself: {what}; collect again")]
    Content { what: &'static str },
}

impl Collecting {
    /// All that has been collected, as bytes that [`Collecting::from_bytes`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let held = &self.held;
        let mut bytes = BEGINNING.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        write_text(&mut bytes, self.fingerprint());
        write_number(&mut bytes, self.kept.top);
        write_number(&mut bytes, usize::from(self.kept.kind == Kind::Probabilities));
        write_number(&mut bytes, usize::from(self.candidates.is_some()));
        write_codes(&mut bytes, self.candidates.iter().flatten().map(|taxon| taxon.0));
        write_codes(&mut bytes, held.truths.iter().map(|truth| truth_code(*truth)));
        let starts = std::iter::once(0).chain(held.ends.iter().copied());
        write_numbers(&mut bytes, starts.zip(&held.ends).map(|(start, end)| (end - start) as u64));
        write_codes(&mut bytes, held.answers.iter().map(|answer| answer_code(*answer)));
        write_numbers(&mut bytes, held.scores.iter().map(|score| score.to_bits()));
        write_numbers(&mut bytes, held.synonym_truths.iter().map(|image| *image as u64));
        for names in [&held.outside_truths, &held.outside_answers] {
            write_number(&mut bytes, names.len());
            for (name, count) in names {
                write_text(&mut bytes, name);
                write_number(&mut bytes, *count);
            }
        }
        bytes.extend(sha256::digest([&bytes[..]]));
        bytes
    }

    /// Reads what [`Collecting::to_bytes`] gave; the taxonomy is the same one, from wherever it was read.
    ///
    /// # Errors
    ///
    /// [`StateError`]: bytes that are no state, of another version, cut off or damaged, of another taxonomy, or that
    /// contradict themselves.
    pub fn from_bytes(bytes: &[u8], taxonomy: Arc<Taxonomy>) -> Result<Self, StateError> {
        let length = bytes.len();
        let after = bytes.strip_prefix(BEGINNING).ok_or(StateError::Foreign { length })?;
        let (version, _) = after.split_first_chunk::<4>().ok_or(StateError::Damaged { length })?;
        let found = u32::from_le_bytes(*version);
        if found != VERSION {
            return Err(StateError::Version { found });
        }
        let (content, sum) = bytes.split_last_chunk::<SUM>().ok_or(StateError::Damaged { length })?;
        if sha256::digest([content]) != *sum {
            return Err(StateError::Damaged { length });
        }
        let rest = content.get(BEGINNING.len() + version.len()..).ok_or(StateError::Damaged { length })?;
        let mut content = Content { rest };
        let fingerprint = content.text()?;
        let own = taxonomy.fingerprint();
        if fingerprint != own {
            return Err(StateError::Taxonomy { found: fingerprint, given: own });
        }
        let top = content.number()?;
        let kind = if content.flag()? { Kind::Probabilities } else { Kind::Scores };
        let candidates = content.candidates(taxonomy.len())?;
        let held = content.held(taxonomy.len())?;
        if !content.rest.is_empty() {
            return Err(faulty("there is more behind its end"));
        }
        let kept = Kept { top, kind };
        check(&held, kept)?;
        let mut read = Self::of(taxonomy, candidates, kept);
        read.fingerprint = own.into();
        read.held = held;
        Ok(read)
    }
}

fn faulty(what: &'static str) -> StateError {
    StateError::Content { what }
}

fn truth_code(truth: Truth) -> u32 {
    match truth {
        Truth::Taxon(taxon) => taxon.0,
        Truth::Missing => MISSING,
        Truth::Outside => OUTSIDE,
    }
}

/// Where nothing was answered nothing is listed, so that [`Answer::Nothing`] is never written.
fn answer_code(answer: Answer) -> u32 {
    match answer {
        Answer::Taxon(taxon) => taxon.0,
        Answer::Outside | Answer::Nothing => OUTSIDE,
    }
}

fn write_number(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend((number as u64).to_le_bytes());
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_number(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn write_codes(bytes: &mut Vec<u8>, codes: impl Iterator<Item = u32>) {
    write_list(bytes, codes.map(u32::to_le_bytes));
}

fn write_numbers(bytes: &mut Vec<u8>, numbers: impl Iterator<Item = u64>) {
    write_list(bytes, numbers.map(u64::to_le_bytes));
}

fn write_list<const N: usize>(bytes: &mut Vec<u8>, items: impl Iterator<Item = [u8; N]>) {
    let at = bytes.len();
    write_number(bytes, 0);
    items.for_each(|item| bytes.extend(item));
    let count = (bytes.len() - at - size_of::<u64>()) / N;
    bytes[at..at + size_of::<u64>()].copy_from_slice(&(count as u64).to_le_bytes());
}

/// What has not been read yet.
struct Content<'a> {
    rest: &'a [u8],
}

impl<'a> Content<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], StateError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| faulty("it ends in the middle"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, StateError> {
        let (number, rest) = self.rest.split_first_chunk().ok_or_else(|| faulty("it ends in the middle"))?;
        self.rest = rest;
        usize::try_from(u64::from_le_bytes(*number)).map_err(|_| faulty("a number is larger than memory can be"))
    }

    fn flag(&mut self) -> Result<bool, StateError> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(faulty("what is yes or no is neither")),
        }
    }

    fn text(&mut self) -> Result<String, StateError> {
        let length = self.number()?;
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| faulty("a name is no text"))
    }

    /// The items of a list; memory is only taken for as many as there are bytes.
    fn list<const N: usize>(&mut self) -> Result<&'a [[u8; N]], StateError> {
        let count = self.number()?;
        let bytes = self.take(count.checked_mul(N).ok_or_else(|| faulty("a list is longer than memory can be"))?)?;
        Ok(bytes.as_chunks::<N>().0)
    }

    fn codes(&mut self) -> Result<impl Iterator<Item = u32> + use<'a>, StateError> {
        Ok(self.list()?.iter().map(|code| u32::from_le_bytes(*code)))
    }

    fn numbers(&mut self) -> Result<impl Iterator<Item = u64> + use<'a>, StateError> {
        Ok(self.list()?.iter().map(|number| u64::from_le_bytes(*number)))
    }

    fn candidates(&mut self, taxa: usize) -> Result<Option<Vec<TaxonId>>, StateError> {
        let has = self.flag()?;
        let candidates: Vec<TaxonId> = self.codes()?.map(|code| taxon(code, taxa)).collect::<Result<_, _>>()?;
        if candidates.is_empty() == has {
            return Err(faulty("candidates are announced that are not there, or the other way round"));
        }
        if candidates.iter().collect::<BTreeSet<_>>().len() < candidates.len() {
            return Err(faulty("a candidate stands in it twice"));
        }
        Ok(has.then_some(candidates))
    }

    fn held(&mut self, taxa: usize) -> Result<Held, StateError> {
        let truth = |code| match code {
            MISSING => Ok(Truth::Missing),
            OUTSIDE => Ok(Truth::Outside),
            code => taxon(code, taxa).map(Truth::Taxon),
        };
        let answer = |code| match code {
            OUTSIDE => Ok(Answer::Outside),
            code => taxon(code, taxa).map(Answer::Taxon),
        };
        let too_large = |_| faulty("a number is larger than memory can be");
        let truths = self.codes()?.map(truth).collect::<Result<_, _>>()?;
        let mut end = 0_usize;
        let ends = self.numbers()?.map(|length| {
            end = usize::try_from(length)
                .ok()
                .and_then(|length| end.checked_add(length))
                .ok_or_else(|| faulty("a list is longer than memory can be"))?;
            Ok(end)
        });
        Ok(Held {
            truths,
            ends: ends.collect::<Result<_, _>>()?,
            answers: self.codes()?.map(answer).collect::<Result<_, _>>()?,
            scores: self.numbers()?.map(f64::from_bits).collect(),
            synonym_truths: self.numbers()?.map(usize::try_from).collect::<Result<_, _>>().map_err(too_large)?,
            outside_truths: self.names()?,
            outside_answers: self.names()?,
        })
    }

    fn names(&mut self) -> Result<BTreeMap<String, usize>, StateError> {
        let mut names = BTreeMap::new();
        for _ in 0..self.number()? {
            let name = self.text()?;
            if names.insert(name, self.number()?).is_some() {
                return Err(faulty("a name stands in it twice"));
            }
        }
        Ok(names)
    }
}

fn taxon(code: u32, taxa: usize) -> Result<TaxonId, StateError> {
    let taxon = TaxonId(code);
    if taxon.index() < taxa { Ok(taxon) } else { Err(faulty("a taxon is none of the taxonomy")) }
}

/// Whether the columns belong together.
fn check(held: &Held, kept: Kept) -> Result<(), StateError> {
    let images = held.truths.len();
    if kept.top == 0 {
        return Err(faulty("it keeps no answers"));
    }
    if held.ends.len() != images || held.ends.last().copied().unwrap_or(0) != held.answers.len() {
        return Err(faulty("images, answers and truths are not as many as they should be"));
    }
    if held.scores.len() != held.answers.len() {
        return Err(faulty("answers and scores are not as many as they should be"));
    }
    let is_score = |score: &f64| score.is_nan() || score.is_finite();
    let is_probability = |score: &f64| score.is_nan() || (0.0..=1.0).contains(score);
    let are_scores = match kept.kind {
        Kind::Scores => held.scores.iter().all(is_score),
        Kind::Probabilities => held.scores.iter().all(is_probability),
    };
    if !are_scores {
        return Err(faulty("a score is none"));
    }
    let (mut start, mut outside) = (0, 0);
    let mut listed = BTreeSet::new();
    for &end in &held.ends {
        let answers = &held.answers[start..end];
        listed.clear();
        if answers.len() > kept.top || !answers.iter().all(|answer| listed.insert(*answer)) {
            return Err(faulty("an image has more answers than are kept, or one twice"));
        }
        outside += usize::from(answers.first() == Some(&Answer::Outside));
        start = end;
    }
    let count = |names: &BTreeMap<String, usize>| names.values().try_fold(0_usize, |sum, count| sum.checked_add(*count));
    let outside_truths = held.truths.iter().filter(|truth| **truth == Truth::Outside).count();
    if count(&held.outside_truths) != Some(outside_truths) || count(&held.outside_answers) != Some(outside) {
        return Err(faulty("unknown names are not as many as they should be"));
    }
    let is_taxon = |image: &usize| matches!(held.truths.get(*image), Some(Truth::Taxon(_)));
    if !held.synonym_truths.iter().all(is_taxon) || !held.synonym_truths.is_sorted_by(|a, b| a < b) {
        return Err(faulty("an image with a synonym is none"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::answers::collecting::Given;
    use crate::numbers::largest::Matrix;
    use std::path::Path;

    fn taxonomy(more: &str) -> Arc<Taxonomy> {
        let table =
            format!("family,genus,species,synonyms\nFelidae,Felis,Felis catus,Felis domesticus\nFelidae,Lynx,Lynx lynx,\n{more}");
        Arc::new(Taxonomy::from_bytes(table.as_bytes(), Path::new("cats.csv")).unwrap())
    }

    /// Of everything something: scores, a masked one, names, an unknown truth and answer, a synonym, no truth.
    fn collected(kind: Kind) -> Collecting {
        let name = |name: &str| Given::Name(name.to_string());
        let candidates = [name("Lynx lynx"), name("Felis catus")];
        let mut collecting = Collecting::new(taxonomy(""), Some(&candidates), Kept { top: 2, kind }).unwrap();
        let low = if kind == Kind::Scores { f32::NEG_INFINITY } else { 0.0 };
        collecting
            .add_scores(&Matrix::of(&[0.25_f32, 0.75, low, 0.5], 2), &[name("Felis domesticus"), Given::Place(-1)])
            .unwrap();
        collecting.add_answers(&[name("Puma"), Given::Place(0)], &[name("Felis"), name("Ursus")]).unwrap();
        collecting
    }

    /// The bytes with a change, and the sum that goes with it.
    fn forged(collecting: &Collecting, change: impl Fn(&mut Collecting)) -> Vec<u8> {
        let mut other = collecting.clone();
        change(&mut other);
        other.to_bytes()
    }

    fn refused(bytes: &[u8], taxonomy: &Arc<Taxonomy>) -> String {
        Collecting::from_bytes(bytes, Arc::clone(taxonomy)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        for kind in [Kind::Scores, Kind::Probabilities] {
            let collecting = collected(kind);
            let bytes = collecting.to_bytes();
            // From wherever the taxonomy was read.
            let read = Collecting::from_bytes(&bytes, taxonomy("")).unwrap();
            assert_eq!((read.to_bytes(), read.len(), read.kept()), (bytes, 4, collecting.kept()));
            assert_eq!(format!("{:?}", read.answers("a")), format!("{:?}", collecting.answers("a")));
            let mut both = read.clone();
            both.merge(&collecting).unwrap();
            assert_eq!((both.len(), both.answers("a").outside_truths["Ursus"]), (8, 2));
            assert_eq!(both.answers("a").synonym_truths.into_iter().collect::<Vec<_>>(), [0, 4]);
        }
        let nothing = Collecting::new(taxonomy(""), None, Kept::default()).unwrap();
        assert_eq!(Collecting::from_bytes(&nothing.to_bytes(), taxonomy("")).unwrap().to_bytes(), nothing.to_bytes());
    }

    #[test]
    fn bytes_that_are_cut_damaged_or_foreign_are_refused() {
        let (bytes, taxonomy) = (collected(Kind::Scores).to_bytes(), taxonomy(""));
        for length in 0..bytes.len() {
            let expected = if length < BEGINNING.len() { "are none" } else { "cut off or damaged" };
            let message = refused(&bytes[..length], &taxonomy);
            assert!(message.contains(expected), "{length}: {message}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            let message = refused(&damaged, &taxonomy);
            let expected = match at {
                0..16 => "are none",
                16..20 => "is of version ",
                _ => "cut off or damaged",
            };
            assert!(message.contains(expected), "{at}: {message}");
        }
        assert!(refused(b"PK\x03\x04 a zip file of something else", &taxonomy).contains("these 33 bytes are none"));
        assert!(refused(&[bytes.clone(), vec![0]].concat(), &taxonomy).contains("damaged"));
    }

    #[test]
    fn a_state_of_another_taxonomy_is_refused() {
        let other = taxonomy("Canidae,Vulpes,Vulpes vulpes,\n");
        let message = refused(&collected(Kind::Scores).to_bytes(), &other);
        let [own, given] = [taxonomy("").fingerprint(), other.fingerprint()].map(|fingerprint| format!("{fingerprint:.12}…"));
        assert!(message.contains(&own) && message.contains(&given), "{message}");
    }

    #[test]
    fn a_state_that_contradicts_itself_is_refused() {
        let (scores, probabilities, taxonomy) = (collected(Kind::Scores), collected(Kind::Probabilities), taxonomy(""));
        let beyond = TaxonId(u32::try_from(taxonomy.len()).unwrap());
        for (bytes, what) in [
            (forged(&scores, |one| one.kept.top = 0), "keeps no answers"),
            (forged(&scores, |one| one.kept.top = 1), "more answers than are kept"),
            (forged(&scores, |one| one.candidates = Some(vec![])), "announced that are not there"),
            (forged(&scores, |one| one.candidates = Some(vec![TaxonId(1), TaxonId(1)])), "candidate stands in it twice"),
            (forged(&scores, |one| one.candidates = Some(vec![beyond])), "none of the taxonomy"),
            (forged(&scores, |one| one.held.truths[0] = Truth::Taxon(beyond)), "none of the taxonomy"),
            (forged(&scores, |one| one.held.answers[0] = Answer::Taxon(beyond)), "none of the taxonomy"),
            (forged(&scores, |one| one.held.answers[1] = one.held.answers[0]), "or one twice"),
            (forged(&scores, |one| one.held.truths.truncate(3)), "not as many"),
            (forged(&scores, |one| one.held.scores.truncate(3)), "not as many"),
            (forged(&scores, |one| one.held.ends[3] += 1), "not as many"),
            (forged(&scores, |one| one.held.scores[0] = f64::INFINITY), "a score is none"),
            (forged(&probabilities, |one| one.held.scores[0] = 1.5), "a score is none"),
            (forged(&scores, |one| one.held.synonym_truths = vec![1]), "with a synonym is none"),
            (forged(&scores, |one| one.held.synonym_truths = vec![9]), "with a synonym is none"),
            (forged(&scores, |one| one.held.outside_truths.clear()), "unknown names"),
            (forged(&scores, |one| *one.held.outside_answers.entry("Puma".to_string()).or_default() = 7), "unknown names"),
        ] {
            let message = refused(&bytes, &taxonomy);
            assert!(message.contains("contradicts itself") && message.contains(what), "{what}: {message}");
        }
    }
}
