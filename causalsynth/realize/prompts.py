"""From a skeleton to the chat that asks for its text, by Jinja2 templates.

A document type is a folder with ``system.j2`` (the same for every record, so that a server's prefix cache hits),
``task.j2`` (one record's facts and style), ``correction.j2`` (one round's corrections), ``edits.j2`` (the same, asking
for edits only; the shared one where a folder has none) and ``styles.yaml``. What document types have in common lies in
``prompts/shared/``, which any template may include or extend, one's own as well.
Templates are rendered in a sandbox, and a name that isn't there is an error, never an empty string.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import DictLoader, TemplateError, TemplateSyntaxError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from causalsynth.bundled import PROMPTS
from causalsynth.domain import Lexicon, StateWording, VariableWording
from causalsynth.domain.lexicon import NumberWording
from causalsynth.domain.values import quantity
from causalsynth.edits import NumberedText
from causalsynth.errors import PromptError
from causalsynth.realize.chat import Message
from causalsynth.realize.sandbox import TemplateSandbox
from causalsynth.realize.subject import draw_subject, introduce
from causalsynth.scm.noise import stream
from causalsynth.scm.support import Value

__all__ = ["Prompts", "Style"]

EXAMPLES_PER_VALUE = 2
_TASKS_KEPT = 4096
"""Records under way at once, and more: some megabytes."""
_TEMPLATES = ("system.j2", "task.j2", "correction.j2")
_SHARED = "shared"
_EDITS = ("edits.j2", f"{_SHARED}/edits.j2")
_WIDE = 200.0
"""From this ratio on, a range's ends differ so much that its geometric mean is the more usual number."""


class Style(BaseModel):
    """One way to set a document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """What the prompt and the ledger call it."""
    ask: str = Field(min_length=1)
    """What the LLM is asked to write: ``a triage note in terse shorthand``."""
    layout: Literal["prose", "letter", "bullets", "form", "shorthand"]
    """How the grammar realizer sets it."""


_PLAIN = (Lexicon, VariableWording, NumberWording, StateWording, Style)
"""What templates look at, all of it data."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The templates of one document type.

    Attributes
    ----------
    folder
        Where they were read from; for messages.
    styles
        In the order of ``styles.yaml``.
    digest
        SHA-256 of all files read, for the run's fingerprint.
    """

    folder: Path
    styles: tuple[Style, ...]
    digest: str
    _files: Mapping[str, str] = field(repr=False)
    _environment: TemplateSandbox
    _shared: dict[int, tuple[Lexicon, Message]] = field(default_factory=dict, repr=False)
    """System turns by the identity of their lexicon, which is kept with them."""
    _tasks: OrderedDict[Hashable, Message] = field(default_factory=OrderedDict, repr=False)
    """The latest task turns: each round of a record begins with the same one."""

    @classmethod
    def load(cls, document: str | Path) -> "Prompts":
        """Read a document type: the name of a bundled one, or a folder of one's own.

        Raises
        ------
        PromptError
            The folder or a file is missing, a template doesn't parse, or ``styles.yaml`` is wrong.
        """
        folder = _find_folder(document)
        return cls._of_files(folder, _read_files(folder))

    @classmethod
    def _of_files(cls, folder: Path, files: Mapping[str, str]) -> "Prompts":
        # From memory: what is rendered is what the digest stands for, whatever happens to the files meanwhile.
        environment = TemplateSandbox(DictLoader(files), plain=_PLAIN, functions=(quantity,))
        for name in (*_TEMPLATES, *(name for name in _EDITS if name in files)):
            _compile(environment, folder, name)
        styles = _read_styles(folder / "styles.yaml", files["styles.yaml"])
        return cls(folder=folder, styles=styles, digest=_digest(files), _files=files, _environment=environment)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the files' texts: another machine need not have the folder."""
        return Prompts._of_files, (self.folder, self._files)

    def style_of(self, seed: int, index: int) -> Style:
        """Choose the style of record `index`: a function of (seed, index) alone."""
        return stream(seed, "style", index).choice(self.styles)

    def ask(
        self,
        lexicon: Lexicon,
        skeleton: Mapping[str, Value],
        *,
        seed: int,
        index: int,
        mentioned: Collection[str] | None = None,
    ) -> tuple[Message, Message]:
        """Write the chat that asks for record `index`.

        Parameters
        ----------
        lexicon
            The domain's wording.
        skeleton
            Value of every variable.
        seed, index
            Choose style and subject.
        mentioned
            Variables to state; the others are listed as not to be mentioned. None: all are stated. What follows
            from the other facts is not listed: stating it by itself makes unnatural text.

        Returns
        -------
        tuple of Message
            The system turn (the same for all records) and the user turn.
        """
        key = id(lexicon), seed, index, None if mentioned is None else frozenset(mentioned), tuple(skeleton.items())
        system = self.system(lexicon)  # keeps the lexicon, whose identity is part of the key
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = self._task(lexicon, skeleton, seed, index, mentioned)
            if len(self._tasks) > _TASKS_KEPT:
                self._tasks.popitem(last=False)
        return system, task

    def _task(
        self,
        lexicon: Lexicon,
        skeleton: Mapping[str, Value],
        seed: int,
        index: int,
        mentioned: Collection[str] | None,
    ) -> Message:
        rng = stream(seed, "subject", index)
        shown = {name: skeleton[name] for name in lexicon.variables if mentioned is None or name in mentioned}
        implied = lexicon.follows({name: value for name, value in shown.items() if isinstance(value, str)})
        task = self._render(
            "task.j2",
            lexicon=lexicon,
            style=self.style_of(seed, index),
            opening=introduce(lexicon, draw_subject(lexicon, shown, rng), rng),
            facts={name: value for name, value in shown.items() if name not in implied},
            silent=[name for name in lexicon.variables if name not in shown],
        )
        return Message("user", task)

    def system(self, lexicon: Lexicon) -> Message:
        """Write the turn that all records of a run share; rendered once a lexicon."""
        if id(lexicon) not in self._shared:
            self._shared[id(lexicon)] = lexicon, self._render_system(lexicon)
        return self._shared[id(lexicon)][1]

    def _render_system(self, lexicon: Lexicon) -> Message:
        def examples(variable: str, value: Value) -> Sequence[str]:
            say = lexicon.variables[variable].wording(value).say
            return [lexicon.render(sentence) for sentence in say[:EXAMPLES_PER_VALUE]]

        system = self._render(
            "system.j2",
            lexicon=lexicon,
            numbers=any(variable.numeric for variable in lexicon.variables.values()),
            examples=examples,
            example_value=_example_value,
        )
        return Message("system", system)

    def correct(self, corrections: str) -> Message:
        """Wrap one round's corrections (`causalsynth.verify.correction`) into a user turn."""
        return Message("user", self._render("correction.j2", corrections=corrections))

    def correct_by_edits(
        self,
        corrections: str,
        draft: NumberedText,
        *,
        shown: Collection[int],
        place: int,
        missing: bool = False,
        structured: bool = False,
    ) -> Message:
        """Wrap one round's corrections into a user turn that asks for an edit list.

        Parameters
        ----------
        corrections
            By sentence number (`causalsynth.verify.correction`).
        draft
            The draft that they are about; it stands in the turn before, unnumbered.
        shown
            Numbers of the sentences to quote: those concerned.
        place
            Number of the sentence after which new ones go, one of `shown`.
        missing
            Whether there is something to put there.
        structured
            Whether the answer is held to `causalsynth.edits.EDIT_SCHEMA`; else it is plain lines.
        """
        content = self._render(
            next(name for name in _EDITS if name in self._environment.list_templates()),
            corrections=corrections,
            count=len(draft.sentences),
            sentences={number: " ".join(draft.sentences[number - 1].split()) for number in sorted(shown)},
            place=place,
            missing=missing,
            structured=structured,
        )
        return Message("user", content)

    def _render(self, name: str, **context: Any) -> str:
        try:
            return self._environment.get_template(name).render(**context).strip()
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            # Beside Jinja's own errors, those of the expressions that a template's author wrote.
            message = f"{self.folder / name}: {' '.join(str(error).split()) or type(error).__name__}"
            raise PromptError(message, hint="compare with the bundled template of the same name") from error


