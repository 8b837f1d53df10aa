"""What the console, the portal and the API share: pages, words, sign-in at the edge, headers."""
