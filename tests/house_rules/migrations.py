"""`make migrations`: until the first release each app has one migration, made anew when a model changes.

All five are made together, since they name each other. What an app's models cannot say stands in its
`_database_objects.py` and becomes the last operation.
"""

from __future__ import annotations

import subprocess
import sys

from tests.house_rules.source import ROOT

APPS = {"youman/core": "core", "registry": "registry", "serving": "serving", "humanize": "humanization",
        "training": "training"}  # fmt: skip
NOTE = "# Made by `make migrations`; after a change of a model run it again.\n"
IMPORT = "from django.db import migrations, models\n"
LAST = "        migrations.RunPython(_database_objects.create, _database_objects.drop),\n    ]\n"


def main() -> int:
    paths = {folder: ROOT / folder / "migrations" / "0001_initial.py" for folder in APPS}
    for path in paths.values():
        path.unlink(missing_ok=True)
    command = [sys.executable, "manage.py", "makemigrations", "--no-header", "--verbosity", "0", *APPS.values()]
    subprocess.run(command, cwd=ROOT, check=True)
    for folder, path in paths.items():
        text = path.read_text(encoding="utf-8")
        if (path.parent / "_database_objects.py").exists():
            ours = f"{IMPORT}\nfrom {folder.replace('/', '.')}.migrations import _database_objects\n"
            text = text.replace(IMPORT, ours, 1).rstrip().removesuffix("]").rstrip() + "\n" + LAST
        path.write_text(NOTE + text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
