"""What the fidelity figures are gathered in."""

from collections.abc import Mapping
from dataclasses import dataclass

from causalsynth.evaluate.fidelity.correlation import CorrelationDifference
from causalsynth.evaluate.fidelity.marginals import Marginals
from causalsynth.evaluate.fidelity.nearest import NearestNeighbours

__all__ = ["AgainstLaw", "AgainstSkeletons", "FidelityReport", "Figures", "Peer", "Redraws"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Marginal total variation and correlation matrix difference of a table from a reference."""

    marginals: Marginals
    correlation: CorrelationDifference

    def to_json(self) -> dict[str, object]:
        """Give ``tvd1``, ``tvd2`` and ``cmd`` with where each is worst."""
        worst_pair, worst_association = self.marginals.worst_pair, self.correlation.worst
        return {
            "tvd1": self.marginals.single,
            "tvd1_worst": {"variable": self.marginals.worst_single[0], "tvd": self.marginals.worst_single[1]},
            "tvd2": self.marginals.pairs,
            "tvd2_worst": worst_pair and {"pair": list(worst_pair[0]), "tvd": worst_pair[1]},
            "cmd": self.correlation.value,
            "cmd_worst": worst_association
            and {"pair": list(worst_association[0]), "reference": worst_association[1], "table": worst_association[2]},
        }


@dataclass(frozen=True, slots=True)
class Peer:
    """The figures as Tugnoli et al. (Causal TabPFN, 2026) define them.

    Attributes
    ----------
    cmd
        Correlation matrix difference with V², η² and Yates's correction.
    kmtvd
        Total variation of pairs, without numbers of fewer than 20 values; None: fewer than two columns are left.
    left_out
        Those numbers.
    """

    cmd: float
    kmtvd: float | None
    left_out: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Give the value of ``peer``."""
        return {"cmd": self.cmd, "kmtvd": self.kmtvd, "left_out": list(self.left_out)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstSkeletons:
    """A table against the facts that its texts were to say.

    Attributes
    ----------
    rows, indefinite
        Rows of the table, and variable → how many of them have no definite value; that is a cell of its own in the
        marginals, and the row is left out of the correlations of that variable.
    figures, peer
        How far it is from the skeletons. Without any noise of sampling: the records are the same.
    """

    rows: int
    indefinite: Mapping[str, int]
    figures: Figures
    peer: Peer

    def to_json(self) -> dict[str, object]:
        """Give one value of ``against_skeletons``."""
        return {
            "rows": self.rows,
            "indefinite": dict(self.indefinite),
            **self.figures.to_json(),
            "peer": self.peer.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Redraws:
    """What tables of as many rows, drawn from the model itself, get: mean and largest of each figure.

    A faithful table exceeds the largest of m redraws with probability 1/(m + 1).
    """

    mean: tuple[float, float | None, float]
    largest: tuple[float, float | None, float]

    def to_json(self) -> dict[str, object]:
        """Give the value of ``redraws``."""
        keys = ("tvd1", "tvd2", "cmd")
        return {
            "mean": dict(zip(keys, self.mean, strict=True)),
            "largest": dict(zip(keys, self.largest, strict=True)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstLaw:
    """A table against the model that the skeletons were drawn from.

    Attributes
    ----------
    rows
        Of the table.
    figures, redraws
        How far it is from the model's law, and how far a fresh sample of that size is.
    nearest
        Nearest neighbours against such a fresh sample.
    """

    rows: int
    figures: Figures
    redraws: Redraws
    nearest: NearestNeighbours | None

    def to_json(self) -> dict[str, object]:
        """Give one value of ``against_law``."""
        near = self.nearest
        return {
            "rows": self.rows,
            **self.figures.to_json(),
            "redraws": self.redraws.to_json(),
            "nnaa": near
            and {
                "value": near.value,
                "null": list(near.null),
                "p": near.p,
                "strict": near.strict,
                "rows": near.rows,
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityReport:
    """How much of the skeletons' distribution came through.

    Attributes
    ----------
    n
        Finished records.
    variables
        What was compared.
    silent
        Variables that no text was to state; not compared.
    withheld
        Variables that some texts were not to state: compared with the skeletons where they were to be stated, not with
        the law.
    empty
        Tables without any record: a method that keeps none, say.
    law_rows
        Rows that the law was simulated with; 0: exact. None: nothing could be compared with the law.
    redraws
        Fresh samples behind `Redraws`.
    against_skeletons, against_law
        Table → figures.
    """

    n: int
    variables: tuple[str, ...]
    silent: tuple[str, ...]
    withheld: tuple[str, ...]
    empty: tuple[str, ...]
    law_rows: int | None
    redraws: int
    against_skeletons: Mapping[str, AgainstSkeletons]
    against_law: Mapping[str, AgainstLaw]

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate fidelity --json``."""
        law = None if self.law_rows is None else {"exact": not self.law_rows, "rows": self.law_rows or None}
        return {
            "n": self.n,
            "variables": list(self.variables),
            "silent": list(self.silent),
            "withheld": list(self.withheld),
            "empty": list(self.empty),
            "law": law,
            "redraws": self.redraws,
            "against_skeletons": {name: each.to_json() for name, each in self.against_skeletons.items()},
            "against_law": {name: each.to_json() for name, each in self.against_law.items()},
        }
