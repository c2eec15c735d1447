//! Fusion encoders against VL-T5's own classes (`tests/parity/fusion_parity.py`), and the spaces that they make.

mod spaces;

use crate::encoder::largest_difference;
use nearmiss::runs::pooling::Layers;
use nearmiss::runs::recipe::Precision;
use nearmiss_encoder::encoder::description::fusion::FusionPart;
use nearmiss_encoder::encoder::device::DeviceChoice;
use nearmiss_encoder::encoder::fusion::batch::{FusionBatch, FusionInput, RegionBatch};
use nearmiss_encoder::encoder::fusion::pool::FusionPool;
use nearmiss_encoder::encoder::fusion::regions::Regions;
use nearmiss_encoder::encoder::fusion::tower::FusionTower;
use nearmiss_encoder::encoder::fusion::{FusionEncoder, FusionOptions, Scaling};
use nearmiss_encoder::encoder::linear::LinearPath;
use nearmiss_encoder::encoder::weights::Weights;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tch::{Device, Kind, Tensor};

/// The models of the fixtures, each with its file of weights and the task that was asked for.
const KINDS: [(&str, &str, Option<&str>); 4] = [
    ("plain", "LAST.pth", None),
    ("adapters", "model.safetensors", Some("gqa")),
    ("prompt", "pytorch_model.bin", None),
    ("separate", "model.safetensors", None),
];

fn fixture(kind: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/fusion").join(kind)
}

fn options(task: Option<&str>) -> FusionOptions {
    FusionOptions {
        device: DeviceChoice::Cpu,
        precision: Some(Precision::Fp32),
        linear: Some(LinearPath::Product),
        task: task.map(str::to_string),
    }
}

fn open(kind: &str) -> FusionEncoder {
    let (_, _, task) = KINDS.into_iter().find(|(known, ..)| *known == kind).unwrap();
    FusionEncoder::from_dir(&fixture(kind), &options(task)).unwrap()
}

fn failure(folder: &Path, task: Option<&str>) -> String {
    FusionEncoder::from_dir(folder, &options(task)).err().unwrap().to_string()
}

/// What VL-T5's classes were given, and what they made of it.
struct Expected(BTreeMap<String, Tensor>);

impl Expected {
    fn of(kind: &str) -> Expected {
        Expected(Tensor::read_safetensors(fixture(kind).join("expected.safetensors")).unwrap().into_iter().collect())
    }

    fn tensor(&self, name: &str) -> Tensor {
        self.0[name].shallow_clone()
    }

    fn whole(&self, name: &str) -> Vec<i64> {
        Vec::try_from(self.tensor(name).flatten(0, -1)).unwrap()
    }

    fn batch(&self) -> FusionBatch {
        let regions = RegionBatch {
            features: self.tensor("features"),
            boxes: self.tensor("boxes"),
            counts: self.tensor("counts"),
            images: Some(self.tensor("images")),
            orders: Some(self.tensor("orders")),
        };
        FusionBatch { ids: self.tensor("ids"), lengths: self.tensor("lengths"), regions: Some(regions) }
    }

    /// The same, each text without padding and its regions by photograph.
    fn inputs(&self) -> Vec<FusionInput> {
        let (ids, images) = (self.tensor("ids"), self.tensor("images"));
        let single = |tensor: Tensor| Vec::<f32>::try_from(tensor.flatten(0, -1)).unwrap();
        let input = |(row, (length, count)): (i64, (&i64, &i64))| {
            let of_region = Vec::<i64>::try_from(images.get(row).narrow(0, 0, *count)).unwrap();
            let photograph = |number: i64| {
                let places: Vec<i64> =
                    (0..*count).filter(|&place| of_region[usize::try_from(place).unwrap()] == number).collect();
                let taken = |name: &str| single(self.tensor(name).get(row).index_select(0, &Tensor::from_slice(&places)));
                Regions::new(7, taken("features"), taken("boxes")).unwrap()
            };
            FusionInput {
                ids: Vec::try_from(ids.get(row).narrow(0, 0, *length)).unwrap(),
                photographs: (0..=*of_region.last().unwrap()).map(photograph).collect(),
            }
        };
        let (lengths, counts) = (self.whole("lengths"), self.whole("counts"));
        (0..).zip(lengths.iter().zip(&counts)).map(input).collect()
    }
}

