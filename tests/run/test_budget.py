"""A budget stops a run between calls, keeps what is paid for, and holds across commands."""

import pytest

from causalsynth import SCM, Completion, Domain, generate
from causalsynth.errors import BudgetError, InputError
from causalsynth.ledger import Attempt, read_ledger
from causalsynth.run.budget import Budget, Prices, parse_failures, parse_seconds
from causalsynth.run.config import RunConfig
from causalsynth.run.job import Job
from causalsynth.run.state import Spent

SCM_ = SCM.from_bif("asia")
DOMAIN = Domain.load("asia")


def run(folder, **settings):
    return generate(SCM_, DOMAIN, "simulated", out=folder, **({"n": 10, "concurrency": "1"} | settings))


def used(folder):
    return sum(sum(attempt.usage.values()) for attempt in read_ledger(folder))


def test_tokens_are_counted_over_all_commands_on_a_run(tmp_path):
    whole = run(tmp_path / "whole")
    enough = used(tmp_path / "whole")
    for budget in (enough // 3, enough // 3, 2 * enough // 3):
        before = len(read_ledger(tmp_path / "run")) if (tmp_path / "run").exists() else 0
        with pytest.raises(BudgetError, match="--max-total-tokens"):
            run(tmp_path / "run", max_total_tokens=budget)
        assert budget <= used(tmp_path / "run") < budget + enough / 5  # at most the call that was under way
    assert len(read_ledger(tmp_path / "run")) > before  # the second third was spent by the first command
    resumed = run(tmp_path / "run", max_total_tokens=2 * enough)
    assert [(a.i, a.k, a.draft) for a in resumed.attempts] == [(a.i, a.k, a.draft) for a in whole.attempts]


def test_a_budget_that_suffices_to_the_last_token_is_no_error(tmp_path):
    run(tmp_path / "a")
    run(tmp_path / "b", max_total_tokens=used(tmp_path / "a"))


def test_a_spent_budget_leaves_the_tables_of_what_is_finished(tmp_path):
    with pytest.raises(BudgetError, match="of 10 records are left"):
        run(tmp_path, max_cost=0.01, price="1,10")
    assert (tmp_path / "records.parquet").exists()
    assert (tmp_path / "summary.json").exists()


class Failing:
    name, is_llm = "failing", False

    def __init__(self):
        self.calls = 0

    async def complete(self, messages, sampling):
        self.calls += 1
        return Completion(text="" if self.calls % 2 else "No facts here.", prompt_tokens=1, completion_tokens=1)

    async def aclose(self):
        pass


def test_a_run_of_too_many_failures_stops(tmp_path):
    model = Failing()
    with pytest.raises(BudgetError, match="more than the 3 of --max-failures"):
        generate(SCM_, DOMAIN, model, n=30, out=tmp_path, max_failures="10%", concurrency="1")
    assert model.calls == 7


def test_a_server_that_counts_no_tokens_cannot_be_held_to_a_budget_of_them(tmp_path):
    class Silent(Failing):
        async def complete(self, messages, sampling):
            return Completion(text="No facts here.")

    with pytest.raises(InputError, match="how many tokens"):
        generate(SCM_, DOMAIN, Silent(), n=3, out=tmp_path, max_total_tokens=1000)


def test_time_is_each_commands_own():
    now = [0.0]
    budget = Budget(spent=Spent(), seconds=5.0, clock=lambda: now[0])
    assert budget.reason is None
    now[0] = 5.0
    assert "--max-time" in budget.reason


def test_money_is_prices_times_millions_of_tokens():
    budget = Budget(spent=Spent(prompt=1_000_000), cost=1.0, prices=Prices(0.5, 1.5))
    assert budget.reason is None
    budget.count(Attempt(i=0, k=1, t=0.0, skeleton={}, draft="x", usage={"prompt": 0, "completion": 333_334}))
    assert "1.00 of --max-cost 1" in budget.reason


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("1.5m", 90), ("2h", 7200), ("1d", 86400), (".5s", 0.5)])
def test_times(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(("text", "calls"), [("0", 0), ("50", 50), ("2%", 4), ("0.5%", 1), ("100%", 200)])
def test_failures(text, calls):
    assert parse_failures(text, 200) == calls


@pytest.mark.parametrize(
    "settings",
    [
        {"max_time": "soon"},
        {"max_time": "0"},
        {"max_time": "-5"},
        {"max_failures": "1.5"},
        {"max_failures": "-1"},
        {"max_failures": "nan"},
        {"max_failures": "many"},
        {"max_failures": "200%"},
        {"price": "1"},
        {"price": "1,x"},
        {"price": "-1,1"},
        {"max_cost": 1},
        {"max_cost": -1, "price": "1,1"},
        {"max_total_tokens": 0},
    ],
)
def test_what_is_no_budget_is_refused_before_anything_is_written(tmp_path, settings):
    with pytest.raises(InputError):
        run(tmp_path / "run", **settings)
    assert not (tmp_path / "run" / "attempts.jsonl").exists()


@pytest.mark.parametrize("bound", [{"concurrency": "0"}, {"max_time": "soon"}, {"price": "1"}, {"max_failures": "all"}])
def test_a_bound_that_can_not_be_read_is_refused_before_a_model_is_loaded(bound):
    with pytest.raises(InputError, match="--" + next(iter(bound)).replace("_", "-")):
        Job.load(RunConfig(graph="asia", n=3, realizer="openai", model="m", base_url="http://nobody:1/v1", **bound))
