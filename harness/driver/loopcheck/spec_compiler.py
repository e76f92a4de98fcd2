# SPDX-License-Identifier: MIT
"""Turns the folder spec into one C table and one spec.json:

    python3 -m loopcheck.spec_compiler --spec DIR --c OUT.c --json OUT.json
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence

from . import __version__, documents
from .errors import UsageError, run_main
from .spec import Rule, Spec, load
from .versions import VersionRange

FORMAT = 1


def to_c(spec: Spec) -> str:
    """The table of spec/loop_rules.h, and the names of the statuses."""
    lines = [
        "/* SPDX-License-Identifier: MIT",
        " *",
        " * Made from spec/rules and spec/abi/loop_abi.h by loopcheck.spec_compiler. */",
        '#include "loop_rules.h"',
        '#include "loop_status_names.h"',
        "",
        "const struct loop_rule loop_rules[] = {",
    ]
    for rule in spec.rules:
        lines += _rule_to_c(rule)
    lines += [
        "};",
        "const size_t loop_rule_count = sizeof loop_rules / sizeof *loop_rules;",
        "",
        "const struct loop_status_entry loop_status_names[] = {",
    ]
    lines += [f"    {{LOOP_{name}, {_c_string(name)}}}," for name in spec.statuses]
    lines += [
        "};",
        "const size_t loop_status_count = sizeof loop_status_names / sizeof *loop_status_names;",
    ]
    return "\n".join(lines) + "\n"


def _rule_to_c(rule: Rule) -> List[str]:
    applies, expect = rule.applies, rule.expect
    members = {
        "id": _c_string(rule.id),
        "title": _c_string(rule.title),
        "level": f"LOOP_RULE_{rule.level.upper()}",
        "scope": f"LOOP_RULE_{rule.scope.upper()}",
        "source": _c_string(rule.source),
        "statement": _c_string(rule.statement),
        "platforms": _c_list(applies.platforms),
        "kinds": _c_list(applies.kinds),
        "selectors": _c_list(applies.selectors),
        "platform_version_min": f"{applies.platform_version.minimum:#08x}",
        "platform_version_max": f"{applies.platform_version.maximum:#08x}",
        "asyncio_min": f"{applies.asyncio.minimum:#08x}",
        "asyncio_max": f"{applies.asyncio.maximum:#08x}",
        "operations": _c_list(rule.operations),
        "outcome": f"LOOP_RULE_{expect.outcome.upper()}",
        "status": f"LOOP_{expect.status or 'OK'}",
        "when": " | ".join(f"LOOP_RULE_AT_{moment.upper()}" for moment in expect.when) or "0",
        "object": _c_string(expect.object),
        "quantity": _c_string(expect.quantity),
        "unit": _c_string(expect.unit),
        "limit": _c_int64(expect.limit),
        "min": _c_int64(expect.min),
        "max": _c_int64(expect.max),
        "typical": _c_int64(expect.typical),
    }
    lines = [f"        .{name} = {value}," for name, value in members.items()]
    return ["    {", *lines, "    },"]


def _c_string(text: Optional[str]) -> str:
    if text is None:
        return "NULL"
    # '?' is escaped so that no trigraph arises; octal escapes end after three digits by themselves.
    plain = {byte: chr(byte) for byte in range(0x20, 0x7F)}
    plain.update({ord(character): "\\" + character for character in '"\\?'})
    return '"' + "".join(plain.get(byte, f"\\{byte:03o}") for byte in text.encode("utf-8")) + '"'


def _c_list(names: Sequence[str]) -> str:
    if not names:
        return "NULL"
    return "(const char *const[]){" + ", ".join(map(_c_string, names)) + ", NULL}"


def _c_int64(value: Optional[int]) -> str:
    return f"INT64_C({value or 0})"


def to_json(spec: Spec) -> str:
    """spec.json, for other tools; spec/schema/spec.schema.json describes it."""
    data = {
        "format": FORMAT,
        "loopcheck": __version__,
        "pages": [
            {"page": page.id, "title": page.title, "url": page.url,
             "statements": [_present(s, without=("page",)) for s in page.statements]}
            for page in spec.pages
        ],
        "rules": [_rule_to_json(rule) for rule in spec.rules],
        "operations": list(spec.operations),
        "statuses": spec.statuses,
    }
    documents.validate(data, "spec", "spec.json", "rules")
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _rule_to_json(rule: Rule) -> Dict[str, Any]:
    data = _present(rule)
    data["sources"] = [_present(source) for source in rule.sources]
    applies = _present(rule.applies, without=("platform_version", "asyncio"))
    for name in ("platform_version", "asyncio"):
        bounds: VersionRange = getattr(rule.applies, name)
        if bounds.text:
            applies[name] = dataclasses.asdict(bounds)
    data["applies"] = applies
    data["expect"] = _present(rule.expect)
    return data


def _present(record: Any, without: Iterable[str] = ()) -> Dict[str, Any]:
    """The fields of a dataclass that hold something, as JSON values."""
    values = {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
    return {name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if name not in without and value is not None and value != () and value is not False}


def write_if_changed(path: Path, text: str) -> None:
    """Replaces the file as a whole, or leaves it alone, time stamp and all, if it says the same."""
    data = text.encode("utf-8")
    try:
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="loopcheck.spec_compiler", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", type=Path, required=True, help="the folder spec")
    parser.add_argument("--c", type=Path, required=True, help="the C file to write")
    parser.add_argument("--json", type=Path, required=True, help="the JSON file to write")
    options = parser.parse_args(arguments)

    def compile_spec() -> int:
        spec = load(options.spec.resolve())
        c_text, json_text = to_c(spec), to_json(spec)
        write_if_changed(options.c, c_text)
        write_if_changed(options.json, json_text)
        return 0

    return run_main(compile_spec)


if __name__ == "__main__":
    raise SystemExit(main())
