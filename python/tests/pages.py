"""Whether a piece of HTML is well formed, and what it says."""

from __future__ import annotations

from html.parser import HTMLParser

#: Elements that are never closed.
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr"})


class Page(HTMLParser):
    """A piece of HTML, read to its end."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{name}> is not closed" for name in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins and ends, as those of SVG do."""
        self.elements.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes another element")

    def handle_data(self, data: str) -> None:
        """Text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """All that can be read."""
        return " ".join(" ".join(self.words).split())


def page_of(shown: object) -> Page:
    """What an object shows in a notebook: well-formed HTML that runs nothing and loads nothing."""
    html = shown._repr_html_()  # type: ignore[attr-defined]
    page = Page(html)
    assert not page.faults, (page.faults, html)
    assert not {"script", "iframe", "object", "embed", "link", "img", "style"} & set(page.elements), page.elements
    for name, value in page.attributes:
        assert not name.startswith("on") and "javascript:" not in (value or "") and "url(" not in (value or ""), (
            name,
            value,
        )
        assert name not in ("src", "href", "xlink:href"), (name, value)
    return page
