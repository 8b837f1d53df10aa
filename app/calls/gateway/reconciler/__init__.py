"""The reconciler (law L3): the provider's lists are a second source of truth about our calls."""
