"""Effects of runs whose biases are known."""

import json

import numpy as np
import pytest
from scipy.stats import sem

from causalsynth import equations as eq
from causalsynth.errors import InputError
from causalsynth.evaluate.effects import Effect, Outcome, effect_in, effects, read_effects
from causalsynth.evaluate.effects.differences import se_of_means, se_of_pairs
from causalsynth.evaluate.effects.interventional import mean_of
from causalsynth.evaluate.effects.truth import mean_in
from causalsynth.evaluate.rundir import open_run
from causalsynth.ledger import Attempt, LoggedViolation, RecordStatus
from causalsynth.scm import SCM

ASIA = SCM.load("asia")
SMOKE = Effect("smoke", "yes", "no", Outcome("dysp", "yes"))
SEED = 9


def write_run(directory, n, *, do=None, graph="asia", wrong=0.5, seed=SEED):
    """Half of the first drafts say that smokers without dyspnoea have it; the second draft is right."""
    model = SCM.load(graph)
    model = model.do(do) if do else model
    rng = np.random.default_rng(1)
    lines = []
    for i, skeleton in enumerate(model.sample(n, seed=seed)):
        common = {"i": i, "t": 0.0, "skeleton": skeleton, "do": do or {}, "draft": "text", "finish": "stop"}
        k = 1
        if skeleton.get("smoke") == "yes" and skeleton.get("dysp") == "no" and rng.random() < wrong:
            violation = LoggedViolation(variable="dysp", kind="wrong", expected="no", found="yes")
            lines.append(Attempt(k=1, **common, values=skeleton | {"dysp": "yes"}, violations=(violation,)))
            k = 2
        lines.append(Attempt(k=k, **common, values=skeleton, final=True, status=RecordStatus.REALIZED))
    directory.mkdir()
    (directory / "attempts.jsonl").write_text("".join(line.to_line() for line in lines))
    config = {"graph": str(graph), "n": n, "rounds": 2, "realizer": "openai", "do": do or {}, "seed": seed}
    (directory / "manifest.json").write_text(json.dumps({"config": config, "sources": {"graph": model.digest()}}))
    return open_run(directory)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("effects") / "run", 2000)


def test_the_bias_of_unverified_text_and_of_rejection_is_seen_and_the_loop_has_none(run):
    smoker, other = (ASIA.do({"smoke": value}).distribution("dysp")["yes"] for value in ("yes", "no"))
    (found,) = effects(run, [SMOKE]).effects
    assert found.truth.exact
    assert found.truth.value == pytest.approx(smoker - other, abs=1e-12)
    expected = {
        "skeleton": smoker - other,
        "unverified": smoker + 0.5 * (1 - smoker) - other,  # half of those without are said to have it
        "rejection": smoker / (1 - 0.5 * (1 - smoker)) - other,  # those are dropped
        "loop": smoker - other,
    }
    for name, value in expected.items():
        estimate = found.estimates[name].estimate
        assert abs(estimate.value - value) < 4 * estimate.se  # 6e-5 each
    for name in ("unverified", "rejection"):
        off = found.estimates[name]
        assert off.from_skeletons > 10 * off.se_from_skeletons
    assert found.estimates["loop"].from_skeletons == 0


def test_means_under_an_intervention_are_held_against_the_exact_ones(tmp_path, run):
    world = write_run(tmp_path / "world", 1000, do={"smoke": "yes"}, wrong=0.5, seed=SEED + 1)
    (found,) = effects(run, [SMOKE], against=[world]).worlds
    assert not found.twins  # another seed
    (mean,) = found.means
    assert mean.truth.value == pytest.approx(ASIA.do({"smoke": "yes"}).distribution("dysp")["yes"], abs=1e-12)
    right, wrong = mean.estimates["loop"], mean.estimates["unverified"]
    assert right.interval[0] < mean.truth.value < right.interval[1]
    assert wrong.interval[0] > mean.truth.value + 0.1
    assert mean_of(np.array([1.0, np.nan]), Outcome("x")) is None


def test_twins_give_effects_pair_by_pair(tmp_path, run):
    worlds = [write_run(tmp_path / value, 2000, do={"smoke": value}) for value in ("yes", "no")]
    report = effects(run, [SMOKE], against=worlds)
    assert [world.twins for world in report.worlds] == [True, True]
    (by_intervention,) = report.by_intervention
    assert by_intervention.paired
    pairs, samples = by_intervention.estimates["skeleton"], report.effects[0].estimates["skeleton"]
    assert abs(pairs.value - by_intervention.truth.value) < 4 * pairs.se
    assert pairs.se < samples.estimate.se  # the noise is the same in both worlds
    assert by_intervention.estimates["unverified"].value - pairs.value > 10 * pairs.se
    (outcome,) = report.worlds[0].outcomes
    assert outcome.agreement["skeleton"].rate == 1
    assert outcome.agreement["unverified"].rate < 0.9
    json.dumps(report.to_json(), allow_nan=False)


