"""Cues that speak of what stands before them: ``… excluded``, ``…: none``, ``… years ago``, ``doesn't have it``."""

from dataclasses import replace

from causalsynth.extract.answers import answer_list, ends_here, is_bare_not
from causalsynth.extract.beside import bracketed_before, has_own_subject, is_opinion
from causalsynth.extract.neither import can_be_had, has_neither, other_of_two
from causalsynth.extract.paired_labels import names_of_label
from causalsynth.extract.reach import FURTHEST, reach_back
from causalsynth.extract.readings import RULED_OUT, Negated, Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.sequel import Sequel
from causalsynth.extract.touching import entry_before, sign_before
from causalsynth.extract.word_sets import word_set

__all__ = ["LookBack"]

_TIME_WORDS = """
    during this the admission stay visit at any point time on arrival today now currently present here so far in over
    recent past last previous week weeks month months year years day days ever recently
"""
_SORT_WORDS = "viral bacterial infective infectious allergic reactive chemical mechanical post cardiac acute chronic"
_SORTS = frozenset(_SORT_WORDS.split())
_OF_NOW = frozenset(_TIME_WORDS.split())
_HELPERS = frozenset({"has", "have", "had", "was", "were", "hasn't", "haven't", "wasn't", "weren't", "couldn't"})
_RESOLVED = word_set("resolved settled cleared gone subsided recovered improved disappeared abated eased")
_STOPPED = frozenset({"stop", "quit"})
_ELLIPTIC = frozenset({"has", "have", "had", "hasn't", "haven't", "hadn't"})
_DECIDING = frozenset({"negate", "negate_after", "negate_either", "negate_list", "answer_no", "answer_yes"})
_DENIAL_REACH = 6
_NONE = frozenset({"none", "not", "neither"})
_BEING_THERE = word_set("applies apply applied present found seen exists exist holds hold there fits fit")
_KNOWING = word_set("know knows knew understand understands accept accepts fear feared dreaded")
"""What people do about a finding that is another's: ``which the family know``."""
_LONGEST_TIME = 6
"""How many of these may stand between a name that heads a line and the colon."""


