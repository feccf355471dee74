"""Placing points on a line: keep minimal distances, and make the weighted distances of linked points least.

Layers and x coordinates of a layered drawing are both this problem (Gansner, Koutsofios, North & Vo, A technique
for drawing directed graphs, IEEE Transactions on Software Engineering 19, 1993, sections 2 and 4). It is a
linear programme whose dual is a flow of least cost; networkx has a network simplex for that.
"""

from collections.abc import Iterable

import networkx as nx

__all__ = ["Gap", "Link", "place"]

Gap = tuple[int, int, int]
"""(u, v, d): v lies at least d > 0 to the right of u."""

Link = tuple[int, int, int]
"""(u, v, w): the distance between u and v costs w > 0 per unit."""


def place(count: int, gaps: Iterable[Gap], links: Iterable[Link]) -> tuple[list[int], list[int]]:
    """Minimise the sum of w times the distance of u and v over the links, keeping the gaps.

    Parameters
    ----------
    count
        Number of points; they are called 0, …, count - 1.
    gaps
        Without cycles, one per pair.
    links
        One per pair; a pair that has a gap must be named in the same direction.

    Returns
    -------
    tuple of two lists, of shape (count,) each
        Two optima: every point as far left as an optimum allows, and as far right as one of the same width
        allows. The cost is convex, so what lies between them is an optimum too.
    """
    flow_problem: nx.DiGraph[int] = nx.DiGraph()
    demand = [0] * count
    flow_problem.add_nodes_from(range(count))
    for u, v, distance in gaps:
        flow_problem.add_edge(u, v, weight=-distance)
    for u, v, weight in links:
        if flow_problem.has_edge(u, v):  # the gap fixes the sign of x[v] - x[u], so the cost is linear
            demand[v] += weight
            demand[u] -= weight
        else:
            flow_problem.add_edge(u, v, weight=0, capacity=weight)
            flow_problem.add_edge(v, u, weight=0, capacity=weight)
    nx.set_node_attributes(flow_problem, dict(enumerate(demand)), "demand")
    _, flow = nx.network_simplex(flow_problem)
    residual = _residual(flow_problem, flow)
    left = _longest_paths(residual)
    back = _longest_paths(residual.reverse())
    width = max(left, default=0)
    return left, [width - distance for distance in back]


def _residual(problem: "nx.DiGraph[int]", flow: dict[int, dict[int, int]]) -> "nx.DiGraph[int]":
    """Say what an optimum must satisfy, by complementary slackness: x[v] - x[u] ≥ -weight for each arc (u, v)."""
    residual: nx.DiGraph[int] = nx.DiGraph()
    residual.add_nodes_from(problem)
    for u, v, arc in problem.edges(data=True):
        amount, weight = flow[u][v], arc["weight"]
        if "capacity" not in arc or amount < arc["capacity"]:
            residual.add_edge(u, v, weight=weight)
        if amount > 0:
            residual.add_edge(v, u, weight=-weight)
    return residual


def _longest_paths(residual: "nx.DiGraph[int]") -> list[int]:
    """Give each point the smallest x ≥ 0 that all constraints allow."""
    origin = -1
    rooted = residual.copy()
    rooted.add_weighted_edges_from((origin, point, 0) for point in residual)
    distances = nx.single_source_bellman_ford_path_length(rooted, origin)
    return [-int(distances[point]) for point in range(len(residual))]
