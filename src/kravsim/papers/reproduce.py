"""``reproduce``: make every file of a manifest again, from the manifest alone, and compare byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Unpack

from kravsim.archives.archive import RUN_ARCHIVE
from kravsim.archives.manifest import MANIFEST_FORMAT, Record, differences, environment, known_keys
from kravsim.calibration.designs import posterior_design
from kravsim.chance.draws import STREAM_VERSION
from kravsim.equality import EqualByParts
from kravsim.errors import ABSENT, DataError, Problem, RunError, Words, show
from kravsim.files import path_of
from kravsim.law import law_of
from kravsim.papers.manifest_files import read, refuse_useless
from kravsim.papers.paper_again import built_again
from kravsim.papers.paper_file import PAPER
from kravsim.papers.save import KINDS, RUN, UNCERTAIN, files_of, uncertain_files
from kravsim.papers.save_single import SINGLE, single_again
from kravsim.papers.save_study import STUDY
from kravsim.phrases import phrase
from kravsim.results.uncertainty import PRIOR
from kravsim.running.how import Crew
from kravsim.scenario import Scenario, checked_call
from kravsim.studies import compare, simulate, uncertainty
from kravsim.studies.uncertainty import Uncertainty, stored
from kravsim.version import __version__
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import os

    from kravsim.results.comparison import Comparison
    from kravsim.results.run import Run

SAME, DIFFERENT = "same", "different"
AS_WRITTEN, CHANGED, GONE = "as written", "changed since", "not there"
_HEADER: Final = (
    ("fil", "gjord på nytt", "på disk", "första skillnad"),
    ("file", "made again", "on disk", "first difference"),
)
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    SAME: ("lika", "same"),
    DIFFERENT: ("olika", "different"),
    AS_WRITTEN: ("som den skrevs", "as written"),
    CHANGED: ("ändrad efteråt", "changed since"),
    GONE: ("finns inte", "not there"),
    "all same": ("Alla {n} filer blev lika, byte för byte.", "All {n} files came out the same, byte for byte."),
    "not same": ("{k} av {n} filer är olika.", "{k} of {n} files are different."),
    "surroundings": ("Annan omgivning än då", "Other surroundings than then"),
}
_EVERY: Final = {
    "format": int,
    "kind": str,
    "version": str,
    "stream_version": int,
    "scenario": str,
    "scenario_fingerprint": str,
    "law_fingerprint": str,
    "files": dict,
    "run": dict,
}
_KEYS: Final = {**_EVERY, "seed": int, "engine": str, "replications": int, "models": list}
_STUDY_KEYS: Final = {**_EVERY, "study": str, "language": str}
_PAPER_KEYS: Final = {**_EVERY, "paper_text": str, "language": str}
_SINGLE_KEYS: Final = {**_EVERY, "what": str, "settings": dict, "language": str}
_KEYS_OF: Final[Mapping[str, Mapping[str, type]]] = {STUDY: _STUDY_KEYS, PAPER: _PAPER_KEYS, SINGLE: _SINGLE_KEYS}
_UNCERTAIN_KEYS: Final = {"uncertainty": str, "draws": int, "control": str, "language": str}
_SURROUNDINGS: Final = ("code", "commit", "python", "platform", "cpu_features", "packages")


@dataclass(frozen=True)
class FileCheck:
    """One file made again.

    Parameters
    ----------
    name : str
        Its name in the manifest.
    verdict : str
        ``SAME`` or ``DIFFERENT`` from what the manifest says.
    on_disk : str
        What lies beside the manifest: ``AS_WRITTEN``, ``CHANGED`` since, or ``GONE``.
    first_difference : str
        Where the new file parts from the one on disk, when that is as written; else empty.
    """

    name: str
    verdict: str
    on_disk: str
    first_difference: str = ""


@dataclass(frozen=True, eq=False)
class Reproduction(Tabled, EqualByParts):
    """All files of a manifest, made again.

    Parameters
    ----------
    manifest : str
        Where it lies.
    files : tuple of FileCheck
        In the order of the manifest.
    surroundings : tuple of str
        What was otherwise then: code, Python, packages, system, processor.
    """

    manifest: str
    files: tuple[FileCheck, ...]
    surroundings: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every file came out as the manifest says, and none on disk was changed since."""
        return not self._different

    @property
    def _different(self) -> int:
        return sum(one.verdict == DIFFERENT or one.on_disk == CHANGED for one in self.files)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Say of every file whether it came out the same, as one table, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        index = language_index(lang)
        rows = plain_rows(
            [one.name, _WORDS[one.verdict][index], _WORDS[one.on_disk][index], one.first_difference]
            for one in self.files
        )
        verdict = _WORDS["all same" if self.same else "not same"][index]
        notes = [verdict.format(n=len(self.files), k=self._different)]
        if self.surroundings:
            notes += [f"{_WORDS['surroundings'][index]}:", *(f"  {one}" for one in self.surroundings)]
        return (Table("", _HEADER[index], rows, tuple(notes), left=(0, 1, 2, 3)),)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "manifest": self.manifest,
            "same": self.same,
            "files": {
                one.name: {key: value for key, value in vars(one).items() if key != "name"} for one in self.files
            },
            "surroundings": list(self.surroundings),
        }


