//! The splits of texts: to train on, to stop by, to hold models against each other.

use super::config::{SentenceData, USUAL_SPLITS};
use crate::train::error::TrainError;
use crate::train::examples::stream;
use nearmiss::numbers::counted::{counted, form};
use nearmiss::numbers::statistics::to_f64;
use nearmiss::spaces::retrieval::texts::{TextCollection, TextSource, TextsError, Wanted};
use nearmiss::taxonomy::Taxonomy;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The splits of texts.
pub struct Splits {
    /// To train on.
    pub train: TextCollection,
    /// To stop by.
    pub validation: TextCollection,
    /// To hold models against each other, with its name; `None` where the one to stop by must do.
    pub test: Option<(String, TextCollection)>,
    /// What of the texts was left out or stands out, a sentence each.
    pub notes: Vec<String>,
    /// What makes numbers lower, or flatters them.
    pub warnings: Vec<String>,
}

impl Splits {
    /// Reads texts and divides them: as they say, else at random.
    ///
    /// # Errors
    ///
    /// [`TrainError`]: texts that cannot be read; a split that no query is of, or that no column tells; a query of several.
    pub fn read(data: &SentenceData, seed: u64) -> Result<Splits, TrainError> {
        let taxonomy = data.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
        let source = TextSource::One(data.texts.clone());
        let read = |part: Option<&str>| source.read(&Wanted { taxonomy: taxonomy.as_ref(), part, tuning: false });
        if data.texts.is_dir() {
            let (train, validation) = (read(Some(&data.train))?, read(Some(&data.validation))?);
            let test = match &data.test {
                Some(test) => Some((test.clone(), read(Some(test))?)),
                None => None,
            };
            return Splits::of(train, validation, test);
        }
        let whole = read(None)?;
        if let Some(query) = whole.parts.divided.clone() {
            return Err(TextsError::DividedQuery { query }.into());
        }
        if whole.parts.of.iter().any(Option::is_some) { Splits::named(&whole, data) } else { Splits::drawn(&whole, data, seed) }
    }

    /// Refuses names of splits where nothing tells them.
    fn refuse_names(data: &SentenceData) -> Result<(), TrainError> {
        let [train, validation] = USUAL_SPLITS;
        let named = [
            ("sentences.train", Some(&data.train).filter(|split| *split != train)),
            ("sentences.validation", Some(&data.validation).filter(|split| *split != validation)),
            ("sentences.test", data.test.as_ref()),
        ];
        match named.into_iter().find_map(|(key, split)| Some((key, split?))) {
            Some((key, split)) => Err(TrainError::NoSplitColumn { path: data.texts.clone(), split: split.clone(), key }),
            None => Ok(()),
        }
    }

