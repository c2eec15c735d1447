//! What is left of a run that was interrupted, killed, or cut off by a power cut.

use crate::classify::{CLASSIFY, classify};
use crate::program::{command, nearmiss, refusal};
use nearmiss::runs::directory::record::Record;
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const TABLES: [&str; 3] = ["images.parquet", "predictions.parquet", "labels.parquet"];

pub(crate) fn start(folder: &Path, run: &str) -> Child {
    let mut child = command(folder);
    child.args(CLASSIFY).arg(run).stdout(Stdio::null()).stderr(Stdio::piped());
    child.spawn().unwrap()
}

pub(crate) fn photograph(folder: &Path, number: usize, shade: u8) {
    let path = folder.join(format!("photos/Apis_mellifera/{number:04}.bmp"));
    let at = |factor: usize| (number * factor % 251) as u8 ^ shade;
    let pixel = |x: u32, y: u32| image::Rgb([at(1), at(7) ^ (x as u8 * 9), at(31) ^ (y as u8 * 9)]);
    image::RgbImage::from_fn(12, 10, pixel).save(path).unwrap();
}

/// So many photographs of one class, and a small model.
pub(crate) fn scene(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    SeededModel::SMALL.write(&folder.path().join("model"), 3).unwrap();
    fs::create_dir_all(folder.path().join("photos/Apis_mellifera")).unwrap();
    (0..count).for_each(|number| photograph(folder.path(), number, 0));
    folder
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn assert_same(folder: &Path, whole: &str, other: &str) {
    for file in TABLES {
        let [whole, other] = [whole, other].map(|run| fs::read(folder.join(run).join(file)).unwrap());
        assert!(whole == other, "{file} differs");
    }
    let [whole, again] = [whole, other].map(|run| Record::read(&folder.join(run)).unwrap());
    assert_eq!((whole.identity, whole.counts, whole.files), (again.identity, again.counts, again.files));
    assert_eq!(names(&folder.join(other)).len(), 4, "{:?}", names(&folder.join(other)));
}

/// Records of finished pieces.
fn pieces(run: &Path) -> Vec<String> {
    names(&run.join(".unfinished"))
        .into_iter()
        .filter(|name| name.starts_with("piece-") && name.strip_suffix(".json").is_some())
        .collect()
}

/// Waits until so many pieces are finished; whether the process still runs.
pub(crate) fn wait_for(child: &mut Child, run: &Path, count: usize) -> bool {
    while pieces(run).len() < count {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn an_interrupt_at_any_moment_keeps_what_is_done_and_the_bytes() {
    let folder = scene(700);
    let begun = Instant::now();
    assert_eq!(classify(folder.path(), "whole", &[]).code, 0);
    let whole = begun.elapsed();
    let run = folder.path().join("stopped");
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let (mut stopped, mut inside) = (0, 0);
    for _ in 0..12 {
        let mut child = start(folder.path(), "stopped");
        // The handler is there when the folder is; before that the process simply ends.
        while !run.join(".unfinished").is_dir() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(whole.mul_f64(chance.random::<f64>() * 0.6));
        if child.try_wait().unwrap().is_none() {
            signal(&child, "INT");
        }
        let output = child.wait_with_output().unwrap();
        if output.status.success() {
            break;
        }
        stopped += 1;
        let mut ends =
            pieces(&run).into_iter().filter_map(|name| name.strip_suffix(".json")?.rsplit('-').next()?.parse::<usize>().ok());
        inside += usize::from(ends.any(|end| end % 512 != 0 && end != 700));
    }
    assert!(stopped > 0, "too fast to be caught");
    println!("{stopped} interrupts, {inside} of them inside a part");
    let last = classify(folder.path(), "stopped", &[]);
    assert_eq!(last.code, 0, "{last:?}");
    assert!(!last.stderr.contains("damaged"), "{last:?}");
    assert_same(folder.path(), "whole", "stopped");
}

/// What a file suffers, and how.
type Damage = (&'static str, fn(&Path));

#[test]
fn a_part_that_is_no_longer_whole_is_noticed_said_and_made_again() {
    let folder = scene(530);
    assert_eq!(classify(folder.path(), "whole", &[]).code, 0);
    let kept = folder.path().join("kept");
    let mut child = start(folder.path(), "kept");
    assert!(wait_for(&mut child, &kept, 1), "too fast to be caught");
    child.kill().unwrap();
    child.wait().unwrap();
    let unfinished = names(&kept.join(".unfinished"));
    let files: Vec<&String> = unfinished.iter().filter(|name| name.contains("000000000-000000512")).collect();
    assert_eq!(files.len(), 3, "{unfinished:?}");
    let damages: [Damage; 4] = [
        ("empty", |path| fs::write(path, "").unwrap()),
        ("cut off", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("gone", |path| fs::remove_file(path).unwrap()),
        ("one bit", |path| {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(path, bytes).unwrap();
        }),
    ];
    for (number, (what, damage)) in damages.iter().enumerate() {
        for (place, file) in files.iter().enumerate() {
            let run = folder.path().join("run");
            let _ = fs::remove_dir_all(&run);
            copy(&kept, &run);
            damage(&run.join(".unfinished").join(file));
            let force: &[&str] = if (number + place) % 2 == 0 { &[] } else { &["--force"] };
            let outcome = classify(folder.path(), "run", force);
            assert_eq!(outcome.code, 0, "{what} {file}: {outcome:?}");
            assert!(outcome.stderr.contains("classified again"), "{what} {file}: {outcome:?}");
            assert_same(folder.path(), "whole", "run");
        }
    }
    // Nothing is said where nothing is wrong, and what is finished is not done again.
    let sound = classify(folder.path(), "kept", &[]);
    assert!(sound.code == 0 && !sound.stderr.contains("again"), "{sound:?}");
    // Whose parts these are is damaged: everything is made again.
    let run = folder.path().join("run");
    fs::create_dir(run.join(".unfinished")).unwrap();
    fs::write(run.join(".unfinished/identity.json"), "").unwrap();
    fs::write(run.join("run.json"), "").unwrap();
    let outcome = classify(folder.path(), "run", &[]);
    assert!(outcome.code == 0 && outcome.stderr.contains("identity.json: damaged"), "{outcome:?}");
    assert_same(folder.path(), "whole", "run");
    fs::write(run.join("run.json"), "").unwrap();
    assert!(refusal(folder.path(), &[&CLASSIFY[..], &["run"]].concat()).contains("give --force to make the run anew"));
    assert_eq!(classify(folder.path(), "run", &["--force"]).code, 0);
    assert_same(folder.path(), "whole", "run");
}

#[test]
fn a_second_process_in_the_same_folder_is_told_so() {
    let folder = scene(600);
    let run = folder.path().join("run");
    let mut first = start(folder.path(), "run");
    assert!(wait_for(&mut first, &run, 1), "too fast to be caught");
    // It holds its breath, so as not to end before the second has begun.
    signal(&first, "STOP");
    let said = refusal(folder.path(), &[&CLASSIFY[..], &["run"]].concat());
    let expected = format!("run: another nearmiss (process {}) is writing into this folder; wait until it has ended", first.id());
    assert!(said.contains(&expected) && said.contains("-o"), "{said}");
    // A process that was killed keeps nobody out.
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(run.join(".nearmiss-lock").exists());
    assert_eq!(classify(folder.path(), "run", &[]).code, 0);
    assert_eq!(names(&run).len(), 4, "{:?}", names(&run));
}

#[test]
fn a_merge_that_was_killed_starts_again_and_other_folders_are_left_alone() {
    let folder = scene(40);
    assert_eq!(classify(folder.path(), "whole", &["--batch", "2"]).code, 0);
    for shard in ["1/2", "2/2"] {
        assert_eq!(classify(folder.path(), "run", &["--batch", "2", "--shard", shard]).code, 0);
    }
    let merge = ["merge", "run-1-of-2", "run-2-of-2", "-o", "merged"];
    let merged = folder.path().join("merged");
    let mut chance = ChaCha8Rng::seed_from_u64(3);
    let mut kills = 0;
    for _ in 0..40 {
        let mut child = command(folder.path()).args(merge).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(chance.random_range(1..40)));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break;
        }
        kills += 1;
    }
    println!("{kills} merges killed");
    if merged.join("run.json").is_file() && !merged.join(".unfinished").exists() {
        fs::remove_dir_all(&merged).unwrap();
    }
    let outcome = nearmiss(folder.path(), &merge);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_same(folder.path(), "whole", "merged");
    // What one that was killed late leaves, in full.
    fs::create_dir(merged.join(".unfinished")).unwrap();
    fs::remove_file(merged.join("run.json")).unwrap();
    fs::write(merged.join("images.parquet.part"), "half").unwrap();
    fs::write(merged.join(".nearmiss-lock"), "1").unwrap();
    assert_eq!(nearmiss(folder.path(), &merge).code, 0);
    assert_same(folder.path(), "whole", "merged");
    // A complete one, a run that is under way, and other files are not written over.
    assert!(refusal(folder.path(), &merge).contains("the output folder is not empty"));
    fs::create_dir_all(folder.path().join("under/.unfinished")).unwrap();
    fs::write(folder.path().join("under/.unfinished/identity.json"), "{}").unwrap();
    assert!(refusal(folder.path(), &["merge", "run-1-of-2", "run-2-of-2", "-o", "under"]).contains("not empty"));
    let itself = refusal(folder.path(), &["merge", "run-1-of-2", "run-2-of-2", "-o", "./run-1-of-2/.", "--force"]);
    assert!(itself.contains("cannot be merged into itself"), "{itself}");
}

#[test]
fn reports_of_the_same_inputs_are_the_same_bytes() {
    let folders = [scene(12), scene(12)];
    let reports = folders.each_ref().map(|folder| {
        assert_eq!(classify(folder.path(), "run", &[]).code, 0);
        assert!(nearmiss(folder.path(), &["report", "run", "-o", "report"]).code < 2);
        folder.path().join("report")
    });
    let records = folders.each_ref().map(|folder| Record::read(&folder.path().join("run")).unwrap());
    assert_ne!(records[0].seconds, records[1].seconds);
    let mut compared = 0;
    for entry in walkdir::WalkDir::new(&reports[0]).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let other = reports[1].join(entry.path().strip_prefix(&reports[0]).unwrap());
        assert!(fs::read(entry.path()).unwrap() == fs::read(&other).unwrap(), "{} differs", other.display());
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
}

#[test]
#[cfg(unix)]
fn what_is_written_may_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scene(6);
    let outputs: Vec<PathBuf> = ["run", "report", "atlas", ".cache"].map(|name| folder.path().join(name)).to_vec();
    let script = format!(
        "umask 022; {program} {} run && {program} report run -o report; {program} atlas -o atlas --species 6 --pictures 6 && \
         {program} classify atlas/photographs --model atlas --taxonomy atlas/taxonomy.csv -o builtin",
        CLASSIFY.join(" "),
        program = crate::program::PROGRAM
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env("NEARMISS_CACHE", folder.path().join(".cache"))
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    for entry in outputs.iter().flat_map(|output| walkdir::WalkDir::new(output).into_iter().map(Result::unwrap)) {
        let mode = entry.metadata().unwrap().permissions().mode();
        let wanted = if entry.file_type().is_dir() { 0o755 } else { 0o644 };
        assert_eq!(mode & 0o777, wanted, "{}: {mode:o}", entry.path().display());
    }
}

#[test]
fn a_rehearsal_that_was_killed_leaves_no_temporary_folder() {
    let folder = tempfile::tempdir().unwrap();
    let suite = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("benches/suites/inrae.toml").display().to_string();
    let arguments = ["bench", suite.as_str(), "--miniature", "--only", "spipoll", "-o", "out"];
    let temporary = || -> Vec<PathBuf> {
        let entries = walkdir::WalkDir::new(folder.path()).into_iter().flatten().map(walkdir::DirEntry::into_path);
        entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".nearmiss-"))).collect()
    };
    let mut child = command(folder.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Killed before it has its lock, a folder stays for a minute: it might be somebody's that only begins.
    let is_locked = |path: &PathBuf| path.to_string_lossy().contains(".nearmiss-atlas-") && path.ends_with(".nearmiss-lock");
    let is_drawing = || temporary().iter().any(is_locked);
    while !is_drawing() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_drawing(), "too fast to be caught");
    let outcome = nearmiss(folder.path(), &arguments);
    assert!(outcome.code < 2, "{outcome:?}");
    assert_eq!(temporary(), Vec::<PathBuf>::new());
}
