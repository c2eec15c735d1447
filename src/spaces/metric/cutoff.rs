//! Names that end with a number of neighbours or of documents: `agreement_k`, `ndcg@k`.

/// The name with a number in place of its k.
pub(crate) fn at(name: &str, k: usize) -> String {
    format!("{}{k}", name.strip_suffix('k').unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_k() {
        assert_eq!([at("agreement_k", 10), at("ndcg@k", 3), at("pos_top_k", 1)], ["agreement_10", "ndcg@3", "pos_top_1"]);
    }
}
