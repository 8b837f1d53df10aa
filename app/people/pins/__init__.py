"""PINs: by which staff who call in prove who they are."""
