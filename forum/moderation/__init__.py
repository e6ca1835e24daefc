"""Reports, held posts, and the decisions on them."""
