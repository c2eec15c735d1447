//! Columns that say when and where the images of a table were taken.

use super::error::TableError;
use super::frame::{Frame, named_column};
use super::images::ImageRows;
use super::options::{TableOptions, TakenColumns};
use super::words::{CAMERAS, DATES, SEQUENCES, SITES, TIMES, TIMES_OF_DAY, squashed};
use crate::answers::taken::Taken;
use crate::answers::time::{self, TimeFault};
use crate::answers::understood::ColumnRole;
use crate::taxonomy::name;

/// What a table says of when and where.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) taken: Taken,
    /// What its columns are.
    pub(super) columns: Vec<ColumnRole>,
    pub(super) notes: Vec<String>,
}

impl Found {
    fn say(&mut self, (role, of_images): (&'static str, &str), columns: &[String], more: String) {
        let (word, comma) = (if columns.len() > 1 { "columns" } else { "column" }, if more.is_empty() { "" } else { ", " });
        self.notes.push(format!("{of_images} of the images: {word} '{}'{comma}{more}", columns.join("' and '")));
        self.columns.push(ColumnRole { role, columns: columns.to_vec(), more });
    }
}

/// Reads the columns that are asked for, named or called as usual; nothing where neither events nor sites are.
///
/// # Errors
///
/// Times that cannot be read, with how many and the first; rows of one image that differ.
pub(super) fn read(frame: &Frame, grouped: &ImageRows, image: Option<&str>, options: &TableOptions) -> Result<Found, TableError> {
    let asked = &options.taken;
    let mut found = Found::default();
    if !asked.any() {
        return Ok(found);
    }
    let usual = |names: &[&str]| usual(frame, image, names);
    let of = |named: &Option<String>, option: &'static str, names: &[&str]| match named {
        // It may be in the second table.
        Some(column) => named_column(frame, column, option).ok(),
        None => usual(names).filter(|_| asked.events),
    };
    if let Some(columns) = time_columns(frame, asked, &usual) {
        let (times, how, dates_alone) = times(frame, grouped, &columns)?;
        found.say(("time", "times"), &columns, how);
        found.taken.times = Some(times);
        if dates_alone {
            let name = columns.concat();
            found
                .notes
                .push(format!("column '{name}' has dates and no time of day: all images of a day count as taken at midnight"));
        }
    }
    if let Some(column) = usual(SEQUENCES).filter(|_| asked.events && asked.time.is_none()) {
        found.taken.sequences = Some(named(frame, grouped, &column)?);
        found.say(("sequence", "sequences"), &[column], String::new());
    }
    let (mut site, mut camera) = (of(&asked.site, "--site-column", SITES), of(&asked.camera, "--camera-column", CAMERAS));
    if site == camera {
        // One column is one thing: a site, unless it is named as the camera.
        if asked.camera.is_some() { site = None } else { camera = None }
    }
    if let Some(column) = site {
        found.taken.sites = Some(named(frame, grouped, &column)?);
        found.say(("site", "sites"), &[column], String::new());
    }
    if let Some(column) = camera {
        found.taken.cameras = Some(named(frame, grouped, &column)?);
        found.say(("camera", "cameras"), &[column], String::new());
    }
    Ok(found)
}

/// The names in a column, blank where a cell holds none: the `NA` of all images without a camera is no camera.
fn named(frame: &Frame, grouped: &ImageRows, column: &str) -> Result<Vec<String>, TableError> {
    let cells = grouped.cells(frame, column)?;
    Ok(cells.into_iter().map(|cell| if name::is_missing(&cell) { String::new() } else { cell }).collect())
}

/// The column of the first of some names that there is.
fn usual(frame: &Frame, image: Option<&str>, names: &[&str]) -> Option<String> {
    let written: Vec<&str> = frame.names().into_iter().filter(|name| frame.header && Some(*name) != image).collect();
    names.iter().find_map(|name| {
        let name = name.replace('_', "");
        written.iter().find(|written| squashed(written) == name).map(ToString::to_string)
    })
}

