//! Which class of transformers reads a tokenizer, and which tokens of its own the class has.

use super::folder::Folder;

/// What reads a tokenizer in transformers. All but two make it anew of the vocabulary alone, whatever else the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// `BertTokenizer` and those that are it by another name.
    Bert,
    /// `RobertaTokenizer` and those that are it by another name.
    Roberta,
    /// `XLMRobertaTokenizer`.
    XlmRoberta,
    /// `T5Tokenizer`.
    T5,
    /// `GemmaTokenizer`.
    Gemma,
    /// `Siglip2Tokenizer`.
    Siglip2,
    /// `CLIPTokenizer`.
    Clip,
    /// `SiglipTokenizer`, which reads no `tokenizer.json`: the file is read as it is after the class's own cleaning.
    Siglip,
    /// `TokenizersBackend` and any other: the file is read as it is.
    File,
}

/// What a token is for, in the order in which such tokens are numbered where the vocabulary lacks them.
pub const ROLES: [&str; 7] = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

const BERT: [(&str, &str); 5] =
    [("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"), ("mask_token", "[MASK]")];
const ROBERTA: [(&str, &str); 7] = [
    ("bos_token", "<s>"),
    ("eos_token", "</s>"),
    ("unk_token", "<unk>"),
    ("sep_token", "</s>"),
    ("pad_token", "<pad>"),
    ("cls_token", "<s>"),
    ("mask_token", "<mask>"),
];
const T5: [(&str, &str); 3] = [("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "<pad>")];
const GEMMA: [(&str, &str); 5] =
    [("bos_token", "<bos>"), ("eos_token", "<eos>"), ("unk_token", "<unk>"), ("pad_token", "<pad>"), ("mask_token", "<mask>")];
const CLIP: [(&str, &str); 4] = [
    ("bos_token", "<|startoftext|>"),
    ("eos_token", "<|endoftext|>"),
    ("unk_token", "<|endoftext|>"),
    ("pad_token", "<|endoftext|>"),
];
const SIGLIP: [(&str, &str); 3] = [("eos_token", "</s>"), ("unk_token", "<unk>"), ("pad_token", "</s>")];

impl Class {
    /// The class that reads a folder.
    ///
    /// # Source
    ///
    /// transformers 5.24, `AutoTokenizer.from_pretrained`.
    #[must_use]
    pub fn of(folder: &Folder) -> Class {
        match (folder.class(), folder.model_type()) {
            // The class of the first is known to be published wrongly, and the others have none of their own.
            (_, Some("siglip2")) => Class::Siglip2,
            (_, Some("modernbert" | "nystromformer" | "umt5" | "xlm-roberta-xl")) => Class::File,
            (Some(name), _) => Class::named(name),
            (None, kind) => Class::of_model(kind.unwrap_or_default()),
        }
    }

    fn named(name: &str) -> Class {
        match name {
            "BertTokenizer"
            | "DistilBertTokenizer"
            | "ElectraTokenizer"
            | "MobileBertTokenizer"
            | "SqueezeBertTokenizer"
            | "DPRQuestionEncoderTokenizer"
            | "DPRContextEncoderTokenizer" => Class::Bert,
            "RobertaTokenizer" | "BartTokenizer" | "LongformerTokenizer" => Class::Roberta,
            "XLMRobertaTokenizer" => Class::XlmRoberta,
            "T5Tokenizer" => Class::T5,
            "GemmaTokenizer" => Class::Gemma,
            "Siglip2Tokenizer" => Class::Siglip2,
            "CLIPTokenizer" => Class::Clip,
            "SiglipTokenizer" => Class::Siglip,
            _ => Class::File,
        }
    }

    fn of_model(kind: &str) -> Class {
        match kind {
            "bert" | "distilbert" | "electra" | "dpr" | "nomic_bert" | "megatron-bert" | "squeezebert" => Class::Bert,
            "roberta" | "roberta-prelayernorm" | "longformer" | "bart" => Class::Roberta,
            "xlm-roberta" | "xmod" | "metaclip_2" => Class::XlmRoberta,
            "t5" | "mt5" => Class::T5,
            "gemma" | "gemma2" | "gemma3" | "gemma3_text" => Class::Gemma,
            "clip" | "clipseg" => Class::Clip,
            "siglip" => Class::Siglip,
            _ => Class::File,
        }
    }

    /// The class's tokens by what they are for; a folder may name others.
    #[must_use]
    pub fn tokens(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Class::Bert => &BERT,
            Class::Roberta | Class::XlmRoberta => &ROBERTA,
            Class::T5 => &T5,
            Class::Gemma | Class::Siglip2 => &GEMMA,
            Class::Clip => &CLIP,
            Class::Siglip => &SIGLIP,
            Class::File => &[],
        }
    }

    /// The kind of model that the class makes of a vocabulary; `None` where the file is read as it is.
    #[must_use]
    pub fn model(self) -> Option<&'static str> {
        match self {
            Class::Bert => Some("WordPiece"),
            Class::Roberta | Class::Clip | Class::Gemma | Class::Siglip2 => Some("BPE"),
            Class::XlmRoberta | Class::T5 => Some("Unigram"),
            Class::Siglip | Class::File => None,
        }
    }

    /// Whether the class fills texts on the left where a folder says nothing.
    #[must_use]
    pub fn fills_left(self) -> bool {
        matches!(self, Class::Gemma | Class::Siglip2)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn class(settings: &str, model: &str) -> Class {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokenizer_config.json"), settings).unwrap();
        std::fs::write(folder.path().join("config.json"), model).unwrap();
        Class::of(&Folder::read(folder.path()).unwrap())
    }

    #[test]
    fn the_class_is_that_of_auto_tokenizer() {
        // type(AutoTokenizer.from_pretrained(folder)).__name__ with transformers 5.24
        for (settings, model, expected) in [
            (r#"{"tokenizer_class": "BertTokenizerFast"}"#, "{}", Class::Bert),
            (r#"{"tokenizer_class": "DPRContextEncoderTokenizer"}"#, r#"{"model_type": "dpr"}"#, Class::Bert),
            (r#"{"tokenizer_class": "GemmaTokenizer"}"#, r#"{"model_type": "siglip"}"#, Class::Gemma),
            (r#"{"tokenizer_class": "GemmaTokenizer"}"#, r#"{"model_type": "siglip2"}"#, Class::Siglip2),
            (r#"{"tokenizer_class": "RobertaTokenizer"}"#, r#"{"model_type": "modernbert"}"#, Class::File),
            (r#"{"tokenizer_class": "PreTrainedTokenizerFast"}"#, r#"{"model_type": "bert"}"#, Class::File),
            ("{}", r#"{"model_type": "xlm-roberta"}"#, Class::XlmRoberta),
            ("{}", r#"{"model_type": "bert", "tokenizer_class": "RobertaTokenizer"}"#, Class::Roberta),
            ("{}", r#"{"model_type": "siglip"}"#, Class::Siglip),
            ("{}", "{}", Class::File),
        ] {
            assert_eq!(class(settings, model), expected, "{settings} {model}");
        }
    }

    #[test]
    fn every_token_of_a_class_has_a_known_role() {
        for class in [Class::Bert, Class::Roberta, Class::T5, Class::Gemma, Class::Clip, Class::Siglip] {
            assert!(class.tokens().iter().all(|(role, _)| ROLES.contains(role)));
        }
    }
}
