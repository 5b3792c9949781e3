"""The central PostgreSQL: its functions, roles, policies, provisioning; one to start for a show."""
