"""Fictional applications of other designs than the corpus: other certificates, scanners, traps.

``python -m tests.factories.specimens FOLDER [SLUG ...]`` draws them with Chromium, scans them, and writes each
as the corpus does: ``application.json`` with its truth beside the merged PDF. Seeded: the same every time.
"""
