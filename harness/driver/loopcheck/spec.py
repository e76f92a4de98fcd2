# SPDX-License-Identifier: MIT
"""The rules, and the statements of the pages they render, read from the folder spec."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional, Tuple

from . import documents
from .errors import UsageError
from .versions import NEWEST, VersionRange, parse_range, parse_version

LEVELS = ("must", "should", "may")
SCOPES = ("page", "any", "asyncio")
OUTCOMES = ("works", "refuses", "limited", "bounded", "survives", "holds")
MOMENTS = ("call", "completion", "run")

DIRECTORY = Path(__file__).resolve().parents[3] / "spec"


@dataclass(frozen=True)
class Statement:
    """One statement of a page, in our words."""

    page: str
    id: str
    section: str
    text: str
    lines: Optional[Tuple[int, int]] = None
    since: Optional[str] = None
    until: Optional[str] = None
    context: bool = False
    note: Optional[str] = None


@dataclass(frozen=True)
class Page:
    id: str
    title: str
    url: str
    statements: Tuple[Statement, ...]
    file: str


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: a page's statement, a document, a test or an issue."""

    page: Optional[str] = None
    statement: Optional[str] = None
    document: Optional[str] = None
    url: Optional[str] = None
    section: Optional[str] = None
    test: Optional[str] = None
    issue: Optional[str] = None
    note: Optional[str] = None


@dataclass(frozen=True)
class Variant:
    """What a rule's `applies` looks at; as struct loop_variant has it."""

    kind: str
    selector: str
    platform: str
    platform_version: Optional[str] = None


@dataclass(frozen=True)
class Applies:
    """A conjunction; an empty tuple is any."""

    platforms: Tuple[str, ...] = ()
    kinds: Tuple[str, ...] = ()
    selectors: Tuple[str, ...] = ()
    platform_version: VersionRange = VersionRange()
    asyncio: VersionRange = VersionRange()


@dataclass(frozen=True)
class Expect:
    outcome: str
    status: Optional[str] = None
    when: Tuple[str, ...] = ()
    object: Optional[str] = None
    quantity: Optional[str] = None
    unit: Optional[str] = None
    limit: Optional[int] = None
    min: Optional[int] = None
    max: Optional[int] = None
    typical: Optional[int] = None


@dataclass(frozen=True)
class Rule:
    id: str
    title: str
    level: str
    scope: str
    sources: Tuple[Source, ...]
    source: str  # one line for people
    statement: Optional[str]
    applies: Applies
    operations: Tuple[str, ...]
    expect: Expect
    file: str

    def applies_to(self, variant: Variant, profile: int) -> bool:
        """As loop_rule_applies; profile 0 is the newest."""
        a = self.applies
        platforms = (variant.platform,) if variant.platform == "windows" else (
            variant.platform, "unix")
        return (
            (not a.platforms or any(p in a.platforms for p in platforms))
            and (not a.kinds or variant.kind in a.kinds)
            and (not a.selectors or variant.selector in a.selectors)
            and a.platform_version.includes(parse_version(variant.platform_version) or NEWEST)
            and a.asyncio.includes(profile or NEWEST)
        )


@dataclass(frozen=True)
class Spec:
    pages: Tuple[Page, ...]
    rules: Tuple[Rule, ...]
    operations: Tuple[str, ...]  # of struct loop_operations, in its order
    statuses: Dict[str, int] = field(default_factory=dict)  # without LOOP_

    def rule(self, rule_id: str) -> Optional[Rule]:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def statement(self, page: str, statement_id: str) -> Optional[Statement]:
        return next((s for s in self.statements if (s.page, s.id) == (page, statement_id)), None)

    @property
    def statements(self) -> Tuple[Statement, ...]:
        return tuple(s for page in self.pages for s in page.statements)


def load(directory: Path = DIRECTORY) -> Spec:
    """Reads the whole folder. A UsageError names the first thing that is wrong with it."""
    directory = Path(directory)
    header = directory / "abi" / "loop_abi.h"
    operations, statuses = read_header(header, _shown(header, directory))
    pages = tuple(_load_page(path, _shown(path, directory))
                  for path in _toml_files(directory, "pages"))
    _no_duplicates((page.file, "page", page.id) for page in pages)
    reader = _RuleReader(pages, operations, statuses)
    rules: List[Rule] = []
    for path in _toml_files(directory, "rules"):
        rules += reader.read(path, _shown(path, directory))
    _every_statement_has_a_rule(pages, rules)
    return Spec(pages, tuple(rules), operations, statuses)


