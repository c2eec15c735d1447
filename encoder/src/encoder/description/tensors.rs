//! Tensors of a checkpoint by name: which there must be, of what shape, and what they are for.

/// What a tensor is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Gain or offset of a normalisation.
    Norm,
    /// A matrix of a block's attention or perceptron.
    BlockMatrix,
    /// Anything else of a block: biases, scales of layers, relative positions.
    BlockOther,
    /// The map into the common space, its bias too.
    Projection,
    /// What stands between the blocks and the projection, or in the projection's place: an attention that pools.
    Pooling,
    /// Words, positions, patches, class tokens, registers.
    Embedding,
    /// The map from a vector to classes.
    Classes,
    /// The factor on cosines, and what is added to it.
    Scale,
}

/// Which tower a tensor is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TowerKind {
    /// The image tower.
    Image,
    /// The text tower.
    Text,
}

/// A tensor that a model must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedTensor {
    /// Its name in the checkpoint.
    pub name: String,
    /// Its shape.
    pub shape: Vec<i64>,
    /// What it is for.
    pub role: Role,
    /// Number of its block from 0; `None` outside of blocks.
    pub block: Option<i64>,
}

impl ExpectedTensor {
    /// A tensor outside of blocks.
    #[must_use]
    pub fn new(name: &str, shape: &[i64], role: Role) -> ExpectedTensor {
        ExpectedTensor { name: name.to_string(), shape: shape.to_vec(), role, block: None }
    }
}

/// Rows of a linear layer that are a matrix of their own in the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Name of the matrix.
    pub weight: String,
    /// Name of the vector that is added; `None` where nothing is.
    pub bias: Option<String>,
    /// How many outputs the piece gives.
    pub outputs: i64,
    /// Which rows of the stored matrix they are, where several layers share it: the first row, and how many are stored;
    /// `None` where the matrix is this piece's alone.
    pub rows: Option<(i64, i64)>,
    /// The same of the stored vector, where the matrix is the piece's alone and the vector is shared (an attention of
    /// `PyTorch` whose keys are of another width); `None` where the vector is as the matrix is.
    pub bias_rows: Option<(i64, i64)>,
}

/// A linear layer `x Wᵀ + b`: one matrix, or several that lie one below the other (queries, keys, values).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinearNames {
    /// The matrices from the top down.
    pub pieces: Vec<Piece>,
    /// How many inputs.
    pub inputs: i64,
    /// Whether matrices are kept as `[inputs, outputs]`, for `x W`, as open_clip keeps its projections.
    pub transposed: bool,
}

impl LinearNames {
    /// One matrix `{name}.weight` of `[outputs, inputs]` with `{name}.bias`.
    #[must_use]
    pub fn biased(name: &str, outputs: i64, inputs: i64) -> LinearNames {
        LinearNames::one(format!("{name}.weight"), Some(format!("{name}.bias")), outputs, inputs)
    }

    /// One matrix `{name}.weight` of `[outputs, inputs]` and nothing added.
    #[must_use]
    pub fn unbiased(name: &str, outputs: i64, inputs: i64) -> LinearNames {
        LinearNames::one(format!("{name}.weight"), None, outputs, inputs)
    }

    /// One matrix of that very name, with a bias of that very name or none.
    #[must_use]
    pub fn one(weight: String, bias: Option<String>, outputs: i64, inputs: i64) -> LinearNames {
        LinearNames { pieces: vec![Piece { weight, bias, outputs, rows: None, bias_rows: None }], inputs, transposed: false }
    }

    /// A bare matrix of `[inputs, outputs]`, for `x W`.
    #[must_use]
    pub fn bare(name: &str, outputs: i64, inputs: i64) -> LinearNames {
        LinearNames { transposed: true, ..LinearNames::one(name.to_string(), None, outputs, inputs) }
    }

