"""The tiny realizer by the command line."""


def test_the_command_line_writes_with_it_and_asks_for_rewrites(run_cli, tmp_path):
    run = "generate", "asia", "-n", "5", "--realizer", "tiny", "--model", "U", "-o", tmp_path / "run"
    refused = run_cli(*run)
    assert refused.returncode == 2
    assert "--corrections rewrite" in refused.stderr
    done = run_cli(*run, "--corrections", "rewrite")
    assert done.returncode == 0, done.stderr
    assert "tiny:U" in done.stderr
    assert "not an LLM" in done.stderr
