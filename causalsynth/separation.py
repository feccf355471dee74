"""D-separation on numbered variables: Bayes ball, minimal separators, and what a function makes redundant.

Variables are 0, 1, 2, …; a set of them is a Python int whose bit i stands for variable i, so that union,
intersection and difference of sets are single operations. Names, errors and the public face are in
`causalsynth.graph`.

Some variables may be functions of their parents (a logical OR, a sum, a constant). The closure Z* of a set Z adds
every function whose parents are in the closure. D-separation, with a capital D (Geiger, Verma & Pearl, Identifying
independence in Bayesian networks, Networks 20, 1990), calls a trail between x and y open if each collider on it is in
Z or has a descendant in Z, and no other variable on it is in Z*. That is d-separation given Z* for x and y outside Z*:
a collider in Z* but not in Z has all its parents in Z*, and its neighbours on the trail are parents, so that the trail
is blocked beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["Arcs", "Functions", "d_connected", "members", "minimal_separator", "separators"]


def members(bits: int) -> Iterator[int]:
    """Give the numbers in a set, smallest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@dataclass(frozen=True, slots=True)
class Arcs:
    """A DAG as four sets a variable; ancestors and descendants include the variable itself."""

    parents: tuple[int, ...]
    children: tuple[int, ...]
    ancestors: tuple[int, ...]
    descendants: tuple[int, ...]

    @classmethod
    def from_parents(cls, parents: Sequence[Sequence[int]], order: Sequence[int]) -> "Arcs":
        """Take the parents of each variable; `order` lists all variables, parents before children."""
        children = [0] * len(parents)
        ancestors = [1 << variable for variable in range(len(parents))]
        descendants = ancestors.copy()
        for variable in order:
            for parent in parents[variable]:
                children[parent] |= 1 << variable
                ancestors[variable] |= ancestors[parent]
        for variable in reversed(order):
            for parent in parents[variable]:
                descendants[parent] |= descendants[variable]
        own = tuple(sum(1 << parent for parent in of_variable) for of_variable in parents)
        return cls(own, tuple(children), tuple(ancestors), tuple(descendants))


def d_connected(arcs: Arcs, start: int, given: int) -> int:
    """Find all variables outside `given` to which some trail from `start` is open, with `start` itself.

    Bayes ball (Shachter, Bayes-Ball, UAI 1998): a ball that comes from a child goes on to all neighbours unless
    the variable is given; one that comes from a parent goes on to children, or bounces back to the parents if the
    variable is given. Each variable is left at most once for each way of coming to it.
    """
    from_child, from_parent = start, 0
    seen_from_child = seen_from_parent = 0
    while from_child or from_parent:
        if from_child:
            ball = from_child & -from_child
            variable = ball.bit_length() - 1
            seen_from_child |= ball
            if not ball & given:
                from_child |= arcs.parents[variable]
                from_parent |= arcs.children[variable]
        else:
            ball = from_parent & -from_parent
            variable = ball.bit_length() - 1
            seen_from_parent |= ball
            if ball & given:
                from_child |= arcs.parents[variable]
            else:
                from_parent |= arcs.children[variable]
        from_child &= ~seen_from_child
        from_parent &= ~seen_from_parent
    return (seen_from_child | seen_from_parent) & ~given


def minimal_separator(arcs: Arcs, x: int, y: int) -> int | None:
    """Find a d-separator of two variables of which no member can be spared; None if an arc joins them.

    In the moral graph of the ancestors of x and y, the neighbours of x separate, and of those the ones that y
    reaches without passing another are enough (van der Zander & Liskiewicz, Finding minimal d-separators in
    linear time, UAI 2020, with nothing forced in or barred). Which of several separators that is depends on the
    order of x and y.
    """
    if (arcs.parents[x] | arcs.children[x]) >> y & 1:
        return None
    parents, children = arcs.parents, arcs.children
    ancestral = arcs.ancestors[x] | arcs.ancestors[y]
    blanket = parents[x] | (children[x] & ancestral)
    for child in members(children[x] & ancestral):
        blanket |= parents[child]
    blanket &= ~(1 << x)
    reached = climbed = 0
    seen = frontier = 1 << y
    while frontier and reached != blanket:
        lowest = frontier & -frontier
        variable = lowest.bit_length() - 1
        below = children[variable] & ancestral
        near = parents[variable] | below
        # Other parents of a common child are neighbours. Only a child that stops the walk needs it said here.
        for child in members(below & blanket & ~climbed):
            near |= parents[child]
        climbed |= below & blanket
        reached |= near & blanket
        near &= ~(blanket | seen)
        seen |= near
        frontier = (frontier ^ lowest) | near
    return reached


