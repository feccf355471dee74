"""All tables of values that a run has: facts, what was read in the texts, and what other ways to work had left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.independence.withheld import Withheld, withhold
from causalsynth.evaluate.methods import Method, method_samples
from causalsynth.evaluate.readers import read_readings
from causalsynth.evaluate.rundir import EvaluatedRun

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ValueTables", "value_tables"]


@dataclass(frozen=True, slots=True, eq=False)
class ValueTables:
    """Tables of the same records.

    Attributes
    ----------
    frames
        Table → one row a finished record, by index; null where a text was told to keep silent.
    kept
        Table → which records it has: bool, shape (records,). The others' rows are null.
    withheld
        Variables that some texts were told to keep silent on.
    silent
        Variables that no text was to state.
    readings
        Tables that a reader gave: of a sample the other records lack because nobody read them, not because a method
        dropped them.
    """

    frames: "Mapping[str, pd.DataFrame]"
    kept: Mapping[str, NDArray[np.bool_]]
    withheld: tuple[Withheld, ...]
    silent: tuple[str, ...]
    readings: tuple[str, ...]

    def only_kept(self) -> "dict[str, pd.DataFrame]":
        """Give the tables with the records that they have."""
        return {name: frame[self.kept[name]] for name, frame in self.frames.items()}


def value_tables(run: EvaluatedRun) -> ValueTables:
    """Give the tables that figures are compared on.

    Returns
    -------
    ValueTables
        ``skeleton`` and ``extracted``; each reading, with the records in which it read anything, for some read a
        sample; and ``unverified``, ``rejection`` and ``loop`` of `causalsynth.evaluate.methods`. The fallback keeps all
        records: ``extracted`` are its values.
    """
    tables = run.frames()
    index = tables["skeleton"].index
    kept = dict.fromkeys(tables, np.ones(len(index), bool))
    readings = read_readings(run.directory, without=run.left_out)
    for name, reading in readings.items():
        tables[name] = reading.reindex(index=index, columns=list(run.scm.variables))
        kept[name] = tables[name].notna().any(axis=1).to_numpy()
    samples = method_samples(run.attempts, run.scm.variables)
    for method in (Method.UNVERIFIED, Method.REJECTION, Method.LOOP):
        tables[str(method)], kept[str(method)] = samples[method].values, samples[method].kept
    mention = run.plan.mention_plan(run.scm.supports)
    frames, withheld = withhold(tables, mention, run.plan.seed)
    return ValueTables(frames, kept, withheld, tuple(sorted(mention.never)), tuple(readings))
