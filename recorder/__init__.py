"""Capture on the agent's PC: sources see, value marks compare in memory, and only what is content-free goes on."""
