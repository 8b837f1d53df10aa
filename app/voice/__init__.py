"""How the telephone network is spoken to: webhooks in, TwiML out, REST for what we start."""
