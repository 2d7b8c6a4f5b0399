"""Words and numbers for people, in both languages, and the forms they are written in: text, table, page."""
