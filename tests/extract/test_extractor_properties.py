"""Whatever the text: no exception, true spans, the same findings on every machine."""

import importlib.util
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.domain import Domain
from causalsynth.extract import Extractor, Status
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.normalise import normalise
from causalsynth.extract.number_words import number_value
from causalsynth.extract.tokens import tokenise

LEXICON = Domain.load("asia").lexicon
EXTRACTOR = Extractor(LEXICON)
FRAGMENTS = st.sampled_from(
    [
        *(
            "no ",
            "not ",
            "denies ",
            "TB",
            "lung cancer",
            " or ",
            " and ",
            ", ",
            ". ",
            ": ",
            "? ",
            "(",
            ")",
            "\n",
            " - ",
        ),
        *("his brother ", "smokes", "20/day", "CXR ", "normal", "abnormal ", "possible ", "if ", "excluded", "none"),
        *("he doesn't have it", "back from ", "India ", "in 2009", "Ø", "–", "“", "\ud800", "İ", "œ", "\x00", "\u2028"),
        *(
            "TB or lung cancer flag ",
            "negative",
            "but ",
            "was ",
            "were ",
            "included",
            "[",
            "]",
            "=",
            ">",
            "history of ",
        ),
    ]
)
SHAPES = st.sampled_from(
    [
        *(
            "| ",
            "|---|",
            "\n| TB | no |",
            "[x] ",
            "[ ] ",
            "( ) yes ",
            "\u2611 ",
            "......",
            "   ",
            "\t",
            "=",
            "_",
            "{",
            "}",
        ),
        *(
            '{"tub": false, ',
            '"score": 12',
            "a.b=N ",
            "A: ",
            "[09:31] Tom: ",
            "> ",
            "TB?\n",
            "Negative for:\n- ",
            "# ",
            "**",
        ),
        *(
            "FRD = fraud Y/N; ",
            "scratch that ",
            "no, wait, ",
            "different case ",
            "it ",
            "he ",
            "she ",
            "Mr ",
            "\r\n",
            "\ufeff",
        ),
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(codec=None)),
    st.lists(FRAGMENTS, max_size=40).map("".join),
    st.lists(st.one_of(FRAGMENTS, SHAPES), max_size=40).map("".join),
)


def check(text, extractor=EXTRACTOR):
    findings = extractor.extract(text)
    assert tuple(findings) == tuple(extractor.lexicon.variables)
    for variable, finding in findings.items():
        wording = extractor.lexicon.variables[variable]
        definite = finding.status in (Status.STATED, Status.IMPLIED)
        if wording.numeric:
            assert isinstance(finding.value, (int, float)) == definite
            assert finding.value is None or math.isfinite(finding.value)
        else:
            assert (finding.value in tuple(wording.states)) == definite
        assert finding.status is not Status.STATED or finding.spans
        last = 0
        for start, end in finding.spans:
            assert last <= start < end <= len(text)
            last = end
    return findings


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text(text):
    assert check(text) == EXTRACTOR.extract(text)


LINES = st.sampled_from(
    [
        *(
            "TB: no",
            "- TB: no",
            "TB: no  ",
            "lung cancer - none",
            "Smoker? yes",
            "Past history:",
            "  TB: yes",
            "Mother:",
        ),
        *(
            "Tom: TB?",
            "Ann: no",
            "Tom: lung cancer?",
            "Ann: not that I know: no.",
            "1. TB: no",
            "2. bronchitis: yes",
            "",
        ),
        *(
            "TB this stay: no",
            "error lamp TB: off",
            "TB n, bronchitis y",
            "[ ] TB",
            "TB ..... no",
            '"smoker": true',
            "a, b",
        ),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=9).map("\n".join))
def test_what_is_kept_of_earlier_texts_changes_nothing(text):
    after_others = EXTRACTOR.extract(text)
    vocabulary = compile_vocabulary(LEXICON)
    for kept in (vocabulary.known, vocabulary.name_lengths, vocabulary.plain_lines, vocabulary.speakers):
        kept.clear()
    assert EXTRACTOR.extract(text) == after_others


