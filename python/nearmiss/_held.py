"""What a report holds of the native module, which is not copied and cannot be sent to another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Held"]


class Held:
    """A result that nothing changes: a copy is the same one, and a pickle is refused with what can be sent instead.

    Examples
    --------
    >>> import copy
    >>> held = Held()
    >>> copy.deepcopy(held) is held
    True
    """

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(
            f"a {type(self).__name__} holds all answers and cannot be pickled; send its metrics, to_json() or tables, "
            "or save() it and send the folder"
        )
