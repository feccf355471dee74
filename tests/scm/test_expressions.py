import copy
import math
import pickle

import numpy as np
import pytest

from causalsynth.errors import GraphError
from causalsynth.scm.expressions import MAX_CHARACTERS, MAX_DEPTH, Expression
from causalsynth.scm.support import Categorical, Columns, Numeric

SUPPORTS = {
    "age": Numeric("years"),
    "map": Numeric("mmHg"),
    "x": Numeric(),
    "sex": Categorical(("male", "female")),
    "stage": Categorical(("1", "02", "0_8mmol", "<5", "not seen", 'a "b"')),
    "blood type": Categorical(("A", "B", "0")),
    "größe": Numeric("cm"),
}


def columns(rows=None, supports=SUPPORTS, **values):
    """Columns of the named variables; states by name."""
    encoded = {
        name: np.array([supports[name].encode(value) for value in column], dtype=supports[name].dtype)
        for name, column in values.items()
    }
    rows = rows if rows is not None else len(next(iter(values.values())))
    return Columns(encoded, supports, rows)


def read(text, **where):
    return Expression.parse(text, **where)


def value(text, **values):
    """Value of an expression over the given columns, checked first."""
    expression = read(text)
    expression.check(SUPPORTS, condition=expression.is_condition)
    result = expression.evaluate(columns(**values)) if values else expression.evaluate(Columns({}, SUPPORTS, 1))
    assert result.dtype == np.float64
    return result.tolist() if values else result.item()


def refusal(text, *, condition=False, place="f", **where):
    with pytest.raises(GraphError) as caught:
        read(text, place=place, **where).check(SUPPORTS, condition=condition)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def failure(text, **values):
    expression = read(text, place="f")
    expression.check(SUPPORTS)
    with pytest.raises(GraphError) as caught:
        expression.evaluate(columns(**values))
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


