//! Several jobs at a time, each on a core of its own, instead of one after the other on all cores.
//!
//! Cores that share one job wait for each other after every layer; jobs that share nothing do not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use tch::Device;

/// Most jobs that run at a time: each holds the numbers between its layers, some hundred megabytes.
const MOST: usize = 16;

/// What threads read together.
struct Shared<T>(T);

#[expect(unsafe_code, reason = "LibTorch's tensors may be read by several threads at once, which `tch` does not say")]
// SAFETY: used below for a function that runs a tower on tensors that nobody changes meanwhile: its weights and a
// batch, of which it reads. LibTorch counts references to a tensor atomically.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn get(&self) -> &T {
        &self.0
    }
}

/// Runs the jobs `0..jobs` and returns what they give, in their order; on the processor several at a time.
///
/// A job must only read tensors that it shares with others. How many threads `LibTorch` has is shared out among
/// those that run; on another device one job follows the other.
///
/// # Errors
///
/// That of the first job that has one.
pub(super) fn side_by_side<T: Send, E: Send>(
    device: Device,
    jobs: usize,
    run: &dyn Fn(usize) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1);
    let workers = threads.min(jobs).min(MOST);
    if device != Device::Cpu || workers < 2 {
        return (0..jobs).map(run).collect();
    }
    let each = i32::try_from(threads / workers).unwrap_or(1);
    let (next, run) = (AtomicUsize::new(0), Shared(run));
    let results: Mutex<Vec<(usize, Result<T, E>)>> = Mutex::new(vec![]);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                // Of this thread alone, as is whether gradients are kept.
                tch::set_num_threads(each);
                let _guard = tch::no_grad_guard();
                loop {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    if job >= jobs {
                        break;
                    }
                    let result = run.get()(job);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((job, result));
                }
            });
        }
    });
    // Threads that LibTorch meets for the first time begin with the number that was set last.
    tch::set_num_threads(i32::try_from(threads).unwrap_or(1));
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(job, _)| *job);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs_and_the_first_error_wins() {
        let squares = side_by_side(Device::Cpu, 50, &|job| Ok::<usize, String>(job * job)).unwrap();
        assert_eq!(squares, (0..50).map(|job| job * job).collect::<Vec<_>>());
        let threads = tch::get_num_threads();
        let odd = |job: usize| if job % 2 == 1 { Err(job) } else { Ok(job) };
        assert_eq!(side_by_side(Device::Cpu, 9, &odd), Err(1));
        assert_eq!(tch::get_num_threads(), threads);
        assert_eq!(side_by_side(Device::Cpu, 0, &odd), Ok(vec![]));
    }
}
