//! What is wrong or remarkable in a source, counted.

use std::fmt;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the sentences say what each is")]
pub enum FindingKind {
    IdTwice,
    BlankId,
    BlankName,
    InCycle,
    AcceptedMissing,
    AcceptedCycle,
    NoTaxon,
    ParentMissing,
    ParentIsSynonym,
    AcceptedIsSynonym,
    RankOutOfOrder,
    UnknownRank,
    BadLength,
    LineageTwice,
    NoGenus,
    LostLetters,
    Mojibake,
    NotComposed,
    DoubledLineage,
    Homonym,
    NoBinomial,
    BlankRank,
    RepeatedRow,
}

impl FindingKind {
    /// All kinds, the gravest first.
    pub const ALL: [FindingKind; 23] = [
        FindingKind::IdTwice,
        FindingKind::BlankId,
        FindingKind::BlankName,
        FindingKind::InCycle,
        FindingKind::AcceptedMissing,
        FindingKind::AcceptedCycle,
        FindingKind::NoTaxon,
        FindingKind::ParentMissing,
        FindingKind::ParentIsSynonym,
        FindingKind::AcceptedIsSynonym,
        FindingKind::RankOutOfOrder,
        FindingKind::UnknownRank,
        FindingKind::BadLength,
        FindingKind::LineageTwice,
        FindingKind::NoGenus,
        FindingKind::LostLetters,
        FindingKind::Mojibake,
        FindingKind::NotComposed,
        FindingKind::DoubledLineage,
        FindingKind::Homonym,
        FindingKind::NoBinomial,
        FindingKind::BlankRank,
        FindingKind::RepeatedRow,
    ];

    /// Whether the row is left out because of it.
    #[must_use]
    pub fn leaves_out(self) -> bool {
        self <= FindingKind::NoTaxon
    }

    /// Whether a small table with it is refused where it is read to be scored against.
    #[must_use]
    pub fn is_refused(self) -> bool {
        self.leaves_out()
            || matches!(
                self,
                FindingKind::ParentMissing
                    | FindingKind::RankOutOfOrder
                    | FindingKind::BadLength
                    | FindingKind::LineageTwice
                    | FindingKind::NoGenus
            )
    }

    /// Whether it is a fault of the source, and not only worth knowing.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self < FindingKind::DoubledLineage
    }

    /// One word for tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            FindingKind::IdTwice => "id_twice",
            FindingKind::BlankId => "blank_id",
            FindingKind::BlankName => "blank_name",
            FindingKind::InCycle => "in_cycle",
            FindingKind::AcceptedMissing => "accepted_missing",
            FindingKind::AcceptedCycle => "accepted_cycle",
            FindingKind::NoTaxon => "no_taxon",
            FindingKind::ParentMissing => "parent_missing",
            FindingKind::ParentIsSynonym => "parent_is_synonym",
            FindingKind::AcceptedIsSynonym => "accepted_is_synonym",
            FindingKind::RankOutOfOrder => "rank_out_of_order",
            FindingKind::UnknownRank => "unknown_rank",
            FindingKind::BadLength => "bad_length",
            FindingKind::LineageTwice => "lineage_twice",
            FindingKind::NoGenus => "no_genus",
            FindingKind::LostLetters => "lost_letters",
            FindingKind::Mojibake => "mojibake",
            FindingKind::NotComposed => "not_composed",
            FindingKind::DoubledLineage => "doubled_lineage",
            FindingKind::Homonym => "homonym",
            FindingKind::NoBinomial => "no_binomial",
            FindingKind::BlankRank => "blank_rank",
            FindingKind::RepeatedRow => "repeated_row",
        }
    }

    /// What it is and what is done about it.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            FindingKind::IdTwice => "the id has stood before for something else; the row is left out",
            FindingKind::BlankId => "the id is blank; the row is left out",
            FindingKind::BlankName => "the name is blank; the row is left out",
            FindingKind::InCycle => "the parents form a cycle; the taxon is left out",
            FindingKind::AcceptedMissing => "a synonym of an id that is not in the source; left out",
            FindingKind::AcceptedCycle => "accepted ids go in a circle; the synonym is left out",
            FindingKind::NoTaxon => "the row names no taxon; left out",
            FindingKind::ParentMissing => "the parent is not in the source; the taxon is put under the root",
            FindingKind::ParentIsSynonym => "the parent is a synonym; the taxon is put under its accepted taxon",
            FindingKind::AcceptedIsSynonym => "a synonym of a synonym; it is given to the taxon accepted in the end",
            FindingKind::RankOutOfOrder => "the taxon lies under one of no higher rank; kept as it stands",
            FindingKind::UnknownRank => "the rank is none that is known; the taxon is kept without rank",
            FindingKind::BadLength => "the branch length is no number of 0 or more; the taxon is kept without",
            FindingKind::LineageTwice => {
                "the lineage has stood before with another id; the id is kept as another one of the taxon"
            }
            FindingKind::NoGenus => "the species is an epithet and the row has no genus; kept as it stands",
            FindingKind::LostLetters => "the name has lost letters to a wrong encoding (U+FFFD); kept",
            FindingKind::Mojibake => "the name looks like UTF-8 read as Latin-1; kept as it stands",
            FindingKind::NotComposed => "the name is not in composed Unicode (NFC); it is composed",
            FindingKind::DoubledLineage => "another taxon has the same name and rank under the same parent",
            FindingKind::Homonym => "the name stands for several taxa; a lineage or an id tells them apart",
            FindingKind::NoBinomial => "the name of the species is no binomial",
            FindingKind::BlankRank => "the species lacks main ranks",
            FindingKind::RepeatedRow => "the row repeats an earlier one",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// Line in the file, from 1; 0 where it has none.
    pub line: u64,
    /// Id of the row.
    pub id: String,
    /// Name of the row.
    pub name: String,
    /// The value at fault.
    pub value: String,
    /// What could stand there instead; empty where nobody can know.
    pub proposal: String,
}

impl Finding {
    /// As a problem: `'Felis' (parent '9'): the parent is not in the source`.
    pub(super) fn problem(&self) -> String {
        let what = self.kind.sentence().split("; ").next().unwrap_or_default();
        let value = if self.value.is_empty() { String::new() } else { format!(" ({})", self.value) };
        if self.name.is_empty() { format!("{what}{value}") } else { format!("'{}'{value}: {what}", self.name) }
    }
}

/// `2 × parent_missing: … (…, …)`: one sentence per kind with the first cases.
#[must_use]
pub fn summary(findings: &[Finding]) -> Vec<String> {
    let of = |kind: FindingKind| {
        let cases: Vec<&Finding> = findings.iter().filter(|finding| finding.kind == kind).collect();
        let first = cases.first()?;
        let case = |finding: &&Finding| {
            let line = if finding.line > 0 { format!("line {}: ", finding.line) } else { String::new() };
            let value = if finding.value.is_empty() { String::new() } else { format!(" ({})", finding.value) };
            let name = if finding.name.is_empty() { format!("id '{}'", finding.id) } else { format!("'{}'", finding.name) };
            format!("{line}{name}{value}")
        };
        let shown: Vec<String> = cases.iter().take(3).map(case).collect();
        let more = if cases.len() > 3 { format!("; and {} more", cases.len() - 3) } else { String::new() };
        Some(format!("{} × {}: {}{more}", cases.len(), first.kind.sentence(), shown.join("; ")))
    };
    FindingKind::ALL.into_iter().filter_map(of).collect()
}
