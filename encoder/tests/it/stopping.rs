//! Runs that are stopped by signals or before their time is up: what is kept, what is said, and the exit code.

use crate::classify::{CLASSIFY, classify};
use crate::durability::{assert_same, names, scene};
use crate::program::{Outcome, command, nearmiss, refusal, says};
use nearmiss::files::output::lock::Lock;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Photographs of the scene: a whole part and some of another.
const PHOTOGRAPHS: usize = 704;

/// Photographs a batch, as there are unless told otherwise.
const BATCH: usize = 16;

/// A run under way, whose words are listened to.
struct Running {
    child: Child,
    lines: Receiver<String>,
    heard: String,
}

impl Running {
    fn start(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let words = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || words.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Running { child, lines, heard: String::new() }
    }

    fn hear(&mut self) -> Option<String> {
        let line = self.lines.recv().ok()?;
        self.heard.push_str(&line);
        self.heard.push('\n');
        Some(line)
    }

    /// Waits until the model is open: signals have their handler long since, and the photographs are about to begin.
    fn wait_for_recipe(&mut self) {
        while self.hear().is_some_and(|line| !line.starts_with("recipe: ")) {}
    }

    fn signal(&self, name: &str) {
        // One that has ended is no longer there.
        let _ = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).output().unwrap();
    }

    fn end(mut self) -> Outcome {
        while self.hear().is_some() {}
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Outcome { code, stdout: String::new(), stderr: self.heard }
    }
}

fn start(folder: &Path, run: &str, more: &[&str]) -> Running {
    let mut child = command(folder);
    child.args(CLASSIFY).arg(run).args(more);
    Running::start(child)
}

/// The places of the finished pieces of a run, and how many photographs they are.
fn kept(run: &Path) -> (Vec<(usize, usize)>, usize) {
    let ends = |name: &String| {
        let (start, end) = name.strip_prefix("piece-")?.strip_suffix(".json")?.split_once('-')?;
        Some((start.parse().ok()?, end.parse().ok()?))
    };
    let pieces: Vec<(usize, usize)> = names(&run.join(".unfinished")).iter().filter_map(ends).collect();
    let photographs = pieces.iter().map(|(start, end)| end - start).sum();
    (pieces, photographs)
}

/// How many photographs a message says are kept.
fn said(outcome: &Outcome) -> usize {
    let line = outcome.stderr.lines().find(|line| line.contains(" are kept")).unwrap_or_else(|| panic!("{outcome:?}"));
    let number = line.rsplit_once(": ").unwrap().1.split(' ').next().unwrap();
    assert!(line.contains(&format!(" of {PHOTOGRAPHS} photographs are kept; the same command continues in ")), "{line}");
    number.parse().unwrap()
}

