# SPDX-License-Identifier: MIT
"""`loopcheck explain ID`: all that is known of a rule, a check, a fault or a statement."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator, Sequence

from rich.text import Text

from loopcheck import build, catalogue, console, runner, spec
from loopcheck.catalogue import Check, Fault
from loopcheck.errors import UsageError
from loopcheck.spec import Rule, Spec, Statement

Lines = Iterator[tuple[str, str]]


def command(options: argparse.Namespace) -> int:
    rules = spec.load()
    program = runner.find(build.for_use(options))
    checks, faults = catalogue.checks(program), catalogue.faults(program)
    found = list(explain(options.id, rules, checks, faults))
    if not found:
        raise UsageError(_unknown(options.id, rules, checks, faults))
    out = console.make_console()
    for number, (head, lines) in enumerate(found):
        out.print("\n" * bool(number) + f"[bold]{options.id}[/bold]: {head}")
        for name, value in lines:
            line = Text(f"  {name:<11} ", style="dim")
            line.append(value, style="default")
            out.print(line, soft_wrap=True)
    return 0


def explain(name: str, rules: Spec, checks: Sequence[Check],
            faults: Sequence[Fault]) -> Iterator[tuple[str, Lines]]:
    """(what it is, lines about it); an id may name a rule and a check at once."""
    for statement in rules.statements:
        if statement.id == name:
            yield "a statement", _statement(statement, rules)
    if rule := rules.rule(name):
        yield "a rule", _rule(rule, checks)
    for check in checks:
        if check.id == name:
            yield "a check", _check(check, rules, faults)
    for fault in faults:
        if fault.id == name:
            yield "a fault", _fault(fault)


def _statement(statement: Statement, rules: Spec) -> Lines:
    yield "says", statement.text
    page = next(page for page in rules.pages if page.id == statement.page)
    where = f", lines {statement.lines[0]}-{statement.lines[1]}" if statement.lines else ""
    yield "page", f"{page.title}{where} <{page.url}>"
    yield "section", statement.section
    for name in ("since", "until", "note"):
        if getattr(statement, name):
            yield name, getattr(statement, name)
    if statement.context:
        yield "context", "nothing that a loop could break"
    for rule in rules.rules:
        if (statement.page, statement.id) in {(s.page, s.statement) for s in rule.sources}:
            yield "rule", f"{rule.id}: {rule.title}"


SCOPES = {"page": "every loop, because the page says so",
          "any": "every loop, because any event loop owes it",
          "asyncio": "a loop that claims asyncio's interface"}


def _rule(rule: Rule, checks: Sequence[Check]) -> Lines:
    yield "says", rule.title
    yield "level", rule.level
    yield "binds", SCOPES[rule.scope]
    yield "applies", _applies(rule)
    yield "operations", ", ".join(rule.operations)
    yield "expects", _expects(rule)
    for source in rule.sources:
        if source.note:
            yield "note", source.note
    yield "source", rule.source
    if rule.statement:
        yield "statement", rule.statement
    yield "file", rule.file
    for check in checks:
        if rule.id in check.rules:
            yield "check", check.id


def _applies(rule: Rule) -> str:
    applies = rule.applies
    parts = [f"{name} {' or '.join(words)}" for name, words in (
        ("platform", applies.platforms), ("kind", applies.kinds),
        ("selector", applies.selectors)) if words]
    if applies.platform_version.text:
        parts.append(f"platform version {applies.platform_version.text}")
    if applies.asyncio.text:
        parts.append(f"asyncio {applies.asyncio.text}")
    return "; ".join(parts) or "everywhere"


def _expects(rule: Rule) -> str:
    expect = rule.expect
    parts = [expect.outcome]
    for name in ("object", "status", "quantity", "limit", "min", "max", "typical", "unit"):
        value = getattr(expect, name)
        if value is not None:
            parts.append(f"{name} {value}")
    if expect.when:
        parts.append(f"at {' or '.join(expect.when)}")
    return ", ".join(parts)


def _check(check: Check, rules: Spec, faults: Sequence[Fault]) -> Lines:
    yield "area", check.area
    for name in check.rules:
        rule = rules.rule(name)
        yield "rule", f"{name}: {rule.title} ({rule.level})" if rule else name
    if check.needs:
        yield "needs", ", ".join(check.needs)
    if check.flags:
        yield "flags", ", ".join(check.flags)
    for fault in faults:
        if check.id in fault.checks:
            yield "fault", f"{fault.id}: {fault.summary}"
    yield "run it", f"./loopcheck run --check {check.id}"


def _fault(fault: Fault) -> Lines:
    yield "does", fault.summary
    yield "seen on", f"reference/{fault.on}, asyncio {fault.asyncio}"
    for check in fault.checks:
        yield "fails", check
    globs = " ".join(f"--check {check}" for check in fault.checks)
    yield "run it", (f"./loopcheck run --loop reference --variant {fault.on} "
                     f"--asyncio {fault.asyncio} --fault {fault.id} {globs}")


def _unknown(name: str, rules: Spec, checks: Sequence[Check], faults: Sequence[Fault]) -> str:
    known = {thing.id for things in (rules.rules, rules.statements, checks, faults)
             for thing in things}
    near = difflib.get_close_matches(name, sorted(known), 3)
    return (f"explain {name}: no rule, check, fault or statement has that id"
            + (f"; near it: {', '.join(near)}" if near else ""))
