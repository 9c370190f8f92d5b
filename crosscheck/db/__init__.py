"""The ledger's database: schema, engine, the only INSERTs, the only SELECTs, leases, migrations."""
