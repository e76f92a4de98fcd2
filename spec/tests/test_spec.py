# SPDX-License-Identifier: MIT
"""The folder spec is read as it stands, and what is wrong with it is said in one line."""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings, strategies as st

from loopcheck import spec, spec_compiler
from loopcheck.errors import UsageError

SPEC = Path(__file__).resolve().parents[1]

PAGE = """
page = "demo"
title = "Demonstration"
url = "https://example.org/demo"
[[statement]]
id = "intro"
lines = [1, 2]
section = "intro"
text = "Words"
context = true
[[statement]]
id = "clock.coarse"
lines = [3, 3]
section = "clock"
text = "The clock is coarse"
"""

RULE = """
[[rule]]
id = "clock.coarse"
title = "The clock is coarse"
level = "must"
scope = "page"
source = { page = "demo", statement = "clock.coarse" }
applies = { platform = "windows", asyncio = ">=3.7,<3.13" }
operations = ["time"]
expect = { outcome = "bounded", quantity = "resolution", unit = "ns", max = 16000000 }

[[rule]]
id = "clock.refused"
title = "A clock is refused"
level = "should"
scope = "any"
source = [{ document = "A book", url = "https://example.org", section = "4" }, { test = "t" }]
operations = ["time", "call_at"]
expect = { outcome = "refuses", status = "NOT_IMPLEMENTED", when = ["call", "completion"] }
"""


@pytest.fixture
def folder(tmp_path):
    """A small valid folder; tests break it."""
    return make_folder(tmp_path / "spec")


def make_folder(directory):
    for name in ("abi", "pages", "rules"):
        (directory / name).mkdir(parents=True)
    shutil.copy(SPEC / "abi" / "loop_abi.h", directory / "abi")
    (directory / "pages" / "demo.toml").write_text(PAGE)
    (directory / "rules" / "clock.toml").write_text(RULE)
    return directory


