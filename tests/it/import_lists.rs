//! Lists of taxa as institutions and programs export them: names beside ranks, synonyms, lineages in cells, labels of trees,
//! common names.

use crate::folder::saved;
use crate::import::{import, lineage, one_file, refusal, tree, zipped};
use crate::taxonomy::taxon;
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::import::{Format, Import, ImportOptions, RowAccounting, taxonomy_csv};
use nearmiss::taxonomy::name_list::NameList;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::{Found, Step};
use std::path::Path;

/// The name and the step of what a text is resolved to.
fn resolved(tree: &Taxonomy, text: &str) -> (String, Option<Step>) {
    let resolved = tree.resolve(text);
    (resolved.taxon().map(|taxon| tree.name(taxon).to_string()).unwrap_or_default(), resolved.step)
}

const SIGHTINGS: &str = "\
TAXON_ORDER,CATEGORY,SPECIES_CODE,TAXON_CONCEPT_ID,PRIMARY_COM_NAME,SCI_NAME,ORDER,FAMILY,SPECIES_GROUP,REPORT_AS
1,species,mallar3,avibase-A,Mallard,Anas platyrhynchos,Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
2,species,gadwal,avibase-B,Gadwall,Mareca strepera,Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
3,issf,mallar1,avibase-C,Mallard (Northern),Anas platyrhynchos platyrhynchos,Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,mallar3
4,issf,x1,,Mallard (group),Anas platyrhynchos [conboschas Group],Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,mallar3
5,domestic,mallar2,,Mallard (Domestic type),Anas platyrhynchos (Domestic type),Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
6,hybrid,x2,,Mallard x Gadwall,Anas platyrhynchos x Mareca strepera,Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
7,slash,y1,,Mallard/Gadwall,Anas platyrhynchos/Mareca strepera,Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
8,spuh,duck,,duck sp.,Anatidae sp.,Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
9,spuh,teal,,teal sp.,Anatidae sp. (teal),Anseriformes,\"Anatidae (Ducks, Geese, and Waterfowl)\",Ducks,
";

#[test]
fn a_checklist_of_sightings_has_taxa_groups_crosses_and_doubts() {
    let (_folder, import) = one_file("sightings.csv", SIGHTINGS);
    assert_eq!((import.format, import.accounting().rows, import.accounting().filtered), (Format::RankTable, 9, 3));
    assert!(import.notes.contains(&"2 rows of category 'spuh' are no taxa".to_string()), "{:?}", import.notes);
    assert!(import.notes.contains(&"1 row of category 'slash' is no taxon".to_string()), "{:?}", import.notes);
    let tree = tree(&import);
    assert_eq!(lineage(&tree, "mallar3"), "Anseriformes;Anatidae;Anas;Anas platyrhynchos");
    assert_eq!(tree.taxa_of_rank(Rank::Species).count(), 3, "two species and a cross");
    assert_eq!(tree.taxa_of_rank(Rank::Genus).count(), 2, "a cross of two genera has neither");
    let mallard = taxon(&tree, "Anas platyrhynchos");
    for (text, rank) in [("mallar1", Rank::Subspecies), ("x1", Rank::Unranked), ("mallar2", Rank::Unranked)] {
        assert_eq!((tree.parent(taxon(&tree, text)), tree.rank(taxon(&tree, text))), (Some(mallard), rank), "{text}");
    }
    assert_eq!(tree.name(taxon(&tree, "x2")), "Anas platyrhynchos x Mareca strepera");
    assert_eq!(resolved(&tree, "avibase-B"), ("Mareca strepera".to_string(), Some(Step::OtherId)));
    assert_eq!(resolved(&tree, "gadwall"), ("Mareca strepera".to_string(), Some(Step::CommonName)));
    let ducks = tree.common_names(taxon(&tree, "Anatidae"));
    assert_eq!(ducks.english.as_deref(), Some("Ducks, Geese, and Waterfowl"), "commas in brackets part no names");
    // The same table with a category that says something else is a table as any.
    let status = "category,order,sci_name\nLC,Anseriformes,Anas acuta\nVU,Anseriformes,Anas crecca\n";
    assert_eq!(one_file("status.csv", status).1.accounting().filtered, 0);
}

