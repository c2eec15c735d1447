//! What a file with a network is, by its bytes and its name.

use super::error::ClassifierError;
use nearmiss::files::archive::Archive;
use std::io::Read;
use std::path::Path;

/// A network in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// What `torch.jit.save` writes: a zip with code and constants.
    TorchScript,
    /// A graph of ONNX.
    Onnx,
}

/// Extensions that TorchScript is known by; `.pt` and `.pth` may be weights without a network as well.
const OF_TORCHSCRIPT: [&str; 3] = ["torchscript", "ts", "jit"];

impl FileKind {
    /// What a file is; `None` where it is no network in one file: a folder, weights beside a configuration, a name that is
    /// none of a file here.
    ///
    /// # Errors
    ///
    /// [`ClassifierError`] for a file that is called a network and is none.
    pub fn of(path: &Path) -> Result<Option<FileKind>, ClassifierError> {
        if !path.is_file() {
            return Ok(None);
        }
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
        if extension == "onnx" {
            return Ok(Some(FileKind::Onnx));
        }
        if is_torchscript(path) {
            return Ok(Some(FileKind::TorchScript));
        }
        if OF_TORCHSCRIPT.contains(&extension.as_str()) {
            let what = "no TorchScript archive: it has no constants.pkl; write the network with \
                        torch.jit.trace(network.eval(), pixels).save(FILE)";
            return Err(ClassifierError::of_file(path, what));
        }
        Ok(None)
    }
}

/// Whether a file is a zip with TorchScript's table of constants, which weights that `torch.save` wrote do not have.
fn is_torchscript(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = nearmiss::files::regular_file::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok()
        && magic == *b"PK\x03\x04"
        && Archive::open(path).is_ok_and(|archive| archive.members().iter().any(|member| member.file_name() == "constants.pkl"))
}

/// What a file of weights is told to become, where a network was asked for.
pub(crate) const WEIGHTS_ALONE: &str = "holds weights without a network (a state dictionary); write the network with \
     torch.jit.trace(network.eval(), pixels).save(FILE), or export it to ONNX";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::io::Write;

    #[test]
    fn archives_are_told_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let zipped = |name: &str, members: &[&str]| {
            let path = folder.path().join(name);
            let mut writer = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
            for member in members {
                writer.start_file(*member, zip::write::FileOptions::default()).unwrap();
                writer.write_all(b"bytes").unwrap();
            }
            writer.finish().unwrap();
            path
        };
        let script = zipped("a.pt", &["a/data.pkl", "a/constants.pkl", "a/code/__torch__.py"]);
        let weights = zipped("b.pt", &["b/data.pkl", "b/data/0"]);
        let misnamed = zipped("b.torchscript", &["b/data.pkl", "b/data/0"]);
        let onnx = folder.path().join("c.ONNX");
        std::fs::write(&onnx, b"\x08\x07").unwrap();
        assert_eq!(FileKind::of(&script).unwrap(), Some(FileKind::TorchScript));
        assert_eq!(FileKind::of(&weights).unwrap(), None);
        assert_eq!(FileKind::of(&onnx).unwrap(), Some(FileKind::Onnx));
        assert_eq!(FileKind::of(folder.path()).unwrap(), None);
        let refused = FileKind::of(&misnamed).unwrap_err().to_string();
        assert!(refused.contains("no TorchScript archive: it has no constants.pkl"), "{refused}");
    }
}
