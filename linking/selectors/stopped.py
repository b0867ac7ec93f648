"""Links that have stopped, and return what is under way."""

from .graph import links

STOPPED = ("suspended", "terminated")


def returning(edge_ids, at) -> set:
    """Names of those edges that have stopped by `at` and return what has not left."""
    wanted = set(edge_ids)
    if not wanted:
        return wanted
    graph = links().graph
    return {
        edge.edge_id
        for edge in graph.edges
        if edge.edge_id in wanted
        and edge.suspension.in_flight == "return"
        and graph.present(edge, at).state in STOPPED
    }