/// The column of times, or those of dates and of times of day.
fn time_columns(frame: &Frame, asked: &TakenColumns, usual: &dyn Fn(&[&str]) -> Option<String>) -> Option<Vec<String>> {
    if let Some(column) = &asked.time {
        let named = |column: &str| named_column(frame, column.trim(), "--time-column").ok();
        return named(column).map(|column| vec![column]).or_else(|| {
            let (date, time) = column.split_once('+')?;
            Some(vec![named(date)?, named(time)?])
        });
    }
    if !asked.events {
        return None;
    }
    let (date, of_day) = (usual(DATES), usual(TIMES_OF_DAY));
    let whole = usual(TIMES).filter(|column| Some(column) != date.as_ref() || of_day.is_none());
    match (whole, date, of_day) {
        (Some(whole), ..) => Some(vec![whole]),
        (None, Some(date), Some(of_day)) => Some(vec![date, of_day]),
        (None, Some(alone), None) | (None, None, Some(alone)) => Some(vec![alone]),
        (None, None, None) => None,
    }
}

/// The times of the images, how they were read, and whether they are dates alone.
fn times(
    frame: &Frame,
    grouped: &ImageRows,
    columns: &[String],
) -> Result<(Vec<Option<time::Instant>>, String, bool), TableError> {
    let read: Vec<Vec<String>> = columns.iter().map(|column| grouped.cells(frame, column)).collect::<Result<_, _>>()?;
    let cells: Vec<String> = match &read[..] {
        [dates, of_day] => dates.iter().zip(of_day).map(|(date, of_day)| together(date, of_day)).collect(),
        _ => read.into_iter().next().unwrap_or_default(),
    };
    let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
    match time::read(&texts) {
        Ok(time::Read { times, how, dates_alone }) => Ok((times, how, dates_alone)),
        Err(fault) => {
            let place = |image: usize| {
                let rows = &grouped.rows(image)[..1];
                format!("'{}' at {}", cells[image], frame.places(rows).concat())
            };
            let what = format!(
                "{} '{}': {}",
                if columns.len() > 1 { "columns" } else { "column" },
                columns.join("' and '"),
                said(&fault, place)
            );
            Err(TableError::Format { path: frame.path.clone(), line: None, what })
        }
    }
}

/// A date with the time of day beside it; a date that has one, or none beside it, stays as it is.
fn together(date: &str, of_day: &str) -> String {
    if date.is_empty() || of_day.is_empty() || date.matches(':').count() == 1 || date.contains(['T', ' ']) {
        return date.to_string();
    }
    format!("{date} {of_day}")
}

/// What is said of times that cannot be read.
fn said(fault: &TimeFault, place: impl Fn(usize) -> String) -> String {
    const REMEDY: &str = "write them as ISO 8601, 2021-05-03T14:22:10, or name another --time-column";
    match *fault {
        TimeFault::Unreadable { count, of, first } => {
            format!("{count} of {of} times cannot be read, the first {}; {REMEDY}", place(first))
        }
        TimeFault::Open { first } => format!(
            "no row tells whether the day or the month comes first: {} may be either, as may all others; {REMEDY}",
            place(first)
        ),
        TimeFault::Both { day, month } => {
            format!("the day comes first in {}, and the month in {}; {REMEDY}", place(day), place(month))
        }
        TimeFault::SomeOffsets { with, of, first } => format!(
            "{with} of {of} times name their offset from UTC, and others do not, the first {}: nobody can say how far they are \
             apart; write the offset into all of them, or into none",
            place(first)
        ),
    }
}

/// Refuses named columns that no table has.
pub(super) fn require_columns(taken: &Taken, frame: &Frame, asked: &TakenColumns) -> Result<(), TableError> {
    let missing = [
        (&asked.time, "--time-column", taken.times.is_none()),
        (&asked.camera, "--camera-column", taken.cameras.is_none()),
        (&asked.site, "--site-column", taken.sites.is_none()),
    ];
    for (column, option, is_missing) in missing {
        if let Some(column) = column.as_ref().filter(|_| is_missing) {
            named_column(frame, column, option)?;
        }
    }
    Ok(())
}

