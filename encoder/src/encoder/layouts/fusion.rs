//! Fusion encoders: VL-T5's, with the bottlenecks and prompts of VL-Adapter.
//!
//! Neither program writes a configuration. Both put their arguments on T5's before they make a model of it, and `config.json`
//! is that: T5's fields, and beside them `feat_dim`, `use_adapter`, `encoder_prompt_len` and the like.

use super::error::ConfigError;
use super::fields::{Fields, MOST_TOKENS, MOST_WIDTH};
use super::shapes::Shapes;
use super::transformers::{TextModel, activation_of};
use crate::encoder::description::fusion::{
    BottleneckNames, BoxOrder, FusionDescription, OrderNames, PromptNames, VisualDescription, VisualStep,
};
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::text::TextDescription;
use nearmiss::runs::recipe::Activation;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// What the names of the way of regions begin with.
const VISUAL: &str = "encoder.visual_embedding";
/// The vectors of regions' places, which a checkpoint carries even where they are the words'.
const REGION_ORDER: &str = "encoder.visual_embedding.obj_order_embedding.weight";
/// The bottlenecks of a block: of attention, of the perceptron.
const BOTTLENECKS: [&str; 2] = ["layer.0.attn_adapter", "layer.1.ff_adapter"];
/// What the names of prompts begin with.
const PROMPTS: &str = "encoder.prompt_modules.prompts";
/// Parts of the whole model that the encoder does without: prompts of the decoder, heads of tasks.
const OF_DECODER: [&str; 3] = ["prompt_modules.", "output_adapter.", "answer_head."];
/// Switches of what is not computed: other kinds of bottlenecks, and regions made fewer.
const NOT_COMPUTED: [&str; 7] =
    ["use_compacter", "use_lradapter", "use_hyperformer", "use_lora", "downsample", "oneddownsample", "sparse_sample"];
/// The most steps that may follow the first one of a region's features.
const MOST_STEPS: i64 = 64;
/// The most photographs that a region may be of.
const MOST_IMAGES: i64 = 4_096;

/// Whether a model is a fusion encoder, and not a T5 that reads texts alone.
#[must_use]
pub fn is_fusion(config: &Value, shapes: &Shapes) -> bool {
    let has_field = config.get("feat_dim").is_some_and(|value| !value.is_null());
    has_field || shapes.keys().any(|name| name.starts_with(VISUAL))
}

/// Describes a fusion encoder by its `config.json`; `shapes` are those of its checkpoint, `task` names the task whose
/// bottlenecks and prompt are taken where there are several.
///
/// # Errors
///
/// [`ConfigError`]: another type of model, a part that is not computed, sizes out of bounds, a task to be named.
///
/// # Source
///
/// VL-T5, `VL-T5/src/modeling_t5.py`, `VisualEmbedding` and `JointEncoder`; VL-Adapter, the same file, `VL-T5/src/adapters`,
/// `VL-T5/src/prompt`, and `VL-T5/src/trainer_base.py`, `create_config`.
pub fn describe(config: &Value, path: &Path, task: Option<&str>, shapes: &Shapes) -> Result<FusionDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let longest = fields.get("max_text_length").map(|_| fields.whole("max_text_length", None, [2, MOST_TOKENS])).transpose()?;
    let kind = fields.text("model_type")?.unwrap_or("none");
    let model = TextModel::read(config, path, longest, shapes)?.filter(|model| matches!(&*model.kind, "t5" | "mt5"));
    let Some(TextModel { text, tokenizer, mut unused, notes, .. }) = model else {
        return Err(fields.unsupported("model_type", &format!("{kind}, where a fusion encoder is t5 or mt5")));
    };
    NOT_COMPUTED.iter().try_for_each(|field| fields.only(field, &[Value::Bool(false)]))?;
    let visual = visual(&fields, &text, shapes)?;
    let mut copies = vec![("encoder.embed_tokens.weight".to_string(), text.words.clone())];
    if visual.order.as_ref().is_none_or(|order| order.regions.0 == text.words) {
        unused.push(REGION_ORDER.to_string());
        copies.push((REGION_ORDER.to_string(), text.words.clone()));
    }
    copies.retain(|(copy, original)| copy != original);
    unused.extend(OF_DECODER.map(str::to_string));
    let mut description = FusionDescription {
        visual,
        bottlenecks: vec![],
        prompt: None,
        projection: projection(&fields, text.transformer.width, shapes)?,
        task: None,
        box_order: box_order(&fields)?,
        tokenizer,
        copies,
        unused,
        notes,
        text,
    };
    add_bottlenecks(&mut description, &fields, task, shapes)?;
    add_prompt(&mut description, &fields, task, shapes)?;
    if let Some(task) = &description.task {
        description.notes.push(format!("bottlenecks and prompt are those of the task '{task}'"));
    }
    Ok(description)
}

