"""Answers that nobody has checked yet."""

import pytest

from causalsynth.realize.chat_wire import completion_of


def answer(**usage):
    return {"choices": [{"message": {"content": "text"}, "finish_reason": "stop"}], "usage": usage}


@pytest.mark.parametrize("count", ["12", -5, 1.5, True, None, 10**30, [1]])
def test_a_count_that_is_none_is_not_taken_for_one(count):
    completion = completion_of(answer(prompt_tokens=count, completion_tokens=7))
    assert (completion.prompt_tokens, completion.completion_tokens) == (None, 7)
