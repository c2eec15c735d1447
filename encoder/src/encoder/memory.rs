//! Memory that LibTorch frees and asks for again with every batch.

/// Has the C library keep freed memory for the next batch instead of giving it back to the system.
///
/// A tensor of some megabytes is otherwise mapped and cleared page by page each time: a twelfth of the time of ViT-B/16
/// or more. The process keeps the memory of its largest batch, in one heap for all threads: threads with heaps of their
/// own would each keep some, and give back what does not fit. Only glibc is told; elsewhere nothing happens.
pub fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const TRIM_THRESHOLD: i32 = -1;
        const MAPPED_MOST: i32 = -4;
        const HEAPS_MOST: i32 = -8;
        #[expect(unsafe_code, reason = "a function of the C library that sets three numbers")]
        // SAFETY: glibc's own declaration; it takes a lock, and may be called at any time.
        unsafe {
            unsafe extern "C" {
                fn mallopt(parameter: i32, value: i32) -> i32;
            }
            // No result matters: without them everything is as it was.
            mallopt(TRIM_THRESHOLD, i32::MAX);
            mallopt(MAPPED_MOST, 0);
            mallopt(HEAPS_MOST, 1);
        }
    }
}