    /// As a column says.
    fn named(whole: &TextCollection, data: &SentenceData) -> Result<Splits, TrainError> {
        let places = |split: &str, key: &'static str| {
            let wanted = split.to_lowercase();
            let of = |place: &usize| whole.parts.of.get(*place).and_then(Option::as_deref) == Some(wanted.as_str());
            let places: Vec<usize> = (0..whole.queries.len()).filter(of).collect();
            if !places.is_empty() {
                return Ok(places);
            }
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            whole.parts.of.iter().flatten().for_each(|part| *counts.entry(part).or_default() += 1);
            let there = counts.iter().map(|(part, count)| format!("'{part}' {count}")).collect::<Vec<_>>().join(", ");
            Err(TrainError::NoSplit { path: data.texts.clone(), split: split.to_string(), key, there })
        };
        let (train, validation) = (places(&data.train, "sentences.train")?, places(&data.validation, "sentences.validation")?);
        let test =
            data.test.as_ref().map(|test| Ok::<_, TrainError>((test.clone(), places(test, "sentences.test")?))).transpose()?;
        let taken = train.len() + validation.len() + test.as_ref().map_or(0, |(_, places)| places.len());
        let test = test.map(|(name, places)| (name, whole.only(&places)));
        let mut splits = Splits::of(whole.only(&train), whole.only(&validation), test)?;
        if taken < whole.queries.len() {
            let (left, all) = (whole.queries.len() - taken, whole.queries.len());
            let are = form(left, "is", "are");
            splits.notes.push(format!(
                "{left} of {} {are} of no split that is named and {are} left out",
                counted(all, "query", "queries")
            ));
        }
        Ok(splits)
    }

    /// At random; queries of one text are of one split.
    fn drawn(whole: &TextCollection, data: &SentenceData, seed: u64) -> Result<Splits, TrainError> {
        Splits::refuse_names(data)?;
        let mut groups: Vec<Vec<usize>> = vec![];
        let mut met: HashMap<&str, usize> = HashMap::new();
        for (place, text) in whole.queries.texts.iter().enumerate() {
            let group = *met.entry(text).or_insert(groups.len());
            if group == groups.len() {
                groups.push(vec![]);
            }
            groups[group].push(place);
        }
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.shuffle(&mut stream(seed, 0, 2));
        let all = order.len();
        // The nearest whole number of them.
        let count = |share: f64| (0..all).take_while(|&count| to_f64(count as u64) + 0.5 <= share * to_f64(all as u64)).count();
        let (validation, test) = (count(data.validation_share).max(1), count(data.test_share));
        if validation + test >= all {
            return Err(TrainError::FewTexts { batch: validation + test + 1, there: all, what: "queries in all" });
        }
        let part = |from: usize, until: usize| {
            let mut places: Vec<usize> = order[from..until].iter().flat_map(|&group| groups[group].iter().copied()).collect();
            places.sort_unstable();
            whole.only(&places)
        };
        let tested = (test > 0).then(|| ("a share at random".to_string(), part(validation, validation + test)));
        Splits::of(part(validation + test, all), part(0, validation), tested)
    }

    /// Refuses queries that stand in two splits, and says what else they have in common.
    fn of(
        train: TextCollection,
        validation: TextCollection,
        test: Option<(String, TextCollection)>,
    ) -> Result<Splits, TrainError> {
        let (mut notes, mut warnings): (Vec<String>, Vec<String>) = (vec![], vec![]);
        let mut parts = vec![("training", &train), ("validation", &validation)];
        parts.extend(test.iter().map(|(_, test)| ("the test", test)));
        for (_, part) in &parts {
            let is_new = |said: &[String], one: &&String| !said.contains(one);
            let new: Vec<String> = part.notes.iter().filter(|note| is_new(&notes, note)).cloned().collect();
            notes.extend(new);
            let new: Vec<String> = part.warnings.iter().filter(|warning| is_new(&warnings, warning)).cloned().collect();
            warnings.extend(new);
        }
        for (place, (learnt, one)) in parts.iter().enumerate() {
            for (measured, other) in parts.iter().skip(place + 1) {
                warnings.extend(in_common(one, other, (*learnt, *measured))?);
            }
        }
        Ok(Splits { train, validation, test, notes, warnings })
    }

    /// Whether texts have taxa, and no queries ask for documents.
    #[must_use]
    pub fn are_of_taxa(&self) -> bool {
        self.train.taxa.is_some()
    }

    /// The texts that models are held against each other on, what they are called, and whether they are those to stop by.
    #[must_use]
    pub fn compared_on(&self) -> (&TextCollection, String, bool) {
        match &self.test {
            Some((name, test)) => (test, format!("'{name}'"), false),
            None => (&self.validation, "the validation".to_string(), true),
        }
    }
}

