//! The figures of a report, as blocks; none without the feature `plots`.

use super::super::document::Block;
use super::super::error::ReportError;
use crate::scores::Scores;
use crate::taxonomy::Taxonomy;

/// Figures, each where there is anything to draw.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Accuracy per rank.
    pub accuracy: Option<Block>,
    /// Where truth and answer meet.
    pub depth: Option<Block>,
    /// The taxonomy coloured by accuracy.
    pub icicle: Option<Block>,
    /// The confusion matrix.
    pub confusions: Option<Block>,
    /// Decision rules as bars.
    pub rules: Option<Block>,
    /// Reliability diagrams.
    pub reliability: Option<Block>,
    /// The operating curve.
    pub operating: Option<Block>,
    /// Where back-off stops on what is known and what is not.
    pub novelty: Option<Block>,
}

#[cfg(feature = "plots")]
impl Drawn {
    /// The figures that show several runs together.
    pub fn together(scores: &[&Scores]) -> Result<Self, ReportError> {
        use super::super::figures;
        Ok(Self {
            accuracy: figures::accuracy_per_rank(scores)?.map(Block::Figure),
            depth: figures::error_depth(scores)?.map(Block::Figure),
            ..Self::default()
        })
    }

    /// Adds the figures of one run; `number` is its place where there are several.
    pub fn with_run(self, taxonomy: &Taxonomy, scores: &Scores, number: Option<usize>) -> Result<Self, ReportError> {
        use super::super::figures;
        let file = |name: &str| match number {
            None => format!("figures/{name}.svg"),
            Some(number) => format!("figures/{name}-{number}.svg"),
        };
        let whole = scores.whole.as_ref().ok();
        let selective = whole.and_then(|whole| whole.selective.as_ref());
        let rules = whole.map(|whole| figures::decision_rules(&whole.decisions, file("decision_rules"))).transpose()?;
        let reliability = whole.map(|whole| figures::reliability(whole, file("reliability"))).transpose()?;
        let operating = selective.map(|selective| figures::operating_curve(selective, file("operating_curve"))).transpose()?;
        Ok(Self {
            icicle: figures::icicle(taxonomy, scores, file("icicle"))?.map(Block::Figure),
            confusions: figures::confusion_matrix(taxonomy, scores, file("confusion_matrix"))?.map(Block::Figure),
            rules: rules.flatten().map(Block::Figure),
            reliability: reliability.flatten().map(Block::Figure),
            operating: operating.flatten().map(Block::Figure),
            novelty: figures::novelty_curve(scores, file("novelty"))?.map(Block::Figure),
            ..self
        })
    }
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signatures as with figures")]
impl Drawn {
    pub fn together(_scores: &[&Scores]) -> Result<Self, ReportError> {
        Ok(Self::default())
    }

    pub fn with_run(self, _taxonomy: &Taxonomy, _scores: &Scores, _number: Option<usize>) -> Result<Self, ReportError> {
        Ok(self)
    }
}
