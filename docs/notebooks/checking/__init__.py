"""What runs the notebooks and the guide, and makes pages of them."""