class TestValues:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1", 1.0),
            (".02", 0.02),
            ("5.", 5.0),
            ("1e-3", 0.001),
            ("1.5E+2", 150.0),
            ("65{mmHg}", 65.0),
            ("65 { mm Hg }", 65.0),
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("10 - 4 - 3", 3.0),
            ("10 - (4 - 3)", 9.0),
            ("12 / 4 / 3", 1.0),
            ("12 / 4 * 3", 9.0),
            ("-2^2", -4.0),
            ("(-2)^2", 4.0),
            ("2^3^2", 512.0),
            ("(2^3)^2", 64.0),
            ("2^-1", 0.5),
            ("2^-1^2", 0.5),
            ("2^-2*3", 0.75),
            ("2*-3", -6.0),
            ("--3", 3.0),
            ("-+-3", 3.0),
            ("0^0", 1.0),
            ("pi", math.pi),
            ("e", math.e),
            ("log(e^2)", 2.0),
            ("exp(0)", 1.0),
            ("log10(1000)", 3.0),
            ("log2(8)", 3.0),
            ("sqrt(9)", 3.0),
            ("abs(-3)", 3.0),
            ("floor(-1.5)", -2.0),
            ("ceil(-1.5)", -1.0),
            ("round(2.5)", 2.0),
            ("round(3.5)", 4.0),
            ("round(1.25, 1)", 1.2),
            ("round(1250, -2)", 1200.0),
            ("clip(5, 1, 3)", 3.0),
            ("clip(0, 1, 3)", 1.0),
            ("clip(2, 1, 3)", 2.0),
            ("min(3, 1, 2)", 1.0),
            ("max(1, 3, 2)", 3.0),
            ("logistic(0)", 0.5),
            ("expit(0)", 0.5),
            ("logit(.5)", 0.0),
            ("[1 < 2]", 1.0),
            ("[1 > 2]", 0.0),
            ("if(1 < 2, 10, 20)", 10.0),
            ("if([1 > 2], 10, 20)", 20.0),
            ("1 < 2", 1.0),
            ("not 1 < 2", 0.0),
            ("not 1 < 2 or 1 = 1", 1.0),
            ("1 = 1 or 1 = 1 and 1 = 2", 1.0),
            ("(1 = 1 or 1 = 1) and 1 = 2", 0.0),
            ("not (1 = 1 and 1 = 2)", 1.0),
            ("not 1 = 1 and 1 = 2", 0.0),
            ("1 + 1 = 2", 1.0),
            ("2 in (1, -2, 2)", 1.0),
            ("2 in (1, -2)", 0.0),
            ("-2 not in (1, -2)", 0.0),
            ("1 <= 1", 1.0),
            ("1 >= 2", 0.0),
            ("1 != 2", 1.0),
        ],
    )
    def test_of_constants(self, text, expected):
        assert value(text) == pytest.approx(expected, rel=1e-15)
        assert read(text).constant == value(text)

    def test_by_row(self):
        assert value("2*x + [sex = male]*10", x=[1, 2], sex=["male", "female"]) == [12, 4]

    def test_a_constant_fills_all_rows(self):
        assert read("1 + 1").evaluate(Columns({}, {}, 3)).tolist() == [2, 2, 2]
        assert read("1 + 1").evaluate(Columns({}, {}, 0)).shape == (0,)

    def test_no_rows(self):
        assert read("if(x > 0, 1/x, log(x + 1))").evaluate(columns(x=[])).shape == (0,)

    def test_there_is_no_negative_zero(self):
        assert np.signbit(read("-x").evaluate(columns(x=[0.0]))).tolist() == [False]
        assert np.signbit(read("round(x)").evaluate(columns(x=[-0.2]))).tolist() == [False]

    def test_logistic_of_great_numbers(self):
        found = value("logistic(x)", x=[-800, -700, 0.3, 40, 800])
        assert found[0] == pytest.approx(0, abs=1e-300)
        assert found[1] == pytest.approx(math.exp(-700), rel=1e-13)
        assert found[2] == pytest.approx(1 / (1 + math.exp(-0.3)), rel=1e-15)
        assert found[3:] == [1, 1]

    @pytest.mark.parametrize("name", ["exp", "log", "log10", "log2", "sqrt"])
    def test_functions_are_those_of_mathematics(self, name):
        points = [0.001, 0.5, 1.0, 2.75, 300.0]
        expected = [getattr(math, name)(point) for point in points]
        assert value(f"{name}(x)", x=points) == pytest.approx(expected, rel=1e-14, abs=1e-15)

    def test_logit_undoes_logistic(self):
        points = [-30, -2, 0.1, 5]
        assert value("logit(logistic(x))", x=points) == pytest.approx(points, rel=1e-12)

    def test_whole_powers_of_negative_numbers(self):
        assert value("x^3 + x^2", x=[-2]) == [-4]

    def test_lines_count_as_spaces(self):
        assert value("1 +\n  2\n  * 3\n") == 7


class TestStates:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[stage = 1]", [1, 0, 0, 0, 0, 0]),
            ("[stage = 02]", [0, 1, 0, 0, 0, 0]),
            ("[stage = 0_8mmol]", [0, 0, 1, 0, 0, 0]),
            ("[stage = '<5']", [0, 0, 0, 1, 0, 0]),
            ('[stage = "not seen"]', [0, 0, 0, 0, 1, 0]),
            ('[stage = "a ""b"""]', [0, 0, 0, 0, 0, 1]),
            ("[stage != 1]", [0, 1, 1, 1, 1, 1]),
            ("[stage in (1, 0_8mmol, '<5')]", [1, 0, 1, 1, 0, 0]),
            ("[stage not in (1, '<5')]", [0, 1, 1, 0, 1, 1]),
            ("[(stage) = 1]", [1, 0, 0, 0, 0, 0]),
        ],
    )
    def test_are_compared(self, text, expected):
        assert value(text, stage=SUPPORTS["stage"].states) == expected

    def test_of_a_variable_in_backticks(self):
        assert value("[`blood type` = 0]*2", **{"blood type": ["A", "0"]}) == [0, 2]

    def test_are_no_variables(self):
        assert read("[sex = male] + [stage in (1, two)] + x").names == ("sex", "stage", "x")

    def test_even_if_one_is_called_like_a_constant(self):
        supports = {"base": Categorical(("e", "pi"))}
        assert read("[base = e]").evaluate(columns(supports=supports, base=["e", "pi"])).tolist() == [1, 0]

    def test_a_variable_right_of_equals_stands_in_brackets(self):
        assert read("[x = (age)]").names == ("x", "age")
        assert read("[x = `age`]").names == ("x", "age")
        assert read("[x = age + 0]").names == ("x", "age")
        assert read("[x + 0 = age]").names == ("x", "age")
        assert read("[x = max(age, 1)]").names == ("x", "age")


