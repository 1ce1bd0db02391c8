"""What everybody speaks of: comments, scores, policies, decisions. No I/O."""