/// What two splits have in common, in sentences: what the second one says is better than it is.
fn in_common(one: &TextCollection, other: &TextCollection, (learnt, measured): (&str, &str)) -> Result<Vec<String>, TrainError> {
    let flatters = if measured == "validation" { "the validation flatters" } else { "the test flatters" };
    let queries = |collection: &TextCollection| collection.queries.texts.iter().cloned().collect::<BTreeSet<String>>();
    let mut sentences = vec![];
    let both: Vec<String> = queries(one).intersection(&queries(other)).cloned().collect();
    if let Some(query) = both.first() {
        if one.taxa.is_none() {
            return Err(TextsError::DividedQuery { query: query.clone() }.into());
        }
        let texts = counted(both.len(), "text stands", "texts stand");
        sentences.push(format!("{texts} in {learnt} and in {measured}, such as '{query}': {flatters}"));
    }
    let answers = |collection: &TextCollection| -> BTreeSet<String> {
        let relevant = collection.qrels.grades.iter().flatten().filter(|(_, grade)| **grade > 0);
        relevant.filter_map(|(document, _)| collection.documents.texts.get(*document as usize).cloned()).collect()
    };
    let both = answers(one).intersection(&answers(other)).count();
    if both > 0 {
        let documents = counted(both, "document answers", "documents answer");
        sentences.push(format!("{documents} queries for {learnt} and for {measured}: {flatters}"));
    }
    Ok(sentences)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    fn data(path: &Path) -> SentenceData {
        toml::from_str(&format!("texts = '{}'\n", path.display())).unwrap()
    }

    #[test]
    fn splits_are_those_of_a_column_or_drawn_by_the_seed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let table = "query,positive,split\na,x,train\nb,y,train\nc,x,Validation\nd,z,test\n";
        std::fs::write(&path, table).unwrap();
        let splits = Splits::read(&SentenceData { test: Some("test".to_string()), ..data(&path) }, 0).unwrap();
        assert_eq!(
            (splits.train.queries.texts.as_slice(), splits.validation.queries.len()),
            (&["a".into(), "b".to_string()][..], 1)
        );
        assert_eq!(splits.compared_on().0.queries.texts, ["d"]);
        assert_eq!(splits.warnings, ["1 document answers queries for training and for validation: the validation flatters"]);
        let message = Splits::read(&SentenceData { train: "all".to_string(), ..data(&path) }, 0).err().unwrap().to_string();
        assert!(
            message.contains("no query is of the split 'all' (sentences.train); there are 'test' 1, 'train' 2, 'validation' 1")
        );
        assert_eq!(splits.notes, Vec::<String>::new());
        let splits = Splits::read(&data(&path), 0).unwrap();
        assert_eq!(splits.notes, ["1 of 4 queries is of no split that is named and is left out"]);
        let rows: Vec<String> = (0..20).map(|row| format!("q{row},d{row}\n")).collect();
        std::fs::write(&path, format!("query,positive\n{}", rows.concat())).unwrap();
        let draw = |seed| {
            let splits = Splits::read(&SentenceData { test_share: 0.2, ..data(&path) }, seed).unwrap();
            [
                splits.train.queries.texts.clone(),
                splits.validation.queries.texts.clone(),
                splits.test.unwrap().1.queries.texts.clone(),
            ]
        };
        let one = draw(1);
        assert_eq!(one.each_ref().map(Vec::len), [14, 2, 4]);
        assert_eq!(one.concat().into_iter().collect::<BTreeSet<_>>().len(), 20);
        assert!(draw(1) == one && (2..5).any(|seed| draw(seed) != one));
    }
    #[test]
    fn names_of_splits_that_nothing_tells_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, "query,positive\na,x\nb,y\nc,z\n").unwrap();
        let message = Splits::read(&SentenceData { test: Some("test".to_string()), ..data(&path) }, 0).err().unwrap().to_string();
        assert!(message.contains("no column says a split, and sentences.test names one, 'test'; add a column"), "{message}");
        let message = Splits::read(&SentenceData { train: "learn".to_string(), ..data(&path) }, 0).err().unwrap().to_string();
        assert!(message.contains("sentences.train names one, 'learn'"), "{message}");
    }

    #[test]
    fn no_query_is_of_two_splits() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir(folder.path().join("qrels")).unwrap();
        write("corpus.csv", "id,text\nd,a moth\ne,a bee\n");
        write("queries.csv", "id,text\nq,moth\nr,bee\ns,moth\n");
        let judged = |name: &str, query: &str, document: &str| {
            write(&format!("qrels/{name}.tsv"), &format!("query-id\tcorpus-id\tscore\n{query}\t{document}\t1\n"));
        };
        judged("train", "q", "d");
        judged("validation", "r", "d");
        let splits = Splits::read(&data(folder.path()), 0).unwrap();
        assert_eq!(splits.warnings, ["1 document answers queries for training and for validation: the validation flatters"]);
        // The same words under another id.
        judged("validation", "s", "d");
        let message = Splits::read(&data(folder.path()), 0).err().unwrap().to_string();
        assert_eq!(message, "the query 'moth' stands in several splits; give it one");
        // Texts with taxa may say the same: where they are drawn they stay together.
        let path = folder.path().join("t.csv");
        let rows: Vec<String> = (0..12).map(|row| format!("note {},G s{}\n", row % 6, row % 3)).collect();
        std::fs::write(&path, format!("text,species\n{}", rows.concat())).unwrap();
        let splits = Splits::read(&SentenceData { validation_share: 0.3, ..data(&path) }, 1).unwrap();
        assert_eq!((splits.train.queries.len(), splits.validation.queries.len()), (8, 4));
        assert!(splits.warnings.iter().all(|warning| !warning.contains("flatters")), "{:?}", splits.warnings);
        std::fs::write(&path, "text,species,split\na,G s,train\nb,G s,train\na,G t,validation\nc,G t,validation\n").unwrap();
        let splits = Splits::read(&data(&path), 0).unwrap();
        assert_eq!(splits.warnings, ["1 text stands in training and in validation, such as 'a': the validation flatters"]);
    }
}
