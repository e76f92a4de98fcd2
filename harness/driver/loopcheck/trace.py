# SPDX-License-Identifier: MIT
"""The chain that holds the project together: statement, rules, checks, faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.text import Text
from rich.tree import Tree

from loopcheck import console
from loopcheck.catalogue import Check, Fault
from loopcheck.spec import Rule, Spec


@dataclass
class Node:
    """One link and what hangs on it; `hole` says what is missing there."""

    name: str
    text: str
    children: list[Node] = field(default_factory=list)
    hole: str = ""

    def holes(self) -> list[str]:
        own = [f"{self.name} {self.hole}"] if self.hole else []
        return own + [hole for child in self.children for hole in child.holes()]


def make(spec: Spec, checks: Sequence[Check], faults: Sequence[Fault]) -> list[Node]:
    """The roots: the statements of each page, then what is asked of loops beyond the pages."""
    faults_of: dict[str, list[Fault]] = {}
    for fault in faults:
        for check in fault.checks:
            faults_of.setdefault(check, []).append(fault)
    checks_of: dict[str, list[Check]] = {}
    for check in checks:
        for rule in check.rules:
            checks_of.setdefault(rule, []).append(check)

    def check_node(check: Check) -> Node:
        found = faults_of.get(check.id, [])
        return Node(check.id, "", [Node(fault.id, fault.summary) for fault in found],
                    "" if found else "has no fault")

    def rule_node(rule: Rule) -> Node:
        found = checks_of.get(rule.id, [])
        return Node(rule.id, f"{rule.title} ({rule.level})",
                    [check_node(check) for check in found], "" if found else "has no check")

    roots = _statements(spec, rule_node) + _beyond(spec, rule_node)
    return roots + _loose_ends(spec, checks, faults)


def _statements(spec: Spec, rule_node) -> list[Node]:
    roots = []
    for statement in spec.statements:
        key = (statement.page, statement.id)
        rules = [rule for rule in spec.rules
                 if key in {(source.page, source.statement) for source in rule.sources}]
        hole = "" if rules or statement.context else "has no rule"
        text = statement.text + (" (context)" if statement.context and not rules else "")
        roots.append(Node(statement.id, text, [rule_node(rule) for rule in rules], hole))
    return roots


def _beyond(spec: Spec, rule_node) -> list[Node]:
    """The rules that render no statement of a page, by the file in which they stand."""
    files: dict[str, list[Rule]] = {}
    for rule in spec.rules:
        if not any(source.page for source in rule.sources):
            files.setdefault(rule.file, []).append(rule)
    return [Node(name, "guarantees below the page", [rule_node(rule) for rule in rules])
            for name, rules in files.items()]


def _loose_ends(spec: Spec, checks: Sequence[Check], faults: Sequence[Fault]) -> list[Node]:
    """Checks and faults that hang on nothing that exists."""
    rules = {rule.id for rule in spec.rules}
    known = {check.id for check in checks}
    loose = []
    for check in checks:
        unknown = [rule for rule in check.rules if rule not in rules]
        if unknown or not check.rules:
            loose.append(Node(check.id, "", [], f"decides no such rule as {', '.join(unknown)}"
                              if unknown else "decides no rule"))
    for fault in faults:
        unknown = [check for check in fault.checks if check not in known]
        if unknown or not fault.checks:
            loose.append(Node(fault.id, "", [], f"is for no such check as {', '.join(unknown)}"
                              if unknown else "is for no check"))
    return [Node("loose ends", "", loose)] if loose else []


def holes(roots: Sequence[Node]) -> list[str]:
    """Each hole once, in the order of the chain."""
    return list(dict.fromkeys(hole for root in roots for hole in root.holes()))


def show(roots: Sequence[Node]) -> int:
    out = console.make_console()
    for root in roots:
        if out.is_terminal:
            out.print(_tree(root))
        else:
            _print_plain(root, 0)
    found = holes(roots)
    for hole in found:
        out.print(Text(f"hole: {hole}", style="bold red"), soft_wrap=True)
    out.print(Text(f"{len(found)} holes" if found else "the chain has no hole"))
    return 1 if found else 0


def _label(node: Node) -> Text:
    label = Text(node.name, style="bold")
    label.append(f"  {node.text}" if node.text else "", style="default")
    label.append(f"  [{node.hole}]" if node.hole else "", style="bold red")
    return label


def _tree(node: Node) -> Tree:
    tree = Tree(_label(node))
    for child in node.children:
        tree.children.append(_tree(child))
    return tree


def _print_plain(node: Node, depth: int) -> None:
    print("  " * depth + _label(node).plain)
    for child in node.children:
        _print_plain(child, depth + 1)