@checked_call
def reproduce(manifest: str | os.PathLike[str], **how: Unpack[Crew]) -> Reproduction:
    """Run again what a manifest says was run, make its files again in memory, and compare them byte for byte.

    Parameters
    ----------
    manifest : path
        A ``manifest.json`` beside tables and figures, or an archive of ``run.save`` or ``comparison.save``.
    **how : Unpack[Crew]
        Who runs it: see :class:`kravsim.running.how.Crew`. The answer does not depend on it.

    Returns
    -------
    Reproduction
        Nothing on the disk is changed.

    Raises
    ------
    DataError
        When it is no manifest, is damaged, or its scenario text is not the one it names.
    RunError
        When it was made with another version, ``STREAM_VERSION`` or law: says which. The numbers would differ.
    """
    path = path_of(manifest, "manifest", DataError)
    file = str(path)
    said, beside = read(path)
    known = known_keys(said, _KEYS_OF.get(str(said.get("kind")), _KEYS), file)
    kinds = (*KINDS, UNCERTAIN, STUDY, PAPER, SINGLE)
    if known["format"] != MANIFEST_FORMAT or known["kind"] not in kinds:
        found = phrase("format {format}, kind {kind}", format=known["format"], kind=known["kind"])
        remedy = "use the version of kravsim that wrote it"
        raise DataError(
            Problem(
                file,
                "kind",
                found,
                phrase("format {format}, one of {kinds}", format=MANIFEST_FORMAT, kinds=", ".join(kinds)),
                remedy,
            )
        )
    _refuse_other(known, {"version": __version__, "stream_version": STREAM_VERSION}, file)
    refuse_useless(known, said, file)
    record = Record.from_json(known["run"], file)
    scenario = Scenario.from_text(record.scenario_text, f"{file}: scenario_text", record.changes, record.taken)
    if scenario.fingerprint != known["scenario_fingerprint"]:
        remedy = "the manifest was edited"
        raise DataError(Problem(file, "scenario_text", scenario.fingerprint, known["scenario_fingerprint"], remedy))
    _refuse_other(known, {"law_fingerprint": law_of(scenario.data).fingerprint}, file)
    if known["kind"] == STUDY:
        made = _rerun_study(scenario, said, how, file)
    elif known["kind"] == SINGLE:
        made = single_again(scenario, known, file)
    elif known["kind"] == PAPER:
        made = built_again(scenario, said, path, how)
    elif known["kind"] == UNCERTAIN:
        made = _rerun_worlds(scenario, said, {**known, **known_keys(said, _UNCERTAIN_KEYS, file)}, how, file)
    else:
        made = files_of(known["kind"], _rerun(scenario, known, how), said.get("language"))
    checks = tuple(
        _check(name, known["files"].get(name, ABSENT), made.get(name), beside.get(name))
        for name in dict.fromkeys([*known["files"], *made])
    )
    gaps = differences(record.environment, environment(), _SURROUNDINGS)
    return Reproduction(file, checks, tuple(_gap_text(*gap) for gap in gaps))