fn visual(fields: &Fields, text: &TextDescription, shapes: &Shapes) -> Result<VisualDescription, ConfigError> {
    let width = text.transformer.width;
    let feature_width = fields.whole("feat_dim", Some(2048), [1, MOST_WIDTH])?;
    // Left, right, top and bottom; the area is made of them.
    let box_width = fields.whole("pos_dim", Some(4), [4, 4])? + 1;
    let more = fields.whole("additional_visual_embedding_layers", Some(0), [0, MOST_STEPS])?;
    let epsilon = fields.number("layer_norm_epsilon", 1e-6)?;
    let norms = fields.flag("use_vis_layer_norm", true)?;
    let own_norms = fields.flag("individual_vis_layer_norm", true)?;
    let each = (norms && own_norms).then_some(epsilon);
    let whole = (norms && !own_norms).then(|| NormNames::root_mean_square(&format!("{VISUAL}.layer_norm"), width, epsilon));
    Ok(VisualDescription {
        feature_width,
        features: steps(&format!("{VISUAL}.feat_embedding"), [feature_width, width], each, more),
        boxes: steps(&format!("{VISUAL}.absolute_vis_pos_embedding"), [box_width, width], each, 0),
        order: order(fields, text, shapes)?,
        norm: whole,
    })
}

/// A layer, its norm where each has one, and so many more layers with what stands between them; places in the sequence are
/// counted as `PyTorch` counts them.
fn steps(name: &str, [inputs, width]: [i64; 2], epsilon: Option<f64>, more: i64) -> Vec<VisualStep> {
    let mut steps = vec![];
    for number in 0..=more {
        let inputs = if number == 0 { inputs } else { width };
        steps.push(VisualStep::Linear(LinearNames::biased(&format!("{name}.{}", steps.len()), width, inputs)));
        if number > 0 {
            steps.push(VisualStep::Relu);
        }
        if let Some(epsilon) = epsilon {
            let norm = NormNames::root_mean_square(&format!("{name}.{}", steps.len()), width, epsilon);
            steps.push(VisualStep::Norm(norm));
        }
    }
    steps
}

/// The vectors of places: of regions those of the last words, from the last one backwards, or their own.
fn order(fields: &Fields, text: &TextDescription, shapes: &Shapes) -> Result<Option<OrderNames>, ConfigError> {
    if !fields.flag("use_vis_order_embedding", true)? {
        return Ok(None);
    }
    let images = fields.whole("n_images", Some(2), [1, MOST_IMAGES])?;
    let images = (format!("{VISUAL}.img_order_embedding.weight"), images);
    if !fields.flag("share_vis_embedding", true)? {
        let rows = fields.whole("n_objs", None, [1, MOST_TOKENS])?;
        return Ok(Some(OrderNames { regions: (REGION_ORDER.to_string(), rows), images }));
    }
    let words = vec![text.vocab_size, text.transformer.width];
    match shapes.get(REGION_ORDER).filter(|shape| **shape != words) {
        Some(shape) => {
            let value = format!("true, where {REGION_ORDER} is {shape:?} and the words' vectors are {words:?}");
            Err(fields.unsupported("share_vis_embedding", &value))
        }
        None => Ok(Some(OrderNames { regions: (text.words.clone(), text.vocab_size), images })),
    }
}

