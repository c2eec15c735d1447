//! Trees of a depth, and circles of a length, that no recursion and no quadratic memory survives.

use crate::folder::saved;
use crate::import::{one_file, refusal};
use nearmiss::taxonomy::import::{FindingKind, Import, ImportOptions};
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy, identity};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;

const DEEP: usize = 30_000;

fn read(name: &str, text: &str) -> Import {
    one_file(name, text).1
}

/// What is written for each step.
fn each(steps: std::ops::Range<usize>, write: impl Fn(usize) -> String) -> String {
    steps.fold(String::new(), |text, step| text + &write(step))
}

/// The identities of all taxa: as many as there are taxa.
fn identities(taxonomy: &Taxonomy) -> HashSet<String> {
    let identities: HashSet<String> = taxonomy.taxa().map(|taxon| taxonomy.identity(taxon)).collect();
    assert_eq!(identities.len(), taxonomy.len());
    identities
}

/// Reads a tree as it is and by way of a written taxonomy: the same taxa with the same identities.
fn through_import(name: &str, text: &str) -> Taxonomy {
    let import = read(name, text);
    let direct = import.taxonomy().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("taxa.parquet");
    import.write(&written).unwrap();
    let again = Taxonomy::from_path(&written).unwrap();
    assert_eq!(again.len(), direct.len());
    let (direct_ids, again_ids) = (identities(&direct), identities(&again));
    assert_eq!(direct_ids.symmetric_difference(&again_ids).take(3).collect::<Vec<_>>(), Vec::<&String>::new());
    direct
}

fn newick_chain(count: usize) -> String {
    let mut text = "(".repeat(count);
    for step in 0..count {
        let _ = write!(text, "n{step})");
    }
    text + "top;"
}

