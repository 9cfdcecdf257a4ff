#!/bin/sh
set -e

# `upgrade` (deb) and 1 (rpm): a newer version is there, and it has put its own profile in place.
case "$1" in
  upgrade | 1) exit 0 ;;
esac
root=${DPKG_ROOT:-}
installed=$root/etc/apparmor.d/pilothouse-desktop
if [ -f "$installed" ]; then
  if [ -z "$root" ] && command -v apparmor_parser >/dev/null 2>&1; then
    apparmor_parser --remove "$installed" >/dev/null 2>&1 || true
  fi
  rm -f "$installed"
fi
exit 0
