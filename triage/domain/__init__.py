"""What everybody speaks of: comments, scores, policies, decisions. Standard library only, no I/O."""
