//! Camtrap DP's observations: what people and what machines saw, in one table.

use super::error::{TableError, examples};
use super::frame::Frame;
use super::score;
use super::words::squashed;
use crate::answers::non_taxon::ANIMAL;
use polars::prelude::*;
use std::collections::{HashMap, HashSet};

/// What an observation says where it names no species.
const EMPTY: &str = "empty";

/// The columns of observations that matter here.
struct Observations {
    /// Media, or events where some row has no medium.
    images: Vec<String>,
    types: Option<Vec<String>>,
    names: Vec<String>,
    methods: Vec<Method>,
    classifiers: Option<Vec<String>>,
    scores: Option<Vec<String>>,
    deployments: Option<Vec<String>>,
    /// Events of media, and when they began; `None` where the images are events themselves, or none is named.
    events: Option<Vec<String>>,
    starts: Option<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Human,
    Machine,
    Other,
}

impl Method {
    fn of(text: &str) -> Method {
        match text.trim().to_lowercase().as_str() {
            "human" => Method::Human,
            "machine" => Method::Machine,
            _ => Method::Other,
        }
    }
}

/// Camtrap DP's observations with human and machine rows as a table of truth and prediction; any other frame as it is.
///
/// # Errors
///
/// Rows that name neither medium nor event; rows of several machines.
pub(super) fn reshaped(frame: Frame) -> Result<Frame, TableError> {
    let Some(observations) = Observations::read(&frame)? else { return filled(frame) };
    if let Some(classifiers) = &observations.classifiers {
        let machines = (0..classifiers.len()).filter(|&row| observations.methods[row] == Method::Machine);
        let mut names: Vec<&str> = machines.map(|row| classifiers[row].as_str()).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > 1 {
            return Err(format_error(
                &frame,
                format!("the machine rows are of {} classifiers ({}): leave the rows of one", names.len(), examples(&names)),
            ));
        }
    }
    let table = Table::of(&observations);
    let data = table.data(&observations).map_err(|error| format_error(&frame, error.to_string()))?;
    let mut frame = frame.with_data(data);
    frame.notes.push("Camtrap DP: the human rows of an image are its truth, the machine rows its predictions".to_string());
    Ok(frame)
}

/// Observations of people or of machines alone, where what is no species stands in place of its name.
fn filled(mut frame: Frame) -> Result<Frame, TableError> {
    let Some(written) = frame.names().into_iter().find(|written| squashed(written) == "scientificname").map(str::to_string)
    else {
        return Ok(frame);
    };
    let (Some(types), Some(names)) = (column(&frame, "observationtype")?, column(&frame, "scientificname")?) else {
        return Ok(frame);
    };
    let of = |(seen, name): (&String, &String)| of_type(seen, name).map(str::to_string);
    let mut cells: Vec<Option<String>> = types.iter().zip(&names).map(of).collect();
    fill_animals(&frame, &types, &mut cells)?;
    let replaced = frame.data.with_column(Column::new(written.as_str().into(), cells)).map(|_| ());
    replaced.map_err(|error| format_error(&frame, error.to_string()))?;
    Ok(frame)
}

/// The name of an observation, or the word for one of no species.
fn of_type<'a>(seen: &str, name: &'a str) -> Option<&'a str> {
    if name.is_empty() { word_of(seen) } else { Some(name) }
}

/// Says `animal` of animals without a name, where nothing else is said of their medium or event.
fn fill_animals(frame: &Frame, types: &[String], cells: &mut [Option<String>]) -> Result<(), TableError> {
    let mut ids = vec![];
    for name in ["mediaid", "eventid", "sequenceid"] {
        ids.extend(column(frame, name)?);
    }
    let of_row = |row: usize| ids.iter().enumerate().map(move |(place, ids)| (place, ids[row].as_str()));
    let said: HashSet<(usize, &str)> = (0..cells.len()).filter(|&row| cells[row].is_some()).flat_map(of_row).collect();
    for (row, cell) in cells.iter_mut().enumerate() {
        let is_alone = || of_row(row).all(|id| id.1.is_empty() || !said.contains(&id));
        if cell.is_none() && types[row].eq_ignore_ascii_case(ANIMAL) && !ids.is_empty() && is_alone() {
            *cell = Some(ANIMAL.to_string());
        }
    }
    Ok(())
}

/// The word for an observation of no species; `None` for animals, and where nobody looked yet.
fn word_of(observation_type: &str) -> Option<&'static str> {
    match observation_type.to_lowercase().as_str() {
        "blank" => Some(EMPTY),
        "human" => Some("human"),
        "vehicle" => Some("vehicle"),
        "unknown" => Some("unknown"),
        _ => None,
    }
}

