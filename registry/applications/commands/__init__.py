"""Writing applications: drafting, handing in, correcting, withdrawing (R5, R6, R7, R14)."""

from registry.applications.commands.correcting import drop_unsubmitted, resubmit
from registry.applications.commands.drafting import save_form, start
from registry.applications.commands.files import add_file, check_upload, remove_file, restore_file
from registry.applications.commands.paper import Arrival, begin_paper
from registry.applications.commands.submitting import submit
from registry.applications.commands.withdrawing import withdraw

__all__ = [
    "Arrival",
    "add_file",
    "begin_paper",
    "check_upload",
    "drop_unsubmitted",
    "remove_file",
    "restore_file",
    "resubmit",
    "save_form",
    "start",
    "submit",
    "withdraw",
]
