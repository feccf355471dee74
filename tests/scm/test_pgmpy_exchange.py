import importlib.util
import logging
import subprocess
import sys
import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from causalsynth.errors import GraphError
from causalsynth.scm.bif import read_bif
from causalsynth.scm.mechanisms import CategoricalTable
from causalsynth.scm.pgmpy_exchange import tables_from_pgmpy, to_pgmpy

FOLDER = Path(importlib.util.find_spec("pgmpy").origin).parent / "utils" / "example_models"


@pytest.fixture(scope="module")
def pgmpy():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgmpy.factors.discrete
        import pgmpy.models
        import pgmpy.readwrite

        return pgmpy


def _model(pgmpy, arcs, *cpds):
    model = pgmpy.models.DiscreteBayesianNetwork()
    model.add_nodes_from(["a", "b"])
    model.add_edges_from(arcs)
    model.add_cpds(*cpds)
    return model


def _root(pgmpy, states=("y", "n"), name="a"):
    names = {name: list(states)} if states else {}
    return pgmpy.factors.discrete.TabularCPD(name, 2, [[0.25], [0.75]], state_names=names)


def _child(pgmpy, names=None, values=((0.1, 0.4), (0.9, 0.6))):
    names = {"a": ["y", "n"], "b": ["p", "q"]} if names is None else names
    return pgmpy.factors.discrete.TabularCPD("b", 2, list(values), evidence=["a"], evidence_card=[2], state_names=names)


AB = [("a", "b")]


@pytest.mark.parametrize("name", ["asia", "alarm", "child", "insurance"])
def test_round_trips_are_exact_bit_for_bit(name):
    tables = read_bif(FOLDER / f"{name}.bif.gz")
    model = to_pgmpy(tables)
    back = tables_from_pgmpy(model)
    assert list(back) == list(tables) == list(model.nodes())
    for variable, table in tables.items():
        again = back[variable]
        assert (again.states, again.parents, again.parent_states) == (table.states, table.parents, table.parent_states)
        assert again.probabilities.tobytes() == table.probabilities.tobytes()
    assert model.check_model()


def test_pgmpy_infers_from_our_model_what_the_tables_say(pgmpy):
    tables = read_bif(FOLDER / "asia.bif.gz")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.inference import VariableElimination

        answer = VariableElimination(to_pgmpy(tables)).query(["lung"], evidence={"smoke": "yes"}, show_progress=False)
    assert answer.get_value(lung="yes") == tables["lung"].probabilities[0, 0] == 0.1


def test_what_pgmpy_reads_from_a_file_is_what_we_read(pgmpy):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gzip

        text = gzip.decompress((FOLDER / "child.bif.gz").read_bytes()).decode()
        theirs = tables_from_pgmpy(pgmpy.readwrite.BIFReader(string=text).get_model())
    ours = read_bif(FOLDER / "child.bif.gz")
    assert list(theirs) == list(ours)
    for variable, table in ours.items():
        assert theirs[variable].states == table.states
        assert theirs[variable].probabilities.tobytes() == table.probabilities.tobytes()


def test_a_parents_states_in_another_order_are_put_right(pgmpy):
    turned = _child(pgmpy, {"a": ["n", "y"], "b": ["p", "q"]})
    table = tables_from_pgmpy(_model(pgmpy, AB, _root(pgmpy), turned))["b"]
    assert table.parent_states == (("y", "n"),)
    assert table.probabilities.tolist() == [[0.4, 0.6], [0.1, 0.9]]


@pytest.mark.parametrize(
    ("states", "written"),
    [
        (None, ("0", "1")),
        ((0, 1), ("0", "1")),
        ((5, -3), ("5", "-3")),
        ((True, False), ("True", "False")),
        ((np.int64(2), np.bool_(True)), ("2", "True")),
        (("1", 2), ("1", "2")),
    ],
)
def test_numbers_and_booleans_become_texts(pgmpy, states, written):
    names = {"a": list(states or (0, 1)), "b": ["p", "q"]}
    tables = tables_from_pgmpy(_model(pgmpy, AB, _root(pgmpy, states), _child(pgmpy, names)))
    assert tables["a"].states == written
    assert tables["b"].parent_states == (written,)
    assert tables["b"].probabilities.tolist() == [[0.1, 0.9], [0.4, 0.6]]


