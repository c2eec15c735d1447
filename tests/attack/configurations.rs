//! Configurations in TOML: suites, gates and probes.

use super::{Reader, file, root, texts};
use nearmiss::scores::gate::Gate;
use nearmiss::scores::suite::Suite;
use nearmiss::spaces::probe::config::ProbeConfig;
use std::path::Path;

pub(super) const READERS: &[Reader] = &[Reader {
    name: "toml",
    longest: 4096,
    multiple: 1024,
    base: 1 << 20,
    read: toml,
    seeds: tomls,
    words: &[
        "[[model]]",
        "[[recipe]]",
        "[[dataset]]",
        "[probe]",
        "name = ",
        "title = ",
        "path = ",
        "\\\"\\\"\\\"",
        "'''",
        "= [",
        "{ ",
        "1e400",
        "inf",
        "nan",
        "0x7fffffffffffffff",
        "1979-05-27T07:32:00Z",
        "method = { nearest = { k = 1 } }",
        "gates = [",
        "\\\"genus.path_top1 >= 0.5\\\"",
        "\\\\u00e9",
        "\\\\U0010ffff",
    ],
}];

fn toml(folder: &Path, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Suite::parse(text, Path::new("suite.toml"));
    let path = file(folder, "configuration.toml", bytes);
    let _ = ProbeConfig::from_path(&path);
    let _ = Gate::read(&path);
    // A gate on the command line is one line.
    if let Some(line) = text.lines().next() {
        let _ = Gate::parse(line);
    }
}

fn tomls() -> Vec<Vec<u8>> {
    let mut seeds = texts(&[
        "[probe]\nrun = \"run\"\nmethod = \"simple_shot\"\nshots = 5\nfold = 1\n",
        "[probe]\nrun = \"run\"\nmethod = { nearest = { k = 3 } }\n",
        "[probe]\nrun = \"r\"\nmethod = { tip_adapter = { alpha = 1e300, beta = nan } }\nsupport = 'train'\n",
        "\"genus.path_top1\" = \">= 0.5\"\n[species]\npath_top1 = 0.5\n",
        "gates = [\"genus.path_top1 >= 0.5\", \"how_wrong.mean_height <= 2\"]\n",
        "genus.path_top1 >= 0.5\n",
        "species.hf > -1e-400\n",
        "a.b.c.d = [[[[1, 2.5, true, 1979-05-27, \"\\u00e9\"]]]]\n[a.x]\n[[a.y]]\n'' = { a = { b = {} } }\n",
        "a = 0xffff_ffff\nb = 1e400\nc = -inf\nd = '''\n'''\n",
    ]);
    let suites = std::fs::read_dir(root().join("benches/suites"));
    let mut suites: Vec<_> = suites.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    suites.sort();
    seeds.extend(suites.iter().filter_map(|path| std::fs::read(path).ok()).filter(|bytes| bytes.len() <= 4096));
    seeds
}
