//! Tables of a space for other programs.

use crate::report::csv::{csv_of, end_cells, measure_cells, measure_heads, value_cell};
use crate::scores::metric::Measure;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::agreement::Agreement;
use crate::spaces::latent::{Latent, RankSpace};
use crate::spaces::metric::cutoff;
use crate::spaces::metric::latent_ranks::{BY_NEIGHBOURS, ENDS, RANKINGS, VALUES};

/// The columns of `latent_ranks.csv`: after the rank values alone, then those of agreement for each number of neighbours, the
/// ends of intervals of earlier values, and the rankings of the points whose taxon has another one.
struct RankColumns<'a> {
    values: &'a [Measure<RankSpace>],
    by_neighbours: &'a [Measure<Agreement>],
    ends: &'a [Measure<RankSpace>],
    rankings: &'a [Measure<RankSpace>],
}

/// Those that are written.
const COLUMNS: RankColumns<'static> =
    RankColumns { values: &VALUES, by_neighbours: &BY_NEIGHBOURS, ends: &ENDS, rankings: &RANKINGS };

impl RankColumns<'_> {
    /// The heads for some numbers of neighbours.
    fn heads(&self, ks: &[usize]) -> Vec<String> {
        let ends_of = |name: &str| ["low", "high"].map(|end| format!("{name}_{end}"));
        let by_neighbours: Vec<String> =
            self.by_neighbours.iter().flat_map(|measure| ks.iter().map(move |&k| cutoff::at(measure.metric.name, k))).collect();
        [
            vec!["rank".to_string()],
            self.values.iter().map(|measure| measure.metric.name.to_string()).collect(),
            by_neighbours.clone(),
            by_neighbours.iter().flat_map(|name| ends_of(name)).collect(),
            self.ends.iter().flat_map(|measure| ends_of(measure.metric.name)).collect(),
            measure_heads(self.rankings),
        ]
        .concat()
    }

    /// The cells of a rank under these.
    fn cells(&self, space: &RankSpace) -> Vec<String> {
        let by_neighbours: Vec<(&Measure<Agreement>, &Agreement)> =
            self.by_neighbours.iter().flat_map(|measure| space.agreement.iter().map(move |of| (measure, of))).collect();
        [
            vec![space.rank.name().to_string()],
            self.values.iter().map(|measure| value_cell(measure, space)).collect(),
            by_neighbours.iter().map(|&(measure, of)| value_cell(measure, of)).collect(),
            by_neighbours.iter().flat_map(|&(measure, of)| end_cells(measure, of)).collect(),
            self.ends.iter().flat_map(|measure| end_cells(measure, space)).collect(),
            measure_cells(self.rankings, space),
        ]
        .concat()
    }
}

pub(super) fn ranks_csv(latent: &Latent) -> std::io::Result<String> {
    csv_of(&COLUMNS.heads(&latent.options.ks), latent.ranks.iter().map(|space| COLUMNS.cells(space)))
}

pub(super) fn taxa_csv(latent: &Latent) -> std::io::Result<String> {
    csv_of(
        &["taxon", "name", "n", "tightness", "silhouette", "nearest", "meet", "meet_rank"],
        latent.taxa.iter().map(|row| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                row.taxon.clone(),
                row.name.clone(),
                row.n.to_string(),
                row.tightness.to_string(),
                row.silhouette.to_string(),
                text(&row.nearest),
                text(&row.meet),
                text(&row.meet_rank),
            ]
        }),
    )
}

pub(super) fn map_csv(embeddings: &Embeddings, latent: &Latent) -> std::io::Result<String> {
    let mut header = vec!["name".to_string(), "taxon".to_string()];
    header.extend(latent.maps.iter().flat_map(|map| [format!("{}_x", map.kind), format!("{}_y", map.kind)]));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    csv_of(
        &header,
        (0..embeddings.len()).map(|row| {
            let taxon = embeddings.taxa[row].map(|taxon| embeddings.taxonomy.identity(taxon)).unwrap_or_default();
            let mut cells = vec![embeddings.names[row].clone(), taxon];
            cells.extend(latent.maps.iter().flat_map(|map| map.points[row].map(|value| value.to_string())));
            cells
        }),
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::latent::{LatentOptions, measure};
    use crate::taxonomy::Taxonomy;
    use std::collections::BTreeMap;
    use std::path::Path;

    /// Six photographs of three species.
    fn latent() -> Latent {
        let table = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv")).unwrap();
        let species = ["Felis catus", "Felis catus", "Felis silvestris", "Felis silvestris", "Vulpes vulpes", "Vulpes vulpes"];
        let embeddings = Embeddings {
            values: vec![1.0, 0.0, 0.96, 0.28, 0.8, 0.6, 0.28, 0.96, -0.28, 0.96, -0.6, 0.8],
            width: 2,
            names: (1..=species.len()).map(|number| format!("{number}.jpg")).collect(),
            taxa: species.iter().map(|name| taxonomy.resolve(name).taxon()).collect(),
            observations: vec![String::new(); species.len()],
            taxonomy,
            labels: None,
            notes: vec![],
        };
        measure(&embeddings, &LatentOptions { ks: vec![1, 3], map: false, permutations: 9, ..LatentOptions::default() })
    }

    /// The heads in order, and the cells of a rank by these.
    fn row(columns: &RankColumns<'_>, latent: &Latent) -> (Vec<String>, BTreeMap<String, String>) {
        let (heads, cells) = (columns.heads(&latent.options.ks), columns.cells(&latent.ranks[1]));
        assert_eq!(heads.len(), cells.len());
        (heads.clone(), heads.into_iter().zip(cells).collect())
    }

    #[test]
    fn metrics_that_change_places_take_their_values_and_intervals_with_them() {
        let latent = latent();
        let (heads, cells) = row(&COLUMNS, &latent);
        assert_eq!(heads[..5], ["rank", "n", "taxa", "chance", "silhouette_cosine"]);
        let behind = ["agreement_1", "agreement_3", "agreement_1_low", "agreement_1_high", "agreement_3_low", "agreement_3_high"];
        assert_eq!(heads[25..31], behind);
        let last = ["silhouette_cosine_low", "silhouette_cosine_high", "ranking_n", "r_precision", "r_precision_low"];
        assert_eq!(heads[31..36], last);
        let (mut values, mut rankings) = (VALUES, RANKINGS);
        values.swap(0, 3);
        values.swap(7, 23);
        rankings.swap(1, 2);
        let swapped = RankColumns { values: &values, rankings: &rankings, ..COLUMNS };
        let (other_heads, other_cells) = row(&swapped, &latent);
        assert_eq!(other_heads[..4], ["rank", "silhouette_cosine", "taxa", "chance"]);
        assert_eq!(other_heads[34], "map_at_r");
        assert_eq!(cells, other_cells);
        assert_eq!((cells["rank"].as_str(), cells["n"].as_str(), cells["taxa"].as_str()), ("genus", "6", "2"));
        assert!(!cells["r2"].is_empty() && cells["r2"] == latent.ranks[1].variance.r2.unwrap().to_string());
    }
}
