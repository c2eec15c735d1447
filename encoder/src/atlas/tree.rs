//! The imaginary tree of life: seven ranks, uneven, with gaps and one homonym.

use super::names::{Life, Names};
use nearmiss::taxonomy::rank::Rank;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Taxa of every level, 0 the kingdoms to 6 the species.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Parent of each taxon, by level; the kingdoms have 0.
    parents: Vec<Vec<usize>>,
    /// Names by level; species have both words.
    names: Vec<Vec<String>>,
    /// Families whose order is not known.
    without_order: Vec<bool>,
    /// Genera whose family is not known.
    without_family: Vec<bool>,
}

impl Tree {
    /// Grows a tree with so many species, at least six.
    #[must_use]
    pub fn grow(species: usize, random: &mut ChaCha8Rng) -> Tree {
        let wanted = [3, species / 30, species / 20, species / 12, species * 2 / 13, species / 3, species];
        let mut counts: Vec<usize> = vec![];
        for wanted in wanted {
            let above = counts.last().copied().unwrap_or(3);
            counts.push(wanted.max(above).min(species));
        }
        let mut parents = vec![vec![0; counts[0]]];
        for level in 1..7 {
            let above = counts[level - 1];
            let mut children = vec![1_usize; above];
            for child in above..counts[level] {
                // The smaller of two, so that no clade swallows the tree; a fourth phylum is of animals.
                let (one, other) = (random.random_range(0..above), random.random_range(0..above));
                let smaller = if children[other] < children[one] { other } else { one };
                children[if level == 1 && child == above { above - 1 } else { smaller }] += 1;
            }
            let of_level = children.iter().enumerate().flat_map(|(parent, &count)| std::iter::repeat_n(parent, count));
            let of_level: Vec<usize> = of_level.collect();
            parents.push(of_level);
        }
        let mut tree = Tree { parents, names: vec![], without_order: vec![], without_family: vec![] };
        let mut names = Names::default();
        for (level, &count) in counts.iter().enumerate().take(6) {
            let of_level = (0..count).map(|taxon| names.taxon(tree.life(level, taxon), level, random)).collect();
            tree.names.push(of_level);
        }
        // One homonym: the first genus of the first kingdom is called as the last one of the last.
        let first = tree.names[5][0].clone();
        if let Some(last) = tree.names[5].last_mut() {
            *last = first;
        }
        let species = (0..counts[6]).map(|taxon| format!("{} {}", tree.names[5][tree.parents[6][taxon]], names.epithet(random)));
        let species = species.collect();
        tree.names.push(species);
        tree.without_order = (0..counts[4]).map(|family| family % 7 == 3).collect();
        tree.without_family = (0..counts[5]).map(|genus| genus % 11 == 5).collect();
        tree
    }

    /// Number of taxa of a level.
    #[must_use]
    pub fn count(&self, level: usize) -> usize {
        self.parents[level].len()
    }

    /// The ancestor of a taxon at a level above, or itself.
    #[must_use]
    pub fn ancestor(&self, level: usize, taxon: usize, above: usize) -> usize {
        (above + 1..=level).rev().fold(taxon, |taxon, level| self.parents[level][taxon])
    }

    /// The kind of life of a taxon.
    #[must_use]
    pub fn life(&self, level: usize, taxon: usize) -> Life {
        Life::of_kingdom(self.ancestor(level, taxon, 0))
    }

    /// The place of a species' phylum among those of its kingdom.
    #[must_use]
    pub fn phylum_in_kingdom(&self, species: usize) -> usize {
        let phylum = self.ancestor(6, species, 1);
        let kingdom = self.parents[1][phylum];
        self.parents[1][..phylum].iter().filter(|&&parent| parent == kingdom).count()
    }

    /// The species' names from the kingdom down; blank where a rank is not known.
    #[must_use]
    pub fn lineage(&self, species: usize) -> [&str; 7] {
        let mut names = [""; 7];
        for (level, name) in names.iter_mut().enumerate() {
            let taxon = self.ancestor(6, species, level);
            let unknown = match level {
                3 => self.without_order[self.ancestor(6, species, 4)],
                4 => self.without_family[self.ancestor(6, species, 5)],
                _ => false,
            };
            if !unknown {
                *name = &self.names[level][taxon];
            }
        }
        names
    }

    /// The species and what they belong to, as a rank table.
    #[must_use]
    pub fn table(&self) -> String {
        let header = Rank::MAIN.map(Rank::name).join(",");
        let row = |species: usize| format!("A{species:04},{}\n", self.lineage(species).join(","));
        format!("id,{header}\n{}", (0..self.count(6)).map(row).collect::<Vec<_>>().concat())
    }
}
