//! Taxonomies of others, read whole: what is counted, found, pruned, resolved and written again.

use crate::archives::zip_of;
use crate::folder::{folder_with, saved};
use crate::taxonomy::taxon;
use nearmiss::taxonomy::import::{FindingKind, Format, Import, ImportOptions, RowAccounting};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::{Found, Step};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) fn zipped(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    saved("archive.zip", &zip_of(&files))
}

pub(crate) fn import(path: &Path) -> Import {
    import_with(path, &ImportOptions::default())
}

pub(crate) fn import_with(path: &Path, options: &ImportOptions) -> Import {
    let import = Import::open(path, options).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(import.accounting().is_whole(), "{}: {:?}", path.display(), import.accounting());
    import
}

pub(crate) fn one_file(name: &str, text: &str) -> (TempDir, Import) {
    let (folder, path) = saved(name, text.as_bytes());
    let import = import(&path);
    (folder, import)
}

pub(crate) fn refusal(name: &str, text: &str) -> String {
    let (_folder, path) = saved(name, text.as_bytes());
    one_refusal(&path, &ImportOptions::default())
}

pub(crate) fn one_refusal(path: &Path, options: &ImportOptions) -> String {
    Import::open(path, options).unwrap_err().to_string()
}

pub(crate) fn tree(import: &Import) -> Taxonomy {
    import.taxonomy().unwrap()
}

fn kinds(import: &Import) -> BTreeMap<FindingKind, usize> {
    let mut kinds = BTreeMap::new();
    import.findings().iter().for_each(|finding| *kinds.entry(finding.kind).or_default() += 1);
    kinds
}

pub(crate) fn lineage(tree: &Taxonomy, text: &str) -> String {
    tree.lineage_string(taxon(tree, text), ";")
}

/// GBIF's backbone: unquoted tabs, a lone quote, synonyms of synonyms, an orphan of each kind.
const BACKBONE: &str =
    "taxonID\tparentNameUsageID\tacceptedNameUsageID\tscientificName\tscientificNameAuthorship\tcanonicalName\ttaxonRank\t\
taxonomicStatus\tnamePublishedIn\tkingdom
1\t\t\tAnimalia\t\tAnimalia\tkingdom\taccepted\t\tAnimalia
2\t1\t\tAves\t\tAves\tclass\taccepted\tSome \"journal\tAnimalia
3\t2\t\tOenanthe Vieillot, 1816\tVieillot, 1816\tOenanthe\tgenus\taccepted\t\tAnimalia
4\t3\t\tOenanthe oenanthe (Linnaeus, 1758)\t(Linnaeus, 1758)\tOenanthe oenanthe\tspecies\taccepted\t\tAnimalia
5\t3\t4\tSaxicola oenanthe (Linnaeus, 1758)\t(Linnaeus, 1758)\tSaxicola oenanthe\tspecies\tsynonym\t\tAnimalia
6\t3\t5\tMotacilla oenanthe Linnaeus, 1758\tLinnaeus, 1758\tMotacilla oenanthe\tspecies\thomotypic synonym\t\tAnimalia
7\t3\t99\tVitiflora nowhere\t\tVitiflora nowhere\tspecies\tsynonym\t\tAnimalia
8\t77\t\tAvis orphana\t\tAvis orphana\tspecies\tdoubtful\t\tAnimalia
10\t\t\tPlantae\t\tPlantae\tkingdom\taccepted\t\tPlantae
11\t10\t\tOenanthe L.\tL.\tOenanthe\tgenus\taccepted\t\tPlantae
12\t11\t\tOenanthe crocata L.\tL.\tOenanthe crocata\tspecies\taccepted\t\tPlantae
";

#[test]
fn a_backbone_is_read_without_quoting_and_nothing_is_lost() {
    let (_folder, import) = one_file("Taxon.tsv", BACKBONE);
    assert_eq!(import.format, Format::DarwinCore);
    let expected = RowAccounting { rows: 11, taxa: 8, synonyms: 2, left_out: 1, ..RowAccounting::default() };
    assert_eq!(import.accounting(), expected);
    let found =
        BTreeMap::from([(FindingKind::AcceptedMissing, 1), (FindingKind::ParentMissing, 1), (FindingKind::AcceptedIsSynonym, 1)]);
    assert_eq!(kinds(&import), found);
    let tree = tree(&import);
    assert_eq!(lineage(&tree, "Oenanthe crocata"), "Plantae;Oenanthe;Oenanthe crocata");
    assert_eq!(lineage(&tree, "Motacilla oenanthe"), lineage(&tree, "Oenanthe oenanthe"), "a synonym of a synonym");
    assert_eq!(tree.resolve("5").step, Some(Step::OtherId), "ids of synonyms are ids");
    assert!(matches!(tree.find("Oenanthe"), Found::Several(_)), "a bird and a plant");
    assert_eq!(lineage(&tree, "Plantae;Oenanthe"), "Plantae;Oenanthe");
    let wrong = tree.resolve("Fungi;Oenanthe");
    assert_eq!((wrong.found, wrong.contradicted.len()), (Found::Nothing, 2), "no namesake is taken that lies elsewhere");
}

