//! Times parts of the latent space on vectors of a `.npy` file; `benches/time_space.py` calls it.
//!
//!     cargo bench --no-default-features --bench space -- neighbours VECTORS.npy K RUNS
//!     cargo bench --no-default-features --bench space -- silhouettes VECTORS.npy LABELS.npy RUNS
//!
//! Prints seconds of every run, and for neighbours the rows of the first ones, as JSON.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use nearmiss::files::numpy;
use nearmiss::numbers::neighbours::{Index, Rows, Similarity, nearest, normalised};
use nearmiss::spaces::latent::groups::Groups;
use nearmiss::spaces::latent::silhouette;
use nearmiss::taxonomy::TaxonId;
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use std::time::Instant;

fn matrix(path: &str) -> (Vec<f64>, usize, usize) {
    numpy::matrix(&std::fs::read(path).unwrap()).unwrap()
}

/// As many taxa as there are numbers, for groups are of taxa.
fn taxa(count: usize) -> Vec<TaxonId> {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "bench".into(), line: 0 };
    let handles: Vec<_> = (0..count)
        .map(|number| builder.add_lineage([(nearmiss::taxonomy::rank::Rank::Species, format!("s{number:07}").as_str())], &place))
        .collect();
    let (_, numbers) = builder.freeze_with_handles().unwrap();
    handles.into_iter().map(|handle| numbers.id(handle)).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [what, vectors, other, runs] = &arguments[..] else {
        println!("usage: neighbours VECTORS.npy K RUNS | silhouettes VECTORS.npy LABELS.npy RUNS");
        return;
    };
    let runs: usize = runs.parse().unwrap();
    let (values, _, width) = matrix(vectors);
    let rows = Rows { values: &values, width };
    let mut seconds = vec![];
    if what == "neighbours" {
        let k: usize = other.parse().unwrap();
        let mut first = vec![];
        for _ in 0..runs {
            let start = Instant::now();
            let found = nearest(rows, rows, Similarity::Inner, k, &|_, _| true);
            seconds.push(start.elapsed().as_secs_f64());
            first = found.into_iter().map(|near| near.into_iter().map(|(row, _)| row).collect::<Vec<u32>>()).collect();
        }
        println!("{}", serde_json::json!({ "seconds": seconds, "rows": first }));
    } else {
        // One column of labels per rank.
        let (labels, count, ranks) = matrix(other);
        let most = labels.iter().copied().fold(0.0, f64::max);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "labels are small whole numbers")]
        let number = |label: f64| label as usize;
        let taxa = taxa(number(most) + 1);
        let of_rank = |rank: usize| -> Vec<Option<TaxonId>> {
            (0..count).map(|row| Some(taxa[number(labels[row * ranks + rank])])).collect()
        };
        let groups: Vec<Groups> = (0..ranks).map(|rank| Groups::of(&of_rank(rank))).collect();
        let mut means = vec![];
        for _ in 0..runs {
            let start = Instant::now();
            let unit = normalised(rows);
            let units = Index::of(Rows { values: &unit, width }, Similarity::Inner);
            means = groups.iter().map(|groups| silhouette::of_units(&units, groups).mean).collect();
            seconds.push(start.elapsed().as_secs_f64());
        }
        println!("{}", serde_json::json!({ "seconds": seconds, "means": means }));
    }
}