class TestNames:
    def test_in_the_order_of_first_mention(self):
        assert read("b + a*b - if(c > 0, exp(d), [f in (1)])").names == ("b", "a", "c", "d", "f")

    def test_unicode(self):
        assert value("größe + 1", größe=[170]) == [171]

    def test_backticks(self):
        assert read("`odd name-1` + `a``b` + `if`").names == ("odd name-1", "a`b", "if")

    def test_a_function_is_a_name_before_a_bracket(self):
        supports = {"exp": Numeric(), "min": Numeric()}
        expression = read("exp (exp) + min")
        assert expression.names == ("exp", "min")
        assert expression.evaluate(columns(supports=supports, exp=[0], min=[5])).tolist() == [6]

    def test_constants_give_way_to_variables(self):
        supports = {"e": Numeric(), "x": Numeric()}
        assert read("e*x").names == ("x",)
        assert read("e*x", variables=("e", "x")).names == ("e", "x")
        assert read("`e`*x").names == ("e", "x")
        expression = read("e*x", variables=supports)
        expression.check(supports)
        assert expression.evaluate(columns(supports=supports, e=[2], x=[3])).tolist() == [6]

    def test_a_constant_that_might_be_a_variable_is_refused(self):
        with pytest.raises(GraphError, match=r"f:1:1: e is both a constant and a variable"):
            read("e*2", place="f").check({"e": Numeric()})

    def test_constant_is_none_if_a_variable_is_mentioned(self):
        assert read("0*x").constant is None


class TestGuards:
    def test_a_branch_is_worked_out_only_where_it_applies(self):
        assert value("if(x = 0, 0, 1/x)", x=[0, 4, 0, -2]) == [0, 0.25, 0, -0.5]
        assert value("if([x > 0], log(x), -1)", x=[1, 0, -5]) == [0, -1, -1]

    def test_nested(self):
        text = "if(x < 0, -1, if(x = 0, 0, if(x > 10, log(x - 10), 1/(x - 10))))"
        assert value(text, x=[-3, 0, 11, 9]) == [-1, 0, 0, -1]

    def test_and_or_stop_early(self):
        assert value("[x != 0 and 1/x > .1]", x=[0, 4, 100]) == [0, 1, 0]
        assert value("[x = 0 or 1/x > .1 or x > 99]", x=[0, 4, 50, 100]) == [1, 1, 0, 1]

    def test_the_right_row_is_named(self):
        found = failure("if(x > 0, 1/(x - 3), if(x < -1, sqrt(x + 5), 0))", x=[5, 0, 4, 3, 3])
        assert found.message == "f:1:12: division by zero when x = 3"
        found = failure("if(x > 0, 1, if(x < -1, sqrt(x + 5), 0))", x=[5, 0, -2, 3, -6])
        assert found.message == "f:1:25: sqrt of -1 when x = -6"

    def test_an_indicator_is_no_guard(self):
        assert failure("[x != 0] * (1/x)", x=[1, 0]).message == "f:1:14: division by zero when x = 0"


