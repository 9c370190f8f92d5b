"""Works to paper for experts: allocation, verification, packets, score sheets."""
