"""What Streamlit runs for every reader and every click; `app.py` names it."""

from triage.ui.shell import main

main()