#[test]
fn names_stand_in_a_column_of_any_name() {
    for header in ["scientificName", "SCI_NAME", "Scientific name", "latin", "taxon", "binomial", "nom latin", "IOC 14.1"] {
        let text = format!(
            "order,family,{header},remarks\nHymenoptera,Apidae,Bombus pascuorum,x\nHymenoptera,Apidae,Bombus muscorum,y\n"
        );
        let tree = tree(&one_file("names.csv", &text).1);
        assert_eq!(lineage(&tree, "Bombus muscorum"), "Hymenoptera;Apidae;Bombus;Bombus muscorum", "{header}");
    }
    // English names are none.
    let english = "order,family,called\nCarnivora,Canidae,Red fox\nCarnivora,Canidae,Grey wolf\n";
    let parts = one_file("english.csv", english).1.accounting();
    assert_eq!((parts.taxa, parts.repeated), (2, 1), "{parts:?}");
    // A rank beside a single word is its rank.
    let ranked =
        "Taxon_rank,Order,Family,Scientific_name\nfamily,Rheiformes,,Rheidae\nspecies,Rheiformes,Rheidae,Rhea americana\n";
    let tree = tree(&one_file("ranked.csv", ranked).1);
    assert_eq!(tree.rank(taxon(&tree, "Rheidae")), Rank::Family);
    assert_eq!(lineage(&tree, "Rhea americana"), "Rheiformes;Rheidae;Rhea;Rhea americana");
}

#[test]
fn columns_of_ranks_may_have_affixes_and_ids_beside_them() {
    let export = "id,taxon_id,scientific_name,common_name,iconic_taxon_name,taxon_kingdom_name,taxon_class_name,taxon_order_name,\
        taxon_genus_name,taxon_species_name\n\
        1,52775,Bombus pascuorum,Common Carder Bee,Insecta,Animalia,Insecta,Hymenoptera,Bombus,Bombus pascuorum\n\
        2,52775,Bombus pascuorum,Common Carder Bee,Insecta,Animalia,Insecta,Hymenoptera,Bombus,Bombus pascuorum\n";
    let (_folder, import) = one_file("export.csv", export);
    assert_eq!(import.accounting(), RowAccounting { rows: 2, made: 4, taxa: 5, repeated: 1, ..RowAccounting::default() });
    let bees = tree(&import);
    assert_eq!(lineage(&bees, "52775"), "Animalia;Insecta;Hymenoptera;Bombus;Bombus pascuorum");
    assert_eq!(resolved(&bees, "common carder bee").1, Some(Step::CommonName));
    let summary = "Query\tTaxid\tTax name\tRank\tCurator common name\tKingdom name\tKingdom taxid\tGenus name\tGenus taxid\tSpecies name\tSpecies taxid\n\
        \t\n10116\t10116\tRattus norvegicus\tSPECIES\tbrown rat\tMetazoa\t33208\tRattus\t10114\tRattus norvegicus\t10116\n";
    let rats = tree(&one_file("summary.tsv", summary).1);
    for (id, name) in [("33208", "Metazoa"), ("10114", "Rattus"), ("10116", "Rattus norvegicus")] {
        assert_eq!(rats.name(taxon(&rats, id)), name);
    }
    assert_eq!(resolved(&rats, "brown rat").0, "Rattus norvegicus");
    // The name of a class is a label where no other rank is written like it.
    assert!(refusal("labels.csv", "class_name,index\ncat,1\ndog,2\n").contains("neither ranks"));
}

/// GBIF's list of species: a synonym whose accepted taxon comes later, and one whose taxon has no row.
const SPECIES_LIST: &str = "\
taxonKey\tscientificName\tacceptedTaxonKey\tacceptedScientificName\ttaxonRank\ttaxonomicStatus\tkingdom\tkingdomKey\tfamily\tfamilyKey\tgenus\tgenusKey\tspecies\tspeciesKey
12\tVespa muscorum Linnaeus, 1758\t11\tBombus muscorum (Linnaeus, 1758)\tSPECIES\tSYNONYM\tAnimalia\t1\tApidae\t4\tBombus\t10\tBombus muscorum\t11
11\tBombus muscorum (Linnaeus, 1758)\t11\tBombus muscorum (Linnaeus, 1758)\tSPECIES\tACCEPTED\tAnimalia\t1\tApidae\t4\tBombus\t10\tBombus muscorum\t11
22\tApis agrorum Fabricius, 1787\t21\tBombus pascuorum (Scopoli, 1763)\tSPECIES\tSYNONYM\tAnimalia\t1\tApidae\t4\tBombus\t10\tBombus pascuorum\t21
";

