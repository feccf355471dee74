"""A disk that is full, or may not be written: a small tmpfs, where this machine lets tests mount one."""

import subprocess
from contextlib import contextmanager

import pytest

N = 120


@contextmanager
def mounted(folder, options):
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def generate(run, n=N):
    return ("generate", "asia", "-n", n, "--seed", 2, "-o", run)


def refused(done, *words):
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    error = done.stderr[done.stderr.index("error: ") :]
    assert all(word in error for word in words), error


@pytest.mark.parametrize(("kilobytes", "file"), [(48, "attempts.jsonl"), (96, "records.parquet")])
def test_a_full_disk_stops_the_run_and_with_more_room_it_goes_on(run_cli, run_directory, tmp_path, kilobytes, file):
    undisturbed = run_directory(tmp_path / "undisturbed")
    assert run_cli(*generate(undisturbed.path)).returncode == 0
    whole = len(undisturbed.ledger)
    with mounted(tmp_path / "disk", f"size={kilobytes}k") as disk:
        run = run_directory(disk / "run")
        if file == "records.parquet":  # leave room for the ledger, not for what is derived from it
            subprocess.run(["mount", "-o", f"remount,size={whole // 1024 + 12}k", disk], check=True)
        refused(run_cli(*generate(run.path)), file, "can't be written", "No space left", "run the command again")
        kept = run.ledger
        assert kept.endswith(b"\n")
        finished = sum(line["final"] for line in run.lines())
        assert finished == N if file == "records.parquet" else 0 < finished < N
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        again = run_cli(*generate(run.path))
        assert again.returncode == 0, again.stderr
        assert run.ledger.startswith(kept)
        run.check_complete(N)
        assert run.frame().equals(undisturbed.frame())


def test_a_file_system_that_may_not_be_written_is_one_line(run_cli, tmp_path):
    with mounted(tmp_path / "disk", "ro,size=64k") as disk:
        refused(run_cli(*generate(disk / "run", n=2)), "Read-only file system", "choose another run directory")