    /// Matrices one below the other, each `{name}.weight` of `[outputs, inputs]`, with `{name}.bias` where so said.
    #[must_use]
    pub fn stacked(names: &[(&str, bool)], outputs: i64, inputs: i64) -> LinearNames {
        let piece = |&(name, biased): &(&str, bool)| Piece {
            weight: format!("{name}.weight"),
            bias: biased.then(|| format!("{name}.bias")),
            outputs,
            rows: None,
            bias_rows: None,
        };
        LinearNames { pieces: names.iter().map(piece).collect(), inputs, transposed: false }
    }

    /// Rows of a matrix that several layers share: `outputs` of them from `first` on, of the `stored` ones.
    #[must_use]
    pub fn rows_of(weight: &str, bias: Option<&str>, (first, stored): (i64, i64), outputs: i64, inputs: i64) -> LinearNames {
        let (weight, bias, rows) = (weight.to_string(), bias.map(str::to_string), Some((first, stored)));
        LinearNames { pieces: vec![Piece { weight, bias, outputs, rows, bias_rows: None }], inputs, transposed: false }
    }

    /// Matrices of those very names one below the other, each `[outputs, inputs]`, that add one stored vector's numbers: the
    /// first matrix those from `first` on, the next those that follow, of the `stored` ones.
    #[must_use]
    pub fn sharing_bias(weights: &[String], bias: &str, (first, stored): (i64, i64), outputs: i64, inputs: i64) -> LinearNames {
        let piece = |(number, weight): (i64, &String)| Piece {
            weight: weight.clone(),
            bias: Some(bias.to_string()),
            outputs,
            rows: None,
            bias_rows: Some((first + number * outputs, stored)),
        };
        LinearNames { pieces: (0..).zip(weights).map(piece).collect(), inputs, transposed: false }
    }

    /// How many outputs.
    #[must_use]
    pub fn outputs(&self) -> i64 {
        self.pieces.iter().map(|piece| piece.outputs).sum()
    }

    /// The tensors of the layer; of a block, matrices and vectors have roles of their own. A matrix that layers share is
    /// listed by each of them.
    #[must_use]
    pub fn tensors(&self, role: Role, block: Option<i64>) -> Vec<ExpectedTensor> {
        let mut tensors = vec![];
        for Piece { weight, bias, outputs, rows, bias_rows } in &self.pieces {
            let stored = rows.map_or(*outputs, |(_, stored)| stored);
            let shape = if self.transposed { vec![self.inputs, stored] } else { vec![stored, self.inputs] };
            tensors.push(ExpectedTensor { name: weight.clone(), shape, role, block });
            let role = if role == Role::BlockMatrix { Role::BlockOther } else { role };
            let stored = bias_rows.map_or(stored, |(_, stored)| stored);
            tensors.extend(bias.iter().map(|name| ExpectedTensor { name: name.clone(), shape: vec![stored], role, block }));
        }
        tensors
    }
}

/// A normalisation of the last dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct NormNames {
    /// Name of the gain.
    pub weight: String,
    /// Name of the offset; `None` for a root-mean-square norm, which subtracts no mean and adds nothing.
    pub bias: Option<String>,
    /// Length of the dimension.
    pub width: i64,
    /// Added to the variance.
    pub epsilon: f64,
}

impl NormNames {
    /// `{name}.weight` and `{name}.bias`.
    #[must_use]
    pub fn layer(name: &str, width: i64, epsilon: f64) -> NormNames {
        NormNames { weight: format!("{name}.weight"), bias: Some(format!("{name}.bias")), width, epsilon }
    }

    /// `{name}.weight` of a root-mean-square norm.
    #[must_use]
    pub fn root_mean_square(name: &str, width: i64, epsilon: f64) -> NormNames {
        NormNames { weight: format!("{name}.weight"), bias: None, width, epsilon }
    }

    /// Its tensors.
    #[must_use]
    pub fn tensors(&self, block: Option<i64>) -> Vec<ExpectedTensor> {
        let names = [Some(&self.weight), self.bias.as_ref()];
        let tensor = |name: &String| ExpectedTensor { name: name.clone(), shape: vec![self.width], role: Role::Norm, block };
        names.into_iter().flatten().map(tensor).collect()
    }
}