#[test]
fn flat_lists_have_synonyms() {
    let (_folder, import) = one_file("species.tsv", SPECIES_LIST);
    assert_eq!((import.accounting().taxa, import.accounting().synonyms, import.accounting().left_out), (5, 2, 0));
    let bees = tree(&import);
    assert_eq!(lineage(&bees, "11"), "Animalia;Apidae;Bombus;Bombus muscorum");
    for (text, id) in [("Vespa muscorum", "11"), ("12", "11"), ("Apis agrorum Fabricius", "21"), ("21", "21")] {
        assert_eq!(bees.resolve(text).taxon().and_then(|taxon| bees.source_id(taxon)), Some(id), "{text}");
    }
    assert_eq!(bees.resolve("Vespa muscorum").step, Some(Step::Synonym));
    assert_eq!(bees.source_id(taxon(&bees, "Apidae")), Some("4"));
    // A table of occurrences has the same columns and is none.
    let occurrences = SPECIES_LIST.replacen("taxonKey", "gbifID\ttaxonKey", 1);
    assert!(refusal("occurrences.tsv", &occurrences).contains("a table of occurrences"));
}

#[test]
fn names_that_were_looked_up_are_taxa_and_synonyms() {
    let lookup = "occurrenceId,verbatimScientificName,scientificName,key,matchType,confidence,status,rank,kingdom,family,genus,species\n\
        1,Bombus muscorum,\"Bombus muscorum (Linnaeus, 1758)\",11,EXACT,99,ACCEPTED,SPECIES,Animalia,Apidae,Bombus,Bombus muscorum\n\
        2,Vespa muscorum,\"Vespa muscorum Linnaeus, 1758\",12,EXACT,99,SYNONYM,SPECIES,Animalia,Apidae,Bombus,Bombus muscorum\n\
        3,Bombus novus,\"Bombus Latreille, 1802\",10,HIGHERRANK,90,ACCEPTED,GENUS,Animalia,Apidae,Bombus,\n\
        4,Nothing here,,,NONE,100,,,,,,\n";
    let (_folder, import) = one_file("normalised.csv", lookup);
    let parts = import.accounting();
    assert_eq!((parts.rows, parts.taxa, parts.synonyms, parts.filtered), (4, 4, 1, 1));
    assert!(import.notes.contains(&"1 row without a match is no taxon".to_string()), "{:?}", import.notes);
    let bees = tree(&import);
    assert_eq!(resolved(&bees, "Vespa muscorum"), ("Bombus muscorum".to_string(), Some(Step::Synonym)));
    assert_eq!(bees.source_id(taxon(&bees, "Bombus")), Some("10"));
    // As it is given to be scored against.
    assert!(Taxonomy::from_bytes(lookup.as_bytes(), Path::new("normalised.csv")).is_ok());
    let worms = "ScientificName\tAphiaID\tMatch type\tTaxon status\tScientificName\tAphiaID_accepted\tScientificName_accepted\tKingdom\tFamily\tGenus\tSpecies\n\
        Mytilus edulis\t140480\texact\taccepted\tMytilus edulis\t140480\tMytilus edulis\tAnimalia\tMytilidae\tMytilus\tedulis\n\
        Mytilus vulgaris\t140999\texact\tunaccepted\tMytilus vulgaris\t140480\tMytilus edulis\tAnimalia\tMytilidae\tMytilus\tvulgaris\n\
        Nothing here\t\t\t\t\t\t\t\t\t\t\n";
    let (_folder, import) = one_file("matched.txt", worms);
    let parts = import.accounting();
    assert_eq!((parts.taxa, parts.synonyms, parts.filtered), (4, 1, 1));
    assert_eq!(tree(&import).source_id(taxon(&tree(&import), "Mytilus vulgaris")), Some("140480"));
}

