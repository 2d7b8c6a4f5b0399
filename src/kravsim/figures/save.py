"""The place where what saves a result with its figures stood before it had a room of its own (`kravsim.papers`)."""

from kravsim.papers.save import COMPARISON, files_of, run_files, save_comparison, save_figures, save_run, save_uncertain
from kravsim.papers.save_study import save_study, study_files

__all__ = [
    "COMPARISON",
    "files_of",
    "run_files",
    "save_comparison",
    "save_figures",
    "save_run",
    "save_study",
    "save_uncertain",
    "study_files",
]
