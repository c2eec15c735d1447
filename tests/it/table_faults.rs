//! Tables that say one thing twice, and files that are no tables.

#![expect(clippy::unwrap_used, reason = "tests")]

use nearmiss::answers::table::{TableOptions, Tables, read_tables};
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

fn attempt(bytes: &[u8], options: &TableOptions) -> Result<Tables<'static>, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, bytes).unwrap();
    let name = folder.path().display().to_string();
    read_tables(&path, None, options).map_err(|error| error.to_string().replace(&name, "DIR"))
}

fn read(text: &str) -> Tables<'static> {
    attempt(text.as_bytes(), &TableOptions::default()).unwrap()
}

fn error(text: &str) -> String {
    attempt(text.as_bytes(), &TableOptions::default()).map(|_| ()).unwrap_err()
}

#[test]
fn repeated_rows_count_once_and_are_said() {
    let tables = read(
        "image,truth,predicted,score\na,Parus major,Parus ater,0.6\na,Parus major,Parus major,0.4\n\
         b,Parus ater,Parus ater,0.9\nb,Parus ater,Parus ater,0.9\n",
    );
    assert_eq!((tables.runs[0].ranked.answers(0).len(), tables.runs[0].ranked.answers(1).len()), (2, 1));
    let notes = [tables.notes, tables.runs[0].notes.clone()].concat().join("\n");
    assert!(notes.contains("4 rows show 2 images: the rows of an image are its answers, the best score first"), "{notes}");
    assert!(notes.contains("1 row of 1 image repeated image, label and score, and counts once"), "{notes}");
}

#[test]
fn rows_of_one_image_that_contradict_each_other_are_refused() {
    let head = "image,truth,label,score,observation,site\n";
    let observation = error(&format!("{head}1,Parus major,Parus major,0.9,o1,x\n1,Parus major,Parus ater,0.1,o2,x\n"));
    assert_eq!(
        observation,
        "DIR/t.csv: 1 image whose rows differ in column 'observation': '1 has o1 and o2'. \
         Give every row of an image the same, or leave the column blank in all but one"
    );
    let site = format!("{head}1,Parus major,Parus major,0.9,o1,x\n1,Parus major,Parus ater,0.1,o1,y\n");
    let options = TableOptions { group_columns: vec!["site".to_string()], ..TableOptions::default() };
    assert!(
        attempt(site.as_bytes(), &options).map(|_| ()).unwrap_err().contains("rows differ in column 'site': '1 has x and y'")
    );
    // Also where nothing else differs, and the row would count once.
    let again = format!("{head}1,Parus major,Parus major,0.9,o1,x\n1,Parus major,Parus major,0.9,o1,y\n");
    assert!(attempt(again.as_bytes(), &options).map(|_| ()).unwrap_err().contains("column 'site': '1 has x and y'"));
    let again = error(&format!("{head}1,Parus major,Parus major,0.9,o1,x\n1,Parus major,Parus major,0.9,o2,x\n"));
    assert!(again.contains("column 'observation': '1 has o1 and o2'"), "{again}");
    let again = error(&format!("{head}1,Parus major,Parus major,0.9,o1,x\n1,Parus ater,Parus major,0.9,o1,x\n"));
    assert!(again.contains("1 image with more than one truth: '1 is Parus major and Parus ater'"), "{again}");
    let blank = read(&format!("{head}1,Parus major,Parus major,0.9,,x\n1,Parus major,Parus ater,0.1,o1,x\n"));
    assert_eq!(blank.runs[0].observations, Some(vec!["o1".to_string()]));
    let scores = error(&format!("{head}1,Parus major,Parus major,0.9,o1,x\n1,Parus major,Parus major,0.1,o1,x\n"));
    assert!(scores.contains("give one label several scores: 'Parus major of 1 has 0.9 and 0.1'"), "{scores}");
}

#[test]
fn columns_of_one_name_are_refused() {
    for text in [
        "image,truth,predicted,predicted\na,Parus major,Parus ater,Parus major\n",
        "image\ttruth\tlabel\tx\tx\na\tParus major\tParus ater\t1\t2\n",
    ] {
        assert!(error(text).contains("several columns are called"), "{}", error(text));
    }
    let json =
        error("{\"image\": \"a\", \"truth\": \"Parus major\", \"predicted\": \"Parus ater\", \"predicted\": \"Parus major\"}\n");
    assert!(json.contains("has the key 'predicted' twice"), "{json}");
    // Columns without a name (trailing delimiters) are asked for by none.
    assert_eq!(read("image,truth,predicted,,\na,Parus major,Parus ater,,\n").runs.len(), 1);
}

#[test]
fn carriage_returns_end_lines() {
    let tables = read("image,truth,predicted\ra,Parus major,Parus major\rb,Parus major,Parus ater\r");
    assert_eq!(tables.runs[0].images, ["a", "b"]);
}

#[test]
fn what_is_no_file_of_text_is_refused_at_once() {
    assert!(error("image,truth\0,predicted\na,b,c\n").contains("line 1") || error("a\0b").contains(":1: a zero byte"));
    assert!(
        attempt(b"image,truth,predicted\na,Parus major,\xff\n", &TableOptions::default())
            .map(|_| ())
            .unwrap_err()
            .contains("t.csv:2: not UTF-8")
    );
    #[cfg(unix)]
    for device in ["/dev/zero", "/dev/null"] {
        let error = read_tables(Path::new(device), None, &TableOptions::default()).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("a device and no file"), "{error}");
    }
    let folder = TempDir::new().unwrap();
    let options = TableOptions { truth_file: Some(folder.path().to_path_buf().into()), ..TableOptions::default() };
    assert!(attempt(b"image,predicted\na,Parus major\n", &options).is_err());
}

#[cfg(unix)]
#[test]
fn a_pipe_does_not_hang() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for taxonomy in [None, Some(())] {
        let error = match taxonomy {
            None => read_tables(&pipe, None, &TableOptions::default()).map(|_| ()).unwrap_err().to_string(),
            Some(()) => nearmiss::taxonomy::Taxonomy::from_path(&pipe).map(|_| ()).unwrap_err().to_string(),
        };
        assert!(error.contains("a named pipe"), "{error}");
    }
}

#[test]
fn a_packed_table_is_unpacked_up_to_a_limit() {
    let packed = |write: &dyn Fn(&mut dyn Write)| {
        let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        write(&mut packer);
        packer.finish().unwrap()
    };
    let table = packed(&|out| out.write_all(b"image,truth,predicted\na,Parus major,Parus ater\n").unwrap());
    assert_eq!(attempt(&table, &TableOptions::default()).unwrap().runs[0].images, ["a"]);
    let bomb = packed(&|out| {
        let block = vec![b'a'; 1 << 16];
        (0..4608).for_each(|_| out.write_all(&block).unwrap());
    });
    let error = attempt(&bomb, &TableOptions::default()).map(|_| ()).unwrap_err();
    assert!(error.contains("unpacks to more than"), "{error}");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bomb.csv.gz");
    std::fs::write(&path, bomb).unwrap();
    let error = nearmiss::taxonomy::Taxonomy::from_path(&path).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("unpacks to more than"), "{error}");
}

#[test]
fn a_lineage_without_end_is_refused() {
    let lineage = vec!["Aus"; 100_000].join(";");
    let error = error(&format!("image,truth,predicted\na,{lineage},{lineage}\n"));
    assert!(error.contains("a lineage of 100000 steps, and at most 256 can be read"), "{error}");
}
