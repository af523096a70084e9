"""What schemathesis cannot guess from a schema: hashes of real bytes, a point of a curve, an upload that is open."""

import base64
import hashlib
import os

import requests
import schemathesis
from hypothesis import strategies as st

# scripts/torture.sh names them: the server, a device's token, a public key.
SERVER = os.environ["STACKSIDE_SERVER"]
TOKEN = os.environ["STACKSIDE_TOKEN"]
PUBLIC_KEY = os.environ["STACKSIDE_PUBLIC_KEY"]
HELD = b"a photo"


def metadata(content: bytes) -> str:
    sha256, media_type = hashlib.sha256(content).digest(), b"image/jpeg"
    return f"sha256 {base64.b64encode(sha256).decode()},type {base64.b64encode(media_type).decode()}"


schemathesis.openapi.format("p256-point", st.just(PUBLIC_KEY))
schemathesis.openapi.format("tus-metadata", st.binary(max_size=64).map(metadata))


@schemathesis.serializer("application/offset+octet-stream")
def upload(ctx, value):
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


def tus(method: str, path: str, body: bytes = b"", **headers: str) -> requests.Response:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers |= {"Authorization": f"Bearer {TOKEN}", "Tus-Resumable": "1.0.0"}
    answer = requests.request(method, SERVER + path, headers=headers, data=body, timeout=10)
    answer.raise_for_status()
    return answer


def open_upload(content: bytes, length: int) -> str:
    """Where it is. The same bytes give the same upload again, and a new one when it was ended."""
    answer = tus("POST", "/api/v1/files", Upload_Length=str(length), Upload_Metadata=metadata(content))
    return answer.headers["Location"]


media_type = "application/offset+octet-stream"
tus("PATCH", open_upload(HELD, len(HELD)), HELD, Upload_Offset="0", Content_Type=media_type)


@schemathesis.hook
def map_path_parameters(ctx, parameters):
    if ctx.operation.path.endswith("/{sha256}"):
        return {"sha256": hashlib.sha256(HELD).hexdigest()}
    if ctx.operation.path.endswith("/uploads/{id}"):
        return {"id": open_upload(b"never whole", 65536).rsplit("/", 1)[-1]}
    return parameters
