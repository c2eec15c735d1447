//! The memory that is taken while an input is read: an allocator that counts, and stops where it is too much.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes that are taken now, and the most that may be.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

impl Counting {
    fn take(size: usize) {
        let before = TAKEN.fetch_add(size, Relaxed);
        if before.saturating_add(size) > MOST.load(Relaxed) {
            MOST.store(usize::MAX, Relaxed);
            eprintln!("too much memory: {size} bytes more, beyond {before}\n{}", std::backtrace::Backtrace::force_capture());
            std::process::abort();
        }
    }
}

// SAFETY: the system's allocator does the work; only numbers are kept beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::take(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::take(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::take(size.saturating_sub(layout.size()));
        TAKEN.fetch_sub(layout.size().saturating_sub(size), Relaxed);
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Ends the program where `work` takes more than `most` bytes at once.
pub(crate) fn watch(most: usize, work: impl FnOnce()) {
    MOST.store(TAKEN.load(Relaxed).saturating_add(most), Relaxed);
    work();
    MOST.store(usize::MAX, Relaxed);
}