fn format_error(frame: &Frame, what: String) -> TableError {
    TableError::Format { path: frame.path.clone(), line: None, what }
}

/// The cells of the column of a name, however it is written.
fn column(frame: &Frame, name: &str) -> Result<Option<Vec<String>>, TableError> {
    let Some(written) = frame.names().into_iter().find(|written| squashed(written) == name).map(str::to_string) else {
        return Ok(None);
    };
    let texts = frame.texts(&written)?;
    Ok(Some(texts.iter().map(|text| text.unwrap_or_default().trim().to_string()).collect()))
}

impl Observations {
    /// The observations of a table that has some of both methods.
    fn read(frame: &Frame) -> Result<Option<Observations>, TableError> {
        let (Some(methods), Some(names)) = (column(frame, "classificationmethod")?, column(frame, "scientificname")?) else {
            return Ok(None);
        };
        let (media, events) = (column(frame, "mediaid")?, column(frame, "eventid")?.or(column(frame, "sequenceid")?));
        let methods: Vec<Method> = methods.iter().map(|method| Method::of(method)).collect();
        let has_both = [Method::Human, Method::Machine].iter().all(|method| methods.contains(method));
        if !has_both || media.is_none() && events.is_none() {
            return Ok(None);
        }
        let kept = kept(&methods, column(frame, "observationlevel")?.as_deref());
        let (own_events, is_of_media) =
            (events.clone(), media.as_ref().is_some_and(|media| kept.iter().all(|&row| !media[row].is_empty())));
        let images = images(frame, &kept, &[media, events])?;
        let keep =
            |cells: Option<Vec<String>>| cells.map(|cells| kept.iter().map(|&row| cells[row].clone()).collect::<Vec<String>>());
        let held = |cells: Option<Vec<String>>| keep(cells).filter(|cells| cells.iter().any(|cell| !cell.is_empty()));
        let scores = column(frame, "classificationprobability")?.or(column(frame, "classificationconfidence")?);
        Ok(Some(Observations {
            images,
            types: keep(column(frame, "observationtype")?),
            names: keep(Some(names)).unwrap_or_default(),
            methods: kept.iter().map(|&row| methods[row]).collect(),
            classifiers: keep(column(frame, "classifiedby")?),
            scores: keep(scores),
            deployments: keep(column(frame, "deploymentid")?),
            events: held(own_events.filter(|_| is_of_media)),
            starts: held(column(frame, "eventstart")?),
        }))
    }

    /// What an observation saw: a name, a word for what is no species, or nothing.
    fn seen(&self, row: usize) -> &str {
        match self.types.as_ref().map_or("animal", |types| types[row].as_str()) {
            "unclassified" => "",
            // A detector says no more.
            "animal" if self.types.is_some() && self.names[row].is_empty() => ANIMAL,
            other => word_of(other).unwrap_or(&self.names[row]),
        }
    }
}

/// The rows of one level, where one level has rows of both methods: those of media before those of events.
fn kept(methods: &[Method], levels: Option<&[String]>) -> Vec<usize> {
    let of_level = |level: &str| -> Vec<usize> {
        let levels = levels.unwrap_or_default();
        (0..levels.len()).filter(|&row| levels[row].eq_ignore_ascii_case(level)).collect()
    };
    let has = |rows: &[usize], method: Method| rows.iter().any(|&row| methods[row] == method);
    let both = |rows: &Vec<usize>| has(rows, Method::Human) && has(rows, Method::Machine);
    ["media", "event"].into_iter().map(of_level).find(both).unwrap_or_else(|| (0..methods.len()).collect())
}

/// What every row is of: its medium, or its event where some row has no medium.
fn images(frame: &Frame, kept: &[usize], columns: &[Option<Vec<String>>; 2]) -> Result<Vec<String>, TableError> {
    for cells in columns.iter().flatten() {
        if kept.iter().all(|&row| !cells[row].is_empty()) {
            return Ok(kept.iter().map(|&row| cells[row].clone()).collect());
        }
    }
    let is_blank = |row: usize| columns.iter().flatten().all(|cells| cells[row].is_empty());
    let blank: Vec<usize> = kept.iter().copied().filter(|&row| is_blank(row)).collect();
    let what = match blank.first() {
        Some(&first) => format!("the observation at {} has neither mediaID nor eventID", frame.places(&[first]).concat()),
        None => "some observations have no mediaID and others no eventID: give all of them one of the two".to_string(),
    };
    Err(format_error(frame, what))
}

