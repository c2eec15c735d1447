//! What is asked of texts, as options say it.

use crate::numbers::bootstrap::DRAWS;
use crate::report::error::ReportError;
use crate::report::retrieval::gates::HoldError;
use crate::report::retrieval::ranking::{Ranking, RankingError};
use crate::spaces::retrieval::MeasureError;
use crate::spaces::retrieval::bm25::{Parameters, StopWordsError};
use crate::spaces::retrieval::file::FileError;
use crate::spaces::retrieval::search::Depth;
use crate::spaces::retrieval::texts::{TextSource, TextsError};
use crate::taxonomy::read::ReadError;
use std::path::Path;

/// How BM25 ranks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WordRanking {
    /// k1 and b, where they are not tuned.
    pub parameters: Parameters,
    /// Words that are left out: `en`, or a file.
    pub stop_words: Option<String>,
    /// The measure that k1 and b are tuned by, on queries that are not measured.
    pub tune: Option<String>,
}

/// Texts to be ranked, and how that is measured.
///
/// # Examples
///
/// ```
/// use nearmiss::report::retrieval::texts::{TextRanking, WordRanking};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("pairs.csv");
/// std::fs::write(&path, "query,positive,negative\nblack ant,small black ants,a black bee\na bee,a black bee,red ants\n")?;
/// let ranking = TextRanking { words: Some(WordRanking::default()), ..TextRanking::of(&path) };
/// let ranked = ranking.read()?.ranked(vec![])?;
/// // 'black' stands in two documents, the shorter of which is the wrong one, and 'ant' is not 'ants'; 'bee' stands in the right one.
/// let triplets = &ranked.pairs.comparison.metrics[0];
/// assert_eq!((triplets.name.as_str(), triplets.means[0]), ("triplets.accuracy", Some(0.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TextRanking {
    /// Where the texts lie.
    pub source: TextSource,
    /// A taxonomy file or the name of a shipped one, that taxa are of.
    pub taxonomy: Option<String>,
    /// The split to be measured; all queries where none is named.
    pub part: Option<String>,
    /// BM25, where it ranks.
    pub words: Option<WordRanking>,
    /// How long rankings are.
    pub depth: Depth,
    /// Numbers of first documents, for judged pairs.
    pub ks: Vec<usize>,
    /// How rankings are measured: measures, gates, ties, fusion, labels, alpha, draws, seed. Its runs are those of other programs
    /// that are measured beside; its judgements are not read.
    pub ranking: Ranking,
}

/// Why texts could not be ranked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum TextRankingError {
    #[error(transparent)]
    Texts(#[from] TextsError),
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error(transparent)]
    StopWords(#[from] StopWordsError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Ranking(#[from] RankingError),
    #[error(transparent)]
    Gate(#[from] HoldError),
    #[error(transparent)]
    Figure(#[from] ReportError),
    #[error(
        "measure '{measure}': it looks at documents that somebody judged not to be relevant, and here taxa judge, which do so of all \
         others; leave it out"
    )]
    JudgedByTaxa { measure: String },
    #[error(
        "{texts}: nothing ranks these texts; give --bm25, --model MODEL, --embeddings QUERIES DOCUMENTS, or runs behind them"
    )]
    NoSystem { texts: String },
}

impl TextRanking {
    /// Of a table or a folder of texts, everything else as `nearmiss retrieve` does it unless told otherwise; nothing ranks yet.
    #[must_use]
    pub fn of(texts: &Path) -> TextRanking {
        TextRanking {
            source: TextSource::One(texts.to_path_buf()),
            taxonomy: None,
            part: None,
            words: None,
            depth: Depth::default(),
            ks: vec![1, 5, 10],
            ranking: Ranking { draws: DRAWS, ..Ranking::of(texts, vec![]) },
        }
    }
}
