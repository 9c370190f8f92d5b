"""The masked page: a new raster with nothing on it but answers."""
