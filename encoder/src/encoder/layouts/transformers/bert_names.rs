//! How the models that came of BERT name their fields and tensors.

/// How a family of models names its fields and tensors.
#[derive(Debug)]
pub(super) struct BertNames {
    /// Fields of width, layers, heads and the width of the perceptrons.
    pub(super) sizes: [&'static str; 4],
    /// Their defaults.
    pub(super) defaults: [i64; 4],
    /// Default of the number of token ids.
    pub(super) words: i64,
    /// Field of the non-linearity.
    pub(super) activation: &'static str,
    /// Field of what is added to variances; `None` where it is 1e-12 without one.
    pub(super) epsilon: Option<&'static str>,
    /// Whether sentence kinds have vectors.
    pub(super) kinds: bool,
    /// Where the first token stands in the table of positions.
    pub(super) first: First,
    /// Whether distances are added to the products of queries and keys.
    pub(super) relative: bool,
    /// What the names of blocks begin with, before their number.
    pub(super) blocks: &'static str,
    /// Within a block: queries, keys, values.
    pub(super) qkv: [&'static str; 3],
    /// Within a block: what leads out of attention, and its norm.
    pub(super) attended: [&'static str; 2],
    /// Within a block: the perceptron's layers, and its norm.
    pub(super) perceptron: [&'static str; 3],
}

/// Where the first token stands in the table of positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// In row 0.
    Zero,
    /// In the row after that of the padding's id, which the configuration says (1 where it does not).
    AfterPadding,
    /// In row 2, whatever the configuration says.
    Two,
}

const SIZES: [&str; 4] = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"];
const BASE: [i64; 4] = [768, 12, 12, 3072];

const BERT_BASE: BertNames = BertNames {
    sizes: SIZES,
    defaults: BASE,
    words: 30_522,
    activation: "hidden_act",
    epsilon: Some("layer_norm_eps"),
    kinds: true,
    first: First::Zero,
    relative: false,
    blocks: "encoder.layer.",
    qkv: ["attention.self.query", "attention.self.key", "attention.self.value"],
    attended: ["attention.output.dense", "attention.output.LayerNorm"],
    perceptron: ["intermediate.dense", "output.dense", "output.LayerNorm"],
};

static BERT: BertNames = BERT_BASE;

static ROBERTA: BertNames = BertNames { words: 50_265, first: First::AfterPadding, ..BERT_BASE };

static XLM_ROBERTA: BertNames = BertNames { words: 30_522, first: First::AfterPadding, ..BERT_BASE };

static MPNET: BertNames = BertNames {
    words: 30_527,
    kinds: false,
    first: First::Two,
    relative: true,
    qkv: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
    attended: ["attention.attn.o", "attention.LayerNorm"],
    ..BERT_BASE
};

static DISTILBERT: BertNames = BertNames {
    sizes: ["dim", "n_layers", "n_heads", "hidden_dim"],
    defaults: [768, 6, 12, 3072],
    activation: "activation",
    epsilon: None,
    kinds: false,
    blocks: "transformer.layer.",
    qkv: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
    attended: ["attention.out_lin", "sa_layer_norm"],
    perceptron: ["ffn.lin1", "ffn.lin2", "output_layer_norm"],
    ..BERT_BASE
};

impl BertNames {
    /// The names of a type of model; `None` where it is none of these.
    ///
    /// # Source
    ///
    /// transformers 5.24, `configuration_*.py` and `modeling_*.py` of `bert`, `dpr`, `roberta`, `xlm_roberta`, `camembert`,
    /// `mpnet` and `distilbert`.
    pub(super) fn of(model_type: &str) -> Option<&'static BertNames> {
        match model_type {
            "bert" | "dpr" => Some(&BERT),
            "roberta" => Some(&ROBERTA),
            "xlm-roberta" | "camembert" => Some(&XLM_ROBERTA),
            "mpnet" => Some(&MPNET),
            "distilbert" => Some(&DISTILBERT),
            _ => None,
        }
    }
}