fn box_order(fields: &Fields) -> Result<BoxOrder, ConfigError> {
    match fields.text("box_order")? {
        None | Some("corners") => Ok(BoxOrder::Corners),
        Some("sides") => Ok(BoxOrder::Sides),
        Some(other) => Err(fields.unsupported("box_order", &format!("{other}, where corners and sides are known"))),
    }
}

fn projection(fields: &Fields, width: i64, shapes: &Shapes) -> Result<Option<LinearNames>, ConfigError> {
    if fields.get("projection_dim").is_none() {
        return Ok(None);
    }
    let outputs = fields.whole("projection_dim", None, [1, MOST_WIDTH])?;
    let biased = shapes.contains_key("projection.bias");
    let of = if biased { LinearNames::biased } else { LinearNames::unbiased };
    Ok(Some(of("projection", outputs, width)))
}

fn add_bottlenecks(
    description: &mut FusionDescription,
    fields: &Fields,
    task: Option<&str>,
    shapes: &Shapes,
) -> Result<(), ConfigError> {
    let settings = Settings::of(fields, "adapter_config", "adapter_config.")?;
    if !fields.flag("use_adapter", settings.section.is_some())? {
        return Ok(());
    }
    for field in ["hypercomplex_adapters", "low_rank_adapters"] {
        settings.section.map_or(Ok(()), |section| section.only(field, &[Value::Bool(false)]))?;
    }
    let width = description.width();
    let factor = settings.whole(["reduction_factor"; 2], 16, [1, MOST_WIDTH])?;
    if factor > width {
        return Err(fields.unsupported("reduction_factor", &format!("{factor}, of a width of {width}")));
    }
    let activation = settings.activation()?;
    let norms = [("add_layer_norm_before_adapter", "pre"), ("add_layer_norm_after_adapter", "post")];
    let [before, after] = norms.map(|(field, place)| Ok::<_, ConfigError>(settings.flag(field)?.then_some(place)));
    let (before, after) = (before?, after?);
    let start = format!("encoder.block.0.{}.adapters.", BOTTLENECKS[0]);
    let chosen = settings.task(task, "use_single_adapter", &start, shapes)?;
    let layers = description.text.transformer.layers();
    for block in 0..layers {
        let bottleneck = |part: &str| {
            let controller = format!("encoder.block.{block}.{part}");
            let name = format!("{controller}.adapters.{}", chosen.name);
            let norm = |place: &str| NormNames::layer(&format!("{controller}.{place}_layer_norm"), width, 1e-5);
            BottleneckNames {
                norm_before: before.map(norm),
                down: LinearNames::biased(&format!("{name}.down_sampler"), width / factor, width),
                activation,
                up: LinearNames::biased(&format!("{name}.up_sampler"), width, width / factor),
                norm_after: after.map(norm),
            }
        };
        description.bottlenecks.push(BOTTLENECKS.map(bottleneck));
        for part in BOTTLENECKS {
            let start = format!("encoder.block.{block}.{part}.adapters");
            let parts = ["down_sampler.weight", "down_sampler.bias", "up_sampler.weight", "up_sampler.bias"];
            chosen.leave_others(description, &start, &parts);
        }
    }
    description.task = Some(chosen.name);
    Ok(())
}

fn add_prompt(
    description: &mut FusionDescription,
    fields: &Fields,
    task: Option<&str>,
    shapes: &Shapes,
) -> Result<(), ConfigError> {
    let settings = Settings::of(fields, "encoder_prompt_config", "encoder_prompt_config.")?;
    let length = settings.whole(["prompt_len", "encoder_prompt_len"], 0, [0, MOST_TOKENS])?;
    if length == 0 {
        return Ok(());
    }
    let width = description.width();
    if let Some(section) = settings.section {
        section.only("use_input_prompt", &[Value::Bool(true)])?;
        section.whole("input_dim", Some(width), [width, width])?;
    }
    let middle = settings.whole(["mid_dim"; 2], 768, [1, MOST_WIDTH])?;
    let chosen = settings.task(task, "use_single_prompt", &format!("{PROMPTS}."), shapes)?;
    let name = format!("{PROMPTS}.{}.prefix_embedding", chosen.name);
    description.prompt = Some(PromptNames {
        vectors: format!("{name}.0.weight"),
        length,
        middle: LinearNames::biased(&format!("{name}.1"), middle, width),
        out: LinearNames::biased(&format!("{name}.3"), width, middle),
    });
    let parts = ["0.weight", "1.weight", "1.bias", "3.weight", "3.bias"].map(|part| format!("prefix_embedding.{part}"));
    chosen.leave_others(description, PROMPTS, &parts.each_ref().map(String::as_str));
    description.task = Some(chosen.name);
    Ok(())
}