/// The largest difference where a text or its regions have not ended.
fn difference(found: &Tensor, wanted: &Tensor, prompt: i64, expected: &Expected) -> f64 {
    let behind = |counts: &str, length: i64| {
        Tensor::arange(length, (Kind::Int64, Device::Cpu)).unsqueeze(0).ge_tensor(&expected.tensor(counts).unsqueeze(1))
    };
    let text = expected.tensor("ids").size()[1];
    let mut parts = vec![Tensor::zeros([3, prompt], (Kind::Bool, Device::Cpu)), behind("lengths", text)];
    let regions = wanted.size()[1] - prompt - text;
    if regions > 0 {
        parts.push(behind("counts", regions));
    }
    let hidden = Tensor::cat(&parts, 1).unsqueeze(2);
    largest_difference(&found.masked_fill(&hidden, 0.0), &wanted.masked_fill(&hidden, 0.0))
}

#[test]
fn states_and_vectors_equal_those_of_vl_t5() {
    for (kind, _, _) in KINDS {
        let (encoder, expected) = (open(kind), Expected::of(kind));
        let states = tch::no_grad(|| encoder.tower().forward(&expected.batch())).unwrap();
        let largest = difference(&states, &expected.tensor("states"), encoder.description().prompt_length(), &expected);
        assert!(largest <= 1e-5, "{kind}: {largest}");
        let mut compared = 0;
        for pool in FusionPool::EACH {
            for layers in [Layers::Last, Layers::Sum(2), Layers::Concat(2), Layers::Average(2)] {
                let Some(wanted) = expected.0.get(&format!("{pool} {layers}")) else { continue };
                let found = encoder.embed(&expected.inputs(), &[(pool, layers)], Scaling::AsComputed).unwrap();
                let largest = largest_difference(&found[0], wanted);
                assert!(largest <= 1e-5, "{kind}, {pool} {layers}: {largest}");
                compared += 1;
            }
        }
        assert_eq!(compared, if kind == "separate" { 9 } else { 12 });
        let units = encoder.embed(&expected.inputs(), &[(FusionPool::All, Layers::Last)], Scaling::Unit).unwrap();
        let norms = units[0].norm_scalaropt_dim(2, [1i64], false);
        assert!(largest_difference(&norms, &Tensor::ones([3], (Kind::Float, Device::Cpu))) <= 1e-6);
    }
}

#[test]
fn a_text_alone_is_what_transformers_t5_makes_of_it() {
    let (encoder, expected) = (open("plain"), Expected::of("plain"));
    let batch = FusionBatch { regions: None, ..expected.batch() };
    let states = tch::no_grad(|| encoder.tower().forward(&batch)).unwrap();
    let largest = difference(&states, &expected.tensor("text"), 0, &expected);
    assert!(largest <= 1e-5, "{largest}");
    // The mean over all is then that over the text.
    let texts: Vec<FusionInput> =
        expected.inputs().into_iter().map(|input| FusionInput { photographs: vec![], ..input }).collect();
    let wanted = [(FusionPool::All, Layers::Last), (FusionPool::Text, Layers::Last)];
    let vectors = encoder.embed(&texts, &wanted, Scaling::AsComputed).unwrap();
    assert!(largest_difference(&vectors[0], &vectors[1]) <= 1e-6);
    let first = expected.tensor("text").get(0).mean_dim(0i64, false, Kind::Float);
    assert!(largest_difference(&vectors[1].get(0), &first) <= 1e-5);
    let refused = encoder.embed(&texts, &[(FusionPool::Regions, Layers::Last)], Scaling::AsComputed).err().unwrap().to_string();
    assert!(refused.starts_with("text 0 has no region, and the mean over regions is asked for"), "{refused}");
}

#[test]
fn a_vector_does_not_depend_on_what_goes_through_beside_it() {
    for kind in ["adapters", "prompt"] {
        let (encoder, inputs) = (open(kind), Expected::of(kind).inputs());
        let wanted = FusionPool::EACH.map(|pool| (pool, Layers::Sum(2)));
        let together = encoder.embed(&inputs, &wanted, Scaling::AsComputed).unwrap();
        for (row, input) in (0..).zip(&inputs) {
            let alone = encoder.embed(std::slice::from_ref(input), &wanted, Scaling::AsComputed).unwrap();
            for (together, alone) in together.iter().zip(&alone) {
                let largest = largest_difference(&together.narrow(0, row, 1), alone);
                assert!(largest <= 1e-5, "{kind}, text {row}: {largest}");
            }
        }
    }
}

