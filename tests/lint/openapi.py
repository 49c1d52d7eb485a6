#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document is one (3.1.0): its shape, its references, its schemas (JSON Schema 2020-12) and examples."""
import re
import sys
import warnings

import yaml

from lintlib import Plant, main

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import jsonschema

DOCUMENT = "sync/protocol/openapi.yaml"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
# What each object of the specification may hold (OpenAPI 3.1.0, 4.8), as far as we use them.
ROOT = {"openapi", "info", "servers", "paths", "components", "security", "tags"}
INFO = {"title", "summary", "description", "version", "license", "contact", "termsOfService"}
OPERATION = {"operationId", "summary", "description", "parameters", "requestBody", "responses", "security", "tags",
             "deprecated"}
PARAMETER = {"name", "in", "description", "required", "schema", "deprecated", "examples"}
RESPONSE = {"description", "headers", "content"}
MEDIA = {"schema", "example", "examples"}
COMPONENTS = {"schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes"}


class Checker:
    def __init__(self, document):
        self.document, self.found, self.used = document, [], set()

    def complain(self, place, what):
        self.found.append(f"{DOCUMENT}:1: {place}: {what}")

    def keys(self, place, node, allowed, required=()):
        if not isinstance(node, dict):
            self.complain(place, "an object is expected")
            return {}
        for key in sorted(set(map(str, node)) - allowed):
            self.complain(place, f"\"{key}\" is nothing that OpenAPI knows here")
        for key in sorted(set(required) - set(node)):
            self.complain(place, f"\"{key}\" is missing")
        return node

    def resolve(self, place, node):
        for _ in range(10):
            if not (isinstance(node, dict) and "$ref" in node):
                return node
            target = self.document
            for step in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target.get(step) if isinstance(target, dict) else None
            if target is None:
                self.complain(place, f"{node['$ref']} is not there")
                return {}
            node = target
        self.complain(place, "refers to itself")
        return {}

    def references(self, place, node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                self.used.add(node["$ref"])
                self.resolve(place, node)
            for key, value in node.items():
                self.references(f"{place}/{key}", value)
        elif isinstance(node, list):
            for index, value in enumerate(node):
                self.references(f"{place}/{index}", value)

    def schema(self, place, schema):
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            self.complain(place, f"is no JSON Schema: {error.message}")

    def media(self, place, content):
        for kind, media in content.items():
            media = self.keys(f"{place}/{kind}", media, MEDIA, {"schema"})
            schema = media.get("schema", {})
            self.schema(f"{place}/{kind}", schema)
            for name, example in media.get("examples", {}).items():
                value = self.resolve(place, example).get("value")
                whole = {"components": self.document.get("components", {}), **schema}
                try:
                    errors = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
                except jsonschema.exceptions.UnknownType:
                    continue  # the schema itself is complained about
                if errors:
                    self.complain(f"{place}/{kind}", f"the example {name} is not of its schema: {errors[0].message}")

    def response(self, place, response):
        response = self.keys(place, self.resolve(place, response), RESPONSE, {"description"})
        self.media(place, response.get("content", {}))

    def parameters(self, path, place, operation):
        in_path = set()
        for index, one in enumerate(operation.get("parameters", [])):
            here = f"{place}/parameters/{index}"
            one = self.keys(here, self.resolve(here, one), PARAMETER, {"name", "in", "schema"})
            self.schema(here, one.get("schema", {}))
            if one.get("in") == "path":
                in_path.add(one.get("name"))
                if one.get("required") is not True:
                    self.complain(here, "what stands in the path is required")
        wanted = set(re.findall(r"\{(\w+)\}", path))
        if wanted != in_path:
            self.complain(place, f"the path names {sorted(wanted)}, the parameters {sorted(in_path)}")

    def operation(self, path, method, operation, names):
        place = f"{method.upper()} {path}"
        if method not in METHODS:
            return self.complain(place, "is no method")
        self.keys(place, operation, OPERATION, {"operationId", "summary", "responses"})
        name = operation.get("operationId")
        if name in names:
            self.complain(place, f"the operationId {name} is another's")
        names.add(name)
        self.parameters(path, place, operation)
        if "requestBody" in operation:
            body = self.resolve(place, operation["requestBody"])
            self.media(f"{place} body", body.get("content", {}))
        responses = operation.get("responses", {})
        if not any(str(status).startswith("2") for status in responses):
            self.complain(place, "never succeeds")
        for status, response in responses.items():
            if not isinstance(status, str) or not re.fullmatch(r"[1-5](\d\d|XX)|default", status):
                self.complain(place, f"{status} is no status; write it between quotes")
            self.response(f"{place} {status}", response)
        known = self.document.get("components", {}).get("securitySchemes", {})
        for needs in operation.get("security", []):
            for scheme in set(needs) - set(known):
                self.complain(place, f"the security scheme {scheme} is not there")

    def all(self):
        self.keys("document", self.document, ROOT, {"openapi", "info", "paths"})
        if not re.fullmatch(r"3\.1\.\d+", str(self.document.get("openapi"))):
            self.complain("document", "openapi is not 3.1")
        self.keys("info", self.document.get("info", {}), INFO, {"title", "version", "description", "license"})
        names = set()
        for path, operations in self.document.get("paths", {}).items():
            if not path.startswith("/"):
                self.complain(path, "a path begins with /")
            for method, operation in operations.items():
                self.operation(path, method, operation, names)
        components = self.keys("components", self.document.get("components", {}), COMPONENTS)
        self.references("document", self.document)
        for kind, every in components.items():
            for name, one in every.items():
                if kind == "schemas":
                    self.schema(f"components/schemas/{name}", one)
                if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in self.used:
                    self.complain(f"components/{kind}/{name}", "nobody refers to it")
        return self.found


def check(tree):
    if DOCUMENT not in tree.files:
        return []
    try:
        document = yaml.safe_load(tree.read(DOCUMENT))
    except yaml.YAMLError as error:
        return [f"{DOCUMENT}:1: is no YAML: {error}"]
    return Checker(document).all()


def _document(text=""):
    return f"""openapi: 3.1.0
info: {{title: t, version: '1', description: d, license: {{name: n}}}}
paths:
  /a/{{name}}:
    get:
      operationId: one
      summary: s
      security: [{{key: []}}]
      parameters: [{{name: name, in: path, required: true, schema: {{type: string}}}}]
      responses:
        '200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}
        '400': {{$ref: '#/components/responses/Bad'}}
{text}components:
  securitySchemes: {{key: {{type: http, scheme: bearer}}}}
  examples: {{bad: {{value: {{error: bad}}}}}}
  responses:
    Bad:
      description: d
      content:
        application/json:
          schema: {{$ref: '#/components/schemas/A'}}
          examples: {{bad: {{$ref: '#/components/examples/bad'}}}}
  schemas:
    A: {{type: object, required: [error], properties: {{error: {{type: string}}}}}}
"""


def _changed(before, after):
    text = _document()
    assert before in text, before
    return {DOCUMENT: text.replace(before, after, 1)}


SOUND = {DOCUMENT: _document()}
PLANTS = [
    Plant("a reference to nothing", _changed("schemas/A'", "schemas/B'"), "#/components/schemas/B is not there"),
    Plant("a component that nobody uses", {DOCUMENT: _document() + "    B: {type: string}\n"}, "nobody refers to it"),
    Plant("an example that is not of its schema", _changed("value: {error: bad}", "value: {wrong: bad}"),
          "the example bad is not of its schema"),
    Plant("a schema that is none", _changed("type: object, required", "type: thing, required"), "is no JSON Schema"),
    Plant("a misspelt key", _changed("      summary: s", "      sumary: s"), '"sumary" is nothing that OpenAPI knows'),
    Plant("a path whose parameter is not declared", _changed("name: name, in: path", "name: other, in: path"),
          "the path names ['name'], the parameters ['other']"),
    Plant("a security scheme that is not there", _changed("[{key: []}]", "[{lock: []}]"), "scheme lock is not there"),
    Plant("a status that YAML reads as a number", _changed("'400'", "400"), "400 is no status"),
    Plant("two operations of one name", {DOCUMENT: _document(
        "  /b:\n    get: {operationId: one, summary: s, responses: {'200': {description: d}}}\n")}, "is another's"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