def test_a_parent_without_names_goes_by_position(pgmpy):
    tables = tables_from_pgmpy(_model(pgmpy, AB, _root(pgmpy), _child(pgmpy, {})))
    assert tables["b"].states == ("0", "1")
    assert tables["b"].parent_states == (("y", "n"),)
    assert tables["b"].probabilities.tolist() == [[0.1, 0.9], [0.4, 0.6]]


FAULTS = {
    "no CPD": (lambda p: _model(p, AB, _root(p)), "b has no CPD"),
    "no nodes": (lambda p: p.models.DiscreteBayesianNetwork(), "the model has no nodes"),
    "no model": (lambda p: nx.DiGraph(AB), "a DiGraph is no model of pgmpy with tables"),
    "nothing": (lambda p: None, "a NoneType is no model of pgmpy with tables"),
    "node that is no text": (lambda p: p.models.DiscreteBayesianNetwork([(1, 2)]), "the node 1 is no name"),
    "parents of CPD": (
        lambda p: _model(p, [], _root(p), _child(p)),
        "b has the parents () in the graph and (a) in its CPD",
    ),
    "other states": (
        lambda p: _model(p, AB, _root(p), _child(p, {"a": ["y", "no"], "b": ["p", "q"]})),
        "the CPD of b takes a to have the states (y, no), its own CPD has (y, n)",
    ),
    "numbers in another order": (
        lambda p: _model(p, AB, _root(p, (1, 0)), _child(p, {})),
        "the CPD of b takes a to have the states (0, 1), its own CPD has (1, 0)",
    ),
    "unnamed parent": (
        lambda p: _model(p, AB, _root(p), _child(p, {"b": ["p", "q"]})),
        "the CPD of b doesn't name the states of a",
    ),
    "same when written": (
        lambda p: _model(p, [], _root(p, ("1", 1)), _root(p, name="b")),
        "the CPD of a: states of a are the same when written: '1', 1",
    ),
    "float": (
        lambda p: _model(p, [], _root(p, (0.5, 1.5)), _root(p, name="b")),
        "the CPD of a: a has the state 0.5, a float",
    ),
    "none": (
        lambda p: _model(p, [], _root(p, (None, "x")), _root(p, name="b")),
        "the CPD of a: a has the state None, a NoneType",
    ),
    "empty": (
        lambda p: _model(p, [], _root(p, ("", "x")), _root(p, name="b")),
        "the CPD of a: '' is no name for a state",
    ),
    "sum": (
        lambda p: _model(p, AB, _root(p), _child(p, values=((0.1, 0.4), (0.9, 0.5)))),
        "the CPD of b: row [1]: the probabilities sum to 0.9, not 1",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_name_the_variable(pgmpy, case):
    build, message = FAULTS[case]
    model = build(pgmpy)
    with pytest.raises(GraphError) as caught:
        tables_from_pgmpy(model)
    assert caught.value.message == message


def test_a_cycle_is_spelt_out(pgmpy):
    back = pgmpy.factors.discrete.TabularCPD(
        "a", 2, [[0.5, 0.5], [0.5, 0.5]], evidence=["b"], evidence_card=[2], state_names={"a": ["y", "n"], "b": [0, 1]}
    )
    model = _model(pgmpy, AB, _child(pgmpy))
    nx.DiGraph.add_edge(model, "b", "a")  # pgmpy itself refuses it
    model.cpds.append(back)
    with pytest.raises(GraphError, match="the graph has a cycle: a → b → a"):
        tables_from_pgmpy(model)


def test_continuous_models_are_refused(pgmpy):
    model = _model(pgmpy, [], _root(pgmpy))

    class Gaussian:
        variable = "b"

    model.cpds.append(Gaussian())
    with pytest.raises(GraphError, match="the CPD of b is a Gaussian"):
        tables_from_pgmpy(model)


def test_tables_that_make_no_network_are_refused():
    table = CategoricalTable(("y", "n"), ("a",), np.full((2, 2), 0.5))
    with pytest.raises(GraphError, match="b has the parent a, which has no table"):
        to_pgmpy({"b": table})


def test_pgmpys_logger_is_left_as_it_was(pgmpy):
    logger = logging.getLogger("pgmpy")
    before = logger.level
    to_pgmpy({"a": CategoricalTable(("y", "n"), (), np.array([0.25, 0.75]))})
    assert logger.level == before


def test_pgmpy_is_imported_only_when_it_is_needed():
    code = "import sys, causalsynth.scm.pgmpy_exchange, causalsynth.scm.bif_writer; print('pgmpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