def _example_value(variable: VariableWording) -> Value:
    """Choose a number to show sentences with: near the middle of what can be meant."""
    number = variable.number
    assert number is not None
    step = 10.0**-number.decimals
    low, high = number.plausible or (0.0, 100 * step)
    least = max(low, step)
    middle = (least * high) ** 0.5 if high > _WIDE * least else (low + high) / 2
    value = round(middle, number.decimals)
    return int(value) if number.decimals <= 0 else value


def _find_folder(document: str | Path) -> Path:
    for folder in (PROMPTS / document, Path(document)):
        if (folder / "task.j2").is_file():
            return folder
    known = ", ".join(sorted(path.parent.name for path in PROMPTS.glob("*/task.j2")))
    raise PromptError(f"{document}: no such document type", hint=f"give one of {known}, or a folder that holds task.j2")


def _read_files(folder: Path) -> dict[str, str]:
    """Read every file of a document type, and what all types share: templates may include one another."""
    files = _texts(PROMPTS / _SHARED, prefix=f"{_SHARED}/") | _texts(folder)
    for name in (*_TEMPLATES, "styles.yaml"):
        if name not in files:
            raise PromptError(f"{folder / name}: not there", hint="a document type needs it; copy the bundled one")
    return files


def _texts(folder: Path, prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            texts[prefix + path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PromptError(f"{path}: can't be read ({error})", hint="it must be text in UTF-8") from error
    return texts


def _compile(environment: TemplateSandbox, folder: Path, name: str) -> None:
    try:
        environment.get_template(name)
    except TemplateSyntaxError as error:
        raise PromptError(f"{folder / name}:{error.lineno}: {error.message}", hint="mend the template") from error


def _read_styles(path: Path, text: str) -> tuple[Style, ...]:
    try:
        styles = TypeAdapter(tuple[Style, ...]).validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f":{where.line + 1}" if where else ""
        raise PromptError(f"{path}{line}: not YAML", hint="mend the file") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PromptError(f"{path}: {place}: {first['msg']}", hint="each style has name, ask and layout") from error
    if not styles:
        raise PromptError(f"{path}: holds no style", hint="give at least one")
    return styles


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