class TestRows:
    TEXT = (
        "exp(-x/7) + logistic(x) * log(abs(x) + 1) - if(sex = male, x^2, abs(x)^1.7) + [x > 0 and 3^x > 5]"
        " + round(sqrt(abs(x)), 2) + log2(x^2 + 1) + log10(x^2 + 1) + logit(logistic(x/10)) + 2^(x/9) + abs(x)^(x/9)"
    )

    def test_do_not_influence_one_another(self):
        """Any split gives the same bits, down to single rows."""
        random = np.random.default_rng(20240607)
        rows = 999
        block = {"x": random.normal(0, 9, rows), "sex": random.integers(0, 2, rows).astype(np.int8)}
        expression = read(self.TEXT)
        whole = expression.evaluate(Columns(block, SUPPORTS, rows))
        for size in (1, 2, 3, 7, 64, 500):
            parts = []
            for start in range(0, rows, size):
                part = {name: column[start : start + size] for name, column in block.items()}
                parts.append(expression.evaluate(Columns(part, SUPPORTS, len(part["x"]))))
            assert np.array_equal(np.concatenate(parts), whole)
        order = random.permutation(rows)
        mixed = {name: column[order] for name, column in block.items()}
        assert np.array_equal(expression.evaluate(Columns(mixed, SUPPORTS, rows)), whole[order])
        strided = {name: np.repeat(column, 2)[::2] for name, column in block.items()}
        assert np.array_equal(expression.evaluate(Columns(strided, SUPPORTS, rows)), whole)

    def test_what_goes_in_is_left_alone(self):
        given = columns(x=[1.0, -2.0], sex=["male", "female"])
        read(self.TEXT).evaluate(given)
        assert given["x"].tolist() == [1, -2]
        result = read("x").evaluate(given)
        result[0] = 99
        assert given["x"].tolist() == [1, -2]

    def test_holds_is_boolean(self):
        found = read("x > 0").holds(columns(x=[1, -1]))
        assert found.dtype == np.bool_
        assert found.tolist() == [True, False]
        with pytest.raises(GraphError, match="a number stands where a condition is needed"):
            read("x").holds(columns(x=[1]))


class TestUnits:
    @pytest.mark.parametrize(
        ("text", "unit"),
        [
            ("age", "years"),
            ("x", None),
            ("1", None),
            ("65{mmHg}", "mmHg"),
            ("age + 1", "years"),
            ("1 - age", "years"),
            ("age + x", "years"),
            ("x - 60 + age - 5{years}", "years"),
            (".02 * age + map", "mmHg"),
            ("age * map + map", "mmHg"),
            ("age / age + map", "mmHg"),
            ("-age", "years"),
            ("abs(age)", "years"),
            ("round(age, 1)", "years"),
            ("floor(age)", "years"),
            ("ceil(+age)", "years"),
            ("exp(age) + map", "mmHg"),
            ("age^2 + map", "mmHg"),
            ("clip(round(80 - .05*age), 35{mmHg}, 130{mmHg})", "mmHg"),
            ("min(age, 3)", "years"),
            ("max(1, age)", "years"),
            ("if(map > 65{mmHg}, age, 0)", "years"),
            ("[age > 60{years}] + map", "mmHg"),
            ("[age in (60{years}, 61)]", None),
            ("pi*age", None),
        ],
    )
    def test_of_a_value(self, text, unit):
        assert read(text).check(SUPPORTS) == unit

    @pytest.mark.parametrize(
        ("text", "column", "message"),
        [
            ("age + map", 5, "age is in years, map in mmHg"),
            ("1 + age + 2 - map", 13, "age is in years, map in mmHg"),
            ("[age > map]", 6, "age is in years, map in mmHg"),
            ("[age = (map)]", 6, "age is in years, (map) in mmHg"),
            ("[map < 65{kPa}]", 6, "map is in mmHg, 65{kPa} in kPa"),
            ("min(1, age, map)", 13, "age is in years, map in mmHg"),
            ("clip(map, 35{mmHg}, 9{kPa})", 21, "map is in mmHg, 9{kPa} in kPa"),
            ("if(x > 1, age, -map)", 16, "age is in years, -map in mmHg"),
            ("[map in (1, 2{kPa})]", 13, "map is in mmHg, 2{kPa} in kPa"),
            ("exp(age - map)", 9, "age is in years, map in mmHg"),
            ("2^(age - map)", 8, "age is in years, map in mmHg"),
        ],
    )
    def test_that_differ_are_refused(self, text, column, message):
        assert refusal(text).message == f"f:1:{column}: unit mismatch: {message}"

    def test_long_parts_are_cut_short(self):
        long = "max(" + "age, " * 50 + "age)"
        message = refusal(f"{long} + map").message
        assert "…" in message
        assert len(message) < 150


