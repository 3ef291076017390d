"""Keep the English catalogues complete.

``python tools/i18n.py extract [ROOM …]`` brings the catalogues up to date with the sources: new messages come in empty,
gone ones leave, translations stay. ``python tools/i18n.py check [ROOM …]`` fails, with the list, when a message has no
English, when places like ``%(n)s`` differ, when the English still holds Chinese, or when two rooms translate one message
differently. There is one catalogue per room, ``registry/web/locales/en/LC_MESSAGES/ROOM.po``, read as it is: nothing is
compiled, so nothing can be stale. A message that another room has translated already is not asked for again.

A message is what stands in ``_()``, ``N_()``, ``ngettext()`` or ``{% trans %}``; in the words of errors and refusals
(``Forbidden("…")``); in what is wrong with a line (``reader.fail(…)``) and the titles of its columns; in the names of a
lifecycle; in the second value of a ``Term``; in a ``…_NAMES`` table.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "registry" / "web" / "locales" / "en" / "LC_MESSAGES"
WEB = Path("registry", "web")
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)

Id = str | tuple[str, ...]
Found = dict[Id, set[str]]

_HAN = re.compile(r"[\u3400-\u9fff]")
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|「[^」]*」")
_PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
_MARKERS = {"_", "N_", "gettext"}
_PLURAL_MARKERS = {"ngettext"}
_SENTENCES = {
    "Conflict", "FieldError", "Forbidden", "Invalid", "NotFound", "NotSignedIn", "PasswordDue", "Refusal", "RegistryError",
    "RuleRefusal", "TooLarge", "TooMany", "Unavailable", "Unreadable", "LineError", "fail",
}  # fmt: skip


def room_of(path: Path) -> str:
    """The room whose catalogue holds the messages of a source file (a path relative to the repository)."""
    if path.is_relative_to(WEB):
        if path.stem == "showcase" or "design" in path.parts:
            return "design"
        return path.parts[2] if len(path.parts) > 3 else "components"
    if path.parts[0] == "public_site":
        return "public"
    return "domain" if path.parts[0] == "registry" else path.parts[0]


def sources() -> Iterator[Path]:
    """Every source file that may hold messages, relative to the repository."""
    for package in ("registry", "public_site", "vetting"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in {".py", ".j2"} and "static" not in path.parts:
                yield path.relative_to(ROOT)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _python(tree: ast.Module) -> Iterator[Id]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _from_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _from_class(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id.endswith("_NAMES"):
                yield from (_text(value) for value in node.value.values)


def _from_call(node: ast.Call) -> Iterator[Id]:
    name = _called(node)
    if name in _MARKERS and node.args:
        yield _text(node.args[0])
    elif name in _PLURAL_MARKERS and len(node.args) > 1:
        yield (_text(node.args[0]), _text(node.args[1]))
    elif name in _SENTENCES:
        yield from (
            _text(value)
            for value in [*node.args, *(k.value for k in node.keywords)]
            if _HAN.search(_text(value))
        )
    elif name == "Column" and len(node.args) > 1:
        yield _text(node.args[1])
    elif name == "Lifecycle":
        for keyword in node.keywords:
            if keyword.arg == "names" and isinstance(keyword.value, ast.Dict):
                yield from (_text(value) for value in keyword.value.values)


def _from_class(node: ast.ClassDef) -> Iterator[Id]:
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    for line in node.body:
        if isinstance(line, ast.Assign) and "Term" in bases and isinstance(line.value, ast.Tuple):
            yield _text(line.value.elts[1])
    for function in (
        line for line in node.body if isinstance(line, ast.FunctionDef) and line.name == "__init__"
    ):
        if bases & _SENTENCES:
            yield from (_text(default) for default in function.args.defaults if _HAN.search(_text(default)))


def _template(path: Path) -> Iterator[Id]:
    options = {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols", "silent": "false", "trimmed": "true"}
    for _line, message, _comments, _context in extract_from_file("jinja2", str(path), options=options):
        yield message if isinstance(message, str) else tuple(message)


def extract() -> dict[str, Found]:
    """The messages of every room, with the files they stand in."""
    rooms: dict[str, Found] = defaultdict(lambda: defaultdict(set))
    for path in sources():
        full = ROOT / path
        ids = (
            _template(full) if path.suffix == ".j2" else _python(ast.parse(full.read_text(encoding="utf-8")))
        )
        for message in ids:
            if message and (not isinstance(message, tuple) or all(message)):
                rooms[room_of(path)][message].add(path.as_posix())
    return rooms


def read(room: str) -> Catalog:
    """The catalogue of a room; an empty one if there is none yet."""
    path = CATALOGUES / f"{room}.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def translated_elsewhere(room: str) -> set[Id]:
    """What the other rooms' catalogues translate."""
    others = (path.stem for path in CATALOGUES.glob("*.po") if path.stem != room)
    return {
        _id(message) for other in others for message in read(other) if message.id and all(_strings(message))
    }


