"""The dashboard: Streamlit pages that read state, call one verb of the workbench, and draw."""