#[test]
fn places_of_regions_are_in_their_vectors_and_not_in_where_they_stand() {
    let (encoder, expected) = (open("plain"), Expected::of("plain"));
    let turn = Tensor::from_slice(&[4i64, 2, 0, 1, 3]);
    let turned = |name: &str| expected.tensor(name).index_select(1, &turn);
    // The second text has five regions.
    let row = |tensor: Tensor| tensor.narrow(0, 1, 1);
    let batch = |order: &dyn Fn(&str) -> Tensor, places: &dyn Fn(&str) -> Tensor| FusionBatch {
        ids: row(expected.tensor("ids")),
        lengths: row(expected.tensor("lengths")),
        regions: Some(RegionBatch {
            features: row(order("features")),
            boxes: row(order("boxes")),
            counts: row(expected.tensor("counts")),
            images: Some(row(places("images"))),
            orders: Some(row(places("orders"))),
        }),
    };
    let as_given = |name: &str| expected.tensor(name);
    let vector = |batch: &FusionBatch| {
        let wanted = [(FusionPool::All, Layers::Last)];
        tch::no_grad(|| encoder.tower().pooled(batch, &wanted)).unwrap().remove(0)
    };
    let first = vector(&batch(&as_given, &as_given));
    assert!(largest_difference(&first, &vector(&batch(&turned, &turned))) <= 1e-5);
    assert!(largest_difference(&first, &vector(&batch(&turned, &as_given))) > 1e-3);
}

/// A copy of a model of the fixtures, to be spoilt: its folder, its weights by name.
fn copy(kind: &str) -> (tempfile::TempDir, BTreeMap<String, Tensor>) {
    let (_, file, _) = KINDS.into_iter().find(|(known, ..)| *known == kind).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture(kind)).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with(file) && !path.ends_with("expected.safetensors") {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let mut weights = Weights::open(&fixture(kind).join(file), Kind::Float, Device::Cpu).unwrap();
    let names: Vec<String> = weights.names().map(str::to_string).collect();
    let tensors = names.into_iter().map(|name| (name.clone(), weights.take(&name).unwrap())).collect();
    (folder, tensors)
}

fn save(folder: &Path, tensors: &BTreeMap<String, Tensor>) {
    let tensors: Vec<(&String, &Tensor)> = tensors.iter().collect();
    Tensor::write_safetensors(&tensors, folder.join("model.safetensors")).unwrap();
}

#[test]
fn a_tensor_that_is_missing_renamed_misshapen_or_of_another_kind_is_named() {
    let said = |kind: &str, task: Option<&str>, spoil: &dyn Fn(&mut BTreeMap<String, Tensor>)| {
        let (folder, mut tensors) = copy(kind);
        spoil(&mut tensors);
        save(folder.path(), &tensors);
        failure(folder.path(), task)
    };
    let bottleneck = "encoder.block.1.layer.0.attn_adapter.adapters.gqa.up_sampler.bias";
    let missing = said("adapters", Some("gqa"), &|tensors| drop(tensors.remove(bottleneck)));
    assert!(missing.ends_with(&format!("the weights do not fit config.json: 1 tensor missing: {bottleneck}")), "{missing}");
    let renamed = said("prompt", None, &|tensors| {
        let table = tensors.remove("encoder.visual_embedding.img_order_embedding.weight").unwrap();
        tensors.insert("encoder.visual_embedding.image_order.weight".to_string(), table);
    });
    let both = "1 tensor missing: encoder.visual_embedding.img_order_embedding.weight; \
                1 tensor unused: encoder.visual_embedding.image_order.weight";
    assert!(renamed.ends_with(both), "{renamed}");
    let misshapen = said("separate", None, &|tensors| {
        tensors.insert("projection.weight".to_string(), Tensor::zeros([5, 11], (Kind::Float, Device::Cpu)));
    });
    assert!(misshapen.ends_with("of another shape: projection.weight is [5, 11] and should be [5, 12]"), "{misshapen}");
    let kind = said("separate", None, &|tensors| {
        tensors.insert("projection.bias".to_string(), Tensor::zeros([5], (Kind::Int64, Device::Cpu)));
    });
    assert!(kind.contains("tensor 'projection.bias' is of type I64; f32, f16 and bf16 are read"), "{kind}");
    let copied = said("prompt", None, &|tensors| {
        let name = "encoder.prompt_modules.prompts.gqa.prefix_embedding.0.weight";
        tensors.insert(name.to_string(), Tensor::zeros([4, 12], (Kind::Float, Device::Cpu)));
    });
    let twice = "'encoder.prompt_modules.prompts.gqa.prefix_embedding.0.weight' differs from \
                 'encoder.prompt_modules.prompts.vqa.prefix_embedding.0.weight', which it is a copy of";
    assert!(copied.contains(twice), "{copied}");
}