def write(room: str, found: Found) -> tuple[int, int]:
    """Bring a room's catalogue up to date; gives (messages, those without English)."""
    before, after, elsewhere = read(room), Catalog(locale="en"), translated_elsewhere(room)
    for message, files in found.items():
        known = before.get(message)
        if message in elsewhere and not (known and all(_strings(known))):
            continue
        after.add(message, known.string if known else None, locations=[(file, 0) for file in sorted(files)])
    path = CATALOGUES / f"{room}.po"
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, after, width=110, omit_header=True, sort_output=True, include_lineno=False)
    return len(after), sum(1 for message in after if message.id and not _strings(message)[0])


def _strings(message: Message) -> tuple[str, ...]:
    given = message.string or ""
    return (given,) if isinstance(given, str) else tuple(str(form) for form in given)


def _id(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _places(text: str) -> set[str]:
    return {name or braced for name, braced in _PLACE.findall(text)}


def problems(room: str, found: Found) -> Iterator[str]:
    """What is wrong with a room's catalogue, one sentence each."""
    catalogue, elsewhere = read(room), translated_elsewhere(room)
    for message, files in found.items():
        where = f"{room}: {message!r} ({min(files)})"
        known = catalogue.get(message)
        if known is None and message in elsewhere:
            continue
        if known is None or not all(_strings(known)):
            yield f"{where} has no English"
        elif known.fuzzy:
            yield f"{where} is marked fuzzy"
        else:
            source = message if isinstance(message, str) else message[0]
            if _places(_strings(known)[-1]) != _places(source):
                yield f"{where}: the places in the English differ"
            if any(_HAN.search(_QUOTED.sub("", text)) for text in _strings(known)) and known.id != "中文":
                yield f"{where}: the English still holds Chinese"
    for gone in catalogue:
        if gone.id and _id(gone) not in found:
            yield f"{room}: {gone.id!r} is no longer in the sources (run extract)"


def conflicts(rooms: Iterable[str]) -> Iterator[str]:
    """Messages that two rooms translate differently."""
    seen: dict[Id, tuple[str, tuple[str, ...]]] = {}
    for room in rooms:
        for message in read(room):
            if not message.id or not all(_strings(message)):
                continue
            first_room, first = seen.setdefault(_id(message), (room, _strings(message)))
            if first != _strings(message):
                yield f"{room}: {message.id!r} is {_strings(message)[0]!r} here and {first[0]!r} in {first_room}"


def main() -> None:
    """``extract`` or ``check``, for all rooms or those named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("extract", "check"))
    parser.add_argument(
        "rooms", nargs="*", help="components, provider, bureau, school, session, public, domain …"
    )
    given = parser.parse_args()
    rooms = extract()
    wanted = given.rooms or sorted(rooms)
    if given.action == "extract":
        for room in wanted:
            total, empty = write(room, rooms[room])
            print(f"{room}: {total} messages, {empty} without English")
        return
    wrong = [line for room in wanted for line in problems(room, rooms[room])]
    wrong += conflicts(sorted(path.stem for path in CATALOGUES.glob("*.po")))
    for line in wrong:
        print(line)
    if wrong:
        raise SystemExit(f"{len(wrong)} messages to see to")


if __name__ == "__main__":
    main()