MEASURED = {name: Extractor(Domain.load(name).lexicon) for name in ("mimic_struct", "payments", "alarm")}
QUANTITIES = st.lists(
    st.sampled_from(
        [
            *(
                "lactate ",
                "MAP ",
                "creatinine ",
                "score=",
                "amount: ",
                "$",
                "USD ",
                "mmol/L ",
                "mmHg ",
                "mg/dL ",
                "days ",
            ),
            *(
                "one ",
                "two ",
                "seventy-",
                "point ",
                "hundred ",
                "and ",
                "a ",
                "61 ",
                "2.4 ",
                "1,204.50 ",
                "-",
                "/",
                "(",
            ),
            *(
                ")",
                ", ",
                "; ",
                ". ",
                "\n",
                "> ",
                "→ ",
                "about ",
                "to ",
                "between ",
                "goal ",
                "baseline ",
                "on admission ",
            ),
            *(
                "by day 3 ",
                "high ",
                "low ",
                "normal ",
                "zero ",
                "CVP ",
                "wedge ",
                "respectively ",
                "all ",
                "not ",
                "ip ",
            ),
            *("card ", "=US ", ":", "²", "٣", "Ⅷ", "9"),
        ]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize("name", MEASURED)
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(QUANTITIES, TEXTS))
def test_any_text_with_numbers(name, text):
    assert check(text, MEASURED[name]) == MEASURED[name].extract(text)


@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize(
    "piece", ["7", "1,", "1.", "1 ", "lactate 2, ", "one hundred and ", "a/1/", "6-", "CVP, 5 low "]
)
def test_much_of_a_number(name, piece):
    check(piece * (20_000 // len(piece)), MEASURED[name])


@given(st.text(st.characters(codec=None)))
def test_normalising_keeps_every_offset(text):
    assert len(normalise(text)) == len(text)


@given(TEXTS)
def test_tokens_are_where_they_say(text):
    tokens = tokenise(text)
    folded = normalise(text)
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        number = word.replace(".", "").isdecimal() and number_value(word) is not None  # "seventy-one" is "71"
        assert folded[start:end] == word or number or (word[0] == "\n" and not folded[start:end].strip())


def test_every_unicode_block():
    for low in range(0, 0x110000, 0x800):
        check("no " + "".join(map(chr, range(low, low + 0x800))) + " TB")


def test_spans_slice_to_what_is_said():
    text = "\u2003Naïve “İ” — she’s a non\u2011smoker;\u00a0no dyspnœa, no SOB. CXR: normal"
    findings = EXTRACTOR.extract(text)
    said = {name: [text[a:b] for a, b in f.spans] for name, f in findings.items() if f.spans}
    assert said == {"smoke": ["non\u2011smoker"], "dysp": ["SOB"], "xray": ["CXR: normal"]}


spec = importlib.util.spec_from_file_location(
    "benchmark_extractor", Path(__file__).resolve().parents[2] / "scripts" / "benchmark_extractor.py"
)
benchmark = importlib.util.module_from_spec(spec)
spec.loader.exec_module(benchmark)


@pytest.mark.parametrize("repeated", benchmark.PATHOLOGICAL.values(), ids=benchmark.PATHOLOGICAL)
@pytest.mark.parametrize("length", [1, 50, 4_000])
def test_pathological_texts_are_read(repeated, length):
    """How long they take is measured by scripts/benchmark_extractor.py."""
    check(benchmark.pathological(repeated, length))


def test_an_equal_lexicon_is_compiled_once():
    again = Domain.load("asia").lexicon
    assert again is not LEXICON
    assert compile_vocabulary(again) is compile_vocabulary(LEXICON)
    changed = LEXICON.model_copy(update={"others": (*LEXICON.others, "a further thing")})
    assert compile_vocabulary(changed) is not compile_vocabulary(LEXICON)


PROGRAM = """
import hashlib, json
from causalsynth.domain import Domain
from causalsynth.extract import Extractor
found = []
for name in NAMES:
    lexicon = Domain.load(name).lexicon
    extractor = Extractor(lexicon)
    said = [s for v in lexicon.variables.values() for s in (v.states.values() if v.states else [v.wording(7)])]
    forms = [f for s in said for f in (*s.say, *s.brief)]
    texts = [lexicon.render(a) + " " + lexicon.render(b) for a, b in zip(forms, forms[7:] + forms[:7])]
    texts += ["TB? No. Lung cancer is possible, positive flag.", "no cough, SOB; CXR: mass, otherwise normal"]
    texts += ["| TB | no |\\n| CVP | low |", "[ ] sepsis [x] delirium, score=12, then $4.50, no, wait, $5.40"]
    for text in texts:
        read = extractor.extract(text)
        found.append((read.to_json(), [list(f.candidates) for f in read.values()]))
print(hashlib.sha256(json.dumps(found).encode()).hexdigest())
"""


def program(*names):
    return f"NAMES = {names}\n{PROGRAM}"


def digest_under(seed, *names):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", program(*names)], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_findings_do_not_depend_on_the_hash_seed(capsys):
    """Those of a seed are those of this process, whose own seed is another one each time."""
    names = "asia", "mimic_struct"
    exec(program(*names), {})
    assert digest_under("0" if sys.flags.hash_randomization else "1", *names) == capsys.readouterr().out


@pytest.mark.slow
def test_findings_do_not_depend_on_known_hash_seeds():
    names = "asia", "mimic_struct", "payments", "alarm"
    assert len({digest_under(seed, *names) for seed in ("0", "1", "77")}) == 1
