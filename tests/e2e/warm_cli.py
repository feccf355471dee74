"""Runs ``causalsynth`` commands, each in a process of its own that is forked from this one.

Importing numpy, pandas and the rest and compiling a lexicon take longer than most commands do; here it is done once.
Each line of stdin is ``{"arguments", "cwd", "out", "err"}``; the answer is a line with the exit code.
"""

import gc
import json
import os
import signal
import sys
import traceback

import aiohttp  # noqa: F401

import causalsynth.evaluate.independence
import causalsynth.realize.http_client
import causalsynth.realize.openai_server
import causalsynth.run.generate  # noqa: F401
from causalsynth.cli import main
from causalsynth.domain import Domain
from causalsynth.extract import Extractor

LONGEST_S = 60


def become(task):
    """Turn this process into the command, and give its exit code."""
    signal.alarm(LONGEST_S)
    os.chdir(task["cwd"])
    for descriptor, path in ((1, task["out"]), (2, task["err"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.argv = ["causalsynth", *task["arguments"]]
    try:
        main()
    except SystemExit as left:
        return left.code
    except BaseException:
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    Extractor(Domain.load("asia").lexicon)
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = become(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # taking all modules down would take longer than most commands
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