/// What was seen on one image.
#[derive(Default)]
struct Seen {
    /// What people saw, each once.
    truths: Vec<String>,
    /// What the machine saw, each once, with the row of its best score.
    answers: Vec<(String, usize)>,
    first: usize,
}

/// Images in the order of their first rows.
struct Table {
    images: Vec<String>,
    seen: Vec<Seen>,
}

impl Table {
    fn of(observations: &Observations) -> Table {
        let mut table = Table { images: vec![], seen: vec![] };
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (row, image) in observations.images.iter().enumerate() {
            let place = *places.entry(image).or_insert_with(|| {
                table.images.push(image.clone());
                table.seen.push(Seen { first: row, ..Seen::default() });
                table.seen.len() - 1
            });
            table.seen[place].add(observations, row);
        }
        // An animal of which one says no more is what another names.
        for seen in table.seen.iter_mut().filter(|seen| seen.truths.len() > 1) {
            seen.truths.retain(|name| name != ANIMAL);
        }
        table
    }

    /// One row per answer; where people differ, rows enough for all that they say.
    fn data(&self, observations: &Observations) -> PolarsResult<DataFrame> {
        let mut columns: [Vec<Option<&str>>; 7] = Default::default();
        for (image, seen) in self.images.iter().zip(&self.seen) {
            for place in 0..seen.truths.len().max(seen.answers.len()).max(1) {
                let answer = seen.answers.get(place);
                let truth = seen.truths.get(place).or(seen.truths.last());
                let score = answer.and_then(|(_, row)| observations.scores.as_ref().map(|scores| scores[*row].as_str()));
                let deployment = observations.deployments.as_ref().map(|deployments| deployments[seen.first].as_str());
                let [event, start] =
                    [&observations.events, &observations.starts].map(|cells| cell_of(cells.as_ref(), seen.first));
                let (truth, answer) = (truth.map(String::as_str), answer.map(|(name, _)| name.as_str()));
                let cells = [Some(image.as_str()), truth, answer, score, deployment, event, start];
                for (column, cell) in columns.iter_mut().zip(cells) {
                    column.push(cell.filter(|cell| !cell.is_empty()));
                }
            }
        }
        let height = columns[0].len();
        let more = [&observations.scores, &observations.deployments, &observations.events, &observations.starts];
        let held = [true; 3].into_iter().chain(more.map(Option::is_some));
        let names = ["image", "truth", "prediction", "score", "deploymentID", "eventID", "eventStart"];
        let kept = names.into_iter().zip(columns).zip(held).filter(|(_, held)| *held);
        DataFrame::new(height, kept.map(|((name, cells), _)| Column::new(name.into(), cells)).collect())
    }
}

/// A cell of a column that there may be.
fn cell_of(cells: Option<&Vec<String>>, row: usize) -> Option<&str> {
    cells.map(|cells| cells[row].as_str())
}

impl Seen {
    fn add(&mut self, observations: &Observations, row: usize) {
        let name = observations.seen(row).to_string();
        match observations.methods[row] {
            Method::Human => {
                if !name.is_empty() && !self.truths.contains(&name) {
                    self.truths.push(name);
                }
            }
            Method::Machine => {
                let score = |row: usize| observations.scores.as_ref().and_then(|scores| score::number(&scores[row]));
                match self.answers.iter_mut().find(|(known, _)| *known == name) {
                    // Several boxes of one kind of animal: the best counts.
                    Some((_, best)) if score(row) > score(*best) => *best = row,
                    Some(_) => {}
                    None => self.answers.push((name, row)),
                }
            }
            Method::Other => {}
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::io::Write;

    const HEAD: &str = "observationID,deploymentID,mediaID,eventID,observationLevel,observationType,scientificName,\
         classificationMethod,classifiedBy,classificationProbability\n";

    fn frame(rows: &str) -> Result<Frame, TableError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "{HEAD}{rows}").unwrap();
        reshaped(Frame::from_path(file.path(), &[], None).unwrap())
    }

    fn shown(frame: &Frame) -> Vec<String> {
        let texts: Vec<StringChunked> = frame.names().iter().map(|name| frame.texts(name).unwrap()).collect();
        let row = |row: usize| texts.iter().map(|column| column.get(row).unwrap_or("-")).collect::<Vec<_>>().join(" ");
        (0..frame.len()).map(row).collect()
    }

