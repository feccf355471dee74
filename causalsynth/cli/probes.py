"""``causalsynth probes``: skeletons that show a prior."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["probes"]


def probes(
    graph: Annotated[str, typer.Argument(help="A graph: a name (see `graphs`), a .bif or .yaml file, or a folder.")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="common|anti|neutral",
            help="common: each fact is what the others suggest; anti: some fact has at most 1/8 given the others;"
            " neutral: neither.",
        ),
    ],
    n: Annotated[int, typer.Option("-n", "--rows", min=1, help="How many skeletons.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .parquet, .csv or .jsonl file.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="They are rows of `sample` under the same seed.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Draw skeletons that agree with common sense, go against it, or neither: for `generate --skeletons`."""
    from causalsynth.evaluate.probes import draw_probes
    from causalsynth.scm import SCM
    from causalsynth.tables import check_target, write_table

    check_target(output)
    found = draw_probes(SCM.load(graph), kind, n, seed=seed)
    write_table(found.to_frame(), output)
    mean_odd = sum(map(len, found.odd)) / n
    if as_json:
        summary = {
            "graph": graph,
            "kind": str(found.kind),
            "n": n,
            "seed": seed,
            "looked_at": found.drawn,
            "mean_bits": float(found.bits.mean()),
            "mean_odd_facts": mean_odd,
            "output": str(output),
        }
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(
        f"{output}: {n} {found.kind} skeletons of {graph}, of {found.drawn} rows looked at; the most surprising fact of"
        f" each has {found.bits.mean():.2f} bits in the mean, and {mean_odd:.2f} facts are odd\n"
    )