@dataclass(frozen=True, slots=True)
class Functions:
    """The variables that are functions of their parents, `functional`; one without parents is constant."""

    arcs: Arcs
    functional: int
    constant: int = field(init=False)
    """What is determined by nothing at all."""

    def __post_init__(self) -> None:
        roots = sum(1 << variable for variable in members(self.functional) if not self.arcs.parents[variable])
        object.__setattr__(self, "constant", 0)
        object.__setattr__(self, "constant", self.determined(roots))

    def determined(self, given: int) -> int:
        """Close `given` under the functions: Z* of Z."""
        closed = given | self.constant
        # A function that isn't constant has a parent that isn't, so that walking on from `given` finds it.
        fresh = given if self.functional else 0
        while fresh:
            lowest = fresh & -fresh
            fresh ^= lowest
            for child in members(self.arcs.children[lowest.bit_length() - 1] & self.functional & ~closed):
                if not self.arcs.parents[child] & ~closed:
                    closed |= 1 << child
                    fresh |= 1 << child
        return closed

    def core(self, given: int) -> int:
        """Leave out the members that the others determine; what is left has the same closure."""
        closed = self.determined(given)
        return given & ~sum(1 << v for v in members(given & self.functional) if not self.arcs.parents[v] & ~closed)

    def unfold(self, given: int, barred: int) -> Iterator[int]:
        """Replace one function after another by its parents, unless one of them is `barred`.

        Each set that results determines the ones before it. Descendants go before their ancestors.
        """
        parents, descendants = self.arcs.parents, self.arcs.descendants
        while ready := sum(1 << v for v in members(given & self.functional) if not parents[v] & barred):
            last = next(v for v in members(ready) if descendants[v] & ready == 1 << v)
            given = self.core((given & ~(1 << last)) | parents[last])
            yield given

    def separates(self, given: int, x: int, y: int) -> bool:
        """Tell whether `given` D-separates two variables or determines one of them."""
        return not d_connected(self.arcs, 1 << x, self.determined(given)) >> y & 1


def separators(functions: Functions, x: int, y: int, *, max_given: int, max_parents: int) -> list[int]:
    """List sets that separate x from y: a minimal one, and the parents of either if the other is no descendant.

    Of such a set only the core is listed, and none that determines x or y, given which independence says nothing.
    Where a set has functions in it, it is unfolded too, as long as it has no more than ``max(max_given,
    max_parents)`` members. What d-separates without regard to functions is in the list already in some form; the rest
    is listed without the members that can be spared.

    Returns
    -------
    list of int
        Without duplicates. Empty if an arc joins x and y.
    """
    smallest = minimal_separator(functions.arcs, x, y)
    if smallest is None:
        return []
    candidates = [(smallest, max_given)]
    for one, other in ((x, y), (y, x)):
        if not functions.arcs.descendants[one] >> other & 1:
            candidates.append((functions.arcs.parents[one], max_parents))
    ends = 1 << x | 1 << y
    found: dict[int, None] = {}
    for candidate, most in candidates:
        core = functions.core(candidate) if functions.functional else candidate
        if functions.determined(core) & ends:
            continue
        if core.bit_count() <= most:
            found[core] = None
        if core & functions.functional:
            found |= dict.fromkeys(_only_by_functions(functions, core, x, y, max_given, max_parents))
    return list(found)


def _only_by_functions(
    functions: Functions, core: int, x: int, y: int, max_given: int, max_parents: int
) -> Iterator[int]:
    # All members are ancestors of x or y. Among those, more members never open a trail: the sets of `unfold` separate,
    # and dropping members one by one ends at a minimal set.
    for given in functions.unfold(core, 1 << x | 1 << y):
        if given.bit_count() > max(max_given, max_parents):
            return
        if functions.determined(given) & (1 << x | 1 << y) or not d_connected(functions.arcs, 1 << x, given) >> y & 1:
            continue
        for variable in members(given):
            if functions.separates(given & ~(1 << variable), x, y):
                given &= ~(1 << variable)
        if given.bit_count() <= max_given:
            yield given
