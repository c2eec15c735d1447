//! The page of a latent space: suspects with their pictures, maps of many taxa, large heatmaps.

use nearmiss::report::Overwrite;
use nearmiss::report::language::Language;
use nearmiss::report::latent::{SpacePage, write};
use nearmiss::report::photographs::Photographs;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::latent::{LatentOptions, measure};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// Points with the family, genus and species that they are said to be.
fn embeddings(points: &[(&str, [&str; 3], [f64; 3])]) -> Embeddings {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    let handles: Vec<_> = points
        .iter()
        .map(|(_, [family, genus, species], _)| {
            builder.add_lineage([(Rank::Family, *family), (Rank::Genus, *genus), (Rank::Species, *species)], &place)
        })
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    Embeddings {
        values: points.iter().flat_map(|point| point.2).collect(),
        width: 3,
        names: points.iter().map(|point| point.0.to_string()).collect(),
        taxa: handles.into_iter().map(|handle| Some(numbers.id(handle))).collect(),
        observations: vec![String::new(); points.len()],
        taxonomy,
        labels: None,
        notes: vec![],
    }
}

fn written(folder: &Path, embeddings: &Embeddings, photographs: &Photographs<'_>) -> String {
    let latent = measure(embeddings, &LatentOptions { ks: vec![1], ..LatentOptions::default() });
    let page =
        SpacePage { embeddings, latent: &latent, photographs: *photographs, command_line: "test", language: Language::English };
    write(folder, &page, Overwrite::Anything).unwrap();
    fs::read_to_string(folder.join("index.html")).unwrap()
}

#[test]
fn suspects_stand_beside_what_they_look_like() {
    // Two species of one name; the last point of the first lies among the second.
    let (first, second) = (["F1", "Oenanthe", "Oenanthe oenanthe"], ["F2", "Oenanthe", "Oenanthe oenanthe"]);
    let points = embeddings(&[
        ("a.png", first, [1.0, 0.1, 0.0]),
        ("b.png", first, [1.0, 0.0, 0.1]),
        ("c.png", second, [0.1, 1.0, 0.0]),
        ("d.png", second, [0.0, 1.0, 0.0]),
        ("e.png", first, [0.1, 0.9, 0.1]),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in [("d.png", 0), ("c.png", 1), ("e.png", 2)] {
        fs::write(folder.path().join(name), [b"\x89PNG", name.as_bytes()].concat()).unwrap();
    }
    let shown = Photographs { folder: Some(folder.path()), ..Photographs::default() };
    let page = written(&folder.path().join("out"), &points, &shown);
    let csv = fs::read_to_string(folder.path().join("out/suspects.csv")).unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("image,said,said_id,looks_like,looks_like_id,typical,own,other,margin"));
    let row = lines.next().unwrap();
    let identity = |family: &str| format!("{family};Oenanthe;Oenanthe oenanthe");
    assert!(row.starts_with("e.png,Oenanthe oenanthe,") && row.contains(",c.png,") | row.contains(",d.png,"), "{row}");
    assert!(row.contains(&identity("F1")) && row.contains(&identity("F2")), "{row}");
    assert_eq!(lines.next(), None);
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 2, "the suspect and a typical one");
    assert!(page.contains("said to be Oenanthe oenanthe (F1;Oenanthe;Oenanthe oenanthe)"), "homonyms are told apart");
    // What must not be shown is not, and without a folder nothing is.
    let hidden = HashSet::from(["e.png".to_string()]);
    let page = written(&folder.path().join("hidden"), &points, &Photographs { hidden: Some(&hidden), ..shown });
    assert!(!page.contains("data:image/png") && page.contains("e.png"));
    assert!(!written(&folder.path().join("none"), &points, &Photographs::default()).contains("data:image/png"));
}

#[cfg(feature = "plots")]
/// Families of species, three points each, around places of their own.
fn many(families: usize, species: usize) -> Embeddings {
    let names: Vec<[String; 3]> = (0..families * species)
        .map(|number| {
            let family = number / species;
            [format!("Familia{family}"), format!("Genus{family}"), format!("Genus{family} species{number}")]
        })
        .collect();
    let number = |value: usize| f64::from(u32::try_from(value).unwrap());
    let names = &names;
    let points: Vec<(String, [&str; 3], [f64; 3])> = (0..families * species * 3)
        .map(|point| {
            let (of, angle) = (point / 3, number(point / 3 / species) * 1.1);
            let off = number(point * 7919 % 101) / 1000.0;
            let at = [angle.sin() + off, angle.cos() + number(of % species) / 40.0, 0.3 + off * 0.7];
            (format!("p{point}"), [names[of][0].as_str(), names[of][1].as_str(), names[of][2].as_str()], at)
        })
        .collect();
    let points: Vec<_> = points.iter().map(|(name, taxa, at)| (name.as_str(), *taxa, *at)).collect();
    embeddings(&points)
}

#[cfg(feature = "plots")]
#[test]
fn a_rank_of_many_taxa_has_a_panel_for_each_clade_above() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &many(4, 7), &Photographs::default());
    let read = |name: &str| fs::read_to_string(folder.path().join("figures").join(name)).unwrap();
    let species = read("map_pca_species.svg");
    for family in 0..4 {
        assert!(species.contains(&format!("genus Genus{family}\n")), "{family}");
    }
    // All 84 points are grey in each of the four panels, and each is once in colours.
    assert_eq!(species.matches("<circle").count(), 28 + 84 * 4 + 84);
    // A taxon has one colour in all figures, on the map of a rank of few taxa and on each panel.
    let colours = |svg: &str| -> Vec<String> {
        let legend = svg.split("<circle").skip(1).filter(|part| part.contains("r=\"4\""));
        legend.map(|part| part.split("fill=\"").nth(1).unwrap()[..7].to_string()).collect()
    };
    assert_eq!(colours(&species).len(), 28);
    assert_eq!(colours(&species), colours(&read("map_tsne_species.svg")));
    assert_eq!(colours(&read("map_pca_family.svg")), colours(&read("map_tsne_family.svg")));
    assert!(!species.contains("<image"));
    // Principal components say how much of the variance they hold; the axes of the other map mean nothing.
    for file in ["map_pca_species.svg", "map_pca_family.svg"] {
        assert!(read(file).contains("first component, ") && read(file).contains("% of the variance"), "{file}");
    }
    assert!(!read("map_tsne_family.svg").contains("of the variance"));
    // No sheet is wider than a page shows it.
    assert!(species.contains(" width=\"800\" ") && species.starts_with("<svg role=\"img\" aria-label=\"Principal components, "));
}

#[cfg(feature = "plots")]
#[test]
fn many_cells_are_one_picture() {
    let folder = tempfile::tempdir().unwrap();
    written(&folder.path().join("few"), &many(4, 7), &Photographs::default());
    written(&folder.path().join("many"), &many(10, 15), &Photographs::default());
    let read = |name: &str| fs::read_to_string(folder.path().join(name).join("figures/centroids.svg")).unwrap();
    assert!(!read("few").contains("<image") && read("few").matches("<rect").count() > 28 * 28);
    let many = read("many");
    assert!(many.contains("<image x=\"190\" y=\"16\" width=\"500\" height=\"500\"") && many.len() < 100_000, "{}", many.len());
    // The ground, the boxes of ten families and a hundred steps of the scale.
    assert!(many.matches("<rect").count() < 130, "{}", many.matches("<rect").count());
}
