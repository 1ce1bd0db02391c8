"""The dashboard: Streamlit pages that read state, call one verb of the workbench, and draw."""

from pathlib import Path

__all__ = ["SCRIPT"]

SCRIPT = Path(__file__).with_name("script.py")
"""What Streamlit runs for every page."""
