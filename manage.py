#!/usr/bin/env python
"""The door for operators: `python manage.py help`."""

import os
import sys

# These look at code or make the database themselves.
WITHOUT_DATABASE = {"help", "version", "check", "migrate", "makemigrations", "spectacular", "collectstatic", "humanize"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")
    from youman import embedded, env

    try:
        if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_DATABASE:
            embedded.prepare()
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except (env.EnvError, embedded.EmbeddedModeError) as error:
        sys.exit(f"youman: {error}")
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell reports Ctrl-C


if __name__ == "__main__":
    main()
