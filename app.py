"""The dashboard's front door: `streamlit run app.py`."""

from triage.ui.shell import main

main()
