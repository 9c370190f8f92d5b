"""Where commands by which people decide about scores are found: appeals, review, keying."""

from __future__ import annotations

from scoring.appeals.commands import appeal as appeal
from scoring.entering import enter as enter
from scoring.reviewing import review as review
