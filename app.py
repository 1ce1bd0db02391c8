"""The front door: `streamlit run app.py` serves the dashboard, and the HTTP API beside it."""

import streamlit as st
from streamlit import config

from triage.api.headers import safe_headers
from triage.api.serving import beside, beside_door, beside_lifespan
from triage.ui import SCRIPT
from triage.ui.ending import until_end
from triage.ui.policy import page_policy
from triage.ui.signing_in import comes_over_tls, provider_secrets

# It stands in .streamlit/config.toml as well, which a variable of the environment would outrank.
config.set_option("browser.gatherUsageStats", False)
provider = provider_secrets()
app = st.App(
    SCRIPT,
    routes=beside(config.get_option("server.address") or ""),
    lifespan=until_end(beside_lifespan),
    middleware=[safe_headers(page_policy(), tls=comes_over_tls(provider)), beside_door()],
    secrets=provider,
)
