"""Runs ``causalsynth`` commands and scripts, each in a process of its own that is forked from this one.

Importing numpy, pandas and the rest and compiling a lexicon take longer than most commands do; here it is done once.
``warm_process.py`` asks for them over a Unix socket, the address of which is the argument.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from pathlib import Path

import causalsynth
from causalsynth.cli import main
from causalsynth.domain import Domain
from causalsynth.extract import Extractor

IMPORTED_BY_COMMANDS = (
    *(
        "aiohttp",
        "pyarrow.fs",
        "pyarrow.pandas_compat",
        "pyarrow.parquet",
        "rich.progress",
        "rich.table",
        "scipy.stats",
    ),
    *("causalsynth.cli.evaluate.realizability_tables", "causalsynth.evaluate.independence.of_run"),
    *("causalsynth.realize.embedded", "causalsynth.realize.http_client", "causalsynth.realize.openai_server"),
    *("causalsynth.run.batch", "causalsynth.run.generate", "causalsynth.serve"),
)
WARD = Path(__file__).parents[1] / "ward"
LONGEST_TASK = 1 << 16


def become(task, descriptors):
    """Turn this process into the command, and give its exit code."""
    signal.alarm(task["longest_s"])
    os.chdir(task["cwd"])
    for standard, given in enumerate(descriptors):
        os.dup2(given, standard)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", 1, closefd=False)  # noqa: SIM115
    sys.argv = [task["script"] or str(Path(causalsynth.__file__).with_name("__main__.py")), *task["arguments"]]
    try:
        if task["script"]:
            runpy.run_path(task["script"], run_name="__main__")
        else:
            main()
    except SystemExit as left:
        return left.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def supervise(connection):
    """Start what is asked for, tell its process id, wait for its end, and tell how it ended."""
    message, descriptors, *_ = socket.recv_fds(connection, LONGEST_TASK, 3)
    child = os.fork()
    if child == 0:
        connection.close()
        code = become(json.loads(message), descriptors)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # taking all modules down would take longer than most commands
    for descriptor in descriptors:  # else who reads the output would wait for this process as well
        os.close(descriptor)
    try:
        connection.sendall(b"%d\n" % child)
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    finally:
        os._exit(0)


def serve(address):
    supervisors = set()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        print("ready", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:  # it is closed with who started this
            connection, _ = listener.accept()
            supervisor = os.fork()
            if supervisor == 0:
                listener.close()
                supervise(connection)
            connection.close()
            supervisors.add(supervisor)
            supervisors -= {each for each in supervisors if os.waitpid(each, os.WNOHANG)[0]}


if __name__ == "__main__":
    for name in IMPORTED_BY_COMMANDS:
        importlib.import_module(name)
    for source in ("asia", WARD):
        Extractor(Domain.load(source).lexicon)
    gc.freeze()
    serve(sys.argv[1])
