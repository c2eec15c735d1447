//! Tables of taxa: rank tables, parent–child lists, and every other format of one file.

use super::{Reader, texts};
use nearmiss::taxonomy::Taxonomy;
use std::path::Path;

pub(super) const READERS: &[Reader] = &[
    Reader { name: "taxonomy", longest: 4096, multiple: 2048, base: 8 << 20, read: taxonomy, seeds: tables, words: WORDS },
    Reader { name: "checklist", longest: 4096, multiple: 2048, base: 8 << 20, read: checklist, seeds: checklists, words: WORDS },
];

const WORDS: &[&str] = &[
    "kingdom",
    "phylum",
    "class",
    "order",
    "family",
    "genus",
    "species",
    "id",
    "parent",
    "name",
    "rank",
    "synonyms",
    "branch_length",
    "taxonID",
    "parentNameUsageID",
    "acceptedNameUsageID",
    "scientificName",
    "taxonRank",
    "taxonomicStatus",
    "k__",
    "s__",
    ";",
    "|",
    "\\x09|\\x09",
    "\\x09|",
    "\\\"",
    "[species]",
    "[genus]",
    "  ",
    "--",
    "= ",
    "\\xef\\xbb\\xbf",
    "\\xff\\xfe",
    "NA",
    "CD_NOM",
    "CD_SUP",
    "CD_REF",
    "LB_NOM",
    "uid",
];

/// What was read has a path from every taxon to its root.
fn taxonomy(_: &Path, bytes: &[u8]) {
    let Ok(taxonomy) = Taxonomy::from_bytes(bytes, Path::new("taxonomy.csv")) else { return };
    for taxon in taxonomy.taxa() {
        assert!(taxonomy.lineage(taxon).count() <= taxonomy.len(), "a lineage goes in a circle");
    }
}

fn tables() -> Vec<Vec<u8>> {
    texts(&[
        "kingdom,phylum,class,order,family,genus,species\nAnimalia,Chordata,Aves,Passeriformes,Paridae,Parus,Parus major\nAnimalia,Chordata,Aves,Passeriformes,Corvidae,Pica,Pica pica\n",
        "id,parent,name,rank,branch_length,synonyms\n1,,Animalia,kingdom,,\n2,1,Parus,genus,0.5,Pentestes|Cyanistes\n3,2,Parus major,species,1,\n",
        "id\tparent\tname\n1\t\tA\n2\t1\tB\n3\t2\tC\n1\t3\tD\n",
        "id;parent;name\n1;3;A\n2;1;B\n3;2;C\n",
        "animal bird\nanimal fish\nbird tit\n",
        "parent,child\na,b\nb,c\nc,a\n",
        "# a comment\ngenus|species|common_name|nom_vern\nParus|Parus major|Great tit|Mésange\n\nNA|NA||\n",
        "\u{feff}family,genus,species\n\"Pari\"\"dae\",Parus,\"Parus, major\"\nParidae,,ater\n",
        "family,species\nParidae\nParidae,Parus major,extra\n",
        "id,parent\n,\n1,1\n",
        "kingdom,genus,species\nA,Oenanthe,Oenanthe a\nB,Oenanthe,Oenanthe a\n",
    ])
}

fn checklist(folder: &Path, bytes: &[u8]) {
    if !bytes.starts_with(b"PK") && !bytes.starts_with(&[0x1f, 0x8b]) && !bytes.starts_with(b"PAR1") {
        super::trees::import(&super::file(folder, "list", bytes));
    }
}

fn checklists() -> Vec<Vec<u8>> {
    let mut seeds = tables();
    seeds.extend(texts(&[
        "taxonID\tparentNameUsageID\tacceptedNameUsageID\tscientificName\ttaxonRank\ttaxonomicStatus\n1\t\t\tAnimalia\tkingdom\taccepted\n2\t1\t\tParus major L.\tspecies\taccepted\n3\t\t2\tParus minor\tspecies\tsynonym\n4\t4\t4\tx\t\t\n",
        "REGNE\tCD_NOM\tCD_SUP\tCD_REF\tRANG\tLB_NOM\tLB_AUTEUR\tNOM_VERN\tFR\nAnimalia\t1\t\t1\tKD\tAnimalia\t\t\tP\nAnimalia\t2\t1\t2\tES\tParus major\tLinnaeus, 1758\tMésange\tP\nAnimalia\t3\t1\t2\tES\tParus ater\t\t\t\n",
        "uid\t|\tparent_uid\t|\tname\t|\trank\t|\tsourceinfo\t|\tuniqname\t|\tflags\t|\t\n1\t|\t\t|\tlife\t|\tno rank\t|\t\t|\t\t|\t\t|\t\n2\t|\t1\t|\tParus\t|\tgenus\t|\tncbi:1\t|\t\t|\t\t|\t\n",
        "Animalia [kingdom]\n  Paridae [family]\n    Parus Linnaeus, 1758 [genus] {x}\n      †Parus major [species] # c\n        =Parus minor [species]\n",
        "Aves\n-- Procellariiformes\n---- Diomedeidae\n-- Passeriformes\n",
        "GB_1\td__Bacteria;p__Firmicutes;c__Bacilli;o__;f__;g__;s__\nGB_2\td__Bacteria;p__X;c__Y;o__Z;f__A;g__B;s__B c\n",
        "6d1b5a3c-0000-4000-8000-000000000000;mammalia;carnivora;felidae;panthera;leo;lion\n6d1b5a3c-0000-4000-8000-000000000001;;;;;;blank\n",
        "{\"Animalia Chordata Aves\": 0, \"Animalia Chordata Aves Passeriformes Paridae Parus major\": 1}",
        "[[[\"Animalia\",\"Chordata\",\"Aves\",\"Passeriformes\",\"Paridae\",\"Parus\",\"major\"],\"great tit\"],[[\"\"],null]]",
        "{\"nodes\":[{\"id\":0,\"name\":\"a\"},{\"id\":1,\"name\":\"b\"}],\"links\":[{\"source\":0,\"target\":1},{\"source\":1,\"target\":0}]}",
        "[{\"name\":\"Parus\",\"rank\":\"genus\",\"children\":[{\"name\":\"Parus major\",\"rank\":\"species\"}]}]",
        "id,code,name\n1,PARMA,Parus major\n2,PICPI,Pica pica\n",
        "code,name\n1PARMG,Parus\n",
        "name,alias\nParus major,Great tit\nParus major,Mésange\n",
        "Parus major\nPica pica\nCorvus\n\nParus major\n",
        "animal,bird\nbird,tit\nanimal,fish\n",
        "id,taxonRank,scientificName,kingdom,phylum,class,order,family,genus,specificEpithet\nhttps://www.inaturalist.org/taxa/1,species,Parus major,Animalia,Chordata,Aves,Passeriformes,Paridae,Parus,major\n",
        "image,label\na.jpg,Parus\n",
        "<!doctype html><html>no</html>",
    ]));
    // UTF-16 with its mark, and Windows-1252.
    let wide: Vec<u8> = "\u{feff}genus,species\nParus,Parus major\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    seeds.push(wide);
    seeds.push(b"genus,species,nom_vern\nParus,Parus major,M\xe9sange\n".to_vec());
    seeds
}
