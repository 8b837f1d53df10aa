"""The call log as pages show it: lists, one call, exports."""
