"""``causalsynth evaluate backdoor``."""

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import print_report
from causalsynth.cli.evaluate.source import opened

__all__ = ["backdoor"]


def backdoor(rundir: RunArgument, graph: GraphOption = None, as_json: JsonOption = False) -> None:
    """Show which imposed facts first drafts override, by how much they surprise, and what the loop left of it."""
    from causalsynth.cli.evaluate.backdoor_tables import render_backdoor
    from causalsynth.evaluate.backdoor import backdoor as evaluate

    print_report(evaluate(opened(rundir, graph)), render_backdoor, as_json=as_json)
