//! Trees in the formats of the world: by indentation, Newick, NEXUS, phyloXML, graphs and pairs.

use crate::folder::folder_with;
use crate::import::{import, lineage, one_file, one_refusal, refusal, tree};
use crate::taxonomy::taxon;
use nearmiss::taxonomy::import::{Format, ImportOptions};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::Step;

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
    let folder = folder_with(&[
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
