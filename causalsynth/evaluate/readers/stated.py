"""Which facts each text was to state: silence that was ordered is no fault of a reader's, nor of the text's."""

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["stated_in"]


def stated_in(run: "EvaluatedRun", skeleton: "pd.DataFrame") -> "pd.DataFrame":
    """Give, for each finished record and variable, whether the text was to state it.

    Parameters
    ----------
    run
        The run.
    skeleton
        Its table ``skeleton``.

    Returns
    -------
    pandas.DataFrame
        Bool; index and columns as `skeleton` has them.
    """
    import pandas as pd

    plan = run.plan.mention_plan(run.scm.supports)
    stated = plan.mentioned_by(cast("Any", skeleton.to_dict("index")), run.plan.seed)
    columns = {name: [name in told for told in stated] for name in skeleton.columns}
    return pd.DataFrame(columns, index=skeleton.index, dtype=bool)