#[test]
fn quotes_around_cells_are_none_of_the_names() {
    // A lone quote somewhere: the file is not read as quoted, and the cells in quotes are.
    let text = "taxonID\tscientificName\ttaxonRank\tparentNameUsageID\tscientificNameAuthorship\ttaxonomicStatus\tacceptedNameUsageID\tremarks\n\
        \"wfo-1\"\t\"Rosaceae\"\t\"family\"\t\tJuss.\tAccepted\t\t\"the lone one\n\
        \"wfo-2\"\t\"Rosa\"\t\"genus\"\twfo-1\tL.\tAccepted\t\t\n\"wfo-3\"\t\"Rosa canina\"\t\"species\"\t\"wfo-2\"\tL.\tUnchecked\t\t\n\
        \"wfo-4\"\t\"Rosa lutetiana\"\t\"species\"\t\tLeman\tSynonym\t\"wfo-3\"\t\n";
    for text in [text.to_string(), text.replace("\"the lone one", "")] {
        let (_folder, import) = one_file("classification.csv", &text);
        assert_eq!((import.accounting().taxa, import.accounting().synonyms, import.findings().len()), (3, 1, 0));
        assert_eq!(lineage(&tree(&import), "Rosa lutetiana"), "Rosaceae;Rosa;Rosa canina");
    }
}

#[test]
fn lineages_in_one_column_are_taxa() {
    let qiime = "Feature ID\tTaxon\tConfidence\n\
        f1\td__Bacteria; p__Bacillota; f__Streptococcaceae; g__Streptococcus; s__uncultured_bacterium\t0.9\n\
        f2\td__Bacteria; p__Bacillota; f__Streptococcaceae; g__; s__\t0.9\nf3\tUnassigned\t0.7\n";
    let (_folder, import) = one_file("taxonomy.tsv", qiime);
    let parts = import.accounting();
    assert_eq!((import.format, parts.rows, parts.taxa, parts.filtered), (Format::LineageStrings, 3, 4, 1));
    assert_eq!(resolved(&tree(&import), "f1"), ("Streptococcus".to_string(), Some(Step::OtherId)));
    assert!(import.notes.contains(&"1 row names no taxon (unassigned, uncultured)".to_string()), "{:?}", import.notes);
    // Two sequences of one taxon: what identifies them identifies no taxon.
    let twice = format!("{qiime}f4\td__Bacteria; p__Bacillota; f__Streptococcaceae; g__Streptococcus; s__\t0.8\n");
    let (_folder, import) = one_file("taxonomy.tsv", &twice);
    assert_eq!((import.accounting().taxa, import.accounting().synonyms), (4, 0));
    assert!(import.notes.iter().any(|note| note.contains("their ids are those of sequences")), "{:?}", import.notes);
    let silva = "AB1.1.99\tBacteria;Bacillota;Bacilli;Lactobacillales;Streptococcaceae;Streptococcus;\tStreptococcus mutans\n\
        AB2.1.99\tBacteria;Bacillota;Bacilli;Lactobacillales;Streptococcaceae;uncultured;\tuncultured bacterium\n";
    let bacteria = tree(&one_file("headers.tsv", silva).1);
    let species = taxon(&bacteria, "Streptococcus mutans");
    assert_eq!(bacteria.main_names(species)[4..], ["Streptococcaceae", "Streptococcus", "Streptococcus mutans"]);
    assert!(bacteria.taxa().all(|taxon| !bacteria.name(taxon).contains("uncultured")));
    let unite = "SH1.10FU\tk__Fungi;p__Ascomycota;c__Sordariomycetes;g__Fusarium;s__Fusarium_oxysporum\n\
        SH2.10FU\tk__Fungi;p__Ascomycota;c__Sordariomycetes;g__Sordariomycetes_gen_Incertae_sedis;s__Sordariomycetes_sp\n";
    let fungi = tree(&one_file("sh_taxonomy.txt", unite).1);
    assert_eq!((fungi.taxa_of_rank(Rank::Genus).count(), fungi.taxa_of_rank(Rank::Species).count()), (1, 1));
    // A table with semicolons between its cells is no column of lineages.
    let (_folder, import) = one_file("ranks.csv", "kingdom;family;genus\nAnimalia;Apidae;Bombus\n");
    assert_eq!(import.format, Format::RankTable);
}

#[test]
fn what_is_no_taxonomy_is_called_by_its_name() {
    for (name, text, what) in [
        ("seqs.fasta", ">AB1 Bacteria;Bacillota\nACGT\n", "sequences (FASTA) and no taxonomy"),
        ("list.pdf", "%PDF-1.7\n", "a PDF document"),
    ] {
        let error = refusal(name, text);
        assert!(error.contains(what), "{error}");
    }
    let (_folder, path) = zipped(&[("xl/workbook.xml", "<workbook/>"), ("[Content_Types].xml", "<Types/>")]);
    let error = Import::open(&path, &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.ends_with("an Excel workbook; save the sheet with the taxa as CSV and give that"), "{error}");
}

