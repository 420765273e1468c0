"""What was read is shown to everybody and changed by nobody."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from housing_guarantee.testing import casefile
from housing_guarantee.values import Sealed


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: sealed.update(grade="D"),
        lambda sealed: sealed.__setitem__("grade", "D"),
        lambda sealed: sealed.__delitem__("grade"),
        lambda sealed: sealed.__ior__({"grade": "D"}),
        lambda sealed: sealed.setdefault("year", 1),
        lambda sealed: sealed.pop("grade"),
        lambda sealed: sealed.popitem(),
        lambda sealed: sealed.clear(),
    ],
)
def test_a_sealed_mapping_cannot_be_changed(change: Callable[[Any], None]) -> None:
    """Whichever way a rule tries."""
    sealed = Sealed(grade="A")
    with pytest.raises(TypeError, match="what was read cannot be changed"):
        change(sealed)
    assert sealed == {"grade": "A"}


def test_a_sealed_mapping_travels() -> None:
    """It is the same, and still sealed, in another process."""
    again = pickle.loads(pickle.dumps(Sealed(grade="A")))  # noqa: S301 - our own bytes
    assert (again, type(again)) == ({"grade": "A"}, Sealed)


def test_cells_headers_and_columns_are_sealed() -> None:
    """Of every record, and of what the campaign was given."""
    subject = casefile()
    table = subject.record.origin.table
    mappings = (subject.record.origin.raw, table.columns, table.headers, table.row_key, subject.given.fields)
    assert {type(one) for one in mappings} == {Sealed}
