"""Unpickle a checkpoint, running what is in it: a process of its own, never imported.

    python unpickle.py CHECKPOINT FOLDER

Writes `content.json` and `state.safetensors` into FOLDER and nothing else. It stands alone, so
that nothing of triage is loaded where foreign code runs; see `trusted.py`, which starts it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def _plain(value: Any, depth: int = 0) -> Any:
    """Return what JSON can say of a value; the rest by its type's name."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if depth < 8 and hasattr(value, "items"):
        return {str(key): _plain(one, depth + 1) for key, one in value.items()}
    if depth < 8 and isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    return f"<{type(value).__name__}>"


def main() -> None:
    """Do it. Whatever goes wrong ends as an exit code and a message on stderr."""
    import torch
    from safetensors.torch import save_file

    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    content = torch.load(source, map_location="cpu", weights_only=False)
    named = [key for key in ("config", "hyper_parameters") if key in content]
    settings = {key: _plain(content[key]) for key in named}
    tensors = {
        str(name): tensor.detach().clone().contiguous()
        for name, tensor in content["state_dict"].items()
    }
    save_file(tensors, folder / "state.safetensors")
    (folder / "content.json").write_text(json.dumps(settings), encoding="utf-8")


if __name__ == "__main__":
    main()
