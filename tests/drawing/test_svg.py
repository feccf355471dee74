import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.drawing import svg
from causalsynth.drawing.lettering import clipped, printable, text_width, wrapped
from causalsynth.errors import InputError
from causalsynth.graph import Dag

NS = "{http://www.w3.org/2000/svg}"
FORK = Dag({"smoke": (), "lung": ("smoke",), "bronc": ("smoke",)})
# Whatever a file may hold: control characters, lone surrogates, marks that join, scripts of all directions.
ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60)


def _groups(root, kind):
    return [group for group in root.iter(f"{NS}g") if kind in group.get("class").split()]


def _texts(group, kind):
    return [text.text for text in group.iter(f"{NS}text") if text.get("class") == kind]


def _box(group):
    rect = group.find(f"{NS}rect")
    return [float(rect.get(side)) for side in ("x", "y", "width", "height")]


def test_a_box_shows_name_and_labels_and_an_arc_says_what_it_joins():
    root = ET.fromstring(svg(FORK, title="Lungs", labels={"smoke": ["yes, no"], "lung": ["Normal", "mmHg"]}))
    boxes = {_texts(group, "name")[0]: group for group in _groups(root, "variable")}
    assert {name: _texts(group, "label") for name, group in boxes.items()} == {
        "smoke": ["yes, no"],
        "lung": ["Normal", "mmHg"],
        "bronc": [],
    }
    assert boxes["lung"].find(f"{NS}title").text == "lung\nNormal\nmmHg"
    arcs = _groups(root, "arc")
    assert [arc.find(f"{NS}title").text for arc in arcs] == ["smoke → lung", "smoke → bronc"]
    assert all({path.get("class") for path in arc.iter(f"{NS}path")} == {"line", "head"} for arc in arcs)


def test_readers_that_do_not_see_get_title_and_arcs():
    root = ET.fromstring(svg(FORK, title="Lungs", held=["lung"]))
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{NS}title", f"{NS}desc"]
    assert root[0].text == "Lungs"
    description = root[1].text
    assert description == "Causal graph, 3 variables, 2 arcs. Set by intervention: lung. smoke → lung. smoke → bronc."


def test_held_variables_have_two_borders_and_a_legend_says_why():
    root = ET.fromstring(svg(FORK, title="do(lung)", held=["lung"]))
    borders = {_texts(group, "name")[0]: len(group.findall(f"{NS}rect")) for group in _groups(root, "variable")}
    assert borders == {"smoke": 1, "lung": 2, "bronc": 1}
    (key,) = _groups(root, "key")
    assert _texts(key, "legend") == ["set by intervention"]
    assert len(key.findall(f"{NS}rect")) == 2
    lowest = max(y + height for _, y, _, height in map(_box, _groups(root, "variable")))
    assert _box(key)[1] > lowest
    assert _groups(ET.fromstring(svg(FORK, title="seen")), "key") == []


def test_everything_lies_within_the_view(network):
    root = ET.fromstring(svg(network("alarm"), title="alarm", held=["HR"]))
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (float(root.get("width")), float(root.get("height"))) == (width, height)
    for rect in root.iter(f"{NS}rect"):
        x, y, w, h = (float(rect.get(side)) for side in ("x", "y", "width", "height"))
        assert left <= x <= x + w <= left + width
        assert top <= y <= y + h <= top + height
    for path in root.iter(f"{NS}path"):
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path.get("d")):
            assert left <= float(x) <= left + width
            assert top <= float(y) <= top + height


