"""Finding tickets by number, telephone, name, or words that are encrypted at rest."""
