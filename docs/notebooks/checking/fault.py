"""What is wrong with a notebook."""

__all__ = ["Fault"]


class Fault(Exception):
    """A notebook cannot be run or shown; the message says which, where and why."""
