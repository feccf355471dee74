"""Token ids of the tiny models, both ways: special tokens to ids, and ids to text."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Self

__all__ = ["TOKENIZER", "Vocabulary"]

TOKENIZER = Path(__file__).with_name("weights") / "tokenizer.json"
_SPECIAL = re.compile(r"<\|[^|]*\|>")


class Vocabulary:
    """A byte-level BPE vocabulary (Radford et al. 2019).

    Text is never cut into tokens here, as short forms consist of special tokens alone.
    """

    def __init__(self, ids: dict[str, int], special: dict[str, int]) -> None:
        bytes_of = _bytes_of_characters()
        self.special = special
        self._bytes = {
            number: bytes(bytes_of[character] for character in token)
            for token, number in ids.items()
            if token not in special
        }

    @classmethod
    def load(cls, path: Path = TOKENIZER) -> Self:
        """Read a ``tokenizer.json`` of Hugging Face's tokenizers."""
        file = json.loads(path.read_text(encoding="utf-8"))
        special = {token["content"]: int(token["id"]) for token in file["added_tokens"]}
        return cls(file["model"]["vocab"], special)

    def encode(self, short: str) -> list[int]:
        """Give the ids of a short form.

        Raises
        ------
        KeyError
            It holds something that is no special token.
        """
        tokens = _SPECIAL.findall(short)
        if "".join(tokens) != short:
            raise KeyError(short)
        return [self.special[token] for token in tokens]

    def decode(self, ids: Iterable[int]) -> str:
        """Give the text of `ids`, without special tokens; bytes that aren't UTF-8 become U+FFFD."""
        return b"".join(self._bytes.get(number, b"") for number in ids).decode("utf-8", "replace")


def _bytes_of_characters() -> dict[str, int]:
    """Undo GPT-2's choice of a printable character for each byte: others get those from U+0100 on, in order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + at): byte for at, byte in enumerate(hidden)}
