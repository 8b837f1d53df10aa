"""The knowledge base: policy articles, their search by spoken words, and what was read to whom."""
