//! AdamW whose state can be written and read back.

use super::config::Optimiser as Settings;
use super::error::TrainError;
use super::parameters::Learned;
use std::collections::BTreeMap;
use std::f64::consts::PI;
use tch::{TchError, Tensor};

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.98;
const EPSILON: f64 = 1e-6;

/// One tensor that learns, with what is remembered of its gradients.
struct Remembered {
    learned: Learned,
    first: Tensor,
    second: Tensor,
}

/// AdamW (Loshchilov & Hutter 2019) with CLIP's constants; vectors and numbers do not decay.
pub struct AdamW {
    learned: Vec<Remembered>,
    settings: Settings,
    /// Steps taken.
    pub step: u64,
    steps: u64,
}

impl AdamW {
    /// Starts for so many steps in all.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn new(learned: Vec<Learned>, settings: Settings, steps: u64) -> Result<Self, TrainError> {
        let with_state = |learned: Learned| -> Result<Remembered, TchError> {
            let (first, second) = (learned.tensor.f_detach()?.f_zeros_like()?, learned.tensor.f_detach()?.f_zeros_like()?);
            Ok(Remembered { learned, first, second })
        };
        let learned = learned.into_iter().map(with_state).collect::<Result<_, _>>()?;
        Ok(Self { learned, settings, step: 0, steps })
    }

    /// The learning rate of a step: linear warm-up, then half a cosine down to 0.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of steps")]
    pub fn rate(&self, step: u64) -> f64 {
        let (warmup, highest) = (self.settings.warmup as u64, self.settings.learning_rate);
        if step < warmup {
            return highest * (step + 1) as f64 / warmup as f64;
        }
        let part = (step - warmup) as f64 / self.steps.saturating_sub(warmup).max(1) as f64;
        highest * 0.5 * (1.0 + (PI * part.min(1.0)).cos())
    }

    /// Takes a step along the gradients and forgets them; returns their length before clipping.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn take_step(&mut self) -> Result<f64, TrainError> {
        let _guard = tch::no_grad_guard();
        let mut squares = 0.0;
        for Remembered { learned, .. } in self.learned.iter().filter(|one| one.learned.tensor.grad().defined()) {
            let length = f64::try_from(learned.tensor.grad().f_norm()?)?;
            squares += length * length;
        }
        let length = squares.sqrt();
        let factor = if length > self.settings.clip { self.settings.clip / length } else { 1.0 };
        let rate = self.rate(self.step);
        self.step += 1;
        let power = i32::try_from(self.step).unwrap_or(i32::MAX);
        let (bias_1, bias_2) = (1.0 - BETA_1.powi(power), 1.0 - BETA_2.powi(power));
        for Remembered { learned, first, second } in &mut self.learned {
            let mut gradient = learned.tensor.grad();
            if !gradient.defined() {
                continue;
            }
            let _ = gradient.f_mul_scalar_(factor)?;
            let _ = first.f_mul_scalar_(BETA_1)?.f_add_(&gradient.f_mul_scalar(1.0 - BETA_1)?)?;
            let of_gradient = gradient.f_square()?.f_mul_scalar(1.0 - BETA_2)?;
            let _ = second.f_mul_scalar_(BETA_2)?.f_add_(&of_gradient)?;
            let spread = second.f_div_scalar(bias_2)?.f_sqrt()?.f_add_scalar(EPSILON)?;
            let change = first.f_div_scalar(bias_1)?.f_div(&spread)?.f_mul_scalar(rate)?;
            if learned.decays {
                let _ = learned.tensor.f_mul_scalar_(1.0 - rate * self.settings.weight_decay)?;
            }
            let _ = learned.tensor.f_sub_(&change)?;
            if let Some(most) = learned.most {
                let _ = learned.tensor.f_clamp_max_(most)?;
            }
            let _ = gradient.f_zero_()?;
        }
        Ok(length)
    }

    /// Everything that goes on: what learns, and what AdamW remembers of it.
    #[must_use]
    pub fn state(&self) -> Vec<(String, Tensor)> {
        let of = |Remembered { learned, first, second }: &Remembered| {
            [("value", &learned.tensor), ("first", first), ("second", second)]
                .map(|(part, tensor)| (format!("{part}.{}", learned.name), tensor.detach()))
        };
        self.learned.iter().flat_map(of).collect()
    }

    /// Goes on from a state.
    ///
    /// # Errors
    ///
    /// [`TrainError::Checkpoint`] if a tensor is missing.
    pub fn resume(&mut self, state: &BTreeMap<String, Tensor>, step: u64) -> Result<(), TrainError> {
        let _guard = tch::no_grad_guard();
        for Remembered { learned, first, second } in &mut self.learned {
            for (part, tensor) in [("value", &mut learned.tensor), ("first", first), ("second", second)] {
                let name = format!("{part}.{}", learned.name);
                let saved = state.get(&name).ok_or_else(|| TrainError::Checkpoint(format!("tensor '{name}' is missing")))?;
                tensor.f_copy_(saved)?;
            }
        }
        self.step = step;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn adamw(values: &[f32], settings: Settings) -> (Tensor, AdamW) {
        let tensor = Tensor::from_slice(values).set_requires_grad(true);
        let learned = vec![Learned { name: "x".to_string(), tensor: tensor.shallow_clone(), decays: false, most: Some(0.95) }];
        (tensor, AdamW::new(learned, settings, 10).unwrap())
    }

    #[test]
    fn the_rate_warms_up_and_falls_as_half_a_cosine() {
        let (_, adamw) = adamw(&[0.0], Settings { warmup: 2, learning_rate: 0.4, ..Settings::default() });
        // Steps 0 and 1: a half and the whole; 2 + 8 · ½ is the middle; 10 the end.
        let near = |step: u64, rate: f64| assert!((adamw.rate(step) - rate).abs() < 1e-12, "{step}: {}", adamw.rate(step));
        near(0, 0.2);
        near(1, 0.4);
        near(2, 0.4);
        near(6, 0.2);
        near(10, 0.0);
    }

    #[test]
    fn the_first_step_is_the_rate_whatever_the_gradient() {
        let settings = Settings { warmup: 0, learning_rate: 0.1, clip: 1e9, ..Settings::default() };
        let (x, mut adamw) = adamw(&[1.0, -2.0], settings);
        (&x * &x).sum(tch::Kind::Float).backward();
        // Gradient (2, −4): length √20; the step is 0.1 towards 0 in each number, and neither passes 0.95.
        let length = adamw.take_step().unwrap();
        assert!((length - 20.0_f64.sqrt()).abs() < 1e-5);
        let values = Vec::<f32>::try_from(x.detach()).unwrap();
        assert!((values[0] - 0.9).abs() < 1e-5 && (values[1] + 1.9).abs() < 1e-5, "{values:?}");
    }
}