def compile_folder(directory, out):
    """Runs the compiler as the build does."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    return subprocess.run(
        [sys.executable, "-B", "-m", "loopcheck.spec_compiler", "--spec", str(directory),
         "--c", str(out / "table.c"), "--json", str(out / "spec.json")],
        env=environment, capture_output=True, text=True, timeout=60)


def complaint(directory):
    with pytest.raises(UsageError) as caught:
        spec.load(directory)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_real_spec_is_valid():
    loaded = spec.load(SPEC)
    assert loaded.rules and loaded.pages
    assert json.loads(spec_compiler.to_json(loaded))["rules"]


@pytest.mark.parametrize("path", sorted((SPEC / "schema").glob("*.json")), ids=lambda p: p.name)
def test_every_schema_is_a_schema(path):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_the_header_gives_operations_and_statuses():
    operations, statuses = spec.read_header(SPEC / "abi" / "loop_abi.h", "loop_abi.h")
    assert operations[:3] == ("open", "close", "free") and operations[-1] == "server_release"
    assert "transport_get_sockname" in operations and "receive" not in operations
    assert statuses["OK"] == 0 and statuses["HOSTUNREACH"] == 213
    header = (SPEC / "abi" / "loop_abi.h").read_text()
    assert len(statuses) == len(re.findall(r"^    LOOP_\w+ = \d+", header.split("struct loop;")[0],
                                           re.MULTILINE))


def test_a_small_folder_is_read(folder):
    loaded = spec.load(folder)
    coarse, refused = loaded.rules
    assert coarse.source == "Demonstration, line 3" and coarse.statement == "clock.coarse"
    assert coarse.applies.asyncio.minimum == 0x030700 and coarse.applies.asyncio.maximum == 0x030D00
    assert refused.source == "A book, 4 <https://example.org>; t" and refused.statement is None
    assert refused.expect.when == ("call", "completion")


BROKEN = [
    # what is replaced, by what, and what the complaint must say
    ('level = "must"', 'level = "musst"', "rule clock.coarse: level: 'musst' is not one of must, "),
    ('level = "must"', "level = 3", "rule clock.coarse: level: 3 is not one of"),
    ('level = "must"\n', "", "rule clock.coarse: 'level' is a required property"),
    ('level = "must"', 'level = "must"\nlevels = 1', "rule clock.coarse: Additional properties"),
    ('title = "The clock is coarse"', 'title = "Coarse."', "rule clock.coarse: title: "),
    ('title = "The clock is coarse"', r'title = "a\nb"', "title: 'a\\nb' contains a control"),
    ('id = "clock.coarse"', 'id = "Clock"', "rule Clock: id: 'Clock' must be dotted words"),
    ('id = "clock.coarse"', "", "rule number 1: 'id' is a required property"),
    ('id = "clock.refused"', 'id = "clock.coarse"',
     "rule clock.coarse: id: already used in spec/rules/clock.toml"),
    ('statement = "clock.coarse" }', 'statement = "clock.fine" }',
     "rule clock.coarse: source.statement: page demo has no statement 'clock.fine'"),
    ('page = "demo"', 'page = "dema"', "rule clock.coarse: source.page: there is no page 'dema'"),
    ('source = { page = "demo", statement = "clock.coarse" }', "source = {}",
     "rule clock.coarse: source: must name one of page, document, test, issue"),
    ('source = { page = "demo", statement = "clock.coarse" }', 'source = { test = "x" }',
     "rule clock.coarse: scope: a rule of scope 'page' must have a page"),
    ('source = { page = "demo", statement = "clock.coarse" }', 'source = "demo"',
     "rule clock.coarse: source: 'demo' is not of type object"),
    ('url = "https://example.org"', 'url = "ftp://example.org"',
     "rule clock.refused: source[0].url: 'ftp://example.org'"),
    ('{ test = "t" }', '{ test = "t", tset = "u" }', "rule clock.refused: source[1]: Additional"),
    ('operations = ["time"]', 'operations = ["tiem"]',
     "rule clock.coarse: operations: 'tiem' is not in struct loop_operations"),
    ('operations = ["time"]', "operations = []", "rule clock.coarse: operations: "),
    ('outcome = "bounded"', 'outcome = "holdz"',
     "rule clock.coarse: expect.outcome: 'holdz' is not one of works, refuses, "),
    ('outcome = "bounded"', 'outcome = "holds"',
     "rule clock.coarse: expect.max: does not belong here"),
    (", max = 16000000", "", "rule clock.coarse: expect: must have min, max or typical"),
    (", max = 16000000", ", max = 1, min = 2", "rule clock.coarse: expect.max: 1 is below min, 2"),
    (", max = 16000000", ", max = 1.5", "rule clock.coarse: expect.max: 1.5 is not of type"),
    (", max = 16000000", ", max = 9223372036854775808", "rule clock.coarse: expect.max: "),
    ('quantity = "resolution", ', "", "rule clock.coarse: expect: 'quantity' is a required"),
    ('status = "NOT_IMPLEMENTED"', 'status = "NOT_IMPL"',
     "rule clock.refused: expect.status: 'NOT_IMPL' is no loop_status"),
    ('status = "NOT_IMPLEMENTED"', 'status = "OK"',
     "rule clock.refused: expect.status: 'OK' is no loop_status that is a failure"),
    ('when = ["call", "completion"]', 'when = ["calls"]',
     "rule clock.refused: expect.when[0]: 'calls' is not one of call, completion, run"),
    ('when = ["call", "completion"]', "when = []", "rule clock.refused: expect.when: "),
    (', when = ["call", "completion"]', "", "rule clock.refused: expect: 'when' is a required"),
    ('platform = "windows", asyncio', 'platform = "win", asyncio',
     "rule clock.coarse: applies.platform: 'win' is not one of"),
    ('platform = "windows", asyncio', 'platform_version = ">=10.6", asyncio',
     "rule clock.coarse: applies: 'platform' is a dependency of 'platform_version'"),
    ('platform = "windows", asyncio', 'platform = "unix", platform_version = ">=10.6", asyncio',
     "rule clock.coarse: applies.platform_version: is only for a rule of one platform"),
    ('">=3.7,<3.13"', '">=3.7 <3.13"', "rule clock.coarse: applies.asyncio: '>=3.7 <3.13' is"),
    ('">=3.7,<3.13"', '"!=3.7"', "applies.asyncio: '!=3.7' cannot be used: only >= > < <= == can"),
    ('">=3.7,<3.13"', '"~=3.7"', "rule clock.coarse: applies.asyncio: '~=3.7' cannot be used"),
    ('">=3.7,<3.13"', '">=3.13,<3.7"', "rule clock.coarse: applies.asyncio: no version lies in"),
    ('">=3.7,<3.13"', '"<0"', "rule clock.coarse: applies.asyncio: no version lies in '<0'"),
    ('">=3.7,<3.13"', '">=3.7rc1"', "rule clock.coarse: applies.asyncio: '3.7rc1' is not of the"),
    ('">=3.7,<3.13"', '">=3.700"', "rule clock.coarse: applies.asyncio: '3.700' is not of the"),
    ('">=3.7,<3.13"', '"3.7"', "rule clock.coarse: applies.asyncio: '3.7' is not a version range"),
    ('">=3.7,<3.13"', '""', "rule clock.coarse: applies.asyncio: "),
    ('level = "should"', "", "rule clock.refused: 'level' is a required property"),
    ("[[rule]]", "rule = 3 #", "clock.toml:"),
    ('level = "must"', 'level = "must', "spec/rules/clock.toml:5: "),
    ('level = "must"', 'level = "must"\nlevel = "may"', "spec/rules/clock.toml:6: "),
    ('level = "must"', 'level = ' + "[" * 5000, "spec/rules/clock.toml"),
    ('level = "must"', 'level = 1979-05-27T07:32:00Z', "rule clock.coarse: level: "),
    ('level = "must"', "level = " + "1" * 5000, "spec/rules/clock.toml"),
]


@pytest.mark.parametrize("old,new,said", BROKEN, ids=[f"{new[:30]}" for _, new, _ in BROKEN])
def test_what_is_wrong_is_said_in_one_line(folder, old, new, said):
    assert old in RULE
    path = folder / "rules" / "clock.toml"
    path.write_text(RULE.replace(old, new, 1))
    message = complaint(folder)
    assert said in message
    assert message.startswith("spec/rules/clock.toml:")
    assert len(message) < 400


BROKEN_PAGES = [
    ("lines = [3, 3]", "lines = [3, 2]", "statement clock.coarse: lines: 2 is before 3"),
    ("lines = [3, 3]", "", "statement clock.coarse: must have either lines or since"),
    ('id = "clock.coarse"', 'id = "intro"', "statement intro: id: 'intro' is already in"),
    ('section = "clock"', 'sektion = "clock"', "statement clock.coarse: "),
    ("context = true", "context = false", "statement intro: has no rule and is not marked"),
    ('page = "demo"', 'page = "Demo page"', "spec/pages/demo.toml: page: 'Demo page' must be"),
]


@pytest.mark.parametrize("old,new,said", BROKEN_PAGES)
def test_what_is_wrong_with_a_page_is_said_too(folder, old, new, said):
    (folder / "pages" / "demo.toml").write_text(PAGE.replace(old, new))
    message = complaint(folder)
    assert said in message and message.startswith("spec/pages/demo.toml: ")


def test_two_pages_of_one_name(folder):
    (folder / "pages" / "other.toml").write_text(PAGE)
    assert complaint(folder) == ("spec/pages/other.toml: page: 'demo' is already in "
                                 "spec/pages/demo.toml")


def test_files_that_cannot_be_read(folder):
    (folder / "rules" / "latin.toml").write_bytes(b"# caf\xe9\n")
    assert complaint(folder) == "spec/rules/latin.toml: not UTF-8 at byte 5"
    (folder / "rules" / "latin.toml").unlink()
    (folder / "rules" / "folder.toml").mkdir()
    assert complaint(folder) == "spec/rules/folder.toml: Is a directory"
    shutil.rmtree(folder / "rules")
    assert complaint(folder) == "spec/rules: no *.toml file there"
    (folder / "abi" / "loop_abi.h").write_text("int x;")
    assert "struct loop_operations" in complaint(folder)
    (folder / "abi" / "loop_abi.h").unlink()
    assert complaint(folder) == "spec/abi/loop_abi.h: No such file or directory"


def test_the_compiler_says_it_on_stderr_and_ends_with_2(folder, tmp_path):
    out = tmp_path / "out"
    (folder / "rules" / "clock.toml").write_text(RULE.replace('"bounded"', '"holdz"'))
    ended = compile_folder(folder, out)
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr.startswith("loopcheck: spec/rules/clock.toml: rule clock.coarse: expect.")
    assert ended.stderr.count("\n") == 1
    assert not out.exists()


def test_what_cannot_be_written_is_said(folder, tmp_path):
    out = tmp_path / "out"
    out.write_text("in the way")
    ended = compile_folder(folder, out)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
    assert str(out) in ended.stderr and out.read_text() == "in the way"


def test_output_is_replaced_only_when_it_changes(folder, tmp_path):
    out = tmp_path / "out"
    assert compile_folder(folder, out).returncode == 0
    assert sorted(path.name for path in out.iterdir()) == ["spec.json", "table.c"]
    for path in out.iterdir():
        os.utime(path, (1, 1))
    assert compile_folder(folder, out).returncode == 0
    assert all(path.stat().st_mtime == 1 for path in out.iterdir())
    (folder / "rules" / "clock.toml").write_text(RULE.replace("A clock is", "The clock is"))
    assert compile_folder(folder, out).returncode == 0
    assert all(path.stat().st_mtime > 1 for path in out.iterdir())
    assert sorted(path.name for path in out.iterdir()) == ["spec.json", "table.c"]


def test_texts_survive_the_way_to_c(folder, tmp_path):
    title = 'Quotes \\" and ??/ and \\\\ and caf\u00e9 99'
    (folder / "rules" / "clock.toml").write_text(
        RULE.replace("A clock is refused", title), encoding="utf-8")
    text = spec_compiler.to_c(spec.load(folder))
    assert r'"Quotes \" and \?\?/ and \\ and caf\303\251 99"' in text


# What any rule file may become at the hands of a tired person.

WORDS = st.sampled_from(["must", "page", "windows", "", "time", "holds", "LOOP_OK", ">=3.7", "3",
                         "refuses", "a.b", "call", "\u2028", "\x00", "x" * 1000])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6)


def paths_into(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths_into(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths_into(inner, path + (index,))


def mutated(data, document):
    """`document` with one part put somewhere else, taken out, doubled or replaced."""
    document = copy.deepcopy(document)
    path = data.draw(st.sampled_from([p for p in paths_into(document) if p]))
    holder = document
    for part in path[:-1]:
        holder = holder[part]
    how = data.draw(st.sampled_from(["replace", "remove", "add", "move"]))
    if how == "remove":
        del holder[path[-1]]
    elif how == "add" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[path[-1]]))
    elif how == "add":
        holder[data.draw(WORDS)] = data.draw(VALUES)
    elif how == "move":
        other = data.draw(st.sampled_from([p for p in paths_into(document)]))
        value = document
        for part in other:
            value = value[part]
        holder[path[-1]] = copy.deepcopy(value)
    else:
        holder[path[-1]] = data.draw(VALUES)
    return document


def loads_or_complains(directory):
    """The folder, or None after exactly one line of complaint; anything else is a traceback."""
    try:
        loaded = spec.load(directory)
    except UsageError as error:
        assert "\n" not in str(error) and str(error).startswith("spec/") and len(str(error)) < 600
        return None
    spec_compiler.to_c(loaded).encode()
    spec_compiler.to_json(loaded)
    return loaded


@pytest.fixture(scope="module")
def module_folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("mutations") / "spec")


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_document_brings_a_traceback(module_folder, data):
    document = spec.documents.tomllib.loads(data.draw(st.sampled_from([RULE, PAGE])))
    which = "rule-file" if "rule" in document else "page"
    for _ in range(data.draw(st.integers(1, 3))):
        if len(list(paths_into(document))) > 1:
            document = mutated(data, document)
    name = ("rules", "clock.toml") if which == "rule-file" else ("pages", "demo.toml")
    path = module_folder.joinpath(*name)
    original = path.read_text()
    parse = spec.documents.parse_toml
    try:
        spec.documents.parse_toml = lambda p, shown: document if p == path else parse(p, shown)
        loads_or_complains(module_folder)
    finally:
        spec.documents.parse_toml = parse
        assert path.read_text() == original


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_mutation_of_the_text_brings_a_traceback(module_folder, data):
    start = data.draw(st.integers(0, len(RULE)))
    end = data.draw(st.integers(start, min(len(RULE), start + 20)))
    inserted = data.draw(st.text(max_size=5) | WORDS | st.sampled_from(['"', "[", "]]", "{", "= "]))
    path = module_folder / "rules" / "clock.toml"
    try:
        text = RULE[:start] + inserted + RULE[end:]
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        loads_or_complains(module_folder)
    finally:
        path.write_text(RULE)
