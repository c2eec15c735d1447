//! Non-linearities of tensors.

use nearmiss::runs::recipe::Activation;
use tch::{TchError, Tensor};

/// The non-linearity of a tensor that nobody else holds, in place.
///
/// # Errors
///
/// Whatever `LibTorch` reports.
pub fn activated(mut x: Tensor, activation: Activation) -> Result<Tensor, TchError> {
    match activation {
        Activation::Gelu => x.f_gelu_("none"),
        Activation::GeluTanh => x.f_gelu_("tanh"),
        Activation::Silu => x.f_silu_(),
        Activation::Relu => x.f_relu_(),
        Activation::QuickGelu => {
            let gate = x.f_mul_scalar(1.702)?.f_sigmoid_()?;
            x.f_mul_(&gate)
        }
    }
}
