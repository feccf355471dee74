import gzip
import importlib.util
import re
from pathlib import Path

import pytest

from causalsynth.graph import Dag

NETWORKS = Path(importlib.util.find_spec("pgmpy").origin).parent / "utils" / "example_models"
# Only the arcs count here, so a pattern will do, and a fault in the BIF reader doesn't spoil these tests.
HEAD = re.compile(r"^probability \( *([^|)]+?) *(?:\| *([^)]+?) *)?\)", re.MULTILINE)


@pytest.fixture(scope="session")
def network():
    def read(name):
        text = gzip.decompress((NETWORKS / f"{name}.bif.gz").read_bytes()).decode()
        return Dag({child: tuple(re.split(", *", parents)) if parents else () for child, parents in HEAD.findall(text)})

    return read
