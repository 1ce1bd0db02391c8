"""One shard after the other, in this very process, on all of its cores."""

from __future__ import annotations

from collections.abc import Sequence

from triage.engines.job import Heard, Job, rate_shard
from triage.engines.shards import Shard

__all__ = ["Here"]


class Here:
    """The engine that needs no other process, and that all others are held against."""

    def rate(self, job: Job, shards: Sequence[Shard], heard: Heard) -> None:
        """Rate the shards."""
        panel = job.panel()
        for shard in shards:
            heard(rate_shard(job, panel, shard, heard))
