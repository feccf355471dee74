"""Units of measurement behind or before a number: the lexicon's own, and others that tell it is of something else."""

from collections.abc import Mapping

from causalsynth.domain import Lexicon
from causalsynth.domain.phrases import expand
from causalsynth.errors import LexiconError
from causalsynth.extract.tokens import tokenise
from causalsynth.extract.trie import Trie

__all__ = ["GENERAL_UNITS", "Units"]

GENERAL_UNITS = frozenset(
    [
        "%",
        "‰",
        "°",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "min",
        "mins",
        "minute",
        "minutes",
        "sec",
        "secs",
        "second",
        "seconds",
        "ms",
        "day",
        "days",
        "night",
        "nights",
        "week",
        "weeks",
        "wk",
        "wks",
        "month",
        "months",
        "mth",
        "mths",
        "year",
        "years",
        "yr",
        "yrs",
        "mg",
        "mcg",
        "µg",
        "μg",
        "ug",
        "g",
        "kg",
        "gram",
        "grams",
        "kilogram",
        "kilograms",
        "milligram",
        "milligrams",
        "microgram",
        "micrograms",
        "ml",
        "dl",
        "cl",
        "l",
        "litre",
        "litres",
        "liter",
        "liters",
        "millilitre",
        "millilitres",
        "milliliter",
        "milliliters",
        "mmol",
        "µmol",
        "μmol",
        "umol",
        "nmol",
        "mol",
        "meq",
        "iu",
        "unit",
        "units",
        "mmhg",
        "cmh",
        "kpa",
        "mbar",
        "bpm",
        "cm",
        "mm",
        "cmh2o",
        "fr",
        "percent",
        "per",
        "times",
        "x",
        "dollars",
        "dollar",
        "usd",
        "eur",
        "gbp",
        "euro",
        "euros",
        "pound",
        "pounds",
        "pence",
        "cents",
        "cent",
        "$",
        "€",
        "£",
        "¥",
        "chf",
        "cad",
        "aud",
        "brl",
        "mxn",
        "inr",
        "jpy",
        "mi",
        "miles",
        "km",
        "metres",
        "meters",
        "degrees",
        "celsius",
        "fahrenheit",
        "joule",
        "joules",
        "hz",
        "khz",
        "ma",
        "mv",
        "watts",
        "packs",
        "pack",
        "cigarettes",
        "tablets",
        "tablet",
        "puffs",
        "doses",
        "beats",
        "breaths",
    ]
)
"""A number with one of these that is no unit of its anchor is of something else."""
_LONGEST_BEFORE = 3
_CURRENCY = frozenset("$€£¥")


class Units:
    """The units of a lexicon.

    Attributes
    ----------
    currency
        Variables whose unit is a currency: an amount needs no anchor.
    """

    __slots__ = ("_before", "_last_before", "_trie", "currency")

    def __init__(self, lexicon: Lexicon) -> None:
        self._trie: Trie[dict[str, float]] = Trie()
        self._before: dict[tuple[str, ...], dict[str, float]] = {}
        self.currency: set[str] = set()
        for name, variable in lexicon.variables.items():
            if variable.number is None:
                continue
            for unit, wording in variable.number.units.items():
                for phrase in (unit, *wording.names):
                    self._add(name, phrase, wording.factor, lexicon)
            if variable.number.unit and variable.number.unit not in variable.number.units:
                self._add(name, variable.number.unit, 1.0, lexicon)
        for words, factors in self._before.items():
            self._trie.add(words, factors)
        self._last_before = frozenset(
            words[-1] for words, factors in self._before.items() if not self.currency.isdisjoint(factors)
        )

    def _add(self, name: str, phrase: str, factor: float, lexicon: Lexicon) -> None:
        try:
            forms = expand(phrase, lexicon.words)
        except ValueError as error:
            raise LexiconError(f"{lexicon.domain}: variables.{name}.number.units: '{phrase}': {error}") from None
        for form in forms:
            words = tuple(tokenise(form).words)
            if words:
                self._before.setdefault(words, {})[name] = factor
                if not _CURRENCY.isdisjoint(form):
                    self.currency.add(name)

    def find_at(self, words: list[str], at: int) -> tuple[int, Mapping[str, float] | None]:
        """Give the end and the factors by variable of the longest unit that starts at token `at`, if any."""
        return self._trie.find_at(words, at) if at < len(words) else (at, None)

    def find_before(self, words: list[str], at: int, floor: int) -> tuple[int, Mapping[str, float] | None]:
        """Give the start and the factors of the longest currency that ends right before token `at`."""
        if at <= floor or words[at - 1] not in self._last_before:
            return at, None
        for length in range(min(_LONGEST_BEFORE, at - floor), 0, -1):
            factors = self._before.get(tuple(words[at - length : at]))
            if factors is not None and not self.currency.isdisjoint(factors):
                return at - length, factors
        return at, None
