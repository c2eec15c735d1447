//! Which of the members that are listed are answered.

use crate::answers::sets::{AnswerSets, Form, Member};
use crate::numbers::ties;

/// From this score on a class is answered, where nobody says another one.
const USUAL: f64 = 0.5;

/// Which members are answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    /// All that are listed.
    All,
    /// Those of at least this score.
    Threshold(f64),
    /// So many, the best first.
    Top(usize),
}

impl Selection {
    /// What is selected of a run where nobody says it: of columns of classes those of at least 0.5, of lists all.
    #[must_use]
    pub fn usual(run: &AnswerSets) -> Selection {
        match run.form {
            Form::Classes => Selection::Threshold(USUAL),
            Form::Listed => Selection::All,
        }
    }

    /// The members of an image that are answered.
    pub fn of(self, listed: &[Member]) -> impl Iterator<Item = Member> + '_ {
        let most = if let Selection::Top(most) = self { most } else { usize::MAX };
        let reaches = move |member: &&Member| match self {
            Selection::Threshold(threshold) => member.score.is_some_and(|score| ties::reaches(score, threshold)),
            Selection::All | Selection::Top(_) => true,
        };
        listed.iter().take(most).filter(reaches).copied()
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Selection::All => "all that are listed".to_string(),
            Selection::Threshold(threshold) => format!("those of a score of at least {threshold}"),
            Selection::Top(most) => format!("the first {most} of each image"),
        }
    }
}
