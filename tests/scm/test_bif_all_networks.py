"""The 24 networks in the wheel of pgmpy: that they are read, and as pgmpy reads them."""

import gzip
import importlib.util
import warnings
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from causalsynth.scm.bif import parse_bif, read_bif

FOLDER = Path(importlib.util.find_spec("pgmpy").origin).parent / "utils" / "example_models"


class Facts(NamedTuple):
    """Counted from the files by a program of its own, and the digest of the uncompressed file they hold for."""

    variables: int
    arcs: int
    parameters: int
    most_states: int
    most_configurations: int
    digest: str


# fmt: off
NETWORKS = {
    "alarm": Facts(37, 46, 509, 4, 54, "701e6c561f71b55669070c29614f0724b761289aa2c4a35bcc97b638ee881fa2"),
    "andes": Facts(223, 338, 1157, 2, 64, "2330f233405fbbdf2a485651edd4130d3d09f816e81cb7056842ae6021edabe4"),
    "asia": Facts(8, 8, 18, 2, 4, "9f770c96940dc4d860b581602120790ac538983b30b28d38631b8184dc7b5f89"),
    "barley": Facts(48, 84, 114005, 67, 5040, "1250e958b3d8ca87ccf8af9584de8baa18da667fbccbf4e0efa2a33e112fe346"),
    "cancer": Facts(5, 4, 10, 2, 4, "05d4ea00a758450eed6fe68ea6de4da05ce0e3e919bd3e8ff7f0bc80a1db4b48"),
    "child": Facts(20, 25, 230, 6, 12, "432c22e661cd0e8235c8d95599ac22ccc261002459f5c4e6e7235b057908fe6e"),
    "diabetes": Facts(413, 602, 429409, 21, 336, "062a429ad6fb61120f4a3d68fa9bc7350799cdab33cd60bf383c5d41b42b43fb"),
    "earthquake": Facts(5, 4, 10, 2, 4, "74dd131e2c6437a39de17f2963d2d16fadd91e70450d1fc20501df05e8dc4f2e"),
    "hailfinder": Facts(56, 66, 2656, 11, 396, "cf09960af33dd643771c61e23a89c7815448047f335ffa9ba7d57359bc755548"),
    "hepar2": Facts(70, 123, 1453, 4, 96, "d70ffdcc3b698235002898344c98d9645beb277969f29ba7af6f11d7db3f16cc"),
    "insurance": Facts(27, 52, 1008, 5, 48, "39f9e706e9208e720a55a98b6811188b33a7292335a53373a9343a0c7065dab4"),
    "link": Facts(724, 1125, 14211, 4, 32, "19299d5710d9a59b8812e0c811bbabb1230d3e42801d297c7f90dffb4fc1c59e"),
    "mildew": Facts(35, 46, 540150, 100, 2800, "bc1cf6af78a9b289249b6805a65f83af8be9a742aca5d789188d4737b80cfd9b"),
    "munin": Facts(1041, 1397, 80592, 21, 100, "9235aff13057307e3f1b8aaea0c6cd072653e0cfbd0db8f9068094f8f18dbf11"),
    "munin1": Facts(186, 273, 15622, 21, 100, "decf5ce383c6d1c3010ec3c8419a9fa7520efef924f27f98578bb5332968b6d2"),
    "munin2": Facts(1003, 1244, 69431, 21, 100, "572ba4528e45d933953073c546abae4014eaee73f041356eb181838de8b33880"),
    "munin3": Facts(1041, 1306, 71059, 21, 80, "bbed2463e8f4ab2f84144ea16eb0a94bc4388045e5898110cad514244adc1f2c"),
    "munin4": Facts(1038, 1388, 80352, 21, 100, "af0ec78fce35f3cdebedff4b1a191a44b8d28e1c8d609e3a5cbc7ce4489d74d1"),
    "pathfinder": Facts(109, 195, 72079, 63, 2016, "2c67a693139b417067d895077aa00b8610a97eadf8a6fbae544631729a7a6f24"),
    "pigs": Facts(441, 592, 5618, 3, 9, "1d474376703784f755048daa0fd1ce0be89b5676254e08256c3424e3e4caf805"),
    "sachs": Facts(11, 17, 178, 3, 27, "b7bd3931192f9e529f0f88bba15fca6cc61ba3c805d5c8ae57eba57ed3b332ec"),
    "survey": Facts(6, 6, 21, 3, 6, "3698ccc0f1f74b9f935617d91989e4cdb39edb5360b558216af64047fc88b3b0"),
    "water": Facts(32, 66, 10083, 4, 768, "433a1c1a795e6a26d4ea41e1916982e7af9c7fff236438f4d4006bbacd226661"),
    "win95pts": Facts(76, 112, 574, 2, 128, "14d2195e0c4613e0beb1f06e9199c8cd39a1154171a215c38b47c0fd773d0b36"),
}
# fmt: on
SMALL = ("asia", "cancer", "earthquake", "survey", "sachs", "alarm", "child", "insurance", "win95pts", "hailfinder")


def test_these_are_the_networks_of_the_wheel():
    assert {path.name.removesuffix(".bif.gz") for path in FOLDER.glob("*.bif.gz")} == NETWORKS.keys()


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_read_whole(name):
    _text(name)  # skips where the file is another one
    tables = read_bif(FOLDER / f"{name}.bif.gz")
    shapes = [table.probabilities.shape for table in tables.values()]
    found = Facts(
        variables=len(tables),
        arcs=sum(len(table.parents) for table in tables.values()),
        parameters=sum(prod(shape[:-1]) * (shape[-1] - 1) for shape in shapes),
        most_states=max(shape[-1] for shape in shapes),
        most_configurations=max(prod(shape[:-1]) for shape in shapes),
        digest=NETWORKS[name].digest,
    )
    assert found == NETWORKS[name]
    for table in tables.values():
        assert np.abs(table.probabilities.sum(axis=-1) - 1).max() < 1e-12


@pytest.mark.parametrize("name", SMALL)
def test_tables_are_those_that_pgmpy_reads(name):
    assert _compared(name) > 0


@pytest.mark.statistical
@pytest.mark.parametrize("name", sorted(NETWORKS.keys() - set(SMALL)))
def test_tables_of_large_networks_are_those_that_pgmpy_reads(name):
    """No statistics in it: it is slow, as pgmpy takes up to 9 s a file."""
    assert _compared(name) > 0


def _text(name):
    data = gzip.decompress((FOLDER / f"{name}.bif.gz").read_bytes())
    if sha256(data).hexdigest() != NETWORKS[name].digest:
        pytest.skip(f"the installed pgmpy has another file for {name}")
    return data.decode()


def _compared(name):
    """Compare every table; give the number of rows that had to be equal bit for bit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.readwrite import BIFReader

        theirs = BIFReader(string=_text(name))
    ours = parse_bif(_text(name))
    assert list(ours) == list(theirs.variable_names)
    exact = 0
    for variable, table in ours.items():
        assert table.states == tuple(theirs.variable_states[variable])
        assert table.parents == tuple(theirs.variable_parents[variable])
        # Their columns are parent configurations with the last parent fastest, as are our rows.
        rows = table.probabilities.reshape(-1, len(table.states))
        raw = theirs.variable_cpds[variable].T
        sums = raw.sum(axis=1, keepdims=True)
        assert np.abs(rows - raw / sums).max() < 1e-6
        assert ((rows == 0) == (raw == 0)).all()
        whole = np.abs(sums[:, 0] - 1) < 1e-13
        assert (rows[whole] == raw[whole]).all()
        exact += int(whole.sum())
    return exact
