"""Processes that ``warm_cli.py`` forks, handled as those of `subprocess`; as a program, one such process."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


class WarmProcess:
    """What the tests need of `subprocess.Popen`. Its exit code comes over the socket: its parent isn't this process."""

    def __init__(self, address, arguments, *, script=None, cwd=None, longest_s=60, descriptors):
        task = {"arguments": [*map(str, arguments)], "script": script and str(script), "longest_s": longest_s}
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(address))
        socket.send_fds(self._socket, [json.dumps(task | {"cwd": str(cwd or Path.cwd())}).encode()], descriptors)
        self._told = self._socket.makefile()
        self.args = arguments
        self.pid = int(self._told.readline())
        self.returncode = None

    def wait(self, timeout=None):
        if self.returncode is None:
            if not select.select([self._socket], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout)
            self.returncode = int(self._told.readline())
            self._told.close()
            self._socket.close()
        return self.returncode

    def poll(self):
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class CapturedProcess(WarmProcess):
    """One whose output is kept in files, so that it never waits for a reader."""

    def __init__(self, address, arguments, **options):
        self._files = [tempfile.TemporaryFile("w+", encoding="utf-8") for _ in range(2)]  # noqa: SIM115
        descriptors = [0, *(file.fileno() for file in self._files)]
        super().__init__(address, arguments, descriptors=descriptors, **options)
        self._output = None

    def communicate(self, timeout=None):
        self.wait(timeout)
        if self._output is None:
            self._output = tuple(file.seek(0) or file.read() for file in self._files)
            for file in self._files:
                file.close()
        return self._output

    def completed(self):
        """Wait for the end."""
        output, complaints = self.communicate()
        return subprocess.CompletedProcess(self.args, self.returncode, output, complaints)


if __name__ == "__main__":
    code = WarmProcess(os.environ["WARM_CLI"], sys.argv[1:], descriptors=[0, 1, 2]).wait()
    sys.exit(code if code >= 0 else 128 - code)
