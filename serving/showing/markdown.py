"""A bundle's card and sheet as part of a page: Markdown with tables; links, images and raw markup stay text."""

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_DEEPER = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5"}  # the page itself has the first heading
_TABLE = '<div class="krds-table-wrap dense"><table class="tbl col data">'


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink", "reference"])


def as_page_part(text: str) -> Markup:
    """The text as HTML of which every tag is ours.

    >>> as_page_part("# A <b> [x](http://y)")
    Markup('<h2>A &lt;b&gt; [x](http://y)</h2>\\n')
    """
    tokens = _reader().parse(text)
    for token in tokens:
        token.tag = _DEEPER.get(token.tag, token.tag)
    html = _reader().renderer.render(tokens, _reader().options, {})
    # What the text says in these signs is escaped, so that only the renderer's own tags are met.
    return Markup(html.replace("<table>", _TABLE).replace("</table>", "</table></div>"))  # noqa: S704