#[test]
fn labels_of_trees_hold_names_ids_and_support() {
    let text = "((Vulpes_vulpes_ott247341,'Vulpes sp. Fayvush 25_ott5')98/Vulpes_ott372706,\
        ('Lynx \"lynx\"',Felis_catus_ott563166)mrcaott1ott2)'100:Carnivora_ott44565';";
    let carnivores = tree(&one_file("opentree.tre", text).1);
    for (name, id) in
        [("Vulpes vulpes", "247341"), ("Vulpes_vulpes_ott247341", "247341"), ("Vulpes", "372706"), ("Carnivora", "44565")]
    {
        assert_eq!(carnivores.source_id(taxon(&carnivores, name)), Some(id), "{name}");
    }
    assert_eq!(carnivores.name(taxon(&carnivores, "5")), "Vulpes sp. Fayvush 25");
    assert_eq!(carnivores.name(carnivores.parent(taxon(&carnivores, "563166")).unwrap()), "Lynx \"lynx\" + Felis catus");
    // A tree without its inner node has no genus for the bare word to mean.
    let leaves = tree(&one_file("leaves.tre", "('Vulpes sp. Fayvush 25_ott5',Felis_catus_ott563166);").1);
    assert_eq!(leaves.find("Vulpes"), Found::Nothing);
    let quoted = tree(&one_file("quoted.nwk", "(A:0.1,(\"C;C\":0.3,\"D \"\"x\"\"\":0.4)E:0.5)F;").1);
    let names: Vec<&str> = quoted.leaves().iter().map(|&leaf| quoted.name(leaf)).collect();
    assert_eq!(names, ["A", "C;C", "D \"x\""]);
    // A letter like any other.
    let inch = tree(&one_file("inch.nwk", "(A\",B\");").1);
    assert_eq!(inch.leaves().len(), 2);
    assert!(refusal("open.nwk", "(A,(\"B,C);").contains("a ')' is missing"));
}

const VERNACULAR: &str = "\
CD_NOM\tCD_SUP\tCD_REF\tRANG\tLB_NOM\tLB_AUTEUR\tNOM_VERN\tNOM_VERN_ENG
1\t\t1\tGN\tAglais\tDalman\t\t
2\t1\t2\tES\tAglais io\t(Linnaeus, 1758)\tPaon-du-jour (Le), Œil de paon (L'), Vanesse (de l'ortie, du houblon)\tPeacock, European peacock
3\t1\t3\tES\tAglais urticae\t(Linnaeus, 1758)\tPetite tortue (La), Vanesse de l'Ortie\tSmall tortoiseshell
";

#[test]
fn all_common_names_of_a_cell_are_found() {
    let butterflies = tree(&one_file("TAXREFv18.txt", VERNACULAR).1);
    let peacock = butterflies.common_names(taxon(&butterflies, "2"));
    assert_eq!((peacock.french.as_deref(), peacock.english.as_deref()), (Some("Paon-du-jour (Le)"), Some("Peacock")));
    assert_eq!(peacock.more_french, ["Œil de paon (L')", "Vanesse (de l'ortie, du houblon)"]);
    let (folder, path) = saved("own.csv", &taxonomy_csv(&butterflies).unwrap());
    let written = folder.path().join("again.csv");
    import(&path).write(&written).unwrap();
    for tree in [butterflies.clone(), tree(&import(&path)), tree(&import(&written))] {
        for text in [
            "Paon-du-jour (Le)",
            "paon-du-jour",
            "Le Paon-du-jour",
            "Oeil de paon",
            "L’œil de paon",
            "European peacock",
            "PEACOCK",
        ] {
            assert_eq!(resolved(&tree, text), ("Aglais io".to_string(), Some(Step::CommonName)), "{text}");
        }
        for text in ["Petite tortue", "vanesse de l'ortie"] {
            assert_eq!(resolved(&tree, text).0, "Aglais urticae", "{text}");
        }
        for text in ["Vanesse", "du houblon)", "tortue"] {
            assert_eq!(tree.resolve(text).found, Found::Nothing, "{text}");
        }
        assert_eq!(tree.common_names(taxon(&tree, "2")), peacock);
    }
    // In a column of one name a comma is part of it.
    let one =
        tree(&one_file("bears.csv", "kingdom,genus,species,common_name\nAnimalia,Ursus,Ursus americanus,\"bear, black\"\n").1);
    assert_eq!((resolved(&one, "bear, black").0.as_str(), one.resolve("bear").found), ("Ursus americanus", Found::Nothing));
    let several = "kingdom,genus,species,common_name\nAnimalia,Ursus,Ursus americanus,black bear|American bear; baribal\n";
    let several = tree(&one_file("bears.csv", several).1);
    for text in ["black bear", "american bear", "Baribal"] {
        assert_eq!(resolved(&several, text).0, "Ursus americanus", "{text}");
    }
}

