//! The rules of the house: rooms, who may use whom, and how long a file may be.
//!
//! Every module path of every file is read, public and private, `crate::`, `super::`, `self::` and children by name,
//! in `use` and in the middle of code, macros included; `#[cfg(test)]` modules are not.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates, by the folder of their sources.
const CRATES: [&str; 3] = ["src", "encoder/src", "jpeg/src"];
/// The most rooms of a crate.
const ROOMS: usize = 15;
/// The most lines of code in a file: neither blank nor comment.
const LINES: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The module path of a file from the root of its crate; `main` is a crate of its own.
type Module = Vec<String>;

/// The files of a crate by module path.
struct Crate {
    files: BTreeMap<Module, PathBuf>,
}

impl Crate {
    fn read(source: &Path) -> Crate {
        let mut files = BTreeMap::new();
        for path in rust_files(source) {
            let relative = path.strip_prefix(source).unwrap().with_extension("");
            let module: Module = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            match module.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["lib"] => files.insert(vec![], path),
                ["main"] | ["bin", ..] => None,
                _ => files.insert(module, path),
            };
        }
        Crate { files }
    }

    /// The rooms in the order of `lib.rs`.
    fn rooms(&self) -> Vec<String> {
        let lib = fs::read_to_string(&self.files[&vec![]]).unwrap();
        let line = |line: &str| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';').map(str::to_string);
        lib.lines().filter_map(line).collect()
    }

    /// The files that a file uses, with the path by which it does.
    fn used_by(&self, module: &Module) -> BTreeMap<Module, String> {
        let text = fs::read_to_string(&self.files[module]).unwrap();
        let mut paths = vec![];
        read_paths(text.parse().unwrap(), &mut paths);
        let mut used = BTreeMap::new();
        for path in paths {
            if let Some(other) = self.resolve(module, &path)
                && other != *module
                && !other.is_empty()
            {
                used.entry(other).or_insert_with(|| path.join("::"));
            }
        }
        used
    }

    /// The file that a path of a file leads to; `None` for one that leads out of the crate.
    fn resolve(&self, module: &Module, path: &[String]) -> Option<Module> {
        let full: Module = match path.first()?.as_str() {
            "crate" => path[1..].to_vec(),
            "self" => module.iter().chain(&path[1..]).cloned().collect(),
            "super" => {
                let up = path.iter().take_while(|part| *part == "super").count();
                module.iter().take(module.len().checked_sub(up)?).chain(&path[up..]).cloned().collect()
            }
            child => {
                let child: Module = module.iter().cloned().chain([child.to_string()]).collect();
                if !self.files.contains_key(&child) {
                    return None;
                }
                module.iter().chain(path).cloned().collect()
            }
        };
        (0..=full.len()).rev().map(|length| full[..length].to_vec()).find(|prefix| self.files.contains_key(prefix))
    }
}

