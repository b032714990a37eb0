"""A stand-in for the google provider: it knows the whole schema and speaks Terraform's plugin protocol, and calls
no cloud. Terraform validates against it for real, plans with what only Google can say unknown, and applies with that
made up. Runs in `.venv-terraform`, started by Terraform.

Source: https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol (version 6). Not played: what the
provider checks beyond its schema, such as attributes that exclude one another, and the defaults it fills in.
"""

import base64
import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import msgpack
from tf.gen import grpc_controller_pb2 as control
from tf.gen import grpc_controller_pb2_grpc as control_rpc
from tf.gen import grpc_stdio_pb2_grpc as stdio_rpc
from tf.gen import tfplugin_pb2 as protocol
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.runner import _self_signed_cert  # what `tf` itself serves with; it has no public name

Block = Mapping[str, Any]

UNKNOWN = msgpack.ExtType(0, b"\0")
#: `bool write_only = 11` of an attribute (protocol 6.8), which `tf` does not know yet: key and value on the wire
WRITE_ONLY = bytes([11 << 3, 1])
#: what Google makes of what it is told, so that a plan can show who may do what; the rest stays unknown in a plan
DERIVED: Mapping[str, Mapping[str, str]] = {
    "google_service_account": {
        "email": "{account_id}@{project}.iam.gserviceaccount.com",
        "member": "serviceAccount:{account_id}@{project}.iam.gserviceaccount.com",
        "name": "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com",
    },
    "google_cloud_tasks_queue": {"id": "projects/{project}/locations/{location}/queues/{name}"},
    "google_secret_manager_secret": {"id": "projects/{project}/secrets/{secret_id}"},
    "google_sql_database_instance": {"connection_name": "{project}:{region}:{name}"},
    "google_storage_project_service_account": {
        "member": "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
    },
}
NESTING = {
    "single": protocol.Schema.NestedBlock.SINGLE,
    "list": protocol.Schema.NestedBlock.LIST,
    "set": protocol.Schema.NestedBlock.SET,
    "map": protocol.Schema.NestedBlock.MAP,
}


def block_message(block: Block) -> protocol.Schema.Block:
    return protocol.Schema.Block(
        attributes=[attribute_message(name, one) for name, one in block["attributes"].items()],
        block_types=[
            protocol.Schema.NestedBlock(
                type_name=name,
                block=block_message(one["block"]),
                nesting=NESTING[one["nesting_mode"]],
                min_items=one.get("min_items", 0),
                max_items=one.get("max_items", 0),
            )
            for name, one in block["block_types"].items()
        ],
    )


def attribute_message(name: str, attribute: Mapping[str, Any]) -> protocol.Schema.Attribute:
    flags = {flag: attribute.get(flag, False) for flag in ("required", "optional", "computed")}
    made = protocol.Schema.Attribute(name=name, type=json.dumps(attribute["type"]).encode(), **flags)
    if attribute.get("write_only"):
        made.MergeFromString(WRITE_ONLY)
    return made


def decode(value: protocol.DynamicValue) -> Any:
    if value.json:
        return json.loads(value.json)
    return msgpack.unpackb(value.msgpack, ext_hook=lambda _code, _bytes: UNKNOWN, strict_map_key=False)


def encode(value: Any) -> protocol.DynamicValue:
    return protocol.DynamicValue(msgpack=msgpack.packb(value))


def changed(block: Block, value: Any, change: Callable[[str, Mapping[str, Any], Any], Any]) -> Any:
    """The value with each attribute, at any depth, as `change(name, attribute, value)` has it."""
    if not isinstance(value, dict):
        return value
    new = {name: change(name, one, value.get(name)) for name, one in block["attributes"].items()}
    for name, nested in block["block_types"].items():
        inner, mode = value.get(name), nested["nesting_mode"]
        if isinstance(inner, list):
            new[name] = [changed(nested["block"], one, change) for one in inner]
        elif isinstance(inner, dict) and mode == "map":
            new[name] = {key: changed(nested["block"], one, change) for key, one in inner.items()}
        else:
            new[name] = changed(nested["block"], inner, change)
    return new


def planned(_name: str, attribute: Mapping[str, Any], value: Any) -> Any:
    if attribute.get("write_only"):
        return None
    return UNKNOWN if value is None and attribute.get("computed") else value


def applied(name: str, attribute: Mapping[str, Any], value: Any) -> Any:
    return made_up(name, attribute["type"]) if value == UNKNOWN else value


def read(name: str, attribute: Mapping[str, Any], value: Any) -> Any:
    return made_up(name, attribute["type"]) if value is None else value


def made_up(name: str, type_: Any) -> Any:
    """What Google would have said: digits for a number, also where it is a string."""
    simple = {"string": "123456789012" if name == "number" else f"made-up-{name}", "number": 0, "bool": False}
    if isinstance(type_, str):
        return simple[type_]
    return {"list": [], "set": [], "map": {}}.get(type_[0])


