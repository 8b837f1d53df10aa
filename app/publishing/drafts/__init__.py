"""Drafts: changes to a version, edited by people, until they are published or given up."""
