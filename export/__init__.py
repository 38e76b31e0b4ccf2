"""Publishes the house as plain files: one more reader, who writes down what it sees."""
