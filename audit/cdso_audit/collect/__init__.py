"""The only code that asks the outside. A new transport is core, reviewed as security code."""
