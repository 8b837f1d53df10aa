"""The page of emergencies, and the banner that stands on every page while one is unattended."""
