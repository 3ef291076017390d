"""The bureau's pages: queue, decisions, rounds, notices, objections, the record."""