#[test]
fn what_is_done_is_kept_wherever_a_signal_stops_a_run_and_the_message_tells_how_much() {
    let folder = scene(PHOTOGRAPHS);
    let begun = Instant::now();
    assert_eq!(classify(folder.path(), "whole", &[]).code, 0);
    let whole = begun.elapsed();
    let run = folder.path().join("stopped");
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    let (mut before, mut stops, mut inside) = (0, 0, 0);
    for attempt in 0..8 {
        // Ctrl-C has its own code, SIGTERM that of what is to be tried again, or another that is asked for.
        let (name, more, code): (&str, &[&str], i32) =
            [("TERM", &[][..], 75), ("INT", &[], 130), ("TERM", &["--stopped-code", "0"], 0), ("HUP", &[], 75)][attempt % 4];
        let mut running = start(folder.path(), "stopped", more);
        running.wait_for_recipe();
        std::thread::sleep(whole.mul_f64(0.02 + 0.2 * chance.random::<f64>()));
        running.signal(name);
        // A scheduler sends it again: that changes nothing.
        if attempt % 3 == 0 && name == "TERM" {
            running.signal(name);
        }
        let outcome = running.end();
        if !run.join(".unfinished").is_dir() {
            break;
        }
        assert_eq!(outcome.code, code, "{name}: {outcome:?}");
        let (pieces, now) = kept(&run);
        let at_once = outcome.stderr.contains("stopped before the photographs; the same command continues");
        assert!(at_once || said(&outcome) == now && outcome.stderr.contains("warning: stopped: "), "{now}: {outcome:?}");
        // Nothing that an earlier attempt kept is lost, and no batch is taken apart.
        assert!(now >= before && now % BATCH == 0, "{before} before, {now} now");
        assert!(pieces.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{pieces:?}");
        inside += usize::from(pieces.iter().any(|(_, end)| end % 512 != 0 && *end != PHOTOGRAPHS));
        stops += 1;
        before = now;
    }
    assert!(stops > 1 && inside > 0 && before > 0, "too fast to be caught: {stops} stops, {inside} inside a part, {before} kept");
    println!("{stops} stops, {inside} of them inside a part, the last at {before}");
    let last = classify(folder.path(), "stopped", &[]);
    assert_eq!(last.code, 0, "{last:?}");
    assert!(!last.stderr.contains("damaged") && !last.stderr.contains("again"), "{last:?}");
    assert_same(folder.path(), "whole", "stopped");
}

#[test]
fn a_signal_before_the_photographs_has_the_code_that_says_try_again() {
    let folder = scene(6);
    // Eighty-one sentences about each candidate take a while.
    let many = ["--recipe", "bioclip"];
    let arguments: Vec<&str> = CLASSIFY.iter().copied().filter(|word| !["--recipe", "single"].contains(word)).collect();
    let begin = |code: &[&str]| {
        let mut child = command(folder.path());
        child.args(&arguments).arg("run").args(many).args(code);
        let mut running = Running::start(child);
        running.wait_for_recipe();
        running
    };
    for (name, code, expected) in [("TERM", &[][..], 75), ("TERM", &["--stopped-code", "111"], 111), ("INT", &[], 130)] {
        let running = begin(code);
        running.signal(name);
        let outcome = running.end();
        assert_eq!(outcome.code, expected, "{name}: {outcome:?}");
        let at_once = outcome.stderr.contains("stopped before the photographs; the same command continues");
        assert!(at_once || outcome.stderr.contains("photographs are kept"), "{outcome:?}");
    }
    let last = begin(&[]).end();
    assert_eq!(last.code, 0, "{last:?}");
}

#[test]
fn a_run_ends_by_itself_before_its_time_is_up() {
    let folder = scene(PHOTOGRAPHS);
    let timed = |run: &str, more: &[&str]| {
        let begun = Instant::now();
        (classify(folder.path(), run, more), begun.elapsed())
    };
    let (outcome, whole) = timed("whole", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // The margin is five seconds: with four nothing is begun.
    let (short, took) = timed("run", &["--time-left", "4s"]);
    assert_eq!(short.code, 75, "{short:?}");
    says(&short.stderr, &["stopped before the time is up, which was too short for another batch: 0 of 704 photographs are kept"]);
    // With more some batches are, until the whole is done: each attempt within its time, and none in vain.
    let limit = Duration::from_secs(6) + 2 * took + whole / 3;
    let time = format!("{}ms", limit.as_millis());
    let (mut before, mut attempts) = (0, 0);
    loop {
        let (outcome, took) = timed("run", &["--time-left", &time]);
        attempts += 1;
        if outcome.code == 0 {
            break;
        }
        assert_eq!(outcome.code, 75, "{outcome:?}");
        assert!(took < limit, "{took:?} of {limit:?}");
        let now = said(&outcome);
        assert_eq!(now, kept(&folder.path().join("run")).1);
        assert!(now > before, "{before} before, {now} now: {outcome:?}");
        before = now;
    }
    println!("{attempts} attempts of {limit:?}, one of {whole:?} without a limit");
    assert_same(folder.path(), "whole", "run");
}

#[test]
fn what_slurm_says_of_the_end_of_a_job_is_taken_or_its_absence_told() {
    let folder = scene(6);
    let run = |end: Option<&str>| {
        let mut child = command(folder.path());
        child.args(CLASSIFY).args(["run", "--time-left", "auto", "--stopped-code", "3"]).env_remove("SLURM_JOB_END_TIME");
        if let Some(end) = end {
            child.env("SLURM_JOB_END_TIME", end);
        }
        Running::start(child).end()
    };
    let absent = run(None);
    assert_eq!(absent.code, 2, "{absent:?}");
    says(&absent.stderr, &["--time-left auto: SLURM_JOB_END_TIME is not set", "give a length of time, such as 50min"]);
    let over = run(Some("1700000000"));
    assert_eq!(over.code, 3, "{over:?}");
    says(&over.stderr, &["0 of 6 photographs are kept; the same command continues in run"]);
    let hour = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_hours(1);
    let enough = run(Some(&hour.as_secs().to_string()));
    assert_eq!(enough.code, 0, "{enough:?}");
    assert!(refusal(folder.path(), &[&CLASSIFY[..], &["run", "--time-left", "50"]].concat()).contains("'50' has no unit"));
    assert!(refusal(folder.path(), &[&CLASSIFY[..], &["run", "--stopped-code", "256"]].concat()).contains("256"));
}

#[test]
fn shards_take_their_place_from_the_environment_and_no_other_run_is_begun_beside_one() {
    let folder = scene(12);
    let shard = |environment: &[(&str, &str)]| {
        let mut child = command(folder.path());
        for (name, _) in
            std::env::vars().filter(|(name, _)| ["SLURM_", "PMI_", "OMPI_"].iter().any(|begin| name.starts_with(begin)))
        {
            child.env_remove(name);
        }
        child.env_remove("RANK").env_remove("WORLD_SIZE").envs(environment.iter().copied());
        child.args(CLASSIFY).args(["bees", "--batch", "2", "--shard", "auto"]);
        Running::start(child).end()
    };
    // Two elements of two tasks each.
    let element = [("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_MAX", "1"), ("SLURM_ARRAY_TASK_COUNT", "2")];
    let of = |id, task| [&element[..], &[("SLURM_ARRAY_TASK_ID", id), ("SLURM_PROCID", task), ("SLURM_NTASKS", "2")]].concat();
    for (id, task, name) in [("0", "0", "bees-1-of-4"), ("0", "1", "bees-2-of-4"), ("1", "0", "bees-3-of-4")] {
        let outcome = shard(&of(id, task));
        assert!(outcome.code == 0 && folder.path().join(name).join("run.json").is_file(), "{name}: {outcome:?}");
    }
    let wrong = shard(&[&of("1", "1")[..], &[("PMI_RANK", "0"), ("PMI_SIZE", "2")]].concat());
    assert_eq!(wrong.code, 2, "{wrong:?}");
    says(&wrong.stderr, &["--shard auto: PMI_RANK=0 with PMI_SIZE=2 disagrees with SLURM_PROCID=1 with SLURM_NTASKS=2"]);
    // An array of the one that is missing counts itself alone.
    let alone = shard(&[("SLURM_ARRAY_TASK_ID", "4"), ("SLURM_ARRAY_TASK_MIN", "4"), ("SLURM_ARRAY_TASK_COUNT", "1")]);
    assert_eq!(alone.code, 2, "{alone:?}");
    says(&alone.stderr, &["the environment says 1/1", "bees-1-of-4 is a shard of 4", "--shard $SLURM_ARRAY_TASK_ID/4"]);
    assert_eq!(classify(folder.path(), "bees", &["--batch", "2", "--shard", "4/4"]).code, 0);
    let merged = nearmiss(folder.path(), &["merge", "bees-1-of-4", "bees-2-of-4", "bees-3-of-4", "bees-4-of-4", "-o", "bees"]);
    assert_eq!(merged.code, 0, "{merged:?}");
}

#[test]
fn whoever_writes_a_run_directory_takes_its_lock() {
    let folder = scene(12);
    for shard in ["1/2", "2/2"] {
        assert_eq!(classify(folder.path(), "run", &["--batch", "2", "--shard", shard]).code, 0);
    }
    let suite = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("benches/suites/inrae.toml").display().to_string();
    let classifying = [&CLASSIFY[..], &["taken"]].concat();
    let commands: [&[&str]; 3] = [
        &classifying,
        &["merge", "run-1-of-2", "run-2-of-2", "-o", "taken"],
        &["bench", &suite, "--miniature", "--only", "spipoll", "-o", "taken"],
    ];
    for arguments in commands {
        let lock = Lock::take(&folder.path().join("taken")).unwrap();
        let said = refusal(folder.path(), arguments);
        let expected = format!("taken: another nearmiss (process {}) is writing into this folder", std::process::id());
        assert!(said.contains(&expected), "{arguments:?}: {said}");
        drop(lock);
        // Nothing was written, and what a process that was killed leaves behind keeps nobody out.
        assert!(!folder.path().join("taken").exists(), "{:?}", names(&folder.path().join("taken")));
    }
    fs::create_dir(folder.path().join("taken")).unwrap();
    fs::write(folder.path().join("taken/.nearmiss-lock"), format!("{} elsewhere", u32::MAX)).unwrap();
    let merged = nearmiss(folder.path(), commands[1]);
    assert_eq!(merged.code, 0, "{merged:?}");
    assert_eq!(names(&folder.path().join("taken")).len(), 4, "{:?}", names(&folder.path().join("taken")));
}
