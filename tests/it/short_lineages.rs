//! Lineages that leave ranks out: the ranks that are there keep their places.

#![expect(clippy::unwrap_used, reason = "tests")]

use crate::table::{read, usual};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::rank::Rank;

/// Per rank `rank right/n`, ranks without images left out, and the mean height.
fn scored(text: &str) -> (String, f64) {
    let tables = read(text, &usual());
    let scores = Scores::of(&tables.taxonomy, &tables.runs[0], &ScoreOptions::default());
    let row = |rank: Rank| {
        let row = scores.rank(rank)?;
        let share = row.path_top1?;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        Some(format!("{rank} {}/{}", (share * row.n as f64).round(), row.n))
    };
    (Rank::MAIN.into_iter().filter_map(row).collect::<Vec<_>>().join(", "), scores.how_wrong.mean_height.unwrap())
}

fn is(text: &str, ranks: &str, height: f64) {
    let (found, mean) = scored(text);
    assert_eq!(found, ranks, "{text}");
    assert!((mean - height).abs() < 1e-12, "{mean} for {text}");
}

#[test]
fn the_binomial_gives_the_genus_that_a_lineage_leaves_out() {
    // Cats and lynxes meet in their family: rung 2. Dogs and cats have nothing above the family here: root, 7.
    let table = "image,truth,predicted\n1,Felidae;Felis catus,Felidae;Lynx lynx\n2,Canidae;Canis lupus,Felidae;Felis catus\n";
    is(table, "family 1/2, genus 0/2, species 0/2", 4.5);
    // With the order they meet there: (2 + 3) / 2.
    let table = "image,truth,predicted\n1,Carnivora;Felidae;Felis catus,Carnivora;Felidae;Lynx lynx\n\
                 2,Carnivora;Canidae;Canis lupus,Carnivora;Felidae;Felis catus\n";
    is(table, "order 2/2, family 1/2, genus 0/2, species 0/2", 2.5);
    let above = "Animalia;Chordata;Mammalia;Carnivora;Felidae";
    let table = format!("image,truth,predicted\n1,{above};Felis catus,{above};Lynx lynx\n");
    is(&table, "kingdom 1/1, phylum 1/1, class 1/1, order 1/1, family 1/1, genus 0/1, species 0/1", 2.0);
    // Two cats of one genus: 1.
    is("image,truth,predicted\n1,Felidae;Felis catus,Felidae;Felis silvestris\n", "family 1/1, genus 1/1, species 0/1", 1.0);
}

#[test]
fn empty_steps_keep_their_places() {
    let table = "image,truth,predicted\n1,Animalia;Chordata;Mammalia;Carnivora;;Felis;Felis catus,\
                 Animalia;Chordata;Mammalia;Carnivora;Felidae;Lynx;Lynx lynx\n";
    // The truth has no family: they meet in the order, 3.
    is(table, "kingdom 1/1, phylum 1/1, class 1/1, order 1/1, genus 0/1, species 0/1", 3.0);
}

#[test]
fn a_lineage_that_stops_early_begins_where_its_names_say() {
    let table = "image,truth,predicted\n1,Animalia;Chordata;Aves,Animalia;Chordata;Aves\n2,Animalia;Chordata,Animalia;Chordata;Mammalia\n";
    is(table, "kingdom 2/2, phylum 2/2, class 1/1", 0.0);
    is("image,truth,predicted\n1,Carnivora;Felidae;Felis,Carnivora;Canidae;Canis\n", "order 1/1, family 0/1, genus 0/1", 2.0);
}

#[test]
fn short_and_long_lineages_of_one_table_are_one_tree() {
    let whole = "Animalia;Chordata;Mammalia;Carnivora;Felidae";
    let table = format!(
        "image,truth,predicted\n1,{whole};Felis;Felis catus,Felidae;Felis catus\n2,{whole};Felis;Felis catus,Felidae;Lynx lynx\n"
    );
    is(&table, "kingdom 2/2, phylum 2/2, class 2/2, order 2/2, family 2/2, genus 1/2, species 1/2", 1.0);
    // The family that one row leaves out is the one that another has.
    let table =
        format!("image,truth,predicted\n1,{whole};Felis;Felis catus,Animalia;Chordata;Mammalia;Carnivora;;Felis;Felis catus\n");
    is(&table, "kingdom 1/1, phylum 1/1, class 1/1, order 1/1, family 1/1, genus 1/1, species 1/1", 0.0);
}

#[test]
fn the_report_says_which_ranks_were_taken() {
    let tables = read("image,truth,predicted\n1,Bilateria;Felidae;Felis catus,Bilateria;Felidae;Lynx lynx\n", &usual());
    let notes = tables.notes.join("\n");
    assert!(notes.contains("were read as unranked > family > genus > species (2 labels)"), "{notes}");
    assert!(notes.contains("1 name in lineages without rank prefixes has no rank"), "{notes}");
    assert!(notes.contains("'Bilateria'"), "{notes}");
}

#[test]
fn lineages_that_hold_each_other_come_to_an_end() {
    // A name twice in one lineage, and two names each of which lies in the other.
    for table in [
        "image,truth,predicted\n1,;j;c;d;e;f;g;h;i;j;k,a|b|c\n",
        "image,truth,predicted\n1,Parus;Pica;Corvus,Pica;Parus;Corvus\n",
        "image,truth,predicted\n1,a;b;c,b;a;c\n2,c;b,b;c;a\n",
    ] {
        assert_eq!(read(table, &usual()).runs[0].images.len(), table.lines().count() - 1, "{table}");
    }
}
