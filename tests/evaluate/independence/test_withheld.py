"""What texts were told not to say is missing everywhere, and selects records."""

import numpy as np
import pytest

from causalsynth.domain.mention import MentionPlan
from causalsynth.evaluate import independence
from causalsynth.evaluate.independence.triples import null_triples
from causalsynth.evaluate.independence.withheld import unselected, withhold
from causalsynth.scm import SCM

ASIA = SCM.load("asia")


@pytest.fixture(scope="module")
def frames():
    skeletons = ASIA.sample(3000, seed=5).to_frame().astype(object)
    skeletons.index.name = "i"
    extracted = skeletons.copy()
    extracted.loc[:99, "dysp"] = None
    return {"skeleton": skeletons, "extracted": extracted}


def withheld_by(text, frames, seed=7):
    return withhold(frames, MentionPlan.parse(text, ASIA.supports), seed)


def test_the_same_cells_are_missing_from_all_values_and_no_others(frames):
    masked, withheld = withheld_by("xray: .3; dysp|smoke: yes=.1, no=.6", frames)
    assert [(item.variable, str(item.mechanism), item.given) for item in withheld] == [
        ("xray", "MCAR", ()),
        ("dysp", "MAR", ("smoke",)),
    ]
    for item in withheld:
        for name, frame in frames.items():
            assert masked[name][item.variable][item.silent].isna().all()
            assert masked[name][item.variable][~item.silent].equals(frame[item.variable][~item.silent])
    for name in set(ASIA.variables) - {"xray", "dysp"}:
        assert masked["extracted"][name].equals(frames["extracted"][name])
    assert not frames["skeleton"].isna().any(axis=None)


def test_only_silence_that_nobody_asked_for_counts_as_not_definite(frames):
    masked, withheld = withheld_by("dysp: .5; xray: .2", frames)
    report = independence(masked, ASIA, withheld=withheld)
    lost = int((~withheld[1].silent[:100]).sum())
    assert withheld[1].variable == "dysp"
    assert 20 < lost < 80  # Binomial(100, .5): P(outside) < 1e-8
    assert report.values["skeleton"].indefinite == {}
    assert report.values["extracted"].indefinite == {"dysp": lost}
    assert report.values["extracted"].indefinite_rows == lost
    told = np.flatnonzero(withheld[1].silent)
    assert report.to_json()["withheld"][1]["records"] == len(told)


def test_silence_by_chance_selects_nothing(frames):
    nulls = null_triples(ASIA.graph)
    _, withheld = withheld_by("; ".join(f"{name}: .3" for name in ASIA.variables), frames)
    assert unselected(ASIA.graph, nulls, withheld) == nulls


def test_silence_by_a_common_effect_binds_its_causes(frames):
    # tub and smoke are independent, but among records selected by `either`, which both lead to, they are not.
    nulls = [("smoke", "tub", ()), ("asia", "smoke", ()), ("smoke", "xray", ("either",))]
    _, withheld = withheld_by("tub|either: yes=.1, no=.8", frames)
    assert unselected(ASIA.graph, nulls, withheld) == nulls[1:]
    _, of_another = withheld_by("dysp|either: yes=.1, no=.8", frames)
    assert unselected(ASIA.graph, nulls, of_another) == nulls


def test_what_an_intervention_holds_binds_nothing(frames):
    held = ASIA.do(smoke="no")
    _, withheld = withheld_by("bronc|smoke: yes=.2, no=.3; lung|smoke: yes=.1, no=.9", frames)
    triple = ("bronc", "lung", ())
    assert unselected(held.graph, [triple], withheld, held=held.held) == [triple]


def test_selected_independencies_are_counted_and_not_tested():
    rows = ASIA.sample(20_000, seed=3)
    skeletons = {"skeleton": rows.to_frame().rename_axis("i")}
    text = "tub|either: yes=0, no=.97; smoke|either: yes=0, no=.97"
    masked, withheld = withheld_by(text, skeletons)
    report = independence(masked, ASIA, withheld=withheld)
    assert report.selected > 0
    figures = report.values["skeleton"]
    assert figures.false_positives.n + figures.untestable.count + report.selected == report.implied
    # They would be blamed for what the selection did: smoke and tub are dependent where `either` decides who speaks.
    blamed = {outcome.triple for outcome in independence(masked, ASIA).values["skeleton"].rejected}
    assert ("smoke", "tub", ()) in blamed
    assert ("smoke", "tub", ()) not in {outcome.triple for outcome in report.values["skeleton"].rejected}