class TestErrorsOfForm:
    @pytest.mark.parametrize(
        ("text", "column", "message", "hint"),
        [
            ("", 1, "the expression is empty", "write a number"),
            (" \n ", 1, "the expression is empty", "write a number"),
            ("x +", 4, "the expression ends too early", ""),
            ("x + \n", 4, "the expression ends too early", ""),
            ("(x", 1, "'(' isn't closed", "a ')' is missing"),
            ("1 + [x > 1", 5, "'[' isn't closed", "a ']' is missing"),
            ("exp(x", 4, "'(' isn't closed", "a ')' is missing"),
            ("[x in (1, 2", 7, "'(' isn't closed", "a ')' is missing"),
            ("(x]", 3, "unexpected ']'", ""),
            ("x)", 2, "unexpected ')'", ""),
            ("1 2", 3, "unexpected '2'", "is an operator missing"),
            ("x x", 3, "unexpected 'x'", "is an operator missing"),
            ("* 2", 1, "unexpected '*'", ""),
            ("1, 2", 2, "unexpected ','", ""),
            ("x {mm}", 3, "unexpected '{mm}'", "a unit stands only behind a number"),
            ("3{}", 2, "the unit is empty", "65{mmHg}"),
            ("3{mm", 2, "the unit that begins here doesn't end", "close it by }"),
            ("`a", 1, "the name that begins here doesn't end", "close it by `"),
            ("``", 1, "the name is empty", "backticks"),
            ("[sex = 'male]", 8, "the state that begins here doesn't end", "close it by '"),
            ("2x", 1, "'2x' is no number", "a product needs *: 2 * x"),
            ("x + 1_000", 5, "'1_000' is no number", "write digits without _"),
            ("1.5e", 1, "'1.5e' is no number", "1.5 * e"),
            ("1e999", 1, "the number is too large", "1.8e308"),
            ("x ** 2", 3, "'**' has no meaning here", "write ^"),
            ("[x == 2]", 4, "'==' has no meaning here", "write ="),
            ("[x ≤ 2]", 4, "'≤' has no meaning here", "write <="),
            ("x² + 1", 2, "'²' has no meaning here", "write ^ 2"),
            ("[x > 1 && x < 2]", 8, "'&&' has no meaning here", "write and"),
            ("x − 1", 3, "'−' has no meaning here", "write -"),
            ("x.real", 2, "unexpected character '.'", "backticks"),
            ("x.__class__", 2, "unexpected character '.'", "backticks"),
            ("x # why", 3, "unexpected character '#'", "comments"),
            ("x\0", 2, r"unexpected character '\x00'", ""),
            ("[1 < x < 2]", 8, "comparisons can't be chained", "write 1 < x and x < 2"),
            ("[0 <= x + 1 = 5]", 13, "comparisons can't be chained", "write 0 <= x + 1 and x + 1 = 5"),
            ("[x in (1) = 2]", 11, "comparisons can't be chained", "join two comparisons by and"),
            ("[x = <5]", 6, "unexpected '<'", "goes in quotes"),
            ("[x = and]", 6, "unexpected 'and'", "a state of this name goes in quotes"),
            ("[sex = very male]", 13, "unexpected 'male'", "quotes around a state of several words"),
            ("['male' = sex]", 2, "unexpected \"'male'\"", "right of =, != or in"),
            ("[x in 3]", 7, "unexpected '3'", "x in (a, b)"),
            ("[x in ()]", 8, "unexpected ')'", "only states and numbers stand in the list"),
            ("[x in (1, 2 + 3)]", 13, "unexpected '+'", ""),
            ("[x in (-a)]", 9, "unexpected 'a'", "only states and numbers"),
            ("(x > 1) * 2", 1, "a condition stands where a number is needed", "write [(x > 1)] to count it as 0 or 1"),
            ("2 * (x > 1)", 5, "a condition stands where a number is needed", "write [(x > 1)]"),
            ("exp(x > 1)", 5, "a condition stands where a number is needed", "write [x > 1] to count it as 0 or 1"),
            ("[(x > 1) = 1]", 2, "a condition stands where a number is needed", "write [(x > 1)]"),
            ("if(x > 1, x > 2, 3)", 11, "a condition stands where a number is needed", "write [x > 2]"),
            ("-(not x > 1)", 2, "a condition stands where a number is needed", "write [(not x > 1)]"),
            ("[x]", 2, "a number stands where a condition is needed", "x > 0"),
            ("if(x, 1, 2)", 4, "a number stands where a condition is needed", "x > 0"),
            ("[not x]", 6, "a number stands where a condition is needed", "x > 0"),
            ("[x > 1 and x]", 12, "a number stands where a condition is needed", "x > 0"),
            ("[x or x > 1]", 2, "a number stands where a condition is needed", "x > 0"),
            ("[not [x > 1]]", 6, "a number stands where a condition is needed", "leave the brackets out: x > 1"),
            ("foo(1)", 1, "there is no function 'foo'", "did you mean floor?"),
            ("1 + zzz(1)", 5, "there is no function 'zzz'", "a product needs *; the functions are if"),
            ("`exp`(1)", 6, "unexpected '('", ""),
            ("if", 3, "the expression ends too early", "if(condition, value, other value)"),
            ("if(x > 1, 2)", 1, "if can't take 2 arguments", "if(condition, value, other value)"),
            ("exp()", 1, "exp can't take no argument", "exp(x)"),
            ("exp(1, 2)", 1, "exp can't take 2 arguments", "exp(x)"),
            ("min(1)", 1, "min can't take 1 argument", "min(a, b, …)"),
            ("clip(1, 2)", 1, "clip can't take 2 arguments", "clip(x, low, high)"),
            ("round(1, 2, 3)", 1, "round can't take 3 arguments", "round(x, digits)"),
            ("round(x, x)", 10, "digits must be a whole number from -12 to 12", "round(x, 1)"),
            ("round(x, 1.5)", 10, "digits must be a whole number from -12 to 12", "round(x, 1)"),
            ("round(x, 13)", 10, "digits must be a whole number from -12 to 12", "round(x, 1)"),
            ("exp(1,)", 7, "unexpected ')'", ""),
        ],
    )
    def test_name_place_and_remedy(self, text, column, message, hint):
        with pytest.raises(GraphError) as caught:
            read(text, place="f")
        assert caught.value.message.startswith(f"f:1:{column}: {message}")
        assert hint in caught.value.hint

    def test_lines_count_on(self):
        text = "1 +\n  2 +\n\n   3 $ 4"
        with pytest.raises(GraphError, match=r"^spec\.yaml:13:6: unexpected character"):
            read(text, place="spec.yaml", line=10)
        with pytest.raises(GraphError, match=r"^spec\.yaml:13:14: unexpected character"):
            read(text, place="spec.yaml", line=10, column=9)
        with pytest.raises(GraphError, match=r"^<expression>:2:1: unexpected"):
            read("1\r\n2")

    def test_a_thousand_brackets(self):
        for opening in ("(", "[", "-", "not ", "exp(", "2^", "if(", "1+(", "[not (1=1 and -(2^("):
            found = refusal(opening * (MAX_CHARACTERS // len(opening)))
            assert f"nested more than {MAX_DEPTH} deep" in found.message

    def test_a_tree_that_is_deep_but_for_its_brackets(self):
        text = "1"
        for _ in range(40):
            text = f"[{text}*1+1=1 and 1=1 or 1=1]"
        assert f"nested more than {MAX_DEPTH} deep" in refusal(text).message

    def test_depth_up_to_the_limit(self):
        brackets = MAX_DEPTH - 1
        assert value("(" * brackets + "7" + ")" * brackets) == 7
        nested = "x"
        for _ in range(MAX_DEPTH - 2):
            nested = f"if(x > 0, {nested}, 0)"
        expression = read(nested)
        expression.check(SUPPORTS)
        assert expression.evaluate(columns(x=[3, -1])).tolist() == [3, 0]
        assert pickle.loads(pickle.dumps(expression)) == expression

    def test_too_long(self):
        found = refusal("(" * 100_000)
        assert found.message == "f:1:1: the expression has 100,000 characters, 10,000 are the most"
        assert value("1" + " " * (MAX_CHARACTERS - 1)) == 1

    def test_long_sums_are_flat(self):
        assert value("+".join(["x"] * 4000), x=[2]) == [8000]
        assert value("[" + " or ".join(["x = 1"] * 900) + "]", x=[1]) == [1]


class TestErrorsOfMeaning:
    @pytest.mark.parametrize(
        ("text", "column", "message", "hint"),
        [
            ("1 + agee", 5, "there is no variable 'agee'", "did you mean age"),
            ("zzz", 1, "there is no variable 'zzz'", "there are age, map, x, sex"),
            ("exp + 1", 1, "there is no variable 'exp'", "the function is written exp(x)"),
            ("[sexx = male]", 2, "there is no variable 'sexx'", "did you mean sex?"),
            ("[sex = mal]", 8, "sex has no state 'mal'", "the states are male, female"),
            ("[sex != 'mal']", 9, "sex has no state 'mal'", "the states are male, female"),
            ("[sex in (male, mal)]", 16, "sex has no state 'mal'", "the states are male, female"),
            ("[sex = 1]", 8, "sex has no state '1'", "the states are male, female"),
            ("[stage = 2]", 10, "stage has no state '2'", "the states are 1, 02"),
            ("[stage = 1{mm}]", 10, "1{mm} is no state of stage", "the states are 1, 02"),
            ("[sex = card-present]", 8, "card-present is no state of sex", "the states are male"),
            ("[sex = (male)]", 8, "(male) is no state of sex", "the states are male"),
            ("[sex < male]", 6, "the states of sex have no order", "sex in (…); the states are male, female"),
            ("[1 < sex]", 4, "the states of sex have no order", "sex = a state"),
            ("[1 = sex]", 6, "sex has states, it is no number", "sex = male"),
            ("[x = (sex)]", 6, "(sex) has states, it is no number", "left of the state"),
            ("sex + 1", 1, "sex has states, it is no number", "[sex = male] counts it as 0 or 1"),
            ("exp(sex)", 5, "sex has states, it is no number", "[sex = male]"),
            ("[x = limit]", 6, "'limit' is read as a state, but x has numbers", "in brackets: x = (limit)"),
            ("[x in (1, low)]", 11, "'low' is read as a state, but x has numbers", "compare with a number"),
            ("x > 1", 1, "a condition stands where a number is needed", "write [x > 1] to count it as 0 or 1"),
            ("1/0", 2, "division by zero", ""),
            ("log(0)", 1, "log of 0", ""),
        ],
    )
    def test_name_place_and_remedy(self, text, column, message, hint):
        found = refusal(text)
        assert found.message.startswith(f"f:1:{column}: {message}")
        assert hint in found.hint

    @pytest.mark.parametrize(("text", "hint"), [("x", "compare it"), ("[x > 1]", "leave the brackets out: x > 1")])
    def test_a_condition_is_wanted(self, text, hint):
        found = refusal(text, condition=True)
        assert found.message == "f:1:1: a number stands where a condition is needed"
        assert hint in found.hint

    def test_evaluation_without_a_check_is_safe(self):
        for text in ("sex + 1", "[sex < 1]", "[sex = mal]", "[x = male]", "[x = (sex)]", "nobody", "[sex in (1)]"):
            with pytest.raises(GraphError, match=r"^<expression>:1:\d+: "):
                read(text).evaluate(columns(x=[1], sex=["male"]))

    def test_many_states_are_not_all_listed(self):
        supports = {"v": Categorical(tuple(f"s{i}" for i in range(100)))}
        with pytest.raises(GraphError, match=r"s0, s1, .* s11, …") as caught:
            read("[v = other]").check(supports)
        assert "s50" not in str(caught.value)


class TestErrorsOfRows:
    @pytest.mark.parametrize(
        ("text", "values", "message"),
        [
            ("1/(x - 1)", {"x": [0, 1]}, "1:2: division by zero when x = 1"),
            ("x^-1", {"x": [0]}, "1:2: division by zero when x = 0"),
            ("x^.5", {"x": [-4]}, "1:2: a negative number to a power that isn't whole when x = -4"),
            ("x^x", {"x": [1000]}, "1:2: the result is too large when x = 1000"),
            ("log(x)", {"x": [1, 0]}, "1:1: log of 0 when x = 0"),
            ("log10(x)", {"x": [-2]}, "1:1: log10 of -2 when x = -2"),
            ("log2(x)", {"x": [-2]}, "1:1: log2 of -2 when x = -2"),
            ("sqrt(x)", {"x": [-1]}, "1:1: sqrt of -1 when x = -1"),
            ("logit(x)", {"x": [0.5, 1]}, "1:1: logit of 1 when x = 1"),
            ("logit(x)", {"x": [0]}, "1:1: logit of 0 when x = 0"),
            ("1 + exp(x)", {"x": [710]}, "1:5: exp: the result is too large when x = 710"),
            ("1 + x*x", {"x": [1, 1e200]}, "1:6: the result is too large when x = 1e+200"),
            ("x + x", {"x": [1e308]}, "1:3: the result is too large when x = 1e+308"),
            ("-x - x", {"x": [1e308]}, "1:4: the result is too large when x = 1e+308"),
            ("1/(1/x)", {"x": [1e-320]}, "1:5: the result is too large when x = 9.999888672e-321"),
            ("round(x, 12)", {"x": [1e300]}, "1:1: the number is too large to round when x = 1e+300"),
            ("clip(1, x, 2)", {"x": [2, 3]}, "1:1: the low end is above the high one when x = 3"),
            ("x^2/1", {"x": [1e200]}, "1:2: the result is too large when x = 1e+200"),
        ],
    )
    def test_name_place_and_values(self, text, values, message):
        assert failure(text, **values).message == f"f:{message}"

    def test_states_and_units_are_named(self):
        text = "3 + 1/(age - 60 + [sex = female])"
        found = failure(text, age=[59, 60], sex=["male", "male"], x=[1, 2])
        assert found.message == "f:1:6: division by zero when age = 60 years, sex = male"
        assert found.hint.startswith("guard it: if((age - 60 + [sex = female]) != 0, 1/(age")

    def test_the_guard_in_the_hint_works(self):
        for text in ("1/(x - 1)", "log(x)", "sqrt(x)", "logit(x + 1)", "x^-1", "x^.5"):
            hint = failure(text, x=[1.0] if text.startswith("1/") else [0.0] if "-1" in text else [-2.0]).hint
            guarded = hint.removeprefix("guard it: ").replace("another value", "0")
            assert len(value(guarded, x=[1.0, 0.0, -2.0])) == 3

    def test_columns_with_nan_are_refused(self):
        block = Columns({"x": np.array([1.0, math.nan])}, SUPPORTS, 2)
        with pytest.raises(GraphError, match=r"^<expression>:1:5: x has no finite value when x = nan"):
            read("1 + x").evaluate(block)

    def test_many_variables_are_not_all_listed(self):
        supports = {f"v{i}": Numeric() for i in range(30)}
        block = Columns({name: np.zeros(1) for name in supports}, supports, 1)
        with pytest.raises(GraphError, match=r"division by zero when v0 = 0, .*v7 = 0, … \("):
            read("1/(" + "+".join(supports) + ")").evaluate(block)


class TestIdentity:
    def test_equal_by_text(self):
        one, other = read("x + 1", place="a"), read("x + 1", place="b", line=7)
        assert one == other
        assert hash(one) == hash(other)
        assert one != read("x + 2")

    def test_survives_copying(self):
        expression = read("if(x > 1, 2, 1/0)")
        for twin in (pickle.loads(pickle.dumps(expression)), copy.deepcopy(expression)):
            assert twin == expression
            assert twin.evaluate(columns(x=[3])).tolist() == [2]

    def test_shows_its_text(self):
        assert repr(read("x + 1")) == "Expression(text='x + 1', names=('x',))"

    def test_cannot_be_changed(self):
        with pytest.raises(AttributeError):
            read("x").text = "y"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logistic(-1.8 + .03*(age - 60) + .7*[sex = male])", 1 / (1 + math.exp(1.8 - 0.3 - 0.7))),
        ("clip(round(80 - 13*[sex = male] - .05*(age - 60)), 35{mmHg}, 130{mmHg})", 66.0),
        ("1 + 3*[stage = 0_8mmol] + 1.5*[sex = male]", 5.5),
        ("-.5*[stage = 0_8mmol]*[sex = male]", -0.5),
        ("6*log(map/100) + 10*[stage in (1, 0_8mmol)]", 6 * math.log(0.9) + 10),
    ],
)
def test_formulas_as_models_have_them(text, expected):
    found = value(text, age=[70], sex=["male"], map=[90], stage=["0_8mmol"])
    assert found == [pytest.approx(expected, rel=1e-14)]
