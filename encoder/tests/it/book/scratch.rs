//! A folder in which the files are that the pages speak of and do not show.

use super::page::root;
use crate::program::Outcome;
use crate::program::PROGRAM;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// Class folders of photographs, all of them species of `pollinators-france`.
const CLASSES: [&str; 6] =
    ["Apis_mellifera", "Bombus_lapidarius", "Bombus_terrestris", "Episyrphus_balteatus", "Vanessa_atalanta", "Vanessa_cardui"];

/// Models of the hub that the pages name: here the built-in one stands for each.
const MODELS: [&str; 2] = ["models--imageomics--bioclip", "models--imageomics--bioclip-2"];

const TAXREF: &str = "REGNE\tCD_NOM\tCD_SUP\tCD_REF\tRANG\tLB_NOM\tLB_AUTEUR\tNOM_VERN\tFR
Animalia\t1\t\t1\tKD\tAnimalia\t\t\tP
Animalia\t2\t1\t2\tFM\tCarabidae\tLatreille, 1802\t\tP
Animalia\t3\t2\t3\tGN\tCarabus\tLinnaeus, 1758\t\tP
Animalia\t4\t3\t4\tES\tCarabus violaceus\tLinnaeus, 1758\tCarabe violet\tP
";

const BACKBONE: &str =
    "taxonID\tparentNameUsageID\tacceptedNameUsageID\tscientificName\tcanonicalName\ttaxonRank\ttaxonomicStatus
1\t\t\tAnimalia\tAnimalia\tkingdom\taccepted
2\t1\t\tCarabidae\tCarabidae\tfamily\taccepted
3\t2\t\tCarabus Linnaeus, 1758\tCarabus\tgenus\taccepted
4\t3\t\tCarabus violaceus Linnaeus, 1758\tCarabus violaceus\tspecies\taccepted
5\t1\t\tApidae\tApidae\tfamily\taccepted
";

/// Stand-ins for tables that others have published: their columns, a few rows.
const TABLES: [(&str, &str); 6] = [
    (
        "BioCLIP-zeroshot-species.csv",
        "ImageFilePath,ScientificName,PredSpecies
a.png,Mecyclothorax konanus,Mecyclothorax karschi
b.png,Trechus obtusus,Trechus obtusus
c.png,Mecyclothorax konanus,Trechus obtusus
",
    ),
    (
        "BioCLIP.csv",
        "ImageFilePath,ScientificName,Pred_SVMLinear,Pred_NearestNeighbor
a.png,Synuchus impunctatus,Calathus advena,Synuchus impunctatus
b.png,Calathus advena,Calathus advena,Calathus advena
",
    ),
    (
        "CLIP.csv",
        "ImageFilePath,ScientificName,Pred_SVMLinear,Pred_NearestNeighbor
a.png,Synuchus impunctatus,Synuchus impunctatus,Calathus advena
b.png,Calathus advena,Calathus advena,Synuchus impunctatus
",
    ),
    (
        "truth.tsv",
        "s1\tk__Fungi;p__Ascomycota;c__Lecanoromycetes;o__Lecanorales;f__Parmeliaceae;g__Cetrelia;s__Cetrelia_braunsiana
s2\tk__Fungi;p__Basidiomycota;c__Agaricomycetes;o__Russulales;f__Russulaceae;g__Russula;s__Russula_badia
",
    ),
    (
        "blast_0.001.tsv",
        "s1\tk__Fungi;p__Ascomycota;c__Lecanoromycetes;o__Lecanorales;f__Parmeliaceae;g__Cetrelia;s__Cetrelia_braunsiana\t1e-86\tr1
s2\tk__Fungi;p__Basidiomycota;c__Agaricomycetes;o__Russulales;f__Russulaceae;g__Russula;s__Russula_badia\t6e-11\tr2
",
    ),
    ("nb_bespoke_0.7.tsv", "s1\tk__Fungi;p__Ascomycota\t0.9\ns2\tk__Fungi;p__Basidiomycota;c__Agaricomycetes\t0.8\n"),
];