def _refuse_other(known: Mapping[str, Any], mine: Mapping[str, Any], file: str) -> None:
    remedy = phrase(
        "install kravsim {version} to rebuild it; with this one the numbers may differ", version=known["version"]
    )
    gaps = differences(known, mine, tuple(mine))
    if gaps:
        raise RunError(
            [
                Problem(file, key, Words(phrase("made with {was}", was=_brief(was))), _brief(now), remedy)
                for key, was, now in gaps
            ]
        )


def _rerun(scenario: Scenario, known: Mapping[str, Any], how: Crew) -> Sequence[Run]:
    settings = {"replications": known["replications"], "seed": known["seed"], "engine": known["engine"], **how}
    models = tuple(known["models"])
    if known["kind"] in (RUN, RUN_ARCHIVE):
        return [simulate(scenario, model=models[0], **settings)]
    paired: Comparison = compare(scenario, models, **settings)
    return paired.runs


def _rerun_study(scenario: Scenario, said: Mapping[str, Any], how: Crew, file: str) -> dict[str, bytes]:
    from kravsim.papers.kept_studies import rerun_study

    return rerun_study(scenario, said, said["language"], how, file)


def _rerun_worlds(
    scenario: Scenario, said: Mapping[str, Any], known: Mapping[str, Any], how: Crew, file: str
) -> dict[str, bytes]:
    settings = {"seed": known["seed"], "engine": known["engine"], "replications_per_draw": known["replications"], **how}
    drawn_from: Uncertainty = "prior"
    if known["uncertainty"] != PRIOR:
        drawn_from = stored(scenario)
        now = posterior_design(scenario, drawn_from, draws=known["draws"], replications=2, seed=known["seed"])
        if now.sets_fingerprint != said.get("parameter_sets"):
            remedy = "calibrate as was done then, and compare with that"
            got, wanted = Words("worlds drawn from other parameter sets"), "those stored beside the scenario"
            raise DataError(Problem(file, "parameter_sets", got, wanted, remedy))
    models = tuple(known["models"])
    more: dict[str, Any] = {"draws": said.get("worlds_by_reading", known["draws"]), "control": known["control"]}
    found = uncertainty(scenario, models, uncertainty=drawn_from, **more, **settings)
    return uncertain_files(found, known["language"])


def _check(name: str, said: object, made: bytes | None, beside: bytes | None) -> FileCheck:
    wanted = said.get("sha256") if isinstance(said, dict) else None
    verdict = SAME if made is not None and hashlib.sha256(made).hexdigest() == wanted else DIFFERENT
    if beside is None:
        return FileCheck(name, verdict, GONE)
    if hashlib.sha256(beside).hexdigest() != wanted:
        return FileCheck(name, verdict, CHANGED)
    return FileCheck(
        name, verdict, AS_WRITTEN, "" if verdict == SAME or made is None else _first_difference(beside, made)
    )


def _first_difference(old: bytes, new: bytes) -> str:
    place = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    if b"\0" in old:
        return f"byte {place + 1}"
    line = old.count(b"\n", 0, place)
    lines = [
        text.split(b"\n")[line].decode("utf-8", "replace")[:60] if text.count(b"\n") >= line else ""
        for text in (old, new)
    ]
    return f"line {line + 1}: {lines[0]!r} -> {lines[1]!r}"


def _gap_text(key: str, was: object, now: object) -> str:
    if isinstance(was, list) and isinstance(now, list):
        gone, new = ([one for one in these if one not in those] for these, those in ((was, now), (now, was)))
        return f"{key}: {' '.join([*(f'-{one}' for one in gone), *(f'+{one}' for one in new)])}"
    return f"{key}: {_brief(was)} -> {_brief(now)}"


def _brief(value: object) -> str:
    """Write a value; of a fingerprint the beginning says enough."""
    return show(f"{value[:12]}…" if isinstance(value, str) and len(value) in (40, 64) else value)
