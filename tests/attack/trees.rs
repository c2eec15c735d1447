//! Trees: Newick, Nexus, PhyloXML.

use super::{Reader, file, texts};
use nearmiss::taxonomy::import::{Import, ImportOptions};
use std::path::Path;

/// A node takes a byte, and its identity is a lineage of up to 512 bytes, held by the reader, the builder and the taxonomy.
const OF_A_NODE: usize = 4096;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "newick",
        longest: 4096,
        multiple: OF_A_NODE,
        base: 4 << 20,
        read: newick,
        seeds: newicks,
        words: &["(", ")", ",", ";", ":", "'", "''", "[&&NHX:R=genus:S=Parus]", "[&R]", "_", ":1e-3", "((", "))", ",,"],
    },
    Reader {
        name: "nexus",
        longest: 4096,
        multiple: OF_A_NODE,
        base: 4 << 20,
        read: nexus,
        seeds: nexuses,
        words: &["#NEXUS", "begin trees;", "translate", "tree ", "utree ", "=", ";", "end;", "[&U]", "'", "(", ")", ","],
    },
    Reader {
        name: "phyloxml",
        longest: 4096,
        multiple: 1024,
        base: 4 << 20,
        read: phyloxml,
        seeds: phyloxmls,
        words: &[
            "<phyloxml",
            "<phylogeny",
            "<clade>",
            "</clade>",
            "<name>",
            "</name>",
            "<taxonomy>",
            "<scientific_name>",
            "<rank>",
            "<branch_length>",
            "branch_length=\\\"1\\\"",
            "<![CDATA[",
            "]]>",
            "<!DOCTYPE",
            "<!ENTITY a \\\"b\\\">",
            "&a;",
            "&#x41;",
            "xmlns=",
        ],
    },
];

/// Reads a file as a taxonomy of any format and holds that nothing of it was lost on the way.
pub(super) fn import(path: &Path) {
    let Ok(mut import) = Import::open(path, &ImportOptions::default()) else { return };
    import.check();
    let accounting = import.accounting();
    assert!(accounting.is_whole(), "rows do not add up: {accounting:?}");
    let taxonomy = match import.taxonomy() {
        Ok(taxonomy) => taxonomy,
        Err(error) => panic!("settled rows are no taxonomy: {error}"),
    };
    // Where the source has no one root, the taxonomy does.
    let added = (taxonomy.len() as u64).checked_sub(accounting.taxa);
    assert!(added.is_some_and(|added| added <= 1), "{} of {} taxa", taxonomy.len(), accounting.taxa);
}

fn newick(folder: &Path, bytes: &[u8]) {
    if bytes.first().is_some_and(|first| b"([".contains(first)) {
        import(&file(folder, "tree.nwk", bytes));
    }
}

fn newicks() -> Vec<Vec<u8>> {
    let mut seeds = texts(&[
        "(A,B);",
        "((Parus_major:1.5,Parus_ater:2)Parus:0.1,(Pica_pica:3)Pica:1e-3)Aves;",
        "((a,b)0.98:0.1,(c,(d,e)100)95:0.2);",
        "('O''Brien (x)':1,'B, b':2)'root; not the end':0;",
        "[&R] (A[&&NHX:R=species:S=Homo_sapiens]:1,B[&rate=0.5]:2)C[comment [nested]];",
        "(A,,B,);(C,D);",
        "(,(,));",
        "(A,A,A,(A,A)A)A;",
        "((((((((((a))))))))));",
        "(A:nan,B:inf);",
        "(A:1,B:-2)\n;\n",
        "(A,B",
        "(A,B));",
        "(é_ü:1,\u{4e2d}:2);",
    ]);
    seeds.push(ladder(60).into_bytes());
    seeds
}

/// Leaves that branch off one after the other.
fn ladder(steps: usize) -> String {
    let leaves: Vec<String> = (0..steps).map(|step| format!(",s{step}){}", if step % 7 == 0 { "x" } else { "" })).collect();
    format!("{}a{};", "(".repeat(steps), leaves.concat())
}

fn nexus(folder: &Path, bytes: &[u8]) {
    if bytes.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"#nexus")) {
        import(&file(folder, "tree.nex", bytes));
    }
}

fn nexuses() -> Vec<Vec<u8>> {
    texts(&[
        "#NEXUS\nbegin taxa; dimensions ntax=2; taxlabels A B; end;\nbegin trees;\n translate 1 Parus_major, 2 'Pica pica', 3 Corvus;\n tree one = [&R] ((1:1,2:2):0.5,3:1);\n tree two = (1,2);\nend;\n",
        "#nexus\nBEGIN TREES;\nTREE a = (A,B)C;\nEND;",
        "#NEXUS\nbegin trees;\nutree * x = [&U] (('it''s':1,b[c]):1,d);\nend;\n",
        "#NEXUS\n[a comment; begin trees;]\nbegin trees;\ntranslate a b,\nc d;\ntree t = (a,c);",
        "#NEXUS\nbegin trees;\ntranslate;\ntree t = ;\nend;",
        "#NEXUS begin trees; tree t (a,b); end;",
        "#NEXUS\nbegin trees;\ntree\tt = (a,(b,c));\n",
        "#NEXUS\nbegin data; matrix a 01 b 10; end;",
    ])
}

fn phyloxml(folder: &Path, bytes: &[u8]) {
    if bytes.first() == Some(&b'<') {
        import(&file(folder, "tree.xml", bytes));
    }
}

fn phyloxmls() -> Vec<Vec<u8>> {
    let nested = format!("<phyloxml><phylogeny>{}{}</phylogeny></phyloxml>", "<clade>".repeat(40), "</clade>".repeat(40));
    let mut seeds = texts(&[
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<phyloxml xmlns=\"http://www.phyloxml.org\"><phylogeny rooted=\"true\"><clade><name>Aves</name><clade branch_length=\"0.5\"><taxonomy><scientific_name>Parus major</scientific_name><rank>species</rank></taxonomy></clade><clade><name>B</name><branch_length>2</branch_length></clade></clade></phylogeny></phyloxml>",
        "<phyloxml><phylogeny><clade><clade><taxonomy><code>PARMA</code></taxonomy></clade><clade/><clade/></clade></phylogeny><phylogeny/></phyloxml>",
        "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]><phyloxml><phylogeny><clade><name>&d;</name><clade><name>A</name></clade><clade><name>A</name></clade></clade></phylogeny></phyloxml>",
        "<phyloxml><phylogeny><clade branch_length=\"x\"/></phylogeny></phyloxml>",
        "<phyloxml><phylogeny><clade><name>a;b</name><clade><name><![CDATA[<&>]]></name></clade></clade></phylogeny></phyloxml>",
        "<p:phyloxml xmlns:p='x'><p:phylogeny><p:clade><p:name> A </p:name></p:clade></p:phylogeny></p:phyloxml>",
        "<archive><core/></archive>",
        "<html></html>",
    ]);
    seeds.push(nested.into_bytes());
    seeds
}
