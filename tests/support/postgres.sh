#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL server of one's own: made in DIR when it is not there yet, reached over a Unix socket in DIR alone,
# in the foreground until it gets SIGINT; it ends with whoever started it. PostgreSQL refuses to run as root: then
# it runs as the user that Debian's package made for it, or as nobody. No password: whoever may enter DIR may
# enter it. Commits are synced.
#
#   postgres.sh DIR [OPTION=VALUE...]    postgresql:///postgres?host=DIR&user=montbrillant
set -eu
dir=$1
shift
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed: scripts/setup" >&2; exit 3; }
mkdir -p "$dir"
as="setpriv --pdeathsig INT"
if [ "$(id -u)" = 0 ]; then
  user=$(id -u postgres 2>/dev/null || id -u nobody)
  group=$(id -g "$user")
  chown "$user:$group" "$dir"
  as="setpriv --reuid=$user --regid=$group --clear-groups --pdeathsig INT"
fi
cd "$dir"
if [ ! -e "$dir/data/PG_VERSION" ]; then
  $as "$bin/initdb" --pgdata="$dir/data" --username=montbrillant --auth=trust --encoding=UTF8 --locale=C \
    --no-sync --no-instructions >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 3; }
fi
rm -f "$dir/data/postmaster.pid"
for option in "$@"; do
  set -- "$@" -c "$option"
  shift
done
exec $as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=on -c max_connections=40 \
  -c shared_buffers=32MB -c log_min_messages=panic "$@"