#[test]
fn what_a_configuration_leaves_open_is_asked_for() {
    let open_task = failure(&fixture("adapters"), None);
    assert!(
        open_task
            .ends_with("config.json: 'task' is missing; there are vqa, gqa, each with numbers of its own: name one with --task"),
        "{open_task}"
    );
    assert!(failure(&fixture("adapters"), Some("nlvr")).contains("'task' is 'nlvr, where there are vqa, gqa', which"));
    let changed = |field: &str, value: serde_json::Value| {
        let (folder, tensors) = copy("separate");
        save(folder.path(), &tensors);
        let path = folder.path().join("config.json");
        let mut config: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        config[field] = value;
        fs::write(&path, config.to_string()).unwrap();
        failure(folder.path(), None)
    };
    let own = changed("share_vis_embedding", true.into());
    assert!(own.contains("'share_vis_embedding' is 'true, where encoder.visual_embedding.obj_order_embedding.weight is [9, 12]"));
    assert!(changed("downsample", true.into()).contains("'downsample' is 'true', which this encoder does not compute"));
    assert!(changed("pos_dim", 8.into()).contains("'pos_dim' is 8; models with 4 to 4 are computed"));
    assert!(changed("model_type", "bart".into()).contains("'model_type' is 'bart, where a fusion encoder is t5 or mt5'"));
    let alone = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/models/transformers_t5");
    assert!(failure(&alone, None).contains("not a fusion encoder: its configuration has no 'feat_dim'"));
    let (encoder, inputs) = (open("separate"), Expected::of("separate").inputs());
    let refused = |wanted: (FusionPool, Layers), inputs: &[FusionInput]| {
        encoder.embed(inputs, &[wanted], Scaling::AsComputed).err().unwrap().to_string()
    };
    let projected = refused((FusionPool::All, Layers::Concat(2)), &inputs);
    assert!(
        projected.starts_with("'concat:2' gives 24 numbers, and the model's projection takes 12; ask for last"),
        "{projected}"
    );
    let mut deep = vec![inputs[0].clone()];
    deep[0].photographs = vec![Regions::new(7, vec![0.0; 70], vec![0.5; 40]).unwrap()];
    assert_eq!(refused((FusionPool::All, Layers::Last), &deep), "text 0: 10 regions; the model has places for 9");
    deep[0].photographs = vec![Regions::new(2, vec![0.0; 2], vec![0.5; 4]).unwrap()];
    assert_eq!(refused((FusionPool::All, Layers::Last), &deep), "text 0: regions of 2 features; the model takes 7 ('feat_dim')");
}

#[test]
fn gradients_reach_what_learns_and_nothing_else() {
    let everything = [FusionPart::Words, FusionPart::Blocks, FusionPart::VisualEmbedding, FusionPart::Projection];
    let cases: [(&str, &[FusionPart], usize); 3] = [
        // Of each of 2 blocks: 2 bottlenecks of 4 tensors, 4 offsets and gains of norms around each, 2 norms; 1 norm at the
        // end; 6 tensors of features, 3 of boxes, 1 of photographs.
        ("adapters", &FusionPart::ADAPTERS, 2 * (2 * (4 + 4) + 2) + 1 + 10),
        // 5 of the prompt; 4 of features, 2 of boxes, 1 of photographs, 1 norm.
        ("prompt", &FusionPart::PROMPT, 5 + 8),
        // Words; of each block 6 matrices and 2 norms; distances, the norm at the end; 6 of features and boxes, 2 of places; 2.
        ("separate", &everything, 1 + 2 * 8 + 2 + 8 + 2),
    ];
    for (kind, parts, count) in cases {
        let (encoder, expected) = (open(kind), Expected::of(kind));
        let description = encoder.description();
        let (_folder, mut tensors) = copy(kind);
        let learning: Vec<String> =
            description.tensors().into_iter().filter(|tensor| tensor.learns(parts)).map(|tensor| tensor.expected.name).collect();
        assert_eq!(learning.len(), count, "{kind}: {learning:?}");
        for name in &learning {
            let tensor = tensors.get_mut(name).unwrap();
            *tensor = tensor.copy().set_requires_grad(true);
        }
        let kept: BTreeMap<String, Tensor> =
            tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect();
        let mut weights = Weights::of_tensors(tensors, Kind::Float, Device::Cpu);
        let tower = FusionTower::take(&mut weights, description).unwrap();
        let pooled = tower.pooled(&expected.batch(), &[(FusionPool::All, Layers::Last)]).unwrap().remove(0);
        let vectors = tower.projected(&pooled).unwrap();
        // The first against the others, as losses over pairs have it.
        let logits = vectors.matmul(&vectors.transpose(0, 1));
        logits.log_softmax(-1, Kind::Float).get(0).get(1).neg().backward();
        for (name, tensor) in &kept {
            let grad = tensor.grad();
            let reached = grad.defined() && f64::try_from(grad.abs().sum(Kind::Double)).unwrap() > 0.0;
            assert_eq!(reached, learning.contains(name), "{kind}: {name}");
        }
    }
}
