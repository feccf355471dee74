import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from causalsynth.errors import InputError
from causalsynth.evaluate import independence
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.triples import arc_triples, null_triples
from causalsynth.scm import SCM


@pytest.fixture(scope="module")
def asia():
    return SCM.from_bif("asia")


@pytest.fixture(scope="module")
def skeletons(asia):
    return asia.sample(4000, seed=11).to_frame()


def shuffled(frame, seed):
    """The same columns, each in an order of its own: margins stay, every dependence goes."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: rng.permutation(frame[name].to_numpy()) for name in frame.columns})


def test_asia_has_38_implied_independencies_and_27_arc_tests(asia):
    nulls, arcs = null_triples(asia.graph), arc_triples(asia.graph, seed=1)
    assert len(nulls) == len(set(nulls)) == 38
    assert len(arcs) == len(set(arcs)) == 27
    assert all(asia.graph.is_d_separated(*triple) for triple in nulls)
    assert not any(asia.graph.is_d_separated(*triple) for triple in arcs)
    assert {triple[:2] for triple in arcs} == set(asia.graph.edges)


def test_triples_are_a_function_of_the_seed(asia):
    assert arc_triples(asia.graph, seed=1) == arc_triples(asia.graph, seed=1)
    assert arc_triples(asia.graph, seed=1) != arc_triples(asia.graph, seed=2)
    few = null_triples(asia.graph, most=10, seed=1)
    assert len(few) == 10
    assert set(few) <= set(null_triples(asia.graph))
    assert few != null_triples(asia.graph, most=10, seed=2)


def test_held_variables_are_in_no_triple(asia):
    cut = asia.do(either="yes")
    held = frozenset(cut.interventions)
    triples = null_triples(cut.graph, held=held) + arc_triples(cut.graph, held=held)
    assert all("either" not in (x, y, *given) for x, y, given in triples)
    assert ("dysp", "xray", ()) in triples  # only their common cause joined them


def test_a_run_under_do_is_tested_against_the_mutilated_graph(asia, skeletons):
    cut = asia.do(either="yes")
    report = independence({"table": cut.sample(4000, seed=3).to_frame()}, cut)
    assert report.to_json()["do"] == {"either": "yes"}
    assert report.values["table"].untestable.count == 0
    assert report.values["table"].false_positives.rate < 0.3
    # Rows drawn without the intervention don't fit that graph: either joins lung and xray.
    observed = independence({"table": skeletons}, cut).values["table"]
    assert ("lung", "xray", ()) in {outcome.triple for outcome in observed.rejected}
    assert observed.false_positives.rate > 0.3


def test_deterministic_pairs_are_no_test_of_power(asia, skeletons):
    states = {name: asia.states(name) for name in asia.variables}
    table = CodedTable.from_frame(skeletons, states)
    assert table.contingency(("either", "xray", ("lung", "tub"))).dof == 0
    report = independence({"skeleton": skeletons}, asia).values["skeleton"]
    assert report.power.n < 27


def test_exact_skeletons_pass_and_the_same_values_differ_by_nothing(asia, skeletons):
    report = independence({"skeleton": skeletons, "extracted": skeletons.copy()}, asia)
    figures = report.to_json()
    skeleton = figures["values"]["skeleton"]
    # Seeded. The rate's standard error is near .05, so .25 is 4 of them off: false alarm below 1e-4.
    assert skeleton["fpr"] < 0.25
    assert skeleton["power"] > 0.9
    difference = report.paired_difference["extracted"]
    assert (difference.fpr, difference.power, difference.fpr_se) == (0, 0, 0)


def test_a_planted_break_collapses_power_and_leaves_the_false_positives(asia, skeletons):
    report = independence({"skeleton": skeletons, "extracted": shuffled(skeletons, 5)}, asia)
    broken = report.values["extracted"]
    # Under full independence each arc test rejects with probability .05: half of them is out of reach.
    assert broken.power.rate < 0.3
    assert broken.false_positives.rate < 0.25
    assert report.paired_difference["extracted"].power < -0.6


def test_a_column_read_as_constant_counts_against_power(asia, skeletons):
    constant = skeletons.assign(smoke="no")
    report = independence({"skeleton": skeletons, "extracted": constant}, asia)
    assert report.values["extracted"].power.n == report.values["skeleton"].power.n
    unseen = {outcome.triple[:2] for outcome in report.values["extracted"].unseen}
    assert {("smoke", "lung"), ("smoke", "bronc")} <= unseen
    assert report.paired_difference["extracted"].power < 0
    # … and is reported apart where it can no longer be tested, never as passed.
    assert report.values["extracted"].untestable.count > report.values["skeleton"].untestable.count


def test_records_that_are_not_definite_are_missing_only_where_they_matter(asia, skeletons):
    partial = skeletons.astype(object)
    partial.iloc[:100, partial.columns.get_loc("dysp")] = None
    partial.iloc[50:150, partial.columns.get_loc("xray")] = "uncertain"
    partial.iloc[150:160, partial.columns.get_loc("xray")] = "conflict"
    report = independence({"skeleton": skeletons, "extracted": partial}, asia)
    extracted = report.values["extracted"]
    assert extracted.indefinite == {"dysp": 100, "xray": 110}
    assert (extracted.rows, extracted.indefinite_rows) == (4000, 160)
    states = {name: asia.states(name) for name in asia.variables}
    table = CodedTable.from_frame(partial, states)
    assert table.contingency(("smoke", "bronc", ())).n == 4000
    assert table.contingency(("bronc", "dysp", ())).n == 3900
    assert table.contingency(("xray", "dysp", ("either",))).n <= 3840


def test_nothing_read_at_all_is_untestable(asia, skeletons):
    nothing = pd.DataFrame({name: [None] * len(skeletons) for name in skeletons.columns})
    figures = independence({"skeleton": skeletons, "extracted": nothing}, asia).to_json()
    extracted = figures["values"]["extracted"]
    assert (extracted["fpr"], extracted["fpr_se"], extracted["n_null"]) == (None, None, 0)
    assert extracted["untestable_share"] == 1
    assert extracted["power"] == 0
    json.dumps(figures, allow_nan=False)


def test_uncertain_is_a_state_where_the_graph_has_it():
    from causalsynth.graph import Dag
    from causalsynth.scm import CategoricalTable

    table = CategoricalTable.from_rows(("uncertain", "sure"), (), {(): (0.5, 0.5)}, {})
    scm = SCM("own", Dag({"a": (), "b": ()}), {"a": table, "b": table})
    frame = scm.sample(50, seed=1).to_frame()
    assert not independence({"table": frame}, scm).values["table"].indefinite


@pytest.mark.parametrize("test", ["x2", "g2"])
def test_json_has_the_promised_keys(asia, skeletons, test):
    frames = {"skeleton": skeletons, "extracted": skeletons}
    document = json.loads(json.dumps(independence(frames, asia, test=test).to_json(), allow_nan=False))
    assert {"alpha", "test", "values", "paired_difference"} <= document.keys()
    assert (document["alpha"], document["test"]) == (0.05, test)
    for name in ("skeleton", "extracted"):
        promised = {"fpr", "fpr_se", "n_null", "power", "n_arcs", "untestable_share"}
        assert promised <= document["values"][name].keys()
    assert document["values"]["skeleton"]["n_arcs"] == 8
    assert {"fpr", "power"} <= document["paired_difference"]["extracted"].keys()
    assert list(document["paired_difference"]) == ["extracted"]


def test_a_single_table_has_nothing_to_be_compared_with(asia, skeletons):
    assert independence({"table": skeletons}, asia).to_json()["paired_difference"] == {}


def test_a_value_that_is_no_state_is_named_by_table_row_and_column(asia, skeletons):
    wrong = skeletons.astype(object)
    wrong.iloc[6, wrong.columns.get_loc("xray")] = "maybe"
    with pytest.raises(InputError, match=r"table: row 7: xray = 'maybe'"):
        independence({"table": wrong}, asia)
    with pytest.raises(InputError, match="no column 'xray'"):
        independence({"table": skeletons.drop(columns="xray")}, asia)


def test_ordered_silence_is_in_no_test_of_any_values(asia, skeletons):
    quiet = skeletons.assign(tub=None, lung="uncertain")
    report = independence({"skeleton": skeletons, "extracted": quiet}, asia, silent=("lung", "tub"))
    document = report.to_json()
    assert document["silent"] == ["tub", "lung"]
    extracted = report.values["extracted"]
    assert (extracted.untestable.count, extracted.indefinite_rows, extracted.indefinite) == (0, 0, {})
    difference = report.paired_difference["extracted"]
    assert (difference.fpr, difference.power) == (0, 0)
    assert 0 < extracted.false_positives.n < 38
    assert extracted.arcs == 4  # asia's eight less the four at tub or lung
    # … but the same silence without an order is the text's own.
    blamed = independence({"skeleton": skeletons, "extracted": quiet}, asia)
    assert blamed.to_json()["silent"] == []
    assert blamed.paired_difference["extracted"].power < 0


def test_silent_variables_are_in_no_triple_and_cost_arcs_no_other_test(asia):
    silent = frozenset({"either"})
    nulls = null_triples(asia.graph, silent=silent)
    arcs = arc_triples(asia.graph, silent=silent, seed=1)
    assert set(nulls) < set(null_triples(asia.graph))
    assert all("either" not in (x, y, *given) for x, y, given in nulls + arcs)
    assert {triple[:2] for triple in arcs} == {pair for pair in asia.graph.edges if "either" not in pair}
    few = null_triples(asia.graph, silent=silent, most=5, seed=1)
    assert len(few) == 5
    assert set(few) <= set(nulls)


def test_one_stated_variable_leaves_nothing_to_test(asia, skeletons):
    silent = set(asia.variables) - {"smoke"}
    document = independence({"skeleton": skeletons, "extracted": skeletons}, asia, silent=silent).to_json()
    assert (document["values"]["extracted"]["n_null"], document["values"]["extracted"]["n_arcs"]) == (0, 0)
    json.dumps(document, allow_nan=False)


def test_an_unknown_silent_variable_is_refused(asia, skeletons):
    with pytest.raises(InputError, match="no variable 'smoker'"):
        independence({"table": skeletons}, asia, silent=["smoker"])


def test_an_empty_text_is_missing_like_a_null(asia, skeletons):
    empty, null = skeletons.astype(object), skeletons.astype(object)
    empty.iloc[:30, empty.columns.get_loc("dysp")] = ""
    null.iloc[:30, null.columns.get_loc("dysp")] = None
    report = independence({"null": null, "empty": empty}, asia)
    assert report.values["empty"].indefinite == {"dysp": 30}
    assert report.values["empty"].to_json() == report.values["null"].to_json()


def test_an_empty_text_is_a_state_where_the_graph_has_it():
    frame = pd.DataFrame({"a": ["", "x", None]})
    table = CodedTable.from_frame(frame, {"a": ("", "x")})
    assert table.codes["a"].tolist() == [0, 1, -1]


def test_numbers_are_tested_beside_states():
    ward = SCM.load(Path(__file__).parents[2] / "ward")
    frame = ward.sample(300, seed=1).to_frame()
    report = independence({"skeleton": frame}, ward)
    assert report.test == "auto"
    assert report.values["skeleton"].false_positives.n > 0
    assert 0 < report.values["skeleton"].fpr_se < 0.5
    json.dumps(report.to_json(), allow_nan=False)
    assert independence({"skeleton": frame}, ward, silent=["temperature", "pulse", "visits"]).test == "x2"
