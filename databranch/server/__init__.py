"""The Jupyter server extension: the way from the browser to the service.

The browser talks to Jupyter alone, under Jupyter's rules: its login, its XSRF check, its authorizer. What is
allowed is forwarded to the service with the service's own key, which the browser never sees.
"""
