//! The latent space where it takes LibTorch: hidden states of a model, and neighbours on a CUDA device.

pub mod texts;
pub mod hidden;
pub mod fusion;
pub mod on_device;
