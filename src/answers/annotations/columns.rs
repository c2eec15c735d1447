//! Which column of a table of annotations is what.

use super::error::AnnotationsError;
use polars::frame::DataFrame;
use std::path::Path;

/// A column that a table of annotations has, and how it is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    /// What it is, for messages.
    pub role: &'static str,
    /// The option that names it.
    pub option: &'static str,
    /// What it is usually called, in small letters and digits alone, best first.
    pub usual: &'static [&'static str],
}

pub(super) const IMAGE: Sought = Sought {
    role: "image",
    option: "--image-column",
    usual: &[
        "image",
        "imagepath",
        "imagefile",
        "imagename",
        "imageid",
        "filepath",
        "filename",
        "file",
        "path",
        "photo",
        "photoid",
        "picture",
        "img",
        "mediaid",
        "media",
        "subject",
        "subjectid",
        "subjectids",
        "item",
        "itemid",
        "task",
        "taskid",
        "unit",
        "objectid",
        "occurrenceid",
        "url",
        "imageurl",
        "imagen",
        "fichier",
        "archivo",
    ],
};

pub(super) const ANNOTATOR: Sought = Sought {
    role: "annotator",
    option: "--annotator",
    usual: &[
        "annotator",
        "annotatorid",
        "annotatorname",
        "rater",
        "raterid",
        "coder",
        "expert",
        "expertid",
        "worker",
        "workerid",
        "labeler",
        "labeller",
        "identifiedby",
        "classifiedby",
        "determinedby",
        "identifiedbyid",
        "user",
        "userid",
        "username",
        "userlogin",
        "observer",
        "observerid",
        "reader",
        "judge",
        "identifier",
        "annotateur",
        "observateur",
        "determinateur",
        "anotador",
        "observador",
    ],
};

pub(super) const LABEL: Sought = Sought {
    role: "label",
    option: "--label-column",
    usual: &[
        "label",
        "taxon",
        "taxonname",
        "species",
        "scientificname",
        "speciesname",
        "truth",
        "annotation",
        "identification",
        "classification",
        "answer",
        "choice",
        "espece",
        "especie",
        "etiquette",
        "nomscientifique",
        "nombrecientifico",
        "name",
    ],
};

/// What images of one individual or one moment share.
pub(super) const OBSERVATION: [&str; 6] = ["observation", "observationid", "individual", "sequenceid", "eventid", "burst"];

/// The column that is named, or the one with the best usual name.
///
/// # Errors
///
/// A name that no column has; no column, or several, of a usual name.
pub(super) fn find(path: &Path, frame: &DataFrame, named: Option<&str>, sought: Sought) -> Result<String, AnnotationsError> {
    let Sought { role, option, usual } = sought;
    if let Some(named) = named {
        return check(path, frame, named, option);
    }
    let all = names(frame);
    for word in usual {
        let candidates: Vec<&String> = all.iter().filter(|name| plain(name) == *word).collect();
        match &candidates[..] {
            [] => {}
            [one] => return Ok((*one).clone()),
            several => {
                let candidates = several.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
                return Err(AnnotationsError::SeveralColumns { path: path.to_path_buf(), role, candidates, option });
            }
        }
    }
    Err(AnnotationsError::NoColumn { path: path.to_path_buf(), role, option, columns: listed(frame) })
}

/// A column of this very name.
///
/// # Errors
///
/// There is none.
pub(super) fn check(path: &Path, frame: &DataFrame, named: &str, option: &'static str) -> Result<String, AnnotationsError> {
    if names(frame).iter().any(|name| name == named) {
        return Ok(named.to_string());
    }
    let (path, column) = (path.to_path_buf(), named.to_string());
    Err(AnnotationsError::NoSuchColumn { path, column, option, columns: listed(frame) })
}

/// The first column of one of some usual names.
pub(super) fn any_of(frame: &DataFrame, usual: &[&str]) -> Option<String> {
    let all = names(frame);
    usual.iter().find_map(|word| all.iter().find(|name| plain(name) == *word).cloned())
}

fn names(frame: &DataFrame) -> Vec<String> {
    frame.columns().iter().map(|column| column.name().to_string()).collect()
}

fn listed(frame: &DataFrame) -> String {
    names(frame).join(", ")
}

/// A name in small letters and digits alone: `identified_by` and `identifiedBy` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use polars::prelude::df;

    #[test]
    fn columns_are_known_by_their_usual_names_or_named() {
        let frame = df!("Photo ID" => ["1"], "identifiedBy" => ["x"], "species" => ["Felis catus"], "name" => ["a"]).unwrap();
        let path = Path::new("a.csv");
        assert_eq!(find(path, &frame, None, IMAGE).unwrap(), "Photo ID");
        assert_eq!(find(path, &frame, None, ANNOTATOR).unwrap(), "identifiedBy");
        assert_eq!(find(path, &frame, None, LABEL).unwrap(), "species");
        assert_eq!(find(path, &frame, Some("name"), LABEL).unwrap(), "name");
        let message = find(path, &frame, Some("who"), ANNOTATOR).unwrap_err().to_string();
        assert_eq!(message, "a.csv: no column 'who' (from --annotator); columns: Photo ID, identifiedBy, species, name");
        let frame = df!("image" => ["1"], "user" => ["x"], "User" => ["y"]).unwrap();
        let message = find(path, &frame, None, ANNOTATOR).unwrap_err().to_string();
        assert!(message.contains("several columns could be the annotator: 'user', 'User'"), "{message}");
        assert!(find(path, &frame, None, LABEL).unwrap_err().to_string().contains("Name it with --label-column"));
    }
}