#[test]
fn a_chain_is_as_deep_as_it_is_long_in_every_format() {
    let pairs: String = each(1..DEEP, |step| format!("{step},{},Taxon {step}\n", step - 1));
    let dmp: String = each(2..DEEP, |step| format!("{step}\t|\t{}\t|\tno rank\t|\n", step - 1));
    let xml = format!(
        "<phyloxml><phylogeny>{}{}</phylogeny></phyloxml>",
        "<clade><name>a</name>".repeat(DEEP),
        "</clade>".repeat(DEEP)
    );
    let nexus = format!("#NEXUS\nBEGIN TREES;\n TREE t = [&R] {}\nEND;\n", newick_chain(DEEP));
    let links: Vec<String> = (1..DEEP).map(|step| format!(r#"{{"source":{step},"target":{}}}"#, step - 1)).collect();
    let nodes: Vec<String> = (0..DEEP).map(|step| format!(r#"{{"id":{step},"name":"n{step}"}}"#)).collect();
    let graph = format!(r#"{{"nodes":[{}],"links":[{}]}}"#, nodes.join(","), links.join(","));
    let core: String = each(1..DEEP, |step| format!("{step}\t{}\tTaxon {step}\tunranked\taccepted\n", step - 1));
    let cases = [
        ("t.nwk", newick_chain(DEEP)),
        ("t.nex", nexus),
        ("t.xml", xml),
        ("t.json", graph),
        ("t.csv", format!("id,parent,name\n0,,Taxon 0\n{pairs}")),
        (
            "t.tsv",
            format!(
                "taxonID\tparentNameUsageID\tscientificName\ttaxonRank\ttaxonomicStatus\n0\t\tTaxon 0\tunranked\taccepted\n{core}"
            ),
        ),
    ];
    for (name, text) in cases {
        let (_folder, path) = saved(name, text.as_bytes());
        let taxonomy = Taxonomy::from_path(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let deepest = taxonomy.taxa().map(|taxon| taxonomy.depth(taxon)).max().unwrap() as usize;
        assert!((DEEP - 2..=DEEP + 1).contains(&deepest), "{name}: {deepest}");
    }
    let names: String = each(1..DEEP, |id| format!("{id}\t|\tn{id}\t|\t\t|\tscientific name\t|\n"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nodes.dmp"), format!("1\t|\t1\t|\tno rank\t|\n{dmp}")).unwrap();
    fs::write(folder.path().join("names.dmp"), names).unwrap();
    let taxonomy = Taxonomy::from_path(folder.path()).unwrap();
    assert_eq!(taxonomy.taxa().map(|taxon| taxonomy.depth(taxon)).max(), Some(29_998));
}

#[test]
fn every_node_of_a_deep_tree_has_an_identity_of_its_own() {
    // A ladder: two leaves, then one more at each step, the steps without names.
    let mut ladder = "(".repeat(3000) + "l0";
    for leaf in 1..=3000 {
        let _ = write!(ladder, ",l{leaf})");
    }
    let taxonomy = through_import("ladder.nwk", &(ladder + ";"));
    assert_eq!((taxonomy.leaves().len(), taxonomy.len()), (3001, 6001));
    through_import("chain.nwk", &newick_chain(3000));
    // Of one name each, down a chain: the lineages differ in their length alone.
    let same = format!("{}a{};", "(".repeat(3000), ")a".repeat(3000));
    let taxonomy = through_import("same.nwk", &same);
    let deepest = taxonomy.leaves()[0];
    let id = taxonomy.identity(deepest);
    assert!(id.starts_with(identity::DIGEST), "{id}");
    assert_eq!(taxonomy.find(&id), Found::One(deepest));
    assert_eq!(taxonomy.find("sha256:00000000000000000000000000000000"), Found::Nothing);
}

#[test]
fn leaves_of_one_name_are_told_apart_in_linear_time() {
    let leaves = vec!["a"; 20_000].join(",");
    let import = read("same.nwk", &format!("({leaves});"));
    assert_eq!(import.accounting().taxa, 20_001);
    let taxonomy = through_import("same.nwk", &format!("(({leaves}),(b,b)c);"));
    let ids = identities(&taxonomy);
    assert!(ids.contains("c;b") && ids.contains("c;b'2"), "{:?}", ids.iter().take(5).collect::<Vec<_>>());
    // A name that looks like what tells two apart is taken already.
    let taxonomy = through_import("taken.nwk", "(a,a'2,a,(d)a,(d)a)r;");
    assert_eq!(taxonomy.len(), 8);
}

#[test]
fn names_that_stand_for_nameless_nodes_do_not_grow() {
    // A nameless chain above one very long name: named after it at every step, that would be 2 GB.
    let long = "x".repeat(100_000);
    let import = read("long.nwk", &format!("{}{long}{};", "(".repeat(20_000), ")".repeat(20_000)));
    assert_eq!(import.accounting().taxa, 20_001);
    let taxonomy = import.taxonomy().unwrap();
    assert_eq!(taxonomy.name(taxonomy.leaves()[0]).len(), 100_000);
}

#[test]
fn a_long_circle_is_named_by_its_first_taxa() {
    let rows: String = each(0..60_000, |step| format!("{step},{},Taxon {step}\n", (step + 1) % 60_000));
    let table = format!("id,parent,name\n{rows}");
    let (_folder, path) = saved("circle.csv", table.as_bytes());
    let sentence = Taxonomy::from_path(&path).unwrap_err().to_string();
    assert!(sentence.len() < 1000, "{} bytes", sentence.len());
    assert!(sentence.contains("the parents form a cycle") && sentence.contains("'Taxon 0' → 'Taxon 1' → "), "{sentence}");
    assert!(sentence.contains("'Taxon 7' → … (60000 taxa)"), "{sentence}");
    let import = read("circle.csv", &format!("{table}x,,Outside\ny,5,Below\n"));
    let circle: Vec<_> = import.findings().iter().filter(|finding| finding.kind == FindingKind::InCycle).collect();
    assert_eq!(circle.len(), 60_000);
    assert!(circle.iter().all(|finding| finding.value.len() < 200), "{}", circle[0].value);
    assert_eq!(import.accounting().taxa, 2);
    // The shortest of circles: a taxon that is its own parent is a root, two that are each other's are not.
    let import = read("two.csv", "id,parent,name\n1,1,a\n2,3,b\n3,2,c\n");
    assert_eq!((import.accounting().taxa, import.accounting().left_out), (1, 2));
}

#[test]
fn what_is_scored_against_has_no_more_than_4096_levels() {
    for (levels, is_read) in [(4096, true), (4097, false)] {
        // The first node has no name: it is the root.
        let (_folder, path) = saved("chain.nwk", format!("({});", newick_chain(levels - 1).trim_end_matches(';')).as_bytes());
        match Taxonomy::named(path.to_str().unwrap()) {
            Ok(taxonomy) => assert!(is_read && taxonomy.len() == levels + 1, "{levels}"),
            Err(error) => assert!(!is_read && error.to_string().contains("the tree has 4097 levels below its root"), "{error}"),
        }
    }
}

#[test]
fn a_wide_tree_is_joined_in_linear_time() {
    let rows: String = each(1..60_000, |step| format!("{step},0,Taxon {step}\n"));
    let (_folder, path) = saved("star.csv", format!("id,parent,name\n0,,Top\n{rows}").as_bytes());
    assert_eq!(Taxonomy::from_path(&path).unwrap().children(TaxonId::ROOT).count(), 59_999);
}

#[test]
fn broken_trees_say_where() {
    let open = "(".repeat(DEEP);
    assert!(refusal("open.nwk", &open).contains("the tree ends before its ';'"));
    assert!(refusal("closed.nwk", &format!("(a{};", ")".repeat(DEEP))).contains("a ')' too many"));
    assert!(refusal("comment.nwk", &format!("(a,b[{}", "[".repeat(DEEP))).contains("the tree ends before its last ')'"));
    assert!(refusal("quote.nwk", &format!("(a,'{}", "''".repeat(DEEP))).contains("the tree ends before its last ')'"));
    assert!(refusal("length.nwk", "(a:inf,b:1);").contains("the branch length 'inf' is not finite"));
    assert!(
        refusal("length.xml", "<phyloxml><phylogeny><clade><clade branch_length='NaN'/></clade></phylogeny></phyloxml>")
            .contains("the branch length 'NaN' is no number")
    );
    assert!(refusal("open.json", &"[".repeat(DEEP)).contains("not readable as JSON: recursion limit exceeded"));
    assert!(refusal("open.xml", &"<a>".repeat(DEEP)).contains("not readable as XML"));
}

#[test]
fn xml_that_unfolds_is_refused() {
    let laugh = "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><phyloxml><phylogeny><clade><name>&b;</name></clade></phylogeny></phyloxml>";
    assert!(refusal("laugh.xml", laugh).contains("not readable as XML"));
    let attributes: String = (0..200_000).fold(String::new(), |mut text, step| {
        let _ = write!(text, " a{step}=''");
        text
    });
    assert!(refusal("attributes.xml", &format!("<phyloxml{attributes}/>")).contains("more than 1000 attributes"));
    let spaces: String = (0..50_000).fold(String::new(), |mut text, step| {
        let _ = write!(text, "<a xmlns:b{step}='u'>");
        text
    });
    assert!(refusal("spaces.xml", &spaces).contains("more than 1000 namespaces"));
}

#[test]
fn texts_by_indentation_go_as_deep_as_their_lines_are_long() {
    let lines: String = each(0..2000, |step| format!("{}Taxon{step} [unranked]\n", "  ".repeat(step)));
    let taxonomy = through_import("t.txtree", &lines);
    // The first taxon is the root.
    assert_eq!(taxonomy.depth(taxonomy.leaves()[0]), 1999);
    let dashes: String =
        each(0..2000, |step| format!("{}Taxon{step}\n", if step == 0 { String::new() } else { "--".repeat(step) + " " }));
    through_import("t.txt", &dashes);
}

#[test]
fn a_lineage_of_very_many_ranks_is_read_in_linear_time() {
    let line: String = each(0..DEEP, |step| format!(";g__n{step}"));
    let import = read("deep.txt", &format!("seq0\td__Bacteria;g__a;s__b\nseq1\td__Bacteria{line}\n"));
    assert_eq!(import.accounting().taxa, 30_003);
}

#[test]
fn a_darwin_core_archive_describes_columns_that_a_table_can_have() {
    let folder = tempfile::tempdir().unwrap();
    let meta = "<archive><core rowType='Taxon'><files><location>t.txt</location></files><id index='4611686018427387904'/>\
                <field index='1' term='scientificName'/></core></archive>";
    fs::write(folder.path().join("meta.xml"), meta).unwrap();
    fs::write(folder.path().join("t.txt"), "a\n").unwrap();
    let sentence = Import::open(folder.path(), &ImportOptions::default()).unwrap_err().to_string();
    assert!(sentence.contains("it describes a column 4611686018427387904; tables have at most 10000"), "{sentence}");
}
