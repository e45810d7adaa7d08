"""What verbs answer: objects for programs that show themselves as tables to people.

Each has three forms: aligned text for terminals, a self-contained HTML table that needs neither scripts nor
style sheets (nbconvert, code hosts), and for rows the MIME type that JupyterLab renders richly.
"""
