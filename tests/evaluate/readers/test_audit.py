import csv
import math

import pytest
from scipy.stats import binom, binomtest, hypergeom

from causalsynth import generate
from causalsynth.errors import InputError
from causalsynth.evaluate.readers import compare
from causalsynth.evaluate.readers.audit import audit, plan_audit, read_sheet, sample_size, upper_limit, write_sheet
from causalsynth.evaluate.readers.audit.sheet import safe_cell
from causalsynth.evaluate.rundir import open_run
from causalsynth.evaluate.strata import log_probabilities
from causalsynth.evaluate.texts import leaving_texts
from causalsynth.scm import Categorical, Numeric


@pytest.mark.parametrize(
    ("bound", "confidence", "errors", "n"),
    # Attribute sampling as auditors tabulate it: 59, 93 and 124 for 5 % at 95 %; 299 and 473 for 1 %.
    [(0.05, 0.95, 0, 59), (0.05, 0.95, 1, 93), (0.05, 0.95, 2, 124), (0.01, 0.95, 0, 299), (0.01, 0.95, 1, 473)],
)
def test_sample_sizes_are_the_published_ones(bound, confidence, errors, n):
    assert sample_size(bound, confidence=confidence, errors=errors) == n
    assert binom.cdf(errors, n, bound) <= 1 - confidence < binom.cdf(errors, n - 1, bound)
    assert upper_limit(errors, n, confidence=confidence) <= bound
    if not errors:
        assert n == math.ceil(math.log(1 - confidence) / math.log(1 - bound))


@pytest.mark.parametrize(("wrong", "n"), [(0, 20), (3, 299), (20, 20), (0, 0)])
def test_the_upper_limit_is_clopper_pearsons(wrong, n):
    exact = binomtest(wrong, n, alternative="less").proportion_ci(0.95, "exact").high if n else 1
    assert upper_limit(wrong, n) == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize(
    ("documents", "wrong", "n"), [(50, 0, 20), (50, 2, 20), (30, 1, 30), (7, 7, 7), (40, 3, 3), (9, 0, 0)]
)
def test_of_so_many_documents_the_limit_is_the_one_that_trying_all_gives(documents, wrong, n):
    possible = range(wrong, documents - n + wrong + 1)
    tried = [bad for bad in possible if hypergeom.cdf(wrong, documents, bad, n) > 0.05]
    assert upper_limit(wrong, n, documents=documents) == max(tried) / documents


def test_fewer_documents_take_fewer_readers():
    least = sample_size(0.05, documents=200)
    assert upper_limit(0, least, documents=200) <= 0.05 < upper_limit(0, least - 1, documents=200)
    assert sample_size(0.05, documents=10**7) == 59
    assert sample_size(0.01, documents=5) == 5
    assert sample_size(0.05, errors=10, documents=200) == 200, "a census may find as many as the bound allows"


def test_an_impossible_audit_is_refused():
    with pytest.raises(InputError, match="no such audit"):
        sample_size(0.0)
    assert sample_size(0.999) == 1
    with pytest.raises(InputError, match=r"more than 0\.05, however many are read"):
        sample_size(0.05, errors=11, documents=200)


@pytest.fixture(scope="module")
def run(asia, domain, tmp_path_factory):
    out = tmp_path_factory.mktemp("audit") / "run"
    generate(asia, domain, n=120, seed=4, out=out)
    return open_run(out)


def shown(run, plan):
    texts = leaving_texts(run.attempts)
    return {index: texts[index] for index in plan.order}


