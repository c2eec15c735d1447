//! Where a report goes that no `-o` names.

use super::console::Console;
use crate::report::folder;
use std::path::{Path, PathBuf};

/// `reports/NAME`; where that is the report of other files, `reports/PARENT-NAME` after the folder of the first file, and
/// where that is one, too, `reports/NAME-2` and so on. That it is not the first is said.
pub(super) fn default_output(inputs: &[PathBuf], name: &str, console: Console) -> PathBuf {
    let reports = Path::new("reports");
    let plain = reports.join(name);
    let of_parent = inputs.first().and_then(|input| parent(input)).map(|parent| reports.join(format!("{parent}-{name}")));
    let numbered = (2_u32..).map(|number| reports.join(format!("{name}-{number}")));
    let mut folders = std::iter::once(plain.clone()).chain(of_parent).chain(numbered);
    let output = folders.find(|folder| is_free(folder, inputs)).unwrap_or_else(|| plain.clone());
    if output != plain {
        let others = folder::inputs(&plain).unwrap_or_default().join("', '");
        console.remark(format!(
            "note: {} is the report of '{others}', so this one goes to {}; -o names another folder",
            plain.display(),
            output.display()
        ));
    }
    output
}

/// The name of the folder that a file is in.
fn parent(input: &Path) -> Option<String> {
    let whole = std::path::absolute(input).ok()?;
    Some(whole.parent()?.file_name()?.to_string_lossy().into_owned())
}

/// Whether a folder is no report of other files.
fn is_free(folder: &Path, inputs: &[PathBuf]) -> bool {
    folder::inputs(folder).is_none_or(|others| {
        others.len() == inputs.len() && others.iter().zip(inputs).all(|(other, input)| is_same(Path::new(other), input))
    })
}

fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
    // What is no text in a name is not kept in the list.
    one == other || one.display().to_string() == other.display().to_string() || whole(one) == whole(other)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_one_whichever_way_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
        std::fs::write(&file, "").unwrap();
        assert!(is_same(&file, &folder.path().join("./a.csv")) && !is_same(&file, &other));
        assert_eq!(parent(&file), folder.path().file_name().map(|name| name.to_string_lossy().into_owned()));
        assert!(is_free(folder.path(), &[file]), "a folder that is no report");
    }
}