/// Refuses named columns that no table has, and tables that tell no events where events are asked for.
pub(super) fn require(taken: &Taken, frame: &Frame, asked: &TakenColumns) -> Result<(), TableError> {
    require_columns(taken, frame, asked)?;
    if !asked.events || taken.tells_events() {
        return Ok(());
    }
    let what = if taken.times.is_some() {
        "no image has a time: every cell of the column is blank, and events are made of times. Name another one with --time-column"
            .to_string()
    } else {
        format!(
            "no column is recognisable as the time of the images or as their sequence; columns: {}. Name it with --time-column \
             (date and time of day in two columns as 'date+time')",
            frame.listed()
        )
    };
    Err(TableError::Format { path: frame.path.clone(), line: None, what })
}

/// Gives images what a second table says of when and where, of which each has a row or none; what the first says stays.
pub(super) fn join(taken: &mut Taken, of_table: Taken, rows: &[Option<usize>]) {
    fn joined<T: Clone + Default>(own: &mut Option<Vec<T>>, other: Option<Vec<T>>, rows: &[Option<usize>]) {
        match (own.as_mut(), other) {
            (Some(own), _) => own.resize(rows.len(), T::default()),
            (None, Some(other)) => {
                let of = |row: &Option<usize>| row.map(|row| other[row].clone()).unwrap_or_default();
                *own = Some(rows.iter().map(of).collect());
            }
            (None, None) => {}
        }
    }
    joined(&mut taken.times, of_table.times, rows);
    joined(&mut taken.cameras, of_table.cameras, rows);
    joined(&mut taken.sites, of_table.sites, rows);
    joined(&mut taken.sequences, of_table.sequences, rows);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::io::Write;

    fn found(table: &str, asked: TakenColumns) -> Result<Found, TableError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "{table}").unwrap();
        let frame = Frame::from_path(file.path(), &[], None).unwrap();
        let grouped = ImageRows::of(&frame, Some("image")).unwrap();
        let options = TableOptions { taken: asked, ..TableOptions::default() };
        let found = read(&frame, &grouped, Some("image"), &options)?;
        require(&found.taken, &frame, &options.taken)?;
        Ok(found)
    }

    fn events() -> TakenColumns {
        TakenColumns { events: true, ..TakenColumns::default() }
    }

    fn times(found: &Found) -> Vec<String> {
        found.taken.times.iter().flatten().map(|time| time.map_or_else(String::new, |time| time.to_string())).collect()
    }

    #[test]
    fn columns_are_recognised_by_their_usual_names() {
        let table = "image,DateTimeOriginal,deploymentID,plot\n1,2021:05:03 14:22:10,d1,p\n2,,d2,q\n";
        let all = found(table, events()).unwrap();
        assert_eq!(times(&all), ["2021-05-03T14:22:10", ""]);
        assert_eq!(all.taken.cameras.as_deref(), Some(&["d1".to_string(), "d2".to_string()][..]));
        assert_eq!(all.taken.sites.as_deref(), Some(&["p".to_string(), "q".to_string()][..]));
        let roles: Vec<&str> = all.columns.iter().map(|column| column.role).collect();
        assert_eq!(roles, ["time", "site", "camera"]);
        let missing = found("image,timestamp,camera,site\n1,2021-05-03,NA,p\n2,2021-05-03,c,unknown\n", events()).unwrap();
        assert_eq!(missing.taken.cameras.as_deref(), Some(&[String::new(), "c".to_string()][..]));
        assert_eq!(missing.taken.sites.as_deref(), Some(&["p".to_string(), String::new()][..]));
        // Nobody asks for them: nothing is looked for.
        let none = found(table, TakenColumns::default()).unwrap();
        assert_eq!(none.taken, Taken::default());
    }

    #[test]
    fn date_and_time_of_day_may_stand_in_two_columns() {
        let table = "image,date,time\n1,03/05/2021,14:22\n2,25/05/2021,2:00 PM\n";
        assert_eq!(times(&found(table, events()).unwrap()), ["2021-05-03T14:22:00", "2021-05-25T14:00:00"]);
        let table = "image,eventDate,eventTime\n1,2021-05-03,14:22:10\n";
        assert_eq!(times(&found(table, events()).unwrap()), ["2021-05-03T14:22:10"]);
        let named = TakenColumns { time: Some("jour+heure du jour".to_string()), ..events() };
        let table = "image,jour,heure du jour\n1,2021-05-03,14:22:10\n";
        assert_eq!(times(&found(table, named).unwrap()), ["2021-05-03T14:22:10"]);
        let alone = found("image,date\n1,2021-05-03\n", events()).unwrap();
        assert!(alone.notes.iter().any(|note| note.contains("no time of day")), "{:?}", alone.notes);
    }

    #[test]
    fn sequences_are_events_unless_a_column_of_times_is_named() {
        let table = "image,seq_id,datetime,location\n1,s1,2021-05-03 14:22:10,7\n2,s1,2021-05-03 18:22:10,7\n";
        let taken = found(table, events()).unwrap().taken;
        assert_eq!(taken.sequences.as_deref(), Some(&["s1".to_string(), "s1".to_string()][..]));
        assert_eq!(taken.cameras.as_deref(), Some(&["7".to_string(), "7".to_string()][..]));
        let named = TakenColumns { time: Some("datetime".to_string()), ..events() };
        assert_eq!(found(table, named).unwrap().taken.sequences, None);
        // A sequence of a genome is the image: it is no event.
        assert!(found("image,seq\n1,ACGT\n", events()).is_err());
    }

    #[test]
    fn faulty_times_are_refused_with_the_first_of_them() {
        for (table, part) in [
            (
                "image,timestamp\n1,2021-05-03\n2,soon\n3,later\n",
                "column 'timestamp': 2 of 3 times cannot be read, the first 'soon' at line 3; write",
            ),
            ("image,timestamp\n1,03/05/2021\n2,04/05/2021\n", "'03/05/2021' at line 2 may be either"),
            (
                "image,timestamp\n1,13/05/2021\n2,05/13/2021\n",
                "the day comes first in '13/05/2021' at line 2, and the month in '05/13/2021' at line 3",
            ),
            (
                "image,timestamp\n1,2021-05-03T10:00Z\n2,2021-05-03T10:00\n",
                "1 of 2 times name their offset from UTC, and others do not, the first '2021-05-03T10:00' at line 3",
            ),
            ("image,timestamp,x\n1,,a\n2,,b\n", "no image has a time"),
            (
                "image,when\n1,2021-05-03\n",
                "no column is recognisable as the time of the images or as their sequence; columns: 'image', 'when'. Name it with --time-column",
            ),
        ] {
            let message = found(table, events()).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
        let named = TakenColumns { camera: Some("camra".to_string()), ..events() };
        let message = found("image,timestamp,camera\n1,2021-05-03,a\n", named).unwrap_err().to_string();
        assert!(message.contains("no column 'camra' (from --camera-column); did you mean 'camera'?"), "{message}");
    }

    #[test]
    fn instants_of_parquet_are_in_utc_whatever_their_zone() {
        use polars::prelude::{ChunkedArray, Int64Type, IntoColumn, ParquetWriter, TimeUnit, TimeZone, df};
        // Ten to two, 20 minutes later, and one that is not known.
        let mut table = df!("image" => ["1", "2", "3"]).unwrap();
        let instants = [Some(1_616_896_200_000), Some(1_616_897_400_000), None].into_iter().collect::<ChunkedArray<Int64Type>>();
        let zoned = instants.into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)).into_column();
        table.with_column(zoned.with_name("timestamp".into())).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        ParquetWriter::new(file.reopen().unwrap()).finish(&mut table).unwrap();
        let frame = Frame::from_path(file.path(), &[], None).unwrap();
        let grouped = ImageRows::of(&frame, Some("image")).unwrap();
        let found = read(&frame, &grouped, Some("image"), &TableOptions { taken: events(), ..TableOptions::default() }).unwrap();
        assert_eq!(times(&found), ["2021-03-28T01:50:00", "2021-03-28T02:10:00", ""]);
        assert!(found.notes.iter().any(|note| note.contains("by their offsets, in UTC")), "{:?}", found.notes);
    }

    #[test]
    fn a_second_table_fills_in_what_the_first_leaves_open() {
        let mut taken = Taken { cameras: Some(vec!["a".to_string()]), ..Taken::default() };
        let texts = |texts: [&str; 2]| Some(texts.map(str::to_string).to_vec());
        let other = Taken { cameras: texts(["x", "y"]), sites: texts(["p", "q"]), ..Taken::default() };
        join(&mut taken, other, &[Some(1), None]);
        assert_eq!(taken.cameras, texts(["a", ""]));
        assert_eq!(taken.sites, texts(["q", ""]));
    }
}
