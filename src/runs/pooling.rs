//! From the hidden states of a transformer to one vector: over tokens, then over layers.

use std::fmt;
use std::str::FromStr;

/// How the states of the tokens of one layer become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenPool {
    /// The token that CLIP reads: the class token of an image, the end token of a text.
    Cls,
    /// The mean over all tokens, that one included; padding is no token.
    Mean,
    /// The mean over all tokens but that one: of an image the patches, of a text the start and the words.
    MeanWithoutCls,
}

/// How the pooled states of several layers become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layers {
    /// The last layer alone.
    Last,
    /// The sum over the last `n` layers.
    Sum(usize),
    /// The last `n` layers one after the other, the earliest first: `n` times as wide.
    Concat(usize),
    /// The mean over the last `n` layers.
    Average(usize),
}

/// Why states cannot be pooled so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolingError {
    /// The word names no way to pool tokens.
    #[error("pooling '{word}' is not known; give {}", TokenPool::words())]
    Pool {
        /// What was given.
        word: String,
    },
    /// The words name no choice of layers.
    #[error("layers '{word}' are not known; give last, sum:N, concat:N or average:N, N a number from 1")]
    Layers {
        /// What was given.
        word: String,
    },
    /// More layers than there are, or none.
    #[error("'{layers}' asks for {} layers of a tower that has {blocks}; give a number from 1 to {blocks}", layers.count())]
    Depth {
        /// What was asked for.
        layers: Layers,
        /// How many there are.
        blocks: usize,
    },
    /// No token is left to take the mean over.
    #[error("there is no token but the one that '{}' leaves out", TokenPool::MeanWithoutCls)]
    NoToken,
}

impl TokenPool {
    /// All of them.
    pub const ALL: [TokenPool; 3] = [TokenPool::Cls, TokenPool::Mean, TokenPool::MeanWithoutCls];

    /// `cls`, `mean` or `mean-without-cls`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TokenPool::Cls => "cls",
            TokenPool::Mean => "mean",
            TokenPool::MeanWithoutCls => "mean-without-cls",
        }
    }

    fn words() -> String {
        TokenPool::ALL.map(TokenPool::name).join(", ")
    }
}

impl Layers {
    /// How many layers it takes, from the last one backwards.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Layers::Last => 1,
            Layers::Sum(count) | Layers::Concat(count) | Layers::Average(count) => count,
        }
    }

    /// Length of the vector, where one layer is `width` wide.
    #[must_use]
    pub fn width(self, width: usize) -> usize {
        if let Layers::Concat(count) = self { count * width } else { width }
    }

    /// Whether a tower of so many blocks has these layers.
    ///
    /// # Errors
    ///
    /// [`PoolingError::Depth`] if it has fewer, or if none is asked for.
    pub fn check(self, blocks: usize) -> Result<(), PoolingError> {
        if (1..=blocks).contains(&self.count()) { Ok(()) } else { Err(PoolingError::Depth { layers: self, blocks }) }
    }
}

impl fmt::Display for TokenPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layers::Last => formatter.write_str("last"),
            Layers::Sum(count) => write!(formatter, "sum:{count}"),
            Layers::Concat(count) => write!(formatter, "concat:{count}"),
            Layers::Average(count) => write!(formatter, "average:{count}"),
        }
    }
}

impl FromStr for TokenPool {
    type Err = PoolingError;

    fn from_str(word: &str) -> Result<TokenPool, PoolingError> {
        let known = TokenPool::ALL.into_iter().find(|pool| pool.name() == word.trim());
        known.ok_or_else(|| PoolingError::Pool { word: word.to_string() })
    }
}

impl FromStr for Layers {
    type Err = PoolingError;

    fn from_str(word: &str) -> Result<Layers, PoolingError> {
        let unknown = || PoolingError::Layers { word: word.to_string() };
        if word.trim() == "last" {
            return Ok(Layers::Last);
        }
        let (kind, count) = word.trim().split_once(':').ok_or_else(unknown)?;
        let count = count.parse().ok().filter(|&count| count > 0).ok_or_else(unknown)?;
        match kind {
            "sum" => Ok(Layers::Sum(count)),
            "concat" => Ok(Layers::Concat(count)),
            "average" => Ok(Layers::Average(count)),
            _ => Err(unknown()),
        }
    }
}

