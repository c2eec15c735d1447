//! The cheapest way to give each row a column of its own.

/// The least sum of costs with which every row of a square table is given a column of its own.
///
/// Rows are taken in one by one; each finds the cheapest path of changes through the columns that are taken, in O(n³) for `n`
/// rows. Only the sum is told: where several assignments cost the same, none of them is better.
///
/// # Source
///
/// Kuhn 1955 (the Hungarian method); Jonker & Volgenant 1987, for the shortest paths.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::assignment::least_cost;
///
/// // The cheapest cell of the first row is not the cheapest for both.
/// assert_eq!(least_cost(2, &|row, column| [[0, 1], [0, 5]][row][column]), 1);
/// ```
#[must_use]
pub fn least_cost(size: usize, cost: &dyn Fn(usize, usize) -> u32) -> u64 {
    let mut assigned = Assigned::empty(size);
    for row in 1..=size {
        assigned.take_in(row, cost);
    }
    (1..=size).map(|column| u64::from(cost(assigned.row_of[column] - 1, column - 1))).sum()
}

/// Rows that have a column so far. Rows and columns are counted from 1; 0 is no row, and the column at which a row begins.
struct Assigned {
    /// What the rows and the columns take off the costs: no cell is left with less than 0, and those assigned with 0.
    of_rows: Vec<i64>,
    of_columns: Vec<i64>,
    /// The row of each column.
    row_of: Vec<usize>,
}

impl Assigned {
    fn empty(size: usize) -> Assigned {
        Assigned { of_rows: vec![0; size + 1], of_columns: vec![0; size + 1], row_of: vec![0; size + 1] }
    }

    /// Gives one more row a column, and others other ones where that is cheaper.
    fn take_in(&mut self, row: usize, cost: &dyn Fn(usize, usize) -> u32) {
        let columns = self.row_of.len();
        let mut nearest = vec![i64::MAX; columns];
        let mut before = vec![0; columns];
        let mut is_reached = vec![false; columns];
        self.row_of[0] = row;
        let mut at = 0;
        while self.row_of[at] != 0 {
            is_reached[at] = true;
            let (of, mut step, mut next) = (self.row_of[at], i64::MAX, 0);
            for column in 1..columns {
                if is_reached[column] {
                    continue;
                }
                let left = i64::from(cost(of - 1, column - 1)) - self.of_rows[of] - self.of_columns[column];
                if left < nearest[column] {
                    (nearest[column], before[column]) = (left, at);
                }
                if nearest[column] < step {
                    (step, next) = (nearest[column], column);
                }
            }
            for column in 0..columns {
                if is_reached[column] {
                    self.of_rows[self.row_of[column]] += step;
                    self.of_columns[column] -= step;
                } else if nearest[column] < i64::MAX {
                    nearest[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            self.row_of[at] = self.row_of[before[at]];
            at = before[at];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// The least sum over all orders of the columns.
    fn naive(costs: &[Vec<u32>], row: usize, is_taken: &mut [bool]) -> u64 {
        if row == costs.len() {
            return 0;
        }
        let mut least = u64::MAX;
        for column in 0..costs.len() {
            if !is_taken[column] {
                is_taken[column] = true;
                least = least.min(u64::from(costs[row][column]) + naive(costs, row + 1, is_taken));
                is_taken[column] = false;
            }
        }
        least
    }

    #[test]
    fn the_cheapest_assignment_is_the_best_of_all_orders() {
        // By hand: 2 + 3 + 1, of 1, 5, 9; 2, 3, 8; 4, 3, 1 taken anyhow: 1 + 3 + 1 = 5 on the diagonal.
        let costs = [[1, 5, 9], [2, 3, 8], [4, 3, 1]];
        assert_eq!(least_cost(3, &|row, column| costs[row][column]), 5);
        assert_eq!(least_cost(0, &|_, _| 0), 0);
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for size in (1..=6).cycle().take(300) {
            let costs: Vec<Vec<u32>> = (0..size).map(|_| (0..size).map(|_| random.random_range(0..8)).collect()).collect();
            let expected = naive(&costs, 0, &mut vec![false; size]);
            assert_eq!(least_cost(size, &|row, column| costs[row][column]), expected, "{costs:?}");
        }
    }
}