def read_header(path: Path, shown: str) -> Tuple[Tuple[str, ...], Dict[str, int]]:
    """The members of struct loop_operations that are functions, and the loop_status values by
    name without LOOP_, from the one header that defines both."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{shown}: {error.strerror}") from None
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    struct = re.search(r"struct loop_operations \{(.*?)\n\};", text, re.DOTALL)
    enum = re.search(r"enum \{([^}]*\bLOOP_OK = 0\b[^}]*)\}", text)
    if not struct or not enum:
        raise UsageError(f"{shown}: struct loop_operations or the status values not found")
    members = (re.search(r"\(\*(\w+)\)\(", member) for member in struct.group(1).split(";"))
    values = re.findall(r"\bLOOP_(\w+) = (\d+)", enum.group(1))
    return (tuple(m.group(1) for m in members if m),
            {name: int(value) for name, value in values})


def _toml_files(directory: Path, folder: str) -> List[Path]:
    files = sorted((directory / folder).glob("*.toml"))
    if not files:
        raise UsageError(f"{_shown(directory / folder, directory)}: no *.toml file there")
    return files


def _shown(path: Path, directory: Path) -> str:
    return path.relative_to(directory.parent).as_posix()


def _no_duplicates(members: Iterable[Tuple[str, str, str]]) -> None:
    """Of (file, field, value) triples."""
    seen: Dict[str, str] = {}
    for file, name, value in members:
        if value in seen:
            raise UsageError(f"{file}: {name}: '{value}' is already in {seen[value]}")
        seen[value] = file


def _load_page(path: Path, shown: str) -> Page:
    data = documents.load_toml(path, "page", shown, "statement")
    _no_duplicates((shown, f"statement {s['id']}: id", s["id"]) for s in data["statement"])
    statements = []
    for table in data["statement"]:
        fields = dict(table)
        if "lines" in fields:
            first, last = (int(n) for n in fields["lines"])
            if last < first:
                raise UsageError(f"{shown}: statement {table['id']}: lines: {last} is before "
                                 f"{first}")
            fields["lines"] = (first, last)
        statements.append(Statement(page=data["page"], **fields))
    return Page(data["page"], data["title"], data["url"], tuple(statements), shown)


class _RuleReader:
    def __init__(self, pages: Tuple[Page, ...], operations: Tuple[str, ...],
                 statuses: Dict[str, int]):
        self._pages = {page.id: page for page in pages}
        self._statements = {(s.page, s.id): s for page in pages for s in page.statements}
        self._operations = operations
        self._statuses = statuses
        self._seen: Dict[str, str] = {}

    def read(self, path: Path, shown: str) -> List[Rule]:
        data = documents.load_toml(path, "rule-file", shown, "rule")
        return [self._rule(table, shown) for table in data["rule"]]

    def _rule(self, table: dict, shown: str) -> Rule:
        def wrong(where: str, message: str) -> UsageError:
            return UsageError(f"{shown}: rule {table['id']}: {where}: {message}")

        if table["id"] in self._seen:
            raise wrong("id", f"already used in {self._seen[table['id']]}")
        self._seen[table["id"]] = shown
        sources = self._sources(table, wrong)
        for operation in table["operations"]:
            if operation not in self._operations:
                raise wrong("operations", f"'{operation}' is not in struct loop_operations")
        return Rule(
            id=table["id"], title=table["title"], level=table["level"], scope=table["scope"],
            sources=sources, source="; ".join(dict.fromkeys(map(self._line, sources))),
            statement=next((s.statement for s in sources if s.statement), None),
            applies=_applies(table.get("applies", {}), wrong),
            operations=tuple(table["operations"]), expect=self._expect(table["expect"], wrong),
            file=shown)

    def _sources(self, table: dict, wrong: Callable[[str, str], UsageError]) -> Tuple[Source, ...]:
        tables = table["source"] if isinstance(table["source"], list) else [table["source"]]
        sources = tuple(Source(**t) for t in tables)
        for source in sources:
            if source.page is None:
                continue
            if source.page not in self._pages:
                raise wrong("source.page", f"there is no page '{source.page}'")
            if (source.page, source.statement) not in self._statements:
                raise wrong("source.statement",
                            f"page {source.page} has no statement '{source.statement}'")
        if table["scope"] == "page" and not any(source.page for source in sources):
            raise wrong("scope", "a rule of scope 'page' must have a page as its source")
        return sources

    def _line(self, source: Source) -> str:
        if source.page:
            statement = self._statements[source.page, source.statement]
            first, last = statement.lines or (0, 0)
            lines = f"line {first}" if first == last else f"lines {first}-{last}"
            where = lines if statement.lines else f"since {statement.since}"
            return f"{self._pages[source.page].title}, {where}"
        if source.document:
            section = f", {source.section}" if source.section else ""
            return f"{source.document}{section} <{source.url}>"
        return source.test or source.issue or ""

    def _expect(self, table: dict, wrong: Callable[[str, str], UsageError]) -> Expect:
        status = table.get("status")
        if status is not None and (status not in self._statuses or status == "OK"):
            raise wrong("expect.status", f"'{status}' is no loop_status that is a failure")
        fields = {k: int(v) if k in ("limit", "min", "max", "typical") else v
                  for k, v in table.items()}
        if fields.get("max", 0) < fields.get("min", 0) and {"min", "max"} <= fields.keys():
            raise wrong("expect.max", f"{fields['max']} is below min, {fields['min']}")
        fields["when"] = tuple(moment for moment in MOMENTS if moment in table.get("when", ()))
        return Expect(**fields)


def _every_statement_has_a_rule(pages: Iterable[Page], rules: Iterable[Rule]) -> None:
    rendered = {(s.page, s.statement) for rule in rules for s in rule.sources}
    for page in pages:
        for statement in page.statements:
            if not statement.context and (page.id, statement.id) not in rendered:
                raise UsageError(f"{page.file}: statement {statement.id}: has no rule and is not "
                                 "marked as context")


def _applies(table: dict, wrong: Callable[[str, str], UsageError]) -> Applies:
    def names(key: str) -> Tuple[str, ...]:
        value = table.get(key, ())
        return (value,) if isinstance(value, str) else tuple(value)

    def versions(key: str) -> VersionRange:
        try:
            return parse_range(table[key]) if key in table else VersionRange()
        except ValueError as error:
            raise wrong(f"applies.{key}", str(error)) from None

    platforms = names("platform")
    if "platform_version" in table and (len(platforms) != 1 or "unix" in platforms):
        raise wrong("applies.platform_version", "is only for a rule of one platform")
    return Applies(platforms, names("kind"), names("selector"),
                   versions("platform_version"), versions("asyncio"))
