"""Splitting a stack of pages into the documents it holds, in whatever order they come."""
