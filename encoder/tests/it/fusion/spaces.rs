//! Spaces of pairs of texts and photographs, with regions from files and from an image tower.

use super::{copy, fixture, open, options, save};
use crate::encoder::largest_difference;
use nearmiss::report::retrieval::searching::Searching;
use nearmiss::runs::pooling::{Layers, TokenPool};
use nearmiss::runs::recipe::Precision;
use nearmiss::spaces::embeddings::{Columns, Embeddings};
use nearmiss_encoder::encoder::device::DeviceChoice;
use nearmiss_encoder::encoder::fusion::Scaling;
use nearmiss_encoder::encoder::fusion::batch::FusionInput;
use nearmiss_encoder::encoder::fusion::pool::FusionPool;
use nearmiss_encoder::encoder::fusion::regions::Regions;
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use nearmiss_encoder::encoder::{Encoder, EncoderOptions};
use nearmiss_encoder::spaces::fusion::{Fusing, RegionSource};
use std::fs;
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// Rows of a table of pairs; the last one has no text.
const PAIRS: &str = "image,text,species,observation
a.jpg,small and black,Lasius niger,o1
b.jpg,a bee on a thistle,Apis mellifera,o2
a.jpg|b.jpg,two of them,Apis mellifera,
c.jpg,nobody knows where,Lasius niger,
b.jpg,wings shining,Apis mellifera,o3
b.jpg,,Apis mellifera,
";

#[test]
fn pairs_become_a_space_that_is_measured_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("pairs.csv"), PAIRS).unwrap();
    fs::write(path("names.csv"), "image\na.jpg\nb.jpg\n").unwrap();
    let random = |size: &[i64]| {
        tch::manual_seed(3);
        Tensor::rand(size, (Kind::Float, Device::Cpu))
    };
    let tensors = [("features", random(&[2, 3, 7])), ("boxes", random(&[2, 3, 4])), ("count", Tensor::from_slice(&[3i64, 2]))];
    Tensor::write_safetensors(&tensors, path("regions.safetensors")).unwrap();
    let (pairs, regions, names, model) = (path("pairs.csv"), path("regions.safetensors"), path("names.csv"), fixture("plain"));
    let wanted = [(FusionPool::All, Layers::Last), (FusionPool::Regions, Layers::Concat(2))];
    let fusing = Fusing {
        pairs: &pairs,
        model: &model,
        regions: RegionSource::File { path: &regions, names: Some(&names) },
        wanted: &wanted,
        prefix: "",
        scaling: Scaling::AsComputed,
        taxonomy: None,
        options: options(None),
    };
    let spaces = fusing.run(&|_, _| {}).unwrap();
    assert_eq!(spaces.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["all last", "regions concat:2"]);
    let (first, second) = (&spaces[0].1, &spaces[1].1);
    assert_eq!((first.width, second.width), (12, 24));
    assert_eq!(first.names, ["a.jpg", "b.jpg", "a.jpg|b.jpg", "b.jpg"]);
    assert_eq!(first.observations, ["o1", "o2", "", "o3"]);
    let taxa: Vec<&str> = first.taxa.iter().map(|taxon| first.taxonomy.name(taxon.unwrap())).collect();
    assert_eq!(taxa, ["Lasius niger", "Apis mellifera", "Apis mellifera", "Apis mellifera"]);
    let left_out = "2 of 6 rows are left out, 1 without a text and 1 without regions, the first: row 4 has the photograph 'c.jpg': \
                    the file of regions has none for it";
    assert!(first.notes.iter().any(|note| note.ends_with(left_out)), "{:?}", first.notes);
    // The third row by itself.
    let (encoder, features, boxes) = (open("plain"), &tensors[0].1, &tensors[1].1);
    let of =
        |tensor: &Tensor, row: i64, count: i64| Vec::<f32>::try_from(tensor.get(row).narrow(0, 0, count).flatten(0, -1)).unwrap();
    let photograph = |row, count| Regions::new(7, of(features, row, count), of(boxes, row, count)).unwrap();
    let ids = encoder.tokenizer().unwrap().encode("two of them").ids;
    let input = FusionInput { ids, photographs: vec![photograph(0, 3), photograph(1, 2)] };
    let alone = encoder.embed(&[input], &wanted, Scaling::AsComputed).unwrap();
    let third = Tensor::from_slice(&first.values[24..36]).to_kind(Kind::Float);
    assert!(largest_difference(&third, &alone[0].get(0)) <= 1e-5);
    // Written, read again and searched.
    first.write(&path("fused.parquet"), Columns::Ours).unwrap();
    let read = Embeddings::read(&path("fused.parquet"), None, None).unwrap();
    assert_eq!((read.values.len(), &read.names), (48, &first.names));
    let searched = Searching::of(&path("fused.parquet")).run().unwrap();
    assert_eq!(searched.search.documents, 4);
}

