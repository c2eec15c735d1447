//! Tables that look like something that they are not.

use Out::{Ranks, Refused, Wrong, WrongOrRefused};
use nearmiss::answers::table::TableOptions;
use nearmiss::report::scoring::{Scored, Scoring};
use std::path::Path;

/// A table with what must come out of it.
struct LookAlike {
    /// What it looks like, or is.
    what: &'static str,
    table: &'static str,
    truth: Option<&'static str>,
    taxonomy: Option<&'static str>,
    out: Out,
}

/// What must come out.
enum Out {
    /// `rank n percent` of every rank that has images, of the one run.
    Ranks(&'static str),
    /// Mistakes and scored images.
    Wrong(u64, u64),
    /// As many mistakes of as many images, or a refusal with this in its message.
    WrongOrRefused(u64, u64, &'static str),
    /// A refusal with this in its message.
    Refused(&'static str),
}

const HALF: &str = "genus 2 50.0, species 2 50.0";
const NO_PREDICTION: &str = "no column is recognisable as the prediction";

const fn alone(what: &'static str, table: &'static str, out: Out) -> LookAlike {
    LookAlike { what, table, truth: None, taxonomy: None, out }
}

const fn joined(what: &'static str, table: &'static str, truth: &'static str, out: Out) -> LookAlike {
    LookAlike { what, table, truth: Some(truth), taxonomy: None, out }
}

/// Columns of numbers that are no columns of classes.
static MEASUREMENTS: [LookAlike; 12] = [
    alone(
        "latitude and longitude beside a prediction",
        "image,truth,predicted,lat,lon\n1.jpg,Felis catus,Felis catus,48.1,2.3\n2.jpg,Lynx lynx,Felis catus,48.2,2.4\n",
        Ranks(HALF),
    ),
    alone(
        "width and height beside a prediction",
        "image,width,height,truth,predicted\n1.jpg,640,480,Felis catus,Felis catus\n2.jpg,640,480,Lynx lynx,Felis catus\n",
        Ranks(HALF),
    ),
    alone(
        "a box of shares beside a prediction",
        "image,truth,predicted,x,y,w,h\n1.jpg,Felis catus,Felis catus,0.1,0.2,0.3,0.4\n2.jpg,Lynx lynx,Felis catus,0.4,0.3,0.2,0.1\n",
        Ranks(HALF),
    ),
    alone(
        "shares of colours that add up to one, beside a prediction",
        "image,truth,predicted,red,green,blue\n1.jpg,Felis catus,Felis catus,0.2,0.3,0.5\n2.jpg,Lynx lynx,Felis catus,0.1,0.1,0.8\n",
        Ranks(HALF),
    ),
    alone(
        "coordinates and no prediction",
        "image,truth,lat,lon\n1.jpg,Felis catus,48.1,2.3\n2.jpg,Lynx lynx,48.2,2.4\n",
        Refused(NO_PREDICTION),
    ),
    alone(
        "sizes and no prediction",
        "image,truth,width,height\n1.jpg,Felis catus,640,480\n2.jpg,Lynx lynx,640,480\n",
        Refused(NO_PREDICTION),
    ),
    alone(
        "weather and no prediction",
        "image,truth,temperature,humidity\n1.jpg,Felis catus,0.5,0.5\n2.jpg,Lynx lynx,0.25,0.75\n",
        Refused(NO_PREDICTION),
    ),
    alone(
        "shares of colours that add up to one, and no prediction",
        "image,truth,red,green,blue\n1.jpg,Felis catus,0.2,0.3,0.5\n2.jpg,Lynx lynx,0.1,0.1,0.8\n",
        Refused(NO_PREDICTION),
    ),
    alone(
        "a single number and no prediction",
        "image,truth,weight\n1.jpg,Felis catus,4.2\n2.jpg,Lynx lynx,21\n",
        Refused(NO_PREDICTION),
    ),
    alone(
        "coordinates beside columns of classes",
        "image,truth,lat,lon,Felis catus,Lynx lynx\n1.jpg,Felis catus,48.1,2.3,0.9,0.1\n2.jpg,Lynx lynx,48.2,2.4,0.8,0.2\n",
        Ranks(HALF),
    ),
    alone(
        "sizes between columns of classes",
        "image,truth,Felis catus,width,Lynx lynx,height\n1.jpg,Felis catus,0.9,640,0.1,480\n2.jpg,Lynx lynx,0.8,640,0.2,480\n",
        Ranks(HALF),
    ),
    alone(
        "a class that is never the truth is a class all the same",
        "image,truth,Felis catus,Lynx lynx,Vulpes vulpes\n1.jpg,Felis catus,0.9,0.05,0.05\n2.jpg,Lynx lynx,0.1,0.2,0.7\n",
        Ranks(HALF),
    ),
];

/// Commas and other marks inside cells.
static MARKS: [LookAlike; 7] = [
    alone(
        "commas in the cells of a table of semicolons",
        "image;truth;predicted\n0,5.jpg;Felis catus Linnaeus, 1758;Felis catus\n0,6.jpg;Lynx lynx (Linnaeus, 1758);Felis catus\n",
        Ranks(HALF),
    ),
    alone(
        "a semicolon in the name of an image",
        "image,truth,predicted\n\"a;1.jpg\",Felis catus,Felis catus\n\"a;2.jpg\",Lynx lynx,Felis catus\n",
        Ranks(HALF),
    ),
    alone(
        "a name turned round at a comma is no list",
        "image,truth,predicted\n1.jpg,\"Gull, Herring\",\"Gull, Herring\"\n2.jpg,\"Gull, Black-headed\",\"Gull, Herring\"\n",
        Wrong(1, 2),
    ),
    alone(
        "the year of an author in brackets is no confidence",
        "image,truth,predicted\n1.jpg,\"Lynx lynx (Linnaeus, 1758)\",Lynx lynx\n2.jpg,\"Felis catus Linnaeus, 1758\",Lynx lynx\n",
        Ranks(HALF),
    ),
    alone(
        "a subgenus in brackets is no author",
        "image,truth,predicted\n1.jpg,Bombus (Pyrobombus) hypnorum,Bombus (Melanobombus) lapidarius\n\
         2.jpg,Bombus (Pyrobombus) hypnorum,Bombus (Pyrobombus) hypnorum\n",
        Ranks("genus 2 100.0, species 2 50.0"),
    ),
    alone(
        "a percentage is a score",
        "image,truth,label,score\n1.jpg,Felis catus,Lynx lynx,20%\n1.jpg,Felis catus,Felis catus,80%\n\
         2.jpg,Lynx lynx,Felis catus,90%\n2.jpg,Lynx lynx,Lynx lynx,9%\n",
        Ranks(HALF),
    ),
    alone(
        "scores that are words say nothing",
        "image,truth,predicted,confidence\n1.jpg,Felis catus,Felis catus,high\n2.jpg,Lynx lynx,Felis catus,low\n",
        WrongOrRefused(1, 2, "confidence"),
    ),
];

/// Names that are not what their shape says.
static NAMES: [LookAlike; 18] = [
    alone("four letters each", "image,truth,predicted\n1.jpg,FECA,FECA\n2.jpg,LYLY,FECA\n", Wrong(1, 2)),
    alone("codes that begin alike", "image,truth,predicted\n1.jpg,AMRO,AMRO\n2.jpg,AMRE,AMRO\n", Wrong(1, 2)),
    alone(
        "codes that end in digits",
        "image,truth,predicted\n1.jpg,sp1,sp1\n2.jpg,sp10,sp1\n3.jpg,sp2,sp10\n",
        Refused("none of the 3 answers is a taxon"),
    ),
    alone("numbered classes", "image,truth,predicted\n1.jpg,class_1,class_1\n2.jpg,class_2,class_1\n", Wrong(1, 2)),
    alone("one letter and a number", "image,truth,predicted\n1.jpg,A_1,A_1\n2.jpg,A_2,A_1\n", Wrong(1, 2)),
    alone(
        "codes of barcodes",
        "image,truth,predicted\n1.jpg,BOLD:AAA1234,BOLD:AAA1234\n2.jpg,BOLD:AAA1235,BOLD:AAA1234\n",
        Refused("none of the 2 answers is a taxon"),
    ),
    alone("indices of labels", "image,truth,predicted\n1.jpg,0,0\n2.jpg,1,0\n", WrongOrRefused(1, 2, "--")),
    alone("indices with a point", "image,truth,predicted\n1.jpg,0.0,0.0\n2.jpg,1.0,0.0\n", WrongOrRefused(1, 2, "--")),
    LookAlike {
        what: "indices that are no ids of the taxonomy",
        table: "image,truth,predicted\n1.jpg,0,0\n2.jpg,1,0\n",
        truth: None,
        taxonomy: Some("id,family,genus,species\n17,Felidae,Felis,Felis catus\n18,Felidae,Lynx,Lynx lynx\n"),
        out: Refused("taxonomy"),
    },
    alone(
        "digits before an epithet",
        "image,truth,predicted\n1.jpg,Coccinella 7-punctata,Coccinella 11-punctata\n2.jpg,Coccinella 7-punctata,Coccinella 7-punctata\n",
        Wrong(1, 2),
    ),
    alone(
        "English names behind the number of a class",
        "image,truth,predicted\n1.jpg,001.Black_footed_Albatross,001.Black_footed_Albatross\n\
         2.jpg,002.Laysan_Albatross,001.Black_footed_Albatross\n",
        Wrong(1, 2),
    ),
    alone(
        "genera that begin as words for nothing do",
        "image,truth,predicted\n1.jpg,Nullarbora heptaxia,Nullarbora heptaxia\n2.jpg,Notonecta glauca,Nullarbora heptaxia\n",
        Ranks(HALF),
    ),
    alone(
        "a genus with its author and year",
        "image,truth,predicted\n1.jpg,\"Felis Linnaeus, 1758\",Felis\n",
        Ranks("genus 1 100.0"),
    ),
    alone("a genus with its author cut short", "image,truth,predicted\n1.jpg,Carabus L.,Carabus\n", Ranks("genus 1 100.0")),
    alone(
        "the same name with and without a second capital",
        "image,truth,predicted\n1.jpg,Felis Catus,Felis catus\n2.jpg,Felis silvestris,Felis Catus\n",
        Ranks("genus 2 100.0, species 2 50.0"),
    ),
    alone(
        "English names that begin alike",
        "image,truth,predicted\n1.jpg,Great Tit,Great Spotted Woodpecker\n2.jpg,Great Tit,Great Tit\n",
        Ranks("species 2 50.0"),
    ),
    alone(
        "empty photographs among common names",
        "image,truth,predicted\n1.jpg,red fox,red fox\n2.jpg,empty,red fox\n3.jpg,empty,empty\n",
        Ranks("species 1 100.0"),
    ),
    alone(
        "blank photographs among scientific names",
        "image,truth,predicted\n1.jpg,Felis catus,Felis catus\n2.jpg,Lynx lynx,Felis catus\n3.jpg,blank,Felis catus\n",
        Ranks(HALF),
    ),
];

/// Truths of other photographs.
static PLACES: [LookAlike; 9] = [
    joined(
        "folders of another site",
        "filepath,prediction\n/mnt/x/A/1.jpg,Felis catus\n/mnt/x/A/2.jpg,Lynx lynx\n",
        "filepath,species\nB/1.jpg,Felis catus\nB/2.jpg,Felis catus\n",
        Refused("1.jpg"),
    ),
    joined(
        "a folder whose name ends as another's does",
        "filepath,prediction\n/mnt/aa/1.jpg,Felis catus\n",
        "filepath,species\na/1.jpg,Felis catus\n",
        Refused("1.jpg"),
    ),
    joined(
        "a file whose name ends as another's does",
        "filepath,prediction\n/mnt/a/1.jpg,Felis catus\n",
        "filepath,species\n11.jpg,Felis catus\n",
        Refused("1.jpg"),
    ),
    joined(
        "one truth for photographs of two folders",
        "filepath,prediction\nA/1.jpg,Felis catus\nB/1.jpg,Lynx lynx\n",
        "filepath,species\n1.jpg,Felis catus\n",
        Refused("1.jpg"),
    ),
    joined(
        "folders on one side alone",
        "filepath,prediction\n/mnt/x/A/1.jpg,Felis catus\n/mnt/x/A/2.jpg,Felis catus\n",
        "filepath,species\n1.jpg,Felis catus\n2.jpg,Lynx lynx\n",
        Ranks(HALF),
    ),
    joined(
        "slashes of two systems",
        "filepath,prediction\nC:\\data\\A\\1.jpg,Felis catus\nC:\\data\\B\\1.jpg,Felis catus\n",
        "filepath,species\nA/1.jpg,Felis catus\nB/1.jpg,Lynx lynx\n",
        Ranks(HALF),
    ),
    joined(
        "endings in two cases",
        "filepath,prediction\nA/1.JPG,Felis catus\nB/1.JPG,Felis catus\n",
        "filepath,species\nA/1.jpg,Felis catus\nB/1.jpg,Lynx lynx\n",
        Ranks(HALF),
    ),
    joined(
        "endings on one side alone",
        "image,prediction\nimg_1.jpg,Felis catus\nimg_2.jpg,Felis catus\n",
        "image,species\nimg_1,Felis catus\nimg_2,Lynx lynx\n",
        Ranks(HALF),
    ),
    joined(
        "more than the last folder tells photographs apart",
        "filepath,prediction\n/x/A/day/1.jpg,Felis catus\n/x/B/day/1.jpg,Felis catus\n",
        "filepath,species\nA/day/1.jpg,Felis catus\nB/day/1.jpg,Lynx lynx\n",
        Ranks(HALF),
    ),
];

/// Columns of which two could be one thing, and JSON that holds no answers.
static SHAPES: [LookAlike; 8] = [
    alone(
        "two columns of truths",
        "image,target,expected,predicted\n1.jpg,Felis catus,Lynx lynx,Felis catus\n",
        Refused("several columns could be the truth: 'target', 'expected'"),
    ),
    alone(
        "a score that is called like a prediction",
        "image,truth,pred,pred_conf\n1.jpg,Felis catus,Felis catus,0.9\n2.jpg,Lynx lynx,Felis catus,0.8\n",
        Ranks(HALF),
    ),
    alone(
        "a number beside a prediction that is no rank",
        "image,truth,predicted,id\n1.jpg,Felis catus,Felis catus,1\n2.jpg,Lynx lynx,Felis catus,2\n",
        Ranks(HALF),
    ),
    alone("settings", "{\"seed\": 1, \"epochs\": 20, \"model\": {\"name\": \"x\", \"width\": 512}}", Refused("JSON")),
    alone("a list of numbers", "[1, 2, 3]", Refused("JSON")),
    alone("a list of classes alone", "{\"classes\": [\"Felis catus\", \"Lynx lynx\"]}", Refused("")),
    joined(
        "a number for every image",
        "{\"1.jpg\": 0.5, \"2.jpg\": 0.25}",
        "image,truth\n1.jpg,Felis catus\n2.jpg,Lynx lynx\n",
        Refused(""),
    ),
    alone(
        "photographs and annotations without answers",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.jpg\"}], \"annotations\": [{\"image_id\": 1, \"category_id\": 1}], \
         \"categories\": [{\"id\": 1, \"name\": \"Felis catus\"}]}",
        Refused(""),
    ),
];

fn scored(folder: &Path, look_alike: &LookAlike) -> Result<Scored, String> {
    let written = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let taxonomy = look_alike.taxonomy.map(|text| written("taxonomy.csv", text).display().to_string().into());
    let table =
        TableOptions { truth_file: look_alike.truth.map(|text| written("truth.csv", text).into()), ..TableOptions::default() };
    let scoring = Scoring { taxonomy, table, ..Scoring::of(written("table.csv", look_alike.table)) };
    scoring.run().map_err(|error| error.to_string())
}

/// What came out, in words: the one run's ranks and mistakes.
fn figures(scored: &Scored) -> Result<(String, (u64, u64)), String> {
    let [(_, scores)] = &scored.runs[..] else {
        let names: Vec<&str> = scored.runs.iter().map(|(_, scores)| scores.name.as_str()).collect();
        return Err(format!("runs {names:?}"));
    };
    let rows = scores.ranks.iter().filter(|row| row.n > 0);
    let row = rows.map(|row| format!("{} {} {:.1}", row.rank, row.n, 100.0 * row.path_top1.unwrap_or(f64::NAN)));
    Ok((row.collect::<Vec<_>>().join(", "), (scores.how_wrong.mistakes, scores.accounting.scored)))
}

/// What came out and should not have.
fn fault(look_alike: &LookAlike) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let came_out = scored(folder.path(), look_alike);
    let right = match (&came_out, &look_alike.out) {
        (Err(message), Refused(part) | WrongOrRefused(.., part)) => message.contains(part),
        (Ok(scored), Ranks(expected)) => figures(scored).is_ok_and(|(ranks, _)| ranks == *expected),
        (Ok(scored), Wrong(wrong, of) | WrongOrRefused(wrong, of, _)) => {
            figures(scored).is_ok_and(|(_, counts)| counts == (*wrong, *of))
        }
        (Ok(_), Refused(_)) | (Err(_), Ranks(_) | Wrong(..)) => false,
    };
    let shown = match &came_out {
        Ok(scored) => format!("{:?}; {:?}", figures(scored), scored.runs[0].1.notes),
        Err(message) => format!("refused: {message}"),
    };
    (!right).then(|| format!("{}:\n{}\n{shown}", look_alike.what, look_alike.table))
}

#[test]
fn what_looks_like_something_else_is_read_as_it_is_or_refused() {
    let groups: [&[LookAlike]; 5] = [&MEASUREMENTS, &MARKS, &NAMES, &PLACES, &SHAPES];
    let all: Vec<&LookAlike> = groups.into_iter().flatten().collect();
    assert!(all.len() >= 40, "{}", all.len());
    let faults: Vec<String> = all.iter().filter_map(|look_alike| fault(look_alike)).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), all.len(), faults.join("\n----\n"));
}
