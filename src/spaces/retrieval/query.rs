//! One query: what was found, best first, and what was there to find.

/// The grades of a ranking and of everything judged.
///
/// Grade 0 and below is not relevant; a grade below 0 counts as not judged.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Grades of the ranked documents, best first; `None` where nobody judged the document.
    pub ranked: &'a [Option<i32>],
    /// How many documents were judged with each grade, the highest grade first.
    pub judged: &'a [(i32, u64)],
}

impl Query<'_> {
    /// Judged documents of at least a grade.
    #[must_use]
    pub fn relevant(&self, level: i32) -> u64 {
        self.judged.iter().take_while(|(grade, _)| *grade >= level).map(|(_, count)| count).sum()
    }

    /// Documents judged and found not relevant: from grade 0 to below the level.
    #[must_use]
    pub fn not_relevant(&self, level: i32) -> u64 {
        self.judged.iter().filter(|(grade, _)| (0..level).contains(grade)).map(|(_, count)| count).sum()
    }
}

/// Counts grades, the highest first.
#[must_use]
pub fn counted(grades: impl IntoIterator<Item = i32>) -> Vec<(i32, u64)> {
    let mut grades: Vec<i32> = grades.into_iter().collect();
    grades.sort_unstable_by(|a, b| b.cmp(a));
    grades.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u64)).collect()
}
