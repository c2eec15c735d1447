//! Texts that begin alike, as one tree of tokens.
//!
//! In a causal tower what a token becomes depends on the tokens before it alone. Texts that begin with
//! the same tokens therefore share all that the tower makes of them, exactly, and each shared token need
//! be computed only once. Names of a taxonomy written with their lineage share most of their tokens.

use std::ops::Range;

/// Texts as a trie of tokens, in the order of a walk that goes down before it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenTrie {
    /// Token id of each node.
    pub tokens: Vec<i64>,
    /// Place of each node in its texts, from 0.
    pub places: Vec<usize>,
    /// Stretches of the walk, each going down from node to node: what a text adds to those before it.
    pub stretches: Vec<Stretch>,
    /// The node that each text ends with, in the order of the texts.
    pub ends: Vec<usize>,
}

/// Nodes that lie one below the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The nodes above, from the top down.
    pub above: Vec<usize>,
    /// The nodes, from the top down.
    pub nodes: Range<usize>,
}

impl TokenTrie {
    /// The trie of texts, which may come in any order and more than once; none may be empty.
    #[must_use]
    pub fn of(texts: &[&[i64]]) -> TokenTrie {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&index| texts[index]);
        let mut trie = TokenTrie { ends: vec![0; texts.len()], ..TokenTrie::default() };
        // The nodes of the text before, from the top down.
        let mut path: Vec<usize> = vec![];
        let mut before: &[i64] = &[];
        for index in order {
            let text = texts[index];
            let shared = shared(before, text);
            path.truncate(shared);
            let first = trie.tokens.len();
            if shared < text.len() {
                let nodes = first..first + text.len() - shared;
                trie.tokens.extend(&text[shared..]);
                trie.places.extend(shared..text.len());
                trie.stretches.push(Stretch { above: path.clone(), nodes: nodes.clone() });
                path.extend(nodes);
            }
            // In sorted order a text that begins another one comes first, so its end is on the path.
            trie.ends[index] = path.last().copied().unwrap_or(0);
            before = text;
        }
        trie
    }

    /// How many nodes there are.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.tokens.len()
    }
}

/// How many tokens two texts begin with in common.
fn shared(a: &[i64], b: &[i64]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Texts cut into blocks of at most `most` nodes (but at least one text each), in sorted order for texts
/// that begin alike to come together: indices of the texts of each block.
#[must_use]
pub fn blocks(texts: &[&[i64]], most: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&index| (texts[index], index));
    let mut blocks: Vec<Vec<usize>> = vec![];
    let (mut nodes, mut before): (usize, &[i64]) = (0, &[]);
    for index in order {
        let text = texts[index];
        let added = text.len() - shared(before, text);
        match blocks.last_mut() {
            Some(block) if nodes + added <= most => {
                block.push(index);
                nodes += added;
            }
            _ => {
                blocks.push(vec![index]);
                nodes = text.len();
            }
        }
        before = text;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_share_the_nodes_they_begin_with() {
        // In sorted order: 1 2 (text 1), 1 2 3 4 (text 0), 1 2 5 (texts 2 and 3), 1 6 (text 4).
        let texts: [&[i64]; 5] = [&[1, 2, 3, 4], &[1, 2], &[1, 2, 5], &[1, 2, 5], &[1, 6]];
        let trie = TokenTrie::of(&texts);
        assert_eq!(trie.tokens, [1, 2, 3, 4, 5, 6], "six nodes for 14 tokens");
        assert_eq!(trie.places, [0, 1, 2, 3, 2, 1]);
        let stretch = |above: &[usize], nodes: Range<usize>| Stretch { above: above.to_vec(), nodes };
        assert_eq!(trie.stretches, [stretch(&[], 0..2), stretch(&[0, 1], 2..4), stretch(&[0, 1], 4..5), stretch(&[0], 5..6)]);
        assert_eq!(trie.ends, [3, 1, 4, 4, 5]);
    }

    #[test]
    fn blocks_hold_every_text_once_and_no_more_nodes_than_they_may() {
        let texts: [&[i64]; 5] = [&[1, 2, 3, 4], &[1, 2], &[1, 2, 5], &[1, 2, 5], &[1, 6]];
        // 1 2 and 1 2 3 4 are four nodes; 1 2 5 would be the fifth, begins anew with three, and 1 6 adds one.
        assert_eq!(blocks(&texts, 4), [vec![1, 0], vec![2, 3, 4]]);
        assert_eq!(blocks(&texts, 6), [vec![1, 0, 2, 3, 4]]);
        assert_eq!(blocks(&texts, 1), [[1], [0], [2], [3], [4]]);
        assert_eq!(blocks(&[], 4), Vec::<Vec<usize>>::new());
    }
}
