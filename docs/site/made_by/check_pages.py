"""Holds the built site against two promises: no link leads to nothing, and nothing is fetched from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
_KEPT_LINKS = {"canonical", "author", "help", "index", "search", "next", "prev", "license"}
"""Kinds of `link` that are not fetched."""


class _Page(HTMLParser):
    """Anchors of a page, what it links to, and what it fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names and leads to.

        Parameters
        ----------
        tag : str
        attrs : list of (str, str or None)
        """
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        for name, value in given.items():
            if (tag, name) in _FETCHED and not (tag == "link" and given.get("rel") in _KEPT_LINKS):
                self.fetched.append(value)
            elif name == "href":
                self.links.append(value)


def faults(site: Path) -> list[str]:
    """Everything that is wrong, a line each.

    Parameters
    ----------
    site : path
        Where the site was built.
    """
    pages = {}
    for path in sorted(one for one in site.rglob("*.html") if "_static" not in one.parts):
        pages[path.resolve()] = page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
    found = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        found += [f"{name}: fetches {one}" for one in page.fetched if urlsplit(one).netloc]
        for one in [*page.links, *page.fetched]:
            found += [f"{name}: {said}" for said in _leads_nowhere(one, path, pages)]
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        found += [
            f"{path.name}: fetches from elsewhere" for start in ("url(http", 'url("http', "url(//") if start in text
        ]
    return sorted(set(found))


def _leads_nowhere(link: str, path: Path, pages: dict[Path, _Page]) -> list[str]:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return []
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.exists():
        return [f"a link leads to {link}"]
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors:
        return [f"a link leads to {link}, where nothing has that name"]
    return []
