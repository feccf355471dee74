"""What the commands that begin a run ask for alike: one wording of each option."""

import typer

__all__ = [
    "CORRECTIONS",
    "DO",
    "DOMAIN",
    "EXTEND",
    "FALLBACK",
    "JSON",
    "MAX_TOKENS",
    "MENTION",
    "MODEL",
    "PROMPTS",
    "RESTART_AFTER",
    "ROUNDS",
    "SEED",
    "SKELETONS",
    "TEMPERATURE",
    "TWINS",
    "N",
]

_MENTION = (
    "What to state: all; a,b; all but -a,-b; probabilities of silence 'a: .3; b|c: yes=.1, no=.6; d: .1 + .5*[c = x]';"
    " or a file of them, plan.yaml."
)

N = typer.Option("-n", min=1, help="Records.")
SEED = typer.Option("--seed", min=0, help="Every record is a function of (seed, index).")
MODEL = typer.Option(help="As the server lists it; of a model in this process, its folder or name.")
SKELETONS = typer.Option(
    metavar="TABLE", help="Take the facts from this table, one record a row, instead of drawing them (see `probes`)."
)
DO = typer.Option(help="Intervention X=x; may be repeated.")
TWINS = typer.Option(
    metavar="X=x",
    help="Also write each record's twin under X=x, all noise kept, into RUNDIR/twins; each time a world of its own.",
)
ROUNDS = typer.Option(min=1, help="Attempts of the realizer for each record.")
RESTART_AFTER = typer.Option(min=1, help="Useless corrections before a fresh start.")
CORRECTIONS = typer.Option(help="edits or rewrite: ask for the changed sentences alone, or for the whole text again.")
FALLBACK = typer.Option(help="repair or none: what follows the last round.")
MENTION = typer.Option(metavar="PLAN", help=_MENTION)
DOMAIN = typer.Option(help="Lexicon or folder, if not the graph's own.")
PROMPTS = typer.Option(help="Folder of templates, if not the lexicon's own.")
TEMPERATURE = typer.Option(min=0, max=2, help="Sampling temperature.")
MAX_TOKENS = typer.Option(min=1, help="Longest answer, in tokens.")
EXTEND = typer.Option(min=1, help="Go on with an existing run up to this many records.")
JSON = typer.Option("--json", help="One JSON document on stdout, and nothing else there.")