/// What is said of bottlenecks or of prompts: in a section of their own, among the arguments, or in both.
struct Settings<'a> {
    arguments: Fields<'a>,
    section: Option<Fields<'a>>,
}

/// The task that is taken, and the others.
struct Chosen {
    name: String,
    others: Vec<String>,
    /// Whether all have the same numbers.
    single: bool,
}

impl<'a> Settings<'a> {
    fn of(arguments: &Fields<'a>, name: &str, label: &'static str) -> Result<Settings<'a>, ConfigError> {
        let section = arguments.get(name).map(|value| Fields::of(arguments.path, label, value)).transpose()?;
        Ok(Settings { arguments: *arguments, section })
    }

    /// A whole number by its names in the section and among the arguments, which must agree.
    fn whole(&self, [inner, outer]: [&str; 2], default: i64, bounds: [i64; 2]) -> Result<i64, ConfigError> {
        let of = |fields: &Fields, name: &str| fields.get(name).map(|_| fields.whole(name, None, bounds)).transpose();
        let (inside, outside) = (self.section.map_or(Ok(None), |section| of(&section, inner))?, of(&self.arguments, outer)?);
        match (inside, outside) {
            (Some(inside), Some(outside)) if inside != outside => {
                let section = self.section.map_or("", |section| section.section);
                Err(self.arguments.unsupported(outer, &format!("{outside}, where {section}{inner} is {inside}")))
            }
            _ => Ok(inside.or(outside).unwrap_or(default)),
        }
    }

    /// A switch of that name; off where neither says it.
    fn flag(&self, name: &str) -> Result<bool, ConfigError> {
        let outside = self.arguments.flag(name, false)?;
        self.section.map_or(Ok(outside), |section| section.flag(name, outside))
    }

    fn activation(&self) -> Result<Activation, ConfigError> {
        let fields = self.section.unwrap_or(self.arguments);
        let name = fields.text("non_linearity")?.unwrap_or("gelu_new");
        activation_of(&name.to_lowercase()).ok_or_else(|| fields.unsupported("non_linearity", name))
    }

    /// The task that is taken: the one named, the first where all share their numbers, the only one.
    fn task(&self, wanted: Option<&str>, single: &str, start: &str, shapes: &Shapes) -> Result<Chosen, ConfigError> {
        let (single, mut others) = (self.flag(single)?, self.tasks(start, shapes)?);
        let wanted = wanted.map_or_else(|| self.arguments.text("task"), |wanted| Ok(Some(wanted)))?;
        let place = match wanted {
            Some(wanted) => others
                .iter()
                .position(|task| task == wanted)
                .ok_or_else(|| self.arguments.unsupported("task", &format!("{wanted}, where there are {}", others.join(", "))))?,
            None if others.len() == 1 || (single && !others.is_empty()) => 0,
            None if others.is_empty() => {
                return Err(self.arguments.missing("tasks", &format!("the tensors '{start}...' are named by task; list them")));
            }
            None => {
                let remedy = format!("there are {}, each with numbers of its own: name one with --task", others.join(", "));
                return Err(self.arguments.missing("task", &remedy));
            }
        };
        Ok(Chosen { name: others.remove(place), others, single })
    }

    /// The tasks as the configuration lists them, else as tensors are named.
    fn tasks(&self, start: &str, shapes: &Shapes) -> Result<Vec<String>, ConfigError> {
        if let Some((section, value)) = self.section.and_then(|section| Some((section, section.get("tasks")?))) {
            let text = |task: &Value| task.as_str().filter(|task| !task.is_empty()).map(str::to_string);
            let listed = value.as_array().and_then(|tasks| tasks.iter().map(text).collect::<Option<Vec<String>>>());
            return listed.ok_or_else(|| section.unsupported("tasks", &value.to_string()));
        }
        let listed = self.arguments.text("tasks")?.unwrap_or_default();
        let listed: Vec<String> = listed.split([',', ' ']).filter(|task| !task.is_empty()).map(str::to_string).collect();
        if !listed.is_empty() {
            return Ok(listed);
        }
        let of = |name: &String| Some(name.strip_prefix(start)?.split('.').next()?.to_string());
        Ok(shapes.keys().filter_map(of).collect::<BTreeSet<String>>().into_iter().collect())
    }
}

