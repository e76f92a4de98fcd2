# SPDX-License-Identifier: MIT
"""TOML and JSON files that are judged by a JSON Schema of spec/schema."""

from __future__ import annotations

import functools
import json
import unicodedata
from pathlib import Path
from typing import Any, Iterator, Sequence, Tuple

import jsonschema

try:
    import tomllib
except ImportError:  # Python < 3.11
    import tomli as tomllib

from .errors import UsageError

_PACKAGE = Path(__file__).resolve().parent
# Beside the package once installed, else in the source tree.
_SCHEMA_DIRECTORIES = (_PACKAGE / "schema", _PACKAGE.parents[2] / "spec" / "schema")

FieldPath = Tuple[Any, ...]


@functools.lru_cache(maxsize=None)
def schema(name: str) -> dict:
    """The schema called `name` ("page"), as spec/schema/NAME.schema.json holds it."""
    for directory in _SCHEMA_DIRECTORIES:
        path = directory / f"{name}.schema.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    raise UsageError(f"schema '{name}' not found in {_SCHEMA_DIRECTORIES[-1]}")


def load_toml(path: Path, schema_name: str, shown: str, item: str) -> dict:
    """Reads and validates a TOML file. `shown` names it in messages; `item` is the name of its
    array of tables ("rule"), whose members are named by their id or check, not by their index."""
    data = parse_toml(path, shown)
    validate(data, schema_name, shown, item)
    return data


def parse_toml(path: Path, shown: str) -> dict:
    text = _read(path, shown)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_toml_message(str(error), text, shown)) from None
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{shown}: not a TOML document: {error}") from None


def load_json(path: Path, schema_name: str, shown: str, item: str = "") -> Any:
    """Reads and validates a JSON file, as load_toml does."""
    text = _read(path, shown)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{shown}:{error.lineno}: {error.msg}") from None
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{shown}: not a JSON document: {error}") from None
    validate(data, schema_name, shown, item)
    return data


def validate(data: Any, schema_name: str, shown: str, item: str = "") -> None:
    """Raises a UsageError for the first thing in `data` that its schema does not allow."""
    validator = jsonschema.Draft202012Validator(schema(schema_name))
    errors = sorted(validator.iter_errors(data), key=lambda e: [str(p) for p in e.absolute_path])
    if errors:
        error = errors[0]
        where = describe(data, tuple(error.absolute_path), shown, item)
        raise UsageError(f"{where}: {_message(error)}")
    for path, text in _strings(data):
        if any(unicodedata.category(character) == "Cc" for character in text):
            where = describe(data, path, shown, item)
            raise UsageError(f"{where}: {_short(text)} contains a control character")


def describe(data: Any, path: FieldPath, shown: str, item: str) -> str:
    """'FILE: rule ID: a.b[0]' for a path into `data`."""
    if len(path) < 2 or path[0] != item:
        return ": ".join([shown] + ([_field(path)] if path else []))
    member = data[item][path[1]]
    name = member.get("id", member.get("check")) if isinstance(member, dict) else None
    usable = isinstance(name, str) and name.isprintable() and len(name) <= 80
    label = name if usable else f"number {path[1] + 1}"
    return ": ".join([shown, f"{item} {label}"] + ([_field(path[2:])] if path[2:] else []))


def _read(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{shown}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown}: not UTF-8 at byte {error.start}") from None


def _toml_message(message: str, text: str, shown: str) -> str:
    what, _, where = message.rpartition(" (at ")
    if where.startswith("line "):
        line = where[len("line "):].split(",")[0]
    else:
        line = str(text.count("\n") + 1)
    return f"{shown}:{line}: {what or message}"


def _message(error: jsonschema.ValidationError) -> str:
    own = error.schema.get("x-message")
    if own:
        return f"{_short(error.instance)} {own}" if isinstance(error.instance, str) else own
    value = _short(error.instance)
    if error.validator == "enum":
        return f"{value} is not one of {', '.join(map(str, error.validator_value))}"
    if error.validator == "type":
        return f"{value} is not of type {error.validator_value}"
    if error.validator == "maxLength":
        return f"{value} is longer than {error.validator_value} characters"
    return error.message if len(error.message) <= 200 else f"{value} breaks '{error.validator}'"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def _field(path: Sequence[Any]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _strings(data: Any, path: FieldPath = ()) -> Iterator[Tuple[FieldPath, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, path + (key,))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _strings(value, path + (index,))