#[test]
fn patches_of_an_image_tower_are_regions() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let sizes = SeededModel {
        embed_dim: 8,
        image_size: 32,
        patch_size: 16,
        vision_width: 64,
        vision_layers: 1,
        text_width: 64,
        text_layers: 1,
    };
    sizes.write(&path("tower"), 5).unwrap();
    let tower_options =
        EncoderOptions { device: DeviceChoice::Cpu, precision: Some(Precision::Fp32), activation: None, linear: None };
    let encoder = Encoder::from_dir(&path("tower"), &tower_options).unwrap();
    let pixels = Tensor::rand([2, 3, 32, 32], (Kind::Float, Device::Cpu));
    let states = encoder.patch_states(&pixels).unwrap();
    assert_eq!((states.size(), encoder.patches()), (vec![2, 4, 64], Some((64, 2))));
    let mean = encoder.pooled_images(&pixels, &[(TokenPool::MeanWithoutCls, Layers::Last)]).unwrap();
    assert!(largest_difference(&states.mean_dim(1i64, false, Kind::Float), &mean[0]) <= 1e-5);
    for (name, shade) in [("a.png", 40_u8), ("b.png", 90), ("c.png", 200)] {
        let picture = image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([shade, (5 * x) as u8, (6 * y) as u8]));
        picture.save(path(name)).unwrap();
    }
    let table = "image,text,species\na.png,red,Lasius niger\nb.png,red,Apis mellifera\nc.png,red,Apis mellifera\n";
    fs::write(path("pairs.csv"), table).unwrap();
    let (pairs, tower, plain) = (path("pairs.csv"), path("tower"), fixture("plain"));
    let wanted = [(FusionPool::Regions, Layers::Last)];
    let fusing = |model: &Path| {
        let regions = RegionSource::Grid { model: &tower, photographs: None };
        let (prefix, scaling) = ("", Scaling::Unit);
        let options = options(None);
        Fusing { pairs: &pairs, model, regions, wanted: &wanted, prefix, scaling, taxonomy: None, options }.run(&|_, _| {})
    };
    let refused = fusing(&plain).err().unwrap().to_string();
    assert!(
        refused.contains("its patches are 64 numbers long, and the fusion encoder takes regions of 7 ('feat_dim')"),
        "{refused}"
    );
    // The same model, of features of 64 numbers.
    let (wide, mut tensors) = copy("plain");
    tensors.insert(
        "encoder.visual_embedding.feat_embedding.0.weight".to_string(),
        Tensor::rand([12, 64], (Kind::Float, Device::Cpu)) - 0.5,
    );
    save(wide.path(), &tensors);
    let config = fs::read_to_string(wide.path().join("config.json")).unwrap();
    fs::write(wide.path().join("config.json"), config.replace("\"feat_dim\": 7", "\"feat_dim\": 64")).unwrap();
    let space = fusing(wide.path()).unwrap().remove(0).1;
    assert_eq!((space.names.len(), space.width), (3, 12));
    // Three pictures, one text: their regions tell them apart.
    assert!(space.values[..12].iter().zip(&space.values[12..24]).any(|(one, other)| (one - other).abs() > 1e-4));
}