/// Collects all paths of two parts or more, those of `use` trees taken apart.
fn read_paths(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(behind) = behind_tests(&tokens[at..]) {
            at += behind;
            continue;
        }
        match &tokens[at] {
            TokenTree::Ident(first) if !is_continued(&tokens[..at]) => {
                at += 1 + path_from(vec![first.to_string()], &tokens[at + 1..], paths);
            }
            TokenTree::Group(group) => {
                read_paths(group.stream(), paths);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads a path on from its first parts; returns how many tokens it took.
fn path_from(mut path: Vec<String>, tokens: &[TokenTree], paths: &mut Vec<Vec<String>>) -> usize {
    let mut at = 0;
    while is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1)) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(part)) => path.push(part.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for tree in inner.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')) {
                    if let [TokenTree::Ident(first), rest @ ..] = tree {
                        path_from(path.iter().cloned().chain([first.to_string()]).collect(), rest, paths);
                    }
                }
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    if path.len() > 1 {
        paths.push(path);
    }
    at
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

/// Whether what comes next stands behind `::` and so is no beginning of a path.
fn is_continued(before: &[TokenTree]) -> bool {
    matches!(before, [.., colon, other] if is_colon(Some(colon)) && is_colon(Some(other)))
}

/// The tokens of a `#[cfg(test)]` module, if one begins here.
fn behind_tests(tokens: &[TokenTree]) -> Option<usize> {
    let [TokenTree::Punct(hash), TokenTree::Group(attribute), rest @ ..] = tokens else { return None };
    if hash.as_char() != '#' || attribute.stream().to_string().replace(' ', "") != "cfg(test)" {
        return None;
    }
    let body = rest.iter().position(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace));
    let end = rest.iter().position(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
    let last = [body, end].into_iter().flatten().min()?;
    Some(2 + last + 1)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn crates() -> impl Iterator<Item = (&'static str, Crate)> {
    CRATES.iter().map(|source| (*source, Crate::read(&root().join(source))))
}

#[test]
fn a_crate_has_few_rooms_and_a_room_uses_only_rooms_above_it() {
    let mut wrong = vec![];
    for (source, library) in crates().filter(|(source, _)| *source != "jpeg/src") {
        let order: BTreeMap<String, usize> = library.rooms().into_iter().enumerate().map(|(index, room)| (room, index)).collect();
        assert!((5..=ROOMS).contains(&order.len()), "{source}: {order:?}");
        for module in library.files.keys().filter(|module| !module.is_empty()) {
            let place = order[&module[0]];
            for (other, path) in library.used_by(module).into_iter().filter(|(other, _)| order[&other[0]] > place) {
                wrong.push(format!("{source}/{}: {path} leads down to {}", module.join("/"), other.join("::")));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_two_files_use_each_other() {
    let mut wrong = vec![];
    for (source, library) in crates() {
        let used: BTreeMap<&Module, BTreeMap<Module, String>> =
            library.files.keys().filter(|module| !module.is_empty()).map(|module| (module, library.used_by(module))).collect();
        for (one, others) in &used {
            for (other, path) in others.iter().filter(|(other, _)| one < other) {
                if let Some(back) = used[other].get(*one) {
                    wrong.push(format!("{source}: {} ({path}) and {} ({back})", one.join("::"), other.join("::")));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{} pairs", wrong.len());
}

#[test]
fn paths_are_read_wherever_they_stand() {
    let text = r#"
        use super::{a::B, c::{self, D as E}};
        //! crate::comment::no
        #[cfg(test)]
        mod tests { use crate::test::no; }
        fn f(x: crate::g::H) -> self::i::J { format!("{}", child::k(crate::l::M::<crate::n::O>::new())) }
    "#;
    let mut paths = vec![];
    read_paths(text.replace("//!", "//").parse().unwrap(), &mut paths);
    let found: BTreeSet<String> = paths.iter().map(|path| path.join("::")).collect();
    let expected = ["super::a::B", "super::c::self", "super::c::D", "crate::g::H", "self::i::J", "child::k", "crate::l::M"];
    for path in expected {
        assert!(found.contains(path), "{path} is not in {found:?}");
    }
    assert!(found.iter().all(|path| !path.ends_with("no")), "{found:?}");
}

#[test]
fn the_scorer_does_not_reach_libtorch() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    assert!(dependencies.contains("polars") && !dependencies.contains("tch") && !dependencies.contains("nearmiss-encoder"));
    let reaching: Vec<PathBuf> = rust_files(&root().join("src"))
        .into_iter()
        .filter(|path| {
            let mut paths = vec![];
            read_paths(fs::read_to_string(path).unwrap().parse().unwrap(), &mut paths);
            paths.iter().any(|path| path[0] == "tch" || path[0] == "nearmiss_encoder")
        })
        .collect();
    assert_eq!(reaching, Vec::<PathBuf>::new());
}

#[test]
fn there_is_no_module_without_a_noun() {
    for path in CRATES.iter().flat_map(|source| rust_files(&root().join(source))) {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(!["utils.rs", "util.rs", "helpers.rs", "common.rs", "mod.rs"].contains(&name.as_ref()), "{}", path.display());
    }
}

#[test]
fn no_file_is_longer_than_a_reader_has_breath() {
    let folders = ["src", "encoder", "examples", "jpeg", "tests", "benches", "fuzz/fuzz_targets"];
    let mut long = vec![];
    for path in folders.iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        if code > LINES {
            long.push(format!("{}: {code} lines of code", path.display()));
        }
    }
    assert_eq!(long, Vec::<String>::new());
}

/// The operation that is the whole program, for its own `main` and for Python.
const WHOLE_PROGRAM: &str = "src/commands/program.rs";

#[test]
fn nothing_but_a_main_and_the_whole_program_parses_a_command_line() {
    let mut found = vec![];
    for path in CRATES.iter().flat_map(|source| rust_files(&root().join(source))) {
        let text = fs::read_to_string(&path).unwrap();
        // Options test themselves.
        let code = text.split("#[cfg(test)]").next().unwrap();
        let parses = ["Cli::parse", "try_parse_from", "parse_from"].iter().any(|call| code.contains(call));
        if parses && path.file_name().is_none_or(|name| name != "main.rs") && path != root().join(WHOLE_PROGRAM) {
            found.push(path);
        }
    }
    assert_eq!(found, Vec::<PathBuf>::new());
}
