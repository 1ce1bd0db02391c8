"""Webhooks leave: messages are signed, sent, and sent again until they arrive or are given up."""
