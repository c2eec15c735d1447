//! Taxonomies in the formats of the world, each written by hand with its traps in it.

use nearmiss::rank::Rank;
use nearmiss::taxonomy::import::{Accounting, Format, Import, ImportOptions, Kind};
use nearmiss::taxonomy::search::{Found, Step};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn zipped(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, text) in files {
        let options = zip::write::FileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    (folder, path)
}

fn import(path: &Path) -> Import {
    import_with(path, &ImportOptions::default())
}

fn import_with(path: &Path, options: &ImportOptions) -> Import {
    let import = Import::open(path, options).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(import.accounting().is_whole(), "{}: {:?}", path.display(), import.accounting());
    import
}

fn one_file(name: &str, text: &str) -> (TempDir, Import) {
    let folder = folder(&[(name, text)]);
    let import = import(&folder.path().join(name));
    (folder, import)
}

fn refusal(name: &str, text: &str) -> String {
    let folder = folder(&[(name, text)]);
    Import::open(&folder.path().join(name), &ImportOptions::default()).unwrap_err().to_string()
}

fn tree(import: &Import) -> Taxonomy {
    import.taxonomy().unwrap()
}

fn kinds(import: &Import) -> BTreeMap<Kind, usize> {
    let mut kinds = BTreeMap::new();
    import.findings().iter().for_each(|finding| *kinds.entry(finding.kind).or_default() += 1);
    kinds
}

fn lineage(tree: &Taxonomy, text: &str) -> String {
    tree.lineage_string(taxon(tree, text), ";")
}

