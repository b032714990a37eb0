"""The google provider's schema, read out of bindings that were generated from it.

Terraform asks a provider which resources it knows, with which attributes and blocks. The provider itself cannot be
had without its registry, but CDK Terrain's wheel holds JavaScript classes made from the very same schema, with a
comment of flags above each attribute and the values that the documentation allows. Runs in `.venv-terraform`.

A block here is what `terraform providers schema -json` calls one (https://developer.hashicorp.com/terraform/cli/
commands/providers/schema), with two more keys for an attribute: `write_only`, and `allowed`, a list of values.
"""

import json
import re
import sys
import tarfile
from collections.abc import Collection, Mapping
from importlib.metadata import files
from pathlib import Path
from typing import Any

Block = dict[str, Any]

WHEEL = "cdktn-provider-google"
CLASS = re.compile(r"^class (\w+) extends cdktn\.(\w+) \{$", re.M)
MEMBER = re.compile(
    r"^    // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n(.*?)(?=^    // |\Z)",
    re.M | re.S,
)
NESTED = re.compile(r"= new (?:cdktn\.)?(\w+)\(this, \"\w+\"(?:, (true|false))?\)")
GETTER = re.compile(r"this\.get(\w+)Attribute\('\w+'\)")
WRITER = re.compile(
    r"^(?:function (\w+)ToHclTerraform\(struct\)|    synthesizeHclAttributes\(\)) \{$(.*?)^    ?\}$", re.M | re.S
)
WRITTEN = re.compile(r"^ +(\w+): \{\s+value: (.*?),\s+isBlock: (?:true|false),\s+type: \"(\w+)\",", re.M | re.S)
INTERFACE = re.compile(r"^export interface (\w+) [^{]*\{$(.*?)^\}", re.M | re.S)
ALLOWED = re.compile(r"Possible values: \[([^\]]*)\](?:(?!\*/).)*?#(\w+) \w+#\w+\}", re.S)
BLOCK = re.compile(r"/\*\*\n +\* (\w+) block\n")

#: what a getter or a nested class of the bindings reads, in Terraform's JSON for types
TYPES: Mapping[str, Any] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "StringMapList": ["list", ["map", "string"]],
}


class Bindings:
    """One resource's classes. `code` is its JavaScript, `words` the declarations with the documentation's words."""

    def __init__(self, code: str, words: str) -> None:
        starts = [*CLASS.finditer(code)]
        ends = [one.start() for one in starts[1:]] + [len(code)]
        self._bases = {one[1]: one[2] for one in starts}
        self._bodies = {one[1]: code[one.end() : end] for one, end in zip(starts, ends, strict=True)}
        self._written = {
            function or "": {name: (value, kind) for name, value, kind in WRITTEN.findall(body)}
            for function, body in WRITER.findall(code)
        }
        self._blocks = {"timeouts", *BLOCK.findall(words)}
        self._allowed = {
            interface: {name: re.findall(r'"([^"]*)"', values) for values, name in ALLOWED.findall(body)}
            for interface, body in INTERFACE.findall(words)
        }

    def root(self) -> Block:
        """Of the resource, data source or provider itself."""
        bases = ("TerraformResource", "TerraformDataSource", "TerraformProvider")
        (name,) = (name for name, base in self._bases.items() if base in bases)
        if self._bases[name] == "TerraformProvider":
            return self._provider()
        return self._block(name, self._written.get("", {}), self._allowed.get(f"{name}Config", {}))

    def _provider(self) -> Block:
        """Its class has no flags above its attributes, all of which may be left out."""
        simple = {"stringTo": "string", "booleanTo": "bool", "numberTo": "number"}
        attributes = {
            name: {"type": simple[found[1]], "optional": True}
            for name, (value, _) in self._written[""].items()
            if name != "alias" and (found := re.match(r"cdktn\.(stringTo|booleanTo|numberTo)", value))
        }
        return {"attributes": attributes, "block_types": {}}

    def _block(self, class_name: str, written: Mapping[str, Any], allowed: Mapping[str, list[str]]) -> Block:
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        for name, *said, body in MEMBER.findall(self._bodies[class_name]):
            flags = {
                flag: True
                for flag, yes in zip(("computed", "optional", "required"), said, strict=True)
                if yes == "true"
            }
            value, kind = written.get(name, ("", ""))
            nested = NESTED.search(body)
            if nested and nested[1] in self._bases:
                block, nesting, most = self._nested(nested, kind)
                if name in self._blocks and flags != {"computed": True}:
                    blocks[name] = {"nesting_mode": nesting, "block": block}
                    blocks[name] |= {"min_items": 1} if "required" in flags and nesting != "single" else {}
                    blocks[name] |= {"max_items": most} if most else {}
                    continue
                type_ = _object(block) if nesting == "single" else [nesting, _object(block)]
            else:
                type_ = _type(name, nested, body, kind)
            attributes[name] = {"type": type_, **flags}
            attributes[name] |= {"allowed": allowed[name]} if name in allowed else {}
            attributes[name] |= {"write_only": True} if "markWriteOnly" in value else {}
        return {"attributes": attributes, "block_types": blocks}

    def _nested(self, nested: re.Match[str], kind: str) -> tuple[Block, str, int]:
        """The block of a member that holds others, its nesting, and how many there may be (0: any number)."""
        name = nested[1]
        base = self._bases[name]
        item = name if base == "ComplexObject" else f"{name.removesuffix('List').removesuffix('Map')}OutputReference"
        struct = item.removesuffix("OutputReference")
        block = self._block(item, self._written.get(struct[0].lower() + struct[1:], {}), self._allowed.get(struct, {}))
        if base == "ComplexMap":
            return block, "map", 0
        if base == "ComplexObject" and kind == "struct":
            return block, "single", 0
        is_set = kind == "set" or nested[2] == "true"
        return block, "set" if is_set else "list", int(base == "ComplexObject")


