"""The least JSON that meets a schema: what the simulated server answers where it has nothing to say."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["example"]

_LEAST: Mapping[str, object] = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "null": None}


def example(schema: Mapping[str, Any]) -> str:
    """Write the least answer that meets a JSON schema of the plain kind: no references, formats or bounds."""
    return json.dumps(_least(schema), separators=(",", ":"))


def _least(schema: Mapping[str, Any]) -> object:
    if "const" in schema:
        return schema["const"]
    for choice in ("enum", "anyOf", "oneOf"):
        if options := schema.get(choice):
            return options[0] if choice == "enum" else _least(options[0])
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: _least(properties.get(name, {})) for name in schema.get("required", ())}
    return _LEAST.get(str(schema.get("type")))
