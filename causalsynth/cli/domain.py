"""``causalsynth domain``: draft a lexicon for a graph of one's own, and check one."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from causalsynth.domain import Domain, Lexicon
    from causalsynth.domain.suggestions import Suggestion
    from causalsynth.extract.lint import Report
    from causalsynth.scm import SCM

__all__ = ["app", "init", "lint"]

app = typer.Typer(help="Lexicons for one's own graphs: draft one, check it.", no_args_is_help=True)
_LEXICON = "lexicon.yaml"
_WRONG_INPUT = 2
_AT_ONCE = 8
"""Questions to the server under way at a time."""
_SEED = 1
_LONGEST_ANSWER = 2048


@app.command()
def init(
    graph: Annotated[str, typer.Argument(help="A graph: a name, a .bif or .yaml file, or a folder with one.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the lexicon and a copy of the graph.")],
    llm: Annotated[
        bool, typer.Option("--llm", help="Ask a language model once for each variable for wordings.")
    ] = False,
    base_url: Annotated[str | None, typer.Option("--base-url", help="Its server, e.g. http://host:8000/v1.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="The name it is served under.")] = None,
) -> None:
    """Draft a lexicon from names, states and units: valid at once, with comments on what to fill in."""
    from causalsynth.cli.options import command
    from causalsynth.domain import Domain
    from causalsynth.domain.scaffold import descriptions, draft
    from causalsynth.domain.scaffold_text import to_yaml
    from causalsynth.extract.drafts import keep_understood, take_in
    from causalsynth.scm import SCM, find_graph

    if llm != bool(base_url and model) or (not llm and (base_url or model)):
        _refuse_half_a_server()
    path = find_graph(graph)
    scm = SCM.load(path)
    _refuse_to_overwrite(output, path)
    lexicon = draft(scm)
    Domain.from_lexicon(lexicon, source=str(output / _LEXICON)).check_against(scm)
    lexicon, comments = keep_understood(lexicon, scm)
    about = descriptions(path)
    for name, description in about.items():
        comments[("variables", name)] = [description]
    if llm and base_url and model:
        suggestions, silent = _suggestions(lexicon, about, base_url, model)
        lexicon, dropped = take_in(lexicon, suggestions, scm)
        for place, reasons in dropped.items():
            comments.setdefault(place, []).extend(reasons)
        for name, reason in silent.items():
            comments.setdefault(("variables", name), []).append(f"no wordings from {model}: {reason}")
            print(f"{name}: no usable answer: {reason}", file=sys.stderr)
        n = sum(map(len, dropped.values()))
        print(f"{len(suggestions)} answers taken in, {n} wordings dropped (see the comments)", file=sys.stderr)
    _write(output, to_yaml(lexicon, comments, folder=str(output)), path)
    check = command("domain", "lint", str(output))
    sys.stdout.write(f"{output / _LEXICON}: {len(lexicon.variables)} variables drafted. Fill it in, then: {check}\n")


def _refuse_half_a_server() -> None:
    from causalsynth.errors import InputError

    raise InputError(
        "--llm, --base-url and --model belong together", hint="--llm --base-url http://localhost:8000/v1 --model NAME"
    )


def _refuse_to_overwrite(folder: Path, graph: Path) -> None:
    from causalsynth.errors import InputError

    copy = folder / graph.name
    for path in (folder / _LEXICON, copy):
        if path.exists() and not (path == copy and path.resolve() == graph.resolve()):
            raise InputError(f"{path}: there is one already", hint="give another folder with -o, or move it away")


def _write(folder: Path, text: str, graph: Path) -> None:
    """Write the lexicon, and a copy of the graph where it isn't there itself."""
    from causalsynth.errors import InputError
    from causalsynth.files import replacing

    copy = folder / graph.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            content = graph.read_bytes()
            with replacing(copy) as temporary:
                temporary.write_bytes(content)
        with replacing(folder / _LEXICON) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: can't be written: {error.strerror or error}", hint="check the folder") from None


def _suggestions(
    lexicon: "Lexicon", about: Mapping[str, str], base_url: str, model: str
) -> tuple[dict[str, "Suggestion"], dict[str, str]]:
    """Ask for wordings of every variable; gives the usable answers, and why there is none for the others."""
    import asyncio

    from causalsynth.domain.suggestions import read_answer, request
    from causalsynth.errors import RealizerError
    from causalsynth.realize.chat import Message, Sampling
    from causalsynth.realize.openai_server import OpenAIServer

    taken: dict[str, Suggestion] = {}
    silent: dict[str, str] = {}

    async def ask(name: str, server: OpenAIServer, turn: asyncio.Semaphore) -> None:
        messages = [Message("user", request(name, lexicon, about.get(name, "")))]
        sampling = Sampling(seed=_SEED, temperature=0.0, max_tokens=_LONGEST_ANSWER)
        async with turn:
            try:
                answer = await server.complete(messages, sampling)
                taken[name] = read_answer(answer.text, lexicon.variables[name])
            except RealizerError as error:
                silent[name] = error.message
            except ValueError as error:
                silent[name] = f"not as asked for: {error}"

    async def ask_all() -> None:
        server = OpenAIServer(base_url, model)
        turn = asyncio.Semaphore(_AT_ONCE)
        try:
            await server.probe()
            await asyncio.gather(*(ask(name, server, turn) for name in lexicon.variables))
        finally:
            await server.aclose()

    asyncio.run(ask_all())
    order = [name for name in lexicon.variables if name in taken]
    return {name: taken[name] for name in order}, silent


@app.command()
def lint(
    domain: Annotated[str, typer.Argument(help="A domain: a name, a folder with a lexicon.yaml, or such a file.")],
    graph: Annotated[
        str | None, typer.Option("--graph", help="The graph it words; the one in the same folder if not given.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--show/--no-show", help="Show a sentence that is read back right for each value.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a lexicon: collisions, gaps, units, and whether its own sentences are read back right."""
    import json

    from causalsynth.domain import Domain
    from causalsynth.extract.lint import lint_domain

    loaded = Domain.load(domain)
    report = lint_domain(loaded, _model(loaded, graph))
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(report, show=show)
    if report.errors:
        raise typer.Exit(_WRONG_INPUT)


def _model(domain: "Domain", graph: str | None) -> "SCM | None":
    """Load the graph that a domain words: the one given, or the one beside its lexicon."""
    from causalsynth.errors import GraphError
    from causalsynth.scm import SCM, find_graph

    if graph is not None:
        return SCM.load(graph)
    try:
        beside = find_graph(Path(domain.source).resolve().parent)
    except GraphError as error:
        print(f"names, states and units unchecked: {error.message} (give --graph)", file=sys.stderr)
        return None
    return SCM.load(beside)


def _print(report: "Report", *, show: bool) -> None:
    for each in report.diagnostics:
        of = f"{each.variable}: " if each.variable else ""
        sys.stdout.write(f"{each.file}:{each.line}: {each.severity}: {of}{each.message} [{each.rule}]\n")
        sys.stdout.write(f"    → {each.remedy}\n")
    if show:
        for shown in report.shown:
            sentence = shown.sentence or "(none of its sentences is read back right)"
            sys.stdout.write(f"{shown.variable} = {shown.value}\t{sentence}\n")
    errors, warnings = len(report.errors), len(report.warnings)
    sys.stdout.write(
        f"{report.source}: {errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}\n"
    )
