# SPDX-License-Identifier: MIT
"""loopcheck: decides whether an event loop behaves as its platform says it should."""

__version__ = "0.1.0"
