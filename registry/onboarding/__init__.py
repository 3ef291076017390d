"""What a bureau has already, brought along in files: providers, schools, entries, bans, contracts."""
