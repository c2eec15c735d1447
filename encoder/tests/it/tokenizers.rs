//! Token ids of every kind of tokenizer against those of transformers and `open_clip` (`tests/parity/make_tokenizers.py`).

#![expect(clippy::unwrap_used, reason = "tests")]

use flate2::read::GzDecoder;
use nearmiss_encoder::encoder::description::model::{Cleaning, FileTokenizer, TokenizerDescription};
use nearmiss_encoder::encoder::tokenizer::Tokenizer;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A folder of `tests/fixtures/tokenizers` each, and how many texts of it `SiglipTokenizer` reads otherwise.
const KINDS: [(&str, usize); 12] = [
    ("bert", 0),
    ("bert_vocabulary", 0),
    ("clip", 0),
    ("clip_file", 0),
    ("file_alone", 0),
    ("gemma", 0),
    ("roberta", 0),
    ("roberta_merges", 0),
    ("siglip", 6),
    ("siglip2", 0),
    ("t5", 0),
    ("xlm_roberta", 0),
];

/// What texts were made with one program and its settings.
#[derive(Deserialize)]
struct Run {
    cleaning: String,
    #[serde(default)]
    strip: Option<i64>,
    #[serde(default)]
    lower_case: bool,
    context: usize,
    #[serde(default)]
    pad: bool,
    ids: Vec<Option<Vec<i64>>>,
}

fn fixtures() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/tokenizers")
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_reader(GzDecoder::new(File::open(fixtures().join(name)).unwrap())).unwrap()
}

fn tokenizer(kind: &str, run: &Run) -> Tokenizer {
    let cleaning = match run.cleaning.as_str() {
        "whitespace" => Cleaning::Whitespace,
        "lower" => Cleaning::Lower,
        "canonicalize" => Cleaning::Canonicalize,
        "siglip" => Cleaning::Siglip,
        "none" => Cleaning::None,
        other => panic!("{kind}: {other}"),
    };
    let description = FileTokenizer { cleaning, strip: run.strip, lower_case: run.lower_case };
    Tokenizer::open(&TokenizerDescription::File(description), &fixtures().join(kind), run.context).unwrap()
}

/// The first text that has other ids, and how many have.
fn difference(kind: &str, run: &Run, texts: &[String]) -> Option<String> {
    let tokenizer = tokenizer(kind, run);
    let mut differences = vec![];
    for ((text, tokens), expected) in texts.iter().zip(tokenizer.encode_all(texts)).zip(&run.ids) {
        let mut ids = tokens.ids;
        if run.pad {
            ids.resize(run.context, tokenizer.pad_id().unwrap());
        }
        if expected.as_ref().is_some_and(|expected| *expected != ids) {
            differences.push(format!("{text:?}: {ids:?}, and not {expected:?}"));
        }
    }
    let first = differences.first()?;
    Some(format!("{kind}, {}, context {}: {} texts differ, first {first}", run.cleaning, run.context, differences.len()))
}

#[test]
fn every_kind_has_the_ids_of_its_program() {
    let texts: Vec<String> = read("texts.json.gz");
    assert_eq!(texts.len(), 2500);
    let mut differences = vec![];
    for (kind, otherwise) in KINDS {
        let runs: Vec<Run> = read(&format!("{kind}/ids.json.gz"));
        let missing = runs.iter().flat_map(|run| &run.ids).filter(|ids| ids.is_none()).count();
        assert_eq!(missing, otherwise, "{kind}");
        for run in &runs {
            assert_eq!(run.ids.len(), texts.len(), "{kind}");
            differences.extend(difference(kind, run, &texts));
        }
    }
    assert_eq!(differences, Vec::<String>::new());
}

#[test]
fn a_text_that_fits_is_not_truncated_and_one_that_does_not_is() {
    let texts: Vec<String> = read("texts.json.gz");
    for (kind, _) in KINDS {
        let run = &read::<Vec<Run>>(&format!("{kind}/ids.json.gz"))[0];
        let tokenizer = tokenizer(kind, run);
        let whole = Tokenizer::open(
            &TokenizerDescription::File(FileTokenizer {
                cleaning: if run.cleaning == "canonicalize" { Cleaning::Canonicalize } else { Cleaning::None },
                ..FileTokenizer::default()
            }),
            &fixtures().join(kind),
            1 << 16,
        )
        .unwrap();
        let mut cut = 0;
        for (tokens, whole) in tokenizer.encode_all(&texts).into_iter().zip(whole.encode_all(&texts)) {
            assert!(!whole.truncated && tokens.ids.len() <= run.context);
            assert_eq!(tokens.truncated, whole.ids.len() > run.context);
            cut += usize::from(tokens.truncated);
        }
        assert!((5..1000).contains(&cut), "{kind}: {cut}");
        assert!(tokenizer.vocabulary_size() >= 700, "{kind}: {}", tokenizer.vocabulary_size());
    }
}