fn taxon(tree: &Taxonomy, text: &str) -> TaxonId {
    match tree.find(text) {
        Found::One(taxon) => taxon,
        other => panic!("'{text}': {other:?}"),
    }
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
    let expected = Accounting { rows: 11, taxa: 8, synonyms: 2, left_out: 1, ..Accounting::default() };
    assert_eq!(import.accounting(), expected);
    let found = BTreeMap::from([(Kind::AcceptedMissing, 1), (Kind::ParentMissing, 1), (Kind::AcceptedIsSynonym, 1)]);
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
    let folder = folder(&[("Taxon.tsv", BACKBONE)]);
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
fn an_archive_says_itself_what_its_columns_are() {
    let meta = "<archive xmlns=\"http://rs.tdwg.org/dwc/text/\">\
        <core encoding=\"UTF-8\" fieldsTerminatedBy=\";\" fieldsEnclosedBy='\"' ignoreHeaderLines=\"0\" rowType=\"http://rs.tdwg.org/dwc/terms/Taxon\">\
        <files><location>taxa.csv</location></files><id index=\"0\"/>\
        <field index=\"1\" term=\"http://rs.tdwg.org/dwc/terms/scientificName\"/>\
        <field index=\"2\" term=\"http://rs.tdwg.org/dwc/terms/parentNameUsageID\"/>\
        <field index=\"3\" term=\"http://rs.tdwg.org/dwc/terms/taxonRank\"/></core>\
        <extension fieldsTerminatedBy=\"\\t\" fieldsEnclosedBy=\"\" ignoreHeaderLines=\"0\" rowType=\"http://rs.gbif.org/terms/1.0/VernacularName\">\
        <files><location>names.txt</location></files><coreid index=\"0\"/>\
        <field index=\"1\" term=\"http://rs.tdwg.org/dwc/terms/vernacularName\"/>\
        <field index=\"2\" term=\"http://purl.org/dc/terms/language\"/></extension></archive>";
    // A URL and an LSID for ids, as iNaturalist and WoRMS write them.
    let taxa = "https://www.inaturalist.org/taxa/1;\"Mollusca; in quotes\";;phylum\n\
        urn:lsid:marinespecies.org:taxname:140480;Mytilus Linnaeus, 1758;https://www.inaturalist.org/taxa/1;genus\n\
        7;Mytilus edulis Linnaeus, 1758;140480;species\n";
    let names = "7\tblue mussel\ten\n7\tmoule commune\tfra\n7\tMiesmuschel\tde\n";
    let (_folder, path) =
        zipped(&[("x/meta.xml", meta), ("x/taxa.csv", taxa), ("x/names.txt", names), ("__MACOSX/._taxa.csv", "litter")]);
    let import = import(&path);
    assert_eq!((import.format, import.accounting().taxa), (Format::DarwinCore, 3));
    let tree = tree(&import);
    let mussel = taxon(&tree, "7");
    assert_eq!(lineage(&tree, "7"), "Mollusca; in quotes;Mytilus;Mytilus edulis");
    let common = tree.common_names(mussel);
    assert_eq!((common.english.as_deref(), common.french.as_deref()), (Some("blue mussel"), Some("moule commune")));
    assert_eq!(tree.resolve("Moule commune").step, Some(Step::CommonName));
    let (_folder, path) = zipped(&[("meta.xml", &meta.replace("terms/Taxon", "terms/Occurrence")), ("taxa.csv", taxa)]);
    let error = Import::open(&path, &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("'Occurrence': its rows are observations"), "{error}");
    let (_folder, path) = zipped(&[("meta.xml", meta)]);
    let error = Import::open(&path, &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("'taxa.csv', which is not in the archive"), "{error}");
}

#[test]
fn catalogue_of_life_packages_in_either_form() {
    let usage = "col:ID\tcol:parentID\tcol:status\tcol:scientificName\tcol:authorship\tcol:rank\n\
        F\t\taccepted\tTenebrionidae\tLatreille, 1802\tfamily\n\
        G\tF\taccepted\tTribolium\tMacLeay, 1825\tgenus\n\
        Q2M4\tG\taccepted\tTribolium castaneum\t(Herbst, 1797)\tspecies\n\
        1006-s1\tQ2M4\tsynonym\tColydium castaneum\tHerbst, 1797\tspecies\n\
        B\t\tbare name\tNomen nudum\t\tspecies\n";
    let both = folder(&[("name-usage.tsv", usage), ("reference.tsv", "ID\n")]);
    let import_both = import(both.path());
    assert_eq!(import_both.format, Format::ColDp);
    let expected = Accounting { rows: 5, taxa: 3, synonyms: 1, filtered: 1, ..Accounting::default() };
    assert_eq!(import_both.accounting(), expected);
    let name = "ID\tscientificName\tauthorship\trank\n1\tTenebrionidae\t\tfamily\n2\tTribolium\t\tgenus\n\
        3\tTribolium castaneum\t\tspecies\n4\tColydium castaneum\t\tspecies\n";
    let taxa = "ID\tparentID\tnameID\nF\t\t1\nG\tF\t2\nQ2M4\tG\t3\n";
    let three =
        folder(&[("name.tsv", name), ("taxon.tsv", taxa), ("synonym.tsv", "taxonID\tnameID\tstatus\nQ2M4\t4\tsynonym\n")]);
    let import_three = import(three.path());
    let (a, b) = (tree(&import_both), tree(&import_three));
    assert_eq!(lineage(&a, "Colydium castaneum"), "Tenebrionidae;Tribolium;Tribolium castaneum");
    assert_eq!(lineage(&b, "Colydium castaneum"), lineage(&a, "Q2M4"));
}

#[test]
fn a_taxdump_with_its_new_ranks_and_merged_ids() {
    let nodes = "1\t|\t1\t|\tno rank\t|\t\t|\n131567\t|\t1\t|\tcellular root\t|\t\t|\n2759\t|\t131567\t|\tdomain\t|\t\t|\n\
        33208\t|\t2759\t|\tkingdom\t|\t\t|\n7460\t|\t33208\t|\tspecies\t|\t\t|\n";
    let names = "1\t|\troot\t|\t\t|\tscientific name\t|\n131567\t|\tcellular organisms\t|\t\t|\tscientific name\t|\n\
        2759\t|\tEukaryota\t|\t\t|\tscientific name\t|\n33208\t|\tMetazoa\t|\t\t|\tscientific name\t|\n\
        7460\t|\tApis mellifera\t|\t\t|\tscientific name\t|\n7460\t|\thoney bee\t|\t\t|\tgenbank common name\t|\n\
        7460\t|\tApis mellifica\t|\t\t|\tsynonym\t|\n7460\t|\tApis mellifera Linnaeus, 1758\t|\t\t|\tauthority\t|\n";
    let folder =
        folder(&[("nodes.dmp", nodes), ("names.dmp", names), ("merged.dmp", "12\t|\t7460\t|\n"), ("delnodes.dmp", "13\t|\n")]);
    let import = import(folder.path());
    assert_eq!((import.format, import.accounting().taxa, import.accounting().synonyms), (Format::Ncbi, 5, 2));
    let tree = tree(&import);
    assert_eq!(taxon(&tree, "12"), taxon(&tree, "7460"), "a retired id");
    assert_eq!(taxon(&tree, "Apis mellifica"), taxon(&tree, "7460"));
    assert_eq!(tree.rank(taxon(&tree, "33208")), Rank::Kingdom);
    let lineage = tree.resolve("Animalia;Apis mellifera");
    assert_eq!((lineage.taxon(), lineage.differs), (Some(taxon(&tree, "7460")), false), "Metazoa are animals");
}

const TAXREF: &str = "\"REGNE\"\t\"PHYLUM\"\t\"CLASSE\"\t\"ORDRE\"\t\"FAMILLE\"\t\"CD_NOM\"\t\"CD_SUP\"\t\"CD_REF\"\t\"RANG\"\t\"LB_NOM\"\t\
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
fn taxref_by_the_names_of_its_columns() {
    let retired = "CD_NOM,PLUS_RECENTE_DIFFUSION,CD_NOM_REMPLACEMENT\n999,17.0,118073\n";
    let vernacular = "CD_VERN\tCD_NOM\tLB_VERN\tISO639_3\n1\t118200\tRosier absent\tfra\n";
    let folder = folder(&[
        ("TAXREFv18.txt", TAXREF),
        ("CDNOM_DISPARUS.csv", retired),
        ("TAXVERNv18.txt", vernacular),
        ("habitats_note.csv", "x;y\n"),
    ]);
    let whole = import(folder.path());
    assert_eq!(whole.format, Format::Taxref);
    assert_eq!((whole.accounting().taxa, whole.accounting().synonyms), (6, 2));
    let tree = tree(&whole);
    let rose = taxon(&tree, "118073");
    assert_eq!(lineage(&tree, "118073"), "Plantae;Rosaceae;Rosa;Rosa canina", "the genus comes from CD_SUP");
    for text in ["118100", "999", "Rosa lutetiana", "Rosa lutetiana Léman", "Rosa canina L."] {
        assert_eq!(taxon(&tree, text), rose, "{text}");
    }
    for text in ["Rosier des chiens", "dog rose"] {
        assert_eq!((tree.resolve(text).taxon(), tree.resolve(text).step), (Some(rose), Some(Step::CommonName)), "{text}");
    }
    let variety = taxon(&tree, "Rosa canina dumalis");
    assert_eq!((tree.rank(variety), tree.name(variety)), (Rank::Variety, "Rosa canina var. dumalis"));
    assert_eq!(tree.common_names(taxon(&tree, "Rosa absens")).french.as_deref(), Some("Rosier absent"));
    let french = ["P", "E", "S", "C", "I", "J"].map(str::to_string).to_vec();
    let options =
        ImportOptions { status: Some(("FR".to_string(), french)), rank: Some(Rank::Species), ..ImportOptions::default() };
    let france = import_with(folder.path(), &options);
    assert_eq!((france.accounting().taxa, france.accounting().synonyms), (4, 2), "the absent rose and the variety are out");
    let error = one_refusal(
        &folder.path().join("TAXREFv18.txt"),
        &ImportOptions { status: Some(("ZZ".to_string(), vec!["P".to_string()])), ..ImportOptions::default() },
    );
    assert!(error.contains("no column 'ZZ' to filter by"), "{error}");
}

fn one_refusal(path: &Path, options: &ImportOptions) -> String {
    Import::open(path, options).unwrap_err().to_string()
}

#[test]
fn inaturalist_and_open_tree() {
    let open_data = "taxon_id\tancestry\trank_level\trank\tname\tactive\n48460\t\t100\tstateofmatter\tLife\ttrue\n\
        1\t48460\t70\tkingdom\tAnimalia\ttrue\n3\t48460/1\t50\tclass\tAves\ttrue\n9\t48460/1/3\t10\tspecies\tAvis una\tfalse\n";
    let (_folder, import) = one_file("taxa.csv", open_data);
    assert_eq!((import.format, import.accounting().taxa, import.accounting().filtered), (Format::INaturalist, 3, 1));
    assert_eq!(lineage(&tree(&import), "Aves"), "Life;Animalia;Aves");
    let taxonomy = "uid\t|\tparent_uid\t|\tname\t|\trank\t|\tsourceinfo\t|\tuniqname\t|\tflags\t|\t\n\
        1\t|\t\t|\tAsterales\t|\torder\t|\t\t|\t\t|\t\t|\t\n2\t|\t1\t|\tCynara\t|\tgenus\t|\t\t|\t\t|\t\t|\t\n";
    let synonyms = "name\t|\tuid\t|\ttype\t|\tuniqname\t|\tsourceinfo\t|\t\nArcyna\t|\t2\t|\tsynonym\t|\t\t|\t\t|\t\n";
    let folder = folder(&[("x_taxonomy.tsv", taxonomy), ("x_synonyms.tsv", synonyms)]);
    let import = self::import(&folder.path().join("x_taxonomy.tsv"));
    assert_eq!((import.format, import.accounting().synonyms), (Format::OpenTree, 1));
    assert_eq!(lineage(&tree(&import), "Arcyna"), "Asterales;Cynara");
    let error = one_refusal(&folder.path().join("x_synonyms.tsv"), &ImportOptions::default());
    assert!(error.contains("a list of synonyms without the taxa"), "{error}");
}

#[test]
fn label_files_of_classifiers() {
    let json = "[[[\"Animalia\",\"Chordata\",\"\",\"Cypriniformes\",\"Cyprinidae\",\"Carassius\",\"auratus\"],\"Goldfish\"],\
        [[\"Plantae\",\"\",\"\",\"\",\"\",\"\",\"\"],\"\"]]";
    let (_folder, import) = one_file("labels.json", json);
    assert_eq!((import.format, import.accounting().taxa), (Format::LabelJson, 7));
    let tree = tree(&import);
    assert_eq!(lineage(&tree, "Carassius auratus"), "Animalia;Chordata;Cypriniformes;Cyprinidae;Carassius;Carassius auratus");
    assert_eq!(tree.resolve("goldfish").step, Some(Step::CommonName));
}

#[test]
fn lineages_in_one_string() {
    let (_folder, import) = one_file("gtdb.tsv", "A1\td__Bacteria;p__Bacillota;s__Bacillus subtilis\nA2\td__Bacteria;p__;s__\n");
    assert_eq!((import.format, import.accounting().taxa, import.accounting().repeated), (Format::LineageStrings, 3, 2));
    let uuid = "00049ff0-2ffa-4d82-8cf3-c861fbbfa9d";
    let text = format!(
        "{uuid}1;mammalia;rodentia;muridae;rattus;;rattus species\n{uuid}2;mammalia;rodentia;muridae;rattus;rattus;black rat\n\
         {uuid}3;;;;;;blank\n{uuid}4;mammalia;carnivora;ursidae;;;bear family\n"
    );
    let (_folder, import) = one_file("labels.txt", &text);
    let expected = Accounting { rows: 4, made: 4, taxa: 7, left_out: 1, ..Accounting::default() };
    assert_eq!((import.format, import.accounting()), (Format::SpeciesNet, expected));
    let tree = tree(&import);
    let rat = format!("{uuid}2");
    assert_eq!(lineage(&tree, &rat), "Mammalia;Rodentia;Muridae;Rattus;Rattus rattus");
    assert_eq!(tree.source_id(taxon(&tree, "Rattus")), Some(format!("{uuid}1").as_str()), "the genus has a label of its own");
}

#[test]
fn trees_by_indentation() {
    let text = "Tenebrionidae [family]\n  Tribolium MacLeay, 1825 [genus]\n    =Stene Stephens, 1829 [genus]\n    \
        †Tribolium castaneum (Herbst, 1797) [species]\n  Sine loco [incertae sedis]\n";
    let (_folder, import) = one_file("103.txtree", text);
    assert_eq!((import.format, import.accounting().taxa, import.accounting().synonyms), (Format::TextTree, 4, 1));
    assert_eq!(lineage(&tree(&import), "Stene"), "Tenebrionidae;Tribolium");
    let error = refusal("bad.txtree", "A [family]\n      B [species]\n  C [genus]\n");
    assert!(error.contains("line 2: 'B [species]' lies 3 steps below"), "{error}");
    let (_folder, import) = one_file("birds.txt", "Aves\n\n-- Procellariiformes\n---- Procellariidae\n\n-- Cuculiformes\n");
    assert_eq!((import.format, import.accounting().taxa), (Format::DashTree, 4));
}

#[test]
fn newick_with_comments_quotes_and_support() {
    let text = "[&R] ((A_one:1.5,'B two (x)':2[&&NHX:R=species])95:0.25,(C:1e-1)Clade:[note]4)root:9;";
    let (_folder, import) = one_file("tree.nwk", text);
    assert_eq!((import.format, import.accounting().taxa), (Format::Newick, 6));
    let tree = tree(&import);
    let [a, b, c] = ["A one", "B two (x)", "C"].map(|name| taxon(&tree, name));
    assert_eq!(tree.path_length(a, b), Some(3.5));
    assert_eq!(tree.path_length(a, c), Some(1.5 + 0.25 + (0.1 + 4.0)));
    assert_eq!(tree.rank(b), Rank::Species, "from the NHX comment");
    assert_eq!(tree.name(tree.lca(a, b)), "A one + B two (x)", "95 is support and no name");
    assert_eq!(tree.branch_length(taxon(&tree, "root")), None, "a length above the root is between no two taxa");
    for (text, what) in [
        ("((A,B);", "line 1, letter 7: a ')' is missing, at ';'"),
        ("(A,B));", "a ')' too many"),
        ("(A:x,B);", "the branch length 'x' is no number"),
        ("(A,B", "the tree ends before its last ')'"),
    ] {
        let error = refusal("bad.nwk", text);
        assert!(error.contains(what), "{text}: {error}");
    }
}

#[test]
fn nexus_translates_its_labels() {
    let text = "#NEXUS\n[a comment; with (marks)]\nBEGIN TREES;\n  TRANSLATE 1 Apis_mellifera, 2 'Bombus terrestris';\n\
        TREE one = [&R] (1:2,2:3);\nEND;\n";
    let (_folder, import) = one_file("bees.nex", text);
    let tree = tree(&import);
    assert_eq!(tree.path_length(taxon(&tree, "Apis mellifera"), taxon(&tree, "Bombus terrestris")), Some(5.0));
    assert!(refusal("none.nex", "#NEXUS\nBEGIN TAXA;\nEND;\n").contains("without a block of trees"));
}

#[test]
fn phyloxml_and_graphs_and_codes() {
    let xml = "<phyloxml><phylogeny><clade><name>Apidae</name><clade branch_length=\"0.5\"><taxonomy><scientific_name>Apis</scientific_name>\
        <rank>genus</rank></taxonomy></clade><clade><name>Bombus</name><branch_length>2</branch_length></clade></clade></phylogeny></phyloxml>";
    let (_folder, import) = one_file("bees.xml", xml);
    let bees = tree(&import);
    assert_eq!((import.format, bees.path_length(taxon(&bees, "Apis"), taxon(&bees, "Bombus"))), (Format::PhyloXml, Some(2.5)));
    assert!(refusal("feed.xml", "<rss/>").contains("XML of no known kind (<rss>)"));
    let graph = "{\"nodes\":[{\"id\":1,\"name\":\"root\"},{\"id\":2,\"name\":\"Apis\",\"rank\":\"genus\"}],\"links\":[{\"source\":1,\"target\":0}]}";
    assert_eq!(one_file("graph.json", graph).1.accounting().taxa, 2);
    let ranks = "{\"Apis mellifera\":{\"family\":\"Apidae\",\"genus\":\"Apis\",\"order\":\"Hymenoptera\"}}";
    assert_eq!(lineage(&tree(&one_file("ranks.json", ranks).1), "Apis mellifera"), "Hymenoptera;Apidae;Apis;Apis mellifera");
    let codes = "eppocode,fullname,lang\nAPISME,Apis mellifera Linnaeus,la\nAPISME,honey bee,en\n1APISG,Apis,la\n";
    let (_folder, import) = one_file("codes.csv", codes);
    let codes = tree(&import);
    assert_eq!(codes.resolve("APISME").step, Some(Step::Id));
    assert_eq!(codes.resolve("Honey bee").taxon(), codes.resolve("APISME").taxon());
}

#[test]
fn pairs_tell_their_order_by_what_repeats() {
    // A root 0, two groups, three birds; NABirds' order and the other one.
    let child_first = "1 0\n2 0\n3 1\n4 1\n5 2\n";
    let parent_first: String =
        child_first.lines().map(|line| line.split(' ').rev().collect::<Vec<_>>().join(" ") + "\n").collect();
    let folder = folder(&[
        ("hierarchy.txt", child_first),
        ("classes.txt", "0 Birds\n1 Ducks, Geese\n2 Loons\n3 Mallard (Male)\n4 Gadwall\n5 Common Loon\n"),
        ("isa.txt", &parent_first),
    ]);
    let named = import(&folder.path().join("hierarchy.txt"));
    assert_eq!((named.format, named.accounting().taxa), (Format::Pairs, 6));
    assert_eq!(lineage(&tree(&named), "Common Loon"), "Birds;Loons;Common Loon");
    assert_eq!(lineage(&tree(&import(&folder.path().join("isa.txt"))), "5"), "0;2;5");
    let error = refusal("ring.txt", "1 2\n2 1\n");
    assert!(error.contains("neither side can be told to be the children"), "{error}");
    let error = one_refusal(&folder.path().join("classes.txt"), &ImportOptions::default());
    assert!(error.contains("a numbered list of names that are no binomials"), "{error}");
}

#[test]
fn rank_tables_with_the_traps_of_datasets() {
    // `class` is a label where there is `cls`; epithets; photographs; a short lineage filled up.
    let text = ",kingdom,phylum,cls,order,family,genus,species,common_name,filepath,class\n\
        0,Animalia,Chordata,Aves,Aves,Aves,Cygnus,olor,mute swan,a.jpg,Cygnus olor\n\
        1,Animalia,Chordata,Aves,Aves,Aves,Cygnus,olor,mute swan,b.jpg,Cygnus olor\n";
    let (_folder, import) = one_file("metadata.csv", text);
    assert_eq!(import.accounting(), Accounting { rows: 2, made: 4, taxa: 5, repeated: 1, ..Accounting::default() });
    assert_eq!(lineage(&tree(&import), "Cygnus olor"), "Animalia;Chordata;Aves;Cygnus;Cygnus olor");
    assert!(import.notes.iter().any(|note| note.contains("'class' holds labels")));
}

#[test]
fn lists_of_names_in_any_encoding() {
    let text = "\u{feff}Genus one L.\nCentaurea cyanus (Bluet)\nbackground\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("bom.txt", utf16.clone()), ("none.txt", utf16[2..].to_vec()), ("utf8.txt", text.as_bytes().to_vec())] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let import = import(&folder.path().join(name));
        let parts = import.accounting();
        assert_eq!((import.format, parts.taxa, parts.left_out), (Format::Names, 4, 1), "{name}");
    }
    fs::write(folder.path().join("latin.txt"), b"Rosa canina L\xe9man\nRosa lutetiana\n").unwrap();
    let path = folder.path().join("latin.txt");
    let error = one_refusal(&path, &ImportOptions::default());
    assert!(
        error.contains("latin.txt:1: not UTF-8 text, from 'éman' on") && error.contains("--encoding windows-1252"),
        "{error}"
    );
    let decoded = ImportOptions { encoding: Some("windows-1252".to_string()), ..ImportOptions::default() };
    assert_eq!(import_with(&path, &decoded).accounting().rows, 2);
}

