"""A simulated telephone company: plays TwiML, posts signed webhooks, keeps calls and conferences.

It knows nothing of the service it serves and meets it only over HTTP.
"""
