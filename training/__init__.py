"""How the bundled weights are made. Nothing here is installed or needed to run triage."""
