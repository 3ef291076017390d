"""Complaints about listed providers, all year round (R25)."""
