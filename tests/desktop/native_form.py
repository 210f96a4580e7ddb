"""
A notes program such as an agent keeps open beside the systems: a native window (GTK 3), not a web page.

Run by the system's Python, which has GTK: `/usr/bin/python3 native_form.py`. On standard output it says in JSON lines where its fields are
on the screen and what happens in them, each with `time.monotonic`, which is the same for every process of the machine.
"""

from __future__ import annotations

import json
import sys
import time

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gdk, GLib, Gtk  # noqa: E402 - after the version

TITLE = "Kladde"
PLACE = (700, 700)
SIZE = (520, 300)


def say(kind, **what):
    """One line on standard output."""
    print(json.dumps({"kind": kind, "at": time.monotonic(), **what}), flush=True)  # noqa: T201 - how the test hears it


class Notes(Gtk.Window):
    """A title, a text, a kind of contact, a tick and a button that clears all."""

    def __init__(self):
        super().__init__(title=TITLE)
        self.set_default_size(*SIZE)
        self.fields = {
            "note-title": Gtk.Entry(),
            "note-text": Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD, accepts_tab=False),
            "note-kind": Gtk.ComboBoxText(),
            "note-urgent": Gtk.CheckButton(label="Haster"),
            "note-clear": Gtk.Button(label="Ryd"),
        }
        for kind in ("Opkald", "Besked"):
            self.fields["note-kind"].append_text(kind)
        self.add(self.grid())
        self.watch()
        self.last = None
        GLib.timeout_add(50, self.look)
        self.connect("destroy", Gtk.main_quit)

    def grid(self):
        """The fields under each other, with their labels."""
        grid = Gtk.Grid(row_spacing=8, column_spacing=8, margin=10)
        labels = {"note-title": "_Emne", "note-text": "_Noter", "note-kind": "_Art"}
        for row, (name, widget) in enumerate(self.fields.items()):
            widget.set_name(name)
            widget.get_accessible().set_accessible_id(name)
            if name in labels:
                label = Gtk.Label.new_with_mnemonic(labels[name])
                label.set_mnemonic_widget(widget)
                grid.attach(label, 0, row, 1, 1)
            widget.set_hexpand(name != "note-clear")
            if name == "note-text":
                widget.set_vexpand(True)
            grid.attach(widget, 1, row, 1, 1)
        return grid

    def watch(self):
        """Say what happens in the fields."""
        for name, widget in self.fields.items():
            target = widget.get_child() if name == "note-kind" and widget.get_has_entry() else widget
            target.connect("focus-in-event", lambda *_, name=name: say("event", event="focusin", element=name))
            target.connect("focus-out-event", lambda *_, name=name: say("event", event="focusout", element=name))
        self.fields["note-title"].connect(
            "changed", lambda entry: say("event", event="input", element="note-title", value=entry.get_text())
        )
        text = self.fields["note-text"].get_buffer()
        text.connect("changed", lambda buffer: say("event", event="input", element="note-text", value=buffer.props.text))
        self.fields["note-kind"].connect(
            "changed", lambda box: say("event", event="change", element="note-kind", value=box.get_active_text())
        )
        self.fields["note-urgent"].connect(
            "toggled", lambda box: say("event", event="change", element="note-urgent", checked=box.get_active())
        )
        self.fields["note-clear"].connect("clicked", self.clear)

    def clear(self, _button):
        """Empty the text fields."""
        say("event", event="click", element="note-clear")
        self.fields["note-title"].set_text("")
        self.fields["note-text"].get_buffer().set_text("")

    def look(self):
        """Say where the fields are, if that is not what was said last."""
        inside = self.get_window()
        if inside:
            _, left, top = inside.get_origin()
            boxes = {}
            for name, widget in self.fields.items():
                x, y = widget.translate_coordinates(self, 0, 0)
                boxes[name] = [left + x, top + y, widget.get_allocated_width(), widget.get_allocated_height()]
            if boxes != self.last:
                self.last = boxes
                say("boxes", boxes=boxes)
        return True


if __name__ == "__main__":
    GLib.set_prgname("kladde")
    GLib.set_application_name("Kladde")
    Gdk.set_program_class("Kladde")
    window = Notes()
    window.show_all()
    window.move(*PLACE)
    sys.exit(Gtk.main())