def _type(name: str, nested: re.Match[str] | None, body: str, kind: str) -> Any:
    getter = GETTER.search(body)
    word = nested[1] if nested else getter[1] if getter else ""
    if word not in TYPES:
        raise ValueError(f"no type is known for {name}: {word!r}")
    type_ = TYPES[word]
    return ["set", type_[1]] if isinstance(type_, list) and (kind == "set" or "Fn.tolist" in body) else type_


def _object(block: Block) -> Any:
    """The type of an attribute whose value looks like that block."""
    fields = {name: one["type"] for name, one in block["attributes"].items()}
    for name, one in block["block_types"].items():
        inner = _object(one["block"])
        fields[name] = inner if one["nesting_mode"] == "single" else [one["nesting_mode"], inner]
    return ["object", fields]


def read(resources: Collection[str], sources: Collection[str]) -> dict[str, Any]:
    """The provider's own block, and those of the resource types and data source types that are named, as far as the
    provider has them: `{"provider": …, "resources": {type: …}, "sources": {type: …}}`."""
    folders = {"provider": "provider"}
    folders |= {name.removeprefix("google_").replace("_", "-"): name for name in resources}
    folders |= {f"data-{name.replace('_', '-')}": name for name in sources}
    texts = _texts(folders)
    found = {folder: Bindings(code, words).root() for folder, (code, words) in texts.items()}
    return {
        "provider": found.pop("provider"),
        "resources": {folders[one]: block for one, block in found.items() if not one.startswith("data-")},
        "sources": {folders[one]: block for one, block in found.items() if one.startswith("data-")},
    }


def _texts(folders: Collection[str]) -> dict[str, tuple[str, str]]:
    """Code and declarations of each folder of the bindings; large ones are in several files."""
    texts: dict[str, dict[str, str]] = {}
    with tarfile.open(_archive()) as archive:
        for member in archive:
            parts = member.name.split("/")
            if parts[:2] == ["package", "lib"] and len(parts) > 3 and parts[2] in folders:
                suffix = "d.ts" if member.name.endswith(".d.ts") else "js"
                text = archive.extractfile(member).read().decode().partition("\n//# sourceMappingURL=")[0]
                kept = texts.setdefault(parts[2], {"js": "", "d.ts": ""})
                kept[suffix] += text + "\n"
    return {folder: (kept["js"], kept["d.ts"]) for folder, kept in texts.items()}


def _archive() -> Path:
    (archive,) = (one.locate() for one in files(WHEEL) or () if one.name.endswith(".jsii.tgz"))
    return Path(archive)


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    json.dump(read(wanted["resources"], wanted["sources"]), sys.stdout)
