"""Containers and the engines that run them."""
