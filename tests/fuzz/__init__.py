"""Whatever bytes come from outside, nothing but a counted skip comes of them."""
