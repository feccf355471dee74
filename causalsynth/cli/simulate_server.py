"""``causalsynth simulate-server``: a stand-in for a vLLM server, for trying things out."""

from typing import Annotated

import typer

__all__ = ["simulate_server"]


def simulate_server(
    graph: Annotated[
        str, typer.Argument(help="What it writes about: a bundled name, or a folder with graph and lexicon.")
    ] = "asia",
    model: Annotated[str, typer.Option(help="The name that the model is served under.")] = "simulated",
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8000,
    behaviour: Annotated[
        str,
        typer.Option(help="strength, omit, hedge, obey, relapse, leak: NAME=PROBABILITY, separated by commas."),
    ] = "",
    latency: Annotated[float, typer.Option(help="Mean seconds that a request takes once it runs.")] = 0.0,
    max_num_seqs: Annotated[int, typer.Option(help="Requests that run at once; the others wait.")] = 256,
    max_model_len: Annotated[int, typer.Option(help="Most tokens of prompt and answer together.")] = 32768,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="What goes wrong, with its probability, e.g. 429:.05; may be given several times. A status "
            "(400 401 403 404 413 422 429 500 502 503 504 529), slow, hang, drop, empty, truncated, refusal "
            "or garbage. Without a probability: always."
        ),
    ] = None,
    retry_after: Annotated[float, typer.Option(help="Seconds in Retry-After of 429, 503 and 529.")] = 1.0,
    cache: Annotated[int, typer.Option(help="Answers kept for the same request sent again: for load tests.")] = 0,
    structured_output: Annotated[
        str, typer.Option(help="honour, ignore (as old servers do, without a word) or refuse JSON schemas.")
    ] = "honour",
    seed: Annotated[int, typer.Option(help="Of faults, latencies and answers to requests without one.")] = 0,
) -> None:
    """Run an OpenAI-compatible server that looks like vLLM and answers with a simulator. It is no LLM."""
    import asyncio

    from causalsynth.serve import (
        FaultRates,
        ServerOptions,
        SimulatedBehaviour,
        serve_forever,
        simulated_model,
    )

    options = ServerOptions.checked(
        model=model,
        host=host,
        port=port,
        latency=latency,
        max_num_seqs=max_num_seqs,
        max_model_len=max_model_len,
        retry_after=retry_after,
        cache=cache,
        structured_output=structured_output,
        seed=seed,
    )
    faults = FaultRates.parse(fault or (), seed=seed)
    realizer = simulated_model(graph, SimulatedBehaviour.parse(behaviour))

    def announce(url: str) -> None:
        # Flushed at once: whoever starts the server reads the port from this line.
        print(f"{url} serves {model!r}: {realizer.name}, a simulator, not an LLM. Ctrl-C stops it.", flush=True)

    asyncio.run(serve_forever(realizer, options, faults, announce))
