"""The short form in which the tiny models are asked: one token for the style, one for each fact.

The chat template makes it of the very messages that any other realizer gets. It lies beside the weights and goes into
the folder that a server loads, so that both put the same question.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from causalsynth.realize.chat import Message

__all__ = ["CHAT_TEMPLATE", "SPECIAL_TOKENS", "STYLES", "VARIABLES", "ShortForm"]

CHAT_TEMPLATE = Path(__file__).with_name("weights") / "chat_template.jinja"
STYLES = ("clinic_note", "referral_letter", "progress_note", "intake_form", "triage_note", "discharge_summary")
VARIABLES = ("asia", "smoke", "tub", "lung", "bronc", "either", "xray", "dysp")
"""In the order in which the short form lists them, and the notes state them."""
BEGIN, NOTE, END = "<|begin|>", "<|note|>", "<|end|>"
SPECIAL_TOKENS = (
    END,
    BEGIN,
    NOTE,
    *(f"<|style={style}|>" for style in STYLES),
    *(f"<|{name}={state}{mark}|>" for name in VARIABLES for state in ("yes", "no", "") for mark in ("", "!")),
)
"""Every token that stands for something else than text, in the order of their ids."""


class ShortForm:
    """Writes short forms: of facts for training, of a chat for an answer."""

    @staticmethod
    def write(style: str, facts: Mapping[str, str], marked: Collection[str] = ()) -> str:
        """Write the short form of `facts`; those in `marked` as corrected, those not in `facts` as not to be said."""
        asked = (f"<|{name}={facts.get(name, '')}{'!' if name in marked else ''}|>" for name in VARIABLES)
        return "".join((BEGIN, f"<|style={style}|>", *asked, NOTE))

    @staticmethod
    def of_chat(messages: Sequence[Message]) -> str:
        """Write the short form of a chat, as a server does that loads the exported model."""
        turns = [{"role": message.role, "content": message.content} for message in messages]
        return _template().render(messages=turns, add_generation_prompt=True)


@cache
def _template() -> Template:
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return environment.from_string(CHAT_TEMPLATE.read_text(encoding="utf-8"))
