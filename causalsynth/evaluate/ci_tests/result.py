"""What every conditional independence test answers with."""

from dataclasses import dataclass

__all__ = ["CITestResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CITestResult:
    """Outcome of one test of X ⟂ Y | Z.

    Attributes
    ----------
    test
        Name of the test that answered; says which one ``auto`` took.
    statistic
        Summed over the strata of Z; 0 where not `testable`.
    dof
        Degrees of freedom. Of a contingency table Σ (r − 1)(c − 1) over usable strata, r and c being the rows and
        columns that occur in the stratum.
    p_value
        1 where not `testable`. Of a Monte Carlo test the mid-p value.
    randomised_p
        Of a Monte Carlo test the p-value with ties broken by lot, exactly uniform under independence; None of others.
    effect_size
        In [0, 1]: `Contingency.effect_size`, Cramér's V pooled over the strata, or the size of a partial correlation;
        nan where not `testable`.
    testable
        Whether the data could have spoken against independence at all. A test that could not is neither a
        pass nor a failure: report it apart.
    n
        Rows that the test stands on: of a contingency table those in usable strata.
    draws
        Tables that a Monte Carlo test drew; 0 of others.
    """

    test: str
    statistic: float
    dof: int
    p_value: float
    effect_size: float
    testable: bool
    n: int
    randomised_p: float | None = None
    draws: int = 0

    @classmethod
    def untestable(cls, test: str, dof: int = 0, n: int = 0) -> "CITestResult":
        """Give the answer of a test that had nothing to go by."""
        return cls(test=test, statistic=0.0, dof=dof, p_value=1.0, effect_size=float("nan"), testable=False, n=n)
