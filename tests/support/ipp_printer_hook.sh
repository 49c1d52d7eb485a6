#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What ippeveprinter runs for a job: $1 is the document. See ipp_printer.sh for the faults. Lines on stderr that
# begin with STATE: change the printer's state reasons.
faults=$PRINTER_DIR/faults

if [ -s "$faults/state" ]; then
  reasons=$(cat "$faults/state")
  while [ -s "$faults/state" ]; do
    echo "STATE: +$reasons" >&2
    sleep 0.2
  done
  echo "STATE: -$reasons" >&2
fi
[ ! -s "$faults/slow" ] || sleep "$(cat "$faults/slow")"
[ ! -e "$faults/fail" ] || exit 1
# Copied under another name first: a sheet is out as a whole or not.
cp "$1" "$PRINTER_DIR/spool/.out-$$"
mv "$PRINTER_DIR/spool/.out-$$" "$PRINTER_DIR/out/$(date +%s%N)-$IPP_JOB_NAME.pdf"
