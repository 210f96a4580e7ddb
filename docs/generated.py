"""Parts of the documentation that are made from the program when the site is built: a hook of mkdocs."""

from __future__ import annotations

import typer
from typer._click import Context

from shadow.cli.commands import app
from shadow.study_toml import study_toml_template

__all__ = ["on_page_markdown"]

# Notes to whoever runs the pages (tests/docs), not to the reader.
NOTES = ("<!-- study:", "<!-- SHADOW_KEYS")


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page, with the commands and the settings where it asks for them."""
    lines = [line for line in markdown.splitlines() if not line.startswith(NOTES)]
    text = "\n".join(lines)
    return text.replace("<!-- commands -->", commands()).replace("<!-- study.toml -->", settings())


def commands() -> str:
    """Every command with its help."""
    group = typer.main.get_command(app)
    root = Context(group, info_name="shadow")
    parts = [f"```text\n{group.get_help(root)}\n```"]
    for name in group.list_commands(root):  # type: ignore[attr-defined]
        command = group.get_command(root, name)  # type: ignore[attr-defined]
        text = command.get_help(Context(command, info_name=name, parent=root))
        parts.append(f"## shadow {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


def settings() -> str:
    """The commented study.toml."""
    return f"```toml\n{study_toml_template()}```"