def test_counterfactual_frequencies_are_those_of_the_coupling(tmp_path):
    # By the inverse CDF, U < .3 has y = yes in both worlds and U < .8 in that of x = yes alone. So of those with x = no
    # and y = no the share .5/.7 gets it: Pearl's probability of sufficiency (Causality, 2009, section 9.2).
    spec = tmp_path / "two.bif"
    model = SCM.from_mechanisms(
        "two",
        {
            "x": eq.probabilities({"yes": 0.4, "no": 0.6}),
            "y": eq.table(("yes", "no"), {"x": ("yes", "no")}, {"yes": (0.8, 0.2), "no": (0.3, 0.7)}),
        },
    )
    model.to_bif(spec)
    facts = write_run(tmp_path / "facts", 1500, graph=spec)
    twins = write_run(tmp_path / "twins", 1500, graph=spec, do={"x": "yes"})
    (world,) = effects(facts, against=[twins]).worlds
    (outcome,) = world.outcomes
    assert abs(outcome.gained.value - 5 / 7) < 5 * outcome.gained.se
    low, high = outcome.estimates["extracted"].gained.interval
    assert low < 5 / 7 < high
    assert outcome.lost.value == 0  # monotone
    assert abs(outcome.difference.value - 0.5) < 5 * outcome.difference.se


def test_effects_on_numbers_are_simulated_and_say_how_well(tmp_path):
    model = SCM.from_mechanisms(
        "dose", {"x": eq.bernoulli(("no", "yes"), 0.5), "y": eq.normal("1 + 2.5 * [x = yes]", 3)}
    )
    truth = effect_in(model, Effect("x", "yes", "no", Outcome("y")))
    assert not truth.exact
    assert truth.value == pytest.approx(2.5)  # the noise is the same in both worlds, so that it cancels out
    mean = mean_in(model.do(x="yes"), Outcome("y"))
    assert 0 < mean.se < 0.01
    assert abs(mean.value - 3.5) < 5 * mean.se


def test_what_is_asked():
    assert len(read_effects(ASIA, None, None)) == 11
    assert read_effects(ASIA, "smoke", "dysp") == [SMOKE]
    assert read_effects(ASIA, "smoke=no", "dysp=no", "yes") == [Effect("smoke", "no", "yes", Outcome("dysp", "no"))]
    assert {effect.treatment for effect in read_effects(ASIA, None, "either")} == {"asia", "tub", "smoke", "lung"}
    for arguments, message in (
        (("xray", "dysp"), "doesn't cause"),
        (("smok", None), "no variable"),
        (("smoke=maybe", None), "no state"),
        ((None, None, "no"), "of which treatment"),
        (("dysp", None), "no such effect"),
    ):
        with pytest.raises(InputError, match=message):
            read_effects(ASIA, *arguments)
    with pytest.raises(InputError, match="held by the run"):
        read_effects(ASIA.do(smoke="yes"), "smoke", "dysp")
    icu = SCM.load("mimic_struct")
    for value, message in (("much", "is no number"), ("nan", "no finite number")):
        with pytest.raises(InputError, match=message):
            read_effects(icu, f"map={value}", None, "70")


def test_an_outcome_that_has_not_occurred_is_not_taken_for_impossible():
    """Agresti & Min's and Agresti & Caffo's variances, by hand; with numbers the usual ones."""
    assert se_of_pairs(np.zeros(98), binary=True) == pytest.approx(1 / 100)
    pairs = np.repeat([1.0, -1.0, 0.0], [7, 3, 88])
    cells = np.array([7.5, 3.5]) / 100  # half a pair more in each cell
    assert se_of_pairs(pairs, binary=True) == pytest.approx(np.sqrt((cells.sum() - (cells @ [1, -1]) ** 2) / 100))
    assert se_of_means(np.zeros(98), np.ones(98), binary=True) == pytest.approx(np.sqrt(2 * 0.01 * 0.99 / 100))
    values = np.array([1.0, 4.0, 2.0])
    assert se_of_pairs(values, binary=False) == pytest.approx(sem(values))
    assert se_of_means(values, values, binary=False) == pytest.approx(np.sqrt(2) * sem(values))
