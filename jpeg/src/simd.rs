//! Loops compiled a second time for the wide registers of newer processors.

/// A piece of work whose loops gain from wide registers.
///
/// `run` and all it calls in its loops should be `#[inline(always)]`: only what is inlined is
/// compiled for the wide registers.
pub trait Work {
    /// What it returns.
    type Output;

    /// Does it.
    fn run(self) -> Self::Output;
}

/// Does the work with AVX2 where the processor has it; the result is the same.
pub fn run<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
        fn with_avx2<W: Work>(work: W) -> W::Output {
            work.run()
        }
        let has = std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("lzcnt");
        if has {
            #[expect(unsafe_code, reason = "the processor has what the function is compiled for")]
            return unsafe { with_avx2(work) };
        }
    }
    work.run()
}