def fill(path, run, answer, out):
    """Fill in a sheet: the answer is `answer(record, variable, skeleton's value)`."""
    skeleton = run.frames()["skeleton"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        record, name = int(row["document"].split()[1]), row["variable"]
        row["answer"] = answer(record, name, skeleton.loc[record, name])
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return out


@pytest.fixture
def sheet(run, domain, tmp_path):
    plan = plan_audit(run, bound=0.1, errors=1)
    write_sheet(tmp_path / "sheet.csv", shown(run, plan), run.scm.supports, domain)
    return plan, tmp_path / "sheet.csv"


def test_the_sheet_asks_for_everything_and_shows_no_answer(run, sheet):
    plan, path = sheet
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 37 * 8  # of 120 documents; 46 of more than can be counted
    assert {row["answer"] for row in rows} == {""}
    texts = leaving_texts(run.attempts)
    assert [row["text"].removeprefix("'") for row in rows[::8]] == [texts[index] for index in plan.order]
    by_variable = {row["variable"]: (row["question"], row["answers"]) for row in rows}
    assert all((row["question"], row["answers"]) == by_variable[row["variable"]] for row in rows)
    assert plan.order != sorted(plan.order)
    assert plan_audit(run, bound=0.1, errors=1) == plan != plan_audit(run, bound=0.1, errors=1, seed=1)


def test_one_wrong_document_is_what_was_allowed(run, sheet, tmp_path):
    plan, path = sheet
    bad = plan.order[3]

    def answer(record, name, truth):
        return {"yes": "no", "no": "YES "}[truth] if (record, name) == (bad, "smoke") else f" {truth.upper()}"

    filled = read_sheet(fill(path, run, answer, tmp_path / "ann.csv"), shown(run, plan), run.scm.supports)
    reading, report = audit(run, plan, [filled])
    assert (report.complete, report.met, report.wrong_records) == (True, True, (bad,))
    assert report.upper == 12 / 120  # with 13 wrong ones, one of 37 at most has probability below .05
    assert report.reading.by_variable["smoke"].right.count == 36
    assert report.alpha is None
    read = reading.values.loc[plan.order]
    assert sorted(reading.values.index) == sorted(plan.order), "of the other records nothing is known"
    again = compare(run, reading)
    assert (again.records, again.whole.n, again.whole.count) == (37, 37, 36)
    assert again.by_variable["smoke"].right == report.reading.by_variable["smoke"].right
    assert (read.drop(index=bad) == run.frames()["skeleton"].loc[read.index].drop(index=bad)).all(axis=None)


def test_annotators_are_outvoted_or_dispute(run, sheet, tmp_path):
    plan, path = sheet
    first, second, third = plan.order[:3]

    def annotator(**odd):
        return lambda record, name, truth: odd.get(f"{name}{record}", truth)

    sheets = {
        "a": annotator(),
        "b": annotator(**{f"smoke{first}": "not stated", f"tub{second}": "unclear"}),
        "c": annotator(**{f"tub{second}": "not stated", f"dysp{third}": ""}),
    }
    filled = [
        read_sheet(fill(path, run, answer, tmp_path / f"{name}.csv"), shown(run, plan), run.scm.supports)
        for name, answer in sheets.items()
    ]
    reading, report = audit(run, plan, filled)
    assert reading.values.loc[first, "smoke"] == run.frames()["skeleton"].loc[first, "smoke"]
    assert reading.values.loc[second, "tub"] == "conflict"
    assert (report.disputed, report.left_open, report.wrong_records) == (1, {"c": 1}, (second,))
    assert 0.9 < report.alpha < 1
    assert report.alpha_by_variable["lung"] == 1


def test_an_audit_that_is_not_done_bounds_only_what_was_read(run, sheet, tmp_path):
    plan, path = sheet
    half = set(plan.order[:20])
    answer = lambda record, name, truth: truth if record in half else ""  # noqa: E731
    filled = read_sheet(fill(path, run, answer, tmp_path / "half.csv"), shown(run, plan), run.scm.supports)
    _, report = audit(run, plan, [filled])
    assert (report.complete, report.met) == (False, False)
    assert report.strata["all"].wrong.n == 20
    assert report.upper == upper_limit(0, 20, documents=120) < 1 - 0.05 ** (1 / 20)


def test_surprising_records_are_a_stratum_with_a_bound_of_its_own(run):
    plan = plan_audit(run, bound=0.1, surprising=0.25)
    probable = log_probabilities(run.attempts, run.scm)
    assert plan.strata == {"surprising": 30, "others": 90}
    assert max(probable[i] for i in plan.drawn["surprising"]) <= min(probable[i] for i in plan.drawn["others"])
    assert len(plan.drawn["others"]) == sample_size(0.1, confidence=0.975, documents=90) == 27
    assert len(plan.drawn["surprising"]) == 18
    _, report = audit(run, plan, [])
    assert report.upper == 1


def test_what_an_intervention_imposed_against_its_causes_is_surprising(asia, domain, tmp_path):
    generate(asia.do(either="no"), domain, n=150, seed=4, out=tmp_path / "run")
    run = open_run(tmp_path / "run")
    skeleton = run.frames()["skeleton"]
    against = set(skeleton.index[(skeleton["tub"] == "yes") | (skeleton["lung"] == "yes")])
    share = len(against) / 150
    plan = plan_audit(run, bound=0.9, errors=0, confidence=0.999999, surprising=share)  # reads all of the stratum
    assert against
    assert set(plan.drawn["surprising"]) <= against
    assert plan.strata["surprising"] == len(against)


@pytest.mark.parametrize("text", ["=1+1", "+x", "-2 beds", "@cmd", "\t=1", " =1", "＝1", "\n=HYPERLINK()"])
def test_no_cell_is_taken_for_a_formula(text):
    assert safe_cell(text).startswith("'")
    assert safe_cell("a\r\nb\rc\x00") == "a\nb\nc\ufffd"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("record 5 #0000000000,smoke,yes", r"a\.csv:2: the text of record 5 has changed"),
        ("record 999 #0000000000,smoke,yes", r"a\.csv:2: .* is not in this audit"),
        ("{document},smoker,yes", r"a\.csv:2: there is no variable 'smoker'"),
        ("{document},smoke,perhaps", r"a\.csv:2: 'perhaps' is no answer for smoke \(give yes, no, not stated"),
        ('{document},dose,"1,250"', r"a\.csv:2: '1,250' for dose can be read as two numbers \(write 1250 or 1\.250"),
        ("{document},dose,nan", r"a\.csv:2: 'nan' is no answer for dose"),
        ("{document},smoke,yes\n{document},smoke,no", r"a\.csv:3: smoke of record 5 is answered twice"),
    ],
)
def test_what_is_no_answer_is_named_by_line(run, tmp_path, row, complaint):
    from causalsynth.evaluate.readers.audit.sheet import document_id

    texts = {5: leaving_texts(run.attempts)[5]}
    path = tmp_path / "a.csv"
    path.write_text("document,variable,answer\n" + row.format(document=document_id(5, texts[5])) + "\n")
    with pytest.raises(InputError, match=complaint):
        read_sheet(path, texts, {**run.scm.supports, "dose": Numeric()})


@pytest.mark.parametrize(
    ("support", "given", "kept"),
    [
        (Categorical(("True", "False")), "TRUE", "True"),
        (Categorical(("01", "02")), "1", "01"),
        (Categorical(("None", "HIGH")), "none (no rise)", "None"),
        (Categorical(("not stated", "x")), "Not stated", "not stated"),
        (Categorical(("yes", "no")), "Not Stated", "not stated"),
        (Numeric(unit="mmHg", decimals=0), "120 mmHg", "120.0"),
        (Numeric(decimals=1), "2,5", "2.5"),
        (Numeric(decimals=1), "unclear", "unclear"),
    ],
)
def test_answers_are_read_as_spreadsheets_leave_them(tmp_path, support, given, kept):
    from causalsynth.evaluate.readers.audit.sheet import document_id

    path = tmp_path / "a.csv"
    path.write_text(f"document\tvariable\tanswer\n{document_id(1, 'text')}\tv\t{given}\n", encoding="utf-8")
    assert read_sheet(path, {1: "text"}, {"v": support}).answers == {(1, "v"): kept}