    #[test]
    fn people_say_the_truth_and_machines_the_answers() {
        let frame = frame(
            "1,d1,m1,,media,animal,Vulpes vulpes,human,A,\n2,d1,m1,,media,animal,Vulpes vulpes,machine,X,0.4\n\
             3,d1,m1,,media,animal,Felis catus,machine,X,0.5\n4,d1,m1,,media,animal,Vulpes vulpes,machine,X,0.9\n\
             5,d2,m2,,media,blank,,human,A,\n6,d2,m2,,media,vehicle,,machine,X,0.7\n\
             7,d2,m3,,media,unknown,,human,A,\n8,d2,m4,,media,animal,Felis catus,human,A,\n",
        )
        .unwrap();
        assert_eq!(frame.names(), ["image", "truth", "prediction", "score", "deploymentID"]);
        let expected = [
            "m1 Vulpes vulpes Vulpes vulpes 0.9 d1",
            "m1 Vulpes vulpes Felis catus 0.5 d1",
            "m2 empty vehicle 0.7 d2",
            "m3 unknown - - d2",
            "m4 Felis catus - - d2",
        ];
        assert_eq!(shown(&frame), expected);
    }

    #[test]
    fn an_animal_without_a_name_is_an_animal() {
        // What a detector says of m1 and m2; people name one of them, and twice that of m1.
        let frame = frame(
            "1,d1,m1,,media,animal,,human,A,\n2,d1,m1,,media,animal,Vulpes vulpes,human,B,\n\
             3,d1,m1,,media,animal,,machine,X,0.9\n4,d1,m2,,media,animal,,human,A,\n5,d1,m2,,media,blank,,machine,X,0.8\n",
        )
        .unwrap();
        assert_eq!(shown(&frame), ["m1 Vulpes vulpes animal 0.9 d1", "m2 animal empty 0.8 d1"]);
        let people = frame_of_people(
            "1,d1,m1,,media,animal,,human,A,\n2,d1,m2,,media,animal,,human,A,\n\
             3,d1,m2,,media,animal,Vulpes vulpes,human,B,\n",
        );
        assert_eq!(people, [Some("animal".to_string()), None, Some("Vulpes vulpes".to_string())]);
    }

    /// The names of a table of people alone.
    fn frame_of_people(rows: &str) -> Vec<Option<String>> {
        let frame = frame(rows).unwrap();
        let names = frame.texts("scientificName").unwrap();
        names.iter().map(|name| name.map(str::to_string)).collect()
    }

    #[test]
    fn events_are_images_where_media_are_not_named() {
        let rows = "1,d1,,e1,event,animal,Vulpes vulpes,human,A,\n2,d1,m1,e1,media,animal,Vulpes vulpes,machine,X,0.4\n";
        assert_eq!(shown(&frame(rows).unwrap()), ["e1 Vulpes vulpes Vulpes vulpes 0.4 d1"]);
        // Media with rows of both need no events.
        let both = format!("{rows}3,d1,m1,e1,media,animal,Felis catus,human,A,\n");
        // The event of the medium stays beside it.
        assert_eq!(shown(&frame(&both).unwrap()), ["m1 Felis catus Vulpes vulpes 0.4 d1 e1"]);
    }

    #[test]
    fn people_who_differ_are_left_to_differ() {
        let rows = "1,d1,m1,,media,animal,Vulpes vulpes,human,A,\n2,d1,m1,,media,animal,Felis catus,human,B,\n\
             3,d1,m1,,media,animal,Vulpes vulpes,machine,X,0.4\n";
        assert_eq!(shown(&frame(rows).unwrap()), ["m1 Vulpes vulpes Vulpes vulpes 0.4 d1", "m1 Felis catus - - d1"]);
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused_and_other_tables_stay() {
        let human = "1,d1,m1,,media,animal,Vulpes vulpes,human,A,\n";
        let machines = "2,d1,m1,,media,animal,Vulpes vulpes,machine,X,0.4\n3,d1,m1,,media,animal,Felis catus,machine,Y,0.4\n";
        let message = frame(&format!("{human}{machines}")).unwrap_err().to_string();
        assert!(message.ends_with("the machine rows are of 2 classifiers ('X', 'Y'): leave the rows of one"), "{message}");
        let message = frame(&format!("{human}2,d1,,,media,animal,Vulpes vulpes,machine,X,0.4\n")).unwrap_err().to_string();
        assert!(message.ends_with("the observation at line 3 has neither mediaID nor eventID"), "{message}");
        // People alone: what is no species stands in place of its name.
        let people = frame(&format!("{human}2,d1,m2,,media,vehicle,,human,A,\n3,d1,m3,,media,unclassified,,human,A,\n")).unwrap();
        assert_eq!(
            people.texts("scientificName").unwrap().iter().collect::<Vec<_>>(),
            [Some("Vulpes vulpes"), Some("vehicle"), None]
        );
        let alone = frame(human).unwrap();
        assert!(alone.has("scientificName") && alone.len() == 1);
    }
}
