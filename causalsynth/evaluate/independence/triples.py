"""Which triples (X, Y, Z) to test: independencies that the graph implies, and its arcs."""

from collections.abc import Collection, Sequence

from causalsynth.graph import Dag, Independence
from causalsynth.scm.noise import stream

__all__ = ["arc_triples", "null_triples", "sampled"]

_MOST_GIVEN = 3


def null_triples(
    graph: Dag,
    *,
    held: frozenset[str] = frozenset(),
    silent: frozenset[str] = frozenset(),
    deterministic: Collection[str] = (),
    most: int | None = None,
    seed: int = 0,
) -> list[Independence]:
    """List triples with X ⟂ Y | Z in every distribution of the graph.

    A minimal separator of each pair that no arc joins, of up to 3 variables, and the local Markov property: each
    variable and each of its non-descendants given its parents, up to 4. All independencies of the graph follow from
    the latter; the former are those that small tables test best.

    Parameters
    ----------
    graph
        Mutilated, if an intervention is in force.
    held
        Variables that the intervention holds constant. They are nobody's X or Y, and are taken out of Z,
        where a constant changes nothing.
    silent
        Variables that no text states. They are in no triple.
    deterministic
        Variables that are functions of their parents. What they determine is left out, as it holds of any data, and
        what only they make independent is added (D-separation, see `Dag.implied_independencies`).
    most
        Draw so many of them by `seed` if there are more.

    Returns
    -------
    list of (x, y, z)
        Sorted, without duplicates.
    """
    triples = sorted(
        {
            (x, y, tuple(name for name in given if name not in held))
            for x, y, given in graph.implied_independencies(deterministic=deterministic)
            if not {x, y} & held and not {x, y, *given} & (silent - held)
        }
    )
    return sampled(triples, most, seed)


def sampled(triples: Sequence[Independence], most: int | None, seed: int) -> list[Independence]:
    """Draw `most` triples by `seed` if there are more of them; in order."""
    if most is None or len(triples) <= most:
        return list(triples)
    return sorted(stream(seed, "null triples").sample(triples, most))


def arc_triples(
    graph: Dag, *, held: frozenset[str] = frozenset(), silent: frozenset[str] = frozenset(), seed: int = 0
) -> list[Independence]:
    """List triples whose X and Y are joined by an arc, so that no Z makes them independent.

    For each arc one random subset of the endpoints' neighbours of each size from 0 to 3, drawn by `seed`
    and the arc's own name; `held` and `silent` variables are in none. A deterministic mechanism can make such
    a pair independent all the same: leave out, by the data, pairs of which one is constant in every stratum.
    """
    triples: list[Independence] = []
    barred = held | silent
    for cause, effect in graph.edges:
        if {cause, effect} & barred:
            continue
        near = {
            *graph.parents(cause),
            *graph.children(cause),
            *graph.parents(effect),
            *graph.children(effect),
        }
        neighbours = sorted(near - {cause, effect} - barred)
        rng = stream(seed, f"arc {cause} -> {effect}")
        for size in range(min(_MOST_GIVEN, len(neighbours)) + 1):
            triples.append((cause, effect, tuple(sorted(rng.sample(neighbours, size)))))
    return triples
