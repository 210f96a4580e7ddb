"""What the recorder sees through: one file for each source, behind the protocol in `recorder.sources.base`."""
