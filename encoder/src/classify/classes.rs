//! What the outputs of a classifier are called, and which taxa they are, in the order of the outputs.

mod class;
mod json;
mod table;

pub use class::{Class, Classes, ClassesError};

use std::path::Path;

/// The longest file of classes that is read, in bytes.
const LONGEST: usize = 64 << 20;

impl Classes {
    /// Reads a file: CSV or JSON by its name, else a class a line.
    ///
    /// # Errors
    ///
    /// [`ClassesError`]: unreadable, no class, an order that cannot be told.
    pub fn read(path: &Path) -> Result<Classes, ClassesError> {
        let fault = |what: String| ClassesError { path: path.to_path_buf(), what };
        let bytes = nearmiss::files::regular_file::read(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
        if bytes.len() > LONGEST {
            return Err(fault(format!("{} bytes are too many for a file of classes", bytes.len())));
        }
        let text = String::from_utf8(bytes).map_err(|_| fault("no text in UTF-8; save it as UTF-8".to_string()))?;
        let text = text.trim_start_matches('\u{feff}');
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
        let read = match extension.as_str() {
            "csv" => table::classes(text).map(|classes| Classes { classes, notes: vec![] }),
            "json" => json::classes(text),
            _ => lines(text).map(|classes| Classes { classes, notes: vec![] }),
        };
        let read = read.map_err(fault)?;
        if read.classes.is_empty() { Err(fault("no class in it".to_string())) } else { Ok(read) }
    }
}

/// A class a line.
fn lines(text: &str) -> Result<Vec<Class>, String> {
    let text = text.trim_end();
    let blank = text.lines().position(|line| line.trim().is_empty());
    match blank {
        Some(line) if !text.is_empty() => Err(format!(
            "line {} is blank, and every line is an output; a class that is no taxon stands in a CSV of class and taxon, with an \
             empty taxon",
            line + 1
        )),
        _ => Ok(text.lines().map(Class::named).collect()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::collections::BTreeMap;

    /// Name and taxon of each class.
    fn read(name: &str, text: &str) -> Result<Vec<(String, Option<String>)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let read = Classes::read(&path).map_err(|error| error.what)?;
        Ok(read.classes.into_iter().map(|class| (class.name, class.taxon)).collect())
    }

    fn taxa(name: &str, text: &str) -> Vec<String> {
        read(name, text).unwrap().into_iter().map(|(_, taxon)| taxon.unwrap_or_default()).collect()
    }

    #[test]
    fn lines_are_outputs() {
        assert_eq!(
            taxa("classes.txt", "\u{feff}Apis mellifera\r\nAnimalia;Bombus\n 1035208 \n\n"),
            ["Apis mellifera", "Animalia;Bombus", "1035208"]
        );
        let refused = read("classes.txt", "Apis mellifera\n\nBombus\n").unwrap_err();
        assert!(refused.starts_with("line 2 is blank, and every line is an output"), "{refused}");
        assert_eq!(read("classes.txt", " \n").unwrap_err(), "no class in it");
    }

    #[test]
    fn a_table_says_which_class_is_which_taxon() {
        let table = "index,class,taxon\n1,teddy,\n0,tabby,Felis catus\n2,lynx,Lynx\n";
        let expected = [("tabby", Some("Felis catus")), ("teddy", None), ("lynx", Some("Lynx"))];
        assert_eq!(read("a.csv", table).unwrap(), expected.map(|(name, taxon)| (name.to_string(), taxon.map(str::to_string))));
        // Without an index in the order of the rows; without a taxon a class is called as its taxon.
        assert_eq!(taxa("a.csv", "Class\nFelis catus\nLynx\n"), ["Felis catus", "Lynx"]);
        assert_eq!(taxa("a.csv", "taxon\nFelis catus\nLynx\n"), ["Felis catus", "Lynx"]);
        let refused = |table: &str| read("a.csv", table).unwrap_err();
        assert_eq!(
            refused("index,class\n0,a\n2,b\n"),
            "index 2 of line 3 is none of 0 to 1; 2 classes have the indices 0 to 1, each once"
        );
        assert_eq!(
            refused("index,class\n0,a\n0,b\n"),
            "index 0 of line 3 is there twice; 2 classes have the indices 0 to 1, each once"
        );
        assert_eq!(refused("name\nFelis catus\n"), "no column 'class' or 'taxon'; columns: name");
        assert_eq!(refused("index,class\none,a\n"), "index 'one' of line 2 is no whole number");
    }

    #[test]
    fn json_comes_in_the_shapes_that_programs_write() {
        for text in [
            r#"["Felis catus", "Lynx lynx"]"#,
            r#"{"0": "Felis catus", "1": "Lynx lynx"}"#,
            r#"{"Lynx lynx": 1, "Felis catus": 0}"#,
            r#"{"model_type": "vit", "id2label": {"1": "Lynx lynx", "0": "Felis catus"}}"#,
            r#"{"class_to_idx": {"Felis catus": 0, "Lynx lynx": 1}}"#,
            r#"{"label_names": ["Felis catus", "Lynx lynx"], "num_classes": 2}"#,
            r#"{"0": ["n02124075", "Felis catus"], "1": ["n02127052", "Lynx lynx"]}"#,
        ] {
            assert_eq!(taxa("a.json", text), ["Felis catus", "Lynx lynx"], "{text}");
        }
        assert_eq!(read("a.json", r#"["Felis catus", null]"#).unwrap()[1], (String::new(), None));
    }

    #[test]
    fn ids_of_a_data_set_stand_in_the_order_of_its_folders() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("species_id_to_name.json");
        std::fs::write(&path, r#"{"9": "Lynx lynx", "1355868": "Felis catus"}"#).unwrap();
        let read = Classes::read(&path).unwrap();
        // As texts: "1355868" comes before "9".
        assert_eq!(read.classes[0].name, "Felis catus");
        assert!(
            read.notes[0].starts_with("the ids of classes are not 0 to 1; they are taken in the order of their texts"),
            "{:?}",
            read.notes
        );
    }

    #[test]
    fn json_of_another_shape_is_refused_in_a_sentence() {
        let refused = |text: &str| read("a.json", text).unwrap_err();
        let from_one = |last: u32| serde_json::json!((1..=last).map(|id| (id.to_string(), "Lynx")).collect::<BTreeMap<_, _>>());
        assert!(refused(&from_one(10).to_string()).starts_with("the ids of classes are 1 to 10, and nothing says whether"));
        assert_eq!(taxa("a.json", &from_one(9).to_string()).len(), 9);
        assert_eq!(refused(r#"{"Felis catus": 0, "Lynx lynx": 2}"#), "index 2 of 'Lynx lynx' is none of 0 to 1, each once");
        assert_eq!(refused(r#"{"Felis catus": 0, "Lynx lynx": 0}"#), "index 0 of 'Lynx lynx' is there twice");
        assert!(refused(r#"{"a": true}"#).starts_with("no list of names, and no object of indices and names"));
        assert!(refused("[1, 2]").starts_with("class 0 is 1, no name"));
        assert!(refused("{").starts_with("no JSON: "));
    }
}