class LookBack:
    """Changes the readings of one sentence by the cues that follow them.

    Parameters
    ----------
    readings
        Those made so far; the sweep goes on adding to them.
    words
        Those of the whole text.
    """

    def __init__(self, sentence: Sentence, readings: dict[int, Reading], words: list[str]) -> None:
        self._items = sentence.items
        self._first, self._end = sentence.first, sentence.end
        self._readings = readings
        self._words = words
        self._lent: tuple[int, ...] = ()
        """Names that a clause behind them gives to somebody else."""
        self._shaded: tuple[int, ...] = ()
        """Names of which what follows has told that they were thought of or looked for."""

    def answer(self, k: int, cues: frozenset[str]) -> bool:
        """Let item `k` answer what it reaches; tell whether it reached anything."""
        listed = answer_list(self._items, k)
        if listed and listed[0] != k:
            return True  # the first of the list has answered for all
        if has_neither(self._items, k, self._end):
            return False  # it denies two
        self._deny_bracket(k)
        reached = reach_back(self._items, k, self._readings, most_unknown=0, answer=True) or self._heading(k)
        if not reached and "answer_no" in cues:
            reached = names_of_label(self._items, k, self._readings, self._words, self._first)
        for n, j in enumerate(reversed(reached)):
            reading = self._readings[j]
            if j in self._lent and self._behind_comma(k):
                reading.person = reading.past = False  # "tests for TB, which his mother had as a girl, were negative"
            if len(listed) > 1:
                cues = self._items[listed[n]][2].cues if len(listed) == len(reached) else frozenset()
                reading.hedged = not cues
            if "answer_no" in cues:
                reading.negated = Negated.YES
                reading.answered = True
                reading.hedged = reading.supposed = reading.affirmed = False
            elif reading.negated is Negated.PERHAPS:
                reading.negated = Negated.NO
            else:
                reading.affirmed = reading.negated is Negated.NO
        return bool(reached)

    def _behind_comma(self, k: int) -> bool:
        """Tell whether a comma ends the aside before item `k` and its verb."""
        at = k
        while (before := entry_before(self._items, at)) is not None and "be" in before.cues:
            at -= 1
        return at > 0 and self._items[at - 1][2].sign == ","

    def _heading(self, k: int) -> list[int]:
        """``Sepsis during this admission: no``: a name at the start, with the time in question behind it."""
        items = self._items
        if k < 2 or sign_before(items, k) not in (":", "?"):
            return []
        j = next((j for j in range(k - 2, max(-1, k - 6), -1) if items[j][2].named), None)
        if j is None or j not in self._readings:
            return []
        at = j
        while at and not items[at - 1][2].sign and (items[at - 1][2].words or "relation" in items[at - 1][2].cues):
            at -= 1  # "Stay in Asia in the past year: no"
        if at and not items[at - 1][2].sign and items[at - 1][2].number is None:
            return []
        between = self._words[items[j][1] : items[k - 1][0]]
        now = all(word in _OF_NOW or word[0].isdecimal() for word in between)
        return [j] if now and len(between) <= _LONGEST_TIME else []

    def degree(self, k: int) -> None:
        """``Breathlessness: on exertion``: a degree right after a heading says that there is some."""
        if k >= 2 and sign_before(self._items, k) == ":":
            self.answer(k, frozenset({"answer_yes"}))

    def dash(self, k: int) -> None:
        """``TB -, bronchitis -``: a minus sign for an answer."""
        items = self._items
        if not k or not ends_here(items, k, self._end):
            return
        _, end, before = items[k - 1]
        gap = items[k][0] - end
        if (gap == 0 and (before.named or before.sign in (":", "=", ")"))) or (gap == 1 and before.named):
            for j in reach_back(items, k, self._readings, most_unknown=1, answer=True):
                self._readings[j].negated = Negated.YES
                self._readings[j].answered = True

    def negate(self, k: int, cues: frozenset[str], *, unless: bool = False) -> bool:
        """``… excluded``; tell whether it reached anything; `unless` that is itself denied: that leaves it open."""
        if self.is_open_list(k):
            return False
        word = self._word_before(k) if "negate_after" in cues else None
        if word is not None:
            self._readings[word].negated = Negated.YES
            return True
        if self._is_of_another_time(k):
            return False
        self._deny_bracket(k)
        both = self._items[k][2].phrase[0] == "neither"
        reached = reach_back(self._items, k, self._readings, most_unknown=12, plural=both)
        for j in reached or names_of_label(self._items, k, self._readings, self._words, self._first):
            self._readings[j].negated = Negated.YES
            self._readings[j].past = False
            self._readings[j].hedged = unless
            if j in self._lent and self._behind_comma(k):
                self._readings[j].person = False  # "TB, which his mother had, has been excluded"
        return bool(reached)

    def _deny_bracket(self, k: int) -> None:
        """Deny what is listed: ``the usual risks (travel to Asia, TB at home): none of them applies``."""
        if self._items[k][2].phrase[0] not in _NONE or not self._says_all(k):
            return
        for j in bracketed_before(self._items, k):
            if j in self._readings and not self._readings[j].supposed:
                self._readings[j].negated, self._readings[j].affirmed = Negated.YES, False

    def _says_all(self, k: int) -> bool:
        """Tell whether item `k` denies that something is there: ``none of them applies``, but not ``… is cured``."""
        end = self._items[k][1]
        told = self._words[end : min(end + 3, self._end)]
        return not told or not told[0][0].isalnum() or not _BEING_THERE.isdisjoint((self._words[end - 1], *told))

    def deny_fronted(self, j: int | None) -> None:
        """``TB and lung cancer he does not have``: deny name `j` and the list that it ends."""
        if j is None or j not in self._readings:
            return
        for i in (j, *reach_back(self._items, j + 1, self._readings, most_unknown=0, plural=True)):
            self._readings[i].negated = Negated.YES

    def _is_of_another_time(self, k: int) -> bool:
        """Tell an aside on how it was before: ``a fracture, not present on the earlier film``."""
        items = self._items
        if k < 2 or k + 1 >= len(items):
            return False
        aside = self._words[items[k][0] - 1] in (",", "which", "that")
        first, _, entry = items[k + 1]
        return aside and first - items[k][1] <= 2 and bool(entry.cues & {"past", "past_after"})

    def confirm(self, k: int) -> None:
        """``suspected TB was confirmed``; ``TB was tested for and was positive``: what was looked for is there."""
        surely = self._items[k][2].phrase[0] in ("confirmed", "proven")
        for j in reach_back(self._items, k, self._readings, most_unknown=8) if surely or self._shaded else ():
            reading = self._readings[j]
            reading.hedged = reading.hedged and not surely
            reading.supposed = reading.supposed and not surely and j not in self._shaded

    def include(self, k: int) -> None:
        """``no travel, Asia included``: the name before, or what follows, belongs to the list for sure."""
        for j in reach_back(self._items, k, self._readings, most_unknown=0):
            if self._readings[j].negated is Negated.PERHAPS:
                self._readings[j].negated = Negated.YES

    def hedge(self, k: int) -> bool:
        """``… is possible``; tell whether it reached anything."""
        reached = reach_back(self._items, k, self._readings, most_unknown=8)
        for j in reached:
            self._readings[j].hedged = True
        return bool(reached)

    def shade(self, k: int, cues: frozenset[str]) -> None:
        """``… was considered``, ``… ten years ago``."""
        if not cues & {"suppose_after", "past_after"}:
            return
        word = self._word_before(k) if "past_after" in cues else None
        reached = [word] if word is not None else reach_back(self._items, k, self._readings, most_unknown=3)
        for j in reached:
            if "suppose_after" in cues:
                self._readings[j].supposed = True
                self._shaded += (j,)
            self._readings[j].past |= "past_after" in cues

    def join_compound(self, k: int) -> None:
        """``TB clinic``, ``lung cancer risk``: the name is only part of another."""
        if k > 0 and k - 1 in self._readings and self._items[k - 1][1] == self._items[k][0]:
            self._readings[k - 1].supposed = True

    def deny_it(self, k: int) -> None:
        """``he doesn't have it``: what was last spoken of; of the sentence before only what can be had."""
        near = [j for j in range(k - 1, max(-1, k - FURTHEST), -1) if "self" not in self._items[j][2].cues]
        here = k < len(self._items)
        j = next((j for j in near if can_be_had(self._items[j][2])), None)
        if j is None or self._items[j][2].denial:
            other = next((j for j in near if here and self._items[j][2].denied), None)
            if j is not None and (other is None or other < j):
                return  # "neither on a ventilator nor on a mask, and she was not"
            j = other
        if j is None or j not in self._readings:
            return
        if here and "not_it" not in self._items[k][2].cues and any(item[2].other for item in self._items[j + 1 : k]):
            return  # "I can't tell you if it is TB: one smear was positive, two were not"
        if (self._is_reported(k) and self._is_reported(j)) or is_opinion(self._items, k, j, self._words):
            self._readings[j].hedged = True  # "the form says smoker, he says not"
            return
        if self._is_of_denial(k, j):
            self._readings[j].hedged = True
            return
        if self._is_of_recovery(k, j):
            return
        self._readings[j] = Reading(negated=Negated.YES, anaphor=True)
        listed = reach_back(self._items, j + 1, self._readings, most_unknown=0, plural=True)
        if len(listed) < 2 and k < len(self._items) and has_neither(self._items, k, self._end):
            listed = other_of_two(self._items, j, self._readings)
        for i in listed:
            self._readings[i] = Reading(negated=Negated.YES, anaphor=True)

    def _is_of_denial(self, k: int, j: int) -> bool:
        """``Lung cancer has been ruled out, but TB has not``: what isn't so of `j` is that it is ruled out."""
        first = self._items[k][0] if k < len(self._items) else 0
        if (
            not first
            or not self._items[k][2].phrase[-1].endswith(("not", "n't"))
            or _HELPERS.isdisjoint(self._words[first - 1 : first + 1])
        ):
            return False
        before = (item[2] for item in reversed(self._items[max(0, j - _DENIAL_REACH) : j]))
        decided = next((entry for entry in before if entry.cues & _DECIDING or entry.named), None)
        return decided is not None and "negate_either" in decided.cues and not RULED_OUT.isdisjoint(decided.phrase)

    def _is_of_recovery(self, k: int, j: int) -> bool:
        """Tell ``the cough has settled but the breathlessness has not``: of `j` it is denied that it has settled.

        And ``forty a day, asked to stop, has not``: that it has been stopped.
        """
        if k >= len(self._items) or not self._items[k][2].phrase[-1].endswith(("not", "n't")):
            return False
        first, end, _ = self._items[k]
        before = self._words[self._items[max(0, j - _DENIAL_REACH)][0] : self._items[j][0]]
        between = self._words[self._items[j][1] : first]
        recovers = not (_RESOLVED.isdisjoint(before) and _STOPPED.isdisjoint(between))
        return recovers and not _ELLIPTIC.isdisjoint(self._words[first - 1 : end])

    def settle(self, sequel: Sequel) -> None:
        """Let the sentences behind this one settle what it last names."""
        end = len(self._items)
        last = self._last_said(end)
        if last is None:
            return
        if sequel is Sequel.CONTRADICTED and self._items[last][2].anchors and not self._readings[last].negated:
            self._readings[last].hedged = True  # "People assume he is just back from India. He isn't."
        elif sequel in (Sequel.DENIED, Sequel.CONTRADICTED):
            self.deny_it(end)
        elif sequel is Sequel.DOUBTED:
            self.doubt_it(end)
        elif sequel is Sequel.WITHDRAWN:
            self._readings[last].supposed, self._readings[last].negated = True, Negated.NO

    def doubt_it(self, k: int) -> None:
        """``TB? He might have it.``."""
        last = self._last_said(k)
        if last is not None:
            self._readings[last].hedged = True

    def affirm_it(self, k: int) -> None:
        """``As to TB, he does have it.``."""
        last = self._last_said(k)
        if last is not None and self._items[last][2].asserts and not self._readings[last].negated:
            reading = self._readings[last]
            reading.affirmed, reading.hedged, reading.supposed = True, False, False

    def _last_said(self, k: int) -> int | None:
        """Give the last name before item `k`."""
        near = range(k - 1, max(-1, k - FURTHEST), -1)
        return next((j for j in near if j in self._readings and self._items[j][2].named and not self._is_self(j)), None)

    def _is_self(self, j: int) -> bool:
        return "self" in self._items[j][2].cues

    def _is_reported(self, k: int) -> bool:
        """Tell whether item `k` is what somebody says: ``he says not``."""
        before = entry_before(self._items, k) if k < len(self._items) else None
        return before is not None and "report" in before.cues

    def denies_it(self, k: int) -> bool:
        """Say whether item `k` is a ``doesn't have it``, or a ``not`` or ``neither`` that nothing follows."""
        entry = self._items[k][2]
        if entry.phrase[0] == "neither" and "negate" in entry.cues and k > 0:
            return ends_here(self._items, k, self._end)
        if "not_it" in entry.cues or not entry.is_not:
            return "not_it" in entry.cues
        return is_bare_not(self._items, k, self._end) and not has_own_subject(self._items, k, self._words)

    def copy_to_named_too(self, k: int) -> None:
        """``TB has been excluded, lung cancer too``: what has no verb of its own stands as what was named before."""
        items = self._items
        at = k - 1
        if k > 2 and items[at][1] == items[k][0] and items[at][2].phrase[0] in _HELPERS:
            at -= 1  # "and lung cancer has too"
        if at < 1 or at not in self._readings or items[at][1] != items[at + 1][0] or not ends_here(items, k, self._end):
            return
        if not (items[at - 1][2].sign == "," or "and" in items[at - 1][2].cues) or items[at - 1][1] < items[at][0] - 2:
            return
        before = next((j for j in range(at - 2, max(-1, k - FURTHEST), -1) if items[j][2].named), None)
        if before is not None and before in self._readings:
            self._readings[at] = replace(self._readings[before])

    def is_aside(self, k: int) -> bool:
        """``bronchitis, likely viral``: after a comma, with more to follow, a cue speaks of what follows."""
        items = self._items
        if k == 0:
            return False
        _, end, before = items[k - 1]
        if before.sign == "," and 0 < items[k][0] - end <= 2 and self._words[end] in _SORTS:
            return True  # "bronchitis, viral most likely"
        if ends_here(items, k, self._end):
            return False
        between = self._words[end : items[k][0]]
        following_comma = before.sign == "," and not between
        return following_comma or (k > 1 and "relation" in before.cues and items[k - 2][2].sign == ",")

    def give_to_other(self, k: int) -> None:
        """``TB, which affected his father``: what the clause about item `k`, a person, hangs on is that person's."""
        items = self._items
        for j in range(k - 1, max(0, k - 4), -1):
            if items[j][2].phrase[0] in ("which", "that") and "clause" in items[j][2].cues:
                at = j - 2 if items[j - 1][2].sign == "," else j - 1
                ahead = range(k + 1, min(len(items), k + 4))
                contrasted = any(is_bare_not(items, i, self._end) for i in ahead)  # "a smoker, which his wife isn't"
                contrasted = contrasted or not _KNOWING.isdisjoint(self._words[items[k][1] : items[k][1] + 2])
                if at >= 0 and at in self._readings and not (contrasted or self._readings[at].negated):
                    self._readings[at].person = True
                    self._lent += (at,)
                return  # "he has no TB, which his family had feared"
            if items[j][2].named or items[j][2].sign or "clause" in items[j][2].cues:
                return  # "no cancer, which was his worry as his father died of it"

    def give_to_person(self, k: int) -> None:
        """``TB in his brother``: the name before item `k`, a person, is that person's."""
        for j in reach_back(self._items, k, self._readings, most_unknown=3):
            if not any(
                item[2].sign for item in self._items[j + 1 : k]
            ):  # "she never smoked, unlike both of her parents"
                self._readings[j].person = True

    def is_open_list(self, k: int) -> bool:
        """``Excluded: …`` speaks of what follows."""
        return (
            not self._items[k][2].named
            and k + 1 < len(self._items)
            and self._items[k + 1][2].sign == ":"
            and (k == 0 or sign_before(self._items, k) in (";", ",", "-", ">"))
        )

    def _word_before(self, k: int) -> int | None:
        """Give the state word that stands right before item `k`: ``normal in 2019``, ``lesion not visible``."""
        if k == 0:
            return None
        first, end, entry = self._items[k - 1]
        at = k - 1
        if end == self._items[k][0] and "be" in entry.cues and k > 1:
            at, end = k - 2, self._items[k - 2][1] if self._items[k - 2][1] == first else -1
            entry = self._items[at][2]
            first = self._items[k - 1][0]
        else:
            first = self._items[k][0]
        words_only = bool(entry.words) and not entry.named
        return at if words_only and end == first and at in self._readings else None
