//! Eight species, eight images and their probabilities: the worked example of the scores.

use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};

/// Kingdom to species. *Oenanthe* is a bird and a plant.
const SPECIES: [[&str; 7]; 8] = [
    ["Animalia", "Chordata", "Aves", "Passeriformes", "Muscicapidae", "Oenanthe", "Oenanthe oenanthe"],
    ["Animalia", "Chordata", "Aves", "Passeriformes", "Muscicapidae", "Oenanthe", "Oenanthe hispanica"],
    ["Animalia", "Chordata", "Aves", "Passeriformes", "Turdidae", "Turdus", "Turdus merula"],
    ["Animalia", "Chordata", "Aves", "Passeriformes", "Turdidae", "Turdus", "Turdus philomelos"],
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis catus"],
    ["Animalia", "Arthropoda", "Insecta", "Lepidoptera", "Nymphalidae", "Vanessa", "Vanessa atalanta"],
    ["Plantae", "Tracheophyta", "Magnoliopsida", "Apiales", "Apiaceae", "Oenanthe", "Oenanthe crocata"],
    ["Fungi", "Basidiomycota", "Agaricomycetes", "Agaricales", "Amanitaceae", "Amanita", "Amanita muscaria"],
];

const TRUTH: [usize; 8] = [0, 0, 2, 4, 5, 6, 7, 3];

const PROBABILITIES: [[f64; 8]; 8] = [
    [0.60, 0.20, 0.08, 0.04, 0.02, 0.02, 0.02, 0.02],
    [0.30, 0.45, 0.10, 0.05, 0.04, 0.02, 0.02, 0.02],
    [0.30, 0.05, 0.28, 0.27, 0.04, 0.02, 0.02, 0.02],
    [0.05, 0.05, 0.05, 0.05, 0.70, 0.05, 0.03, 0.02],
    [0.04, 0.04, 0.04, 0.04, 0.30, 0.25, 0.15, 0.14],
    [0.40, 0.05, 0.05, 0.05, 0.05, 0.05, 0.30, 0.05],
    [0.02, 0.02, 0.02, 0.02, 0.02, 0.05, 0.05, 0.80],
    [0.22, 0.22, 0.14, 0.28, 0.04, 0.04, 0.03, 0.03],
];

/// A tree of lineages given by rank and name, and the taxon that each ends in.
pub fn tree(lineages: &[Vec<(Rank, &str)>]) -> (Taxonomy, Vec<TaxonId>) {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    let handles: Vec<_> = lineages.iter().map(|lineage| builder.add_lineage(lineage.iter().copied(), &place)).collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    let taxa = handles.into_iter().map(|handle| numbers.id(handle)).collect();
    (taxonomy, taxa)
}

/// The tree of the eight species, and their taxa.
pub fn taxonomy() -> (Taxonomy, Vec<TaxonId>) {
    tree(&SPECIES.map(|names| Rank::MAIN.into_iter().zip(names).collect()))
}

/// The eight images, with the whole distribution: ranked labels, and summed taxa at every rank.
pub fn answers(taxonomy: &Taxonomy, species: &[TaxonId]) -> Answers {
    let mut ranked = Ranked::default();
    let mut summed: [Ranked; 7] = std::array::from_fn(|_| Ranked::default());
    for probabilities in PROBABILITIES {
        let labels: Vec<_> = species.iter().copied().zip(probabilities).collect();
        ranked.push(best_first(labels.clone()));
        for (index, summed) in summed.iter_mut().enumerate() {
            let mut sums: Vec<(TaxonId, f64)> = vec![];
            for &(label, probability) in &labels {
                let taxon = taxonomy.main_ancestor(label, index).unwrap();
                match sums.iter_mut().find(|(known, _)| *known == taxon) {
                    Some((_, sum)) => *sum += probability,
                    None => sums.push((taxon, probability)),
                }
            }
            summed.push(best_first(sums));
        }
    }
    Answers {
        name: "eight species".to_string(),
        images: (1..=8).map(|image| format!("image_{image}.jpg")).collect(),
        truths: TRUTH.iter().map(|&truth| Truth::Taxon(species[truth])).collect(),
        ranked,
        summed: summed.map(Some),
        candidates: Some(species.to_vec()),
        ..Answers::default()
    }
}

/// The scores of the eight images.
pub fn scored() -> Scores {
    let (taxonomy, species) = taxonomy();
    Scores::of(&taxonomy, &answers(&taxonomy, &species), &ScoreOptions::default())
}

fn best_first(mut taxa: Vec<(TaxonId, f64)>) -> Vec<(Answer, Option<f64>)> {
    taxa.sort_by(|a, b| b.1.total_cmp(&a.1));
    taxa.into_iter().map(|(taxon, probability)| (Answer::Taxon(taxon), Some(probability))).collect()
}
