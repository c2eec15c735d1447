//! Names in tables as people write them: common names, capitals, codes, words for nothing, supports, classes of data sets.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What a report said on the terminal, and its numbers.
struct Report {
    stderr: String,
    metrics: Value,
}

/// `nearmiss report` in a folder, which must succeed.
fn report(folder: &Path, line: &str) -> Report {
    let mut arguments = vec!["report"];
    arguments.extend(line.split(' '));
    arguments.extend(["-o", "out", "--force"]);
    let outcome = nearmiss(folder, &arguments);
    assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
    let metrics = serde_json::from_slice(&fs::read(folder.join("out/metrics.json")).unwrap()).unwrap();
    Report { stderr: outcome.stderr, metrics }
}

impl Report {
    /// `rank right/n` of every rank that has images.
    fn ranks(&self) -> String {
        let row = |row: &Value| {
            let (n, share) = (row["n"].as_u64()?, row["path_top1"].as_f64()?);
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let right = (share * n as f64).round();
            Some(format!("{} {right}/{n}", row["rank"].as_str()?))
        };
        self.metrics["ranks"].as_array().unwrap().iter().filter_map(row).collect::<Vec<_>>().join(", ")
    }

    fn accounted(&self, part: &str) -> u64 {
        self.metrics["accounting"][part].as_u64().unwrap()
    }
}

/// The report of one table with the columns `image,truth,predicted`.
fn of_table(rows: &[&str]) -> Report {
    let numbered: Vec<String> = rows.iter().enumerate().map(|(index, row)| format!("{index}.jpg,{row}\n")).collect();
    let folder = folder_with(&[("table.csv", &format!("image,truth,predicted\n{}", numbered.concat()))]);
    report(folder.path(), "table.csv")
}

#[test]
fn a_capital_behind_a_genus_is_an_epithet_or_an_author() {
    // Title Case: two of three right, all of one genus.
    let title =
        of_table(&["Aquila Chrysaetos,Aquila Chrysaetos", "Aquila Heliaca,Aquila Chrysaetos", "Aquila Heliaca,Aquila heliaca"]);
    assert_eq!(title.ranks(), "genus 3/3, species 2/3");
    let shouted = of_table(&["AQUILA CHRYSAETOS,Aquila chrysaetos", "AQUILA HELIACA,AQUILA CHRYSAETOS"]);
    assert_eq!(shouted.ranks(), "genus 2/2, species 1/2");
    // The look-alike: a genus with its author is that genus.
    let authors =
        of_table(&["Aquila Brisson,Aquila", "\"Aquila Brisson, 1760\",Aquila Brisson", "Aquila Brisson,Buteo Lacépède"]);
    assert_eq!(authors.ranks(), "genus 2/3");
}

#[test]
fn codes_and_numbers_are_species_of_their_own() {
    let codes = of_table(&[
        "Andrena sp. A,Andrena sp. A",
        "Andrena sp. A,Andrena sp. B",
        "Andrena sp.,Andrena sp. B",
        "Hippodamia 13-punctata,Hippodamia 13-punctata",
        "Hippodamia 13-punctata,Hippodamia 7-punctata",
    ]);
    assert_eq!(codes.ranks(), "genus 5/5, species 2/4");
}

#[test]
fn common_names_are_classes_and_no_genera() {
    let english = of_table(&["grey squirrel,grey squirrel", "grey squirrel,red squirrel", "roe deer,Roe Deer", "empty,roe deer"]);
    // The empty picture is no species: it is scored beside them.
    assert_eq!((english.ranks().as_str(), english.accounted("not_a_taxon")), ("species 2/3", 1));
    says(&english.stderr, &["warning: ", "look like common names", "--taxonomy"]);
    let french = of_table(&["Pic épeiche,Pic vert", "Mésange à longue queue,Mésange à longue queue"]);
    assert_eq!(french.ranks(), "species 1/2");
    // The look-alike: scientific names in lower case.
    let latin = of_table(&["sciurus vulgaris,sciurus carolinensis", "capreolus capreolus,capreolus capreolus"]);
    assert_eq!(latin.ranks(), "genus 2/2, species 1/2");
    assert!(!latin.stderr.contains("common name"), "{}", latin.stderr);
}

