"""The site's own text in Markdown, rendered without HTML and without asking other hosts.

Leads write it, and a lead is trusted with words, not with every reviewer's browser.
"""

from __future__ import annotations

import re

import streamlit as st

__all__ = ["draw_site_text", "plain_markdown", "without_images"]

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]()#+\-.!:$~<>|&])")


def draw_site_text(text: str) -> None:
    """Draw Markdown: Streamlit shows HTML in it as text."""
    st.markdown(without_images(text), unsafe_allow_html=False)


def without_images(text: str) -> str:
    """Return Markdown in which every image is a link: an image would be fetched from elsewhere."""
    return text.replace("![", "[")


def plain_markdown(text: str) -> str:
    """Return Markdown that shows `text` as it is, for labels that Streamlit reads as Markdown."""
    return _MEANS_SOMETHING.sub(r"\\\1", text)
