"""Where a page lies in its scan or photo: marks, edges, flatness."""
