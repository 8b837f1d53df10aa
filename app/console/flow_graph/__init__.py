"""The picture of the flows: what there is, what it says, what is wrong with it, who went where."""