#[test]
fn common_names_of_the_taxonomy_and_of_the_table_are_known() {
    let taxonomy =
        "genus,species,common_name\nSciurus,Sciurus carolinensis,Grey Squirrel\nSciurus,Sciurus vulgaris,Red Squirrel\n";
    let table = "image,truth,predicted\n1,grey squirrel,Sciurus Carolinensis\n2,red squirrel,Sciurus carolinensis\n";
    let labels = "filepath,common\na.jpg,Red Squirrel\nb.jpg,Eurasian lynx\nc.jpg,blank\n";
    let answers = "filepath,prediction\n\
        a.jpg,0a3e8ba7-7261-4d17-8645-11ed3d02165a;mammalia;rodentia;sciuridae;sciurus;vulgaris;red squirrel\n\
        b.jpg,0b3e8ba7-7261-4d17-8645-11ed3d02165a;mammalia;carnivora;felidae;lynx;lynx;eurasian lynx\n\
        c.jpg,f1856211-cfb7-4a5b-9158-c0f72fd09ee6;;;;;;blank\n";
    let folder = folder_with(&[("tax.csv", taxonomy), ("table.csv", table), ("labels.csv", labels), ("answers.csv", answers)]);
    assert_eq!(report(folder.path(), "table.csv --taxonomy tax.csv").ranks(), "genus 2/2, species 1/2");
    let carried = report(folder.path(), "answers.csv --truth labels.csv --truth-column common");
    assert_eq!(carried.ranks(), "class 2/2, order 2/2, family 2/2, genus 2/2, species 2/2");
    assert_eq!((carried.accounted("without_truth"), carried.accounted("not_a_taxon")), (0, 1));
}

#[test]
fn words_for_nothing_are_no_taxa() {
    let above = "k__Fungi;p__Basidiomycota;c__Agaricomycetes;o__Agaricales;f__Amanitaceae";
    let rows = [
        format!("{above};g__Amanita;s__Amanita_muscaria,{above};g__unidentified;s__Amanitaceae_sp"),
        format!("{above};g__Amanita;s__Amanita_sp,{above};g__Amanita;s__uncultured_fungus"),
        "Unassigned,Unassigned".to_string(),
    ];
    let lineages = of_table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let right = "kingdom 2/2, phylum 2/2, class 2/2, order 2/2, family 2/2, genus 1/2, species 0/1";
    assert_eq!((lineages.ranks().as_str(), lineages.accounted("without_truth")), (right, 1));
    let lone = of_table(&["blank,Sciurus vulgaris", "Sciurus vulgaris,No CV Result", "Sciurus vulgaris,Sciurus vulgaris"]);
    assert_eq!((lone.ranks().as_str(), lone.accounted("not_a_taxon")), ("genus 1/2, species 1/2", 1));
}

#[test]
fn supports_and_numbers_of_classes_are_taken_off() {
    let truth = "d:Bacteria,p:Bacillota,g:Listeria,s:Listeria_innocua";
    let table = format!(
        "id\ttruth\tpredicted\n1\t{truth}\td:Bacteria(1.00),p:Bacillota(0.97),g:Listeria(0.55),s:Listeria_ivanovii(0.31)\n"
    );
    let folder = folder_with(&[("table.tsv", &table)]);
    assert_eq!(report(folder.path(), "table.tsv").ranks(), "kingdom 1/1, phylum 1/1, genus 1/1, species 0/1");
    let classes = of_table(&[
        "00012_Animalia_Arthropoda_Insecta_Odonata_Aeshnidae_Anax_imperator,00013_Animalia_Arthropoda_Insecta_Odonata_Aeshnidae_Anax_parthenope",
    ]);
    assert_eq!(classes.ranks(), "kingdom 1/1, phylum 1/1, class 1/1, order 1/1, family 1/1, genus 1/1, species 0/1");
    assert_eq!(
        of_table(&["012.Anax_imperator,012.Anax_imperator", "012.Anax_imperator,013.Anax_parthenope"]).ranks(),
        "genus 2/2, species 1/2"
    );
}

#[test]
fn a_cross_is_neither_of_its_parents() {
    let crosses = of_table(&[
        "Quercus robur X petraea,Quercus robur x petraea",
        "Quercus robur × petraea,Quercus robur",
        "Quercus petraea,Quercus robur X petraea",
    ]);
    assert_eq!(crosses.ranks(), "genus 3/3, species 1/3");
}

#[test]
fn sentences_are_still_refused() {
    let folder = folder_with(&[("table.csv", "image,truth,predicted\n1,Lynx lynx,The answer is a cat\n")]);
    says(&refusal(folder.path(), &["report", "table.csv", "-o", "out"]), &["holds sentences", "--predicted-pattern"]);
}
