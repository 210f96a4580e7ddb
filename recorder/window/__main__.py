"""The window process: `python -m recorder.window LANGUAGE`, started by `recorder.window.process` and by nobody else."""

from __future__ import annotations

import os
import sys
import time
import traceback
from types import TracebackType
from typing import Final, NoReturn

__all__ = ["main"]

BROKEN: Final = 70


def main() -> NoReturn:
    """Show what the recorder says until it says `Close`, or is gone and the agent has read it."""
    sys.excepthook = _give_up
    read_from, write_to = _own_pipes()
    from recorder.window.channel import Channel  # noqa: PLC0415 - Qt, whose own complaints must not get between our lines
    from recorder.window.desk import Desk  # noqa: PLC0415
    from recorder.window.look import start_application  # noqa: PLC0415
    from recorder.window.messages import Hello  # noqa: PLC0415

    language = sys.argv[1] if len(sys.argv) > 1 else "en"
    application = start_application(language)
    channel = Channel(read_from, write_to)
    desk = Desk(language, channel.say, time.monotonic)
    channel.heard.connect(desk.hear)
    channel.ended.connect(desk.lose_recorder)
    # Not quit: that would close the pill first, and closing the pill is the agent's stop.
    desk.finished.connect(lambda: application.exit(0))
    channel.start()
    channel.say(Hello())
    code = application.exec()
    # All that was to be said has been written. Taking Qt and Python down in good order could only go wrong, and the recorder waits.
    os._exit(code)


def _own_pipes() -> tuple[int, int]:
    """The two pipes to the recorder. Whatever else prints in this process goes to standard error from here on."""
    pipes = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return pipes


def _give_up(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    """End at once, so that the recording stops; say where, but not what, for that could be the agent's words."""
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
    sys.stderr.write(f"the window broke: {kind.__name__} at {' > '.join(places)}\n")
    sys.stderr.flush()
    os._exit(BROKEN)


if __name__ == "__main__":
    main()
