"""The files of a study: what is written, with which settings, and how it is asked again."""
