"""Phrases of a lexicon as patterns over tokens, without spelling out what they stand for.

``(denies|denied) (any|) <symptom>`` stands for hundreds of plain phrases. A pattern keeps the alternatives as they are
and tells which words may come next (`first_of`) and what is left behind one of them (`steps_of`): Brzozowski's
derivatives of regular expressions (1964, J. ACM 11:481), for expressions without repetition.
"""

from collections.abc import Iterable, Mapping, Sequence

from causalsynth.domain.phrases import NUMBER, Group, Part, Text, forms_of, parse
from causalsynth.extract.number_words import STARTS_OF_NUMBERS
from causalsynth.extract.tokens import tokenise

__all__ = [
    "ANY_NUMBER",
    "Alternatives",
    "PatternCompiler",
    "Run",
    "Token",
    "first_of",
    "is_nullable",
    "steps_of",
    "tokens_of",
]

ANY_NUMBER = NUMBER
_ONE_TOKEN = ("one", "zero")
"""Words that are a number only where a phrase asks for one."""


class Token:
    """One token."""

    __slots__ = ("first",)

    nullable = False

    def __init__(self, word: str) -> None:
        self.first = frozenset({word})

    def steps(self, word: str) -> "Sequence[Run]":
        """Give what may follow `word`, which is this token."""
        return _NOTHING_LEFT


class Alternatives:
    """One of several runs."""

    __slots__ = ("_firsts", "_steps", "first", "nullable", "runs")

    def __init__(self, runs: "Sequence[Run]") -> None:
        self.runs = tuple(runs)
        self._firsts = tuple(map(first_of, self.runs))
        self.first: frozenset[str] = frozenset().union(*self._firsts)
        self.nullable = any(map(is_nullable, self.runs))
        self._steps: dict[str, tuple[Run, ...]] = {}

    def steps(self, word: str) -> "Sequence[Run]":
        """Give what may follow `word` in those runs that begin with it."""
        known = self._steps.get(word)
        if known is None:
            found = (
                rest
                for run, first in zip(self.runs, self._firsts, strict=True)
                if word in first
                for rest in steps_of(run, word)
            )
            known = self._steps[word] = tuple(dict.fromkeys(found))
        return known


Run = tuple[Token | Alternatives, ...]
"""Nodes one behind the other."""
_NOTHING_LEFT: tuple[Run, ...] = ((),)


def first_of(run: Run) -> frozenset[str]:
    """Give the words that `run` may begin with."""
    first: frozenset[str] = frozenset()
    for node in run:
        first = first | node.first if first else node.first
        if not node.nullable:
            break
    return first


def is_nullable(run: Run) -> bool:
    """Tell whether `run` may stand for nothing."""
    return all(node.nullable for node in run)


def steps_of(run: Run, word: str) -> list[Run]:
    """Give what may be left of `run` behind `word`."""
    found: list[Run] = []
    for at, node in enumerate(run):
        if word in node.first:
            found += [rest + run[at + 1 :] for rest in node.steps(word)]
        if not node.nullable:
            break
    return found


def tokens_of(form: str) -> tuple[str, ...]:
    """Cut a plain phrase into tokens; ``<number>`` stays one."""
    left, *others = form.split(NUMBER)
    tokens = list(tokenise(left).words)
    for part in others:
        tokens += [ANY_NUMBER, *tokenise(part).words]
    return tuple(tokens) or (form,)


class PatternCompiler:
    """Turns the phrases of one file into patterns; each word group is compiled once and shared.

    Parameters
    ----------
    words
        The file's word groups.
    one_too
        Let ``one`` and ``zero`` count as numbers where a phrase has ``<number>``.
    """

    def __init__(self, words: Mapping[str, Sequence[str]], *, one_too: bool = False) -> None:
        self._words = words
        self._one_too = one_too
        self._groups: dict[str, Alternatives] = {}
        self._open: list[str] = []

    def compile(self, phrase: str) -> Alternatives:
        """Compile `phrase`.

        Raises
        ------
        ValueError
            Brackets don't pair, or a word group is unknown or calls itself.
        """
        return Alternatives([self._run(option) for option in parse(phrase)])

    def _group(self, name: str) -> Alternatives:
        if name not in self._words:
            raise ValueError(f"unknown word group <{name}>")
        if name in self._open:
            raise ValueError(f"word group <{name}> calls itself")
        if name not in self._groups:
            self._open.append(name)
            runs = [(self.compile(phrase),) for phrase in self._words[name]]
            self._open.pop()
            self._groups[name] = Alternatives(runs)
        return self._groups[name]

    def _run(self, parts: Sequence[Part]) -> Run:
        clusters = _clusters(parts)
        if _divides_a_number(clusters):
            clusters = [list(parts)]
        return tuple(node for cluster in clusters for node in self._nodes(cluster))

    def _nodes(self, cluster: Sequence[Part]) -> Iterable[Token | Alternatives]:
        """Turn parts that no space divides into nodes."""
        if len(cluster) == 1:
            part = cluster[0]
            if isinstance(part, Text):
                return self._tokens(part.text)
            if isinstance(part, Group):
                return (self._group(part.name),)
            return (Alternatives([self._run(option) for option in part.options]),)
        # "card(s|)": only spelled out can it be cut into tokens.
        return (Alternatives([tuple(self._tokens(form)) for form in dict.fromkeys(forms_of(cluster, self._words))]),)

    def _tokens(self, text: str) -> list[Token | Alternatives]:
        if not text.strip():
            return []
        number = [Token(word) for word in (ANY_NUMBER, *_ONE_TOKEN)]
        nodes: list[Token | Alternatives] = []
        for word in tokens_of(text.strip()):
            one_of_several = self._one_too and word == ANY_NUMBER
            nodes.append(Alternatives([(each,) for each in number]) if one_of_several else Token(word))
        return nodes


def _clusters(parts: Sequence[Part]) -> list[list[Part]]:
    """Divide parts where a space is; words with only spaces between stay together: ``twenty four`` is one number."""
    clusters: list[list[Part]] = []
    glued = False
    for part in parts:
        if not isinstance(part, Text):
            if glued:
                clusters[-1].append(part)
            else:
                clusters.append([part])
            glued = True
            continue
        words = part.text.split()
        if not words:
            glued = glued and not part.text
            continue
        if glued and not part.text[0].isspace():
            clusters[-1].append(Text(words.pop(0)))
        ends_glued = not part.text[-1].isspace()
        clusters += [[Text(word)] for word in words]
        glued = ends_glued
    return _joined(clusters)


def _divides_a_number(clusters: list[list[Part]]) -> bool:
    """Find words that make one number with what a bracket holds, ``(a|) hundred``: one token, once spelled out."""
    if len(clusters) < 2:
        return False
    texts = [part.text.split() for cluster in clusters for part in cluster if isinstance(part, Text)]
    return any(not STARTS_OF_NUMBERS.isdisjoint(words[:1] + words[-1:]) for words in texts)


def _joined(clusters: list[list[Part]]) -> list[list[Part]]:
    joined: list[list[Part]] = []
    for cluster in clusters:
        before = joined[-1][0] if joined and len(joined[-1]) == 1 else None
        here = cluster[0] if len(cluster) == 1 else None
        if isinstance(before, Text) and isinstance(here, Text):
            joined[-1] = [Text(f"{before.text} {here.text}")]
        else:
            joined.append(cluster)
    return joined
