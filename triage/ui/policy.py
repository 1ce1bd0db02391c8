"""What the dashboard's page may load and run, as its Content-Security-Policy says it.

Only this server's own files, and nothing from elsewhere, whatever a comment's text says.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

__all__ = ["page_policy"]

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@cache
def page_policy() -> str:
    """Return the Content-Security-Policy of Streamlit's page.

    Scripts are Streamlit's files, the ones that stand in its page (by their digests), and
    `blob:`, which is how it hands a component's own script to the browser; `eval` is not needed,
    for its charts are drawn by an interpreter. Styles are set by scripts at every turn, and ours
    stand in the page. Workers are blobs, and tables draw on images of their own making.
    """
    scripts = " ".join(["'self'", "blob:", *_inline_scripts()])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "media-src 'self' blob:",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def _inline_scripts() -> list[str]:
    """Return the digests of the scripts that stand in Streamlit's page, as a policy names them."""
    page = (files("streamlit") / "static" / "index.html").read_bytes()
    return [
        f"'sha256-{b64encode(sha256(script).digest()).decode()}'"
        for script in _INLINE.findall(page)
    ]
