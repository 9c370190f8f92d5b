"""Possible markers of bias: what stands out in results, and how sure that is. Pure, on arrays; never an accusation."""