def test_nothing_is_fetched_or_run_and_dark_mode_is_thought_of(network):
    drawing = svg(network("asia"), title="asia")
    root = ET.fromstring(drawing)
    assert {element.tag.removeprefix(NS) for element in root.iter()} == {
        "svg", "title", "desc", "style", "rect", "g", "path", "text",
    }  # fmt: skip
    assert re.findall(r"https?://[^\"]+", drawing) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|url\(|@import|<script|\son\w+=", drawing)
    light, dark = root.find(f"{NS}style").text.split("@media (prefers-color-scheme: dark)")
    for kind in ("paper", "name", "label", "legend", "box", "inner", "line", "head"):
        used = kind if kind != "name" else "dag text"
        assert used in light
        assert used in dark


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_stands_out_from_its_box(mode):
    # WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for small text
    style = ET.fromstring(svg(FORK, title="x")).find(f"{NS}style").text
    rules = style.split("@media")[mode == "dark"]

    def fill(selector):
        return re.search(rf"{re.escape(selector)}[^{{]*{{[^}}]*?fill: #(\w{{6}})", rules)[1]

    def brightness(colour):
        channels = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for text in (fill(".dag text {") if mode == "dark" else "1b1f24", fill(".dag .label")):
        for ground in (fill(".dag .box"), fill(".dag .held .box"), fill(".dag .paper")):
            bright, dim = sorted((brightness(text), brightness(ground)), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_markup_in_names_is_text():
    name, state = '<b>&"it\'s"</b>', "</text><script>alert(1)</script>"
    drawing = svg(Dag({name: ()}), title="<title> & co", labels={name: [state]})
    root = ET.fromstring(drawing)
    (group,) = _groups(root, "variable")
    assert "".join(_texts(group, "name")) == name
    assert group.find(f"{NS}title").text == f"{name}\n{state}"
    assert root[0].text == "<title> & co"
    assert "<script" not in drawing


def test_characters_that_xml_cannot_hold_are_replaced():
    root = ET.fromstring(svg(Dag({"a\x00b\x1b\ud800\ufffec": ()}), title="t\x07"))
    assert _texts(root, "name") == ["a�b���c"]
    assert root[0].text == "t�"


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=6, unique=True), st.lists(ANY_TEXT, max_size=6))
def test_any_names_and_labels_make_good_xml_in_boxes_wide_enough(names, labels):
    dag = Dag({name: tuple(names[:place][-2:]) for place, name in enumerate(names)})
    drawing = svg(dag, title=names[0], labels={names[0]: labels}, held=names[:1])
    root = ET.fromstring(drawing.encode())
    groups = _groups(root, "variable")
    assert len(groups) == len(names)
    for group, name in zip(groups, names, strict=True):
        _, _, width, height = _box(group)
        lines, small = _texts(group, "name"), _texts(group, "label")
        assert group.find(f"{NS}title").text.split("\n")[0] == printable(name).replace("\r", "\n")
        assert all(text_width(line, 13, bold=True) <= width - 10 for line in lines)
        assert all(text_width(line, 10.5) <= width - 10 for line in small)
        assert height >= 16 * len(lines) + 14 * len(small)


def test_long_names_are_broken_and_long_labels_clipped_but_whole_in_the_tooltip():
    name = "total_length_of_stay_in_the_intensive_care_unit_after_surgery"[:60]
    states = ", ".join(f"state{number}" for number in range(30))
    root = ET.fromstring(svg(Dag({name: ()}), title="x", labels={name: [states, "2", "3", "4", "5"]}))
    (group,) = _groups(root, "variable")
    assert len(_texts(group, "name")) > 1
    assert "".join(_texts(group, "name")) == name
    shown = _texts(group, "label")
    assert shown[1:] == ["2", "3", "…"]
    assert shown[0].endswith("…")
    assert states.startswith(shown[0].rstrip("…"))
    assert group.find(f"{NS}title").text == "\n".join([name, states, "2", "3", "4", "5"])
    assert _box(group)[2] < 260


def test_unknown_variables_are_refused():
    for wrong in ({"held": ["lungs"]}, {"labels": {"lungs": ["x"]}}):
        with pytest.raises(InputError, match="no variable 'lungs'") as caught:
            svg(FORK, title="x", **wrong)
        assert "smoke, lung, bronc" in caught.value.hint


def test_no_variables_and_one():
    assert ET.fromstring(svg(Dag({}), title="nothing")).find(f"{NS}desc").text == "Causal graph, 0 variables, 0 arcs."
    one = ET.fromstring(svg(Dag({"x": ()}), title="one", held=["x"]))
    assert one.find(f"{NS}desc").text == "Causal graph, 1 variable, 0 arcs. Set by intervention: x."
    _, _, width, _ = map(float, one.get("viewBox").split())
    assert width > 34 + text_width("set by intervention", 10.5), "the legend needs more room than the graph"


def test_a_clipped_line_ends_behind_a_word_and_never_within_a_character():
    assert clipped("zero, low, normal, high", 80, 10.5) == "zero, low, …"
    assert clipped("short", 80, 10.5) == "short"
    assert clipped("e\u0301" * 40, 60, 10.5).removesuffix("…").endswith("\u0301")
    family = "👩\u200d🔬"
    assert not clipped(family * 20, 60, 10.5).removesuffix("…").endswith("\u200d")


def test_names_break_at_marks_and_capitals():
    assert wrapped("left_ventricular_failure", 100, 13, lines=4) == ("left_", "ventricular_", "failure")
    assert wrapped("LeftVentricularFailure", 110, 13, lines=4)[0] in {"LeftVentricular", "Left"}
    assert wrapped("x", 100, 13, lines=4) == ("x",)


def test_wider_text_is_taken_for_wider():
    widths = [text_width(text, 10) for text in ("ill", "age", "MMM", "年齢性")]
    assert all(a < b for a, b in pairwise(widths))
    assert text_width("age", 10, bold=True) > text_width("age", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
