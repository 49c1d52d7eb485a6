#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A real IPP printer without paper: ippeveprinter behind a private D-Bus. It runs in the foreground until it is
# killed; the bus dies with it.
#
#   ipp_printer.sh DIR PORT [NAME]     prints at ipp://localhost:PORT/ipp/print
#
# DIR/out      one file per sheet that came out: <nanoseconds>-<job name>.pdf, byte for byte as received
# DIR/faults   state  its content (media-empty,media-needed) holds every sheet back until it is emptied
#              slow   seconds that a sheet takes
#              fail   exists: the printer aborts the job
# DIR/log      what the printer says
set -eu
dir=$1 port=$2 name=${3:-Badge Printer}
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

mkdir -p "$dir/out" "$dir/faults" "$dir/spool"
# Debian 12's ippeveprinter wants a system bus even with -r off.
rm -f "$dir/bus"
setpriv --pdeathsig KILL dbus-daemon --session --nofork --nopidfile --address="unix:path=$dir/bus" \
  >"$dir/log.bus" 2>&1 &
tries=0
while [ ! -S "$dir/bus" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || { echo "dbus-daemon does not start:" >&2; cat "$dir/log.bus" >&2; exit 3; }
  sleep 0.02
done

export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$dir/bus" PRINTER_DIR="$dir"
# -n localhost: this machine only. -k: keep documents. -c: without it every job sleeps 5 to 15 s.
exec /usr/sbin/ippeveprinter -r off -n localhost -p "$port" -2 -s 30,30 -k -d "$dir/spool" \
  -f application/pdf,image/pwg-raster,image/jpeg -c "$here/ipp_printer_hook.sh" -vvv "$name" \
  >>"$dir/log" 2>&1
