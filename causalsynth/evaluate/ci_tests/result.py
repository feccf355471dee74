"""What every conditional independence test answers with."""

from dataclasses import dataclass

__all__ = ["CITestResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CITestResult:
    """Outcome of one test of X ⟂ Y | Z.

    Attributes
    ----------
    statistic
        Summed over the strata of Z; 0 where not `testable`.
    dof
        Σ (r − 1)(c − 1) over usable strata, r and c being the rows and columns that occur in the stratum.
    p_value
        1 where not `testable`.
    effect_size
        `Contingency.effect_size`: Cramér's V pooled over the strata, in [0, 1]; nan where not `testable`.
    testable
        Whether the data could have spoken against independence at all. A test that could not is neither a
        pass nor a failure: report it apart.
    n
        Rows in usable strata.
    """

    statistic: float
    dof: int
    p_value: float
    effect_size: float
    testable: bool
    n: int

    @classmethod
    def untestable(cls, dof: int = 0, n: int = 0) -> "CITestResult":
        """Give the answer of a test that had nothing to go by."""
        return cls(statistic=0.0, dof=dof, p_value=1.0, effect_size=float("nan"), testable=False, n=n)
