"""Every reply of the server is held against tests/openapi.yaml."""
import json
import os
import re

import jsonschema
import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(TOP, "tests", "openapi.yaml"), encoding="utf-8") as _file:
    SPEC = yaml.safe_load(_file)
_resolver = jsonschema.RefResolver.from_schema(SPEC)
_paths = [(re.compile("^" + re.sub(r"\{[^}]*\}", "[^/]+", path) + "$"), item) for path, item in SPEC["paths"].items()]


def _deref(node):
    while isinstance(node, dict) and "$ref" in node:
        node = _resolver.resolve(node["$ref"])[1]
    return node


def _validate(schema, body):
    jsonschema.Draft202012Validator(schema, resolver=_resolver).validate(body)


def check(method, target, status, headers, body):
    """Raises AssertionError where the description and the server differ."""
    path = target.split("?")[0]
    item = _deref(next((item for pattern, item in _paths if pattern.match(path)), None))
    operation = item and item.get(method.lower())
    kind = headers.get("Content-Type", "").split(";")[0]
    if operation is None:
        assert status == (404 if item is None else 405), f"{method} {path} is not described, yet answered {status}"
        if method != "HEAD" and not path.startswith("/v1/"):
            assert kind == "text/html", f"{method} {path} {status}: {kind!r} is no page"
        elif method != "HEAD":
            _validate({"$ref": "#/components/schemas/Error"}, json.loads(body))
        return
    assert str(status) in operation["responses"], f"{method} {path}: status {status} is not described; {body[:300]!r}"
    response = _deref(operation["responses"][str(status)])
    content = response.get("content")
    if not content or method == "HEAD":
        assert not body, f"{method} {path} {status}: no body is described"
        return
    assert kind in content, f"{method} {path} {status}: {kind!r} is not described"
    if kind == "application/json":
        try:
            _validate(content[kind]["schema"], json.loads(body))
        except jsonschema.ValidationError as problem:
            raise AssertionError(f"{method} {path} {status}: {problem.message} at {list(problem.path)}") from problem
