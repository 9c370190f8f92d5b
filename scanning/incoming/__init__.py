"""Taking files in: watched folders, batches, everything sealed before it is looked at."""
