"""The workflows and forms of the project's host are ones that it can read, and ask for little."""

import os
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

from .test_manifest import HACS, PROJECT

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").iterdir())
FORMS = sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").iterdir())
SCRIPT = re.compile(r"\bscripts/[\w/.]+")
# A major version; those two have branches only.
PINNED = re.compile(r"[\w-]+/[\w/-]+@(?:v\d+|main|master)")
BRANCHES_ONLY = {"hacs/action@main", "home-assistant/actions/hassfest@master"}
KINDS = {"checkboxes", "dropdown", "input", "markdown", "textarea"}


def jobs_of(path: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow."""
    jobs: dict[str, dict[str, Any]] = load_yaml_dict(str(path))["jobs"]
    return jobs


def steps_of(path: Path) -> list[dict[str, Any]]:
    """Return all steps of a workflow."""
    return [step for job in jobs_of(path).values() for step in job.get("steps", ())]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Path:
    """Take one workflow after the other."""
    path: Path = request.param
    return path


def test_there_are_the_workflows_that_the_project_needs() -> None:
    assert [path.name for path in WORKFLOWS] == ["release.yml", "test.yml", "validate.yml"]


def test_a_workflow_may_only_read_unless_a_job_says_otherwise(workflow: Path) -> None:
    assert load_yaml_dict(str(workflow))["permissions"] == {"contents": "read"}
    asking = {name for name, job in jobs_of(workflow).items() if "permissions" in job}
    assert asking == ({"release"} if workflow.stem == "release" else set())


def test_an_action_has_its_version_and_keeps_no_token(workflow: Path) -> None:
    for step in steps_of(workflow):
        used = step.get("uses")
        if used is None:
            continue
        assert PINNED.fullmatch(used), used
        assert "@v" in used or used in BRANCHES_ONLY
        if used.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_a_job_ends_by_itself_and_may_call_another_workflow(workflow: Path) -> None:
    for job in jobs_of(workflow).values():
        if "uses" in job:
            assert (PROJECT / job["uses"]).exists()
        else:
            assert job["timeout-minutes"] <= 60


def test_what_a_workflow_runs_is_there(workflow: Path) -> None:
    for step in steps_of(workflow):
        run = step.get("run", "")
        # What others may write into a name or a title must not become a command.
        assert "${{" not in run
        for script in SCRIPT.findall(run):
            assert os.access(PROJECT / script, os.X_OK), script


def test_the_tests_run_on_the_floor_that_hacs_is_told() -> None:
    (job,) = jobs_of(PROJECT / ".github" / "workflows" / "test.yml").values()
    assert job["strategy"]["matrix"] == {"home-assistant": ["floor", "newest"]}
    (step,) = (step for step in job["steps"] if "UV_CONSTRAINT" in step.get("env", {}))
    constraints = (PROJECT / step["env"]["UV_CONSTRAINT"]).read_text(encoding="utf-8")
    assert f"\nhomeassistant=={HACS['homeassistant']}\n" in constraints


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_can_be_shown(path: Path) -> None:
    form = load_yaml_dict(str(path))
    if path.stem == "config":
        assert form["blank_issues_enabled"] is False
        assert all(set(link) == {"name", "url", "about"} for link in form["contact_links"])
        return
    assert set(form) == {"name", "description", "labels", "body"}
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    for field in form["body"]:
        assert field["type"] in KINDS
        assert field["attributes"].get("label") or field["type"] == "markdown"
        if field["type"] == "dropdown":
            assert field["attributes"]["options"]


def test_who_reports_a_bug_is_asked_for_the_diagnostics() -> None:
    form = load_yaml_dict(str(PROJECT / ".github" / "ISSUE_TEMPLATE" / "bug.yml"))
    (field,) = (field for field in form["body"] if field.get("id") == "diagnostics")
    assert field["validations"] == {"required": True}
    assert "Download diagnostics" in field["attributes"]["description"]


def test_who_reports_a_code_is_asked_for_what_decides_it() -> None:
    form = load_yaml_dict(str(PROJECT / ".github" / "ISSUE_TEMPLATE" / "unknown_code.yml"))
    required = {
        field["id"] for field in form["body"] if field.get("validations") == {"required": True}
    }
    assert required == {"code", "model", "screen", "where"}
