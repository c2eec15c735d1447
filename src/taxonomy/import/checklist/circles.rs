//! Circles of parents, which no tree has.

use super::{Checklist, State};
use crate::numbers::place::Place;
use crate::taxonomy::import::finding::FindingKind;

/// How many taxa of a circle of parents are named.
const CIRCLE_SHOWN: usize = 8;

impl Checklist {
    /// Leaves out the taxa that lie on a circle of parents; what hangs on one goes under the root.
    pub(super) fn leave_out_circles(&mut self) {
        let count = self.count();
        let mut walks = vec![0_u32; count as usize];
        for start in 0..count {
            if let Some(circle) = self.circle_above(start, &mut walks) {
                self.leave_out_circle(&circle);
            }
        }
        for entry in 0..count {
            if let Some(parent) = self.parent(entry)
                && self.states[parent as usize] == State::LeftOut
            {
                self.states[entry as usize] = State::Taxon(Place::NONE);
                self.note(
                    FindingKind::ParentMissing,
                    entry,
                    format!("parent '{}', in a circle", self.name(parent)),
                    String::new(),
                );
            }
        }
    }

    /// The circle that a walk up from an entry ends in, where no walk was there before. `walks` says of every entry which
    /// walk came to it first, from 1; 0 where none did.
    fn circle_above(&self, start: u32, walks: &mut [u32]) -> Option<Vec<u32>> {
        let walk = start + 1;
        let mut entry = start;
        while walks[entry as usize] == 0 {
            walks[entry as usize] = walk;
            entry = self.parent(entry)?;
        }
        if walks[entry as usize] != walk {
            return None;
        }
        // The walk came back to itself at `entry`.
        let mut circle = vec![entry];
        let mut step = self.parent(entry)?;
        while step != entry {
            circle.push(step);
            step = self.parent(step)?;
        }
        Some(circle)
    }

    fn leave_out_circle(&mut self, circle: &[u32]) {
        let mut names: Vec<String> = circle.iter().take(CIRCLE_SHOWN).map(|&member| format!("'{}'", self.name(member))).collect();
        if circle.len() > CIRCLE_SHOWN {
            names.push(format!("… ({} taxa)", circle.len()));
        }
        for &member in circle {
            self.states[member as usize] = State::LeftOut;
            self.note(FindingKind::InCycle, member, names.join(" → "), String::new());
        }
    }
}
