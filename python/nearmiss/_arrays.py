"""Arrays of NumPy from whatever holds numbers: tensors of PyTorch without importing it, DLPack, lists."""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._kinds import described, is_torch
from ._nearmiss import NearmissError

if TYPE_CHECKING:
    import numpy

__all__ = ["array_of", "is_array"]


def is_array(value: Any) -> bool:
    """Whether a value is an array or a tensor, and no list.

    Examples
    --------
    >>> import numpy
    >>> is_array(numpy.zeros(3)), is_array(["Felis catus"])
    (True, False)
    """
    return is_torch(value) or any(hasattr(value, name) for name in ("__dlpack__", "__array_interface__", "__array__"))


def array_of(value: Any, what: str) -> numpy.ndarray[Any, Any]:
    """The array of a value, without copying where that is possible.

    Tensors are detached from their graphs and brought to the processor; bfloat16, which NumPy does not have, becomes float32.

    Parameters
    ----------
    value : array, tensor, or nested lists of numbers
        Anything with a buffer, ``__dlpack__`` or ``__array__``.
    what : str
        What it is called in messages.

    Returns
    -------
    numpy.ndarray
        The numbers.

    Raises
    ------
    NearmissError
        It lies on a device that this process cannot read from, or is no array.

    Examples
    --------
    >>> array_of([[0.5, 0.25], [0.0, 1.0]], "logits").shape
    (2, 2)
    """
    import numpy

    if isinstance(value, numpy.ndarray):
        return value
    if is_torch(value):
        return _of_torch(value, numpy)
    if hasattr(value, "detach") and hasattr(value, "cpu"):  # tensors of other libraries that compute gradients, too
        value = value.detach().cpu()
    if hasattr(value, "__dlpack__") and not hasattr(value, "__array_interface__"):
        try:
            return _typed(numpy.from_dlpack(value))
        except (BufferError, RuntimeError, TypeError, ValueError, AttributeError) as error:
            if not hasattr(value, "__array__"):
                raise NearmissError(
                    f"{what}: {described(value)} cannot be read ({error}); bring it to the processor first"
                ) from error
    try:
        array = numpy.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise NearmissError(f"{what}: {described(value)} is no array ({error})") from error
    if array.dtype == object and array.ndim == 1 and len(array) and (is_array(array[0]) or isinstance(array[0], list)):
        return _stacked(array, what)
    if array.ndim == 0:
        dense = "; give toarray(), which has the zeros" if hasattr(value, "toarray") else ""
        raise NearmissError(f"{what}: {described(value)} is no array{dense}")
    return _typed(array)


def _stacked(rows: Any, what: str) -> numpy.ndarray[Any, Any]:
    """One array of the rows of a column that has an array in each cell."""
    import numpy

    try:
        return _typed(numpy.stack([numpy.asarray(row) for row in rows]))
    except ValueError as error:
        raise NearmissError(f"{what}: the rows have different lengths ({error})") from error


def _of_torch(tensor: Any, numpy: Any) -> numpy.ndarray[Any, Any]:
    tensor = tensor.detach()
    if tensor.device.type != "cpu":
        tensor = tensor.cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    return _typed(numpy.from_dlpack(tensor))


def _typed(array: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """The same; some versions of NumPy say nothing of the type of what they make."""
    return array
