# SPDX-License-Identifier: MIT
"""`loopcheck run --platform`: what it names exists, and what is missing is said in one line."""

from __future__ import annotations

import json
import shlex

import pytest
from conftest import ROOT
from loopcheck import platforms
from loopcheck.errors import UsageError


def test_presets_and_toolchains_exist():
    presets = json.loads((ROOT / "CMakePresets.json").read_text("utf-8"))
    names = {preset["name"] for preset in presets["configurePresets"]}
    for platform in platforms.ALL.values():
        assert set(platform.presets) <= names, platform.name
    for preset in presets["configurePresets"]:
        if "toolchainFile" in preset:
            assert (ROOT / preset["toolchainFile"].replace("${sourceDir}/", "")).is_file()


def test_unknown_platform(loopcheck):
    done = loopcheck("run", "--platform", "vms")
    assert done.code == 2 and done.out == ""
    assert done.err.startswith("loopcheck: --platform vms: no such platform; there are: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("name", platforms.ALL)
def test_missing_tools_are_named(name, monkeypatch):
    monkeypatch.setattr(platforms, "_is_there", lambda tool: False)
    with pytest.raises(UsageError) as said:
        platforms.find(name)
    platform = platforms.ALL[name]
    for tool in platform.tools:
        assert tool in str(said.value)
    assert str(said.value).endswith(shlex.join(platform.install))


def test_what_cannot_run_is_built_and_says_so(monkeypatch, capsys, tmp_path):
    class Options:
        platform, no_build, build_dir = "macos", False, None

    built = []
    monkeypatch.setattr(platforms, "_is_there", lambda tool: True)
    monkeypatch.setattr(platforms.build, "build",
                        lambda preset, where: built.append(preset) or tmp_path / preset)
    code = platforms.for_use(Options, lambda where: pytest.fail("it was judged"))
    assert code == 0 and built == ["macos-x86_64", "macos-aarch64"]
    assert capsys.readouterr().out.endswith("macos: built only: nothing here can run it\n")