/// The folder, in which commands are run as a user types them.
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// Makes it; `None` where the program that classifies was not built.
    pub fn new() -> Option<Scratch> {
        let scratch = Scratch { folder: tempfile::tempdir().unwrap() };
        let drawn = scratch.shell("nearmiss atlas --species 12 --pictures 48 -o .drawn");
        if drawn.code == 2 && drawn.stderr.contains("LibTorch is missing") {
            return None;
        }
        assert_eq!(drawn.code, 0, "{drawn:?}");
        scratch.lay_out_photographs();
        scratch.lay_out_classifier();
        scratch.fill_the_hub();
        write_zip(&scratch.path("TAXREF_v18_2025.zip"), "TAXREFv18.txt", TAXREF);
        write_zip(&scratch.path("backbone.zip"), "Taxon.tsv", BACKBONE);
        for (name, text) in TABLES {
            scratch.write(name, text);
        }
        std::os::unix::fs::symlink(root().join("benches"), scratch.path("benches")).unwrap();
        Some(scratch)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Writes a file that is not there yet.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        assert!(!path.exists(), "two blocks of the pages show '{name}'");
        fs::write(path, text).unwrap();
    }

    /// Runs a command in the shell, where `nearmiss` is the built program.
    pub fn shell(&self, command: &str) -> Outcome {
        let built = self.path(".programs");
        if !built.exists() {
            fs::create_dir(&built).unwrap();
            std::os::unix::fs::symlink(PROGRAM, built.join("nearmiss")).unwrap();
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(self.folder())
            .env("PATH", std::env::join_paths(std::iter::once(built).chain(std::env::split_paths(&path))).unwrap())
            .env("NEARMISS_CACHE", self.path(".cache"))
            .env("HF_HOME", self.path(".hub"))
            .env("HF_HUB_OFFLINE", "1")
            .env_remove("HF_HUB_CACHE")
            .output()
            .unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// `photos/` with four photographs a class, `photos-2025/` with one: pictures of the atlas under names of France.
    fn lay_out_photographs(&self) {
        let entries = WalkDir::new(self.path(".drawn/photographs")).sort_by_file_name().into_iter().map(Result::unwrap);
        let mut pictures = entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
        for (folder, names) in [("photos", &["1", "2", "3", "4"][..]), ("photos-2025", &["2025"])] {
            for class in CLASSES {
                let class = self.path(folder).join(class);
                fs::create_dir_all(&class).unwrap();
                for name in names {
                    fs::copy(pictures.next().unwrap(), class.join(format!("{name}.jpg"))).unwrap();
                }
            }
        }
    }

    /// A classifier of one's own, as a page shows one.
    fn lay_out_classifier(&self) {
        fs::copy(root().join("tests/fixtures/classifier/colours.torchscript"), self.path("my.torchscript")).unwrap();
    }

    /// Puts the built-in model where the hub's models are kept.
    fn fill_the_hub(&self) {
        let photographs = "--taxonomy .drawn/taxonomy.csv --manifest .drawn/manifest.csv";
        let unpacked = self.shell(&format!("nearmiss classify --model atlas {photographs} --recipe single -o .run"));
        assert_eq!(unpacked.code, 0, "{unpacked:?}");
        let mut entries = WalkDir::new(self.path(".cache")).into_iter().map(Result::unwrap);
        let configuration = entries.find(|entry| entry.file_name() == "open_clip_config.json").unwrap().into_path();
        for model in MODELS {
            let folder = self.path(".hub/hub").join(model);
            let snapshot = folder.join("snapshots/0123abc");
            fs::create_dir_all(&snapshot).unwrap();
            fs::create_dir_all(folder.join("refs")).unwrap();
            fs::write(folder.join("refs/main"), "0123abc").unwrap();
            for file in fs::read_dir(configuration.parent().unwrap()).unwrap().map(Result::unwrap) {
                fs::copy(file.path(), snapshot.join(file.file_name())).unwrap();
            }
        }
    }
}

/// A zip with one file in it.
fn write_zip(path: &Path, name: &str, text: &str) {
    let mut zip = ::zip::ZipWriter::new(fs::File::create(path).unwrap());
    zip.start_file(name, ::zip::write::FileOptions::default()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    zip.finish().unwrap();
}
