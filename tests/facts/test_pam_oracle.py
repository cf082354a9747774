"""libpam itself runs hundreds of generated stacks; our walk must end as it does."""

import ctypes
import ctypes.util
import random
import re
from pathlib import Path
from typing import Final

import pytest

from cdso_audit.facts.pam import Step, stack_of, walk

LIBRARY: Final = ctypes.util.find_library("pam") or ""
DEBUG: Final = [
    each / "security/pam_debug.so"
    for each in (*Path("/lib").glob("*-linux-gnu"), Path("/lib64"))
    if (each / "security/pam_debug.so").exists()
]
#: What a module may answer, by its number in _pam_types.h.
CODES: Final = {
    "success": 0, "perm_denied": 6, "auth_err": 7, "authinfo_unavail": 9, "user_unknown": 10,
    "maxtries": 11, "new_authtok_reqd": 12, "ignore": 25,
}  # fmt: skip
ACTIONS: Final = ("ignore", "ok", "done", "bad", "die", "reset", "1", "2")
WORDS: Final = ("required", "requisite", "sufficient", "optional")


_TALK: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
)
SILENT: Final = _TALK(lambda *_: 19)  # PAM_CONV_ERR; pam_debug never asks anything


class Conversation(ctypes.Structure):
    """struct pam_conv."""

    _fields_ = (("conv", _TALK), ("data", ctypes.c_void_p))


def libpam(folder: Path, service: str) -> int:
    """What pam_authenticate of the real library returns for a service in this folder."""
    library = ctypes.CDLL(LIBRARY)
    handle, talk = ctypes.c_void_p(), Conversation(SILENT, None)
    started = library.pam_start_confdir(
        service.encode(), b"nobody", ctypes.byref(talk), str(folder).encode(), ctypes.byref(handle)
    )
    assert started == 0
    code = int(library.pam_authenticate(handle, 0))
    library.pam_end(handle, code)
    return code


def control(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(WORDS)
    answers = chance.sample(sorted(CODES), chance.randint(1, 3))
    pairs = [f"{each}={chance.choice(ACTIONS)}" for each in answers]
    if chance.random() < 0.7:
        pairs.append(f"default={chance.choice(ACTIONS)}")
    return f"[{' '.join(pairs)}]"


def lines(chance: random.Random, below: list[str]) -> str:
    """A stack of some lines, among them other files."""
    made = []
    for _ in range(chance.randint(1, 6)):
        kind = chance.random()
        if below and kind < 0.15:
            made.append(f"auth include {chance.choice(below)}")
        elif below and kind < 0.3:
            made.append(f"auth substack {chance.choice(below)}")
        elif below and kind < 0.4:
            made.append(f"@include {chance.choice(below)}")
        else:
            answer = "success" if chance.random() < 0.7 else chance.choice(sorted(CODES))
            made.append(f"auth {control(chance)} pam_debug.so auth={answer}")
    return "\n".join(made) + "\n"


def answer(step: Step) -> str:
    return step.option("auth") or "success"


@pytest.mark.daemon
@pytest.mark.skipif(not DEBUG or not LIBRARY, reason="needs apt package libpam-modules")
@pytest.mark.skipif(
    bool(LIBRARY) and not hasattr(ctypes.CDLL(LIBRARY), "pam_start_confdir"),
    reason="needs libpam 1.4 or newer",
)
@pytest.mark.parametrize("seed", range(4))
def test_a_walk_ends_as_libpam_does(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same stacks every time
    granted = 0
    for number in range(150):
        files = {"inner": lines(chance, []), "middle": lines(chance, ["inner"])}
        files["service"] = lines(chance, ["inner", "middle"])
        files["other"] = "auth required pam_debug.so auth=perm_denied\n"
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in files.items():
            # libpam looks for names without a folder in /etc/pam.d; our reader takes the last part.
            (folder / name).write_text(re.sub(r"(include|substack) ", rf"\1 {folder}/", text))

        told = libpam(folder, "service")
        ended = walk(stack_of(files, "service", "auth"), answer)

        status = "perm_denied" if ended.status == "must-fail" else ended.status
        assert ended.granted == (told == 0), (told, ended, files)
        assert told in (CODES[status], CODES["perm_denied"]), (told, ended, files)
        granted += ended.granted
    assert 10 < granted < 140, "the stacks are not of both kinds"
