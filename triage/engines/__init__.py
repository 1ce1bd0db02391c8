"""Many files rated at once: by worker processes on this machine, or by Ray on several."""
