//! What packages install beside the program: scripts by which shells complete, and manual pages.

use crate::program::nearmiss;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::tempdir;

/// The shells, and how each is asked whether it can read a script.
const SHELLS: [(&str, &[&str]); 5] = [
    ("bash", &["bash", "-n"]),
    ("zsh", &["zsh", "-n"]),
    ("fish", &["fish", "--no-execute"]),
    ("powershell", &[]),
    ("elvish", &["elvish", "-compileonly"]),
];

/// Whether there is such a program; that there is none is said.
fn is_there(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        println!("skipped: there is no {program} here");
    }
    is_there
}

/// The commands that the help of a command names.
fn commands(above: &[&str]) -> Vec<String> {
    let help = nearmiss(Path::new("."), &[above, &["--help"]].concat()).stdout;
    let list = help.split("Commands:\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap();
    // What goes on on a second line stands further right.
    let names = list.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let names: Vec<String> = names.filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect();
    names.into_iter().filter(|name| name != "help").collect()
}

#[test]
fn every_shell_gets_a_script_that_it_can_read() {
    let folder = tempdir().unwrap();
    for (shell, check) in SHELLS {
        let outcome = nearmiss(folder.path(), &["completions", shell]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{shell}");
        for word in ["retrieve", "resolve", "predicted-column"] {
            assert!(outcome.stdout.contains(word), "{shell}: nothing about {word}");
        }
        let Some((program, options)) = check.split_first().filter(|(program, _)| is_there(program)) else { continue };
        let script = folder.path().join(shell);
        fs::write(&script, &outcome.stdout).unwrap();
        let read = Command::new(program).args(options).arg(&script).output().unwrap();
        assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr));
    }
    let refused = nearmiss(folder.path(), &["completions", "tcsh"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("bash, elvish, fish, powershell, zsh"), "{refused:?}");
}

/// What bash offers behind these words, the last of which is begun.
fn offered(folder: &Path, words: &[&str]) -> BTreeSet<String> {
    let script = "source completions; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
                  _nearmiss \"$1\" \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
                  printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    bash.current_dir(folder).args(["--norc", "-c", script, "bash"]).args(words);
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
}

#[test]
fn bash_completes_commands_options_and_their_words() {
    if !is_there("bash") {
        return;
    }
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("completions"), nearmiss(folder.path(), &["completions", "bash"]).stdout).unwrap();
    let is = |words: &[&str], expected: &[&str]| {
        assert_eq!(offered(folder.path(), words), expected.iter().map(|word| (*word).to_string()).collect(), "{words:?}");
    };
    let first = offered(folder.path(), &["nearmiss", ""]);
    let all = commands(&[]);
    assert!(all.len() > 10 && all.iter().all(|command| first.contains(command)), "{all:?} in {first:?}");
    is(&["nearmiss", "re"], &["report", "retrieve"]);
    is(&["nearmiss", "taxonomy", "s"], &["show"]);
    is(&["nearmiss", "report", "--tru"], &["--truth", "--truth-column", "--truth-image-column"]);
    is(&["nearmiss", "report", "--blank-truth", ""], &["leave-out", "taxon", "wrong"]);
}

/// The pages that there must be: one for each command, those below `taxonomy` included.
fn expected_pages() -> BTreeSet<String> {
    let mut pages = BTreeSet::from(["nearmiss.1".to_string()]);
    for command in commands(&[]) {
        pages.insert(format!("nearmiss-{command}.1"));
        pages.extend(commands(&[&command]).iter().map(|below| format!("nearmiss-{command}-{below}.1")));
    }
    pages
}

#[test]
fn every_command_has_a_manual_page_with_its_options_and_examples() {
    let folder = tempdir().unwrap();
    let outcome = nearmiss(folder.path(), &["man", "-o", "share/man1"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let entries = fs::read_dir(folder.path().join("share/man1")).unwrap();
    let pages: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(pages, expected_pages());
    assert_eq!(outcome.stdout, format!("{} pages in share/man1\n", pages.len()));
    let report = fs::read_to_string(folder.path().join("share/man1/nearmiss-report.1")).unwrap();
    let title = format!(".TH nearmiss-report 1 \" \" \"nearmiss {}\" \"User Commands\"\n", env!("CARGO_PKG_VERSION"));
    for part in [title.as_str(), "\n\\fB\\-\\-predicted\\-column\\fR", "\n.SH \"READING TABLES\"\n", "\n.SH EXAMPLES\n.nf\n"] {
        assert!(report.contains(part), "'{part}' is not in:\n{report}");
    }
    let own = fs::read_to_string(folder.path().join("share/man1/nearmiss.1")).unwrap();
    assert_eq!(nearmiss(folder.path(), &["man"]).stdout.trim_end(), own.trim_end());
}

#[test]
fn manual_pages_are_set_without_a_warning() {
    if !is_there("groff") {
        return;
    }
    let folder = tempdir().unwrap();
    assert_eq!(nearmiss(folder.path(), &["man", "-o", "."]).code, 0);
    for page in expected_pages() {
        let mut groff = Command::new("groff");
        groff.current_dir(folder.path()).args(["-k", "-man", "-Tutf8", "-ww", "-P-cbou", &page]);
        let output = groff.env("LC_ALL", "C").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let warnings = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && warnings.is_empty(), "{page}: {warnings}");
        assert!(text.contains("\nSYNOPSIS\n") && text.contains("User Commands"), "{page}: {text}");
        // An arrow that was no arrow to groff would be three letters.
        assert!(page != "nearmiss-report.1" || text.contains('→'), "{text}");
    }
}
