"""The same files as the same bytes: archives sorted by name, with one time, owner and mode."""

import gzip
import io
import lzma
import tarfile
import time
import zipfile


def mode(entry):
    return 0o755 if entry.is_program else 0o644


def zipped(folder, files, epoch):
    # The format has no time before 1980, and none of a time zone.
    moment = time.gmtime(max(epoch, 315532800))[:6]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, entry in sorted(files.items()):
            info = zipfile.ZipInfo(f"{folder}/{name}", moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (0o100000 | mode(entry)) << 16
            archive.writestr(info, entry.data)
    return target.getvalue()


def tarred(folder, files, epoch):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, entry in sorted(files.items()):
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(entry.data)
            info.mode = mode(entry)
            info.mtime = epoch
            archive.addfile(info, io.BytesIO(entry.data))
    return lzma.compress(target.getvalue(), preset=6)


def gzipped(data):
    return gzip.compress(data, 9, mtime=0)
