"""The only code that asks the outside. Closed: a new transport is core, reviewed as security code."""