#[test]
fn what_is_not_asked_for_is_pruned_and_counted() {
    let folder = folder_with(&[("Taxon.tsv", BACKBONE)]);
    let path = folder.path().join("Taxon.tsv");
    let of = |options: ImportOptions| {
        let import = import_with(&path, &options);
        let tree = tree(&import);
        let names: Vec<String> = tree.taxa().skip(1).map(|taxon| tree.name(taxon).to_string()).collect();
        (names, import.accounting().pruned)
    };
    let birds = ["Animalia", "Aves", "Oenanthe", "Oenanthe oenanthe"].map(str::to_string).to_vec();
    assert_eq!(of(ImportOptions { within: vec!["Aves".to_string()], ..ImportOptions::default() }), (birds.clone(), 4));
    let named = Some(vec!["Saxicola oenanthe".to_string()]);
    assert_eq!(of(ImportOptions { names: named, ..ImportOptions::default() }).0, birds, "by a synonym, with what lies above");
    let classes = of(ImportOptions { rank: Some(Rank::Class), ..ImportOptions::default() });
    assert_eq!(classes, (vec!["Animalia".to_string(), "Aves".to_string()], 8));
    let error = Import::open(&path, &ImportOptions { within: vec!["Reptilia".to_string()], ..ImportOptions::default() });
    assert!(error.unwrap_err().to_string().contains("'Reptilia' is neither an id nor a name"));
}

#[test]
fn faults_are_found_counted_and_left_in_the_findings() {
    let text = "taxonID\tparentNameUsageID\tacceptedNameUsageID\tscientificName\ttaxonRank\ttaxonomicStatus\n\
        1\t2\t\tAlpha\tfamily\taccepted\n2\t1\t\tBeta\tfamily\taccepted\n3\t2\t\tGamma\tgenus\taccepted\n\
        4\t\t5\tOne one\tspecies\tsynonym\n5\t\t4\tTwo two\tspecies\tsynonym\n\
        6\t3\t\tGamma gamma\tspecies\taccepted\n6\t3\t\tGamma delta\tspecies\taccepted\n6\t3\t\tGamma gamma\tspecies\taccepted\n\
        7\t6\t\tHighus\tfamily\taccepted\n8\t3\t\tGamma charanÃ§on\tspecies\taccepted\n9\t3\t\t\tspecies\taccepted\n\
        10\t3\t\tGamma e\u{301}ta\tweird\taccepted\n";
    let (folder, mut import) = one_file("faults.tsv", text);
    import.check();
    let parts = import.accounting();
    assert_eq!((parts.rows, parts.taxa, parts.left_out, parts.repeated), (12, 5, 6, 1));
    let found = kinds(&import);
    for (kind, count) in [
        (FindingKind::InCycle, 2),
        (FindingKind::AcceptedCycle, 2),
        (FindingKind::IdTwice, 1),
        (FindingKind::BlankName, 1),
        (FindingKind::RepeatedRow, 1),
        (FindingKind::ParentMissing, 1),
        (FindingKind::RankOutOfOrder, 1),
        (FindingKind::Mojibake, 1),
        (FindingKind::NotComposed, 1),
        (FindingKind::UnknownRank, 1),
    ] {
        assert_eq!(found.get(&kind), Some(&count), "{kind}: {:?}", import.findings());
    }
    let proposals = folder.path().join("fix.csv");
    import.write_findings(&proposals).unwrap();
    let written = fs::read_to_string(proposals).unwrap();
    assert_eq!(written.lines().count(), import.findings().len() + 1);
    assert!(written.contains("mojibake,11,8,Gamma charanÃ§on,,Gamma charançon,"), "{written}");
    assert_eq!(fs::read_to_string(folder.path().join("faults.tsv")).unwrap(), text, "the source is as it was");
}

