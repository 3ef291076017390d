"""The whole system on one machine: PostgreSQL, an S3 server, the web process and a worker, supervised."""
