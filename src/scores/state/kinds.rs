//! Kinds of images, each with its number.

use super::listing::Listing;
use super::traits::Traits;
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hash};

/// Things that are met again and again, each kept once.
#[derive(Debug, Clone)]
struct Known<T> {
    all: Vec<T>,
    /// Places in `all`, by what is there.
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T: Clone + Eq + Hash> Known<T> {
    fn new() -> Self {
        Self { all: vec![], places: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    fn place(&mut self, of: &T) -> u32 {
        let Self { all, places, hasher } = self;
        let is_it = |place: &u32| all[*place as usize] == *of;
        let place = u32::try_from(all.len()).unwrap_or(u32::MAX);
        match places.entry(hasher.hash_one(of), is_it, |place| hasher.hash_one(&all[*place as usize])) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => {
                vacant.insert(place);
                all.push(of.clone());
                place
            }
        }
    }
}

/// The truth of a kind and the places of its answers and traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    truth: u32,
    listing: u32,
    traits: u32,
}

/// Kinds of images, each with its number: truth, answers and traits.
///
/// Takes some 40 bytes for a kind, and as much again while kinds are being added.
#[derive(Debug, Clone)]
pub struct Kinds {
    listings: Known<Listing>,
    traits: Known<Traits>,
    /// In order, each kind once.
    counted: Vec<(Kind, u64)>,
    /// Still to be counted.
    pending: Vec<(Kind, u64)>,
}

impl Default for Kinds {
    fn default() -> Self {
        Self { listings: Known::new(), traits: Known::new(), counted: vec![], pending: vec![] }
    }
}

/// Kinds that wait to be counted, at least.
const PENDING: usize = 1 << 18;

impl Kinds {
    /// Adds so many images of a kind.
    pub fn add(&mut self, truth: u32, listing: &Listing, traits: &Traits, times: u64) {
        let kind = Kind { truth, listing: self.listings.place(listing), traits: self.traits.place(traits) };
        self.push(kind, times);
    }

    fn push(&mut self, kind: Kind, times: u64) {
        self.pending.push((kind, times));
        if self.pending.len() >= PENDING.max(self.counted.len() / 2) {
            self.count();
        }
    }

    /// Adds the kinds of other images.
    pub fn merge(&mut self, other: &Kinds) {
        let listings: Vec<u32> = other.listings.all.iter().map(|listing| self.listings.place(listing)).collect();
        let traits: Vec<u32> = other.traits.all.iter().map(|traits| self.traits.place(traits)).collect();
        for (kind, times) in other.counted.iter().chain(&other.pending) {
            let (listing, traits) = (listings[kind.listing as usize], traits[kind.traits as usize]);
            self.push(Kind { truth: kind.truth, listing, traits }, *times);
        }
    }

    /// Counts what waits to be counted: each kind is there once then.
    pub fn count(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        pending.sort_unstable();
        let counted = std::mem::take(&mut self.counted);
        let mut all: Vec<(Kind, u64)> = Vec::with_capacity(counted.len() + pending.len() / 2);
        let mut put = |(kind, times): (Kind, u64)| match all.last_mut() {
            Some(last) if last.0 == kind => last.1 += times,
            _ => all.push((kind, times)),
        };
        let mut new = pending.into_iter().peekable();
        for old in counted {
            while let Some(before) = new.next_if(|(kind, _)| *kind < old.0) {
                put(before);
            }
            put(old);
        }
        new.for_each(put);
        all.shrink_to_fit();
        self.counted = all;
    }

    /// All kinds in one order, whatever the order in which they came: by truth, answers and traits.
    #[must_use]
    pub fn in_order(mut self) -> OrderedKinds {
        self.count();
        let listings = ranks(&self.listings.all);
        let traits = ranks(&self.traits.all);
        self.counted
            .sort_unstable_by_key(|(kind, _)| (kind.truth, listings[kind.listing as usize], traits[kind.traits as usize]));
        OrderedKinds { listings: self.listings.all, traits: self.traits.all, kinds: self.counted }
    }

    /// How many kinds there are, once they are [counted](Kinds::count); at most so many before.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counted.len() + self.pending.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The place of each of some things in their order.
fn ranks<T: Ord>(all: &[T]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_unstable_by(|a, b| all[*a].cmp(&all[*b]));
    let mut ranks = vec![0_u32; all.len()];
    order.into_iter().zip(0..).for_each(|(place, rank)| ranks[place] = rank);
    ranks
}

/// Kinds of images in their order, each with its number.
#[derive(Debug)]
pub struct OrderedKinds {
    listings: Vec<Listing>,
    traits: Vec<Traits>,
    kinds: Vec<(Kind, u64)>,
}

impl OrderedKinds {
    /// Number of kinds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Truth, answers, traits and number of one kind after the other, from a place on.
    pub fn from(&self, place: usize) -> impl Iterator<Item = (u32, &Listing, &Traits, u64)> {
        self.kinds[place..]
            .iter()
            .map(|(kind, times)| (kind.truth, &self.listings[kind.listing as usize], &self.traits[kind.traits as usize], *times))
    }
}
