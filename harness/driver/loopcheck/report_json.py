# SPDX-License-Identifier: MIT
"""The report as JSON, judged by its schema before it is written."""

from __future__ import annotations

import json

from loopcheck import documents
from loopcheck.report import Report


def to_text(report: Report) -> str:
    documents.validate(report, "report", "the report")
    return json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
