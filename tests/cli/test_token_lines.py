from causalsynth.cli.run_tables import token_lines

EACH = {"per_realized": {"prompt": 1234.4, "completion": 56.4}}


def test_what_a_text_took_stands_beside_other_ways():
    account = {"counted": False, "realized": 3, "run": EACH, "rewriting": EACH, "rejection": EACH | {"at_least": True}}
    _, heading, run, _, rejection, _ = token_lines(account)
    assert "estimated" in heading
    assert run.split() == ["this", "run", "1,234", "56"]
    assert rejection.endswith("at least")
    assert "estimated" not in token_lines(account | {"counted": True})[1]
    assert len(token_lines(account | {"rejection": None})) == len(token_lines(account)) - 1


def test_nothing_is_said_where_nothing_was_realized_or_counted():
    assert token_lines(None) == token_lines({"realized": 0}) == []
