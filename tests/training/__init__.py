"""How the recogniser of digits is learned."""
