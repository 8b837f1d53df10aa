"""The public portal: an appeal, how it stands, policies, a call back; for everybody."""
