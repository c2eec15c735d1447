//! What the fuzz targets share: the readers of `tests/attack`, the memory that an input takes, and the seeds.

#[path = "../tests/attack/mod.rs"]
mod attack;
mod memory;

use attack::{Reader, readers};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A target: its reader and a folder for files, in memory where the system has one for that.
struct Target {
    reader: Reader,
    folder: PathBuf,
}

static TARGET: OnceLock<Target> = OnceLock::new();

/// Chooses the reader; where `NEARMISS_SEEDS` names a folder, writes what the fuzzer starts from and ends.
pub fn begin(name: &str) {
    let Some(reader) = readers().into_iter().find(|reader| reader.name == name) else {
        panic!("no reader is called '{name}'");
    };
    if let Some(folder) = std::env::var_os("NEARMISS_SEEDS") {
        if let Err(error) = write_seeds(&reader, Path::new(&folder)) {
            panic!("the seeds cannot be written: {error}");
        }
        std::process::exit(0);
    }
    // libFuzzer's own hook ends the program at every panic; those of the Parquet decoder are caught.
    nearmiss::files::parquet::silence_decoder();
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let folder = parent.join(format!("nearmiss-fuzz-{}", std::process::id()));
    assert!(std::fs::create_dir_all(&folder).is_ok(), "{} cannot be made", folder.display());
    assert!(TARGET.set(Target { reader, folder }).is_ok(), "begun twice");
}

/// `NAME/…` seeds, `NAME.dict` words of the grammar, `NAME.flags` what libFuzzer is told.
fn write_seeds(reader: &Reader, folder: &Path) -> std::io::Result<()> {
    let seeds = folder.join(reader.name);
    std::fs::create_dir_all(&seeds)?;
    for (number, bytes) in (reader.seeds)().iter().enumerate() {
        std::fs::write(seeds.join(format!("{number:03}")), bytes)?;
    }
    let words: String = reader.words.iter().map(|word| format!("\"{word}\"\n")).collect();
    std::fs::write(folder.join(format!("{}.dict", reader.name)), words)?;
    std::fs::write(folder.join(format!("{}.flags", reader.name)), format!("-max_len={}\n", reader.longest))
}

/// Lets the reader read the bytes and holds it to the memory that it states.
pub fn attack(bytes: &[u8]) {
    let Some(Target { reader, folder }) = TARGET.get() else { panic!("not begun") };
    let most = reader.base + reader.multiple * bytes.len();
    memory::watch(most, || (reader.read)(folder, bytes));
}

/// A fuzz target of the reader of a name.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(init: $crate::begin($name), |bytes: &[u8]| { $crate::attack(bytes) });
    };
}
