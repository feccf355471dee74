"""A user's own few lines of lexicon, without packs, word groups or anchors, must work well."""

import pytest

from causalsynth.domain import Domain
from causalsynth.errors import LexiconError
from causalsynth.extract import Extractor

YAML = """
domain: bakery
title: Bakery shift reports
subject: the oven
variables:
  overheating:
    label: overheating
    absent: no
    states:
      yes:
        means: the oven overheated
        say: ["The oven overheated."]
        assert: [overheat, overheated, overheating, too hot]
      no: {means: the oven did not overheat, say: ["The oven did not overheat.", "There was no overheating."]}
  power_cut:
    label: power cut
    absent: no
    states:
      yes: {means: there was a power cut, say: ["There was a power cut."], assert: [power cut, outage]}
      no: {means: there was no power cut, say: ["There was no power cut.", "No outage occurred."]}
  batch:
    label: batch
    states:
      good: {means: the batch was good, say: ["The batch was good."], assert: [batch was good, good batch]}
      burnt: {means: the batch was burnt, say: ["The batch was burnt."], assert: [burnt]}
      raw: {means: the batch was raw, say: ["The batch was raw."], assert: [undercooked, batch was raw]}
  complaint:
    label: complaint
    absent: no
    states:
      yes: {means: a customer complained, say: ["A customer complained."], assert: [complained, complaint, complaints]}
      no: {means: no customer complained, say: ["No customer complained."]}
"""
CASES = [
    ("The oven overheated after a power cut; the loaves were burnt and a customer complained.", "yes yes burnt yes"),
    ("No overheating, power cut or complaints today. A good batch.", "no no good no"),
    ("Overheating: no. Outage: none. Complaints: none.", "no no None no"),
    ("Overheating and a power cut were ruled out. Possibly undercooked.", "no no uncertain None"),
    ("Was there an outage? No. Nobody complained.", "None no None no"),
    ("If it is too hot, call the engineer. We were worried about a power cut.", "None None None None"),
    ("The bread was not burnt.", "None None uncertain None"),
    ("The loaves were burnt, but there were no complaints and the oven isn't overheating.", "no None burnt no"),
    ("There was a power cut. There was no power cut.", "None conflict None None"),
    ("An outage can't be excluded.", "None uncertain None None"),
]
DOMAIN = Domain.from_yaml(YAML)


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_reads_prose(text, expected):
    values = Extractor(DOMAIN.lexicon).extract(text).values_by_variable()
    assert " ".join(map(str, values.values())) == expected


def test_reads_back_what_it_says():
    extractor = Extractor(DOMAIN.lexicon)
    for variable, wording in DOMAIN.lexicon.variables.items():
        for state, said in wording.states.items():
            for sentence in said.say:
                read = {k: v for k, v in extractor.extract(sentence).values_by_variable().items() if v is not None}
                assert read == {variable: state}, sentence


def test_three_states_keep_what_is_left_open():
    finding = Extractor(DOMAIN.lexicon).extract("The bread was not burnt.")["batch"]
    assert finding.candidates == ("good", "raw")


HEDGES = [
    "It is not yet clear whether {means}.",
    "It remains uncertain whether {means}.",
    "Possibly {means}, but this is unconfirmed.",
    "We do not yet know whether {means}.",
]
DOMAINS = [DOMAIN, Domain.load("asia")]
FACTS = [
    pytest.param(domain, variable, state, id=f"{domain.name}-{variable}-{state}")
    for domain in DOMAINS
    for variable in domain.variables
    for state in domain.states(variable)
]


@pytest.mark.parametrize("hedge", HEDGES)
@pytest.mark.parametrize(("domain", "variable", "state"), FACTS)
def test_a_hedged_meaning_is_uncertain_also_under_its_label(hedge, domain, variable, state):
    wording = domain.lexicon.variables[variable]
    sentence = hedge.format(means=wording.states[state].means)
    assert read(domain, sentence) == {variable: "uncertain"}
    assert read(domain, f"{wording.label.capitalize()}: {sentence}") == {variable: "uncertain"}


@pytest.mark.parametrize(("domain", "variable", "state"), FACTS)
def test_a_label_heads_every_form(domain, variable, state):
    wording = domain.lexicon.variables[variable]
    said = wording.states[state]
    for form in (*said.say, *said.brief, state):
        line = f"- {wording.label.capitalize()}: {domain.lexicon.render(form)}"
        assert read(domain, line).get(variable) == state, line


