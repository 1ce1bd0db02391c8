"""The front door: `streamlit run app.py` serves the dashboard, and the HTTP API beside it."""

import streamlit as st

from triage.api.headers import safe_headers
from triage.api.serving import beside, beside_lifespan
from triage.ui import SCRIPT
from triage.ui.ending import until_end
from triage.ui.policy import page_policy

guarded = [safe_headers(page_policy())]
app = st.App(SCRIPT, routes=beside(), lifespan=until_end(beside_lifespan), middleware=guarded)
