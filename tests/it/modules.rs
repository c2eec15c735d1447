//! The library's own rules about its files.

use std::collections::BTreeMap;
use std::path::Path;

/// Modules of `lib.rs` in order.
fn modules() -> Vec<String> {
    let lib = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_string)).collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let order: BTreeMap<String, usize> = modules().into_iter().enumerate().map(|(index, name)| (name, index)).collect();
    let mut wrong = vec![];
    for entry in walkdir::WalkDir::new(&source).min_depth(1).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let relative = path.strip_prefix(&source).unwrap().to_path_buf();
        let module = relative.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_string();
        let Some(&place) = order.get(&module).filter(|_| path.extension().is_some_and(|extension| extension == "rs")) else {
            continue;
        };
        for used in std::fs::read_to_string(&path).unwrap().split("crate::").skip(1) {
            let name: String = used.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            if order.get(&name).is_some_and(|&other| other > place) {
                wrong.push(format!("{} uses {name}", relative.display()));
            }
        }
    }
    assert!(order.len() >= 5, "lib.rs was not understood");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn there_is_no_module_without_a_noun() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in walkdir::WalkDir::new(source) {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(!["utils.rs", "util.rs", "helpers.rs", "common.rs", "mod.rs"].contains(&name.as_str()), "{name}");
    }
}

#[test]
fn nothing_but_a_main_parses_a_command_line() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![];
    for entry in walkdir::WalkDir::new(&source).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let relative = path.strip_prefix(&source).unwrap().display().to_string();
        if path.extension().is_none_or(|extension| extension != "rs") || relative == "main.rs" || relative.starts_with("bin/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let parses = ["Cli::parse", "try_parse_from", "parse_from"].iter().any(|call| text.contains(call));
        if parses && relative != "cli.rs" {
            found.push(relative);
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
