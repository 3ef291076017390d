"""What anyone may see, without an account: whitelist, notices, objections, exits, rules, open data."""
