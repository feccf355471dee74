"""How each phrase of a sentence stands there: negated, hedged, supposed, of the past, of somebody else.

One sweep from left to right keeps the scopes that are open; cues that look back (``… excluded``, ``…: none``) change
the readings of what they reach. ConText's scheme, see `causalsynth.domain.cues`.
"""

from causalsynth.extract.answers import answers
from causalsynth.extract.beside import (
    before_comma,
    begins,
    denies_nothing,
    denies_what_follows,
    done_after_all,
    governs_next,
    has_in_bracket,
    is_adverbial,
    is_denied_denial,
    is_finite,
    is_inverted,
    is_of_person,
    is_outcome,
    is_told,
    is_unable,
    looks_on,
    named_since_hedge,
    opens_own_list,
)
from causalsynth.extract.cast import Cast
from causalsynth.extract.clauses import (
    aside_end,
    begins_clause,
    brings_new,
    fronted_name,
    goes_on_as_list,
    goes_on_behind_aside,
)
from causalsynth.extract.colons import heads_denied_list, heads_person, is_vague, sums_up, touches_cue
from causalsynth.extract.gapping import is_gapped
from causalsynth.extract.glosses import copy_to_glosses
from causalsynth.extract.kinds import AND, ANSWERS, VERBS, kind_bits
from causalsynth.extract.lookback import LookBack
from causalsynth.extract.reach import follows_verb
from causalsynth.extract.readings import Negated, Negation, Reading, Scopes
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.subjects import Subjects, resumes
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import DETERMINERS, Entry, Trait, traits_of

__all__ = ["read_context"]

_MEANS = int(Trait.MEANS)
_OPENS = int(Trait.OPENS)
_PAST_REACH = 4
"""How many tokens an adjective such as ``previous`` reaches."""
_CONCEDING = frozenset({"despite", "although", "though", "while", "whatever", "contrary", "notwithstanding"})
_GOING_ON = frozenset({"now", "currently", "today"})
_ARRANGED = frozenset({"requested", "ordered", "arranged", "booked", "taken", "done", "performed", "obtained"})
_SHADES = kind_bits("hedge_after", "suppose_after", "past_after")
_DENY_BEFORE = kind_bits("negate_after", "negate_either")
_OF_NAME = kind_bits("answer_yes", "compound", "degree", "included")
_SHADING = kind_bits("hedge", "suppose", "past", "person")


def read_context(
    sentence: Sentence, tokens: Tokens, before: dict[int, Reading] | None, cast: Cast
) -> dict[int, Reading]:
    """Give the reading of every item of `sentence` that names a variable or says something of one.

    `before` are the readings of the sentence before it: ``TB was ruled out. The same goes for lung cancer.``
    `cast` knows the persons of those before it.
    """
    items, traits = sentence.items, sentence.traits
    if not traits & _MEANS:
        return {}
    if cast.is_silent and (not traits & _OPENS or (items[0][2].sign == "-" and not traits_of(items[1:]) & _OPENS)):
        return {k: Reading() for k, (_, _, entry) in enumerate(items) if entry.means}  # every scope stays shut
    last = list(before.values())[-1] if before else None  # they were made from left to right
    return _Sweep(sentence, tokens, last, cast).run()


