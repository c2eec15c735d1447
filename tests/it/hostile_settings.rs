//! Suites, gates and lists of names that no one would write in good faith.

use nearmiss::scores::gate::Gate;
use nearmiss::scores::suite::Suite;
use std::fs;
use std::path::Path;

const SUITE: &str = "title = 't'\n[[model]]\nname = 'm'\nmodel = 'atlas'\n[[recipe]]\nname = 'r'\nrecipe = 'single'\n";

fn suite(name: &str) -> Result<Suite, String> {
    let dataset =
        format!("[[dataset]]\nname = '{name}'\ntitle = 't'\npath = 'p'\ntaxonomy = 'labels'\nfetch = 'f'\nlicence = 'l'\n");
    Suite::parse(&format!("{SUITE}{dataset}"), Path::new("s.toml")).map_err(|error| error.to_string())
}

#[test]
fn names_of_data_sets_are_words_for_folders_inside() {
    assert!(suite("a-b_c.d").is_ok(), "{:?}", suite("a-b_c.d"));
    for name in ["..", ".", ".hidden", "a/b", "/etc", "", "a b"] {
        assert!(suite(name).unwrap_err().contains("is no word for a folder"), "{name}");
    }
    for (from, to) in [("name = 'm'", "name = '..'"), ("name = 'r'", "name = '.'"), ("name = 'm'", "name = '///'")] {
        let text = SUITE.replace(from, to)
            + "[[dataset]]\nname = 'd'\ntitle = 't'\npath = 'p'\ntaxonomy = 'labels'\nfetch = 'f'\nlicence = 'l'\n";
        let sentence = Suite::parse(&text, Path::new("s.toml")).unwrap_err().to_string();
        assert!(sentence.contains("of a model or recipe is no word for a folder"), "{sentence}");
    }
}

#[test]
fn toml_of_any_depth_is_an_error_and_not_the_end_of_the_stack() {
    let deep = 200_000;
    let texts = [
        format!("{}a = 1", "a.".repeat(deep)),
        format!("a = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}", "{a=".repeat(deep)),
        format!("[{}a]", "a.".repeat(deep)),
        format!("[gates]\n{}a = '>= 0.5'", "a.".repeat(deep)),
        "title = ".to_string() + &"9".repeat(deep),
        "\u{0}".repeat(deep),
        "title = \"\"\"".to_string() + &"x".repeat(deep),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("g.toml");
    for text in texts {
        assert!(Suite::parse(&text, Path::new("s.toml")).is_err());
        fs::write(&path, &text).unwrap();
        assert!(Gate::read(&path).is_err());
        assert!(Gate::read_measures(&path).is_err());
    }
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(Gate::read(&path).is_err());
}

#[test]
fn lists_of_names_are_text() {
    use nearmiss::taxonomy::name_list::NameList;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.txt");
    let mut list = NameList::default();
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(list.read(&path, None).unwrap_err().to_string().contains("not UTF-8 text"));
    fs::write(&path, "").unwrap();
    assert!(list.read(&path, None).is_ok() && list.names.is_empty());
    fs::write(&path, "species\n\"never closed\nb\nc\n").unwrap();
    assert!(list.read(&path, None).is_ok());
    fs::write(&path, "x".repeat(10_000_000)).unwrap();
    assert!(list.read(&path, None).is_ok());
    // Nothing is compared with a name of ten million letters.
    let taxonomy = nearmiss::taxonomy::Taxonomy::named("atlas").unwrap();
    assert!(taxonomy.nearest_names(&list.names.last().unwrap().name, 3).is_empty());
}
