//! Names and shapes of small models that transformers itself saved, for tests.
//!
//! `saved_shapes.txt` lists the tensors of `model.safetensors` after `save_pretrained` of transformers 5.24: a name and its sizes
//! a line. The sections are, with `hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12` where nothing
//! else is said, `CLIPModel` and `SiglipModel` (images 10 wide, 14 within, 8 pixels, patches of 4; 20 words, 7 positions;
//! `projection_dim=6` and `projection_size=10`), `BertModel`, `BertForMaskedLM`, `RobertaForMaskedLM`, `MPNetModel`,
//! `DistilBertForMaskedLM`, `DPRQuestionEncoder` and `DPRContextEncoder(projection_dim=5)` (20 words, 9 positions),
//! `T5EncoderModel` and `T5ForConditionalGeneration(feed_forward_proj="gated-gelu")` (`d_kv=3`, 2 layers), `ViTModel` and
//! `ViTForImageClassification(num_labels=3)` (8 pixels, patches of 4).

use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::tensors::Role;
use crate::encoder::layouts::shapes::Shapes;

/// The tensors of a section.
pub fn shapes(section: &str) -> Shapes {
    let lines = include_str!("saved_shapes.txt").lines().skip_while(|line| line.strip_prefix("## ") != Some(section));
    let tensors = lines.skip(1).take_while(|line| !line.starts_with('#'));
    let tensor = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default().to_string();
        (name, words.filter_map(|size| size.parse().ok()).collect())
    };
    tensors.map(tensor).collect()
}

/// What does not fit: tensors that a description asks for and that were not saved so, and saved ones that it neither asks for
/// nor calls unused.
pub fn misfits(model: &ModelDescription, saved: &Shapes) -> Vec<String> {
    let expected: Vec<_> = model.tensors().into_iter().map(|(_, tensor)| tensor).collect();
    let one = |shape: &[i64]| shape.iter().product::<i64>() == 1;
    let wrong = expected.iter().filter(|tensor| match saved.get(&tensor.name) {
        // One number is kept as such, or in a list of one.
        Some(shape) if tensor.role == Role::Scale => !one(shape),
        Some(shape) => *shape != tensor.shape,
        None => true,
    });
    let wrong = wrong.map(|tensor| format!("{} {:?}", tensor.name, tensor.shape));
    let is_known = |name: &String| expected.iter().any(|tensor| tensor.name == *name);
    let is_unused = |name: &String| model.unused.iter().any(|start| name.starts_with(start));
    let left = saved.keys().filter(|name| !is_known(name) && !is_unused(name)).map(|name| format!("unused {name}"));
    wrong.chain(left).collect()
}