class _Sweep:
    """The sweep over one sentence."""

    def __init__(self, sentence: Sentence, tokens: Tokens, last: Reading | None, cast: Cast) -> None:
        self.items = sentence.items
        self.sentence = sentence
        self.words = tokens.words
        self.readings: dict[int, Reading] = {}
        self.back = LookBack(sentence, self.readings, tokens.words)
        self.open = Scopes()
        self.outer: list[Scopes] = []
        self.last = last
        self.cast = cast
        self._subjects: Subjects | None = None
        self.resumed = 0
        self.bracketed = False

    @property
    def subjects(self) -> Subjects:
        """Made where somebody else may be spoken of: most sentences know only their subject."""
        if self._subjects is None:
            self._subjects = Subjects(self.sentence, self.words, self.readings, self.back, self.cast)
        return self._subjects

    def run(self) -> dict[int, Reading]:
        """Go through the sentence once; every item is read as the scopes stand that are open before it."""
        opened = not self.cast.is_silent
        for k, (_, _, entry) in enumerate(self.items):
            opened = opened or (bool(entry.traits & _OPENS) and (k > 0 or entry.sign != "-"))
            if not opened:  # no scope is open that a mark or a verb could end
                self.read_plainly(k, entry)
            elif k >= self.resumed:
                self.on_item(k, entry)
        if self.bracketed:
            copy_to_glosses(self.items, self.readings)
        return self.readings

    def on_item(self, k: int, entry: Entry) -> None:
        """Take in one item: what it ends, then how it stands itself, then what it opens and changes."""
        if entry.sign:
            self.on_sign(k, entry.sign)
            if not entry.cues:
                return
        if entry.excluded:
            return
        if entry.means or "verb" in entry.cues:
            self.stop_at_verb(k)
        if self.open.arranged and entry.kinds & VERBS:
            self.on_verb_of_arranged(k, entry)
        if entry.means:
            self.on_name(k, entry)
        if entry.turns:
            self.on_cues(k, entry)

    def on_verb_of_arranged(self, k: int, entry: Entry) -> None:
        """Take back that a test is only arranged where its result is told: ``ordered a film, which showed …``."""
        if self.open.goes_on(entry.phrase[0]):
            done = done_after_all(self.items, k, self.words)
            if done in self.readings:
                self.readings[done].supposed = False

    def on_name(self, k: int, entry: Entry) -> None:
        """Read an item that says something of a variable."""
        reading = self.readings[k] = self.read(k, entry)
        if entry.number is None and (entry.named or not (entry.looks_back or self.outer)):
            self.last = reading
        own = entry.asserts and entry.phrase[0] in DETERMINERS and self.open.negation is None
        if own and opens_own_list(self.items, k):
            self.open.negation = Negation(k, sure=False, determiner=True)

    def read_plainly(self, k: int, entry: Entry) -> None:
        """Read an item before all scopes."""
        if entry.sign and entry.sign in "()[]":
            self.on_sign(k, entry.sign)
        elif entry.means:
            reading = self.readings[k] = Reading()
            if entry.number is None and (entry.named or not entry.looks_back):
                self.last = reading

    def read(self, k: int, entry: Entry) -> Reading:
        """Give how an item stands in the scopes that are open."""
        scopes = self.open
        past = self.items[k][0] < scopes.past_until
        reading = Reading(hedged=scopes.hedge, supposed=scopes.suppose, past=past, person=scopes.person)
        negation = scopes.negation
        if negation is None and self.last is not None and self.last.negated and entry.named:
            reading.negated = Negated(is_gapped(self.items, k, self.sentence.end, self.words))
        if negation is None or "self" in entry.cues:
            return reading
        if entry.anchors and "or" in entry.phrase:
            negation.join()
        after_join = reading.listed = negation.commas > 0 or negation.joined
        if is_adverbial(self.items, k, negation):
            return reading
        if negation.determiner and after_join and entry.predicative:
            reading.negated = Negated.PERHAPS
        elif negation.commas == 0 or negation.sure or negation.joined:
            reading.negated = Negated.YES
        else:
            reading.negated = Negated.PERHAPS
            negation.pending.append(reading)
        return reading

    def on_sign(self, k: int, sign: str) -> None:
        """Open and close scopes at a punctuation mark."""
        if sign == ",":
            self.on_comma(k)
        elif sign in "([":
            self.bracketed = True
            self.outer.append(self.open)
            of_person = self.subjects.at is not None and self.subjects.at == k - 1  # "Daughter (a diabetic) called"
            self.open = Scopes(person=of_person or (self.open.person and has_in_bracket(self.items, k)))
        elif sign in ")]":
            self.open = self.outer.pop() if self.outer else self.open
        elif sign in ";>":
            self.open = self.open.next_of_list(k) if self.open.denied_list and sign == ";" else Scopes()
        elif sign in ":-=":
            if not touches_cue(self.items, k) or heads_denied_list(self.sentence, k, self.words) is not None:
                self.open = self.behind_colon(k) if sign == ":" or sums_up(self.sentence, k, self.words) else Scopes()
            if sign == "-":
                self.back.dash(k)
        elif sign == "?":
            self.open.hedge = True

    def behind_colon(self, k: int) -> Scopes:
        """Give the scopes that hold behind a colon: ``The thing she fears most: TB`` asserts nothing."""
        inner = Scopes(person=self.open.person and heads_person(self.items, k, self.subjects.at or 0))
        denial = heads_denied_list(self.sentence, k, self.words)
        if denial is not None:
            inner.negation = Negation(denial, sure=True, determiner=False)
            inner.denied_list = True
        if is_vague(self.items, k) and not resumes(self.items, k, self.words):
            inner.suppose = self.open.hedge or self.open.suppose
        return inner

    def on_comma(self, k: int) -> None:
        """End what a comma ends; a negation goes on where a list or an aside does."""
        scopes = self.open
        scopes.end_past(self.sentence.end)
        if scopes.person and scopes.aside:
            scopes.person = scopes.aside = scopes.hedge = False
        if scopes.hedge and self.words[self.sentence.first] in _CONCEDING:
            scopes.hedge = False  # "Whatever the chart might suggest, …"
        if scopes.negation is None:
            return
        if begins_clause(self.sentence, k, self.words):
            scopes.negation = None
        elif goes_on_behind_aside(self.sentence, scopes.negation, k, self.words):
            scopes.negation.commas, scopes.negation.joined = 0, False
        elif scopes.negation.joined:
            if scopes.negation.sure and goes_on_as_list(self.items, k):
                scopes.negation.joined = False
                scopes.negation.commas += 1
            else:
                scopes.negation = None
        else:
            scopes.negation.commas += 1

    def stop_at_verb(self, k: int) -> None:
        """End scopes at a finite verb that follows a comma, ``and`` or a subject."""
        if k == 0 or k == self.resumed or self.open.denied_list:
            return
        before, entry = self.items[k - 1][2], self.items[k][2]
        joined = (before.sign == "," or before.kinds & AND) and self.items[k - 1][1] == self.items[k][0]
        if joined and ("verb" in entry.cues or is_finite(entry.phrase)):
            self.open.end_clause()

    def on_cues(self, k: int, entry: Entry) -> None:
        """Let an item's cues act: first on what stands before it, then on what follows."""
        cues = entry.cues
        if "affirm" in cues:
            self.open.negation = None
            return
        if "negate" in cues:
            self.resumed = aside_end(self.sentence, k, self.words) or self.resumed
        if "too" in cues:
            self.back.copy_to_named_too(k)
        if entry.lone == "exclude" and begins(self.sentence, k):
            self.open.suppose = True
            return
        reached = False
        if entry.denies:
            self.back.deny_fronted(fronted_name(self.sentence, k, self.words))
        if entry.looks_back:
            answer = entry.kinds & ANSWERS and answers(self.items, k, self.sentence.end)
            if answer and self.back.answer(k, cues):
                return
            reached = self.on_back_cues(k, entry)
        if entry.looks_on:
            self.on_forward_cues(k, entry, reached=reached)
        if entry.links:
            self.on_structure(k, cues)

    def on_back_cues(self, k: int, entry: Entry) -> bool:
        """Tell whether a cue that negates what stands before it found something."""
        cues, back = entry.cues, self.back
        denies = bool(entry.kinds & _DENY_BEFORE) and not governs_next(self.items, k, self.words)
        reached = denies and back.negate(k, cues, unless=is_denied_denial(self.items, self.open.negation, k))
        if entry.kinds & _OF_NAME:
            if "answer_yes" in cues:
                back.confirm(k)
            if "compound" in cues:
                back.join_compound(k)
            if "degree" in cues:
                back.degree(k)
            if "included" in cues:
                back.include(k)
                if self.open.negation is not None:
                    self.open.negation.sure = True
        self.on_not_it(k, entry)
        if entry.kinds & _SHADES:
            on = "suppose" in cues and looks_on(k, self.sentence, self.words)
            if not on and not back.is_aside(k):
                if "hedge_after" in cues and not back.hedge(k) and not before_comma(self.items, k):
                    self.open.hedge = True  # "is possibly a smoker"
                back.shade(k, cues)
        return reached

    def on_not_it(self, k: int, entry: Entry) -> None:
        """Deny, doubt or affirm what was last spoken of: ``… but he doesn't have it``."""
        cues = entry.cues
        if "not_it" in cues and denies_what_follows(self.items, k):
            self.open_negation(k, sure=True)
        elif "not_it" in cues or (not self.open.person and self.back.denies_it(k)):
            self.back.deny_it(k)
        if "doubt_it" in cues:
            self.back.doubt_it(k)
        if "so_it" in cues:
            self.back.affirm_it(k)

    def on_forward_cues(self, k: int, entry: Entry, *, reached: bool) -> None:
        """Open the scopes that reach on behind item `k`; `reached`: it has denied what stands before it."""
        cues = entry.cues
        scopes = self.open
        if entry.kinds & _DENY_BEFORE and self.back.is_open_list(k):
            self.open_negation(k, sure=True)  # "Not present: …"
        elif "negate_list" in cues or "negate" in cues or ("negate_either" in cues and not reached):
            self.open_negation(k, sure="negate" not in cues or "negate_list" in cues)
        if not entry.kinds & _SHADING:
            return  # it only denies
        if "hedge" in cues:
            scopes.open_hedge(entry.phrase[-1])
        if "suppose" in cues and looks_on(k, self.sentence, self.words):
            scopes.negation = None
            scopes.suppose = True
            scopes.arranged = entry.phrase[0] in _ARRANGED
        if "past" in cues:
            governs_list = entry.phrase[-1] in ("of", ":", "for", "pmh", "pmhx", "hx")
            if entry.lone == "ex" and not (k + 1 < len(self.items) and self.items[k + 1][0] == self.items[k][1]):
                return  # "ex miner with bronchitis"
            scopes.past_until = self.sentence.end if governs_list else self.items[k][1] + _PAST_REACH
        if "person" in cues:
            self.subjects.on_person(k, scopes)

    def open_negation(self, k: int, *, sure: bool) -> None:
        """Open the scope of a negation, unless item `k` denies nothing here or goes on with one that is open."""
        entry = self.items[k][2]
        if self.open.negation is not None and "or" in entry.cues and not is_inverted(self.items, k):
            return
        if denies_nothing(self.sentence, k):
            return
        if entry.phrase[0] == "without" and is_unable(self.sentence, k, self.open.negation, self.words):
            self.open.negation = None  # "he can't climb a stair without getting breathless"
            return
        determiner = entry.phrase[0] in DETERMINERS and not sure
        self.open.negation = Negation(k, sure, determiner)
        self.open.suppose = False

    def on_structure(self, k: int, cues: frozenset[str]) -> None:
        """End and restore scopes at what joins or parts clauses, or changes whom or when they are about."""
        scopes = self.open
        if "stop" in cues:
            self.on_stop(k)
        elif "clause" in cues and not ("between" in cues and follows_verb(self.items, k)):
            scopes.end_clause()
            scopes.person |= is_of_person(self.items, k)
        elif "self" in cues:
            self.subjects.on_subject(k, scopes)
        elif "report" in cues:
            scopes.person &= is_told(self.items, k)
        elif "current" in cues:
            scopes.past_until = 0
            scopes.suppose = False
            scopes.hedge &= not is_outcome(self.items, k)
        elif "same" in cues:
            self.on_same(k)
        elif "or" in cues or "and" in cues:
            if "and" in cues:
                self.on_and(k)
            if scopes.negation is not None and scopes.negation.at != k:
                scopes.negation.join()

    def on_stop(self, k: int) -> None:
        if self.open.denied_list and self.items[k][2].sign:
            return
        goes_on = self.items[k][2].phrase[0] in _GOING_ON  # "her sister currently has …"
        self.open = Scopes(person=self.open.person and goes_on)

    def on_and(self, k: int) -> None:
        """End at an ``and`` what does not reach a clause of its own."""
        scopes = self.open
        self.subjects.on_and(k, scopes)
        scopes.end_past(self.sentence.end)
        if brings_new(self.sentence, self.open.negation, k, self.words):
            scopes.negation = None
        if (scopes.negation or scopes.hedge) and begins_clause(self.sentence, k, self.words):
            scopes.negation = None
            scopes.hedge = scopes.hedge and not named_since_hedge(self.items, k)

    def on_same(self, k: int) -> None:
        """``TB was ruled out, and so was lung cancer``: what follows stands as what was last named stands."""
        self.open = Scopes()
        if self.last is not None:
            self.open.hedge, self.open.suppose = self.last.hedged, self.last.supposed
            before = self.items[max(0, k - 2) : k]
            denied = any(item[2].phrase == ("absent",) or "negate_after" in item[2].cues for item in before)
            if self.last.negated or denied:  # "AKI was absent, as was CKD"
                self.open_negation(k, sure=True)
