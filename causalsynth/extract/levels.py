"""Bind words that several variables share, such as ``high``: each to one group of names.

Where every second variable can be ``high`` or ``normal``, a word belongs to the names that it stands with: behind them
(``CVP, wedge and PA pressure all normal``), before them (``a normal stroke volume``), or to both that an ``as is``
joins. Names keep the first word behind them; a further one belongs to the names that follow it.
"""

from dataclasses import dataclass, replace

from causalsynth.extract.binding import Binding
from causalsynth.extract.ellipsis import label_words, resolve_short_names
from causalsynth.extract.kinds import AND, BREAKS, LINKS, kind_bits
from causalsynth.extract.level_words import (
    ADVERBS,
    ALL,
    BEFORE_NAMES,
    DENIALS,
    DETERMINERS,
    PREPOSITIONS,
    leads_on,
    repeats,
    stands_alone,
)
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.surroundings import NUMBER_LINKS
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Trait, Vocabulary

__all__ = ["settle_levels"]

_SHARED = int(Trait.SHARED)
_EITHER = int(Trait.EITHER)
_BEHIND = 16
"""How many tokens behind its names a word may stand."""
_AHEAD = 5
"""How many before them."""
_SHOWN_AHEAD = 9
"""How many where names that show it follow: ``a fast rate is displayed by the ECG``."""
_LONGEST_ASIDE = 8
_MOST_NAMES = 16
_BE = kind_bits("be")
_BETWEEN = kind_bits("stop", "clause", "verb", "be")
_NOT_AHEAD = kind_bits("be", "and", "or", "verb", "stop", "clause")
_BESIDE = kind_bits("be", "verb", "between")
_ENDS_NEGATION = frozenset({"affirm"})


@dataclass(slots=True)
class _Group:
    """Coordinated names, by index of item, and the last word that they took."""

    names: list[int]
    loose: list[int]
    """Names before them that numbers or the like part from them: ``CVP 5, wedge 9``."""
    word: int | None = None


def settle_levels(sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary) -> tuple[Sentence, tuple[Binding, ...]]:
    """Bind the shared words, and let each be a word or a cue but not both: ``lung ventilation zero, CVP normal``."""
    if not vocabulary.shares_words or not sentence.traits & _SHARED:
        return sentence, ()
    sentence = resolve_short_names(sentence, vocabulary)
    levels = _Pass(sentence, tokens, vocabulary)
    bindings = levels.run()
    if not levels.parting and not sentence.traits & _EITHER:
        return sentence, bindings
    bound = {binding.word for binding in bindings}
    items = list(sentence.items)
    for k, (first, end, entry) in enumerate(sentence.items):
        if k in levels.parting:
            entry = replace(entry, cues=_ENDS_NEGATION)
        elif not entry.traits & _EITHER:
            continue
        if entry.traits & _EITHER:
            entry = entry.as_word() if k in levels.spent and k in bound else entry.as_cue()
        items[k] = first, end, entry
    return sentence.with_items(items), bindings