impl Chosen {
    /// Has the tensors of the other tasks left unused; where all share their numbers, they must be the same.
    fn leave_others(&self, description: &mut FusionDescription, start: &str, parts: &[&str]) {
        for other in &self.others {
            description.unused.push(format!("{start}.{other}."));
            if self.single {
                let copy = |part: &&str| (format!("{start}.{other}.{part}"), format!("{start}.{}.{part}", self.name));
                description.copies.extend(parts.iter().map(copy));
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn tiny(more: &Value) -> Value {
        let mut config = json!({
            "model_type": "t5", "vocab_size": 20, "d_model": 8, "d_kv": 3, "d_ff": 12, "num_layers": 2, "num_heads": 2, "feat_dim": 5
        });
        for (field, value) in more.as_object().unwrap() {
            config[field] = value.clone();
        }
        config
    }

    fn of(more: &Value, task: Option<&str>, names: &[&str]) -> Result<FusionDescription, String> {
        let shapes: Shapes = names.iter().map(|name| ((*name).to_string(), vec![1])).collect();
        describe(&tiny(more), Path::new("no/config.json"), task, &shapes).map_err(|error| error.to_string())
    }

    /// Names and shapes of the way of regions, but for the vectors of places.
    fn visual_tensors(more: &Value) -> Vec<String> {
        let description = of(more, None, &[]).unwrap();
        let tensors = description.tensors().into_iter().filter_map(|tensor| {
            let name = tensor.expected.name.strip_prefix("encoder.visual_embedding.")?.to_string();
            Some(format!("{name} {:?}", tensor.expected.shape))
        });
        tensors.collect()
    }

    #[test]
    fn regions_go_through_the_layers_that_vl_t5_has() {
        let usual = visual_tensors(&json!({}));
        let expected = [
            "feat_embedding.0.weight [8, 5]",
            "feat_embedding.0.bias [8]",
            "feat_embedding.1.weight [8]",
            "absolute_vis_pos_embedding.0.weight [8, 5]",
            "absolute_vis_pos_embedding.0.bias [8]",
            "absolute_vis_pos_embedding.1.weight [8]",
            "img_order_embedding.weight [2, 8]",
        ];
        assert_eq!(usual, expected);
        // Places in a sequence count what has no tensors: layer, norm, layer, non-linearity, norm.
        let more = visual_tensors(&json!({"additional_visual_embedding_layers": 1, "use_vis_order_embedding": false}));
        assert_eq!(more[3..6], ["feat_embedding.2.weight [8, 8]", "feat_embedding.2.bias [8]", "feat_embedding.4.weight [8]"]);
        assert_eq!(more.len(), 9);
        let whole = visual_tensors(&json!({"individual_vis_layer_norm": false}));
        assert!(whole.contains(&"layer_norm.weight [8]".to_string()) && whole.len() == 6);
        let own =
            visual_tensors(&json!({"share_vis_embedding": false, "n_objs": 36, "n_images": 3, "use_vis_layer_norm": false}));
        assert_eq!(own[4..], ["obj_order_embedding.weight [36, 8]", "img_order_embedding.weight [3, 8]"]);
    }

    #[test]
    fn arguments_and_sections_say_the_same_or_are_refused() {
        let by_arguments = json!({
            "use_adapter": true, "reduction_factor": 3, "tasks": "vqa, gqa", "use_single_adapter": true, "encoder_prompt_len": 4,
            "mid_dim": 6, "use_single_prompt": true
        });
        let description = of(&by_arguments, Some("gqa"), &[]).unwrap();
        assert_eq!(
            (description.task.as_deref(), description.bottlenecks.len(), description.prompt_length()),
            (Some("gqa"), 2, 4)
        );
        let [attention, perceptron] = &description.bottlenecks[1];
        assert_eq!(attention.down, LinearNames::biased("encoder.block.1.layer.0.attn_adapter.adapters.gqa.down_sampler", 2, 8));
        assert_eq!(perceptron.up, LinearNames::biased("encoder.block.1.layer.1.ff_adapter.adapters.gqa.up_sampler", 8, 2));
        assert_eq!((attention.activation, attention.norm_before.as_ref()), (Activation::GeluTanh, None));
        let middle = LinearNames::biased("encoder.prompt_modules.prompts.gqa.prefix_embedding.1", 6, 8);
        assert_eq!(description.prompt.as_ref().unwrap().middle, middle);
        // Of the words and of each other task's tensors: 2 and 2 · 2 · 4 + 5.
        assert_eq!(description.copies.len(), 2 + 16 + 5);
        let by_section = json!({"adapter_config": {"reduction_factor": 2, "tasks": ["all"], "non_linearity": "ReLU"}});
        let description = of(&by_section, None, &[]).unwrap();
        assert_eq!(
            (description.bottlenecks[0][0].activation, description.bottlenecks[0][0].down.outputs()),
            (Activation::Relu, 4)
        );
        let twice = json!({"adapter_config": {"reduction_factor": 2, "tasks": ["all"]}, "reduction_factor": 4});
        let refused = of(&twice, None, &[]).unwrap_err();
        assert!(refused.contains("'reduction_factor' is '4, where adapter_config.reduction_factor is 2', which"), "{refused}");
    }

    #[test]
    fn tasks_are_found_in_names_and_chosen_by_them() {
        let start = "encoder.block.0.layer.0.attn_adapter.adapters.";
        let (vqa, gqa) = (format!("{start}vqa.up_sampler.bias"), format!("{start}gqa.up_sampler.bias"));
        let with = json!({"use_adapter": true, "reduction_factor": 4});
        assert_eq!(of(&with, None, &[&vqa]).unwrap().task.as_deref(), Some("vqa"));
        let asked = of(&with, None, &[&vqa, &gqa]).unwrap_err();
        assert!(asked.contains("'task' is missing; there are gqa, vqa, each with numbers of its own: name one"), "{asked}");
        let chosen = of(&with, Some("vqa"), &[&vqa, &gqa]).unwrap();
        assert!(chosen.unused.contains(&"encoder.block.1.layer.1.ff_adapter.adapters.gqa.".to_string()));
        assert!(of(&with, None, &[]).unwrap_err().contains("'tasks' is missing"));
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let said = |more: &Value| of(more, None, &[]).unwrap_err();
        assert!(said(&json!({"use_lora": true})).contains("'use_lora' is 'true', which this encoder does not compute"));
        assert!(said(&json!({"box_order": "centres"})).contains("'box_order' is 'centres, where corners and sides are known'"));
        let wide = json!({"encoder_prompt_config": {"prompt_len": 2, "input_dim": 768, "tasks": ["a"]}});
        assert!(said(&wide).contains("'encoder_prompt_config.input_dim' is 768; models with 8 to 8 are computed"));
        let narrow = json!({"use_adapter": true, "reduction_factor": 16, "tasks": "a"});
        assert!(said(&narrow).contains("'reduction_factor' is '16, of a width of 8', which"));
        let phm = json!({"adapter_config": {"hypercomplex_adapters": true, "tasks": ["a"]}});
        assert!(said(&phm).contains("'adapter_config.hypercomplex_adapters' is 'true', which"));
        assert!(!is_fusion(&json!({"model_type": "t5"}), &Shapes::new()) && is_fusion(&tiny(&json!({})), &Shapes::new()));
    }
}
