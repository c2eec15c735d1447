//! The kernel by which linear layers are computed.

use tch::Device;

/// How linear layers are computed; the numbers differ in the last bits only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinearPath {
    /// A matrix product: MKL on the processor, cuBLAS on CUDA.
    #[default]
    Product,
    /// A 1 × 1 convolution over channels that lie side by side: oneDNN on the processor.
    Convolution,
}

impl LinearPath {
    /// Both.
    pub const ALL: [LinearPath; 2] = [LinearPath::Product, LinearPath::Convolution];

    /// `product` or `convolution`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LinearPath::Product => "product",
            LinearPath::Convolution => "convolution",
        }
    }

    /// The path of that name; `None` if there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<LinearPath> {
        LinearPath::ALL.into_iter().find(|path| path.name() == name)
    }

    /// The faster path for a device: convolutions on processors with AVX-512 that are not Intel's,
    /// products everywhere else.
    ///
    /// MKL uses no AVX-512 on processors of other makers and oneDNN does; without AVX-512 both are
    /// equally fast. A rule and not a measurement, so that a run that is continued computes the same
    /// bits (`benches/RESULTS.md` has the figures).
    #[must_use]
    pub fn fastest(device: Device) -> LinearPath {
        if device == Device::Cpu && wide_registers_unused_by_mkl() { LinearPath::Convolution } else { LinearPath::Product }
    }
}

#[cfg(target_arch = "x86_64")]
fn wide_registers_unused_by_mkl() -> bool {
    // Leaf 0 spells the maker in three registers: "Genu", "ineI", "ntel".
    let leaf = std::arch::x86_64::__cpuid(0);
    let intel = [leaf.ebx, leaf.edx, leaf.ecx] == [*b"Genu", *b"ineI", *b"ntel"].map(u32::from_le_bytes);
    !intel && std::is_x86_feature_detected!("avx512f")
}

#[cfg(not(target_arch = "x86_64"))]
fn wide_registers_unused_by_mkl() -> bool {
    false
}
