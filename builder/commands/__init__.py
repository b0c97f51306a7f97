"""Commands of `qagen`, one module for what belongs together; the root command mounts them."""
