"""What starts fast stays fast: help and ``import causalsynth`` load none of the heavy libraries."""

import subprocess
import sys

from causalsynth.cli import app

HEAVY = ("pandas", "pgmpy", "aiohttp", "scipy", "torch", "sklearn", "pyarrow")
AFTERWARDS = f"import sys; print('loaded:', *[name for name in {HEAVY} if name in sys.modules])"
ALL_HELP = f"""
import sys
from causalsynth.cli import main
for line in sys.stdin:
    sys.argv = ["causalsynth", *line.split(), "--help"]
    try:
        main()
    except SystemExit as left:
        print("exit code:", left.code)
{AFTERWARDS}
"""


def _name(command):
    return command.name or command.callback.__name__.replace("_", "-")


def _commands():
    yield ()
    yield from ((_name(command),) for command in app.registered_commands)
    for group in app.registered_groups:
        yield (group.name,)
        yield from ((group.name, _name(command)) for command in group.typer_instance.registered_commands)


COMMANDS = list(_commands())


def test_every_documented_command_is_there():
    documented = ["graphs", "sample", "generate", "extract", "verify", "simulate-server", "demo"]
    assert {*COMMANDS} >= {*((name,) for name in documented), ("evaluate", "realizability"), ("evaluate", "ci")}


def test_help_of_every_command_works_and_loads_nothing_heavy():
    given = "".join(" ".join(command) + "\n" for command in COMMANDS)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALL_HELP], input=given, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Usage:") == done.stdout.count("exit code: 0\n") == len(COMMANDS)
    for command in COMMANDS:
        assert f"Usage: {' '.join(('causalsynth', *command))} " in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_importing_the_package_loads_nothing_heavy():
    code = f"import causalsynth; assert causalsynth.__version__; dir(causalsynth); {AFTERWARDS}"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("loaded:\n", "")


def test_the_version_is_printed(run_cli):
    from causalsynth import __version__

    done = run_cli("--version")
    assert (done.returncode, done.stdout) == (0, f"causalsynth {__version__}\n")


def test_an_interruption_while_libraries_load_is_quiet():
    """Most of a command's first third of a second is imports; Ctrl-C there is no reason for a traceback."""
    code = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from causalsynth.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "graphs"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
