"""The front door: `streamlit run app.py` serves the dashboard, and the HTTP API beside it."""

import streamlit as st

from triage.api.serving import beside, beside_lifespan
from triage.ui import SCRIPT

app = st.App(SCRIPT, routes=beside(), lifespan=beside_lifespan)