class _Pass:
    """One pass over the items of a sentence, from left to right.

    Attributes
    ----------
    parting
        Commas and the like with which a statement of its own begins: ``no kink, CVP normal`` denies nothing of the CVP.
    spent
        Words that are said of names, and so, where they are bound, assert nothing by themselves.
    """

    def __init__(self, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary) -> None:
        self.sentence = sentence
        self.tokens = tokens
        self.items = sentence.items
        self.end = sentence.end
        self.all_words = tokens.words
        self.vocabulary = vocabulary
        self.found: list[Binding] = []
        self.group: _Group | None = None
        self.last_word: int | None = None
        self.parting: set[int] = set()
        self.spent: set[int] = set()

    def run(self) -> tuple[Binding, ...]:
        """Go through the sentence once, names and words as they come."""
        k = 0
        while k < len(self.items):
            entry = self.items[k][2]
            if entry.anchors and not entry.excluded:
                k = self.on_names(k)
            elif self.is_word(k) and (not entry.asserts or self.suits(k)):
                k = self.on_word(k)
            elif entry.sign == ";" or entry.other or entry.asserts:
                self.group = None
                if entry.asserts and self.is_word(k):
                    self.last_word = k
                if entry.asserts and not DENIALS.isdisjoint(entry.phrase):
                    self.part(k, colon=True)
            k += 1
        if len(self.found) < 2:
            return tuple(self.found)
        unique = {(each.variable, each.state, each.anchor, each.word): each for each in self.found}
        return tuple(unique.values())

    def words(self, first: int, end: int) -> list[str]:
        return self.all_words[first : min(end, self.end)]

    # Names.

    def on_names(self, k: int) -> int:
        """Take in the names that are coordinated with name `k`; give the last of them."""
        names = self.coordinated(k)
        before = self.group
        loose: list[int] = []
        if before is not None and before.word is None and not self.parted(before.names[-1], k):
            loose = [*before.loose, *before.names][-_MOST_NAMES:]
        self.group = _Group(names, loose)
        following = self.items[names[-1] + 1] if names[-1] + 1 < len(self.items) else None
        if following is not None and following[2].kinds & _BE and following[0] == self.items[names[-1]][1]:
            self.part(k)
        if self.last_word is not None and repeats(k, names[-1], self.sentence, self.tokens):
            self.take(self.group, self.last_word, again=True)
        return names[-1]

    def parted(self, before: int, k: int) -> bool:
        """``HR was 130, but the ECG …``: more than numbers, their verbs and marks stand between two groups."""
        between = self.items[before + 1 : k]
        parts = BREAKS if any(item[2].number for item in between) else _BETWEEN
        return any(
            item[2].named or (item[2].kinds & parts and not self.is_aside(at))
            for at, item in enumerate(between, start=before + 1)
        )

    def is_aside(self, k: int) -> bool:
        """``, however,``."""
        around = self.items[k - 1 : k + 2 : 2]
        return len(around) == 2 and around[0][2].sign == "," and around[1][2].sign == ","

    def coordinated(self, k: int) -> list[int]:
        """Give name `k` and those that marks and conjunctions join to it: ``HR, MAP and lactate``."""
        names = [k]
        items = self.items
        while len(names) < _MOST_NAMES:
            j, edge, joined = names[-1] + 1, items[names[-1]][1], False
            while j < len(items) and not items[j][2].anchors:
                entry = items[j][2]
                joins = entry.sign == "," or bool(entry.kinds & LINKS)
                aside = self.aside_end(j) if entry.sign == "(" else None
                if not (joins or aside or entry.phrase[0] in BEFORE_NAMES) or entry.shared:
                    return names
                if not BEFORE_NAMES.issuperset(self.words(edge, items[j][0])):
                    return names
                joined = joined or joins
                j = aside or j
                edge = items[j][1]
                j += 1
            if j >= len(items) or not joined or not BEFORE_NAMES.issuperset(self.words(edge, items[j][0])):
                return names
            names.append(j)
        return names

    def aside_end(self, k: int) -> int | None:
        """Give the bracket that closes the one at `k`, if only numbers and the like stand between."""
        for j in range(k + 1, min(len(self.items), k + _LONGEST_ASIDE)):
            entry = self.items[j][2]
            if entry.sign == ")":
                return j
            if entry.named or entry.shared or entry.sign in ("(", ";"):
                return None
        return None

    # Words.

    def is_word(self, k: int) -> bool:
        """Tell whether item `k` says something of names that stand elsewhere."""
        entry = self.items[k][2]
        if not (entry.shared and entry.words) or entry.anchors or entry.denied or entry.excluded:
            return False
        return entry.phrase not in ADVERBS or stands_alone(k, self.sentence, self.tokens)

    def suits(self, k: int) -> bool:
        """Tell of a word that may also assert by itself whether a name waits for it."""
        group = self.group
        waits = group is not None and group.word is None and any(self.fits(k, name) for name in group.names)
        return waits or self.names_ahead(k) is not None

    def on_word(self, k: int) -> int:
        """Bind word `k`; give the last item dealt with."""
        ahead = self.names_ahead(k)
        group = self.group
        if group is not None and self.items[k][0] - self.items[group.names[-1]][1] > _BEHIND:
            group = None
        if group is not None and ahead is not None and self.has(group, k, ahead):
            self.take(group, k)
            return ahead
        if group is not None and group.word is None and not (ahead and self.is_attribute(k, group)):
            last = self.zip(k, group)
            if last is not None:
                return last
            narrower = self.narrower(group, k)
            if narrower:
                self.group = group = _Group(narrower, [])
                self.take(group, k)
                return narrower[-1]
            if any(self.fits(k, name) for name in (*group.names, *group.loose)):
                self.take(group, k)
            return k
        names = self.closed(self.coordinated(ahead)) if ahead is not None else self.enumerated(k)
        if names:
            self.group = _Group(names, [])
            self.take(self.group, k)
            return names[-1]
        if group is not None and group.word is not None and self.repeats(group.word, k):
            self.take(group, k)
        return k

    def has(self, group: _Group, k: int, ahead: int) -> bool:
        """Tell ``the sample has a high saturation``, which is said of the sample, from ``CVP 5 and a high BP``."""
        if group.word is not None or ahead != k + 1 or len(group.names) > 1:
            return False
        between = self.items[group.names[0] + 1 : k]
        if any(item[2].sign or item[2].number for item in between) or not any(_shows(item[2]) for item in between):
            return False
        own, other = self.items[group.names[0]][2].anchors, self.items[ahead][2].anchors
        return (
            len(other) == 1 and other[0] not in own and self.fits(k, group.names[0]) and self.is_kind_of(other[0], own)
        )

    def narrower(self, group: _Group, k: int) -> list[int]:
        """Give the names behind word `k` that say where: ``saturation is low in the pulmonary veins``."""
        ahead = self.names_ahead(k)
        if ahead is None or len(group.names) > 1:
            return []
        if any(item[2].phrase[0] not in BEFORE_NAMES for item in self.items[k + 1 : ahead]):
            return []
        first, _, entry = self.items[ahead]
        gap = [*self.words(self.items[k][1], first), *entry.phrase[:1]]
        if PREPOSITIONS.isdisjoint(gap) or any(word not in BEFORE_NAMES for word in gap[:-1]):
            return []
        names = self.coordinated(ahead)
        whole = self.items[group.names[0]][2].anchors
        related = all(self.is_kind_of(part, whole) for name in names for part in self.items[name][2].anchors)
        return names if related else []

    def is_kind_of(self, variable: str, whole: tuple[str, ...]) -> bool:
        words = label_words(variable, self.vocabulary)
        return any(not words.isdisjoint(label_words(one, self.vocabulary)) for one in whole)

    def closed(self, names: list[int]) -> list[int]:
        """Give the names that a word before them is said of: the list if ``and`` closes it and no word follows."""
        items = self.items
        closes = len(names) > 1 and any(item[2].kinds & LINKS for item in items[names[-2] + 1 : names[-1]])
        following = items[names[-1] + 1 : names[-1] + 3]
        goes_on = any(item[2].shared or item[2].kinds & _BE or item[2].sign in (":", "=") for item in following)
        if closes and not goes_on:
            return names
        for at, name in enumerate(names[:-1]):
            if any(item[2].sign == "," for item in items[name + 1 : names[at + 1]]) or not closes or goes_on:
                return names[: at + 1]
        return names

    def names_ahead(self, k: int) -> int | None:
        """Give the name that word `k` may stand before: nothing else that takes words lies between."""
        items = self.items
        shown = False
        for j in range(k + 1, len(items)):
            first, _, entry = items[j]
            reach = _SHOWN_AHEAD if shown else _AHEAD
            if first - items[k][1] > reach or entry.sign or entry.other or entry.asserts or entry.shared:
                return None
            if entry.kinds & _NOT_AHEAD and not entry.anchors:
                shown = shown or leads_on(j, self.sentence, self.tokens)
                if not shown:
                    return None
            if entry.anchors:
                return j if self.fits(k, j) else None
        return None

    def enumerated(self, k: int) -> list[int]:
        """Give the names of a list behind a colon: ``the rate is fast everywhere: ECG, arterial line, oximeter``."""
        items = self.items
        j = k + 1
        while j < len(items) and not (items[j][2].sign or items[j][2].named or items[j][2].words):
            j += 1
        if j + 1 >= len(items) or items[j][2].sign != ":" or not items[j + 1][2].anchors:
            return []
        names = self.coordinated(j + 1)
        ends = items[names[-1]][1] >= self.end or (names[-1] + 1 < len(items) and items[names[-1] + 1][2].sign == ";")
        return names if len(names) > 1 and ends and all(self.fits(k, name) for name in names) else []

    def is_attribute(self, k: int, group: _Group) -> bool:
        """Tell ``CVP 5, high airway pressure`` and ``CVP and a high wedge`` from ``CVP is high, wedge low``."""
        edge = self.items[group.names[-1]][1]
        first = self.items[k][0]
        if first == edge:
            return False
        before = self.items[k - 1]
        if before[1] == first and (before[2].sign in (",", "(") or before[2].kinds & LINKS):
            return True
        if before[2].kinds & _BESIDE or before[2].number or before[2].sign in (":", "="):
            return False
        return any(word not in NUMBER_LINKS or word in DETERMINERS for word in self.words(edge, first))

    def repeats(self, word: int, k: int) -> bool:
        """``BP low, rather low``: nothing but links and numbers between."""
        items = self.items
        edge = items[word][1]
        for j in range(word + 1, k + 1):
            if any(w not in NUMBER_LINKS and w not in ("rather", "so") for w in self.words(edge, items[j][0])):
                return False
            if j < k and items[j][2].named:
                return False
            edge = items[j][1]
        return True

    def zip(self, k: int, group: _Group) -> int | None:
        """Give the last of as many words as names: ``CVP and wedge were low and high respectively``."""
        items = self.items
        run = [k]
        for j in range(k + 1, min(len(items), k + 2 * _MOST_NAMES)):
            entry = items[j][2]
            if self.is_word(j):
                run.append(j)
            elif entry.sign != "," and not entry.kinds & LINKS:
                break
        end = items[run[-1]][1]
        if len(run) != len(group.names) or len(run) < 2 or "respectively" not in self.words(end, end + 3):
            return None
        for name, word in zip(group.names, run, strict=True):
            self.bind(name, word)
            self.spent.add(word)
            group.word = self.last_word = word
        return run[-1]

    def take(self, group: _Group, k: int, *, again: bool = False) -> None:
        """Let the whole group take word `k`; loosely joined names only where ``all`` or the like says so."""
        edge = self.items[group.names[-1]][1]
        names = group.names
        if group.loose and group.word is None and k > names[-1]:
            behind = self.words(self.items[k][1], self.items[k][1] + 2)
            near = [*self.words(edge, self.items[k][0]), *(behind if behind[:1] == ["rates"] else behind[:1])]
            if not ALL.isdisjoint(near):
                names = [*group.loose, *names]
        for name in names:
            self.bind(name, k)
        if not again:
            self.spent.add(k)
        if k > names[-1]:
            self.part(names[0])
        group.word = self.last_word = k

    def part(self, first: int, *, colon: bool = False) -> None:
        """Note the comma or ``and`` before item `first`, with which a statement of its own begins."""
        j = first - 1
        while j > 0 and self.items[j][2].phrase[0] in DETERMINERS and not self.items[j][2].kinds & AND:
            j -= 1
        if j < 0 or self.items[j][2].named:
            return
        entry = self.items[j][2]
        between = self.words(self.items[j][1], self.items[first][0])
        begins = entry.sign == "," or entry.lone == "and" or (colon and entry.sign == ":")
        if begins and all(word in DETERMINERS or word.endswith("ly") for word in between):
            self.parting.add(j)

    def fits(self, word: int, name: int) -> bool:
        anchors = self.items[name][2].anchors
        return any(variable in self.items[word][2].states_of for variable in anchors)

    def bind(self, name: int, word: int) -> None:
        states_of = self.items[word][2].states_of
        for variable in self.items[name][2].anchors:
            side = self.vocabulary.bind[variable]
            if side == "both" or side == ("after" if word > name else "before"):
                self.found += [Binding(variable, state, name, word) for state in states_of.get(variable, ())]


def _shows(entry: Entry) -> bool:
    """``has``, ``shows``, but not ``is``."""
    return "verb" in entry.cues and ("be" not in entry.cues or entry.phrase[0] in {"has", "have", "had"})
