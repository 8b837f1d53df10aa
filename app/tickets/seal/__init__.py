"""The seal 保密: who may see the caller of a confidential ticket."""
