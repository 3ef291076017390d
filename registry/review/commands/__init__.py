"""What people do with an application in review (R13, R14); each verb is a command."""

from registry.review.commands.assigning import assign, reviewers_of
from registry.review.commands.corrections import close_overdue_corrections, request_correction
from registry.review.commands.personal import reveal
from registry.review.commands.remarks import note, recuse
from registry.review.commands.review import Outcome, decide, recommend, revoke, send_back
from registry.review.commands.second_look import ask_second_look, grant_second_look, refuse_second_look
from registry.review.standing import refuse_open_blocks

__all__ = [
    "Outcome",
    "ask_second_look",
    "assign",
    "close_overdue_corrections",
    "decide",
    "grant_second_look",
    "note",
    "recommend",
    "recuse",
    "refuse_open_blocks",
    "refuse_second_look",
    "request_correction",
    "reveal",
    "reviewers_of",
    "revoke",
    "send_back",
]
