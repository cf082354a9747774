"""Renderers and templates: they decide nothing and recompute nothing."""
