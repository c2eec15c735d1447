//! Lists beside the tables: names, judgements and runs of retrieval, photographs, costs.

use super::{Reader, file, texts};
use nearmiss::photographs::dataset::{Dataset, ManifestOptions};
use nearmiss::scores::cost::CostMatrix;
use nearmiss::scores::training_counts::TrainingCounts;
use nearmiss::spaces::retrieval::{Documents, Qrels, Run};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::name_list::NameList;
use std::path::Path;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "list",
        longest: 4096,
        multiple: 1024,
        base: 4 << 20,
        read: list,
        seeds: lists,
        words: &["name", "scientific_name", "\\x09", ",", "#", "*", "Parus", "1e400"],
    },
    Reader {
        name: "retrieval",
        longest: 4096,
        multiple: 1024,
        base: 4 << 20,
        read: retrieval,
        seeds: retrievals,
        words: &[
            "q1 Q0 d1 1 0.5 tag",
            "q1 0 d1 1",
            "{\\\"q1\\\": {\\\"d1\\\": 1}}",
            "1e400",
            "-inf",
            "nan",
            "\\x1f\\x8b\\x08",
            "PAR1",
        ],
    },
    Reader {
        name: "photographs",
        longest: 4096,
        multiple: 1024,
        base: 4 << 20,
        read: photographs,
        seeds: manifests,
        words: &[
            "image",
            "file_name",
            "truth",
            "bbox",
            "x,y,w,h",
            "split",
            "observation_id",
            "\\\"images\\\":",
            "\\\"annotations\\\":",
            "\\\"categories\\\":",
            "\\\"bbox\\\":",
            "../",
            "licence",
            "\\\"id\\\":",
            "\\\"image_id\\\":",
            "\\\"category_id\\\":",
        ],
    },
];

fn known() -> Option<Taxonomy> {
    Taxonomy::from_bytes(b"genus,species\nParus,Parus major\nPica,Pica pica\n", Path::new("known.csv")).ok()
}

fn list(folder: &Path, bytes: &[u8]) {
    let path = file(folder, "list.csv", bytes);
    let _ = NameList::default().read(&path, None);
    if let Some(taxonomy) = known() {
        let _ = CostMatrix::read(&path, &taxonomy);
        let _ = TrainingCounts::read(&path, &taxonomy);
    }
}

fn lists() -> Vec<Vec<u8>> {
    texts(&[
        "Parus major\nPica pica\n\n# no name\n",
        "scientific_name,family,count\nParus major,Paridae,3\n\"a, b\",,\n",
        "truth,answer,cost\nParus,Pica,2.5\n*,*,1\nParus major,Pica pica,-1\n",
        "Parus major,5\nPica pica,0\nCorvus,1e400\n",
        "\u{feff}id;nom\n1;Mésange\n",
        "a\tb\n\"c\td\n",
    ])
}

fn retrieval(folder: &Path, bytes: &[u8]) {
    if bytes.starts_with(b"PAR1") {
        return;
    }
    let path = file(folder, "retrieval", bytes);
    let mut documents = Documents::default();
    let _ = Qrels::read(&path, &mut documents);
    let _ = Run::read(&path, &mut documents);
    let _ = nearmiss::spaces::retrieval::file::is_judgements(&path);
}

fn retrievals() -> Vec<Vec<u8>> {
    texts(&[
        "q1 0 d1 1\nq1 0 d2 0\nq2 0 d1 2\n",
        "q1 Q0 d1 1 0.9 tag\nq1 Q0 d2 2 0.5 tag\n",
        "{\"q1\": {\"d1\": 1, \"d2\": 0}, \"q2\": {}}",
        "{\"q1\": {\"d1\": 0.5, \"d1\": 1e400}}",
        "q1 0 d1 1\nq1 0 d1 2\n",
        "q1\tQ0\td1\t1\tnan\tt\n",
    ])
}

/// A manifest or a COCO file.
fn photographs(folder: &Path, bytes: &[u8]) {
    let json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let path = file(folder, if json { "photographs.json" } else { "photographs.csv" }, bytes);
    let options = ManifestOptions::default();
    let dataset = if json { Dataset::open(&path, None, &options) } else { Dataset::from_manifest(&path, &options) };
    let Ok(dataset) = dataset else { return };
    let _ = dataset.taxonomy();
    let _ = dataset.label_taxonomy();
    let _ = nearmiss::photographs::dataset::Leaks::of(&dataset).sentences();
    for region in dataset.photographs.iter().filter_map(|photograph| photograph.region) {
        if let Some([left, top, right, bottom]) = region.within(100, 50) {
            assert!(left < right && right <= 100 && top < bottom && bottom <= 50, "a box outside its photograph");
        }
    }
}

fn manifests() -> Vec<Vec<u8>> {
    texts(&[
        "image,truth,observation_id,split\na/b.jpg,Parus major,1,train\nc.jpg,Pica pica,2,val\n",
        "file_name;bbox;genus;species\na.jpg;\"1,2,3,4\";Parus;major\nb.jpg;1 2 3 4;Pica;pica\n",
        "image,xmin,ymin,xmax,ymax,label\na.jpg,0,0,10,10,Parus\n../b.jpg,-1,nan,1e400,5,Pica\n",
        "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\",\"width\":10,\"height\":10},{\"id\":2,\"file_name\":\"b.jpg\"}],\"annotations\":[{\"id\":1,\"image_id\":1,\"category_id\":3,\"bbox\":[1,2,3,4]},{\"id\":2,\"image_id\":9,\"category_id\":8}],\"categories\":[{\"id\":3,\"name\":\"Parus major\",\"supercategory\":\"Aves\",\"kingdom\":\"Animalia\",\"genus\":\"Parus\",\"specific_epithet\":\"major\"}]}",
        "{\"images\":[],\"annotations\":[],\"categories\":[]}",
        "image,image\na,b\n",
        "path,licence\na.jpg,CC-BY\na.jpg,CC0\n",
    ])
}
