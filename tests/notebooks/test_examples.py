"""The examples in the docstrings say what really comes out."""

import doctest
import inspect

import pytest

import shadow
import shadow.notebook.answers
import shadow.notebook.plots
import shadow.notebook.study

SPEAKING = doctest.NORMALIZE_WHITESPACE


def _examples():
    finder = doctest.DocTestFinder()
    modules = (shadow.notebook.answers, shadow.notebook.study, shadow.notebook.plots)
    return [test for module in modules for test in finder.find(module) if test.examples]


@pytest.mark.parametrize("example", _examples(), ids=lambda example: example.name)
def test_example_is_true(example, study, folder):
    """An example in a docstring gives what it shows, on the sample study."""
    example.globs |= {"study": study, "folder": folder}

    assert 0 == doctest.DocTestRunner(optionflags=SPEAKING).run(example).failed


@pytest.mark.parametrize("face", [shadow.Study, shadow.notebook.plots.Plots])
def test_everything_public_has_an_example(face):
    """Every method that answers something shows how it is asked."""
    methods = {name: method for name, method in inspect.getmembers(face, inspect.isfunction) if not name.startswith("_")}

    assert [] == [name for name, method in methods.items() if name != "close" and ">>> " not in (method.__doc__ or "")]
