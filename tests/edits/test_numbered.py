"""Texts as numbered sentences: lossless, and edited without a scratch to the rest."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.edits import Edit, EditError, EditKind, NumberedText, as_json, as_lines, parse_edits

TEXTS = st.text(st.sampled_from("ab AZ19.!?:-*)\n\r\t \"'é\u2028…"), max_size=60) | st.text(max_size=60)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_numbering_loses_nothing(text):
    numbered = NumberedText.of(text)
    assert numbered.text == text
    assert all(sentence and sentence == sentence.strip() for sentence in numbered.sentences)
    assert numbered.edited([]) == text
    assert numbered.numbers_at([(0, len(text))]) == tuple(range(1, len(numbered.sentences) + 1))


@settings(max_examples=300, deadline=None)
@given(TEXTS.filter(lambda text: text.strip()), st.data())
def test_what_no_edit_touches_stays(text, data):
    numbered = NumberedText.of(text)
    number = data.draw(st.integers(1, len(numbered.sentences)))
    edited = numbered.edited([Edit(EditKind.REPLACE, number, "QQQ.")])
    before = "".join(gap + each for gap, each in zip(numbered.gaps, numbered.sentences[: number - 1], strict=False))
    behind = text[len(before) + len(numbered.gaps[number - 1]) + len(numbered.sentences[number - 1]) :]
    assert edited == before + numbered.gaps[number - 1] + "QQQ." + behind


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("She has a cat. She has 2.4 dogs! Ok?", ["She has a cat.", "She has 2.4 dogs!", "Ok?"]),
        ("Seen by Dr. Hall, approx. 3 p.m. today. Well.", ["Seen by Dr. Hall, approx. 3 p.m. today.", "Well."]),
        ("62F. smoker. no TB.", ["62F.", "smoker.", "no TB."]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("- cat\n- dog. Old.\n\n* bird", ["cat", "dog.", "Old.", "bird"]),
        ("1. cat\n2) dog", ["cat", "dog"]),
        ("Cat: yes\nDog: no", ["Cat: yes", "Dog: no"]),
        (
            "She came by ambulance late at night and was\nseen at once.",
            ["She came by ambulance late at night and was\nseen at once."],
        ),
    ],
)
def test_where_sentences_end(text, sentences):
    assert list(NumberedText.of(text).sentences) == sentences


PROSE = "Dear Dr. Hall,\n\nOne. Two. Three.\n\nRegards"


@pytest.mark.parametrize(
    ("text", "edits", "result"),
    [
        (PROSE, "3: New", "Dear Dr. Hall,\n\nOne. New. Three.\n\nRegards"),
        (PROSE, "2: -", "Dear Dr. Hall,\n\nTwo. Three.\n\nRegards"),
        (PROSE, "4: -", "Dear Dr. Hall,\n\nOne. Two.\n\nRegards"),
        (PROSE, "+4: New.", "Dear Dr. Hall,\n\nOne. Two. Three. New.\n\nRegards"),
        (PROSE, "2: -\n3: -\n4: -", "Dear Dr. Hall,\n\nRegards"),
        (PROSE, "1: -", "One. Two. Three.\n\nRegards"),
        (PROSE, "5: -", "Dear Dr. Hall,\n\nOne. Two. Three."),
        (PROSE, "3: -\n+3: New.\n+3: Newer.", "Dear Dr. Hall,\n\nOne. New. Newer. Three.\n\nRegards"),
        ("- one\n- two\n- three", "2: -\n+3: - four", "- one\n- three\n- four"),
        ("- one\n- two\n- three", "1: -\n+0: zero", "- zero\n- two\n- three"),
        ("1. one\n2. two\n3. three", "1: -\n+2: new", "1. two\n2. new\n3. three"),
        ("Cat: yes\nDog: no", "+1: Bird: no\n2: Dog: yes", "Cat: yes\nBird: no\nDog: yes"),
        ("62F. smoker. no TB.", "+3: cough", "62F. smoker. no TB. cough."),
    ],
)
def test_edits_keep_the_layout(text, edits, result):
    assert NumberedText.of(text).edited(parse_edits(edits)) == result


@pytest.mark.parametrize("edits", ["6: x", "0: x", "+6: x", "2: a\n2: b", "2: a\n2: -", "1: -\n2: -\n3: -\n4: -\n5: -"])
def test_edits_that_cannot_be_applied(edits):
    with pytest.raises(EditError):
        NumberedText.of(PROSE).edited(parse_edits(edits))


EDITS = st.lists(
    st.builds(Edit, st.sampled_from([EditKind.REPLACE, EditKind.INSERT]), st.integers(0, 40), st.just('A "b" c: d.'))
    | st.builds(Edit, st.just(EditKind.DELETE), st.integers(0, 40)),
    min_size=1,
).map(tuple)


@given(EDITS)
def test_both_forms_are_read_as_they_are_written(edits):
    assert parse_edits(as_lines(edits)) == edits == parse_edits(as_json(edits))


@pytest.mark.parametrize(
    "answer",
    [
        '```\n3: "She has a cat."\n4: -\n+7: Well.\n```',
        "Here are the edits:\n\n[3]: [3] She has a cat.\n[4]: (delete)\n[+7]: Well.",
        "Replace sentence 3: She has a cat.\nDelete 4\nInsert after 7: Well.",
        '```json\n{"edits": [{"replace": 3, "text": "She has a cat."}, {"delete": 4},\n'
        '{"insert_after": 7, "text": "Well."}]}\n```',
        '[{"replace": 3, "text": "She has\\n a cat."}, {"replace": 4, "text": ""},'
        ' {"insert_after": 7, "text": "Well."}]',
    ],
)
def test_what_models_add_is_forgiven(answer):
    assert parse_edits(answer) == (
        Edit(EditKind.REPLACE, 3, "She has a cat."),
        Edit(EditKind.DELETE, 4),
        Edit(EditKind.INSERT, 7, "Well."),
    )


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "```\n```",
        "She has a cat. She has no dog.",
        "3. She has a cat.",
        "3: She has a cat.\nThat is all.",
        "+3: -",
        "99999999: x",
        '{"edits": [{"replace": 3, "text": "x"}',
        '{"edits": [{"replace": true, "text": "x"}]}',
        '{"edits": [{"replace": 3, "insert_after": 3, "text": "x"}]}',
        '{"edits": [{"delete": 3, "text": "x"}]}',
        '{"edits": "none"}',
        "[" * 100_000,
    ],
)
def test_what_leaves_open_what_is_meant_is_refused(answer):
    with pytest.raises(EditError):
        parse_edits(answer)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text(st.sampled_from('0123456789:+-[]{}" \nedits'), max_size=60), TEXTS)
def test_no_answer_breaks_it(answer, text):
    with suppress(EditError):
        assert isinstance(NumberedText.of(text).edited(parse_edits(answer)), str)
