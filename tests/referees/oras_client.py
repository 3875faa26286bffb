"""oras as a client of a registry that is not ours: pushes a file as an image of WebAssembly, or
pulls one. Arguments: push REFERENCE FILE, or pull REFERENCE FOLDER. A reference begins with the
registry's host; without TLS, since the registry is on loopback."""

import json
import os
import sys

import oras.client

action, reference, path = sys.argv[1:]
client = oras.client.OrasClient(hostname=reference.split("/")[0], insecure=True)
if action == "push":
    folder, name = os.path.split(path)
    os.chdir(folder)
    with open("config.json", "w", encoding="utf-8") as config:
        json.dump({}, config)
    client.push(
        target=reference,
        files=[f"{name}:application/wasm"],
        manifest_config="config.json:application/vnd.wasm.config.v0+json",
    )
else:
    for file in client.pull(target=reference, outdir=path):
        print(os.path.basename(file))
