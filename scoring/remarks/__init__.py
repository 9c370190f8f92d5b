"""Re-markings: which works, by whose word or which lot, and what they say of what stands."""
