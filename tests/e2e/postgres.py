# SPDX-License-Identifier: Apache-2.0
"""The house with its registry on PostgreSQL: a server of its own on a Unix socket, as an unprivileged user. The event
is prepared in a folder as always and moved into the database before the registry starts for the first time."""

import json
import pathlib
import shutil
import signal
import subprocess
import tempfile

from house import ROOT, House, until


class PostgresHouse(House):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.database_folder = None
        self.address = ""

    def __exit__(self, *details):
        super().__exit__(*details)
        if self.database_folder:
            shutil.rmtree(self.database_folder, ignore_errors=True)

    def start_database(self):
        # Not below the house: who owns that may be nobody that PostgreSQL runs as.
        self.database_folder = tempfile.mkdtemp(prefix="montbrillant-pg-")
        self.address = f"postgresql:///postgres?host={self.database_folder}&user=montbrillant"
        self.start("postgres", [str(ROOT / "tests/support/postgres.sh"), self.database_folder])
        until(lambda: self.ask("SELECT 1") == "1", "PostgreSQL answers", 60)

    def ask(self, sql):
        done = subprocess.run(["psql", "--no-psqlrc", "--tuples-only", "--no-align", self.address, "--command", sql],
                              capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    def store_arguments(self):
        if not self.address:
            return super().store_arguments()
        return ["--store", self.address, "--key-dir", str(self.work / "node")]

    def control_folder(self):
        return self.work / "node"

    def start_registry(self):
        if not self.address:
            folder = super().store_arguments()[1]
            self.start_database()
            subprocess.run([self.program("montbrillant-registry"), "copy", "--from", folder, *self.store_arguments()],
                           check=True, capture_output=True, env=self.environment, timeout=120)
        super().start_registry()

    def stop(self, name, how=signal.SIGTERM):
        super().stop(name, signal.SIGINT if name == "postgres" else how)

    def facts(self, data):
        if not self.address or pathlib.Path(data) != self.registry_data:
            return super().facts(data)
        rows = self.ask("SELECT convert_from(bytes, 'UTF8') FROM montbrillant.journal ORDER BY seq")
        return [json.loads(row) for row in rows.splitlines()]


def house_on(registry):
    """The class of house for `--registry sqlite|postgres`."""
    return PostgresHouse if registry == "postgres" else House


def add_option(parser):
    parser.add_argument("--registry", choices=["sqlite", "postgres"], default="sqlite",
                        help="where the registry keeps its log")
