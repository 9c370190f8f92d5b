"""What is said of experts as readers: drift, halo, consistency, repeats, scales. Pure, on arrays, by number."""
