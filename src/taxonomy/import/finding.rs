//! What is wrong or remarkable in a source, counted.

use std::fmt;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the sentences say what each is")]
pub enum Kind {
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

impl Kind {
    /// All kinds, the gravest first.
    pub const ALL: [Kind; 23] = [
        Kind::IdTwice,
        Kind::BlankId,
        Kind::BlankName,
        Kind::InCycle,
        Kind::AcceptedMissing,
        Kind::AcceptedCycle,
        Kind::NoTaxon,
        Kind::ParentMissing,
        Kind::ParentIsSynonym,
        Kind::AcceptedIsSynonym,
        Kind::RankOutOfOrder,
        Kind::UnknownRank,
        Kind::BadLength,
        Kind::LineageTwice,
        Kind::NoGenus,
        Kind::LostLetters,
        Kind::Mojibake,
        Kind::NotComposed,
        Kind::DoubledLineage,
        Kind::Homonym,
        Kind::NoBinomial,
        Kind::BlankRank,
        Kind::RepeatedRow,
    ];

    /// Whether the row is left out because of it.
    #[must_use]
    pub fn leaves_out(self) -> bool {
        self <= Kind::NoTaxon
    }

    /// Whether a small table with it is refused where it is read to be scored against.
    #[must_use]
    pub fn is_refused(self) -> bool {
        self.leaves_out()
            || matches!(self, Kind::ParentMissing | Kind::RankOutOfOrder | Kind::BadLength | Kind::LineageTwice | Kind::NoGenus)
    }

    /// Whether it is a fault of the source, and not only worth knowing.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self < Kind::DoubledLineage
    }

    /// One word for tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Kind::IdTwice => "id_twice",
            Kind::BlankId => "blank_id",
            Kind::BlankName => "blank_name",
            Kind::InCycle => "in_cycle",
            Kind::AcceptedMissing => "accepted_missing",
            Kind::AcceptedCycle => "accepted_cycle",
            Kind::NoTaxon => "no_taxon",
            Kind::ParentMissing => "parent_missing",
            Kind::ParentIsSynonym => "parent_is_synonym",
            Kind::AcceptedIsSynonym => "accepted_is_synonym",
            Kind::RankOutOfOrder => "rank_out_of_order",
            Kind::UnknownRank => "unknown_rank",
            Kind::BadLength => "bad_length",
            Kind::LineageTwice => "lineage_twice",
            Kind::NoGenus => "no_genus",
            Kind::LostLetters => "lost_letters",
            Kind::Mojibake => "mojibake",
            Kind::NotComposed => "not_composed",
            Kind::DoubledLineage => "doubled_lineage",
            Kind::Homonym => "homonym",
            Kind::NoBinomial => "no_binomial",
            Kind::BlankRank => "blank_rank",
            Kind::RepeatedRow => "repeated_row",
        }
    }

    /// What it is and what is done about it.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Kind::IdTwice => "the id has stood before for something else; the row is left out",
            Kind::BlankId => "the id is blank; the row is left out",
            Kind::BlankName => "the name is blank; the row is left out",
            Kind::InCycle => "the parents form a cycle; the taxon is left out",
            Kind::AcceptedMissing => "a synonym of an id that is not in the source; left out",
            Kind::AcceptedCycle => "accepted ids go in a circle; the synonym is left out",
            Kind::NoTaxon => "the row names no taxon; left out",
            Kind::ParentMissing => "the parent is not in the source; the taxon is put under the root",
            Kind::ParentIsSynonym => "the parent is a synonym; the taxon is put under its accepted taxon",
            Kind::AcceptedIsSynonym => "a synonym of a synonym; it is given to the taxon accepted in the end",
            Kind::RankOutOfOrder => "the taxon lies under one of no higher rank; kept as it stands",
            Kind::UnknownRank => "the rank is none that is known; the taxon is kept without rank",
            Kind::BadLength => "the branch length is no number of 0 or more; the taxon is kept without",
            Kind::LineageTwice => "the lineage has stood before with another id; the id is kept as another one of the taxon",
            Kind::NoGenus => "the species is an epithet and the row has no genus; kept as it stands",
            Kind::LostLetters => "the name has lost letters to a wrong encoding (U+FFFD); kept",
            Kind::Mojibake => "the name looks like UTF-8 read as Latin-1; kept as it stands",
            Kind::NotComposed => "the name is not in composed Unicode (NFC); it is composed",
            Kind::DoubledLineage => "another taxon has the same name and rank under the same parent",
            Kind::Homonym => "the name stands for several taxa; a lineage or an id tells them apart",
            Kind::NoBinomial => "the name of the species is no binomial",
            Kind::BlankRank => "the species lacks main ranks",
            Kind::RepeatedRow => "the row repeats an earlier one",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
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
    let of = |kind: Kind| {
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
    Kind::ALL.into_iter().filter_map(of).collect()
}