def not_allowed(block: Block, value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """The first attribute on the way, what is wrong, and a sentence, for each value that the documentation does not
    list, each that is Google's to say, and each that is only written and has a version but no value."""
    if not isinstance(value, dict):
        return
    for name, attribute in block["attributes"].items():
        given, allowed, first = value.get(name), attribute.get("allowed"), (path or name).partition(".")[0]
        if allowed and isinstance(given, str) and given not in allowed:
            yield first, "Value not allowed", f'{path}{name} is "{given}", not one of {", ".join(allowed)}.'
        if attribute.get("write_only") and given is None and value.get(f"{name}_version") is not None:
            yield first, "Missing required argument", f"{path}{name} must be given beside its version."
        if given is not None and not attribute.get("optional") and not attribute.get("required"):
            yield first, "Value for unconfigurable attribute", f"{path}{name} is not ours to say."
    for name, nested in block["block_types"].items():
        inner = value.get(name)
        for one in inner if isinstance(inner, list) else [inner]:
            yield from not_allowed(nested["block"], one, f"{path}{name}.")


class Provider(rpc.ProviderServicer):
    """`schema`: as `tests.terraform.schema.read` gives it. `vault`: where what is only written is kept, one JSON object
    a line, as Secret Manager would. The methods have the protocol's names."""

    def __init__(self, schema: Mapping[str, Any], vault: Path, done: threading.Event) -> None:
        self._provider, self._resources, self._sources = (schema[one] for one in ("provider", "resources", "sources"))
        self._vault, self._done = vault, done
        self._project = ""

    def GetProviderSchema(self, _request: Any, _context: Any) -> Any:
        def messages(blocks: Mapping[str, Block]) -> dict[str, protocol.Schema]:
            return {name: protocol.Schema(block=block_message(block)) for name, block in blocks.items()}

        return protocol.GetProviderSchema.Response(
            provider=protocol.Schema(block=block_message(self._provider)),
            provider_meta=protocol.Schema(block=protocol.Schema.Block()),
            resource_schemas=messages(self._resources),
            data_source_schemas=messages(self._sources),
        )

    def ValidateProviderConfig(self, _request: Any, _context: Any) -> Any:
        return protocol.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request: Any, _context: Any) -> Any:
        self._project = decode(request.config)["project"]
        return protocol.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request: Any, _context: Any) -> Any:
        wrong = not_allowed(self._resources[request.type_name], decode(request.config))
        return protocol.ValidateResourceConfig.Response(
            diagnostics=[
                protocol.Diagnostic(
                    severity=protocol.Diagnostic.ERROR,
                    summary=summary,
                    detail=sentence,
                    attribute=protocol.AttributePath(steps=[protocol.AttributePath.Step(attribute_name=first)]),
                )
                for first, summary, sentence in wrong
            ]
        )

    def ValidateDataResourceConfig(self, _request: Any, _context: Any) -> Any:
        return protocol.ValidateDataResourceConfig.Response()

    def UpgradeResourceState(self, request: Any, _context: Any) -> Any:
        return protocol.UpgradeResourceState.Response(upgraded_state=encode(json.loads(request.raw_state.json)))

    def ReadResource(self, request: Any, _context: Any) -> Any:
        return protocol.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request: Any, _context: Any) -> Any:
        value = changed(self._resources[request.type_name], decode(request.proposed_new_state), planned)
        if value:
            value |= self._derived(request.type_name, value)
        return protocol.PlanResourceChange.Response(planned_state=encode(value), legacy_type_system=True)

    def ApplyResourceChange(self, request: Any, _context: Any) -> Any:
        block = self._resources[request.type_name]
        value = changed(block, decode(request.planned_state), applied)
        self._keep(block, request.type_name, decode(request.config))
        return protocol.ApplyResourceChange.Response(new_state=encode(value), legacy_type_system=True)

    def ReadDataSource(self, request: Any, _context: Any) -> Any:
        value = changed(self._sources[request.type_name], decode(request.config), read)
        value |= self._derived(request.type_name, value)
        return protocol.ReadDataSource.Response(state=encode(value))

    def _keep(self, block: Block, type_name: str, given: Any) -> None:
        written = {
            name: given[name]
            for name, one in block["attributes"].items()
            if given and one.get("write_only") and given[name]
        }
        if written:
            with self._vault.open("a") as vault:
                vault.write(json.dumps({"type": type_name, **written}) + "\n")

    def _derived(self, type_name: str, value: Mapping[str, Any]) -> Mapping[str, str]:
        known = {**value, "project": self._project}
        return {name: form.format_map(known) for name, form in DERIVED.get(type_name, {}).items()}

    def GetFunctions(self, _request: Any, _context: Any) -> Any:
        return protocol.GetFunctions.Response()

    def StopProvider(self, _request: Any, _context: Any) -> Any:
        self._done.set()
        return protocol.StopProvider.Response()


class Controller(control_rpc.GRPCControllerServicer):
    """Terraform's way to end us."""

    def __init__(self, done: threading.Event) -> None:
        self._done = done

    def Shutdown(self, _request: Any, _context: Any) -> Any:
        self._done.set()
        return control.Empty()


class Output(stdio_rpc.GRPCStdioServicer):
    """We print nothing."""

    def StreamStdio(self, _request: Any, _context: Any) -> Any:
        return iter(())


def serve(schema: Path) -> None:
    """Until Terraform says that it is done; `vault.jsonl` lies beside the schema. The greeting on stdout is go-plugin's
    handshake."""
    done = threading.Event()
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_send_message_length", -1)])
    rpc.add_ProviderServicer_to_server(
        Provider(json.loads(schema.read_text()), schema.with_name("vault.jsonl"), done), server
    )
    control_rpc.add_GRPCControllerServicer_to_server(Controller(done), server)
    stdio_rpc.add_GRPCStdioServicer_to_server(Output(), server)
    with tempfile.TemporaryDirectory() as folder:
        chain, credentials = _self_signed_cert()
        server.add_secure_port(f"unix://{folder}/socket", credentials)
        server.start()
        print(f"1|6|unix|{folder}/socket|grpc|{base64.b64encode(chain).decode().rstrip('=')}", flush=True)
        done.wait()
        server.stop(grace=1).wait()
