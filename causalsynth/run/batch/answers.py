"""What one line of a result file says: an answer, a refusal, or that nothing came of it.

Lines are those of OpenAI's output and error files, and of ``vllm run-batch``, which differs in that the answer's error
stands in ``error`` and not in the response's body.
"""

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from causalsynth.errors import CausalSynthError, RealizerError, RejectedError
from causalsynth.realize.chat import Completion
from causalsynth.realize.chat_wire import completion_of
from causalsynth.realize.server_probe import SIMULATOR
from causalsynth.realize.transport import error_of_status

__all__ = ["Answer", "AnswerKind", "NotAResultError", "parse_answer"]


class AnswerKind(IntEnum):
    """What became of a request; of two lines for one request the higher counts."""

    FAILED = 0
    """Nothing came of it, by no fault of its own: an error of the server, an expired or cancelled batch."""
    REFUSED = 1
    """The service won't take this request (400, 413, 422)."""
    ANSWERED = 2


class NotAResultError(ValueError):
    """A line that is no result; the message says why. Never leaves `causalsynth.run.batch`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One line.

    Attributes
    ----------
    custom_id
        As it stood in the request.
    kind
        What became of it.
    completion
        The answer, if there is one.
    error
        Why there is none.
    is_simulated
        Whether ``causalsynth simulate-server`` wrote it.
    """

    custom_id: str
    kind: AnswerKind
    completion: Completion | None = None
    error: CausalSynthError | None = None
    is_simulated: bool = False


def parse_answer(line: bytes) -> Answer:
    """Read one line.

    Raises
    ------
    NotAResultError
        It is no JSON object with ``custom_id`` and either ``response`` or ``error``.
    """
    try:
        result = json.loads(line)
    except ValueError as error:
        raise NotAResultError("not JSON") from error
    if not isinstance(result, dict) or not isinstance(result.get("custom_id"), str):
        raise NotAResultError("no custom_id")
    if "response" not in result and "error" not in result:
        raise NotAResultError("a request, not a result" if "body" in result else "neither response nor error")
    try:
        return _answered(result)
    except RejectedError as error:
        return Answer(custom_id=result["custom_id"], kind=AnswerKind.REFUSED, error=error)
    except CausalSynthError as error:
        return Answer(custom_id=result["custom_id"], kind=AnswerKind.FAILED, error=error)


def _answered(result: dict[str, Any]) -> Answer:
    response = result.get("response")
    response = response if isinstance(response, dict) else {}
    body = response.get("body")
    status = response.get("status_code")
    if isinstance(status, int) and status >= 400:
        raise error_of_status(status, _told(result.get("error")) or _told(body) or "no reason given")
    if result.get("error") is not None:
        raise RealizerError(_told(result["error"]) or "failed without a reason")
    completion = completion_of(body)
    simulated = isinstance(body, dict) and body.get("system_fingerprint") == SIMULATOR
    return Answer(
        custom_id=result["custom_id"], kind=AnswerKind.ANSWERED, completion=completion, is_simulated=simulated
    )


def _told(error: Any) -> str:
    """Find an error's message, however deep: ``{"error": {"message", "code"}}``, or the bare text."""
    if isinstance(error, dict):
        return _told(error.get("error")) or _told(error.get("message")) or _told(error.get("code"))
    return error if isinstance(error, str) else ""
