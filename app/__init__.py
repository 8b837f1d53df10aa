"""Huixiang 回响: the hotline that answers every call."""
