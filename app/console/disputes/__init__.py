"""The pages of dispute cases."""
