"""Why the system did not start, as one typed error with an exit status."""

from __future__ import annotations

from typing import Final

from registry.entrypoints.supervisor.messages import Message

EXIT_FAILED: Final = 1
EXIT_REFUSED: Final = 3
EXIT_PORT_BUSY: Final = 4
EXIT_ALREADY_RUNNING: Final = 5

_STATUS: Final = {
    Message.PORT_BUSY: EXIT_PORT_BUSY,
    Message.ADDRESS_REFUSED: EXIT_PORT_BUSY,
    Message.ALREADY_RUNNING: EXIT_ALREADY_RUNNING,
    Message.NOT_READY: EXIT_FAILED,
    Message.STEP_FAILED: EXIT_FAILED,
}


class CannotStart(Exception):
    """Something is in the way. `str()` is the message in Chinese and English, `status` the exit status."""

    def __init__(self, message: Message, **facts: object) -> None:
        self.message = message
        self.status = _STATUS.get(message, EXIT_REFUSED)
        super().__init__(f"{message.chinese.format(**facts)}\n{message.english.format(**facts)}")
