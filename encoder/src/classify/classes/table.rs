//! Classes as a CSV: `index`, `class`, `taxon`.

use super::class::Class;
use nearmiss::numbers::counted::counted;

/// The classes, by their index, or else in the order of the rows.
pub(super) fn classes(text: &str) -> Result<Vec<Class>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| format!("no CSV: {error}"))?.clone();
    let column = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let (index, class, taxon) = (column("index"), column("class"), column("taxon"));
    if class.is_none() && taxon.is_none() {
        return Err(format!("no column 'class' or 'taxon'; columns: {}", header.iter().collect::<Vec<_>>().join(", ")));
    }
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|error| format!("no CSV: {error}"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or_default();
        let name = cell(class.or(taxon)).to_string();
        let taxon = Some(cell(taxon.or(class)).to_string()).filter(|taxon| !taxon.is_empty());
        rows.push((line, cell(index).to_string(), Class { name, taxon }));
    }
    if index.is_some() { in_order(rows) } else { Ok(rows.into_iter().map(|(.., class)| class).collect()) }
}

/// Classes by their index, each of 0 to the last once.
fn in_order(rows: Vec<(u64, String, Class)>) -> Result<Vec<Class>, String> {
    let count = rows.len();
    let last = count.saturating_sub(1);
    let rule = || format!("{} the indices 0 to {last}, each once", counted(count, "class has", "classes have"));
    let mut classes: Vec<Option<Class>> = vec![None; count];
    for (line, index, class) in rows {
        let place: usize = index.parse().map_err(|_| format!("index '{index}' of line {line} is no whole number"))?;
        let Some(room) = classes.get_mut(place) else {
            return Err(format!("index {place} of line {line} is none of 0 to {last}; {}", rule()));
        };
        if room.replace(class).is_some() {
            return Err(format!("index {place} of line {line} is there twice; {}", rule()));
        }
    }
    // As many classes as places, none twice: none is empty.
    Ok(classes.into_iter().flatten().collect())
}
