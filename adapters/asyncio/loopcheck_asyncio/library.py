# SPDX-License-Identifier: MIT
"""A program: prints the interpreter's own path, and that of its shared library if it has one."""

import os
import sys
import sysconfig


def candidates():
    get = sysconfig.get_config_var
    folders = [get("LIBDIR"), get("LIBPL"), os.path.join(sys.base_prefix, "lib")]
    if get("LIBDIR") and get("MULTIARCH"):
        folders.insert(1, os.path.join(get("LIBDIR"), get("MULTIARCH")))
    version = "%d.%d" % sys.version_info[:2]
    names = [get("INSTSONAME"), get("LDLIBRARY"), "libpython%s.so.1.0" % version,
             "libpython%s.dylib" % version]
    for folder in folders:
        for name in names:
            if folder and name and not name.endswith(".a"):
                yield os.path.join(folder, name)


if sys.version_info < (3, 7):
    sys.exit(1)
print(sys.executable)
print(next(filter(os.path.exists, candidates()), ""))
