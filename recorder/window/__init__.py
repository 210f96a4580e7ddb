"""
What the agent sees and touches: the question before, the small window meanwhile, the list afterwards.

    python -m recorder.window   a process of its own, so that Qt costs the recorder no memory: consent window and pill
    messages                    what the two processes say to each other, one JSON document a line, on the window's stdin and stdout
    process                     the recorder's end of that
    review_window               the session in plain words; opened by `shadow review`, in its own process

Only `messages` and `process` can be imported without Qt.
"""
