//! What is said of what people mistype in the commands that take LibTorch: suites, taxonomies, models and recipes nearly
//! right, and a list of photographs that are not beside it.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use std::fs;
use std::path::Path;

fn picture(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 5, y as u8 * 7, 90])).save(path).unwrap();
}

fn lacks(message: &str, part: &str) {
    assert!(!message.contains(part), "'{part}' is in: {message}");
}

#[test]
fn shipped_suites_are_known_by_their_names_from_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dry_run = |suite: &str| nearmiss(folder.path(), &["bench", suite, "--dry-run", "--data", "nowhere"]);
    for name in ["inrae", "bioclip2", "fathomnet"] {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/suites")).join(format!("{name}.toml"));
        let (by_name, by_file) = (dry_run(name), dry_run(&file.display().to_string()));
        assert_eq!((by_name.code, &by_name.stdout), (1, &by_file.stdout), "{by_name:?}");
        assert!(by_name.stdout.contains("Missing: 'nowhere/"), "{by_name:?}");
    }
    // A folder of that name is where its data or its reports lie.
    fs::create_dir(folder.path().join("inrae")).unwrap();
    assert!(dry_run("inrae").stdout.contains("Missing: 'nowhere/"));
    // A file of that name is read.
    fs::write(folder.path().join("fathomnet"), "title = \"x\"\n").unwrap();
    says(&refusal(folder.path(), &["bench", "fathomnet"]), &["fathomnet: not a suite"]);
}

#[test]
fn a_suite_nearly_right_is_answered_with_the_shipped_one() {
    let folder = tempfile::tempdir().unwrap();
    let bench = |suite: &str| refusal(folder.path(), &["bench", suite, "--dry-run"]);
    for (suite, meant) in
        [("inrea", "inrae"), ("bioclip", "bioclip2"), ("INRAE", "inrae"), ("benches/suites/fathomnet.toml", "fathomnet")]
    {
        let told = format!("{suite}: there is no such file, and no suite of this name is shipped (did you mean '{meant}'?)");
        says(&bench(suite), &[&told, "shipped are inrae, bioclip2, fathomnet"]);
    }
    let other = bench("mine.toml");
    says(&other, &["mine.toml: there is no such file", "shipped are inrae, bioclip2, fathomnet"]);
    lacks(&other, "did you mean");
}

#[test]
fn taxonomies_models_and_recipes_nearly_right_are_answered_with_those_meant() {
    let folder = folder_with(&[]);
    picture(&folder.path().join("photos/Apis mellifera/a.png"));
    let classify = |model: &str, taxonomy: &str, recipe: &str| {
        let arguments = ["classify", "photos", "--model", model, "--taxonomy", taxonomy, "--recipe", recipe, "-o", "run"];
        refusal(folder.path(), &arguments)
    };
    says(&classify("atlas", "polinators-france", "single"), &["there is no such file", "(did you mean 'pollinators-france'?)"]);
    says(&classify("atlas", "datset", "single"), &["(did you mean 'dataset'?)"]);
    lacks(&classify("atlas", "trees.csv", "single"), "did you mean");
    let model = classify("atlsa", "pollinators-france", "single");
    says(&model, &["model 'atlsa' is no folder or file here (did you mean 'atlas'?)", "hf-hub:OWNER/NAME"]);
    for name in ["imageomics/bioclip-2", "hf_hub:imageomics/bioclip-2"] {
        says(&classify(name, "pollinators-france", "single"), &["(did you mean 'hf-hub:imageomics/bioclip-2'?)"]);
    }
    // A folder that is not there is no model of the hub.
    let absent = classify("models/mine", "pollinators-france", "single");
    says(&absent, &["model 'models/mine' is no folder or file here; give a model directory"]);
    lacks(&absent, "did you mean");
    says(
        &classify("atlas", "atlas", "bioclp"),
        &["--recipe 'bioclp' is not one of bioclip, pybioclip", "(did you mean 'bioclip'?)"],
    );
    lacks(&classify("atlas", "atlas", "cake"), "did you mean");
    let layout = ["classify", "photos", "--model", "atlas", "--taxonomy", "atlas", "--layout", "folder"];
    says(&refusal(folder.path(), &layout), &["--layout 'folder' is not one of folders", "(did you mean 'folders'?)"]);
}

#[test]
fn the_taxonomy_of_a_training_nearly_right_is_answered_with_the_shipped_one() {
    let config = |taxonomy: &str| {
        format!(
            "seed = 5\n[model.new]\nembed_dim = 32\nimage_size = 32\npatch_size = 16\nvision_width = 64\nvision_layers = 1\n\
             text_width = 64\ntext_layers = 1\n[data]\nphotographs = 'atlas'\nmanifest = 'atlas/manifest.csv'\n\
             taxonomy = '{taxonomy}'\nvalidation = 'test'\n[optimiser]\nepochs = 1\nbatch = 16\n"
        )
    };
    let (near, far) = (config("atlas-"), config("trees.csv"));
    let folder = folder_with(&[("near.toml", &near[..]), ("far.toml", &far[..])]);
    says(
        &refusal(folder.path(), &["train", "near.toml", "-o", "out"]),
        &["atlas-: there is no such file", "(did you mean 'atlas'?)"],
    );
    let far = refusal(folder.path(), &["train", "far.toml", "-o", "out"]);
    says(&far, &["trees.csv: there is no such file"]);
    lacks(&far, "did you mean");
}

#[test]
fn a_list_beside_no_photograph_says_where_it_looked_and_what_to_name() {
    let folder =
        folder_with(&[("photos.csv", "image,label\na.png,x\nb.png,y\n"), ("half.csv", "image,label\na.png,x\nc.png,y\n")]);
    for name in ["a.png", "b.png"] {
        picture(&folder.path().join("images").join(name));
    }
    let classify = |arguments: &[&str]| {
        let options = ["--model", "atlas", "--taxonomy", "atlas", "--recipe", "single", "-o", "run", "--force"];
        nearmiss(folder.path(), &[&["classify"], arguments, &options].concat())
    };
    let beside = classify(&["--manifest", "photos.csv"]);
    assert_eq!(beside.code, 2, "{beside:?}");
    let told = "2 photographs of the list are absent from '.', 'a.png' the first; name the folder that the paths start from before \
                --manifest";
    says(&beside.stderr, &[told, "none of the 2 photographs could be read"]);
    lacks(&beside.stderr, "from ''");
    // With the folder they are all there, or all but one.
    let named = classify(&["images", "--manifest", "photos.csv"]);
    assert_eq!(named.code, 0, "{named:?}");
    says(&named.stdout, &["2 of 2 photographs classified among "]);
    lacks(&named.stderr, "absent");
    let half = classify(&["images", "--manifest", "half.csv"]);
    assert_eq!(half.code, 1, "{half:?}");
    says(&half.stderr, &["1 photograph of the list is absent from 'images', 'c.png' the first", "1 photograph: "]);
    says(&half.stdout, &["1 of 2 photographs classified among "]);
}