/// Pools the hidden states of one image or text, by the definition.
///
/// # Shapes
///
/// `hidden`: `[layers][tokens][width]`, the first layer first, padding left out; `cls` is the place
/// of the class or end token. Returns [`Layers::width`] numbers.
///
/// # Errors
///
/// [`PoolingError::Depth`]; [`PoolingError::NoToken`] if the mean is over nothing.
pub fn pooled(hidden: &[Vec<Vec<f64>>], cls: usize, pool: TokenPool, layers: Layers) -> Result<Vec<f64>, PoolingError> {
    layers.check(hidden.len())?;
    let of_layer = |tokens: &Vec<Vec<f64>>| {
        let taken: Vec<&[f64]> = match pool {
            TokenPool::Cls => tokens.get(cls).map(Vec::as_slice).into_iter().collect(),
            TokenPool::Mean => tokens.iter().map(Vec::as_slice).collect(),
            TokenPool::MeanWithoutCls => {
                tokens.iter().enumerate().filter(|(place, _)| *place != cls).map(|(_, token)| token.as_slice()).collect()
            }
        };
        mean(&taken).ok_or(PoolingError::NoToken)
    };
    let last = hidden[hidden.len() - layers.count()..].iter().map(of_layer).collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<&[f64]> = last.iter().map(Vec::as_slice).collect();
    match layers {
        Layers::Last | Layers::Average(_) => mean(&rows).ok_or(PoolingError::NoToken),
        Layers::Sum(_) => Ok(sum(&rows)),
        Layers::Concat(_) => Ok(last.concat()),
    }
}

fn sum(rows: &[&[f64]]) -> Vec<f64> {
    let width = rows.first().map_or(0, |row| row.len());
    (0..width).map(|column| rows.iter().map(|row| row[column]).sum()).collect()
}

fn mean(rows: &[&[f64]]) -> Option<Vec<f64>> {
    let count = u32::try_from(rows.len()).ok().filter(|&count| count > 0)?;
    Some(sum(rows).into_iter().map(|value| value / f64::from(count)).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// 0 to 11 tenths as two layers of three tokens of two numbers.
    fn hidden() -> Vec<Vec<Vec<f64>>> {
        let number = |layer: u32, token: u32, column: u32| f64::from(6 * layer + 2 * token + column) / 10.0;
        (0..2).map(|layer| (0..3).map(|token| (0..2).map(|column| number(layer, token, column)).collect()).collect()).collect()
    }

    #[test]
    fn the_worked_example() {
        let cases: [(TokenPool, Layers, &[f64]); 6] = [
            (TokenPool::Cls, Layers::Last, &[0.6, 0.7]),
            (TokenPool::Mean, Layers::Last, &[0.8, 0.9]),
            (TokenPool::MeanWithoutCls, Layers::Last, &[0.9, 1.0]),
            (TokenPool::Cls, Layers::Sum(2), &[0.6, 0.8]),
            (TokenPool::Cls, Layers::Average(2), &[0.3, 0.4]),
            (TokenPool::Cls, Layers::Concat(2), &[0.0, 0.1, 0.6, 0.7]),
        ];
        for (pool, layers, expected) in cases {
            let vector = pooled(&hidden(), 0, pool, layers).unwrap();
            assert_eq!(vector.len(), expected.len());
            assert_eq!(vector.len(), layers.width(2));
            assert!(vector.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{pool} {layers}: {vector:?}");
        }
    }

    #[test]
    fn the_class_token_may_stand_last() {
        assert_eq!(pooled(&hidden(), 2, TokenPool::Cls, Layers::Last).unwrap(), [1.0, 1.1]);
        let rest = pooled(&hidden(), 2, TokenPool::MeanWithoutCls, Layers::Last).unwrap();
        // (0.6 + 0.8) / 2, (0.7 + 0.9) / 2
        assert!((rest[0] - 0.7).abs() < 1e-12 && (rest[1] - 0.8).abs() < 1e-12, "{rest:?}");
    }

    #[test]
    fn words_are_read_back() {
        for pool in TokenPool::ALL {
            assert_eq!(pool.to_string().parse(), Ok(pool));
        }
        for layers in [Layers::Last, Layers::Sum(2), Layers::Concat(4), Layers::Average(12)] {
            assert_eq!(layers.to_string().parse(), Ok(layers));
        }
        assert_eq!(Layers::Sum(1).width(8), 8);
    }

    #[test]
    fn errors_say_what_there_is() {
        let message = |word: &str| word.parse::<Layers>().unwrap_err().to_string();
        for word in ["sum", "sum:0", "sum:-1", "max:2", "concat:", "first", "sum:2:3"] {
            assert_eq!(
                message(word),
                format!("layers '{word}' are not known; give last, sum:N, concat:N or average:N, N a number from 1")
            );
        }
        assert_eq!(
            "max".parse::<TokenPool>().unwrap_err().to_string(),
            "pooling 'max' is not known; give cls, mean, mean-without-cls"
        );
        let message = pooled(&hidden(), 0, TokenPool::Cls, Layers::Sum(3)).unwrap_err().to_string();
        assert_eq!(message, "'sum:3' asks for 3 layers of a tower that has 2; give a number from 1 to 2");
        assert!(Layers::Concat(0).check(5).is_err());
        let alone = vec![vec![vec![1.0]]];
        assert_eq!(pooled(&alone, 0, TokenPool::MeanWithoutCls, Layers::Last), Err(PoolingError::NoToken));
    }
}