#[test]
fn rows_without_an_id_repeat_those_that_have_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.csv");
    let rows = "kingdom,cdnom,species\nAnimalia,1,Pica pica\nAnimalia,,Parus major\nAnimalia,2,Parus major\n\
                Animalia,,Corvus corax\nAnimalia,3,Corvus corax\n";
    fs::write(&path, rows).unwrap();
    let parts = import(&path).accounting();
    // A kingdom and three genera are made; two of five rows repeat others.
    assert_eq!((parts.rows, parts.made, parts.taxa, parts.repeated), (5, 4, 7, 2), "{parts:?}");
    // More rows without an id than taxa are made: the count of these went below zero.
    let rows = "kingdom,cdnom,genus\nAnimalia,1,Pica\nAnimalia,,Parus\nAnimalia,2,Parus\nAnimalia,,Corvus\nAnimalia,3,Corvus\n";
    fs::write(&path, rows).unwrap();
    let parts = import(&path).accounting();
    assert_eq!((parts.rows, parts.made, parts.taxa, parts.repeated), (5, 1, 4, 2), "{parts:?}");
}

#[test]
fn damaged_and_foreign_files_get_one_right_sentence() {
    let (folder, path) = zipped(&[("Taxon.tsv", &BACKBONE.repeat(40))]);
    let bytes = fs::read(&path).unwrap();
    let cut = folder.path().join("cut.zip");
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert!(one_refusal(&cut, &ImportOptions::default()).contains("not a whole zip"), "no directory at the end");
    let mut bent = bytes.clone();
    bent[80..120].fill(0);
    let spoilt = folder.path().join("spoilt.zip");
    fs::write(&spoilt, bent).unwrap();
    assert!(one_refusal(&spoilt, &ImportOptions::default()).contains("cut off or damaged, fetch it again"));
    let gz = folder.path().join("Taxon.tsv.gz");
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    encoder.write_all(BACKBONE.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    fs::write(&gz, &packed).unwrap();
    assert_eq!(import(&gz).accounting().rows, 11);
    fs::write(&gz, &packed[..packed.len() - 20]).unwrap();
    assert!(one_refusal(&gz, &ImportOptions::default()).contains("cut off or damaged"));
    for (name, text, what) in [
        ("page.zip", "<!DOCTYPE html><html>", "a page of HTML"),
        ("empty.csv", "\n \n", "the file is empty"),
        ("pipes.csv", "taxonID^parent^name\n1^2^a\n", "is the delimiter a comma, tab, ';' or '|'?"),
        ("data.csv", "1,Lophopsittacus bensoni,Psittacidae\n2,x y,Aves\n", "the first line holds data and no header"),
        ("photos.csv", "filepath,class\na.jpg,Rosa\n", "a list of photographs with labels"),
        ("gbif.csv", "gbifID,species,decimalLatitude\n1,Rosa canina,4\n", "a table of occurrences"),
        ("blank.csv", "taxonID,parentNameUsageID,scientificName\n,,\n,1,\n", "no taxon is left"),
    ] {
        let error = refusal(name, text);
        assert!(error.contains(what), "{name}: {error}");
    }
}

#[test]
fn what_is_written_is_read_back_the_same() {
    // Synonyms without ids of their own, and names that look like a genus and an author.
    let txtree = "Tenebrionidae [family]\n  Aconobius [genus]\n    Aconobius laciniatus [species]\n      =Conibiosoma laciniata [species]\n";
    let gtdb = "d__Bacteria;p__Actinobacteriota;g__Varibaculum;s__Varibaculum timonense A\n";
    let folder = folder_with(&[
        ("Taxon.tsv", BACKBONE),
        ("tree.nwk", "((A:1,B:2):3,C:4);"),
        ("beetles.txtree", txtree),
        ("gtdb.tsv", gtdb),
    ]);
    for source in ["Taxon.tsv", "tree.nwk", "beetles.txtree", "gtdb.tsv"] {
        let first = import(&folder.path().join(source));
        let before = tree(&first);
        for name in ["t.parquet", "t.csv"] {
            let path = folder.path().join(name);
            first.write(&path).unwrap();
            let again = import(&path);
            assert_eq!(again.format, Format::Own);
            let (parts, others) = (first.accounting(), again.accounting());
            let root = u64::from(source == "tree.nwk");
            assert_eq!(
                (others.taxa + root, others.synonyms),
                (parts.taxa, parts.synonyms),
                "{source} {name}: a root without name is everywhere"
            );
            let after = Taxonomy::from_path(&path).unwrap();
            let lines = |tree: &Taxonomy| -> Vec<String> {
                let line = |taxon: TaxonId| {
                    let length = tree.branch_length(taxon);
                    format!(
                        "{} {} {} {length:?} {:?}",
                        // Taxa without an id are read back with their lineage for one.
                        if source == "beetles.txtree" { tree.lineage_string(taxon, ";") } else { tree.identity(taxon) },
                        tree.rank(taxon),
                        tree.name(taxon),
                        tree.synonyms(taxon)
                    )
                };
                tree.taxa().map(line).collect()
            };
            assert_eq!(lines(&after), lines(&before), "{source} {name}");
            if source == "Taxon.tsv" {
                assert_eq!(after.fingerprint(), before.fingerprint());
            }
        }
    }
}

/// TAXREF: names in quotes, a column of parents beside those of ranks, statuses of a territory.
pub(crate) const TAXREF: &str = "\"REGNE\"\t\"PHYLUM\"\t\"CLASSE\"\t\"ORDRE\"\t\"FAMILLE\"\t\"CD_NOM\"\t\"CD_SUP\"\t\"CD_REF\"\t\"RANG\"\t\"LB_NOM\"\t\
\"LB_AUTEUR\"\t\"NOM_VERN\"\t\"NOM_VERN_ENG\"\t\"HABITAT\"\t\"FR\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"187079\"\t\"\"\t\"187079\"\t\"KD\"\t\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"\"\t\"P\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"Rosaceae\"\t\"187370\"\t\"187079\"\t\"187370\"\t\"FM\"\t\"Rosaceae\"\t\"Juss., 1789\"\t\"\"\t\"\"\t\"\"\t\"P\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"Rosaceae\"\t\"197264\"\t\"187370\"\t\"197264\"\t\"GN  \"\t\"Rosa\"\t\"L., 1753\"\t\"\"\t\"\"\t\"3\"\t\"P\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"Rosaceae\"\t\"118073\"\t\"197264\"\t\"118073\"\t\"ES\"\t\"Rosa canina\"\t\"L., 1753\"\t\"Rosier des chiens, Églantier\"\t\"Dog Rose\"\t\"3\"\t\"P\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"Rosaceae\"\t\"118075\"\t\"118073\"\t\"118075\"\t\"VAR\"\t\"Rosa canina var. dumalis\"\t\"Baker\"\t\"\"\t\"\"\t\"3\"\t\"D\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"Rosaceae\"\t\"118100\"\t\"197264\"\t\"118073\"\t\"ES\"\t\"Rosa lutetiana\"\t\"Léman, 1818\"\t\"\"\t\"\"\t\"3\"\t\"P\"\r
\"Plantae\"\t\"\"\t\"\"\t\"\"\t\"Rosaceae\"\t\"118200\"\t\"197264\"\t\"118200\"\t\"ES\"\t\"Rosa absens\"\t\"Nobody\"\t\"\"\t\"\"\t\"3\"\t\"A\"\r
";

#[test]
fn names_are_resolved_by_the_surest_step() {
    let folder = folder_with(&[("TAXREFv18.txt", TAXREF), ("Taxon.tsv", BACKBONE)]);
    let roses = tree(&import(&folder.path().join("TAXREFv18.txt")));
    for (text, step, name) in [
        ("118073", Step::Id, "Rosa canina"),
        ("118100", Step::OtherId, "Rosa canina"),
        ("ROSA_canina", Step::Name, "Rosa canina"),
        ("Rosa canina L., 1753", Step::Authorship, "Rosa canina"),
        ("Rosa canina (dog rose)", Step::Authorship, "Rosa canina"),
        ("Rosa cf. canina", Step::Qualified, "Rosa canina"),
        ("Rosa sp.", Step::Qualified, "Rosa"),
        ("Rosa lutetiana Léman", Step::Synonym, "Rosa canina"),
        ("Dog Rose", Step::CommonName, "Rosa canina"),
        ("Les églantiers (Rosa canina, Rosa absens)", Step::Bracket, "Rosa"),
        ("La rose <plusieurs Rosaceae et autres>", Step::Bracket, "Rosaceae"),
        ("Rosa canina subsp. nova", Step::Species, "Rosa canina"),
        ("Rosa canina f. alba", Step::Species, "Rosa canina"),
    ] {
        let resolved = roses.resolve(text);
        let found = resolved.taxon().map(|taxon| roses.name(taxon));
        assert_eq!((found, resolved.step), (Some(name), Some(step)), "{text}");
    }
    for text in ["Rosa", "rosaceae"] {
        assert!(roses.resolve(text).taxon().is_some(), "{text}");
    }
    for text in ["Les roses", "Rosa caninaa", "12", "Rubus canina", "Les pucerons <Rosa, Nowhere>"] {
        assert_eq!(roses.resolve(text).found, Found::Nothing, "{text}");
    }
    assert_eq!(roses.suggestion("Rosa caninna"), "; nearest names: 'Rosa canina'");
    assert_eq!(roses.suggestion("Roza canina"), "; nearest names: 'Rosa canina'");
}