const NAMESAKES: &str = "\
taxonID\tparentNameUsageID\tacceptedNameUsageID\tscientificName\tscientificNameAuthorship\ttaxonRank\ttaxonomicStatus
1\t\t\tErica\tL.\tgenus\taccepted
2\t1\t\tErica longifolia\tBauer\tspecies\taccepted
3\t1\t\tErica pinea\tThunb.\tspecies\taccepted
4\t\t3\tErica longifolia\tAndrews, 1802\tspecies\tsynonym
5\t\t3\tErica pinifolia\tSalisb.\tspecies\tsynonym
";

#[test]
fn an_author_tells_a_synonym_from_its_accepted_namesake() {
    let heaths = tree(&one_file("Taxon.tsv", NAMESAKES).1);
    let (_folder, path) = saved("own.csv", &taxonomy_csv(&heaths).unwrap());
    for tree in [heaths.clone(), tree(&import(&path))] {
        for (text, id, step) in [
            ("Erica longifolia", "2", Step::Name),
            ("Erica longifolia Bauer", "2", Step::Authorship),
            ("Erica longifolia Andrews", "3", Step::Synonym),
            ("Erica longifolia ANDREWS, 1802", "3", Step::Synonym),
            // An author of neither: the name decides, as it does without one.
            ("Erica longifolia Andrews, 1805", "2", Step::Authorship),
            ("Erica longifolia Nobody", "2", Step::Authorship),
            ("Erica pinifolia Salisb.", "3", Step::Synonym),
        ] {
            let resolved = tree.resolve(text);
            assert_eq!((resolved.taxon(), resolved.step), (Some(taxon(&tree, id)), Some(step)), "{text}");
        }
        assert!(tree.is_synonym("Erica longifolia Andrews") && !tree.is_synonym("Erica longifolia Bauer"));
    }
}

#[test]
fn accents_of_scientific_names_may_be_left_out() {
    let ferns = tree(
        &one_file("ferns.csv", "family,genus,species,synonyms\nIsoëtaceae,Isoëtes,Isoëtes lacustris,Calamariá lacustris\n").1,
    );
    for text in ["Isoetes lacustris", "ISOETES LACUSTRIS", "Isoetes lacustris L.", "Calamaria lacustris"] {
        assert_eq!(resolved(&ferns, text).0, "Isoëtes lacustris", "{text}");
    }
    let plain = tree(&one_file("ferns.csv", "family,genus,species\nIsoetaceae,Isoetes,Isoetes lacustris\n").1);
    assert_eq!(resolved(&plain, "Isoëtes lacustris"), ("Isoetes lacustris".to_string(), Some(Step::Name)));
    assert_eq!(plain.resolve("Isoëtes locustris").found, Found::Nothing);
}

#[test]
fn lists_of_names_have_headers_of_many_kinds() {
    let read = |text: &str| {
        let (_folder, path) = saved("names.csv", text.as_bytes());
        let mut list = NameList::default();
        list.read(&path, None).unwrap();
        list.names.into_iter().map(|wanted| (wanted.name, wanted.above)).collect::<Vec<_>>()
    };
    let rhea = |above: &str| vec![("Rhea americana".to_string(), above.to_string())];
    assert_eq!(read("n°;Nom scientifique;Famille\n1;Rhea americana;Rheidae\n"), rhea("Rheidae"));
    assert_eq!(read("Règne,Genre,Espèce\nAnimalia,Rhea,americana\n"), rhea("Animalia"));
    assert_eq!(read("\"site\",\"nom\"\n\"a, b\",\"Rhea americana\"\n"), rhea(""));
    let told = read("plot,determination\n1,Bombus pascuorum\n");
    assert_eq!(told, [("Bombus pascuorum".to_string(), String::new())], "by what is in the column");
    // Names with authors, one a line.
    assert_eq!(read("Rhea americana (Linnaeus, 1758)\nRhea pennata d'Orbigny, 1834\n").len(), 2);
}
