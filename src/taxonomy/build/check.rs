//! What keeps drafts from being a tree: several parents, circles.

use super::draft::Graph;
use super::problem::Problem;
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::visit::EdgeRef;

/// How many of many taxa a problem names.
const SHOWN: usize = 8;

/// Taxa with several parents.
pub(super) fn several_parents(graph: &Graph) -> Vec<Problem> {
    let mut problems = vec![];
    for node in graph.node_indices() {
        let parents: Vec<_> = graph.edges_directed(node, petgraph::Incoming).collect();
        if parents.len() > 1 {
            let mut named: Vec<_> =
                parents.iter().map(|edge| format!("'{}' ({})", graph[edge.source()].name, edge.weight())).collect();
            named.sort();
            named.truncate(SHOWN);
            let draft = &graph[node];
            problems.push(Problem::SeveralParents {
                place: draft.place.clone(),
                rank: draft.rank,
                name: draft.name.clone(),
                count: parents.len(),
                parents: named.join(", "),
            });
        }
    }
    problems
}

/// Circles of parents.
pub(super) fn cycles(graph: &Graph) -> Vec<Problem> {
    // The usual case, in less memory: an order in which every parent stands before its children.
    if toposort(graph, None).is_ok() {
        return vec![];
    }
    let mut problems = vec![];
    // Tarjan's algorithm there calls itself once per level.
    for component in kosaraju_scc(graph) {
        let itself = component.len() == 1 && graph.find_edge(component[0], component[0]).is_some();
        if component.len() > 1 || itself {
            let mut members: Vec<_> = component.iter().map(|&node| &graph[node]).collect();
            members.sort_by(|a, b| a.place.cmp(&b.place));
            let mut names: Vec<_> = members.iter().take(SHOWN).map(|draft| format!("'{}'", draft.name)).collect();
            if members.len() > SHOWN {
                names.push(format!("… ({} taxa)", members.len()));
            }
            problems.push(Problem::Cycle { place: members[0].place.clone(), names: names.join(" → ") });
        }
    }
    problems
}
