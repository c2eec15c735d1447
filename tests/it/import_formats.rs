//! Taxonomies in the formats of the world, each written by hand with its traps in it.

use crate::folder::folder_with;
use crate::import::{TAXREF, import, import_with, lineage, one_file, one_refusal, tree, zipped};
use crate::taxonomy::taxon;
use nearmiss::taxonomy::import::{Format, Import, ImportOptions, RowAccounting};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::Step;
use std::fs;

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
    let both = folder_with(&[("name-usage.tsv", usage), ("reference.tsv", "ID\n")]);
    let import_both = import(both.path());
    assert_eq!(import_both.format, Format::ColDp);
    let expected = RowAccounting { rows: 5, taxa: 3, synonyms: 1, filtered: 1, ..RowAccounting::default() };
    assert_eq!(import_both.accounting(), expected);
    let name = "ID\tscientificName\tauthorship\trank\n1\tTenebrionidae\t\tfamily\n2\tTribolium\t\tgenus\n\
        3\tTribolium castaneum\t\tspecies\n4\tColydium castaneum\t\tspecies\n";
    let taxa = "ID\tparentID\tnameID\nF\t\t1\nG\tF\t2\nQ2M4\tG\t3\n";
    let three =
        folder_with(&[("name.tsv", name), ("taxon.tsv", taxa), ("synonym.tsv", "taxonID\tnameID\tstatus\nQ2M4\t4\tsynonym\n")]);
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
    let folder = folder_with(&[
        ("nodes.dmp", nodes),
        ("names.dmp", names),
        ("merged.dmp", "12\t|\t7460\t|\n"),
        ("delnodes.dmp", "13\t|\n"),
    ]);
    let import = import(folder.path());
    assert_eq!((import.format, import.accounting().taxa, import.accounting().synonyms), (Format::Ncbi, 5, 2));
    let tree = tree(&import);
    assert_eq!(taxon(&tree, "12"), taxon(&tree, "7460"), "a retired id");
    assert_eq!(taxon(&tree, "Apis mellifica"), taxon(&tree, "7460"));
    assert_eq!(tree.rank(taxon(&tree, "33208")), Rank::Kingdom);
    let lineage = tree.resolve("Animalia;Apis mellifera");
    assert_eq!((lineage.taxon(), lineage.differs), (Some(taxon(&tree, "7460")), false), "Metazoa are animals");
}

#[test]
fn taxref_by_the_names_of_its_columns() {
    let retired = "CD_NOM,PLUS_RECENTE_DIFFUSION,CD_NOM_REMPLACEMENT\n999,17.0,118073\n";
    let vernacular = "CD_VERN\tCD_NOM\tLB_VERN\tISO639_3\n1\t118200\tRosier absent\tfra\n";
    let folder = folder_with(&[
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
    let folder = folder_with(&[("x_taxonomy.tsv", taxonomy), ("x_synonyms.tsv", synonyms)]);
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
    let expected = RowAccounting { rows: 4, made: 4, taxa: 7, left_out: 1, ..RowAccounting::default() };
    assert_eq!((import.format, import.accounting()), (Format::SpeciesNet, expected));
    let tree = tree(&import);
    let rat = format!("{uuid}2");
    assert_eq!(lineage(&tree, &rat), "Mammalia;Rodentia;Muridae;Rattus;Rattus rattus");
    assert_eq!(tree.source_id(taxon(&tree, "Rattus")), Some(format!("{uuid}1").as_str()), "the genus has a label of its own");
}

#[test]
fn rank_tables_with_the_traps_of_datasets() {
    // `class` is a label where there is `cls`; epithets; photographs; a short lineage filled up.
    let text = ",kingdom,phylum,cls,order,family,genus,species,common_name,filepath,class\n\
        0,Animalia,Chordata,Aves,Aves,Aves,Cygnus,olor,mute swan,a.jpg,Cygnus olor\n\
        1,Animalia,Chordata,Aves,Aves,Aves,Cygnus,olor,mute swan,b.jpg,Cygnus olor\n";
    let (_folder, import) = one_file("metadata.csv", text);
    assert_eq!(import.accounting(), RowAccounting { rows: 2, made: 4, taxa: 5, repeated: 1, ..RowAccounting::default() });
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
