//! The formats that are told apart.

/// What a source was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what each is")]
pub enum Format {
    RankTable,
    ParentList,
    Pairs,
    DarwinCore,
    ColDp,
    Ncbi,
    Taxref,
    OpenTree,
    INaturalist,
    LabelJson,
    GraphJson,
    RankJson,
    LineageStrings,
    SpeciesNet,
    TextTree,
    DashTree,
    Newick,
    Nexus,
    PhyloXml,
    Codes,
    Aliases,
    Names,
    Own,
}

impl Format {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::RankTable => "rank table",
            Format::ParentList => "parent–child list",
            Format::Pairs => "parent–child pairs",
            Format::DarwinCore => "Darwin Core",
            Format::ColDp => "ColDP",
            Format::Ncbi => "NCBI taxdump",
            Format::Taxref => "TAXREF",
            Format::OpenTree => "Open Tree taxonomy",
            Format::INaturalist => "iNaturalist taxa",
            Format::LabelJson => "BioCLIP label JSON",
            Format::GraphJson => "node-link JSON",
            Format::RankJson => "JSON of names and ranks",
            Format::LineageStrings => "lineage strings (d__;p__;…)",
            Format::SpeciesNet => "SpeciesNet labels",
            Format::TextTree => "txtree",
            Format::DashTree => "indented tree",
            Format::Newick => "Newick",
            Format::Nexus => "Nexus",
            Format::PhyloXml => "PhyloXML",
            Format::Codes => "code list",
            Format::Aliases => "list of names and synonyms",
            Format::Names => "list of names",
            Format::Own => "nearmiss taxonomy",
        }
    }
}
