//! The file of a fused run.

use crate::report::overwrite::Overwrite;
use crate::spaces::retrieval::{Documents, Run};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Why a fused run cannot be written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum FusedError {
    #[error("{}: this is a folder; with --fuse, -o names the file of the fused run", path.display())]
    Folder { path: PathBuf },
    #[error("{}: the file is there already; give another one with -o, or --force", path.display())]
    Exists { path: PathBuf },
    #[error("{}: cannot write: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
}

/// Writes a run whole: JSON as ranx, or TREC lines.
pub(super) fn write_run(path: &Path, run: &Run, documents: &Documents, overwrite: Overwrite) -> Result<(), FusedError> {
    if path.is_dir() {
        return Err(FusedError::Folder { path: path.to_path_buf() });
    }
    if path.exists() && overwrite != Overwrite::Anything {
        return Err(FusedError::Exists { path: path.to_path_buf() });
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(parent)?;
        let mut file = crate::files::output::draft::file_in(parent)?;
        let mut out = BufWriter::new(&mut file);
        if path.extension().is_some_and(|extension| extension == "json") {
            run.write_json(documents, &mut out)?;
        } else {
            run.write_trec(documents, &mut out)?;
        }
        out.flush()?;
        drop(out);
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| FusedError::File { path: path.to_path_buf(), source })
}