#[test]
fn a_letter_cut_in_two_by_a_comma_is_no_letter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.csv");
    // The bytes of é, one in each cell: the row without its commas is UTF-8.
    fs::write(&path, b"name,alias\nParus major,Great tit\nPica pica,Pie bavarde\nRosa x\xc3,\xa9glantier\n").unwrap();
    let error = one_refusal(&path, &ImportOptions::default());
    assert!(error.contains("cut.csv:4: not UTF-8 text, from"), "{error}");
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
        (Kind::InCycle, 2),
        (Kind::AcceptedCycle, 2),
        (Kind::IdTwice, 1),
        (Kind::BlankName, 1),
        (Kind::RepeatedRow, 1),
        (Kind::ParentMissing, 1),
        (Kind::RankOutOfOrder, 1),
        (Kind::Mojibake, 1),
        (Kind::NotComposed, 1),
        (Kind::UnknownRank, 1),
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
    let folder =
        folder(&[("Taxon.tsv", BACKBONE), ("tree.nwk", "((A:1,B:2):3,C:4);"), ("beetles.txtree", txtree), ("gtdb.tsv", gtdb)]);
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

#[test]
fn names_are_resolved_by_the_surest_step() {
    let folder = folder(&[("TAXREFv18.txt", TAXREF), ("Taxon.tsv", BACKBONE)]);
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