def read(domain, text):
    values = Extractor(domain.lexicon).extract(text).values_by_variable()
    return {name: value for name, value in values.items() if value is not None}


WITH_A_PAST = """
domain: boiler
title: Boiler reports
variables:
  earlier_leak:
    label: history of leaks
    absent: no
    states:
      yes: {means: it has leaked before, say: ["It has leaked before."], assert: [leaked before, leak on record]}
      no: {means: it has never leaked, say: ["It has never leaked before."], assert: [never leaked before]}
  leak:
    label: leak
    absent: no
    past: earlier_leak
    states:
      yes: {means: it leaks, say: ["There is a leak."], assert: [leak, leaking]}
      no: {means: it does not leak, say: ["There is no leak."]}
"""


@pytest.mark.parametrize(
    ("text", "earlier", "now"),
    [
        ("There is a leak.", None, "yes"),
        ("Previous leak on the same valve.", "yes", None),
        ("No previous leak. No leak today.", "no", "no"),
        ("There may have been a leak years ago.", "uncertain", None),
        ("It has never leaked before and doesn't have it now.", "no", None),
    ],
)
def test_what_is_past_speaks_of_the_variable_named_for_it(text, earlier, now):
    values = Extractor(Domain.from_yaml(WITH_A_PAST).lexicon).extract(text).values_by_variable()
    assert (values["earlier_leak"], values["leak"]) == (earlier, now)


def test_a_past_must_be_a_variable_of_two_states():
    with pytest.raises(LexiconError, match="past: 'leaks' is no variable with two states"):
        Domain.from_yaml(WITH_A_PAST.replace("past: earlier_leak", "past: leaks"))


WITH_AN_EVER = """
domain: kennel
title: Kennel notes
variables:
  mites:
    label: mites
    absent: "no"
    ever: "yes"
    anchors: [ear swab]
    state_words: {"yes": [positive], "no": [negative]}
    states:
      "yes": {means: it had mites, say: ["It had mites."], assert: [mites]}
      "no": {means: it never had mites, say: ["It never had mites."]}
"""


@pytest.mark.parametrize(
    ("text", "mites"),
    [
        ("The ear swab was positive on Monday and is negative today.", "yes"),
        ("Ear swab negative at first, positive on Friday.", "yes"),
        ("Ear swab (positive/negative): negative.", "no"),
        ("It had mites. Ear swab negative today.", "yes"),
        ("Ear swab negative today.", "no"),
        ("It had mites. Ear swab negative.", "conflict"),
    ],
)
def test_what_ever_held_holds(text, mites):
    assert Extractor(Domain.from_yaml(WITH_AN_EVER).lexicon).extract(text).values_by_variable()["mites"] == mites


def test_ever_must_be_a_state():
    with pytest.raises(LexiconError, match="ever: 'maybe' is none of the states yes, no"):
        Domain.from_yaml(WITH_AN_EVER.replace('ever: "yes"', "ever: maybe"))


CAR = """
domain: garage
title: Garage notes
variables:
  mileage:
    label: mileage
    anchors: [mileage, odometer]
    number:
      unit: km
      units: {km: {names: [km]}}
      plausible: [0, 600000]
      say: ["The mileage is {value} km."]
"""


@pytest.mark.parametrize(
    ("text", "mileage"),
    [
        ("Odometer shows 80 000 km.", 80_000),
        ("Odometer shows 80\u00a0500.", 80_500),
        ("Mileage was 120\u202f500 km.", 120_500),
        ("Odometer: 80'000", 80_000),
        ("Mileage 80 000, two owners.", 80_000),
        ("Mileage 120,000 km.", 120_000),
        ("Mileage 80, 120 hp.", 80),
        ("Mileage 80 120/80.", 80),
        ("Mileage 50-300 km.", None),
        ("Mileage 50 - 300.", None),
        ("Mileage 50/300.", 50),
    ],
)
def test_thousands_in_groups_are_one_number(text, mileage):
    assert Extractor(Domain.from_yaml(CAR).lexicon).extract(text)["mileage"].value == mileage


def test_an_extractor_says_what_it_takes():
    with pytest.raises(TypeError, match=r"takes a Lexicon.*not Domain"):
        Extractor(Domain.from_yaml(CAR))


@pytest.mark.parametrize("decimals", [-1, 10, 999_999_999])
def test_digits_after_the_point_are_few(decimals):
    with pytest.raises(LexiconError, match="decimals"):
        Domain.from_yaml(CAR.replace("unit: km\n", f"unit: km\n      decimals: {decimals}\n"))
