"""The house stays easy to see: imports point inwards, rooms stay small."""

import ast
from pathlib import Path
import subprocess
import sys

import pytest

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "bambu_hms"
PACKAGE = "custom_components.bambu_hms"
FILES = sorted(INTEGRATION.rglob("*.py"))

# What a room must not know of.
FORBIDDEN = {
    "hms": ("homeassistant", "aiomqtt", "paho", "asyncio", "socket", f"{PACKAGE}.printer", PACKAGE),
    "printer": ("homeassistant", PACKAGE),
}
ALLOWED = {
    "hms": (f"{PACKAGE}.hms",),
    "printer": (f"{PACKAGE}.hms", f"{PACKAGE}.printer"),
}


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, by their whole names."""
    package = [*PACKAGE.split("."), *path.relative_to(INTEGRATION).parent.parts]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} if node.module else {f"{module}.{a.name}" for a in node.names}
    return names


def is_within(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of these packages or in one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_point_inwards(room: str) -> None:
    files = sorted((INTEGRATION / room).glob("*.py"))
    assert files
    wrong = {
        (path.name, name)
        for path in files
        for name in imports_of(path)
        if is_within(name, FORBIDDEN[room]) and not is_within(name, ALLOWED[room])
    }
    assert not wrong


# What Home Assistant imports before it installs the requirements: automations are read early.
EARLY = {
    "__init__.py": {
        "typing",
        "homeassistant.const",
        "homeassistant.core",
        "homeassistant.helpers",
        "homeassistant.helpers.typing",
        "const",
    },
    "trigger.py": {
        "typing",
        "homeassistant.core",
        "homeassistant.helpers.dispatcher",
        "homeassistant.helpers.trigger",
        "homeassistant.helpers.typing",
        "announcer",
        "const",
        "fault",
        "matching",
        "scope",
    },
    "condition.py": {
        "typing",
        "homeassistant.core",
        "homeassistant.helpers.condition",
        "homeassistant.helpers.typing",
        "const",
        "matching",
        "scope",
    },
}
REQUIREMENTS = ("aiomqtt", "paho")


@pytest.mark.parametrize("name", EARLY)
def test_what_home_assistant_imports_before_the_requirements_needs_none(name: str) -> None:
    tree = ast.parse((INTEGRATION / name).read_text(encoding="utf-8"))
    at_once = ast.Module([node for node in tree.body if not isinstance(node, ast.If)], [])
    modules = {node.module for node in at_once.body if isinstance(node, ast.ImportFrom)}
    assert modules <= EARLY[name]
    assert not [node for node in at_once.body if isinstance(node, ast.Import)]


@pytest.mark.parametrize("name", EARLY)
def test_nor_does_anything_that_it_imports_in_turn(name: str) -> None:
    module = PACKAGE if name == "__init__.py" else f"{PACKAGE}.{name.removesuffix('.py')}"
    # A module that is None in there cannot be imported.
    script = (
        f"import sys; sys.modules |= dict.fromkeys({REQUIREMENTS!r}); "
        f"import {module}; print({module}.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=INTEGRATION.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == module, done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(INTEGRATION)))
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 360
