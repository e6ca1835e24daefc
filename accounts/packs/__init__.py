"""The cities that the forum ships ready for: one folder each, with its villages and units."""
